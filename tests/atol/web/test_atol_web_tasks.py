"""Uniform operations as the vendor's tasks: those of its recorded flows are made again, the rest as the reference has it."""

from __future__ import annotations

import base64
import contextlib
import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bridge_atol.checking import circumstances
from bridge_atol.errors import ERRORS
from bridge_atol.family import AtolFamily
from bridge_atol.web import names
from bridge_atol.web.errors import DEVICE_CODES, OWN, job_error, lookup, surely_not_executed
from bridge_atol.web.messages import (
    Queue,
    Said,
    Status,
    Unreadable,
    accepted,
    devices_of,
    dump,
    error_of,
    load,
    query_path,
    request_body,
    request_path,
    states_of,
)
from bridge_atol.web.printout import printout
from bridge_atol.web.tasks import plan_of
from bridge_ffd.vat import Vat
from bridge_ffd.vocabulary import Agent, Measure, PaymentMethod, PaymentObject, PlannedStatus, Taxation
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bridge.model import ERRORS as CODES
from bridge.model import Operation, Print, RequestError

SPECS = Path(__file__).parents[3] / "protocol-specs" / "atol"
VECTORS: list[dict[str, Any]] = json.loads((SPECS / "vectors.json").read_text("utf-8"), parse_float=Decimal)
FLOWS = {vector["name"]: vector["meaning"] for vector in VECTORS if vector["meaning"]["layer"] == "json-task-flow"}
FAMILY = AtolFamily()
OPERATIONS: TypeAdapter[Any] = TypeAdapter(Operation)
CODE = base64.b64encode(b"0104601234567890215abcde\x1d91EE06\x1d92xyz").decode()
WHO = {"name": "Иванов", "tax_id": "500100732259"}
DAY = date(2025, 6, 1)


def task(body: dict[str, Any], ffd: str = "1.05", day: date = DAY, **settings: Any) -> dict[str, Any]:
    """The task as it is sent: JSON, read back."""
    chosen = FAMILY.settings_from({"ffd": ffd, **settings})
    plan = plan_of(OPERATIONS.validate_python(body), circumstances(chosen, None, day))
    return load(dump(plan.task))


def receipt(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"op": "receipt", "currency": "RUB", "lines": list(lines), **more}


def position(ffd: str = "1.05", day: date = DAY, **line: Any) -> dict[str, Any]:
    made = {"name": "Хлеб", "price": "10.00", "vat": "10%", **line}
    (one,) = task(receipt(made), ffd, day)["items"]
    return dict(one)


def seen(name: str) -> dict[str, Any]:
    """A recorded task; its cashier's INN has wrong check digits, which ours refuses."""
    told = dict(FLOWS[name]["task"])
    if "operator" in told:
        told["operator"] = {"name": "Иванов", "vatin": "500100732259"}
    return told


BANANAS = {"name": "Бананы", "quantity": "2", "price": "50.00"}


def test_the_recorded_sale_is_made_again() -> None:
    body = receipt(
        {**BANANAS, "vat": "20%"},
        {"name": "Сыр", "quantity": "0.5", "price": "123.45", "vat": "10%"},
        payments=[{"kind": "cash", "amount": "200.00"}],
        operator=WHO,
        delivery={"sms": "+79161234567"},
        extras={"ffd": {"taxation": "osn"}},
    )
    made, wanted = task(body, department=1), seen("flow-sell")
    # The recorded one names the department of its first position only.
    del made["items"][1]["department"]
    assert made == wanted


def test_the_recorded_return_without_paper_is_made_again() -> None:
    body = receipt(
        {**BANANAS, "taxes": [{"kind": "exempt"}]},
        kind="refund",
        payments=[{"kind": "card", "amount": "100.00"}],
        operator=WHO,
        delivery={"paper": False, "email": "a@b.ru"},
        extras={"ffd": {"taxation": "usn_income"}},
    )
    made = task(body, department=1)
    assert made.pop("total") == 100
    assert made == seen("flow-sellReturn")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"op": "cash.out", "amount": "50.50", "currency": "RUB", "operator": WHO}, "flow-cashOut"),
        ({"op": "shift.close", "operator": WHO}, "flow-closeShift"),
    ],
    ids=["cash out", "shift close"],
)
def test_the_recorded_slips_are_made_again(body: dict[str, Any], name: str) -> None:
    assert task(body) == seen(name)


