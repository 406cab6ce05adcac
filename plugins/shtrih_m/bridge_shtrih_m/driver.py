"""The driver: every operation of one device, each handed to the file that knows it.

Beside the device nothing is asked and nothing is remembered but what this link has read. Order of commands: `procedure.py`;
lost answers: `settlement.py`; what goes over the wire: `exchange.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from bridge_ffd.copies import as_printout, repeats_last
from bridge_ffd.fn import Mode
from bridge_ffd.outstanding import PAPER, confirm, printed, waiting
from bridge_ffd.register import Kind

from bridge.model import (
    Capabilities,
    CashIn,
    CashOut,
    ClockSet,
    Copy,
    DeviceStatus,
    DocumentContinue,
    DrawerOpen,
    Identity,
    MarkingCheck,
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
from bridge_shtrih_m import commands, effects, readback
from bridge_shtrih_m import status as asking
from bridge_shtrih_m.answers import Features, FullStatus, exchange_status
from bridge_shtrih_m.checking import check_copy, plan_code_check, plan_receipt
from bridge_shtrih_m.circumstances import Circumstances
from bridge_shtrih_m.exchange import Exchange
from bridge_shtrih_m.facts import FactReader, Facts
from bridge_shtrih_m.figures import shift_figures
from bridge_shtrih_m.plan import Plan
from bridge_shtrih_m.printout import Mechanism, plan_printout
from bridge_shtrih_m.procedure import Procedure
from bridge_shtrih_m.raw import plan_raw
from bridge_shtrih_m.refusals import Refused
from bridge_shtrih_m.settings import ShtrihSettings
from bridge_shtrih_m.settlement import Settlement
from bridge_shtrih_m.slips import plan_cash, plan_shift_close, plan_shift_open, plan_x_report
from bridge_shtrih_m.texts import own

Effect = Print | DrawerOpen | Copy | ClockSet | DocumentContinue | MarkingCheck | Raw

# Codes of refusals that every further sale gets too, until somebody does something about them.
_SALE_BLOCKED = frozenset(("device.sale_blocked", "device.memory_full", "device.clock"))

_PING_SECONDS = 30.0  # a dead line of an idle device is found out before the next customer pays
_PAPER_SECONDS = 5.0  # and a document that waits for its paper looked after sooner


class ShtrihDriver(Driver):
    """One device behind one open link."""

    def __init__(self, settings: ShtrihSettings, link: ByteLink, device: DeviceContext) -> None:
        self._settings = settings
        self._device = device
        self._exchange = Exchange(link, settings, device.logger, device.store)
        self._model: asking.Model | None = None
        self._blocked: str | None = None

    def start(self) -> None:
        """Begin to listen. Sends nothing."""
        self._exchange.start()

    async def identify(self) -> Identity:
        return await asking.identify(self._reader())

    async def capabilities(self) -> Capabilities:
        return asking.capabilities(await self._known(), self._settings)

    async def status(self) -> DeviceStatus:
        model = await self._known()
        return await asking.read_status(self._exchange, self._reader(), model, self._device.clock.now(), self._blocked)

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
        """Documents that wait for their paper, and for the operator's confirmation."""
        trouble = await self._exchange.trouble()
        waits = await context.store.get(PAPER)
        if waits:
            if trouble is not None and trouble.resumes and self._settings.continue_printing:
                await self._exchange.send(commands.continue_printing())
            elif trouble is None:
                await printed(context, str(waits["job"]))
            return _PAPER_SECONDS
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
            case Print() | DrawerOpen() | Copy() | ClockSet() | DocumentContinue() | MarkingCheck() | Raw():
                return await self._effect(context, operation)
            case _:
                raise usual.UNSUPPORTED.error(field="op", op=operation.op)

    async def _receipt(self, context: JobContext, operation: Receipt) -> Result:
        model = await self._known()

        async def plan(facts: Facts) -> Plan:
            return plan_receipt(operation, await self._circumstances(model), storage=model.storage)

        try:
            result = await self._procedure(context).carry_out(operation, Kind.of(operation), plan)
        except DeviceError as error:
            if error.error.code in _SALE_BLOCKED:
                self._blocked = f"{error.error.device_text or error.error.message}. {error.error.remedy}"
            raise
        self._blocked = None
        return result

    async def _slip(self, context: JobContext, operation: ShiftOpen | ShiftClose | ReportX | CashIn | CashOut) -> Result:
        model = await self._known()

        async def plan(facts: Facts) -> Plan:
            match operation:
                case ShiftOpen():
                    return plan_shift_open(operation, await self._circumstances(model), storage=model.storage)
                case ShiftClose():
                    report = await shift_figures(self._reader(), facts.shift)
                    now = await self._circumstances(model)
                    return plan_shift_close(operation, now, report, storage=model.storage)
                case ReportX():
                    return plan_x_report(operation, await shift_figures(self._reader(), facts.shift))
                case CashIn() | CashOut():
                    return plan_cash(operation)

        result = await self._procedure(context).carry_out(operation, Kind.of(operation), plan)
        if isinstance(operation, ShiftClose):
            self._blocked = None
        return result

    async def _effect(self, context: JobContext, operation: Effect) -> Result:
        exchange, settings = self._exchange, self._settings
        match operation:
            case DocumentContinue():
                return await effects.go_on(exchange, context)
            case ClockSet():
                return await effects.set_clock(exchange, context, settings.zone, operation.to)
            case MarkingCheck():
                return await effects.check_code(exchange, context, plan_code_check(operation))
            case DrawerOpen():
                return await effects.run(exchange, context, "drawer", (commands.open_drawer(settings.drawer),), Paper.SUPPRESSED)
            case Raw():
                return await effects.raw(exchange, context, plan_raw(operation))
            case Copy():
                check_copy(operation)
                return await self._copy(context, operation)
            case Print():
                return await self._print(context, operation)

    async def _copy(self, context: JobContext, operation: Copy) -> Result:
        """The last receipt by the device's own command; any other document as the FN keeps it."""
        model = await self._known()
        repeat = (commands.repeat_receipt(),)
        if repeats_last(operation):
            await self._ready_to_print(context)
            return await effects.run(self._exchange, context, "copy", repeat, Paper.PRINTED)
        reader = self._reader()
        storage = await reader.storage()
        if storage is None:
            raise own.NO_STORAGE.error(field="document")
        try:
            found = await readback.read(self._exchange, reader, storage, operation)
        except Refused as refused:
            raise DeviceError(refused.job_error()) from refused
        paper = Paper.SUPPRESSED
        if operation.delivery.paper:
            await self._ready_to_print(context)
            if found.is_receipt and found.found.number == storage.last_document:
                done = await effects.run(self._exchange, context, "copy", repeat, Paper.PRINTED)
            else:
                printout = as_printout(found, commands.LINE)
                if printout is None:
                    raise usual.NO_TEXT.error(field="document", number=found.found.number)
                made, _ = plan_printout(printout, self._mechanism(model))
                done = await effects.run(self._exchange, context, "copy", made, Paper.PRINTED)
                context.warn(
                    "copy_of_archive", "The copy was printed as the fiscal storage keeps the document: not as its first print."
                )
            paper = done.paper
        zone = ZoneInfo(self._settings.zone)
        return found.result(zone=zone, online=_online(model), paper=paper, width=self._settings.columns)

    async def _print(self, context: JobContext, operation: Print) -> Result:
        model = await self._known()
        made, fit = plan_printout(operation, self._mechanism(model))
        await self._ready_to_print(context)
        result = await effects.run(self._exchange, context, "printout", made, Paper.PRINTED)
        for warning in fit.warnings:
            context.warn(warning.code, warning.message, warning.field)
        return result

    def _mechanism(self, model: asking.Model) -> Mechanism:
        return Mechanism(
            cutter=model.has(Features.CUTTER),
            framed=model.has(Features.NON_FISCAL_DOCUMENT),
            cuts=self._settings.cut_printouts,
            dots=model.dots,
        )

    async def _ready_to_print(self, context: JobContext) -> None:
        await self._procedure(context).wait_until_ready()
        await effects.nothing_open(self._exchange)

    # --- what this link has read

    async def _known(self) -> asking.Model:
        """Asked once for each link: model and registration change with a visit of the service."""
        if self._model is None:
            self._model = await asking.read_model(self._reader(), self._settings)
        return self._model

    async def _circumstances(self, model: asking.Model) -> Circumstances:
        return Circumstances(
            settings=self._settings,
            version=model.version,
            day=await self._today(),
            classic=model.classic(self._settings),
            registered=model.registration.taxation if model.registration is not None else (),
            can_print_nothing=model.no_print,
            rates=model.rates,
            tells_taxes=model.tells_taxes,
            online=_online(model),
        )

    async def _today(self) -> date:
        """The device's own day: the rates of VAT in force are those of its clock."""
        local = FullStatus.of(await self._exchange.ask_checked(commands.full_status())).local_time
        return local.date() if local is not None else self._device.clock.now().date()

    async def _confirm(self, context: DeviceContext) -> None:
        reader = self._reader()
        try:
            storage = await reader.storage()
            answer = await reader.ask_if_known(commands.exchange_status())
            if storage is not None and answer is not None:
                await confirm(context, exchange_status(answer), storage.fn_number, storage.last_document)
        except (BadAnswer, Refused) as error:
            context.logger.warning("%s", error)

    def _procedure(self, context: JobContext) -> Procedure:
        return Procedure(self._exchange, self._settings, context)

    def _reader(self) -> FactReader:
        return FactReader(self._exchange, self._settings.zone)


def _online(model: asking.Model) -> bool:
    """Whether its documents go to an operator (OFD)."""
    return model.registration is None or Mode.OFFLINE not in model.registration.mode
