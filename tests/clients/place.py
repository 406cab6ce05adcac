"""A shop for the tests of clients: a bridge on one port, whatever becomes of it, with a simulated Posnet printer `till-1` and two
fakes, `d1` and `d2`, that do what a printer does not (cards, questions, answers that never come).

The fakes count what they issue; the simulator prints. Those are the truth that a client's outcomes are compared with.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import bridge_posnet
from bridge_sim_posnet.family import PosnetSimulator
from bridge_simulators import Running

from bridge.jobs import Bridge
from bridge.model import Actor, Choice, Result
from bridge.plugin import JobContext, PluginRegistry
from bridge.server.access.scopes import TILL, Right
from bridge.server.access.tokens import NewToken
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings
from bridge.transport import LinkOpener, NullModemBoard
from tests import ports
from tests.core.fake_family import FakeDevice, FakeDriver, FakePlugin
from tests.station import LoopFamily

WHO = Actor(principal="tests")
NEVER_IDLE = {"idle": 3600}


@dataclass
class Place:
    """`extra_hosts`: addresses of relays in front of it. `behave` is what the fakes do with the next jobs."""

    data_dir: Path
    extra_hosts: tuple[str, ...] = ()
    behave: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    devices: dict[str, FakeDevice] = field(default_factory=lambda: {name: FakeDevice(serial=name) for name in ("d1", "d2")})
    family: LoopFamily = field(default_factory=LoopFamily)
    port: int = field(init=False)
    _held: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    bridge: Bridge = field(init=False)
    server: ApiServer = field(init=False)
    printer: Running = field(init=False)
    running: bool = False

    async def open(self) -> None:
        self.family.behaviour = self._behaviour
        self.port = self._held.enter_context(ports.kept())  # it is to be had again behind each restart
        self.printer = await PosnetSimulator().start(
            listen="tcp://127.0.0.1:0", control=None, state=None, pace="fast", settings={"rates": "23/8/5/0/-/zw/-"}
        )
        await self.start()
        await self._configure()

    async def close(self) -> None:
        await self.stop()
        await self.printer.close()
        self._held.close()

    async def start(self) -> None:
        board = NullModemBoard()
        for name, device in self.devices.items():
            board.plug(name, device.connect)
        registry = PluginRegistry()
        registry.add(FakePlugin(self.family), "fake")
        registry.add(bridge_posnet, "posnet")
        self.bridge = await Bridge.open(self.data_dir, registry=registry, opener=LinkOpener(board))
        await self.bridge.start()
        settings = ServerSettings(port=self.port, extra_hosts=self.extra_hosts, stop_seconds=1.0, **self.settings)
        self.server = await ApiServer.start(self.bridge, settings)
        self.running = True

    async def stop(self) -> None:
        if self.running:
            self.running = False
            await self.server.stop()
            await self.bridge.stop(grace=0.2)

    async def lose_journal(self) -> None:
        """As after a disk that died: the journal is gone, an administrator has accepted that, the pages have their tokens again."""
        tokens = self.bridge.store.tokens.all()
        await self.stop()
        for file in self.data_dir.glob("journal.db*"):
            file.unlink()
        await self.start()
        await self._configure()
        for row in tokens:
            await self.server.access.tokens._put(row, WHO, "token.created")
        for runtime in self.bridge.devices.runtimes.values():
            if runtime.journal_hold is not None:
                await self.bridge.devices.accept(WHO, runtime.id, "journal", "the tests compared the books")

    async def forget_events(self) -> None:
        """As the retention does: what has happened until now can be resumed no more."""
        now = self.bridge.clock.now()
        await self.bridge.store.journal.prune(details_before=now + timedelta(days=1), all_before=now - timedelta(days=1))

    async def give(self, label: str, origin: str | None, rights: Iterable[str] | None, **more: Any) -> tuple[str, str]:
        chosen = TILL if rights is None else frozenset(Right(right) for right in rights)
        minted, _ = await self.server.access.tokens.create(NewToken(label, frozenset(chosen), origin=origin, **more), WHO)
        return minted.text, minted.id

    async def decide(self, code: str, *, approve: bool, label: str | None, aliases: Mapping[str, str]) -> None:
        pairings = self.server.access.pairings
        found = next(one for one in pairings.pending() if one.code == code)
        if not approve:
            pairings.reject(found)
            return
        new = NewToken(label or found.app_name, found.rights & TILL, origin=found.origin, aliases=dict(aliases))
        minted, _ = await self.server.access.tokens.create(new, WHO)
        pairings.approve(found, minted, new.rights)

    def issued(self) -> dict[str, list[Any]]:
        """What each device has really issued."""
        return {
            "till-1": [document.reference for document in self.printer.device.documents()],
            **{name: [total for total, _ in device.issued] for name, device in self.devices.items()},
        }

    async def _configure(self) -> None:
        for name in self.devices:
            await self.bridge.devices.configure(WHO, name, {"family": "fake", "url": f"null://{name}", "timeouts": NEVER_IDLE})
        config = {"family": "posnet", "url": self.printer.url, "timeouts": NEVER_IDLE}
        await self.bridge.devices.configure(WHO, "till-1", config)
        async with asyncio.timeout(20):
            while not self.bridge.devices.runtime("till-1").capabilities_fresh:
                await asyncio.sleep(0.01)

    async def _behaviour(self, context: JobContext, driver: FakeDriver) -> Result | None:
        match self.behave:
            case "declined" | "approved":
                await context.checkpoint("intent")
                outcome = self.behave
                paid = Decimal("10.00") if outcome == "approved" else Decimal(0)
                return Result.model_validate(
                    {"payment": {"outcome": outcome, "requested": "10.00", "approved": str(paid), "currency": "PLN"}}
                )
            case "unconfirmed":
                await context.checkpoint("intent")
                return Result(confirmed=False)
            case "ask":
                choices = (Choice(code="yes", text="Yes"), Choice(code="no", text="No"))
                await context.ask("Is the signature right?", choices, timeout=600, default="no")
                self.behave = None
        return None
