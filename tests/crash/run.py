"""A run: start, load, kill, start again; now and then a rest in which everything is held against the printers.

The tills and the printers live in this process; only the bridge dies.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import aiohttp

from tests.crash.lives import DidNotDie, DidNotStart, ForkedLife, Life, RealLife
from tests.crash.orders import WITH_REFERENCE, Ledger
from tests.crash.printers import DEVICES, MARKETS, Printer, start_printers
from tests.crash.tills import Line, Lost, Till, all_jobs
from tests.crash.verdict import judge, look_for_doubles

Moment = Literal["under load", "in recovery", "while starting"]

# Seconds from the answer of the first request to the kill.
_LOAD = (0.2, 1.2)
# Recovery begins as the bridge starts and takes some tenths of a second: the kill falls into it.
_RECOVERY = (0.0, 0.25)
# From the start of the process, for a forked one and a real one: before, while and after the journal is opened.
_STARTING = {True: (0.2, 1.2), False: (0.0, 0.15)}

_REST_SECONDS = 75.0
_CYCLE_SECONDS = 8.0
_SPARE_SECONDS = 240.0

# A run of this many kills in which no document was in doubt has killed at the wrong moments, and proves nothing.
_KILLS_THAT_MUST_HIT = 20

# Nothing that happens here (a printer that is off, late answers) is an error to the bridge.
_ERROR = re.compile(r" (?:ERROR|CRITICAL) +(.*)")

# Once so many things are wrong the rest of the run tells nothing new.
_ENOUGH_VIOLATIONS = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do. `rest_every`: after so many kills the tills rest and everything is compared."""

    kills: int = 200
    real: int = 20
    seed: int = 1
    tills: int = 8
    rest_every: int = 10
    sabotage: str | None = None
    """Breaks the forked bridge (`sabotage.py`); the run ends with the first violation."""


@dataclass(frozen=True, slots=True)
class Death:
    """One kill, as planned."""

    real: bool
    moment: Moment
    after: float
    power: tuple[str, float, float] | None
    """A printer that is switched off so many seconds after the start, for so long."""


@dataclass(slots=True)
class Report:
    """What came of a run."""

    plan: Plan
    ledger: Ledger
    kills: Counter[tuple[str, Moment]] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    power_cuts: int = 0
    documents: Counter[str] = field(default_factory=Counter)
    stale_slips: int = 0
    """Slips that carry the reference of a sale before them, which was never issued."""
    rests: int = 0
    seconds: float = 0.0
    kept: Path | None = None
    """The data directory and log, kept where something was wrong."""

    @property
    def failed(self) -> int:
        return len({cycle for cycle, _ in self.ledger.violations})

    @property
    def passed(self) -> int:
        return max(0, self.kills.total() - self.failed)


def deaths(plan: Plan) -> list[Death]:
    """All kills, drawn with the seed; the real ones are spread over the whole run."""
    chance = random.Random(plan.seed)
    real = set(chance.sample(range(plan.kills), min(plan.real, plan.kills)))
    moments: tuple[Moment, ...] = ("under load", "in recovery", "while starting")
    planned = []
    for number in range(plan.kills):
        # The first one is under load: there is nothing to recover yet.
        moment = chance.choices(moments, (65, 25, 10))[0] if number else "under load"
        span = {"under load": _LOAD, "in recovery": _RECOVERY, "while starting": _STARTING[number in real]}[moment]
        power = None
        if chance.random() < 0.15:
            power = (chance.choice(DEVICES), chance.uniform(0.0, 0.5), chance.uniform(0.05, 0.6))
        planned.append(Death(number in real, moment, chance.uniform(*span), power))
    return planned


def run(plan: Plan, say: Callable[[str], None]) -> Report:
    """Do it, and clean up. The data directory stays where something was wrong."""
    directory = Path(tempfile.mkdtemp(prefix="tillbridge-crash-"))
    began = time.perf_counter()
    report = Report(plan, Ledger(plan.seed))
    try:
        asyncio.run(_run(plan, directory, report, say))
    finally:
        report.seconds = time.perf_counter() - began
        if report.ledger.violations and plan.sabotage is None:
            report.kept = directory
        else:
            shutil.rmtree(directory, ignore_errors=True)
    return report


