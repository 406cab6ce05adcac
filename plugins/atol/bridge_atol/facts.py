"""What the device says of itself around a document: read before it as the baseline, and after it to compare.

Follows protocol-specs/atol, "Power loss and lost answers". Kept in checkpoints, so its fields are JSON-able and only ever added to.
What follows from two of them is in `recovery.py`.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bridge_ffd.fn import FnStatus, FoundDocument
from bridge_ffd.register import Kind

from bridge.model import Model
from bridge_atol import commands
from bridge_atol.answers import FullStatus, found_document, storage_status, values_of
from bridge_atol.commands import Command
from bridge_atol.errors import NO_SUCH_DOCUMENT, NOT_KNOWN_BY_DEVICE
from bridge_atol.exchange import Exchange, Reply

# Registers.
CASH_IN_DRAWER = 0x0A
COUNTERS = {Kind.CASH_IN: 0x08, Kind.CASH_OUT: 0x09}
SHIFT = 0x12


class ShiftState:
    """Register 12h."""

    CLOSED, OPEN, EXPIRED = 0, 1, 2


class Facts(Model):
    """State, numbers and counters; None where they do not matter for this kind. `cash` in kopecks, `slips` the number of them.

    `receipt`: type of the open receipt, 0 for none. `last`: number of the FN's last document, `current` what it is making.
    `answers`: every answer in hexadecimal, for the evidence.
    """

    mode: int
    receipt: int
    shift_state: int
    last_closed_shift: int
    fn: str
    last: int
    current: int
    cash: int | None = None
    slips: int | None = None
    answers: dict[str, str] = {}

    @property
    def document_open(self) -> bool:
        return self.receipt != 0

    @property
    def shift(self) -> int:
        """The open one, or the last."""
        return self.last_closed_shift + (0 if self.shift_state == ShiftState.CLOSED else 1)


class FactReader:
    """Asks for facts and collects the answers."""

    def __init__(self, exchange: Exchange, zone: str) -> None:
        self._exchange = exchange
        self._zone = ZoneInfo(zone)
        self.answers: dict[str, str] = {}

    @property
    def transport(self) -> str:
        return self._exchange.transport

    async def ask(self, command: Command) -> bytes:
        """A question that every device answers. Raises Refused."""
        return (await self._raw(command)).checked()

    async def ask_if_known(self, command: Command) -> bytes | None:
        """A question that some devices do not have: then None. Raises Refused for any other error."""
        reply = await self._raw(command)
        return None if reply.error in NOT_KNOWN_BY_DEVICE else reply.checked()

    async def register(self, number: int, first: int = 0, second: int = 0) -> dict[str, int]:
        """Raises Refused, BadAnswer."""
        command = commands.register(number, first, second)
        return values_of(command.shape, await self.ask(command))

    async def facts(self, kind: Kind) -> Facts:
        """All that a document of this kind moves."""
        full = await self.full_status()
        storage = await self.storage()
        cash = slips = None
        if kind in COUNTERS:
            cash = (await self.register(CASH_IN_DRAWER))["sum"]
            slips = (await self.register(COUNTERS[kind]))["count"]
        return Facts(
            mode=full.mode,
            receipt=full.receipt,
            shift_state=(await self.register(SHIFT, 0, 1))["state"],
            last_closed_shift=full.last_closed_shift,
            fn=storage.fn_number,
            last=storage.last_document,
            current=int(storage.current),
            cash=cash,
            slips=slips,
            answers=dict(self.answers),
        )

    async def full_status(self) -> FullStatus:
        command = commands.full_status()
        return FullStatus.of(command.shape, await self.ask(command))

    async def storage(self) -> FnStatus:
        command = commands.storage_status()
        return storage_status(command.shape, await self.ask(command))

    async def found(self, number: int) -> FoundDocument | None:
        """A document of the FN, None where it has none of that number."""
        command = commands.find_document(number)
        reply = await self._raw(command)
        return None if reply.error == NO_SUCH_DOCUMENT else found_document(command.shape, reply.checked())

    async def now(self) -> datetime | None:
        """The device's own time, with its zone."""
        return self.moment((await self.full_status()).at)

    def moment(self, local: datetime | None) -> datetime | None:
        return local.replace(tzinfo=self._zone) if local is not None else None

    async def _raw(self, command: Command) -> Reply:
        reply = await self._exchange.ask(command)
        self.answers[command.body.hex(" ").upper()] = reply.data.hex()
        return reply
