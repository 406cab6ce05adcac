"""Effects: drawer, display, printouts, copies, the clock, raw commands. At most once, never recovered, never in the way of a document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bridge_ffd.outstanding import PAPER, printed

from bridge.model import Paper, Result
from bridge.plugin import INTENT, BadAnswer, DeviceError, JobContext, usual
from bridge_atol import commands
from bridge_atol.answers import FullStatus
from bridge_atol.commands import Command
from bridge_atol.errors import DATE_TO_CONFIRM, WRONG_MODE
from bridge_atol.exchange import Exchange
from bridge_atol.facts import SHIFT, FactReader, ShiftState
from bridge_atol.open_points import CLOCK_MODES
from bridge_atol.plan import Step
from bridge_atol.refusals import Refused
from bridge_atol.texts import own
from bridge_atol.vocabulary import Does, Mode


async def run(exchange: Exchange, context: JobContext, kind: str, steps: Sequence[Step], paper: Paper, mode: Mode) -> Result:
    """These commands in their order, each in its mode or, where it has none, in this one; a refusal ends them. What was printed by
    then stays printed."""
    await context.checkpoint(INTENT, {"kind": kind})
    context.commit_point()
    try:
        for step in steps:
            needed = step.command.shape.mode
            await exchange.enter(mode if needed is Mode.ANY else needed)
            (await exchange.send_when_idle(step.command)).checked(step.field)
    except Refused as refused:
        raise DeviceError(refused.job_error()) from refused
    return Result(paper=paper)


async def nothing_open(exchange: Exchange) -> None:
    """A printout cancels nothing of others."""
    command = commands.full_status()
    if FullStatus.of(command.shape, await exchange.ask_checked(command)).receipt:
        raise usual.RECEIPT_OPEN.error()


async def raw(exchange: Exchange, context: JobContext, step: Step, mode: Mode) -> Result:
    """The answer as it came; an error of the device fails the job."""
    await context.checkpoint(INTENT, {"kind": "raw"})
    context.commit_point()
    command = step.command
    try:
        await exchange.enter(mode)
        reply = await (exchange.ask(command) if command.shape.does is Does.READS else exchange.send_when_idle(command))
        answer = reply.checked(step.field)
    except Refused as refused:
        raise DeviceError(refused.job_error()) from refused
    except BadAnswer as error:
        raise usual.UNREADABLE.error(problem=error) from error
    return Result(paper=Paper.UNKNOWN, evidence={"answer": answer.hex()})


async def waits_for_paper(exchange: Exchange, context: JobContext, reader: FactReader) -> str | None:
    """The number of the document that ran out of paper; None where none did."""
    found = await exchange.trouble()
    if found is not None and not found.working:
        raise found.said.error()
    waits = await context.device.store.get(PAPER)
    if not waits:
        return None
    await exchange.finished()
    try:
        storage = await reader.storage()
    except Refused as refused:
        raise DeviceError(refused.job_error()) from refused
    except BadAnswer as error:
        raise usual.UNREADABLE.error(problem=error) from error
    if storage.fn_number != waits["fn"]:
        await context.device.store.delete(PAPER)
        raise own.OTHER_STORAGE.error()
    return str(waits["number"])


async def came(context: JobContext) -> None:
    """The document that waited is on paper now."""
    waits = await context.device.store.get(PAPER)
    if waits:
        await printed(context.device, str(waits["job"]))
    context.warn("copy_printed", "The device does not go on with a printout: the document was printed once more.")


async def set_clock(exchange: Exchange, context: JobContext, reader: FactReader, zone: str, to: datetime | None) -> Result:
    """Date, then the time twice: the second time confirms it. Only with the shift closed."""
    try:
        if (await reader.register(SHIFT, 0, 1))["state"] != ShiftState.CLOSED:
            raise usual.CLOCK_IN_SHIFT.error()
        await context.checkpoint(INTENT, {"kind": "clock"})
        context.commit_point()
        local = (to or context.device.clock.now()).astimezone(ZoneInfo(zone))
        await _set_date(exchange, local.date())
        await _told(exchange, commands.set_time(local.time()))
        (await exchange.send_when_idle(commands.set_time(local.time()))).checked("to")
    except Refused as refused:
        raise DeviceError(refused.job_error()) from refused
    except BadAnswer as error:
        raise usual.UNREADABLE.error(problem=error) from error
    return Result(paper=Paper.SUPPRESSED, evidence={"set_to": local.isoformat(timespec="seconds")})


async def _set_date(exchange: Exchange, day: date) -> None:
    """In the first mode that the device takes it in [A12]; once more where it wants it confirmed."""
    command = commands.set_date(day)
    for mode in CLOCK_MODES:
        await exchange.enter(mode)
        if await _told(exchange, command, passes=frozenset((WRONG_MODE,) if mode is not CLOCK_MODES[-1] else ())):
            return


async def _told(exchange: Exchange, command: Command, *, passes: frozenset[int] = frozenset()) -> bool:
    """Whether the device took it. One that wants it confirmed is told again."""
    reply = await exchange.send_when_idle(command)
    if reply.error == DATE_TO_CONFIRM:
        reply = await exchange.send_when_idle(command)
    if reply.error in passes:
        return False
    reply.checked("to")
    return True
