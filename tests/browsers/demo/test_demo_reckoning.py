"""What the page reckons by itself: what a person typed becomes a decimal of the API, and payments share what is due. No floats."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.browsers.demo.visitor import Visitor
from tests.browsers.settings import Setting, in_browsers

pytestmark = in_browsers([Setting("chromium")])

SHOP = {"currency": "PLN", "goods": [], "customer": None, "operator": "Anna"}


async def reckoned(visitor: Visitor, module: str, expression: str) -> Any:
    return await visitor.page.evaluate(f"import('/demo/{module}').then(module => {expression})")


async def test_what_a_person_types_is_a_decimal_or_nothing(visitor: Visitor) -> None:
    table = {
        "2": "2", "2,5": "2.5", " 2.50 ": "2.50", "007": "7", "0,10": "0.10",
        "": None, "-1": None, "1e3": None, "1,2,3": None, ".5": None, "5.": None, "0x10": None, "1 000": None, "٣": None, "1234567890": None,
    }  # fmt: skip
    typed = json.dumps(list(table))
    assert await reckoned(visitor, "decimals.js", f"{typed}.map(text => module.decimal(text))") == list(table.values())


async def test_a_discount_is_a_percentage_or_an_amount(visitor: Visitor) -> None:
    typed = json.dumps(["", "10%", "2,50", "7.5 %", "0", "0%", "ten", "%", "-2"])
    told = await reckoned(visitor, "decimals.js", f"{typed}.map(text => module.discount(text) ?? String(module.discount(text)))")
    wrong = "undefined"
    assert told == ["null", {"percent": "10"}, {"amount": "2.50"}, {"percent": "7.5"}, *[wrong] * 5]


@pytest.mark.parametrize(
    ("typed", "due", "paid"),
    [
        ([("cash", "")], "27.00", [("cash", "27.00")]),
        ([("cash", "30")], "27.00", [("cash", "30.00")]),
        ([("card", "14"), ("cash", "")], "27.10", [("card", "14.00"), ("cash", "13.10")]),
        ([("card", ""), ("cash", "0,10")], "0.30", [("card", "0.20"), ("cash", "0.10")]),
        ([("card", "30"), ("cash", "")], "27.00", [("card", "30.00")]),
        ([("card", ""), ("cash", "")], "27.00", [("card", "27.00")]),
        ([("cash", "")], "90071992547409.93", [("cash", "90071992547409.93")]),
    ],
    ids=str,
)
async def test_payments_share_what_is_due(
    visitor: Visitor, typed: list[tuple[str, str]], due: str, paid: list[tuple[str, str]]
) -> None:
    payments = json.dumps([{"kind": kind, "amount": amount} for kind, amount in typed])
    cart = f"Object.assign(new module.Cart({json.dumps(SHOP)}), {{ payments: {payments} }})"
    told = await reckoned(visitor, "cart.js", f"{cart}.paid({due!r}, 2)")
    assert [(one["kind"], one["amount"]) for one in told] == paid
