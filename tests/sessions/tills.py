"""One session's till: a page of the one origin, with a token of its own, and everything that it was ever told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from dataclasses import dataclass, field
from typing import Any, Literal, Self

import aiohttp

from bridge.server.peers import Peer
from tests.sessions import marks
from tests.sessions.hall import ORIGIN, Hall, Reply, ask
from tests.sockets import Refused, SocketClient

FISCAL = "@fiscal"

# What the present moment adds to a job; all the rest of a final one must stay as it is.
_PASSING = ("attention", "queue_position", "collected")

_WAIT = 30


class Lost(Exception):
    """No answer came."""


class TakenBack(Exception):
    """The token is worth nothing any more."""


class HeldUp(Exception):
    """Too many calls: to be asked again after so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"for {seconds} s")
        self.seconds = seconds


@dataclass(slots=True, eq=False)
class Order:
    """One sale under one key, on the printer that was meant when it was written down."""

    key: str
    printer: str
    body: dict[str, Any]
    job: str | None = None
    final: dict[str, Any] | None = None

    @property
    def reference(self) -> str:
        return str(self.body["reference"])

    @property
    def total(self) -> str:
        return str(self.body["lines"][0]["price"])


@dataclass(slots=True)
class Heard:
    """A body or a notification as it came, where, and what the till itself had said before."""

    where: str
    text: str
    said: str = ""


