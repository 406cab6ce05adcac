"""The control API of a simulator: a small HTTP server on 127.0.0.1 for tests and for people.

It must not be drivable by a web page: the Host header must be loopback, a request with an Origin header is refused, and
everything that changes something is a POST with content type application/json, or a DELETE. The one exception is the device's
own face (`face.py`), which may look and act.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bridge_simulators import face as faces
from bridge_simulators.device import SimulatedDevice
from bridge_simulators.fault_kinds import amount
from bridge_simulators.faults import FaultError
from bridge_simulators.jsonable import to_json

MAX_BODY = 64 * 1024

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class BadBody(ValueError):
    """A body that is not what the call takes. The text names the field."""


class ControlApi:
    """The calls, each acting on one device."""

    def __init__(self, device: SimulatedDevice) -> None:
        self._device = device
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def start(self, port: int) -> str:
        """Listens on 127.0.0.1; port 0 = any free one. Returns the base URL."""
        application = web.Application(middlewares=[_errors, self._gate], client_max_size=MAX_BODY)
        application.add_routes(
            [
                web.get("/state", self._state),
                web.get("/documents", self._documents),
                web.get("/paper", self._paper),
                web.get("/faults", self._faults),
                web.post("/faults", self._arm),
                web.delete("/faults", self._clear),
                web.get("/switches", self._switches),
                web.post("/switches", self._switch),
                web.post("/power", self._power),
                web.post("/cable", self._cable),
                web.post("/paper", self._load_paper),
                web.post("/cover", self._cover),
                web.post("/key", self._key),
                web.post("/foreign", self._foreign),
                web.post("/act", self._act),
            ]
        )
        if self._device.face is not None:
            application.add_routes(faces.FaceCalls(self._device, self._device.face).routes())
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return f"http://127.0.0.1:{self._port}"

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _gate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.headers.get("Host", "") not in (f"127.0.0.1:{self._port}", f"localhost:{self._port}"):
            return _refused(403, "The Host header must be 127.0.0.1 or localhost with this port.")
        own = f"http://{request.headers['Host']}"
        from_page = "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none") != "none"
        if from_page and not faces.allows(request, self._device.face, own):
            return _refused(403, "The control API takes no requests from web pages.")
        if request.method == "POST" and request.content_type != "application/json":
            return _refused(415, "The content type must be application/json.")
        return await handler(request)

    async def _state(self, request: web.Request) -> web.Response:
        return web.json_response(self._device.state())

    async def _documents(self, request: web.Request) -> web.Response:
        return web.json_response([to_json(document) for document in self._device.documents()])

    async def _paper(self, request: web.Request) -> web.Response:
        since = request.query.get("since", "0")
        if not since.isascii() or not since.isdigit():
            raise BadBody("query parameter 'since' must be a line number, 0 or more")
        text = self._device.paper(int(since))
        return web.Response(text=text, headers={"X-Paper-Lines": str(len(self._device.roll.lines))})

    async def _faults(self, request: web.Request) -> web.Response:
        layer = self._device.faults
        return web.json_response({"armed": layer.armed(), "struck": layer.struck})

    async def _arm(self, request: web.Request) -> web.Response:
        body = await _json(request)
        forms = body if isinstance(body, list) else [body]
        numbers = self._device.faults.arm(*forms)
        return web.json_response({"ids": numbers})

    async def _clear(self, request: web.Request) -> web.Response:
        self._device.faults.clear()
        return web.json_response({})

    async def _switches(self, request: web.Request) -> web.Response:
        return web.json_response(self._device.switches())

    async def _switch(self, request: web.Request) -> web.Response:
        body = await _json(request)
        if not isinstance(body, dict) or not all(isinstance(value, str) for value in body.values()):
            raise BadBody('the body must be a JSON object of switches, each value a string such as "yes"')
        try:
            self._device.switch(body)
        except ValueError as error:
            raise BadBody(str(error).rstrip(".")) from error
        return web.json_response(self._device.switches())

    async def _power(self, request: web.Request) -> web.Response:
        self._device.power(await _switch(request, "on"))
        return web.json_response({"on": self._device.powered})

    async def _cable(self, request: web.Request) -> web.Response:
        self._device.plug(await _switch(request, "plugged"))
        return web.json_response({"plugged": self._device.plugged})

    async def _load_paper(self, request: web.Request) -> web.Response:
        self._device.load_paper(await _switch(request, "loaded"))
        return web.json_response({"loaded": self._device.paper_loaded})

    async def _cover(self, request: web.Request) -> web.Response:
        self._device.close_cover(await _switch(request, "closed"))
        return web.json_response({"closed": self._device.cover_closed})

    async def _key(self, request: web.Request) -> web.Response:
        await _object(request, set())
        self._device.press_key()
        return web.json_response({})

    async def _act(self, request: web.Request) -> web.Response:
        body = await _json(request)
        if not isinstance(body, dict) or not all(isinstance(value, str) for value in body.values()):
            raise BadBody("the body must be a JSON object of strings")
        try:
            self._device.act(body)
        except ValueError as error:
            raise BadBody(str(error).rstrip(".")) from error
        return web.json_response({})

    async def _foreign(self, request: web.Request) -> web.Response:
        body = await _object(request, {"total", "hold"})
        hold = body.get("hold", 0)
        if not isinstance(hold, int | float) or isinstance(hold, bool) or hold < 0:
            raise BadBody("field 'hold' must be a number of seconds, 0 or more")
        total = amount(body["total"]) if body.get("total") is not None else self._device.foreign_total()
        self._device.foreign(total, hold=float(hold))
        return web.json_response({})


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except (BadBody, FaultError) as error:
        return _refused(400, f"{str(error)[:1].upper()}{str(error)[1:]}.")
    except web.HTTPException as error:
        return _refused(error.status, error.reason)


def _refused(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status)


async def _json(request: web.Request) -> Any:
    try:
        return json.loads(await request.text() or "{}")
    except ValueError as error:
        raise BadBody(f"the body is not JSON: {error}") from error


async def _object(request: web.Request, known: set[str]) -> dict[str, Any]:
    body = await _json(request)
    if not isinstance(body, dict):
        raise BadBody("the body must be a JSON object")
    for name in body:
        if name not in known:
            raise BadBody(f"unknown field {name!r}")
    return body


async def _switch(request: web.Request, name: str) -> bool:
    value = (await _object(request, {name})).get(name)
    if not isinstance(value, bool):
        raise BadBody(f"field {name!r} must be true or false")
    return value
