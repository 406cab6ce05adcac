"""The driver of one device behind the vendor's HTTP server: every operation handed to the file that knows it.

How a document is made: `procedure.py`; lost answers: `settlement.py`; what goes over HTTP: `client.py`, `messages.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from bridge_ffd.outstanding import waiting
from bridge_ffd.register import Kind

from bridge.model import (
    Capabilities,
    CashIn,
    CashOut,
    Copy,
    DeviceStatus,
    DocumentContinue,
    DrawerOpen,
    Identity,
    MarkingCheck,
    Operation,
    Paper,
    Print,
    Receipt,
    ReportX,
    RequestError,
    Result,
    ShiftClose,
    ShiftOpen,
)
from bridge.plugin import (
    Checkpoint,
    DeviceContext,
    DeviceError,
    Driver,
    JobContext,
    NeedsOperator,
    NotIssued,
    Recovery,
    read_intent,
    usual,
)
from bridge.transport import HttpLink, LinkLost
from bridge_atol.circumstances import Circumstances
from bridge_atol.settings import AtolSettings
from bridge_atol.web import ofd, tasks, unprinted
from bridge_atol.web import status as asking
from bridge_atol.web.answers import part
from bridge_atol.web.checking import check_copy
from bridge_atol.web.client import Refused, Server
from bridge_atol.web.marking import CodeCheck
from bridge_atol.web.messages import Unreadable, whole
from bridge_atol.web.plan import Intent, Plan
from bridge_atol.web.printout import printout
from bridge_atol.web.procedure import Procedure
from bridge_atol.web.reading import Reader, Reading
from bridge_atol.web.settlement import Settlement

Effect = Print | DrawerOpen | Copy | DocumentContinue

_PING_SECONDS = 30.0  # a server that is gone is found out before the next customer pays


class WebDriver(Driver):
    """One device behind one link to the server."""

    def __init__(self, settings: AtolSettings, link: HttpLink, device: DeviceContext) -> None:
        self._settings = settings
        self._device = device
        self._server = Server(link, settings)
        self._reader = Reader(self._server, settings, device)
        self._zone = ZoneInfo(settings.zone)
        self._model: asking.Model | None = None
        self._identity: Identity | None = None

    async def identify(self) -> Identity:
        self._identity = await self._seen()
        return self._identity

    async def capabilities(self) -> Capabilities:
        return asking.capabilities(await self._known())

    async def status(self) -> DeviceStatus:
        model = await self._known()
        try:
            return await asking.read_status(self._server, model, self._zone, self._device.clock.now())
        except (Refused, Unreadable) as error:
            raise LinkLost(f"the vendor's server does not tell the state of the device: {error}") from error

    async def execute(self, context: JobContext, operation: Operation) -> Result:
        try:
            return await self._execute(context, operation)
        except RequestError as error:
            raise DeviceError.of_refusal(error) from error

    async def recover(self, context: JobContext, operation: Operation, checkpoints: Sequence[Checkpoint]) -> Recovery:
        if isinstance(operation, Effect):
            return NeedsOperator({}, "The device does not remember whether it did this.")
        if isinstance(operation, MarkingCheck):
            return NotIssued({"reason": "a check makes nothing; it may be asked again"})
        intent = read_intent(checkpoints, Intent)
        if intent is None:
            return NotIssued({"reason": "nothing that changes the device was sent"})
        settlement = Settlement(self._server, self._reader, self._settings, context, intent)
        settlement.written(tuple(checkpoints))
        return await settlement.settle()

    async def maintain(self, context: DeviceContext) -> float | None:
        """Documents that wait for the operator's confirmation; and a question, so that a server that is gone is found out."""
        if not await waiting(context):
            await self._query("queryDeviceStatus")
            return _PING_SECONDS
        try:
            exchange = ofd.exchange_of(await self._server.query("queryOfdExchangeStatus"), self._zone)
            info = part(await self._server.query("queryFnInfo"), "fnInfo")
            fn = part(await self._server.query("queryFnStatus"), "fnStatus")
        except (Refused, Unreadable) as error:
            context.logger.warning("%s", error)
            return _PING_SECONDS
        last = whole(fn.get("fiscalDocumentNumber"))
        if last is not None:
            await ofd.confirm(context, exchange, str(info.get("serial")), last)
        return _PING_SECONDS

    async def close(self) -> None:
        """Nothing beside the link."""

    # --- operations

    async def _execute(self, context: JobContext, operation: Operation) -> Result:
        procedure = Procedure(self._server, self._reader, self._settings, context)
        match operation:
            case Receipt() | ShiftOpen() | ShiftClose() | ReportX() | CashIn() | CashOut():
                await self._still_the_same()
                model = await self._known()

                def plan(reading: Reading) -> Plan:
                    return tasks.plan_of(operation, self._circumstances(model, reading))

                prints = self._settings.paper and (not isinstance(operation, Receipt) or operation.delivery.paper)
                return await procedure.carry_out(operation, Kind.of(operation), plan, prints=prints)
            case Print():
                task, fit = printout(operation, self._settings.columns)
                result = await procedure.effect(task, Paper.PRINTED)
                for warning in fit.warnings:
                    context.warn(warning.code, warning.message, warning.field)
                return result
            case Copy():
                check_copy(operation)
                return await procedure.effect({"type": "printLastReceiptCopy"}, Paper.PRINTED)
            case MarkingCheck():
                model = await self._known()
                return await CodeCheck(self._reader, self._settings, context).carry_out(operation, model.version)
            case DrawerOpen():
                return await procedure.effect({"type": "openCashDrawer"}, Paper.SUPPRESSED)
            case DocumentContinue():
                result = await procedure.effect({"type": "continuePrint"}, Paper.PRINTED)
                await unprinted.printed(context.device)
                return result
            case _:
                raise usual.UNSUPPORTED.error(field="op", op=operation.op)

    # --- what this link has read

    async def _seen(self) -> Identity:
        try:
            return asking.identity_of(await self._query("queryDeviceInfo"))
        except Unreadable as error:
            raise LinkLost(f"the vendor's server does not tell which device it has: {error}") from error

    async def _still_the_same(self) -> None:
        """HTTP says nothing when another register takes the place of ours at the server. LinkLost then: the bridge opens a new link, and
        compares with what it pinned."""
        if self._identity is not None and not self._identity.same_device(seen := await self._seen()):
            raise LinkLost(f"the server has another device here now: {seen}")

    async def _known(self) -> asking.Model:
        """Asked once for each link: model and registration change with a visit of the service."""
        if self._model is None:
            try:
                self._model = await asking.read_model(self._server, self._settings)
            except (Refused, Unreadable) as error:
                raise LinkLost(f"the vendor's server does not tell about the device: {error}") from error
        return self._model

    def _circumstances(self, model: asking.Model, reading: Reading) -> Circumstances:
        """The device's own day: the rates of VAT in force are those of its clock."""
        day: date = (reading.condition.at or self._device.clock.now().astimezone(self._zone)).date()
        return Circumstances(self._settings, model.version, day, shared=self._device.shared)

    async def _query(self, name: str) -> dict[str, object]:
        try:
            return dict(await self._server.query(name))
        except (Refused, Unreadable) as error:
            raise LinkLost(f"the vendor's server does not show the device {self._settings.web.device!r}: {error}") from error
