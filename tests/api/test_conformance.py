"""The check that stands behind all tests can fail, and says what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge.server.openapi import PREFIX
from tests.api import conformance
from tests.api.conformance import problems_of
from tests.api.stage import stage
from tests.conftest import fail_if_any

JSON = {"Content-Type": "application/json; charset=utf-8"}
PROBLEM = {"Content-Type": "application/problem+json"}
PING = {"name": "tillbridge", "version": "0.1.0", "instance_id": "01J"}


def refused(code: str, status: int, **more: Any) -> bytes:
    problem = {"type": f"urn:tillbridge:error:{code}", "title": "t", "status": status, "code": code, "detail": "d"}
    return json.dumps({**problem, "remedy": "r", "retry": "safe", "errors": [], **more}).encode()


def judged(method: str, path: str, status: int, headers: dict[str, str], body: Any) -> str:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return "; ".join(problems_of(method, PREFIX + path, status, headers, raw))


def test_right_answers_pass() -> None:
    assert judged("GET", "/ping", 200, JSON, PING) == ""
    assert judged("GET", "/devices/x", 404, PROBLEM, refused("request.not_found", 404)) == ""
    assert judged("DELETE", "/devices/x/config", 204, {}, b"") == ""
    assert judged("GET", "/nothing", 404, PROBLEM, refused("request.not_found", 404)) == ""


@pytest.mark.parametrize(
    ("method", "path", "status", "headers", "body", "said"),
    [
        ("GET", "/ping", 200, JSON, {"name": "tillbridge"}, "required property"),
        ("GET", "/ping", 200, JSON, {**PING, "devices": 3}, "'devices' was unexpected"),
        ("GET", "/ping", 200, JSON, {**PING, "version": 1}, "version: 1 is not of type"),
        ("GET", "/ping", 200, {"Content-Type": "text/plain"}, PING, "it is text/plain"),
        ("GET", "/ping", 202, JSON, PING, "no such status is described"),
        ("GET", "/ping", 404, PROBLEM, refused("request.not_found", 404), "no such status is described"),
        ("GET", "/devices/x", 404, PROBLEM, refused("request.exists", 404), "code: "),
        ("GET", "/devices/x", 404, PROBLEM, refused("request.not_found", 404, colour="red"), "'colour' was unexpected"),
        ("GET", "/devices/x", 404, JSON, refused("request.not_found", 404), "described is application/problem+json"),
        ("GET", "/devices/x", 401, PROBLEM, refused("gate.unauthorised", 401), "WWW-Authenticate is missing"),
        ("DELETE", "/devices/x/config", 204, JSON, {}, "a body where none is described"),
        ("GET", "/nothing", 200, JSON, {}, "nothing is described at this address"),
        ("GET", "/nothing", 404, PROBLEM, {"code": "request.lost"}, "required property"),
    ],
)
def test_wrong_answers_are_found(method: str, path: str, status: int, headers: dict[str, str], body: Any, said: str) -> None:
    assert said in judged(method, path, status, headers, body)


@pytest.fixture
def forgotten() -> Iterator[None]:
    """What this test provokes shall not fail it."""
    yield
    conformance.violations.clear()


@pytest.mark.usefixtures("forgotten")
async def test_a_server_that_answers_otherwise_than_described_fails_the_test_that_saw_it(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as made:
        assert (await made.call("GET", "/devices")).status == 200
        fail_if_any(request.node)  # nothing to say yet
        monkeypatch.setattr(made.bridge.devices, "list", lambda: [{"id": "till-1", "colour": "red"}])
        assert (await made.call("GET", "/devices")).status == 200
    with pytest.raises(pytest.fail.Exception, match=r"GET /api/v1/devices 200: devices\.0: \"family\" is a required"):
        fail_if_any(request.node)
