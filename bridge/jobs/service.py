"""What clients do with jobs: submit, wait, look, answer, abort, acknowledge, resolve."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ulid import ULID

from bridge.devices import DeviceManager, DeviceRuntime
from bridge.jobs import trial
from bridge.jobs.active import ActiveJob
from bridge.jobs.checking import Checker
from bridge.jobs.fingerprint import fingerprint
from bridge.jobs.originals import Completed, completed, undoes
from bridge.jobs.papers import Papers
from bridge.jobs.preview import preview
from bridge.jobs.refusals import checked_key, duplicate_reference, key_reused, payment_taken
from bridge.jobs.resumption import Resumption, take_up
from bridge.jobs.runner import DeviceRunner, Patience
from bridge.jobs.settlement import RECHECK, Settlement
from bridge.jobs.validation import CheckedOperation, parse_operation
from bridge.model import (
    Actor,
    DeviceStatus,
    Job,
    JobError,
    JobState,
    Operation,
    Preview,
    ReceiptCopy,
    RequestError,
    Transition,
    class_of,
    invalid,
    of_money,
    operation_adapter,
    reference_group,
)
from bridge.paper import Sheet
from bridge.plugin import NeedsOperator, PluginRegistry
from bridge.store import (
    AuditEntry,
    IllegalTransition,
    KeyTaken,
    NewJob,
    OriginalTaken,
    PaymentFilter,
    ReferenceTaken,
    StorageError,
    Store,
)
from bridge.transport import Clock

# A deadline further away than this is a mistake: the customer has left long before.
_LONGEST_DEADLINE = timedelta(hours=24)


class JobService:
    """All jobs of one bridge. `active` holds those that are not final."""

    def __init__(
        self,
        store: Store,
        devices: DeviceManager,
        registry: PluginRegistry,
        clock: Clock,
        patience: Patience,
        *,
        inline: bool = False,
    ) -> None:
        self._store = store
        self._journal = store.journal
        self._devices = devices
        self._clock = clock
        self._patience = patience
        self.active: dict[str, ActiveJob] = {}
        self.runners: dict[str, DeviceRunner] = {}
        self.settlement = Settlement(store.journal, clock, registry, self.active, devices.measures, devices.family_of)
        self.stopping = False
        self._checker = Checker(inline=inline)
        self._papers = Papers(devices, self._checker)
        self._resumption = Resumption(store.journal, self.settlement, self._checker, clock)
        devices.on_added = self._add_runner
        devices.on_removed = self._remove_runner
        devices.on_accepted = self._device_replaced
        devices.busy_with = lambda device_id: [job.id for job in self.active.values() if job.job.device == device_id]
        devices.queue_of = lambda device_id: (
            [job.id for job in self.runners[device_id].queue] if device_id in self.runners else []
        )
        devices.live_status = self._live_status

    # -- life --------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Take up what an earlier process left, then serve the devices."""
        for runtime in self._devices.runtimes.values():
            self.runners[runtime.id] = DeviceRunner(runtime, self.settlement, self._clock, self._patience)
        for job in self._journal.open_jobs():
            active = take_up(job)
            self.active[job.id] = active
            await self._resumption.resume(active, self.runners.get(job.device))
        for runner in self.runners.values():
            runner.start()

    async def stop(self, grace: float) -> None:
        self.stopping = True
        await asyncio.gather(*(runner.stop(grace) for runner in self.runners.values()))
        for job in self.active.values():
            job.finish()
        await self.settlement.drain()
        self._checker.close()

    def kill(self) -> None:
        self.stopping = True
        for runner in self.runners.values():
            runner.kill()
        for job in self.active.values():
            job.stop_expiry()

    # -- clients -----------------------------------------------------------------------------------------------------

    async def submit(self, actor: Actor, device_id: str, key: str | None, body: Any) -> Job:
        """Accept one operation, durably; or give back the job that this key already has.

        Raises RequestError; nothing is stored then and the key stays free.
        """
        key = checked_key(key)
        digest = fingerprint(device_id, body)
        known = self._journal.find_key(actor.principal, key)
        if known is not None:
            return await self._repeated(actor, known, digest)
        if self.stopping:
            raise RequestError("server.stopping", "the bridge is stopping; nothing was stored")
        runtime = self._devices.runtime(device_id)
        if runtime.journal_hold is not None:
            op = str(body.get("op")) if isinstance(body, Mapping) else ""
            raise RequestError("device.journal", f"{device_id}: {runtime.journal_hold}", op=op)
        named = completed(parse_operation(body), device_id, self._journal)
        checked = await self._checker.check(named.operation, runtime)
        now = self._clock.now()
        new = self._new_job(actor, runtime, key, digest, replace(named, operation=checked.operation), now)
        try:
            accepted = await asyncio.shield(self._accept(new, checked.operation, checked.warnings))
        except StorageError as error:
            self.settlement.storage_failed(error)
            raise RequestError("server.storage", f"{error}; nothing was stored") from error
        if isinstance(accepted, KeyTaken):
            return await self._repeated(actor, accepted, digest)
        if isinstance(accepted, ReferenceTaken):
            raise duplicate_reference(new, await self.get(accepted.job_id), actor)
        if isinstance(accepted, OriginalTaken):
            raise payment_taken(accepted, await self.get(accepted.job_id), actor)
        return self._with_present(accepted)

    async def try_out(self, actor: Actor, device_id: str, key: str | None) -> Job:
        """A test printout. `key`: of a request that may be repeated; without one it prints each time.

        Raises RequestError as `submit` does, also where the device prints nothing but documents.
        """
        runtime = self._devices.runtime(device_id)
        if key is not None and (made := await self._tried_out(actor, device_id, key)) is not None:
            return made
        trial.check(runtime)
        operator = {"operator": actor.operator} if actor.operator is not None else {}
        body = trial.printout(runtime, self._clock.now()) | operator
        try:
            return await self.submit(actor, device_id, key or f"test-{ULID()}", body)
        except RequestError as error:
            # Two of one key at once, and the clock went on between them.
            if key is None or error.code != "request.key_reused":
                raise
            made = await self._tried_out(actor, device_id, key)
            if made is None:
                raise
            return made

    async def _tried_out(self, actor: Actor, device_id: str, key: str) -> Job | None:
        """The test printout that has this key: its text has another time by now, which makes it no other request."""
        known = self._journal.find_key(actor.principal, checked_key(key))
        job = await self.get(known.job_id) if known is not None else None
        return job if job is not None and (job.device, job.op) == (device_id, "print") else None

    async def preview(self, device_id: str, body: Any) -> Preview:
        """What the operation would be, by the same checks that a job passes. Nothing is stored or sent.

        Raises RequestError as `submit` does.
        """
        runtime, checked = await self._checked(device_id, body)
        return await self._checker.run(runtime, lambda: preview(checked, runtime))

    async def _checked(self, device_id: str, body: Any) -> tuple[DeviceRuntime, CheckedOperation]:
        runtime = self._devices.runtime(device_id)
        named = completed(parse_operation(body), device_id, self._journal)
        self._admissible(runtime, named.operation, self._clock.now())
        return runtime, await self._checker.check(named.operation, runtime)

    async def preview_paper(self, device_id: str, body: Any) -> Sheet:
        """The same as a sheet of paper. Raises RequestError as `preview` does, `request.no_paper` where it prints nothing."""
        return await self._papers.of_preview(*await self._checked(device_id, body))

    async def paper(self, job_id: str, copy: ReceiptCopy | None = None) -> Sheet:
        """The paper of a job, as it stands now. Raises RequestError: there is no such job, or none of its paper."""
        return await self._papers.of_job(await self.get(job_id), copy)

    async def wait(self, job_id: str, seconds: float) -> Job:
        """The job as soon as it is done or failed, or as it is after `seconds`."""
        job = self.active.get(job_id)
        if job is not None and seconds > 0:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            job.waiters.add(waiter)
            try:
                async with asyncio.timeout(seconds):
                    await waiter
            except TimeoutError:
                pass
            finally:
                job.waiters.discard(waiter)
        return await self.get(job_id)

    async def get(self, job_id: str) -> Job:
        job = self.find(job_id)
        if job is None:
            raise RequestError("request.not_found", f"there is no job {job_id!r}")
        return job

    def find(self, job_id: str) -> Job | None:
        """The job as it stands, with what only memory knows of it."""
        job = self._journal.get(job_id)
        return self._with_present(job) if job is not None else None

    def open_of(self, principal: str, label: str) -> int:
        """How many jobs of this till are not final."""
        return sum(job.job.actor.principal == principal and job.job.actor.label == label for job in self.active.values())

    def is_taking_back(self, job_id: str) -> bool:
        """Whether a job that is not final takes the payment of this one back: then a reversal is no surprise."""
        return any(undoes(job.operation, self._journal) == job_id for job in list(self.active.values()))

    def has_key(self, principal: str, key: str) -> bool:
        """Whether a job of this principal has the key already."""
        return self._journal.find_key(principal, key) is not None

    async def trace(self, job_id: str) -> dict[str, Any]:
        """Checkpoints, prompts and acts of a job, for whoever finds out why it is as it is."""
        await self.get(job_id)
        return {"job": job_id, **self._journal.trace(job_id)}

    async def list(
        self,
        *,
        device: str | None = None,
        state: str | None = None,
        reference: str | None = None,
        collected: bool | None = None,
        after: str | None = None,
        limit: int = 50,
        devices: Collection[str] | None = None,
        owner: tuple[str, str] | None = None,
        payments: PaymentFilter | None = None,
    ) -> tuple[list[Job], str | None]:
        """Newest first; `after` is the last id of the page before. With the jobs comes the next page's `after`, or None.

        Where they are given: of `devices` only, of `owner` only, a principal and the label of its token, and `payments` only.
        """
        states = tuple(part.strip() for part in state.split(",")) if state else ()
        for part in states:
            if part not in {item.value for item in JobState}:
                raise invalid("state", f"{part!r} is no state", limit=", ".join(JobState))
        if not 1 <= limit <= 200:
            raise invalid("limit", "must be 1 to 200", limit="200")
        found = self._journal.find(
            device=device,
            states=states,
            reference=reference,
            collected=collected,
            before=after,
            limit=limit + 1,
            devices=devices,
            owner=owner,
            payments=payments,
        )
        page = [self._with_present(job) for job in found[:limit]]
        return page, page[-1].id if len(found) > limit else None

    def last_of(self, device_id: str, owner: tuple[str, str] | None) -> Job | None:
        """The newest final job of a device; `owner` as for `list`."""
        final = tuple(state.value for state in JobState if state.final)
        found = self._journal.find(device=device_id, states=final, limit=1, owner=owner)
        return found[0] if found else None

    async def ack(self, actor: Actor, job_id: str) -> Job:
        """The client has the outcome."""
        job = await self.get(job_id)
        if not job.state.final:
            raise RequestError("request.conflict", f"job {job_id} is {job.state}; only an outcome can be collected")
        await self._journal.collected(job_id)
        return await self.get(job_id)

    async def answer(self, actor: Actor, job_id: str, prompt_id: str, choice: str) -> Job:
        job = self.active.get(job_id)
        refusal = job.context.answer(prompt_id, choice) if job is not None and job.context is not None else "no question is open"
        if refusal is not None:
            await self.get(job_id)  # an unknown job is 404, not a conflict
            raise RequestError("request.conflict", f"job {job_id}: {refusal}")
        await self._store.audit(self._entry(actor, "job.answered", job_id, {"prompt": prompt_id, "choice": choice}))
        return await self.get(job_id)

    async def abort(self, actor: Actor, job_id: str) -> str:
        """requested, too_late or unsupported. What became of the job is the job's to say."""
        job = self.active.get(job_id)
        runner = self.runners.get(job.job.device) if job is not None else None
        if job is None or runner is None:
            await self.get(job_id)
            return "too_late"
        answer = await runner.abort(job)
        await self._store.audit(self._entry(actor, "job.aborted", job_id, {"answer": answer.value}))
        return answer.value

    async def resolve(self, actor: Actor, job_id: str, verdict: str, reason: str, document: str | None = None) -> Job:
        """Settle an unresolved job by hand: issued, not_issued, or recheck (ask the device once more).

        Not while the device is being asked about it: recovery may bring the document to its end in that very moment.
        """
        if verdict not in ("issued", "not_issued", "recheck"):
            raise invalid("verdict", f"{verdict!r} is no verdict", limit="issued, not_issued, recheck")
        job = self.active.get(job_id)
        if not reason.strip():
            money = job is not None and of_money(job.job.op)
            example = "the slip in my hand says approved" if money else "the receipt 1234 lies before me, printed"
            raise invalid("reason", "say why", remedy=f"e.g. {example}")
        if job is None or job.state is not JobState.UNRESOLVED:
            present = await self.get(job_id)
            raise RequestError(
                "request.conflict", f"job {job_id} is {present.state}; only an unresolved job can be settled by hand"
            )
        if verdict != "recheck" and job.context is not None:
            raise RequestError(
                "request.conflict",
                f"job {job_id}: its device is being asked about it just now; see what it says, then decide",
                extra={"job": job_id, "reason": "being_asked"},
            )
        entry = self._entry(actor, "job.resolved", job_id, {"verdict": verdict, "reason": reason, "document": document})
        runner = self.runners.get(job.job.device)
        if verdict == "recheck":
            await self._recheck(job, reason, entry)
        else:
            if runner is not None and job in runner.doubt:
                runner.doubt.remove(job)
            try:
                await self.settlement.settle_by_hand(job, verdict == "issued", document, entry)
            except IllegalTransition as error:  # recovery was faster, in this very moment
                raise RequestError("request.conflict", f"{error}: the device has told meanwhile") from None
        if runner is not None:
            runner.wake()
        return await self.get(job_id)

    async def ask_at_once(self, actor: Actor, job_id: str) -> None:
        """Let recovery ask about an unresolved job now, and not when its time has come. Nothing where it does just now."""
        job = self.active.get(job_id)
        if job is None or job.state is not JobState.UNRESOLVED:
            return
        if job.context is None:
            await self._recheck(job, "refreshed", self._entry(actor, "job.refreshed", job_id, {}))
        runner = self.runners.get(job.job.device)
        if runner is not None:
            runner.wake()

    async def _recheck(self, job: ActiveJob, reason: str, entry: AuditEntry) -> None:
        await self._journal.checkpoint(job.id, RECHECK, {"reason": reason}, self._clock.now())
        await self._store.audit(entry)
        job.needs_operator, job.retry_at, job.attention = False, None, None

    # -- accepting ---------------------------------------------------------------------------------------------------

    def _new_job(self, actor: Actor, runtime: DeviceRuntime, key: str, digest: str, named: Completed, now: datetime) -> NewJob:
        operation = named.operation
        deadline = self._admissible(runtime, operation, now)
        operator = operation.operator.model_dump(exclude_none=True) if operation.operator is not None else None
        return NewJob(
            id=str(ULID.from_datetime(now)),
            device=runtime.id,
            principal=actor.principal,
            key=key,
            fingerprint=digest,
            op=operation.op,
            class_=class_of(operation.op),
            reference=operation.reference,
            reference_group=reference_group(operation.op),
            part=operation.part,
            retry_of=operation.retry_of,
            created_at=now,
            deadline=deadline,
            operation=operation_adapter.dump_python(operation, mode="json", by_alias=True, exclude_defaults=True)
            | {"op": operation.op},
            actor=actor.model_copy(update={"operator": operator}),
            original=named.original,
            admits=named.admits,
        )

    def _admissible(self, runtime: DeviceRuntime, operation: Operation, now: datetime) -> datetime:
        """The deadline. Raises RequestError where it, or the job that this one repeats, does not fit."""
        deadline = operation.deadline
        if deadline is None:
            deadline = now + timedelta(seconds=runtime.config.deadlines.for_operation(operation.op))
        elif deadline <= now:
            raise invalid(
                "deadline", f"{deadline.isoformat()} has passed", limit=now.isoformat(), remedy="send a later one, or none"
            )
        elif deadline > now + _LONGEST_DEADLINE:
            raise invalid("deadline", "is more than 24 hours away", limit=(now + _LONGEST_DEADLINE).isoformat())
        if operation.retry_of is not None:
            first = self._journal.get(operation.retry_of)
            if first is None or first.device != runtime.id:
                raise invalid("retry_of", f"there is no job {operation.retry_of!r} of this device")
            if not first.state.final:
                raise RequestError(
                    "request.conflict", f"job {first.id} is {first.state}: it may still succeed", extra={"job": first.id}
                )
        return deadline

    async def _accept(
        self, new: NewJob, operation: Operation, warnings: tuple[Any, ...]
    ) -> KeyTaken | ReferenceTaken | OriginalTaken | Job:
        """The first commit, and the queue. Shielded by the caller: a client that hangs up must not leave a job in the
        journal that no runner knows."""
        answer = await self._journal.accept(new)
        if isinstance(answer, KeyTaken | ReferenceTaken | OriginalTaken):
            return answer
        job = Job(
            id=new.id,
            device=new.device,
            op=new.op,
            class_=new.class_,
            state=JobState.QUEUED,
            reference=new.reference,
            part=new.part,
            retry_of=new.retry_of,
            created_at=new.created_at,
            deadline=new.deadline,
            actor=new.actor,
            operation=dict(new.operation),
            history=(Transition(at=new.created_at, state=JobState.QUEUED),),
        )
        active = ActiveJob(job, operation, warnings)
        self.active[new.id] = active
        self.settlement.accepted(active)
        runner = self.runners.get(new.device)
        if runner is None:  # the device was removed in this very moment
            await self.settlement.failed(active, JobError.of("device.offline", "The device was removed."))
            return await self.get(new.id)
        runner.enqueue(active)
        return job

    async def _repeated(self, actor: Actor, known: KeyTaken, digest: str) -> Job:
        """The job that has the key. Keys are the principal's: whoever sends the very same request again, be it under another
        label since the page was paired anew, is told what became of it, or it would be sold twice. Who comes with another request
        is not told of another till's job."""
        job = await self.get(known.job_id)
        if known.fingerprint == digest:
            return job
        raise key_reused(job, actor)

    # -- hooks of the devices ----------------------------------------------------------------------------------------

    def _add_runner(self, runtime: DeviceRuntime) -> None:
        runner = DeviceRunner(runtime, self.settlement, self._clock, self._patience)
        # A device taken out of devices.toml by hand and added again: its doubt is still its own.
        runner.doubt = [job for job in self.active.values() if job.job.device == runtime.id and job.state is JobState.UNRESOLVED]
        self.runners[runtime.id] = runner
        runner.start()

    async def _remove_runner(self, device_id: str) -> None:
        runner = self.runners.pop(device_id, None)
        if runner is not None:
            await runner.stop(0)

    async def _device_replaced(self, device_id: str) -> None:
        """Another device was accepted here: it cannot tell what became of the old one's documents."""
        runner = self.runners.get(device_id)
        if runner is None:
            return
        for job in runner.doubt:
            if not job.needs_operator:
                if of_money(job.job.op):
                    text = (
                        "The terminal was replaced by another one before this was settled. "
                        "Look at the slips, at the old terminal's journal or at the bank's totals, and decide."
                    )
                else:
                    text = (
                        "The device was replaced by another one before this document was settled. Look at the paper and decide."
                    )
                job.needs_operator = True
                job.attention = await self.settlement.needs_operator(job, NeedsOperator({"replaced": True}, text))
        runner.wake()

    async def _live_status(self, device_id: str) -> DeviceStatus | None:
        runner = self.runners.get(device_id)
        return await runner.live_status() if runner is not None else None

    # -- small parts -------------------------------------------------------------------------------------------------

    def _with_present(self, job: Job) -> Job:
        """Add what only memory knows: why it waits, and its place in the queue."""
        active = self.active.get(job.id)
        if active is None:
            return job
        runner = self.runners.get(job.device)
        position = runner.queue.index(active) + 1 if runner is not None and active in runner.queue else None
        return job.model_copy(update={"attention": active.attention, "queue_position": position})

    def _entry(self, actor: Actor, action: str, subject: str, detail: Mapping[str, Any]) -> AuditEntry:
        return AuditEntry(self._clock.now(), actor, action, subject, detail)
