"""A small client of the WebSocket, for tests and measurements: mutual proof, calls, notifications."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import secrets
from typing import Any, Self

import aiohttp

from tests.api import socket_conformance


class Refused(Exception):
    """An error response."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"], error.get("data"))
        self.rpc_code: int = error["code"]
        self.problem: dict[str, Any] = error.get("data") or {}

    @property
    def code(self) -> str:
        return str(self.problem.get("code"))


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def proof(token: str, role: str, host: str, token_id: str, client_nonce: str, server_nonce: str) -> str:
    """Written from docs/websocket.md, not from the server's code."""
    key = hashlib.sha256(token.encode()).digest()
    said = "\n".join([f"tillbridge proof 1 {role}", host, token_id, client_nonce, server_nonce])
    return text(hmac.new(key, said.encode(), hashlib.sha256).digest())


class SocketClient:
    """`events` gets every notification, in order; a call awaits its own answer."""

    def __init__(self, session: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse, host: str) -> None:
        self.session, self.socket, self.host = session, socket, host
        self.events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.strays: list[Any] = []
        self.close_code: int | None = None
        self._ids = itertools.count(10**6)  # a test that sends messages of its own numbers them from 1
        self._answers: dict[Any, asyncio.Future[dict[str, Any]]] = {}
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, url: str, *, connector: aiohttp.BaseConnector | None = None, **options: Any) -> Self:
        session = aiohttp.ClientSession(connector=connector)
        try:
            socket = await session.ws_connect(f"{url}/api/v1/ws", max_msg_size=0, **options)
        except BaseException:
            await session.close()
            raise
        return cls(session, socket, url.removeprefix("http://"))

    @classmethod
    async def signed_in(cls, url: str, token: str, token_id: str = "admin", **options: Any) -> Self:
        client = await cls.open(url, **options)
        try:
            client.welcome = await client.sign_in(token, token_id)
        except BaseException:
            await client.leave()
            raise
        return client

    welcome: dict[str, Any]

    async def sign_in(self, token: str, token_id: str = "admin", **more: Any) -> dict[str, Any]:
        nonce = text(secrets.token_bytes(32))
        challenge = await self.call("session.authenticate", token_id=token_id, nonce=nonce, **more)
        if challenge["proof"] != proof(token, "server", self.host, token_id, nonce, challenge["nonce"]):
            raise AssertionError("the server does not know the token")
        shown = proof(token, "client", self.host, token_id, nonce, challenge["nonce"])
        return dict(await self.call("session.confirm", proof=shown))

    async def call(self, method: str, /, **params: Any) -> Any:
        answer = await self.request({"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params})
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["result"]

    async def request(self, message: dict[str, Any]) -> dict[str, Any]:
        """Send a request as it is; its whole answer."""
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[message["id"]] = future
        await self.send(message)
        answer = await future
        socket_conformance.answered(message, answer)
        return answer

    async def send(self, message: Any) -> None:
        await self.socket.send_str(message if isinstance(message, str) else json.dumps(message))

    async def event(self, kind: str | None = None) -> dict[str, Any]:
        """The next notification (of that kind)."""
        while True:
            async with asyncio.timeout(20):
                told = await self.events.get()
            if kind in (None, told["method"]):
                return told

    async def stray(self) -> Any:
        """The next answer that belongs to no call of ours."""
        async with asyncio.timeout(20):
            while not self.strays:
                await asyncio.sleep(0.001)
        return self.strays.pop(0)

    async def closed(self) -> int | None:
        """Wait for the server to close; its code."""
        async with asyncio.timeout(20):
            await asyncio.wait({self._reading})
        return self.close_code

    async def leave(self) -> None:
        await self.socket.close()
        await self.drop()

    async def drop(self) -> None:
        """Hang up without a word, as a pulled cable does."""
        self._reading.cancel()
        response = self.socket._response
        if response.connection is not None and response.connection.transport is not None:
            response.connection.transport.abort()
        response.close()
        await asyncio.wait({self._reading})
        await self.session.close()

    async def _read(self) -> None:
        try:
            async for message in self.socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    continue
                told = json.loads(message.data)
                if isinstance(told, dict) and "method" in told:
                    socket_conformance.told(told)
                    self.events.put_nowait(told)
                elif isinstance(told, dict) and (future := self._answers.pop(told.get("id"), None)) is not None:
                    if not future.done():  # nobody waits for it any more
                        future.set_result(told)
                else:
                    self.strays.append(told)
        finally:
            self.close_code = self.socket.close_code
            for future in self._answers.values():
                if not future.done():
                    future.set_exception(ConnectionError(f"closed with {self.close_code}"))
                    future.exception()  # whoever waits gets it; nobody else misses it
