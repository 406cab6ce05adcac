"""Typed answers, read from sequences and status bytes. Amounts in zloty.

Follows protocol-specs/posnet/thermal.md, "Answers". Raises BadAnswer for what cannot be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from bridge.model import TaxKind, TaxRate
from bridge_posnet.thermal.commands import LETTERS, RATES
from bridge_posnet.thermal.frame import Sequence

_EXEMPT = Decimal(100)
_INACTIVE = Decimal(101)
_HEAD = 9  # Pe;Pm;Pt;Px;Pf;Pz;Py;Pm;Pd

OLD_FORM = 1  # `1#X`: only the rates that are defined, without check byte
NEW_FORM = 2  # `2#X`: all seven rates


class BadAnswer(Exception):
    """An answer that does not say what its command promises."""


@dataclass(frozen=True, slots=True)
class EnquiryStatus:
    """The answer to ENQ. One byte without any check: only ever a witness beside `23#s`."""

    byte: int

    @property
    def fiscal(self) -> bool:
        return bool(self.byte & 8)

    @property
    def last_command_done(self) -> bool:
        return bool(self.byte & 4)

    @property
    def in_transaction(self) -> bool:
        return bool(self.byte & 2)

    @property
    def last_transaction_completed(self) -> bool:
        return bool(self.byte & 1)


@dataclass(frozen=True, slots=True)
class CashInfo:
    """`23#s`: mode, transaction, rates, totals of the day, cash.

    `completed` is the transaction flag: set with the end of a receipt, cleared with the start of the next one. `rates` and
    `totals` are empty in the old form, which does not name their letters.
    """

    fiscal: bool
    open: bool
    completed: bool
    ram_clears: int
    last_write: str
    rates: tuple[TaxRate, ...]
    receipts: int
    totals: tuple[Decimal, ...]
    cash: Decimal
    unique_number: str

    @classmethod
    def from_sequence(cls, answer: Sequence) -> CashInfo:
        head, *fields = _fields(answer)
        numbers = [_whole(part) for part in head.split(";")]
        if len(numbers) != _HEAD:
            raise BadAnswer(f"#s: {len(numbers)} numbers instead of {_HEAD}")
        if answer.parameters[:1] == (NEW_FORM,):
            if len(fields) != 2 * RATES + 3:
                raise BadAnswer(f"#s: {len(fields)} fields instead of {2 * RATES + 3}")
            rates = tuple(_rate(letter, text) for letter, text in zip(LETTERS, fields, strict=False))
            receipts, totals = fields[RATES], tuple(map(_amount, fields[RATES + 1 : 2 * RATES + 1]))
        else:
            # r rates, the count, r or r + 1 totals, the cash, the number of the printer.
            defined = (len(fields) - 3) // 2
            if defined < 0:
                raise BadAnswer("#s: too few fields")
            rates, receipts, totals = (), fields[defined], ()
        return cls(
            fiscal=numbers[1] == 1,
            open=numbers[2] == 1,
            completed=numbers[3] == 1,
            ram_clears=numbers[5],
            last_write="{:02d}-{:02d}-{:02d}".format(*numbers[6:9]),
            rates=rates,
            receipts=_whole(receipts),
            totals=totals,
            cash=_amount(fields[-2]),
            unique_number=fields[-1].strip(),
        )


@dataclass(frozen=True, slots=True)
class MemoryInfo:
    """`24#s`: records in fiscal memory, and gross by rate of the receipt that is open or was the last."""

    reports: int
    reports_left: int
    last_receipt: tuple[Decimal, ...]

    @classmethod
    def from_sequence(cls, answer: Sequence) -> MemoryInfo:
        # Py;Pm;Pd;records;free;locked;PAR_A/../PAR_G/
        head, _, first = _text(answer).rpartition(";")
        numbers = [_whole(part) for part in head.split(";")]
        amounts = first.split("/")
        if len(numbers) != 6 or len(amounts) != RATES + 1:
            raise BadAnswer(f"24#s: {answer.text!r}")
        return cls(numbers[3], numbers[4], tuple(map(_amount, amounts[:RATES])))


@dataclass(frozen=True, slots=True)
class DailyTotals:
    """`28#s`: what the next daily report will write."""

    receipts: int
    cancelled: int
    goods_changes: int
    cancelled_value: Decimal
    totals: tuple[Decimal, ...]

    @classmethod
    def from_sequence(cls, answer: Sequence) -> DailyTotals:
        # Year;Month;Day;Hour;Min;Sec;receipts;cancelled;changes;value/A/../G/
        head, _, first = _text(answer).rpartition(";")
        numbers = [_whole(part) for part in head.split(";")]
        amounts = first.split("/")
        if len(numbers) != 9 or len(amounts) != RATES + 2:
            raise BadAnswer(f"28#s: {answer.text!r}")
        value, *totals = map(_amount, amounts[: RATES + 1])
        return cls(numbers[6], numbers[7], numbers[8], value, tuple(totals))


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """`50#s`: number of the last document of any kind."""

    number: int
    totals_zero: bool

    @classmethod
    def from_sequence(cls, answer: Sequence) -> DocumentNumber:
        fields = _fields(answer)
        if len(fields) < 2:
            raise BadAnswer(f"50#s: {answer.text!r}")
        return cls(_whole(fields[0]), fields[1].strip() == "1")


@dataclass(frozen=True, slots=True)
class Version:
    """`#v`: type and version of the firmware."""

    model: str
    firmware: str

    @classmethod
    def from_sequence(cls, answer: Sequence) -> Version:
        model, _, firmware = _text(answer).partition("/")
        if not model.strip():
            raise BadAnswer("#v: no type")
        return cls(model.strip(), firmware.strip().rstrip("/"))


def read_clock(answer: Sequence) -> datetime:
    """`#c`: the printer's local time, to the minute, without zone."""
    numbers = [_whole(part) for part in _text(answer).rstrip("/").split(";")]
    if len(numbers) < 5:
        raise BadAnswer(f"#c: {answer.text!r}")
    year, month, day, hour, minute = numbers[:5]
    try:
        return datetime(2000 + year % 100, month, day, hour, minute)  # noqa: DTZ001  # the zone is the settings' to say
    except ValueError:
        raise BadAnswer(f"#c: {answer.text!r}") from None


