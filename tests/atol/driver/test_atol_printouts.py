"""Codes, fed lines and cuts in a printout, in the bytes that were observed."""

from __future__ import annotations

from typing import Any

import pytest
from atol_bench import FAMILY, Bench, Script, other

from bridge.model import RequestError
from bridge.plugin import PaperCode, PaperCut
from bridge.transport import run_virtual


def printout(*lines: dict[str, Any], **more: Any) -> Any:
    return other("print", lines=list(lines), **more)


def run(wanted: Any, script: Script) -> tuple[Any, Script]:
    """One job on a fresh register."""

    async def scenario() -> tuple[Any, Script]:
        bench = Bench(script)
        outcome = await bench.run(wanted)
        await bench.disconnect()
        return outcome, bench.script

    return run_virtual(scenario())


def refused(wanted: Any) -> Any:
    with pytest.raises(RequestError) as caught:
        FAMILY.check(wanted, FAMILY.settings_from({}), None)
    return caught.value.errors[0]


def test_a_qr_code_is_the_one_that_the_vendors_driver_sends() -> None:
    outcome, script = run(printout({"qr": "12345", "size": 5}), Script(xC1="55 00 00"))
    assert outcome.state == "done"
    assert script.sent("C1") == ["C1 00 02 05 00 00 01 01" + " 00" * 7 + " 31 32 33 34 35" + " 00" * 95]


def test_lines_are_fed_and_the_paper_is_cut_where_it_is_asked_for() -> None:
    script = Script(xC1="55 00 00", x75="55 00 00")
    outcome, _ = run(printout({"text": "A"}, {"feed": 2}, {"cut": "partial"}, {"text": "B"}, {"cut": "full"}), script)
    assert outcome.state == "done"
    assert script.changing() == ["4C", *["4C"] * 2, *["4C"] * 4, "75", "4C", "73", "75"]
    assert script.sent("75") == ["75 00", "75 01"]


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"qr": "x" * 101}, "lines.0.qr"),
        ({"qr": "x", "size": 11}, "lines.0.size"),
        ({"qr": "x", "align": "left"}, "lines.0.align"),
        ({"qr": "x", "correction": "H"}, "lines.0.correction"),
        ({"barcode": "590123412345", "format": "ean13"}, "lines.0.barcode"),
    ],
)
def test_what_is_not_known_of_the_command_is_refused_with_a_way_out(item: dict[str, Any], field: str) -> None:
    found = refused(printout(item))
    assert (found.field, bool(found.remedy)) == (field, True)


def test_lenient_leaves_to_the_device_what_is_its_own() -> None:
    wanted = printout({"qr": "x", "align": "left", "correction": "H", "size": 16}, fit="lenient")
    checked = FAMILY.check(wanted, FAMILY.settings_from({}), None)
    assert [(warning.code, warning.field) for warning in checked.warnings] == [
        ("style_ignored", "lines.0.align"),
        ("style_ignored", "lines.0.correction"),
        ("size_changed", "lines.0.size"),
    ]


def test_the_preview_has_the_codes_between_the_lines() -> None:
    paper = FAMILY.paper(printout({"text": "a"}, {"qr": "x"}, {"cut": "full"}), FAMILY.settings_from({}), None)
    assert paper is not None
    assert paper.lines == ("a", PaperCode("QR", "x"), PaperCut())
