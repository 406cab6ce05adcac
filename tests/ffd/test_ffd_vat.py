"""Rates of VAT by name and day, and what is in an amount."""

from datetime import date
from decimal import Decimal

import pytest
from bridge_ffd.tags import Tag
from bridge_ffd.vat import Vat, rates_on, tax_table
from hypothesis import given
from hypothesis import strategies as st

from bridge.model import Tax, TaxKind, find_rate

BEFORE, REDUCED, RAISED = date(2024, 12, 31), date(2025, 1, 1), date(2026, 1, 1)
PLAIN = {"20%": 1, "10%": 2, "20/120": 3, "10/110": 4, "5%": 7, "7%": 8, "5/105": 9, "7/107": 10, "22%": 11, "22/122": 12}


@pytest.mark.parametrize(("rate", "code"), PLAIN.items())
def test_a_rate_has_the_number_of_tag_1199(rate: str, code: int) -> None:
    vat = Vat.of((Tax(rate=rate),), RAISED)
    assert vat.code == code
    assert Vat.by_code(code) is vat
    assert vat.tax == Tax(rate=rate)
    assert vat.text == rate


def test_zero_and_without_vat_are_two_things() -> None:
    assert Vat.of((Tax(rate="0%"),), RAISED) is Vat.VAT_0
    assert Vat.of((Tax(kind=TaxKind.ZERO),), RAISED) is Vat.VAT_0
    assert Vat.of((Tax(kind=TaxKind.EXEMPT),), RAISED) is Vat.WITHOUT
    assert Vat.of((Tax(kind=TaxKind.OUTSIDE),), RAISED) is Vat.WITHOUT
    assert (Vat.VAT_0.total_tag, Vat.WITHOUT.total_tag) == (Tag.TURNOVER_0, Tag.TURNOVER_WITHOUT_VAT)


@pytest.mark.parametrize("vat", list(Vat))
def test_a_rate_is_the_uniform_tax_it_came_from(vat: Vat) -> None:
    assert Vat.of((vat.tax,), RAISED) is vat


def test_the_rates_of_2025_and_2026_begin_on_their_day() -> None:
    assert [vat.code for vat in rates_on(BEFORE)] == [1, 2, 3, 4, 5, 6]
    assert [vat.code for vat in rates_on(REDUCED)] == list(range(1, 11))
    assert [vat.code for vat in rates_on(RAISED)] == [2, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    with pytest.raises(LookupError, match="VAT 22% begins on 2026-01-01; on 2025-01-01 there are: 20%"):
        Vat.of((Tax(rate="22%"),), REDUCED)


def test_decimals_of_a_rate_do_not_matter() -> None:
    assert Vat.of((Tax(rate="22.0%"),), RAISED) is Vat.VAT_22


def test_two_taxes_on_a_line_are_refused() -> None:
    with pytest.raises(LookupError, match="2 taxes; a line has exactly one VAT"):
        Vat.of((Tax(rate="22%"), Tax(rate="10%")), RAISED)


def test_a_number_that_the_tag_does_not_have_is_no_rate() -> None:
    with pytest.raises(LookupError, match="no rate 13"):
        Vat.by_code(13)


# Those at 22 % stand in real receipts of 2026; the last two are halves.
AMOUNTS = [
    ("20%", "25.00", "4.17"),
    ("22%", "232.20", "41.87"),
    ("22%", "807.30", "145.58"),
    ("22%", "562.92", "101.51"),
    ("10/110", "65.23", "5.93"),
    ("20%", "0.03", "0.01"),
    ("10%", "0.055", "0.01"),
]


@pytest.mark.parametrize(("rate", "total", "tax"), AMOUNTS)
def test_vat_is_taken_out_of_the_amount_half_up(rate: str, total: str, tax: str) -> None:
    assert Vat.of((Tax(rate=rate),), RAISED).amount(Decimal(total)) == Decimal(tax)


@given(st.sampled_from(list(Vat)), st.integers(0, 10**12).map(lambda value: Decimal(value).scaleb(-2)))
def test_vat_is_never_more_than_its_share(vat: Vat, total: Decimal) -> None:
    amount = vat.amount(total)
    assert amount.as_tuple().exponent == -2
    assert abs(amount * (100 + vat.percent) - total * vat.percent) <= (100 + vat.percent) * Decimal("0.005")


def test_the_table_of_a_device_finds_what_a_till_names() -> None:
    table = tax_table(RAISED)
    assert [row.letter for row in table] == ["2", "5", "6", "7", "8", "11"]
    assert find_rate(table, Tax(rate="22%")).letter == "11"
    assert find_rate(table, Tax(kind=TaxKind.EXEMPT)).letter == "6"
