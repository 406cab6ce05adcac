"""What no fiscal document can be made of is refused, every wrong field named with its tag."""

from typing import Any

import pytest
from bridge_ffd.versions import VERSIONS
from ffd_receipts import GS1, INN, faults, line, marked

V05, V11, V12 = VERSIONS


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"lines": [line(name="я" * 250)]}, "lines.0.name", "tag 1030 (name of the item): comes to 250 bytes"),
    ({"lines": [line(name="☕")]}, "lines.0.name", "code page 866 has no '☕'"),
    ({"lines": [line(vat="23%")]}, "lines.0.vat", "there is no VAT 23% in Russia"),
    ({"lines": [line(vat="18%")]}, "lines.0.vat", "ended with 2018"),
    ({"lines": [line(vat=None)]}, "lines.0.vat", "a line has exactly one VAT"),
    ({"lines": [line(vat=None, taxes=[{"letter": "A"}])]}, "lines.0.taxes", "rates have no letters here"),
    ({"lines": [line(vat=None, taxes=[{"kind": "reverse_charge"}])]}, "lines.0.taxes", "there is no VAT reverse_charge"),
    ({"lines": [line(), line(kind="return")]}, "lines.1.kind", "return is not possible"),
    ({"lines": [line(), line(kind="deposit")]}, "lines.1.kind", "deposit is not possible"),
    ({"lines": [line(kind="voucher"), line()]}, "lines.0.kind", "voucher is not possible"),
    ({"lines": [line(marking={"code_b64": "AAA"})]}, "lines.0.marking.code_b64", "no base64"),
    ({"lines": [{**marked(GS1), "quantity": "2"}]}, "lines.0.quantity", "each piece has a marking code"),
    (
        {"lines": [marked(GS1, extras={"ffd": {"object": "service"}})]},
        "lines.0.extras.ffd.object",
        "service has no marking code",
    ),
    (
        {"lines": [line(extras={"ffd": {"object": "commodity_with_marking"}})]},
        "lines.0.extras.ffd.object",
        "needs a marking code",
    ),
    (
        {"lines": [line(extras={"ffd": {"object": "commodity_without_marking"}})], "version": V11},
        "lines.0.extras.ffd.object",
        "begins with FFD 1.2",
    ),
    (
        {"lines": [line(extras={"ffd": {"marking": {"result": 3}}})]},
        "lines.0.extras.ffd.marking",
        "there is no marking code (tag 2000",
    ),
    (
        {"lines": [line(extras={"ffd": {"marking": {"result": 3}}})], "version": V05},
        "lines.0.extras.ffd.marking.result",
        "tag 2106 (result of the item's check) does not stand here in FFD 1.05",
    ),
    (
        {"lines": [line(extras={"ffd": {"measure": "litre"}})], "version": V05},
        "lines.0.extras.ffd.measure",
        "tag 2108",
    ),
    (
        {"lines": [line(extras={"ffd": {"marking": {"product_code": "4508"}}})]},
        "lines.0.extras.ffd.marking.product_code",
        "tag 1162 (product code (FFD 1.05, 1.1)) does not stand here in FFD 1.2",
    ),
    (
        {"lines": [line(extras={"ffd": {"customs_declaration": "1" * 33}})]},
        "lines.0.extras.ffd.customs_declaration",
        "tag 1231 (customs declaration): comes to 33 bytes",
    ),
    (
        {
            "lines": [
                line(
                    extras={
                        "ffd": {"industry": [INDUSTRY := {"authority": "020", "date": "2026-01-02", "number": "1", "value": "x"}]}
                    }
                )
            ],
            "version": V11,
        },
        "lines.0.extras.ffd.industry.0",
        "tag 1260",
    ),
    (
        {"lines": [line(extras={"ffd": {"tags": [{"tag": 1030, "value": "x"}]}})]},
        "lines.0.extras.ffd.tags.0",
        "is given by lines.0.name already",
    ),
    ({"lines": [line(extras={"ffd": {"tags": [{"tag": 1079, "value": 1}]}})]}, "lines.0.extras.ffd.tags.0", "tag 1079"),
    ({"ffd": {"tags": [{"tag": 1077, "value": "00"}]}}, "extras.ffd.tags.0", "written by the device itself"),
    (
        {"ffd": {"tags": [{"tag": 1059, "tags": [{"tag": 1030, "value": "x"}]}]}},
        "extras.ffd.tags.0",
        "is given by the receipt itself already",
    ),
    ({"ffd": {"tags": [{"tag": 1256, "tags": [{"tag": 1227, "value": "x"}]}]}, "version": V05}, "extras.ffd.tags.0", "1.05"),
    (
        {"ffd": {"tags": [{"tag": 1008, "value": "+79161234567"}]}},
        "extras.ffd.tags.0",
        "is given by customer and delivery already",
    ),
    (
        {"ffd": {"tags": [{"tag": 1084, "tags": [{"tag": 1085, "value": "x"}]}]}},
        "extras.ffd.tags.0",
        "in tag 1084 (user's additional requisite): tag 1086 (its value) is missing",
    ),
    ({"ffd": {"tags": [{"tag": 20000, "value": 5}]}}, "extras.ffd.tags.0", "name its type"),
    ({"ffd": {"tags": [{"tag": 1192, "tags": [{"tag": 1085, "value": "x"}]}]}}, "extras.ffd.tags.0", "is no structure"),
    ({"ffd": {"tags": [{"tag": 1192, "value": 5}]}}, "extras.ffd.tags.0", "needs a text"),
    ({"ffd": {"tags": [{"tag": 20000, "type": "byte", "value": 256}]}}, "extras.ffd.tags.0", "does not fit into 1 bytes"),
    ({"ffd": {"tags": [{"tag": 20000, "type": "bytes", "value": "0g"}]}}, "extras.ffd.tags.0", "hexadecimal"),
    ({"ffd": {"tags": [{"tag": 20000, "type": "fvln", "value": "x"}]}}, "extras.ffd.tags.0", "decimal string"),
    ({"ffd": {"nonsense": 1}}, "extras.ffd.nonsense", "there is no such field"),
    (
        {"ffd": {"operation": {"id": 1, "data": "x", "time": "2026-01-01T00:00:00"}}, "version": V11},
        "extras.ffd.operation",
        "1270",
    ),
    ({"ffd": {"industry": [INDUSTRY]}, "version": V05}, "extras.ffd.industry.0", "tag 1261"),
    ({"ffd": {"buyer": {"citizenship": "643"}}, "version": V05}, "extras.ffd.buyer", "tag 1256"),
    ({"ffd": {"place": "x" * 257}}, "extras.ffd.place", "tag 1187"),
    ({"ffd": {"internet": True}}, "delivery", "tag 1008 (buyer's phone or e-mail) must be given for a payment on the internet"),
    ({"ffd": {"correction": {"date": "2026-11-01"}}}, "extras.ffd.correction", "belongs to receipts of the kind correction"),
    ({"kind": "correction"}, "extras.ffd.correction", "must be given"),
    (
        {"kind": "correction", "version": V05, "ffd": {"correction": {"date": "2026-11-01", "settlement": "sale_return"}}},
        "extras.ffd.correction.settlement",
        "corrects sales and purchases only",
    ),
    (
        {"kind": "correction", "version": V05, "ffd": {"correction": {"date": "2026-11-01"}}},
        "extras.ffd.correction.number",
        "tag 1179 (number of the tax office's order) must be given in FFD 1.05",
    ),
    ({"currency": "EUR"}, "currency", "EUR is not possible"),
    ({"delivery": {"paper": False}}, "delivery", "where nothing is printed"),
    ({"delivery": {"email": "nonsense"}}, "delivery.email", "tag 1008"),
    ({"delivery": {"edocument": {"id": "x"}}}, "delivery.edocument", "not possible"),
    ({"customer": {"ids": [{"type": "inn", "value": "7725327864"}]}}, "customer.ids.0.value", "tag 1228"),
    ({"customer": {"ids": [{"type": "inn", "value": INN}] * 2}}, "customer.ids.1", "one INN only"),
    ({"operator": {"name": "x" * 65}}, "operator.name", "tag 1021"),
    ({"operator": {"name": "x", "tax_id": "1"}}, "operator.tax_id", "tag 1203"),
    (
        {"payments": [{"kind": "cash", "amount": "100.00", "foreign": {"currency": "EUR", "amount": "1.00", "rate": "100"}}]},
        "payments.0.foreign",
        "roubles only",
    ),
]


@pytest.mark.parametrize(("changes", "field", "message"), REFUSED)
def test_what_is_wrong_is_refused_naming_field_and_tag(changes: dict[str, Any], field: str, message: str) -> None:
    changes = dict(changes)
    refused = faults(*changes.pop("lines", [line()]), **changes)
    assert message in refused[field], refused


def test_all_that_is_wrong_is_told_at_once() -> None:
    refused = faults(line(name="☕"), line(vat="23%"), currency="EUR", delivery={"paper": False})
    assert set(refused) == {"lines.0.name", "lines.1.vat", "currency", "delivery"}


def test_an_item_too_large_for_the_fn_is_refused() -> None:
    long_texts = [{**INDUSTRY, "value": "x" * 250}] * 4
    refused = faults(line(extras={"ffd": {"industry": long_texts}}))
    assert "tag 1059 (item): comes to" in refused["lines.0"]
