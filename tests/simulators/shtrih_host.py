"""A host without a socket: sends commands to a simulated register over link layer v1 or v2 and collects its answers.

Bytes are built here from the reference, so that the host's side of the codec has no part in it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import reduce
from operator import xor
from pathlib import Path
from zoneinfo import ZoneInfo

from bridge_shtrih_m.frame import Decoder1, Decoder2, Frame1, Frame2
from bridge_sim_shtrih_m.family import ShtrihSimulator
from bridge_sim_shtrih_m.register import Register

MOSCOW = ZoneInfo("Europe/Moscow")
ADMIN = bytes.fromhex("1E000000")
MEASURE = bytes.fromhex("3C08010000")  # tag 2108: pieces
NOT_GIVEN = bytes.fromhex("FFFFFFFFFF")


class SetClock:
    """A wall clock that stands still until a test moves it."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at or datetime(2026, 11, 20, 15, 30, tzinfo=MOSCOW)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


def le(value: int, size: int) -> bytes:
    return value.to_bytes(size, "little")


def framed(data: bytes) -> bytes:
    """STX LEN DATA LRC."""
    body = bytes((len(data),)) + data
    return b"\x02" + body + bytes((reduce(xor, body, 0),))


class Host:
    """One connection. `command` speaks v1 as a well-behaved host does: ENQ, frame, ACK to the answer."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.received = bytearray()
        self.closed = False
        self.session = register.connect(self, "")

    def send(self, data: bytes) -> None:
        self.received += data

    def close(self) -> None:
        self.closed = True

    def write(self, data: bytes) -> bytes:
        """Raw bytes out; what came back for them."""
        self.received.clear()
        self.session.received(data)
        return bytes(self.received)

    def command(self, code: str, parameters: bytes = b"", *, password: bytes | None = ADMIN) -> bytes:
        """The answer behind the command's code: the error byte, then the rest. Empty where nothing came."""
        head = bytes.fromhex(code)
        if self.write(b"\x05") not in (b"\x15", b"\xff\x15"):
            return b""
        frames = [
            event
            for event in Decoder1().feed(self.write(framed(head + (password or b"") + parameters)))
            if isinstance(event, Frame1)
        ]
        if not frames:
            return b""
        self.write(b"\x06")
        assert frames[0].data[: len(head)] == head
        return frames[0].data[len(head) :]

    def ok(self, code: str, parameters: bytes = b"", *, password: bytes | None = ADMIN) -> bytes:
        """The answer behind the error byte, which must say that all went well."""
        answer = self.command(code, parameters, password=password)
        assert answer[:1] == b"\0", f"{code}: {answer.hex()}"
        return answer[1:]

    def error(self, code: str, parameters: bytes = b"", *, password: bytes | None = ADMIN) -> str:
        """The error, "00" for none."""
        return self.command(code, parameters, password=password)[:1].hex().upper()

    # --- what tests do all the time

    def item(self, price: int, *, quantity: int = 1_000_000, operation: int = 1, vat: int = 2, name: str = "Хлеб") -> str:
        return self.error("FF46", item(price, quantity=quantity, operation=operation, vat=vat, name=name))

    def sell(self, price: int = 30100, *, operation: int = 1, cash: int | None = None, electronic: int = 0) -> bytes:
        """A receipt of one line; the answer to FF45."""
        self.ok("8D", bytes(({1: 0, 2: 2, 3: 1, 4: 3}[operation],)))
        self.ok("FF46", item(price, operation=operation))
        self.ok("FF4D", MEASURE)
        return self.ok("FF45", close(price - electronic if cash is None else cash, electronic=electronic))

    def status(self) -> tuple[int, int]:
        """Mode and submode of 10."""
        answer = self.ok("10")
        return answer[3], answer[4]

    def last_document(self) -> int:
        return int.from_bytes(self.ok("FF01")[-4:], "little")

    def money_register(self, number: int) -> int:
        return int.from_bytes(self.ok("1A", bytes((number,)))[1:], "little")

    def through_number(self) -> int:
        return int.from_bytes(self.ok("1B", bytes((152,)))[1:], "little")


def item(
    price: int,
    *,
    quantity: int = 1_000_000,
    operation: int = 1,
    amount: int | None = None,
    vat: int = 2,
    method: int = 4,
    subject: int = 1,
    name: str = "Хлеб",
) -> bytes:
    """The parameters of FF46."""
    given = NOT_GIVEN if amount is None else le(amount, 5)
    head = bytes((operation,)) + le(quantity, 6) + le(price, 5) + given + NOT_GIVEN
    return head + bytes((vat, 0, method, subject)) + name.encode("cp1251")


def close(cash: int, *, electronic: int = 0, rounding: int = 0, system: int = 1, text: str = "") -> bytes:
    """The parameters of FF45."""
    payments = le(cash, 5) + le(electronic, 5) + bytes(14 * 5)
    return payments + bytes((rounding,)) + bytes(30) + bytes((system,)) + text.encode("cp1251")


class Host2:
    """One connection over link layer v2. `number` is that of the last executed command."""

    def __init__(self, register: Register, number: int = 0) -> None:
        self.register = register
        self.number = number
        self.received = bytearray()
        self.closed = False
        self.session = register.connect(self, "")

    def send(self, data: bytes) -> None:
        self.received += data

    def close(self) -> None:
        self.closed = True

    def write(self, data: bytes) -> bytes:
        self.received.clear()
        self.session.received(data)
        return bytes(self.received)

    def numbered(self, number: int | None, data: bytes = b"") -> tuple[int | None, bytes] | None:
        """Number and data of the answer to one frame; None where none came."""
        answers = [event for event in Decoder2().feed(self.write(Frame2(number, data).to_bytes())) if isinstance(event, Frame2)]
        return (answers[0].number, answers[0].data) if answers else None

    def ok(self, code: str, parameters: bytes = b"") -> bytes:
        head = bytes.fromhex(code)
        self.number = (self.number + 1) % 0x10000
        answer = self.numbered(self.number, head + ADMIN + parameters)
        assert answer is not None
        assert answer[0] == self.number
        assert answer[1][: len(head) + 1] == head + b"\0", answer[1].hex()
        return answer[1][len(head) + 1 :]


def new_register(clock: SetClock | None = None, state: Path | None = None, **settings: str) -> Register:
    return ShtrihSimulator().create(settings, clock=clock or SetClock(), state=state)
