"""What a driver gets from the host: the device's context for as long as a link lives, a job's context for one operation.

These are protocols; the host implements them. Every method may be called from the loop that the driver runs in, which
need not be the host's own.
"""

from __future__ import annotations

import logging
import string
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bridge.model import Choice, DeviceStatus, Outcome, Paper, Registration
from bridge.transport import Clock, Link

Json = Any
"""What json.dumps takes."""

ALPHANUMERIC = string.digits + string.ascii_uppercase


class DeviceStore(Protocol):
    """Durable keys and values of one device, in the journal's own file. Each call is a synchronous commit."""

    async def get(self, key: str) -> Json | None: ...

    async def set(self, key: str, value: Json) -> None: ...

    async def delete(self, key: str) -> None: ...

    async def items(self, prefix: str = "") -> Mapping[str, Json]: ...

    async def allocate(self, name: str, count: int = 1, *, modulo: int | None = None) -> int:
        """Take `count` successive numbers of the counter `name`, first one returned; none is ever given twice.

        With `modulo` the counter wraps to 0. The allocation is durable before this returns: numbers that must not repeat
        are taken from here before they are used.
        """
        ...


class DeviceContext(Protocol):
    """A device as its driver sees the host."""

    @property
    def device_id(self) -> str: ...

    @property
    def shared(self) -> bool:
        """Other programs use the device too: counters and sums alone prove nothing."""
        ...

    @property
    def store(self) -> DeviceStore: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def logger(self) -> logging.Logger: ...

    def emit(self, status: DeviceStatus) -> None:
        """Tell of a status that the device reported by itself."""

    def alert(self, code: str, text: str) -> None:
        """Raise an alert: kept in the device's status until an administrator acknowledges it."""

    async def amend(
        self,
        job_id: str,
        *,
        registration: Registration | None = None,
        paper: Paper | None = None,
        outcome: Outcome | None = None,
    ) -> None:
        """Advance what may still change of a finished job. Durable before it returns; the same values again do nothing.

        Raises ValueError for a job that is not done, or for a change that would go back.
        """

    async def open_link(self, url: str) -> Link:
        """An auxiliary link, with a wire log of its own. The driver closes it in `close`."""
        ...


class JobContext(Protocol):
    """One job while it is executed or recovered."""

    @property
    def job_id(self) -> str: ...

    @property
    def device(self) -> DeviceContext: ...

    @property
    def deadline(self) -> datetime: ...

    @property
    def created_at(self) -> datetime: ...

    @property
    def abort_requested(self) -> bool: ...

    def reference(self, max_length: int, alphabet: str = ALPHANUMERIC) -> str:
        """This job's own id in the device's terms: the same through every recovery and restart, another for every job."""
        ...

    async def checkpoint(
        self, name: str, data: Mapping[str, Json] | None = None, *, store: Mapping[str, Json] | None = None
    ) -> None:
        """Write down, durably, where the job stands. `store` sets keys of the device's store in the same transaction.

        The first checkpoint is the intent: it must come before the first byte that changes the device, with the baseline
        that recovery will compare with. Until then a lost link costs nothing; from then on the job is in doubt.
        """

    def commit_point(self) -> None:
        """From here on the job cannot be aborted. Raises `Aborted` where an abort was asked for before."""

    def attention(self, code: str, text: str) -> None:
        """Say why the job waits: for the person at the till. Also counts as a sign of life.

        What a payment terminal waits for is a `TerminalPrompt`, with the terminal's own text, as it came; where it has none
        ("") the host says what the code means, in the reader's language.
        """

    def clear_attention(self) -> None: ...

    def progress(self, text: str) -> None:
        """A sign of life: the host's patience with this driver begins anew. What a person should see is `attention`."""

    def warn(self, code: str, message: str, field: str | None = None) -> None:
        """Add a warning to the result."""

    async def ask(self, prompt: str, choices: Sequence[Choice], *, timeout: float, default: str) -> str:
        """Put a question to the person at the till. Returns the code of the choice, `default` after `timeout` seconds."""
        ...
