"""Pre-authorisations: 06 22 reserves, 06 23 gives back what was not used and books the rest, 06 24 books, 06 25 cancels all.

Source: protocol-specs/zvt, "Pre-authorisation family". An open reservation outlives the end of day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge_zvt.frame import Bmp

from bridge_sim_zvt import codes, confirming, messages, payments
from bridge_sim_zvt.dialogue import Dialogue, Ended, Refusal
from bridge_sim_zvt.memory import Kind, Transaction
from bridge_sim_zvt.receipts import Copy
from bridge_sim_zvt.request import Request

if TYPE_CHECKING:
    from bridge_sim_zvt.terminal import Terminal

_ALL = b"\xff\xff"
_REFERENCE, _OWN_NUMBER = 0xE9, 0x1F63


async def reserve(dialogue: Dialogue, request: Request) -> None:
    """06 22."""
    _need_reservations(dialogue.terminal)
    own = request.fields.tlv.get(_REFERENCE, _OWN_NUMBER) or b""
    await payments.pay(dialogue, request, "preauth", reference=own.decode("ascii", "replace"))


async def release(dialogue: Dialogue, request: Request) -> None:
    """06 23: the amount is the unused part, what is left of it is booked. With receipt FF FF: which ones are open?"""
    _need_reservations(dialogue.terminal)
    if request.fields.get(Bmp.RECEIPT) == _ALL:
        await dialogue.accept()
        numbers = [one.receipt for one in dialogue.terminal.memory.reservations()]
        await dialogue.complete(messages.open_reservations(dialogue.terminal, numbers))
        return
    await _finish(dialogue, request, "release")


async def book_total(dialogue: Dialogue, request: Request) -> None:
    """06 24: the amount is the used part; without one, all of it."""
    _need_reservations(dialogue.terminal)
    await _finish(dialogue, request, "booking")


async def cancel(dialogue: Dialogue, request: Request) -> None:
    """06 25."""
    _need_reservations(dialogue.terminal)
    await _finish(dialogue, request, "cancelling")


def _need_reservations(terminal: Terminal) -> None:
    if not terminal.settings.reservations:
        raise Refusal(codes.UNSUPPORTED)


async def _finish(dialogue: Dialogue, request: Request, kind: Kind) -> None:
    terminal = dialogue.terminal
    try:
        await payments.begin(dialogue, request)
        reserved = terminal.memory.reservation(request.receipt or 0)
        if reserved is None:
            raise Ended(codes.PREAUTH_ERROR)
        amount = _charged(kind, reserved, request.amount)
        dialogue.amount = amount
        dialogue.phase = "host"
        await dialogue.show(codes.PLEASE_WAIT_LONG)
        await dialogue.pause(terminal.seconds("host"))
        if terminal.settings.host == "unreachable":
            raise Ended(codes.NO_CONNECTION)
    except Ended as ended:
        await dialogue.fail(ended.code, text=ended.text, amount=request.amount)
        return
    one = payments.book(terminal, kind, amount, request.amount or amount, earlier=reserved, reference=reserved.reference)
    copies: tuple[Copy, ...] = payments.wanted_copies(terminal) if kind != "cancelling" else ()
    await confirming.settle(dialogue, one, request, copies)


def _charged(kind: Kind, reserved: Transaction, amount: int | None) -> int:
    """What the card is charged with in the end. Raises Ended."""
    match kind:
        case "release":
            left = reserved.left - (amount or 0)
        case "booking":
            left = reserved.left if amount is None else amount
        case _:
            return 0
    if not 0 <= left <= reserved.left:
        raise Ended(codes.PREAUTH_AMOUNT)
    return left
