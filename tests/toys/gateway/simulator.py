"""The gateway itself: registers, documents, the authority behind it. Written from `messages.py`; knows no driver.

It lives on the running event loop, so that virtual time works. `handle` answers one request; sockets are in `serving.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal
from urllib.parse import unquote

from tests.toys.gateway.messages import (
    Record,
    Register,
    Request,
    Unreadable,
    record_to_json,
    refusal_to_json,
    register_to_json,
    registers_to_json,
    request_from_json,
)


class Reset(ConnectionError):
    """The gateway drops the connection instead of answering."""


@dataclass(slots=True)
class Switches:
    """How the gateway behaves.

    `processing`: seconds from the request to the document; `answer_after`: how long a POST waits for it before it answers
    202; `visible_after`: seconds during which a document that is worked on is still unknown to GET; `delivery`: seconds
    from the moment when the authority can be reached to the fiscal id. `reset` strikes the next POST, once.
    """

    offline: bool = False
    processing: float = 0.0
    answer_after: float = 5.0
    visible_after: float = 0.0
    delivery: float = 120.0
    refuse_later: bool = False
    queue_survives_power: bool = False
    blocked: bool = False
    reset: Literal["never", "before", "after"] = "never"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes = b""


@dataclass(slots=True)
class _Work:
    """A document that is being made."""

    request: Request
    since: float
    done: asyncio.Event = field(default_factory=asyncio.Event)
    timer: asyncio.TimerHandle | None = None


@dataclass(slots=True)
class _Book:
    """What one register remembers."""

    serial: str
    shift: int = 1
    number: int = 0
    opened: bool = False
    sales: Decimal = Decimal("0.00")
    receipts: int = 0


class Gateway:
    """`records` is what was really issued, in the order of issue."""

    def __init__(self, names: tuple[str, ...], now: Callable[[], datetime], switches: Switches | None = None) -> None:
        self.switches = switches or Switches()
        self.powered = True
        self.records: list[Record] = []
        self._now = now
        self._books = {name: _Book(f"SN-{name}") for name in names}
        self._work: dict[str, _Work] = {}
        self._deliveries: set[asyncio.TimerHandle] = set()
        self._fiscal_ids = 0
        self._foreign = 0

    # -- requests ----------------------------------------------------------------------------------------------------

    async def handle(self, method: str, path: str, body: bytes) -> Reply:
        """Answer one request. Raises Reset where the connection is dropped instead."""
        if not self.powered:
            raise Reset("switched off")
        parts = [unquote(part) for part in path.strip("/").split("/")]
        match (method, *parts):
            case ("GET", "registers"):
                return Reply(200, registers_to_json(list(self._books)))
            case ("GET", "registers", name) if name in self._books:
                return Reply(200, register_to_json(self._register(name)))
            case ("POST", "receipts"):
                return await self._post(body)
            case ("GET", "receipts", external_id):
                return self._look_up(external_id)
            case _:
                return Reply(404, refusal_to_json("not_found", f"{method} {path}"))

    def _register(self, name: str) -> Register:
        book = self._books[name]
        return Register(name, book.serial, f"EUR-{name}", not self.switches.offline, book.opened, book.number)

    async def _post(self, body: bytes) -> Reply:
        reset, self.switches.reset = self.switches.reset, "never"
        if reset == "before":
            raise Reset("dropped before anything was read")
        try:
            request = request_from_json(body)
        except Unreadable as error:
            return Reply(400, refusal_to_json("bad_request", str(error)))
        known = self._find(request.external_id)
        if known is not None:
            return Reply(200, record_to_json(known))
        refusal = self._refusal(request)
        if refusal is not None:
            return Reply(422, refusal)
        work = self._begin(request)
        try:
            async with asyncio.timeout(self.switches.answer_after):
                await work.done.wait()
        except TimeoutError:
            return Reply(202)
        if reset == "after":
            raise Reset("dropped after the document was issued")
        record = self._find(request.external_id)
        if record is None:
            raise Reset("switched off meanwhile")
        return Reply(201, record_to_json(record))

    def _refusal(self, request: Request) -> bytes | None:
        if request.register not in self._books:
            return refusal_to_json("no_such_register", request.register)
        if self.switches.blocked:
            return refusal_to_json("blocked", "the register is blocked")
        if (
            request.kind in ("sale", "refund")
            and sum((Decimal(line.total) for line in request.lines), Decimal(0)) != request.total
        ):
            return refusal_to_json("bad_total", "the lines do not add up")
        if request.kind == "closure" and not self._books[request.register].opened:
            return refusal_to_json("shift_closed", "no shift is open")
        return None

    def _look_up(self, external_id: str) -> Reply:
        record = self._find(external_id)
        if record is not None:
            return Reply(200, record_to_json(record))
        work = self._work.get(external_id)
        if work is not None and asyncio.get_running_loop().time() - work.since >= self.switches.visible_after:
            return Reply(202)
        return Reply(404, refusal_to_json("not_found", external_id))

    # -- documents ---------------------------------------------------------------------------------------------------

    def _begin(self, request: Request) -> _Work:
        loop = asyncio.get_running_loop()
        work = self._work.get(request.external_id)
        if work is None:
            work = self._work[request.external_id] = _Work(request, loop.time())
            self._go_on(work)
        return work

    def _go_on(self, work: _Work) -> None:
        if self.switches.processing:
            work.timer = asyncio.get_running_loop().call_later(self.switches.processing, self._finish, work)
        else:
            self._finish(work)

    def _finish(self, work: _Work) -> None:
        del self._work[work.request.external_id]
        self._issue(work.request)
        work.done.set()

    def _issue(self, request: Request) -> None:
        book = self._books[request.register]
        book.number += 1
        sales, receipts = None, None
        shift = book.shift
        if request.kind == "closure":
            sales, receipts = book.sales, book.receipts
            book.shift, book.opened, book.sales, book.receipts = book.shift + 1, False, Decimal("0.00"), 0
        else:
            book.opened = True
        if request.kind in ("sale", "refund"):
            book.sales += request.total if request.kind == "sale" else -request.total
            book.receipts += 1
        record = Record(
            register=request.register,
            external_id=request.external_id,
            kind=request.kind,
            number=book.number,
            shift=shift,
            total=request.total,
            issued_at=self._now(),
            state="offline",
            sales=sales,
            receipts=receipts,
        )
        self.records.append(record)
        if not self.switches.offline:
            self._register_document(record.external_id)

    def _register_document(self, external_id: str) -> None:
        index = next(index for index, record in enumerate(self.records) if record.external_id == external_id)
        if self.records[index].state != "offline":
            return
        if self.switches.refuse_later:
            self.records[index] = replace(self.records[index], state="refused", registered_at=self._now())
            return
        self._fiscal_ids += 1
        fiscal_id = f"F{self._fiscal_ids:08d}"
        self.records[index] = replace(self.records[index], state="registered", fiscal_id=fiscal_id, registered_at=self._now())

    def _find(self, external_id: str) -> Record | None:
        return next((record for record in self.records if record.external_id == external_id), None)

    @property
    def working(self) -> list[str]:
        """External ids of what is being made at present."""
        return list(self._work)

    # -- hands -------------------------------------------------------------------------------------------------------

    def go_online(self) -> None:
        """The authority can be reached again: after `delivery` seconds the fiscal ids are there."""
        self.switches.offline = False
        loop = asyncio.get_running_loop()
        for record in self.records:
            if record.state == "offline":
                self._deliveries.add(loop.call_later(self.switches.delivery, self._register_document, record.external_id))

    def foreign(self, register: str, kind: Literal["sale", "closure"], total: Decimal) -> None:
        """Another program issues a document on this register."""
        self._foreign += 1
        self._issue(Request(register, f"other-{self._foreign}", kind, total))

    def power(self, on: bool) -> None:
        """Off: what was being made is gone, or goes on after the next start."""
        self.powered = on
        for work in list(self._work.values()):
            if work.timer is not None:
                work.timer.cancel()
                work.timer = None
            if not on and not self.switches.queue_survives_power:
                del self._work[work.request.external_id]
                work.done.set()
            elif on:
                self._go_on(work)
