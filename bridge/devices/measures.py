"""What is counted while the bridge runs, for Prometheus: jobs, connections, recoveries, times. Gauges: bridge/jobs/gauges.py.

Labels are few and bounded: families, devices, operations, states and codes of our own tables; never a job, a reference or a text.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

# From a status over TCP (a millisecond) to a printer at 9600 baud that cuts its paper.
_ROUND_TRIP = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

# From a drawer to a report of a month, or a document that waited for paper.
_JOB = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 600.0)


class Measures:
    """The counters of one bridge, in a registry of their own. Safe to use from any thread."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.accepted = Counter("tillbridge_jobs_accepted", "Jobs accepted.", ("family", "op"), registry=self.registry)
        self.finished = Counter(
            "tillbridge_jobs_finished",
            "Jobs that ended, by state, success, error code and fate of the document.",
            ("family", "op", "state", "success", "code", "fate"),
            registry=self.registry,
        )
        self.job_seconds = Histogram(
            "tillbridge_job_seconds",
            "From acceptance to the final state.",
            ("family", "op"),
            buckets=_JOB,
            registry=self.registry,
        )
        self.doubts = Counter(
            "tillbridge_jobs_in_doubt", "Jobs that became unresolved.", ("family", "op"), registry=self.registry
        )
        self.recoveries = Counter(
            "tillbridge_recoveries",
            "What recovery found out: issued, not_issued, pending, needs_operator, link_error or plugin_error.",
            ("family", "answer"),
            registry=self.registry,
        )
        self.connections = Counter(
            "tillbridge_device_connections",
            "Attempts to connect to a device, by what came of them.",
            ("device", "family", "result"),
            registry=self.registry,
        )
        self.lost = Counter(
            "tillbridge_device_connections_lost", "Connections that broke.", ("device", "family"), registry=self.registry
        )
        self.round_trip = Histogram(
            "tillbridge_device_round_trip_seconds",
            "From a transfer to a device to the first byte of its answer.",
            ("device", "family"),
            buckets=_ROUND_TRIP,
            registry=self.registry,
        )
