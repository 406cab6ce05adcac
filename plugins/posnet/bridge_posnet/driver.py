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
    DeviceStatus,
    DrawerOpen,
    Identity,
    JobError,
    Operation,
    Print,
    Receipt,
    ReceiptKind,
    RequestError,
    Result,
    ShiftClose,
)
from bridge.plugin import Checkpoint, DeviceContext, DeviceError, Driver, JobContext, NeedsOperator, Recovery
from bridge.transport import ByteLink
from bridge_posnet import effects, status
from bridge_posnet.daily_report import figures, plan_daily_report
from bridge_posnet.exchange import Exchange
from bridge_posnet.facts import FactReader, Kind
from bridge_posnet.money_slips import plan_cash, plan_goods_return
from bridge_posnet.plan import Plan
from bridge_posnet.printout import plan_printout
from bridge_posnet.procedure import Procedure, Start
from bridge_posnet.refusals import as_device_error
from bridge_posnet.sale import Circumstances, plan_sale
from bridge_posnet.settings import PosnetSettings
from bridge_posnet.settlement import Settlement
from bridge_posnet.tokens import Tokens
from bridge_posnet.unsupported import currency

_PING_SECONDS = 30.0  # a dead line of an idle printer is found out before the next customer pays


class PosnetDriver(Driver):
    """One printer behind one open link."""

    def __init__(self, settings: PosnetSettings, link: ByteLink, device: DeviceContext) -> None:
        self._settings = settings
        self._device = device
        self._tokens = Tokens(device.store)
        self._exchange = Exchange(link, settings.timeouts, device.logger, self._tokens)
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
        return await status.read_status(self._exchange, self._reader(), self._device.clock.now())

    async def execute(self, context: JobContext, operation: Operation) -> Result:
        try:
            return await self._execute(context, operation)
        except RequestError as error:
            raise as_device_error(error) from error

    async def recover(self, context: JobContext, operation: Operation, checkpoints: Sequence[Checkpoint]) -> Recovery:
        if isinstance(operation, Print | DrawerOpen):
            return NeedsOperator({}, "The printer does not remember whether it did this.")
        return await Settlement(self._exchange, self._settings, context, self._tokens).settle(checkpoints)

    async def maintain(self, context: DeviceContext) -> float | None:
        await self._exchange.condition()
        return _PING_SECONDS

    async def close(self) -> None:
        await self._exchange.close()

    # --- operations

    async def _execute(self, context: JobContext, operation: Operation) -> Result:
        procedure = Procedure(self._exchange, self._settings, context, self._tokens)
        match operation:
            case Receipt(kind=ReceiptKind.REFUND):
                return await self._goods_return(procedure, context, operation)
            case Receipt():
                return await self._sale(procedure, context, operation)
            case CashIn() | CashOut():
                return await self._cash(procedure, context, operation)
            case ShiftClose():
                return await self._daily_report(procedure, context, operation)
            case Print():
                frames, fit = plan_printout(operation, self._settings.code_page)
                await procedure.wait_until_ready()
                result = await effects.print_out(self._exchange, self._settings, context, frames)
                for warning in fit.warnings:
                    context.warn(warning.code, warning.message, warning.field)
                return result
            case DrawerOpen():
                await procedure.wait_until_ready()
                return await effects.open_drawer(self._exchange, context)
            case _:
                raise DeviceError(JobError.of("request.unsupported", f"This printer has no {operation.op}.", field="op"))

    async def _sale(self, procedure: Procedure, context: JobContext, operation: Receipt) -> Result:
        async def plan(start: Start, reader: FactReader) -> Plan:
            currency("currency", operation.currency, await self._currencies(reader))
            rates = tuple(map(status.tax_rate, start.rates)) or await status.read_rates(reader)
            profile, known = await self._profile(reader)
            return plan_sale(operation, Circumstances(self._settings, rates, profile, known, self._own_reference(context)))

        return await procedure.carry_out(operation, Kind.SALE, operation.currency, plan)

    async def _goods_return(self, procedure: Procedure, context: JobContext, operation: Receipt) -> Result:
        async def plan(start: Start, reader: FactReader) -> Plan:
            currency("currency", operation.currency, await self._currencies(reader))
            profile, _ = await self._profile(reader)
            return plan_goods_return(operation, self._settings, profile, self._own_reference(context))

        return await procedure.carry_out(operation, Kind.GOODS_RETURN, operation.currency, plan)

    async def _cash(self, procedure: Procedure, context: JobContext, operation: CashIn | CashOut) -> Result:
        async def plan(start: Start, reader: FactReader) -> Plan:
            return plan_cash(operation, await self._currencies(reader), self._settings, self._own_reference(context))

        return await procedure.carry_out(operation, Kind.CASH, operation.currency, plan)

    async def _daily_report(self, procedure: Procedure, context: JobContext, operation: ShiftClose) -> Result:
        currencies = await self._currencies(self._reader())

        async def plan(start: Start, reader: FactReader) -> Plan:
            clock = await reader.clock()
            if clock is None:
                raise DeviceError(JobError.of("device.clock", "The printer does not tell its date."))
            totals = await reader.totals()
            report = None
            if totals is not None:
                first = reader.moment(totals.first_sale_exact, totals.first_sale)
                last = reader.moment(totals.last_sale_exact, totals.last_sale)
                report = figures(totals, start.facts.daily_reports + 1, first, last, currencies[0])
            if context.device.shared:
                context.warn(
                    "figures_before_report",
                    "The figures were read right before the report: a sale of another program in that moment is not in them.",
                )
            return plan_daily_report(clock.local.date(), report)

        return await procedure.carry_out(operation, Kind.DAILY_REPORT, currencies[0], plan)

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
