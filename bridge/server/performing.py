"""Making a call, however it came: what its principal may not see is not there for it."""

from __future__ import annotations

from bridge.model import RequestError
from bridge.server.call import Answer, Call, Handler
from bridge.server.routing import Route

# What tells of all devices at once, and cannot be narrowed to some.
_OF_ALL = frozenset({"audit.list", "metrics", "discovery.start", "discovery.get"})


async def perform(route: Route[Handler], call: Call) -> Answer:
    """The answer of the call. Raises RequestError, also where the token's scope leaves it out."""
    scope = call.scope
    if not scope.may(route.name) or (scope.devices is not None and route.name in _OF_ALL):
        raise RequestError("gate.scope", f"This token may not call {route.name}.")
    if scope.devices is not None:
        await _visible(call)
    return await route.handler(call)


async def _visible(call: Call) -> None:
    """What the token may not see is answered as what does not exist is: its existence must not show."""
    device = call.parameters.get("device")
    if device is not None:
        try:
            call.bridge.devices.get(device)
            known = call.scope.sees(device)
        except RequestError:
            known = False
        if not known:  # in words of our own: the manager's would list the other devices
            raise RequestError("request.not_found", f"there is no device {device!r}")
    job_id = call.parameters.get("job")
    if job_id is not None and not call.scope.sees((await call.bridge.jobs.get(job_id)).device):
        raise RequestError("request.not_found", f"there is no job {job_id!r}")
