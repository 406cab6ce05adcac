"""The Thermal sequence codec, sans-I/O: bytes <-> sequences and single bytes, for driver and simulator alike.

Follows protocol-specs/posnet/thermal.md, "Sequences": ESC P {number ;} command text [check] ESC \\, beside four single
bytes to the printer and two kinds of status bytes from it. What a text means is not known here (`commands.py`,
`answers.py`), nor is any clock or socket.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, IntEnum, StrEnum
from functools import reduce
from operator import xor

ESC = 0x1B
PREFIX = b"\x1bP"
TERMINATOR = b"\x1b\\"
CR = 0x0D  # ends a text
SLASH = 0x2F  # ends an amount

# The longest sequence of the manual is a header of 500 characters; an end with 20 payments comes to about as much.
# Eight times that, and a peer that never ends a sequence costs us a bounded amount of memory.
MAX_SEQUENCE = 4096

_MAX_PARAMETER = 255
_BODY = re.compile(rb"[\x00-\x1a\x1c-\x1f]?((?:[0-9]{1,3})(?:;[0-9]{1,3})*)?([$#][A-Za-z])(.*)", re.DOTALL)
_COMMAND = re.compile(r"[$#][A-Za-z]")
_DIGITS = re.compile(rb"[0-9A-Fa-f]{2}")
_LAYOUT = frozenset(b"\r\n\x0e")  # controls that a text may hold: ends of lines, and SO of header lines


class LocalError(ValueError):
    """We tried to build a sequence that the protocol cannot carry. Nothing was sent."""


class Control(IntEnum):
    """Single bytes to the printer."""

    ENQ = 0x05  # asks for the state of the last command and transaction; answered in order
    BEL = 0x07  # beeps
    DLE = 0x10  # asks for the state of the device; recognised at any moment and always answered
    CAN = 0x18  # gives up the sequence that is being received


class Side(Enum):
    """Who reads: what single bytes mean depends on the direction."""

    PRINTER = "printer"
    HOST = "host"


class Check(Enum):
    """Whether a sequence carries its check byte."""

    ALWAYS = "always"
    OPTIONAL = "optional"
    NEVER = "never"


# "$d #s #c #n #v need no check byte"; of the answers only those with figures have one. `#X` depends on its number.
_CHECKS = {
    "$d": Check.OPTIONAL,
    "#s": Check.OPTIONAL,
    "#c": Check.OPTIONAL,
    "#n": Check.OPTIONAL,
    "#v": Check.OPTIONAL,
    "#Z": Check.OPTIONAL,
    "#C": Check.OPTIONAL,
    "$G": Check.OPTIONAL,
    "#E": Check.NEVER,
    "#R": Check.NEVER,
}


@dataclass(frozen=True, slots=True)
class Sequence:
    """One sequence, command or answer: without ESC P, check byte and ESC \\.

    `parameters` are the numbers (0 to 255) before the two characters of `command`; `checked` tells whether the check byte
    is there, for those that may do without.
    """

    command: str
    parameters: tuple[int, ...] = ()
    text: bytes = b""
    checked: bool = True

    @property
    def mnemonic(self) -> str:
        """What logs and faults call it."""
        return self.command

    def payload(self) -> bytes:
        """What the check byte covers. Raises LocalError where the protocol cannot carry the sequence."""
        if not _COMMAND.fullmatch(self.command):
            raise LocalError(f"a command is $ or # and a letter, not {self.command!r}")
        if any(not 0 <= number <= _MAX_PARAMETER for number in self.parameters):
            raise LocalError(f"numbers of {self.command} are 0 to {_MAX_PARAMETER}, not {self.parameters}")
        if any(byte < 0x20 and byte not in _LAYOUT for byte in self.text):
            raise LocalError(f"the text of {self.command} holds a control character: {self.text!r}")
        return ";".join(map(str, self.parameters)).encode() + self.command.encode() + self.text

    def to_bytes(self) -> bytes:
        payload = self.payload()
        rule = check_rule(self.command, self.parameters)
        if rule is Check.ALWAYS and not self.checked:
            raise LocalError(f"{self.command} needs its check byte")
        if rule is not Check.NEVER and self.checked:
            payload += b"%02X" % check_byte(payload)
        elif rule is Check.OPTIONAL and _split(payload) is not None:
            raise LocalError(f"the end of {self.command} looks like a check byte: send one")
        if len(payload) > MAX_SEQUENCE:
            raise LocalError(f"{self.command} has {len(payload)} bytes, the most is {MAX_SEQUENCE}")
        return PREFIX + payload + TERMINATOR


@dataclass(frozen=True, slots=True)
class Status:
    """A status byte of the printer: the answer to ENQ (60h to 6Fh) or to DLE (70h to 77h)."""

    byte: int

    @property
    def asked_by(self) -> Control:
        return Control.ENQ if self.byte < 0x70 else Control.DLE


class Fault(StrEnum):
    """Why bytes were no sequence."""

    NOISE = "bytes outside ESC P ... ESC \\"
    CHECK = "wrong or missing check byte"
    SYNTAX = "no command, or a number out of range"
    CONTROL = "a control character in the text"
    ESCAPE = "ESC inside a sequence"
    LENGTH = "longer than any sequence of the protocol"
    RESTARTED = "a new ESC P before ESC \\"
    CANCELLED = "given up by CAN"


@dataclass(frozen=True, slots=True)
class Garbage:
    """Bytes that were skipped, and why. `command` is set where it could still be read."""

    fault: Fault
    data: bytes
    command: str | None = None


Event = Sequence | Control | Status | Garbage


def check_byte(payload: bytes) -> int:
    """All bytes XORed, from FFh on. check_byte(b"1#e") == 0x88."""
    return reduce(xor, payload, 0xFF)


def check_rule(command: str, parameters: tuple[int, ...] = ()) -> Check:
    """Whether this sequence carries a check byte. The old status answer `1#X` has none, its successors have."""
    if command == "#X":
        return Check.NEVER if parameters[:1] == (1,) else Check.ALWAYS
    return _CHECKS.get(command, Check.ALWAYS)


def _split(payload: bytes) -> bytes | None:
    """The payload without its check byte; None where there is none that fits."""
    rest, digits = payload[:-2], payload[-2:]
    return rest if _DIGITS.fullmatch(digits) and int(digits, 16) == check_byte(rest) else None


class _State(Enum):
    OUTSIDE = "outside a sequence"
    OUTSIDE_ESC = "outside, after ESC"
    INSIDE = "inside a sequence"
    INSIDE_ESC = "inside, after ESC"


class Decoder:
    """Fed bytes as they come, yields sequences, single bytes and garbage. Never raises, never grows beyond MAX_SEQUENCE."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._state = _State.OUTSIDE
        self._buffer = bytearray()
        self._spoilt: Fault | None = None
        """The sequence is ignored to its end, for this reason."""

    @property
    def inside(self) -> bool:
        """Bytes were taken in whose end has not come yet."""
        return self._state is not _State.OUTSIDE or bool(self._buffer)

    def feed(self, data: bytes) -> Iterator[Event]:
        """Events that these bytes complete, in order. All of `data` is taken in even if nobody iterates."""
        events: list[Event] = []
        place = 0
        while place < len(data):
            if self._state is _State.INSIDE:
                place = self._take_plain(data, place)
                if place == len(data):
                    break
            events += self._take(data[place])
            place += 1
        return iter(events)

    def interrupt(self) -> Iterator[Event]:
        """The connection ended: what was still waiting for its end is garbage."""
        events = list(self._give_up(Fault.NOISE))
        self._state = _State.OUTSIDE
        return iter(events)

    def _take_plain(self, data: bytes, place: int) -> int:
        """What inside a sequence is nothing but its text, at once. Returns where something else may begin."""
        found = _MARKS[self._side].search(data, place)
        end = min(found.start() if found else len(data), place + MAX_SEQUENCE + 1 - len(self._buffer))
        self._buffer += data[place:end]
        return end

    def _take(self, byte: int) -> Iterable[Event]:
        match self._state:
            case _State.OUTSIDE:
                return self._outside(byte)
            case _State.OUTSIDE_ESC:
                return self._outside_escape(byte)
            case _State.INSIDE:
                return self._inside(byte)
            case _:
                return self._inside_escape(byte)

    def _outside(self, byte: int) -> Iterable[Event]:
        if byte == ESC:
            self._state = _State.OUTSIDE_ESC
            return ()
        single = self._single(byte)
        if single is not None:
            return (*self._give_up(Fault.NOISE), single)
        self._buffer.append(byte)
        return self._give_up(Fault.NOISE) if len(self._buffer) >= MAX_SEQUENCE else ()

    def _outside_escape(self, byte: int) -> Iterable[Event]:
        self._state = _State.OUTSIDE
        if byte == PREFIX[1]:
            events = self._give_up(Fault.NOISE)
            self._state = _State.INSIDE
            return events
        self._buffer.append(ESC)
        return self._outside(byte)

    def _inside(self, byte: int) -> Iterable[Event]:
        if byte == ESC:
            self._state = _State.INSIDE_ESC
            return ()
        if self._side is Side.PRINTER and byte == Control.DLE:
            return (Control.DLE,)
        if self._side is Side.PRINTER and byte == Control.CAN:
            return (*self._give_up(Fault.CANCELLED), Control.CAN)
        self._buffer.append(byte)
        return self._give_up(Fault.LENGTH) if len(self._buffer) >= MAX_SEQUENCE + 2 else ()

    def _inside_escape(self, byte: int) -> Iterable[Event]:
        self._state = _State.INSIDE
        if byte == TERMINATOR[1]:
            return (self._end(),)
        if byte == PREFIX[1]:
            events = self._give_up(Fault.RESTARTED)
            self._state = _State.INSIDE
            return events
        self._spoilt = Fault.ESCAPE
        self._buffer.append(ESC)
        if len(self._buffer) >= MAX_SEQUENCE + 2:
            return (*self._give_up(Fault.LENGTH), *self._take(byte))
        return self._inside(byte)

    def _single(self, byte: int) -> Control | Status | None:
        if self._side is Side.HOST:
            return Status(byte) if 0x60 <= byte <= 0x77 else None
        return Control(byte) if byte in _CONTROLS else None

    def _give_up(self, fault: Fault) -> tuple[Event, ...]:
        """What was collected is garbage; outside again."""
        skipped = bytes(self._buffer)
        inside = self._state in (_State.INSIDE, _State.INSIDE_ESC)
        if inside:
            skipped = PREFIX + skipped
        if self._state in (_State.INSIDE_ESC, _State.OUTSIDE_ESC):
            skipped += bytes((ESC,))
        self._buffer.clear()
        self._spoilt = None
        self._state = _State.OUTSIDE
        return (Garbage(fault, skipped),) if skipped else ()

    def _end(self) -> Event:
        body, spoilt = bytes(self._buffer), self._spoilt
        self._buffer.clear()
        self._spoilt = None
        self._state = _State.OUTSIDE
        return Garbage(spoilt, PREFIX + body + TERMINATOR) if spoilt is not None else _parse(body)


_CONTROLS = frozenset(int(control) for control in Control)

# What inside a sequence is more than a byte of it.
_MARKS = {Side.PRINTER: re.compile(rb"[\x10\x18\x1b]"), Side.HOST: re.compile(rb"\x1b")}


def _parse(body: bytes) -> Event:
    raw = PREFIX + body + TERMINATOR
    found = _BODY.fullmatch(body)
    if found is None:
        return Garbage(Fault.SYNTAX, raw)
    numbers, name, text = found[1] or b"", found[2].decode("ascii"), found[3]
    parameters = tuple(int(number) for number in numbers.split(b";")) if numbers else ()
    if any(number > _MAX_PARAMETER for number in parameters):
        return Garbage(Fault.SYNTAX, raw, name)
    rule = check_rule(name, parameters)
    checked = _split(body) is not None and len(text) >= 2 and rule is not Check.NEVER
    if rule is Check.ALWAYS and not checked:
        return Garbage(Fault.CHECK, raw, name)
    if checked:
        text = text[:-2]
    if any(byte < 0x20 and byte not in _LAYOUT for byte in text):
        return Garbage(Fault.CONTROL, raw, name)
    return Sequence(name, parameters, text, checked)
