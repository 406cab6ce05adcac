"""Running a Bridge behind its API: start, stop, signals."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from bridge.server import admin_token, instance
from bridge.server.access.access import Access
from bridge.server.app import Application
from bridge.server.entrances import Entrances, open_entrances
from bridge.server.pages import PAGES, Page
from bridge.server.peers import PeerLookup
from bridge.server.settings import ServerSettings

if TYPE_CHECKING:
    from bridge.jobs.bridge import Bridge, Retention
    from bridge.store import WireLimits

log = logging.getLogger("tillbridge.server")


class ApiServer:
    """The API of one Bridge on its sockets. The Bridge is started and stopped by whoever made it."""

    def __init__(
        self,
        bridge: Bridge,
        settings: ServerSettings,
        entrances: Entrances,
        lookup: PeerLookup | None = None,
        pages: Mapping[str, Page] = PAGES,
    ) -> None:
        self.bridge = bridge
        self.port = entrances.port
        self.secure_port = entrances.secure_port
        self.access = Access(bridge.data_dir, settings, bridge.store.tokens, bridge.clock.now, lookup)
        self.application = Application(bridge, settings, entrances.doors, self.access, pages)
        self._settings = settings
        self._entrances = entrances
        self._runner = web.ServerRunner(self.application.server, shutdown_timeout=settings.stop_seconds)
        self._secure: list[asyncio.Server] = []
        self._refresher: asyncio.Task[None] | None = None

    @classmethod
    async def start(
        cls,
        bridge: Bridge,
        settings: ServerSettings | None = None,
        lookup: PeerLookup | None = None,
        pages: Mapping[str, Page] = PAGES,
    ) -> ApiServer:
        """Listen and answer. `lookup`: who tells whose connections are, by default the system. `pages`: by their address.

        Raises PortTaken, CannotListen, TlsError.
        """
        chosen = settings or ServerSettings()
        return await cls.on(bridge, chosen, await open_entrances(chosen, bridge.data_dir, bridge.clock.now), lookup, pages)

    @classmethod
    async def on(
        cls,
        bridge: Bridge,
        settings: ServerSettings,
        entrances: Entrances,
        lookup: PeerLookup | None = None,
        pages: Mapping[str, Page] = PAGES,
    ) -> ApiServer:
        """Answer on sockets that listen already."""
        admin_token.ensure(bridge.data_dir)
        server = cls(bridge, settings, entrances, lookup, pages)
        await server._runner.setup()
        for made in entrances.plain:
            await web.SockSite(server._runner, made).start()
        loop = asyncio.get_running_loop()
        for made in entrances.secure:
            # By hand: a site of aiohttp leaves a handshake a whole minute.
            listener = await loop.create_server(
                server.application.server, sock=made, ssl=entrances.context, ssl_handshake_timeout=settings.head_seconds
            )
            server._secure.append(listener)
        server._refresher = asyncio.create_task(server._refresh())
        instance.publish(bridge.data_dir, server.port, bridge.instance_id)
        return server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        """Accept nothing more, answer what waits, give running requests a moment, close."""
        instance.withdraw(self.bridge.data_dir)
        self.application.begin_stop()
        await self.application.websockets.stop()
        if self._refresher is not None:
            self._refresher.cancel()
        for listener in self._secure:
            listener.close()
        await self._runner.cleanup()
        await self.access.stop()

    async def _refresh(self) -> None:
        while True:
            await asyncio.sleep(self._settings.refresh_seconds)
            self.access.refresh()
            if self._entrances.certificate is not None:
                self._entrances.certificate.refresh()  # one look at a file, as long as nothing is due


async def serve(
    data_dir: Path,
    settings: ServerSettings,
    ready: Callable[[ApiServer], None],
    retention: Retention | None = None,
    wire: WireLimits | None = None,
) -> None:
    """Run until SIGTERM or SIGINT. `ready` is told the URL as soon as it answers.

    Raises PortTaken, CannotListen, TlsError, UsersCannotBeTold, bridge.store.DataDirLocked, admin_token.TokenError.
    """
    from bridge.jobs.bridge import Bridge

    stop = asyncio.Event()
    with stop_signals(stop):
        # The port first: who cannot have it must not touch any device.
        entrances = await open_entrances(settings, data_dir, lambda: datetime.now(UTC))
        try:
            bridge = await Bridge.open(data_dir, retention=retention, wire=wire)
        except BaseException:
            entrances.close()
            raise
        try:
            await bridge.start()
            server = await ApiServer.on(bridge, settings, entrances)
            try:
                ready(server)
                await stop.wait()
                log.info("stopping")
            finally:
                await server.stop()
        finally:
            entrances.close()
            await bridge.stop()


@contextlib.contextmanager
def stop_signals(stop: asyncio.Event) -> Iterator[None]:
    """The first SIGTERM or SIGINT sets `stop`; a second one ends the process as it always would."""
    loop = asyncio.get_running_loop()
    previous = {}

    def asked(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL if number == signal.SIGTERM else signal.default_int_handler)
        loop.call_soon_threadsafe(stop.set)

    # signal.signal and not loop.add_signal_handler: Windows has only this one.
    for number in (signal.SIGTERM, signal.SIGINT):
        previous[number] = signal.signal(number, asked)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
