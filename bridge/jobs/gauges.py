"""What is so at the moment of asking, for Prometheus: queues, doubts, states of devices, the journal's size.

Counters, which remember, are in bridge/devices/measures.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from bridge.model import DeviceState

if TYPE_CHECKING:
    from bridge.jobs.bridge import Bridge


class Gauges(Collector):
    """Reads a Bridge in its own loop's thread; nothing here waits for anything."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def collect(self) -> Iterable[Metric]:
        yield from self._devices()
        yield from self._journal()

    def _devices(self) -> Iterable[Metric]:
        queue = GaugeMetricFamily("tillbridge_queue_depth", "Jobs that wait for their device.", labels=("device", "family"))
        unresolved = GaugeMetricFamily("tillbridge_unresolved_jobs", "Jobs in doubt now.", labels=("device", "family"))
        waiting = GaugeMetricFamily(
            "tillbridge_jobs_waiting_for_a_person", "Jobs with an attention now.", labels=("device", "family")
        )
        alerts = GaugeMetricFamily("tillbridge_device_alerts", "Alerts not acknowledged.", labels=("device", "family"))
        state = GaugeMetricFamily(
            "tillbridge_device_state", "1 for the state that the device is in.", labels=("device", "family", "state")
        )
        attentive: dict[str, int] = {}
        for job in self._bridge.jobs.active.values():
            if job.attention is not None:
                attentive[job.job.device] = attentive.get(job.job.device, 0) + 1
        for device_id, runtime in self._bridge.devices.runtimes.items():
            runner = self._bridge.jobs.runners.get(device_id)
            labels = (device_id, runtime.config.family)
            queue.add_metric(labels, len(runner.queue) if runner is not None else 0)
            unresolved.add_metric(labels, len(runner.doubt) if runner is not None else 0)
            waiting.add_metric(labels, attentive.get(device_id, 0))
            alerts.add_metric(labels, len(runtime.alerts))
            for known in DeviceState:
                state.add_metric((*labels, known.value), float(runtime.state is known))
        return (queue, unresolved, waiting, alerts, state)

    def _journal(self) -> Iterable[Metric]:
        size = GaugeMetricFamily("tillbridge_journal_bytes", "Size of the journal's files.", labels=("file",))
        for name, length in self._bridge.store.database.sizes().items():
            size.add_metric((name,), length)
        yield size
        writable = self._bridge.jobs.settlement.trouble is None
        yield GaugeMetricFamily("tillbridge_journal_writable", "0 while the disk refuses.", value=float(writable))
        yield CounterMetricFamily("tillbridge_journal_commits", "Flushes to the disk.", value=self._bridge.store.database.commits)


def exposition(registry: CollectorRegistry) -> str:
    """All metrics in Prometheus' text format 0.0.4."""
    return generate_latest(registry).decode("utf-8")
