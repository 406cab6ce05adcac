"""Sale, refund and reversal: from the card to the host's word.

Source: protocol-specs/zvt, "Authorisation 06 01", "Abort from the ECR", "Reversal 06 30, refund 06 31".
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from bridge_sim_zvt import codes, confirming
from bridge_sim_zvt.cards import CARDS, PIN_TRIES, TEST_PIN, Card, Script
from bridge_sim_zvt.dialogue import Dialogue, Ended, Refusal
from bridge_sim_zvt.hands import Hand
from bridge_sim_zvt.memory import Kind, Transaction
from bridge_sim_zvt.receipts import Copy
from bridge_sim_zvt.request import Request

if TYPE_CHECKING:
    from bridge_sim_zvt.terminal import Terminal

_REMOVAL_SECONDS = 30.0
_ENTRIES = {"tap": codes.ENTRY_CONTACTLESS, "insert": codes.ENTRY_CHIP, "swipe": codes.ENTRY_MAGNETIC}


@dataclass(frozen=True, slots=True)
class Read:
    """A card that was read, and how."""

    key: str
    entry: int

    @property
    def card(self) -> Card:
        return CARDS[self.key]


async def sale(dialogue: Dialogue, request: Request) -> None:
    await pay(dialogue, request, "sale")


async def refund(dialogue: Dialogue, request: Request) -> None:
    if not dialogue.terminal.settings.refunds:
        raise Refusal(codes.UNSUPPORTED)
    await pay(dialogue, request, "refund")


async def pay(dialogue: Dialogue, request: Request, kind: Kind, *, reference: str = "") -> None:
    """Everything that needs a card."""
    terminal = dialogue.terminal
    amount = request.amount or 0
    dialogue.amount = amount
    read: Read | None = None
    try:
        await begin(dialogue, request)
        if not amount:
            raise Ended(codes.TOO_SMALL)
        script = terminal.script_of(amount)
        terminal.customer.begin()
        read = await read_card(dialogue, script)
        verification = await _verify(dialogue, read, amount, script)
        await _ask_host(dialogue, read, script)
    except Ended as ended:
        await dialogue.fail(ended.code, text=ended.text, amount=amount, card=ended.card)
        return
    tip = amount * script.tip // 100
    approved = amount * script.part // 100 + tip
    one = book(terminal, kind, approved, amount, verification=verification, read=read, tip=tip, reference=reference)
    await _remove_card(dialogue, read, script)
    copies: tuple[Copy, ...] = () if kind == "preauth" else wanted_copies(terminal)
    await confirming.settle(dialogue, one, request, copies)


async def begin(dialogue: Dialogue, request: Request) -> None:
    """What comes before every command that moves money. Raises Refusal or Ended."""
    terminal = dialogue.terminal
    if not terminal.memory.registration.registered and terminal.settings.unregistered == "6B":
        raise Refusal(codes.NOT_REGISTERED)
    await dialogue.accept()
    await confirming.reverse_owed(dialogue)
    dialogue.phase = "starting"
    if terminal.state_code in (codes.EOD_REQUIRED, codes.INIT_NEEDED, codes.DIAGNOSIS_NEEDED):
        raise Ended(terminal.state_code)
    if request.currency not in (None, terminal.settings.currency):
        raise Ended(codes.WRONG_CURRENCY)


def wanted_copies(terminal: Terminal) -> tuple[Copy, ...]:
    match terminal.settings.copies:
        case "merchant":
            return ("merchant",)
        case "customer":
            return ("customer",)
        case _:
            return ("merchant", "customer")


def book(
    terminal: Terminal,
    kind: Kind,
    amount: int,
    requested: int,
    *,
    verification: int = codes.CVM_NONE,
    read: Read | None = None,
    earlier: Transaction | None = None,
    tip: int = 0,
    reference: str = "",
) -> Transaction:
    """The host has approved it. From here on it is in the terminal's memory, whatever happens."""
    memory = terminal.memory
    trace = memory.take_trace()
    one = Transaction(
        kind,
        amount,
        requested,
        memory.take_receipt(),
        trace,
        memory.take_turnover(),
        terminal.now(),
        memory.batch,
        "approved",
        card=read.key if read is not None else earlier.card if earlier is not None else "",
        entry=read.entry if read is not None else earlier.entry if earlier is not None else 0,
        verification=verification,
        authorisation=f"{(trace * 7919 + 200_003) % 1_000_000:06d}",
        currency=terminal.settings.currency,
        tip=tip,
        original=earlier.trace if earlier is not None else None,
        open=kind == "preauth",
        left=amount if kind == "preauth" else 0,
        reference=reference,
    )
    memory.transactions.append(one)
    if earlier is not None:
        earlier.undone_by = trace
        earlier.open = False
    terminal.save()
    return one


# --- card, PIN, host


async def read_card(dialogue: Dialogue, script: Script, *, seconds: float | None = None) -> Read:
    """Waits for a card, as long as the terminal does or for `seconds`. Raises Ended."""
    terminal = dialogue.terminal
    dialogue.phase = "card"
    dialogue.used_card = True
    hand = Hand("insert", terminal.pad.slot) if terminal.pad.slot else None  # somebody had put it in before
    terminal.pad.ask("card")
    terminal.customer.prompted("card", script)
    await dialogue.show(codes.PRESENT_CARD)
    deadline = asyncio.get_running_loop().time() + (seconds or terminal.settings.card_seconds)
    while hand is None or hand.act not in _ENTRIES:
        hand = await dialogue.hand(deadline - asyncio.get_running_loop().time())
    if not hand.readable:
        await dialogue.show(codes.CARD_NOT_READABLE)
        raise Ended(codes.NOT_READABLE)
    read = Read(hand.value, _ENTRIES[hand.act])
    if read.card.expires < terminal.now().strftime("%y%m"):
        await dialogue.show(codes.CARD_EXPIRED)
        raise Ended(codes.EXPIRED, codes.TEXTS[codes.EXPIRED], read.key)
    return read


