"""The FN (fiscal storage): its phases, warnings, how long it lasts, and what is not sent to the OFD yet.

Both families hand on the FN's own answers, so these are read here. Times are the device's local clock, without a zone.
Source: protocol-specs/ffd, "The FN".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum, IntFlag, StrEnum
from typing import Literal, TypeVar

from bridge_ffd.open_points import DECIDE_BY_UPPER_WARNINGS
from bridge_ffd.signs import sign_of_answer
from bridge_ffd.versions import DocumentKind, Settlement
from bridge_ffd.vocabulary import Taxation

E = TypeVar("E", bound=IntEnum)

OFD_LIMIT = timedelta(days=30)
"""After so long without the OFD the FN takes no more receipts."""

SOON_DAYS = 30
"""Before its end, an FN is to be replaced soon."""


class Phase(IntEnum):
    INIT = 0
    CONFIGURED = 1
    FISCAL = 3
    POST_FISCAL = 7
    ARCHIVE = 15


class FnWarning(IntFlag):
    """The warnings byte of the FN. The upper bits but the last one have one source each: shown, never decided by."""

    REPLACE_NOW = 0x01
    KEYS_END_SOON = 0x02
    MEMORY_FULL = 0x04
    OFD_TIMEOUT = 0x08
    REFUSED_BY_OFD = 0x10
    SETUP_NEEDED = 0x20
    OFD_GONE = 0x40
    CRITICAL = 0x80


WARNINGS: dict[FnWarning, str] = {
    FnWarning.REPLACE_NOW: "The FN must be replaced within three days.",
    FnWarning.KEYS_END_SOON: "The FN's keys end within 30 days; order a new FN.",
    FnWarning.MEMORY_FULL: "The FN's memory is nearly full; order a new FN.",
    FnWarning.OFD_TIMEOUT: "The OFD has not answered for too long; check the connection before the FN stops.",
    FnWarning.REFUSED_BY_OFD: "The OFD found a document wrongly formed.",
    FnWarning.SETUP_NEEDED: "The OFD asks for the device to be set up.",
    FnWarning.OFD_GONE: "The OFD's permit ended; choose another OFD.",
    FnWarning.CRITICAL: "The FN is broken. Call the service.",
}


def sentences(warnings: FnWarning) -> tuple[str, ...]:
    """One for each warning, the gravest first."""
    return tuple(WARNINGS[flag] for flag in reversed(FnWarning) if flag in warnings)


class CurrentDocument(IntEnum):
    """What is being made, as the FN's status tells it; not the form codes of documents."""

    NONE = 0x00
    REGISTRATION = 0x01
    SHIFT_OPEN = 0x02
    RECEIPT = 0x04
    SHIFT_CLOSE = 0x08
    FN_CLOSE = 0x10
    STRICT_FORM = 0x11
    REGISTRATION_CHANGE_NEW_FN = 0x12
    REGISTRATION_CHANGE = 0x13
    CORRECTION = 0x14
    STRICT_FORM_CORRECTION = 0x15
    SETTLEMENTS_STATE = 0x17


class Memory(StrEnum):
    """The word that a device's status has for it (`fiscal_memory`)."""

    OK = "ok"
    LOW = "low"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class FnStatus:
    """The FN's status (FF01, A4 30): 30 bytes. `current` and `phase` stay numbers where no name is known for them."""

    phase: Phase | int
    current: CurrentDocument | int
    has_data: bool
    shift_open: bool
    warnings: FnWarning
    last_document_at: datetime | None
    fn_number: str
    last_document: int

    @classmethod
    def parse(cls, data: bytes) -> FnStatus:
        _length(data, 30, "the FN's status")
        return cls(
            phase=_named(Phase, data[0]),
            current=_named(CurrentDocument, data[1]),
            has_data=bool(data[2]),
            shift_open=bool(data[3]),
            warnings=FnWarning(data[4]),
            last_document_at=_moment(data[5:10]),
            fn_number=data[10:26].decode("ascii", "replace").strip("\0 "),
            last_document=int.from_bytes(data[26:30], "little"),
        )

    @property
    def document_open(self) -> bool:
        return self.current != CurrentDocument.NONE

    @property
    def problems(self) -> tuple[str, ...]:
        """A sentence for each warning, the gravest first."""
        return sentences(self.warnings)

    def memory(self, life: FnLife | None = None, today: date | None = None) -> Memory:
        """How much the FN can still take, by its warnings and, where both are given, its date."""
        full = FnWarning.CRITICAL
        low = FnWarning.REPLACE_NOW | FnWarning.KEYS_END_SOON | FnWarning.MEMORY_FULL
        if DECIDE_BY_UPPER_WARNINGS:
            low |= FnWarning.SETUP_NEEDED
        left = life.days_left(today) if life is not None and today is not None else None
        if self.warnings & full or self.phase in (Phase.POST_FISCAL, Phase.ARCHIVE) or left == 0:
            return Memory.FULL
        return Memory.LOW if self.warnings & low or (left is not None and left <= SOON_DAYS) else Memory.OK


