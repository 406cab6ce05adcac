"""Simulated printers behind TCP in this process: Posnet, two of them over the Thermal protocol, Shtrih-M over each link layer, and
ATOL over each transport and behind the vendor's HTTP server; and two ZVT terminals, one that takes back
what nobody confirms and one that keeps it. They are slow at random moments and switched off now and then.

They differ in what they remember over a power cut, so that recovery has to take all its ways.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bridge_sim_atol.family import AtolSimulator
from bridge_sim_atol.register import Register as AtolRegister
from bridge_sim_atol.shift import open_shift as open_atol_shift
from bridge_sim_atol.web.family import WebSimulator
from bridge_sim_atol.web.server import WebServer
from bridge_sim_posnet.family import PosnetSimulator
from bridge_sim_shtrih_m.family import ShtrihSimulator
from bridge_sim_shtrih_m.register import Register
from bridge_sim_shtrih_m.shift import open_shift
from bridge_sim_zvt.family import ZvtSimulator
from bridge_simulators.device import IssuedDocument
from bridge_simulators.family import Running
from bridge_simulators.fault_kinds import Delay, Hold
from bridge_simulators.faults import Course, Fault, Step, StepFault

from tests.crash.orders import CARDS, PLAIN_POLAND, POLAND, RUSSIA, RUSSIA_BY_ATTRIBUTE, Market

_SETTINGS: Mapping[str, Mapping[str, str]] = {
    "till-1": {"unique_number": "ZBF 2101000001"},
    "till-2": {"unique_number": "ZBF 2101000002", "open_receipt_at_power_on": "cancel", "rpt_missing": "er13"},
    "till-3": {"unique_number": "ZBF 2101000003", "open_receipt_at_power_on": "drop", "token_store": "keep"},
    "till-4": {"unique_number": "ABC 10000004", "protocol": "thermal"},
    "till-5": {"unique_number": "ABC 10000005", "protocol": "thermal", "open_receipt_at_power_on": "cancel"},
}

_SHTRIH_SETTINGS: Mapping[str, Mapping[str, str]] = {
    "till-6": {"link": "v1", "serial": "380001000006", "fn_serial": "9999078900000006"},
    "till-7": {"link": "v2", "serial": "380001000007", "fn_serial": "9999078900000007", "open_receipt_at_power_on": "half"},
}

_ATOL_SETTINGS: Mapping[str, Mapping[str, str]] = {
    "till-8": {"serial": "00106000000008", "fn_serial": "9999078900000008", "buffer_at_power_off": "kept"},
    "till-9": {
        "serial": "00106000000009",
        "fn_serial": "9999078900000009",
        "protocol": "v2",
        "open_receipt_at_power_on": "cancel",
        "report_polls": "2",
    },
}

_BEHIND_SERVER = "till-10"
"""An ATOL register that the vendor's HTTP server has."""

_ZVT_SETTINGS: Mapping[str, Mapping[str, str]] = {
    "desk-a": {"tid": "29000001", "serial": "17000001", "unconfirmed": "A"},
    "desk-b": {"tid": "29000002", "serial": "17000002", "unconfirmed": "B"},
}

# Of the bridge: the terminals here decide within tenths of a second, so nobody waits as long as at a real one.
_ZVT_BRIDGE: Mapping[str, Any] = {
    "password": "123456",
    "receipts": "blocks",
    "reversal_window": 1.5,
    "timeouts": {"busy": 0.3, "t3": 3.0},
}

DEVICES = (*_SETTINGS, *_SHTRIH_SETTINGS, *_ATOL_SETTINGS, _BEHIND_SERVER, *_ZVT_SETTINGS)

MARKETS: Mapping[str, Market] = {
    **{name: PLAIN_POLAND if settings.get("protocol") == "thermal" else POLAND for name, settings in _SETTINGS.items()},
    **dict.fromkeys(_SHTRIH_SETTINGS, RUSSIA),
    **dict.fromkeys(_ATOL_SETTINGS, RUSSIA_BY_ATTRIBUTE),
    _BEHIND_SERVER: RUSSIA_BY_ATTRIBUTE,
    **dict.fromkeys(_ZVT_SETTINGS, CARDS),
}

# Where a pause is made long enough for a kill to fall into it: most dialogues are over within some hundredths of a second.
_HELD = (
    "trend", "trend", "trend", "cash", "opendrwr", "ftrcfg", "trinit", "trline", "trpayment", "prncancel", "rpt", "scnt",
    "trfvinit", "trfvbuyer", "shiftrep", "eparagonidznext", "packret", "trftrln", "trftrend",
)  # fmt: skip
_HELD_THERMAL = ("$y", "$y", "$y", "#i", "$d", "$h", "$l", "$e", "#s", "#e")
_HELD_SHTRIH = ("FF45", "FF45", "FF45", "FF45", "50", "51", "28", "8D", "FF46", "17", "88", "FF01", "10")
_HELD_ATOL = ("4A", "4A", "4A", "4A", "49", "4F", "80", "92", "EB", "99", "59", "A430", "3F")
_HELD_ZVT = ("0601", "0601", "040F", "040F", "06D3", "060F", "0620", "0631")
_STEPS: tuple[Step, ...] = ("before", "after", "answer")