async def _verify(dialogue: Dialogue, read: Read, amount: int, script: Script) -> int:
    """How the holder was verified (1F10)."""
    card, chip = read.card, read.entry == codes.ENTRY_CHIP
    if read.entry == codes.ENTRY_CONTACTLESS:
        needs_pin = card.pin_from is not None and amount >= card.pin_from
    else:
        needs_pin = chip and card.chip == "pin"
    if script.needs_pin if script.needs_pin is not None else needs_pin:
        await _ask_pin(dialogue, read, script)
        return codes.CVM_ONLINE_PIN
    if chip and not dialogue.terminal.pad.slot:
        raise Ended(codes.PROCESSING)
    return codes.CVM_NONE if read.entry == codes.ENTRY_CONTACTLESS else codes.CVM_SIGNATURE


async def _ask_pin(dialogue: Dialogue, read: Read, script: Script) -> None:
    terminal, pad = dialogue.terminal, dialogue.terminal.pad
    dialogue.phase = "pin"
    for tries in range(1, PIN_TRIES + 1):
        pad.ask("pin")
        terminal.customer.prompted("pin", script)
        await dialogue.show(codes.WATCH_PIN_PAD)
        if await _typed_pin(dialogue, read) == TEST_PIN:
            return
        await dialogue.show(codes.WRONG_PIN if tries < PIN_TRIES else codes.TRIES_EXCEEDED)
    raise Ended(codes.PIN_WRONG, codes.TEXTS[codes.PIN_WRONG], read.key)


async def _typed_pin(dialogue: Dialogue, read: Read) -> str:
    pad, seconds = dialogue.terminal.pad, dialogue.terminal.settings.pin_seconds
    typed = ""
    while True:
        if read.entry == codes.ENTRY_CHIP and not pad.slot:
            raise Ended(codes.PROCESSING)
        hand = await dialogue.hand(seconds)
        if hand.act != "key":
            continue
        match hand.value:
            case "OK" if typed:
                return typed
            case "C":
                typed = ""
            case digit if digit.isdigit() and len(typed) < 12:
                typed += digit
            case _:
                pass
        pad.typed = len(typed)


async def _ask_host(dialogue: Dialogue, read: Read, script: Script) -> None:
    """Raises Ended where the host says no, or nothing."""
    terminal = dialogue.terminal
    dialogue.look_for_abort()
    dialogue.phase = "host"
    terminal.pad.ask("")
    await dialogue.show(codes.WAIT_HOST)
    await dialogue.pause(terminal.seconds("host") + script.slow)
    if not script.reach or terminal.settings.host == "unreachable":
        raise Ended(codes.NO_CONNECTION)
    refusal = script.result or read.card.refusal
    if refusal:
        raise Ended(refusal, script.text or codes.TEXTS.get(refusal, "Karte abgelehnt"), read.key)


async def _remove_card(dialogue: Dialogue, read: Read, script: Script) -> None:
    terminal, pad = dialogue.terminal, dialogue.terminal.pad
    if read.entry != codes.ENTRY_CHIP or not pad.slot:
        return
    dialogue.phase = "remove"
    pad.ask("remove")
    terminal.customer.prompted("remove", script)
    await dialogue.show(codes.REMOVE_CARD)
    deadline = asyncio.get_running_loop().time() + _REMOVAL_SECONDS
    while pad.slot and asyncio.get_running_loop().time() < deadline:
        await pad.wait(deadline - asyncio.get_running_loop().time())
    pad.ask("")


# --- taking back


async def reversal(dialogue: Dialogue, request: Request) -> None:
    """06 30: of the current batch, by receipt number; amount must fit where it is given."""
    terminal = dialogue.terminal
    try:
        await begin(dialogue, request)
        earlier = _to_reverse(terminal, request)
        dialogue.amount = earlier.amount
        dialogue.phase = "host"
        await dialogue.show(codes.PLEASE_WAIT)
        await dialogue.pause(terminal.seconds("host"))
        if terminal.settings.host == "unreachable":
            raise Ended(codes.NO_CONNECTION)
    except Ended as ended:
        await dialogue.fail(ended.code, text=ended.text, amount=request.amount)
        return
    one = book(terminal, "reversal", earlier.amount, earlier.amount, earlier=earlier)
    await confirming.settle(dialogue, one, request, wanted_copies(terminal))


def _to_reverse(terminal: Terminal, request: Request) -> Transaction:
    reversible = [one for one in terminal.memory.in_batch() if one.kind in ("sale", "refund", "booking", "release")]
    if terminal.settings.reverses == "last":
        earlier = reversible[-1] if reversible else None
    else:
        earlier = next((one for one in reversed(reversible) if one.receipt == request.receipt), None)
    if earlier is None:
        raise Ended(codes.NOT_REVERSIBLE)
    if earlier.undone_by is not None:
        raise Ended(codes.ALREADY_REVERSED)
    if terminal.settings.reverses == "any" and request.amount not in (None, earlier.amount):
        raise Ended(codes.NOT_REVERSIBLE)
    return earlier


def foreign_sale(terminal: Terminal, total: Decimal) -> None:
    """Somebody charges a card at the terminal, without our till."""
    cents = int(total * 100)
    one = book(terminal, "sale", cents, cents, read=Read("visa", codes.ENTRY_CONTACTLESS))
    one.origin = "device"
    confirming.store(terminal, one)
