"""Codes, fed lines and cuts in a printout: what the printer has, and what it refuses before a byte."""

from __future__ import annotations

from typing import Any

import pytest
from bridge_posnet.checking import planned
from posnet_bench import FAMILY, Bench, other

from bridge.model import RequestError
from bridge.plugin import PaperCode
from bridge.transport import run_virtual


def printout(*lines: dict[str, Any], **more: Any) -> Any:
    return other("print", lines=list(lines), **more)


def frames(wanted: Any, **settings: Any) -> list[str]:
    made = planned(wanted, FAMILY.settings_from(settings), None).frames
    return [f"{frame.mnemonic} " + " ".join(f"{p.name}={p.value.decode()}" for p in frame.parameters) for frame in made]


def refused(wanted: Any, **settings: Any) -> Any:
    with pytest.raises(RequestError) as caught:
        FAMILY.check(wanted, FAMILY.settings_from(settings), None)
    return caught.value.errors[0]


def warned(wanted: Any) -> list[tuple[str, str | None]]:
    return [(warning.code, warning.field) for warning in FAMILY.check(wanted, FAMILY.settings_from({}), None).warnings]


def test_a_code_is_prepared_and_printed_where_it_stands() -> None:
    made = frames(
        printout(
            {"qr": "https://x.example"},
            {"qr": "żuk", "size": 6, "correction": "H"},
            {"feed": 2},
            {"barcode": "590123412345", "format": "ean13"},
            {"cut": "full"},
        )
    )
    assert made == [
        "formstart fn=200",
        "qrcode tx=https://x.example",
        "formbarcode2d fn=200",
        "qrcode tx=C5BC756B px=6 el=3 hx=1",
        "formbarcode2d fn=200",
        "formcmd fn=200 cm=0",
        "formcmd fn=200 cm=0",
        "formbarcode fn=200 bc=5901234123457 bt=1",
        "formend fn=200",
    ]


def test_codes_are_on_the_printers_paper_in_their_order() -> None:
    async def scenario() -> None:
        bench = Bench()
        outcome = await bench.run(
            printout({"text": "Paczka"}, {"qr": "https://x.example"}, {"barcode": "590123412345", "format": "ean13"})
        )
        assert outcome.state == "done", outcome
        paper = bench.printer.paper()
        places = [paper.index(text) for text in ("Paczka", "https://x.example", "||| 5901234123457 |||")]
        assert places == sorted(places)
        await bench.close()

    run_virtual(scenario())


def test_a_code_that_the_printer_refuses_leaves_no_printout_open() -> None:
    async def scenario() -> None:
        bench = Bench()
        outcome = await bench.run(printout({"text": "a"}, {"qr": "x" * 1500, "size": 8}))
        assert outcome.error is not None
        assert (outcome.state, outcome.error.device_code, bench.printer.form) == ("failed", "3201", None)
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ([{"qr": "x" * 2001, "correction": "L"}], "lines.0.qr"),
        ([{"qr": "x", "align": "left"}], "lines.0.align"),
        ([{"text": "a"}, {"barcode": "A1", "format": "code128"}], "lines.1.barcode"),
        ([{"cut": "full"}, {"text": "a"}], "lines.0.cut"),
    ],
)
def test_what_the_printer_cannot_do_is_refused_with_a_way_out(items: list[dict[str, Any]], field: str) -> None:
    found = refused(printout(*items))
    assert (found.field, bool(found.remedy)) == (field, True)


def test_lenient_does_it_otherwise_and_says_so() -> None:
    wanted = printout(
        {"cut": "full"}, {"qr": "x", "align": "left"}, {"barcode": "A1", "format": "code128"}, {"cut": "full"}, fit="lenient"
    )
    assert warned(wanted) == [
        ("cut_ignored", "lines.0.cut"),
        ("alignment", "lines.1.align"),
        ("barcode_format", "lines.2.barcode"),
    ]
    assert frames(wanted)[-2] == "formbarcode fn=200 bc=A1"


def test_the_older_models_have_no_codes() -> None:
    assert refused(printout({"qr": "x"}), profile="legacy").field == "lines.0.qr"


def test_the_capabilities_tell_what_a_printout_may_have() -> None:
    async def scenario() -> None:
        bench = Bench()
        told = await (await bench.connect()).capabilities()
        assert told.print_items == {"text", "bold", "double", "feed", "ean13", "qr"}
        assert (told.limits["print.qr"], told.limits["print.qr.size"]) == (2000, 16)
        await bench.close()

    run_virtual(scenario())


def test_the_preview_has_the_codes_between_the_lines_and_none_of_a_receipt() -> None:
    wanted = printout({"text": "a"}, {"qr": "ż", "correction": "Q"}, {"barcode": "590123412345", "format": "ean13"})
    paper = FAMILY.paper(wanted, FAMILY.settings_from({}), None)
    assert paper is not None
    assert paper.lines[2:-1] == ("a", PaperCode("QR", "ż", correction="Q"), PaperCode("EAN-13", "5901234123457"))
