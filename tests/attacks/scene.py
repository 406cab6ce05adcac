"""What is attacked: a bridge with a simulated Posnet printer and a fake device behind a real server, and who has tokens.

`Traces` is all that an attack could leave behind; the fixture in conftest.py compares it from before and after each test.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import sqlite3
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import bridge_posnet.driver
import pytest
from bridge_posnet.frame import Decoder, Frame
from bridge_sim_posnet.family import PosnetSimulator
from bridge_simulators import Running
from bridge_simulators.device import Session, Wire

from bridge.jobs import Bridge
from bridge.model import Actor
from bridge.plugin import PluginRegistry
from bridge.server import admin_token
from bridge.server.access.scopes import TILL, Right
from bridge.server.access.tokens import NewToken
from bridge.server.peers import PeerLookup
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings
from bridge.transport import LinkOpener, NullModemBoard
from tests.attacks.raw import Header, Line, Reply, request
from tests.core.fake_family import FakeDevice, FakePlugin
from tests.sockets import SocketClient
from tests.station import LoopFamily

POS = "https://pos.example.com"
OTHER = "https://other.example.com"
EVIL = "https://evil.example"

SALE: dict[str, Any] = {"op": "receipt", "currency": "PLN", "lines": [{"name": "Tea", "price": "10.00", "vat": "23%"}]}
Z_REPORT: dict[str, Any] = {"op": "shift.close"}
JOBS = "/api/v1/devices/till-1/jobs"

_SETTER_UP = Actor(principal="setup")
# Limits of how often are told as 429, whatever else is wrong; the modules about floods set them.
_OFTEN: dict[str, Any] = {
    "wrong_tokens_at_once": 10**6,
    "pings_at_once": 10**6,
    "strangers_at_once": 10**6,
    "calls_at_once": 10**6,
    "proofs_at_once": 10**6,
}


@dataclass(frozen=True, slots=True)
class Traces:
    """What an attack must leave as it was. `wire`: how many bytes the printer has had so far, and their SHA-256."""

    wire: str
    frames: tuple[str, ...]
    documents: int
    fake: tuple[str, ...]
    rows: Mapping[str, int]
    tokens: tuple[tuple[str, str, str], ...]
    devices: str


@dataclass(frozen=True, slots=True)
class Given:
    """A token."""

    text: str
    id: str


class Ear:
    """What the printer has had: every byte, and the commands by their mnemonics; what is no frame is told as `garbage`."""

    def __init__(self) -> None:
        self.bytes = 0
        self.frames: list[str] = []
        self._digest = hashlib.sha256()
        self._decoder = Decoder()

    def hear(self, data: bytes) -> None:
        self.bytes += len(data)
        self._digest.update(data)
        events = self._decoder.feed(data)
        self.frames += [event.mnemonic if isinstance(event, Frame) else "garbage" for event in events]

    def digest(self) -> str:
        return f"{self.bytes} {self._digest.hexdigest()}"


class _Tapped:
    """A session of the printer, with an ear on the line."""

    def __init__(self, session: Session, ear: Ear) -> None:
        self._session, self._ear = session, ear

    def received(self, data: bytes) -> None:
        self._ear.hear(data)
        self._session.received(data)

    def disconnected(self) -> None:
        self._session.disconnected()


@dataclass
class Scene:
    """`till-1` is the Posnet printer, `d2` the fake device."""

    data_dir: Path
    bridge: Bridge
    server: ApiServer
    printer: Running
    fake: FakeDevice
    ear: Ear
    journal: sqlite3.Connection
    tokens: dict[str, Given] = field(default_factory=dict)
    baseline: Traces | None = None
    forgiven: dict[str, int] = field(default_factory=dict)
    """Rows of tables that a test meant to write, and has looked at itself."""
    _keys: Any = field(default_factory=lambda: itertools.count(1))

    # -- who asks ----------------------------------------------------------------------------------------------------

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def own(self) -> str:
        """The origin of the bridge's own pages."""
        return f"http://{self.host}"

    @property
    def admin(self) -> str:
        token = admin_token.read(self.data_dir)
        assert token is not None
        return token

    def token(self, name: str) -> str:
        return self.admin if name == "admin" else self.tokens[name].text

    def key(self) -> str:
        return f"key-{next(self._keys)}"

    def head(
        self,
        *,
        origin: str | None = POS,
        token: str | None = "web",
        host: str | None = None,
        key: str | None = None,
        body: bytes | None = None,
    ) -> list[Header]:
        """The headers of a right request, each of which can be another or left out (None). `token`: a name of `tokens`."""
        made: list[Header] = [("Host", self.host if host is None else host)]
        if origin is not None:
            made.append(("Origin", origin))
        if token is not None:
            made.append(("Authorization", f"Bearer {self.token(token)}"))
        if key is not None:
            made.append(("Idempotency-Key", key))
        if body is not None:
            made += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        return made

    def sale(self, operation: Any = None, path: str = JOBS, **head: Any) -> bytes:
        """The bytes of a sale of the paired page; `head` changes its headers, `more` adds some."""
        body = json.dumps(SALE if operation is None else operation).encode()
        more: Iterable[Header] = head.pop("more", ())
        return request("POST", path, [*self.head(key=self.key(), body=body, **head), *more], body)

    # -- asking ------------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        made = await Line.open(self.port)
        try:
            yield made
        finally:
            await made.close()

    async def raw(self, data: bytes, *, body: bool = True) -> Reply:
        """The answer to these bytes."""
        async with self.line() as line:
            line.send(data)
            reply = await line.reply(body=body)
            assert reply is not None, "the server closed without an answer"
            return reply

    async def ask(
        self, method: str, path: str, body: Any = None, more: Iterable[Header] = (), *, receive_body: bool = True, **head: Any
    ) -> Reply:
        """A request that is right but for what is said otherwise."""
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = self.head(body=None if body is None else data, **head)
        return await self.raw(request(method, path, [*headers, *more], data), body=receive_body)

    async def socket(self, *, origin: str | None = POS, host: str = "127.0.0.1") -> SocketClient:
        headers = {} if origin is None else {"Origin": origin}
        return await SocketClient.open(f"http://{host}:{self.port}", headers=headers)

    async def session(self, name: str = "web", **where: Any) -> SocketClient:
        client = await self.socket(**where)
        try:
            client.welcome = await client.sign_in(self.token(name), "admin" if name == "admin" else self.tokens[name].id)
        except BaseException:
            await client.leave()
            raise
        return client

    # -- setting up --------------------------------------------------------------------------------------------------

    async def give(self, name: str, rights: Iterable[Right] = TILL, **more: Any) -> Given:
        """A token without pairing. With `origin` it is a page's."""
        new = NewToken(more.pop("label", name), frozenset(rights), **more)
        minted, _ = await self.server.access.tokens.create(new, _SETTER_UP)
        made = self.tokens[name] = Given(minted.text, minted.id)
        return made

    async def sells(self) -> Reply:
        """A right sale of the paired page, to its end."""
        body = json.dumps(SALE).encode()
        headers = [*self.head(key=self.key(), body=body), ("Prefer", "wait=20")]
        reply = await self.raw(request("POST", JOBS, headers, body))
        assert (reply.status, reply.json["state"]) == (200, "done"), reply
        assert reply.one("Access-Control-Allow-Origin") == POS
        return reply

    # -- what is left behind -----------------------------------------------------------------------------------------

    def traces(self) -> Traces:
        counted = ["jobs", "history", "checkpoints", "amendments", "events", "audit", "device_state"]
        return Traces(
            wire=self.ear.digest(),
            frames=tuple(self.ear.frames[-20:]),
            documents=len(self.printer.device.documents()),
            fake=tuple(self.fake.seen),
            rows={table: self._count(table) - self.forgiven.get(table, 0) for table in counted},
            tokens=tuple(self.journal.execute("SELECT id, scopes, hex(hash) FROM tokens ORDER BY id")),
            devices=json.dumps(self.bridge.devices.list(), default=str, sort_keys=True),
        )

    def _count(self, table: str) -> int:
        return int(self.journal.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    @asynccontextmanager
    async def lawful(self) -> AsyncIterator[None]:
        """What happens in here is meant to; what happened before was not allowed to leave anything."""
        assert self.traces() == self.baseline
        yield
        await self.settled()

    async def settled(self) -> None:
        """Take everything as it is now for what was before."""
        async with asyncio.timeout(20):
            while self.bridge.jobs.active:
                await asyncio.sleep(0.005)
        self.baseline = self.traces()


@asynccontextmanager
async def staged(data_dir: Path, lookup: PeerLookup | None = None, **limits: Any) -> AsyncIterator[Scene]:
    """Both devices ready and asked for nothing more, the tokens given, one sale made."""
    with pytest.MonkeyPatch.context() as patched:
        # An idle printer is looked at now and then; here it is left alone, so that every byte is somebody's doing.
        patched.setattr(bridge_posnet.driver, "_PING_SECONDS", 3600.0)
        printer = await PosnetSimulator().start(
            listen="tcp://127.0.0.1:0", control=None, state=None, pace="fast", settings={"rates": "23/8/5/0/-/zw/-"}
        )
        ear = _tap(printer)
        fake, family, board = FakeDevice(serial="d2"), LoopFamily(), NullModemBoard()
        family.maintain_every = 3600.0
        board.plug("d2", fake.connect)
        registry = PluginRegistry()
        registry.load(entry_points(group="tillbridge", name="posnet"))
        registry.add(FakePlugin(family), "fake")
        bridge = await Bridge.open(data_dir, registry=registry, opener=LinkOpener(board))
        await bridge.start()
        settings = replace(ServerSettings(port=0, stop_seconds=1.0, **{**_OFTEN, **limits}))
        server = await ApiServer.start(bridge, settings, lookup)
        journal = sqlite3.connect(f"file:{data_dir / 'journal.db'}?mode=ro", uri=True)
        try:
            scene = Scene(data_dir, bridge, server, printer, fake, ear, journal)
            await _furnish(scene)
            yield scene
        finally:
            journal.close()
            await server.stop()
            await bridge.stop(grace=1)
            await printer.close()


def _tap(printer: Running) -> Ear:
    ear = Ear()
    connect = printer.device.connect

    def tapped(wire: Wire, port: str = "") -> Session:
        return _Tapped(connect(wire, port), ear)

    printer.device.connect = tapped  # type: ignore[method-assign]
    return ear


async def _furnish(scene: Scene) -> None:
    for name, config in (
        ("till-1", {"family": "posnet", "url": scene.printer.url}),
        ("d2", {"family": "fake", "url": "null://d2"}),
    ):
        await scene.bridge.devices.configure(_SETTER_UP, name, config)
        async with asyncio.timeout(30):
            while not (
                scene.bridge.devices.runtime(name).capabilities_fresh
                # The look that follows a connection is over, and the next one an hour away.
                and scene.bridge.jobs.runners[name]._maintain_at > asyncio.get_running_loop().time() + 1800
            ):
                await asyncio.sleep(0.01)
    await scene.give("web", origin=POS, label="till")
    await scene.give("other", origin=OTHER, label="till")
    await scene.give("printing", {Right.PRINT}, origin=POS)
    await scene.give("narrow", origin=POS, devices=frozenset({"till-1"}), aliases={"@fiscal": "till-1", "@far": "d2"})
    await scene.give("program")
    await scene.sells()
    await scene.settled()
