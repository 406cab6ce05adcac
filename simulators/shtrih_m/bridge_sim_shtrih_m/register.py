"""The register's core: the port, execution of commands step by step, passwords and states, paper, hands, power.

Source: protocol-specs/shtrih-m, "Message layer", "Simulator". What a command does is in the handlers (`selling.py`, `shift.py`,
`fn_commands.py` and so on); the open document belongs to the register, never to a connection.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from bridge_shtrih_m.frame import code_of
from bridge_sim_fn import storage, wording
from bridge_sim_fn.memory import FnDocument
from bridge_sim_fn.register import FnRegister
from bridge_simulators.device import Clock, Session, Wire
from bridge_simulators.faults import Course, Fault
from bridge_simulators.jsonable import from_json
from bridge_simulators.pace import Pace
from bridge_simulators.paper import wrap

from bridge_sim_shtrih_m import fn, receipts, render
from bridge_sim_shtrih_m.commands import COMMANDS
from bridge_sim_shtrih_m.faults import KINDS
from bridge_sim_shtrih_m.line import Execution, Line
from bridge_sim_shtrih_m.mechanism import Mechanism
from bridge_sim_shtrih_m.memory import Memory
from bridge_sim_shtrih_m.other_program import OtherProgram
from bridge_sim_shtrih_m.refusals import INVALID, LENGTH, PASSWORD, UNSUPPORTED, Refusal
from bridge_sim_shtrih_m.request import ADMIN, SYSADMIN, Call, Command, Request
from bridge_sim_shtrih_m.settings import FIXED, Ffd, ShtrihSettings
from bridge_sim_shtrih_m.states import check_mode, check_submode, mode_of
from bridge_sim_shtrih_m.tables import Tables, passwords

_NOT_PRINTED, _NEVER_PRINTED = 1, 2  # table 17, field 7: the next document, all of them


class Register(FnRegister):
    """A fiscal register with an FN."""

    id: ClassVar[str] = "shtrih-m"
    paper_width: ClassVar[int] = wording.WIDTH
    fault_kinds: ClassVar[tuple[type[Fault], ...]] = KINDS
    fixed_settings: ClassVar[frozenset[str]] = FIXED
    settings: ShtrihSettings
    memory: Memory

    def __init__(
        self, settings: ShtrihSettings, *, clock: Clock | None = None, pace: Pace | None = None, state_file: Path | None = None
    ) -> None:
        super().__init__(settings, clock=clock, pace=pace, state_file=state_file)
        self.tables = Tables(self)
        self.mechanism = Mechanism(self)
        self.other = OtherProgram(self)
        self.operator = SYSADMIN  # who sent the command that is being executed
        self.blocks: dict[int, bytes] = {}  # of 2D codes, loaded by DD
        self.graphics: dict[int, bytes] = {}
        self.unlock_after_answer = False
        self.memory = Memory(fn.new_fn(self, settings.fn_serial), byte_timeout=settings.byte_timeout)
        stored = self.load()
        if stored is not None:
            self.memory = from_json(Memory, stored)
        elif settings.registered:
            storage.register_device(self, 0, storage.FORM_REGISTRATION)
        self.line = Line(self)
        if stored is not None:
            self.power_up()
        self.save()

    # --- what follows from settings and memory

    @property
    def format(self) -> Ffd:
        """FFD of the documents."""
        return self.settings.ffd

    @property
    def serial_text(self) -> str:
        """Its serial number, as documents have it."""
        return f"{self.settings.serial:016d}"

    @property
    def paperless(self) -> bool:
        """Documents leave no paper now."""
        return self.tables.number(17, 1, 7) in (_NOT_PRINTED, _NEVER_PRINTED)

    # --- connections

    def attach(self, wire: Wire, port: str) -> Session:
        return self.line.attach(wire)

    # --- execution

    def execute(self, name: str, data: bytes, before: Course) -> Execution:
        """One command from its beginning to its answer."""
        if before.hold:
            yield before.hold
        answer, command = self._perform(data, before)
        self.line.kept(answer)
        if command is None:
            self._save_link()
            self.line.answer(answer)
            return
        if command.changes:
            self.save()  # whoever is killed from now on has executed it
        else:
            self._save_link()
        recorded = self.faults.reach(name, "recorded")
        if recorded.power_lost:
            return
        if recorded.hold:
            yield recorded.hold
        self.mechanism.start()
        if command.work == "print":
            self.save()
        after = self.faults.reach(name, "after")
        if after.power_lost:
            return
        if recorded.lost or after.lost:
            self.line.lose(answer)
            return
        if after.hold:
            yield after.hold
        last = self.faults.reach(name, "answer")
        if last.power_lost:
            return
        if last.hold:
            yield last.hold
        self.line.answer(answer)

    def executed(self) -> None:
        """The answer is with the port."""
        if self.unlock_after_answer:
            self.unlock_after_answer = False
            self.line.unlock()
        self.other.look()

    def _perform(self, data: bytes, course: Course) -> tuple[bytes, Command | None]:
        """The answer, and the command that was executed; None where it was refused."""
        code = code_of(data)
        size = 2 if code is None or code > 0xFF else 1
        head = data[:size]
        try:
            if code is None:
                raise Refusal(UNSUPPORTED)
            command = COMMANDS.get(code)
            if command is None or (command.modern and self.settings.generation == "classic"):
                raise Refusal(UNSUPPORTED)
            least, most = self._length(command)
            if not least <= len(data) <= most:
                raise Refusal(LENGTH)
            request = Request(data[size:])
            self.operator = self._operator(command, request)
            if course.refuse is not None:
                raise Refusal(course.refuse)
            self._check(command)
            result = command.run(self, Call(code, request, self.operator, "pc"))
        except Refusal as refusal:
            return head + bytes((refusal.code,)), None
        return head + b"\0" + (bytes((self.operator,)) if command.op else b"") + result, command

    def _length(self, command: Command) -> tuple[int, int]:
        old = command.old_length if self.settings.generation == "classic" else None
        return old or command.length

    def _operator(self, command: Command, request: Request) -> int:
        """Whose password this is."""
        if command.who == "anybody":
            return SYSADMIN
        password = request.number(4)
        known = passwords(self)
        operator = known.index(password) + 1 if password in known else 0
        needed = {"operator": 1, "admin": ADMIN, "sysadmin": SYSADMIN}[command.who]
        if operator < needed:
            raise Refusal(PASSWORD)
        return operator

    def _check(self, command: Command) -> None:
        prints = command.work == "print" and not self.paperless
        check_submode(self, command.work, prints=prints)
        check_mode(self, command.legal)
        begun = self.memory.fn.current
        if command.during is not None and (begun.kind if begun else 0) not in command.during:
            raise Refusal(INVALID)

    def _save_link(self) -> None:
        if self.line.link.layer == 2 and self.settings.v2_at_power_off == "kept":
            self.save()

    # --- paper

    def print(self, *lines: str) -> None:
        """A part of the document that is being made; on paper behind the command's answer."""
        memory = self.memory
        physical = [part for line in lines for part in wrap(line, wording.WIDTH) or [""]]
        memory.document.extend(physical)
        if self.paperless:
            return
        if memory.receipt is not None and self.tables.number(1, 1, 20) == 1:
            memory.receipt.buffer.extend(physical)
        else:
            memory.unprinted.extend(physical)

    def end_document(self, *, receipt: bool = False) -> None:
        """What was printed since the last end is one document."""
        memory = self.memory
        if memory.receipt is not None and memory.receipt.buffer:
            memory.unprinted.extend(memory.receipt.buffer)
            memory.receipt.buffer.clear()
        if receipt:
            memory.last_receipt = list(memory.document)
        memory.document.clear()
        if self.tables.number(17, 1, 7) == _NOT_PRINTED:
            memory.tables["17.1.7"] = "0"

    def header(self, title: str) -> list[str]:
        cliche = "|".join(str(self.tables.value(4, row, 1)) for row in range(4, 15))
        return render.header(cliche, self.now(), self.memory.counters.documents + 1, title)

    def requisites(self, document: FnDocument, receipt: int | None = None) -> list[str]:
        registered = self.memory.fn.registrations[-1]
        return render.requisites(document, inn=registered.inn, rnm=registered.rnm, fn=self.memory.fn.serial, receipt=receipt)

    def ending(self) -> list[str]:
        """Feed, and cut where table 1 says so."""
        return ["", wording.CUT_MARK] if self.tables.number(1, 1, 7) else ["", ""]

    # --- hands

    def press_key(self) -> None:
        """Nothing waits for a key; the hand that is there pushes the drawer shut."""
        self.drawer_open = False

    def on_hand(self) -> None:
        if self.powered:
            self.mechanism.hand()
            storage.deliver(self)
            self.save()
            self.other.look()

    def replace_fn(self, serial: str) -> None:
        self.memory.fn = fn.new_fn(self, serial)
        self.memory.receipt = None
        self.save()

    def clear_memory(self) -> None:
        self.memory.fn.current = None
        self.memory = Memory(self.memory.fn, byte_timeout=self.settings.byte_timeout)
        self.save()

    # --- power and memory

    def on_power_off(self) -> None:
        self.faults.drop_delayed()
        self.mechanism.stop()
        self.line.power_off()
        self.other.power_off()
        self.blocks.clear()
        self.unlock_after_answer = False
        self.save()

    def power_up(self) -> None:
        memory = self.memory
        self.line.power_on()
        self.mechanism.power_on()
        memory.reading = memory.position = 0
        memory.fn.codes = [code for code in memory.fn.codes if code.accepted]
        if memory.receipt is not None and self.settings.open_receipt_at_power_on == "cancel":
            receipts.cancel(self, SYSADMIN, "device")
            self.mechanism.start()
        elif memory.receipt is not None and self.settings.open_receipt_at_power_on == "half":
            memory.receipt = None
            memory.document.clear()
        if self.settings.confirm_date:
            memory.date_to_confirm = self.now().date().isoformat()

    def state(self) -> dict[str, Any]:
        link = self.line.link
        device = {
            "mode": mode_of(self),
            "submode": int(self.mechanism.submode()),
            "layer": link.layer,
            "answer": link.layer1.state.name.lower() if link.layer != 2 else "stored",
            "number": link.layer2.number,
            "executing": self.line.current if self.line.busy else "",
            "drawer_open": self.drawer_open,
            "warnings": storage.warnings(self),
        }
        return super().state() | device
