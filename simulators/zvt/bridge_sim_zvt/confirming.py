"""What becomes of an approval when the till confirms it, when it says no, and when nobody says anything.

Source: protocol-specs/zvt, "What the PT does" (three documented behaviours: A reversed by the terminal, B kept, C marked as declined),
"Power loss of the PT". A transaction is final when it is stored, reversed or declined; only a stored one is charged.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

from bridge_zvt.frame import NEGATIVE_CLASS, NOT_FINISHED, PARTIAL_ISSUE, Bmp, read_fields

from bridge_sim_zvt import codes, messages, receipts
from bridge_sim_zvt.dialogue import Dialogue, is_yes
from bridge_sim_zvt.memory import Transaction
from bridge_sim_zvt.receipts import Copy, Receipt
from bridge_sim_zvt.request import Request

if TYPE_CHECKING:
    from bridge_sim_zvt.terminal import Terminal

Word = Literal["yes", "no", "lost"]

_BY_ITSELF = 0x0630  # under which code the terminal's own reversal runs
_RETRY_SECONDS = 1.0

DOCUMENTS = {
    "sale": "purchase",
    "refund": "refund",
    "reversal": "reversal",
    "preauth": "preauthorisation",
    "release": "capture",
    "booking": "capture",
    "cancelling": "release",
}


async def settle(dialogue: Dialogue, one: Transaction, request: Request, copies: tuple[Copy, ...]) -> None:
    """From the host's approval to the end of the command."""
    terminal = dialogue.terminal
    papers = [receipts.of_payment(terminal, one, copy) for copy in copies]
    word: Word = "yes"
    if not terminal.settings.status_first:
        word = await hand_over(dialogue, papers)
    if word == "yes":
        word = await tell(dialogue, one, request)
    if word == "yes" and terminal.settings.status_first:
        papers = [receipts.of_payment(terminal, one, copy) for copy in copies]  # part of the goods: another amount
        word = await hand_over(dialogue, papers)
    match word:
        case "yes":
            store(terminal, one)
            if terminal.prints_itself():
                put_on_paper(terminal, papers)
            await dialogue.complete(messages.completion())
            return
        case "no":
            await take_back(dialogue, one)
        case "lost":
            await unconfirmed(dialogue, one)
    if dialogue.heard:
        kept = one.state == "stored"
        await dialogue.complete(messages.completion() if kept else messages.abortion(terminal, codes.ABORTED))


async def tell(dialogue: Dialogue, one: Transaction, request: Request) -> Word:
    """04 0F and what the till says to it; it is repeated while the till asks for time, and once when it says nothing."""
    terminal, settings = dialogue.terminal, dialogue.terminal.settings
    with_currency = request.currency is not None
    most = request.fields.byte(Bmp.MAX_STATUS) or settings.wait_repeats
    dialogue.phase = "result"
    unheard = waits = 0
    while True:
        answer = await dialogue.say(messages.status_information(terminal, one, with_currency=with_currency))
        if answer is None:
            if dialogue.heard and unheard < settings.status_repeats:
                unheard += 1
                continue
            dialogue.unheard()
            return "lost"
        if is_yes(answer):
            return "yes"
        match answer.code - (NEGATIVE_CLASS << 8):
            case code if code == NOT_FINISHED and waits < most:
                waits += 1
                await asyncio.sleep(settings.wait_repeat_ms / 1000)
            case code if code == NOT_FINISHED:
                await dialogue.say(messages.failed(terminal, codes.ABORTED))
                return "no"
            case code if code == PARTIAL_ISSUE:
                used = read_fields(answer.data).number(Bmp.AMOUNT)
                if used is None or not 0 < used <= one.amount:
                    return "no"
                one.amount = used
                return "yes"
            case _:
                return "no"


async def hand_over(dialogue: Dialogue, papers: list[Receipt], *, administration: bool = False) -> Word:
    """Receipts to the till, where it prints them."""
    terminal = dialogue.terminal
    if not terminal.prints_at_till(administration=administration):
        return "yes"
    dialogue.phase = "printing"
    for paper in papers:
        for message in terminal.print_messages(paper):
            answer = await dialogue.say(message)
            if answer is None:
                dialogue.unheard()
                return "lost"
            if not is_yes(answer):
                return "no"
    return "yes"


def put_on_paper(terminal: Terminal, papers: list[Receipt]) -> None:
    """The terminal's own printer."""
    for paper in papers:
        terminal.memory.printed = paper.as_paper()
        terminal.roll.print(*terminal.memory.printed, "")
    terminal.save()


# --- what becomes of it


