"""Simulated Posnet printers behind TCP in this process, two of them over the Thermal protocol: slow at random moments,
switched off now and then.

They differ in what they remember over a power cut, so that recovery has to take all its ways.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge_sim_posnet.family import PosnetSimulator
from bridge_simulators.device import IssuedDocument
from bridge_simulators.family import Running
from bridge_simulators.fault_kinds import Delay, Hold
from bridge_simulators.faults import Course, Fault, Step, StepFault

_SETTINGS: Mapping[str, Mapping[str, str]] = {
    "till-1": {"unique_number": "ZBF 2101000001"},
    "till-2": {"unique_number": "ZBF 2101000002", "open_receipt_at_power_on": "cancel", "rpt_missing": "er13"},
    "till-3": {"unique_number": "ZBF 2101000003", "open_receipt_at_power_on": "drop", "token_store": "keep"},
    "till-4": {"unique_number": "ABC 10000004", "protocol": "thermal"},
    "till-5": {"unique_number": "ABC 10000005", "protocol": "thermal", "open_receipt_at_power_on": "cancel"},
}

DEVICES = tuple(_SETTINGS)

PLAIN = frozenset(name for name, settings in _SETTINGS.items() if settings.get("protocol") == "thermal")
"""Printers of the older protocol, which knows the plain documents only."""

# Where a pause is made long enough for a kill to fall into it: most dialogues are over within some hundredths of a second.
_HELD = (
    "trend", "trend", "trend", "cash", "opendrwr", "ftrcfg", "trinit", "trline", "trpayment", "prncancel", "rpt", "scnt",
    "trfvinit", "trfvbuyer", "shiftrep", "eparagonidznext", "packret", "trftrln", "trftrend",
)  # fmt: skip
_HELD_THERMAL = ("$y", "$y", "$y", "#i", "$d", "$h", "$l", "$e", "#s", "#e")
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
    settings: Mapping[str, str] = field(default_factory=dict)
    """The device's in the bridge."""
    power_cuts: int = 0

    @property
    def url(self) -> str:
        return self.running.url

    @property
    def documents(self) -> list[IssuedDocument]:
        return self.running.device.documents()

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
    printers = {}
    for name, settings in _SETTINGS.items():
        running = await family.start(listen="tcp://127.0.0.1:0", pace="fast", settings=settings)
        if settings.get("protocol") == "thermal":
            drawer = _Tally(command="$d")
            printers[name] = Printer(name, running, drawer, _HELD_THERMAL, {"protocol": "thermal"})
        else:
            printers[name] = Printer(name, running, _Tally(command="opendrwr"))
    return printers
