"""docs/timeouts.md against the code: every name, every default, every limit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bridge_posnet.settings import Timeouts as PosnetTimeouts
from pydantic import BaseModel

from bridge.devices import Deadlines, Timeouts
from bridge.devices.heartbeat import BLOCKED_SECONDS
from bridge.jobs.watching import LET_GO_SECONDS
from bridge.transport import usb

PAGE = (Path(__file__).parents[2] / "docs" / "timeouts.md").read_text("utf-8")
ROWS = {
    name: [cell.strip() for cell in rest.split("|")]
    for name, rest in re.findall(r"^\| `([a-z_.]+)` \|(.*)\|$", PAGE, re.MULTILINE)
}


def _limits(model: type[BaseModel], name: str) -> dict[str, float]:
    schema = model.model_json_schema()["properties"][name]
    return {key: float(schema[key]) for key in ("minimum", "maximum") if key in schema}


def test_the_page_has_exactly_the_time_outs_that_there_are() -> None:
    groups = {"timeouts": Timeouts, "deadlines": Deadlines, "settings.timeouts": PosnetTimeouts}
    assert set(ROWS) == {f"{group}.{name}" for group, model in groups.items() for name in model.model_fields}


@pytest.mark.parametrize(
    ("group", "model"), [("timeouts", Timeouts), ("deadlines", Deadlines), ("settings.timeouts", PosnetTimeouts)]
)
def test_the_page_has_the_defaults_and_a_reason_for_each(group: str, model: type[BaseModel]) -> None:
    for name, value in model().model_dump().items():
        row = ROWS[f"{group}.{name}"]
        assert float(row[0]) == value, name
        assert len(row[-1]) > 25, f"{name}: why?"


def test_the_page_has_the_limits() -> None:
    for name in Timeouts.model_fields:
        least, most = ROWS[f"timeouts.{name}"][1].split(" to ")
        assert _limits(Timeouts, name) == {"minimum": float(least), "maximum": float(most)}, name
    for name in Deadlines.model_fields:
        assert ROWS[f"deadlines.{name}"][1] == f"up to {_limits(Deadlines, name)['maximum']:g}", name


def test_the_page_has_what_guards_the_process() -> None:
    rows = dict(re.findall(r"^\| ([a-zA-Z ]+) \| ([0-9.]+)", PAGE, re.MULTILINE))
    assert float(rows["heartbeat"]) == BLOCKED_SECONDS
    assert float(rows["driver that was told to stop"]) == LET_GO_SECONDS
    assert float(rows["USB transfer"]) == usb.TRANSFER_MS / 1000
    assert f"{usb.CLOSE_SECONDS:g} (USB)" in PAGE
