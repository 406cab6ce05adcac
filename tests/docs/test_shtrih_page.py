"""Every example of docs/families/shtrih-m.md is carried out on a simulated register."""

import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from bridge_shtrih_m.settings import ShtrihSettings, Timeouts

from bridge.transport import run_virtual

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "families" / "shtrih-m.md").read_text("utf-8")
EXAMPLES: list[dict[str, Any]] = [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", PAGE, re.M | re.S)]

sys.path.insert(0, str(ROOT / "tests" / "shtrih_m" / "driver"))
register_bench = importlib.import_module("register_bench")
shtrih_bench = importlib.import_module("shtrih_bench")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["op"])
def test_an_example_of_the_page_is_carried_out(example: dict[str, Any]) -> None:
    async def scenario() -> None:
        bench = register_bench.RegisterBench()
        assert (await bench.run(shtrih_bench.other("shift.open"))).state == "done"
        assert (await bench.run(shtrih_bench.other("cash.in", amount="50.00", currency="RUB"))).state == "done"
        outcome = await bench.run(shtrih_bench.other(**example))
        assert outcome.state == "done", outcome
        await bench.close()

    run_virtual(scenario())


def test_the_page_names_every_setting() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| ", PAGE.split("## Settings")[1].split("##")[0], re.M)) == set(
        ShtrihSettings.model_fields
    )


def test_the_page_has_every_time_out_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `timeouts\.(\w+)` \| ([0-9.]+) \|", PAGE, re.M))
    assert {name: float(value) for name, value in rows.items()} == Timeouts().model_dump()
