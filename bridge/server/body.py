"""Reading a request's body: bounded in size and time, after the gate has let the head pass."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from bridge.model import RequestError
from bridge.server.gate import too_large
from bridge.server.json_body import parse_object
from bridge.server.settings import ServerSettings


async def read_object(request: web.BaseRequest, settings: ServerSettings, most: int) -> dict[str, Any]:
    """The JSON object that the request carries, of `most` bytes. Raises RequestError."""
    if request.headers.get("Expect"):
        # Only now: a client that asked first has not sent a body which the gate would have refused.
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0
    raw = bytearray()
    try:
        async with asyncio.timeout(settings.body_seconds):
            # By hand and not by request.read(): its limit is fixed where the request is made.
            while chunk := await request.content.readany():
                raw += chunk
                if len(raw) > most:
                    raise too_large(most)
    except TimeoutError:
        raise RequestError("request.malformed", f"The body did not arrive within {settings.body_seconds:g} s.") from None
    except web.RequestPayloadError:
        raise RequestError("request.malformed", "The body is broken off or wrongly framed.") from None
    return parse_object(bytes(raw), max_depth=settings.max_depth)
