"""The driver for the Thermal protocol: every operation of one printer, each handed to the file that knows it.

Beside the printer nothing is asked and nothing is remembered but what this link has read. Order of commands: `procedure.py`;
lost answers: `settlement.py`; how answers are told apart: `exchange.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from bridge.model import (
    Capabilities,
    CashIn,
    CashOut,
    DeviceStatus,
    DisplayShow,
    DrawerOpen,
    Identity,
    Operation,
    Paper,
    Raw,
    Receipt,
    ReceiptKind,
    ReportPeriod,
    RequestError,
    Result,
    ShiftClose,
)
from bridge.plugin import Checkpoint, DeviceContext, DeviceError, Driver, JobContext, NeedsOperator, Recovery
from bridge.transport import ByteLink, LinkTimeout
from bridge_posnet.settings import PosnetSettings
from bridge_posnet.thermal import commands, effects, status
from bridge_posnet.thermal.answers import BadAnswer
from bridge_posnet.thermal.errors import Refused
from bridge_posnet.thermal.exchange import Exchange
from bridge_posnet.thermal.facts import FactReader, Facts, Kind
from bridge_posnet.thermal.plan import Plan
from bridge_posnet.thermal.procedure import Procedure
from bridge_posnet.thermal.reports import figures, plan_daily_report, plan_period_report
from bridge_posnet.thermal.sale import Circumstances, plan_sale
from bridge_posnet.thermal.settlement import Settlement
from bridge_posnet.thermal.slips import plan_cash, plan_goods_return
from bridge_posnet.thermal.texts import REFERENCE_ALPHABET
from bridge_posnet.unsupported import CURRENCY, currency

_PING_SECONDS = 30.0  # a dead line of an idle printer is found out before the next customer pays


class ThermalDriver(Driver):
    """One printer behind one open link."""

    def __init__(self, settings: PosnetSettings, link: ByteLink, device: DeviceContext) -> None:
        self._settings = settings
        self._device = device
        self._exchange = Exchange(link, settings.timeouts, device.logger)

    def start(self) -> None:
        """Begin to listen. Sends nothing."""
        self._exchange.start()

    async def identify(self) -> Identity:
        await status.wait_until_unblocked(self._exchange)
        try:
            await self._exchange.hush()
            return await status.identify(self._exchange)
        except (Refused, BadAnswer) as error:
            raise LinkTimeout(f"the printer does not tell who it is: {error}") from error

    async def capabilities(self) -> Capabilities:
        await status.wait_until_unblocked(self._exchange)
        try:
            return await status.read_capabilities(self._reader(), self._settings)
        except (Refused, BadAnswer) as error:
            raise LinkTimeout(f"the printer does not tell its figures: {error}") from error

    async def status(self) -> DeviceStatus:
        try:
            return await status.read_status(self._exchange, self._reader(), self._device.clock.now())
        except (Refused, BadAnswer) as error:
            raise LinkTimeout(f"the printer does not tell its figures: {error}") from error

    async def execute(self, context: JobContext, operation: Operation) -> Result:
        try:
            return await self._execute(context, operation)
        except RequestError as error:
            raise DeviceError.of_refusal(error) from error

    async def recover(self, context: JobContext, operation: Operation, checkpoints: Sequence[Checkpoint]) -> Recovery:
        if isinstance(operation, DrawerOpen | DisplayShow | Raw):
            return NeedsOperator({}, "The printer does not remember whether it did this.")
        return await Settlement(self._exchange, self._settings, context).settle(checkpoints)

    async def maintain(self, context: DeviceContext) -> float | None:
        await self._exchange.condition()
        return _PING_SECONDS

    async def close(self) -> None:
        await self._exchange.close()

    # --- operations

    async def _execute(self, context: JobContext, operation: Operation) -> Result:
        procedure = Procedure(self._exchange, self._settings, context)
        match operation:
            case Receipt(kind=ReceiptKind.REFUND):
                return await self._one(procedure, operation, Kind.GOODS_RETURN, plan_goods_return(operation, self._settings))
            case Receipt():
                return await self._sale(procedure, context, operation)
            case CashIn() | CashOut():
                return await self._one(procedure, operation, Kind.CASH, plan_cash(operation, self._settings))
            case ShiftClose():
                return await self._daily_report(procedure, context, operation)
            case ReportPeriod():
                return await self._one(procedure, operation, Kind.PERIOD_REPORT, plan_period_report(operation))
            case DrawerOpen():
                await procedure.wait_until_ready()
                drawer = (commands.open_drawer(),)
                return await effects.carry_out(self._exchange, context, "drawer", drawer, Paper.SUPPRESSED)
            case DisplayShow():
                shown, fit = effects.plan_display(operation, self._settings)
                await procedure.wait_until_ready()
                for warning in fit.warnings:
                    context.warn(warning.code, warning.message, warning.field)
                return await effects.carry_out(self._exchange, context, "display", shown, Paper.SUPPRESSED)
            case Raw():
                login, _ = effects.plan_raw(operation, self._settings)
                await procedure.wait_until_ready()
                return await effects.carry_out(self._exchange, context, "login", (login,), Paper.PRINTED)
            case _:
                raise effects.unknown_operation(operation.op)

    async def _one(self, procedure: Procedure, operation: Operation, kind: Kind, planned: Plan) -> Result:
        """A document whose plan needs nothing of the printer."""

        async def plan(facts: Facts, reader: FactReader) -> Plan:
            return planned

        return await procedure.carry_out(operation, kind, CURRENCY, plan)

    async def _sale(self, procedure: Procedure, context: JobContext, operation: Receipt) -> Result:
        currency("currency", operation.currency, (CURRENCY,))

        async def plan(facts: Facts, reader: FactReader) -> Plan:
            own = context.reference(commands.SYSTEM_NUMBER, REFERENCE_ALPHABET)
            return plan_sale(operation, Circumstances(self._settings, reader.rates, own))

        return await procedure.carry_out(operation, Kind.SALE, operation.currency, plan)

    async def _daily_report(self, procedure: Procedure, context: JobContext, operation: ShiftClose) -> Result:
        async def plan(facts: Facts, reader: FactReader) -> Plan:
            report = figures(reader.daily, reader.rates, facts) if reader.daily is not None else None
            if context.device.shared:
                context.warn(
                    "figures_before_report",
                    "The figures were read right before the report: a sale of another program in that moment is not in them.",
                )
            return plan_daily_report(operation, (await reader.clock()).date(), self._settings, report)

        return await procedure.carry_out(operation, Kind.DAILY_REPORT, CURRENCY, plan)

    def _reader(self) -> FactReader:
        return FactReader(self._exchange, self._settings.zone)
