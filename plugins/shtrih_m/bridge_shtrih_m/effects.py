"""Effects: drawer, printouts, copies, the clock, going on with printing, marking checks, raw commands.

At most once, never recovered, never in the way of a document.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bridge.model import Paper, Result
from bridge.plugin import INTENT, DeviceError, JobContext, usual
from bridge_shtrih_m import commands
from bridge_shtrih_m.answers import Mode, error_of
from bridge_shtrih_m.commands import Command
from bridge_shtrih_m.exchange import Exchange
from bridge_shtrih_m.marking import judge, refusal
from bridge_shtrih_m.refusals import Refused, checked


async def run(exchange: Exchange, context: JobContext, kind: str, made: Sequence[Command], paper: Paper) -> Result:
    """These commands in their order; a refusal ends them. What was printed by then stays printed."""
    await context.checkpoint(INTENT, {"kind": kind})
    context.commit_point()
    try:
        for command in made:
            checked(command, await exchange.send_printing(command, context))
    except Refused as refused:
        raise DeviceError(refused.job_error()) from refused
    return Result(paper=paper)


async def nothing_open(exchange: Exchange) -> None:
    """A printout cancels nothing of others."""
    if (await exchange.status()).document_open:
        raise usual.RECEIPT_OPEN.error()


async def raw(exchange: Exchange, context: JobContext, command: Command) -> Result:
    """The answer as it came; an error of the device fails the job."""
    await context.checkpoint(INTENT, {"kind": "raw"})
    context.commit_point()
    try:
        answer = checked(command, await exchange.send(command))
    except Refused as refused:
        raise DeviceError(refused.job_error()) from refused
    return Result(paper=Paper.UNKNOWN, evidence={"answer": answer.hex()})


async def go_on(exchange: Exchange, context: JobContext) -> Result:
    """Let a device that got paper again go on with what it was printing."""
    trouble = await exchange.trouble()
    if trouble is None or trouble.working:
        return Result(paper=Paper.UNKNOWN)
    if not trouble.resumes:
        raise trouble.said.error()
    return await run(exchange, context, "continue", (commands.continue_printing(),), Paper.PRINTED)


async def set_clock(exchange: Exchange, context: JobContext, zone: str, to: datetime | None) -> Result:
    """Date, its confirmation, time. Only with the shift closed, or where the device itself asks for it."""
    status = await exchange.status()
    if status.mode in (Mode.SHIFT_OPEN, Mode.SHIFT_EXPIRED, Mode.DOCUMENT_OPEN):
        raise usual.CLOCK_IN_SHIFT.error()
    await context.checkpoint(INTENT, {"kind": "clock"})
    context.commit_point()
    local = (to or context.device.clock.now()).astimezone(ZoneInfo(zone))
    made = (
        commands.set_date(local.date()),
        commands.confirm_date(local.date()),
        commands.set_time(local),
    )
    try:
        for command in made:
            checked(command, await exchange.send(command))
    except Refused as refused:
        raise DeviceError(refused.job_error()) from refused
    return Result(paper=Paper.SUPPRESSED, evidence={"set_to": local.isoformat(timespec="seconds")})


async def check_code(exchange: Exchange, context: JobContext, command: Command) -> Result:
    """The check is the device's and the marking system's; a code that may be sold is kept for the next receipt."""
    await context.checkpoint(INTENT, {"kind": "marking"})
    context.commit_point()
    try:
        judged = judge(checked(command, await exchange.send(command), "marking"))
        take = commands.take_code(1 if judged.acceptable else 0)
        taken = await exchange.send(take)
    except Refused as refused:
        raise DeviceError(refused.job_error()) from refused
    if error_of(taken):
        context.warn("marking_not_kept", "The device did not keep the result for the receipt: it will check the code again.")
    if not judged.acceptable:
        raise DeviceError(refusal(judged, "marking", "Do not sell the goods.", "Не продавайте этот товар."))
    if judged.warning is not None:
        context.warn("marking_not_checked", judged.warning, "marking")
    return Result(paper=Paper.SUPPRESSED, evidence={"marking": judged.as_data()})
