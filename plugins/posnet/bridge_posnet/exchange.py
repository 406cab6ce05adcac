"""Asking the printer: one owner of the link, one synchronous command at a time, answers told apart as they come.

Follows protocol-specs/posnet, "Execution model" and "Lost answers, power loss". What is asked, and what an answer means
for a receipt, is in `procedure.py` and `settlement.py`. Three rules are kept here and nowhere else:

- no command that changes the printer is ever sent twice; a late one is waited for, a lost one is asked for (`rpt`);
- an answer belongs to a command only by mnemonic and token; anything else is logged and dropped;
- a wait ends by an answer, by proof that none will come, or by a dead line; never because a person takes long.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bridge.plugin import UNWATCHED, Trouble, Watch
from bridge.transport import ByteLink, LinkError, LinkLost, LinkTimeout
from bridge_posnet import commands
from bridge_posnet.answers import DeviceStatus, PrinterStatus, is_answer_to
from bridge_posnet.bell import Bell, Patience
from bridge_posnet.condition import Condition
from bridge_posnet.frame import Decoder, Fault, Frame, Garbage
from bridge_posnet.reader import BadAnswer, error_of
from bridge_posnet.settings import Timeouts
from bridge_posnet.tokens import Tokens

TOKEN_NOT_FOUND = 13  # frame error of `rpt`, and of nothing else

_OVERRUN = frozenset((11, 14))  # frame errors: receive buffer or queue full
_DAMAGED = frozenset((4, 5, 6, 15))  # frame errors of a frame that was disturbed on its way to the printer

# How often a question that changes nothing is put again to a printer that is idle and alive. Once covers a disturbed
# line; a line that loses three in a row is no line.
ASK_TIMES = 3


@dataclass(slots=True, eq=False)
class _Waiter:
    """A command whose answer is awaited. `arrived` is set at its answer, at garbage, and when the link ends."""

    request: Frame
    arrived: Bell
    answer: Frame | None = None


class Exchange:
    """Owns a link for as long as it lives. `start` before use, `close` at the end.

    `tokens` is None while a printer is only probed: then nothing is asked twice.
    """

    def __init__(self, link: ByteLink, timeouts: Timeouts, logger: logging.Logger, tokens: Tokens | None = None) -> None:
        self.timeouts = timeouts
        self.tokens = tokens
        self._link = link
        self._log = logger
        self._waiting: list[_Waiter] = []
        self._ended: LinkError | None = None
        self._decoder = Decoder()
        self._patience = Patience()
        self._stop_listening: Callable[[], None] | None = None
        self._odd = False
        """Something came late, twice, damaged or not at all: from here on questions carry tokens too."""

    def start(self) -> None:
        self._stop_listening = self._link.listen(self._received, self._end)

    async def close(self) -> None:
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None
        self._patience.close()

    # --- what a driver asks for

    async def read(self, request: Frame, watch: Watch = UNWATCHED) -> Frame:
        """The answer to a question, which may be asked again: it changes nothing.

        Questions carry no token, because the printer keeps 32 answers and those to the commands of a receipt are worth
        more. After anything odd on this link they do carry one: then no late or doubled answer of an earlier question
        can be taken for the newer one.
        """
        for _ in range(ASK_TIMES if self.tokens is not None else 1):
            asked = commands.with_token(request, await self.tokens.take()) if self._odd and self.tokens else request
            answer = await self._exchange(asked, self.timeouts.read, watch)
            if answer is not None and not await self._not_taken_in(answer):
                return answer
            self._odd = True
        raise self.timeouts.ran_out("read", f"{request.mnemonic}: the printer answers, but not to this question")

    async def read_all(self, requests: Sequence[Frame], watch: Watch = UNWATCHED) -> list[Frame]:
        """The answers to several questions, asked in one go: the printer buffers frames and answers them in order.

        That holds as long as nothing odd happens. A late, doubled, damaged or missing answer might be taken for another
        question's, so one sign of it and all of them are asked again, one by one.
        """
        if not self._odd:
            answers = await self._burst(requests)
            if answers is not None:
                return answers
        return [await self.read(request, watch) for request in requests]

    async def send(self, request: Frame, seconds: float, watch: Watch = UNWATCHED) -> Frame:
        """The answer to a command that changes the printer. Sent once.

        Raises LinkLost where surely no answer will come: what became of the command is then for recovery to find out.
        """
        answer = await self._exchange(request, seconds, watch)
        if answer is None:
            raise LinkLost(
                f"{self.timeouts.called(seconds)} ran out: {request.mnemonic}: the printer is idle, and its answer is lost"
            )
        return answer

    async def stored(self, token: int, watch: Watch = UNWATCHED) -> Frame | None:
        """The answer that the printer keeps for a token, None where it has none (or does not know `rpt`)."""
        question = commands.rpt(f"{token:04d}")  # its token is the question itself, so `read` cannot ask it
        for _ in range(ASK_TIMES):
            answer = await self._exchange(question, self.timeouts.read, watch)
            if answer is not None and not await self._not_taken_in(answer):
                return None if answer.is_frame_error or answer.mnemonic == "rpt" else answer
        raise self.timeouts.ran_out("read", "rpt: the printer answers, but not to this question")

    async def barrier(self, watch: Watch = UNWATCHED) -> None:
        """Returns when the printer has worked off all that was sent before, on an earlier link too.

        The printer executes in order: its answer to a token that nobody used comes behind everything else. It frees no
        place in its store and takes none.
        """
        assert self.tokens is not None
        await self.stored(await self.tokens.take(), watch)

    def distrust(self) -> None:
        """From here on every question carries a token, so that no answer of an earlier link can pass for its own."""
        self._odd = True

    async def condition(self) -> Condition:
        """How the printer is, answered at once even while it waits for a person. Raises LinkTimeout on a dead line."""
        async with self._link.lock:
            return await self._ask_condition()

    async def trouble(self) -> Trouble | None:
        return (await self.condition()).trouble

    async def immediate(self, request: Frame) -> Frame:
        """The answer to a command that overtakes the queue."""
        async with self._link.lock:
            return await self._ask_immediately(request)

    async def _not_taken_in(self, answer: Frame) -> bool:
        """Whether the printer never saw this question, so that it is worth putting it again; waits before it says so."""
        if not (answer.is_frame_error and error_of(answer) in _OVERRUN | _DAMAGED):
            return False
        await asyncio.sleep(self.timeouts.poll)
        return True

    # --- one exchange

    async def _exchange(self, request: Frame, seconds: float, watch: Watch) -> Frame | None:
        """One command and its answer; None where it surely does not come."""
        async with self._link.lock:
            waiter = self._expect(request)
            try:
                await self._write(request)
                await self._wait(waiter.arrived, min(seconds, self.timeouts.notice))
                return waiter.answer or await self._outwait(waiter, seconds, watch)
            finally:
                self._waiting.remove(waiter)

    async def _burst(self, requests: Sequence[Frame]) -> list[Frame] | None:
        """All answers, or None where not everything went as it should."""
        async with self._link.lock:
            waiters = [self._expect(request) for request in requests]
            try:
                await self._write(*requests)
                for waiter in waiters:
                    while waiter.answer is None:
                        rung = await self._patience.wait(waiter.arrived, self.timeouts.notice)
                        if self._ended is not None:
                            raise self._ended
                        if not rung or self._odd:
                            self._odd = True
                            return None
                answers = [waiter.answer for waiter in waiters if waiter.answer is not None]
                return None if self._odd or any(_is_overrun(answer) for answer in answers) else answers
            finally:
                for waiter in waiters:
                    self._waiting.remove(waiter)

    async def _outwait(self, waiter: _Waiter, seconds: float, watch: Watch) -> Frame | None:
        """It takes long: find out why, and wait as long as there is a reason to, at least for the time of the command.

        Whoever stands at the till learns of missing paper now; only when the time is up is the answer given up for lost.
        """
        told = False
        asked = 0
        clock = asyncio.get_running_loop().time
        time_is_up = clock() + seconds - min(seconds, self.timeouts.notice)
        try:
            while waiter.answer is None:
                try:
                    trouble = (await self._ask_condition()).trouble
                except LinkTimeout:
                    if waiter.answer is None:
                        raise
                if waiter.answer is not None:
                    break
                late = clock() >= time_is_up
                if trouble is not None and (late or not trouble.working):
                    told = True
                    watch.attention(trouble.code, trouble.text)
                if trouble is not None or not late:
                    pause = self.timeouts.poll if trouble is not None or late else min(self.timeouts.poll, time_is_up - clock())
                    await self._wait(waiter.arrived, pause)
                    continue
                # Only the answer to a command is stored; a question is simply put again.
                stored = waiter.request.token is not None and waiter.request.mnemonic in commands.MUTATING
                if not stored or asked == ASK_TIMES:
                    return None
                asked += 1
                if await self._ask_for_stored(waiter, seconds):
                    return waiter.answer
            return waiter.answer
        finally:
            if told:
                watch.clear_attention()

    async def _ask_for_stored(self, late: _Waiter, seconds: float) -> bool:
        """`rpt` for a command whose answer did not come. True where that settles it, one way or the other.

        The stored answer is the original one byte for byte, so it reaches `late` by itself. Harmless to repeat; it waits in
        the queue behind the command, should the printer still be at it.
        """
        assert late.request.token is not None
        self._odd = True
        question = self._expect(commands.rpt(late.request.token), late.arrived)
        try:
            await self._write(question.request)
            await self._wait(late.arrived, seconds)
            return late.answer is not None or (question.answer is not None and not _is_overrun(question.answer))
        finally:
            self._waiting.remove(question)

    async def _ask_condition(self) -> Condition:
        device, printer = await self._ask_both()
        try:
            return Condition(
                None if error_of(device) is not None else DeviceStatus.from_frame(device),
                None if error_of(printer) is not None else PrinterStatus.from_frame(printer),
            )
        except BadAnswer as error:
            self._log.warning("%s", error)
            return Condition(None, None)

    async def _ask_both(self) -> tuple[Frame, Frame]:
        """`!sdev` and `!sprn`, in one go; what did not come, perhaps damaged on its way, is asked for once more."""
        requests = (commands.sdev(immediate=True), commands.sprn(immediate=True))
        waiters = [self._expect(request) for request in requests]
        try:
            await self._write(*requests)
            for waiter in waiters:
                if waiter.answer is None:
                    await self._wait(waiter.arrived, self.timeouts.dead / 2)
            first, second = (waiter.answer for waiter in waiters)
        finally:
            for waiter in waiters:
                self._waiting.remove(waiter)
        return (
            first or await self._ask_immediately(requests[0], times=1),
            second or await self._ask_immediately(requests[1], times=1),
        )

    async def _ask_immediately(self, request: Frame, times: int = 2) -> Frame:
        """Twice within the time that makes a line dead: the first answer may have been damaged on its way."""
        for _ in range(times):
            waiter = self._expect(request)
            try:
                await self._write(request)
                await self._wait(waiter.arrived, self.timeouts.dead / 2)
                if waiter.answer is not None:
                    return waiter.answer
            finally:
                self._waiting.remove(waiter)
            self._odd = True
        raise self.timeouts.ran_out("dead", f"!{request.mnemonic}: no answer, the line is dead")

    def _expect(self, request: Frame, arrived: Bell | None = None) -> _Waiter:
        waiter = _Waiter(request, arrived or Bell())
        self._waiting.append(waiter)
        return waiter

    async def _write(self, *requests: Frame) -> None:
        if self._ended is not None:
            raise self._ended
        if self._log.isEnabledFor(logging.DEBUG):
            for request in requests:
                self._log.debug("-> %s", commands.describe(request))
        await self._link.write(b"".join(request.to_bytes() for request in requests))

    async def _wait(self, arrived: Bell, seconds: float) -> None:
        """Until something for this command has happened, or the time is up."""
        await self._patience.wait(arrived, seconds)
        if self._ended is not None:
            raise self._ended

    # --- what comes in

    def _received(self, data: bytes) -> None:
        for event in self._decoder.feed(data):
            match event:
                case Frame():
                    self._dispatch(event)
                case Garbage():
                    self._garbage(event)

    def _dispatch(self, frame: Frame) -> None:
        if self._log.isEnabledFor(logging.DEBUG):
            self._log.debug("<- %s", commands.describe(frame))
        takers = [w for w in self._waiting if w.answer is None and belongs(w.request, frame)]
        if not takers:
            self._odd = True
            self._log.warning("dropped: nobody waits for %s", commands.describe(frame))
            return
        # An ERR that names nothing: the printer reports a damaged frame as it comes in, so it means the newest.
        taker = takers[-1] if frame.is_frame_error else takers[0]
        taker.answer = frame
        taker.arrived.ring()

    def _garbage(self, garbage: Garbage) -> None:
        self._odd = True
        self._log.warning("garbage, %s: %r", garbage.fault.value, garbage.data)
        if garbage.fault is not Fault.NOISE:
            # Perhaps the answer that is waited for: look after it now, not when the time is up.
            for waiter in self._waiting:
                waiter.arrived.ring()

    def _end(self, error: LinkError) -> None:
        self._ended = error
        for waiter in self._waiting:
            waiter.arrived.ring()


def _is_overrun(answer: Frame) -> bool:
    """Whether the frame came too early to be taken in: it may be sent again later."""
    return answer.is_frame_error and error_of(answer) in _OVERRUN


def belongs(request: Frame, answer: Frame) -> bool:
    """Whether an answer belongs to a command: by mnemonic and token."""
    if answer.is_frame_error and error_of(answer) == TOKEN_NOT_FOUND and request.mnemonic != "rpt":
        return False
    # An adapter that echoes what is written to it must not look like a printer that agrees to everything.
    if answer.immediate or (request.parameters and answer.parameters == request.parameters):
        return False
    # A printer echoes a token or leaves it out; it never invents one.
    if request.token is None and answer.token is not None:
        return False
    return is_answer_to(request, answer)
