"""The job whose document was made and did not get on paper: `document.continue` prints it, and the job then says so."""

from __future__ import annotations

from bridge.model import Paper
from bridge.plugin import DeviceContext, JobContext

_KEY = "web.unprinted"


async def remember(context: JobContext) -> None:
    await context.device.store.set(_KEY, context.job_id)


async def printed(device: DeviceContext) -> None:
    """The rest was printed now."""
    job = await device.store.get(_KEY)
    if job is None:
        return
    try:
        await device.amend(str(job), paper=Paper.PRINTED)
    except ValueError:
        device.logger.info("job %s has no use for its paper any more", job)
    await device.store.delete(_KEY)
