"""The description of the WebSocket: complete, referring to nothing that is not there, and able to find a wrong message."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest
from click.testing import CliRunner

from bridge.cli.main import cli
from bridge.server.asyncapi import served
from bridge.server.routes import ROUTES
from bridge.server.schemas import references
from bridge.server.websocket.messages import NOTIFICATIONS, SESSION_METHODS, CloseCode
from tests.api import socket_conformance
from tests.api.conformance import violations
from tests.api.renew import SOCKET_SNAPSHOT, written


def test_every_method_notification_and_close_code_is_described() -> None:
    document = served()
    receive = {name for name, operation in document["operations"].items() if operation["action"] == "receive"}
    assert receive == {route.name for route in ROUTES if not route.http_only} | set(SESSION_METHODS)
    send = {name for name, operation in document["operations"].items() if operation["action"] == "send"}
    assert send == {f"on.{name}" for name in NOTIFICATIONS}
    assert all(f"- {code.value}: " in document["channels"]["socket"]["description"] for code in CloseCode)
    assert all(operation["summary"] for operation in document["operations"].values())


def test_every_reference_of_the_description_leads_somewhere() -> None:
    document = served()
    for reference in references(document):
        place = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
        assert place


def test_every_schema_of_the_description_is_valid_json_schema() -> None:
    for message in served()["components"]["messages"].values():
        assert jsonschema_rs.meta.is_valid(message["payload"]["schema"])


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        ({"method": "ping", "id": 1}, {"jsonrpc": "2.0", "id": 1, "result": {"name": "tillbridge"}}),
        ({"method": "devices.list", "id": 1}, {"jsonrpc": "2.0", "id": 1, "result": {"devices": [], "more": 1}}),
        ({"method": "jobs.sing", "id": 1}, {"jsonrpc": "2.0", "id": 1, "result": None}),
        ({"method": "ping", "id": 1}, {"jsonrpc": "2.0", "id": 1, "error": {"code": "422", "message": "no"}}),
        (
            {"jsonrpc": "2.0", "method": "jobs.get", "id": 1, "params": {}},
            {"jsonrpc": "2.0", "id": 1, "result": {}},
        ),
    ],
)
@pytest.mark.undescribed
def test_a_message_that_is_not_as_described_is_found_out(request_: dict[str, object], answer: dict[str, object]) -> None:
    before = len(violations)
    socket_conformance.answered(request_, answer)
    assert len(violations) > before


@pytest.mark.undescribed
def test_a_notification_that_is_not_as_described_is_found_out() -> None:
    before = len(violations)
    socket_conformance.told({"jsonrpc": "2.0", "method": "job.updated", "params": {"seq": "1"}})
    socket_conformance.told({"jsonrpc": "2.0", "method": "job.sung", "params": {}})
    assert len(violations) >= before + 2


def test_the_socket_is_the_one_that_was_reviewed() -> None:
    assert SOCKET_SNAPSHOT.read_text("utf-8") == written(served()), (
        "The WebSocket differs from docs/asyncapi.json. If that is meant and docs/stability.md allows it, renew the file with "
        "`python -m tests.api.renew` and commit it with the change."
    )


def test_the_command_prints_the_description_of_the_socket() -> None:
    done = CliRunner().invoke(cli, ["openapi", "--websocket"])
    assert json.loads(done.stdout) == json.loads(json.dumps(served()))
