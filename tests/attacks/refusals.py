"""What a refusal must look like, whatever was refused."""

from __future__ import annotations

from tests.attacks.raw import Reply
from tests.sockets import Refused


def refused(reply: Reply | None, status: int, code: str, *, readable_by: str | None = None) -> None:
    """A problem document with this code. `readable_by`: the paired page that may read it; None: no page may."""
    assert reply is not None
    assert (reply.status, reply.code) == (status, code), reply
    problem = reply.json
    assert problem["status"] == status
    assert problem["type"] == f"urn:tillbridge:error:{code}"
    assert problem["detail"]
    assert problem["remedy"]
    guarded(reply, readable_by=readable_by)
    if status == 401:
        assert reply.one("WWW-Authenticate") == 'Bearer realm="tillbridge"'
    if status == 429:
        assert int(reply.one("Retry-After") or 0) >= 1


def guarded(reply: Reply, *, readable_by: str | None = None) -> None:
    """The headers of every answer: kept by no cache, guessed by no browser, framed by no page."""
    assert reply.one("X-Content-Type-Options") == "nosniff"
    assert reply.one("Cache-Control") == "no-store"
    assert reply.one("X-Frame-Options") == "DENY"
    assert "frame-ancestors 'none'" in str(reply.one("Content-Security-Policy"))
    assert reply.one("Referrer-Policy") == "no-referrer"
    assert reply.one("Vary") == "Origin"
    assert reply.one("Server") == "tillbridge"
    assert reply.one("Strict-Transport-Security") is None
    assert reply.one("Set-Cookie") is None
    assert reply.one("Access-Control-Allow-Credentials") is None
    if readable_by is None:
        assert reply.cors == {}
        assert reply.one("Cross-Origin-Resource-Policy") == "same-origin"
    else:
        assert reply.cors["access-control-allow-origin"] == readable_by


def refused_call(refusal: Refused, code: str) -> None:
    """The same over the socket: the problem document stands in the error's data."""
    assert refusal.code == code, refusal.problem
    assert refusal.problem["detail"]
