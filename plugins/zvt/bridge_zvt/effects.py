"""Effects: registration, diagnosis, display, clock, a receipt once more, raw commands. At most once, never recovered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bridge.model import Document, Paper, Result
from bridge.plugin import DeviceError, JobContext
from bridge_zvt import commands
from bridge_zvt.answers import Record, shown
from bridge_zvt.commands import Command
from bridge_zvt.exchange import Ending, Exchange
from bridge_zvt.payment import PaymentListener
from bridge_zvt.plan import INTENT, Intent, Kind
from bridge_zvt.refusals import Refused
from bridge_zvt.result import evidence_of
from bridge_zvt.settings import ZvtSettings
from bridge_zvt.snapshot import TerminalBusy
from bridge_zvt.status import Registration, register


class Effects:
    """What does no harm when it is lost."""

    def __init__(self, exchange: Exchange, settings: ZvtSettings, context: JobContext) -> None:
        self._exchange = exchange
        self._settings = settings
        self._context = context

    async def login(self) -> tuple[Result, Registration | None]:
        """06 00; then what the terminal says that it needs: initialisation (06 93), diagnosis (06 70)."""
        await self._begin("login")
        try:
            registration = await register(self._exchange, self._settings)
        except TerminalBusy as busy:
            raise DeviceError(Refused("registration", 0x9C, said=str(busy)).job_error()) from busy
        except Refused as refused:
            raise DeviceError(refused.job_error()) from refused
        evidence: dict[str, Any] = {"registration": _data(registration) if registration is not None else None}
        if registration is not None and registration.initialise:
            evidence["initialisation"] = await self._run(commands.initialisation(self._settings))
        if registration is not None and registration.diagnose:
            evidence["diagnosis"] = await self._run(commands.diagnosis())
        if registration is not None and (registration.initialise or registration.diagnose):
            registration = Registration(registration.terminal_id, 0)
        return Result(paper=Paper.SUPPRESSED, evidence=evidence), registration

    async def diagnose(self) -> Result:
        """06 70: the terminal calls its host."""
        await self._begin("diagnose")
        return Result(paper=Paper.UNKNOWN, evidence=await self._run(commands.diagnosis()))

    async def show(self, lines: tuple[str, ...]) -> Result:
        await self._begin("display")
        return Result(paper=Paper.SUPPRESSED, evidence=await self._run(commands.display_text(lines, self._settings.charset)))

    async def set_clock(self, to: datetime | None) -> Result:
        await self._begin("clock")
        local = (to or self._context.device.clock.now()).astimezone(ZoneInfo(self._settings.zone))
        told = await self._run(commands.set_clock(self._settings, local))
        return Result(paper=Paper.SUPPRESSED, evidence={**told, "set_to": local.isoformat(timespec="seconds")})

    async def copy(self) -> Result:
        """06 20: the last receipt once more, on the terminal's paper or as text for the till's."""
        await self._begin("copy")
        listener = self._listener()
        told = await self._run(commands.repeat_receipt(self._settings, printed=True), listener)
        record = listener.last
        text = "\n\n".join(receipt.text for receipt in listener.receipts.finished()) or None
        document = Document(number=record.receipt if record is not None else None, text=text)
        paper = Paper.SUPPRESSED if self._settings.till_prints else Paper.PRINTED
        return Result(document=document, paper=paper, evidence={**evidence_of(listener.records), **told})

    async def raw(self, command: Command) -> Result:
        """What came, message by message."""
        await self._begin("raw")
        listener = self._listener()
        told = await self._run(command, listener)
        return Result(paper=Paper.UNKNOWN, evidence={**evidence_of(listener.records), **told})

    async def _begin(self, kind: str) -> None:
        await self._context.checkpoint(INTENT, {"effect": kind})
        self._context.commit_point()

    def _listener(self) -> _EffectListener:
        now = self._context.device.clock.now()
        intent = Intent(kind=Kind.TOTALS, amount=None, currency=self._settings.currency, started=now)
        return _EffectListener(self._context, self._settings, intent, administrative=True)

    async def _run(self, command: Command, listener: _EffectListener | None = None) -> dict[str, Any]:
        """Raises DeviceError where the terminal refuses or fails."""
        heard = listener or self._listener()
        try:
            ending: Ending = await self._exchange.run(command, heard)
        except Refused as refused:
            raise DeviceError(refused.job_error()) from refused
        finally:
            self._context.clear_attention()
        if ending.aborted:
            failed = Refused(command.title, ending.result or 0xFF, said=ending.text, answered=False)
            raise DeviceError(failed.job_error())
        told: dict[str, Any] = {"ending": shown(ending.message, command.code)}
        printed = heard.receipts.finished() if listener is None else ()
        if printed:
            told["printed"] = [receipt.text for receipt in printed]
        return told


class _EffectListener(PaymentListener):
    """Hears what a payment's listener hears; nothing of it is a payment of this job's."""

    async def status_information(self, apdu: Any) -> None:
        self.records.append(Record.of(apdu))


def _data(registration: Registration) -> dict[str, Any]:
    return {"terminal_id": registration.terminal_id, "status": f"{registration.status:02X}"}
