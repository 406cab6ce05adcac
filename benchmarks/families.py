"""What of a measurement differs from family to family: its sale, its simulator, and how a bare client speaks to it.

A dialogue is a list of requests, in the order in which the driver writes them; `replay` writes them as a plain client of the family
would, and nothing else.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import xor
from typing import Any
from urllib.parse import urlsplit

from bridge_atol.frame import Decoder, Frame, Verb

Dialogue = Sequence[bytes]
Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter, Dialogue], Awaitable[None]]

_ETX, _ENQ, _ACK, _NAK, _FILLER = b"\x03", b"\x05", b"\x06", b"\x15", b"\xff"
_STX = 2


@dataclass(frozen=True, slots=True)
class Family:
    """`prepare`: operations that a day begins with. `requests`: the driver's writes as single requests. `belongs_to_sale`: whether a
    request is of the sale itself, not of the baseline before it or the read-back behind it. `bursts`: how it is spoken where
    the driver writes several requests in one go; None where it never does."""

    id: str
    what: str
    sale: Mapping[str, Any]
    simulator: Callable[[int], Mapping[str, str]]
    requests: Callable[[Sequence[bytes]], list[bytes]]
    belongs_to_sale: Callable[[bytes], bool]
    speak: Speak
    bursts: Speak | None = None
    prepare: Sequence[Mapping[str, Any]] = field(default=())

    async def replay(self, url: str, dialogue: Dialogue, receipts: int, speak: Speak | None = None) -> list[float]:
        """The dialogue so many times over one connection: seconds of each."""
        target = urlsplit(url)
        reader, writer = await asyncio.open_connection(target.hostname, target.port)
        times = []
        try:
            for _ in range(receipts):
                began = time.perf_counter()
                await (speak or self.speak)(reader, writer, dialogue)
                times.append(time.perf_counter() - began)
        finally:
            writer.close()
        return times


# --- Posnet: a request ends with ETX, and so does its answer

_TRANSACTION = (b"\x02ftrcfg", b"\x02trinit", b"\x02trline", b"\x02trpayment", b"\x02trend")


async def _speak_posnet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, dialogue: Dialogue) -> None:
    for write in dialogue:
        writer.write(write)
        for _ in range(write.count(_ETX)):
            await reader.readuntil(_ETX)


def _posnet_requests(writes: Sequence[bytes]) -> list[bytes]:
    return [frame + _ETX for write in writes for frame in write.split(_ETX) if frame]


POSNET = Family(
    id="posnet",
    what="printers",
    sale={
        "op": "receipt",
        "currency": "PLN",
        "lines": [
            {"name": "Chleb żytni", "quantity": "2", "unit": "szt", "price": "4.50", "vat": "5%"},
            {"name": "Kawa", "quantity": "0.250", "unit": "kg", "price": "80.00", "vat": "23%", "discount": {"amount": "2.00"}},
            {"name": "Gazeta", "price": "3.20", "vat": "8%"},
        ],
        "payments": [{"kind": "card", "amount": "10.00"}, {"kind": "cash", "amount": "25.00"}],
        "operator": {"name": "Anna"},
    },
    simulator=lambda number: {"unique_number": f"ZBF 21010{number:05d}"},
    requests=_posnet_requests,
    belongs_to_sale=lambda request: request.startswith(_TRANSACTION),
    speak=_speak_posnet,
    bursts=_speak_posnet,
)


# --- Shtrih-M, link layer v1: ENQ, NAK, the frame, ACK and the answer, ACK

_PASSWORD = (30).to_bytes(4, "little")
_RECEIPT = (b"\x8d", b"\xff\x46", b"\xff\x4d", b"\xff\x0c", b"\xff\x45")


async def _control(reader: asyncio.StreamReader, wanted: bytes) -> None:
    """One byte that stands before a frame; the register's filler is passed over."""
    while (byte := await reader.readexactly(1)) == _FILLER:
        pass
    if byte != wanted:
        raise RuntimeError(f"the register says {byte.hex()}, not {wanted.hex()}")


async def _speak_shtrih(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, dialogue: Dialogue) -> None:
    for frame in dialogue:
        writer.write(_ENQ)
        await _control(reader, _NAK)
        writer.write(frame)
        await _control(reader, _ACK)
        head = await reader.readexactly(2)
        answer = await reader.readexactly(head[1] + 1)
        if (error := answer[2] if answer[0] == 0xFF else answer[1]) != 0:
            raise RuntimeError(f"the register refuses {frame.hex(' ')} with {error:02X}h")
        writer.write(_ACK)


def _shtrih_requests(writes: Sequence[bytes]) -> list[bytes]:
    """The frames, without the control bytes around them, and with the password that the wire log hides."""
    return [_with_password(write) for write in writes if len(write) > 1 and write[0] == _STX]


def _with_password(frame: bytes) -> bytes:
    head = 4 if frame[2] == 0xFF else 3
    if frame[head : head + 4] != b"****":
        return frame
    body = frame[1:head] + _PASSWORD + frame[head + 4 : -1]
    return bytes((_STX,)) + body + bytes((reduce(xor, body),))


