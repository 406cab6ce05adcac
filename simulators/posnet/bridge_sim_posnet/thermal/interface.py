"""One PC interface that speaks the Thermal protocol: single bytes, error modes, status answers, the order of execution.

Source: protocol-specs/posnet/thermal.md, "Single bytes", "Error modes", "Answers". What a command does is in the handlers
(`receipt.py`, `slips.py`, `info.py`); the printer's memory is the one that the newer protocol uses too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from bridge_posnet.thermal.frame import Control, Event, Fault, Garbage, Sequence

from bridge_sim_posnet.ports import Course, Port, PortSession, Work
from bridge_sim_posnet.receipt import CommandError
from bridge_sim_posnet.thermal import receipt as receipts
from bridge_sim_posnet.thermal.handlers import HANDLERS, QUESTIONS, TRANSACTION, Call
from bridge_sim_posnet.thermal.texts import Reader, SequenceError

if TYPE_CHECKING:
    from bridge_sim_posnet.printer import Printer

RECEIPT_SECONDS = 20 * 60.0  # without a command the printer gives an open receipt up

STOP, SILENT, STOP_AND_SEND, SILENT_AND_SEND = range(4)  # `#e`

WRONG_CHECK, WRONG_PARAMETER, NOT_ALLOWED, UNKNOWN = 2, 4, 82, 255

# Errors of the shared receipt in this protocol's numbers.
_RECEIPT_ERRORS = {
    1956: 94, 1957: 94, 1980: 26, 1981: 26, 1983: 26, 1984: 26, 1985: 22, 1991: 26, 1992: 23,
    2000: 18, 2006: 19, 2007: 17, 2008: 20, 2009: 20, 2010: 28, 2052: 24, 2060: 91, 2104: 16, 2106: 18,
    2601: 20, 2801: 20, 2802: 20, 2851: 22, 2852: 22,
}  # fmt: skip


class Thermal:
    """The Thermal side of a printer. Its error mode and last error do not survive a power cut."""

    def __init__(self, printer: Printer, port: Port) -> None:
        self.port = port
        self.error_mode = STOP
        self.last_error = 0
        self._printer = printer
        self._done = True  # bit CMD
        self._timer: asyncio.TimerHandle | None = None

    def power_off(self) -> None:
        self.error_mode = STOP
        self.last_error = 0
        self._done = True
        self._stop_timer()

    # --- what comes in

    def take(self, session: PortSession, event: Event) -> None:
        """A sequence, a single byte or garbage has come in completely."""
        match event:
            case Control.DLE:
                self._send(session, "DLE", bytes((self._device_byte(),)))
            case Control.ENQ:
                self._queue(session, "ENQ", lambda: self._enquiry(session))
            case Sequence():
                self._queue(session, event.command, lambda: self._execute(session, event))
            case Garbage(fault, _, command) if fault in (Fault.CHECK, Fault.CONTROL, Fault.SYNTAX):
                number = WRONG_CHECK if fault is Fault.CHECK else WRONG_PARAMETER if command else UNKNOWN
                self._queue(session, command or "??", lambda: self._refuse(session, command or "  ", number))
            case _:
                pass  # BEL beeps; CAN and noise leave nothing to execute

    def _queue(self, session: PortSession, name: str, begin: Callable[[], Course]) -> None:
        self.port.queue.append(Work(name, session, begin))
        self._printer.pump(self.port)

    # --- single bytes

    def _device_byte(self) -> int:
        printer = self._printer
        online = printer.paper_loaded and printer.cover_closed
        return 0x70 | (4 if online else 0) | (0 if printer.paper_loaded else 2)

    def _enquiry(self, session: PortSession) -> Course:
        yield self._printer.ready
        memory = self._printer.memory
        byte = 0x60 | (8 if memory.fiscal else 0) | (4 if self._done else 0)
        byte |= (2 if memory.open is not None else 0) | (1 if memory.last.completed else 0)
        self._send(session, "ENQ", bytes((byte,)))

    # --- sequences

    def _execute(self, session: PortSession, sequence: Sequence) -> Course:
        """One command from the queue to its answer."""
        printer, port, name = self._printer, self.port, sequence.command
        yield printer.ready
        before = printer.faults.reach(name, "before")
        if before.power_lost:
            return
        if before.lost:
            port.drop(session)
            return
        if before.hold:
            yield before.hold
        yield printer.ready
        printed = len(printer.roll.lines)
        if name != "#s":
            self._done = False
        answer: Sequence | None = None
        error = before.refuse or 0
        if not error:
            try:
                self._check_access(name)
                call = Call(self, port.name, sequence.parameters, Reader(sequence.text, printer.settings.thermal_code_page))
                handler = HANDLERS.get(name)
                if handler is None:
                    raise SequenceError(UNKNOWN)
                result = handler(printer, call)
                answer = result if isinstance(result, Sequence) or result is None else (yield from result)
            except SequenceError as refused:
                error = refused.number
            except CommandError as refused:
                error = _RECEIPT_ERRORS.get(refused.code, WRONG_PARAMETER)
        printed = len(printer.roll.lines) - printed
        if printed:
            printer.printing = port
        if name not in QUESTIONS:
            printer.save()
        self._watch_receipt()
        after = printer.faults.reach(name, "after")
        if after.power_lost:
            return
        seconds = after.hold + printer.pace.printing(printed, cut=printer.roll_cut(printed))
        if seconds:
            yield seconds
        yield printer.ready
        last = printer.faults.reach(name, "answer")
        if last.power_lost:
            return
        if last.hold:
            yield last.hold
        yield from self._answer(session, name, answer, error, lost=last.lost or after.lost)

    def _refuse(self, session: PortSession, name: str, number: int) -> Course:
        """What came in was no sequence that could be executed."""
        yield self._printer.ready
        self._done = False
        yield from self._answer(session, name, None, number)

    def _answer(self, session: PortSession, name: str, answer: Sequence | None, error: int, *, lost: bool = False) -> Course:
        """What the error mode asks for. In modes 0 and 2 an error stops the printer until somebody presses a key."""
        if name != "#n":
            self.last_error = 0 if error == UNKNOWN else error
        self._done = self._done or error == 0
        if answer is not None and not lost:
            self._send(session, name, answer.to_bytes())
        sends = self.error_mode in (STOP_AND_SEND, SILENT_AND_SEND)
        wanted = answer is None or error or self._printer.settings.thermal_status_after_answers
        if sends and wanted and not lost:
            self._send(session, name, self._status(error, name))
        if error and self.error_mode in (STOP, STOP_AND_SEND):
            yield from self._printer.wait_for_key()

    def _status(self, error: int, name: str) -> bytes:
        raw = Sequence("#Z", (error,), name.encode("ascii"), checked=False).to_bytes()
        return raw[:2] + b"\x01" + raw[2:] if self._printer.settings.thermal_control_byte else raw

    def _send(self, session: PortSession, name: str, data: bytes) -> None:
        self._printer.deliver(self.port, session, name, data)

    def _check_access(self, name: str) -> None:
        """While another interface holds the printer, only questions are answered."""
        if name in QUESTIONS:
            return
        owner = self._printer.owner()
        if owner not in (None, self.port.name):
            raise SequenceError(95 if name == "$h" else NOT_ALLOWED)
        if owner is not None and self._printer.memory.open is not None and name not in TRANSACTION:
            raise SequenceError(NOT_ALLOWED)
        if self._printer.memory.read_only:
            raise SequenceError(6)

    # --- the receipt that nobody goes on with

    def _watch_receipt(self) -> None:
        self._stop_timer()
        receipt = self._printer.memory.open
        if receipt is not None and receipt.owner == self.port.name:
            self._timer = asyncio.get_running_loop().call_later(RECEIPT_SECONDS, self._give_up_receipt)

    def _give_up_receipt(self) -> None:
        self._timer = None
        receipt = self._printer.memory.open
        if receipt is not None and receipt.owner == self.port.name:
            receipts.give_up(self._printer, receipt, "device")
            self._printer.save()
            self._printer.other.look()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
