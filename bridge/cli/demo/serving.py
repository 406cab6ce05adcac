"""`tillbridge demo --serve`: bridge, simulators and stage for a visitor's hands, until Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console

from bridge.cli.demo.pages import demo_pages
from bridge.cli.demo.stage import Stage
from bridge.cli.demo.stage_gate import StageGate
from bridge.cli.demo.stage_server import Facts, StageServer, aliases
from bridge.cli.demo.till import ApiProblem, Till
from bridge.jobs import Bridge
from bridge.plugin import Pace, PluginRegistry, SimulatorFamily
from bridge.server.doors import own_origins
from bridge.server.listening import listen
from bridge.server.pages import PAGES
from bridge.server.run import ApiServer, stop_signals
from bridge.server.settings import ServerSettings

LABEL = "demo"

# A visitor who plugs a cable in again shall not wait for the longest pause between two attempts.
TIMEOUTS = {"reconnect": 1.0, "idle": 5.0}


@dataclass(frozen=True, slots=True)
class Theatre:
    """A demonstration that runs. `secret` opens the stage; `stage_origin` serves the page as a shop's own server would."""

    bridge: Bridge
    server: ApiServer
    stages: tuple[Stage, ...]
    till: Till
    secret: str
    stage_origin: str

    @property
    def page(self) -> str:
        """The page at the bridge's own address, which is paired beforehand."""
        return f"{self.server.url}/demo/#{self.secret}"

    @property
    def other_page(self) -> str:
        """The same page from another origin, which has to be paired."""
        return f"{self.stage_origin}/demo/#{self.secret}"


@contextlib.asynccontextmanager
async def opened(
    directory: Path, registry: PluginRegistry, families: Mapping[str, SimulatorFamily], *, port: int = 0, pace: Pace = "real"
) -> AsyncIterator[Theatre]:
    """Everything on its feet, and down again. Raises PortTaken."""
    async with contextlib.AsyncExitStack() as ends:
        session = await ends.enter_async_context(aiohttp.ClientSession())
        sockets, stage_port = await listen(0)
        for made in sockets:
            ends.callback(made.close)
        stage_origin = f"http://127.0.0.1:{stage_port}"
        bridge = await Bridge.open(directory / "data", registry=registry)
        ends.push_async_callback(bridge.stop)
        await bridge.start()
        pages = {**PAGES, **demo_pages(stage_origin, (stage_origin,))}
        server = await ApiServer.start(bridge, ServerSettings(port=port), pages=pages)
        ends.push_async_callback(server.stop)
        till = Till.at(server.url, bridge.data_dir / "admin-token", session)
        stages: list[Stage] = []
        for _, simulator in sorted(families.items()):
            stage = Stage(simulator, dict(simulator.demo or {}), session, pace=pace, timeouts=TIMEOUTS)
            ends.push_async_callback(stage.close)
            await stage.build(directory, till)
            stages.append(stage)
        tokens = {origin: await _token(till, origin, stages) for origin in sorted(own_origins(server.port))}
        ends.push_async_callback(_take_back, till, tokens)
        secret = secrets.token_urlsafe(32)
        there = demo_pages(stage_origin, tuple(f"{scheme}://127.0.0.1:{server.port}" for scheme in ("http", "ws")))
        gate = StageGate(stage_port, server.port, secret, there)
        stage_server = StageServer(gate, stages, till, Facts(server.url, tokens, str(bridge.data_dir)))
        await stage_server.start(sockets)
        ends.push_async_callback(stage_server.stop)
        yield Theatre(bridge, server, tuple(stages), till, secret, stage_origin)


async def serve(
    console: Console,
    directory: Path,
    registry: PluginRegistry,
    families: Mapping[str, SimulatorFamily],
    *,
    port: int,
    browser: bool,
) -> None:
    """Until SIGINT or SIGTERM. Raises PortTaken."""
    stop = asyncio.Event()
    with stop_signals(stop):
        async with opened(directory, registry, families, port=port) as theatre:
            _tell(console, theatre, (await theatre.till.call("POST", "/console/link", {}))["link"])
            if browser and has_screen(os.environ):
                # In a thread that nobody waits for: some browsers come back only when they are closed.
                threading.Thread(target=webbrowser.open, args=(theatre.page,), daemon=True).start()
            await stop.wait()


def has_screen(environment: Mapping[str, str]) -> bool:
    """Without one there may be a browser for terminals, which would take this terminal away."""
    return sys.platform in ("win32", "darwin") or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def _tell(console: Console, theatre: Theatre, link: str) -> None:
    data_dir = theatre.bridge.data_dir
    rows = (
        ("The till's page", theatre.page),
        ("The same from another origin, to be paired", theatre.other_page),
        ("The bridge's console (once, within a minute)", link),
        ("Later", f"tillbridge console --data-dir {data_dir}"),
        ("API", f"{theatre.server.url}/api/v1  token: {data_dir / 'admin-token'}"),
    )
    for title, what in rows:
        console.print(f"{title}:\n  {what}", soft_wrap=True, markup=False)
    for stage in theatre.stages:
        for device in stage.devices:
            told = f"  {device.id}: {device.running.url}, control API {device.running.control_url}"
            face = f", its face {device.running.control_url}/face" if stage.pays else ""
            console.print(told + face, soft_wrap=True, markup=False)
    console.print("Whoever has these addresses may sell on the simulators and break them. Stop with Ctrl-C.")


async def _token(till: Till, origin: str, stages: list[Stage]) -> dict[str, str]:
    made: dict[str, Any] = await till.call("POST", "/tokens", {"origin": origin, "label": LABEL, "aliases": aliases(stages)})
    return {"token_id": made["token_id"], "token": made["token"]}


async def _take_back(till: Till, tokens: Mapping[str, Mapping[str, str]]) -> None:
    """They were for this run's port; a data directory that is used again must not collect them."""
    for token in tokens.values():
        with contextlib.suppress(ApiProblem, aiohttp.ClientError):  # whoever sat at the console has revoked it already
            await till.call("DELETE", f"/tokens/{token['token_id']}")
