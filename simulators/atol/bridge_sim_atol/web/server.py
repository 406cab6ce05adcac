"""The server: its port, who is let in, its devices, and what each call answers.

Source: protocol-specs/atol, web-requests.md, "Calls". Each connection is one of HTTP/1.1, taken as bytes, so that faults cut it anywhere.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from bridge_simulators.device import IssuedDocument, Refused, Session, SimulatedDevice, Wire
from bridge_simulators.jsonable import from_json, to_json
from bridge_simulators.pace import Pace

from bridge_sim_atol.local import Program
from bridge_sim_atol.register import Register
from bridge_sim_atol.web import text
from bridge_sim_atol.web.driver import VendorDriver
from bridge_sim_atol.web.driver_errors import NOT_LET_IN, SERVER, text_of
from bridge_sim_atol.web.http import NotHttp, Reader, Reply, Request
from bridge_sim_atol.web.queue import DeviceQueue, Entry, QueueMemory
from bridge_sim_atol.web.settings import FIXED, WebSettings
from bridge_sim_atol.web.words import FISCAL

ORIGIN = "web"
_PREFIX = ("api", "v2")
_OPEN = frozenset((("serverInfo",), ("utils", "mapping"), ("utils", "deviceParametersStruct")))
_QUERIES = {
    "queryDeviceStatus": "getDeviceStatus",
    "queryDeviceInfo": "getDeviceInfo",
    "queryShiftStatus": "getShiftStatus",
    "queryShiftTotals": "getShiftTotals",
    "queryFnInfo": "getFnInfo",
    "queryFnStatus": "getFnStatus",
    "queryOfdExchangeStatus": "ofdExchangeStatus",
    "queryCashDrawerStatus": "getCashDrawerStatus",
}


@dataclass(slots=True)
class WebMemory:
    """What outlives the server: its queues by the id of their device. `inactive`: devices that are not in use."""

    queues: dict[str, QueueMemory] = field(default_factory=dict)
    inactive: list[str] = field(default_factory=list)


class WebServer(SimulatedDevice):
    """`registers` by their ids. `power` cuts what the setting `cut_power` says; `restart` is the server's own."""

    id: ClassVar[str] = "atol-web"
    fixed_settings: ClassVar[frozenset[str]] = FIXED
    settings: WebSettings

    def __init__(
        self,
        settings: WebSettings,
        registers: Mapping[str, Register],
        *,
        clock: Callable[[], datetime],
        pace: Pace | None = None,
        state_file: Path | None = None,
    ) -> None:
        super().__init__(clock=clock, pace=pace or Pace(), state_file=state_file)
        self.settings = settings
        self.registers = dict(registers)
        self.running = True
        self._fed = True  # what the setting `cut_power` names has power
        self._inactive: list[str] = []
        self._sessions: set[_Session] = set()
        self.queues = {
            name: DeviceQueue(VendorDriver(Program(register, ORIGIN).command, register.zone), lambda: self.settings, self.save)
            for name, register in self.registers.items()
        }
        stored = self.load()
        if stored is not None:
            memory = from_json(WebMemory, stored)
            self._inactive = memory.inactive
            for name, queue in self.queues.items():
                queue.memory = memory.queues.get(name, QueueMemory())
                queue.after_restart()

    # --- connections

    def attach(self, wire: Wire, port: str) -> Session:
        if not self.running:
            raise Refused("the server does not run")
        for queue in self.queues.values():
            queue.start()
        session = _Session(self, wire)
        self._sessions.add(session)
        return session

    async def handle(self, request: Request) -> Reply | None:
        """None: the connection ends instead."""
        before = self.faults.reach(request.method, "before")
        if before.lost or before.power_lost:
            return None
        if before.refuse is not None:
            return Reply(before.refuse, b"<html><body>Error</body></html>")
        if before.hold:
            await asyncio.sleep(before.hold)
        reply = await self._reply(request)
        after = self.faults.reach(request.method, "after")
        if after.hold:
            await asyncio.sleep(after.hold)
        return None if after.lost or after.power_lost or not self.running else reply

    # --- calls

    async def _reply(self, request: Request) -> Reply:
        if request.parts[:2] != _PREFIX:
            return _error(404, "Ресурс не найден")
        call = request.parts[2:]
        if request.method == "OPTIONS":
            return Reply(200, b"", _CORS)
        if call not in _OPEN and not self._let_in(request):
            return _error(401, text_of(NOT_LET_IN), NOT_LET_IN, {"WWW-Authenticate": "Basic"})
        if call in _OPEN:
            return _ok(self._info() if call == ("serverInfo",) else {})
        if call[:1] == ("devices",):
            return self._devices(request, call[1:])
        name = request.query.get("deviceID", "") or next(iter(self.registers))
        if name not in self.registers:
            return _error(404, f"Устройство [{name}] не найдено")
        if name in self._inactive:
            return _error(409, f"Устройство [{name}] не активно")
        return await self._of_device(request, call, name)

    async def _of_device(self, request: Request, call: tuple[str, ...], name: str) -> Reply:
        queue = self.queues[name]
        match request.method, *call:
            case "POST", "requests":
                return self._post(request, queue)
            case (("GET" | "DELETE"), "requests", uuid):
                entry = queue.find(uuid)
                if entry is None:
                    return _error(404, f"Задание с UUID [{uuid}] для устройства [{name}] не найдено")
                return _ok(_results(entry)) if request.method == "GET" else self._drop(queue, entry)
            case "GET", "getRequestsQueueStatus":
                return _ok(_counts(queue) | _blocked(queue))
            case "POST", "operations", query if query in _QUERIES:
                return await self._query(queue, _QUERIES[query])
            case _:
                return _error(404, "Ресурс не найден")

    def _post(self, request: Request, queue: DeviceQueue) -> Reply:
        try:
            body = text.read(request.body)
        except ValueError:
            return _error(400, "Ошибка разбора JSON")
        tasks = body.get("request") if isinstance(body, dict) else None
        if not isinstance(tasks, list) or not tasks or not all(isinstance(task, dict) for task in tasks):
            return _error(400, "Поле 'request' не задано или пустое")
        uuid = body.get("uuid")
        if not isinstance(uuid, str) or not uuid:
            return _error(400, "Поле 'uuid' не задано или пустое")
        if sum(task.get("type") in FISCAL for task in tasks) > 1:
            return _error(400, "Слишком много фискальных заданий")
        if queue.find(uuid) is not None:
            return _error(409, f"Задание с UUID [{uuid}] уже существует")
        entry = queue.add(uuid, tasks)
        return _ok({"number": entry.number, "uuid": uuid} | _blocked(queue), 201)

    def _drop(self, queue: DeviceQueue, entry: Entry) -> Reply:
        if queue.drop(entry):
            return _ok({})
        return _error(int(self.settings.cancel_status), "Задание нельзя отменить")

    async def _query(self, queue: DeviceQueue, task: str) -> Reply:
        outcome = await queue.ask({"type": task})
        if outcome.code:
            return _error(int(self.settings.offline_status), outcome.text, outcome.code)
        return _ok(outcome.result)

    def _devices(self, request: Request, rest: tuple[str, ...]) -> Reply:
        if request.method != "GET":
            return _error(404, "Ресурс не найден")
        first = next(iter(self.registers))
        told = [
            {"id": name, "name": f"ККТ {name}", "isActive": name not in self._inactive, "isDefault": name == first}
            for name in self.registers
        ]
        if not rest:
            return _ok({"devices": told})
        wanted = first if rest[0] == "default" else rest[0]
        found = next((one for one in told if one["id"] == wanted), None)
        return _ok(found) if found is not None else _error(404, f"Устройство [{rest[0]}] не найдено")

    def _info(self) -> dict[str, Any]:
        now = self.now().isoformat(timespec="seconds")
        return {"serverVersion": "1.0.4.0", "driverVersion": "10.8.0.0", "os": "Linux", "currentDateTime": now}

    def _let_in(self, request: Request) -> bool:
        if not self.settings.user:
            return True
        wanted = base64.b64encode(f"{self.settings.user}:{self.settings.password}".encode()).decode()
        return request.headers.get("authorization") == f"Basic {wanted}"

    # --- hands

    def use(self, name: str, *, active: bool) -> None:
        """A device is taken into use at the server, or out of it."""
        self._inactive = [one for one in self._inactive if one != name] + ([] if active else [name])
        self.save()

    def stop(self) -> None:
        """The server ends: connections break, and what it was at stays as it is."""
        self.running = False
        for queue in self.queues.values():
            queue.stop()
        self.cut_connections()

    def start(self) -> None:
        self.running = True
        for queue in self.queues.values():
            queue.after_restart()
            queue.start()
        self.save()

    def power(self, on: bool) -> None:
        if on == self._fed:
            return
        self._fed = on
        if self.settings.cut_power != "server":
            for register in self.registers.values():
                register.power(on)
        if self.settings.cut_power != "register":
            super().power(on)
        if on and self.running:
            self.on_hand()

    def load_paper(self, loaded: bool) -> None:
        super().load_paper(loaded)
        for register in self.registers.values():
            register.load_paper(loaded)

    def close_cover(self, closed: bool) -> None:
        super().close_cover(closed)
        for register in self.registers.values():
            register.close_cover(closed)

    def press_key(self) -> None:
        for register in self.registers.values():
            register.press_key()

    def foreign(self, total: Decimal | None = None, *, hold: float = 0.0) -> None:
        """At the first register."""
        self._first.foreign(total, hold=hold)

    def foreign_total(self) -> Decimal | None:
        return self._first.foreign_total()

    @property
    def _first(self) -> Register:
        return next(iter(self.registers.values()))

    def on_hand(self) -> None:
        for queue in self.queues.values() if self.running else ():
            queue.wake()

    def on_power_off(self) -> None:
        self.stop()

    def on_power_on(self) -> None:
        self.start()

    # --- what came out

    def documents(self) -> list[IssuedDocument]:
        """Of all its registers, one after the other."""
        return [document for register in self.registers.values() for document in register.documents()]

    def paper(self, since: int = 0) -> str:
        return self._first.paper(since)

    def snapshot(self) -> dict[str, Any]:
        memory = WebMemory({name: queue.memory for name, queue in self.queues.items()}, self._inactive)
        told: dict[str, Any] = to_json(memory)
        return told

    def state(self) -> dict[str, Any]:
        told = {name: register.state() for name, register in self.registers.items()}
        return super().state() | {"running": self.running, "registers": told}

    async def close(self) -> None:
        """For the end of a test or of the program."""
        for queue in self.queues.values():
            queue.stop()


