"""The whole bridge without a network: journal, devices and jobs put together. Servers and tests stand on this."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bridge.devices import ConfigError, DeviceManager, DeviceRuntime, DeviceServices, Heartbeat, Measures
from bridge.devices.discovery import DiscoveryService, Surroundings
from bridge.jobs.events import EventFeed
from bridge.jobs.gauges import Gauges, exposition
from bridge.jobs.payments import Payments
from bridge.jobs.runner import Patience
from bridge.jobs.service import JobService
from bridge.model import DeviceState, EventKind, Outcome, Paper, Registration, RegistrationState
from bridge.plugin import PluginRegistry
from bridge.store import Store, WireLimits, WireTraces
from bridge.transport import Clock, LinkOpener, SystemClock

log = logging.getLogger("tillbridge.bridge")

_PRUNE_SECONDS = 6 * 3600.0

# At a stop: how long plugins may still take in the last finished jobs.
_TELLING_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Retention:
    """How long details of a final job, and its key and verdict, are kept."""

    details: timedelta = timedelta(days=90)
    verdicts: timedelta = timedelta(days=5 * 365)


# A registration may only move this way; what is registered or refused stays so.
_ADVANCE = {
    RegistrationState.NONE: set(RegistrationState),
    RegistrationState.ONLINE: {RegistrationState.ONLINE, RegistrationState.REGISTERED, RegistrationState.REFUSED},
    RegistrationState.OFFLINE: {RegistrationState.OFFLINE, RegistrationState.REGISTERED, RegistrationState.REFUSED},
    RegistrationState.REGISTERED: {RegistrationState.REGISTERED},
    RegistrationState.REFUSED: {RegistrationState.REFUSED},
}


class Bridge:
    """One data directory, its devices and its jobs."""

    def __init__(
        self,
        store: Store,
        registry: PluginRegistry,
        clock: Clock,
        opener: LinkOpener,
        inline: bool,
        patience: Patience,
        retention: Retention,
        wire: WireLimits,
        surroundings: Surroundings | None = None,
    ) -> None:
        self.store = store
        self.registry = registry
        self.clock = clock
        self.data_dir = store.data_dir
        self.instance_id = store.instance_id
        self.measures = Measures()
        self.measures.registry.register(Gauges(self))
        self._heartbeat = None if inline else Heartbeat()
        self.traces = WireTraces(store.data_dir, wire, inline=inline)
        services = DeviceServices(
            clock=clock,
            opener=opener,
            loop=asyncio.get_running_loop(),
            inline=inline,
            heartbeat=self._heartbeat,
            amend=self._amend,
            on_change=lambda device_id: self.events.device_changed(device_id),
            twin=lambda device_id, identity: None,
            measures=self.measures,
            traces=self.traces,
            find_again=_nowhere,
            remember=_forget,
        )
        self.devices = DeviceManager(store, registry, services)
        self.discovery = DiscoveryService(store, self.devices, registry, clock, opener, inline=inline, surroundings=surroundings)
        self.jobs = JobService(store, self.devices, registry, clock, patience, inline=inline)
        self.payments = Payments(self.jobs, self._amend)
        self.traces.keep = lambda job_id: job_id in self.jobs.active
        self.events = EventFeed(store.events, self.jobs.find, self.devices.known_status)
        store.database.on_commit = self.events.committed
        self.events.show(EventKind.HEALTH_UPDATED, self._shown_health)
        self.events.show(EventKind.DISCOVERY_UPDATED, self.discovery.progress)
        self.jobs.settlement.on_trouble = lambda: self.events.view_changed(EventKind.HEALTH_UPDATED)
        self.discovery.on_change = lambda: self.events.view_changed(EventKind.DISCOVERY_UPDATED)
        self.started_at = clock.now()
        self._began = clock.monotonic()
        self._retention = retention
        self._pruner: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()

    @classmethod
    async def open(
        cls,
        data_dir: Path,
        *,
        registry: PluginRegistry | None = None,
        clock: Clock | None = None,
        opener: LinkOpener | None = None,
        inline: bool = False,
        patience: Patience | None = None,
        before_commit: Callable[[], None] | None = None,
        synchronous: str = "FULL",
        retention: Retention | None = None,
        wire: WireLimits | None = None,
        surroundings: Surroundings | None = None,
    ) -> Bridge:
        """Take the data directory's lock and open the journal. Raises DataDirLocked, StorageError, ConfigError.

        `inline`: everything in this loop and thread, for tests in virtual time. `surroundings`: how ports and networks are
        looked at, for tests too.
        """
        clock = clock or SystemClock()
        store = Store.open(data_dir, clock.now(), inline=inline, before_commit=before_commit, synchronous=synchronous)
        try:
            bridge = cls(
                store,
                registry or PluginRegistry.installed(),
                clock,
                opener or LinkOpener(),
                inline,
                patience or Patience(),
                retention or Retention(),
                wire or WireLimits(),
                surroundings,
            )
            bridge.devices.load()
            if store.journal_lost is not None:
                await bridge.devices.hold_for_lost_journal(store.journal_lost)
                await store.loss_is_held()
        except BaseException:
            store.close()
            raise
        return bridge

    async def start(self) -> None:
        """Connect the devices; recovery begins."""
        if self._heartbeat is not None:
            self._heartbeat.start()
        await self.jobs.start()
        self._pruner = asyncio.create_task(self._prune())

    async def stop(self, grace: float = 10.0) -> None:
        """No new jobs; running ones end, or are left to recovery after `grace` seconds."""
        if self._pruner is not None:
            self._pruner.cancel()
        await self.discovery.stop()
        await self.jobs.stop(grace)
        if self.registry.listens_to_jobs:
            await self._loop.run_in_executor(None, self.registry.finish_telling, _TELLING_SECONDS)
        if self._heartbeat is not None:
            self._heartbeat.stop()
        await self._loop.run_in_executor(None, self.traces.close)
        self.events.close()
        self.store.close()

    async def crash(self) -> None:
        """For tests: end as kill -9 would, with nothing finished and nothing written."""
        if self._pruner is not None:
            self._pruner.cancel()
        self.jobs.kill()
        self.traces.abandon()
        await self.discovery.stop()
        self.events.close()
        self.store.close()
        for runtime in self.devices.runtimes.values():
            await runtime.disconnect()
        if self._heartbeat is not None:
            self._heartbeat.stop()

    def metrics(self) -> str:
        """Counters and gauges, in Prometheus' text format."""
        return exposition(self.measures.registry)

    def health(self) -> dict[str, Any]:
        """`down`: no document can be accepted, because the journal cannot be written or the bridge stops. `degraded`: it
        works, but something needs a person (a device away or broken, a job unresolved, a plugin that cannot be loaded)."""
        down = self.jobs.settlement.trouble is not None or self.jobs.stopping
        problems = [f"journal: {self.jobs.settlement.trouble}"] if self.jobs.settlement.trouble else []
        problems += ["the bridge is stopping"] if self.jobs.stopping else []
        devices: dict[str, str] = {}
        for device_id, runtime in sorted(self.devices.runtimes.items()):
            devices[device_id] = runtime.state.value
            if runtime.state not in (DeviceState.READY, DeviceState.CONNECTING):
                problems.append(f"{device_id}: {runtime.state}: {runtime.reason}")
            if runtime.journal_hold is not None:
                problems.append(f"{device_id}: the journal waits to be accepted: {runtime.journal_hold}")
        unresolved = [job.id for runner in self.jobs.runners.values() for job in runner.doubt]
        problems += [f"job {job_id} is unresolved" for job_id in unresolved]
        problems += [f"plugin {report.name}: {report.problem}" for report in self.registry.reports if report.problem is not None]
        return {
            "status": "down" if down else "degraded" if problems else "ok",
            "problems": problems,
            "journal": {"writable": self.jobs.settlement.trouble is None, "commits": self.store.database.commits},
            "devices": devices,
            "jobs": {"open": len(self.jobs.active), "unresolved": len(unresolved)},
        }

    @property
    def uptime(self) -> float:
        """Seconds since it was opened, by the monotonic clock."""
        return self.clock.monotonic() - self._began

    def _shown_health(self) -> dict[str, Any]:
        """Without the number of commits, which is another one at each event."""
        report = self.health()
        return {"health": {**report, "journal": {"writable": report["journal"]["writable"]}}}

    async def _amend(
        self,
        job_id: str,
        *,
        registration: Registration | None = None,
        paper: Paper | None = None,
        outcome: Outcome | None = None,
    ) -> None:
        """In the driver's loop. Registration, paper and a payment's outcome advance; everything else stays."""
        job = self.store.journal.get(job_id)
        if job is None or job.result is None:
            raise ValueError(f"job {job_id} has no result to amend")
        changes: dict[str, Any] = {}
        if registration is not None:
            if registration.state not in _ADVANCE[job.result.registration.state]:
                raise ValueError(f"a registration cannot go from {job.result.registration.state} to {registration.state}")
            changes["registration"] = registration.model_dump(mode="json")
        if paper is not None:
            if job.result.paper in (Paper.PRINTED, Paper.SUPPRESSED) and paper is not job.result.paper:
                raise ValueError(f"paper that is {job.result.paper} cannot become {paper}")
            changes["paper"] = paper.value
        if outcome is not None:
            if job.result.payment is None:
                raise ValueError(f"job {job_id} has no payment")
            present = job.result.payment.outcome
            stands = present in (Outcome.APPROVED, Outcome.PARTIAL)
            if outcome is not present and not (stands and outcome is Outcome.REVERSED):
                raise ValueError(f"an outcome {present} cannot become {outcome}")
            changes["outcome"] = outcome.value
        event = await self.store.journal.amend(job_id, changes, self.clock.now())
        if event is None:
            return
        if registration is not None and registration.state is RegistrationState.REFUSED:
            self._alert(job.device, "registration.refused", f"The authority refused the document of job {job_id}.", job_id)
        if outcome is Outcome.REVERSED and not self.jobs.is_taking_back(job_id):
            self._alert(job.device, "payment.reversed", f"The terminal reversed the payment of job {job_id} afterwards.", job_id)

    def _alert(self, device_id: str, code: str, text: str, job_id: str) -> None:
        def start() -> None:
            runtime = self.devices.runtimes.get(device_id)
            if runtime is not None:
                self.jobs.settlement.background(runtime.raise_alert(code, text, job_id))

        self._loop.call_soon_threadsafe(start)

    async def _prune(self) -> None:
        while True:
            now = self.clock.now()
            try:
                await self.store.journal.prune(
                    details_before=now - self._retention.details, all_before=now - self._retention.verdicts
                )
                await self._loop.run_in_executor(None, self.traces.prune, now - self._retention.details)
            except Exception:  # pruning is housekeeping: whatever is wrong with the disk shows where it matters
                log.exception("pruning failed")
            await self.clock.sleep(_PRUNE_SECONDS)


async def _nowhere(runtime: DeviceRuntime) -> bool:
    """Until discovery says otherwise."""
    return False


async def _forget(runtime: DeviceRuntime) -> None:
    """Until discovery says otherwise."""


__all__ = ["Bridge", "ConfigError", "Retention"]
