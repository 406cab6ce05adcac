"""The examples that the description shows: of every call and every operation, made again and compared."""

from __future__ import annotations

from pathlib import Path

import jsonschema_rs

from bridge.server.examples import everything, examples
from bridge.server.openapi import served
from bridge.server.routes import ROUTES
from tests.api import scenes
from tests.api.desk import OPERATIONS
from tests.api.renew import EXAMPLES
from tests.api.stage import stage

# The description cannot hold itself, what is measured is another each time, and a zip is no text.
WITHOUT = {"openapi", "asyncapi", "metrics", "bundle.make"}


async def test_every_example_gives_the_answer_that_it_shows(tmp_path: Path) -> None:
    async with stage(tmp_path) as made:
        played = await scenes.play(made)
    shown = everything()
    assert [example.name for example in played] == [example.name for example in shown], f"renew {EXAMPLES}"
    for now, then in zip(played, shown, strict=True):
        assert now == then, f"{then.name}: answers otherwise now; if that is meant: python -m tests.api.renew"


def test_every_call_has_an_example_that_succeeds() -> None:
    for route in ROUTES:
        if route.name not in WITHOUT:
            assert any(example.status < 300 for example in examples(route.name)), (
                f"{route.name} has no example: add a scene to tests/api/scenes.py, then python -m tests.api.renew"
            )


def test_every_operation_has_an_example_that_is_done() -> None:
    done = {
        example.body["op"]
        for example in examples("devices.submit")
        if example.status == 200 and example.answer["state"] == "done"
    }
    assert done == OPERATIONS


def test_what_was_taken_fits_the_schema_of_its_request() -> None:
    document = served()
    checked = 0
    for route in ROUTES:
        operation = document["paths"][route.path][route.method.lower()]
        if "requestBody" not in operation:
            continue
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        validator = jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]}, validate_formats=True)
        for example in examples(route.name):
            if example.status < 300:
                validator.validate(example.body)
                checked += 1
    assert checked > 20


def test_examples_hold_nothing_of_the_computer_that_made_them() -> None:
    text = EXAMPLES.read_text("utf-8")
    assert "127.0.0.1" not in text
    assert "secret" not in text.replace('"password": "secret"', "").replace('"secrets"', "")
