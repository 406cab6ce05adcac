"""Making a call, however it came: what its token may not do is refused, what it may not see is not there for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bridge.jobs.originals import named_payments, unknown_payment
from bridge.model import RequestError, invalid
from bridge.server.access.access import Access
from bridge.server.access.scopes import ATTENDANT, CALLS, Right, of_operation
from bridge.server.call import Answer, Call, Handler
from bridge.server.peers import Peer
from bridge.server.principals import Principal
from bridge.server.rate import too_many
from bridge.server.routing import Route

# What tells of all devices at once, and cannot be narrowed to some.
_OF_ALL = frozenset(
    {
        "audit.list",
        "bundle.make",
        "metrics",
        "discovery.start",
        "discovery.check",
        "discovery.get",
        "attendant.get",
        "attendant.set",
        "attendant.remove",
        "attendant.unlock",
    }
)

# Of whom has jobs that are not final up to the limit: they end at their own pace.
_RETRY_AFTER = 2


async def perform(route: Route[Handler], call: Call) -> Answer:
    """The answer of the call. Raises RequestError, also where the token's scope leaves it out."""
    if call.principal is not None:
        call = await _permitted(route.name, call, call.principal)
    return await route.handler(call)


async def _permitted(name: str, call: Call, principal: Principal) -> Call:
    """The call with its aliases turned to devices. Raises RequestError: not this token, not this device, not so many."""
    scope = principal.scope
    allowed = name in ATTENDANT if principal.attends else scope.has_any(CALLS[name])
    if not allowed or (scope.devices is not None and name in _OF_ALL):
        raise RequestError("gate.scope_missing", f"This token may not call {name}.")
    call = _without_aliases(call, principal)
    await _visible(call, principal)
    if name == "devices.submit":
        _may_submit(call, principal)
        await _may_name(call, principal)
    elif name == "devices.preview":
        await _may_name(call, principal)
    elif name in ("jobs.answer", "jobs.abort") and not (scope.has(Right.ADMIN) or principal.attends):
        job = await call.bridge.jobs.get(call.parameters["job"])
        _need(principal, of_operation(job.operation or {"op": job.op}), job.op)
    return call


def _may_submit(call: Call, principal: Principal) -> None:
    op = call.body.get("op")
    _need(principal, of_operation(call.body), op if isinstance(op, str) else "this")
    most = call.access.settings.max_open_jobs
    if principal.administers or call.bridge.jobs.open_of(principal.name, principal.label) < most:
        return
    if call.key is None or not call.bridge.jobs.has_key(principal.name, call.key):  # asking again for one of them is no new one
        raise too_many(f"{principal.label} has {most} jobs that are not done yet.", _RETRY_AFTER)


async def _may_name(call: Call, principal: Principal) -> None:
    """What says which job it repeats, takes back or was paid by, and names another till's, is told what it is told of a job that
    never was."""
    if principal.administers:
        return
    named = [("retry_of", call.body["retry_of"])] if isinstance(call.body.get("retry_of"), str) else []
    for field, job_id in (*named, *named_payments(call.body)):
        job = call.bridge.jobs.find(job_id)
        if job is None or not principal.owns(job.device, job.actor.principal, job.actor.label):
            if field == "retry_of":
                raise invalid("retry_of", f"there is no job {job_id!r} of this device")
            raise unknown_payment(field, job_id)


def _need(principal: Principal, rights: frozenset[Right], op: str) -> None:
    missing = sorted(right for right in rights if not principal.scope.has(right))
    if missing:
        raise RequestError("gate.scope_missing", f"This token may not ask for {op}: it lacks {', '.join(missing)}.")


def _without_aliases(call: Call, principal: Principal) -> Call:
    """`@fiscal` and the like, wherever a device is named."""
    parameters, query = call.parameters, call.query
    if parameters.get("device", "").startswith("@"):
        parameters = {**parameters, "device": resolve(principal, parameters["device"], call.access, call.peer)}
    if query.get("device", "").startswith("@"):
        query = {**query, "device": resolve(principal, query["device"], call.access, call.peer)}
    return call if parameters is call.parameters and query is call.query else replace(call, parameters=parameters, query=query)


def resolve(principal: Principal, alias: str, access: Access, peer: Callable[[], Peer | None]) -> str:
    """The device that a token means by an alias. Raises RequestError: it is never guessed.

    Where the token has routes, the terminal server's client decides, and its name is read anew each time: whoever comes back
    from another PC must not print at the one before.
    """
    if any(alias in aliases for aliases in principal.routes.values()):
        client = access.users.client_name(peer)
        device = None if client is None else principal.routes.get(client, {}).get(alias)
        if device is None:
            said = "cannot be told" if client is None else f"is {client!r}, which has none"
            raise RequestError("gate.session_unknown", f"{alias} goes by the name of the session's client PC; that {said}.")
        return device
    device = principal.aliases.get(alias)
    if device is None:
        known = ", ".join(sorted(principal.aliases)) or "none"
        raise RequestError("request.not_found", f"this token has no alias {alias!r}; it has {known}")
    return device


async def _visible(call: Call, principal: Principal) -> None:
    """What the token may not see is answered as what does not exist is: its existence must not show."""
    scope = principal.scope
    device = call.parameters.get("device")
    if device is not None and scope.devices is not None:
        try:
            call.bridge.devices.get(device)
            known = scope.sees(device)
        except RequestError:
            known = False
        if not known:  # in words of our own: the manager's would list the other devices
            raise RequestError("request.not_found", f"there is no device {device!r}")
    job_id = call.parameters.get("job")
    if job_id is not None and (scope.devices is not None or not principal.administers):
        job = await call.bridge.jobs.get(job_id)
        if not principal.owns(job.device, job.actor.principal, job.actor.label):
            raise RequestError("request.not_found", f"there is no job {job_id!r}")
