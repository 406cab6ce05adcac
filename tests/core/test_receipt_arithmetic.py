"""What a receipt adds up to: whatever the model accepts is exact under its profile, whatever disagrees is refused by name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from bridge.model import (
    ArithmeticProfile,
    PercentMethod,
    Receipt,
    RequestError,
    Rounding,
    Spread,
    TaxKind,
    TaxRate,
    compute,
    spread,
    totals_by_rate,
)

POSNET = ArithmeticProfile()
LATE = ArithmeticProfile(percent_method=PercentMethod.REMAINDER)


def amounts(low: int = 1, high: int = 99_999, places: int = 2) -> st.SearchStrategy[str]:
    return st.integers(low, high).map(lambda units: format(Decimal(units).scaleb(-places), "f"))


profiles = st.builds(
    ArithmeticProfile,
    line_rounding=st.sampled_from(Rounding),
    percent_method=st.sampled_from(PercentMethod),
    spread=st.sampled_from(Spread),
    cash_step=st.sampled_from([None, "0.05", "0.10"]),
    tolerance=st.sampled_from(["0", "0.01"]),
)
adjustments = (
    st.none() | st.fixed_dictionaries({"amount": amounts(high=500)}) | st.fixed_dictionaries({"percent": amounts(1, 10_000)})
)
kinds = st.sampled_from(["item", "item", "item", "return", "deposit", "deposit_return", "advance_settlement", "voucher"])
lines = st.fixed_dictionaries(
    {
        "name": st.just("Tea"),
        "kind": kinds,
        "quantity": amounts(1, 20_000, 3),
        "price": amounts(0),
        "vat": st.sampled_from(["23%", "8%", "5%"]),
        "discount": adjustments,
        "surcharge": adjustments,
    }
)
receipts = st.fixed_dictionaries(
    {
        "op": st.just("receipt"),
        "currency": st.just("PLN"),
        "lines": st.lists(lines, min_size=1, max_size=6),
        "discount": adjustments,
        "surcharge": adjustments,
        "rounding": st.sampled_from(["0", "0", "0.02", "-0.01"]),
        "payments": st.just([])
        | st.lists(
            st.fixed_dictionaries({"kind": st.sampled_from(["cash", "card"]), "amount": amounts(high=9_999_999)}), max_size=3
        ),
    }
)


def receipt(lines: list[dict[str, Any]], **more: Any) -> Receipt:
    named = [{"name": "Tea", **line} for line in lines]
    return Receipt.model_validate({"op": "receipt", "currency": "PLN", "lines": named, **more})


@settings(deadline=None)
@given(receipts, profiles)
def test_any_receipt_that_is_accepted_adds_up_under_its_profile(body: dict[str, Any], profile: ArithmeticProfile) -> None:
    asked = Receipt.model_validate(body)
    refusal: RequestError | None = None
    try:
        figures = compute(asked, profile)
    except RequestError as error:
        refusal = error
    if refusal is not None:
        event(f"refused: {refusal.errors[0].field.rsplit('.', 1)[-1]}")
        assert (refusal.code, bool(refusal.errors[0].field)) == ("request.invalid", True)
        return
    event("accepted")
    deposits = {"deposit", "deposit_return"}
    goods = [line.signed for line, source in zip(figures.lines, asked.lines, strict=True) if source.kind not in deposits]
    packaging = [line.signed for line, source in zip(figures.lines, asked.lines, strict=True) if source.kind in deposits]
    assert sum(goods, Decimal(0)) - figures.discount + figures.surcharge == figures.total
    assert sum(packaging) == figures.deposits
    assert figures.payments - figures.change == figures.total + figures.rounding + figures.deposits == figures.due
    assert min(figures.total, figures.payments, figures.change) >= 0
    for line in figures.lines:
        assert line.total == line.gross - line.discount + line.surcharge >= 0
    every = (figures.total, figures.discount, figures.surcharge, figures.payments, figures.change, figures.due)
    for figure in (*every, *(part for line in figures.lines for part in (line.gross, line.discount, line.surcharge, line.total))):
        assert figure.as_tuple().exponent == -2, "the currency's places, never more"
    assert sum(row.gross for row in totals_by_rate(asked, figures, profile, None)) == figures.total
    # Said again with its own figures, the same receipt is accepted and computes to the same.
    told = [{**line, "total": str(figure.total)} for line, figure in zip(body["lines"], figures.lines, strict=True)]
    change = [{"kind": "cash", "amount": str(figures.change)}] if figures.change else []
    again = compute(Receipt.model_validate({**body, "lines": told, "total": str(figures.total), "change": change}), profile)
    assert again == figures


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8), st.integers(-(10**9), 10**9), st.sampled_from(Spread))
def test_what_is_spread_over_the_rates_sums_exactly(parts: list[int], change: int, how: Spread) -> None:
    change = max(change, -sum(parts))
    values = tuple(Decimal(part).scaleb(-2) for part in parts)
    result = spread(values, Decimal(change).scaleb(-2), ArithmeticProfile(spread=how))
    assert len(result) == len(parts)
    assert sum(result) == sum(values) + Decimal(change).scaleb(-2)
    before = sum(parts)
    if how is Spread.CARRY and before:
        for part, value in zip(parts, result, strict=True):
            off = abs(int(value * 100) * before - part * (before + change))
            assert off < before, "never a whole unit away from the exact share"


def test_the_two_percent_methods_differ_by_a_grosz_where_the_half_falls() -> None:
    assert LATE.percentage_of(Decimal(15), Decimal("13.50"), surcharge=False) == Decimal("2.02")
    assert POSNET.percentage_of(Decimal(15), Decimal("13.50"), surcharge=False) == Decimal("2.03")
    asked = receipt([{"price": "13.50", "discount": {"percent": "15"}}])
    assert compute(asked, LATE).total == Decimal("11.48")
    assert compute(asked, POSNET).total == Decimal("11.47")
    more = receipt([{"price": "13.50", "surcharge": {"percent": "15"}}])
    assert compute(more, LATE).total == compute(more, POSNET).total == Decimal("15.53")


def test_the_carry_spread_hands_each_remainder_to_the_next_rate() -> None:
    # 10.00 over 3.33, 3.33, 3.34, one off: 9.00. Units 333*900/1000 = 299 rest 700; 299 rest 700, carried 1400: 300, carry
    # 400; 334*900/1000 = 300 rest 600, carried 1000: 301.
    parts = (Decimal("3.33"), Decimal("3.33"), Decimal("3.34"))
    assert spread(parts, Decimal("-1.00"), POSNET) == (Decimal("2.99"), Decimal("3.00"), Decimal("3.01"))
    largest = ArithmeticProfile(spread=Spread.LARGEST)
    assert spread(parts, Decimal("-1.00"), largest) == (Decimal("3.00"), Decimal("3.00"), Decimal("3.00"))
    # 99 * 50 / 100 = 49 rest 50; 1 * 50 / 100 = 0 rest 50, carried 100: 1.
    assert spread((Decimal("0.99"), Decimal("0.01")), Decimal("-0.50"), POSNET) == (Decimal("0.49"), Decimal("0.01"))


def test_a_discount_on_the_whole_receipt_is_told_by_rate() -> None:
    asked = receipt([{"price": "10.00", "vat": "23%"}, {"price": "5.00", "vat": "8%"}], discount={"percent": "10"})
    figures = compute(asked, POSNET)
    told = {row.rate: (row.gross, row.net, row.tax) for row in totals_by_rate(asked, figures, POSNET, None)}
    assert told == {
        "23%": (Decimal("9.00"), Decimal("7.32"), Decimal("1.68")),
        "8%": (Decimal("4.50"), Decimal("4.17"), Decimal("0.33")),
    }


def test_taxes_are_told_under_the_letters_of_the_devices_own_table() -> None:
    table = (TaxRate(letter="A", percent=Decimal(23)), TaxRate(letter="G", kind=TaxKind.EXEMPT))
    asked = receipt(
        [
            {"price": "10.00", "taxes": [{"kind": "exempt"}]},
            {"price": "12.30", "vat": "23%"},
            {"price": "2.46", "kind": "return", "taxes": [{"letter": "A"}]},
            {"price": "1.00", "kind": "deposit", "vat": "23%"},
        ]
    )
    told = totals_by_rate(asked, compute(asked, POSNET), POSNET, table)
    assert [(row.letter, row.rate, str(row.gross), str(row.tax)) for row in told] == [
        ("G", "exempt", "10.00", "0.00"),
        ("A", "23%", "9.84", "1.84"),
    ]


def test_taxes_on_top_and_computed_rates_are_told_and_several_on_a_line_are_left_to_the_device() -> None:
    on_top = ArithmeticProfile(tax_included=False)
    asked = receipt([{"price": "100.00", "vat": "8%"}])
    row = totals_by_rate(asked, compute(asked, on_top), on_top, None)[0]
    assert (str(row.gross), str(row.net), str(row.tax)) == ("108.00", "100.00", "8.00")
    computed = receipt([{"price": "120.00", "vat": "20/120"}])
    row = totals_by_rate(computed, compute(computed, POSNET), POSNET, None)[0]
    assert (row.rate, str(row.tax)) == ("20/120", "20.00")
    both = receipt([{"price": "10.00", "taxes": [{"rate": "5%"}, {"rate": "9%"}]}])
    row = totals_by_rate(both, compute(both, POSNET), POSNET, None)[0]
    assert (row.rate, row.tax) == ("5% + 9%", None)


def test_a_deposit_given_back_on_its_own_is_paid_out_as_change() -> None:
    figures = compute(receipt([{"kind": "deposit_return", "price": "5.00"}]), POSNET)
    assert (figures.total, figures.due, figures.payments, figures.change) == (Decimal(0), Decimal(-5), Decimal(0), Decimal(5))


def test_line_rounding_is_the_profiles() -> None:
    asked = receipt([{"quantity": "0.5", "price": "0.05"}])
    expected = {Rounding.HALF_UP: "0.03", Rounding.HALF_EVEN: "0.02", Rounding.DOWN: "0.02"}
    for rounding, total in expected.items():
        assert compute(asked, ArithmeticProfile(line_rounding=rounding)).total == Decimal(total)


def test_the_largest_figures_that_the_model_takes_are_refused_and_never_raise_anything_else() -> None:
    huge = "999999999999999.99"
    with pytest.raises(RequestError, match=r"lines\.0\.price"):
        compute(receipt([{"quantity": "999999999999999.999", "price": huge}]), POSNET)
    many = compute(receipt([{"price": huge}] * 100, discount={"percent": "33.33"}), POSNET)
    assert many.payments - many.change == many.total


@pytest.mark.parametrize(
    ("body", "field", "given", "computed"),
    [
        ({"lines": [{"quantity": "2", "price": "4.50", "total": "9.01"}]}, "lines.0.total", "9.01", "9.00"),
        ({"lines": [{"price": "1.00"}, {"price": "2.00", "total": "1.99"}]}, "lines.1.total", "1.99", "2.00"),
        ({"lines": [{"price": "10.00"}], "total": "10.01"}, "total", "10.01", "10.00"),
        ({"lines": [{"price": "10.00"}], "discount": {"amount": "1.00"}, "total": "10.00"}, "total", "10.00", "9.00"),
        (
            {
                "lines": [{"price": "10.00"}],
                "payments": [{"kind": "cash", "amount": "20.00"}],
                "change": [{"kind": "cash", "amount": "9.00"}],
            },
            "change",
            "9.00",
            "10.00",
        ),
        (
            {"lines": [{"price": "10.00"}], "payments": [{"kind": "cash", "amount": "20.00"}], "change": []},
            "change",
            "0.00",
            "10.00",
        ),
    ],
)
def test_figures_that_disagree_are_refused_with_the_field_and_both_figures(
    body: dict[str, Any], field: str, given: str, computed: str
) -> None:
    with pytest.raises(RequestError) as refusal:
        compute(receipt(**body), POSNET)
    assert (refusal.value.code, refusal.value.errors[0].field) == ("request.invalid", field)
    assert refusal.value.extra == {"given": given, "computed": computed}
    assert given in refusal.value.detail
    assert computed in refusal.value.detail


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"lines": [{"price": "1.005"}]}, "lines.0.price"),
        ({"lines": [{"price": "1.00", "quantity": "0.0001"}]}, "lines.0.quantity"),
        ({"lines": [{"price": "1.00", "total": "1.001"}]}, "lines.0.total"),
        ({"lines": [{"price": "1.00", "discount": {"amount": "0.001"}}]}, "lines.0.discount.amount"),
        ({"lines": [{"price": "1.00", "discount": {"percent": "1.001"}}]}, "lines.0.discount.percent"),
        ({"lines": [{"price": "1.00", "discount": {"amount": "1.01"}}]}, "lines.0.discount"),
        ({"lines": [{"price": "1.00"}], "discount": {"amount": "1.01"}}, "discount"),
        ({"lines": [{"price": "1.00", "kind": "return"}]}, "total"),
        ({"lines": [{"price": "1.00", "kind": "return"}], "surcharge": {"amount": "5.00"}}, "total"),
        ({"lines": [{"price": "1.00", "kind": "deposit"}], "surcharge": {"amount": "5.00"}}, "surcharge"),
        ({"lines": [{"price": "1.00"}], "total": "1.000001"}, "total"),
        ({"lines": [{"price": "1.00"}], "rounding": "0.01"}, "rounding"),
        ({"lines": [{"price": "1.00"}], "payments": [{"kind": "cash", "amount": "0.99"}]}, "payments"),
        ({"lines": [{"price": "1.00"}], "payments": [{"kind": "cash", "amount": "1.001"}]}, "payments.0.amount"),
        ({"lines": [{"price": "1.00"}], "change": [{"amount": "1.00"}]}, "change"),
    ],
)
def test_a_bad_receipt_is_refused_naming_the_field(body: dict[str, Any], field: str) -> None:
    with pytest.raises(RequestError) as refusal:
        compute(receipt(**body), POSNET)
    assert refusal.value.code == "request.invalid"
    assert refusal.value.errors[0].field == field


def test_cash_rounding_stays_under_the_smallest_coin() -> None:
    step = ArithmeticProfile(cash_step=Decimal("0.05"))
    assert compute(receipt([{"price": "1.02"}], rounding="-0.02"), step).due == Decimal("1.00")
    with pytest.raises(RequestError, match="rounding"):
        compute(receipt([{"price": "1.02"}], rounding="-0.05"), step)
