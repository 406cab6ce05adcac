"""The terminal's core: its lines, the one command that runs, hands, power, and what follows from settings and memory.

Source: protocol-specs/zvt, "Simulator", "Terminal states". What a command does is in the handlers (`payments.py`, `reservations.py`,
`batches.py`, `service.py`); what becomes of an approval that nobody confirms is in `confirming.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Literal

from bridge_simulators.device import Clock, Occupied, Session, SimulatedDevice, Wire
from bridge_simulators.face import Face
from bridge_simulators.faults import Course, Fault
from bridge_simulators.jsonable import from_json, to_json
from bridge_simulators.pace import Pace
from bridge_simulators.settings import changed
from bridge_simulators.zones import clock_in, read_zone
from bridge_zvt.frame import Apdu, Code

from bridge_sim_zvt import batches, codes, confirming, messages, payments
from bridge_sim_zvt.cards import Script, find_script, script_for
from bridge_sim_zvt.commands import COMMANDS
from bridge_sim_zvt.dialogue import Dialogue, Ended, PowerLost, Refusal
from bridge_sim_zvt.face import FACE, act_at, view_of
from bridge_sim_zvt.faults import KINDS
from bridge_sim_zvt.hands import Customer, Hand, Pad
from bridge_sim_zvt.line import Line, SerialLine, SerialSession, TcpLine, name_of
from bridge_sim_zvt.memory import Memory, Registration
from bridge_sim_zvt.receipts import WIDTH, Receipt
from bridge_sim_zvt.request import Request
from bridge_sim_zvt.settings import FIXED, USUAL_ZONE, ZvtSettings, check

Duration = Literal["card", "pin", "host", "work"]

_REAL_MS: Mapping[Duration, int] = {"card": 2500, "pin": 3500, "host": 1800, "work": 2500}
_CODECS = {"cp437": "cp437", "latin1": "latin-1", "latin15": "iso8859-15", "utf8": "utf-8"}
_IDLE_TEXT = "Willkommen"


class Terminal(SimulatedDevice):
    """A payment terminal."""

    id: ClassVar[str] = "zvt"
    paper_width: ClassVar[int] = WIDTH
    fault_kinds: ClassVar[tuple[type[Fault], ...]] = KINDS
    fixed_settings: ClassVar[frozenset[str]] = FIXED
    face: ClassVar[Face | None] = FACE
    settings: ZvtSettings
    memory: Memory

    def __init__(
        self,
        settings: ZvtSettings,
        *,
        clock: Clock | None = None,
        pace: Pace | None = None,
        state_file: Path | None = None,
    ) -> None:
        zone = read_zone(settings.zone, USUAL_ZONE)
        super().__init__(clock=clock_in(zone, clock), pace=pace or Pace(), state_file=state_file)
        self.settings = settings
        self.pad = Pad()
        self.customer = Customer(self)
        self.display = _IDLE_TEXT
        self.scripts: list[str] = []  # of the next payments, before the setting counts
        self.serial = SerialLine(self)
        self.lines: list[TcpLine] = []
        self.dialogue: Dialogue | None = None
        self._task: asyncio.Task[None] | None = None
        self._waiting: list[tuple[Line, Apdu, Course]] = []
        self._timers: set[asyncio.TimerHandle] = set()
        self._silent_until: float | None = None
        self._auto_batch = False
        self._others: list[Decimal] = []
        self._till_text = False  # the running command has put a text on the display, which stays
        self.memory = Memory(
            settings.tid,
            settings.password,
            receipt=settings.first_receipt,
            trace=settings.first_trace,
            turnover=settings.first_trace,
            registration=Registration(registered=True, config=0x8E) if settings.registered else Registration(),
        )
        stored = self.load()
        if stored is not None:
            self.memory = from_json(Memory, stored)
            confirming.after_power_loss(self)
        self.save()

    # --- what follows from settings and memory

    @property
    def may_send_tlv(self) -> bool:
        return self.memory.registration.tlv or self.settings.sends_tlv == "always"

    @property
    def intermediate_wanted(self) -> bool:
        registration = self.memory.registration
        return registration.registered and bool(registration.config & 0x08)

    def prints_at_till(self, *, administration: bool = False) -> bool:
        """Whether receipts go to the till as print messages."""
        registration = self.memory.registration
        asked = registration.config & (0x04 if administration else 0x02)
        return registration.registered and bool(asked) and bool(registration.config & 0x80)

    def prints_itself(self, *, administration: bool = False) -> bool:
        registration = self.memory.registration
        return not registration.registered or not registration.config & (0x04 if administration else 0x02)

    def print_messages(self, receipt: Receipt) -> list[Apdu]:
        """How this receipt goes to the till; empty where its registration permits neither lines nor blocks."""
        permitted = self.memory.registration.commands
        if permitted is not None and "06D3" in permitted and self.may_send_tlv:
            return messages.as_blocks(self, receipt)
        return messages.as_lines(self, receipt) if permitted is None or "06D1" in permitted else []

    def encoded(self, text: str) -> bytes:
        """In the character set that is in force; what it lacks becomes '?'."""
        name = self.memory.registration.charset or self.settings.charset
        return text.encode(_CODECS[name], "replace")

    def seconds(self, what: Duration) -> float:
        chosen: int = getattr(self.settings, f"{what}_ms")
        if chosen >= 0:
            return chosen / 1000
        return _REAL_MS[what] / 1000 if self.pace.name == "real" else 0.0

    @property
    def state_code(self) -> int:
        """The terminal's state as 05 01 tells it."""
        if self.memory.status:
            return self.memory.status
        if self.settings.end_of_day_due:
            return codes.EOD_REQUIRED
        match self.settings.memory_needs:
            case "initialisation":
                return codes.INIT_NEEDED
            case "diagnosis":
                return codes.DIAGNOSIS_NEEDED
            case _:
                return codes.CARD_INSERTED if self.pad.slot else codes.READY

    def script_of(self, amount: int) -> Script:
        """What the holder of this payment does."""
        if self.scripts:
            return find_script(self.scripts.pop(0))
        magic = script_for(amount) if self.settings.magic else None
        return find_script(magic or self.settings.customer)

    # --- connections

    def attach(self, wire: Wire, port: str) -> Session:
        if self.settings.transport == "serial":
            return SerialSession(self.serial, wire)
        if any(not line.silent for line in self.lines):
            if self.settings.further_client == "refuse":
                raise Occupied("the terminal talks with another till")
            for line in list(self.lines):
                line.give_up()
        line = TcpLine(self, wire)
        self.lines.append(line)
        return line

    def gone(self, line: TcpLine) -> None:
        """A connection has ended."""
        if line in self.lines:
            self.lines.remove(line)
        running = self.dialogue
        if running is not None and running.line is line and self.settings.on_disconnect == "stops" and running.abortable:
            self.pad.do(Hand("line"))

    # --- commands

    def runs(self, code: int) -> bool:
        """Whether this command is under way, and not at its very end."""
        return self.dialogue is not None and self.dialogue.code == code and not self.dialogue.ending

    def take(self, line: Line, message: Apdu) -> None:
        """A command of the till's."""
        if not self.powered or self.answers_nothing:
            return
        name = name_of(message)
        course = self.faults.reach(name, "before")
        if course.power_lost or course.lost:
            return
        if course.refuse is not None:
            line.send(name, messages.negative(course.refuse))
            return
        if message.code == Code.ABORT_COMMAND:
            self._abort(line, name)  # it crosses a message on its way: the till need not have had that
            return
        if self.dialogue is not None and self.dialogue.phase == "completion" and self.settings.unconfirmed_end == "idle":
            self.dialogue.go_on(line)
        if self.dialogue is not None and self.dialogue.ending:
            self._waiting.append((line, message, course))  # its last answer is there, it only has to be looked at
        elif self.dialogue is not None:
            if self.settings.while_busy != "silence":
                line.send(name, messages.negative(int(self.settings.while_busy, 16)))
        else:
            self._begin(line, message, course)

    def _abort(self, line: Line, name: str) -> None:
        """06 B0: taken until the host is asked. What is answered says nothing about the end."""
        running = self.dialogue if self.dialogue is not None and not self.dialogue.ending else None
        match self.settings.abort:
            case "ignored":
                return
            case "unsupported":
                line.send(name, messages.negative(codes.UNSUPPORTED))
            case "loses":
                line.send(name, messages.positive())
            case _ if running is not None and not running.abortable:
                line.send(name, messages.negative(codes.UNSUPPORTED))
            case _:
                line.send(name, messages.positive())
                if running is not None:
                    self.pad.do(Hand("abort"))
                else:
                    self.customer.leave()  # a card that 06 C0 had read is released

    def _begin(self, line: Line, message: Apdu, course: Course) -> None:
        dialogue = Dialogue(self, line, message.code)
        self._run(dialogue, lambda: self._execute(dialogue, message, course.hold))

    async def _execute(self, dialogue: Dialogue, message: Apdu, hold: float) -> None:
        await dialogue.pause(hold)
        command = COMMANDS.get(message.code)
        try:
            if command is None:
                raise Refusal(codes.UNSUPPORTED)
            request = Request(message, command.positional(message.data))
            self._check_password(request, needed=command.password or self._status_locked(message.code))
            if request.fields.has_tlv:
                self.memory.registration.tlv = True
            if self.memory.status and not command.always:
                raise Ended(self.memory.status)
            await command.run(dialogue, request)
        except Refusal as refusal:
            dialogue.refuse(refusal.code)
        except Ended as ended:
            await dialogue.accept()
            await dialogue.complete(messages.abortion(self, ended.code, ended.text))

    def _status_locked(self, code: int) -> bool:
        return code == Code.STATUS_ENQUIRY and self.settings.status_password

    def _check_password(self, request: Request, *, needed: bool) -> None:
        if not needed and not request.password:
            return
        digits = int(self.settings.password_digits)
        if request.password[:digits] == self.memory.password[:digits] or self.settings.wrong_password == "accepted":
            return
        if self.settings.wrong_password == "84":
            raise Refusal(codes.PIN_WRONG)
        raise Ended(codes.PIN_WRONG)

    def work(self, code: int, doing: Callable[[Dialogue], Coroutine[Any, Any, None]]) -> None:
        """Something that the terminal does by itself, as if it were a command."""
        dialogue = Dialogue(self, None, code)
        dialogue.accepted = True
        self._run(dialogue, lambda: doing(dialogue))

    def _run(self, dialogue: Dialogue, doing: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.dialogue = dialogue

        async def run() -> None:
            try:
                await doing()
            except PowerLost:
                return
            finally:
                if self.dialogue is dialogue:
                    self._idle()

        self._task = asyncio.get_running_loop().create_task(run())

    def _idle(self) -> None:
        if self.dialogue is not None and self.dialogue.used_card:
            self.customer.leave()
        self.dialogue = None
        self.customer.stop()
        self.pad.reset()
        if not self._till_text:
            self.display = self._idle_text
        self._till_text = False
        self._look()

    @property
    def _idle_text(self) -> str:
        return codes.TEXTS.get(self.memory.status, "Außer Betrieb") if self.memory.status else _IDLE_TEXT

    def _look(self) -> None:
        """What waits until nothing runs: another till's payments, the terminal's own end of day."""
        if self.dialogue is not None or not self.powered:
            return
        if self._waiting and not self.answers_nothing:
            self._begin(*self._waiting.pop(0))
            return
        self._waiting.clear()
        if self._auto_batch:
            self._auto_batch = False
            batches.close_batch(self, "device")
        while self._others:
            payments.foreign_sale(self, self._others.pop(0))

    # --- time

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Something that happens by itself, unless the power goes."""

        def run() -> None:
            self._timers.discard(timer)
            act()

        timer = asyncio.get_running_loop().call_later(seconds, run)
        self._timers.add(timer)

    @property
    def answers_nothing(self) -> bool:
        return self._silent_until is not None and asyncio.get_running_loop().time() < self._silent_until

    def answer_nothing(self, seconds: float) -> None:
        """An update, a boot, work of its own: nobody is answered for so long."""
        if seconds > 0:
            self._silent_until = asyncio.get_running_loop().time() + seconds

    def restart_after(self, seconds: float, off: float) -> None:
        """It switches itself off and on again."""
        loop = asyncio.get_running_loop()

        def off_now() -> None:
            self.power(False)
            loop.call_later(off, self.power, True)

        self.later(seconds, off_now)

    def show_text(self, text: str, seconds: float) -> None:
        """A text of the till's on the display; 0 seconds: until something else is shown."""
        self.display, self._till_text = text, True

        def away() -> None:
            if self.display == text:
                self.display = self._idle_text

        if seconds:
            self.later(seconds, away)

    # --- what faults and people do

    def fall_silent(self, seconds: float) -> None:
        lines: list[Line] = [*self.lines, self.serial]
        for line in lines:
            line.silent = True
            if seconds:
                self.later(seconds, lambda line=line: setattr(line, "silent", False))  # type: ignore[misc]

    def end_of_day_by_itself(self, seconds: float) -> None:
        self._auto_batch = True
        self._look()
        self.answer_nothing(seconds)

    def lock(self, status: int) -> None:
        self.memory.status = status
        self.display = self._idle_text
        self.save()

    def press_key(self) -> None:
        """The green key."""
        self.pad.do(Hand("key", "OK"))

    def on_hand(self) -> None:
        """Paper, cover or a setting has changed: what waited for it is looked at again."""
        check(self.settings)
        self._look()

    def foreign(self, total: Decimal | None = None, *, hold: float = 0.0) -> None:
        self._others.append(total if total is not None else Decimal("1.00"))
        self._look()

    def foreign_total(self) -> Decimal | None:
        if self.dialogue is not None and self.dialogue.amount is not None:
            return Decimal(self.dialogue.amount) / 100
        last = next((one for one in reversed(self.memory.transactions) if one.kind == "sale"), None)
        return Decimal(last.amount) / 100 if last is not None else None

    def done_with(self, **switches: str) -> None:
        """What the terminal needed has been done: the switches that said so change."""
        self.settings = changed(self.settings, switches)

    # --- its face

    def view(self) -> dict[str, Any]:
        return view_of(self)

    def act(self, form: Mapping[str, str]) -> None:
        act_at(self, form)

    # --- power and memory

    def on_power_off(self) -> None:
        self.faults.drop_delayed()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self.dialogue = None
        self._waiting.clear()
        self._silent_until = None
        self.customer.stop()
        self.pad.reset()
        self.serial.power_off()
        self.display = ""
        self.save()

    def on_power_on(self) -> None:
        self.display = self._idle_text
        self.answer_nothing(self.settings.boot_seconds)
        confirming.after_power_loss(self)
        self.save()
        self._look()

    def snapshot(self) -> dict[str, Any]:
        memory: dict[str, Any] = to_json(self.memory)
        return memory

    def state(self) -> dict[str, Any]:
        running = self.dialogue
        return super().state() | {
            "phase": running.phase if running is not None else "idle",
            "command": f"{running.code:04X}" if running is not None else "",
            "display": self.display,
            "prompt": self.pad.prompt,
            "card": self.pad.slot,
            "state_code": self.state_code,
            "scripts": list(self.scripts),
        }
