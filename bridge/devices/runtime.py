"""One configured device while the bridge runs: its connection, its driver, its identity, what it said last.

It connects when told and knows nothing of jobs; when to connect, recover and execute is decided in bridge.jobs.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from ulid import ULID

from bridge.devices.config import DeviceConfig
from bridge.devices.context import Amend, HostedDeviceContext
from bridge.devices.heartbeat import Heartbeat
from bridge.devices.hosting import DriverHost, InlineHost, ThreadHost
from bridge.devices.measures import Measures
from bridge.devices.ring import WireRing
from bridge.devices.scope import Scope
from bridge.model import Capabilities, DeviceState, DeviceStatus, Identity, without_fate
from bridge.plugin import DeviceFamily, Driver
from bridge.store import DeviceStateStore, JobTrace, WireTraces
from bridge.transport import (
    SECRETS,
    ByteLink,
    Clock,
    Direction,
    Endpoint,
    Link,
    LinkError,
    LinkOpener,
    LinkTimeout,
    Masker,
    Terms,
    Values,
    WireEntry,
    WireLog,
    deadline,
    mask_private,
)

T = TypeVar("T")
log = logging.getLogger("tillbridge.devices")


@dataclass(slots=True)
class DeviceServices:
    """What every device runtime gets from the host."""

    clock: Clock
    opener: LinkOpener
    loop: asyncio.AbstractEventLoop
    inline: bool
    heartbeat: Heartbeat | None
    amend: Amend
    on_change: Callable[[str], None]
    """Called in the host's loop with the device's id when its state, status or alerts changed, or it came or went."""
    twin: Callable[[str, Identity], str | None]
    """The id of another configured device that is pinned to this identity."""
    measures: Measures
    find_again: Callable[[DeviceRuntime], Awaitable[bool]]
    """Look for a device that is not at its address; True when it has a new one."""
    remember: Callable[[DeviceRuntime], Awaitable[None]]
    """Take note of where a device was reached."""
    traces: WireTraces | None = None
    """Where the wire logs of jobs are kept; None: in memory only."""


class DeviceRuntime:
    """Connection and knowledge of one device."""

    def __init__(
        self,
        device_id: str,
        config: DeviceConfig,
        family: DeviceFamily[Any] | None,
        endpoint: Endpoint | None,
        store: DeviceStateStore,
        services: DeviceServices,
        problem: str | None = None,
    ) -> None:
        self.id = device_id
        self.config = config
        self.family = family
        self.endpoint = endpoint
        self.store = store
        self.state = DeviceState.BROKEN if problem is not None else DeviceState.CONNECTING
        self.reason: str | None = problem
        self.last_error: str | None = None
        self.lost: str | None = None
        """Why the present link is dead, where it told us by itself; it is still to be closed (`disconnect`)."""
        self.on_lost: Callable[[], None] = lambda: None
        self.seen: Identity | None = None
        self.seen_at: Endpoint | None = None
        self._tried: Endpoint | None = None
        self.status: DeviceStatus | None = None
        self.driver: Driver | None = None
        self.measures = services.measures
        self._services = services
        self._host: DriverHost | None = None
        self._link: Link | None = None
        self._blocked: str | None = None
        self.scope = Scope(device_id)
        self.trace: JobTrace | None = None
        self._in_doubt = False
        self._mask_raised = False
        self._links = itertools.count(1)
        self.ring = WireRing()
        self._alert_tasks: set[asyncio.Task[None]] = set()
        pinned = store.host_get("identity")
        self.identity = Identity.model_validate(pinned) if pinned is not None else None
        known = store.host_get("capabilities")
        self.capabilities = Capabilities.model_validate(known) if known is not None else None
        self.capabilities_fresh = False
        self.alerts: list[dict[str, Any]] = store.host_get("alerts") or []
        self.journal_hold: str | None = store.host_get("journal_hold")

    @property
    def connected(self) -> bool:
        return self.driver is not None

    @property
    def link_activity(self) -> datetime | None:
        """When a byte last went over the link."""
        entries = self._link.wire_log.entries() if self._link is not None else ()
        return entries[-1].at if entries else None

    @property
    def wire_log(self) -> WireLog | None:
        return self._link.wire_log if self._link is not None else None

    def new_wire_log(self) -> WireLog:
        """For one link of this device; while a job runs, its transfers go into the job's trace too."""
        number = next(self._links)
        by_family = self.family.masker() if self.family is not None else mask_private

        def tap(entry: WireEntry) -> None:
            self.ring.record(number, entry)
            trace = self.trace
            if trace is not None:
                trace.record(number, entry)

        round_trip = self.measures.round_trip.labels(self.id, self.config.family)

        def mask(data: bytes, direction: Direction) -> bytes:
            return self._mask(by_family, data, direction)

        return WireLog(self._services.clock.now, mask, on_round_trip=round_trip.observe, tap=tap)

    def _mask(self, by_family: Masker, data: bytes, direction: Direction) -> bytes:
        """The family's mask, then every secret and customer's value that is known."""
        try:
            masked = by_family(data, direction)
        except Exception:  # a plugin's fault must neither stop the transfer nor let through what it was to hide
            if not self._mask_raised:
                self._mask_raised = True
                log.exception("%s: its plugin's mask raised; its wire logs tell no bytes any more", self.id)
            masked = b"*" * len(data)
        return SECRETS.hide_bytes(masked, self.scope.private)

    @contextlib.contextmanager
    def on_behalf_of(self, job_id: str, phase: Literal["execute", "recover"], private: tuple[str, ...]) -> Iterator[None]:
        """Inside, what is logged and transferred belongs to this job."""
        self.scope.job, self.scope.private = job_id, Values(private) if private else None
        if self._services.traces is not None:
            now = self._services.clock.now()
            self.trace = self._services.traces.begin(job_id, phase, now, device=self.id, family=self.config.family)
        trace = self.trace
        self._in_doubt = False
        try:
            yield
        finally:
            self.trace = None
            if trace is not None:
                trace.end(self._services.clock.now(), doubt=self._in_doubt)
            self.scope.job = self.scope.private = None

    def note_doubt(self) -> None:
        """The attempt lost certainty: its trace is worth the flush to the disk."""
        self._in_doubt = True

    # -- connecting --------------------------------------------------------------------------------------------------

    async def connect(self) -> bool:
        """Open link and driver and check who is there. True when the device is the right one and ready for traffic."""
        try:
            return await self._connect()
        finally:
            self.measures.connections.labels(self.id, self.config.family, self.state.value).inc()

    async def _connect(self) -> bool:
        assert self.family is not None
        assert self.endpoint is not None
        await self.disconnect()
        family, endpoint = self.family, self.endpoint
        self._tried = endpoint
        thread = family.isolation == "thread" and not self._services.inline
        self._host = ThreadHost(self.id) if thread else InlineHost()
        if self._services.heartbeat is not None and thread:
            self._services.heartbeat.watch(self.id, self._host.loop, self._host.thread_id, self._note_blocked)
        settings = family.settings_from(self.config.settings)
        timeouts = self.config.timeouts
        terms = Terms(http_seconds=timeouts.http, key_password=settings.key_password())
        context = HostedDeviceContext(
            self.id,
            shared=self.config.shared,
            store=self.store,
            clock=self._services.clock,
            opener=self._services.opener,
            open_seconds=timeouts.open,
            terms=terms,
            host_loop=self._services.loop,
            amend=self._services.amend,
            on_status=self._note_status,
            on_alert=self._note_alert,
            masked_log=self.new_wire_log,
        )
        self.context = context

        async def open_all() -> tuple[Link, Driver, Identity]:
            link = await self._services.opener.open(endpoint, self.new_wire_log(), timeout=timeouts.open, terms=terms)
            try:
                driver = await family.open(settings, link, context)
                try:
                    return link, driver, await driver.identify()
                except BaseException:
                    await driver.close()
                    raise
            except BaseException:
                await link.close()
                raise

        try:
            # The link has a time-out of its own; the sum, so that a plugin which blocks is found out too.
            async with asyncio.timeout(timeouts.open + timeouts.identify):
                self._link, driver, identity = await self._host.call(open_all)
        except TimeoutError as error:
            late = LinkTimeout.ran_out("timeouts.identify", timeouts.identify, "the device did not say what it is")
            self._drop_host()
            self._set(DeviceState.OFFLINE, str(error) or str(late))
            return False
        except LinkError as error:
            self._drop_host()
            self._set(DeviceState.OFFLINE, str(error) or "no answer")
            return False
        except Exception as error:  # a plugin may raise anything; it must hurt nobody else
            log.exception("%s: opening raised", self.id)
            self._drop_host()
            self._set(DeviceState.BROKEN, f"its plugin raised {type(error).__name__}: {error}")
            return False
        self.driver = driver
        assert self._link is not None
        self._hear_of_loss(self._link)
        self.seen_at = endpoint
        try:
            right = await self._pin(identity)
        except BaseException:  # the journal refuses: a device that is not pinned must not stay connected
            await self.disconnect()
            raise
        if not right:
            await self.disconnect()
            return False
        if self.endpoint is not endpoint:
            await self.disconnect("its address was changed meanwhile")
            return False
        self._set(DeviceState.READY, None)
        self.capabilities_fresh = False
        await self._services.remember(self)
        return True

    async def find_again(self) -> bool:
        """After a connection that failed: whether the device has another address now, and should be connected there."""
        if self.endpoint is not self._tried:
            return True
        return await self._services.find_again(self)

    def readdress(self, config: DeviceConfig, endpoint: Endpoint, reason: str) -> None:
        """The device is somewhere else now. Not while it is connected."""
        self.config, self.endpoint = config, endpoint
        self.state, self.reason = DeviceState.CONNECTING, reason
        log.info("%s %s", self.id, reason)
        self._services.on_change(self.id)

    async def _pin(self, identity: Identity) -> bool:
        """Compare with the pinned identity, or pin the first one."""
        self.seen = identity
        if self.identity is not None:
            if self.identity.same_device(identity):
                return True
            self._set(DeviceState.WRONG_DEVICE, f"expected {self.identity}, but {identity} answers")
            return False
        twin = self._services.twin(self.id, identity)
        if twin is not None:
            self._set(DeviceState.WRONG_DEVICE, f"{identity} is already configured as {twin}")
            return False
        await self.pin(identity)
        return True

    async def pin(self, identity: Identity) -> None:
        before, self.identity = self.identity, identity  # at once: another device that connects meanwhile must see it
        try:
            await self.store.host_set("identity", identity.model_dump(mode="json"))
        except BaseException:
            self.identity = before
            raise

    async def refresh_capabilities(self) -> Capabilities:
        """Ask the device once for each connection what it can do."""
        capabilities = await self.call(lambda driver: driver.capabilities(), "ask")
        if capabilities != self.capabilities:
            await self.store.host_set("capabilities", capabilities.model_dump(mode="json"))
            self.capabilities = capabilities
        self.capabilities_fresh = True
        return capabilities

    async def refresh_status(self) -> DeviceStatus:
        status = await self.call(lambda driver: driver.status(), "ask")
        self.status = status
        self._services.on_change(self.id)
        return status

    async def call(self, make: Callable[[Driver], Awaitable[T]], limit: Literal["ask", "status", "silence"] | None = None) -> T:
        """Run driver code where it belongs. Raises LinkError, also when it takes longer than the time-out named allows."""
        driver, host = self.driver, self._host
        if driver is None or host is None:
            raise LinkError("not connected")
        seconds: float | None = getattr(self.config.timeouts, limit) if limit is not None else None
        try:
            if seconds is None:
                return await host.call(lambda: make(driver))
            async with deadline(seconds, "the driver gave no answer", f"timeouts.{limit}"):
                return await host.call(lambda: make(driver))
        except TimeoutError as error:
            if not str(error):
                raise LinkTimeout("a time-out of the driver's own ran out") from error
            raise LinkTimeout(f"a time-out of the driver's own ran out: {error}") from error

    def _hear_of_loss(self, link: Link) -> None:
        """A cable that is pulled out of an idle device is told at once, not found out by the next question."""

        def lost(error: LinkError) -> None:
            self._services.loop.call_soon_threadsafe(note, str(error))

        def note(why: str) -> None:
            if self._link is link:
                self.lost = why
                self.on_lost()

        if isinstance(link, ByteLink):
            link.on_lost = lost

    def abandon_link(self) -> None:
        """From now on nothing is sent over the present link, whoever tries. It is still to be closed (`disconnect`)."""
        if self._link is not None:
            self._link.abandon()

    async def disconnect(self, reason: str | None = None) -> None:
        """Throw the driver and its link away. In memory nothing is kept."""
        driver, link, host = self.driver, self._link, self._host
        self.abandon_link()
        self.driver = self._link = self.lost = None
        if host is not None and (driver is not None or link is not None):

            async def close_all() -> None:
                if driver is not None:
                    await driver.close()
                if link is not None:
                    await link.close()

            try:
                async with deadline(self.config.timeouts.close, "closing the link", "timeouts.close"):
                    await host.call(close_all)
            except Exception as error:  # closing what is broken may fail in any way; the link is given up either way
                log.warning("%s: closing failed: %s", self.id, error)
        self._drop_host()
        if reason is not None:
            if driver is not None:
                self.measures.lost.labels(self.id, self.config.family).inc()
            self._set(DeviceState.OFFLINE, reason)

    def mark_broken(self, reason: str) -> None:
        self._set(DeviceState.BROKEN, reason)

    # -- what it says ------------------------------------------------------------------------------------------------

    async def raise_alert(self, code: str, text: str, job: str | None = None) -> None:
        """Keep an alert until it is acknowledged."""
        now = self._services.clock.now()
        self.alerts = [*self.alerts, {"id": str(ULID()), "code": code, "text": text, "job": job, "at": now.isoformat()}]
        await self.store.host_set("alerts", self.alerts)
        self._services.on_change(self.id)

    async def drop_alert(self, alert_id: str) -> bool:
        kept = [alert for alert in self.alerts if alert["id"] != alert_id]
        if len(kept) == len(self.alerts):
            return False
        self.alerts = kept
        await self.store.host_set("alerts", kept)
        self._services.on_change(self.id)
        return True

    def _drop_host(self) -> None:
        host, self._host = self._host, None
        if host is not None:
            if self._services.heartbeat is not None:
                self._services.heartbeat.forget(self.id)
            host.close()
        self._blocked = None

    def _set(self, state: DeviceState, reason: str | None) -> None:
        if reason is not None:  # a plugin's own words may hold anything, and everybody with a token reads them here
            # Made of an error of a job, they may end with what became of its document. A device's state is of none.
            reason = without_fate(SECRETS.hide(reason, self.scope.private))
            self.last_error = reason
        if (state, reason) != (self.state, self.reason):
            self.state, self.reason = state, reason
            log.info("%s is %s%s", self.id, state, f": {reason}" if reason else "")
            self._services.on_change(self.id)

    def _note_status(self, status: DeviceStatus) -> None:
        self.status = status
        self._services.on_change(self.id)

    def _note_alert(self, code: str, text: str) -> None:
        task = asyncio.ensure_future(self.raise_alert(code, text))
        self._alert_tasks.add(task)
        task.add_done_callback(self._alert_tasks.discard)

    def _note_blocked(self, sentence: str | None) -> None:
        """In the heartbeat's thread."""

        def note() -> None:
            self._blocked = sentence
            if sentence is not None:
                self._set(DeviceState.BROKEN, sentence)
            elif self.driver is not None:
                self._set(DeviceState.READY, None)

        self._services.loop.call_soon_threadsafe(note)
