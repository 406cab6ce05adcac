"""docs/printouts.md: its example is one, its figures are those of the codes, and its table says what the families have."""

import json
import re
from pathlib import Path

import pytest
from bridge_atol import printout as atol
from bridge_posnet import printout as posnet
from bridge_shtrih_m import printout as shtrih_m

from bridge.model import Print, operation_adapter
from bridge.model.codes import Correction, qr_capacity, qr_modules
from bridge.model.printing import capability_of

PAGE = (Path(__file__).parents[2] / "docs" / "printouts.md").read_text("utf-8")
HAVE: dict[str, frozenset[str]] = {
    "Shtrih-M": shtrih_m.ITEMS | shtrih_m.CUTS,
    "ATOL": atol.ITEMS,
    "Posnet": posnet.ITEMS,
    "Posnet, older models": posnet.ITEMS_OF_OLD_MODELS,
}


def test_the_example_is_a_printout_of_every_kind_of_item() -> None:
    (block,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.M | re.S)
    operation = operation_adapter.validate_python(json.loads(block))
    assert isinstance(operation, Print)
    assert {capability_of(item) for item in operation.lines} == {"text", "qr", "ean13", "feed", "cut.partial"}


@pytest.mark.parametrize("correction", ["L", "M", "Q", "H"])
def test_the_figures_are_those_of_the_codes(correction: Correction) -> None:
    columns = [int(version) for version in re.findall(r"modules \(version (\d+)\)", PAGE)]
    assert [f"{qr_modules(version)} modules (version {version})" in PAGE for version in columns] == [True] * 4
    row = re.search(rf"^\| `{correction}` \| \d+ % \| (.*) \|$", PAGE, re.M)
    assert row is not None
    told = [int(figure.replace(",", "")) for figure in row[1].split(" | ")]
    assert told == [qr_capacity(version, correction) for version in columns]


@pytest.mark.parametrize("family", HAVE)
def test_the_table_says_what_a_family_has(family: str) -> None:
    row = re.search(rf"^\| {re.escape(family)} \| (.*) \|$", PAGE, re.M)
    assert row is not None
    text, qr, ean13, code128, feed, cut = (cell.strip() for cell in row[1].split(" | "))
    have = HAVE[family]
    assert set(re.findall(r"`(\w+)`", text)) == have & {"bold", "double"}
    told = {"text": text, "qr": qr, "ean13": ean13, "code128": code128, "feed": feed}
    assert {name for name, cell in told.items() if cell.startswith("yes")} == have - {"bold", "double", "cut.full", "cut.partial"}
    assert (cut in ("yes", "with a cutter")) == ("cut.full" in have) == ("cut.partial" in have)
