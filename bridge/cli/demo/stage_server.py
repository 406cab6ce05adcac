"""The stage's own server, beside the bridge and no part of it: the visitor's hands, what there is to see, and the page once more.

| call | what |
|---|---|
| `POST /stage/setup` | what the page needs to begin: where the bridge is, its token if it is the bridge's own page, the shops |
| `POST /stage/view {seen}` | the stage as soon as it is another than `seen` |
| `POST /stage/break {device, what, now, byte}`, `POST /stage/mend {device, what}` | the hands |
| `POST /stage/swap {device}` | this device's family: the first two printers change places, or change back |
| `POST /stage/approve {code}` | plays the person at the console who lets the page in |
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bridge.cli.demo.hands import WrongTrouble, make, mend, offered
from bridge.cli.demo.stage import Device, Stage
from bridge.cli.demo.stage_gate import PREFIX, StageGate
from bridge.cli.demo.till import ApiProblem, Till
from bridge.cli.demo.watch import Watch
from bridge.model import RequestError, invalid
from bridge.server import cors
from bridge.server.body import read_object
from bridge.server.pages import page_response
from bridge.server.problems import empty_response, json_response, problem_of, refusal
from bridge.server.settings import ServerSettings

log = logging.getLogger("tillbridge.demo")

MAX_BODY = 4096
VIEW_SECONDS = 20.0
"""How long a look waits for something new: shorter than what lies between browsers and servers waits for an answer."""

MOST_BYTES = 1_000_000

Body = Mapping[str, Any]
Call = Callable[[Body, str], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page is told. `tokens`: by the origins of the bridge's own pages."""

    bridge: str
    tokens: Mapping[str, Mapping[str, str]]
    data_dir: str


