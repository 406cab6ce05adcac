"""Every example of docs/families/zvt.md is carried out on a simulated terminal; its tables are those of the settings."""

import importlib
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bridge_sim_zvt.family import ZvtSimulator
from bridge_zvt.family import ZvtFamily
from bridge_zvt.settings import Timeouts, ZvtSettings

from bridge.transport import WireLog, run_virtual
from tests.toys.cables import TestCable, plug_in

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "families" / "zvt.md").read_text("utf-8")
EXAMPLES: list[dict[str, Any]] = [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", PAGE, re.M | re.S)]

sys.path.insert(0, str(ROOT / "tests" / "zvt" / "driver"))
zvt_bench = importlib.import_module("zvt_bench")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["op"])
def test_an_example_of_the_page_is_carried_out(example: dict[str, Any]) -> None:
    async def scenario() -> None:
        device = zvt_bench.Device()
        terminal = ZvtSimulator().create({}, clock=device.clock.now)
        link = await plug_in(terminal.connect, TestCable(), WireLog(lambda: datetime.now(UTC)))
        family = ZvtFamily()
        driver = await family.open(family.settings_from({"password": "123456", "framing": "stream"}), link, device)
        await driver.identify()
        first = await driver.execute(zvt_bench.Job(device, "FIRST"), zvt_bench.purchase("10.00"))
        assert first.payment is not None
        assert first.payment.receipt_number == "0001"
        result = await driver.execute(zvt_bench.Job(device), zvt_bench.operation(**example))
        assert result.success, result
        await driver.close()
        await link.close()

    run_virtual(scenario())


def test_the_page_names_every_setting() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| ", PAGE.split("## Settings")[1].split("##")[0], re.M)) == set(ZvtSettings.model_fields)


def test_the_page_has_every_time_out_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `timeouts\.(\w+)` \| ([0-9.]+) \|", PAGE, re.M))
    assert {name: float(value) for name, value in rows.items()} == Timeouts().model_dump()
