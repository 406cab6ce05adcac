"""Asking the printer: one owner of the link, one command at a time, answers told apart as they come.

Follows protocol-specs/posnet/thermal.md, "Answers" and "What ties an answer to its command". The protocol has neither tokens
nor stored answers, and the answer to a command (`#Z`) has no check byte. Four rules follow, kept here and nowhere else:

- no command that changes the printer is ever sent twice;
- an answer belongs to a command by the command's own two characters; anything else is logged, dropped, and counted as odd;
- figures that decide something are read in a row (`read_row`) that counts only if nothing odd happened from its first
  question to its last: every question of a row has an answer of its own form, and the last one is not looked at, so that
  an answer left over from before shows as one too many;
- a wait ends by an answer, by proof that none will come, or by a dead line; never because a person takes long.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bridge.plugin import UNWATCHED, Trouble, Watch
from bridge.transport import ByteLink, LinkError, LinkLost, LinkTimeout
from bridge_posnet.bell import Bell, Patience
from bridge_posnet.settings import Timeouts
from bridge_posnet.thermal import commands
from bridge_posnet.thermal.answers import BadAnswer, EnquiryStatus, status_of
from bridge_posnet.thermal.condition import Condition
from bridge_posnet.thermal.errors import Refused
from bridge_posnet.thermal.frame import Control, Decoder, Garbage, Side, Status
from bridge_posnet.thermal.frame import Sequence as Command

ASK_TIMES = 3  # how often a question that changes nothing is put again to a printer that is alive

_STATUS = "#Z"
# What a question is answered with: the command of the answer, and its first number where that tells forms apart.
_FORMS: dict[tuple[str, tuple[int, ...]], tuple[str, tuple[int, ...]]] = {
    ("#s", ()): ("#X", (1, 2)),
    ("#s", (commands.CASH_INFO,)): ("#X", (1, 2)),
    ("#s", (commands.MEMORY_INFO,)): ("#X", (3,)),
    ("#s", (commands.DAILY_TOTALS,)): ("#X", (10,)),
    ("#s", (commands.DOCUMENT_NUMBER,)): ("#X", (50,)),
    ("#n", ()): ("#E", (1,)),
    ("#v", ()): ("#R", (1,)),
    ("#c", ()): ("#C", (1,)),
}
_QUESTIONS = frozenset(command for command, _ in _FORMS)


@dataclass(slots=True, eq=False)
class _Waiter:
    """What is awaited: the answer to `request`, or to the single byte `control`."""

    arrived: Bell
    request: Command | None = None
    control: Control | None = None
    answer: Command | Status | None = None
    error: int | None = None
    damaged: bool = False

    @property
    def done(self) -> bool:
        return self.answer is not None or self.error is not None


class Exchange:
    """Owns a link for as long as it lives. `start` before use, `close` at the end."""

    def __init__(self, link: ByteLink, timeouts: Timeouts, logger: logging.Logger) -> None:
        self.timeouts = timeouts
        self._link = link
        self._log = logger
        self._waiting: list[_Waiter] = []
        self._ended: LinkError | None = None
        self._decoder = Decoder(Side.HOST)
        self._patience = Patience()
        self._stop_listening: Callable[[], None] | None = None
        self._odd = 0
        """How often something came that nobody waited for, or came damaged, or did not come."""

    def start(self) -> None:
        self._stop_listening = self._link.listen(self._received, self._end)

    async def close(self) -> None:
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None
        self._patience.close()

    # --- what a driver asks for

    async def hush(self, watch: Watch = UNWATCHED) -> None:
        """Give up whatever an earlier link left half sent, and let errors be answered instead of shown until a key is pressed.

        Needed again after each power cut of the printer; costs one exchange and changes nothing that lasts.
        """
        async with self._link.lock:
            await self._link.write(bytes((Control.CAN,)))
        for _ in range(ASK_TIMES):
            waiter = await self._question(commands.error_mode(), watch)
            if waiter.error == 0:
                return
            if waiter.error is not None:
                raise Refused(commands.error_mode(), waiter.error)
        raise LinkTimeout("the printer answers, but not to commands: see its display, it may wait for a key")

    async def ask(self, question: Command, watch: Watch = UNWATCHED) -> Command:
        """The answer to a question, which may be asked again: it changes nothing. Raises Refused.

        An error is believed when it comes twice: it has no check byte, and other questions have the same two characters.
        """
        refused: int | None = None
        for _ in range(ASK_TIMES + 1):
            waiter = await self._question(question, watch)
            if isinstance(waiter.answer, Command):
                return waiter.answer
            if waiter.error is not None and waiter.error == refused:
                raise Refused(question, waiter.error)
            refused = waiter.error
        raise LinkTimeout(f"{commands.describe(question)}: the printer answers, but not to this question")

    async def ask_if_known(self, question: Command, watch: Watch = UNWATCHED) -> Command | None:
        """None where the printer refuses the question: older firmware does not know them all."""
        try:
            return await self.ask(question, watch)
        except Refused:
            return None

    async def read_row(self, questions: Sequence[Command], watch: Watch = UNWATCHED) -> list[Command | None]:
        """The answers to these questions, no two of one form, asked in a row in which nothing odd happened.

        The first one must be answered; others may be unknown to the printer (None). Raises LinkTimeout where the line
        gives no quiet row.
        """
        for _ in range(ASK_TIMES):
            odd = self._odd
            answers: list[Command | None] = [await self.ask(questions[0], watch)]
            for question in questions[1:]:
                answers.append(await self.ask_if_known(question, watch))
            await self.ask(commands.version(), watch)
            if self._odd == odd:
                return answers
            await asyncio.sleep(self.timeouts.poll)  # what is still on its way arrives meanwhile
        raise LinkTimeout("the line disturbs the answers: there was no undisturbed row of them")

    async def send(self, command: Command, seconds: float, watch: Watch = UNWATCHED) -> int:
        """The error number that answers a command which changes the printer, 0 for none. Sent once.

        Raises LinkLost where surely no answer will come: what became of the command is then for recovery to find out.
        """
        async with self._link.lock:
            waiter = self._expect(request=command)
            try:
                await self._write(command)
                await self._outwait(waiter, seconds, watch)
                if waiter.error is None:
                    # The printer works in order: once it answers this, it has dealt with the command.
                    await self._fence(waiter, seconds, watch)
                if waiter.error is None:
                    raise LinkLost(f"{commands.describe(command)}: the printer has gone on, and its answer is lost")
                return waiter.error
            finally:
                self._waiting.remove(waiter)

    async def condition(self) -> Condition:
        """How the printer is, answered at once even while it waits for a person. Raises LinkTimeout on a dead line."""
        async with self._link.lock:
            return await self._condition()

    async def trouble(self) -> Trouble | None:
        return (await self.condition()).trouble

    async def enquire(self) -> EnquiryStatus | None:
        """The answer to ENQ; None where none comes (a printer that is off-line does not answer it)."""
        async with self._link.lock:
            status = await self._single(Control.ENQ, self.timeouts.read)
            return EnquiryStatus(status.byte) if status is not None else None

    # --- one exchange

    async def _question(self, question: Command, watch: Watch) -> _Waiter:
        """One question, put once. Nothing in the waiter: no answer came."""
        async with self._link.lock:
            waiter = self._expect(request=question)
            try:
                await self._write(question)
                await self._outwait(waiter, self.timeouts.read, watch)
            finally:
                self._waiting.remove(waiter)
            if not waiter.done:
                self._odd += 1
            return waiter

    async def _fence(self, late: _Waiter, seconds: float, watch: Watch) -> None:
        for _ in range(ASK_TIMES):
            late.damaged = False
            fence = self._expect(request=commands.last_error(), arrived=late.arrived)
            try:
                await self._write(commands.last_error())
                await self._outwait(late, seconds, watch, other=fence)
            finally:
                self._waiting.remove(fence)
            if late.done or fence.done:
                return
            self._odd += 1
        raise LinkTimeout("the printer shows that it is on, but answers no commands: see its display")

    async def _outwait(self, waiter: _Waiter, seconds: float, watch: Watch, other: _Waiter | None = None) -> None:
        """Until the answer has come (or the other one's), or was damaged, or `seconds` are over in which nothing was wrong
        with the printer. While something is wrong, whoever stands at the till hears of it, and the wait goes on."""
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        notice = clock() + min(seconds, self.timeouts.notice)
        told = False
        try:
            while not waiter.done and not waiter.damaged and not (other is not None and (other.done or other.damaged)):
                now = clock()
                if now < notice:
                    await self._wait(waiter.arrived, notice - now)
                    continue
                trouble = (await self._condition()).trouble
                if waiter.done:
                    return
                if trouble is not None:
                    told = True
                    watch.attention(trouble.code, trouble.text)
                    until = clock() + seconds
                elif told:
                    told = False
                    watch.clear_attention()
                if clock() >= until:
                    return
                notice = clock() + min(self.timeouts.poll, max(until - clock(), 0.001))
        finally:
            if told:
                watch.clear_attention()

    async def _condition(self) -> Condition:
        status = await self._single(Control.DLE, self.timeouts.dead / 2) or await self._single(
            Control.DLE, self.timeouts.dead / 2
        )
        if status is None:
            raise LinkTimeout(f"no answer to DLE within {self.timeouts.dead:g} s, the line is dead")
        return Condition(status.byte)

    async def _single(self, control: Control, seconds: float) -> Status | None:
        waiter = self._expect(control=control)
        try:
            if self._ended is not None:
                raise self._ended
            await self._link.write(bytes((control,)))
            await self._wait(waiter.arrived, seconds)
            if waiter.answer is None:
                self._odd += 1
                # Inside a sequence whose end was lost on its way a status byte is one more letter of it.
                for event in self._decoder.interrupt():
                    if isinstance(event, Garbage):
                        self._garbage(event)
            return waiter.answer if isinstance(waiter.answer, Status) else None
        finally:
            self._waiting.remove(waiter)

    def _expect(self, *, request: Command | None = None, control: Control | None = None, arrived: Bell | None = None) -> _Waiter:
        waiter = _Waiter(arrived or Bell(), request, control)
        self._waiting.append(waiter)
        return waiter

    async def _write(self, command: Command) -> None:
        if self._ended is not None:
            raise self._ended
        self._log.debug("-> %s", commands.describe(command))
        await self._link.write(command.to_bytes())

    async def _wait(self, arrived: Bell, seconds: float) -> None:
        """Until something for this command has happened, or the time is up."""
        await self._patience.wait(arrived, seconds)
        if self._ended is not None:
            raise self._ended

    # --- what comes in

    def _received(self, data: bytes) -> None:
        for event in self._decoder.feed(data):
            match event:
                case Command():
                    self._dispatch(event)
                case Status():
                    self._dispatch_status(event)
                case Garbage():
                    self._garbage(event)

    def _dispatch(self, answer: Command) -> None:
        self._log.debug("<- %s", commands.describe(answer))
        if answer.command == _STATUS:
            try:
                number, about = status_of(answer)
            except BadAnswer as error:
                self._nobody(str(error))
                return
            # Some printers end the answer to a question with a `0#Z` [T1]: nobody waits for it, and nothing is odd.
            if about in _QUESTIONS and number == 0:
                return
            for waiter in self._waiting:
                if waiter.request is not None and waiter.request.command == about and not waiter.done:
                    waiter.error = number
                    waiter.arrived.ring()
                    return
        else:
            for waiter in self._waiting:
                if waiter.request is not None and not waiter.done and _answers(waiter.request, answer):
                    waiter.answer = answer
                    waiter.arrived.ring()
                    return
        self._nobody(commands.describe(answer))

    def _dispatch_status(self, status: Status) -> None:
        for waiter in self._waiting:
            if waiter.control is status.asked_by and not waiter.done:
                waiter.answer = status
                waiter.arrived.ring()
                return
        self._nobody(f"status byte {status.byte:02X}")

    def _nobody(self, what: str) -> None:
        self._odd += 1
        self._log.warning("dropped: nobody waits for %s", what)

    def _garbage(self, garbage: Garbage) -> None:
        self._odd += 1
        self._log.warning("garbage, %s: %r", garbage.fault.value, garbage.data)
        # Perhaps the answer that is waited for: look after it now, not when the time is up.
        for waiter in self._waiting:
            waiter.damaged = True
            waiter.arrived.ring()

    def _end(self, error: LinkError) -> None:
        self._ended = error
        for waiter in self._waiting:
            waiter.arrived.ring()


def _answers(question: Command, answer: Command) -> bool:
    """Whether this form is what the question is answered with."""
    form = _FORMS.get((question.command, question.parameters))
    return form is not None and answer.command == form[0] and answer.parameters[:1] != () and answer.parameters[0] in form[1]
