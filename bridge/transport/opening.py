"""Opening endpoints: the one place that knows which kind is opened how."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bridge.transport import tls
from bridge.transport.endpoint import Endpoint
from bridge.transport.errors import NotConnected
from bridge.transport.http import AiohttpLink
from bridge.transport.link import Link, deadline
from bridge.transport.null_modem import NullModemBoard
from bridge.transport.streams import open_serial, open_tcp, open_tls
from bridge.transport.wirelog import WireLog


@dataclass(frozen=True, slots=True)
class Terms:
    """What a device brings to its links beside the endpoint. `http_seconds`: for a request that names no time-out."""

    http_seconds: float = 10.0
    key_password: str | None = field(default=None, repr=False)


Opener = Callable[[Endpoint, WireLog, Terms], Awaitable[Link]]


async def _tcp(endpoint: Endpoint, wire_log: WireLog, terms: Terms) -> Link:
    return await open_tcp(endpoint, wire_log)


async def _tls(endpoint: Endpoint, wire_log: WireLog, terms: Terms) -> Link:
    return await open_tls(endpoint, wire_log, terms.key_password)


async def _serial(endpoint: Endpoint, wire_log: WireLog, terms: Terms) -> Link:
    return await open_serial(endpoint, wire_log)


async def _http(endpoint: Endpoint, wire_log: WireLog, terms: Terms) -> Link:
    return AiohttpLink(endpoint, wire_log, seconds=terms.http_seconds)


async def _https(endpoint: Endpoint, wire_log: WireLog, terms: Terms) -> Link:
    trust = await tls.in_thread(endpoint, terms.key_password)
    return AiohttpLink(endpoint, wire_log, seconds=terms.http_seconds, trust=trust)


class LinkOpener:
    """Opens endpoints of every kind that is built.

    For tests: `board` serves null:// endpoints, `usb_backend` is a pyusb backend in place of libusb.
    """

    def __init__(self, board: NullModemBoard | None = None, usb_backend: Any = None) -> None:
        async def usb(endpoint: Endpoint, wire_log: WireLog, terms: Terms) -> Link:
            from bridge.transport.usb import open_usb  # costs start-up time, and few devices need it

            return await (open_usb(endpoint, wire_log, lambda: usb_backend) if usb_backend else open_usb(endpoint, wire_log))

        self._openers: dict[str, Opener] = {
            "tcp": _tcp,
            "tls": _tls,
            "serial": _serial,
            "usb": usb,
            "http": _http,
            "https": _https,
        }
        if board is not None:
            self._openers["null"] = lambda endpoint, wire_log, terms: board.open(endpoint, wire_log)

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(self._openers)

    async def open(self, endpoint: Endpoint, wire_log: WireLog, *, timeout: float = 5.0, terms: Terms | None = None) -> Link:
        """Open a link within `timeout` seconds. Raises NotConnected or LinkTimeout: surely no byte was sent."""
        opener = self._openers.get(endpoint.kind)
        if opener is None:
            raise NotConnected(f"{endpoint.url}: links of the kind {endpoint.kind} cannot be opened by this version")
        async with deadline(timeout, f"opening {endpoint.base}", "timeouts.open"):
            link = await opener(endpoint, wire_log, terms or Terms())
            link.kind = endpoint.kind
            return link
