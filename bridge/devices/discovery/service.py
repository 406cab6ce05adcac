"""Discovery as the API has it: one scan at a time, the last one kept."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bridge.devices.discovery.checking import check_address
from bridge.devices.discovery.following import Follower
from bridge.devices.discovery.mdns import Browser, ZeroconfBrowser
from bridge.devices.discovery.ports import HolderTeller, PortLister, PortWatch, holders, system_ports
from bridge.devices.discovery.probing import Limits, Prober
from bridge.devices.discovery.request import ScanRequest
from bridge.devices.discovery.scan import Scan, Senses
from bridge.devices.discovery.usb import UsbLister, system_usb
from bridge.devices.manager import DeviceManager
from bridge.model import Actor, RequestError, invalid
from bridge.plugin import PluginRegistry
from bridge.store import AuditEntry, Store
from bridge.transport import Clock, LinkOpener

log = logging.getLogger("tillbridge.discovery")

_NONE: dict[str, Any] = {
    "id": None,
    "state": "none",
    "started_at": None,
    "finished_at": None,
    "request": None,
    "progress": {"places": 0, "done": 0},
    "found": [],
    "places": [],
    "problems": [],
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """How the computer around the bridge is looked at."""

    ports: PortLister = system_ports
    holders: HolderTeller = holders
    usb: UsbLister = system_usb
    browser: Browser = field(default_factory=ZeroconfBrowser)
    limits: Limits = field(default_factory=Limits)


class DiscoveryService:
    """Scans, and the search for devices that have changed their port."""

    def __init__(
        self,
        store: Store,
        devices: DeviceManager,
        registry: PluginRegistry,
        clock: Clock,
        opener: LinkOpener,
        *,
        inline: bool = False,
        surroundings: Surroundings | None = None,
    ) -> None:
        around = surroundings or Surroundings()
        ports = PortWatch(around.ports, around.holders)
        prober = Prober(opener, clock, inline=inline, limits=around.limits)
        self._store = store
        self._devices = devices
        self._registry = registry
        self._clock = clock
        self._senses = Senses(ports, around.usb, around.browser, prober, clock)
        self._ports, self._prober = ports, prober
        self._scan: Scan | None = None
        self.checking = False
        self.on_change: Callable[[], None] = lambda: None
        """Called when what `progress` says is otherwise."""
        self._task: asyncio.Task[None] | None = None
        self.follower = Follower(devices, ports, prober, clock)
        devices.follow_with(self.follower.find_again, self.follower.remember)

    async def start(self, actor: Actor, request: ScanRequest) -> dict[str, Any]:
        """Begin a scan. Raises RequestError: an unknown family, or a scan that runs already."""
        families = dict(self._registry.families)
        for index, family in enumerate(request.families):
            if family not in families:
                known = ", ".join(sorted(families)) or "none"
                raise invalid(f"families.{index}", f"{family!r} is not installed", limit=known, remedy="see GET /api/v1/families")
        if request.families:
            families = {family: families[family] for family in dict.fromkeys(request.families)}
        self._refuse_a_second()
        scan = self._scan = Scan(request, families, self._devices.runtimes, self._senses, lambda: self.on_change())
        try:
            detail = request.model_dump(mode="json", exclude_defaults=True)
            await self._store.audit(AuditEntry(self._clock.now(), actor, "discovery.started", scan.id, detail))
        except BaseException:
            self._scan = None
            raise
        self._task = asyncio.create_task(self._run(scan), name="discovery")
        return scan.as_json()

    async def check(self, config: Mapping[str, Any], device_id: str | None) -> dict[str, Any]:
        """Who answers at an address, for a device that is not configured yet (or not yet so). Changes nothing.

        Raises RequestError where it could not be configured so, or while anything is looked for.
        """
        parsed, endpoint = self._devices.checked(config, device_id)
        self._refuse_a_second()
        family = self._registry.families[parsed.family]
        self.checking = True
        try:
            return (await check_address(parsed, endpoint, family, self._devices, self._ports, self._prober)).as_json()
        finally:
            self.checking = False

    def _refuse_a_second(self) -> None:
        """One search at a time: two of them could meet at one port, and neither would hear its answer."""
        if self._scan is not None and self._scan.state == "running":
            raise RequestError("discovery.running", f"the scan {self._scan.id} is not over yet", extra={"scan": self._scan.id})
        if self.checking:
            raise RequestError("discovery.running", "another address is being checked just now")

    def current(self) -> dict[str, Any]:
        """The scan that runs, or the last one."""
        return self._scan.as_json() if self._scan is not None else _NONE

    def progress(self) -> dict[str, Any]:
        """How far the scan is, without what it found: that is told by `current`."""
        told = self.current()
        kept = ("id", "state", "started_at", "finished_at", "progress")
        return {"scan": {**{name: told[name] for name in kept}, "found": len(told["found"])}}

    async def wait(self) -> dict[str, Any]:
        """The scan when it is over."""
        if self._task is not None:
            await asyncio.wait({self._task})
        return self.current()

    async def stop(self) -> None:
        """End a scan that runs; its probes close their links."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._scan is not None and self._scan.finished_at is None:
            self._scan.never_ran()

    async def _run(self, scan: Scan) -> None:
        try:
            await scan.run()
        except Exception as error:  # a bug of ours: told in the scan, where people look, and in the log
            log.exception("the scan %s stumbled", scan.id)
            scan.problems.append(f"the scan ended early: {type(error).__name__}: {error}")
