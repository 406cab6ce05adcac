"""The vendor's driver as far as the server uses it: one task as commands to the register, and what it makes of the answers.

Source: protocol-specs/atol, json-tasks.md and the flows in vectors.json, whose commands these are; protocol.md, "Power loss and lost
answers" for what is done around a command that decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, encode

from bridge_sim_atol.local import NoAnswer
from bridge_sim_atol.web.driver_errors import (
    BUSY,
    NO_LINK,
    NO_PAPER,
    PARSE,
    RECEIPT_CLOSED,
    UNSUPPORTED,
    DriverError,
    number_of,
    text_of,
)
from bridge_sim_atol.web.marking import TASKS as MARKING_TASKS
from bridge_sim_atol.web.marking import Marking

RECONNECT_SECONDS = 5.0  # until the driver looks for a device that it has lost
_POLL_SECONDS = 0.5
_RECEIPT_CLOSED = 0x9A
_WHOLE = frozenset((0x3F, 0x45, 0x4D, 0xA5))
_REGISTRATION, _REPORTS, _CLEARING = 1, 2, 3
_ADMINISTRATOR = "00000030"


class Answer(Protocol):
    """Of one command. `error`: the register's number, 0 for a success; `data`: all of it."""

    @property
    def error(self) -> int: ...

    @property
    def data(self) -> bytes: ...


Send = Callable[[bytes], Awaitable[Answer]]
"""One command without its password. Raises NoAnswer."""


@dataclass(slots=True)
class Outcome:
    """What became of a task. `result`: None where there is none."""

    code: int = 0
    text: str = field(default_factory=lambda: text_of(0))
    result: Any = None


class Device:
    """The commands of one register, errors as the driver tells them."""

    def __init__(self, send: Send, zone: ZoneInfo) -> None:
        self._send = send
        self.zone = zone

    async def ask(self, data: bytes | str, *, passes: frozenset[int] = frozenset()) -> bytes:
        """What stands behind `55 00`, or the whole of an answer that begins otherwise. A register that is busy is asked for its state until it takes the command. Raises DriverError."""
        command = bytes.fromhex(data) if isinstance(data, str) else data
        while True:
            answer = await self._sent(command)
            if answer.error in passes:
                return b""
            if not answer.error:
                return answer.data if command[0] in _WHOLE else answer.data[2:]
            number = number_of(answer.error)
            if number != BUSY:
                raise DriverError(number)
            await asyncio.sleep(_POLL_SECONDS)
            await self._sent(b"\x45")

    async def _sent(self, command: bytes) -> Answer:
        try:
            return await self._send(command)
        except NoAnswer as error:
            raise DriverError(NO_LINK) from error

    async def register(self, number: int, first: int = 0, second: int = 0) -> bytes:
        return await self.ask(bytes((0x91, number, first, second)))

    async def enter(self, mode: int) -> None:
        state = await self.ask("45")
        now = state[1] & 0x0F
        if now == mode:
            return
        if now:
            await self.ask("48")
        await self.ask(f"56{mode:02X}{_ADMINISTRATOR}")

    async def tag(self, tag: Tag, value: Any) -> None:
        await self.ask(b"\xe8\x01\x01\x00" + encode((Tlv(tag, value),)))

    async def begin(self, task: Mapping[str, Any]) -> None:
        """What stands before every document: mode 1, whatever is open cancelled, the cashier."""
        await self.enter(_REGISTRATION)
        await self.ask("59", passes=frozenset((_RECEIPT_CLOSED,)))
        who = task.get("operator") or {}
        if who.get("name"):
            await self.tag(Tag.CASHIER, who["name"])
        if who.get("vatin"):
            await self.tag(Tag.CASHIER_INN, who["vatin"])

    async def last_document(self) -> int:
        return digits((await self.register(0x34))[:5])

    async def decide(self, command: bytes | str) -> bool:
        """A command that makes a document of the FN. Whether it is printed too. Raises DriverError where it was surely not made, or the
        register cannot be asked."""
        before = await self.last_document()
        try:
            await self.ask(command)
        except DriverError as error:
            if error.number == NO_LINK:
                await asyncio.sleep(RECONNECT_SECONDS)
            if await self.last_document() > before:
                return error.number != NO_PAPER
            if error.number != NO_LINK:
                await self.ask("59", passes=frozenset((_RECEIPT_CLOSED,)))
            raise
        return True

    async def until_over(self) -> None:
        """A report runs on behind its answer."""
        while True:
            state = await self.ask("45")
            if (state[1] & 0x0F, state[1] >> 4) not in ((2, 2), (3, 2), (7, 1)):
                return
            await asyncio.sleep(_POLL_SECONDS)


class VendorDriver:
    """Runs tasks on one register, one after the other. `marking`: None where no code can be checked."""

    def __init__(self, send: Send, zone: ZoneInfo, marking: Marking | None = None) -> None:
        self.device = Device(send, zone)
        self.marking = marking

    async def run(self, task: Mapping[str, Any]) -> Outcome:
        from bridge_sim_atol.web import questions, receipts, slips

        kind = task.get("type")
        if kind in MARKING_TASKS and self.marking is not None:
            return await self._checked(self.marking, task)
        work = {**receipts.TASKS, **slips.TASKS, **questions.TASKS}.get(str(kind))
        try:
            if work is None:
                told = f'Ошибка парсинга запроса (некорректное значение поля "type" ({kind}))'
                raise DriverError(PARSE, told)
            return Outcome(result=await work(self.device, task))
        except DriverError as error:
            return Outcome(error.number, error.text)
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            return Outcome(PARSE, f"Ошибка парсинга запроса ({error})")

    async def _checked(self, marking: Marking, task: Mapping[str, Any]) -> Outcome:
        """Whoever checks codes asks the register, too: its state is asked for, so that one that is gone is not answered for."""
        try:
            await self.device.ask("45")
            return Outcome(result=marking.run(task))
        except DriverError as error:
            return Outcome(error.number, error.text)
        except (KeyError, TypeError, ValueError) as error:
            return Outcome(PARSE, f"Ошибка парсинга запроса ({error})")


def digits(packed: bytes) -> int:
    return int(packed.hex())


def packed(value: int, size: int) -> bytes:
    """Raises ValueError where it does not fit."""
    text = f"{value:0{2 * size}d}"
    if value < 0 or len(text) > 2 * size:
        raise ValueError(f"{value} does not fit into {size} bytes")
    return bytes.fromhex(text)


__all__ = ["PARSE", "RECEIPT_CLOSED", "UNSUPPORTED", "Device", "DriverError", "Outcome", "VendorDriver", "digits", "packed"]
