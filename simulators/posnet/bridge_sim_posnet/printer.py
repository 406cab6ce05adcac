"""The printer's core: PC interfaces, command queues, waiting for paper and keys, answers, tokens, power.

Source: protocol-specs/posnet, "Execution model", "Frame errors", "Simulator". What a command does is in the handlers
(`sale.py`, `documents.py`, `status.py`); the transaction belongs to a PC interface, never to a connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Literal

from bridge_posnet.frame import Decoder, Frame, Garbage
from bridge_posnet.frame import Fault as Garbled
from bridge_posnet.thermal.frame import Decoder as SequenceDecoder
from bridge_posnet.thermal.frame import Side
from bridge_simulators.device import Clock, Occupied, Refused, Session, SimulatedDevice, Wire
from bridge_simulators.faults import Course, Fault
from bridge_simulators.jsonable import from_json, to_json
from bridge_simulators.pace import Pace
from bridge_simulators.paper import wrap
from bridge_simulators.zones import clock_in, read_zone

from bridge_sim_posnet import code_pages, edocument, parameters, render
from bridge_sim_posnet.answers import Answers
from bridge_sim_posnet.commands import COMMANDS, Command, read_arguments
from bridge_sim_posnet.display import Display
from bridge_sim_posnet.faults import KINDS
from bridge_sim_posnet.forms import Form
from bridge_sim_posnet.handlers import HANDLERS, Call, Wait
from bridge_sim_posnet.memory import RECORD_FISCAL, RECORD_POWER, EDocuments, EServer, Memory
from bridge_sim_posnet.other_program import OtherProgram
from bridge_sim_posnet.parameters import FrameError
from bridge_sim_posnet.ports import Port, PortSession, Work
from bridge_sim_posnet.receipt import CommandError
from bridge_sim_posnet.sale import power_up_receipt
from bridge_sim_posnet.settings import FIXED, USUAL_ZONE, Due, PosnetSettings, parse_rates
from bridge_sim_posnet.states import check_state
from bridge_sim_posnet.thermal.interface import Thermal

MAX_QUEUED = 100  # commands that one interface buffers, then ERR ?14; the real figure is not published

BARE_BREAK = b"\x02!break\x03"

_DUE = {"fine": timedelta(days=365), "soon": timedelta(days=7), "expired": timedelta(days=-1)}

_FRAME_ERRORS = {
    Garbled.CHECKSUM: parameters.CHECKSUM,
    Garbled.SYNTAX: parameters.SYNTAX,
    Garbled.FIELD: parameters.FIELD,
    Garbled.TOKEN: parameters.TOKEN,
    Garbled.LENGTH: parameters.OVERRUN,
}


class Printer(SimulatedDevice):
    """A Posnet printer of the Online generation."""

    id: ClassVar[str] = "posnet"
    paper_width: ClassVar[int] = render.WIDTH
    fault_kinds: ClassVar[tuple[type[Fault], ...]] = KINDS
    fixed_settings: ClassVar[frozenset[str]] = FIXED
    settings: PosnetSettings

    def __init__(
        self,
        settings: PosnetSettings,
        *,
        clock: Clock | None = None,
        pace: Pace | None = None,
        state_file: Path | None = None,
    ) -> None:
        zone = read_zone(settings.zone, USUAL_ZONE)
        super().__init__(clock=clock_in(zone, clock), pace=pace or Pace(), state_file=state_file)
        self.zone = zone
        self.settings = settings
        self.ports = {name: Port(name) for name in ("pc1", "pc2")}
        self.form: Form | None = None
        self.display = Display()
        self.started = 0  # line of paper that the printout began at
        self.interrupted = False  # `break` came during a reprint
        self.hub_timer: asyncio.TimerHandle | None = None
        self._executing = False
        self.drawer_open = False
        self.waiting_for_key = False
        self.printing: Port | None = None
        self.other = OtherProgram(self)
        self.answers = Answers(self)
        self.thermal = Thermal(self, self.ports["pc1"])
        self.memory = self._new_memory()
        stored = self.load()
        if stored is not None:
            self.memory = from_json(Memory, stored)
            self._power_up()
        self.save()

    def _new_memory(self) -> Memory:
        rules = self.settings
        lines = [line for line in rules.shop.split("|") if line]
        memory = Memory(
            fiscal=rules.mode != "non_fiscal",
            read_only=rules.mode == "read_only",
            header=bool(lines),
            rates=parse_rates(rules.rates),
            discount_type=rules.discount_type,
            header_text="\n".join([f"&c&1{lines[0]}&1", *(f"&c{line}" for line in lines[1:])]) if lines else "",
            edocuments=EDocuments(rules.edocuments, EServer(rules.hub_address)),
        )
        if memory.fiscal:
            memory.record(RECORD_FISCAL, self.now())
        return memory

    # --- what follows from settings and memory

    @property
    def rules(self) -> PosnetSettings:
        """The settings, with what commands have changed of them."""
        if self.settings.discount_type == self.memory.discount_type:
            return self.settings
        kind: Literal["0", "1"] = "1" if self.memory.discount_type == "1" else "0"
        return replace(self.settings, discount_type=kind)

    @property
    def identity_number(self) -> str:
        """The number that status answers carry: the unique one, or another by `progid`."""
        return self.memory.names.get("nu", self.settings.unique_number)

    def due_date(self, due: Due) -> datetime:
        """The date that a setting stands for."""
        return self.now() + _DUE[due]

    def inspection(self) -> datetime:
        """When the next technical inspection is due."""
        if self.settings.maintenance == "fine" and self.memory.inspection is not None:
            return self.memory.inspection
        return self.due_date(self.settings.maintenance)

    # --- connections

    def attach(self, wire: Wire, port: str) -> Session:
        interface = self.ports.get(port or "pc1")
        if interface is None:
            raise Refused(f"the printer has no port {port!r}; it has {', '.join(self.ports)}")
        if len(interface.sessions) >= self.settings.clients:
            if self.settings.further_client == "refuse":
                raise Occupied(f"{interface.name} has {len(interface.sessions)} connection(s), which is all it takes")
            interface.sessions[0].wire.close()
        if self.settings.protocol == "thermal" and interface is self.thermal.port:
            session = PortSession(interface, wire, SequenceDecoder(Side.PRINTER).feed, self.thermal.take)
        else:
            decoder = Decoder(allow_short_checksum=self.settings.short_checksum)
            session = PortSession(interface, wire, decoder.feed, self.take)
        interface.sessions.append(session)
        return session

    def take(self, session: PortSession, event: Frame | Garbage) -> None:
        """A frame or garbage has come in completely."""
        port = session.port
        if isinstance(event, Garbage) and event.data == BARE_BREAK and self.settings.bare_break:
            event = Frame("break", immediate=True)
        if isinstance(event, Frame):
            event = code_pages.received(event, self._code_page(port), self.settings.latin_2)
        if isinstance(event, Garbage):
            number = _FRAME_ERRORS.get(event.fault)
            if number is not None:
                self._refuse_frame(session, number, event.token, event.mnemonic)
        elif event.error is not None:
            self._refuse_frame(session, parameters.FIELD, event.token, event.mnemonic)
        elif event.immediate:
            self._answer_at_once(session, event)
        elif len(port.queue) >= MAX_QUEUED:
            self._refuse_frame(session, parameters.QUEUE_FULL, event.token, event.mnemonic)
        else:
            port.queue.append(Work(event.mnemonic, session, lambda: self._execute(port, event, session)))
            self.pump(port)

    def _code_page(self, port: Port) -> str:
        return self.memory.ports.get(port.name, {}).get("cp", code_pages.WINDOWS)

    def _answer_at_once(self, session: PortSession, frame: Frame) -> None:
        command = COMMANDS.get(frame.mnemonic)
        if command is None or not command.immediate:
            number = parameters.UNKNOWN if command is None else parameters.IMMEDIATE_FORBIDDEN
            self._refuse_frame(session, number, frame.token, frame.mnemonic)
            return
        try:
            call = Call(session.port.name, read_arguments(command, frame), immediate=True, name=frame.mnemonic)
        except FrameError as error:
            refusal = self.answers.frame_error(error.number, frame.token, frame.mnemonic, error.field)
            self._deliver(session.port, session, refusal, frame.mnemonic)
            return
        result = HANDLERS[frame.mnemonic](self, call)
        assert isinstance(result, list)  # no immediate command waits
        self._deliver(session.port, session, self.answers.success(frame, result))

    # --- execution

    def pump(self, port: Port) -> None:
        """Runs this interface's commands until one has to wait or none is left."""
        if port.pumping or port.timer is not None:
            return
        port.pumping, epoch = True, port.epoch
        try:
            while self.powered and port.epoch == epoch and self._step(port, epoch):
                pass
        finally:
            port.pumping = False
        self.other.look()

    def _step(self, port: Port, epoch: int) -> bool:
        """One step of the running command, or the start of the next one. False: nothing to do now."""
        if port.running is None:
            if not port.queue:
                return False
            work = port.queue.popleft()
            port.current = work.name
            port.running, port.condition = work.begin(), None
        if port.condition is not None and not port.condition():
            return False
        running = port.running
        try:
            wait = next(running)
        except StopIteration:
            if port.epoch == epoch:
                port.running, port.condition, port.current = None, None, ""
                if self.printing is port:
                    self.printing = None
            return True
        if port.epoch != epoch:
            running.close()
            return False
        if callable(wait):
            port.condition = wait
            return True
        port.condition = None
        port.timer = asyncio.get_running_loop().call_later(wait, self._resume, port)
        return False

    def _resume(self, port: Port) -> None:
        port.timer = None
        self.pump(port)

    def pump_all(self) -> None:
        for port in self.ports.values():
            self.pump(port)

    def ready(self) -> bool:
        """Paper in, cover closed, mechanism fine, no key waited for: synchronous commands go on."""
        return self.paper_loaded and self.cover_closed and not self.waiting_for_key and not self.settings.mechanism

    def may_go_on(self) -> bool:
        """A reprint goes on, or is broken off."""
        return self.ready() or self.interrupted

    def _execute(self, port: Port, frame: Frame, session: PortSession) -> Generator[Wait, None, None]:
        """One synchronous command from the queue to its answer."""
        name = frame.mnemonic
        yield self.ready
        before = self.faults.reach(name, "before")
        if before.power_lost:
            return
        if before.lost:  # what followed on the same connection was behind the cut
            port.drop(session)
            return
        if before.hold:
            yield before.hold
        yield from self._key(before)
        yield self.ready
        edocument.work(self)
        sending = self.memory.edocuments.sending
        self._executing = True
        try:
            answer = yield from self._perform(port, frame, before)
        finally:
            self._executing = False
        if answer.mnemonic == "ERR" or name == "rpt":
            self._deliver(port, session, answer, name)
            return
        command = COMMANDS[name]
        sends = self.memory.edocuments.sending != sending
        if self.memory.unprinted or sends:
            self.printing = port
        recorded = self.faults.reach(name, "recorded")
        if recorded.power_lost:
            return
        if command.changes and (recorded.hold or recorded.extra or sends or not self.ready()):
            self.save()  # whoever is killed while this waits has recorded it
        if recorded.hold:
            yield recorded.hold
        yield from self._key(recorded)
        if sends:
            yield from edocument.dispatch(self)
        if self.memory.unprinted:
            yield self.ready
        printed = len(self.memory.unprinted)
        self.flush()
        edocument.work(self)
        if command.changes:
            self.save()
        after = self.faults.reach(name, "after")
        if after.power_lost:
            return
        seconds = after.hold + self.pace.printing(printed, cut=self.roll_cut(printed))
        if seconds:
            yield seconds
        yield from self._key(after)
        yield self.ready
        self.answers.remember(answer)
        last = self.faults.reach(name, "answer")
        if last.power_lost or last.lost or after.lost or recorded.lost:
            return
        if last.hold:
            yield last.hold
        self._deliver(port, session, answer)

    def _key(self, course: Course) -> Generator[Wait, None, None]:
        if course.extra.get("key"):
            yield from self.wait_for_key()

    def wait_for_key(self) -> Generator[Wait, None, None]:
        """Somebody has to press a key at the printer (`sdev ds2`)."""
        self.waiting_for_key = True
        yield lambda: not self.waiting_for_key

    def _perform(self, port: Port, frame: Frame, course: Course) -> Generator[Wait, None, Frame]:
        """The answer to one command; refusals are answers too."""
        try:
            if "frame_error" in course.extra:
                raise FrameError(course.extra["frame_error"])
            if frame.mnemonic == "rpt":
                return self.answers.stored(frame)
            command = COMMANDS.get(frame.mnemonic)
            if command is None:
                raise FrameError(parameters.UNKNOWN)
            call = Call(port.name, read_arguments(command, frame), name=frame.mnemonic)
            if course.refuse is not None:
                raise CommandError(course.refuse)
            self._check_access(port, command)
            check_state(self, command.legal)
            result = HANDLERS[frame.mnemonic](self, call)
            if isinstance(result, Generator):
                result = yield from result
            return self.answers.success(frame, result)
        except FrameError as error:
            return self.answers.frame_error(error.number, frame.token, frame.mnemonic, error.field)
        except CommandError as error:
            return self.answers.refusal(frame, error.code)

    def _check_access(self, port: Port, command: Command) -> None:
        if self.memory.read_only and not command.read_only:
            raise CommandError(2036)
        if not command.shared and self.owner() not in (None, port.name):
            raise CommandError(41)

    def owner(self) -> str | None:
        """The PC interface that holds the printer: an open transaction or form, or a printout under way."""
        if self.memory.open is not None:
            return self.memory.open.owner
        if self.form is not None:
            return self.form.owner
        return self.printing.name if self.printing is not None else None

    # --- answers

    def _refuse_frame(self, session: PortSession, number: int, token: str | None, mnemonic: str | None) -> None:
        answer = self.answers.frame_error(number, token, mnemonic)
        self._deliver(session.port, session, answer, mnemonic or "ERR")

    def _deliver(self, port: Port, session: PortSession, answer: Frame, name: str | None = None) -> None:
        coded = code_pages.sent(answer, self._code_page(port), self.settings.latin_2)
        self.deliver(port, session, name or answer.mnemonic, coded.to_bytes())

    def deliver(self, port: Port, session: PortSession, name: str, answer: bytes) -> None:
        """To the connection that asked, else to the one that is open on this interface when the answer goes out."""

        def send(data: bytes) -> None:
            target = session if session.open else port.sessions[-1] if port.sessions else None
            if target is not None and self.powered:
                target.wire.send(data)

        self.faults.deliver(name, answer, send)

    # --- paper

    @property
    def position(self) -> int:
        """The line of paper that is printed next."""
        return len(self.roll.lines) + len(self.memory.unprinted)

    def print(self, *lines: str) -> None:
        """On paper, or into the open receipt's buffer as long as that holds its paper back."""
        receipt = self.memory.open
        if receipt is not None and receipt.buffers:
            receipt.buffer.extend(self._physical(lines))
        else:
            self.queue_paper(lines)

    def queue_paper(self, lines: Iterable[str]) -> None:
        """On paper: at the end of the command that is being executed, else as soon as there is paper."""
        self.memory.unprinted.extend(self._physical(lines))
        self._print_owed()

    def _print_owed(self) -> None:
        if not self._executing and self.ready():
            self.flush()

    def _physical(self, lines: Iterable[str]) -> list[str]:
        return [part for line in lines for part in wrap(line, render.WIDTH) or [""]]

    def flush(self) -> None:
        """What is recorded comes on paper."""
        self.roll.print(*self.memory.unprinted)
        self.memory.unprinted.clear()

    def cut_lines(self) -> list[str]:
        """Feed and cut behind a finished document."""
        return ["", render.CUT_MARK]

    def cut(self, ending: int = 0) -> None:
        """The end of a document as `ftrcfg fe` wants it: 0 feed and cut, 1 feed, 2 and 3 nothing."""
        self.queue_paper(self.cut_lines() if ending == 0 else [""] if ending == 1 else [])

    def roll_cut(self, printed: int) -> bool:
        return printed > 0 and self.roll.lines[-1] == render.CUT_MARK

    # --- hands

    def press_key(self) -> None:
        if self.waiting_for_key:
            self.waiting_for_key = False
            self._print_owed()
            self.pump_all()

    def on_hand(self) -> None:
        if self.powered:
            self._print_owed()
            self.pump_all()

    def foreign(self, total: Decimal | None = None, *, hold: float = 0.0) -> None:
        self.other.wants(total if total is not None else self.foreign_total(), hold)

    def foreign_total(self) -> Decimal | None:
        receipt = self.memory.open
        grosze = receipt.total if receipt is not None and receipt.total else sum(self.memory.last.rates)
        return Decimal(grosze) / 100 if grosze else None

    # --- power and memory

    def hub_work(self, until: datetime) -> None:
        """The time has come to send an e-document (again)."""
        self.hub_timer = None
        if self.powered and edocument.work(self, until):
            self.save()

    def on_power_off(self) -> None:
        busy = self.memory.open is not None or self.form is not None or any(port.running for port in self.ports.values())
        if busy:
            self.memory.record(RECORD_POWER, self.now())
        if self.hub_timer is not None:
            self.hub_timer.cancel()
            self.hub_timer = None
        self._executing = False
        self.faults.drop_delayed()
        self.other.power_off()
        for port in self.ports.values():
            port.reset()
        self.thermal.power_off()
        self.form = None
        self.display = Display()
        self.interrupted = False
        self.waiting_for_key = False
        self.printing = None
        self.save()

    def on_power_on(self) -> None:
        self._power_up()
        self.save()
        self.other.look()

    def _power_up(self) -> None:
        if self.settings.token_store == "lost":
            self.memory.tokens.clear()
        self.memory.edocuments.context = None
        self._print_owed()
        edocument.power_up(self)
        power_up_receipt(self)
        edocument.power_up(self)
        edocument.work(self)

    def snapshot(self) -> dict[str, Any]:
        memory: dict[str, Any] = to_json(self.memory)
        return memory

    def state(self) -> dict[str, Any]:
        device = {
            "owner": self.owner(),
            "waiting_for_key": self.waiting_for_key,
            "drawer_open": self.drawer_open,
            "display": self.display.shown(self.now()),
            "form": self.form.number if self.form is not None else None,
            "queued": {name: len(port.queue) for name, port in self.ports.items()},
            "running": {name: port.current for name, port in self.ports.items()},
        }
        return super().state() | device
