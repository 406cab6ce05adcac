"""Sheets of paper for jobs and previews. What is on them is said by `bridge.paper`."""

from __future__ import annotations

from bridge.devices import DeviceManager, DeviceRuntime
from bridge.jobs.checking import Checker
from bridge.jobs.drawing import drawing_of, drawing_of_job, operation_of
from bridge.jobs.validation import CheckedOperation
from bridge.model import Job, Operation, ReceiptCopy, RequestError
from bridge.paper import Drawing, NoPaper, Sheet, of_job, of_preview


class Papers:
    """Asks the plugins where their code belongs."""

    def __init__(self, devices: DeviceManager, checker: Checker) -> None:
        self._devices = devices
        self._checker = checker

    async def of_preview(self, runtime: DeviceRuntime, checked: CheckedOperation) -> Sheet:
        """Raises RequestError: `request.no_paper`, or `plugin.error` as a preview does."""
        drawing, _ = await self._checker.run(runtime, lambda: drawing_of(checked, runtime))
        try:
            return of_preview(checked.operation, drawing, runtime.id)
        except NoPaper as error:
            raise RequestError("request.no_paper", str(error)) from None

    async def of_job(self, job: Job, copy: ReceiptCopy | None = None) -> Sheet:
        """Raises RequestError `request.no_paper`."""
        operation = operation_of(job)
        try:
            return of_job(job, operation, await self._drawing(job, operation), copy)
        except NoPaper as error:
            raise RequestError("request.no_paper", str(error)) from None

    async def _drawing(self, job: Job, operation: Operation | None) -> Drawing:
        if operation is None:
            return Drawing()
        runtime = self._devices.runtimes.get(job.device)
        if runtime is None:
            return drawing_of_job(operation, None)
        try:
            return await self._checker.run(runtime, lambda: drawing_of_job(operation, runtime))
        except RequestError:  # its plugin hangs: that is no reason not to show what is past
            return drawing_of_job(operation, None)
