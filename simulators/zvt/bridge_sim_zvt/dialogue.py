"""One command from its arrival to the end: what the terminal says, what it waits for, and the steps at which faults strike.

Source: protocol-specs/zvt, "Who may talk", "Lost answer" (8.1). The terminal sends one message at a time, each only after the till has
answered the one before.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

from bridge_simulators.faults import Course, Step
from bridge_zvt.frame import Apdu, Code, is_positive

from bridge_sim_zvt import codes, messages
from bridge_sim_zvt.faults import Malformed
from bridge_sim_zvt.hands import Hand
from bridge_sim_zvt.line import Line, name_of

if TYPE_CHECKING:
    from bridge_sim_zvt.terminal import Terminal

Phase = Literal["starting", "card", "pin", "host", "remove", "result", "printing", "completion", "reversing", "working"]

ABORTABLE: frozenset[Phase] = frozenset(("starting", "card", "pin"))


class PowerLost(Exception):
    """Nothing of this command goes on."""


class Refusal(Exception):
    """The command is not accepted: 84 and this code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"84 {code:02X}")
        self.code = code


class Ended(Exception):
    """The command was accepted and came to nothing."""

    def __init__(self, code: int, text: str = "", card: str = "") -> None:
        super().__init__(f"{code:02X} {text}")
        self.code = code
        self.text = text
        self.card = card


