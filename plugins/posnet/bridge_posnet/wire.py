"""Wire logs of Posnet printers: what is hidden before they are kept, and how they are read afterwards.

The frame and its checksum are those of `frame.py`, names and errors those of the tables. Nothing of a link is known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from bridge.plugin import Checksum, DescribedFrame, FrameReader, one_line
from bridge.transport import Direction, mask_private
from bridge_posnet.errors import lookup_command_error, lookup_frame_error
from bridge_posnet.fields import FieldType, read_money
from bridge_posnet.frame import ETX, STX, Decoder, Event, Fault, Frame, Garbage, checksum
from bridge_posnet.text import DEFAULT_CODE_PAGE, decode
from bridge_posnet.vocabulary import FIELDS

# Parameters that are a customer's: the tax number of a receipt, the buyer of an invoice and what is free to say there, the
# customer's number of an e-document. None: all of the command's. Source: protocol-specs/posnet, "Receipt", "Invoice".
_PRIVATE: dict[bytes, frozenset[bytes] | None] = {
    b"trnipset": frozenset({b"ni"}),
    b"trfvinit": frozenset({b"na", b"ni"}),  # old models name the buyer here
    b"trfvbuyer": None,
    b"trfvfree": None,
    b"trfvfreedata": None,
    b"trfvrep": None,
    b"trfvexecution": None,
    b"eparagonbufferget": frozenset({b"id"}),
    b"eparagonbuffercontextget": frozenset({b"id"}),
    b"eparagonbuffercontextset": None,
    b"eparagonidzcancel": None,
    b"eparagonidznext": None,
    b"eparagonidzprev": None,
    # Loyalty numbers, names, accounts: which kind of line holds what is not told apart by all models.
    b"trftrln": frozenset({b"na"}),
}

_FRAME = re.compile(rb"\x02[^\x02\x03]*\x03")
_MARKS = re.compile(rb"\*{3,}")

_TITLES = {
    "trinit": "begin of a receipt",
    "trline": "line",
    "trnipset": "the customer's tax number",
    "trpayment": "payment",
    "trend": "end of the receipt",
    "trftrln": "line of the footer",
    "trftrend": "end of the footer",
    "trcancel": "cancel the receipt",
    "prncancel": "cancel the document",
    "hardprncancel": "cancel at once",
    "ftrcfg": "what is printed below the next document",
    "strns": "which document is open, and its totals?",
    "scnt": "the counters?",
    "stot": "the totals of the day?",
    "sfsk": "the fiscal memory?",
    "scomm": "the general state?",
    "sdev": "what are you waiting for?",
    "sprn": "the printing mechanism?",
    "sdrwr": "the drawer?",
    "sid": "who are you?",
    "getrealid": "who are you?",
    "rtcget": "the clock?",
    "rtcset": "set the clock",
    "vatget": "the tax rates?",
    "rpt": "repeat the answer to a token",
    "dailyrep": "daily report",
    "cash": "cash in or out",
    "opendrwr": "open the drawer",
    "formstart": "begin of a printout",
    "formline": "line of a printout",
    "formend": "end of a printout",
    "login": "cashier signs in",
    "logout": "cashier signs out",
    "eclastdocnoget": "the last document in protected memory?",
}


def mask(data: bytes, direction: Direction) -> bytes:
    """Customers' data replaced by '*', length kept. A frame that was right gets the checksum of what is left of it: the old
    one would tell a short value, and a log full of wrong ones would hide the one that really was."""
    if _SUSPECT.search(data) is None:
        return data
    return _FRAME.sub(lambda found: _masked_frame(found.group(), direction), _outside(data, direction))


# What most frames have not: a command of the table, an e-mail address, a run of digits that a card or phone number needs.
_SUSPECT = re.compile(b"|".join((*_PRIVATE, rb"[A-Za-z0-9._%+'-]@", rb"[0-9][0-9 ()-]{7,}")))


def _outside(data: bytes, direction: Direction) -> bytes:
    """What stands in no whole frame (the printer's answers come in pieces) is looked at for patterns only."""
    if data[:1] == bytes((STX,)) and data[-1:] == bytes((ETX,)):
        return data
    out = bytearray()
    end = 0
    for found in _FRAME.finditer(data):
        out += _pieces(data[end : found.start()], direction) + found.group()
        end = found.end()
    return bytes(out + _pieces(data[end:], direction))


def _pieces(data: bytes, direction: Direction) -> bytes:
    """Where a frame is not whole, its first field may be the rest of a value: looked at with and without a name."""
    return b"\t".join(_field(item, direction) for item in mask_private(data, direction).split(b"\t"))


def _masked_frame(raw: bytes, direction: Direction) -> bytes:
    payload, mark, digits = raw[1:-1].rpartition(b"#")
    if not mark:
        return _pieces(raw, direction)
    hidden = b"\t".join(_without_private(payload, direction))
    if hidden == payload:
        return raw
    try:
        right = int(digits, 16) == checksum(payload)
    except ValueError:
        right = False
    tail = f"{checksum(hidden):04X}".encode() if right and len(digits) == 4 else digits
    return b"%c%b#%b%c" % (STX, hidden, tail, ETX)


def _without_private(payload: bytes, direction: Direction) -> Iterator[bytes]:
    head, *fields = payload.split(b"\t")
    yield head
    mnemonic = head.removeprefix(b"!")
    wanted = _PRIVATE.get(mnemonic, frozenset())
    for item in fields:
        if item[:1] not in (b"", b"@", b"?") and (wanted is None or item[:2] in wanted):
            yield item[:2] + b"*" * (len(item) - 2)
        else:
            yield _field(item, direction)


def _field(item: bytes, direction: Direction) -> bytes:
    """The value apart from its name: s1 before a card number makes another number of it."""
    return item[:2] + mask_private(item[2:], direction)


class PosnetWireDecoder(FrameReader[Event]):
    """Frames of one connection with the names of commands, parameters and errors."""

    def __init__(self, code_page: str = DEFAULT_CODE_PAGE) -> None:
        super().__init__(lambda _: Decoder(allow_short_checksum=True))
        self._code_page = code_page

    def described(self, event: Event, direction: Direction, began: datetime, at: datetime) -> DescribedFrame:
        checked = Checksum.OK
        raw = b""
        if isinstance(event, Garbage):
            raw = event.data
            again = _unmasked(event)
            if again is None:
                wrong = Checksum.WRONG if event.fault is Fault.CHECKSUM else Checksum.NONE
                title = f"no frame{f' ({event.mnemonic})' if event.mnemonic else ''}"
                return DescribedFrame(began, at, direction, title, (), wrong, event.fault.value, raw)
            event, checked = again, Checksum.MASKED
        fields = list(self._fields(event))
        return DescribedFrame(began, at, direction, _title(event, direction), fields, checked, None, raw or _bytes(event))

    def _fields(self, frame: Frame) -> Iterator[tuple[str, str]]:
        if frame.token is not None:
            yield "token", frame.token
        if frame.error is not None:
            found = (lookup_frame_error if frame.is_frame_error else lookup_command_error)(frame.error)
            yield f"error {frame.error}", f"{found.mnemonic}: {found.text}"
            if found.remedy:
                yield "what to do", found.remedy
        known = FIELDS.get(frame.mnemonic, {})
        for name, value in frame.parameters:
            meaning = known.get(name)
            text = decode(value, self._code_page)
            if meaning is not None and meaning.type is FieldType.MONEY:
                try:
                    text = f"{read_money(value)} zł"
                except ValueError:
                    text = f"{text} (no amount)"
            yield f"{name} {meaning.meaning}" if meaning is not None else name, one_line(text)


def _title(frame: Frame, direction: Direction) -> str:
    name = ("!" if frame.immediate else "") + frame.mnemonic
    if direction is Direction.IN:
        if frame.is_frame_error:
            return f"{name}: the printer refused the frame"
        return f"{name}: refused" if frame.error is not None else f"{name}: answer"
    meaning = _TITLES.get(frame.mnemonic)
    return f"{name}: {meaning}" if meaning else name


def _unmasked(garbage: Garbage) -> Frame | None:
    """A frame whose checksum is wrong where parts of it were hidden: read all the same, and told as what it is."""
    if garbage.fault is not Fault.CHECKSUM or not _MARKS.search(garbage.data):
        return None
    payload = garbage.data[1:-1].rpartition(b"#")[0]
    events = list(Decoder().feed(b"%c%b#%04X%c" % (STX, payload, checksum(payload), ETX)))
    return events[0] if len(events) == 1 and isinstance(events[0], Frame) else None


def _bytes(frame: Frame) -> bytes:
    try:
        return frame.to_bytes()
    except ValueError:  # an answer that our own encoder would not build: its fields are shown all the same
        return b""
