"""How every document is made: read the state, write the intent with the id of the request, give it to the server, follow it to its end.

Follows protocol-specs/atol/web-requests.md, "A document". What an answer means is told by `settlement.py`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from bridge_ffd.register import Kind

from bridge.model import Fate, JobError, Operation, Paper, Report, Result
from bridge.plugin import (
    INTENT,
    Aborted,
    DeviceError,
    Issued,
    JobContext,
    Json,
    NeedsOperator,
    NotIssued,
    Pending,
    Refusal,
    usual,
)
from bridge.transport import LinkLost, NotConnected
from bridge_atol.settings import AtolSettings
from bridge_atol.web import texts
from bridge_atol.web.answers import figures_of
from bridge_atol.web.client import Refused, Server
from bridge_atol.web.errors import job_error
from bridge_atol.web.messages import Queue, Status, TaskState, Unreadable
from bridge_atol.web.ofd import expected
from bridge_atol.web.plan import Intent, Plan
from bridge_atol.web.reading import Reader, Reading, Waiting, pauses, why
from bridge_atol.web.settlement import Settlement

_JOBS = uuid.UUID("6d1f8c5e-4b0a-4e27-9a0d-7a3f0b6c2e11")
"""Ids of requests are made of this and of the job's: the same job never has two, whatever becomes of the journal."""

_BLOCKED = ("device.paper_out", "device.offline", "device.fault")

MakePlan = Callable[[Reading], Plan]


def request_id(context: JobContext) -> str:
    return str(uuid.uuid5(_JOBS, f"{context.device.device_id}/{context.job_id}"))


