"""The tills: HTTP clients that write an order down, send it, and repeat its key until they are told the outcome."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.crash.orders import Ledger, Order
from tests.crash.printers import DEVICES, MARKETS

# A key that has no outcome after so long, kills and restarts included, is a violation.
_ORDER_SECONDS = 60.0

# No answer of the bridge takes longer than what it was asked to wait, and this.
_ANSWER_SECONDS = 15.0

_PAGE = 200
_MOST_PAGES = 1000


class Lost(Exception):
    """No answer: the bridge died, or the till gave up waiting."""


@dataclass(slots=True)
class Line:
    """The way to the bridge: there, or cut. `url` is None while there is no bridge."""

    data_dir: Path
    session: aiohttp.ClientSession
    url: str | None = None
    _up: asyncio.Event = field(default_factory=asyncio.Event)
    _token: str = ""

    def open(self, url: str) -> None:
        self._token = (self.data_dir / "admin-token").read_text("utf-8").strip()
        self.url = url
        self._up.set()

    def close(self) -> None:
        self.url = None
        self._up.clear()

    async def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, wait: int = 0, patience: float | None = None
    ) -> tuple[int, Any]:
        """Status and JSON of one call, as soon as there is a bridge. Raises Lost."""
        try:
            async with asyncio.timeout(patience if patience is not None else _ANSWER_SECONDS + wait):
                await self._up.wait()
                headers = {"Authorization": f"Bearer {self._token}"}
                headers |= {"Prefer": f"wait={wait}"} if wait else {}
                headers |= {"Idempotency-Key": key} if key is not None else {}
                async with self.session.request(method, f"{self.url}/api/v1{path}", json=body, headers=headers) as response:
                    raw = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Lost(f"{type(error).__name__}: {error}") from None
        return response.status, json.loads(raw)


@dataclass(slots=True)
class Till:
    """One client. It has up to three orders on their way at once, and now and then asks again for an old one."""

    line: Line
    ledger: Ledger
    chance: random.Random
    answers: Counter[str]
    resting: asyncio.Event = field(default_factory=asyncio.Event)

    async def work(self, open_for_business: asyncio.Event) -> None:
        """Until cancelled; begins nothing new while the shop is closed. `resting` is set where nothing is under way."""
        while True:
            if not open_for_business.is_set():
                self.resting.set()
                await open_for_business.wait()
            self.resting.clear()
            device = self.chance.choice(DEVICES)
            orders = [
                self.ledger.new_order(device, self.chance, MARKETS[device]) for _ in range(self.chance.choice((1, 1, 1, 2, 3)))
            ]
            await asyncio.gather(*(self.carry(order) for order in orders))
            await self._ask_for_an_old_one()

    async def carry(self, order: Order) -> None:
        """Send the order and repeat it until its outcome is told."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _ORDER_SECONDS
        while order.final is None:
            if loop.time() > until:
                attention = (order.last or {}).get("attention")
                self.ledger.violation(f"{order}: still {order.state} after {_ORDER_SECONDS:g} s ({attention})")
                return
            try:
                if self.chance.random() < 0.15:
                    await asyncio.gather(self.send(order), self.send(order))
                elif order.job is not None and self.chance.random() < 0.4:
                    await self._look(order)
                else:
                    await self.send(order)
            except Lost:
                self.answers["lost"] += 1
                await asyncio.sleep(0.01)

    async def send(self, order: Order, *, patient: bool = False) -> None:
        """Post the order under its key. Raises Lost; unless `patient`, also because the till gives up at once."""
        if order.job is not None:
            self.ledger.repeats += 1
        patience = self.chance.uniform(0.02, 0.3) if not patient and self.chance.random() < 0.1 else None
        wait = 10 if patient else self.chance.choice((0, 0, 1, 5, 10))
        if wait == 0 and order.final is None and order.job is not None:
            await asyncio.sleep(0.05)  # who does not wait asks again, but not all the time
        status, answer = await self.line.call(
            "POST", f"/devices/{order.device}/jobs", order.body, key=order.key, wait=wait, patience=patience
        )
        self.answers[str(status)] += 1
        if status in (200, 202):
            if (status == 200) != (answer["state"] in ("done", "failed")):
                self.ledger.violation(f"{order}: {status} for a job that is {answer['state']}")
            self.ledger.told(order, answer)
        else:
            self.ledger.violation(f"{order}: refused with {status}: {answer}")

    async def _look(self, order: Order) -> None:
        status, answer = await self.line.call("GET", f"/jobs/{order.job}", wait=self.chance.choice((1, 5)))
        self.answers[str(status)] += 1
        if status == 200:
            self.ledger.told(order, answer)
        else:
            self.ledger.violation(f"{order}: the acknowledged job answers {status}: {answer}")

    async def _ask_for_an_old_one(self) -> None:
        """An old key again gives the old outcome; with another body, or another key for its reference, it is refused."""
        if not self.ledger.orders or self.chance.random() > 0.25:
            return
        old = self.chance.choice(self.ledger.orders)
        if old.final is None:
            return
        way = self.chance.random()
        try:
            if way < 0.7:
                await self.send(old)
            elif way < 0.85:
                await self._expect_refusal(old, {**old.body, "operator": {"name": "X"}}, old.key, 422, "request.key_reused")
            elif old.kind == "receipt" and old.state == "done":
                await self._expect_refusal(old, old.body, f"{old.key}-again", 409, "request.duplicate_reference")
        except Lost:
            self.answers["lost"] += 1

    async def _expect_refusal(self, old: Order, body: dict[str, Any], key: str, wanted: int, code: str) -> None:
        status, answer = await self.line.call("POST", f"/devices/{old.device}/jobs", body, key=key)
        self.answers[str(status)] += 1
        if status != wanted or answer.get("code") != code:
            self.ledger.violation(f"{old}: {wanted} {code} was expected, not {status}: {answer}")


async def all_jobs(line: Line) -> AsyncIterator[dict[str, Any]]:
    """Every job in the journal, newest first. Raises Lost."""
    after = ""
    for _ in range(_MOST_PAGES):
        _, page = await line.call("GET", f"/jobs?limit={_PAGE}{after}")
        for job in page["jobs"]:
            yield job
        if page["next"] is None:
            return
        after = f"&after={page['next']}"
