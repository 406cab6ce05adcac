"""Copies: the last receipt by the register's own command, any document of the FN as data, and printed from its archive."""

from __future__ import annotations

from typing import Any

import pytest
from register_bench import RegisterBench
from shtrih_bench import FAMILY, FN, FOUND, LAST_30, Bench, Script, other, sale

from bridge.model import Capabilities, Paper, RegistrationState, RequestError
from bridge.transport import run_virtual
from tests.one_job import Outcome

LINES = [
    {"name": "Хлеб ржаной", "quantity": "2", "unit": "шт", "price": "45.00", "vat": "10%"},
    {"name": "Кофе", "quantity": "0.250", "unit": "кг", "price": "1600.00", "vat": "22%"},
]
SALE: dict[str, Any] = {
    "lines": LINES,
    "payments": [{"kind": "card", "amount": "170.00"}, {"kind": "cash", "amount": "500.00"}],
    "operator": {"name": "Анна"},
    "delivery": {"email": "buyer@example.ru"},
    "extras": {},
}
AS_DATA = {"delivery": {"paper": False}}


async def sold(**register: Any) -> tuple[RegisterBench, Outcome]:
    bench = RegisterBench(**register)
    assert (await bench.run(other("shift.open", operator={"name": "Анна"}))).state == "done"
    outcome = await bench.run(sale(**SALE))
    assert outcome.state == "done", outcome
    return bench, outcome


@pytest.mark.parametrize(
    "register",
    [
        {},
        {"ffd": "1.05"},
        {"tlv_read": "block", "tlv_end": "34", "tlv_blocks": True},
        {"ff0a_total": "4", "fn_type_numbers": "document"},
        {"link": "v2"},
    ],
    ids=str,
)
def test_a_receipt_is_read_back_as_it_was_issued(register: dict[str, Any]) -> None:
    async def scenario() -> None:
        bench, first = await sold(**register)
        before = bench.register.paper()
        copy = await bench.run(other("copy", document=first.document.number, **AS_DATA))
        assert copy.state == "done", copy
        assert copy.result is not None
        assert first.result is not None
        told, issued = copy.document, first.document
        for name in ("number", "shift", "fiscal", "fiscal_id", "issued_at", "total", "qr"):
            assert getattr(told, name) == getattr(issued, name), name
        assert (copy.result.paper, bench.register.paper()) == (Paper.SUPPRESSED, before)
        assert copy.job.checkpoints == []
        tags = copy.result.evidence["tags"]
        assert [item["item_name"] for item in tags["item"]] == ["Хлеб ржаной", "Кофе"]
        assert (tags["total"], tags["settlement"], tags["cashier"]) == ("490.00", "sale", "Анна")
        assert (copy.result.evidence["kind"], copy.result.evidence["fn"]) == ("receipt", bench.register.memory.fn.serial)
        lines = told.text.splitlines()
        assert [line.strip() for line in lines[:2]] == ["КАССОВЫЙ ЧЕК", "ПРИХОД"]
        assert any(line.startswith("ИТОГ") and line.endswith("=490.00") for line in lines)
        assert max(map(len, lines)) <= 40
        await bench.close()

    run_virtual(scenario())


def test_whether_the_operator_has_it_is_told_with_the_ticket() -> None:
    async def scenario() -> None:
        bench, first = await sold()
        copy = await bench.run(other("copy", document=first.document.number, **AS_DATA))
        assert copy.result is not None
        assert copy.result.registration.state is RegistrationState.REGISTERED
        assert copy.result.evidence["ofd_ticket"] is True
        assert copy.result.evidence["ticket"]["document_number"] == int(first.document.number)
        await bench.close()
        waiting, unsent = await sold(ofd="unreachable")
        copy = await waiting.run(other("copy", document=unsent.document.number, **AS_DATA))
        assert copy.result is not None
        assert copy.result.registration.state is RegistrationState.OFFLINE
        assert (copy.result.evidence["ofd_ticket"], "ticket" in copy.result.evidence) == (False, False)
        await waiting.close()

    run_virtual(scenario())


def test_what_is_a_buyers_own_is_hidden() -> None:
    async def scenario() -> None:
        bench, first = await sold()
        copy = await bench.run(other("copy", document=first.document.number, **AS_DATA))
        assert copy.result is not None
        assert copy.result.evidence["tags"]["buyer_contact"] == "***"
        assert "buyer@example.ru" not in copy.result.model_dump_json()
        await bench.close()

    run_virtual(scenario())


def test_without_a_number_it_is_the_last_one_of_its_kind() -> None:
    async def scenario() -> None:
        bench, first = await sold()
        assert (await bench.run(other("shift.close"))).state == "done"
        assert (await bench.run(other("copy", **AS_DATA))).document.number == first.document.number
        report = await bench.run(other("copy", kind="report", **AS_DATA))
        assert report.result is not None
        assert report.result.evidence["kind"] == "shift_close"
        assert (report.document.shift, report.document.total, report.document.qr) == ("1", None, None)
        assert report.document.text.splitlines()[0].strip() == "ОТЧЕТ О ЗАКРЫТИИ СМЕНЫ"
        await bench.close()

    run_virtual(scenario())


