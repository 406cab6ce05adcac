"""Many cases: which ones, over two processes, and the table of what became of them."""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

from tests.harness.bench import AFTERMATHS, EVERYWHERE, FamilyBench, Scenario
from tests.harness.benches import bench_named
from tests.harness.cable import Cut, Direction, Disturbance, Measured, Outcome, Spoilt, measure, play
from tests.toys.cables import Spoiling

SPOILINGS: tuple[Spoiling, ...] = ("corrupted", "doubled", "late")

# Cases that one process takes at once: enough to make the hand-over cheap, few enough to share the work out evenly.
_CHUNK = 25

# Violations that are printed; a wrong driver has hundreds, and the first ones say it all.
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Extent:
    """Which cases.

    The ordinary variant's first scenario is cut at every byte (`every_byte`), else at the edges of its transfers and at
    `sample` more positions of each direction, drawn with `seed`. Its other scenarios are cut at the edges of `edges`
    transfers of each direction (None: of all); other variants at those of `thin` transfers, drawn for each anew, and of these
    cases only `seldom` for each scenario (None: all). `everywhere`: all get what the first one gets.

    For a quick look: `first`: only first scenarios; `variants`: only the first so many variants; `draw`: of all these
    cases only so many for each scenario and variant (ten times as many for the very first), drawn with `seed`.
    """

    every_byte: bool = False
    everywhere: bool = False
    sample: int = 0
    seed: int = 1
    thin: int = 2
    first: bool = False
    variants: int | None = None
    draw: int | None = None
    edges: int | None = None
    seldom: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Where to find one case again; it travels between processes."""

    bench: str
    variant: str
    scenario: str
    disturbance: Disturbance

    @property
    def row(self) -> tuple[str, str, str, str]:
        """The row of the table that it belongs to."""
        return (self.bench, self.scenario, self.variant, self.disturbance.name)

    def __str__(self) -> str:
        return f"{self.bench}, {self.variant}, {self.scenario}: {self.disturbance}"


@dataclass(slots=True)
class Row:
    """A line of the table: one disturbance of one scenario in one variant."""

    family: str
    scenario: str
    variant: str
    disturbance: str
    cases: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    not_struck: int = 0
    violations: list[tuple[Case, str]] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, case: Case, outcome: Outcome) -> None:
        self.cases += 1
        self.verdicts[outcome.verdict] += 1
        self.seconds += outcome.seconds
        if not outcome.struck:
            self.not_struck += 1
        if outcome.reason is not None:
            self.reasons[outcome.reason] += 1
        self.violations += [(case, violation) for violation in outcome.violations]


def cases_of(bench: FamilyBench, extent: Extent) -> Iterator[Case]:
    """All cases of a family. Plays each scenario once undisturbed to learn its length."""
    for index, variant in enumerate(bench.variants()[: extent.variants]):
        for number, scenario in enumerate(bench.scenarios()[: 1 if extent.first else None]):
            if not bench.has(variant, scenario):
                continue
            very_first = index == 0 and number == 0
            chance = random.Random(f"{extent.seed} {bench.name} {variant.name} {scenario.name}")
            measured = measure(bench, variant, scenario)
            if very_first or extent.everywhere:
                possible = _disturbances(measured, None, extent.sample, extent.every_byte, chance)
            else:
                possible = _disturbances(measured, extent.edges if index == 0 else extent.thin, 0, False, chance)
            played = [disturbance for disturbance in possible if bench.plays(variant, scenario, disturbance.name)]
            if extent.seldom is not None and index > 0:
                played = chance.sample(played, min(len(played), extent.seldom))
            if extent.draw is not None:
                played = chance.sample(played, min(len(played), extent.draw * (10 if very_first else 1)))
            yield from (Case(bench.name, variant.name, scenario.name, disturbance) for disturbance in played)


def _disturbances(
    measured: Measured, transfers: int | None, sample: int, every_byte: bool, chance: random.Random
) -> Iterator[Disturbance]:
    """`transfers`: how many transfers' edges are taken; None for all."""
    directions: tuple[tuple[Direction, int, tuple[int, ...]], ...] = (
        ("to_device", measured.to_device, measured.edges_to_device),
        ("to_host", measured.to_host, measured.edges_to_host),
    )
    for direction, total, ends in directions:
        edges = _edges(ends, total, transfers, chance)
        drawn = set(chance.sample(range(total + 1), min(sample, total + 1)))
        positions = set(range(total + 1)) if every_byte else edges | drawn
        for aftermath in AFTERMATHS:
            chosen = positions if aftermath in EVERYWHERE else edges
            yield from (Cut(direction, position, aftermath) for position in sorted(chosen))
    for how in SPOILINGS:
        answers = _some(list(range(1, measured.answers + 1)), transfers, chance)
        yield from (Spoilt(answer, how) for answer in answers)


def _edges(ends: Sequence[int], total: int, transfers: int | None, chance: random.Random) -> set[int]:
    """Just before the end of each transfer, at it, and behind it; the very first byte too."""
    chosen = _some(sorted(set(ends)), transfers, chance)
    return {position for end in (0, *chosen) for position in (end - 1, end, end + 1) if 0 <= position <= total}


def _some(values: list[int], limit: int | None, chance: random.Random) -> list[int]:
    return values if limit is None or len(values) <= limit else sorted(chance.sample(values, limit))