_FOR_EVER = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tally(StepFault):
    """No fault: counts how often a command was executed, for effects, which leave no document."""

    kind = "tally"
    step: Step = "after"
    times: int = _FOR_EVER
    counts: dict[str, int] = field(default_factory=Counter, compare=False)

    def strike(self, device: object, course: Course) -> None:
        self.counts[self.command] = self.counts.get(self.command, 0) + 1


@dataclass(slots=True)
class Printer:
    """One printer and the hands at it."""

    id: str
    running: Running
    tally: _Tally
    held: tuple[str, ...] = _HELD
    settings: Mapping[str, Any] = field(default_factory=dict)
    """The device's in the bridge."""
    family: str = "posnet"
    reference_last: bool = False
    """A receipt gets the till's reference with its end only."""
    without_number: frozenset[str] = frozenset()
    """Kinds of orders whose documents the device does not number for its host."""
    power_cuts: int = 0

    @property
    def url(self) -> str:
        return self.running.url

    @property
    def documents(self) -> list[IssuedDocument]:
        """Those that somebody may have asked for."""
        documents = self.running.device.documents()
        if self.family == "posnet":
            return documents
        return [_with_reference(document) for document in documents if document.kind != "shift_open"]

    @property
    def drawer_opened(self) -> int:
        return self.tally.counts.get(self.tally.command, 0)

    def slow_down(self, chance: random.Random) -> None:
        """For the next while: every answer a little late, and a long pause at one or two commands."""
        faults: list[Fault] = [Delay(seconds=chance.choice((0.0005, 0.001, 0.002, 0.006)), times=_FOR_EVER)]
        for _ in range(chance.randint(1, 3)):
            pause = chance.uniform(0.05, 0.5)
            faults.append(Hold(command=chance.choice(self.held), step=chance.choice(_STEPS), seconds=pause))
        self.be_well()
        self.running.device.faults.arm(*faults)

    def be_well(self) -> None:
        """Nothing is armed any more, and the power is on."""
        self.running.device.power(True)
        self.running.device.faults.clear()
        self.running.device.faults.arm(self.tally)

    async def lose_power(self, after: float, seconds: float) -> None:
        await asyncio.sleep(after)
        self.running.device.power(False)
        self.power_cuts += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self.running.device.power(True)


async def start_printers() -> dict[str, Printer]:
    """All of them, on free ports of 127.0.0.1."""
    family = PosnetSimulator()
    printers: dict[str, Printer] = {}
    for name, settings in _SETTINGS.items():
        running = await family.start(listen="tcp://127.0.0.1:0", pace="fast", settings=settings)
        if settings.get("protocol") == "thermal":
            drawer = _Tally(command="$d")
            printers[name] = Printer(name, running, drawer, _HELD_THERMAL, {"protocol": "thermal"}, reference_last=True)
        else:
            printers[name] = Printer(name, running, _Tally(command="opendrwr"))
    for name, settings in _SHTRIH_SETTINGS.items():
        running = await ShtrihSimulator().start(listen="tcp://127.0.0.1:0", pace="fast", settings=settings)
        assert isinstance(running.device, Register)
        open_shift(running.device, "device")
        running.device.mechanism.start()
        printers[name] = Printer(
            name, running, _Tally(command="28"), _HELD_SHTRIH, {"print_reference": True}, "shtrih-m", reference_last=True
        )
    for name, settings in _ATOL_SETTINGS.items():
        running = await AtolSimulator().start(listen="tcp://127.0.0.1:0", pace="fast", settings=settings)
        assert isinstance(running.device, AtolRegister)
        open_atol_shift(running.device, "device")
        running.device.mechanism.start()
        told = {"protocol": settings.get("protocol", "v3")}
        slips = frozenset(("cash_in", "cash_out"))
        printers[name] = Printer(
            name, running, _Tally(command="80"), _HELD_ATOL, told, "atol", reference_last=True, without_number=slips
        )
    printers[_BEHIND_SERVER] = await _behind_server()
    for name, settings in _ZVT_SETTINGS.items():
        running = await ZvtSimulator().start(
            listen="tcp://127.0.0.1:0", pace="fast", settings={**settings, "magic": "no", "host_ms": "30"}
        )
        printers[name] = Printer(name, running, _Tally(command="nothing"), _HELD_ZVT, _ZVT_BRIDGE, "zvt")
    return printers


async def _behind_server() -> Printer:
    """What is slow and loses its power is the register; the server finds it again by itself."""
    numbers = {"register.serial": "00106000000010", "register.fn_serial": "9999078900000010", "poll_ms": "100"}
    server = await WebSimulator().start(listen="tcp://127.0.0.1:0", pace="fast", settings=numbers)
    assert isinstance(server.device, WebServer)
    (register,) = server.device.registers.values()
    open_atol_shift(register, "device")
    register.mechanism.start()
    running = replace(server, device=register)
    slips = frozenset(("cash_in", "cash_out"))
    return Printer(
        _BEHIND_SERVER, running, _Tally(command="80"), _HELD_ATOL, {}, "atol", reference_last=True, without_number=slips
    )


def _with_reference(document: IssuedDocument) -> IssuedDocument:
    """Where the protocol has no field for the till's reference it is a line of the receipt."""
    texts = document.details.get("texts")
    return replace(document, reference=texts[0]) if texts and not document.reference else document
