"""The register's core: the port, execution of commands step by step, passwords and modes, paper, hands, power.

Source: protocol-specs/atol, "Answers", "Modes". What a command does is in the handlers (`selling.py`, `shift.py`, `fn_commands.py` and so
on); mode and open receipt belong to the register, never to a connection.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from bridge_sim_fn import storage, wording
from bridge_sim_fn.memory import FnDocument
from bridge_sim_fn.register import FnRegister
from bridge_simulators.device import Clock, Session, Wire
from bridge_simulators.faults import Course, Fault
from bridge_simulators.jsonable import from_json
from bridge_simulators.pace import Pace
from bridge_simulators.paper import wrap

from bridge_sim_atol import receipts, render, reports
from bridge_sim_atol.answers import OK
from bridge_sim_atol.commands import COMMANDS
from bridge_sim_atol.faults import KINDS
from bridge_sim_atol.mechanism import Mechanism
from bridge_sim_atol.memory import Memory
from bridge_sim_atol.other_program import OtherProgram
from bridge_sim_atol.port import Answered, Execution, Lost, Port
from bridge_sim_atol.port_v2 import TurnPort
from bridge_sim_atol.port_v3 import TaskPort
from bridge_sim_atol.refusals import BUSY, LENGTH, MODE, NO_PAPER, PASSWORD, SHIFT_EXPIRED, UNKNOWN, Refusal
from bridge_sim_atol.reports import Running
from bridge_sim_atol.request import REGISTRATION, SELECT, Call, Command, Request
from bridge_sim_atol.settings import FIXED, RegisterSettings
from bridge_sim_atol.tables import Tables

_PASSWORD = 2
_SYSTEM_ADMINISTRATOR = 30
_NO_PAPER_ANSWER = bytes((0x55, NO_PAPER, 0))


class Register(FnRegister):
    """A fiscal register with an FN.

    Beside its port, `perform` executes a command in this process at once, and `local.py` does it as a program on the wire would.
    """

    id: ClassVar[str] = "atol"
    paper_width: ClassVar[int] = wording.WIDTH
    fault_kinds: ClassVar[tuple[type[Fault], ...]] = KINDS
    fixed_settings: ClassVar[frozenset[str]] = FIXED
    settings: RegisterSettings
    memory: Memory

    def __init__(
        self, settings: RegisterSettings, *, clock: Clock | None = None, pace: Pace | None = None, state_file: Path | None = None
    ) -> None:
        super().__init__(settings, clock=clock, pace=pace, state_file=state_file)
        self.tables = Tables(self)
        self.mechanism = Mechanism(self)
        self.other = OtherProgram(self)
        self.operator = _SYSTEM_ADMINISTRATOR  # in whose name the mode was entered
        self.pending = ""  # tags that were written before any document was opened
        self.display = ""  # what 8F has shown to the customer
        self.free_lines: list[str] = []  # of a document that is not fiscal
        self.blocks = b""  # of a tag that comes in pieces
        self.clock_asked = b""  # 64 or 4B that waits for its second time
        self.report: Running | None = None
        self.reading = self.position = 0  # A4 45 chose this document, A4 46 has told so many tags of it
        self.memory = Memory(storage.new_fn(settings, settings.fn_serial, self.now()))
        stored = self.load()
        if stored is not None:
            self.memory = from_json(Memory, stored)
        elif settings.registered:
            storage.register_device(self, 0, storage.FORM_REGISTRATION)
        self.port: Port = TurnPort(self) if settings.protocol == "v2" else TaskPort(self)
        if stored is not None:
            self.power_up()
        self.save()

    # --- what follows from settings and memory

    @property
    def serial_text(self) -> str:
        """Its serial number, as documents have it."""
        return self.settings.serial.zfill(14)

    @property
    def mode(self) -> int:
        """The mode byte: the mode in the lower half, its submode in the upper one."""
        return self.report.mode if self.report is not None else self.memory.mode

    # --- connections

    def attach(self, wire: Wire, port: str) -> Session:
        return self.port.attach(wire)

    # --- execution

    def perform(self, command: bytes, *, origin: str = "local") -> bytes:
        """Execute a command (without the password of access) at once, and print. The whole answer, as it stands behind A3 or A4.

        No fault strikes. What is on the wire meanwhile is not looked after: for a program of its own take `local.Program`.
        """
        answer, executed = self._perform(bytes.fromhex(self.settings.access_password) + command, Course(), origin)
        if executed is not None and executed.changes:
            self.save()
            self.mechanism.start()
            self.save()
        return answer

    def execute(self, name: str, data: bytes, before: Course, *, origin: str = "pc") -> Execution:
        """One command from its beginning to its answer."""
        if before.hold:
            yield before.hold
        answer, command = self._perform(data, before, origin)
        if command is None:
            return Answered(answer, error=True)
        if command.changes:
            self.save()  # whoever is killed from now on has executed it
        recorded = self.faults.reach(name, "recorded")
        if recorded.power_lost:
            return Lost(power=True)
        if recorded.hold:
            yield recorded.hold
        failed = self._print(command)
        if failed:
            answer = _NO_PAPER_ANSWER
        after = self.faults.reach(name, "after")
        if after.power_lost:
            return Lost(power=True)
        if recorded.lost or after.lost:
            return Lost(power=False)
        if after.hold:
            yield after.hold
        last = self.faults.reach(name, "answer")
        if last.power_lost:
            return Lost(power=True)
        if last.hold:
            yield last.hold
        return Answered(answer, error=failed)

    def executed(self) -> None:
        """The answer is with the port."""
        self.other.look()

    def _print(self, command: Command) -> bool:
        """What the command left to print; whether the paper ended, and it is answered with that."""
        self.mechanism.start()
        stuck = bool(self.memory.unprinted) and not self.mechanism.busy
        if command.work == "print":
            self.save()
        if not stuck or command.work != "print" or self.settings.paper_ran_out != "error":
            return False
        return not self.mechanism.ready

    def _perform(self, data: bytes, course: Course, origin: str) -> tuple[bytes, Command | None]:
        """The answer, and the command that was executed; None where it was refused."""
        try:
            if len(data) <= _PASSWORD:
                raise Refusal(LENGTH)
            if data[:_PASSWORD] != bytes.fromhex(self.settings.access_password):
                raise Refusal(PASSWORD)
            code = data[_PASSWORD]
            command = COMMANDS.get(code)
            if command is None:
                raise Refusal(UNKNOWN)
            if course.refuse is not None:
                raise Refusal(course.refuse)
            self._check(command)
            result = command.run(self, Call(code, Request(data[_PASSWORD + 1 :]), origin))
        except Refusal as refusal:
            return bytes((0x55, refusal.code, 0)), None
        if command.whole:
            return result, command
        return OK + (result or b"\0"), command

    def _check(self, command: Command) -> None:
        if not command.during and (self.report is not None or (self.mechanism.busy and command.work in ("fill", "print"))):
            self.mechanism.polled()
            raise Refusal(BUSY)
        if command.modes is not None and self.memory.mode not in command.modes:
            raise Refusal(MODE)
        if command.ages and storage.shift_expired(self):
            raise Refusal(SHIFT_EXPIRED)
        if command.work == "print" and command.paper:
            self.need_printer()

    def need_printer(self) -> None:
        """Raises Refusal where a document cannot be printed, and is not made for that reason."""
        if not self.mechanism.ready and self.settings.paper_out == "refuse":
            raise self.mechanism.refusal()

    # --- paper

    def print(self, *lines: str) -> None:
        """Lines of a document; on paper behind the command's answer."""
        self.memory.unprinted.extend(part for line in lines for part in wrap(line, wording.WIDTH) or [""])

    def header(self, title: str) -> list[str]:
        return render.header(self.tables.cliche(), title)

    def requisites(self, document: FnDocument, receipt: int | None = None) -> list[str]:
        done = self.memory.fn.registrations
        inn, rnm = (done[-1].inn, done[-1].rnm) if done else ("", "")
        return render.requisites(document, inn=inn, rnm=rnm, fn=self.memory.fn.serial, receipt=receipt)

    # --- hands

    def press_key(self) -> None:
        """The feed key; the hand that is there pushes the drawer shut."""
        self.drawer_open = False
        self.mechanism.hand(key=True)
        self.save()

    def on_hand(self) -> None:
        if self.powered:
            self.port.set_up()
            self.mechanism.hand()
            storage.deliver(self)
            self.save()
            self.other.look()

    def replace_fn(self, serial: str) -> None:
        self.memory.fn = storage.new_fn(self.settings, serial, self.now())
        self.memory.receipt = None
        self.pending = ""
        self.save()

    def clear_memory(self) -> None:
        self.memory.fn.current = None
        self.memory = Memory(self.memory.fn)
        self.pending = ""
        self.save()

    # --- power and memory

    def on_power_off(self) -> None:
        self.faults.drop_delayed()
        self.mechanism.stop()
        self.port.power_off()
        self.other.power_off()
        self.save()

    def power_up(self) -> None:
        memory = self.memory
        self.pending, self.blocks, self.clock_asked = "", b"", b""
        self.free_lines.clear()
        self.reading = self.position = 0
        self.report = None
        if memory.closing:
            reports.close(self, "device")
        if memory.receipt is not None and self.settings.open_receipt_at_power_on == "cancel":
            receipts.cancel(self, "device")
        memory.mode = REGISTRATION if memory.receipt is not None else SELECT
        memory.fn.codes = [code for code in memory.fn.codes if code.accepted]
        self.port.power_on()
        self.mechanism.power_on()

    def state(self) -> dict[str, Any]:
        told = {
            "mode": self.mode & 0x0F,
            "submode": self.mode >> 4,
            "flags": self.mechanism.flags,
            **self.port.told(),
            "executing": self.port.current if self.port.busy else "",
            "drawer_open": self.drawer_open,
            "warnings": storage.warnings(self),
        }
        return super().state() | told
