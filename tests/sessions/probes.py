"""What a till tries that is not its own: jobs, devices, keys and references of another till of the same origin."""

from __future__ import annotations

from tests.sessions.hall import Reply
from tests.sessions.tills import FISCAL, Order, Till

_SOLD = {"op": "receipt", "currency": "PLN"}


async def look_around(till: Till, other: Till) -> None:
    """Everything that there is to see is its own."""
    report, mark = till.hall.report, till.mark
    listed = (await till.call("GET", "/devices")).body["devices"]
    ids = {device["id"] for device in listed}
    report.check(ids == set(till.printers), f"{mark} sees the devices {sorted(ids)}")
    jobs = (await till.call("GET", "/jobs?limit=200")).body["jobs"]
    known = {order.job for order in till.orders if order.job is not None}
    report.check(known <= {job["id"] for job in jobs}, f"{mark} misses jobs of its own in the list")
    labels = {job["actor"]["label"] for job in jobs}
    report.check(labels <= {mark}, f"{mark} sees jobs of {sorted(labels)}")
    session = (await till.call("GET", "/session")).body
    report.check(session["label"] == mark and set(session["devices"]) == set(till.printers), f"{mark} is told it is {session}")
    pinged = await till.call("GET", "/ping", token="")
    report.check(pinged.status == 200, f"{mark} cannot even ping: {pinged.body}")
    for path in ("/audit", "/metrics", "/tokens", "/pairing", "/families", "/discovery"):
        _is(till, path, await till.call("GET", path), 403, "gate.scope_missing")


async def try_jobs(till: Till, other: Till, theirs: Order) -> None:
    """A job of another till is as one that never was."""
    job = theirs.job
    for method, path, body in (
        ("GET", f"/jobs/{job}", None),
        ("GET", f"/jobs/{job}/receipt?format=svg", None),
        ("POST", f"/jobs/{job}/ack", {}),
        ("POST", f"/jobs/{job}/abort", {}),
        ("POST", f"/jobs/{job}/answer", {"prompt_id": "p1", "choice": "yes"}),
    ):
        _is(till, f"{method} {path} of {other}", await till.call(method, path, body), 404, "request.not_found")
    _is(till, "jobs.trace", await till.call("GET", f"/jobs/{job}/trace"), 403, "gate.scope_missing")
    found = (await till.call("GET", f"/jobs?reference={theirs.reference}")).body["jobs"]
    till.hall.report.check(found == [], f"{till} finds the order {theirs.reference} of {other}")
    if till.socket is not None:
        reply = await till.over_socket("jobs.get", job=job)
        _is(till, f"jobs.get of {other}", reply, 404, "request.not_found")


async def try_device(till: Till, printer: str) -> None:
    """A device of others is as one that never was, whatever is asked of it."""
    sale = {**_SOLD, "lines": [{"name": f"Obcy {till.mark}", "price": "1.00", "vat": "23%"}]}
    nothing = await till.call("GET", "/devices/no-such-device")
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/status", None),
        ("POST", "/preview", sale),
        ("POST", "/jobs", sale),
    ):
        reply = await till.call(method, f"/devices/{printer}{path}", body, key=f"{till.mark}-elsewhere" if body else None)
        _is(till, f"{method} {path or 'GET'} of {printer}", reply, 404, "request.not_found")
        same = reply.body["detail"].replace(printer, "?") == nothing.body["detail"].replace("no-such-device", "?")
        till.hall.report.check(same, f"{till} can tell {printer} from a device that is not there: {reply.body}")
    if till.socket is not None:
        reply = await till.over_socket("devices.submit", device=printer, idempotency_key=f"{till.mark}-elsewhere", **sale)
        _is(till, f"devices.submit of {printer}", reply, 404, "request.not_found")


async def try_key_and_reference(till: Till, other: Till, theirs: Order) -> None:
    """The key and the order number of another till on the printer that both have: nothing is sold, and no job is told."""
    path = f"/devices/{FISCAL}/jobs"
    reply = await till.call("POST", path, {**theirs.body, "reference": f"{till.mark}-x"}, key=theirs.key)
    _is(till, f"the key of {other}", reply, 422, "request.key_reused")
    reply = await till.call("POST", path, theirs.body, key=f"{till.mark}-borrowed")
    _is(till, f"the order number of {other}", reply, 409, "request.duplicate_reference")


def _is(till: Till, what: str, reply: Reply, status: int, code: str) -> None:
    right = (reply.status, reply.code) == (status, code)
    till.hall.report.check(right, f"{till}, {what}: {status} {code} was expected, not {reply.status} {str(reply.body)[:300]}")
