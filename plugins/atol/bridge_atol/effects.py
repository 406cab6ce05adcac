"""Effects: drawer, printouts, copies. At most once, never recovered, never in the way of a document."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.model import JobError, Paper, Result
from bridge.plugin import DeviceError, JobContext
from bridge_atol import commands
from bridge_atol.answers import FullStatus
from bridge_atol.exchange import Exchange
from bridge_atol.plan import INTENT, Step
from bridge_atol.refusals import Refused
from bridge_atol.vocabulary import Mode


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
        raise DeviceError(JobError.of("device.busy", "A receipt is open on the device."))
