"""A receipt of the uniform API becomes a fiscal document, in each version. What is refused: `test_ffd_refusals.py`."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bridge_ffd.document import FfdDocument
from bridge_ffd.extras import ReceiptExtras, read_one
from bridge_ffd.presence import check_document
from bridge_ffd.pricing import ARITHMETIC, PaymentSum
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, decode, encode, first
from bridge_ffd.vat import Vat
from bridge_ffd.versions import VERSIONS, DocumentKind, FfdVersion, Settlement
from bridge_ffd.vocabulary import Agent, Measure, PaymentMethod, PaymentObject, PlannedStatus, Taxation
from ffd_receipts import GS1, INN, SHORT_GS1, TODAY, document, faults, line, marked, receipt
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import RequestError

V05, V11, V12 = VERSIONS


def test_a_plain_sale_is_a_receipt_with_all_its_figures() -> None:
    made = document(
        line(),
        line(name="Хлеб", quantity="0.500", unit="кг", price="80.00", vat="10%"),
        payments=[{"kind": "cash", "amount": "200.00"}],
        operator={"name": "Иванов", "tax_id": "123654789507"},
        taxation=Taxation.OSN,
    )
    assert (made.kind, made.settlement, made.total, made.change) == (
        DocumentKind.RECEIPT,
        Settlement.SALE,
        Decimal("140.00"),
        Decimal("60.00"),
    )
    assert made.payments == {PaymentSum.CASH: Decimal("140.00")}
    assert made.tendered == {PaymentSum.CASH: Decimal("200.00")}
    assert made.vat_sums == {Vat.VAT_22: Decimal("18.03"), Vat.VAT_10: Decimal("3.64")}
    assert made.cashier == (Tlv(Tag.CASHIER, "Иванов"), Tlv(Tag.CASHIER_INN, "123654789507"))
    tea, bread = made.lines
    assert (tea.object, tea.method, tea.vat_amount) == (
        PaymentObject.COMMODITY,
        PaymentMethod.FULL_PAYMENT,
        Decimal("18.03"),
    )
    assert (bread.measure, bread.quantity, bread.total) == (Measure.KILOGRAM, Decimal("0.500"), Decimal("40.00"))
    assert first(bread.tags, Tag.MEASURE) == 11
    assert made.warnings == ()


def test_a_device_that_prints_nothing_makes_a_receipt_without_paper_whatever_the_till_says() -> None:
    by_mail = receipt(line(), delivery={"email": "jan@example.ru"})
    assert FfdDocument.from_receipt(by_mail, V12, day=TODAY).print_paper
    assert not FfdDocument.from_receipt(by_mail, V12, day=TODAY, paper=False).print_paper


@pytest.mark.parametrize("version", VERSIONS)
def test_whatever_comes_out_has_the_layout_of_its_version(version: FfdVersion) -> None:
    made = document(
        line(),
        version=version,
        taxation=Taxation.PATENT,
        delivery={"sms": "+79161234567"},
        customer={"name": "Пётр", "ids": [{"type": "inn", "value": INN}]},
        ffd={"user_attribute": {"name": "Заказ", "value": "17"}, "internet": True, "attribute": "x"},
    )
    assert check_document(made.kind, version, made.tlv()) == ()
    assert decode(encode(made.tlv())) == made.tlv()


def test_the_buyer_moved_into_a_structure() -> None:
    customer = {"name": "Пётр", "ids": [{"type": "inn", "value": INN}]}
    assert document(version=V05, customer=customer).tags == (Tlv(Tag.BUYER_NAME, "Пётр"), Tlv(Tag.BUYER_INN, INN))
    assert document(version=V12, customer=customer, ffd={"buyer": {"birth_date": "1990-02-03"}}).tags == (
        Tlv(
            Tag.BUYER,
            (Tlv(Tag.BUYER_NAME, "Пётр"), Tlv(Tag.BUYER_INN, INN), Tlv(Tag.BUYER_BIRTH_DATE, "03.02.1990")),
        ),
    )


def test_item_tags_come_in_the_order_in_which_a_vendors_driver_writes_them() -> None:
    (item,) = document(
        line(
            unit="шт",
            extras={
                "ffd": {
                    "agent": {"signs": ["commission_agent"]},
                    "supplier": {"inn": INN, "name": 'ООО "ТПМ групп"', "phones": ["8-926-123-45-67"]},
                    "excise": "1.50",
                    "origin_country": "643",
                    "customs_declaration": "10702020/060520/0013422",
                    "attribute": "доп",
                }
            },
        ),
        version=V05,
    ).lines
    order = [1222, 1226, 1224, 1197, 1229, 1230, 1231, 1191]
    assert [int(tag.tag) for tag in item.tags] == order
    assert encode(item.tags[:2]).hex() == "c604010020" + "ca040c00373732353332373836332020"
    assert encode(item.tags[2:3]).hex() == (
        "c8042600c9040f008e8e8e2022928f8c20a3e0e3afaf2293040f00382d3932362d3132332d34352d3637"
    )
    assert first(item.tags, Tag.EXCISE) == 150


def test_an_agent_of_the_whole_receipt_stands_where_the_version_has_it() -> None:
    ffd = {"agent": {"signs": ["paying_agent", "attorney"], "phones": ["+79161234567"], "operation": "платёж"}}
    supplier = {"extras": {"ffd": {"supplier": {"inn": INN}}}}
    old = document(line(**supplier), version=V05, ffd=ffd)
    assert first(old.tags, Tag.AGENT_SIGNS) == Agent.PAYING_AGENT.code | Agent.ATTORNEY.code
    assert first(old.tags, Tag.AGENT_PHONE) == "+79161234567"
    assert first(old.lines[0].tags, Tag.ITEM_AGENT_SIGNS) is None
    new = document(line(**supplier), version=V12, ffd=ffd)
    assert new.tags == ()
    assert first(new.lines[0].tags, Tag.ITEM_AGENT_SIGNS) == 20
    assert Tlv(Tag.AGENT_DATA, new.lines[0].tags[1].children).find(Tag.AGENT_OPERATION) == "платёж"


def test_an_agent_without_the_suppliers_inn_is_refused() -> None:
    refused = faults(line(extras={"ffd": {"agent": {"signs": ["attorney"]}}}))
    assert "tag 1226" in refused["lines.0.extras.ffd.supplier.inn"]


def test_goods_with_a_code_are_bound_in_ffd_1_2_and_told_by_1162_before() -> None:
    (new,) = document(marked(GS1), version=V12).lines
    assert new.object is PaymentObject.COMMODITY_WITH_MARKING
    assert new.planned_status is PlannedStatus.PIECE_SOLD
    assert new.code is not None
    assert new.code.raw == GS1
    assert first(new.tags, Tag.PRODUCT_CODE) is None
    (old,) = document(marked(SHORT_GS1), version=V05).lines
    assert old.object is PaymentObject.COMMODITY
    assert old.code is None
    assert first(old.tags, Tag.PRODUCT_CODE) == bytes.fromhex("444d043077198874") + b"a3=EfOD"


@pytest.mark.parametrize(
    ("kind", "unit", "ffd", "status"),
    [
        ("sale", None, {}, PlannedStatus.PIECE_SOLD),
        ("sale", "кг", {}, PlannedStatus.MEASURED_SOLD),
        ("refund", None, {}, PlannedStatus.PIECE_RETURNED),
        ("refund", "кг", {}, PlannedStatus.MEASURED_RETURNED),
        ("sale", None, {"fraction": {"numerator": 1, "denominator": 6}}, PlannedStatus.MEASURED_SOLD),
        ("purchase", None, {}, PlannedStatus.UNCHANGED),
        ("sale", None, {"planned_status": "unchanged"}, PlannedStatus.UNCHANGED),
    ],
)
def test_the_planned_status_follows_from_what_is_done(
    kind: str, unit: str | None, ffd: dict[str, Any], status: PlannedStatus
) -> None:
    item = marked(GS1, unit=unit, extras={"ffd": {"marking": ffd}})
    assert document(item, kind=kind).lines[0].planned_status is status


def test_a_part_of_a_package_has_its_fraction() -> None:
    item = marked(GS1, extras={"ffd": {"marking": {"fraction": {"numerator": 1, "denominator": 6}, "result": 15}}})
    (made,) = document(item).lines
    assert Tlv(Tag.FRACTION, (Tlv(Tag.NUMERATOR, 1), Tlv(Tag.DENOMINATOR, 6))) in made.tags
    assert made.check_result == 15
    assert made.tlv().find(Tag.ITEM_CHECK_RESULT) == 15


def test_a_discount_becomes_a_price_or_two() -> None:
    one = document(line(quantity="3", price="40.00", discount={"amount": "20.00"})).lines
    assert [(item.price, item.total) for item in one] == [(Decimal("33.33"), Decimal("100.00"))]
    two = document(line(quantity="7", price="15.00", discount={"amount": "5.00"}))
    assert [(item.quantity, item.price, item.total) for item in two.lines] == [
        (Decimal(3), Decimal("14.28"), Decimal("42.84")),
        (Decimal(4), Decimal("14.29"), Decimal("57.16")),
    ]
    assert [item.index for item in two.lines] == [0, 0]
    assert [warning.code for warning in two.warnings] == ["line_split"]


def test_a_discount_on_the_receipt_is_spread_over_the_lines() -> None:
    made = document(line(), line(price="100.00", quantity="1"), discount={"percent": "10"})
    assert [item.total for item in made.lines] == [Decimal("90.00"), Decimal("90.00")]
    assert made.total == Decimal("180.00")


def test_goods_with_a_code_are_never_split() -> None:
    item = marked(GS1, unit="кг")
    refused = faults({**item, "quantity": "7.000", "price": "15.00", "discount": {"amount": "5.00"}})
    assert "cannot be split" in refused["lines.0"]


@given(
    st.integers(1, 10**7).map(lambda value: Decimal(value).scaleb(-2)),
    st.integers(1, 10**6).map(lambda value: Decimal(value).scaleb(-3)),
    st.integers(0, 100),
)
@settings(max_examples=200)
def test_parts_of_a_line_come_to_its_quantity_and_total_and_each_fits_its_price(
    price: Decimal, quantity: Decimal, percent: int
) -> None:
    gross = ARITHMETIC.round(price * quantity)
    total = ARITHMETIC.round(gross * (100 - percent) / 100)
    given_line = line(price=str(price), quantity=str(quantity))
    if total != gross:
        given_line["discount"] = {"amount": str(gross - total)}
    made = document(given_line)
    assert sum(item.total for item in made.lines) == total
    assert sum(item.quantity for item in made.lines) == quantity
    for item in made.lines:
        assert abs(ARITHMETIC.round(item.price * item.quantity) - item.total) <= Decimal("0.01")


def test_payments_go_to_the_five_sums() -> None:
    kinds = ["card", "transfer", "prepaid", "voucher", "credit", "exchange", "other", "cash"]
    made = document(line(quantity="8", price="10.00"), payments=[{"kind": kind, "amount": "10.00"} for kind in kinds])
    assert {int(kind.tag): amount for kind, amount in made.payments.items()} == {
        1081: Decimal("20.00"),
        1215: Decimal("20.00"),
        1216: Decimal("10.00"),
        1217: Decimal("20.00"),
        1031: Decimal("10.00"),
    }


def test_change_is_of_cash_only() -> None:
    assert "without cash" in faults(payments=[{"kind": "card", "amount": "100.01"}])["payments"]
    refused = faults(payments=[{"kind": "cash", "amount": "110.00"}], change=[{"kind": "card", "amount": "10.00"}])
    assert "cash only" in refused["change.0.kind"]


def test_a_receipt_paid_wholly_back_in_change_has_no_cash() -> None:
    made = document(
        payments=[{"kind": "card", "amount": "100.00"}, {"kind": "cash", "amount": "5.00"}],
        change=[{"amount": "5.00"}],
    )
    assert made.payments == {PaymentSum.ELECTRONIC: Decimal("100.00")}


def test_payments_without_cash_may_be_told_one_by_one() -> None:
    told = [{"amount": "100.00", "method": 1, "identifiers": "RRN 123456789012"}]
    made = document(payments=[{"kind": "card", "amount": "100.00"}], ffd={"electronic_payments": told})
    (all_of_them,) = made.tags
    assert all_of_them.tag == Tag.ELECTRONIC_PAYMENTS
    assert all_of_them.children[0].find(Tag.ELECTRONIC_SUM) == 10000
    refused = faults(payments=[{"kind": "cash", "amount": "100.00"}], ffd={"electronic_payments": told})
    assert "come to 100.00, paid without cash is 0" in refused["extras.ffd.electronic_payments"]


def test_a_correction_has_a_type_and_a_basis() -> None:
    made = document(
        line(vat="20%"),
        version=V11,
        kind="correction",
        ffd={"correction": {"type": "order", "date": "2017-07-28", "number": "1175", "settlement": "sale_return"}},
    )
    assert made.kind is DocumentKind.CORRECTION
    assert made.settlement is Settlement.SALE_RETURN
    assert encode(made.correction).hex() == "9504010001" + "960410009a040400807e7a599b04040031313735"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_correction_has_the_layout_of_its_version(version: FfdVersion) -> None:
    correction = {"type": "order", "date": "2026-11-01", "number": "17", "description": "ошибка кассира"}
    made = document(version=version, kind="correction", taxation=Taxation.OSN, ffd={"correction": correction})
    assert check_document(made.kind, version, made.tlv()) == ()
    assert [warning.code for warning in made.warnings] == ([] if version is V05 else ["description_ignored"])


def test_a_self_correction_is_written_as_a_vendors_driver_writes_it() -> None:
    made = document(line(vat="20%"), version=V05, kind="correction", ffd={"correction": {"date": "2017-07-28", "number": "1175"}})
    assert encode(made.correction).hex() == "9504010000" + "960410009a040400807e7a599b04040031313735"
    assert not made.has_items
    assert first(made.tlv(), Tag.ITEM) is None
    assert first(made.tlv(), Tag.VAT_20) == 1667


def test_the_sign_of_the_wrong_receipt_stands_in_1192() -> None:
    made = document(kind="correction", ffd={"correction": {"date": "2026-11-01", "wrong_sign": "1713993311"}})
    assert first(made.tags, Tag.RECEIPT_ATTRIBUTE) == "1713993311"
    assert made.has_items
    refused = faults(kind="correction", ffd={"attribute": "x", "correction": {"date": "2026-11-01", "wrong_sign": "1713993311"}})
    assert "is given by extras.ffd.attribute already" in refused["extras.ffd.correction.wrong_sign"]


def test_a_correction_has_the_rates_of_the_day_that_it_corrects() -> None:
    ffd = {"correction": {"date": "2025-12-31"}}
    made = document(line(vat="20%"), kind="correction", ffd=ffd)
    assert made.lines[0].vat is Vat.VAT_20
    assert made.warnings == ()
    assert "begins on 2026-01-01" in faults(line(vat="22%"), kind="correction", ffd=ffd)["lines.0.vat"]


def test_a_rate_that_new_sales_no_longer_have_is_told() -> None:
    made = document(line(vat="20%"))
    assert [warning.code for warning in made.warnings] == ["vat_superseded"]
    assert document(line(vat="20%"), day=date(2025, 12, 31)).warnings == ()


def test_an_advance_is_a_payment_with_a_computed_rate() -> None:
    (item,) = document(line(kind="advance", name="Аванс", quantity="1", vat="22/122")).lines
    assert (item.object, item.method, item.vat) == (PaymentObject.PAYMENT, PaymentMethod.ADVANCE, Vat.VAT_22_122)
    told = document(line(kind="advance", name="Аванс", quantity="1")).warnings
    assert [warning.code for warning in told] == ["vat_not_computed"]


def test_a_device_with_one_taxation_system_needs_none_named() -> None:
    assert document(registered={Taxation.PATENT}).taxation is Taxation.PATENT
    assert document(ffd={"taxation": "osn"}, registered={Taxation.OSN, Taxation.PATENT}).taxation is Taxation.OSN
    several = faults(registered={Taxation.OSN, Taxation.PATENT})
    assert several == {"extras.ffd.taxation": "tag 1055 (taxation system): the device is registered with several"}
    other = faults(ffd={"taxation": "eshn"}, registered={Taxation.OSN})
    assert "not registered with eshn" in other["extras.ffd.taxation"]
    assert "abolished" in faults(ffd={"taxation": "envd"})["extras.ffd.taxation"]


def test_tags_as_numbers_are_written_as_they_are_given() -> None:
    made = document(
        line(extras={"ffd": {"tags": [{"tag": 1198, "value": 902}]}}),
        ffd={
            "tags": [
                {"tag": 1192, "value": "x"},
                {"tag": 1084, "tags": [{"tag": 1085, "value": "Заказ"}, {"tag": 1086, "value": "17"}]},
                {"tag": 16100, "type": "bytes", "value": "0a FF"},
                {"tag": 16101, "type": "uint32", "value": 7},
                {"tag": 16102, "type": "fvln", "value": "0.500"},
                {"tag": 16103, "type": "unixtime", "value": "2017-07-28T00:00:00"},
                {"tag": 16104, "type": "string", "value": "слип"},
                {"tag": 16105, "tags": [{"tag": 16101, "type": "byte", "value": 1}]},
            ]
        },
    )
    assert encode(made.tags[2:]).hex() == (
        "e43e02000aff" + "e53e040007000000" + "e63e030003f401" + "e73e0400807e7a59" + "e83e0400e1aba8af" + "e93e0500e53e010001"
    )
    assert made.tags[:2] == (
        Tlv(Tag.RECEIPT_ATTRIBUTE, "x"),
        Tlv(Tag.USER_ATTRIBUTE, (Tlv(Tag.USER_ATTRIBUTE_NAME, "Заказ"), Tlv(Tag.USER_ATTRIBUTE_VALUE, "17"))),
    )
    assert Tlv(Tag.UNIT_VAT, 902) in made.lines[0].tags


def test_lenient_receipts_have_texts_fitted_and_told() -> None:
    made = document(
        line(name="«Чай» — café ☕ " + "я" * 200),
        operator={"name": "Łukasz"},
        lenient=True,
    )
    name = made.lines[0].name
    assert name.startswith('"Чай" - cafe ? яя')
    assert len(name) == 128
    assert [(warning.code, warning.field) for warning in made.warnings] == [
        ("text_replaced", "lines.0.name"),
        ("text_cut", "lines.0.name"),
        ("text_replaced", "operator.name"),
    ]
    assert first(made.cashier, Tag.CASHIER) == "?ukasz"


def test_numbers_are_never_cut_however_lenient() -> None:
    refused = faults(line(extras={"ffd": {"customs_declaration": "1" * 33}}), lenient=True)
    assert "lines.0.extras.ffd.customs_declaration" in refused


def test_what_has_no_place_is_told() -> None:
    made = document(
        line(description="зелёный", unit="ящик"),
        version=V12,
        customer={"ids": [{"type": "passport", "value": "1"}], "loyalty_id": "7", "address": "Москва"},
        delivery={"email": "a@b.ru", "sms": "+79161234567"},
    )
    assert [warning.code for warning in made.warnings] == [
        "description_ignored",
        "unit_replaced",
        "delivery_sms_ignored",
        "customer_id_ignored",
        "loyalty_id_ignored",
    ]
    assert document(version=V05, customer={"address": "Москва"}).warnings[0].code == "customer_address_ignored"


def test_a_strict_form_is_a_document_of_its_own() -> None:
    assert document(ffd={"strict_form": True}).kind is DocumentKind.STRICT_FORM
    made = document(kind="correction", ffd={"strict_form": True, "correction": {"date": "2026-11-01"}})
    assert made.kind is DocumentKind.STRICT_FORM_CORRECTION
    assert first(made.correction, Tag.CORRECTION_TYPE) == 0


def test_a_family_may_read_the_extras_alone() -> None:
    assert read_one({"ffd": {"taxation": "osn"}, "other": 1}, ReceiptExtras, "extras").taxation is Taxation.OSN
    with pytest.raises(RequestError, match=r"extras\.ffd\.taxation"):
        read_one({"ffd": {"taxation": "x"}}, ReceiptExtras, "extras")


def test_the_day_is_the_devices_own() -> None:
    assert receipt().kind == "sale"
    assert document(line(vat="5%"), day=TODAY).lines[0].vat is Vat.VAT_5
    assert "begins on 2025-01-01" in faults(line(vat="5%"), day=date(2024, 12, 31))["lines.0.vat"]
