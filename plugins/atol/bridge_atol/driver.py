"""The driver: every operation of one device, each handed to the file that knows it.

Beside the device nothing is asked and nothing is remembered but what this link has read. Order of commands: `procedure.py`; lost
answers: `settlement.py`; what goes over the wire: `exchange.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from bridge_ffd.copies import as_printout, check_copy, repeats_last
from bridge_ffd.outstanding import confirm, waiting
from bridge_ffd.register import Kind

from bridge.model import (
    Capabilities,
    CashIn,
    CashOut,
    ClockSet,
    Copy,
    DeviceStatus,
    DisplayShow,
    DocumentContinue,
    DrawerOpen,
    Identity,
    Operation,
    Paper,
    Print,
    Raw,
    Receipt,
    ReportX,
    RequestError,
    Result,
    ShiftClose,
    ShiftOpen,
)
from bridge.plugin import BadAnswer, Checkpoint, DeviceContext, DeviceError, Driver, JobContext, NeedsOperator, Recovery, usual
from bridge.transport import ByteLink
from bridge_atol import commands, effects, readback
from bridge_atol import status as asking
from bridge_atol.answers import exchange_status
from bridge_atol.circumstances import Circumstances
from bridge_atol.display import plan_display
from bridge_atol.exchanges import exchange_of
from bridge_atol.facts import FactReader, Facts
from bridge_atol.figures import shift_figures
from bridge_atol.open_points import COPY_MODE
from bridge_atol.plan import Plan, Step
from bridge_atol.printout import plan_printout
from bridge_atol.procedure import Procedure
from bridge_atol.raw import plan_raw
from bridge_atol.refusals import Refused
from bridge_atol.sale import plan_sale
from bridge_atol.settings import AtolSettings
from bridge_atol.settlement import Settlement
from bridge_atol.slips import plan_cash, plan_shift_close, plan_shift_open, plan_x_report
from bridge_atol.vocabulary import Mode

Effect = Print | DrawerOpen | Copy | ClockSet | DisplayShow | DocumentContinue | Raw
Slip = ShiftOpen | ShiftClose | ReportX | CashIn | CashOut

_PING_SECONDS = 30.0  # a dead line of an idle device is found out before the next customer pays


class AtolDriver(Driver):
    """One device behind one open link."""

    def __init__(self, settings: AtolSettings, link: ByteLink, device: DeviceContext) -> None:
        self._settings = settings
        self._device = device
        self._exchange = exchange_of(link, settings, device.logger, device.store, shared=device.shared)
        self._model: asking.Model | None = None

    def start(self) -> None:
        """Begin to listen. Sends nothing."""
        self._exchange.start()

    async def identify(self) -> Identity:
        return await asking.identify(self._reader())

    async def capabilities(self) -> Capabilities:
        return asking.capabilities(await self._known(), self._settings)

    async def status(self) -> DeviceStatus:
        model = await self._known()
        return await asking.read_status(self._exchange, self._reader(), model, self._device.clock.now())

    async def execute(self, context: JobContext, operation: Operation) -> Result:
        try:
            return await self._execute(context, operation)
        except RequestError as error:
            raise DeviceError.of_refusal(error) from error

    async def recover(self, context: JobContext, operation: Operation, checkpoints: Sequence[Checkpoint]) -> Recovery:
        if isinstance(operation, Effect):
            return NeedsOperator({}, "The device does not remember whether it did this.")
        return await Settlement(self._exchange, self._settings, context).settle(checkpoints)

    async def maintain(self, context: DeviceContext) -> float | None:
        """Documents that wait for the operator's confirmation; and a question, so that a dead line is found out."""
        await self._exchange.state()
        if await waiting(context):
            await self._confirm(context)
        return _PING_SECONDS

    async def close(self) -> None:
        await self._exchange.close()

    # --- operations

    async def _execute(self, context: JobContext, operation: Operation) -> Result:
        match operation:
            case Receipt():
                return await self._receipt(context, operation)
            case ShiftOpen() | ShiftClose() | ReportX() | CashIn() | CashOut():
                return await self._slip(context, operation)
            case Print() | DrawerOpen() | Copy() | ClockSet() | DisplayShow() | DocumentContinue() | Raw():
                return await self._effect(context, operation)
            case _:
                raise usual.UNSUPPORTED.error(field="op", op=operation.op)

    async def _receipt(self, context: JobContext, operation: Receipt) -> Result:
        async def plan(facts: Facts) -> Plan:
            return plan_sale(operation, await self._circumstances())

        return await self._procedure(context).carry_out(operation, Kind.of(operation), plan)

    async def _slip(self, context: JobContext, operation: Slip) -> Result:
        async def plan(facts: Facts) -> Plan:
            now = await self._circumstances()
            match operation:
                case ShiftOpen():
                    return plan_shift_open(operation, now)
                case ShiftClose():
                    return plan_shift_close(operation, now, await shift_figures(self._reader(), facts.shift))
                case ReportX():
                    return plan_x_report(operation, await shift_figures(self._reader(), facts.shift))
                case CashIn() | CashOut():
                    return plan_cash(operation, now)

        return await self._procedure(context).carry_out(operation, Kind.of(operation), plan)

    async def _effect(self, context: JobContext, operation: Effect) -> Result:
        match operation:
            case DrawerOpen():
                step = Step(commands.open_drawer())
                return await effects.run(self._exchange, context, "drawer", (step,), Paper.SUPPRESSED, Mode.ANY)
            case DisplayShow():
                step = plan_display(operation, self._settings)
                return await effects.run(self._exchange, context, "display", (step,), Paper.SUPPRESSED, Mode.ANY)
            case ClockSet():
                return await effects.set_clock(self._exchange, context, self._reader(), self._settings.zone, operation.to)
            case DocumentContinue():
                return await self._go_on(context)
            case Raw():
                step, mode = plan_raw(operation)
                return await effects.raw(self._exchange, context, step, mode)
            case Copy():
                check_copy(operation)
                return await self._copy(context, operation)
            case Print():
                steps, fit = plan_printout(operation, self._settings.columns)
                await self._ready_to_print(context)
                result = await effects.run(self._exchange, context, "printout", steps, Paper.PRINTED, Mode.REGISTRATION)
                for warning in fit.warnings:
                    context.warn(warning.code, warning.message, warning.field)
                return result

    async def _go_on(self, context: JobContext) -> Result:
        """No command is known that goes on with a printout [A6]: a document that ran out of paper is printed once more."""
        number = await effects.waits_for_paper(self._exchange, context, self._reader())
        if number is None:
            return Result(paper=Paper.UNKNOWN)
        result = await self._copy(context, Copy(op="copy", document=number))
        await effects.came(context)
        return result

    async def _copy(self, context: JobContext, operation: Copy) -> Result:
        """The last document by the device's own command; any other one as the FN keeps it."""
        repeat = (Step(commands.repeat_document()),)
        if repeats_last(operation):
            await self._ready_to_print(context)
            return await effects.run(self._exchange, context, "copy", repeat, Paper.PRINTED, COPY_MODE)
        reader, columns = self._reader(), self._settings.columns
        try:
            storage = await reader.storage()
            found = await readback.read(self._exchange, reader, storage, operation)
        except Refused as refused:
            raise DeviceError(refused.job_error()) from refused
        paper = Paper.SUPPRESSED
        if operation.delivery.paper:
            await self._ready_to_print(context)
            if found.is_receipt and found.found.number == storage.last_document:
                done = await effects.run(self._exchange, context, "copy", repeat, Paper.PRINTED, COPY_MODE)
            else:
                printout = as_printout(found, columns)
                if printout is None:
                    raise usual.NO_TEXT.error(field="document", number=found.found.number)
                steps, _ = plan_printout(printout, columns)
                done = await effects.run(self._exchange, context, "copy", steps, Paper.PRINTED, Mode.REGISTRATION)
                context.warn(
                    "copy_of_archive", "The copy was printed as the fiscal storage keeps the document: not as its first print."
                )
            paper = done.paper
        return found.result(zone=ZoneInfo(self._settings.zone), online=True, paper=paper, width=columns)

    async def _ready_to_print(self, context: JobContext) -> None:
        await self._procedure(context).wait_until_ready()
        try:
            await effects.nothing_open(self._exchange)
        except Refused as refused:
            raise DeviceError(refused.job_error()) from refused

    # --- what this link has read

    async def _known(self) -> asking.Model:
        """Asked once for each link: model and registration change with a visit of the service."""
        if self._model is None:
            self._model = await asking.read_model(self._reader(), self._settings)
        return self._model

    async def _circumstances(self) -> Circumstances:
        model = await self._known()
        return Circumstances(self._settings, model.version, await self._today(), shared=self._device.shared)

    async def _today(self) -> date:
        """The device's own day: the rates of VAT in force are those of its clock."""
        local = (await self._reader().full_status()).at
        return local.date() if local is not None else self._device.clock.now().date()

    async def _confirm(self, context: DeviceContext) -> None:
        command = commands.exchange_status()
        reader = self._reader()
        try:
            storage = await reader.storage()
            answer = await reader.ask(command)
            await confirm(context, exchange_status(command.shape, answer), storage.fn_number, storage.last_document)
        except (BadAnswer, Refused) as error:
            context.logger.warning("%s", error)

    def _procedure(self, context: JobContext) -> Procedure:
        return Procedure(self._exchange, self._settings, context)

    def _reader(self) -> FactReader:
        return FactReader(self._exchange, self._settings.zone)