async def _run(plan: Plan, directory: Path, report: Report, say: Callable[[str], None]) -> None:
    printers = await start_printers()
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            shop = _Shop(plan, directory, report, printers, Line(directory / "data", session), say)
            try:
                async with asyncio.timeout(_SPARE_SECONDS + plan.kills * _CYCLE_SECONDS):
                    await shop.live()
            except TimeoutError:
                report.ledger.violation("the run took too long and was ended")
            except (DidNotStart, DidNotDie, Lost) as error:
                report.ledger.violation(f"the bridge does not answer, or does not die: {error}")
            finally:
                await shop.close()
    finally:
        report.power_cuts = sum(printer.power_cuts for printer in printers.values())
        _count(report, printers)
        for printer in printers.values():
            await printer.running.close()


class _Shop:
    """Printers, tills, and the bridge between them with its many lives."""

    def __init__(
        self,
        plan: Plan,
        directory: Path,
        report: Report,
        printers: Mapping[str, Printer],
        line: Line,
        say: Callable[[str], None],
    ) -> None:
        self._plan = plan
        self._directory = directory
        self._report = report
        self._ledger = report.ledger
        self._printers = printers
        self._line = line
        self._say = say
        self._chance = random.Random(plan.seed + 1)
        self._open = asyncio.Event()
        self._tills = [
            Till(line, self._ledger, random.Random(plan.seed * 1000 + number), report.answers) for number in range(plan.tills)
        ]
        self._working: list[asyncio.Task[None]] = []
        self._began = time.perf_counter()

    async def live(self) -> None:
        """All kills, then the last rest."""
        await self._first_morning()
        self._working = [asyncio.create_task(till.work(self._open)) for till in self._tills]
        for number, death in enumerate(deaths(self._plan), 1):
            self._ledger.cycle = number
            await self._die(death)
            self._report.kills[_kind(death), death.moment] += 1
            look_for_doubles(self._ledger, self._printers)
            if number % self._plan.rest_every == 0 and number < self._plan.kills:
                await self._rest(number)
            if self._had_enough():
                return
        await self._rest(self._ledger.cycle, last=True)
        self._look_at_the_log()
        if self._plan.kills >= _KILLS_THAT_MUST_HIT and not any(order.was_in_doubt for order in self._ledger.orders):
            self._ledger.violation("no kill left a document in doubt: this run proves nothing")

    async def close(self) -> None:
        for task in self._working:
            task.cancel()
        for ended in await asyncio.gather(*self._working, return_exceptions=True):
            if isinstance(ended, Exception):
                self._ledger.violation(f"a till broke: {type(ended).__name__}: {ended}")

    # --- lives

    async def _first_morning(self) -> None:
        """Configure the printers, and put cash into the drawers."""
        async with self._life(real=False):
            for device, printer in self._printers.items():
                status, answer = await self._line.call(
                    "PUT",
                    f"/devices/{device}/config",
                    {"family": printer.family, "url": printer.url, "settings": dict(printer.settings)},
                )
                if status >= 400:
                    raise DidNotStart(f"the printer cannot be configured: {answer}")
            floats = [
                self._ledger.float_of_cash(device, self._chance, MARKETS[device])
                for device in DEVICES
                if not MARKETS[device].cards
            ]
            await asyncio.gather(*(self._tills[0].carry(order) for order in floats))

    async def _die(self, death: Death) -> None:
        """One life under load, ended at the planned moment."""
        for printer in self._printers.values():
            printer.slow_down(self._chance)
        self._open.set()
        power = None
        if death.power is not None:
            device, after, seconds = death.power
            power = asyncio.create_task(self._printers[device].lose_power(after, seconds))
        try:
            if death.moment == "while starting":
                life = self._bear(death.real)
                try:
                    await life.begin()
                    await asyncio.sleep(death.after)
                finally:
                    await self._kill(life)
            else:
                async with self._life(death.real):
                    await asyncio.sleep(death.after)
        finally:
            if power is not None:
                power.cancel()
                await asyncio.gather(power, return_exceptions=True)

    async def _rest(self, number: int, *, last: bool = False) -> None:
        """Nothing new; the bridge gets everything to an end, unharmed, and is compared with the printers."""
        self._open.clear()
        for printer in self._printers.values():
            printer.be_well()
        async with self._life(real=False):
            try:
                async with asyncio.timeout(_REST_SECONDS):
                    await asyncio.gather(
                        *(self._rested(till, task) for till, task in zip(self._tills, self._working, strict=True))
                    )
            except TimeoutError:
                self._ledger.violation(f"the tills got no rest within {_REST_SECONDS:g} s")
            await self._ask_for_all(last)
            judge(self._ledger, self._printers)
        self._report.rests += 1
        self._progress(number)

    async def _rested(self, till: Till, task: asyncio.Task[None]) -> None:
        """Raises what ended the till, should it have broken."""
        resting = asyncio.create_task(till.resting.wait())
        try:
            await asyncio.wait((resting, task), return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                self._ledger.violation(f"a till broke: {task.exception()!r}")
        finally:
            resting.cancel()

    async def _ask_for_all(self, last: bool) -> None:
        """Repeat keys (at the end all of them), and see that the journal holds the tills' jobs and no others."""
        orders = self._ledger.orders if last else self._ledger.orders[-100:]
        for order in orders:
            await self._tills[0].send(order, patient=True)
        if not last:
            return
        known = {order.job: order for order in self._ledger.orders}
        found = [job["id"] async for job in all_jobs(self._line)]
        for job in set(found) - set(known):
            self._ledger.violation(f"job {job} is in the journal, and no till sent it")
        for job in set(known) - set(found):
            self._ledger.violation(f"{known[job]}: not in the journal's list")

    @contextlib.asynccontextmanager
    async def _life(self, real: bool) -> AsyncIterator[None]:
        """The bridge answers within the block, and is killed at its end."""
        life = self._bear(real)
        try:
            await life.begin()
            self._line.open(await life.ready())
            yield
        finally:
            self._line.close()
            await self._kill(life)

    async def _kill(self, life: Life) -> None:
        if not await life.kill():
            self._ledger.violation(f"the bridge ({life.kind}) ended by itself before it was killed")

    def _bear(self, real: bool) -> Life:
        data, log = self._line.data_dir, self._directory / "bridge.log"
        return RealLife(data, log) if real else ForkedLife(data, log, self._plan.sabotage)

    def _look_at_the_log(self) -> None:
        log = self._directory / "bridge.log"
        for found in set(_ERROR.findall(log.read_text("utf-8", "replace"))):
            self._ledger.violation(f"the bridge logged an error: {found}")

    # --- telling

    def _had_enough(self) -> bool:
        wrong = len(self._ledger.violations)
        return wrong >= (1 if self._plan.sabotage is not None else _ENOUGH_VIOLATIONS)

    def _progress(self, number: int) -> None:
        states = Counter(order.state for order in self._ledger.orders)
        doubt = sum(order.was_in_doubt for order in self._ledger.orders)
        self._say(
            f"{time.perf_counter() - self._began:5.0f} s  {number:3d} kills  {len(self._ledger.orders):5d} jobs: "
            f"{states['done']} done, {states['failed']} failed, {doubt} after doubt; {len(self._ledger.violations)} violations"
        )


def _kind(death: Death) -> str:
    return RealLife.kind if death.real else ForkedLife.kind


def _count(report: Report, printers: Mapping[str, Printer]) -> None:
    failed = {order.reference for order in report.ledger.orders if order.state == "failed"}
    for printer in printers.values():
        for document in printer.documents:
            report.documents[document.kind] += 1
            if document.kind.removeprefix("cancelled_") not in WITH_REFERENCE and document.reference:
                report.stale_slips += document.reference in failed
