"""The terminal's face: what the page shows of it, and what a person may do there. The page itself is in `page/`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bridge_simulators.face import Face

from bridge_sim_zvt.cards import CARDS, TEST_PIN, Card
from bridge_sim_zvt.codes import OK, currency_name
from bridge_sim_zvt.hands import hand_of
from bridge_sim_zvt.receipts import money

if TYPE_CHECKING:
    from bridge_sim_zvt.terminal import Terminal

FACE = Face("bridge_sim_zvt", "page", "terminal.html", ("terminal.css", "terminal.js"))

_PAPER_LINES = 120
_TRANSACTIONS = 8
_LAST_DIGITS = 4


def view_of(terminal: Terminal) -> dict[str, Any]:
    """Everything on the page; amounts in cents as people write them."""
    running = terminal.dialogue
    return {
        "model": terminal.settings.model,
        "tid": terminal.memory.tid,
        "powered": terminal.powered,
        "display": terminal.display if terminal.powered else "",
        "amount": f"{money(running.amount)} {currency_name(terminal.settings.currency)}"
        if running is not None and running.amount
        else "",
        "phase": running.phase if running is not None else "idle",
        "prompt": terminal.pad.prompt,
        "typed": terminal.pad.typed,
        "slot": terminal.pad.slot,
        "hands": terminal.settings.hands,
        "pin": TEST_PIN,
        "cards": [
            {"id": name, "name": card.name, "last": card.pan[-_LAST_DIGITS:], "does": _does(card)} for name, card in CARDS.items()
        ],
        "paper": "\n".join(terminal.roll.lines[-_PAPER_LINES:]),
        "transactions": [
            {
                "kind": one.kind,
                "amount": money(one.amount),
                "receipt": f"{one.receipt:04d}",
                "state": "undone" if one.undone_by is not None else one.state,
            }
            for one in terminal.memory.transactions[: -_TRANSACTIONS - 1 : -1]
        ],
    }


def _does(card: Card) -> str:
    """In a few words, what comes of this card."""
    if card.refusal != OK:
        return f"declined, {card.refusal:02X}"
    if card.expires < "2601":
        return "expired"
    if card.foreign_currency:
        return f"offers {card.foreign_currency}"
    if card.pin_from is None:
        return "a phone: verified there when tapped"
    return "PIN in the slot" if card.chip == "pin" else "signature in the slot"


def act_at(terminal: Terminal, form: Mapping[str, str]) -> None:
    """`{"act": "tap" | "insert" | "swipe", "value": card}`, `remove`, `{"act": "key", "value": "0" to "9", "OK", "C", "STOP"}`,
    `{"act": "hands", "value": "person" | "script"}`, `{"act": "power", "value": "on" | "off"}`. Raises ValueError."""
    act, value = form.get("act", ""), form.get("value", "")
    match act:
        case "hands":
            terminal.switch({"hands": value})
        case "power":
            if value not in ("on", "off"):
                raise ValueError("field 'value' must be on or off")
            terminal.power(value == "on")
        case _:
            hand = hand_of(act, value)
            if terminal.powered:
                terminal.pad.do(hand)
