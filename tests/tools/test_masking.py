"""What is hidden by value and by form, and what must stay readable."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.model import private_values, without_private
from bridge.transport import Secrets, Values, hide_patterns, mask_private

RECEIPT = {
    "op": "receipt",
    "lines": [{"name": "Tea", "price": "10.00", "discount": {"amount": "1.00", "text": "for Jan"}}],
    "customer": {"ids": [{"type": "nip", "value": "5261040828"}], "name": "Jan Kowalski", "loyalty_id": None},
    "delivery": {"paper": True, "email": "jan@example.pl", "sms": None},
    "payments": [{"kind": "card", "amount": "9.00", "card": {"scheme": "visa", "authorisation_code": "A-77-B"}}],
    "extras": {"ffd": {"phone": "+48601234567"}},
}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("card 4111 1111 1111 1111 declined", "card 4111 11** **** 1111 declined"),
        ("card%204111111111111111%20x", "card%20411111******1111%20x"),
        ("to jan.k+x@mail.example.pl now", "to *** now"),
        ("jan%40example.pl", "***"),
        ("call +48 601 234 567", "call ***"),
        ("call 601-234-567", "call ***"),
        ("Authorization: Bearer abcdef123456", "Authorization: Bearer ***"),
        ("tbk_0123456789abcdef", "***"),
        ("cannot open tcp://boss:pa@ss@192.168.1.7:6666/ now", "cannot open tcp://***@192.168.1.7:6666/ now"),
        ("'http://boss@[fe80::1]'", "'http://***@[fe80::1]'"),
    ],
)
def test_what_looks_private_is_hidden(text: str, shown: str) -> None:
    assert hide_patterns(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T22:31:26.163+00:00",
        "job 01M7XHC0P6FA3W0FQ62M7K086J of till-1",
        "total 1234567.89, number 601234567",
        "tcp://192.168.100.200:6666",
        "https://pos.example.com/@till",
        "ZBF 2101002392/1/2",
    ],
)
def test_what_a_fault_is_found_by_stays(text: str) -> None:
    assert hide_patterns(text) == text


@given(st.text(min_size=8, max_size=30), st.text(max_size=10), st.text(max_size=10))
def test_a_known_secret_is_hidden_wherever_it_stands(secret: str, before: str, after: str) -> None:
    raw = secret.encode("utf-8", "surrogatepass")
    values = Values([secret])
    assert secret not in values.hide(before + secret + after)
    assert raw.hex() not in values.hide(f"<{raw.hex()}>")
    assert base64.b64encode(raw).decode() not in values.hide(f"<{base64.b64encode(raw).decode()}>")
    hidden = values.hide_bytes(b"<" + raw + b">")
    assert (len(hidden), raw in hidden) == (len(raw) + 2, False)


def test_a_short_secret_is_hidden_only_where_it_stands_alone() -> None:
    assert Values(["4711"]).hide("PIN 4711, amount 147110") == "PIN ***, amount 147110"
    assert Values(["77"]).hide("77 bottles") == "77 bottles"


def test_a_secret_that_was_changed_stays_hidden() -> None:
    secrets = Secrets()
    secrets.know("till-1", ["old-password"])
    secrets.know("till-1", ["new-password"])
    assert secrets.hide("old-password new-password") == "*** ***"


@given(st.binary(max_size=200))
def test_masking_keeps_the_length_of_any_bytes(data: bytes) -> None:
    assert len(mask_private(data)) == len(data)


def test_a_card_in_utf_16_is_hidden_too() -> None:
    assert "111111111" not in mask_private("card 4111111111111111".encode("utf-16-le")).decode("utf-16-le")


def test_the_customers_values_of_an_operation() -> None:
    assert set(private_values(RECEIPT)) == {"5261040828", "Jan Kowalski", "jan@example.pl", "A-77-B", "+48601234567"}
    assert private_values(None) == ()


def test_an_operation_for_strangers_keeps_its_form_its_goods_and_its_sums() -> None:
    assert without_private(RECEIPT) == {
        "op": "receipt",
        "lines": [{"name": "Tea", "price": "10.00", "discount": {"amount": "1.00", "text": "(7 characters)"}}],
        "customer": {"ids": [{"type": "nip", "value": "***"}], "name": "***", "loyalty_id": None},
        "delivery": {"paper": True, "email": "***", "sms": None},
        "payments": [{"kind": "card", "amount": "9.00", "card": {"scheme": "***", "authorisation_code": "***"}}],
        "extras": {"ffd": {"phone": "***"}},
    }
