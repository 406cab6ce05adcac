"""The driver: every operation of one printer, each handed to the file that knows it.

Beside the printer nothing is asked and nothing is remembered but what this link has read. Order of commands:
`procedure.py`; lost answers: `settlement.py`; how answers are told apart: `exchange.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from bridge.model import (
    ArithmeticProfile,
    Capabilities,
    CashIn,
    CashOut,
    Copy,
    DeviceStatus,
    DisplayShow,
    DrawerOpen,
    Identity,
    Invoice,
    JobError,
    Operation,
    Print,
    Raw,
    Receipt,
    ReceiptKind,
    Report,
    ReportPeriod,
    ReportX,
    RequestError,
    Result,
    ShiftClose,
    TaxRate,
)
from bridge.plugin import Checkpoint, DeviceContext, DeviceError, Driver, JobContext, NeedsOperator, Recovery, usual
from bridge.transport import ByteLink
from bridge_posnet import commands, effects, status
from bridge_posnet.answers import BadAnswer, DailyRecord
from bridge_posnet.checking import plan_document
from bridge_posnet.copies import plan_copy
from bridge_posnet.daily_report import figures, plan_daily_report
from bridge_posnet.edocument import Outstanding
from bridge_posnet.exchange import Exchange
from bridge_posnet.facts import FactReader, Kind
from bridge_posnet.footer import cashier_name
from bridge_posnet.lines import Circumstances
from bridge_posnet.money_slips import is_packaging_return, plan_cash
from bridge_posnet.plan import Plan
from bridge_posnet.printout import plan_display, plan_printout
from bridge_posnet.procedure import Procedure, Start
from bridge_posnet.raw import plan_raw
from bridge_posnet.reports import MOST_RECORDS, figures_of_records, plan_period_report, plan_shift_report
from bridge_posnet.settings import PosnetSettings
from bridge_posnet.settlement import Settlement
from bridge_posnet.tokens import Tokens
from bridge_posnet.unsupported import currency

Effect = Print | DrawerOpen | DisplayShow | Copy | Raw

# Codes of refusals that every further sale gets too, until somebody does something about them.
_SALE_BLOCKED = frozenset(("device.sale_blocked", "device.memory_full", "device.shift_expired", "device.clock"))

_CASHIER = "cashier"  # key of the device's store: who is logged in at the printer

_PING_SECONDS = 30.0  # a dead line of an idle printer is found out before the next customer pays


class PosnetDriver(Driver):
    """One printer behind one open link."""

    def __init__(self, settings: PosnetSettings, link: ByteLink, device: DeviceContext) -> None:
        self._settings = settings
        self._device = device
        self._tokens = Tokens(device.store)
        self._exchange = Exchange(link, settings.timeouts, device.logger, self._tokens)
        self._outstanding = Outstanding()
        self._blocked: str | None = None
        self._version: str | None = None
        self._known_currencies: tuple[str, ...] | None = None
        self._known_profile: tuple[ArithmeticProfile, bool] | None = None

    def start(self) -> None:
        """Begin to listen. Sends nothing."""
        self._exchange.start()

    async def identify(self) -> Identity:
        await status.wait_until_unblocked(self._exchange)
        identity = await status.identify(self._reader())
        self._version = identity.protocol
        return identity

    async def capabilities(self) -> Capabilities:
        await status.wait_until_unblocked(self._exchange)
        return await status.read_capabilities(self._reader(), self._settings, self._version)

    async def status(self) -> DeviceStatus:
        return await status.read_status(self._exchange, self._reader(), self._device.clock.now(), self._blocked)

    async def execute(self, context: JobContext, operation: Operation) -> Result:
        try:
            return await self._execute(context, operation)
        except RequestError as error:
            raise DeviceError.of_refusal(error) from error

    async def recover(self, context: JobContext, operation: Operation, checkpoints: Sequence[Checkpoint]) -> Recovery:
        if isinstance(operation, Print | DrawerOpen | DisplayShow | Copy | Raw):
            return NeedsOperator({}, "The printer does not remember whether it did this.")
        return await Settlement(self._exchange, self._settings, context, self._tokens).settle(checkpoints)

    async def maintain(self, context: DeviceContext) -> float | None:
        if await self._exchange.trouble() is not None:
            return _PING_SECONDS
        try:
            due = await self._outstanding.look(self._reader(), context)
        except BadAnswer as error:
            context.logger.warning("%s", error)
            due = None
        return _PING_SECONDS if due is None else min(_PING_SECONDS, due)

    async def close(self) -> None:
        await self._exchange.close()

    # --- operations

    async def _execute(self, context: JobContext, operation: Operation) -> Result:
        procedure = Procedure(self._exchange, self._settings, context, self._tokens)
        match operation:
            case Receipt() | Invoice():
                return await self._document(procedure, context, operation)
            case CashIn() | CashOut():
                return await self._cash(procedure, context, operation)
            case ShiftClose():
                return await self._daily_report(procedure, context, operation)
            case ReportX():
                return await self._shift_report(procedure, operation)
            case ReportPeriod():
                return await self._period_report(procedure, operation)
            case Print() | DrawerOpen() | DisplayShow() | Copy() | Raw():
                return await self._effect(procedure, context, operation)
            case _:
                raise usual.UNSUPPORTED.error(field="op", op=operation.op)

    async def _effect(self, procedure: Procedure, context: JobContext, operation: Effect) -> Result:
        settings, exchange = self._settings, self._exchange
        await procedure.wait_until_ready()
        match operation:
            case Print():
                frames, fit = plan_printout(operation, settings.code_page, codes=settings.profile != "legacy")
                result = await effects.print_out(exchange, settings, context, frames)
                for warning in fit.warnings:
                    context.warn(warning.code, warning.message, warning.field)
                return result
            case DrawerOpen():
                return await effects.open_drawer(exchange, context)
            case DisplayShow():
                return await effects.show(exchange, context, plan_display(operation, settings.code_page))
            case Copy():
                return await effects.copy(exchange, settings, context, plan_copy(operation, settings))
            case Raw():
                return await effects.raw(exchange, settings, context, plan_raw(operation, settings.code_page))

    async def _document(self, procedure: Procedure, context: JobContext, operation: Receipt | Invoice) -> Result:
        async def plan(start: Start, reader: FactReader) -> Plan:
            currency("currency", operation.currency, await self._currencies(reader))
            rates = tuple(map(status.tax_rate, start.rates)) or await status.read_rates(reader)
            return plan_document(operation, await self._circumstances(context, reader, rates))

        try:
            result = await procedure.carry_out(operation, kind_of(operation), operation.currency, plan)
        except DeviceError as error:
            if error.error.code in _SALE_BLOCKED:
                self._blocked = f"{error.error.device_text or error.error.message}. {error.error.remedy}"
            await self._forget_cashier()
            raise
        self._blocked = None
        await self._remember_cashier(operation)
        return result

    async def _cash(self, procedure: Procedure, context: JobContext, operation: CashIn | CashOut) -> Result:
        async def plan(start: Start, reader: FactReader) -> Plan:
            return plan_cash(operation, await self._currencies(reader), await self._circumstances(context, reader, None))

        return await procedure.carry_out(operation, Kind.CASH, operation.currency, plan)

    async def _daily_report(self, procedure: Procedure, context: JobContext, operation: ShiftClose) -> Result:
        currencies = await self._currencies(self._reader())

        async def plan(start: Start, reader: FactReader) -> Plan:
            clock = await reader.clock()
            if clock is None:
                raise DeviceError(JobError.of("device.clock", "The printer does not tell its date."))
            report = await self._day_so_far(reader, start, currencies[0])
            if context.device.shared:
                context.warn(
                    "figures_before_report",
                    "The figures were read right before the report: a sale of another program in that moment is not in them.",
                )
            return plan_daily_report(clock.local.date(), report)

        return await procedure.carry_out(operation, Kind.DAILY_REPORT, currencies[0], plan)

    async def _shift_report(self, procedure: Procedure, operation: ReportX) -> Result:
        """The figures are the day's until now: those of the shift are on the paper only."""
        currencies = await self._currencies(self._reader())

        async def plan(start: Start, reader: FactReader) -> Plan:
            report = await self._day_so_far(reader, start, currencies[0])
            return plan_shift_report(operation, self._settings, report)

        return await procedure.carry_out(operation, Kind.REPORT, currencies[0], plan)

    async def _period_report(self, procedure: Procedure, operation: ReportPeriod) -> Result:
        currencies = await self._currencies(self._reader())

        async def plan(start: Start, reader: FactReader) -> Plan:
            plan_period_report(operation)  # refuses what is no period before anything is read for it
            report = await self._records(reader, operation, currencies[0])
            return plan_period_report(operation, report)

        return await procedure.carry_out(operation, Kind.REPORT, currencies[0], plan)

    async def _day_so_far(self, reader: FactReader, start: Start, currency_name: str) -> Report | None:
        totals = await reader.totals()
        if totals is None:
            return None
        first = reader.moment(totals.first_sale_exact, totals.first_sale)
        last = reader.moment(totals.last_sale_exact, totals.last_sale)
        return figures(totals, start.facts.daily_reports + 1, first, last, currency_name)

    async def _records(self, reader: FactReader, operation: ReportPeriod, currency_name: str) -> Report | None:
        """Figures out of the fiscal memory, where the period is named by numbers and not too long."""
        first, last = operation.first_number, operation.last_number
        if first is None or last is None or last - first >= MOST_RECORDS:
            return None
        records = []
        for number in range(first, last + 1):
            answer = await reader.ask_if_known(commands.fmrecrd(number), name=f"fmrecrd {number}")
            record = DailyRecord.from_frame(answer) if answer is not None else None
            if record is None or record.kind == 0:
                return None  # the printer refuses the report, or prints what it has: no figures are better than some
            records.append(record)
        return figures_of_records(records, first, last, currency_name)

    async def _circumstances(self, context: JobContext, reader: FactReader, rates: tuple[TaxRate, ...] | None) -> Circumstances:
        profile, known = await self._profile(reader)
        cashier = await self._device.store.get(_CASHIER) if self._settings.cashier == "login" else None
        return Circumstances(self._settings, rates, profile, known, self._own_reference(context), cashier)

    async def _remember_cashier(self, operation: Receipt | Invoice) -> None:
        name = cashier_name(operation)
        if self._settings.cashier == "login" and name is not None and name != await self._device.store.get(_CASHIER):
            await self._device.store.set(_CASHIER, name)

    async def _forget_cashier(self) -> None:
        """Whether he is logged in is not known any more: the next document says it again."""
        if self._settings.cashier == "login" and await self._device.store.get(_CASHIER) is not None:
            await self._device.store.delete(_CASHIER)

    def _own_reference(self, context: JobContext) -> str:
        return context.reference(self._settings.limits.system_number)

    async def _currencies(self, reader: FactReader) -> tuple[str, ...]:
        """Asked once for each link: it changes by law, with a service visit."""
        if self._known_currencies is None:
            self._known_currencies = await status.read_currencies(reader)
        return self._known_currencies

    async def _profile(self, reader: FactReader) -> tuple[ArithmeticProfile, bool]:
        """Asked once for each link. Were it changed meanwhile, the printer would refuse the discount: amounts go along."""
        if self._known_profile is None:
            self._known_profile = await status.read_profile(reader)
        return self._known_profile

    def _reader(self) -> FactReader:
        return FactReader(self._exchange, self._settings.code_page, self._settings.zone)


def kind_of(operation: Receipt | Invoice) -> Kind:
    """Which kind of document of the printer it becomes."""
    if isinstance(operation, Invoice):
        return Kind.INVOICE
    if operation.kind is ReceiptKind.REFUND:
        return Kind.GOODS_RETURN
    return Kind.PACKAGING_RETURN if is_packaging_return(operation) else Kind.SALE
