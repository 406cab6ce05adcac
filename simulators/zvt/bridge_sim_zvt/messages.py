"""What the terminal says: status information, intermediate status, completion, abort, print messages, as APDUs.

Source: protocol-specs/zvt, "Messages from the PT". Fields stand in the order of the real dialogues of section 16.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bridge_zvt.frame import Apdu, Bmp, Code, Field, Tlv, bcd, bcd_digits, tlv_field, write_fields

from bridge_sim_zvt import codes
from bridge_sim_zvt.cards import CARDS, Card
from bridge_sim_zvt.memory import BatchRecord, Transaction
from bridge_sim_zvt.receipts import Copy, Receipt

if TYPE_CHECKING:
    from bridge_sim_zvt.terminal import Terminal

_UNKNOWN_BMP = b"\x5a\x00"  # a tag that is in no table

# TLV tags
TEXT, ATTRIBUTE, CHARSET, DISPLAY, PRINT, AID = 0x07, 0x09, 0x14, 0x24, 0x25, 0x43
RECEIPT_TYPE, RECEIPT_INFO, VERIFICATION, ENTRY, LONG_TRACE, TIP = 0x1F07, 0x1F37, 0x1F10, 0x1F12, 0x1F2B, 0x1F36
ERROR_CODE, ERROR_TEXT, EMV_MERCHANT, EMV_CUSTOMER, CONVERSION = 0x1F16, 0x1F17, 0x46, 0x47, 0xE2

MERCHANT, CUSTOMER, ADMINISTRATION = 0x01, 0x02, 0x03
_TYPES: dict[Copy, int] = {"merchant": MERCHANT, "customer": CUSTOMER, "administration": ADMINISTRATION}


def positive(data: bytes = b"") -> Apdu:
    return Apdu(Code.POSITIVE, data)


def negative(code: int) -> Apdu:
    return Apdu(0x8400 | code)


def intermediate(terminal: Terminal, status: int, text: str, minutes: int) -> Apdu:
    """04 FF. With setting `intermediate_text` also the time-out T4 and, where TLV may be sent, the text."""
    data = bytes((status,))
    if terminal.settings.intermediate_text:
        data += bcd(minutes, 1)
        if terminal.may_send_tlv and text:
            data += write_fields((tlv_field(Tlv.of(DISPLAY, Tlv(TEXT, terminal.encoded(text)))),))
    return Apdu(Code.INTERMEDIATE_STATUS, data)


def completion(*fields: Field) -> Apdu:
    return Apdu(Code.COMPLETION, write_fields(fields))


def abortion(terminal: Terminal, code: int, text: str = "", *, aborted: bool = False) -> Apdu:
    """06 1E: the bare code first; an extended text where TLV may be sent. `aborted`: by the till."""
    data = bytes((code,))
    wanted = terminal.settings.end_texts
    if text and terminal.may_send_tlv and (wanted == "all" or (wanted == "aborts" and aborted)):
        data += write_fields((tlv_field(Tlv(ERROR_CODE, bytes.fromhex("ff00001441")), Tlv(ERROR_TEXT, terminal.encoded(text))),))
    return Apdu(Code.ABORT, data)


def open_reservations(terminal: Terminal, receipts: Sequence[int]) -> Apdu:
    """The answer to 06 23 03 87 FF FF: B8 is no error here. FF FF: none is open."""
    data = bytes((codes.PREAUTH_ERROR,))
    if len(receipts) > 1 and terminal.may_send_tlv:
        data += write_fields((tlv_field(Tlv.of(0x23, *(Tlv(0x08, bcd(number, 2)) for number in receipts))),))
    else:
        data += write_fields((Field(Bmp.RECEIPT, bcd(receipts[0], 2) if receipts else b"\xff\xff"),))
    return Apdu(Code.ABORT, data)


# --- 04 0F


def failed(terminal: Terminal, code: int, *, text: str = "", amount: int | None = None, card: str = "") -> Apdu:
    """04 0F of what did not become anything."""
    fields = [Field(Bmp.RESULT, bytes((code,)))]
    if amount is not None and terminal.settings.failed_amount:
        fields.append(Field(Bmp.AMOUNT, bcd(amount, 6)))
    fields.append(Field(Bmp.TERMINAL_ID, bcd_digits(terminal.memory.tid, 4)))
    if text:
        fields.append(Field(Bmp.ADDITIONAL_TEXT, terminal.encoded(text)))
    if card:
        fields.append(Field(Bmp.CARD_TYPE, bytes((CARDS[card].type,))))
    if text and terminal.may_send_tlv:
        fields.append(tlv_field(Tlv.of(DISPLAY, Tlv(TEXT, terminal.encoded(text)))))
    return Apdu(Code.STATUS_INFORMATION, write_fields(fields))


def status_information(terminal: Terminal, one: Transaction, *, with_currency: bool, result: int = codes.OK) -> Apdu:
    """04 0F of a transaction."""
    settings = terminal.settings
    fields = [
        Field(Bmp.RESULT, bytes((result,))),
        Field(Bmp.AMOUNT, bcd(shown_amount(one), 6)),
        Field(Bmp.TRACE, bcd(0 if settings.long_trace else one.trace, 3)),
        Field(Bmp.TIME, bcd_digits(one.at.strftime("%H%M%S"), 3)),
        Field(Bmp.DATE, bcd_digits(one.at.strftime("%m%d"), 2)),
    ]
    if one.card:
        card = CARDS[one.card]
        fields += [
            Field(Bmp.EXPIRY, bcd_digits(card.expires, 2)),
            Field(Bmp.CARD_SEQUENCE, bcd(1, 2)),
            Field(Bmp.STATUS, bytes((_payment_type(one),))),
            Field(Bmp.PAN, pan(card.pan, settings.pan)),
        ]
        if settings.spills:
            fields.append(Field(Bmp.TRACK_2, track_2(card)))
    fields += [
        Field(Bmp.TERMINAL_ID, bcd_digits(terminal.memory.tid, 4)),
        Field(Bmp.MERCHANT, settings.vu.ljust(15).encode("ascii")),
    ]
    if one.original is not None:
        fields.append(Field(Bmp.ORIGINAL_TRACE, bcd(one.original, 3)))
    if one.authorisation:
        fields.append(Field(Bmp.AUTHORISATION, one.authorisation.encode("ascii").ljust(8, b"\0")))
        text = f"GEN.NR.:{one.authorisation}" + (f" KARTE {CARDS[one.card].pan}" if settings.spills and one.card else "")
        fields.append(Field(Bmp.ADDITIONAL_TEXT, terminal.encoded(text)))
    if with_currency:
        fields.append(Field(Bmp.CURRENCY, bcd(one.currency, 2)))
    fields += [Field(Bmp.RECEIPT, bcd(one.receipt, 2)), Field(Bmp.TURNOVER, bcd(one.turnover, 3))]
    if one.card:
        card = CARDS[one.card]
        fields += [
            Field(Bmp.CARD_TYPE, bytes((card.type,))),
            Field(Bmp.CARD_NAME, terminal.encoded(card.name) + b"\0"),
        ]
    if terminal.may_send_tlv:
        fields.append(tlv_field(*_objects(terminal, one)))
    data = write_fields(fields)
    return Apdu(Code.STATUS_INFORMATION, data + (_UNKNOWN_BMP if settings.unknown_fields else b""))


def shown_amount(one: Transaction) -> int:
    """BMP 04: a cancelled reservation has the amount 0 (as in the real dialogue G)."""
    return 0 if one.kind == "cancelling" else one.amount


def _objects(terminal: Terminal, one: Transaction) -> Iterable[Tlv]:
    settings = terminal.settings
    if one.authorisation:
        yield Tlv.of(DISPLAY, Tlv(TEXT, terminal.encoded(f"GEN.NR.:{one.authorisation}")))
    if one.card:
        card = CARDS[one.card]
        line = f"{card.aid} {one.trace:06d}{one.turnover:06d}".encode("ascii")
        yield Tlv(AID, bytes.fromhex(card.aid))
        yield Tlv(EMV_MERCHANT, line)
        yield Tlv(EMV_CUSTOMER, line)
        yield Tlv(VERIFICATION, bytes((one.verification,)))
        yield Tlv(ENTRY, bytes((one.entry,)))
        if settings.spills:
            yield Tlv.of(0x60, Tlv(0x5A, _nibbles(card.pan)))
        if one.kind == "sale" and card.foreign_currency and one.entry == codes.ENTRY_CHIP:
            yield Tlv.of(CONVERSION, Tlv(TEXT, terminal.encoded(f"DCC {card.foreign_currency} {one.amount * 43 // 1000}.00")))
    if one.tip:
        yield Tlv(TIP, bcd(one.tip, 6))
    if settings.long_trace:
        yield Tlv(LONG_TRACE, bcd(one.trace, 4))
    if settings.unknown_fields:
        yield Tlv(0x1F7E, b"\x01\x02")
        yield Tlv.of(0x3F, Tlv(0x5B, b"?"))


def _payment_type(one: Transaction) -> int:
    if one.verification == codes.CVM_SIGNATURE:
        return codes.ONLINE_SIGNATURE
    return codes.PIN_OR_NO_SIGNATURE


def pan(number: str, shown: str) -> bytes:
    """BMP 22: hidden digits as E. `shown`: setting `pan`."""
    match shown:
        case "full":
            return _nibbles(number)
        case "first6":
            return _nibbles(number[:6] + "e" * (len(number) - 10) + number[-4:])
        case _:
            return _nibbles("e" * (len(number) - 4) + number[-4:])


def track_2(card: Card) -> bytes:
    """BMP 23, as no terminal should send it."""
    return _nibbles(f"{card.pan}d{card.expires}2010000012345")


def _nibbles(text: str) -> bytes:
    return bytes.fromhex(text if len(text) % 2 == 0 else text + "f")


def batch_information(terminal: Terminal, record: BatchRecord) -> Apdu:
    """04 0F after 06 50 and 06 10, with the single totals. The sign of a sum cannot be told."""
    totals = bcd(record.first, 2) + bcd(record.last, 2)
    for one in record.columns:
        totals += bytes((one.count % 256,)) + bcd(abs(one.amount), 6)
    fields = (
        Field(Bmp.RESULT, bytes((codes.OK,))),
        Field(Bmp.AMOUNT, bcd(abs(record.total), 6)),
        Field(Bmp.TRACE, bcd(record.trace, 3)),
        Field(Bmp.TIME, bcd_digits(record.at.strftime("%H%M%S"), 3)),
        Field(Bmp.DATE, bcd_digits(record.at.strftime("%m%d"), 2)),
        Field(Bmp.TOTALS, totals),
    )
    return Apdu(Code.STATUS_INFORMATION, write_fields(fields))


# --- receipts


def as_lines(terminal: Terminal, receipt: Receipt) -> list[Apdu]:
    """06 D1, one a line; bit 80 says that it is the last one (80 alone would not)."""
    suffix = write_fields((tlv_field(Tlv(RECEIPT_TYPE, bytes((_TYPES[receipt.copy],)))),)) if terminal.settings.line_type else b""
    printed = [(line.attribute, terminal.encoded(line.text)) for line in receipt.lines]
    if not printed[-1][0]:
        printed.append((1, b""))
    printed[-1] = (printed[-1][0] | 0x80, printed[-1][1])
    return [Apdu(Code.PRINT_LINE, bytes((attribute,)) + text + suffix) for attribute, text in printed]


def as_blocks(terminal: Terminal, receipt: Receipt) -> list[Apdu]:
    """06 D3; several of them where the setting wants few lines in each."""
    size = terminal.settings.receipt_per_block or len(receipt.lines)
    pieces = [receipt.lines[start : start + size] for start in range(0, len(receipt.lines), size)]
    blocks = []
    for number, piece in enumerate(pieces):
        texts: list[Tlv] = []
        attribute = None
        for line in piece:
            if line.attribute != attribute:
                attribute = line.attribute
                texts.append(Tlv(ATTRIBUTE, bytes((attribute,))))
            texts.append(Tlv(TEXT, terminal.encoded(line.text)))
        if number == len(pieces) - 1:
            texts.append(Tlv(ATTRIBUTE, b"\x81"))
        info = (Tlv(RECEIPT_INFO, bytes((receipt.info,))),) if receipt.info else ()
        objects = (Tlv(RECEIPT_TYPE, bytes((_TYPES[receipt.copy],))), *info, Tlv.of(PRINT, *texts))
        blocks.append(Apdu(Code.PRINT_BLOCK, write_fields((tlv_field(*objects),))))
    return blocks
