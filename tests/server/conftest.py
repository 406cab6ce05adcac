"""A real server on a free port, in front of a fake bridge; a client for raw bytes and one for JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from fake_bridge import FakeBridge

from bridge.server import admin_token, connections
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings


@dataclass
class Reply:
    """An HTTP answer, as bytes told it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def parse(raw: bytes) -> Reply:
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:])
    return Reply(int(lines[0].split(" ")[1]), headers, body)


@dataclass
class Client:
    server: ApiServer
    bridge: FakeBridge
    token: str
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def port(self) -> int:
        return self.server.port

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writers.append(writer)
        return reader, writer

    async def raw(self, data: bytes) -> Reply:
        """Send bytes as they are, with PORT and TOKEN filled in; read until the server closes."""
        reader, writer = await self.open()
        writer.write(data.replace(b"PORT", str(self.port).encode()).replace(b"TOKEN", self.token.encode()))
        async with asyncio.timeout(20):
            return parse(await reader.read())

    async def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, *, token: str | None = "TOKEN"
    ) -> Reply:
        """A well-formed request; `headers` replaces or adds, `body` is JSON or bytes."""
        lines = {"Host": "127.0.0.1:PORT", "Connection": "close"}
        if token is not None:
            lines["Authorization"] = f"Bearer {token}"
        payload = b""
        if body is not None:
            payload = body if isinstance(body, bytes) else json.dumps(body).encode()
            lines["Content-Type"] = "application/json"
            lines["Content-Length"] = str(len(payload))
        lines.update(headers or {})
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return await self.raw(head.encode() + b"\r\n" + payload)

    async def sell(self, key: str = "k1", headers: dict[str, str] | None = None, body: Any = None) -> Reply:
        return await self.request(
            "POST",
            "/api/v1/devices/till-1/jobs",
            {"op": "receipt"} if body is None else body,
            {"Idempotency-Key": key, **(headers or {})},
        )


@pytest.fixture
def settings() -> ServerSettings:
    return ServerSettings(port=0, stop_seconds=1.0)


@pytest.fixture
async def client(tmp_path: Path, settings: ServerSettings) -> AsyncIterator[Client]:
    bridge = FakeBridge(tmp_path)
    server = await ApiServer.start(cast(Any, bridge), settings)
    token = admin_token.read(tmp_path)
    assert token is not None
    client = Client(server, bridge, token)
    yield client
    for writer in client.writers:
        writer.close()
    await server.stop()


@pytest.fixture
def hardly_lingering(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server lingers less over what a refused client might still send: here nobody sends more."""
    monkeypatch.setattr(connections, "_LINGER_SECONDS", 0.1)