SHTRIH = Family(
    id="shtrih-m",
    what="registers",
    sale={
        "op": "receipt",
        "currency": "RUB",
        "lines": [
            {"name": "Хлеб ржаной", "quantity": "2", "unit": "шт", "price": "4.50", "vat": "10%"},
            {"name": "Кофе", "quantity": "0.250", "unit": "кг", "price": "80.00", "vat": "22%", "discount": {"amount": "2.00"}},
            {"name": "Газета", "price": "3.20", "vat": "10%"},
        ],
        "payments": [{"kind": "card", "amount": "10.00"}, {"kind": "cash", "amount": "25.00"}],
        "operator": {"name": "Анна"},
    },
    # Two connections: the one before is not always gone when the next measurement connects.
    simulator=lambda number: {"serial": str(380001000000 + number), "fn_serial": f"99990789000{number:05d}", "clients": "2"},
    requests=_shtrih_requests,
    # Behind STX and LEN the code, and the tags of items and receipt are part of it.
    belongs_to_sale=lambda request: request[2:].startswith(_RECEIPT),
    speak=_speak_shtrih,
    prepare=({"op": "shift.open"},),
)

# --- ATOL, transport v3: each frame has one in reply; a task is acknowledged, and behind an error the buffer is emptied

_ENTER_MODE = 0x56
_COMMAND_AT = 5  # behind order, flags, task and password
_ATOL_RECEIPT = frozenset((0x92, 0xE8, 0xEA, 0xEB, 0x99, 0x4A))
_FRAME_START, _FRAME_ESCAPE, _PACKETS = 0xFE, 0xFD, 0xDF
_DONE, _REFUSED = 0xA3, 0xA4


async def _speak_atol(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, dialogue: Dialogue) -> None:
    """The acknowledgements are the client's own: they say whether there was an error."""
    for frame in dialogue:
        writer.write(frame)
        state = await _reply(reader)
        if state not in (_DONE, _REFUSED):
            raise RuntimeError(f"the register answers {frame.hex(' ')} with {state:02X}h")
        order = bytes((Verb.ACK, frame[6])) if state == _DONE else bytes((Verb.ABORT,))
        writer.write(Frame((frame[3] + 1) % _PACKETS, order).to_bytes())
        await _reply(reader)


async def _reply(reader: asyncio.StreamReader) -> int:
    """The state that the next frame tells."""
    head = await reader.readexactly(4)
    if head[0] != _FRAME_START:
        raise RuntimeError(f"the register says {head.hex(' ')}, which begins no frame")
    left, state = (head[1] | head[2] << 7) + 1, 0
    while left:
        byte = (await reader.readexactly(1))[0]
        if byte == _FRAME_ESCAPE:
            byte = (await reader.readexactly(1))[0] + 0x10
        state, left = state or byte, left - 1
    return state


def _atol_requests(writes: Sequence[bytes]) -> list[bytes]:
    """The tasks, with the passwords that the wire log hides."""
    frames = [event for write in writes for event in Decoder().feed(write) if isinstance(event, Frame)]
    return [Frame(frame.id, _unhidden(frame.payload)).to_bytes() for frame in frames if frame.payload[0] == Verb.ADD]


def _unhidden(payload: bytes) -> bytes:
    rest = payload[_COMMAND_AT:]
    if rest[0] == _ENTER_MODE:
        rest = rest[:2] + bytes.fromhex("00000030")
    return payload[: _COMMAND_AT - 2] + bytes(2) + rest


ATOL = Family(
    id="atol",
    what="registers",
    sale={**SHTRIH.sale, "extras": {"ffd": {"taxation": "osn"}}},
    simulator=lambda number: {
        "serial": f"{106000000000 + number:014d}",
        "fn_serial": f"99990789001{number:05d}",
        "clients": "2",
    },
    requests=_atol_requests,
    # Behind the header of the frame.
    belongs_to_sale=lambda request: request[4 + _COMMAND_AT] in _ATOL_RECEIPT,
    speak=_speak_atol,
    prepare=({"op": "shift.open"},),
)

# --- ZVT on TCP: a command, then messages of the terminal until 06 0F or 06 1E, each answered with 80 00 00

_ZVT_PASSWORD = bytes(3)
_ZVT_YES = b"\x80\x00\x00"
_ZVT_ENDS = (b"\x06\x0f", b"\x06\x1e")
_ZVT_WITH_PASSWORD = (b"\x05\x01", b"\x06\x00", b"\x06\x20")
_ZVT_PURCHASE = b"\x06\x01"


async def _speak_zvt(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, dialogue: Dialogue) -> None:
    for command in dialogue:
        writer.write(command)
        message = await _apdu(reader)
        if message[:2] != _ZVT_YES[:2]:
            raise RuntimeError(f"the terminal answers {command.hex(' ')} with {message.hex(' ')}")
        while message[:2] not in _ZVT_ENDS:
            message = await _apdu(reader)
            writer.write(_ZVT_YES)


async def _apdu(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(3)
    size = int.from_bytes(await reader.readexactly(2), "little") if head[2] == 0xFF else head[2]
    return head + await reader.readexactly(size)


def _zvt_requests(writes: Sequence[bytes]) -> list[bytes]:
    """The commands, with the passwords that the wire log hides."""
    commands = [write for write in writes if write != _ZVT_YES]
    return [
        command[:3] + _ZVT_PASSWORD + command[6:] if command[:2] in _ZVT_WITH_PASSWORD and command[2] >= 3 else command
        for command in commands
    ]


ZVT = Family(
    id="zvt",
    what="terminals",
    sale={"op": "payment.purchase", "amount": "12.50", "currency": "EUR"},
    # The connection before is not always gone when the next measurement connects.
    simulator=lambda number: {
        "tid": f"{29000000 + number}",
        "serial": str(17000000 + number),
        "password": "000000",
        "further_client": "replace",
    },
    requests=_zvt_requests,
    belongs_to_sale=lambda request: request.startswith(_ZVT_PURCHASE),
    speak=_speak_zvt,
)

FAMILIES = (POSNET, SHTRIH, ATOL, ZVT)
