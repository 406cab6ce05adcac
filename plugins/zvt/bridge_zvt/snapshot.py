"""What the terminal keeps as its last payment or end of day: asked for by 06 20 without paper.

Follows protocol-specs/zvt, "Repeat receipt". What follows from it is decided in `recovery.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bridge.model import JobError
from bridge.plugin import DeviceError
from bridge_zvt import commands
from bridge_zvt.answers import Record, shown
from bridge_zvt.errors import BUSY, NOT_POSSIBLE, NOT_READY
from bridge_zvt.exchange import Exchange, Listener
from bridge_zvt.frame import Apdu
from bridge_zvt.open_points import NOTHING_STORED
from bridge_zvt.refusals import Refused
from bridge_zvt.settings import ZvtSettings


class TerminalBusy(Exception):
    """The terminal cannot be asked now."""


@dataclass(frozen=True, slots=True)
class Look:
    """`record`: what it keeps; None where it showed nothing. `why`: what it said instead. `empty`: it said that there is nothing.
    `unsupported`: it said that it cannot be asked (84 83), as some do while they are busy."""

    record: Record | None = None
    why: str = ""
    empty: bool = False
    unsupported: bool = False

    def as_data(self) -> dict[str, Any]:
        return {"record": self.record.model_dump() if self.record is not None else None, "why": self.why, "empty": self.empty}

    @classmethod
    def of_data(cls, data: Any) -> Look:
        record = data.get("record")
        return cls(
            Record.model_validate(record) if record is not None else None, str(data.get("why", "")), bool(data.get("empty"))
        )


class _Heard(Listener):
    def __init__(self) -> None:
        self.record: Record | None = None

    async def status_information(self, apdu: Apdu) -> None:
        self.record = Record.of(apdu)


async def look(exchange: Exchange, settings: ZvtSettings, *, end_of_day: bool = False) -> Look:
    """Prints nothing, changes nothing. Raises TerminalBusy, LinkError."""
    heard = _Heard()
    try:
        ending = await exchange.run(commands.repeat_receipt(settings, end_of_day=end_of_day), heard)
    except Refused as refused:
        if refused.number in (BUSY, NOT_READY):
            raise TerminalBusy(str(refused)) from refused
        if refused.number == NOT_POSSIBLE:
            return Look(None, "the terminal does not repeat receipts (84 83)", unsupported=True)
        return Look(None, f"the terminal refused to repeat its last receipt: {refused}")
    if ending.aborted:
        if ending.result == BUSY:
            raise TerminalBusy("06 1E 9C")
        empty = ending.result in NOTHING_STORED
        return Look(None, f"the terminal shows no last payment (06 1E {ending.result:02X})", empty=empty)
    if heard.record is None:
        return Look(None, f"the terminal told nothing of its last payment ({shown(ending.message)['message']} alone)")
    return Look(heard.record)


async def look_or_fail(exchange: Exchange, settings: ZvtSettings, *, end_of_day: bool = False) -> Look:
    """As `look`, for what is about to begin. Raises DeviceError where the terminal is busy."""
    try:
        return await look(exchange, settings, end_of_day=end_of_day)
    except TerminalBusy as busy:
        raise DeviceError(JobError.of("terminal.busy", device_text=str(busy))) from busy