@dataclass(eq=False)
class Till:
    """`printers`: those that its token may see; the first one is what `@fiscal` stands for."""

    hall: Hall
    number: int
    peer: Peer
    printers: tuple[str, ...]
    chance: random.Random
    over: Literal["http", "socket"]
    session: aiohttp.ClientSession
    token: str = ""
    token_id: str = ""
    orders: list[Order] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    events: list[tuple[int, str, str]] = field(default_factory=list)
    first_event: int = 0
    epoch: str | None = None
    socket: SocketClient | None = None
    has_sold: asyncio.Event = field(default_factory=asyncio.Event)
    _hearing: asyncio.Task[None] | None = None

    @classmethod
    def of(cls, hall: Hall, number: int, peer: Peer, printers: tuple[str, ...], chance: random.Random) -> Self:
        over: Literal["http", "socket"] = "socket" if number % 2 else "http"
        session = aiohttp.ClientSession(connector=hall.switchboard.line(peer))
        return cls(hall, number, peer, printers, chance, over, session)

    @property
    def mark(self) -> str:
        return marks.of_till(self.number)

    @property
    def cursor(self) -> int:
        return self.events[-1][0] if self.events else self.first_event

    def __str__(self) -> str:
        return self.mark

    # -- calls ---------------------------------------------------------------------------------------------------------

    async def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, wait: int = 0, token: str | None = None
    ) -> Reply:
        """As the page, over HTTP. Raises Lost."""
        given = self.token if token is None else token
        headers = {"Origin": ORIGIN}
        headers |= {"Authorization": f"Bearer {given}"} if given else {}
        headers |= {"Idempotency-Key": key} if key is not None else {}
        headers |= {"Prefer": f"wait={wait}"} if wait else {}
        try:
            reply, text = await ask(self.session, method, self.hall.url + path, body, headers)
        except (aiohttp.ClientError, OSError) as error:
            raise Lost(f"{type(error).__name__}: {error}") from None
        self.heard.append(Heard(f"{method} {path}", text, f"{path} {body}"))
        return reply

    async def over_socket(self, method: str, **params: Any) -> Reply:
        """The same over the WebSocket; errors have the status that HTTP would give them. Raises Lost."""
        assert self.socket is not None
        try:
            result = await self.socket.call(method, **params)
        except Refused as refused:
            self.heard.append(Heard(method, json.dumps(refused.problem, ensure_ascii=False), str(params)))
            return Reply(int(refused.problem["status"]), {}, refused.problem)
        except (ConnectionError, aiohttp.ClientError) as error:
            raise Lost(str(error)) from None
        self.heard.append(Heard(method, json.dumps(result, ensure_ascii=False), str(params)))
        return Reply(200, {}, result)

    # -- the token -----------------------------------------------------------------------------------------------------

    async def pair(self, grants: dict[str, Any], onlooker: Till | None) -> None:
        """The page asks, the administrator compares the code and decides, the page fetches its token, which is then bound
        to the user and session it asked from. `onlooker` knows the pairing's id, and has nothing of it."""
        report = self.hall.report
        asked = (await self.call("POST", "/pairing", {"origin": ORIGIN, "app_name": "Kasa"}, token="")).body
        decision = {"decision": "approve", "code": asked["verification_code"], "label": self.mark, "bind": "session", **grants}
        decided = await self.hall.admin("POST", f"/pairing/{asked['pairing_id']}/decision", decision)
        report.check(decided.status == 200, f"{self}: the pairing was not approved: {decided.body}")
        if onlooker is not None:
            seen = await onlooker.call("GET", f"/pairing/{asked['pairing_id']}", token="")
            report.check(seen.status == 404, f"{onlooker} was told of the pairing of {self}: {seen.body}")
        told = (await self.call("GET", f"/pairing/{asked['pairing_id']}", token="")).body
        self.token, self.token_id = told["token"], told["token_id"]
        row = decided.body["token"]
        bound = (row["user_id"], row["session"])
        report.check(bound == (self.peer.user_id, self.peer.session), f"{self}: its token is bound to {bound}")

    # -- events --------------------------------------------------------------------------------------------------------

    async def listen(self) -> None:
        """A socket of its own that hears every event, from where it left off. Raises Lost, Refused."""
        try:
            client = await SocketClient.open(self.hall.server.url, connector=self.hall.switchboard.line(self.peer), origin=ORIGIN)
        except (aiohttp.ClientError, OSError) as error:
            raise Lost(f"{type(error).__name__}: {error}") from None
        try:
            await client.sign_in(self.token, self.token_id)
            resume = {} if self.epoch is None else {"after": self.cursor, "epoch": self.epoch}
            begun = await client.call("events.subscribe", **resume)
        except BaseException:
            await client.drop()
            raise
        if self.epoch is None:
            self.epoch, self.first_event = begun["epoch"], begun["after"]
        self.socket = client
        self._hearing = asyncio.create_task(self._hear(client))

    async def hang_up(self) -> None:
        """Without a word, as a pulled cable does; what has arrived is kept."""
        socket, self.socket = self.socket, None
        if socket is not None:
            await socket.drop()
        if self._hearing is not None:
            await self._hearing

    async def leave(self) -> None:
        await self.hang_up()
        await self.session.close()

    async def hear_up_to(self, seq: int) -> None:
        """Until this event has arrived. Raises TimeoutError."""
        async with asyncio.timeout(self.hall.patience):
            while self.cursor < seq:
                await asyncio.sleep(0.005)

    async def _hear(self, client: SocketClient) -> None:
        while not client._reading.done() or not client.events.empty():
            taking = asyncio.ensure_future(client.events.get())
            await asyncio.wait({taking, client._reading}, return_when=asyncio.FIRST_COMPLETED)
            if not taking.done():
                taking.cancel()
                continue
            told = taking.result()
            self.heard.append(Heard(told["method"], json.dumps(told["params"], ensure_ascii=False)))
            if "seq" in told["params"]:
                self.events.append((told["params"]["seq"], told["method"], told["params"]["job_id"]))

    # -- sales ---------------------------------------------------------------------------------------------------------

    async def work(self, sales: int) -> None:
        for _ in range(sales):
            await self.sell()

    async def sell(self) -> Order:
        """A new order, carried to its outcome in one of the ways that tills and their lines have."""
        order = self.write_down(self.printers[0])
        await self._begin(order, self.chance.choice(("plain", "plain", "given up", "twice", "looks")))
        await self.carry(order)
        if self.chance.random() < 0.3:
            await self.send(order)  # an old key again: the same job, and no second receipt
        self.has_sold.set()
        return order

    def write_down(self, printer: str) -> Order:
        """An order, not sent yet. Its total, like its reference and its line, occurs with no other till."""
        number = len(self.orders) + 1
        body = {
            "op": "receipt",
            "currency": "PLN",
            "lines": [{"name": f"Towar {self.mark}", "price": f"{self.number + 1}.{number:02d}", "vat": "23%"}],
            "reference": f"{self.mark}-{number}",
        }
        order = Order(f"{self.mark}-{number}-{self.chance.getrandbits(64):016x}", printer, body)
        self.orders.append(order)
        return order

    async def carry(self, order: Order) -> None:
        """Repeat the order, or look at its job, until its outcome is told."""
        while order.final is None:
            if order.job is not None and self.chance.random() < 0.5:
                await self._look(order)
            else:
                await self.send(order, wait=_WAIT)

    async def send(self, order: Order, *, wait: int = 0) -> None:
        """Under its key. Raises Lost, TakenBack, HeldUp."""
        if self.over == "socket" and self.socket is not None:
            waiting = {"wait": wait} if wait else {}
            reply = await self.over_socket("devices.submit", device=FISCAL, idempotency_key=order.key, **waiting, **order.body)
        else:
            reply = await self.call("POST", f"/devices/{FISCAL}/jobs", order.body, key=order.key, wait=wait)
        self._told(order, reply)

    async def _begin(self, order: Order, way: str) -> None:
        self.hall.report.counts[f"sales begun: {way}"] += 1
        match way:
            case "given up":  # the page is closed while it waits, and opened again
                sending = asyncio.create_task(self.send(order, wait=_WAIT))
                await asyncio.wait({sending}, timeout=self.chance.uniform(0, 0.03))
                sending.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await sending
            case "twice":
                await asyncio.gather(self.send(order, wait=_WAIT), self.send(order))
            case "looks":
                await self.send(order)
            case _:
                await self.send(order, wait=_WAIT)

    async def _look(self, order: Order) -> None:
        if self.over == "socket" and self.socket is not None:
            reply = await self.over_socket("jobs.get", job=order.job, wait=_WAIT)
        else:
            reply = await self.call("GET", f"/jobs/{order.job}", wait=_WAIT)
        self._told(order, reply)

    def _told(self, order: Order, reply: Reply) -> None:
        if reply.status == 401:
            raise TakenBack
        if reply.status == 429:
            raise HeldUp(reply.body["retry_after"])
        report = self.hall.report
        if reply.status not in (200, 202):
            report.check(False, f"{self}: {order.reference} was refused: {reply.status} {reply.body}")
            raise Lost(f"{reply.status} {reply.code}")
        job = {name: value for name, value in reply.body.items() if name not in _PASSING}
        right = order.job in (None, job["id"]) and (job["device"], job["reference"]) == (order.printer, order.reference)
        report.check(right, f"{self}: {order.reference} on {order.printer} was answered with {job}")
        order.job = job["id"]
        if order.final is not None:
            report.check(job == order.final, f"{self}: {order.reference} was told otherwise before: {order.final}, now {job}")
        elif job["state"] in ("done", "failed"):
            order.final = job
            report.check(job["success"] is True, f"{self}: {order.reference} ended {job['state']}: {job['error']}")