class _Session:
    """One connection: requests one after the other, each answered before the next is looked at."""

    def __init__(self, server: WebServer, wire: Wire) -> None:
        self._server = server
        self._wire = wire
        self._reader = Reader()
        self._waiting: asyncio.Queue[Request] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def received(self, data: bytes) -> None:
        try:
            for request in self._reader.feed(data):
                self._waiting.put_nowait(request)
        except NotHttp:
            self._wire.close()
            return
        if self._task is None and not self._waiting.empty():
            self._task = asyncio.get_running_loop().create_task(self._answer())

    def disconnected(self) -> None:
        """What was begun is carried on with: a task that is in the queue needs nobody who waits for it."""
        with contextlib.suppress(KeyError):
            self._server._sessions.remove(self)

    async def _answer(self) -> None:
        while not self._waiting.empty():
            request = self._waiting.get_nowait()
            reply = await self._server.handle(request)
            if reply is None:
                self._wire.close()
                break
            self._server.faults.deliver(request.method, reply.to_bytes(), self._wire.send)
        self._task = None


_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE, OPTIONS",
}


def _ok(value: Any, status: int = 200) -> Reply:
    return Reply(status, text.write(value))


def _error(status: int, words: str, code: int = SERVER, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, text.write({"error": {"code": code, "description": words}}), headers or {})


def _blocked(queue: DeviceQueue) -> dict[str, Any]:
    block = queue.memory.block
    return {"isBlocked": bool(block.uuid), "blockedUUID": block.uuid, "blockReason": block.reason}


def _counts(queue: DeviceQueue) -> dict[str, Any]:
    entries = queue.memory.entries
    return {
        "number": sum(not entry.over for entry in entries),
        "ready": sum(entry.over for entry in entries),
        "canceled": sum(all(state.status == "canceled" for state in entry.states) for entry in entries),
    }


def _results(entry: Entry) -> dict[str, Any]:
    return {
        "results": [
            {
                "status": state.status,
                "error": {"code": state.code, "description": state.words},
                "result": text.read(state.result.encode()) if state.result else None,
            }
            for state in entry.states
        ]
    }
