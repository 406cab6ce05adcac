"""Corrections, marked goods and the older commands on a scripted device."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from shtrih_bench import (
    FAMILY,
    FN,
    FOUND,
    HEALTHY,
    LAST_30,
    OPEN,
    OPEN_FULL,
    Bench,
    Script,
    issuing,
    sale,
    settings,
)

from bridge.model import RequestError
from bridge.transport import run_virtual

# --- corrections


CORRECTION = {
    "kind": "correction",
    "extras": {"ffd": {"taxation": "osn", "correction": {"type": "self", "date": "2026-11-19", "number": "7"}}},
}


def test_a_correction_before_ffd_1_1_is_one_sum() -> None:
    async def scenario() -> None:
        bench = Bench(Script(xFF35="FF 35 00", xFF4A="FF 4A 00 0C 00 1E 00 00 00 44 33 22 11"))
        bench.script.then["FF4A"] = {"FF01": LAST_30, "FF0A": FOUND.replace("FF 0A 00 03", "FF 0A 00 1F")}
        outcome = await bench.run(sale(**CORRECTION, payments=[]))
        assert outcome.state == "done", outcome
        assert bench.sent("FF35", "FF46", "FF0C") == [
            "FF 35 1E 00 00 00",
            "FF 0C 1E 00 00 00 9A 04 04 00 00 3C FE 6A",
            "FF 0C 1E 00 00 00 9B 04 01 00 37",
        ]
        assert bench.sent("FF4A")[0].startswith("FF 4A 1E 00 00 00 00 01 94 75 00 00 00 94 75 00 00 00")
        assert bench.sent("FF46") == []
        assert outcome.document.number == "30"
        await bench.disconnect()

    run_virtual(scenario())


def test_a_correction_of_ffd_1_2_has_lines_and_is_closed_like_a_receipt() -> None:
    async def scenario() -> None:
        script = issuing()
        script.say(xFF35="FF 35 00", xFF0E="FF 0E 00 B9 04 01 00 04")
        script.then["FF45"]["FF0A"] = FOUND.replace("FF 0A 00 03", "FF 0A 00 1F")
        bench = Bench(script)
        outcome = await bench.run(sale(**CORRECTION, payments=[]))
        assert outcome.state == "done", outcome
        codes = bench.script.codes()
        begin = codes.index("FF35")
        assert codes[begin : begin + 6] == ["FF35", "FF0C", "FF0C", "FF46", "FF4D", "FF45"]
        await bench.disconnect()

    run_virtual(scenario())


# --- marked goods


CODE = b"010460620310334821a3=EfODAB\x1d93UpGb"
MARKED = {"name": "Вода", "price": "301.00", "vat": "10%", "marking": {"code_b64": base64.b64encode(CODE).decode()}}
POSITIVE = "FF 61 00 03 00 01 02 00 0F"
NEGATIVE = "FF 61 00 01 00 01 02 00 01"


def marking(check: str) -> Script:
    script = issuing()
    script.say(xFF0E="FF 0E 00 B9 04 01 00 04", xFF61=check, xFF69="FF 69 00 0F", xFF67="FF 67 00 44 4D 01")
    return script


def test_a_marking_code_is_checked_before_the_receipt_and_bound_to_its_line_last() -> None:
    async def scenario() -> None:
        bench = Bench(marking(POSITIVE))
        outcome = await bench.run(sale(lines=[MARKED]))
        assert outcome.state == "done", outcome
        length = f"{len(CODE):02X}"
        assert bench.sent("FF61", "FF69", "FF67") == [
            f"FF 61 1E 00 00 00 01 00 {length} 00 {CODE.hex(' ').upper()}",
            "FF 69 1E 00 00 00 01",
            f"FF 67 1E 00 00 00 {length} {CODE.hex(' ').upper()}",
        ]
        codes = bench.script.codes()
        assert codes.index("FF61") < codes.index("8D") < codes.index("FF46") < codes.index("FF4D") < codes.index("FF67")
        await bench.disconnect()

    run_virtual(scenario())


def test_goods_whose_code_is_wrong_are_not_sold() -> None:
    async def scenario() -> None:
        bench = Bench(marking(NEGATIVE))
        outcome = await bench.run(sale(lines=[MARKED]))
        assert outcome.error is not None
        assert (outcome.error.code, outcome.error.field) == ("device.rejected", "lines.0.marking")
        assert bench.sent("FF69") == ["FF 69 1E 00 00 00 00", "FF 69 1E 00 00 00 02"]
        assert bench.sent("8D", "FF45") == []
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("block", "state", "codes"),
    [
        ("03 00 01 02 00 0F", "done", []),
        ("00 02 01 01 FF", "done", ["marking_not_checked"]),
        ("01 00 01 02 00 01", "failed", []),
    ],
)
def test_a_code_that_the_device_checks_only_when_it_is_bound_is_judged_all_the_same(
    block: str, state: str, codes: list[str]
) -> None:
    """It was checked beforehand, and the device has forgotten that: it checks by itself, and takes the code whatever comes of it."""

    async def scenario() -> None:
        script = marking(POSITIVE)
        script.say(xFF67=f"FF 67 00 44 4D 01 {block}")
        script.then["8D"] = {"10": OPEN, "11": OPEN_FULL}
        for end in ("88", "FF45"):
            script.then[end] = {**script.then.get(end, {}), "10": HEALTHY["10"], "11": HEALTHY["11"]}
        bench = Bench(script)
        line = {**MARKED, "extras": {"ffd": {"marking": {"result": 15}}}}
        outcome = await bench.run(sale(lines=[line]))
        assert (outcome.state, outcome.codes) == (state, codes), outcome
        assert bench.sent("FF61") == []
        assert len(bench.sent("FF45")) == (state == "done")
        await bench.disconnect()

    run_virtual(scenario())


def test_a_code_that_could_not_be_checked_is_sold_with_a_warning() -> None:
    async def scenario() -> None:
        bench = Bench(marking("FF 61 00 00 02 01 01 FF"))
        outcome = await bench.run(sale(lines=[MARKED]))
        assert (outcome.state, outcome.codes) == ("done", ["marking_not_checked"])
        await bench.disconnect()

    run_virtual(scenario())


def test_a_code_that_was_checked_beforehand_is_not_checked_again() -> None:
    async def scenario() -> None:
        bench = Bench(marking(POSITIVE))
        outcome = await bench.run(sale(lines=[{**MARKED, "extras": {"ffd": {"marking": {"result": 15}}}}]))
        assert outcome.state == "done", outcome
        assert bench.sent("FF61") == []
        await bench.disconnect()

    run_virtual(scenario())


# --- the older commands


def test_an_older_device_sells_by_the_older_commands() -> None:
    async def scenario() -> None:
        script = Script(x80="80 00 1E", x85="85 00 1E BC 4D 00 00 00")
        script.then["85"] = {"FF01": LAST_30, "FF0A": FOUND}
        bench = Bench(script, commands="classic")
        outcome = await bench.run(sale())
        assert outcome.state == "done", outcome
        name = "D7 E0 E9" + " 00" * 37
        assert bench.sent("8D", "80", "85") == [
            "8D 1E 00 00 00 00",
            f"80 1E 00 00 00 D0 07 00 00 00 CA 3A 00 00 00 01 02 00 00 00 {name}",
            "85 1E 00 00 00 50 C3 00 00 00" + " 00" * 15 + " 00 00" + " 00" * 4 + " 00" * 40,
        ]
        assert (outcome.document.number, outcome.document.fiscal_id) == ("30", f"{FN}:30:287454020")
        await bench.disconnect()

    run_virtual(scenario())


def test_a_device_without_fiscal_storage_is_driven_by_the_older_commands_and_counts_for_itself() -> None:
    async def scenario() -> None:
        script = Script(x80="80 00 1E", x85="85 00 1E BC 4D 00 00 00", xFF01="FF 01 37")
        script.then["85"] = {"11": HEALTHY["11"].replace("01 37 00 92", "01 38 00 92")}
        bench = Bench(script)
        outcome = await bench.run(sale(lines=[{"name": "Чай", "quantity": "2", "price": "150.50", "vat": "10%"}]))
        assert outcome.state == "done", outcome
        document = outcome.document
        assert (document.number, document.shift, document.fiscal, document.fiscal_id) == ("56", "7", False, None)
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (sale(**CORRECTION), "kind"),
        (sale(lines=[MARKED]), "lines.0.marking"),
        (sale(lines=[{"name": "Чай", "price": "1.00", "vat": "5%"}]), "lines.0.vat"),
        (sale(payments=[{"kind": "credit", "amount": "301.00"}]), "payments.0.kind"),
        (sale(lines=[{"name": "x" * 41, "price": "1.00", "vat": "10%"}]), "lines.0.name"),
    ],
)
def test_what_the_older_commands_lack_is_refused(wanted: Any, field: str) -> None:
    ffd = "1.2" if field == "lines.0.marking" else "auto"
    with pytest.raises(RequestError) as refused:
        FAMILY.check(wanted, settings(commands="classic", ffd=ffd), None)
    assert refused.value.errors[0].field == field