def play_case(case: Case) -> Outcome:
    """Play one case, wherever it came from. A plugin or host that raises is a violation, not the end of the run."""
    bench = bench_named(case.bench)
    variant = next(variant for variant in bench.variants() if variant.name == case.variant)
    scenario: Scenario = next(scenario for scenario in bench.scenarios() if scenario.name == case.scenario)
    try:
        return play(bench, variant, scenario, case.disturbance)
    except Exception as error:  # the other cases must still be played
        return Outcome("lost", (f"{type(error).__name__}: {error}",), True)


def _play_chunk(cases: list[Case]) -> list[Outcome]:
    logging.disable(logging.CRITICAL)
    return [play_case(case) for case in cases]


def run(benches: Sequence[FamilyBench], extent: Extent, jobs: int = 1) -> tuple[list[Row], int]:
    """Play everything: the table's rows, and how many cases were without violation."""
    logging.disable(logging.CRITICAL)
    try:
        cases = [case for bench in benches for case in cases_of(bench, extent)]
        known = dict.fromkeys(case.row for case in cases)
        random.Random(extent.seed).shuffle(cases)  # so that the processes end at the same time
        chunks = [cases[start : start + _CHUNK] for start in range(0, len(cases), _CHUNK)]
        if jobs == 1:
            answers = [_play_chunk(chunk) for chunk in chunks]
        else:
            with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
                answers = list(pool.map(_play_chunk, chunks))
    finally:
        logging.disable(logging.NOTSET)
    rows: dict[tuple[str, str, str, str], Row] = {}
    passed = 0
    for chunk, outcomes in zip(chunks, answers, strict=True):
        for case, outcome in zip(chunk, outcomes, strict=True):
            rows.setdefault(case.row, Row(*case.row)).add(case, outcome)
            passed += not outcome.violations
    return [rows[key] for key in known], passed


def _merged(rows: Sequence[Row], key: Callable[[Row], tuple[str, ...]]) -> dict[tuple[str, ...], Row]:
    """Rows with one key added up, in the order of their first appearance."""
    merged: dict[tuple[str, ...], Row] = {}
    for row in rows:
        into = merged.setdefault(key(row), Row(row.family, row.scenario, row.variant, row.disturbance))
        into.cases += row.cases
        into.verdicts += row.verdicts
        into.reasons += row.reasons
        into.not_struck += row.not_struck
        into.violations += row.violations
        into.seconds += row.seconds
    return merged


_FIGURES = ("cases", "done", "failed", "unresolved", "violations", "seconds")


def _lines(heads: tuple[str, ...], rows: Mapping[tuple[str, ...], Row]) -> Iterator[str]:
    body = [
        (
            *names,
            str(row.cases),
            *(str(row.verdicts[verdict]) for verdict in ("done", "failed", "unresolved")),
            str(len(row.violations)),
            f"{row.seconds:.1f}",
        )
        for names, row in rows.items()
    ]
    every = [(*heads, *_FIGURES), *body]
    widths = [max(len(line[column]) for line in every) for column in range(len(every[0]))]
    for line in every:
        cells = zip(line, widths, strict=True)
        named = "  ".join(cell.ljust(width) for cell, width in list(cells)[: len(heads)])
        figures = "  ".join(cell.rjust(width) for cell, width in zip(line[len(heads) :], widths[len(heads) :], strict=True))
        yield f"{named}  {figures}"


def table(rows: Sequence[Row], benches: Sequence[FamilyBench]) -> str:
    """For people: by variant and scenario, by disturbance, then what was unresolved and why, and what was wrong."""
    by_variant = _merged(rows, lambda row: (row.family, row.variant, row.scenario))
    by_disturbance = _merged(rows, lambda row: (row.family, row.disturbance))
    lines = [*_lines(("family", "variant", "scenario"), by_variant), "", *_lines(("family", "disturbance"), by_disturbance)]
    reasons: Counter[tuple[str, str]] = Counter()
    for row in rows:
        for reason, count in row.reasons.items():
            reasons[row.family, reason] += count
    if reasons:
        lines += ["", "Unresolved, as the device cannot tell:"]
        lines += [f"  {count:6}  {family}: {reason}" for (family, reason), count in sorted(reasons.items())]
    lacking = [f"  {bench.name}: {what}: {why}" for bench in benches for what, why in bench.lacks.items()]
    if lacking:
        lines += ["", "Not played:", *lacking]
    not_struck = sum(row.not_struck for row in rows)
    if not_struck:
        lines += ["", f"{not_struck} disturbances did not strike: the dialogue was shorter than when it was measured."]
    wrong = [(case, violation) for row in rows for case, violation in row.violations]
    if wrong:
        lines += ["", "Violations:"]
        lines += [f"  {case}: {violation}" for case, violation in wrong[:_SHOWN]]
        if len(wrong) > _SHOWN:
            lines.append(f"  and {len(wrong) - _SHOWN} more")
    return "\n".join(lines)


def timed_run(benches: Sequence[FamilyBench], extent: Extent, jobs: int) -> tuple[str, int, int]:
    """The printed report, cases without violation, cases with one."""
    started = time.perf_counter()
    rows, passed = run(benches, extent, jobs)
    cases = sum(row.cases for row in rows)
    text = table(rows, benches)
    return f"{text}\n\n{cases} cases in {time.perf_counter() - started:.0f} s", passed, cases - passed
