"""The description: complete, valid, the same as the committed one, and what stands in it true of the server."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner
from openapi_spec_validator import OpenAPIV31SpecValidator

from bridge.cli.main import cli
from bridge.model import CLASSES, ERRORS
from bridge.server.answers import Ping
from bridge.server.call import Answer, Call
from bridge.server.describing import Authority, Description, Reply
from bridge.server.gate import OPEN
from bridge.server.openapi import PREFIX, Undescribed, document, refusals, served
from bridge.server.routes import ROUTES
from bridge.server.routing import Route
from bridge.server.schemas import closed, collect, references
from tests.api.renew import SNAPSHOT, written


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_route_is_described(route: Any) -> None:
    document((route,))  # raises, and says what to do


async def _call(call: Call) -> Answer:
    """Nothing."""
    return Answer()


def test_a_route_without_description_is_missed_by_name_and_the_remedy_said() -> None:
    with pytest.raises(Undescribed, match=r"GET /new \(new\) is not described: give its Route a Description .* renew"):
        document((Route("GET", "/new", _call, "new"),))
    with pytest.raises(Undescribed, match=r"\{unheard\} is not described"):
        document((Route("GET", "/new/{unheard}", _call, "new", Description("service", {200: Reply("x", Ping)})),))


def test_the_description_is_valid_openapi_3_1() -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(served()).iter_errors()] == []
    for name, schema in served()["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid(schema), name


def test_every_reference_leads_somewhere_and_every_component_is_referred_to() -> None:
    used = {reference.rpartition("/")[2] for reference in references(served())}
    components = served()["components"]
    assert used == {*components["schemas"], *components["responses"]}


def test_call_names_are_unique_and_tags_are_told() -> None:
    assert len({route.name for route in ROUTES}) == len(ROUTES)
    told = {tag["name"] for tag in served()["tags"]}
    assert {route.describes.tag for route in ROUTES if route.describes} == told


def test_what_the_gate_lets_pass_without_a_token_is_described_so_and_nothing_else() -> None:
    described = {
        (route.method, PREFIX + route.path)
        for route in ROUTES
        if route.describes is not None and route.describes.authority is not Authority.TOKEN
    }
    asked = {("GET", f"{PREFIX}/pairing/{{pairing}}")}  # by its form: a pairing's id is in no table
    assert (OPEN - {("GET", f"{PREFIX}/ws")}) | asked == described  # the WebSocket is no call of OpenAPI


def test_the_codes_of_refusals_are_rows_of_the_error_table_under_their_status() -> None:
    for route in ROUTES:
        assert route.describes is not None
        for status, codes in refusals(route, route.describes).items():
            assert {ERRORS[code].status for code in codes} == {status}
    problem = served()["components"]["schemas"]["Problem"]
    assert problem["properties"]["code"]["enum"] == sorted(ERRORS)


def test_every_operation_is_told_apart_by_op() -> None:
    schemas = served()["components"]["schemas"]
    mapping = schemas["Operation"]["discriminator"]["mapping"]
    assert set(mapping) <= set(CLASSES)
    for op, reference in mapping.items():
        schema = schemas[reference.rpartition("/")[2]]
        assert (schema["properties"]["op"]["const"], "op" in schema["required"]) == (op, True)
        assert schema["additionalProperties"] is False


def test_answers_may_grow_but_the_tests_hold_them_against_the_closed_form() -> None:
    job = served()["components"]["schemas"]["Job"]
    assert "additionalProperties" not in job
    assert closed(job)["additionalProperties"] is False
    assert set(job["required"]) == set(job["properties"])
    assert "class" in job["properties"]


def test_a_model_that_differs_in_requests_and_answers_is_two_components() -> None:
    from bridge.model import Line, Receipt

    asked, said, components = collect({"a": Receipt}, {"b": Line})
    assert asked["a"] == {"$ref": "#/components/schemas/Receipt"}
    assert said["b"] == {"$ref": "#/components/schemas/LineAnswer"}
    assert "quantity" in components["LineAnswer"]["required"]
    assert "quantity" not in components["Line"]["required"]
    assert {reference.rpartition("/")[2] for reference in references(components)} <= set(components)


def test_the_api_is_the_one_that_was_reviewed() -> None:
    assert SNAPSHOT.read_text("utf-8") == written(served()), (
        "The API differs from docs/openapi.json. If that is meant and docs/stability.md allows it, renew the file with "
        "`python -m tests.api.renew` and commit it with the change."
    )


def test_the_command_prints_what_the_server_serves() -> None:
    done = CliRunner().invoke(cli, ["openapi"])
    assert json.loads(done.stdout) == json.loads(json.dumps(served()))
