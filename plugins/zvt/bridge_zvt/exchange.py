"""Who speaks when: one command at a time, and whatever the terminal says until it has ended.

Follows protocol-specs/zvt, "Master and slave". Four rules are kept here and nowhere else:

- a command goes out once; whatever goes wrong with it ends the link;
- what the terminal says is written down before it is acknowledged;
- a message that can be read only in part is acknowledged all the same: a negative answer would reverse a payment;
- what an earlier command left behind is acknowledged and never taken for what belongs to this one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bridge.plugin import AbortAnswer, Aborted
from bridge.transport import LinkError, LinkLost
from bridge_zvt import commands
from bridge_zvt.answers import intermediate, text_of
from bridge_zvt.commands import Command, Ends
from bridge_zvt.frame import NEGATIVE_CLASS, NOT_SUPPORTED, Apdu, Bmp, Body, Code, is_answer, is_positive, masked, read
from bridge_zvt.line import Line
from bridge_zvt.refusals import Refused
from bridge_zvt.settings import ZvtSettings

ACCEPTED = Apdu(Code.POSITIVE)
UNKNOWN_COMMAND = Apdu(NEGATIVE_CLASS << 8 | NOT_SUPPORTED)

# A sign of life goes to the host at least so often, while a terminal is silent with a customer at its PIN pad.
_SIGN_OF_LIFE = 20.0

# Between the last acknowledgement of one command and the next command. There are terminals, emulators mostly, that take what one packet
# has for one message: a command right behind an acknowledgement is lost there. None where the terminal has shown that it reads by length,
# more where it has shown that it does not.
_BREATH = 0.01
_LONG_BREATH = 0.05

_UNDERSTOOD = frozenset(
    (
        Code.STATUS_INFORMATION,
        Code.INTERMEDIATE_STATUS,
        Code.COMPLETION,
        Code.ABORT,
        Code.PRINT_LINE,
        Code.PRINT_BLOCK,
        Code.SET_CLOCK_OF_TILL,  # acknowledged, and not done
    )
)


# Of commands that not every terminal answers: the setting that says so.
_SWITCHES: dict[int, str] = {Code.STATUS_ENQUIRY: "status_enquiry", Code.REPEAT_RECEIPT: "repeat_receipt"}


def _remedy(command: Command) -> str:
    switch = _SWITCHES.get(command.code)
    return f" (if it never does, set settings.{switch} to false)" if switch is not None else ""


def reply_to(apdu: Apdu) -> Apdu:
    """What a message of the terminal is answered with. Its content never makes the answer a negative one."""
    return ACCEPTED if apdu.code in _UNDERSTOOD else UNKNOWN_COMMAND


class Listener:
    """Who hears what a terminal says while its command runs. This one does nothing with it."""

    async def status_information(self, apdu: Apdu) -> None:
        """04 0F. It is acknowledged when this returns; an exception ends the link without."""

    async def receipt(self, apdu: Apdu) -> None:
        """06 D1 or 06 D3."""

    def intermediate(self, status: int, text: str | None) -> None:
        """04 FF."""

    def alive(self) -> None:
        """Nothing was heard for a while, and nothing is wrong with that."""


SILENT = Listener()


@dataclass(frozen=True, slots=True)
class Ending:
    """How a command ended. `message`: 06 0F or 06 1E; of a command that ends with its answer that one."""

    message: Apdu
    body: Body
    text: str | None = None

    @property
    def aborted(self) -> bool:
        return self.message.code == Code.ABORT

    @property
    def result(self) -> int | None:
        """The result code: of 06 1E its first byte (an empty one stands for a system error), of 06 0F BMP 27 where it has one."""
        if self.aborted:
            code = self.body.byte("result")
            return 0xFF if code is None else code
        return self.body.fields.byte(Bmp.RESULT)


class Exchange:
    """Owns a line for as long as it lives. `start` before use, `close` at the end.

    `on_stray` hears what an earlier command left behind, before it is acknowledged. `packets`: the terminal is known to take what one
    packet has for one message; `by_length`: it has shown that it does not. `lost_together`: the link ended when two messages had been
    sent in one, so that it may be such a one.
    """

    def __init__(self, line: Line, settings: ZvtSettings, logger: logging.Logger) -> None:
        self.timeouts = settings.timeouts
        self.on_stray: Callable[[Apdu], Awaitable[None]] = self._forget
        self.packets = False
        self.by_length = False
        self.lost_together = False
        self._line = line
        self._settings = settings
        self._log = logger
        self._running: Command | None = None
        self._wanted = False  # an abort is to be sent
        self._owed: asyncio.Future[AbortAnswer] | None = None  # whoever asked for one waits for its answer
        self._unanswered = 0  # aborts that were sent, and of which the terminal has said nothing
        self._patient_until = 0.0  # until then it may
        self._fresh = True
        self._replied = 0.0  # when the terminal's last message was answered
        self._held: Apdu | None = None  # an acknowledgement that goes out together with the next command
        self._spent = False  # this job has sent a command that moves money
        self._given_up = False  # it is not to send one any more

    def begin(self) -> None:
        """A new job."""
        self._spent = self._given_up = False

    def start(self) -> None:
        self._line.start()

    async def close(self) -> None:
        await self._line.close()

    async def run(
        self, command: Command, listener: Listener = SILENT, *, seconds: float | None = None, hold: bool = False
    ) -> Ending:
        """One command, to its end. `seconds`: for its first answer, T3 where nothing is given. `hold`: another one follows at once that
        moves no money, and its completion is acknowledged together with that (`release` where none follows after all).

        Raises Refused where the terminal did not begin it, LinkError where its end is not known; Aborted where it would move money, and
        the job was given up while the line was waited for: it was not sent then.
        """
        async with self._line.lock:
            await self._drain()
            if command.money and self._given_up:
                raise Aborted
            self._running, self._wanted, self._unanswered = command, False, 0
            self._spent = self._spent or command.money
            try:
                self._log.debug("-> %s", command.title)
                answer = await self._begin(command, seconds or self.timeouts.t3, listener)
                if not is_positive(answer.code):
                    await self._make_sure(command)
                    self._log.debug("<- %s", answer)
                    raise Refused(command.title, answer.code & 0xFF)
                if command.ends is Ends.ANSWER:
                    return Ending(answer, read(answer, command.code))
                return await self._follow(command, listener, hold=hold and self._line.in_packets and not self.packets)
            finally:
                self._running = None
                self._settle_abort(AbortAnswer.TOO_LATE)

    async def abort(self) -> AbortAnswer:
        """Ask the terminal to give up the command that runs. The answer is its own; what comes of it the command's end tells.

        Before a command that moves money is sent it is not sent any more; behind one it is too late.
        """
        if not self._settings.abort_supported:
            return AbortAnswer.UNSUPPORTED
        if self._running is None or not self._running.money:
            if self._spent:
                return AbortAnswer.TOO_LATE
            self._given_up = True
            return AbortAnswer.REQUESTED
        if self._owed is None:
            self._owed = asyncio.get_running_loop().create_future()
            self._wanted = True
            self._line.wake()
        return await asyncio.shield(self._owed)

    # --- one command

    async def _begin(self, command: Command, seconds: float, listener: Listener) -> Apdu:
        """Send it. A pair in one packet, which is answered, shows that the terminal reads by length."""
        if self._held is not None and not command.money:
            held, self._held = self._held, None
            self.lost_together = True
            await self._line.send(held, command.apdu)
            answer = await self._first_answer(command, seconds, listener)
            self.lost_together = False
            self.by_length = is_positive(answer.code)
            if answer.code != UNKNOWN_COMMAND.code:  # else the pair may have been read as one command
                return answer
            self._replied = self._now()
        await self.release()
        await self._breathe()
        await self._line.send(command.apdu)
        return await self._first_answer(command, seconds, listener)

    async def release(self) -> None:
        """Nothing follows what was held."""
        held, self._held = self._held, None
        if held is not None:
            await self._line.send(held)
            self._replied = self._now()

    async def _first_answer(self, command: Command, seconds: float, listener: Listener) -> Apdu:
        due = self._now() + seconds
        while True:
            message = await self._line.receive(due)
            if message is None:
                if self._now() < due:
                    continue  # an abort was asked for: it goes out when the terminal has begun
                raise self.timeouts.ran_out("t3", f"the terminal did not answer the command '{command.title}'{_remedy(command)}")
            if is_answer(message.code):
                return message
            await self._stray(message)

    async def _make_sure(self, command: Command) -> None:
        """A refusal that came late, of an earlier command, would pass for one of this: a payment would be under way that the till
        believes refused. The terminal then goes on to speak."""
        if not command.money:
            return
        due = self._now() + self.timeouts.quiet
        while self._now() < due:
            message = await self._line.receive(due)
            if message is not None:
                raise LinkLost(f"the terminal refused the command '{command.title}', and went on with {message}")

    async def _follow(self, command: Command, listener: Listener, *, hold: bool = False) -> Ending:
        patience = self.timeouts.t4
        due = self._now() + patience
        aborted = begun = False
        while True:
            if self._wanted:
                self._wanted = False
                await self._send_abort()
            if self._owed is not None and self._unanswered and self._now() >= self._patient_until:
                self._settle_abort(AbortAnswer.UNSUPPORTED)  # [Z10]
            wait = (self._patient_until,) if self._owed is not None and self._unanswered else ()
            message = await self._line.receive(min(due, self._now() + _SIGN_OF_LIFE, *wait))
            if message is None:
                if self._now() < due:
                    listener.alive()
                    continue
                if aborted or not self._settings.abort_supported:
                    raise self.timeouts.ran_out("t4", f"the terminal did not end the command '{command.title}'")
                aborted = True
                self._log.warning("%s: nothing for %g s, it is aborted", command.title, patience)
                await self._send_abort()
                due = self._now() + self.timeouts.abort
                continue
            if is_answer(message.code):
                if not self._unanswered and not begun and not is_positive(message.code):
                    raise LinkLost(f"the terminal accepted the command '{command.title}' and refused it: {message}")
                self._abort_answered(message)
                continue
            begun = True
            if message.code in (Code.COMPLETION, Code.ABORT):
                body = read(message, command.code)
                self._log.debug("<- %s", message)
                if hold and message.code == Code.COMPLETION and not self._unanswered:
                    self._held = reply_to(message)
                else:
                    await self._acknowledge_end(message, command)
                return Ending(masked(message, command.code), body, text_of(body, self._settings.charset))
            patience = await self._take(message, listener) or patience
            due = self._now() + (patience if not aborted else self.timeouts.abort)

    async def _acknowledge_end(self, message: Apdu, command: Command) -> None:
        """A terminal that hangs up behind its last word has told it all the same: what became of money is known."""
        try:
            await self._reply(message)
            await self._collect_abort_answer()
        except LinkError as error:
            if not command.money:
                raise
            self._log.info("the link ended behind %s: %s", message, error)

    async def _take(self, message: Apdu, listener: Listener) -> float | None:
        """Hand a message on, then answer it. Returns the T4 that it asks for."""
        seconds = None
        hidden = masked(message)
        match message.code:
            case Code.STATUS_INFORMATION:
                await listener.status_information(hidden)
            case Code.PRINT_LINE | Code.PRINT_BLOCK:
                await listener.receipt(hidden)
            case Code.INTERMEDIATE_STATUS:
                status, text, seconds = intermediate(hidden, self._settings.charset)
                listener.intermediate(status, text)
            case _:
                pass
        await self._reply(message)
        return seconds

    async def _reply(self, message: Apdu) -> None:
        await self._line.send(reply_to(message))
        self._replied = self._now()

    async def _breathe(self) -> None:
        if not self._line.in_packets or self.by_length:
            return
        pause = self._replied + (_LONG_BREATH if self.packets else _BREATH) - self._now()
        if pause > 0:
            await asyncio.sleep(pause)

    async def _send_abort(self) -> None:
        """Only where every message of the terminal was answered: the next 80 or 84 is then this one's."""
        self._unanswered += 1
        self._patient_until = self._now() + self.timeouts.t3
        await self._line.send(commands.abort().apdu)

    def _abort_answered(self, message: Apdu) -> None:
        self._unanswered = max(0, self._unanswered - 1)
        self._settle_abort(AbortAnswer.REQUESTED if is_positive(message.code) else AbortAnswer.TOO_LATE)

    async def _collect_abort_answer(self) -> None:
        """The command has ended before its abort was answered: that answer may still come, and is nobody else's."""
        while self._unanswered and self._now() < self._patient_until:
            message = await self._line.receive(self._patient_until)
            if message is not None and is_answer(message.code):
                self._abort_answered(message)
            elif message is not None:
                await self._stray(message)
        self._unanswered = 0

    def _settle_abort(self, answer: AbortAnswer) -> None:
        owed, self._owed = self._owed, None
        self._wanted = False
        if owed is not None and not owed.done():
            owed.set_result(answer)

    # --- what is left of earlier commands

    async def catch_up(self) -> None:
        """The terminal answers the command before: it is listened to until it has repeated whatever was not acknowledged."""
        async with self._line.lock:
            await self._drain(self.timeouts.t2 + self.timeouts.quiet)

    async def _drain(self, seconds: float | None = None) -> None:
        """Nothing that came before a command is its answer. A line that was just opened is listened to first: a terminal on a
        serial line does not know that we were away. `seconds`: for how long."""
        if seconds is None:
            seconds = self.timeouts.quiet if self._fresh and self._line.keeps_talking else 0.0
        due = self._now() + seconds
        self._fresh = False
        while True:
            message = await self._line.receive(due)
            if message is None:
                return
            if is_answer(message.code):
                self._log.info("an answer %s that nothing was asked for", message)
            else:
                await self._stray(message)
            due = max(due, self._now() + (self.timeouts.quiet if self._line.keeps_talking else 0.0))

    async def _stray(self, message: Apdu) -> None:
        self._log.info("the terminal says %s of an earlier command", message)
        await self.on_stray(masked(message))
        await self._reply(message)

    async def _forget(self, apdu: Apdu) -> None:
        """Of a terminal that is only looked at."""

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
