"""The simulated server's own driver against what the vendor's driver was seen to send: the same tasks become the same commands."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bridge_sim_atol.local import NoAnswer
from bridge_sim_atol.web.driver import Outcome, VendorDriver
from bridge_sim_atol.web.http import NotHttp, Reader, Reply, Request
from hypothesis import given
from hypothesis import strategies as st

from bridge.transport import run_virtual

SPECS = Path(__file__).parents[3] / "protocol-specs" / "atol"
VECTORS: list[dict[str, Any]] = json.loads((SPECS / "vectors.json").read_text("utf-8"), parse_float=Decimal)
FLOWS = {vector["name"]: vector["meaning"] for vector in VECTORS if vector["meaning"]["layer"] == "json-task-flow"}
COMPARED = sorted(FLOWS)
_ASKS = frozenset((0x3F, 0x45, 0x91, 0xA4, 0xA5, 0xE9, 0x4D, 0x9D))

# What the vendor's driver heard in its flows: mode 1 entered, a line of 48 characters, a document of the FN more after each deciding one.
_LINE = 48


@dataclass(frozen=True)
class Heard:
    data: bytes
    error: int = 0


class Script:
    """A register that answers what was asked as little as possible, and remembers what was sent."""

    def __init__(self, mode: int = 1, format_: int = 2) -> None:
        self.mode = mode
        self.format = format_
        self.last = 101
        self.sent: list[str] = []
        self.deaf_to: str | None = None

    async def __call__(self, data: bytes) -> Heard:
        if data[0] not in _ASKS:
            self.sent.append(data.hex())
        if self.deaf_to is not None and data.hex().startswith(self.deaf_to):
            raise NoAnswer("deaf")
        match data[0]:
            case 0x45:
                return Heard(bytes((0x55, self.mode, 0)))
            case 0x48:
                self.mode = 0
            case 0x56:
                self.mode = data[1]
            case 0x59:
                return Heard(b"\x55\x9a\x00", 0x9A)
            case 0x9A | 0x4A | 0x5A:
                self.last += 1
            case 0x67 if data[1] == 9:
                self.last += 1
            case 0x3F:
                return Heard(bytes.fromhex("4430012601150800004b000001023d353701000500010000000000020602".ljust(60, "0")))
            case 0x91:
                return Heard(b"\x55\x00" + self._register(data[1]))
            case 0xA4:
                return Heard(b"\x55\x00" + self._storage(data[1]))
            case 0xE9:
                return Heard(b"\x55\x00\x01" + data[1:3] + b"\x02\x00ab")
            case _:
                pass
        return Heard(b"\x55\x00\x00")

    def _register(self, number: int) -> bytes:
        match number:
            case 0x34:
                return bytes.fromhex(f"{self.last:010d}") + bytes(15)
            case 0x36:
                return bytes((2, 2, self.format)) + bytes(5)
            case 0x18:
                return bytes.fromhex(f"{_LINE}0576")
            case 0x12:
                return bytes((1,)) + bytes.fromhex("160126080000")
            case 0x0A:
                return bytes.fromhex(f"{100000:014d}")
            case _:
                return bytes(14)

    def _storage(self, command: int) -> bytes:
        if command == 0x40:
            return bytes((3, 0, 26, 1, 15, 8, 0)) + self.last.to_bytes(4, "little") + bytes(4) + b"\x01" + bytes(5)
        head = bytes((3, 0, 0, 1, 0, 26, 1, 15, 8, 0))
        told = {
            0x30: head + b"9999078900007317" + self.last.to_bytes(4, "little"),
            0x20: bytes(13),
            0x32: bytes((27, 3, 15, 12, 1)),
        }
        return told.get(command, b"9999078900007317\x00")


def run(task: Any, script: Script) -> Outcome:
    return run_virtual(VendorDriver(script, ZoneInfo("Europe/Moscow")).run(task))


def vendors(commands: Sequence[str], mode_entered: bool) -> list[str]:
    """Without the vendor's own way into mode 1, where ours was there already."""
    return list(commands[2:] if mode_entered and commands[:2] == ["48", "560100000030"] else commands)