class StageServer:
    """Answers on a socket that listens already."""

    def __init__(self, gate: StageGate, stages: Sequence[Stage], till: Till, facts: Facts, watch: Watch | None = None) -> None:
        self._gate = gate
        self._stages = stages
        self._till = till
        self._facts = facts
        self._watch = watch or Watch(stages, till)
        self._settings = ServerSettings()
        self._calls: dict[str, Call] = {
            "setup": self._setup,
            "view": self._view,
            "break": self._break,
            "mend": self._mend,
            "swap": self._swap,
            "approve": self._approve,
        }
        self._stopping = asyncio.Event()
        self._runner = web.ServerRunner(web.Server(self.handle), shutdown_timeout=1.0)

    async def start(self, sockets: Sequence[socket.socket]) -> None:
        await self._runner.setup()
        for made in sockets:
            await web.SockSite(self._runner, made).start()

    async def stop(self) -> None:
        """Views that wait are answered as they are."""
        self._stopping.set()
        await self._runner.cleanup()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            if cors.is_preflight(request):
                origin = self._gate.preflight(request)
                told = cors.preflight_headers(request, ("POST",), self._settings.preflight_seconds)
                return empty_response(204, {**cors.headers(origin), **told})
            page = self._gate.page(request)
            if page is not None:
                return page_response(page)
            origin = self._gate.call(request)
            call = self._calls.get(request.path.removeprefix(PREFIX))
            if call is None:
                raise RequestError("request.not_found", "there is no such call of the stage")
            body = await read_object(request, self._settings, MAX_BODY)
            response = json_response(200, await call(body, origin))
        except RequestError as error:
            response = refusal(error)
            response.force_close()  # what a refused request brings along is not read
        except asyncio.CancelledError:
            raise
        except Exception as error:  # whatever went wrong inside, the page gets a problem document and the log the rest
            response = refusal(problem_of(error, f"{request.method} {request.path}"))
            response.force_close()
        response.headers.update(self._gate.headers(request))
        return response

    # -- calls ---------------------------------------------------------------------------------------------------------

    async def _setup(self, body: Body, origin: str) -> dict[str, Any]:
        _known(body)
        return {
            "bridge": self._facts.bridge,
            "token": self._facts.tokens.get(origin),
            "approve_command": f"tillbridge pair approve CODE --data-dir {self._facts.data_dir}",
            "console_command": f"tillbridge console --data-dir {self._facts.data_dir}",
            "shops": [_shop(stage) for stage in self._stages if not stage.pays],
            "terminals": [terminal for stage in self._stages if stage.pays for terminal in _terminals(stage)],
        }

    async def _view(self, body: Body, origin: str) -> dict[str, Any]:
        _known(body, "seen")
        seen = body.get("seen")
        if seen is not None and not isinstance(seen, str):
            raise invalid("seen", "must be the version of a view")
        looking = asyncio.ensure_future(self._watch.changed(seen, VIEW_SECONDS))
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({looking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not looking.done():
                raise RequestError("server.stopping", "The demonstration ends.")
            return looking.result()
        finally:
            for task in (looking, stopping):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def _break(self, body: Body, origin: str) -> dict[str, Any]:
        _known(body, "device", "what", "now", "byte")
        stage, device = self._device(body)
        now, byte = body.get("now", False), body.get("byte")
        if not isinstance(now, bool):
            raise invalid("now", "must be true or false")
        if byte is not None and (not isinstance(byte, int) or isinstance(byte, bool) or not 0 <= byte <= MOST_BYTES):
            raise invalid("byte", f"must be a whole number from 0 to {MOST_BYTES}")
        return await self._hands(make(stage, device, _text(body, "what"), now=now, byte=byte))

    async def _mend(self, body: Body, origin: str) -> dict[str, Any]:
        _known(body, "device", "what")
        stage, device = self._device(body)
        return await self._hands(mend(stage, device, _text(body, "what")))

    async def _swap(self, body: Body, origin: str) -> dict[str, Any]:
        _known(body, "device")
        stage, _ = self._device(body)
        return await self._hands(stage.swap_cables())

    async def _approve(self, body: Body, origin: str) -> dict[str, Any]:
        """Only for the page that asks here: a person who looks at it says yes to the code that it shows."""
        _known(body, "code")
        code = _text(body, "code")
        waiting = (await self._till.call("GET", "/pairing"))["pairings"]
        found = [one for one in waiting if one["origin"] == origin and one["verification_code"] == code]
        if not found:
            raise RequestError("request.not_found", "this page does not ask to be paired under this code")
        decision = {"decision": "approve", "code": code, "aliases": aliases(self._stages)}
        try:
            await self._till.call("POST", f"/pairing/{found[0]['pairing_id']}/decision", decision)
        except ApiProblem as problem:
            raise RequestError("request.conflict", str(problem)) from None
        return {}

    # -- parts ---------------------------------------------------------------------------------------------------------

    async def _hands(self, work: Awaitable[None]) -> dict[str, Any]:
        async with self._watch.lock:
            try:
                await work
            except WrongTrouble as error:
                raise invalid("what", str(error)) from None
        self._watch.forget()
        return {}

    def _device(self, body: Body) -> tuple[Stage, Device]:
        name = _text(body, "device")
        for stage in self._stages:
            for device in stage.devices:
                if device.id == name:
                    return stage, device
        raise invalid("device", "is no device of this demonstration")


def aliases(stages: Sequence[Stage]) -> dict[str, str]:
    """What `@fiscal` stands for in the page's token."""
    return {"@fiscal": next(stage for stage in stages if not stage.pays).devices[0].id}


def _shop(stage: Stage) -> dict[str, Any]:
    script = stage.script
    ids = (script.get("customer") or {}).get("ids") or [None]
    return {
        "family": stage.family.id,
        "title": stage.family.title,
        "currency": script["currency"],
        "goods": script["goods"],
        "customer": ids[0],
        "operator": script["operator"],
        "troubles": offered(script),
        "devices": [{"id": device.id, "name": device.settings.get("shop", "").partition("|")[0]} for device in stage.devices],
    }


def _terminals(stage: Stage) -> list[dict[str, Any]]:
    """Where cards are taken. `face`: the page on which a person plays the customer."""
    return [
        {"id": device.id, "currency": stage.script["currency"], "face": f"{device.running.control_url}/face"}
        for device in stage.devices
    ]


def _known(body: Body, *names: str) -> None:
    for name in body:
        if name not in names:
            raise invalid(name[:40], "is no field of this call")


def _text(body: Body, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or len(value) > 100:
        raise invalid(name, "must be a text of at most 100 characters")
    return value
