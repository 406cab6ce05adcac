"""What the device says of itself around a document: read before it as the baseline, and after it to compare.

Follows protocol-specs/shtrih-m, "Power loss and lost answers". Kept in checkpoints, so its fields are JSON-able and only ever
added to. What follows from two of them is in `recovery.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bridge_ffd.fn import FnStatus, FoundDocument
from bridge_ffd.register import FISCAL, Kind

from bridge.model import Model
from bridge_shtrih_m import commands
from bridge_shtrih_m.answers import FullStatus, Mode, ShiftState, error_of, found_document, register_of, storage_status
from bridge_shtrih_m.commands import Command
from bridge_shtrih_m.errors import NO_SUCH_DOCUMENT, NOT_KNOWN_BY_DEVICE
from bridge_shtrih_m.exchange import Exchange
from bridge_shtrih_m.open_points import CASH_IN_COUNTER, CASH_OUT_COUNTER, X_REPORT_COUNTER
from bridge_shtrih_m.refusals import Refused, checked

CASH_IN_DRAWER = 241
"""Money register."""

# Operation registers that a kind of document moves by one. Receipts by kind: sale, purchase, and their returns.
RECEIPTS = (148, 149, 150, 151)
_COUNTERS: dict[Kind, tuple[int, ...]] = {
    Kind.RECEIPT: RECEIPTS,
    Kind.CASH_IN: (CASH_IN_COUNTER,),
    Kind.CASH_OUT: (CASH_OUT_COUNTER,),
    Kind.X_REPORT: (X_REPORT_COUNTER,),
}


class Facts(Model):
    """State, numbers and counters; None where a device does not tell. `cash` in kopecks.

    `last` is the number of the FN's last document, `current` what it is making. `document_number` counts documents of all
    kinds, `counters` are operation registers by their number. `answers`: every answer in hexadecimal, for the evidence.
    """

    mode: int
    submode: int
    document_number: int
    last_closed_shift: int
    fn: str | None = None
    last: int | None = None
    current: int | None = None
    shift_open: bool | None = None
    shift: int | None = None
    cash: int | None = None
    counters: dict[str, int] = {}
    answers: dict[str, str] = {}

    @property
    def document_open(self) -> bool:
        """A receipt or printout is open, or the FN has a document half made."""
        return self.mode == Mode.DOCUMENT_OPEN or bool(self.current)

    def counter(self, register: int) -> int | None:
        return self.counters.get(str(register))


class FactReader:
    """Asks for facts and collects the answers."""

    def __init__(self, exchange: Exchange, zone: str) -> None:
        self._exchange = exchange
        self._zone = ZoneInfo(zone)
        self.answers: dict[str, str] = {}

    async def ask(self, command: Command) -> bytes:
        """A question that every device answers. Raises Refused."""
        return checked(command, await self._raw(command))

    async def ask_if_known(self, command: Command) -> bytes | None:
        """A question that some devices do not have: then None. Raises Refused for any other error."""
        answer = await self._raw(command)
        error = error_of(answer)
        if error in NOT_KNOWN_BY_DEVICE:
            return None
        if error:
            raise Refused(command, error)
        return answer

    async def facts(self, kind: Kind) -> Facts:
        """All that a document of this kind moves."""
        full = FullStatus.of(await self.ask(commands.full_status()))
        storage = await self.storage()
        shift = await self.shift() if storage is not None else None
        cash = None
        if kind in (Kind.CASH_IN, Kind.CASH_OUT):
            cash = register_of(await self.ask(commands.money_register(CASH_IN_DRAWER)))
        return Facts(
            mode=full.mode,
            submode=full.submode,
            document_number=full.document_number,
            last_closed_shift=full.last_closed_shift,
            fn=storage.fn_number if storage is not None else None,
            last=storage.last_document if storage is not None else None,
            current=int(storage.current) if storage is not None else None,
            shift_open=storage.shift_open if storage is not None else None,
            shift=shift.number if shift is not None else None,
            cash=cash,
            counters=await self._counters(() if storage is not None and kind in FISCAL else _COUNTERS.get(kind, ())),
            answers=dict(self.answers),
        )

    async def storage(self) -> FnStatus | None:
        """None for a device without FN."""
        answer = await self.ask_if_known(commands.storage_status())
        return storage_status(answer) if answer is not None else None

    async def shift(self) -> ShiftState | None:
        answer = await self.ask_if_known(commands.shift_state())
        return ShiftState.of(answer) if answer is not None else None

    async def found(self, number: int) -> FoundDocument | None:
        """A document of the FN, None where it has none of that number."""
        command = commands.find_document(number)
        answer = await self._raw(command, f"{command.code:02X} {number}")
        error = error_of(answer)
        if error == NO_SUCH_DOCUMENT:
            return None
        if error:
            raise Refused(command, error)
        return found_document(answer)

    async def now(self) -> datetime | None:
        """The device's own time, with its zone."""
        return self.moment(FullStatus.of(await self.ask(commands.full_status())).local_time)

    def moment(self, local: datetime | None) -> datetime | None:
        return local.replace(tzinfo=self._zone) if local is not None else None

    async def _counters(self, registers: Sequence[int]) -> dict[str, int]:
        found = {}
        for register in registers:
            command = commands.operation_register(register)
            answer = await self._raw(command, f"{command.code:02X} {register}")
            if not error_of(answer):
                found[str(register)] = register_of(answer)
        return found

    async def _raw(self, command: Command, name: str | None = None) -> bytes:
        answer = await self._exchange.ask(command)
        self.answers[name or f"{command.code:02X}"] = answer.hex()
        return answer
