"""The server: its port, who is let in, its devices, and what each call answers.

Source: protocol-specs/atol, web-requests.md, "Calls". Each connection is one of HTTP/1.1, taken as bytes, so that faults cut it anywhere.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from bridge_simulators.device import IssuedDocument, Refused, Session, SimulatedDevice, Wire
from bridge_simulators.jsonable import from_json, to_json
from bridge_simulators.pace import Pace

from bridge_sim_atol.local import Program
from bridge_sim_atol.register import Register
from bridge_sim_atol.web import replies, text
from bridge_sim_atol.web.driver import VendorDriver
from bridge_sim_atol.web.driver_errors import NOT_LET_IN, text_of
from bridge_sim_atol.web.http import GO_ON, NotHttp, Reader, Reply, Request
from bridge_sim_atol.web.marking import Marking
from bridge_sim_atol.web.queue import DeviceQueue, Entry, QueueMemory
from bridge_sim_atol.web.settings import FIXED, WebSettings
from bridge_sim_atol.web.words import FISCAL

ORIGIN = "web"
_PREFIX = ("api", "v2")
_OLD_QUEUE = (("stat", "requests"),)
_OF_SERVER = (("devices",), ("setDefaultDevice",), ("settings",))
_USE = (("activateDevice",), ("deactivateDevice",))
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
    """What outlives the server: its queues by the id of their device. `inactive`: devices that are not in use; `default`: the one that is
    meant where none is named, empty for the first."""

    queues: dict[str, QueueMemory] = field(default_factory=dict)
    inactive: list[str] = field(default_factory=list)
    default: str = ""


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
        self._default = next(iter(self.registers))
        self._sessions: set[_Session] = set()
        self.queues = {
            name: DeviceQueue(self._driver(register), lambda: self.settings, self.save, self.now)
            for name, register in self.registers.items()
        }
        stored = self.load()
        if stored is not None:
            memory = from_json(WebMemory, stored)
            self._inactive = memory.inactive
            self._default = memory.default or self._default
            for name, queue in self.queues.items():
                queue.memory = memory.queues.get(name, QueueMemory())
                queue.after_restart()

    def _driver(self, register: Register) -> VendorDriver:
        marking = Marking(lambda: register.settings, lambda: self.settings.marking_polls)
        return VendorDriver(Program(register, ORIGIN).command, register.zone, marking)

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
        return replies.for_pages(request, await self._called(request))

    async def _called(self, request: Request) -> Reply:
        parts = tuple(part for part in request.parts if part)
        if not parts and request.method == "GET":
            return replies.page()
        new = parts[:2] == _PREFIX
        if self.settings.calls == ("old" if new else "new") or not (new or parts in _OLD_QUEUE or parts[:1] == ("requests",)):
            return replies.error(404, "Ресурс не найден")
        call = parts[2:] if new else parts
        if request.method == "OPTIONS":
            return Reply(200)
        if call not in _OPEN and not self._let_in(request):
            return replies.error(401, text_of(NOT_LET_IN), NOT_LET_IN, {"WWW-Authenticate": "Basic"})
        if call in _OPEN:
            return replies.ok(self._info() if call == ("serverInfo",) else {})
        try:
            body = text.read(request.body) if request.body.strip() else None
        except ValueError:
            return replies.error(400, "Ошибка разбора JSON")
        if new and call[:1] in _OF_SERVER:
            return self._of_server(request, call, body)
        name = self._meant(request, body)
        if name not in self.registers:
            return replies.error(404, f"Устройство с ID [{name}] не найдено")
        if new and call in _USE:
            self.use(name, active=call == _USE[0])
            return replies.ok({})
        if name in self._inactive:
            return replies.error(int(self.settings.inactive_status), f"ККТ [{name}] не подключена")
        return await self._of_device((request.method, *call), body, name, flat=not new)

    def _meant(self, request: Request, body: Any) -> str:
        """The device that a call is about: named in its address, or in its body, or the default one."""
        named = request.query.get("deviceID") or (body.get("deviceID") if isinstance(body, dict) else "") or "default"
        return self._default if named == "default" else str(named)

    async def _of_device(self, call: tuple[str, ...], body: Any, name: str, *, flat: bool) -> Reply:
        queue = self.queues[name]
        match call:
            case "POST", "requests":
                return self._post(body, queue, flat=flat)
            case (("GET" | "DELETE"), "requests", uuid):
                entry = queue.find(uuid)
                if entry is None:
                    return replies.error(404, f"Задание с UUID [{uuid}] для устройства [{name}] не найдено")
                return replies.ok(replies.results(entry, flat=flat)) if call[0] == "GET" else self._drop(queue, entry, flat=flat)
            case "GET", "getRequestsQueueStatus":
                return replies.ok(replies.queue_state(queue))
            case "GET", "stat", "requests":
                return replies.ok(replies.old_queue_state(queue))
            case "POST", "operations", query if query in _QUERIES:
                return await self._query(queue, _QUERIES[query])
            case _:
                return replies.error(404, "Ресурс не найден")

    def _post(self, body: Any, queue: DeviceQueue, *, flat: bool) -> Reply:
        """`request` may be one task alone [AWS]. The older call answers without a body [AWS]."""
        given = body.get("request") if isinstance(body, dict) else None
        tasks = [given] if isinstance(given, dict) and given else given
        if not isinstance(tasks, list) or not tasks or not all(isinstance(task, dict) for task in tasks):
            return replies.error(400, "Поле 'request' не задано или пустое")
        uuid = body.get("uuid")
        if not isinstance(uuid, str) or not uuid:
            return replies.error(400, "Поле 'uuid' не задано или пустое")
        if sum(task.get("type") in FISCAL for task in tasks) > 1:
            return replies.error(400, "Слишком много фискальных заданий")
        if queue.find(uuid) is not None:
            return replies.error(409, f"Не удалось добавить задание с UUID [{uuid}], задание с таким UUID уже есть")
        entry = queue.add(uuid, tasks)
        if flat:
            return Reply(201)
        return replies.ok({"number": entry.number, "uuid": uuid} | replies.blocked(queue), 201)

    def _drop(self, queue: DeviceQueue, entry: Entry, *, flat: bool) -> Reply:
        if queue.drop(entry):
            return replies.ok({})
        return replies.error(405 if flat else int(self.settings.cancel_status), "Задание нельзя отменить")

    async def _query(self, queue: DeviceQueue, task: str) -> Reply:
        outcome = await queue.ask({"type": task})
        if outcome.code:
            return replies.error(int(self.settings.offline_status), outcome.text, outcome.code)
        return replies.ok(outcome.result)

    def _of_server(self, request: Request, call: tuple[str, ...], body: Any) -> Reply:
        match request.method, *call:
            case "GET", "devices":
                return replies.ok([self._device(name) for name in self.registers])
            case "GET", "devices", wanted:
                name = self._default if wanted == "default" else wanted
                known = name in self.registers
                return replies.ok(self._device(name)) if known else replies.error(404, f"Устройство с ID [{wanted}] не найдено")
            case "POST", "setDefaultDevice":
                name = str(body.get("id", "")) if isinstance(body, dict) else ""
                if name not in self.registers:
                    return replies.error(404, f"Устройство с ID [{name}] не найдено")
                self._default = name
                self.save()
                return replies.ok({})
            case "GET", "settings":
                return replies.ok(replies.settings_of(self.settings))
            case "PUT", "settings":
                try:
                    self.switch(replies.switches_of(body))
                except ValueError as error:
                    return replies.error(400, str(error))
                return replies.ok({})
            case _:
                return replies.error(404, "Ресурс не найден")

    def _device(self, name: str) -> dict[str, Any]:
        queue = self.queues[name]
        return replies.device(name, queue, active=name not in self._inactive, default=name == self._default)

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
        memory = WebMemory({name: queue.memory for name, queue in self.queues.items()}, self._inactive, self._default)
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
        if self._reader.waits:
            self._reader.waits = False
            self._wire.send(GO_ON)
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
            if request.last:
                reply = replace(reply, headers={**reply.headers, "Connection": "close"})
            self._server.faults.deliver(request.method, reply.to_bytes(), self._wire.send)
            if request.last:
                self._wire.close()
                break
        self._task = None