def store(terminal: Terminal, one: Transaction) -> None:
    """It stands: the host's books have it."""
    memory = terminal.memory
    one.state = "stored"
    memory.last = memory.transactions.index(one)
    memory.last_was_batch = False
    terminal.issue(
        DOCUMENTS[one.kind],
        f"{one.receipt:04d}",
        one.amount,
        fiscal=False,
        origin=one.origin,
        details={"trace": one.trace, "original": one.original, "card": one.card, "batch": one.batch},
    )
    terminal.save()


async def unconfirmed(dialogue: Dialogue, one: Transaction) -> None:
    """Nobody has confirmed it."""
    terminal = dialogue.terminal
    leave_unconfirmed(terminal, one)
    if one.state != "reversing":
        return
    match terminal.settings.auto_reversal:
        case "now":
            await reverse(dialogue, one)
        case "later":
            _reverse_later(terminal, one, terminal.settings.reversal_seconds)
        case "next":
            pass


def leave_unconfirmed(terminal: Terminal, one: Transaction) -> None:
    """Its next state, as the documented behaviour has it."""
    if one.kind in ("reversal", "release", "booking", "cancelling"):
        if terminal.settings.unconfirmed_reversal == "stands":
            store(terminal, one)
        else:
            undo(terminal, one)
        return
    match terminal.settings.unconfirmed:
        case "A":
            one.state = "reversing"
        case "B":
            store(terminal, one)
        case "C":
            one.state = "declined"
            one.open = False
            if terminal.settings.shows_reversed == "failed":
                _show_last(terminal, one)
    terminal.save()


def undo(terminal: Terminal, one: Transaction) -> None:
    """A transaction on an earlier one never was: the earlier one is as before."""
    one.state = "declined"
    for earlier in terminal.memory.transactions:
        if earlier.undone_by == one.trace:
            earlier.undone_by = None
            earlier.open = earlier.kind == "preauth"
    terminal.save()


async def take_back(dialogue: Dialogue, one: Transaction) -> None:
    """The till has said no."""
    if one.kind in ("reversal", "release", "booking", "cancelling"):
        undo(dialogue.terminal, one)
        return
    one.state = "reversing"
    dialogue.terminal.save()
    await reverse(dialogue, one)


async def reverse(dialogue: Dialogue, one: Transaction) -> None:
    """The terminal's own reversal, as far as it reaches its host."""
    terminal = dialogue.terminal
    dialogue.phase = "reversing"
    await dialogue.show(codes.AUTO_REVERSAL)
    await dialogue.pause(terminal.seconds("host"))
    if terminal.settings.host == "reachable" and one.state == "reversing":
        _reversed(terminal, one)


async def reverse_owed(dialogue: Dialogue) -> None:
    """Before anything else that moves money."""
    for one in dialogue.terminal.memory.owed():
        await reverse(dialogue, one)


def _reverse_later(terminal: Terminal, one: Transaction, seconds: float) -> None:
    def begin() -> None:
        if terminal.dialogue is not None or terminal.answers_nothing:
            terminal.later(_RETRY_SECONDS, begin)
        elif one.state == "reversing":
            terminal.work(_BY_ITSELF, lambda dialogue: reverse(dialogue, one))

    terminal.later(seconds, begin)


def _reversed(terminal: Terminal, one: Transaction) -> None:
    memory = terminal.memory
    one.state = "reversed"
    one.open = False
    own = Transaction(
        "reversal",
        one.amount,
        one.requested,
        memory.take_receipt(),
        memory.take_trace(),
        memory.take_turnover(),
        terminal.now(),
        memory.batch,
        "stored",
        card=one.card,
        entry=one.entry,
        currency=one.currency,
        original=one.trace,
        automatic=True,
        origin="device",
    )
    memory.transactions.append(own)
    match terminal.settings.shows_reversed:
        case "reversal":
            _show_last(terminal, own)
        case "sale" | "failed":
            _show_last(terminal, one)
        case "before":
            pass
    terminal.save()


def _show_last(terminal: Terminal, one: Transaction) -> None:
    memory = terminal.memory
    memory.last = memory.transactions.index(one)
    memory.last_was_batch = False


def after_power_loss(terminal: Terminal) -> None:
    """At power-on: what was approved and not confirmed; it may be reversed before the terminal answers anybody."""
    for one in terminal.memory.transactions:
        if one.state == "approved":
            leave_unconfirmed(terminal, one)
    if terminal.settings.auto_reversal == "next" or terminal.settings.host != "reachable":
        return
    for one in terminal.memory.owed():
        if terminal.settings.auto_reversal == "later" and _time_passes():
            _reverse_later(terminal, one, terminal.settings.boot_seconds + terminal.settings.reversal_seconds)
        else:
            _reversed(terminal, one)


def _time_passes() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
