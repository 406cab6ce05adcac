"""Every example of docs/families/posnet.md is carried out on a simulated printer."""

import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from bridge_posnet.extras import InvoiceExtras, LineExtras, ReceiptExtras
from bridge_posnet.settings import PosnetSettings

from bridge.model import operation_adapter
from bridge.transport import run_virtual

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "families" / "posnet.md").read_text("utf-8")
EXAMPLES: list[dict[str, Any]] = [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", PAGE, re.M | re.S)]

sys.path.insert(0, str(ROOT / "tests" / "posnet" / "driver"))
posnet_bench = importlib.import_module("posnet_bench")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["op"])
def test_an_example_of_the_page_is_carried_out(example: dict[str, Any]) -> None:
    async def scenario() -> None:
        bench = posnet_bench.Bench()
        assert (await bench.run(posnet_bench.simple_sale())).state == "done"
        capabilities = await bench.driver.capabilities()
        operation = operation_adapter.validate_python(example)
        posnet_bench.FAMILY.check(operation, bench.settings, capabilities)
        outcome = await bench.run(operation)
        assert outcome.state == "done", outcome
        await bench.close()

    run_virtual(scenario())


def test_the_page_names_every_setting() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| ", PAGE.split("## Settings")[1].split("##")[0], re.M)) == set(
        PosnetSettings.model_fields
    )


def test_the_examples_show_most_extras() -> None:
    shown = {key for example in EXAMPLES for key in example.get("extras", {}).get("posnet", {})}
    of_lines = {key for example in EXAMPLES for line in example.get("lines", ()) if isinstance(line, dict)
                for key in line.get("extras", {}).get("posnet", {})}  # fmt: skip
    assert of_lines == set(LineExtras.model_fields)
    assert set(ReceiptExtras.model_fields) <= shown
    assert {"mark_original"} == shown - set(ReceiptExtras.model_fields)
    assert {"representative", "execution"} == set(InvoiceExtras.model_fields) - shown
