"""The preview's paper, held against what the simulated printer prints for the same request. Both are written apart."""

from __future__ import annotations

from typing import Any

import pytest
from posnet_bench import FAMILY, Bench, operation, other, sale, simple_sale

from bridge.model import Operation, RequestError
from bridge.transport import run_virtual

# What only the printer knows stands outside these two; between them the paper must be the same, word for word.
_BEGINS = ("P A R A G O N", "N I E F I S K A L N Y")

SALES: dict[str, Operation] = {
    "two rates, a line discount, change": sale(),
    "a company buys by card": simple_sale(
        payments=[{"kind": "card", "amount": "9.99", "label": "VISA"}],
        customer={"ids": [{"type": "nip", "value": "1234563218"}]},
    ),
    "percent off the whole": operation(
        lines=[{"name": "Masło 82%", "quantity": "3", "unit": "szt", "price": "7.99", "vat": "5%", "description": "z Mazur"}],
        discount={"percent": "10", "text": "Stały klient"},
        payments=[{"kind": "voucher", "amount": "10.00"}, {"kind": "cash", "amount": "20.00"}],
    ),
    "surcharges": operation(
        lines=[{"name": "Kurs", "price": "100.00", "vat": "23%", "surcharge": {"percent": "2.5", "text": "nocny"}}],
        surcharge={"amount": "1.50"},
    ),
    "a long name": simple_sale().model_copy(
        update={"lines": (simple_sale().lines[0].model_copy(update={"name": "Bardzo długa nazwa towaru " * 3}),)}  # type: ignore[union-attr]
    ),
}


def _body(lines: list[str]) -> list[str]:
    """From the title to the sum and its payments, blanks squeezed: the foot and the header are the printer's own."""
    start = next(i for i, line in enumerate(lines) if line.strip().startswith(_BEGINS))
    words = [" ".join(line.split()) for line in lines[start:]]
    return [line for line in words if line and not set(line) <= {"-"}]


def _preview(wanted: Operation, capabilities: Any) -> list[str]:
    paper = FAMILY.paper(wanted, FAMILY.settings_from({}), capabilities)
    assert paper is not None
    assert all(len(line) <= paper.width for line in paper.lines)
    return _body(list(paper.lines))


@pytest.mark.parametrize("name", SALES)
def test_the_preview_of_a_sale_is_what_the_printer_prints(name: str) -> None:
    async def scenario() -> None:
        bench = Bench()
        wanted = SALES[name]
        driver = await bench.connect()
        capabilities = await driver.capabilities()
        assert (await bench.run(wanted)).state == "done"
        printed = _body(bench.printer.paper().splitlines())
        shown = [line for line in _preview(wanted, capabilities) if not line.startswith("Nr sys.") and line != "Anna"]
        assert printed[: len(shown)] == shown
        await bench.close()

    run_virtual(scenario())


def test_a_preview_shows_what_the_code_page_and_the_field_leave_of_a_text() -> None:
    lines = [{"name": "Herbata 日本 " + "x" * 80, "price": "5.00", "vat": "8%"}]
    with pytest.raises(RequestError):
        FAMILY.paper(operation(lines=lines), FAMILY.settings_from({}), None)
    paper = FAMILY.paper(operation(lines=lines, fit="lenient"), FAMILY.settings_from({"columns": 32}), None)
    assert paper is not None
    text = " ".join(" ".join(line.split()) for line in paper.lines)
    assert "Herbata ??" in text
    assert text.count("x") == 80 - len("Herbata ?? ")
    assert (paper.width, paper.code_page, "taxes" in paper.omitted) == (32, "cp1250", True)


def test_a_printout_keeps_its_ampersands_and_loses_its_marks() -> None:
    wanted = other("print", title="Zamówienie", lines=[{"text": "A & B", "bold": True}, {"text": "środek", "align": "centre"}])
    assert _preview(wanted, None) == ["N I E F I S K A L N Y", "Zamówienie", "A & B", "środek"]


def test_slips_of_cash_and_of_returns_show_their_sum_and_a_report_is_the_printers_own() -> None:
    assert _preview(other("cash.out", amount="100.00", currency="PLN"), None)[1:3] == ["WYPŁATA Z KASY", "Kwota PLN 100,00"]
    refund = operation(kind="refund", lines=[{"name": "Kubek", "price": "5.00", "vat": "23%"}])
    assert _preview(refund, None)[1:3] == ["ZWROT TOWARU", "Kwota PLN 5,00"]
    assert FAMILY.paper(other("shift.close"), FAMILY.settings_from({}), None) is None


@pytest.mark.parametrize(
    "wanted",
    [
        operation(lines=[{"kind": "deposit_return", "name": "Puszka", "price": "0.50"}]),
        operation(
            lines=[
                {"name": "Chleb", "price": "4.50", "vat": "5%"},
                {"kind": "advance_settlement", "name": "Z", "price": "1.00", "vat": "5%"},
            ]
        ),
        other("report.x"),
        other("copy"),
        other("display.show", lines=["Witamy"]),
    ],
    ids=lambda wanted: wanted.op,
)
def test_a_paper_that_is_not_drawn_here_is_the_printers_own(wanted: Operation) -> None:
    assert FAMILY.paper(wanted, FAMILY.settings_from({}), None) is None


def test_an_e_document_looks_like_the_receipt_that_it_is() -> None:
    hub = {"paper": False, "edocument": {"id": "48501234567"}}
    assert _preview(simple_sale(delivery=hub), None) == _preview(simple_sale(), None)
