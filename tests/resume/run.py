"""The run: tills that sell without end on a disk that sometimes refuses, clients that come and go, a bridge that does too.

At the end each client catches up, and what it dealt with is compared with the journal, event by event.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bridge.jobs import settlement
from bridge.model import Actor
from bridge.server.settings import ServerSettings
from tests.resume.sabotage import SABOTAGE
from tests.sockets import Refused, SocketClient
from tests.station import SALE, Station

# One in so many commits is refused by the disk: what was rolled back must never be told.
_DISK_REFUSES = 60

Seen = tuple[int, str, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Plan:
    disconnects: int
    restarts: int
    seed: int = 1
    sabotage: str | None = None
    clients: int = 3


@dataclass
class Report:
    findings: list[str] = field(default_factory=list)
    passed: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def failed(self) -> int:
        return len(self.findings)

    def summary(self) -> str:
        return ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()))


class Client:
    """Somebody who wants every event (of one device, or all), and is cut off all the time."""

    def __init__(self, number: int, report: Report, choose: random.Random) -> None:
        self.number = number
        self.devices = ["d1"] if number == 1 else None
        self.seen: list[Seen] = []
        self.cursor = 0
        self.epoch: str | None = None
        self._report = report
        self._choose = choose

    async def visit(self, station: Station, *, until: int | None = None) -> bool:
        """Come, resume, take some events, and be cut off; with `until`: stay up to that event. False: nobody was there."""
        try:
            client = await SocketClient.signed_in(station.server.url, station.token)
        except (aiohttp.ClientError, ConnectionError, Refused):
            return False
        try:
            wanted = {"after": self.cursor, "epoch": self.epoch or client.welcome["epoch"], "devices": self.devices}
            if until is None and self._choose.random() < 0.1:
                # Cut off before the answer.
                await client.send({"jsonrpc": "2.0", "id": "s", "method": "events.subscribe", "params": wanted})
                await asyncio.sleep(self._choose.choice([0, 0, 0.001]))
                self._report.counts["cut before the answer"] += 1
                return True
            begun = await client.call("events.subscribe", **wanted)
            self.epoch = begun["epoch"]
            behind = begun["last"] - self.cursor
            await self._take(client, until, behind)
        except Refused as refused:  # it was told of an event that the journal does not have
            self._report.findings.append(f"there is no resuming after {self.cursor}: {refused}")
            self.cursor = min(self.cursor, refused.problem["last"])
        except (ConnectionError, TimeoutError):  # the bridge went first
            self._report.counts["cut off by the bridge"] += 1
        finally:
            if self._choose.random() < 0.2 and not client.socket.closed:
                await client.leave()
            else:
                await client.drop()
        return True

    async def _take(self, client: SocketClient, until: int | None, behind: int) -> None:
        few = self._choose.choice([0, 1, 2, 5, 20, 60])
        if until is None and few < behind:
            self._report.counts["cut in a replay"] += 1
        elif until is None:
            self._report.counts["cut while live"] += 1
        while self.cursor < until if until is not None else few > 0:
            taking = asyncio.ensure_future(client.events.get())
            await asyncio.wait({taking, client._reading}, return_when=asyncio.FIRST_COMPLETED, timeout=5)
            if not taking.done():
                taking.cancel()
                raise ConnectionError
            told = taking.result()
            if told["method"] == "device.updated":
                continue
            params = told["params"]
            self.seen.append((params["seq"], told["method"], params["job_id"], params.get("state")))
            self.cursor = params["seq"]
            few -= 1


class Selling:
    """Tills that sell, whatever happens to the bridge."""

    def __init__(self, station: Station, choose: random.Random) -> None:
        self._station = station
        self._choose = choose
        self.open = asyncio.Event()
        self.open.set()
        self._tasks = [asyncio.ensure_future(self._sell(device)) for device in station.devices]

    async def _sell(self, device: str) -> None:
        while True:
            await self.open.wait()
            with contextlib.suppress(Exception):  # the bridge was killed, or its disk refused: a till tries the next sale
                bridge = self._station.bridge
                key = f"k{next(self._station.keys)}"
                job = await bridge.jobs.submit(Actor(principal="till"), device, key, SALE)
                await bridge.jobs.wait(job.id, 0.2)
            await asyncio.sleep(self._choose.choice([0, 0.001, 0.005]))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def run(data_dir: Path, plan: Plan, say: Callable[[str], None] = lambda line: None) -> Report:
    choose = random.Random(plan.seed)
    report = Report()
    disk = random.Random(plan.seed + 1)

    def refuse() -> None:
        if disk.randrange(_DISK_REFUSES) == 0:
            report.counts["commits that the disk refused"] += 1
            raise OSError("no space left on device")

    station = Station(data_dir, ServerSettings(port=0, stop_seconds=1.0, close_seconds=0.2))
    station.before_commit = refuse
    with contextlib.ExitStack() as broken:
        if plan.sabotage is not None:
            broken.enter_context(SABOTAGE[plan.sabotage](station))
        retry, settlement._RETRY_SECONDS = settlement._RETRY_SECONDS, 0.01
        try:
            await _play(station, plan, choose, report, say)
        finally:
            settlement._RETRY_SECONDS = retry
    return report


async def _play(station: Station, plan: Plan, choose: random.Random, report: Report, say: Callable[[str], None]) -> None:
    await _start(station)
    selling = Selling(station, choose)
    clients = [Client(number, report, choose) for number in range(plan.clients)]
    left = [plan.disconnects]

    async def keep_coming(client: Client) -> None:
        while left[0] > 0:
            if not await client.visit(station):
                await asyncio.sleep(0.01)  # the bridge is away
                continue
            left[0] -= 1
            report.counts["disconnects"] += 1
            if choose.random() < 0.05:
                await asyncio.sleep(0.2)  # away for longer: the next replay has several pages

    coming = asyncio.gather(*(keep_coming(client) for client in clients))
    try:
        for restart in range(plan.restarts):
            while left[0] > plan.disconnects * (plan.restarts - restart) / (plan.restarts + 1) and not coming.done():
                await asyncio.sleep(0.01)
            await _restart(station, selling, choose.random() < 0.5)
            report.counts["restarts"] += 1
            say(f"{plan.disconnects - left[0]} disconnects, {restart + 1} restarts, {clients[0].cursor} events")
        await coming
    finally:
        coming.cancel()
        await selling.stop()
    while station.bridge.jobs.active:
        await asyncio.sleep(0.01)
    await _catch_up(station, clients, report)
    await station.stop()


async def _start(station: Station) -> None:
    while True:
        try:
            await station.start()
            return
        except Exception as error:  # the disk refused while the bridge was starting: as a supervisor does, again
            if "no space left" not in str(error):
                raise


async def _restart(station: Station, selling: Selling, killed: bool) -> None:
    selling.open.clear()
    await station.server.stop()
    if killed:
        await station.bridge.crash()
    else:
        await station.bridge.stop(grace=0.05)
    await _start(station)
    selling.open.set()


async def _catch_up(station: Station, clients: list[Client], report: Report) -> None:
    rows = station.bridge.store.database.read(
        "SELECT seq, kind, device, job, json_extract(data, '$.state') AS state FROM events ORDER BY seq"
    )
    report.counts["events in the journal"] = len(rows)
    for client in clients:
        wanted: list[Seen] = [
            (row["seq"], row["kind"], row["job"], row["state"] if row["kind"] == "job.updated" else None)
            for row in rows
            if client.devices is None or row["device"] in client.devices
        ]
        for _ in range(20):
            if client.cursor < wanted[-1][0]:
                await client.visit(station, until=wanted[-1][0])
        _compare(client, wanted, report)


def _compare(client: Client, wanted: list[Seen], report: Report) -> None:
    expected = Counter(wanted)
    got = Counter(client.seen)
    findings = [f"client {client.number} never saw {event}" for event in (expected - got)]
    findings += [f"client {client.number} saw {event} once too often" for event in (got - expected)]
    order: list[Any] = [event[0] for event in client.seen]
    if not findings and order != sorted(order):
        findings.append(f"client {client.number} saw events out of order")
    report.findings += findings
    report.passed += sum((got & expected).values())
