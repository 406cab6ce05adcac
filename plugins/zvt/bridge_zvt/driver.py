"""The driver: every operation of one terminal, each handed to the file that knows it.

Beside the terminal nothing is asked and nothing is remembered but what this link has read. Payments: `payment.py`; the end of day:
`reconcile.py`; lost answers: `settlement.py`; who speaks when: `exchange.py`; bytes: `line.py` and `frame/`.
"""

from __future__ import annotations

from collections.abc import Sequence

from bridge.model import (
    Capabilities,
    ClockSet,
    Copy,
    DeviceStatus,
    DisplayShow,
    Identity,
    JobError,
    Operation,
    Outcome,
    PaymentPreauthorise,
    Raw,
    RequestError,
    Result,
    TerminalDiagnose,
    TerminalLogin,
    TerminalReconcile,
)
from bridge.plugin import (
    AbortAnswer,
    Checkpoint,
    DeviceContext,
    DeviceError,
    Driver,
    JobContext,
    NeedsOperator,
    Recovery,
)
from bridge.transport import ByteLink, LinkError
from bridge_zvt import memory, status
from bridge_zvt.answers import Record, shown
from bridge_zvt.effects import Effects
from bridge_zvt.exchange import Exchange
from bridge_zvt.frame import Apdu, Code
from bridge_zvt.line import line_of
from bridge_zvt.payment import PaymentProcedure
from bridge_zvt.plan import Payment, plan
from bridge_zvt.raw import plan_raw
from bridge_zvt.reconcile import ReconcileProcedure
from bridge_zvt.settings import ZvtSettings
from bridge_zvt.settlement import Settlement, open_reservations
from bridge_zvt.snapshot import TerminalBusy, look
from bridge_zvt.standing import standing

Effect = TerminalLogin | TerminalDiagnose | DisplayShow | ClockSet | Copy | Raw


class ZvtDriver(Driver):
    """One terminal behind one open link."""

    def __init__(self, settings: ZvtSettings, link: ByteLink, device: DeviceContext) -> None:
        self._settings = settings
        self._device = device
        line = line_of(link, settings.framing, settings.timeouts, device.logger)
        self._exchange = Exchange(line, settings, device.logger)
        self._exchange.on_stray = self._stray
        self._registration: status.Registration | None = None

    def start(self) -> None:
        """Begin to listen. Sends nothing."""
        self._exchange.start()

    async def identify(self) -> Identity:
        exchange = self._exchange
        exchange.packets = await memory.takes_packets(self._device)
        try:
            identity, self._registration = await status.connect(exchange, self._settings)
        except LinkError:
            if exchange.lost_together:
                await memory.note_pair(self._device, lost=True)
            raise
        if exchange.by_length:
            await memory.note_pair(self._device, lost=False)
        return identity

    async def capabilities(self) -> Capabilities:
        return status.capabilities(self._settings)

    async def status(self) -> DeviceStatus:
        now = self._device.clock.now
        try:
            state = await status.enquire(self._exchange, self._settings, service=None)
        except TerminalBusy:
            return DeviceStatus(as_of=now(), busy=True)
        told = status.device_status(state, self._registration, now())
        last = await memory.last(self._device)
        return told.model_copy(update={"last_document": last.receipt}) if last is not None else told

    async def execute(self, context: JobContext, operation: Operation) -> Result:
        try:
            return await self._execute(context, operation)
        except RequestError as error:
            raise DeviceError.of_refusal(error) from error

    async def recover(self, context: JobContext, operation: Operation, checkpoints: Sequence[Checkpoint]) -> Recovery:
        if isinstance(operation, Effect):
            return NeedsOperator({}, "The terminal does not remember whether it did this.")
        try:
            return await Settlement(self._exchange, self._settings, context).settle(checkpoints)
        finally:
            self._exchange.on_stray = self._stray

    async def abort(self, context: JobContext) -> AbortAnswer:
        return await self._exchange.abort()

    async def look_again(self, context: JobContext, operation: Operation, result: Result) -> Outcome | None:
        made = result.payment
        if made is None or self._device.shared or not self._settings.repeat_receipt:
            return None  # where others pay too, a number may have come round again
        if isinstance(operation, PaymentPreauthorise) and made.receipt_number is not None:
            listed = await open_reservations(self._exchange)
            if listed is not None:
                return made.outcome if made.receipt_number[-4:] in listed else None
        try:
            seen = await look(self._exchange, self._settings)
        except TerminalBusy as busy:
            raise DeviceError(JobError.of("terminal.busy", device_text=str(busy))) from busy
        if seen.record is not None:
            await memory.note_reversal(self._device, seen.record)
        return standing(made, seen.record, self._settings)

    async def maintain(self, context: DeviceContext) -> float | None:
        """A payment that had to be found out is looked after for some minutes; else the terminal is asked how it is, which also
        gives it time for its own work."""
        kept = await memory.watched(context) if self._settings.watch_reversal else None
        if kept is not None:
            try:
                seen = await look(self._exchange, self._settings)
            except TerminalBusy:
                return memory.WATCH_PAUSE
            if seen.record is not None:
                await memory.note_reversal(context, seen.record)
                if memory.superseded(kept, seen.record):
                    await context.store.delete(memory.WATCH)
            return memory.WATCH_PAUSE
        context.emit(await self.status())
        return self._settings.timeouts.enquiry

    async def close(self) -> None:
        await self._exchange.close()

    # --- operations

    async def _execute(self, context: JobContext, operation: Operation) -> Result:
        exchange, settings = self._exchange, self._settings
        exchange.begin()
        if isinstance(operation, Payment):
            intent, command = plan(operation, settings, context.device.clock.now())
            return await PaymentProcedure(exchange, settings, context).carry_out(operation, intent, command)
        effects = Effects(exchange, settings, context)
        match operation:
            case TerminalReconcile():
                return await ReconcileProcedure(exchange, settings, context).carry_out(operation)
            case TerminalLogin():
                result, self._registration = await effects.login()
                return result
            case TerminalDiagnose():
                return await effects.diagnose()
            case DisplayShow():
                return await effects.show(operation.lines)
            case ClockSet():
                return await effects.set_clock(operation.to)
            case Copy():
                return await effects.copy()
            case Raw():
                return await effects.raw(plan_raw(operation, settings))
            case _:
                raise DeviceError(JobError.of("request.unsupported", f"A ZVT terminal has no {operation.op}.", field="op"))

    async def _stray(self, apdu: Apdu) -> None:
        """What an earlier command left behind. A result is written down before it is acknowledged [Z7]."""
        await memory.keep_stray(self._device, {**shown(apdu), "at": self._device.clock.now().isoformat()})
        if apdu.code != Code.STATUS_INFORMATION:
            return
        record = Record.of(apdu)
        last = await memory.last(self._device)
        if record.approved and not record.totals and (last is None or last.raw != record.raw):
            await memory.note_reversal(self._device, record)
            text = f"The terminal told of an approved payment that was not under way: receipt {record.receipt or '?'}."
            self._device.alert("terminal.stray_result", text)