@dataclass(frozen=True, slots=True)
class FnLife:
    """How long an FN lasts (FF03, A4 32): the day on which its keys end, and registrations left and done where told."""

    valid_until: date
    registrations_left: int | None = None
    registrations_done: int | None = None

    @classmethod
    def parse(cls, data: bytes) -> FnLife:
        if len(data) not in (3, 5):
            raise ValueError(f"the FN's validity has 3 or 5 bytes, not {len(data)}")
        left, done = (data[3], data[4]) if len(data) == 5 else (None, None)
        return cls(_date(data[:3]), left, done)

    def days_left(self, today: date) -> int:
        """Days of which receipts can still be made, today included; 0 from the day on which the keys end."""
        return max(0, (self.valid_until - today).days)

    def ends_soon(self, today: date) -> bool:
        """From so many days on a new FN is to be ordered."""
        return self.days_left(today) <= SOON_DAYS

    def expired(self, today: date) -> bool:
        return today >= self.valid_until

    @classmethod
    def of_key_days(cls, days: int, told_on: date) -> FnLife:
        """From tag 1213 of a report made on that day."""
        return cls(told_on + timedelta(days=days))


class ExchangeState(IntFlag):
    """State of the exchange with the OFD, first byte of its status."""

    CONNECTED = 0x01
    MESSAGE_WAITS = 0x02
    WAITS_FOR_TICKET = 0x04
    COMMAND_CAME = 0x08
    SETTINGS_CHANGED = 0x10
    WAITS_FOR_ANSWER = 0x20


@dataclass(frozen=True, slots=True)
class ExchangeStatus:
    """What the OFD has not got yet (FF39, A4 20): 13 bytes."""

    state: ExchangeState
    being_read: bool
    waiting: int
    first_document: int | None
    first_at: datetime | None

    @classmethod
    def parse(cls, data: bytes) -> ExchangeStatus:
        _length(data, 13, "the status of the exchange")
        return cls(
            state=ExchangeState(data[0]),
            being_read=bool(data[1]),
            waiting=int.from_bytes(data[2:4], "little"),
            first_document=int.from_bytes(data[4:8], "little") or None,
            first_at=_moment(data[8:13]),
        )

    def blocks_at(self) -> datetime | None:
        """When the FN will stop, unless the first waiting document is sent before."""
        return self.first_at + OFD_LIMIT if self.waiting and self.first_at is not None else None

    def days_left(self, now: datetime) -> int | None:
        """Whole days until then, of the device's clock; None where nothing waits."""
        stop = self.blocks_at()
        return None if stop is None else max(0, (stop - now).days)


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """A document found by its number (FF0A, A4 40). `ticket`: the OFD confirmed it. `rest`: what other kinds have behind."""

    kind: DocumentKind | int
    ticket: bool
    at: datetime | None
    number: int
    sign: int
    settlement: Settlement | int | None = None
    total: Decimal | None = None
    shift: int | None = None
    rest: bytes = b""

    @classmethod
    def parse(cls, data: bytes, *, sums: Literal["little", "big"]) -> FoundDocument:
        """`sums`: in which order the family's devices write the total. Some old ones write four bytes instead of five."""
        if len(data) < 15:
            raise ValueError(f"a found document has at least 15 bytes, not {len(data)}")
        kind = _named(DocumentKind, data[0])
        settlement: Settlement | int | None = None
        total: Decimal | None = None
        shift: int | None = None
        rest = data[15:]
        if kind in _WITH_TOTAL and len(rest) in (5, 6):
            settlement = _named(Settlement, rest[0])
            total, rest = Decimal(int.from_bytes(rest[1:], sums)).scaleb(-2), b""
        elif kind in (DocumentKind.SHIFT_OPEN, DocumentKind.SHIFT_CLOSE) and len(rest) >= 2:
            shift, rest = int.from_bytes(rest[:2], "little"), rest[2:]
        return cls(
            kind=kind,
            ticket=bool(data[1]),
            at=_moment(data[2:7]),
            number=int.from_bytes(data[7:11], "little"),
            sign=sign_of_answer(data[11:15]),
            settlement=settlement,
            total=total,
            shift=shift,
            rest=rest,
        )