def test_every_rate_of_vat_has_its_name_and_those_of_2026_too() -> None:
    assert set(names.VAT) == set(Vat)
    written = {vat: position(day=date(2026, 1, 1), vat=vat.value.rate)["tax"]["type"] for vat in Vat if vat.value.rate}
    assert written[Vat.VAT_22] == "vat22"
    assert written[Vat.VAT_22_122] == "vat122"
    assert (written[Vat.VAT_5], written[Vat.VAT_7_107]) == ("vat5", "vat107")
    assert len(set(names.VAT.values())) == len(Vat)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (names.TAXATION, Taxation),
        (names.METHODS, PaymentMethod),
        (names.OBJECTS, PaymentObject),
        (names.AGENTS, Agent),
        (names.MEASURES, Measure),
        (names.PLANNED, PlannedStatus),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_every_word_of_the_format_has_a_name_of_its_own(table: dict[Any, str], words: Any) -> None:
    assert set(table) == set(words)
    assert len(set(table.values())) == len(table)


def test_amounts_are_written_digit_by_digit() -> None:
    body = receipt({"name": "Х", "quantity": "0.333", "price": "0.10", "vat": "10%"})
    chosen = FAMILY.settings_from({"ffd": "1.05"})
    plan = plan_of(OPERATIONS.validate_python(body), circumstances(chosen, None, DAY))
    assert b'"price":0.10,"quantity":0.333,"amount":0.03' in dump(plan.task)


def test_an_agent_and_his_supplier_stand_in_the_position() -> None:
    extras = {
        "ffd": {
            "agent": {
                "signs": ["commission_agent", "paying_agent"],
                "operation": "Приём",
                "phones": ["+79160000001"],
                "receiving_operator_phones": ["+79160000002"],
                "transfer_operator_name": "Банк",
                "transfer_operator_inn": "7707083893",
            },
            "supplier": {"inn": "7725327863", "name": "ООО Рога", "phones": ["+79160000003"]},
        }
    }
    made = position(extras=extras)
    assert made["agentInfo"] == {
        "agents": ["payingAgent", "commissionAgent"],
        "payingAgent": {"operation": "Приём", "phones": ["+79160000001"]},
        "receivePaymentsOperator": {"phones": ["+79160000002"]},
        "moneyTransferOperator": {"name": "Банк", "vatin": "7707083893"},
    }
    assert made["supplierInfo"] == {"vatin": "7725327863", "name": "ООО Рога", "phones": ["+79160000003"]}


def test_the_unit_is_a_text_until_1_1_and_a_word_since_1_2() -> None:
    assert position(unit="кг")["measurementUnit"] == "кг"
    assert position("1.2", unit="кг")["measurementUnit"] == "kilogram"


def test_a_marking_code_goes_as_it_was_read() -> None:
    old = position(marking={"code_b64": CODE})
    assert old["markingCode"] == {"type": "other", "mark": CODE}
    new = task(receipt({"name": "Вода", "price": "10.00", "vat": "10%", "marking": {"code_b64": CODE}}), "1.2")
    assert new["validateMarkingCodes"] is True
    assert new["items"][0]["imcParams"] == {
        "imcType": "auto",
        "imc": CODE,
        "imcModeProcessing": 0,
        "itemEstimatedStatus": "itemPieceSold",
    }
    assert new["items"][0]["paymentObject"] == "commodityWithMarking"


def test_a_part_of_a_package_and_a_check_made_before_go_with_the_code() -> None:
    marking = {"fraction": {"numerator": 1, "denominator": 6}, "result": 15}
    line = {
        "name": "Вода",
        "price": "10.00",
        "vat": "10%",
        "marking": {"code_b64": CODE},
        "extras": {"ffd": {"marking": marking}},
    }
    made = task(receipt(line), "1.2")
    params = made["items"][0]["imcParams"]
    assert params["itemFractionalAmount"] == "1/6"
    assert params["itemInfoCheckResult"] == {
        "imcCheckFlag": True,
        "imcCheckResult": True,
        "imcStatusInfo": True,
        "imcEstimatedStatusCorrect": True,
        "ecrStandAloneFlag": False,
    }
    assert "validateMarkingCodes" not in made


