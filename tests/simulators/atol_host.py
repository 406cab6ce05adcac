"""A host without a socket: puts tasks into a simulated ATOL register's buffer and collects what it says.

Frames are built here from the reference (FE, seven-bit length, CRC-8 with polynomial 31), so that the host's side of the codec has no
part in it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bridge_atol.frame import Decoder, Frame
from bridge_sim_atol.family import AtolSimulator
from bridge_sim_atol.register import Register

MOSCOW = ZoneInfo("Europe/Moscow")
OK = "55 00 00"


class SetClock:
    """A wall clock that stands still until a test moves it."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at or datetime(2026, 11, 20, 15, 30, tzinfo=MOSCOW)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


def crc(data: bytes) -> int:
    value = 0xFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value << 1 ^ (0x31 if value & 0x80 else 0)) & 0xFF
    return value


def framed(number: int, payload: bytes) -> bytes:
    body = payload + bytes((crc(bytes((number,)) + payload),))
    escaped = body.replace(b"\xfd", b"\xfd\xed").replace(b"\xfe", b"\xfd\xee")
    return bytes((0xFE, len(payload) & 0x7F, len(payload) >> 7, number)) + escaped


class Host:
    """One connection. `command` adds a task, takes its result from the reply, and acknowledges or aborts as the vendor's driver does."""

    def __init__(self, register: Register, *, clear: bool = True) -> None:
        self.register = register
        self.received = bytearray()
        self.closed = False
        self.number = -1
        self.task = -1
        self.session = register.connect(self, "")
        if clear:
            assert self.order("C4") == "A3"

    def send(self, data: bytes) -> None:
        self.received += data

    def close(self) -> None:
        self.closed = True

    def write(self, data: bytes) -> bytes:
        """Raw bytes out; what came back for them."""
        self.received.clear()
        self.session.received(data)
        return bytes(self.received)

    def order(self, payload: str) -> str:
        """An order to the buffer, and the payload of the reply to it in hexadecimal; "" for none."""
        self.number = (self.number + 1) % 0xDF
        answer = self.write(framed(self.number, bytes.fromhex(payload)))
        replies = [event for event in Decoder().feed(answer) if isinstance(event, Frame) and event.id == self.number]
        assert len(replies) < 2
        return replies[0].payload.hex(" ").upper() if replies else ""

    def told(self) -> list[str]:
        """What the register says by itself since the last `write`."""
        found = [event for event in Decoder().feed(bytes(self.received)) if isinstance(event, Frame) and event.own]
        self.received.clear()
        return [frame.payload.hex(" ").upper() for frame in found]

    def add(self, command: str, *, flags: int = 1, task: int | None = None) -> str:
        """The reply to a new task with this command."""
        if task is None:
            self.task = (self.task + 1) % 0xA0
            task = self.task
        return self.order(f"C1 {flags:02X} {task:02X} 00 00 {command}")

    def command(self, command: str) -> str:
        """The answer behind A3 or A4; "" for none."""
        reply = self.add(command)
        if not reply:
            return ""
        if reply.startswith("A3"):
            self.order(f"C2 {self.task:02X}")
        else:
            assert reply.startswith("A4"), reply
            self.order("C4")
        return reply[3:]

    def ok(self, command: str) -> bytes:
        """What stands behind 55 00."""
        answer = self.command(command)
        assert answer.startswith("55 00"), f"{command}: {answer}"
        return bytes.fromhex(answer)[2:]

    def error(self, command: str) -> str:
        """The error, "00" for none."""
        return self.command(command)[3:5]

    # --- what tests do all the time

    def mode(self, mode: int) -> None:
        self.command("48")
        self.ok(f"56 {mode:02X} 00 00 00 30")

    def open_shift(self) -> None:
        self.mode(1)
        self.ok("9A 00")

    def item(self, price: int = 30100, *, vat: int = 2, name: str = "Хлеб", quantity: int = 1000) -> None:
        self.ok("EA 00 01 00")
        self.ok(item(price, vat=vat, name=name, quantity=quantity))

    def sell(self, price: int = 30100, *, kind: int = 1, payment: int = 1) -> None:
        """A receipt of one line, which is paid as it must be. In mode 1 with an open shift."""
        self.ok(f"92 00 {kind:02X}")
        self.item(price)
        self.ok(f"99 00 {payment:02X} {price:010d}")
        self.ok(CLOSE)

    def last_document(self) -> int:
        return int.from_bytes(self.ok("A4 30")[-4:], "little")

    def state(self) -> tuple[int, int]:
        """Mode byte and flags of 45."""
        answer = bytes.fromhex(self.command("45"))
        return answer[1], answer[2]


CLOSE = "4A 00 01 00 00 00 00 00"


def item(
    price: int,
    *,
    quantity: int = 1000,
    amount: int | None = None,
    vat: int = 2,
    flags: int = 0x0A,
    subject: int = 1,
    method: int = 4,
    name: str = "Хлеб",
) -> str:
    """EB with its parameters."""
    total = price * quantity // 1000 if amount is None else amount
    head = f"EB {flags:02X} {price:014d} {quantity:010d} {total:014d} {vat:02X} {0:014d} 01 {subject:02d} {method:02d} 00 {0:014d} 0000"
    return head + name.encode("cp866").hex()


def tag(number: int, data: bytes) -> str:
    """E8 with one tag."""
    return f"E8 01 01 00 {number.to_bytes(2, 'little').hex()} {len(data).to_bytes(2, 'little').hex()} {data.hex()}"


def new_register(clock: SetClock | None = None, state: Path | None = None, **settings: str) -> Register:
    return AtolSimulator().create(settings, clock=clock or SetClock(), state=state)


def selling(**settings: str) -> Host:
    """A host of a new register whose shift is open."""
    host = Host(new_register(**settings))
    host.open_shift()
    return host
