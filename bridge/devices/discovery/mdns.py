"""Devices that announce themselves in the local network (mDNS, DNS-SD)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

# RFC 6762 lets answers be spread over some 120 ms and a browser asks again after a second: three seconds hear everybody.
BROWSE_SECONDS = 3.0

# How long one service may take to tell its address, in milliseconds.
_RESOLVE_MS = 2000


@dataclass(frozen=True, slots=True)
class Announced:
    """A service that was announced: its type, its name, and where it is."""

    type: str
    name: str
    address: str
    port: int


class Browser(Protocol):
    async def __call__(self, types: Sequence[str]) -> Sequence[Announced]:
        """All services of these types. Raises OSError where the network does not let us ask."""
        ...


class ZeroconfBrowser:
    """Asks the network. `interfaces`: addresses to ask on; None for all."""

    def __init__(self, seconds: float = BROWSE_SECONDS, interfaces: Sequence[str] | None = None) -> None:
        self._seconds = seconds
        self._interfaces = interfaces

    async def __call__(self, types: Sequence[str]) -> Sequence[Announced]:
        # Only now, and in a thread: it takes a tenth of a second, and most bridges never look for a device.
        await asyncio.get_running_loop().run_in_executor(None, import_module, "zeroconf.asyncio")
        from zeroconf import ServiceStateChange
        from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

        names: dict[str, str] = {}

        def heard(zeroconf: Any, service_type: str, name: str, state_change: ServiceStateChange) -> None:
            if state_change is ServiceStateChange.Removed:
                names.pop(name, None)
            else:
                names[name] = service_type

        full = [_full(service_type) for service_type in types]
        network = AsyncZeroconf(interfaces=list(self._interfaces)) if self._interfaces is not None else AsyncZeroconf()
        try:
            browser = AsyncServiceBrowser(network.zeroconf, full, handlers=[heard])
            await asyncio.sleep(self._seconds)
            await browser.async_cancel()
            services = [AsyncServiceInfo(service_type, name) for name, service_type in names.items()]
            known = await asyncio.gather(*(service.async_request(network.zeroconf, _RESOLVE_MS) for service in services))
            return [
                Announced(service.type.removesuffix(".local."), service.name, address, service.port)
                for service, told in zip(services, known, strict=True)
                if told and service.port
                for address in service.parsed_addresses()[:1]
            ]
        finally:
            await network.async_close()


def _full(service_type: str) -> str:
    """`_acme._tcp` as zeroconf wants it."""
    return service_type if service_type.endswith(".local.") else f"{service_type.rstrip('.')}.local."
