"""Waiting for a device that does not go on by itself: paper, a cover, a key, its own work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bridge.plugin.contexts import JobContext
from bridge.plugin.errors import Aborted
from bridge.plugin.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the device does not go on: `said` tells the person at the till, and is the error of a job whose deadline passes meanwhile."""

    said: Refusal
    working: bool = False
    """It is only still at it: no reason to call anybody."""
    resumes: bool = False
    """It waits to be told to go on."""
    waits_for: str = ""
    """A code of attention that is no code of an error, such as `device.key`."""

    @property
    def code(self) -> str:
        return self.waits_for or self.said.code

    @property
    def text(self) -> str:
        return self.said.text


class Watch(Protocol):
    """Who hears why a command takes long. A job's context is one."""

    def attention(self, code: str, text: str) -> None: ...

    def clear_attention(self) -> None: ...


class Unwatched:
    """Nobody waits."""

    def attention(self, code: str, text: str) -> None:
        pass

    def clear_attention(self) -> None:
        pass


UNWATCHED = Unwatched()


async def wait_until_ready(
    context: JobContext,
    trouble: Callable[[], Awaitable[Trouble | None]],
    *,
    poll: float,
    person: float,
    enough: Callable[[Trouble], bool] = lambda found: False,
) -> Trouble | None:
    """Ask `trouble` until there is none, and send nothing else meanwhile; the job says why it waits. `poll`, `person`: seconds between
    two questions to a device that works, and to one that waits for a person. A trouble that is `enough` ends the waiting, and is returned.

    Raises DeviceError at the job's deadline, Aborted after an abort.
    """
    told = False
    try:
        while (found := await trouble()) is not None:
            if enough(found):
                return found
            if context.abort_requested:
                raise Aborted
            if context.device.clock.now() >= context.deadline:
                raise found.said.error()
            if not found.working:
                told = True
                context.attention(found.code, found.text)
            await context.device.clock.sleep(poll if found.working else person)
        return None
    finally:
        if told:
            context.clear_attention()
