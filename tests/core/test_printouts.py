"""Items of a printout: how they are told apart, what is wrong with one by its field, and what a device does not have."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from bridge.jobs.validation import check_for_device, parse_operation
from bridge.model import (
    Capabilities,
    Print,
    PrintBarcode,
    PrintCut,
    PrintFeed,
    PrintLine,
    PrintQr,
    RequestError,
    Warning_,
    without_private,
)
from bridge.model.codes import Correction, ean13, qr_capacity, qr_modules, qr_version
from bridge.plugin import Checked, FittedQr, QrLimits, fit_qr


def printout(*lines: Any) -> Print:
    operation = parse_operation({"op": "print", "lines": list(lines)})
    assert isinstance(operation, Print)
    return operation


def test_an_item_is_what_its_member_says_and_text_where_there_is_none() -> None:
    made = printout(
        {"text": "a"},
        {},
        {"bold": True},
        {"qr": "x"},
        {"format": "ean13", "barcode": "590123412345"},
        {"feed": 1},
        {"cut": "full"},
    )
    assert [type(item) for item in made.lines] == [PrintLine] * 3 + [PrintQr, PrintBarcode, PrintFeed, PrintCut]
    assert parse_operation(made.model_dump(mode="json")) == made


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"qr": "x", "text": "y"}, "lines.1.text"),
        ({"qr": ""}, "lines.1.qr"),
        ({"qr": "a\x1d"}, "lines.1.qr"),
        ({"qr": "ж" * 1477}, "lines.1.qr"),
        ({"qr": "x" * 1274, "correction": "H"}, "lines.1.qr"),
        ({"qr": "x", "size": 0}, "lines.1.size"),
        ({"qr": "x", "size": "4"}, "lines.1.size"),
        ({"barcode": "5901234123450", "format": "ean13"}, "lines.1.barcode"),
        ({"barcode": "123", "format": "ean13"}, "lines.1.barcode"),
        ({"barcode": "é", "format": "code128"}, "lines.1.barcode"),
        ({"barcode": "590123412345"}, "lines.1.format"),
        ({"feed": 0}, "lines.1.feed"),
        ({"feed": 101}, "lines.1.feed"),
        ({"cut": "half"}, "lines.1.cut"),
        ({"align": "middle"}, "lines.1.align"),
        (7, "lines.1"),
    ],
)
def test_what_is_wrong_is_told_by_the_field_that_the_till_wrote(item: Any, field: str) -> None:
    with pytest.raises(RequestError) as caught:
        printout({"text": "a"}, item)
    assert [error.field for error in caught.value.errors] == [field]


def test_a_printout_feeds_no_kilometres_of_paper() -> None:
    assert len(printout(*[{"feed": 100}] * 10).lines) == 10
    with pytest.raises(RequestError) as caught:
        printout(*[{"feed": 100}] * 10, {"feed": 1})
    assert [error.field for error in caught.value.errors] == ["lines"]


def test_what_codes_say_is_left_out_of_what_strangers_see() -> None:
    shown = without_private({"op": "print", "lines": [{"qr": "https://x"}, {"barcode": "5901", "format": "ean13"}]})
    assert shown["lines"] == [{"qr": "(9 characters)"}, {"barcode": "(4 characters)", "format": "ean13"}]


@pytest.mark.parametrize("correction", ["L", "M", "Q", "H"])
@pytest.mark.parametrize("version", [1, 9, 10, 26, 27, 40])
def test_the_table_of_capacities_is_that_of_the_standard(version: int, correction: Correction) -> None:
    """Held against the library that draws them: a byte more makes the next version, or no code."""
    most = qr_capacity(version, correction)
    made = segno.make_qr(b"\xe9" * most, error=correction, boost_error=False, mode="byte")
    assert (made.version, made.symbol_size(border=0)[0]) == (version, qr_modules(version))
    assert qr_version(most, correction) == version
    if version < 40:
        assert segno.make_qr(b"\xe9" * (most + 1), error=correction, boost_error=False, mode="byte").version == version + 1
        assert qr_version(most + 1, correction) == version + 1
    else:
        assert qr_version(most + 1, correction) is None


@given(st.text("0123456789", min_size=12, max_size=12))
def test_a_check_digit_is_found_and_every_other_one_refused(digits: str) -> None:
    whole = ean13(digits)
    assert ean13(whole) == whole
    assert sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(whole)) % 10 == 0
    for wrong in set("0123456789") - {whole[12]}:
        with pytest.raises(ValueError, match="would be right"):
            ean13(digits + wrong)


def test_what_a_device_does_not_have_is_refused_by_its_item_unless_the_till_is_lenient() -> None:
    """Then the family has its say, and changes what it can visibly."""
    capabilities = Capabilities(operations=frozenset({"print"}), print_items=frozenset({"text", "cut.full"}))
    family = SimpleNamespace(
        arithmetic=None, settings_from=lambda values: None, check=lambda *_: Checked((Warning_(code="seen", message="."),))
    )
    config = SimpleNamespace(fit="strict", settings={})
    runtime: Any = SimpleNamespace(
        family=family, endpoint="x", config=config, capabilities=capabilities, id="till-1", reason=None
    )
    for item, field in (
        ({"qr": "x"}, "lines.1.qr"),
        ({"barcode": "590123412345", "format": "ean13"}, "lines.1.barcode"),
        ({"feed": 1}, "lines.1.feed"),
        ({"cut": "partial"}, "lines.1.cut"),
    ):
        made = printout({"text": "a"}, item)
        with pytest.raises(RequestError) as caught:
            check_for_device(made, runtime)
        assert (caught.value.code, caught.value.errors[0].field) == ("request.unsupported", field)
        lenient = check_for_device(made.model_copy(update={"fit": "lenient"}), runtime)
        assert [warning.code for warning in lenient.warnings] == ["seen"]
    assert check_for_device(printout({"text": "a"}, {"cut": "full"}), runtime).warnings


# --- against what a device can print

LIMITS = QrLimits(sizes=range(3, 9), usual=5, bytes=200, dots=384)


def fitted(item: dict[str, Any], limits: QrLimits = LIMITS, *, lenient: bool = False) -> tuple[FittedQr, list[str]]:
    warned: list[str] = []
    (made,) = printout(item).lines
    assert isinstance(made, PrintQr)
    return fit_qr(made, "lines.0", limits, lenient=lenient, warn=lambda code, _, field: warned.append(f"{code} {field}")), warned


def test_a_code_without_size_is_as_large_as_usual_or_as_the_paper_lets_it() -> None:
    assert fitted({"qr": "x"}) == (FittedQr(b"x", 5, "M"), [])
    # 170 bytes at H are version 13, 69 modules: 300 dots are four for each.
    assert fitted({"qr": "x" * 170, "correction": "H"}, QrLimits(range(3, 9), 5, 200, 300))[0].size == 4


def test_a_size_that_does_not_fit_is_refused_or_changed_to_the_nearest() -> None:
    with pytest.raises(RequestError) as caught:
        fitted({"qr": "x", "size": 12})
    assert (caught.value.errors[0].field, caught.value.errors[0].limit) == ("lines.0.size", "3 to 8")
    assert fitted({"qr": "x", "size": 12}, lenient=True) == (FittedQr(b"x", 8, "M"), ["size_changed lines.0.size"])
    assert fitted({"qr": "x", "size": 1}, lenient=True)[0].size == 3


@pytest.mark.parametrize("limits", [QrLimits(range(3, 9), 5, 2953, 60), QrLimits(range(3, 9), 5, 4)])
@pytest.mark.parametrize("lenient", [True, False])
def test_a_content_is_never_cut(limits: QrLimits, lenient: bool) -> None:
    with pytest.raises(RequestError) as caught:
        fitted({"qr": "12345"}, limits, lenient=lenient)
    assert caught.value.errors[0].field == "lines.0.qr"


def test_correction_yields_to_the_content_only_where_the_till_names_none() -> None:
    wide = QrLimits(range(3, 9), 5, 2953)
    assert fitted({"qr": "x" * 2331}, wide)[0].correction == "M"
    assert fitted({"qr": "x" * 2332}, wide)[0].correction == "L"
