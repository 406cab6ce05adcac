"""Requests and events over a browser's debugging WebSocket. CDP and WebDriver BiDi share this form, and nothing else."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import Any, Self

import aiohttp

CALL_SECONDS = 45.0


class ChannelError(Exception):
    """The browser answered with an error."""


class Channel:
    def __init__(self, session: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.session, self.socket = session, socket
        self.listeners: list[Callable[[dict[str, Any]], None]] = []
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, url: str) -> Self:
        session = aiohttp.ClientSession()
        try:
            socket = await session.ws_connect(url, max_msg_size=0)
        except BaseException:
            await session.close()
            raise
        return cls(session, socket)

    async def call(self, method: str, params: dict[str, Any] | None = None, **beside: Any) -> dict[str, Any]:
        number = next(self._ids)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        await self.socket.send_str(json.dumps({"id": number, "method": method, "params": params or {}, **beside}))
        try:
            async with asyncio.timeout(CALL_SECONDS):
                told = await answer
        except TimeoutError:
            raise ChannelError(f"{method}: no answer within {CALL_SECONDS} s") from None
        finally:
            self._answers.pop(number, None)
        if error := told.get("error"):
            raise ChannelError(f"{method}: {error} {told.get('message', '')}")
        return dict(told.get("result") or {})

    async def close(self) -> None:
        await self.socket.close()
        self._reading.cancel()
        await asyncio.wait({self._reading})
        await self.session.close()

    async def _read(self) -> None:
        async for message in self.socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            told = json.loads(message.data)
            if (number := told.get("id")) is None:
                for listener in list(self.listeners):
                    listener(told)
            elif (answer := self._answers.get(number)) is not None and not answer.done():
                answer.set_result(told)
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ChannelError("the browser hung up"))
