"""The codec, sans-I/O, for driver and simulator alike: bytes <-> messages <-> their parts, fields and objects, both directions.

Who says what when, and what it means, is in neither direction here.
"""

from bridge_zvt.frame.apdu import (
    CLASSES,
    MAX_DATA,
    Apdu,
    Fault,
    Garbage,
    LocalError,
    StreamDecoder,
    header_of,
    stranger,
)
from bridge_zvt.frame.cards import mask_number, mask_text
from bridge_zvt.frame.codes import (
    NEGATIVE_CLASS,
    NOT_FINISHED,
    NOT_SUPPORTED,
    PARTIAL_ISSUE,
    PRINTER_NOT_READY,
    Code,
    is_answer,
    is_positive,
)
from bridge_zvt.frame.fields import TABLE, Bmp, Field, Fields, Length, amount, read_fields, tlv_field, write_fields
from bridge_zvt.frame.layout import HEADS, Body, masked, message, read
from bridge_zvt.frame.packed import bcd, bcd_digits, digits, number
from bridge_zvt.frame.printing import Attribute, PrintBlock, PrintLine, blocks
from bridge_zvt.frame.serial import ACK, DLE, ETX, NAK, STX, Control, SerialDecoder, crc, framed
from bridge_zvt.frame.text import Charset, charset_of_tag, decode, encode, tag_of_charset
from bridge_zvt.frame.tlv import Container, Tlv

__all__ = [
    "ACK",
    "CLASSES",
    "DLE",
    "ETX",
    "HEADS",
    "MAX_DATA",
    "NAK",
    "NEGATIVE_CLASS",
    "NOT_FINISHED",
    "NOT_SUPPORTED",
    "PARTIAL_ISSUE",
    "PRINTER_NOT_READY",
    "STX",
    "TABLE",
    "Apdu",
    "Attribute",
    "Bmp",
    "Body",
    "Charset",
    "Code",
    "Container",
    "Control",
    "Fault",
    "Field",
    "Fields",
    "Garbage",
    "Length",
    "LocalError",
    "PrintBlock",
    "PrintLine",
    "SerialDecoder",
    "StreamDecoder",
    "Tlv",
    "amount",
    "bcd",
    "bcd_digits",
    "blocks",
    "charset_of_tag",
    "crc",
    "decode",
    "digits",
    "encode",
    "framed",
    "header_of",
    "is_answer",
    "is_positive",
    "mask_number",
    "mask_text",
    "masked",
    "message",
    "number",
    "read",
    "read_fields",
    "stranger",
    "tag_of_charset",
    "tlv_field",
    "write_fields",
]
