"""What the plugin API tells the till of a request that the fields of a protocol cannot hold."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field

from bridge.model import Model, Raw, RequestError
from bridge.plugin import BadValue, from_request, read_raw


def refuse() -> bytes:
    raise BadValue("amount", "300 does not fit into 1 bytes")


def test_a_command_that_can_be_built_is_handed_on() -> None:
    assert from_request("total", lambda: b"\1") == b"\1"


@pytest.mark.parametrize(("given", "named"), [("payments", "payments"), ("lines.2", "lines.2.amount")])
def test_what_a_field_cannot_hold_is_told_by_the_field_of_the_request(given: str, named: str) -> None:
    with pytest.raises(RequestError) as refused:
        from_request(given, refuse)
    assert [(field.field, field.message) for field in refused.value.errors] == [(named, "300 does not fit into 1 bytes")]
    assert refused.value.code == "request.invalid"


def test_other_mistakes_are_not_the_requests() -> None:
    with pytest.raises(ZeroDivisionError):
        from_request("total", lambda: 1 // 0)


class Command(Model):
    code: Annotated[str, Field(pattern="^[0-9A-F]{2}$")]
    data: str = ""


def raw(**command: object) -> Raw:
    return Raw.model_validate({"op": "raw", "command": command})


def test_a_raw_command_is_read_as_the_family_has_it() -> None:
    assert read_raw(raw(code="8D", data="00"), Command, '{"code": "8D"}') == Command(code="8D", data="00")


@pytest.mark.parametrize(
    ("command", "field"), [({"code": "8"}, "command.code"), ({}, "command.code"), ({"code": "8D", "x": 1}, "command.x")]
)
def test_what_is_wrong_in_a_raw_command_is_named_with_an_example(command: dict[str, object], field: str) -> None:
    with pytest.raises(RequestError) as refused:
        read_raw(raw(**command), Command, '{"code": "8D"}')
    [wrong] = refused.value.errors
    assert (wrong.field, wrong.remedy) == (field, 'e.g. {"code": "8D"}')
