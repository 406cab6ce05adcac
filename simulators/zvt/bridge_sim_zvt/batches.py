"""End of day, turnover totals, repeat receipt.

Source: protocol-specs/zvt, "End of day 06 50", "Turnover totals", "Repeat receipt 06 20". With its answer from the host the batch is
closed, whatever becomes of the messages behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from bridge_zvt.frame import Apdu, Bmp, Field

from bridge_sim_zvt import codes, confirming, messages, receipts
from bridge_sim_zvt.cards import CARDS
from bridge_sim_zvt.dialogue import Dialogue, Ended, Refusal
from bridge_sim_zvt.memory import BatchRecord, SchemeTotal, Transaction
from bridge_sim_zvt.request import PASSWORD, Request

if TYPE_CHECKING:
    from bridge_sim_zvt.terminal import Terminal

SEND_STATUS, NO_PRINT = 0x01, 0x02  # service byte of 06 20
_REBOOT_SECONDS = 0.5
_RECEIPT_ID = 0x1F01


async def end_of_day(dialogue: Dialogue, request: Request) -> None:
    """06 50."""
    terminal, settings = dialogue.terminal, dialogue.terminal.settings
    await dialogue.accept()
    await confirming.reverse_owed(dialogue)
    dialogue.phase = "working"
    await dialogue.show(codes.PLEASE_WAIT_LONG)
    await dialogue.pause(terminal.seconds("work"))
    if settings.end_of_day == "77" or settings.host == "unreachable":
        code = codes.EOD_NOT_POSSIBLE if settings.end_of_day == "77" else codes.NO_CONNECTION
        raise Ended(code, codes.TEXTS.get(code, ""))
    record = close_batch(terminal, "ecr")
    await _show_batch(dialogue, record, closed=True)
    match settings.after_end_of_day:
        case "E0":
            await dialogue.complete(messages.completion(Field(Bmp.RESULT, bytes((codes.MAINTENANCE,)))))
            terminal.answer_nothing(settings.follow_up_seconds)
        case "FC":
            await dialogue.complete(messages.completion(Field(Bmp.RESULT, b"\xfc")))
            terminal.restart_after(_REBOOT_SECONDS, settings.follow_up_seconds)
        case _:
            await dialogue.complete(messages.completion())


async def totals(dialogue: Dialogue, request: Request) -> None:
    """06 10: as the end of day, and nothing is closed."""
    terminal = dialogue.terminal
    if not terminal.settings.totals:
        raise Refusal(codes.UNSUPPORTED)
    await dialogue.accept()
    dialogue.phase = "working"
    await _show_batch(dialogue, batch_so_far(terminal), closed=False)
    await dialogue.complete(messages.completion())


async def _show_batch(dialogue: Dialogue, record: BatchRecord, *, closed: bool) -> None:
    terminal = dialogue.terminal
    dialogue.phase = "result"
    if await dialogue.say(messages.batch_information(terminal, record)) is None:
        dialogue.unheard()
    paper = receipts.of_batch(terminal, record, closed=closed)
    await confirming.hand_over(dialogue, [paper], administration=True)
    if terminal.prints_itself(administration=True):
        confirming.put_on_paper(terminal, [paper])


def batch_so_far(terminal: Terminal) -> BatchRecord:
    """The current batch, added up by scheme."""
    memory = terminal.memory
    done = memory.in_batch()
    columns = [SchemeTotal() for _ in codes.SCHEMES]
    for one in done:
        place = columns[codes.column(CARDS[one.card].type) if one.card else -1]
        place.count += 1
        place.amount += memory.turnover_of(one)
    return BatchRecord(
        memory.batch,
        sum(column.amount for column in columns),
        memory.trace,
        terminal.now(),
        done[0].receipt if done else 0,
        done[-1].receipt if done else 0,
        columns,
    )


def close_batch(terminal: Terminal, origin: str) -> BatchRecord:
    """The host has taken the batch over."""
    memory = terminal.memory
    record = batch_so_far(terminal)
    record.trace = memory.take_trace()
    memory.batches.append(record)
    memory.batch += 1
    memory.last_was_batch = True
    terminal.done_with(end_of_day_due="no")
    terminal.issue("end_of_day", str(record.number), record.total, fiscal=False, origin=origin)
    terminal.save()
    return record


async def repeat(dialogue: Dialogue, request: Request) -> None:
    """06 20: the last stored payment, or the end of day that came behind it."""
    terminal, memory = dialogue.terminal, dialogue.terminal.memory
    if terminal.settings.repeat == "unsupported":
        raise Refusal(codes.UNSUPPORTED)
    await dialogue.accept()
    dialogue.phase = "result"
    one = memory.transactions[memory.last] if memory.last is not None else None
    batch = memory.batches[-1] if memory.batches else None
    match _wanted(terminal, request):
        case "payment":
            batch = None
        case "batch":
            one = None
        case _ if memory.last_was_batch and terminal.settings.repeat_after_batch == "batch":
            one = None
        case _:
            batch = None
    if one is not None:
        status = _status_of(terminal, one)
        papers = [receipts.of_payment(terminal, one, copy) for copy in ("merchant", "customer")]
    elif batch is not None:
        status = messages.batch_information(terminal, batch)
        papers = [receipts.of_batch(terminal, batch, closed=True)]
    else:
        raise Ended(codes.SYSTEM_ERROR, "Kein Beleg vorhanden")
    if request.service & SEND_STATUS and terminal.settings.repeat != "no_status" and await dialogue.say(status) is None:
        dialogue.unheard()
    if not request.service & NO_PRINT:
        await confirming.hand_over(dialogue, papers)
        if terminal.prints_itself():
            confirming.put_on_paper(terminal, papers)
    await dialogue.complete(messages.completion())


def _wanted(terminal: Terminal, request: Request) -> Literal["payment", "batch", "last"]:
    """Tag 1F01: 02 and 03 the last payment, 04 and 06 the last end of day, 01 whichever came last."""
    wanted = request.fields.tlv.get(_RECEIPT_ID) if terminal.settings.repeat_ids else None
    match wanted:
        case b"\x02" | b"\x03":
            return "payment"
        case b"\x04" | b"\x06":
            return "batch"
        case _:
            return "last"


def _status_of(terminal: Terminal, one: Transaction) -> Apdu:
    undone = one.state in ("reversed", "declined")
    result = codes.ABORTED if undone and terminal.settings.shows_reversed == "failed" else codes.OK
    return messages.status_information(terminal, one, with_currency=True, result=result)


async def reprint(dialogue: Dialogue, request: Request) -> None:
    """06 12: receipts from-to once more, at the terminal's printer or the till's."""
    terminal = dialogue.terminal
    named = request.head[PASSWORD:].hex()
    if not named.isdigit() or len(named) not in (4, 8):
        raise Refusal(codes.UNSUPPORTED)
    numbers = [int(named[at : at + 4]) for at in range(0, len(named), 4)]
    wanted = [one for one in terminal.memory.in_batch() if numbers[0] <= one.receipt <= numbers[-1]]
    await dialogue.accept()
    papers = [receipts.of_payment(terminal, one, "merchant") for one in wanted]
    await confirming.hand_over(dialogue, papers)
    if terminal.prints_itself():
        confirming.put_on_paper(terminal, papers)
    await dialogue.complete(messages.completion())
