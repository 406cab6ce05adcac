"""The null modem: two byte links joined in one process, whose cable can be cut after any byte.

With a VirtualTimeLoop the whole stack runs on it without sockets and without waiting. A `Cable` counts the bytes of each
direction and breaks where it is told; both ends then see LinkLost, what had passed before stays delivered.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bridge.transport.endpoint import Endpoint
from bridge.transport.errors import LinkLost, NotConnected
from bridge.transport.link import ByteLink, Link
from bridge.transport.wirelog import WireLog


@dataclass(slots=True)
class Cable:
    """Counts bytes over any number of successive links, and breaks once where it is told.

    `cut_to_device` / `cut_to_host`: how many bytes pass in that direction before the break; None for never. `on_cut` is
    called at the break, before either end hears of it.
    """

    cut_to_device: int | None = None
    cut_to_host: int | None = None
    on_cut: Callable[[], None] | None = None
    to_device: int = 0
    to_host: int = 0
    cut: bool = False
    links: list[NullLink] = field(default_factory=list)

    def passing(self, data: bytes, *, to_device: bool) -> tuple[bytes, bool]:
        """What of these bytes still gets through, and whether the cable breaks behind it."""
        limit = self.cut_to_device if to_device else self.cut_to_host
        so_far = self.to_device if to_device else self.to_host
        breaks = not self.cut and limit is not None and so_far + len(data) >= limit
        if breaks:
            assert limit is not None
            data = data[: max(0, limit - so_far)]
        if to_device:
            self.to_device += len(data)
        else:
            self.to_host += len(data)
        return data, breaks

    def break_now(self) -> None:
        """Cut: every open link over this cable is lost, at both ends. Two transfers may reach the break in one turn."""
        if self.cut:
            return
        self.cut = True
        if self.on_cut is not None:
            self.on_cut()
        for link in self.links:
            link.lose()
        self.links.clear()


class NullLink(ByteLink):
    """One end of a null modem."""

    def __init__(self, cable: Cable, *, device_end: bool, wire_log: WireLog) -> None:
        super().__init__(wire_log)
        self._cable = cable
        self._device_end = device_end
        self._incoming: deque[bytes] = deque()
        self._arrived = asyncio.Event()
        self._lost = False
        self._closed = False
        self.peer: NullLink | None = None
        cable.links.append(self)

    async def _read(self) -> bytes:
        while not self._incoming:
            if self._lost or self._closed:
                raise LinkLost("the cable was cut" if self._lost else "the link is closed")
            self._arrived.clear()
            await self._arrived.wait()
        data = b"".join(self._incoming)
        self._incoming.clear()
        return data

    async def _write(self, data: bytes) -> None:
        if self._lost or self._closed or self.peer is None:
            raise LinkLost("the cable is cut")
        passed, breaks = self._cable.passing(data, to_device=not self._device_end)
        if passed:
            self.peer.deliver(passed)
        if breaks:
            # The far end takes in what arrived before it hears of the break, as a socket's buffer would give it.
            asyncio.get_running_loop().call_soon(self._cable.break_now)

    def deliver(self, data: bytes) -> None:
        if not self._lost and not self._closed:
            self._incoming.append(data)
            self._arrived.set()

    def lose(self) -> None:
        self._lost = True
        self._arrived.set()

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._arrived.set()
        if self.peer is not None:
            self.peer.lose()
        if self in self._cable.links:
            self._cable.links.remove(self)


def null_modem(cable: Cable, wire_log: Callable[[], WireLog]) -> tuple[NullLink, NullLink]:
    """Two joined ends: (host, device)."""
    host = NullLink(cable, device_end=False, wire_log=wire_log())
    device = NullLink(cable, device_end=True, wire_log=wire_log())
    host.peer, device.peer = device, host
    return host, device


NullConnector = Callable[[WireLog], Awaitable[Link]]
"""Opens a link to an in-process device; raises NotConnected while it is off."""


class NullModemBoard:
    """Names in-process devices, so that `null://name` endpoints find them."""

    def __init__(self) -> None:
        self._connectors: dict[str, NullConnector] = {}

    def plug(self, name: str, connector: NullConnector) -> None:
        self._connectors[name] = connector

    async def open(self, endpoint: Endpoint, wire_log: WireLog) -> Link:
        connector = self._connectors.get(endpoint.address)
        if connector is None:
            raise NotConnected(f"{endpoint.url}: nothing is plugged in there")
        return await connector(wire_log)
