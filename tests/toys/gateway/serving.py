"""Ways to reach the simulated gateway: over a null-modem cable that can be cut at any byte, and over real HTTP."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from aiohttp import web

from bridge.transport import Cable, HttpAnswer, HttpLink, LinkLost, NotConnected, NullLink, WireLog, deadline
from tests.toys.cables import join
from tests.toys.gateway.http_wire import Decoder, NotHttp, encode_answer, encode_request
from tests.toys.gateway.simulator import Gateway, Reset


class NullHttpLink(HttpLink):
    """HTTP over a cable: a new connection for each request, as bytes."""

    def __init__(self, gateway: Gateway, cable: Cable, wire_log: WireLog) -> None:
        super().__init__(wire_log)
        self._gateway = gateway
        self._cable = cable
        self._ends: set[NullLink] = set()
        self._servers: set[asyncio.Task[None]] = set()

    async def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 10.0,
    ) -> HttpAnswer:
        self._refuse_if_abandoned()
        if not self._gateway.powered:
            raise NotConnected("the gateway is switched off")
        host, device = join(self._cable, self.wire_log)
        self._ends |= {host, device}
        server = asyncio.create_task(_serve(self._gateway, device))
        self._servers.add(server)
        server.add_done_callback(self._servers.discard)
        decoder = Decoder()
        try:
            async with deadline(timeout, f"{method} {path}"):
                await host.write(encode_request(method, path, body or b""))
                while True:
                    try:
                        message = decoder.feed(await host.read())
                    except NotHttp as error:
                        raise LinkLost(f"{method} {path}: {error}") from error
                    if message is not None:
                        break
        finally:
            await host.close()
            self._ends -= {host, device}
        status = message.first[1]
        if not status.isdigit():
            raise LinkLost(f"{method} {path}: no status: {status!r}")
        return HttpAnswer(int(status), message.body)

    async def close(self) -> None:
        for end in list(self._ends):
            await end.close()
        self._ends.clear()


async def _serve(gateway: Gateway, device: NullLink) -> None:
    """One connection, from its first byte to the answer. What was begun goes on when the connection is gone."""
    decoder = Decoder()
    with contextlib.suppress(LinkLost, NotHttp, Reset):
        message = None
        while message is None:
            message = decoder.feed(await device.read())
        reply = await gateway.handle(message.first[0], message.first[1], message.body)
        await device.write(encode_answer(reply.status, reply.body))
    await asyncio.sleep(0)  # the answer leaves before the connection ends
    await device.close()


def web_application(gateway: Gateway) -> web.Application:
    """The same gateway as an aiohttp application."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            reply = await gateway.handle(request.method, request.path, await request.read())
        except Reset:
            assert request.transport is not None
            request.transport.abort()
            return web.Response(status=500)
        return web.Response(status=reply.status, body=reply.body, content_type="application/json")

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handle)
    return application
