"""Checking a request where the family's code belongs: a plugin that blocks in `check` must hold up nobody but itself.

What is checked is in `validation.py`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from bridge.devices import DeviceRuntime
from bridge.devices.hosting import ThreadHost
from bridge.jobs.validation import CheckedOperation, check_for_device
from bridge.model import Operation, RequestError

T = TypeVar("T")
log = logging.getLogger("tillbridge.jobs")

# A check is arithmetic on one request. Ours take a third of a millisecond for ten lines.
CHECK_SECONDS = 5.0


class Checker:
    """One thread for each family that runs in threads, made when it is first needed.

    A family whose check does not come back is refused at once from then on, until it does come back.
    """

    def __init__(self, *, inline: bool, seconds: float = CHECK_SECONDS) -> None:
        self._inline = inline
        self._seconds = seconds
        self._hosts: dict[str, ThreadHost] = {}
        self._stuck: set[str] = set()

    async def check(self, operation: Operation, runtime: DeviceRuntime) -> CheckedOperation:
        """Raises RequestError, `plugin.error` where the plugin does not come to an end."""
        return await self.run(runtime, lambda: check_for_device(operation, runtime))

    async def run(self, runtime: DeviceRuntime, work: Callable[[], T]) -> T:
        """Work that calls the family's own code. Raises what it raises, `plugin.error` where it does not come to an end."""
        family = runtime.family
        if self._inline or family is None or family.isolation == "loop":
            return work()
        if family.id in self._stuck:
            raise self._hangs(runtime)
        host = self._hosts.get(family.id)
        if host is None:
            host = self._hosts[family.id] = ThreadHost(f"check-{family.id}")

        async def in_its_thread() -> T:
            return work()

        try:
            async with asyncio.timeout(self._seconds):
                return await host.call(in_its_thread)
        except TimeoutError:
            log.error("%s: the check of its plugin does not come to an end", runtime.id)
            self._stuck.add(family.id)
            self._release_later(family.id, host)
            raise self._hangs(runtime) from None

    def close(self) -> None:
        for host in self._hosts.values():
            host.close()

    def _release_later(self, family_id: str, host: ThreadHost) -> None:
        """Its thread turns again: its loop works off what waits, this note too."""
        loop = asyncio.get_running_loop()
        host.loop.call_soon_threadsafe(lambda: loop.call_soon_threadsafe(self._stuck.discard, family_id))

    @staticmethod
    def _hangs(runtime: DeviceRuntime) -> RequestError:
        return RequestError("plugin.error", f"the plugin of {runtime.id} does not come to an end with checking the request")
