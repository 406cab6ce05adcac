"""Printouts of a register: texts, QR codes, bar codes, fed lines and cuts, in their order, in bytes and on the simulated paper."""

from __future__ import annotations

from typing import Any

import pytest
from register_bench import RegisterBench
from shtrih_bench import FAMILY, Bench, Script, other

from bridge.model import Capabilities, Paper, RequestError
from bridge.plugin import PaperCode, PaperCut
from bridge.transport import run_virtual

LINK = "https://shop.example/b/17?k=" + "x" * 60


def printout(*lines: dict[str, Any], **more: Any) -> Any:
    return other("print", lines=list(lines), **more)


def check(wanted: Any, capabilities: Capabilities | None = None) -> tuple[str, ...]:
    return tuple(warning.code for warning in FAMILY.check(wanted, FAMILY.settings_from({}), capabilities).warnings)


def refused(wanted: Any, capabilities: Capabilities | None = None) -> Any:
    with pytest.raises(RequestError) as caught:
        check(wanted, capabilities)
    return caught.value.errors[0]


def test_everything_is_on_the_paper_in_its_order() -> None:
    async def scenario() -> None:
        bench = RegisterBench()
        outcome = await bench.run(
            printout(
                {"text": "Стол 5"},
                {"qr": LINK, "align": "left", "size": 4, "correction": "Q"},
                {"feed": 2},
                {"barcode": "590123412345", "format": "ean13"},
                {"cut": "partial"},
                {"barcode": "AB-1", "format": "code128"},
                {"text": "Конец"},
                {"cut": "full"},
            )
        )
        assert (outcome.state, outcome.result and outcome.result.paper) == ("done", Paper.PRINTED)
        paper = [line.strip() for line in bench.register.paper().splitlines()]
        at = [
            next(number for number, line in enumerate(paper) if line.startswith(start))
            for start in ("Стол 5", "[QR] https://shop.example", "[EAN-13] 5901234123457", "- - -", "[Code128] AB-1", "Конец")
        ]
        assert at == sorted(at)
        assert paper[at[2] - 2 : at[2]] == ["", ""]
        assert [line for line in paper if line][-1].startswith("- - -")
        await bench.close()

    run_virtual(scenario())


def test_the_bytes_are_those_of_the_reference_and_what_codes_say_goes_ahead() -> None:
    async def scenario() -> None:
        script = Script(x17="17 00 1E", DD="DD 00 1E", DE="DE 00 1E", x29="29 00 1E", C2="C2 00 1E", CB="CB 00 1E")
        bench = Bench(script)
        outcome = await bench.run(
            printout({"text": "A"}, {"qr": LINK}, {"qr": "B", "align": "right", "correction": "H", "size": 8}, {"feed": 3})
        )
        assert outcome.state == "done"
        assert [code for code in script.codes() if code in ("17", "DD", "DE", "29", "25")] == [
            *("DD", "DD", "DD"),
            *("17", "DE", "DE", "29", "29"),
        ]
        first, second, third = bench.sent("DD")
        assert first == "DD 1E 00 00 00 00 00 " + LINK[:64].encode().hex(" ").upper()
        assert second == "DD 1E 00 00 00 00 01 " + LINK[64:].encode().ljust(64, b"\0").hex(" ").upper()
        assert third == "DD 1E 00 00 00 00 02 42" + " 00" * 63
        assert bench.sent("DE") == [
            f"DE 1E 00 00 00 03 {len(LINK):02X} 00 00 00 00 05 00 01 01",
            "DE 1E 00 00 00 03 01 00 02 00 00 08 00 03 02",
        ]
        assert bench.sent("29") == ["29 1E 00 00 00 02 03", "29 1E 00 00 00 02 04"]
        await bench.disconnect()

    run_virtual(scenario())


def test_a_device_without_codes_refuses_before_it_has_printed_a_line() -> None:
    async def scenario() -> None:
        script = Script(x17="17 00 1E", DD="DD 37")
        bench = Bench(script)
        outcome = await bench.run(printout({"text": "A"}, {"qr": "B"}))
        assert outcome.error is not None
        assert (outcome.state, outcome.error.device_code) == ("failed", "37h")
        assert bench.sent("17", "DE", "29") == []
        await bench.disconnect()

    run_virtual(scenario())


def test_the_capabilities_tell_what_a_printout_may_have_and_how_wide_the_paper_is() -> None:
    async def scenario() -> None:
        bench = RegisterBench()
        capabilities = await (await bench.connect()).capabilities()
        assert {"text", "qr", "ean13", "code128", "feed", "cut.full", "cut.partial"} <= capabilities.print_items
        assert capabilities.limits["print.dots"] >= 384
        assert capabilities.limits["print.qr"] == 2953
        await bench.close()
        plain = Bench()
        told = await (await plain.connect()).capabilities()
        assert "cut.full" not in told.print_items
        assert "print.dots" not in told.limits
        await plain.disconnect()

    run_virtual(scenario())


NARROW = Capabilities(operations=frozenset(("print",)), print_items=frozenset(("text", "qr", "feed")), limits={"print.dots": 384})


def test_a_code_that_the_paper_has_no_room_for_is_refused_or_made_smaller() -> None:
    # 200 bytes at M are version 10, 57 modules: 8 dots are 456, 6 are 342.
    wide = {"qr": "x" * 200, "size": 8}
    found = refused(printout(wide), NARROW)
    assert (found.field, found.limit) == ("lines.0.size", "3 to 6")
    assert check(printout(wide, fit="lenient"), NARROW) == ("size_changed",)
    assert check(printout(wide)) == ()
    assert check(printout({"qr": "x" * 200}), NARROW) == ()
    # 1500 bytes are version 33 at M, 149 modules.
    assert refused(printout({"qr": "x" * 1500}, fit="lenient"), NARROW).field == "lines.0.qr"


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ([{"qr": "x", "size": 2}], "lines.0.size"),
        ([{"text": "a"}, {"barcode": "x" * 49, "format": "code128"}], "lines.1.barcode"),
        ([{"qr": "x" * 2300}] * 4, "lines.3.qr"),
    ],
)
def test_what_the_commands_cannot_carry_is_refused_by_name(items: list[dict[str, Any]], field: str) -> None:
    assert refused(printout(*items)).field == field


def test_a_device_without_a_cutter_cuts_nothing_and_says_so() -> None:
    found = refused(printout({"text": "a"}, {"cut": "full"}), NARROW)
    assert (found.field, bool(found.remedy)) == ("lines.1.cut", True)

    async def scenario() -> None:
        bench = Bench(Script(x17="17 00 1E", x29="29 00 1E"))
        outcome = await bench.run(printout({"text": "a"}, {"cut": "full"}, {"text": "b"}, fit="lenient"))
        assert (outcome.state, outcome.codes, bench.sent("25")) == ("done", ["cut_ignored"], [])
        await bench.disconnect()

    run_virtual(scenario())


def test_the_preview_has_the_codes_and_cuts_between_the_lines() -> None:
    wanted = printout({"text": "a"}, {"qr": "x"}, {"feed": 2}, {"cut": "full"}, {"barcode": "590123412345", "format": "ean13"})
    shown = FAMILY.paper(wanted, FAMILY.settings_from({}), None)
    assert shown is not None
    assert shown.lines == ("a", PaperCode("QR", "x"), "", "", PaperCut(), PaperCode("EAN-13", "5901234123457"))