def read_error(answer: Sequence) -> int:
    """`#n`: the number of the last error, 0 for none."""
    return _whole(_text(answer))


def status_of(answer: Sequence) -> tuple[int, str]:
    """`#Z`: the error number (0 for none) and the command that it is about. Raises BadAnswer."""
    about = _text(answer)
    if len(answer.parameters) != 1 or len(about) != 2:
        raise BadAnswer(f"#Z: {answer.parameters} {answer.text!r}")
    return answer.parameters[0], about


def verbatim(answer: Sequence) -> str:
    """For the evidence: what stood between ESC P and ESC \\, without the check byte."""
    return answer.payload().decode("latin-1")


def _text(answer: Sequence) -> str:
    return answer.text.decode("latin-1")


def _fields(answer: Sequence) -> list[str]:
    """The parts between slashes; behind the last slash there may be nothing."""
    parts = _text(answer).split("/")
    return parts[:-1] if len(parts) > 1 and not parts[-1] else parts


def _whole(text: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 12:
        raise BadAnswer(f"{text!r} is no whole number")
    return int(text)


def _amount(text: str) -> Decimal:
    """With a comma or a point, zeros behind it left out or not."""
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise BadAnswer(f"{text!r} is no amount") from None
    if not value.is_finite() or value.scaleb(2) % 1 or abs(value) >= 10**13:
        raise BadAnswer(f"{text!r} is no amount")
    return value.quantize(Decimal("0.01"))


def _rate(letter: str, text: str) -> TaxRate:
    percent = _amount(text.replace("%", ""))
    if percent == _EXEMPT:
        return TaxRate(letter=letter, kind=TaxKind.EXEMPT)
    if percent == _INACTIVE:
        return TaxRate(letter=letter, active=False)
    if not 0 <= percent < _EXEMPT:
        raise BadAnswer(f"{text!r} is no rate")
    return TaxRate(letter=letter, percent=percent)
