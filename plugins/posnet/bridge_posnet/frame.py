"""The Posnet frame codec, sans-I/O: bytes <-> frames, for driver and simulator alike.

Follows protocol-specs/posnet, "Framing": STX mnemonic TAB {parameter TAB} # CRC ETX. What a parameter means is not
known here (`commands.py`), nor is any clock or socket.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

STX = 0x02  # start of a frame
ETX = 0x03  # end of a frame
TAB = 0x09  # after the mnemonic and after every parameter, the last one included
HASH = 0x23  # "#", in front of the checksum; may also occur inside values, so the last one counts

# The longest frame of the reference is a 2D code of 4000 hexadecimal digits. Twice that, and a peer that never sends ETX
# costs us a bounded amount of memory.
MAX_FRAME = 8192

MAX_ERROR = 99999  # five digits; the numbers in use have at most four

_TAB = bytes((TAB,))
_STX = bytes((STX,))
_ETX = bytes((ETX,))
_NAME = re.compile(r"[^\t\x02\x03\u0100-\U0010ffff]{2}")
_CHECKSUM = re.compile(rb"[0-9A-Fa-f]{1,4}")


class LocalError(ValueError):
    """We tried to build a frame that the protocol cannot carry. Nothing was sent."""


class Parameter(NamedTuple):
    """Two characters of name and the value behind them, as bytes of the interface's code page."""

    name: str
    value: bytes = b""


@dataclass(frozen=True, slots=True)
class Frame:
    """One Posnet frame, command or answer: without STX, checksum and ETX.

    `error` is the number of a `?nnnn` field: in an answer whose mnemonic is `ERR` it counts in the frame-error table, in
    any other one in the command-error table. `immediate` is the leading `!` of a command that overtakes the queue.
    `token` is four decimal digits, echoed in the answer.
    """

    mnemonic: str
    parameters: tuple[Parameter, ...] = ()
    token: str | None = None
    immediate: bool = False
    error: int | None = None
    token_first: bool = field(default=True, compare=False)
    error_tab: bool = field(default=True, compare=False)

    def get(self, name: str) -> bytes | None:
        """Value of the first parameter of that name; None where it is absent."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter.value
        return None

    @property
    def is_frame_error(self) -> bool:
        """True for `ERR`: the printer refused the frame itself, so the command was not executed."""
        return self.mnemonic == "ERR"

    def payload(self) -> bytes:
        """What the checksum covers: everything between STX and the last '#'.

        Raises LocalError where the protocol cannot carry the frame: it knows no escaping, so no value may hold STX, ETX
        or TAB, and a parameter's name may not look like a token or an error.
        """
        if not (self.mnemonic.isascii() and self.mnemonic.isalnum()):
            raise LocalError(f"a mnemonic consists of ASCII letters and digits, not {self.mnemonic!r}")
        if self.token is not None and not (len(self.token) == 4 and self.token.isascii() and self.token.isdigit()):
            raise LocalError(f"a token has exactly four digits, not {self.token!r}")
        if self.error is not None and not 0 <= self.error <= MAX_ERROR:
            raise LocalError(f"an error number has one to five digits, not {self.error!r}")
        parts = [("!" if self.immediate else "").encode() + self.mnemonic.encode("ascii") + _TAB]
        token = [b"@" + self.token.encode("ascii") + _TAB] if self.token is not None else []
        if self.token_first:
            parts += token
        if self.error is not None:
            followed = self.parameters or (self.token is not None and not self.token_first)
            parts.append(b"?%d" % self.error + (_TAB if self.error_tab or followed else b""))
        for name, value in self.parameters:
            if len(name) != 2 or name[0] in "@?" or not _NAME.fullmatch(name):
                raise LocalError(f"a parameter name has exactly two characters, not {name!r}")
            parts.append(name.encode("latin-1") + value + _TAB)
        if not self.token_first:
            parts += token
        payload = b"".join(parts)
        # One look at the whole instead of one at every value: each part brings the one TAB at its end.
        tabs = len(parts) - (1 if parts and not parts[-1].endswith(_TAB) else 0)
        if payload.count(_TAB) != tabs or _STX in payload or _ETX in payload:
            raise LocalError(f"a value of {self.mnemonic} holds STX, ETX or TAB: {payload!r}")
        return payload

    def to_bytes(self) -> bytes:
        payload = self.payload()
        return b"%c%b#%04X%c" % (STX, payload, checksum(payload), ETX)


class Fault(StrEnum):
    """Why bytes were no frame. The names in brackets are those of the printer's frame errors."""

    NOISE = "bytes outside STX ... ETX"
    CHECKSUM = "wrong checksum (PROTO_ERR_CRC_INVALID)"
    SYNTAX = "checksum missing (PROTO_ERR_SYNTAX)"
    FIELD = "field without a name or mnemonic (PROTO_ERR_FLD_INVALID)"
    TOKEN = "token is not four digits (PROTO_ERR_TOKEN_INVALID)"
    LENGTH = "longer than any frame of the protocol (PROTO_ERR_INPUT_BUFFER_OVERRUN)"
    RESTARTED = "a new STX before ETX"


@dataclass(frozen=True, slots=True)
class Garbage:
    """Bytes that were skipped, and why. `mnemonic` and `token` are set where they could still be read."""

    fault: Fault
    data: bytes
    mnemonic: str | None = None
    token: str | None = None
    field_name: str | None = None


