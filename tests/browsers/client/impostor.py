"""A program that took the bridge's port and would like to be given a token: it answers as a bridge does, as far as it can."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web


@dataclass
class Impostor:
    """`heard`: all that anybody said to it, messages of WebSockets unmasked."""

    instance: str
    heard: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)

    def knows(self, secret: str | bytes) -> bool:
        """Whether it was told this, in whatever spelling."""
        raw = secret.encode() if isinstance(secret, str) else secret
        spellings = {raw, raw.hex().encode(), raw.hex().upper().encode(), *in_base64(raw)}
        everything = "\n".join(self.heard).encode()
        return any(spelling in everything for spelling in spellings)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.heard += [f"{request.method} {request.raw_path}", *(f"{name}: {value}" for name, value in request.headers.items())]
        self.methods.append(f"{request.method} {request.path.removeprefix('/api/v1')}")
        headers = {"Access-Control-Allow-Origin": request.headers.get("Origin", "*"), "Access-Control-Allow-Headers": "*"}
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self.socket(request)
        self.heard.append(await request.text())
        said: dict[str, Any] = {"name": "tillbridge", "version": "1", "instance_id": self.instance}
        if request.path.endswith("/pairing"):
            said = {"pairing_id": "p" * 32, "verification_code": "123456", "expires_in": 120, "poll_seconds": 1}
        return web.json_response(said, status=202 if request.path.endswith("/pairing") else 200, headers=headers)

    async def socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            self.heard.append(message.data)
            call = json.loads(message.data)
            self.methods.append(call["method"])
            guess = {"nonce": text(), "proof": text()}
            await socket.send_json({"jsonrpc": "2.0", "id": call["id"], "result": guess})
        return socket


def text() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()


def in_base64(raw: bytes) -> set[bytes]:
    """Base64 of it, wherever it begins within a longer text."""
    found = set()
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + raw).rstrip(b"=")
        inner = whole[4 if shift else 0 : -1]
        found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return found


@asynccontextmanager
async def listening(port: int, instance: str) -> AsyncIterator[Impostor]:
    impostor = Impostor(instance)
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", impostor.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield impostor
    finally:
        await runner.cleanup()