class Procedure:
    """One document of one device."""

    def __init__(self, server: Server, reader: Reader, settings: AtolSettings, context: JobContext) -> None:
        self._server = server
        self._reader = reader
        self._settings = settings
        self._context = context

    async def carry_out(self, operation: Operation, kind: Kind, make_plan: MakePlan, *, prints: bool) -> Result:
        """Raises DeviceError or Aborted where surely nothing was issued; a LinkError, and a DeviceError of unknown fate, leave the job in
        doubt."""
        context = self._context
        try:
            reading = await self._when_ready(kind, prints=prints)
            _check_state(kind, reading)
            usual.expect_last_document(operation, reading.facts.last)
            plan = make_plan(reading)
            report = _figures(kind, reading)
        except Refused as refused:
            raise DeviceError(job_error(refused.said)) from refused
        except Unreadable as error:
            raise texts.SERVER_UNREADABLE.error(problem=error) from error
        if context.abort_requested:
            raise Aborted
        intent = Intent(
            kind=kind,
            uuid=request_id(context),
            witness=reading.uuid,
            total=plan.total,
            settlement=plan.settlement,
            paper=plan.paper,
            report=report,
            baseline=reading.facts,
        )
        data: Mapping[str, Json] = intent.model_dump(mode="json")
        await context.checkpoint(INTENT, data, store=expected(intent, context.job_id))
        for warning in plan.warnings:
            context.warn(warning.code, warning.message, warning.field)
        await self._give(intent, plan)
        return await self._follow(intent)

    # --- before

    async def _when_ready(self, kind: Kind, *, prints: bool) -> Reading:
        """A queue that stands still and a device without paper are waited for. Raises DeviceError at the deadline, Aborted."""
        context = self._context
        told = False

        def given_up() -> bool:
            return context.abort_requested or context.device.clock.now() >= context.deadline

        try:
            while True:
                if context.abort_requested:
                    raise Aborted
                reading: Reading | None = None
                try:
                    reading = await self._reader.state(self._settings.timeouts.command, kind, given_up)
                    found = _not_ready(reading) if prints else None
                except Waiting as waiting:
                    found = why(waiting.queue)
                if found is None and reading is not None:
                    return reading
                assert found is not None
                if context.device.clock.now() >= context.deadline:
                    raise found.error()
                told = True
                context.attention(found.code, found.text)
                await context.device.clock.sleep(self._settings.timeouts.person)
        finally:
            if told:
                context.clear_attention()

    # --- the request

    async def _give(self, intent: Intent, plan: Plan) -> None:
        """One POST. What the server refuses is not made; a request that it knows already is followed."""
        try:
            await self._server.post(intent.uuid, [plan.task])
        except NotConnected as error:  # surely nothing was sent
            raise texts.SERVER_SILENT.error(problem=error) from error
        except Refused as refused:
            if refused.status == 409 and await self._knows(intent.uuid):
                return
            raise DeviceError(job_error(refused.said)) from refused

    async def _knows(self, asked: str) -> bool:
        try:
            return await self._server.knows(asked)
        except Refused as refused:
            raise LinkLost(f"the server does not tell whether it has the request: {refused}") from refused

    async def _follow(self, intent: Intent) -> Result:
        """To its end. One that the device has no end for in time, and one that stands still, is left to recovery: the till sees then
        that it is in doubt, and why."""
        context, clock = self._context, self._context.device.clock
        settlement = Settlement(self._server, self._reader, self._settings, context, intent)
        until = clock.monotonic() + self._settings.timeouts.running
        refused_to_drop = False
        for pause in pauses(self._settings.timeouts.poll):
            if context.abort_requested and not settlement.begun and not refused_to_drop:
                if await self._taken_back(settlement):
                    raise Aborted
                refused_to_drop = True
            match await settlement.settle():
                case Issued(result):
                    return result
                case NotIssued(_, error):
                    raise DeviceError(error or JobError.of("device.rejected"))
                case NeedsOperator(_, text):
                    raise _doubt("device.rejected", text)
                case Pending(_, code, text):
                    if code in _BLOCKED and settlement.begun:
                        raise _doubt(code, text)
                    if clock.monotonic() >= until and settlement.begun:
                        raise self._settings.timeouts.ran_out("running", "the server makes no end of the document")
                    if settlement.begun and not context.abort_requested:
                        context.commit_point()
                    if code != "device.busy":
                        context.attention(code, text)
            await clock.sleep(pause)
        raise AssertionError("pauses have no end")

    @staticmethod
    async def _taken_back(settlement: Settlement) -> bool:
        try:
            return await settlement.take_back() is not None
        except Refused:
            return False  # the server does not want to: it is followed then

    async def effect(self, task: Mapping[str, Json], paper: Paper) -> Result:
        """A task that makes no document: at most once, and taken back where its turn does not come."""
        context, clock = self._context, self._context.device.clock
        if context.abort_requested:
            raise Aborted
        asked = request_id(context)
        await context.checkpoint(INTENT, {"uuid": asked, "task": str(task["type"])})
        try:
            queue = await self._server.post(asked, [task])
        except Refused as refused:
            raise DeviceError(job_error(refused.said)) from refused
        began = clock.monotonic()
        for pause in pauses(self._settings.timeouts.poll):
            state = await self._state_of_effect(asked)
            if state.status is Status.READY:
                return Result(paper=paper, evidence={"request": asked})
            if state.status.final:
                raise DeviceError(job_error(state.error))
            late = clock.now() >= context.deadline or context.abort_requested
            if state.status is Status.WAIT and (queue.blocked or late) and await self._server.cancel(asked):
                raise Aborted if context.abort_requested else why(queue).error()
            if state.status is not Status.WAIT and clock.monotonic() - began >= self._settings.timeouts.running:
                raise self._settings.timeouts.ran_out("running", "the server makes no end of it")
            queue = Queue(False)
            await clock.sleep(pause)
        raise AssertionError("pauses have no end")

    async def _state_of_effect(self, asked: str) -> TaskState:
        """LinkLost where the server does not tell: what was given to it may be carried out all the same."""
        try:
            states = await self._server.get(asked)
        except Refused as refused:
            raise LinkLost(f"the server does not tell of a task that it has taken: {refused}") from refused
        if states is None or len(states) != 1:
            raise LinkLost("the server does not know a task that it has just taken")
        return states[0]


def _check_state(kind: Kind, reading: Reading) -> None:
    """What the device would refuse, said before anything is written down."""
    match reading.facts.shift_state:
        case "closed" if kind in (Kind.SHIFT_CLOSE, Kind.RECEIPT, Kind.CORRECTION):
            raise usual.SHIFT_CLOSED.error()
        case "expired" if kind not in (Kind.SHIFT_CLOSE, Kind.X_REPORT, Kind.SHIFT_OPEN):
            raise usual.SHIFT_EXPIRED.error()
        case "opened" | "expired" if kind is Kind.SHIFT_OPEN:
            raise usual.SHIFT_OPEN.error()
        case _:
            pass


def _not_ready(reading: Reading) -> Refusal | None:
    """Why nothing can be printed now."""
    if reading.condition.cover_open:
        return texts.COVER_OPEN
    if reading.condition.paper is False:
        return texts.PAPER_OUT
    return None


def _figures(kind: Kind, reading: Reading) -> Report | None:
    """Of the shift, for the reports about it; None where the driver does not tell them."""
    if kind not in (Kind.SHIFT_CLOSE, Kind.X_REPORT) or reading.figures is None:
        return None
    try:
        return figures_of(reading.figures)
    except Unreadable:
        return None


def _doubt(code: str, text: str) -> DeviceError:
    return DeviceError(JobError.of(code, text, fate=Fate.UNKNOWN))
