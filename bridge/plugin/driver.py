"""The driver: a family's code for one open link to one device."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import StrEnum

from bridge.model import Capabilities, DeviceStatus, Identity, Operation, Outcome, Result
from bridge.plugin.contexts import DeviceContext, JobContext
from bridge.plugin.recovery import Checkpoint, Recovery


class AbortAnswer(StrEnum):
    """What an abort can promise. Never an outcome: that is the job's."""

    REQUESTED = "requested"
    TOO_LATE = "too_late"
    UNSUPPORTED = "unsupported"


class Driver(ABC):
    """Lives for one link. After a transport error it is thrown away, and nothing it had in memory is trusted.

    Any method may raise LinkError. The host never runs two of `execute`, `recover`, `status` and `maintain` at once;
    `abort` may come while `execute` runs, and so may `status` where the capabilities say `parallel`.
    """

    @abstractmethod
    async def identify(self) -> Identity:
        """Who is at the other end. Must not replace an answer that the device still holds for recovery."""

    @abstractmethod
    async def capabilities(self) -> Capabilities:
        """What this device can do, its tax table included. Read-only."""

    @abstractmethod
    async def status(self) -> DeviceStatus:
        """Live status. Read-only."""

    @abstractmethod
    async def execute(self, context: JobContext, operation: Operation) -> Result:
        """Carry out one operation, once.

        Read the baseline, check what was expected, write the intent (`context.checkpoint`), then send. Raises DeviceError
        where the device refuses and Aborted after an abort; any other exception after the intent puts the job in doubt.
        """

    @abstractmethod
    async def recover(self, context: JobContext, operation: Operation, checkpoints: Sequence[Checkpoint]) -> Recovery:
        """Find out from the device what became of a job in doubt. The first traffic after `identify`."""

    async def abort(self, context: JobContext) -> AbortAnswer:
        """Ask the device to give up what `execute` is doing. The flag `context.abort_requested` is already set."""
        return AbortAnswer.REQUESTED

    async def look_again(self, context: JobContext, operation: Operation, result: Result) -> Outcome | None:
        """How a payment that is done stands by now, as the device or its host has it; None where that cannot be told.

        Asked for when a till refreshes a payment, while nothing else runs. Read-only: it must not replace an answer that the
        device holds for recovery, and the context takes no checkpoint. An outcome `reversed` becomes an amendment of the job
        and an alert. Raises DeviceError where the device refuses to say.
        """
        return None

    async def maintain(self, context: DeviceContext) -> float | None:
        """Idle work: drain a queue, fetch late ids, ping. Returns the seconds until the next call; None for the default."""
        return None

    @abstractmethod
    async def close(self) -> None:
        """Free what the driver holds beside its link (readers, auxiliary links). Never raises."""