def test_a_correction_says_what_it_rests_on() -> None:
    basis = {"type": "order", "date": "2025-05-30", "number": "1175", "settlement": "sale_return"}
    made = task(
        receipt({"name": "Х", "price": "1.00", "vat": "10%"}, kind="correction", extras={"ffd": {"correction": basis}}), "1.1"
    )
    assert made["type"] == "sellReturnCorrection"
    assert (made["correctionType"], made["correctionBaseDate"], made["correctionBaseNumber"]) == (
        "instruction",
        "2025.05.30",
        "1175",
    )


def test_the_buyer_the_place_and_the_attributes_are_told() -> None:
    extras = {
        "ffd": {
            "place": "Ларёк",
            "address": "Москва",
            "machine_number": "12",
            "seller_email": "shop@example.ru",
            "internet": True,
            "attribute": "4160536402",
            "user_attribute": {"name": "Заказ", "value": "17"},
            "buyer": {"birth_date": "1990-02-03", "citizenship": "643"},
            "operation": {"id": 0, "data": "x", "time": "2025-06-01T10:00:00"},
            "industry": [{"authority": "030", "date": "2024-11-20", "number": "1944", "value": "UUID=1"}],
            "electronic_payments": [{"amount": "1.00", "method": 1, "identifiers": "a"}],
        }
    }
    body = receipt(
        {"name": "Х", "price": "1.00", "vat": "10%"},
        customer={"name": "Пётр", "ids": [{"type": "inn", "value": "7707083893"}], "address": "Тула"},
        payments=[{"kind": "card", "amount": "1.00"}],
        delivery={"email": "a@b.ru"},
        extras=extras,
    )
    made = task(body, "1.2")
    assert made["clientInfo"] == {
        "emailOrPhone": "a@b.ru",
        "name": "Пётр",
        "vatin": "7707083893",
        "birthDate": "1990.02.03",
        "citizenship": "643",
        "address": "Тула",
    }
    assert (made["paymentsPlace"], made["paymentsAddress"], made["machineNumber"]) == ("Ларёк", "Москва", "12")
    assert (made["companyInfo"], made["internet"]) == ({"email": "shop@example.ru"}, True)
    assert made["operationInfo"] == {"id": 0, "dateTime": "2025.06.01 10:00:00", "data": "x"}
    assert made["industryInfo"] == [{"fois": "030", "date": "2024.11.20", "number": "1944", "industryAttribute": "UUID=1"}]
    assert made["paymentsAddInfo"] == [{"sum": 1, "paymentMethod": 1, "electronicallyId": "a"}]
    assert made["items"][1:] == [
        {"type": "additionalAttribute", "value": "4160536402", "print": True},
        {"type": "userAttribute", "name": "Заказ", "value": "17", "print": True},
    ]


def test_a_total_that_is_rounded_down_is_told_and_up_is_refused() -> None:
    line = {"name": "Х", "price": "10.90", "vat": "10%"}
    assert task(receipt(line, rounding="-0.90"))["total"] == 10
    with pytest.raises(RequestError, match="rounding"):
        task(receipt(line, rounding="0.10"))


def test_a_printout_has_its_lines_with_their_style() -> None:
    operation = Print.model_validate({"op": "print", "title": "A", "lines": [{"text": "B", "double": True, "align": "right"}]})
    made, _ = printout(operation, 48)
    assert made["items"] == [
        {"type": "text", "text": "A", "alignment": "center"},
        {"type": "text", "text": "B", "alignment": "right", "doubleWidth": True},
    ]


