"""What a campaign plays: operations and faults, drawn with a seed, and written as JSON so that one can be played again."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from typing import Any, Literal

from tests.harness.bench import AFTERMATHS, FamilyBench, Scenario, Variant
from tests.harness.benches import bench_named
from tests.harness.cable import Measured, measure

When = Literal["to_device", "to_host", "answer", "seconds"]
"""By what a fault is timed: bytes in a direction, answers, or virtual seconds."""

What = Literal[
    "reconnect",
    "restart",
    "power",
    "foreign",
    "foreign_equal",
    "report",
    "clear",
    "corrupted",
    "doubled",
    "late",
    "stop",
    "abort",
    "again",
]
"""An aftermath of `bench.py` (behind a cut, or by itself where it is timed by seconds), a spoiling, the bridge stopped and started as
its service would, the till's abort, or the till sending an earlier request once more."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`count`: so many bytes, answers or seconds behind the fault before it, or behind its operation's beginning. `lasts`: for
    how long the power or the bridge is off, an answer is late."""

    when: When
    count: float
    what: What
    lasts: float = 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """One operation, by its scenario's name. `at_once`: the next one is sent without waiting for this one's end. `pause`: before it.
    `recheck`: who is to settle it by hand first has the device asked once more. `pick`: which earlier payment or key is meant."""

    scenario: str
    faults: tuple[Fault, ...] = ()
    at_once: bool = False
    pause: float = 0.0
    recheck: bool = False
    pick: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    bench: str
    variant: str
    steps: tuple[Step, ...] = field(default=())

    @property
    def faults(self) -> int:
        return sum(len(step.faults) for step in self.steps)

    def __str__(self) -> str:
        return json.dumps(_bare(asdict(self)), ensure_ascii=False)


_DEFAULTS = {"lasts": 0.0, "faults": (), "at_once": False, "pause": 0.0, "recheck": False, "pick": 0}


def _bare(value: Any) -> Any:
    """Without what is as it is by default."""
    if isinstance(value, dict):
        return {name: _bare(item) for name, item in value.items() if name not in _DEFAULTS or item != _DEFAULTS[name]}
    return [_bare(item) for item in value] if isinstance(value, list | tuple) else value


def read_plan(text: str) -> Plan:
    """What `str` of a plan wrote."""
    data = json.loads(text)
    steps = [
        Step(**{**step, "faults": tuple(Fault(**fault) for fault in step.get("faults", ()))}) for step in data.get("steps", ())
    ]
    return Plan(data["bench"], data["variant"], tuple(steps))


# --- drawing

_STEPS = (8, 14)
_FAULTS_OF_A_STEP: Mapping[int, int] = {0: 35, 1: 25, 2: 20, 3: 12, 4: 6, 6: 2}
_OF_A_DENSE_ONE: Mapping[int, int] = {1: 10, 2: 20, 3: 25, 4: 20, 6: 15, 9: 10}

# In some campaigns the device is everybody's: then this happens so many times as often.
_BUSY_OTHERS = 8
_OTHERS: tuple[What, ...] = ("foreign", "foreign_equal", "report")

_AT_CUTS: Mapping[What, int] = {
    "reconnect": 40,
    "restart": 22,
    "power": 18,
    "foreign": 6,
    "foreign_equal": 4,
    "report": 5,
    "clear": 1,
}
_AT_ANSWERS: Mapping[What, int] = {"corrupted": 1, "doubled": 1, "late": 1}
_AT_TIMES: Mapping[What, int] = {
    "restart": 10,
    "stop": 5,
    "reconnect": 6,
    "power": 8,
    "foreign": 4,
    "foreign_equal": 2,
    "report": 4,
    "abort": 8,
    "again": 8,
}

_LASTS: Mapping[str, tuple[float, ...]] = {
    "restart": (0.1, 1.0, 30.0),
    "stop": (0.1, 30.0),
    "power": (0.5, 3.0, 20.0),
    "late": (1.0, 6.0),
}


@cache
def _measured(bench_name: str, scenario_name: str) -> Measured:
    """In the ordinary variant: others have about the same length."""
    bench = bench_named(bench_name)
    scenario = next(scenario for scenario in bench.scenarios() if scenario.name == scenario_name)
    return measure(bench, bench.variants()[0], scenario)


def draw(bench: FamilyBench, variant: Variant, seed: int) -> Plan:
    """A campaign of this variant; the same seed draws the same one."""
    chance = random.Random(f"{seed} {bench.name} {variant.name}")
    scenarios = [scenario for scenario in bench.scenarios() if bench.has(variant, scenario)]
    # Some that are played often, so that an answer of one before can be taken for its own.
    usual = chance.sample(scenarios, min(2, len(scenarios)))
    mood = _Mood(dense=chance.random() < 0.4, others=chance.random() < (0.6 if variant.shared else 0.15))
    steps = []
    for _ in range(chance.randint(*_STEPS)):
        scenario = chance.choice([*scenarios, *usual * 2, scenarios[0]])
        steps.append(
            Step(
                scenario.name,
                _faults(bench, scenario, mood, chance),
                at_once=chance.random() < 0.15,
                pause=chance.choice((0.0, 0.0, 1.0, 30.0)),
                recheck=chance.random() < 0.2,
                pick=chance.randrange(1000),
            )
        )
    return Plan(bench.name, variant.name, tuple(_fitting(bench, variant, steps)))


def _fitting(bench: FamilyBench, variant: Variant, steps: Sequence[Step]) -> Iterator[Step]:
    """A fault may strike in any of the operations that are sent at once: it must make sense in all of them."""
    named = {scenario.name: scenario for scenario in bench.scenarios()}
    group: list[Step] = []
    for step in steps:
        group.append(step)
        if step.at_once and step is not steps[-1]:
            continue
        scenarios = [named[one.scenario] for one in group]
        for one in group:
            fits = (fault for fault in one.faults if all(_possible(bench, variant, each, fault.what) for each in scenarios))
            yield replace(one, faults=tuple(fits))
        group = []


@dataclass(frozen=True, slots=True)
class _Mood:
    """Of a whole campaign. `dense`: hardly an operation without several faults. `others`: who else uses the device does so often."""

    dense: bool
    others: bool

    def weighed(self, weights: Mapping[What, int]) -> tuple[list[What], list[int]]:
        often = _OTHERS if self.others else ()
        return list(weights), [weight * (_BUSY_OTHERS if what in often else 1) for what, weight in weights.items()]


def _faults(bench: FamilyBench, scenario: Scenario, mood: _Mood, chance: random.Random) -> tuple[Fault, ...]:
    numbers = _OF_A_DENSE_ONE if mood.dense else _FAULTS_OF_A_STEP
    number = chance.choices(list(numbers), list(numbers.values()))[0]
    return tuple(_fault(bench, scenario, mood, chance, first=index == 0) for index in range(number))


def _possible(bench: FamilyBench, variant: Variant, scenario: Scenario, what: What) -> bool:
    return what in ("stop", "abort", "again") or bench.plays(variant, scenario, what)


def _fault(bench: FamilyBench, scenario: Scenario, mood: _Mood, chance: random.Random, *, first: bool) -> Fault:
    measured = _measured(bench.name, scenario.name)
    when: When = chance.choices(("to_device", "to_host", "answer", "seconds"), (35, 35, 12, 25))[0]
    match when:
        case "to_device":
            count: float = _position(measured.edges_to_device, measured.to_device, chance, first)
        case "to_host":
            count = _position(measured.edges_to_host, measured.to_host, chance, first)
        case "answer":
            count = chance.randint(1, measured.answers if first else max(2, measured.answers // 3))
        case "seconds":
            count = round(chance.choice((0.0, 0.01, chance.uniform(0, 1), chance.uniform(0, 12), chance.uniform(0, 60))), 2)
    weights = {"seconds": _AT_TIMES, "answer": _AT_ANSWERS}.get(when, _AT_CUTS)
    what = chance.choices(*mood.weighed(weights))[0]
    lasts = _LASTS.get(what, (0.0,))
    if what == "late":
        lasts = (*lasts, bench.late)
    return Fault(when, count, what, chance.choice(lasts))


def _position(edges: Sequence[int], total: int, chance: random.Random, first: bool) -> int:
    """At the edge of a transfer, or anywhere; a later fault most often close behind the one before."""
    if not first and chance.random() < 0.6:
        return chance.choice((0, 1, chance.randint(0, 12), chance.randint(0, 120), chance.randint(0, 600)))
    if edges and chance.random() < 0.6:
        return max(0, chance.choice(edges) + chance.choice((-1, 0, 0, 1)))
    return chance.randint(0, total)


assert set(_AT_CUTS) == set(AFTERMATHS)
