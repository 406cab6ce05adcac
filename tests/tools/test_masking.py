"""What is hidden by value and by form, and what must stay readable."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.model import private_values, without_private
from bridge.transport import Secrets, Values, hide_card_numbers, hide_patterns, mask_private, masked_pan

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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("card 4111111111111111 05/28", "card 411111******1111 05/28"),
        ("4111 1111 1111 1111 12.11", "4111 11** **** 1111 12.11"),
        ("0042 4111-1111-1111-1111", "0042 4111-11**-****-1111"),
        ("378282246310005", "378282*****0005"),
        ("5105105105105100;2221000000000009", "510510******5100;222100******0009"),
        ("6011000990139424=2812", "601100******9424=2812"),
        ("36227206271667", "362272****1667"),
        ("2200123456789019", "220012******9019"),
        ("at 20261120090000 and 20261120090018", "at 20261120090000 and 20261120090018"),
        ("register 9999078900004792, 0000000041111111", "register 9999078900004792, 0000000041111111"),
        ("411111******1111, 4111111111111112", "411111******1111, 4111111111111112"),
        ("04 0F 41 11 11 11 11 11 11 11 27 00", "04 0F 41 11 11 11 11 11 11 11 27 00"),
        ("RRN 121702285176 of 075121702285176315144", "RRN 121702285176 of 075121702285176315144"),
    ],
)
def test_a_card_is_told_by_how_it_begins_and_its_check_digit(text: str, shown: str) -> None:
    assert hide_card_numbers(text) == shown


def test_an_ean_is_no_card_where_goods_are_told_of() -> None:
    ean = "6901234567892"  # passes the Luhn check too, and begins as a Maestro card may
    assert hide_card_numbers(ean) == "690123***7892"
    assert hide_card_numbers(ean, shortest=14) == ean


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("4111111111111111", "411111******1111"),
        ("4111 1111 1111 1111", "411111******1111"),
        ("6725xxxxxxxx4354", "6725********4354"),
        ("411111111111....", "411111**********"),
        ("************1111", "************1111"),
        ("411111111EEE1111", "411111******1111"),
        ("123456789012", "********9012"),
        ("", ""),
    ],
)
def test_of_a_card_six_and_four_digits_are_shown_at_most(number: str, shown: str) -> None:
    assert masked_pan(number) == shown
    assert masked_pan(shown) == shown


def test_nobody_is_shown_more_by_asking_for_more() -> None:
    assert masked_pan("4111111111111111", first=0) == "************1111"
    with pytest.raises(ValueError, match="no more than"):
        masked_pan("4111111111111111", first=8)


@given(
    st.text(alphabet="0123456789 -", max_size=60), st.sampled_from(["4111111111111111", "378282246310005", "5105105105105100"])
)
def test_a_card_is_hidden_wherever_it_stands_alone(around: str, card: str) -> None:
    shown = hide_card_numbers(f"{around}|{card}|{around}")
    assert card not in shown
    assert len(shown) == 2 * len(around) + len(card) + 2
    assert hide_card_numbers(shown) == shown
