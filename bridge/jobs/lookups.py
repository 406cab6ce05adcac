"""Payments that are done and are asked about again: one question after the other, while the device has nothing else to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bridge.devices import DeviceRuntime
from bridge.jobs.context import HostedJobContext
from bridge.model import Job, Operation, Outcome, RequestError, private_values
from bridge.plugin import DeviceError
from bridge.transport import LinkError


@dataclass(frozen=True, slots=True)
class _Asked:
    job: Job
    operation: Operation
    answer: asyncio.Future[Outcome | None]


class Lookups:
    """Of one device. The runner says when: it is read-only traffic, which waits for all else."""

    def __init__(self, runtime: DeviceRuntime, context_of: Callable[[Job], HostedJobContext]) -> None:
        self._runtime = runtime
        self._context_of = context_of
        self._waiting: list[_Asked] = []

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def ask(self, job: Job, operation: Operation) -> asyncio.Future[Outcome | None]:
        """What `Driver.look_again` will say. Raises RequestError where the device cannot be asked."""
        asked = _Asked(job, operation, asyncio.get_running_loop().create_future())
        self._waiting.append(asked)
        return asked.answer

    def refuse(self, why: RequestError) -> None:
        """Nobody is answered any more who waits now."""
        waiting, self._waiting = self._waiting, []
        for asked in waiting:
            _refuse(asked, why)

    async def serve(self) -> None:
        """Ask about the first one. Raises what the driver raised, beside its own refusals."""
        asked = self._waiting.pop(0)
        if asked.answer.done():
            return
        job, result = asked.job, asked.job.result
        assert result is not None
        context = self._context_of(job)
        try:
            with self._runtime.on_behalf_of(job.id, "recover", private_values(job.operation)):
                outcome = await self._runtime.call(lambda driver: driver.look_again(context, asked.operation, result), "silence")
        except DeviceError as error:
            _refuse(asked, RequestError(error.error.code, error.error.message))
        except LinkError as error:
            _refuse(asked, RequestError("device.offline", f"{self._runtime.id}: {error}"))
            raise
        except BaseException as error:
            _refuse(asked, RequestError("plugin.error", f"{self._runtime.id}: its plugin raised {type(error).__name__}"))
            raise
        else:
            if not asked.answer.done():
                asked.answer.set_result(outcome)
        finally:
            context.give_up()


def _refuse(asked: _Asked, why: RequestError) -> None:
    if not asked.answer.done():
        asked.answer.set_exception(why)
        asked.answer.exception()  # whoever asked may have gone meanwhile