@pytest.mark.parametrize("name", COMPARED)
def test_a_task_becomes_the_commands_of_the_vendors_driver(name: str) -> None:
    meaning = FLOWS[name]
    script = Script()
    outcome = run(meaning["task"], script)
    assert outcome.code == meaning["driver_error"][0], outcome
    assert script.sent == vendors(meaning["state_changing_commands"], mode_entered=True)


@pytest.mark.parametrize("name", [name for name in COMPARED if FLOWS[name]["driver_result"]])
def test_a_result_has_the_members_of_the_vendors_driver(name: str) -> None:
    meaning = FLOWS[name]
    result = run(meaning["task"], Script()).result
    told = json.loads(meaning["driver_result"])
    assert set(result) >= set(told)
    for member, value in told.items():
        if isinstance(value, dict):
            assert set(result[member]) >= set(value) - {"notPrinted"}


EXTRA = [
    vector
    for vector in VECTORS
    if "json_task" in vector["meaning"] and vector["meaning"].get("command") in ("EB", "99", "E8", "4C")
]


@pytest.mark.parametrize("vector", EXTRA, ids=lambda vector: str(vector["name"]))
def test_a_command_that_was_seen_for_a_task_is_among_those_that_it_becomes(vector: dict[str, Any]) -> None:
    script = Script()
    run(vector["meaning"]["json_task"], script)
    data = bytes.fromhex(vector["meaning"]["payload"])[5:]
    assert data.hex() in script.sent


@pytest.mark.parametrize(("before", "grows", "code"), [(True, False, 2), (False, True, 0)])
def test_a_register_that_falls_silent_at_the_end_of_a_receipt_is_asked_for_its_last_document(
    before: bool, grows: bool, code: int
) -> None:
    class Silent(Script):
        async def __call__(self, data: bytes) -> Heard:
            heard = await super().__call__(data)
            if data[0] == 0x4A:
                if before:
                    self.last -= 1
                raise NoAnswer("silent")
            return heard

    script = Silent()
    outcome = run(FLOWS["flow-sell"]["task"], script)
    assert outcome.code == code
    assert sum(command.startswith("4a") for command in script.sent) == 1
    assert (script.last == 102) is grows


def test_a_busy_register_is_asked_for_its_state_until_it_takes_the_command() -> None:
    class Busy(Script):
        left = 2

        async def __call__(self, data: bytes) -> Heard:
            if data[0] == 0x80 and self.left:
                self.left -= 1
                self.sent.append("busy")
                return Heard(b"\x55\x76\x00", 0x76)
            return await super().__call__(data)

    script = Busy()
    assert run({"type": "openCashDrawer"}, script).code == 0
    assert script.sent == ["busy", "busy", "80"]


def test_a_total_below_the_items_is_a_discount_on_the_receipt() -> None:
    task = {**FLOWS["flow-sell"]["task"], "total": Decimal("161.00")}
    script = Script()
    assert run(task, script).code == 0
    assert "43000001000000000073" in script.sent
    assert run({**task, "total": Decimal("162.00")}, Script()).code == 227


REQUEST = b"POST /api/v2/requests?deviceID=%D0%9A1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcdGET / HTTP/1.1\r\n\r\n"


@given(st.lists(st.integers(0, len(REQUEST)), max_size=6))
def test_requests_are_the_same_however_their_bytes_come(cuts: list[int]) -> None:
    reader = Reader()
    edges = [0, *sorted(cuts), len(REQUEST)]
    found: list[Request] = []
    for start, end in itertools.pairwise(edges):
        found += reader.feed(REQUEST[start:end])
    assert [(one.method, one.parts, dict(one.query), one.body) for one in found] == [
        ("POST", ("api", "v2", "requests"), {"deviceID": "К1"}, b"abcd"),
        ("GET", ("",), {}, b""),
    ]


@pytest.mark.parametrize("data", [b"\xfe\x01\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"x" * 20_000])
def test_what_is_no_http_ends_the_connection(data: bytes) -> None:
    with pytest.raises(NotHttp):
        Reader().feed(data)


def test_a_reply_says_how_long_it_is() -> None:
    assert Reply(404, b"{}").to_bytes().endswith(b"Content-Length: 2\r\n\r\n{}")
