"""Checks one test vector against the codec.

Vectors have the form of protocol-specs/zvt/vectors.json: name, direction, transport, hex, meaning, source. Nothing here raises on a
broken vector: what is broken is a difference. Each is held against both transports: what one carries, the other must too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from bridge.plugin import VectorCheck, VectorComparison, check_bytes
from bridge_zvt.answers import Totals, intermediate, open_receipts, text_of
from bridge_zvt.frame import (
    Apdu,
    Bmp,
    Body,
    Charset,
    Code,
    Field,
    Garbage,
    PrintBlock,
    PrintLine,
    SerialDecoder,
    StreamDecoder,
    Tlv,
    crc,
    decode,
    framed,
    layout,
    masked,
    read,
    tlv_field,
    write_fields,
)

NOT_COMPARED: dict[str, str] = {"note": "words for the reader"}

_CHARSETS = {"cp437": Charset.CP437, "latin1": Charset.LATIN1, "iso-8859-1": Charset.LATIN1, "iso-8859-15": Charset.LATIN15}
_MASTERCARD = 2  # place in BMP 60


def check_vector(vector: Mapping[str, Any]) -> VectorCheck:
    """Decodes the bytes of a vector, compares each key of its meaning, encodes again over both transports. Never raises."""

    def compare(raw: bytes, meaning: Mapping[str, Any], check: VectorComparison) -> None:
        _compare(raw, meaning, vector.get("transport"), vector.get("direction"), check)

    return check_bytes(vector, compare, frozenset(("hex", "transport", "direction")))


def _compare(raw: bytes, meaning: Mapping[str, Any], transport: object, direction: object, check: VectorComparison) -> None:
    if transport not in ("tcp", "serial") or direction not in ("ecr_to_pt", "pt_to_ecr"):
        check.differ(f"transport, direction: {transport!r}, {direction!r} are none of those in the README")
        return
    apdu = _message(raw, str(transport), check)
    if apdu is None:
        return
    check.note("transport", "direction")
    running = Code.STATUS_ENQUIRY if "terminal_status" in meaning else None
    body = read(apdu, running)
    _again(apdu, body, running, check)
    check.meaning(meaning, _meaning(apdu, body, raw, str(transport), meaning), NOT_COMPARED)


def _message(raw: bytes, transport: str, check: VectorComparison) -> Apdu | None:
    """The message in these bytes; the same over the other transport."""
    decoder: StreamDecoder | SerialDecoder = StreamDecoder() if transport == "tcp" else SerialDecoder()
    events = [*decoder.feed(raw), *decoder.interrupt()]
    if len(events) != 1 or not isinstance(events[0], Apdu):
        shown = [event.fault.value if isinstance(event, Garbage) else str(event) for event in events]
        check.differ(f"hex: not one message over {transport}: {shown}")
        return None
    apdu = events[0]
    plain, frame = apdu.to_bytes(), framed(apdu.to_bytes())
    check.equal("hex", raw.hex(), (plain if transport == "tcp" else frame).hex())
    for other, sent in ((StreamDecoder(), plain), (SerialDecoder(), frame)):
        if [*other.feed(sent), *other.interrupt()] != [apdu]:
            check.differ(f"hex: does not survive {type(other).__name__}")
    return apdu


def _again(apdu: Apdu, body: Body, running: int | None, check: VectorComparison) -> None:
    """Parts and fields written again must be the same bytes; a card's data in vectors are masked already."""
    if apdu.code == Code.PRINT_LINE:
        check.equal("hex", apdu.data.hex(), PrintLine.of(apdu).to_apdu().data.hex())
        return
    head = apdu.data[: layout.fields_at(apdu, running)]
    check.equal("hex", apdu.data.hex(), (head + write_fields(map(_rewritten, body.fields.items)) + body.fields.rest).hex())
    check.equal("hex", apdu.data.hex(), masked(apdu, running).data.hex())
    if apdu.code == Code.PRINT_BLOCK and not PrintBlock.of(apdu).rest:
        again = PrintBlock.of(PrintBlock.of(apdu).to_apdu())
        check.equal("lines", [line.text.hex() for line in PrintBlock.of(apdu).lines], [line.text.hex() for line in again.lines])


def _rewritten(item: Field) -> Field:
    """A container from its objects, not from its bytes."""
    if item.tag != Bmp.TLV:
        return item
    container = read(Apdu(Code.STATUS_INFORMATION, write_fields((item,)))).fields.tlv
    return tlv_field(*container.items) if not container.rest else item


