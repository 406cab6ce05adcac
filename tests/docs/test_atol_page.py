"""Every example of docs/families/atol.md is carried out on the bench's register."""

import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from bridge_atol.settings import AtolSettings, Timeouts

from bridge.transport import run_virtual

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "families" / "atol.md").read_text("utf-8")
EXAMPLES: list[dict[str, Any]] = [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", PAGE, re.M | re.S)]

sys.path.insert(0, str(ROOT / "tests" / "atol" / "driver"))
atol_bench = importlib.import_module("atol_bench")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["op"])
def test_an_example_of_the_page_is_carried_out(example: dict[str, Any]) -> None:
    async def scenario() -> None:
        bench = atol_bench.Bench()
        outcome = await bench.run(atol_bench.other(**example))
        assert outcome.state == "done", outcome
        await bench.disconnect()

    run_virtual(scenario())


def test_the_page_names_every_setting() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| ", PAGE.split("## Settings")[1].split("##")[0], re.M)) == set(
        AtolSettings.model_fields
    )


def test_the_page_has_every_time_out_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `timeouts\.(\w+)` \| ([0-9.]+) \|", PAGE, re.M))
    assert {name: float(value) for name, value in rows.items()} == Timeouts().model_dump()
