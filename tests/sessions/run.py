"""The run: all tills sell at once, some things happen to some of them, and at the end everything is compared."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.server.peers import Peer
from tests.sessions import marks
from tests.sessions.hall import Hall, hall
from tests.sessions.incidents import (
    floods,
    nobody_can_tell_who,
    socket_comes_and_goes,
    token_is_stolen,
    token_is_taken_back,
    user_comes_back_from_elsewhere,
)
from tests.sessions.probes import look_around, try_device, try_jobs, try_key_and_reference
from tests.sessions.report import Report
from tests.sessions.sabotage import SABOTAGE
from tests.sessions.tills import FISCAL, Till
from tests.sessions.verdict import judge, only_the_flooding_one_was_held_up

FEWEST_SESSIONS = 8
FEWEST_PRINTERS = 2

# Nothing here takes long: a run that hangs is to end.
_LONGEST = 300.0


@dataclass(frozen=True, slots=True)
class Plan:
    """`sales`: of each session."""

    sessions: int
    printers: int
    sales: int
    seed: int = 1
    sabotage: str | None = None
    patience: float = 20.0


async def run(data_dir: Path, plan: Plan, say: Callable[[str], None] = lambda line: None) -> Report:
    with SABOTAGE[plan.sabotage]() if plan.sabotage is not None else contextlib.nullcontext():
        async with asyncio.timeout(_LONGEST), hall(data_dir, plan.printers, plan.patience) as opened:
            tills = [_till(opened, number, plan) for number in range(plan.sessions)]
            try:
                await _play(opened, tills, plan, say)
            finally:
                await asyncio.gather(*(till.leave() for till in tills))
            return opened.report


def _till(opened: Hall, number: int, plan: Plan) -> Till:
    """A user each, except the last two: those are one account in two sessions. Number 2 has two printers."""
    account = min(number, plan.sessions - 2)
    peer = Peer(f"S-1-5-21-1-2-3-{1000 + account}", f"SHOP\\{marks.of_till(number)}", str(number + 2), 4000 + number)
    printers = [marks.of_printer(number % plan.printers)]
    if number == 2:
        printers.append(marks.of_printer((number + 1) % plan.printers))
    return Till.of(opened, number, peer, tuple(printers), random.Random(plan.seed * 1000 + number))


async def _play(opened: Hall, tills: list[Till], plan: Plan, say: Callable[[str], None]) -> None:
    report = opened.report
    taken_back, reconnecting, roaming, flooding, *ordinary = tills
    for number, till in enumerate(tills):
        await till.pair(_grants(till, till is roaming), tills[number - 1] if number else None)
    await asyncio.gather(*(till.listen() for till in tills))
    say(f"{len(tills)} sessions on {len(opened.printers)} printers are paired and listen")

    reconnecting.over = "socket"
    stories: list[Coroutine[Any, Any, None]] = [
        token_is_taken_back(taken_back, plan.sales),
        socket_comes_and_goes(reconnecting, plan.sales),
        user_comes_back_from_elsewhere(roaming, plan.sales),
        floods(flooding, plan.sales),
        token_is_stolen(ordinary[0], ordinary[1]),
        token_is_stolen(ordinary[-1], ordinary[-2]),
        nobody_can_tell_who(opened, ordinary[1]),
        *(till.work(plan.sales) for till in ordinary),
        *(_probe(till, other) for till, other in _pairs(ordinary)),
    ]
    await _all(stories, report)
    await _quiet(opened)
    jobs = await opened.all_jobs()
    say(f"{len(jobs)} sales")
    await asyncio.gather(*(_heard_all(till) for till in tills if till.socket is not None))
    judge(opened, tills, jobs)
    only_the_flooding_one_was_held_up(tills, flooding)
    report.counts["sessions"], report.counts["printers"] = len(tills), len(opened.printers)


async def _all(stories: list[Coroutine[Any, Any, None]], report: Report) -> None:
    """To their ends. Where one cannot go on, none does: others may wait for it."""
    tasks = [asyncio.create_task(story) for story in stories]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if not isinstance(ended, asyncio.CancelledError):
            report.check(ended is None, f"a till could not go on: {ended!r}")


def _grants(till: Till, roaming: bool) -> dict[str, Any]:
    if not roaming:
        return {"devices": list(till.printers), "aliases": {FISCAL: till.printers[0]}}
    home, away = till.printers
    return {"devices": [home, away], "routes": {"PC-HOME": {FISCAL: home}, "PC-AWAY": {FISCAL: away}}}


def _pairs(tills: list[Till]) -> Iterator[tuple[Till, Till]]:
    """Each till with another one: where there is one, of the same printer, since there is most to confuse."""
    for till in tills:
        others = [other for other in tills if other is not till]
        beside = [other for other in others if other.printers[0] == till.printers[0]]
        yield till, (beside or others)[0]


async def _probe(till: Till, other: Till) -> None:
    """Once both have sold, while they go on."""
    await till.has_sold.wait()
    await other.has_sold.wait()
    theirs = next(order for order in other.orders if order.final is not None)
    await look_around(till, other)
    await try_jobs(till, other, theirs)
    await try_device(till, next(printer for printer in till.hall.printers if printer not in till.printers))
    if theirs.printer == till.printers[0]:
        await try_key_and_reference(till, other, theirs)
        till.hall.report.counts["tills that tried keys of others on one printer"] += 1


async def _quiet(opened: Hall) -> None:
    """Until no job is under way; those of the till whose token went have nobody who waits for them."""
    while opened.bridge.jobs.active:
        await asyncio.sleep(0.01)


async def _heard_all(till: Till) -> None:
    rows = till.hall.bridge.store.database.read(
        "SELECT max(e.seq) AS seq FROM events e JOIN jobs j ON j.id = e.job WHERE json_extract(j.actor, '$.label') = ?",
        (till.mark,),
    )
    try:
        await till.hear_up_to(rows[0]["seq"] or 0)
    except TimeoutError:
        till.hall.report.check(False, f"{till} never heard of event {rows[0]['seq']}")