def test_codes_and_fed_lines_are_items_of_their_own_and_a_cut_is_refused() -> None:
    items = [{"qr": "https://a.example/1", "size": 6}, {"barcode": "590123412345", "format": "ean13"}, {"feed": 2}]
    made, _ = printout(Print.model_validate({"op": "print", "lines": items}), 48)
    assert made["items"] == [
        {"type": "barcode", "barcode": "https://a.example/1", "barcodeType": "QR", "scale": 6, "alignment": "center"},
        {"type": "barcode", "barcode": "5901234123457", "barcodeType": "EAN13", "alignment": "center"},
        {"type": "text", "text": ""},
        {"type": "text", "text": ""},
    ]
    with pytest.raises(RequestError, match=r"lines.1.cut"):
        printout(Print.model_validate({"op": "print", "lines": [{"text": "A"}, {"cut": "full"}]}), 48)


# --- JSON


@settings(max_examples=50)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(10**17), 10**18 - 1)
        | st.text()
        | st.decimals(-(10**14), 10**14, allow_nan=False, allow_infinity=False, places=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    )
)
def test_what_is_written_is_read_back(value: Any) -> None:
    read = load(dump({"value": value}))["value"]
    assert read == value


def test_a_float_is_never_written() -> None:
    with pytest.raises(TypeError):
        dump({"sum": 0.1})


@given(st.binary(max_size=60))
def test_no_answer_raises_anything_but_unreadable(body: bytes) -> None:
    for read in (states_of, error_of, devices_of, lambda data: accepted(data, "u")):
        with contextlib.suppress(Unreadable):
            read(body)


def test_requests_and_answers_are_read() -> None:
    assert request_path("a/b", "К 1") == "/api/v2/requests/a%2Fb?deviceID=%D0%9A+1"
    assert query_path("queryFnStatus", "") == "/api/v2/operations/queryFnStatus"
    assert request_body("u", [{"type": "x"}]) == b'{"uuid":"u","request":[{"type":"x"}]}'
    answer = b'{"uuid":"u","number":1,"isBlocked":true,"blockedUUID":"v","blockReason":"fnError"}'
    assert accepted(answer, "u") == Queue(True, "v", "fnError")
    with pytest.raises(Unreadable, match="another request"):
        accepted(answer, "w")
    (state,) = states_of(b'{"results":[{"status":"error","error":{"code":73,"description":"x"},"result":null}]}')
    assert (state.status, state.error.code if state.error else 0, state.result) == (Status.ERROR, 73, {})


def test_codes_and_fed_lines_stand_between_the_texts() -> None:
    items = [{"qr": "https://example.ru/ч", "size": 4}, {"format": "ean13", "barcode": "460123456789"}, {"feed": 2}]
    made, _ = printout(Print.model_validate({"op": "print", "lines": items}), 48)
    assert made["items"] == [
        {"type": "barcode", "barcode": "https://example.ru/ч", "barcodeType": "QR", "scale": 4, "alignment": "center"},
        {"type": "barcode", "barcode": "4601234567893", "barcodeType": "EAN13", "alignment": "center"},
        {"type": "text", "text": ""},
        {"type": "text", "text": ""},
    ]
    for refused in ({"cut": "full"}, {"qr": "x", "correction": "H"}):
        with pytest.raises(RequestError):
            printout(Print.model_validate({"op": "print", "lines": [refused]}), 48)


def test_every_number_of_the_vendors_driver_has_words_in_two_languages() -> None:
    for number in (*DEVICE_CODES, *OWN):
        row, error = lookup(number), job_error(Said(number, "Текст драйвера"))
        assert row.code in CODES
        assert (error.code, error.device_code, error.device_text) == (row.code, str(number), "Текст драйвера")
        assert re.search("[а-яё]", error.in_language("ru").message)
    assert surely_not_executed(Said(73, ""))
    assert not surely_not_executed(Said(2, ""))
    assert not surely_not_executed(Said(9999, ""))
    assert not surely_not_executed(None)


def test_the_numbers_are_those_of_the_reference() -> None:
    seen = {
        int(vector["hex"][2:4], 16): vector["meaning"]["driver_code"]
        for vector in VECTORS
        if vector["meaning"]["layer"] == "response-error" and "driver_code" in vector["meaning"]
    }
    assert seen
    for device, number in seen.items():
        assert ERRORS[DEVICE_CODES[number]].text == ERRORS[device].text
