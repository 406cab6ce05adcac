"""The preview's paper over the Thermal protocol, held against what the simulated printer prints for the same request."""

from __future__ import annotations

from typing import Any

import pytest
from posnet_bench import FAMILY, Bench, operation, other, sale, simple_sale

from bridge.model import Operation, RequestError
from bridge.plugin import PaperText
from bridge.transport import run_virtual

SETTINGS = FAMILY.settings_from({"protocol": "thermal"})

# What only the printer knows stands outside these two; between them the paper must be the same, word for word.
_BEGINS = ("P A R A G O N", "N I E F I S K A L N Y")

SALES: dict[str, Operation] = {
    "two rates, a line discount, change": sale(),
    "card, transfer and cash": simple_sale(
        payments=[
            {"kind": "card", "amount": "5.00", "label": "VISA"},
            {"kind": "transfer", "amount": "2.00"},
            {"kind": "cash", "amount": "5.00"},
        ]
    ),
    "no payment is named": simple_sale(payments=[]),
    "percent off the whole": operation(
        lines=[{"name": "Masło 82%", "quantity": "3", "unit": "szt", "price": "7.99", "vat": "5%", "description": "z Mazur"}],
        discount={"percent": "10", "text": "Stały klient"},
        payments=[{"kind": "voucher", "amount": "10.00"}, {"kind": "cash", "amount": "20.00"}],
    ),
    "surcharges": operation(
        lines=[{"name": "Kurs", "price": "100.00", "vat": "23%", "surcharge": {"percent": "2.5", "text": "nocny"}}],
        surcharge={"amount": "1.50"},
    ),
    "a name and a description, both discounted": operation(
        lines=[
            {
                "name": "Bardzo długa nazwa towaru, czterdzieści z",
                "description": "Zażółć gęślą jaźń",
                "quantity": "0.250",
                "unit": "kg",
                "price": "80.00",
                "vat": "8%",
                "discount": {"amount": "1.00"},
            }
        ],
        discount={"amount": "0.50"},
        fit="lenient",
    ),
}


def _body(lines: list[str]) -> list[str]:
    """From the title down, blanks squeezed and rules left out: the header is the printer's own."""
    start = next(i for i, line in enumerate(lines) if line.strip().startswith(_BEGINS))
    words = [" ".join(line.split()) for line in lines[start:]]
    return [line for line in words if line and not set(line) <= {"-"}]


def _paper(wanted: Operation, capabilities: Any = None) -> PaperText:
    paper = FAMILY.paper(wanted, SETTINGS, capabilities)
    assert paper is not None
    assert all(len(line) <= paper.width for line in paper.lines)
    return paper


@pytest.mark.parametrize("name", SALES)
def test_the_preview_of_a_sale_is_what_the_printer_prints(name: str) -> None:
    async def scenario() -> None:
        bench = Bench(protocol="thermal")
        driver = await bench.connect()
        capabilities = await driver.capabilities()
        assert (await bench.run(SALES[name])).state == "done"
        printed = _body(bench.printer.paper().splitlines())
        *shown, cashier, system_number = _body(list(_paper(SALES[name], capabilities).lines))
        assert printed[: len(shown)] == shown
        # The foot is the printer's: till and cashier stand between its number and the time.
        assert cashier in printed[len(shown)]
        assert system_number.split()[:2] == ["Nr", "sys."]
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("op", "title"), [("cash.in", "WPŁATA DO KASY"), ("cash.out", "WYPŁATA Z KASY"), ("refund", "ZWROT TOWARU")]
)
def test_a_slip_shows_its_title_its_sum_and_its_cashier(op: str, title: str) -> None:
    async def scenario() -> None:
        bench = Bench(protocol="thermal")
        assert (await bench.run(other("cash.in", amount="50.00", currency="PLN"))).state == "done"
        wanted = (
            simple_sale("5.00", kind="refund", payments=[])
            if op == "refund"
            else other(op, amount="5.00", currency="PLN", operator={"name": "Anna Maria Nowak-Kowalska"})
        )
        before = len(bench.printer.paper().splitlines())
        assert (await bench.run(wanted)).state == "done"
        printed = _body(bench.printer.paper().splitlines()[before:])
        non_fiscal, named, amount, cashier = _body(list(_paper(wanted).lines))
        assert [non_fiscal, named] == printed[:2] == ["N I E F I S K A L N Y", title]
        assert amount == "Kwota PLN 5,00"
        assert printed[2].endswith("5,00")
        assert any(cashier in line for line in printed)
        await bench.close()

    run_virtual(scenario())


def test_a_text_is_shown_as_the_printers_own_code_page_and_fields_leave_it() -> None:
    lines = [{"name": "Herbata € " + "x" * 50, "price": "5.00", "vat": "8%"}]
    with pytest.raises(RequestError):
        FAMILY.paper(operation(lines=lines), SETTINGS, None)
    paper = _paper(operation(lines=lines, fit="lenient"))
    text = " ".join(" ".join(line.split()) for line in paper.lines)
    assert "Herbata EUR" in text
    assert text.count("x") == 40 - len("Herbata EUR ")
    assert (paper.code_page, "taxes" in paper.omitted) == ("mazovia", True)


def test_reports_drawer_and_display_are_the_printers_own() -> None:
    for wanted in (
        other("shift.close"),
        other("report.period", first_number=1, last_number=1),
        other("drawer.open"),
        other("display.show", lines=["Do zapłaty"]),
    ):
        assert FAMILY.paper(wanted, SETTINGS, None) is None


def test_what_the_check_refuses_the_preview_refuses_too() -> None:
    with pytest.raises(RequestError):
        FAMILY.paper(simple_sale(customer={"ids": [{"type": "nip", "value": "1234563218"}]}), SETTINGS, None)