_WITH_TOTAL = frozenset(
    {DocumentKind.RECEIPT, DocumentKind.STRICT_FORM, DocumentKind.CORRECTION, DocumentKind.STRICT_FORM_CORRECTION}
)


class Mode(IntFlag):
    """How a device is registered to work. Names only: nothing is decided by them."""

    ENCRYPTION = 0x01
    OFFLINE = 0x02
    AUTOMATIC = 0x04
    SERVICES = 0x08
    STRICT_FORMS = 0x10
    INTERNET = 0x20


@dataclass(frozen=True, slots=True)
class Registration:
    """What the last registration said (FF09, FF4C): 47 bytes, with FFD 1.1 and later 64. Where a register's answers are extended
    the time comes once more behind it. FF4C has a reason of one byte in the 47, of every registration but the first."""

    at: datetime | None
    inn: str
    registration_number: str
    taxation: tuple[Taxation, ...]
    mode: Mode
    extended_mode: int | None
    ofd_inn: str | None
    reasons: int | None
    number: int
    sign: int

    @classmethod
    def parse(cls, data: bytes) -> Registration:
        if len(data) in (52, 69):
            data = data[:-5]
        if len(data) not in (47, 48, 64):
            raise ValueError(f"the data of a registration have 47 or 64 bytes, not {len(data)}")
        extended = len(data) == 64
        reasons = 1 << (data[39] - 1) if len(data) == 48 and 0 < data[39] <= 32 else None
        return cls(
            at=_moment(data[:5]),
            inn=_ascii(data[5:17]),
            registration_number=_ascii(data[17:37]),
            taxation=taxation_of(data[37]),
            mode=Mode(data[38]),
            extended_mode=data[39] if extended else None,
            ofd_inn=_ascii(data[40:52]) if extended else None,
            reasons=int.from_bytes(data[52:56], "little") if extended else reasons,
            number=int.from_bytes(data[-8:-4], "little"),
            sign=sign_of_answer(data[-4:]),
        )


def taxation_of(mask: int) -> tuple[Taxation, ...]:
    """The systems of a mask (tag 1062)."""
    return tuple(taxation for taxation in Taxation if mask & taxation.code)


def date_time(data: bytes) -> datetime | None:
    """Five bytes: year of the century, month, day, hour, minute. All zero is no time at all."""
    _length(data, 5, "a date with its time")
    if not any(data):
        return None
    year, month, day, hour, minute = data
    try:
        return datetime.fromisoformat(f"20{year:02d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}")
    except ValueError:
        raise ValueError(f"{data.hex(' ')} is no date with its time (YY MM DD HH MM)") from None


def _moment(data: bytes) -> datetime | None:
    """As `date_time`; a clock that stands wrong must not hide the rest of an answer."""
    try:
        return date_time(data)
    except ValueError:
        return None


def bytes_of(moment: datetime) -> bytes:
    """A local time as those five bytes."""
    return bytes((moment.year - 2000, moment.month, moment.day, moment.hour, moment.minute))


def _date(data: bytes) -> date:
    year, month, day = data
    try:
        return date(2000 + year, month, day)
    except ValueError:
        raise ValueError(f"{data.hex(' ')} is no date (YY MM DD)") from None


def _length(data: bytes, wanted: int, what: str) -> None:
    if len(data) != wanted:
        raise ValueError(f"{what} has {wanted} bytes, not {len(data)}")


def _ascii(data: bytes) -> str:
    return data.decode("ascii", "replace").strip("\0 ")


def _named(words: type[E], number: int) -> E | int:
    try:
        return words(number)
    except ValueError:
        return number
