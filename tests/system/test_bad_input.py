"""Bad input over HTTP: a problem document that names the field, the limit and the remedy; nothing stored, nothing printed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.system.conftest import System

LINE: dict[str, Any] = {"name": "Chleb", "quantity": "2", "price": "4.50", "vat": "8%"}


def sale(line: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"op": "receipt", "currency": "PLN", "lines": [{**LINE, **(line or {})}], **more}


BAD: list[tuple[str, dict[str, Any], int, str, str]] = [
    ("a total that disagrees", sale(total="9.50"), 422, "request.invalid", "total"),
    ("a line total that disagrees", sale({"total": "9.01"}), 422, "request.invalid", "lines.0.total"),
    ("payments that do not cover it", sale(payments=[{"kind": "cash", "amount": "8.99"}]), 422, "request.invalid", "payments"),
    (
        "change that disagrees",
        sale(payments=[{"kind": "cash", "amount": "10.00"}], change=[{"amount": "2.00"}]),
        422,
        "request.invalid",
        "change",
    ),
    ("a rate that the printer has not", sale({"vat": "7%"}), 422, "request.invalid", "lines.0.vat"),
    ("a rate that two letters have", sale({"vat": "23%"}), 422, "request.invalid", "lines.0.vat"),
    ("a letter that is not active", sale({"vat": None, "taxes": [{"letter": "G"}]}), 422, "request.invalid", "lines.0.taxes.0"),
    ("no tax at all", sale({"vat": None}), 422, "request.invalid", "lines.0"),
    ("a negative quantity", sale({"quantity": "-1"}), 422, "request.invalid", "lines.0.quantity"),
    ("no quantity", sale({"quantity": "0"}), 422, "request.invalid", "lines.0.quantity"),
    ("a price with three decimals", sale({"price": "4.505"}), 422, "request.invalid", "lines.0.price"),
    ("a price of nothing", sale({"price": "0.00"}), 422, "request.invalid", "lines.0"),
    ("an amount as a number", sale({"price": 4.5}), 422, "request.invalid", "lines.0.price"),
    ("an amount with an exponent", sale({"price": "1E+5"}), 422, "request.invalid", "lines.0.price"),
    ("a name too long for the printer", sale({"name": "x" * 81}), 422, "request.invalid", "lines.0.name"),
    ("a name in letters that the code page lacks", sale({"name": "Чай"}), 422, "request.invalid", "lines.0.name"),
    ("a name with an emoji", sale({"name": "Kawa ☕"}), 422, "request.invalid", "lines.0.name"),
    *(
        (f"control byte {byte:02X} in a name", sale({"name": f"Chleb{chr(byte)}x"}), 422, "request.invalid", "lines.0.name")
        for byte in (0x02, 0x03, 0x09, 0x0A, 0x1B, 0x7F)
    ),
    ("a control byte in lenient mode", sale({"name": "a\x03b"}, fit="lenient"), 422, "request.invalid", "lines.0.name"),
    ("another currency", sale(currency="EUR"), 422, "request.unsupported", "currency"),
    ("too many lines for the printer", {**sale(), "lines": [LINE] * 501}, 422, "request.invalid", "lines"),
    ("ten thousand lines", {**sale(), "lines": [LINE] * 10_000}, 422, "request.invalid", "lines"),
    ("a kind of line that it has not", sale({"kind": "voucher"}), 422, "request.unsupported", "lines.0.kind"),
    ("a kind of receipt that it has not", sale(kind="correction"), 422, "request.unsupported", "kind"),
    ("an unknown field", sale({"colour": "red"}), 422, "request.invalid", "lines.0.colour"),
    ("an unknown operation", {"op": "receipt.fast"}, 422, "request.invalid", "op"),
    ("no operation", {"lines": []}, 422, "request.invalid", "op"),
    ("an operation that this printer has not", {"op": "shift.open"}, 422, "request.unsupported", "op"),
    ("a past deadline", sale(deadline="2020-01-01T00:00:00+00:00"), 422, "request.invalid", "deadline"),
    ("a deadline without a zone", sale(deadline="2030-01-01T00:00:00"), 422, "request.invalid", "deadline"),
    ("cash with three decimals", {"op": "cash.in", "amount": "1.005", "currency": "PLN"}, 422, "request.invalid", "amount"),
    (
        "a tax number of the wrong length",
        sale(customer={"ids": [{"type": "nip", "value": "123"}]}),
        422,
        "request.invalid",
        "customer.ids.0.value",
    ),
]


@pytest.mark.parametrize(("body", "status", "code", "field"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
async def test_bad_documents_are_refused_naming_the_field_and_the_key_stays_free(
    system: System, body: dict[str, Any], status: int, code: str, field: str
) -> None:
    answer = await system.submit(body, key="the-key")
    assert (answer.status, answer.body["code"], answer.media_type) == (status, code, "application/problem+json"), answer.body
    assert any(found == field or found.startswith(f"{field}.") for found in answer.fields), answer.body
    assert answer.body["detail"]
    assert answer.body["remedy"]
    assert len(json.dumps(answer.body)) < 10_000
    assert system.printer.device.documents() == []
    good = await system.submit(sale(), key="the-key")
    assert good.body["success"], good.body


async def test_lenient_texts_are_changed_visibly_and_every_change_is_told(system: System) -> None:
    answer = await system.submit(sale({"name": "Kawa ☕ „dobra” Чай"}, fit="lenient"))
    assert answer.body["success"], answer.body
    assert answer.body["result"]["warnings"]
    assert any("☕" in warning["message"] for warning in answer.body["result"]["warnings"])


async def test_an_unknown_device_and_an_unknown_job_are_404(system: System) -> None:
    assert (await system.submit(sale(), device="till-9")).status == 404
    answer = await system.call("GET", "/jobs/01ARZ3NDEKTSV4RRFFQ69G5FAV")
    assert (answer.status, answer.media_type) == (404, "application/problem+json")


async def test_a_missing_key_is_400_and_says_why_it_is_needed(system: System) -> None:
    answer = await system.call("POST", "/devices/till-1/jobs", sale())
    assert (answer.status, answer.body["code"], answer.fields) == (400, "request.key_missing", ["Idempotency-Key"])


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"{", 400),
        (b'{"op": "drawer.open", "op": "receipt"}', 400),
        (b'{"op": NaN}', 400),
        (b"[1, 2]", 400),
        (b"\xff\xfe", 400),
        (b'{"op": "' + b"x" * 1_100_000 + b'"}', 413),
    ],
    ids=["broken", "duplicate keys", "NaN", "no object", "no UTF-8", "oversized"],
)
async def test_what_is_no_proper_json_object_is_refused(system: System, data: bytes, status: int) -> None:
    answer = await system.call("POST", "/devices/till-1/jobs", data=data, Idempotency_Key="k")
    assert (answer.status, answer.media_type) == (status, "application/problem+json"), answer.body
    assert system.printer.device.documents() == []


async def test_a_rate_that_is_unknown_until_the_printer_is_asked_fails_the_job_when_it_starts(system: System) -> None:
    """Where the tax table is not known yet the request is accepted, and the driver finds out before it sends anything."""
    runtime = system.bridge.devices.runtime("till-1")
    assert runtime.capabilities is not None
    runtime.capabilities = runtime.capabilities.model_copy(update={"taxes": None})
    answer = await system.submit(sale({"vat": "7%"}))
    assert (answer.status, answer.body["state"]) == (200, "failed"), answer.body
    assert answer.body["error"]["code"] == "request.invalid"
    assert answer.body["error"]["fate"] == "not_issued"
    assert system.printer.device.documents() == []