def _meaning(apdu: Apdu, body: Body, raw: bytes, transport: str, meaning: Mapping[str, Any]) -> dict[str, Any]:
    """All that can be said of a message, by the keys of vectors."""
    found: dict[str, Any] = {
        "command": str(apdu),
        "length": len(apdu.data),
        "fields": [_field(item) for item in body.fields.items],
        "apdu": apdu.to_bytes().hex().upper(),
    }
    if transport == "serial":
        found["crc_on_wire"] = raw[-2:].hex().upper() if crc(apdu.to_bytes()) == int.from_bytes(raw[-2:], "little") else "wrong"
    for part, key in (("password", "password"), ("currency", "currency")):
        if part in body.parts:
            found[key] = body.parts[part].hex()
    for part, key in (("config", "config_byte"), ("result", "result_code"), ("attribute", "attribute")):
        if part in body.parts:
            found[key] = body.parts[part].hex().upper()
    charset = _CHARSETS.get(str(meaning.get("charset", "cp437")).lower(), Charset.CP437)
    found["charset"] = meaning.get("charset") if str(meaning.get("charset", "")).lower() in _CHARSETS else "unknown"
    match apdu.code:
        case Code.COMPLETION if "terminal_status" in meaning:
            found |= _terminal_status(body)
        case Code.COMPLETION:
            found |= _completion(body)
        case Code.INTERMEDIATE_STATUS:
            status, text, seconds = intermediate(apdu, Charset.LATIN1)
            found |= {"status": f"{status:02X}", "text": text, "t4_minutes": int(seconds / 60) if seconds else None}
        case Code.STATUS_INFORMATION:
            found |= _status_information(body)
        case Code.ABORT:
            found |= {"open": [number for number in open_receipts(body) if number != "FFFF"]}
            found.setdefault("result_code", None)
        case Code.PRINT_LINE:
            line = PrintLine.of(apdu)
            found["text"] = decode(line.text, charset)
            if line.receipt_type is not None:
                found["receipt_type"] = f"{line.receipt_type:02X}"
        case Code.PRINT_BLOCK:
            found |= _block(PrintBlock.of(apdu))
        case Code.RESERVATION:
            objects = body.fields.tlv
            found |= {
                "reference_id": _ascii(objects.anywhere(0x1F62)),
                "reference": _ascii(objects.anywhere(0x1F63)),
            }
        case _:
            pass
    return found


def _terminal_status(body: Body) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "status" in body.parts:
        found["terminal_status"] = body.parts["status"].hex().upper()
    if "version" in body.parts:
        found["sw_version"] = decode(body.parts["version"])
    objects = body.fields.tlv
    identifier, name = objects.anywhere(0x1F44), objects.anywhere(0x1F40)
    if identifier is not None:
        found["terminal_id"] = identifier.hex()
    if name is not None:
        found["device_name"] = decode(name)
    return found


def _completion(body: Body) -> dict[str, Any]:
    fields_ = body.fields
    found: dict[str, Any] = {"msg_seq": fields_.tlv.anywhere(0x1F73) is not None}
    for tag, key in ((Bmp.STATUS, "status_byte"), (Bmp.RESULT, "result_code"), (Bmp.TERMINAL_ID, "terminal_id")):
        value = fields_.get(tag)
        if value is not None:
            found[key] = value.hex().upper()
    return found


def _status_information(body: Body) -> dict[str, Any]:
    found: dict[str, Any] = {"result_code": f"{body.fields.byte(Bmp.RESULT) or 0:02X}"}
    text = text_of(body, Charset.CP437)
    if text is not None:
        found["text"] = text
    totals = Totals.of(body.fields)
    if totals is not None:
        mastercard = totals.schemes[_MASTERCARD]
        found |= {
            "total": _money(body.fields.number(Bmp.AMOUNT) or 0),
            "receipt_from": int(totals.first_receipt or 0),
            "receipt_to": int(totals.last_receipt or 0),
            "mastercard_count": mastercard.count,
            "mastercard_sum": _money(mastercard.sum),
        }
    return found


def _block(block: PrintBlock) -> dict[str, Any]:
    return {
        "receipt_type": f"{block.receipt_type:02X}" if block.receipt_type is not None else None,
        "lines": len(block.lines),
        "last_attribute": f"{block.closing:02X}" if block.closing is not None else None,
    }


def _field(item: Field) -> list[Any]:
    if item.tag != Bmp.TLV:
        return [f"{item.tag:02X}", item.value.hex()]
    return [f"{item.tag:02X}", _objects(read(Apdu(Code.STATUS_INFORMATION, write_fields((item,)))).fields.tlv.items)]


def _objects(items: Iterable[Tlv]) -> list[Any]:
    return [[str(item), _objects(item.items) if item.items is not None else item.value.hex()] for item in items]


def _money(value: int) -> str:
    return str(Decimal(value).scaleb(-2))


def _ascii(value: bytes | None) -> str | None:
    return value.decode("ascii", "replace") if value is not None else None
