"""One device's jobs, one at a time: connect, recover what is in doubt, then execute; in between status and maintenance.

The rules of design section 4 that concern one device live here: doubt owns the device, recovery is the first traffic, one
attempt a job, effects at most once. What is written when is in `settlement.py`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bridge.devices import Deadlines, DeviceRuntime, scope
from bridge.jobs.active import ActiveJob
from bridge.jobs.cards import guarded_attention
from bridge.jobs.context import HostedJobContext
from bridge.jobs.lookups import Lookups
from bridge.jobs.settlement import Settlement
from bridge.jobs.watching import LET_GO_SECONDS, watch
from bridge.model import (
    Attention,
    DeviceState,
    DeviceStatus,
    Fate,
    Job,
    JobError,
    JobState,
    RequestError,
    Result,
    private_values,
    without_fate,
)
from bridge.plugin import AbortAnswer, Aborted, DeviceError, Issued, NeedsOperator, NotIssued, Pending
from bridge.store import StorageError
from bridge.transport import SECRETS, Clock, LinkError

T = TypeVar("T")
log = logging.getLogger("tillbridge.jobs")

# The first pauses between attempts to reach a device that does not answer: short (a cable put back, a printer switched
# on); then `timeouts.reconnect`, rare enough to cost nothing. A new job always causes an attempt at once.
RECONNECT_SECONDS = (0.5, 1.0, 2.0)

# As the metrics name what recovery found out.
_ANSWERS: dict[type[object], str] = {
    Issued: "issued",
    NotIssued: "not_issued",
    Pending: "pending",
    NeedsOperator: "needs_operator",
}


@dataclass(frozen=True, slots=True)
class Patience:
    """What tests shorten. `reconnect`: the first pauses between attempts to reach a device, in seconds."""

    reconnect: tuple[float, ...] = RECONNECT_SECONDS


class DeviceRunner:
    """The task that serves one device."""

    def __init__(self, runtime: DeviceRuntime, settlement: Settlement, clock: Clock, patience: Patience) -> None:
        self.runtime = runtime
        self.queue: list[ActiveJob] = []
        self.doubt: list[ActiveJob] = []
        self.current: ActiveJob | None = None
        self._settlement = settlement
        self._clock = clock
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._stopping = False
        self._failures = 0
        self._status_waiters: list[asyncio.Future[DeviceStatus | None]] = []
        self._maintain_at = 0.0
        self.lookups = Lookups(runtime, self._context_of_done)
        self._task: asyncio.Task[None] | None = None
        runtime.on_lost = self._wake.set

    # -- from outside ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"runner-{self.runtime.id}")

    async def stop(self, grace: float) -> None:
        """Let the job that runs end within `grace` seconds; then leave it to recovery."""
        self._stopping = True
        self._wake.set()
        self.lookups.refuse(RequestError("server.stopping", f"{self.runtime.id} is not asked any more"))
        if self._task is not None:
            done, _ = await asyncio.wait({self._task}, timeout=grace)
            if not done:
                self._task.cancel()
                await asyncio.wait({self._task}, timeout=LET_GO_SECONDS)
        await self.runtime.disconnect()

    def kill(self) -> None:
        """As if the process died: nothing is finished, nothing is written."""
        if self._task is not None:
            self._task.cancel()

    def enqueue(self, job: ActiveJob) -> None:
        self.queue.append(job)
        self._arm(job)
        self.wake()

    def wake(self) -> None:
        self._failures = min(self._failures, 1)
        self._wake.set()

    async def abort(self, job: ActiveJob) -> AbortAnswer:
        if job in self.queue:
            self.queue.remove(job)
            await self._settlement.failed(job, JobError.of("request.aborted"))
            return AbortAnswer.REQUESTED
        if job is not self.current or job.context is None:
            return AbortAnswer.TOO_LATE
        capabilities = self.runtime.capabilities
        if capabilities is None or capabilities.abort_via == "none":
            return AbortAnswer.UNSUPPORTED
        context = job.context
        if context.request_abort() is AbortAnswer.TOO_LATE:
            return AbortAnswer.TOO_LATE
        try:
            return await self.runtime.call(lambda driver: driver.abort(context), "status")
        except DeviceError:  # the device refuses to give it up: it goes on
            return AbortAnswer.TOO_LATE
        except LinkError:
            return AbortAnswer.REQUESTED  # it was asked for; what became of it is the job's to say
        except Exception:  # a plugin may raise anything; the flag is set, and `execute` may still see it
            log.exception("%s: aborting job %s raised", self.runtime.id, job.id)
            return AbortAnswer.REQUESTED

    async def live_status(self) -> DeviceStatus | None:
        """What the device says now; None where it cannot be asked."""
        if not self.runtime.connected or self.doubt or self._stopping:
            return None
        if self.current is not None:
            capabilities = self.runtime.capabilities
            if capabilities is None or capabilities.status_during_job == "cached":
                return None
            try:
                return await self.runtime.call(lambda driver: driver.status(), "status")
            except LinkError:
                return None
        waiter: asyncio.Future[DeviceStatus | None] = self._loop.create_future()
        self._status_waiters.append(waiter)
        self._wake.set()
        try:
            async with asyncio.timeout(self.runtime.config.timeouts.status):
                return await waiter
        except TimeoutError:
            return None

    # -- the loop ----------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        scope.enter(self.runtime.scope)
        while not self._stopping:
            self._wake.clear()
            try:
                await self._step()
            except StorageError as error:
                log.error("%s: %s", self.runtime.id, error)
                await self._rest(1.0)
            except asyncio.CancelledError:
                raise
            except Exception:  # a bug of ours must not leave the device without its runner
                log.exception("%s: the runner stumbled", self.runtime.id)
                await self._rest(1.0)

    async def _step(self) -> None:
        if self.runtime.family is None or self.runtime.endpoint is None:
            self._serve_status(None)
            self.lookups.refuse(RequestError("device.offline", f"{self.runtime.id} cannot work: {self.runtime.reason}"))
            await self._rest(None)
            return
        if self.runtime.lost is not None:
            await self.runtime.disconnect(self.runtime.lost)
            await self._pause()  # a peer that hangs up again and again must not be called without a pause
            return
        if not self.runtime.connected and not await self._connect():
            return
        due = self._due_recovery()
        if due is not None:
            await self._recover(due)
            return
        settled = all(job.needs_operator for job in self.doubt)
        if settled and not self.runtime.capabilities_fresh and await self._guarded(self.runtime.refresh_capabilities()) is None:
            return
        job = self._next_job()
        if job is not None:
            await self._execute(job)
            return
        if self._status_waiters:
            await self._ask_status()
            return
        if self.lookups:
            if self.doubt:  # recovery comes first, and what it compares with must not be read over
                first = self.doubt[0].job
                why = f"job {first.id} is not settled yet"
                self.lookups.refuse(RequestError("device.unresolved", why, extra={"job": first.id}, op=first.op))
            else:
                await self._guarded(self.lookups.serve())
            return
        if self._clock.monotonic() >= self._maintain_at and not self.doubt:
            await self._maintain()
            return
        await self._rest(self._seconds_until_due())

    async def _connect(self) -> bool:
        if await self.runtime.connect():
            self._maintain_at = self._clock.monotonic()
            for job in self.doubt:
                if job.attention is None or job.attention.code != "plugin.error":
                    job.retry_at = None
            for job in self.queue:
                self._attend(job, None)
            return True
        code = "device.wrong_device" if self.runtime.state is DeviceState.WRONG_DEVICE else "device.offline"
        for job in (*self.doubt, *self.queue):
            # A bug of the plugin is told until it is gone: it is not tried again only because the device was away for a moment.
            if not job.needs_operator and (job.attention is None or job.attention.code not in (code, "plugin.error")):
                self._attend(job, Attention(code=code, text=self.runtime.reason or "no answer", since=self._clock.now()))
        self._serve_status(None)
        self.lookups.refuse(RequestError(code, f"{self.runtime.id}: {self.runtime.reason or 'no answer'}"))
        if not await self.runtime.find_again():
            await self._pause()
        return False

    async def _pause(self) -> None:
        """After a failure of the link: longer each time, until something succeeds or a new job comes."""
        first, longest = self._patience.reconnect, self.runtime.config.timeouts.reconnect
        pause = min(first[self._failures], longest) if self._failures < len(first) else longest
        self._failures += 1
        await self._rest(pause)

    def _next_job(self) -> ActiveJob | None:
        for job in self.queue:
            if job.operation.op == "document.continue":
                return job
        if not self.doubt:
            return self.queue[0] if self.queue else None
        return next((job for job in self.queue if job.is_effect), None)

    def _due_recovery(self) -> ActiveJob | None:
        now = self._clock.monotonic()
        for job in self.doubt:
            if not job.needs_operator and (job.retry_at is None or job.retry_at <= now):
                return job
        return None

    # -- executing ---------------------------------------------------------------------------------------------------

    async def _execute(self, job: ActiveJob) -> None:
        if self._clock.now() >= job.job.deadline:
            await self.expire(job)
            return
        self.queue.remove(job)
        job.stop_expiry()
        self.current = job
        with self.runtime.on_behalf_of(job.id, "execute", private_values(job.job.operation)):
            context = self._context(job)
            try:
                await self._attempt(job, context)
            finally:
                self.current = None
                job.context = None
                context.give_up()

    async def _attempt(self, job: ActiveJob, context: HostedJobContext) -> None:
        try:
            result = await watch(
                self.runtime.call(lambda driver: driver.execute(context, job.operation)), context, self.runtime, self._clock
            )
        except DeviceError as error:
            said = self._clean(error.error)
            if said.fate is Fate.NOT_ISSUED:
                await self._settlement.failed(job, said)
            else:  # `failed` promises that nothing was issued: whatever else a driver says is for recovery to find out
                await self._lost(job, without_fate(said.message), context)
        except Aborted:
            await self._settlement.failed(job, JobError.of("request.aborted"))
        except LinkError as error:
            await self.runtime.disconnect(str(error))
            await self._lost(job, str(error), context)
        except StorageError:
            await self._lost(job, "the journal could not be written", context)
            raise
        except Exception as error:  # a plugin may raise anything; what that means for the document is decided here
            log.exception("%s: executing job %s raised", self.runtime.id, job.id)
            await self.runtime.disconnect(f"its plugin raised {type(error).__name__}")
            why = SECRETS.hide(f"{type(error).__name__}: {error}", self.runtime.scope.private)
            await self._lost(job, f"the plugin raised {why}", context, bug=True)
        else:
            self._failures = 0
            await self._settlement.done(job, _with_warnings(result, job, context))

    def _clean(self, error: JobError) -> JobError:
        """A driver's words without secrets: everybody who may see the job reads them."""
        private = self.runtime.scope.private
        texts = {"message": SECRETS.hide(error.message, private)}
        if error.device_text is not None:
            texts["device_text"] = SECRETS.hide(error.device_text, private)
        return error.model_copy(update=texts)

    async def _lost(self, job: ActiveJob, why: str, context: HostedJobContext, *, bug: bool = False) -> None:
        """The attempt ended without an answer. Whether the intent was written tells what that means."""
        self.runtime.note_doubt()
        state = await self._settlement.state_of(job)
        if state is JobState.QUEUED:  # no byte that changes the device was sent
            if bug:
                await self._settlement.failed(job, JobError.of("plugin.error", why))
                return
            self.queue.insert(0, job)
            self._arm(job)
            await self._pause()
            return
        if job.is_effect:
            unconfirmed = Result(confirmed=False)
            context.warn("unconfirmed", f"The device's answer was lost: {why}. It was sent at most once.")
            await self._settlement.done(job, _with_warnings(unconfirmed, job, context))
            return
        if state is JobState.RUNNING:
            await self._settlement.unresolved(job, why)
        if job not in self.doubt:
            self.doubt.append(job)

    # -- recovering --------------------------------------------------------------------------------------------------

    async def _recover(self, job: ActiveJob) -> None:
        with self.runtime.on_behalf_of(job.id, "recover", private_values(job.job.operation)):
            await self._ask_what_became_of(job)

    async def _ask_what_became_of(self, job: ActiveJob) -> None:
        checkpoints = self._settlement.checkpoints(job)
        context = self._context(job)
        try:
            answer = await watch(
                self.runtime.call(lambda driver: driver.recover(context, job.operation, checkpoints)),
                context,
                self.runtime,
                self._clock,
            )
        except LinkError as error:
            self._count_recovery("link_error")
            await self.runtime.disconnect(str(error))
            await self._pause()
            return
        except StorageError:
            raise
        except Exception as error:  # recovery must never end in a guess: keep the doubt, tell, try again later
            log.exception("%s: recovering job %s raised", self.runtime.id, job.id)
            self._count_recovery("plugin_error")
            # The same code will most likely raise again: not at once.
            job.retry_at = self._clock.monotonic() + self.runtime.config.timeouts.recover_again
            text = f"recovery failed in the plugin ({type(error).__name__}); it is tried again"
            self._attend(job, Attention(code="plugin.error", text=text, since=self._clock.now()))
            await self.runtime.disconnect(text)
            return
        finally:
            job.context = None
            context.give_up()
        if job not in self.doubt:  # settled by hand meanwhile
            return
        self._count_recovery(_ANSWERS[type(answer)])
        match answer:
            case Issued(result):
                self.doubt.remove(job)
                await self._settlement.done(job, _with_warnings(result, job, context), note="recovered")
            case NotIssued(proof, said):
                self.doubt.remove(job)
                await self._settlement.not_issued(job, proof, said)
            case Pending(retry_after, code, text):
                job.retry_at = self._clock.monotonic() + max(0.05, retry_after)
                if job.attention is None or (job.attention.code, job.attention.text) != (code, text):
                    self._attend(job, Attention(code=code, text=text, since=self._clock.now()))
            case NeedsOperator():
                self.runtime.note_doubt()
                job.needs_operator = True
                self._attend(job, await self._settlement.needs_operator(job, answer))

    def _count_recovery(self, answer: str) -> None:
        self.runtime.measures.recoveries.labels(self.runtime.config.family, answer).inc()

    # -- small parts -------------------------------------------------------------------------------------------------

    async def expire(self, job: ActiveJob) -> None:
        """The deadline of a job that has not begun."""
        if job not in self.queue:
            return
        self.queue.remove(job)
        if self.doubt and not job.is_effect:
            first = self.doubt[0].id
            error = JobError.of(
                "device.unresolved", f"{_deadline_of(job)} ran out: job {first} of this device is not settled yet.", job=first
            )
        else:
            reason = self.runtime.reason
            if reason:
                text = f"{_deadline_of(job)} ran out: {self.runtime.id} is {self.runtime.state}: {reason}"
            else:
                text = f"{_deadline_of(job)} ran out."
            error = JobError.of("request.expired", text, device_text=reason)
        await self._settlement.failed(job, error)

    def _arm(self, job: ActiveJob) -> None:
        """Let the job fail at its deadline, whatever this runner is doing then."""
        seconds = max(0.0, (job.job.deadline - self._clock.now()).total_seconds())
        job.expiry = self._loop.call_later(seconds, lambda: self._settlement.background(self.expire(job)))

    def _context(self, job: ActiveJob) -> HostedJobContext:
        def on_state(state: JobState) -> None:
            if not job.state.final and job.state is JobState.QUEUED:
                job.state = state

        job.context = self._new_context(job.job, lambda attention: self._attend(job, attention), on_state)
        return job.context

    def _context_of_done(self, job: Job) -> HostedJobContext:
        return self._new_context(job, lambda attention: None, lambda state: None)

    def _new_context(
        self, job: Job, on_attention: Callable[[Attention | None], None], on_state: Callable[[JobState], None]
    ) -> HostedJobContext:
        return HostedJobContext(
            job.id,
            device=self.runtime.context,
            journal=self._settlement.journal,
            host_loop=self._loop,
            created_at=job.created_at,
            deadline=job.deadline,
            on_attention=on_attention,
            on_state=on_state,
            trace=self.runtime.trace,
        )

    def _attend(self, job: ActiveJob, attention: Attention | None) -> None:
        if attention is not None:
            attention = guarded_attention(attention, job.job.op)
        if job.state.final or _same(job.attention, attention):
            return
        job.attention = attention
        self._settlement.prompted(job)

    async def _guarded(self, work: Awaitable[T]) -> T | None:
        """Read-only traffic: a failure costs the connection and nothing else."""
        try:
            result = await work
            self._failures = 0
            return result
        except LinkError as error:
            await self.runtime.disconnect(str(error))
            await self._pause()
        except StorageError:
            raise
        except Exception as error:  # a plugin may raise anything; reading changes no document
            log.exception("%s: its plugin raised", self.runtime.id)
            await self.runtime.disconnect(f"its plugin raised {type(error).__name__}: {error}")
            await self._pause()
        return None

    async def _maintain(self) -> None:
        context = self.runtime.context

        async def work() -> float:
            wanted = await self.runtime.call(lambda driver: driver.maintain(context), "silence")
            if wanted is None:
                await self.runtime.refresh_status()
            return self.runtime.config.timeouts.idle if wanted is None else max(0.1, wanted)

        pause = await self._guarded(work())
        self._maintain_at = self._clock.monotonic() + (pause if pause is not None else 0.0)

    async def _ask_status(self) -> None:
        """For those who wait for it now. Whoever comes while the device is being asked is told the next answer: this one may be older."""
        waiters, self._status_waiters = self._status_waiters, []
        status: DeviceStatus | None = None
        try:
            if not self.doubt:
                status = await self._guarded(self.runtime.refresh_status())
        finally:
            self._tell_status(waiters, status)

    def _serve_status(self, status: DeviceStatus | None) -> None:
        waiters, self._status_waiters = self._status_waiters, []
        self._tell_status(waiters, status)

    @staticmethod
    def _tell_status(waiters: Sequence[asyncio.Future[DeviceStatus | None]], status: DeviceStatus | None) -> None:
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(status)

    def _seconds_until_due(self) -> float | None:
        due = [job.retry_at for job in self.doubt if job.retry_at is not None and not job.needs_operator]
        if not self.doubt:
            due.append(self._maintain_at)
        return max(0.0, min(due) - self._clock.monotonic()) if due else None

    async def _rest(self, seconds: float | None) -> None:
        """Until woken, or for so many seconds."""
        if self._stopping:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return


def _deadline_of(job: ActiveJob) -> str:
    """The deadline by its name, as a user may set it, and how long it was."""
    seconds = (job.job.deadline - job.job.created_at).total_seconds()
    if job.operation.deadline is not None:
        return f"The deadline of the request ({seconds:g} s)"
    return f"deadlines.{Deadlines.name_for(job.operation.op)} ({seconds:g} s)"


def _same(one: Attention | None, other: Attention | None) -> bool:
    """Whether it says the same thing: a driver repeats itself while it waits, and `since` is when it said so first."""
    if one is None or other is None:
        return one is other
    return (one.code, one.text, one.prompt_id) == (other.code, other.text, other.prompt_id)


def _with_warnings(result: Result, job: ActiveJob, context: HostedJobContext) -> Result:
    """The driver's warnings, those of the check at acceptance, and those that the context collected: each once."""
    merged = dict.fromkeys((*job.warnings, *result.warnings, *context.warnings))
    return result.model_copy(update={"warnings": tuple(merged)})
