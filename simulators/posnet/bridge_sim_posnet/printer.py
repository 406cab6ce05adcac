"""The printer's core: PC interfaces, command queues, waiting for paper and keys, answers, tokens, power.

Source: protocol-specs/posnet, "Execution model", "Frame errors", "Simulator". What a command does is in the handlers
(`sale.py`, `documents.py`, `status.py`); the transaction belongs to a PC interface, never to a connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bridge_posnet.frame import Decoder, Frame, Garbage, Parameter, checksum
from bridge_posnet.frame import Fault as Garbled
from bridge_posnet.thermal.frame import Decoder as SequenceDecoder
from bridge_posnet.thermal.frame import Side
from bridge_simulators.device import Refused, Session, SimulatedDevice, Wire
from bridge_simulators.faults import Course, Fault
from bridge_simulators.jsonable import from_json, to_json
from bridge_simulators.pace import Pace

from bridge_sim_posnet import commands, render
from bridge_sim_posnet.commands import COMMANDS, Command, FrameError
from bridge_sim_posnet.faults import KINDS
from bridge_sim_posnet.forms import Form
from bridge_sim_posnet.handlers import HANDLERS, Answer, Call, Wait
from bridge_sim_posnet.memory import Memory
from bridge_sim_posnet.other_program import OtherProgram
from bridge_sim_posnet.ports import Port, PortSession, Work
from bridge_sim_posnet.receipt import CommandError
from bridge_sim_posnet.sale import power_up_receipt
from bridge_sim_posnet.settings import PosnetSettings, parse_rates
from bridge_sim_posnet.thermal.interface import Thermal

MAX_QUEUED = 100  # commands that one interface buffers, then ERR ?14; the real figure is not published
MAX_TOKENS = 32  # answers kept for rpt
MAX_TOKEN_BYTES = 1024  # and their size together

_FRAME_ERRORS = {
    Garbled.CHECKSUM: commands.CHECKSUM,
    Garbled.SYNTAX: commands.SYNTAX,
    Garbled.FIELD: commands.FIELD,
    Garbled.TOKEN: commands.TOKEN,
    Garbled.LENGTH: commands.OVERRUN,
}


class Printer(SimulatedDevice):
    """A Posnet printer of the Online generation."""

    id: ClassVar[str] = "posnet"
    paper_width: ClassVar[int] = render.WIDTH
    fault_kinds: ClassVar[tuple[type[Fault], ...]] = KINDS

    def __init__(
        self,
        settings: PosnetSettings,
        *,
        clock: Callable[[], datetime] | None = None,
        pace: Pace | None = None,
        state_file: Path | None = None,
    ) -> None:
        zone = read_zone(settings.zone)
        wall = clock or (lambda: datetime.now(zone))
        super().__init__(clock=lambda: wall().astimezone(zone), pace=pace or Pace(), state_file=state_file)
        self.zone = zone
        self.settings = settings
        self.ports = {name: Port(name) for name in ("pc1", "pc2")}
        self.form: Form | None = None
        self.display: dict[int, str] = {}
        self.drawer_open = False
        self.waiting_for_key = False
        self.printing: Port | None = None
        self.other = OtherProgram(self)
        self.thermal = Thermal(self, self.ports["pc1"])
        self.memory = self._new_memory()
        stored = self.load()
        if stored is not None:
            self.memory = from_json(Memory, stored)
            self._power_up()
        self.save()

    def _new_memory(self) -> Memory:
        fiscal = self.settings.mode != "non_fiscal"
        return Memory(
            fiscal=fiscal,
            read_only=self.settings.mode == "read_only",
            header=bool(self.settings.shop),
            rates=parse_rates(self.settings.rates),
        )

    # --- connections

    def attach(self, wire: Wire, port: str) -> Session:
        interface = self.ports.get(port or "pc1")
        if interface is None:
            raise Refused(f"the printer has no port {port!r}; it has {', '.join(self.ports)}")
        if len(interface.sessions) >= self.settings.clients:
            if self.settings.further_client == "refuse":
                raise Refused(f"{interface.name} has {len(interface.sessions)} connection(s), which is all it takes")
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
        if isinstance(event, Garbage):
            number = _FRAME_ERRORS.get(event.fault)
            if number is not None:
                self._refuse_frame(session, number, event.token, event.mnemonic)
        elif event.error is not None:
            self._refuse_frame(session, commands.FIELD, event.token, event.mnemonic)
        elif event.immediate:
            self._answer_at_once(session, event)
        elif len(port.queue) >= MAX_QUEUED:
            self._refuse_frame(session, commands.QUEUE_FULL, event.token, event.mnemonic)
        else:
            port.queue.append(Work(event.mnemonic, session, lambda: self._execute(port, event, session)))
            self.pump(port)

    def _answer_at_once(self, session: PortSession, frame: Frame) -> None:
        command = COMMANDS.get(frame.mnemonic)
        if command is None or not command.immediate:
            number = commands.UNKNOWN if command is None else commands.IMMEDIATE_FORBIDDEN
            self._refuse_frame(session, number, frame.token, frame.mnemonic)
            return
        call = Call(session.port.name, {}, immediate=True)
        result = HANDLERS[frame.mnemonic](self, call)
        assert isinstance(result, list)  # no immediate command waits
        self._deliver(session.port, session, self._answer_frame(frame, result))

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
        """Paper in, cover closed, no key waited for: synchronous commands go on."""
        return self.paper_loaded and self.cover_closed and not self.waiting_for_key

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
        printed = len(self.roll.lines)
        answer = yield from self._perform(port, frame, before)
        if answer.mnemonic == "ERR" or name == "rpt":
            self._deliver(port, session, answer, name)
            return
        command = COMMANDS[name]
        printed = len(self.roll.lines) - printed
        if printed:
            self.printing = port
        if not command.shared or name == "hardprncancel":
            self.save()
        after = self.faults.reach(name, "after")
        if after.power_lost:
            return
        seconds = after.hold + self.pace.printing(printed, cut=self.roll_cut(printed))
        if seconds:
            yield seconds
        yield from self._key(after)
        yield self.ready
        self._remember(answer)
        last = self.faults.reach(name, "answer")
        if last.power_lost or last.lost or after.lost:
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
                return self._stored(frame)
            command = COMMANDS.get(frame.mnemonic)
            if command is None:
                raise FrameError(commands.UNKNOWN)
            call = Call(port.name, commands.read_arguments(command, frame))
            if course.refuse is not None:
                raise CommandError(course.refuse)
            self._check_access(port, command)
            result = HANDLERS[frame.mnemonic](self, call)
            if isinstance(result, Generator):
                result = yield from result
            return self._answer_frame(frame, result)
        except FrameError as error:
            return self._error_frame(error.number, frame.token, frame.mnemonic, error.field)
        except CommandError as error:
            return Frame(frame.mnemonic, (), frame.token, error=error.code, error_tab=self.settings.error_tab)

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

    def _answer_frame(self, frame: Frame, answer: Answer) -> Frame:
        parameters = tuple(Parameter(name, str(value).encode(commands.CODE_PAGE, "replace")) for name, value in answer)
        return Frame(frame.mnemonic, parameters, frame.token)

    def _error_frame(self, number: int, token: str | None, mnemonic: str | None, field: str | None = None) -> Frame:
        detail = self.settings.frame_error_detail
        named = []
        if mnemonic is not None and detail != "none":
            named.append(Parameter("cm", mnemonic.encode("ascii", "replace")))
            if field is not None and detail == "full":
                named.append(Parameter("fd", field.encode("ascii", "replace")))
        return Frame("ERR", tuple(named), token, error=number)

    def _refuse_frame(self, session: PortSession, number: int, token: str | None, mnemonic: str | None) -> None:
        answer = self._error_frame(number, token, mnemonic)
        self._deliver(session.port, session, answer, mnemonic or "ERR")

    def _deliver(self, port: Port, session: PortSession, answer: Frame, name: str | None = None) -> None:
        self.deliver(port, session, name or answer.mnemonic, answer.to_bytes())

    def deliver(self, port: Port, session: PortSession, name: str, answer: bytes) -> None:
        """To the connection that asked, else to the one that is open on this interface when the answer goes out."""

        def send(data: bytes) -> None:
            target = session if session.open else port.sessions[-1] if port.sessions else None
            if target is not None and self.powered:
                target.wire.send(data)

        self.faults.deliver(name, answer, send)

    def _remember(self, answer: Frame) -> None:
        """The token store: the newest 32 answers, 1 KiB in all. An answer without token is not stored."""
        if answer.token is None:
            return
        tokens = self.memory.tokens
        tokens.pop(answer.token, None)
        tokens[answer.token] = answer.payload().decode("latin-1")
        while len(tokens) > MAX_TOKENS or sum(map(len, tokens.values())) > MAX_TOKEN_BYTES:
            del tokens[next(iter(tokens))]
        if self.settings.token_store == "keep":
            self.save()

    def _stored(self, frame: Frame) -> Frame:
        payload = self.memory.tokens.get(frame.token or "")
        if payload is None:
            if frame.token is None:
                raise FrameError(commands.TOKEN)
            if self.settings.rpt_missing == "er13":
                named = (Parameter("er", b"%d" % commands.NOT_FOUND), Parameter("cm", b"rpt"))
                return Frame("ERR", named, frame.token)
            raise FrameError(commands.NOT_FOUND)
        return read_payload(payload.encode("latin-1"))

    # --- paper

    def print(self, *lines: str) -> None:
        """On paper at once, or into the open receipt's buffer in block mode."""
        receipt = self.memory.open
        if receipt is not None and receipt.block:
            receipt.buffer.extend(lines)
        else:
            self.roll.print(*lines)

    def cut(self) -> None:
        """Feed and cut behind a finished document."""
        self.roll.print("", render.CUT_MARK)

    def roll_cut(self, printed: int) -> bool:
        return printed > 0 and self.roll.lines[-1] == render.CUT_MARK

    # --- hands

    def press_key(self) -> None:
        if self.waiting_for_key:
            self.waiting_for_key = False
            self.pump_all()

    def on_hand(self) -> None:
        if self.powered:
            self.pump_all()

    def foreign(self, total: Decimal | None = None, *, hold: float = 0.0) -> None:
        self.other.wants(total if total is not None else self.foreign_total(), hold)

    def foreign_total(self) -> Decimal | None:
        receipt = self.memory.open
        grosze = receipt.total if receipt is not None and receipt.total else sum(self.memory.last.rates)
        return Decimal(grosze) / 100 if grosze else None

    # --- power and memory

    def on_power_off(self) -> None:
        self.faults.drop_delayed()
        self.other.power_off()
        for port in self.ports.values():
            port.reset()
        self.thermal.power_off()
        self.form = None
        self.display.clear()
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
        power_up_receipt(self)

    def snapshot(self) -> dict[str, Any]:
        memory: dict[str, Any] = to_json(self.memory)
        return memory

    def state(self) -> dict[str, Any]:
        device = {
            "owner": self.owner(),
            "waiting_for_key": self.waiting_for_key,
            "drawer_open": self.drawer_open,
            "display": {str(line): text for line, text in self.display.items()},
            "form": self.form.number if self.form is not None else None,
            "queued": {name: len(port.queue) for name, port in self.ports.items()},
            "running": {name: port.current for name, port in self.ports.items()},
        }
        return super().state() | device


def read_zone(name: str) -> ZoneInfo:
    """Raises ValueError where there is no such time zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"Setting 'zone' must name a time zone such as Europe/Warsaw, not {name!r}.") from None


def read_payload(payload: bytes) -> Frame:
    """A stored answer as a frame again; it came from a frame, so it is one."""
    (event,) = Decoder().feed(b"\x02%b#%04X\x03" % (payload, checksum(payload)))
    assert isinstance(event, Frame)
    return event