def test_the_last_receipt_is_printed_by_the_register_itself_and_an_older_one_from_the_archive() -> None:
    async def scenario() -> None:
        bench, first = await sold()
        before = len(bench.register.paper())
        copy = await bench.run(other("copy", document=first.document.number))
        assert copy.result is not None
        assert (copy.result.paper, copy.codes, len(bench.issued("copy"))) == (Paper.PRINTED, [], 1)
        assert "КОПИЯ ЧЕКА" in bench.register.paper()[before:]
        second = await bench.run(sale(**{**SALE, "lines": LINES[:1], "payments": []}))
        assert second.state == "done"
        before = len(bench.register.paper())
        older = await bench.run(other("copy", document=first.document.number))
        assert older.result is not None
        assert (older.result.paper, older.codes, len(bench.issued("copy"))) == (Paper.PRINTED, ["copy_of_archive"], 1)
        printed = bench.register.paper()[before:]
        assert all(text in printed for text in ("КОПИЯ", "Хлеб ржаной", "Кофе", "=490.00"))
        assert first.document.qr.split("&")[3] in printed.replace("\n", "")
        assert len(bench.issued("receipt")) == 2
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"document": "999"}, "document"),
        ({"document": "0"}, "document"),
        ({"document": "3", "issued_on": "2020-01-01"}, "document"),
        ({"document": "2", "kind": "receipt"}, "kind"),
    ],
)
def test_what_is_not_there_is_not_found_and_prints_nothing(wanted: dict[str, Any], field: str) -> None:
    async def scenario() -> None:
        bench, _ = await sold()
        before = bench.register.paper()
        for delivery in ({"paper": False}, {"paper": True}):
            copy = await bench.run(other("copy", **wanted, delivery=delivery))
            assert copy.error is not None
            assert (copy.error.code, copy.error.field, copy.job.checkpoints) == ("request.not_found", field, [])
        assert bench.register.paper() == before
        await bench.close()

    run_virtual(scenario())


def test_a_document_whose_tags_are_gone_is_told_by_its_head() -> None:
    async def scenario() -> None:
        script = Script(FF01=LAST_30, FF0A=FOUND, FF3A="FF 3A 08")
        bench = Bench(script)
        copy = await bench.run(other("copy", document="30", **AS_DATA))
        assert (copy.state, copy.document.number, str(copy.document.total), copy.document.text) == ("done", "30", "301.00", None)
        assert copy.document.qr == f"t=20261120T1530&s=301.00&fn={FN}&i=30&fp=287454020&n=1"
        script.say(FF01=LAST_30.replace("1E 00 00 00", "1F 00 00 00"))
        printed = await bench.run(other("copy", document="30"))
        assert printed.error is not None
        assert (printed.error.code, printed.job.checkpoints) == ("request.not_found", [])
        await bench.disconnect()

    run_virtual(scenario())


def test_the_document_is_read_to_its_end_in_the_bytes_of_the_reference() -> None:
    async def scenario() -> None:
        name = "06 04 08 00 " + "Эспрессо".encode("cp866").hex(" ")
        script = Script(
            FF01=LAST_30,
            FF0A=FOUND,
            FF3A="FF 3A 00 03 00 02 00",
            FF3B=["FF 3B 00 10 04 04 00 1E 00 00 00", f"FF 3B 00 {name}", "FF 3B 34"],
        )
        bench = Bench(script)
        copy = await bench.run(other("copy", document="30", **AS_DATA))
        assert copy.result is not None
        assert bench.sent("FF3A") == ["FF 3A 1E 00 00 00 1E 00 00 00"]
        assert len(bench.sent("FF3B")) == 3
        assert copy.result.evidence["tags"] == {"document_number": 30, "item_name": "Эспрессо"}
        await bench.disconnect()

    run_virtual(scenario())


WITHOUT_FN = Capabilities(operations=frozenset(("copy",)))


@pytest.mark.parametrize(
    ("wanted", "capabilities", "field"),
    [
        ({"kind": "invoice"}, None, "kind"),
        ({"document": "x"}, None, "document"),
        ({"document": "99999999999"}, None, "document"),
        ({"issued_on": "2026-11-20"}, None, "issued_on"),
        ({"delivery": {"email": "a@b.ru"}}, None, "delivery.email"),
        ({"document": "3"}, WITHOUT_FN, "document"),
        ({"delivery": {"paper": False}}, WITHOUT_FN, "delivery.paper"),
    ],
)
def test_what_cannot_be_had_is_refused_beforehand(wanted: dict[str, Any], capabilities: Capabilities | None, field: str) -> None:
    with pytest.raises(RequestError) as caught:
        FAMILY.check(other("copy", **wanted), FAMILY.settings_from({}), capabilities)
    assert caught.value.errors[0].field == field


def test_the_capabilities_tell_which_copies_there_are() -> None:
    async def scenario() -> None:
        bench = RegisterBench()
        assert (await (await bench.connect()).capabilities()).copies == {"last", "document", "data"}
        await bench.close()
        old = Bench(Script(FF01="FF 01 37"))
        assert (await (await old.connect()).capabilities()).copies == {"last"}
        await old.disconnect()

    run_virtual(scenario())
