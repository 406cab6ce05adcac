"""Waiting for a printer that waits for a person: paper, cover, a key. The same over either protocol."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol

from bridge.model import JobError
from bridge.plugin import Aborted, DeviceError, JobContext
from bridge_posnet.condition import Trouble


class Condition(Protocol):
    """What the printer says of itself, over either protocol."""

    @property
    def trouble(self) -> Trouble | None: ...


class Asked(Protocol):
    """The part of an exchange that is needed here."""

    def condition(self) -> Awaitable[Condition]: ...


async def wait_for_a_person(exchange: Asked, context: JobContext, poll: float) -> None:
    """Nothing is sent meanwhile but the question itself, every `poll` seconds.

    Raises DeviceError at the job's deadline, Aborted after an abort.
    """
    told = False
    while (trouble := (await exchange.condition()).trouble) is not None:
        if context.abort_requested:
            raise Aborted
        if context.device.clock.now() >= context.deadline:
            raise DeviceError(JobError.of(trouble.error_code, trouble.text))
        told = True
        context.attention(trouble.code, trouble.text)
        await context.device.clock.sleep(poll)
    if told:
        context.clear_attention()
