"""Wire logs of the Thermal protocol: what is hidden before they are kept, and how they are read afterwards.

Sequences, check bytes and single bytes are those of `frame.py`, what stands where is in `layout.py`, answers and errors are
those of the tables. Which of the two protocols a connection speaks is told by `bridge_posnet/wire_protocols.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from bridge.plugin import Checksum, DescribedFrame, FrameReader, one_line
from bridge.transport import Direction, mask_private
from bridge_posnet.text import decode
from bridge_posnet.thermal.answers import (
    BadAnswer,
    CashInfo,
    DailyTotals,
    DocumentNumber,
    EnquiryStatus,
    MemoryInfo,
    Version,
    read_clock,
    read_error,
    status_of,
)
from bridge_posnet.thermal.commands import LETTERS
from bridge_posnet.thermal.condition import Condition
from bridge_posnet.thermal.errors import lookup
from bridge_posnet.thermal.frame import (
    PREFIX,
    TERMINATOR,
    Check,
    Control,
    Decoder,
    Event,
    Fault,
    Garbage,
    LocalError,
    Sequence,
    Side,
    Status,
    check_byte,
    check_rule,
)
from bridge_posnet.thermal.layout import Kind, parts

_CODE_PAGE = "mazovia"  # as these printers come; a trace does not tell the setting

_SEQUENCE = re.compile(rb"\x1bP([^\x1b]*)\x1b\\")
_HEAD = re.compile(rb"[\x00-\x1a\x1c-\x1f]?([0-9;]*)([$#][A-Za-z])")
_MARKS = re.compile(rb"\*{3,}")

# --- hiding


def mask(data: bytes, direction: Direction) -> bytes:
    """Names of people, and what is free to say on a receipt, replaced by '*', length kept.

    The check byte is corrected by what was changed: the old one would tell of what is hidden. A wrong one stays as wrong.
    """
    out = bytearray()
    end = 0
    for found in _SEQUENCE.finditer(data):
        out += _pieces(data[end : found.start()], direction) + PREFIX + _masked(found[1], direction) + TERMINATOR
        end = found.end()
    return bytes(out + _pieces(data[end:], direction))


def _pieces(data: bytes, direction: Direction) -> bytes:
    return b"\r".join(mask_private(piece, direction) for piece in data.split(b"\r"))


def _masked(body: bytes, direction: Direction) -> bytes:
    head = _HEAD.match(body)
    if head is None:
        return _pieces(body, direction)
    command, numbers = head[2].decode("ascii"), _numbers(head[1])
    check = _check_of(body, command, numbers) if len(body) >= head.end() + 2 else b""
    text = body[head.end() : len(body) - len(check)]
    hidden = bytearray(_pieces(text, direction))
    for found in parts(command, numbers, text):
        if found.private:
            hidden[found.start : found.start + len(found.value)] = b"*" * len(found.value)
    if bytes(hidden) == text:
        return body
    payload = body[: head.end()]
    if check:
        check = b"%02X" % (int(check, 16) ^ check_byte(payload + text) ^ check_byte(payload + bytes(hidden)))
    return payload + bytes(hidden) + check


def _check_of(body: bytes, command: str, numbers: tuple[int, ...]) -> bytes:
    """The two digits at the end, if they are the check byte, or should be."""
    digits = body[-2:]
    rule = check_rule(command, numbers)
    if rule is Check.NEVER or not re.fullmatch(rb"[0-9A-Fa-f]{2}", digits):
        return b""
    return digits if rule is Check.ALWAYS or int(digits, 16) == check_byte(body[:-2]) else b""


def _numbers(data: bytes) -> tuple[int, ...]:
    """More digits than any number has are no number."""
    return tuple(int(item) if 0 < len(item) <= 3 else 0 for item in data.split(b";")) if data else ()


# --- reading

# By command; where its first number says what it is, with that.
_TITLES = {
    "#e": "how errors are told",
    "3#e": "tell errors by an answer",
    "#s": "mode, totals of the day, cash? (older form)",
    "22#s": "mode, totals of the open receipt, cash?",
    "23#s": "mode, totals of the day, cash?",
    "24#s": "the fiscal memory, the last receipt?",
    "28#s": "what the daily report will write?",
    "50#s": "number of the last document?",
    "#n": "the last error?",
    "#v": "type and version?",
    "#c": "the clock?",
    "$g": "may these goods be sold?",
    "$h": "begin of a receipt",
    "$l": "line",
    "$Y": "discount or surcharge of the receipt",
    "$y": "end of the receipt",
    "0$e": "cancel the receipt",
    "1$e": "end of the receipt, in cash",
    "#i": "cash in",
    "#d": "cash out",
    "#z": "goods return",
    "#p": "cashier signs in",
    "#q": "cashier signs out",
    "#r": "daily report",
    "#o": "periodic report",
    "1$d": "open the drawer",
    "101$d": "upper line of the display",
    "102$d": "lower line of the display",
}
_ANSWERS = {
    "1#X": "mode, totals, cash (older form)",
    "2#X": "mode, totals, cash",
    "3#X": "the fiscal memory, the last receipt",
    "10#X": "what the daily report will write",
    "50#X": "number of the last document",
    "#E": "the last error",
    "#R": "type and version",
    "#C": "the clock",
    "$G": "whether goods may be sold",
}
_CONTROLS = {
    Control.ENQ: "how did the last command end?",
    Control.BEL: "beep",
    Control.DLE: "how are you?",
    Control.CAN: "give up what is half received",
}
_LINE_DISCOUNTS = {1: "amount off", 2: "percent off", 3: "amount on", 4: "percent on"}
_RECEIPT_DISCOUNTS = {1: "percent off", 2: "percent on", 3: "amount off", 4: "amount on"}

# The question that an answer belongs to.
_ANSWERED = {"#X": "#s", "#E": "#n", "#R": "#v", "#C": "#c", "$G": "$g"}
_STATUS = "#Z"


class ThermalWireDecoder(FrameReader[Event]):
    """Sequences and single bytes of one connection with the names of commands, parts and errors."""

    def __init__(self, code_page: str = _CODE_PAGE) -> None:
        super().__init__(lambda direction: Decoder(Side.PRINTER if direction is Direction.OUT else Side.HOST))
        self._code_page = code_page

    def described(self, event: Event, direction: Direction, began: datetime, at: datetime) -> DescribedFrame:
        match event:
            case Control():
                pairing = event.name if event in (Control.ENQ, Control.DLE) else None
                title = f"{event.name}: {_CONTROLS[event]}"
                return DescribedFrame(began, at, direction, title, data=bytes((event,)), pairing=pairing)
            case Status():
                asked = event.asked_by.name
                fields = list(_status_fields(event))
                title = f"answer to {asked}: {event.byte:02X}"
                return DescribedFrame(began, at, direction, title, fields, data=bytes((event.byte,)), pairing=asked)
            case Garbage():
                again = _unmasked(event)
                if again is not None:
                    return self._sequence(again, direction, began, at, Checksum.MASKED, event.data)
                wrong = Checksum.WRONG if event.fault is Fault.CHECK else Checksum.NONE
                title = f"no sequence{f' ({event.command})' if event.command else ''}"
                return DescribedFrame(began, at, direction, title, (), wrong, event.fault.value, event.data)
            case Sequence():
                checked = Checksum.OK if _has_check(event) else Checksum.NONE
                return self._sequence(event, direction, began, at, checked, _bytes(event))

    def _sequence(
        self, found: Sequence, direction: Direction, began: datetime, at: datetime, checked: Checksum, raw: bytes
    ) -> DescribedFrame:
        title, fields, pairing = self._answer(found) if direction is Direction.IN else self._command(found)
        shown = [(name, one_line(value)) for name, value in fields]
        return DescribedFrame(began, at, direction, one_line(title), shown, checked, None, raw, pairing)

    # --- to the printer

    def _command(self, found: Sequence) -> tuple[str, Iterable[tuple[str, str]], str | None]:
        return _named(found, _TITLES), self._parts(found), found.command

    def _parts(self, found: Sequence) -> Iterator[tuple[str, str]]:
        if found.parameters:
            yield "numbers", ";".join(map(str, found.parameters))
        discount = _discount(found)
        if discount:
            yield "kind of discount", discount
        for piece in parts(found.command, found.parameters, found.text):
            value = decode(piece.value, self._code_page)
            if piece.part is None:
                yield "text", value
            else:
                yield piece.part.name, f"{value} zł" if piece.part.kind is Kind.AMOUNT else value

    # --- from the printer

    def _answer(self, found: Sequence) -> tuple[str, Iterable[tuple[str, str]], str | None]:
        try:
            if found.command == _STATUS:
                return _status(found)
            fields = list(_answer_fields(found))
        except BadAnswer as error:
            fields = [("text", decode(found.text, self._code_page)), ("not read", str(error))]
        return _named(found, _ANSWERS), fields, _ANSWERED.get(found.command)


def _named(found: Sequence, titles: dict[str, str]) -> str:
    """ "23#s: mode, totals of the day, cash?", the number only where the meaning hangs on it."""
    first = f"{found.parameters[0]}{found.command}" if found.parameters else found.command
    if first in titles:
        return f"{first}: {titles[first]}"
    meaning = titles.get(found.command)
    return f"{found.command}: {meaning}" if meaning else first


def _discount(found: Sequence) -> str | None:
    if found.command == "$l" and len(found.parameters) > 1:
        return _LINE_DISCOUNTS.get(found.parameters[1])
    if found.command == "$Y" and found.parameters:
        return _RECEIPT_DISCOUNTS.get(found.parameters[0])
    return None


def _status(found: Sequence) -> tuple[str, Iterable[tuple[str, str]], str | None]:
    number, about = status_of(found)
    if number == 0:
        # Behind the answer to a question it answers nothing more [T1].
        return f"#Z: {about} done", (), None if about in _ANSWERED.values() else about
    row = lookup(number)
    fields = [(f"error {number}", row.text), *([("what to do", row.remedy)] if row.remedy else [])]
    return f"#Z: {about} refused", fields, about


def _status_fields(status: Status) -> Iterator[tuple[str, str]]:
    if status.asked_by is Control.DLE:
        trouble = Condition(status.byte).trouble
        yield "state", trouble.text if trouble is not None else "on-line"
        return
    state = EnquiryStatus(status.byte)
    yield "mode", "fiscal" if state.fiscal else "training"
    yield "last command", "done" if state.last_command_done else "not done"
    yield "receipt open", "yes" if state.in_transaction else "no"
    yield "last receipt", "completed" if state.last_transaction_completed else "not completed"


def _answer_fields(found: Sequence) -> Iterator[tuple[str, str]]:
    """Raises BadAnswer."""
    match found.command, found.parameters[:1]:
        case "#X", (1,) | (2,):
            yield from _cash_info(found)
        case "#X", (3,):
            memory = MemoryInfo.from_sequence(found)
            yield "daily reports", str(memory.reports)
            yield "daily reports left", str(memory.reports_left)
            yield "open or last receipt", _by_letter(memory.last_receipt)
        case "#X", (10,):
            daily = DailyTotals.from_sequence(found)
            yield "receipts", str(daily.receipts)
            yield "cancelled", f"{daily.cancelled}, {daily.cancelled_value} zł"
            yield "totals", _by_letter(daily.totals)
        case "#X", (50,):
            last = DocumentNumber.from_sequence(found)
            yield "number", str(last.number)
            yield "totals are zero", "yes" if last.totals_zero else "no"
        case "#R", _:
            version = Version.from_sequence(found)
            yield "type", version.model
            yield "version", version.firmware
        case "#C", _:
            yield "time", f"{read_clock(found):%Y-%m-%d %H:%M}"
        case "#E", _:
            number = read_error(found)
            yield (f"error {number}", lookup(number).text) if number else ("error", "none")
        case _:
            raise BadAnswer("this answer is not known here")


def _cash_info(found: Sequence) -> Iterator[tuple[str, str]]:
    info = CashInfo.from_sequence(found)
    error = found.text.partition(b";")[0].decode("ascii", "replace").strip()
    if error.strip("0"):
        yield f"last error {error}", lookup(int(error)).text
    yield "mode", "fiscal" if info.fiscal else "training"
    yield "receipt open", "yes" if info.open else "no"
    yield "last receipt", "completed" if info.completed else "not completed"
    yield "RAM clears", str(info.ram_clears)
    yield "last daily report", info.last_write
    if info.rates:
        yield "rates", ", ".join(f"{rate.letter} {_percent(rate.percent, rate.active)}" for rate in info.rates)
    yield "receipts", str(info.receipts)
    if info.totals:
        yield "totals", _by_letter(info.totals)
    yield "cash", f"{info.cash} zł"
    yield "number of the printer", info.unique_number


def _percent(percent: object, active: bool) -> str:
    return f"{percent}%" if percent is not None else "exempt" if active else "inactive"


def _by_letter(amounts: Iterable[object]) -> str:
    return ", ".join(f"{letter} {amount} zł" for letter, amount in zip(LETTERS, amounts, strict=False))


# --- bytes again


def _has_check(found: Sequence) -> bool:
    return found.checked and check_rule(found.command, found.parameters) is not Check.NEVER


def _unmasked(garbage: Garbage) -> Sequence | None:
    """A sequence whose check byte is wrong where parts of it were hidden: read all the same, and told as what it is."""
    if garbage.fault is not Fault.CHECK or not _MARKS.search(garbage.data):
        return None
    payload = garbage.data[len(PREFIX) : -len(TERMINATOR) - 2]
    (event,) = Decoder(Side.HOST).feed(PREFIX + payload + b"%02X" % check_byte(payload) + TERMINATOR)
    return event if isinstance(event, Sequence) else None


def _bytes(found: Sequence) -> bytes:
    try:
        return found.to_bytes()
    except LocalError:  # one that our own encoder would not build: its parts are shown all the same
        return b""
