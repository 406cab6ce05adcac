"""The host's side of a driver's DeviceContext."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from bridge.model import DeviceStatus, Outcome, Paper, Registration
from bridge.store import DeviceStateStore
from bridge.transport import Clock, Link, LinkOpener, Terms, WireLog, parse_endpoint


class Amend(Protocol):
    def __call__(
        self,
        job_id: str,
        *,
        registration: Registration | None = None,
        paper: Paper | None = None,
        outcome: Outcome | None = None,
    ) -> Awaitable[None]: ...


class HostedDeviceContext:
    """Implements bridge.plugin.DeviceContext. Its methods may be called from the driver's loop, wherever that runs."""

    def __init__(
        self,
        device_id: str,
        *,
        shared: bool,
        store: DeviceStateStore,
        clock: Clock,
        opener: LinkOpener,
        open_seconds: float,
        terms: Terms,
        host_loop: asyncio.AbstractEventLoop,
        amend: Amend,
        on_status: Callable[[DeviceStatus], None],
        on_alert: Callable[[str, str], None],
        masked_log: Callable[[], WireLog],
    ) -> None:
        self.device_id = device_id
        self.shared = shared
        self.store = store
        self.clock = clock
        self.logger = logging.getLogger(f"tillbridge.device.{device_id}")
        self._opener = opener
        self._open_seconds = open_seconds
        self._terms = terms
        self._host_loop = host_loop
        self._amend = amend
        self._on_status = on_status
        self._on_alert = on_alert
        self._masked_log = masked_log

    def emit(self, status: DeviceStatus) -> None:
        self._host_loop.call_soon_threadsafe(self._on_status, status)

    def alert(self, code: str, text: str) -> None:
        self._host_loop.call_soon_threadsafe(self._on_alert, code, text)

    async def amend(
        self,
        job_id: str,
        *,
        registration: Registration | None = None,
        paper: Paper | None = None,
        outcome: Outcome | None = None,
    ) -> None:
        await self._amend(job_id, registration=registration, paper=paper, outcome=outcome)

    async def open_link(self, url: str) -> Link:
        endpoint = parse_endpoint(url)
        return await self._opener.open(endpoint, self._masked_log(), timeout=self._open_seconds, terms=self._terms)
