"""Effects: drawer, display, copies, raw commands and non-fiscal printouts. At most once, never recovered, never in the way of a document.

They carry no tokens: the printer keeps 32 answers, and one to a receipt in doubt must not be pushed out by them.
"""

from __future__ import annotations

from collections.abc import Sequence

from bridge.model import JobError, Paper, Result
from bridge.plugin import INTENT, Aborted, DeviceError, JobContext, usual
from bridge.transport import LinkLost
from bridge_posnet import commands
from bridge_posnet.answers import EDocumentNumber, FormState, GeneralStatus, Reprints
from bridge_posnet.edocument import outstanding, registration
from bridge_posnet.exchange import Exchange
from bridge_posnet.facts import FactReader, verbatim
from bridge_posnet.frame import Frame
from bridge_posnet.refusals import Refused, checked
from bridge_posnet.settings import PosnetSettings
from bridge_posnet.text import decode


async def open_drawer(exchange: Exchange, context: JobContext) -> Result:
    await context.checkpoint(INTENT, {"kind": "drawer"})
    context.commit_point()
    try:
        await _send(exchange, commands.opendrwr(), context)
    except Refused as refused:
        raise DeviceError(refused.job_error()) from refused
    return Result(paper=Paper.SUPPRESSED)


async def show(exchange: Exchange, context: JobContext, frames: Sequence[Frame]) -> Result:
    """Lines of the customer's display. While a receipt is open the printer shows them afterwards."""
    await context.checkpoint(INTENT, {"kind": "display"})
    context.commit_point()
    try:
        for frame in frames:
            await _send(exchange, frame, context)
    except Refused as refused:
        raise DeviceError(refused.job_error()) from refused
    return Result(paper=Paper.SUPPRESSED)


async def copy(exchange: Exchange, settings: PosnetSettings, context: JobContext, frame: Frame) -> Result:
    """One command: a reprint, or the last document as an e-document. Nothing may be open."""
    try:
        await _nothing_open(exchange, settings, context)
        await context.checkpoint(INTENT, {"kind": "copy"})
        context.commit_point()
        answer = checked(frame, await exchange.send(frame, exchange.timeouts.period, context))
    except Refused as refused:
        raise DeviceError(refused.job_error()) from refused
    evidence = {frame.mnemonic: verbatim(answer, settings.code_page)}
    if frame.mnemonic != "eparagonidzprev":
        if frame.mnemonic == "ecprndoc" and Reprints.from_frame(answer).count == 0:
            raise DeviceError(JobError.of("request.not_found", "The printer has no such document.", field="document"))
        return Result(paper=Paper.PRINTED, evidence=evidence)
    number = EDocumentNumber.from_frame(answer).number
    for key, entry in outstanding(number, context.job_id, context.device.clock.now(), on_paper=True).items():
        await context.device.store.set(key, entry)
    return Result(paper=Paper.SUPPRESSED, registration=registration(number, None), evidence=evidence)


async def raw(exchange: Exchange, settings: PosnetSettings, context: JobContext, frame: Frame) -> Result:
    """The answer as it came; an error of the printer fails the job."""
    await context.checkpoint(INTENT, {"kind": "raw"})
    context.commit_point()
    try:
        if frame.immediate:
            answer = checked(frame, await exchange.immediate(frame))
        else:
            answer = checked(frame, await exchange.send(frame, exchange.timeouts.command, context))
    except Refused as refused:
        raise DeviceError(refused.job_error()) from refused
    fields = [[p.name, decode(p.value, settings.code_page)] for p in answer.parameters]
    return Result(paper=Paper.UNKNOWN, evidence={"answer": verbatim(answer, settings.code_page), "fields": fields})


async def print_out(exchange: Exchange, settings: PosnetSettings, context: JobContext, frames: Sequence[Frame]) -> Result:
    """`frames` begin with `formstart` and end with `formend`."""
    try:
        await _nothing_open(exchange, settings, context)
    except Refused as refused:
        raise DeviceError(refused.job_error()) from refused
    await context.checkpoint(INTENT, {"kind": "printout"})
    begun = False
    try:
        for frame in frames[:-1]:
            if context.abort_requested:
                raise Aborted
            await _send(exchange, frame, context)
            begun = True
        context.commit_point()
        await _send(exchange, frames[-1], context)
    except Refused as refused:
        if begun:
            await _cancel(exchange, context)
        raise DeviceError(refused.job_error()) from refused
    except Aborted:
        if begun:
            await _cancel(exchange, context)
        raise
    return Result(paper=Paper.PRINTED)


async def _nothing_open(exchange: Exchange, settings: PosnetSettings, context: JobContext) -> None:
    """A printout waits for no one and cancels nothing of others; a form that was left open is closed."""
    reader = FactReader(exchange, settings.code_page, settings.zone, context)
    general = GeneralStatus.from_frame(await reader.ask(commands.scomm()))
    if general.document:
        raise usual.RECEIPT_OPEN.error()
    form = await reader.ask_if_known(commands.formisstarted())
    if form is not None and FormState.from_frame(form).started:
        if context.device.shared or not settings.cancel_leftover:
            raise DeviceError(JobError.of("device.busy", "A printout is open on the printer."))
        await context.checkpoint(INTENT, {"kind": "printout"})
        await _cancel(exchange, context)


async def _send(exchange: Exchange, frame: Frame, context: JobContext) -> None:
    checked(frame, await exchange.send(frame, exchange.timeouts.command, context))


async def _cancel(exchange: Exchange, context: JobContext) -> None:
    """With nothing open some printers refuse it (2064) [open point 3]: that is as good."""
    answer = await exchange.send(commands.prncancel(), exchange.timeouts.command, context)
    if answer.is_frame_error:
        raise LinkLost("the printer did not take in that the printout is to be cancelled")