class Dialogue:
    """One running command. `line` None: nobody asked for it, the terminal works by itself."""

    def __init__(self, terminal: Terminal, line: Line | None, code: int) -> None:
        self.terminal = terminal
        self.line = line
        self.code = code
        self.phase: Phase = "starting"
        self.accepted = False
        self.aborted = False
        self.used_card = False  # a card was asked for, and is no longer needed behind this command
        self.amount: int | None = None  # in cents, of a payment

    @property
    def heard(self) -> bool:
        """Whether the till that asked can still hear."""
        return self.line is not None and self.line.open

    @property
    def ending(self) -> bool:
        """The till has answered the last message: whatever it sends next is for the idle terminal."""
        return self.phase == "completion" and self.line is not None and self.line.answered

    def go_on(self, line: Line) -> None:
        """The till sends its next command instead of an answer to the last message: it has had that."""
        if line is self.line:
            line.take_for_answered()

    @property
    def abortable(self) -> bool:
        return self.phase in ABORTABLE

    async def pause(self, seconds: float) -> None:
        """Time that something takes. In pace "fast" it takes none."""
        if seconds > 0:
            await asyncio.sleep(seconds)

    # --- to the till

    async def accept(self, data: bytes = b"") -> None:
        """80 00."""
        if self.accepted:
            return
        self.accepted = True
        name = f"{self.code:04X}"
        if not await self._step(name, "answer"):
            return
        if self.line is not None:
            self.line.send(name, messages.positive(data))
        await self._step(name, "after")

    def refuse(self, code: int) -> None:
        if self.line is not None:
            self.line.send(f"{self.code:04X}", messages.negative(code))

    async def say(self, message: Apdu) -> Apdu | None:
        """A message, and the till's answer to it. None: there is none, and the terminal has waited long enough.

        A message that nobody can hear is not sent; so is one that the till's registration does not permit.
        """
        name = name_of(message)
        malformed = self.terminal.faults.take(Malformed, name) or self.terminal.faults.take(Malformed, self._inside(name))
        if malformed is not None and malformed.how == "skipped":
            return messages.positive()
        if not await self._step(name, "before") or not self.heard:
            return None
        assert self.line is not None
        seconds = self.terminal.settings.t3_ms / 1000
        after = Course()

        def sent() -> None:
            nonlocal after
            after = self._reach(name, "after")

        answer = await self.line.exchange(_built(message, malformed), seconds, sent)
        await self.pause(after.hold)
        if malformed is not None and malformed.how == "twice" and answer is not None and self.heard:
            await self.line.exchange(message, seconds)
        return None if after.lost else answer

    async def show(self, status: int, text: str = "") -> None:
        """04 FF, where the till wants it; and the terminal's own display."""
        terminal = self.terminal
        terminal.display = text or codes.DISPLAY.get(status, "")
        wanted = terminal.settings.intermediate
        if not terminal.intermediate_wanted or wanted == "none" or (wanted == "few" and self.phase != "card"):
            return
        minutes = 3 if status == codes.PLEASE_WAIT_LONG else 1
        if await self.say(messages.intermediate(terminal, status, terminal.display, minutes)) is None:
            self.unheard()

    def unheard(self) -> None:
        """The till does not answer in time: the connection counts as broken."""
        if self.line is not None:
            self.line.give_up()

    async def complete(self, message: Apdu) -> None:
        """06 0F or 06 1E: the till is master again when it has answered."""
        self.phase = "completion"
        if await self.say(message) is None:
            self.unheard()
            if self.terminal.settings.unconfirmed_end == "blocked":
                await asyncio.sleep(self.terminal.settings.blocked_seconds)

    async def fail(self, code: int, *, text: str = "", amount: int | None = None, card: str = "") -> None:
        """The end of a payment that came to nothing: 04 0F with the code, then 06 1E."""
        terminal = self.terminal
        told = text or codes.TEXTS.get(code, "")
        terminal.display = told
        self.phase = "result"
        shown = text if text else (codes.TEXTS.get(code, "") if card else "")
        if await self.say(messages.failed(terminal, code, text=shown, amount=amount, card=card)) is None:
            self.unheard()
        match terminal.settings.failed_end:
            case "06 0F":
                await self.complete(messages.completion())
            case "06 1E empty":
                await self.complete(Apdu(Code.ABORT))
            case _:
                text = "Abbruch durch externes Kommando!" if self.aborted else told
                await self.complete(messages.abortion(terminal, code, text, aborted=self.aborted))

    # --- to the people at the terminal

    async def hand(self, seconds: float) -> Hand:
        """What somebody does next. Raises Ended for the stop key, an abort of the till, and when nobody does anything."""
        done = await self.terminal.pad.wait(seconds)
        self._refuse_to_go_on(done)
        if done is None or (done.act == "key" and done.value == "STOP"):
            raise Ended(codes.ABORTED)
        return done

    def look_for_abort(self) -> None:
        """From here on an abort comes too late. Raises Ended for one that came before."""
        self._refuse_to_go_on(self.terminal.pad.pending())

    def _refuse_to_go_on(self, done: Hand | None) -> None:
        if done is not None and done.act in ("abort", "line"):
            self.aborted = done.act == "abort"
            raise Ended(codes.ABORTED)

    async def _step(self, name: str, step: Step) -> bool:
        """Whether it goes on. Raises PowerLost."""
        course = self._reach(name, step)
        await self.pause(course.hold)
        return not course.lost

    def _reach(self, name: str, step: Step) -> Course:
        """What faults make of this step: of those on the message, and on the message inside this command."""
        course = self.terminal.faults.reach(name, step)
        if not course.power_lost and name != f"{self.code:04X}":
            inside = self.terminal.faults.reach(self._inside(name), step)
            course = Course(course.lost or inside.lost, inside.power_lost, hold=course.hold + inside.hold)
        if course.power_lost:
            raise PowerLost
        return course

    def _inside(self, name: str) -> str:
        return f"{self.code:04X}:{name}"


def is_yes(answer: Apdu | None) -> bool:
    return answer is not None and is_positive(answer.code)


def _built(message: Apdu, malformed: Malformed | None) -> Apdu:
    match malformed.how if malformed is not None else "":
        case "no_result":
            return Apdu(message.code, message.data[2:] if message.data[:1] == b"\x27" else message.data)
        case "empty":
            return Apdu(message.code)
        case "unknown_field":
            return Apdu(message.code, message.data + b"\x5a\x00")
        case "length":
            return _TooLong(message.code, message.data)
        case _:
            return message


class _TooLong(Apdu):
    """Its length says one byte more than it has."""

    __slots__ = ()

    def to_bytes(self) -> bytes:
        raw = bytearray(Apdu.to_bytes(self))
        raw[3 if raw[2] == 0xFF else 2] += 1
        return bytes(raw)
