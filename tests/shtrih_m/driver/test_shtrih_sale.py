"""Receipts on a scripted device: what is sent, byte for byte, and what is refused before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest
from shtrih_bench import (
    CLOSED,
    FAMILY,
    FN,
    FOUND,
    Bench,
    issuing,
    operation,
    other,
    sale,
    settings,
)

from bridge.model import Paper, RegistrationState, RequestError
from bridge.transport import run_virtual


@pytest.mark.parametrize("layer", [1, 2])
def test_a_sale_is_the_dialogue_of_the_reference(layer: int) -> None:
    async def scenario() -> None:
        bench = Bench(issuing(), layer=layer)
        outcome = await bench.run(sale())
        assert outcome.state == "done", outcome
        assert bench.sent("8D", "FF46", "FF4D", "FF0C", "FF45") == [
            "8D 1E 00 00 00 00",
            "FF 46 1E 00 00 00 01 80 84 1E 00 00 00 CA 3A 00 00 00 94 75 00 00 00 FF FF FF FF FF 02 01 04 01 D7 E0 E9",
            "FF 4D 1E 00 00 00 AD 04 02 00 E8 E2",  # 1197: the unit
            "FF 45 1E 00 00 00 50 C3 00 00 00" + " 00" * 75 + " 00" + " 00" * 30 + " 01",
        ]
        document = outcome.document
        assert (document.number, document.shift, str(document.total)) == ("30", "7", "301.00")
        assert document.fiscal_id == f"{FN}:30:287454020"
        assert document.issued_at.isoformat() == "2026-11-20T15:30:00+03:00"
        assert document.qr == f"t=20261120T1530&s=301.00&fn={FN}&i=30&fp=287454020&n=1"
        assert outcome.result is not None
        assert outcome.result.registration.state is RegistrationState.OFFLINE
        assert outcome.result.paper is Paper.PRINTED
        assert outcome.result.evidence["FF45"].upper() == CLOSED.replace(" ", "")
        assert [checkpoint.name for checkpoint in outcome.job.checkpoints] == ["intent"]
        assert outcome.job.committed
        await bench.disconnect()

    run_virtual(scenario())


def test_the_filler_bytes_of_a_device_on_tcp_disturb_nothing() -> None:
    async def scenario() -> None:
        bench = Bench(issuing(), filler=True)
        assert (await bench.run(sale())).state == "done"
        await bench.disconnect()

    run_virtual(scenario())


def test_tags_of_the_receipt_go_between_its_lines_and_its_end() -> None:
    async def scenario() -> None:
        bench = Bench(issuing())
        outcome = await bench.run(
            sale(delivery={"email": "a@b.ru"}, operator={"name": "Иванова А.", "tax_id": "500100732259"}, reference="Z/7")
        )
        assert outcome.state == "done", outcome
        assert bench.sent("FF0C") == [
            "FF 0C 1E 00 00 00 FD 03 0A 00 88 A2 A0 AD AE A2 A0 20 80 2E",
            "FF 0C 1E 00 00 00 B3 04 0C 00 35 30 30 31 30 30 37 33 32 32 35 39",
            "FF 0C 1E 00 00 00 F0 03 06 00 61 40 62 2E 72 75",
        ]
        codes = bench.script.codes()
        begin = codes.index("8D")
        assert codes[begin : begin + 7] == ["8D", "FF0C", "FF0C", "FF46", "FF4D", "FF0C", "FF45"]
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("kind", "opens", "operation_byte"),
    [("sale", "00", "01"), ("refund", "02", "02"), ("purchase", "01", "03"), ("purchase_refund", "03", "04")],
)
def test_each_kind_of_receipt_opens_and_sells_in_its_own_numbers(kind: str, opens: str, operation_byte: str) -> None:
    async def scenario() -> None:
        bench = Bench(issuing())
        bench.script.then["FF45"]["FF0A"] = FOUND.replace("44 33 22 11 01", f"44 33 22 11 {operation_byte}")
        outcome = await bench.run(sale(kind=kind))
        assert outcome.state == "done", outcome
        assert bench.sent("8D") == [f"8D 1E 00 00 00 {opens}"]
        assert bench.sent("FF46")[0].startswith(f"FF 46 1E 00 00 00 {operation_byte}")
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("vat", "byte"), [("10%", "02"), ("0%", "04"), ("22%", "CB"), ("5%", "81"), ("7%", "82"), ("22/122", "CC"), ("10/110", "20")]
)
def test_a_rate_goes_by_its_code(vat: str, byte: str) -> None:
    async def scenario() -> None:
        bench = Bench(issuing())
        await bench.run(sale(lines=[{"name": "Чай", "quantity": "2", "price": "150.50", "vat": vat}]))
        assert bench.sent("FF46")[0].split(" ")[33 - 5] == byte
        await bench.disconnect()

    run_virtual(scenario())


def test_payments_go_to_the_sums_that_the_format_has() -> None:
    async def scenario() -> None:
        bench = Bench(issuing())
        kinds = ("cash", "card", "transfer", "prepaid", "credit", "exchange")
        payments = [{"kind": kind, "amount": "10.00"} for kind in kinds]
        await bench.run(sale(lines=[{"name": "Чай", "price": "60.00", "vat": "10%"}], payments=payments))
        body = bytes.fromhex(bench.sent("FF45")[0])[6:]
        sums = [int.from_bytes(body[at : at + 5], "little") for at in range(0, 80, 5)]
        assert {index + 1: amount for index, amount in enumerate(sums) if amount} == dict.fromkeys((1, 2, 3, 14, 15, 16), 1000)
        await bench.disconnect()

    run_virtual(scenario())


def test_kopecks_that_are_rounded_off_go_along() -> None:
    async def scenario() -> None:
        bench = Bench(issuing())
        bench.script.then["FF45"]["FF0A"] = FOUND.replace("94 75", "30 75")
        outcome = await bench.run(
            sale(lines=[{"name": "Чай", "quantity": "2", "price": "150.25", "vat": "10%"}], rounding="-0.50")
        )
        assert bytes.fromhex(bench.sent("FF45")[0])[86] == 50
        assert outcome.state == "done", outcome
        await bench.disconnect()

    run_virtual(scenario())


def test_a_device_that_computes_no_taxes_is_told_them() -> None:
    async def scenario() -> None:
        script = issuing()
        parameters = "F7 00" + " 00" * 8 + " 0C 0C 01 0C 10 0E 0E" + " 00" * 8 + " 00 0E 00 00 28"
        script.say(xF7=parameters, x1F="1F 00 01")
        bench = Bench(script)
        assert (await bench.run(sale())).state == "done"
        assert bench.sent("1F")[-1] == "1F 1E 00 00 00 01 01 00 0E"
        body = bytes.fromhex(bench.sent("FF45")[0])[87:117]
        assert [int.from_bytes(body[at : at + 5], "little") for at in range(0, 30, 5)] == [0, 2736, 0, 0, 0, 0]
        await bench.disconnect()

    run_virtual(scenario())


def test_a_name_that_the_device_would_keep_off_the_paper_is_changed_only_where_the_till_allows_it() -> None:
    checked = FAMILY.check(sale(lines=[{"name": "//Чай", "price": "1.00", "vat": "10%"}], fit="lenient"), settings(), None)
    assert [warning.code for warning in checked.warnings] == ["text_replaced"]


def test_a_receipt_of_a_device_without_operator_waits_for_no_confirmation() -> None:
    async def scenario() -> None:
        script = issuing()
        registered = "FF 09 00 1A 0A 01 09 00 " + "30 " * 12 + "30 " * 20 + "01 02 01 00 00 00 44 33 22 11"
        script.say(xFF09=registered)
        bench = Bench(script)
        outcome = await bench.run(sale())
        assert outcome.result is not None
        assert outcome.result.registration.state is RegistrationState.NONE
        assert await bench.device.store.items("ofd.") == {}
        await bench.disconnect()

    run_virtual(scenario())


def test_a_receipt_without_paper_tells_the_device_so_and_only_for_this_document() -> None:
    async def scenario() -> None:
        bench = Bench(issuing())
        bench.script.say(x2E="2E 00 " + "00 " * 40 + "00 01 00 02", x1E="1E 00")
        outcome = await bench.run(sale(delivery={"paper": False, "sms": "+79161234567"}))
        assert outcome.state == "done", outcome
        assert bench.sent("1E") == ["1E 1E 00 00 00 11 01 00 07 01"]
        assert outcome.result is not None
        assert outcome.result.paper is Paper.SUPPRESSED
        await bench.disconnect()

    run_virtual(scenario())


def test_a_device_whose_receipts_are_all_electronic_needs_the_customers_contact() -> None:
    with pytest.raises(RequestError) as refused:
        FAMILY.check(sale(), settings(paper=False), None)
    assert refused.value.errors[0].field == "delivery"


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (sale(currency="EUR"), "currency"),
        (sale(delivery={"paper": False}), "delivery"),
        (sale(lines=[{"name": "x" * 129, "price": "1.00", "vat": "10%"}]), "lines.0.name"),
        (sale(lines=[{"name": "Чай ☕", "price": "1.00", "vat": "10%"}]), "lines.0.name"),
        (sale(lines=[{"name": "Чай", "price": "1.00", "vat": "13%"}]), "lines.0.vat"),
        (sale(lines=[{"name": "Чай", "price": "1.00"}]), "lines.0.vat"),
        (sale(lines=[{"name": "//Чай", "price": "1.00", "vat": "10%"}]), "lines.0.name"),
        (sale(payments=[{"kind": "card", "amount": "500.00"}]), "payments"),
        (sale(rounding="0.50", payments=[]), "rounding"),
        (sale(lines=[{"name": "Чай", "price": "200000000.00", "vat": "10%"}], payments=[]), "lines.0.price"),
        (sale(extras={"ffd": {"agent": {"signs": ["attorney"]}}}), None),
        (sale(kind="correction"), "extras.ffd.correction"),
        (operation(lines=[{"kind": "deposit", "name": "Бутылка", "price": "1.00", "vat": "10%"}]), "lines.0.kind"),
        (other("report.x", reset=True), "reset"),
        (other("report.x", shift="Anna"), "shift"),
        (other("copy", document="twelve"), "document"),
        (other("copy", kind="invoice"), "kind"),
        (other("print", lines=[{"text": "x" * 41}]), "lines.0.text"),
        (other("print", lines=[{"text": "x" * 21, "double": True}]), "lines.0.text"),
        (other("cash.in", amount="1.00", currency="EUR"), "currency"),
        (other("raw", command={"code": "FF45"}), "command.code"),
        (other("raw", command={"code": "FF"}), "command.code"),
        (other("raw", command={"parameters": "00"}), "command.code"),
        (other("marking.check", marking={"code_b64": "AAAA"}, unit="кг"), "quantity"),
        (other("display.show", lines=["x"]), "op"),
        (other("report.period", first_number=1, last_number=2), "op"),
    ],
)
def test_what_a_device_cannot_do_is_refused_before_anything_is_stored(wanted: Any, field: str | None) -> None:
    if field is None:
        FAMILY.check(wanted, settings(), None)
        return
    with pytest.raises(RequestError) as refused:
        FAMILY.check(wanted, settings(), None)
    assert refused.value.errors[0].field == field
