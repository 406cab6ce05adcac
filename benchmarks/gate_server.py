"""python -m benchmarks.gate_server with|without DIR: the server of a measurement, with its gate or with none.

The two differ in the gate alone: connections, routing, calls and answers are the same classes. Without it nothing of a request's
head is looked at, and nobody asks the system whose connection it is; a call that needs to know its caller is told it at once.
`DIR/page-token` is the token of a page of ORIGIN.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Literal

from aiohttp import web

from bridge.jobs import Bridge
from bridge.model import Actor
from bridge.server.access.scopes import TILL
from bridge.server.access.tokens import NewToken
from bridge.server.connections import Connection
from bridge.server.gate import Entry, Gate
from bridge.server.peers.unsupported import UnsupportedPeers
from bridge.server.principals import Principal
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings

ORIGIN = "https://pos.example.com"
TOKEN_FILE = "page-token"

# How often is told by limits, which are not what is measured.
_OFTEN = 10**9
_SETTINGS = ServerSettings(
    port=0,
    pings_at_once=_OFTEN,
    pings_per_second=_OFTEN,
    strangers_at_once=_OFTEN,
    strangers_per_second=_OFTEN,
    calls_at_once=_OFTEN,
    calls_per_second=_OFTEN,
)


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["with", "without"])
    parser.add_argument("directory", type=Path)
    given = parser.parse_args()
    kind: Literal["with", "without"] = given.kind
    bridge = await Bridge.open(given.directory)
    await bridge.start()
    server = await ApiServer.start(bridge, _SETTINGS, UnsupportedPeers() if kind == "without" else None)
    new = NewToken("benchmark", TILL, origin=ORIGIN)
    minted, _ = await server.access.tokens.create(new, Actor(principal="benchmark"))
    await asyncio.to_thread((given.directory / TOKEN_FILE).write_text, minted.text, "utf-8")
    if kind == "without":
        holder = server.access.find(minted.id)
        assert holder is not None
        _take_away_the_gate(holder)
    print("ready", server.url, flush=True)
    await asyncio.Event().wait()


def _take_away_the_gate(holder: Principal) -> None:
    def check(self: Gate, request: web.BaseRequest, connection: Connection, entry: Entry) -> None:
        if entry.path == "/api/v1/session":
            entry.principal = holder

    Gate.check = check  # type: ignore[method-assign]


if __name__ == "__main__":
    asyncio.run(main())