Event = Frame | Garbage


def checksum(payload: bytes) -> int:
    """CRC-16/XMODEM: polynomial 1021h, start 0000h, not reflected. checksum(b"123456789") == 0x31C3."""
    return binascii.crc_hqx(payload, 0)


class Decoder:
    """Fed bytes as they come, yields frames and garbage. Never raises, never grows beyond MAX_FRAME.

    `allow_short_checksum` accepts fewer than four checksum digits, as two public clients send below 0x1000 [?].
    """

    def __init__(self, *, allow_short_checksum: bool = False) -> None:
        self._allow_short_checksum = allow_short_checksum
        self._inside = False
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Event]:
        """Events that these bytes complete, in order. All of `data` is taken in even if nobody iterates."""
        waiting = self._inside or self._buffer
        if not waiting and data[:1] == _STX and data.find(_ETX) == len(data) - 1 < MAX_FRAME and data.find(_STX, 1) < 0:
            return iter((self._parse(data[1:-1]),))  # one whole frame and nothing else: what nearly always comes
        return iter(list(self._events(data)))

    @property
    def inside(self) -> bool:
        """Bytes were taken in whose end has not come yet."""
        return self._inside or bool(self._buffer)

    def interrupt(self) -> Iterator[Event]:
        """The connection ended: what was still waiting for its end is garbage."""
        return iter(list(self._give_up(Fault.NOISE)))

    def _events(self, data: bytes) -> Iterable[Event]:
        position = 0
        while position < len(data):
            if self._inside:
                end = _first(data, (ETX, STX), position)
                stop = len(data) if end is None else end
                room = MAX_FRAME - len(self._buffer)
                if stop - position > room:
                    self._buffer += data[position : position + room]
                    position += room
                    yield from self._give_up(Fault.LENGTH)
                    continue
                self._buffer += data[position:stop]
                position = stop + 1
                if end is None:
                    return
                if data[end] == STX:
                    yield from self._give_up(Fault.RESTARTED)
                    self._inside = True
                else:
                    body = bytes(self._buffer)
                    self._buffer.clear()
                    self._inside = False
                    yield self._parse(body)
            else:
                end = _first(data, (STX,), position)
                stop = len(data) if end is None else end
                while position < stop:  # in pieces, so that endless noise does not collect
                    piece = min(stop - position, MAX_FRAME - len(self._buffer))
                    self._buffer += data[position : position + piece]
                    position += piece
                    if len(self._buffer) >= MAX_FRAME:
                        yield from self._give_up(Fault.NOISE)
                if end is None:
                    return
                yield from self._give_up(Fault.NOISE)
                self._inside = True
                position = end + 1

    def _give_up(self, fault: Fault) -> Iterable[Event]:
        skipped = bytes(self._buffer)
        if self._inside:
            skipped = _STX + skipped
        self._buffer.clear()
        self._inside = False
        if skipped:
            yield Garbage(fault, skipped)

    def _parse(self, body: bytes) -> Event:
        raw = _STX + body + _ETX
        payload, mark, digits = body.rpartition(b"#")
        long_enough = len(digits) == 4 or self._allow_short_checksum
        if not mark or not long_enough or not _CHECKSUM.fullmatch(digits):
            return Garbage(Fault.SYNTAX, raw)
        if int(digits, 16) != checksum(payload):
            return Garbage(Fault.CHECKSUM, raw)
        return _fields(payload, raw)


def _fields(payload: bytes, raw: bytes) -> Event:
    head, tab, rest = payload.partition(_TAB)
    immediate = head.startswith(b"!")
    name = head[1:] if immediate else head
    if not tab or not name or not name.isalnum() or not name.isascii():
        return Garbage(Fault.FIELD, raw)
    mnemonic = name.decode("ascii")
    token: str | None = None
    token_first = True
    error: int | None = None
    error_tab = True
    parameters: list[Parameter] = []
    fields = rest.split(_TAB)
    trailing = fields.pop()  # empty when the last field has its TAB, as it must
    if trailing:
        # Only `?nnnn` may stand without its TAB: some printers answer errors so [open point 1].
        if not (trailing.startswith(b"?") and trailing[1:].isdigit()):
            return Garbage(Fault.FIELD, raw, mnemonic, token)
        fields.append(trailing)
        error_tab = False
    for item in fields:
        if item.startswith(b"@"):
            if len(item) != 5 or not item[1:].isdigit() or token is not None:
                return Garbage(Fault.TOKEN, raw, mnemonic)
            token = item[1:].decode("ascii")
            token_first = not parameters and error is None
        elif item.startswith(b"?"):
            # Never a parameter: a mangled error field must not make a refusal look like a success.
            if not item[1:].isdigit() or len(item) > 6 or error is not None:
                return Garbage(Fault.FIELD, raw, mnemonic, token)
            error = int(item[1:])
        elif len(item) < 2:
            return Garbage(Fault.FIELD, raw, mnemonic, token)
        else:
            parameters.append(Parameter(item[:2].decode("latin-1"), item[2:]))
    return Frame(mnemonic, tuple(parameters), token, immediate, error, token_first, error_tab)


def _first(data: bytes, marks: tuple[int, ...], start: int) -> int | None:
    """Position of the first of these bytes at or after `start`."""
    found = [at for at in (data.find(mark, start) for mark in marks) if at >= 0]
    return min(found) if found else None
