"""Opening endpoints: the one place that knows which kind is opened how."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bridge.transport.endpoint import Endpoint
from bridge.transport.errors import NotConnected
from bridge.transport.http import AiohttpLink
from bridge.transport.link import Link, deadline
from bridge.transport.null_modem import NullModemBoard
from bridge.transport.streams import open_serial, open_tcp
from bridge.transport.wirelog import WireLog

Opener = Callable[[Endpoint, WireLog], Awaitable[Link]]


async def _open_http(endpoint: Endpoint, wire_log: WireLog) -> Link:
    return AiohttpLink(endpoint, wire_log)


class LinkOpener:
    """Opens endpoints of every kind that is built.

    For tests: `board` serves null:// endpoints, `usb_backend` is a pyusb backend in place of libusb.
    """

    def __init__(self, board: NullModemBoard | None = None, usb_backend: Any = None) -> None:
        async def usb(endpoint: Endpoint, wire_log: WireLog) -> Link:
            from bridge.transport.usb import open_usb  # costs start-up time, and few devices need it

            return await (open_usb(endpoint, wire_log, lambda: usb_backend) if usb_backend else open_usb(endpoint, wire_log))

        self._openers: dict[str, Opener] = {
            "tcp": open_tcp,
            "serial": open_serial,
            "usb": usb,
            "http": _open_http,
            "https": _open_http,
        }
        if board is not None:
            self._openers["null"] = board.open

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(self._openers)

    async def open(self, endpoint: Endpoint, wire_log: WireLog, *, timeout: float = 5.0) -> Link:
        """Open a link within `timeout` seconds. Raises NotConnected or LinkTimeout: surely no byte was sent."""
        opener = self._openers.get(endpoint.kind)
        if opener is None:
            raise NotConnected(f"{endpoint.url}: links of the kind {endpoint.kind} cannot be opened by this version")
        async with deadline(timeout, f"opening {endpoint.url}"):
            return await opener(endpoint, wire_log)
