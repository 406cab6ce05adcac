"""What people do at the terminal: present a card, take it out, press keys. A script does it, or somebody at the page.

The terminal waits for hands and does not know whose they are.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bridge_sim_zvt.cards import CARDS, TEST_PIN, WRONG_PIN, Script
from bridge_sim_zvt.line import within

if TYPE_CHECKING:
    from bridge_sim_zvt.terminal import Terminal

Act = Literal["tap", "insert", "swipe", "remove", "key", "abort", "line"]
Prompt = Literal["", "card", "pin", "remove"]

KEYS = (*"0123456789", "OK", "C", "STOP")  # green, yellow, red


@dataclass(frozen=True, slots=True)
class Hand:
    """One act. `value`: the card, or the key. `abort` and `line` are the till's and the line's, and wake the terminal alike."""

    act: Act
    value: str = ""
    readable: bool = True


class Pad:
    """Card slot, reader and keys."""

    def __init__(self) -> None:
        self.prompt: Prompt = ""
        self.slot: str = ""  # the card in it
        self.typed = 0  # digits of the PIN so far
        self._done: deque[Hand] = deque()
        self._waiting: asyncio.Future[None] | None = None

    def ask(self, prompt: Prompt) -> None:
        """What people did before the terminal asked counts for nothing; what the till wants does."""
        self.prompt = prompt
        self.typed = 0
        self._done = deque(hand for hand in self._done if hand.act in ("abort", "line"))

    def do(self, hand: Hand) -> None:
        """Somebody does it. What makes no sense now is not noticed."""
        match hand.act:
            case "insert":
                if self.slot:
                    return
                self.slot = hand.value
            case "tap" | "swipe" if self.slot:
                return
            case "remove":
                self.slot = ""
            case _:
                pass
        if self.prompt or hand.act in ("abort", "line"):
            self._done.append(hand)
            if self._waiting is not None and not self._waiting.done():
                self._waiting.set_result(None)

    async def wait(self, seconds: float) -> Hand | None:
        """The next act; None when there is none in this time."""
        if not self._done:
            self._waiting = asyncio.get_running_loop().create_future()
            await within(self._waiting, seconds)
        return self._done.popleft() if self._done else None

    def pending(self) -> Hand | None:
        """An abort that nobody has looked at yet."""
        return next((hand for hand in self._done if hand.act in ("abort", "line")), None)

    def reset(self) -> None:
        self.prompt = ""
        self.typed = 0
        self._done.clear()


class Customer:
    """Does by itself what the script of this payment says, each thing after the time that people take."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._timers: set[asyncio.TimerHandle] = set()
        self._pins = 0
        self._card_in = False  # the script's own card is in the slot

    def begin(self) -> None:
        self.stop()
        self._pins = 0

    def prompted(self, prompt: Prompt, script: Script) -> None:
        """The terminal's display asks for something."""
        terminal, pad = self._terminal, self._terminal.pad
        if terminal.settings.hands == "person":
            return
        match prompt:
            case "card":
                self._later(terminal.seconds("card"), lambda: self._present(pad, script))
            case "pin":
                pin = script.pin[min(self._pins, len(script.pin) - 1)]
                self._pins += 1
                match pin:
                    case "stop":
                        self._later(terminal.seconds("pin"), lambda: pad.do(Hand("key", "STOP")))
                    case "right" | "wrong":
                        typed = TEST_PIN if pin == "right" else WRONG_PIN
                        self._later(terminal.seconds("pin"), lambda: _type(pad, typed))
                    case "nothing":
                        pass
            case "remove":
                self._later(terminal.seconds("card") / 2, lambda: pad.do(Hand("remove")))
            case _:
                pass

    def stop(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def leave(self) -> None:
        """Whoever put a card in takes it out again."""
        if self._card_in:
            self._card_in = False
            self._terminal.pad.do(Hand("remove"))

    def _present(self, pad: Pad, script: Script) -> None:
        match script.act:
            case "stop":
                pad.do(Hand("key", "STOP"))
            case "use" | "remove" | "unreadable":
                self._card_in = self._card_in or (script.how == "insert" and not pad.slot)
                pad.do(Hand(script.how, script.card, readable=script.act != "unreadable"))
                if script.act == "remove":
                    pad.do(Hand("remove"))
            case "nothing":
                pass

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        def run() -> None:
            self._timers.discard(timer)
            act()

        timer = asyncio.get_running_loop().call_later(seconds, run)
        self._timers.add(timer)


def _type(pad: Pad, pin: str) -> None:
    for digit in pin:
        pad.do(Hand("key", digit))
    pad.do(Hand("key", "OK"))


def hand_of(act: str, value: str) -> Hand:
    """What somebody at the page does. Raises ValueError with a sentence."""
    match act:
        case "tap" | "insert" | "swipe":
            if value not in CARDS:
                raise ValueError(f"there is no card {value!r}; the cards are: {', '.join(CARDS)}")
            return Hand(act, value)
        case "remove":
            return Hand("remove")
        case "key":
            if value not in KEYS:
                raise ValueError(f"there is no key {value!r}; the keys are: {', '.join(KEYS)}")
            return Hand("key", value)
        case _:
            raise ValueError("field 'act' must be tap, insert, swipe, remove or key")
