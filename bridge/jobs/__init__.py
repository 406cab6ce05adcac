"""Jobs: idempotency, queues, execution, recovery; and the bridge as a whole."""

from bridge.jobs.bridge import Bridge, Retention
from bridge.jobs.runner import Patience
from bridge.jobs.service import JobService

__all__ = ["Bridge", "JobService", "Patience", "Retention"]
