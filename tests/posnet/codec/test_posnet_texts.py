"""What errors say in both languages, and to whom."""

import pytest
from bridge_posnet.errors import COMMAND_ERRORS
from bridge_posnet.frame import Frame
from bridge_posnet.refusals import Refused
from bridge_posnet.texts import CASHIER, NOT_FOR_CASHIERS, remedy
from bridge_posnet.texts.en import REMEDIES
from bridge_posnet.texts.pl import GENERAL, TEXTS

from bridge.model import ERRORS


@pytest.mark.parametrize("code", sorted(CASHIER))
def test_an_error_that_a_cashier_can_meet_says_what_to_do_in_both_languages(code: int) -> None:
    row = COMMAND_ERRORS[code]
    english = remedy(code, row)
    polish = TEXTS.get(code)
    assert row.text
    assert english
    assert polish is not None
    assert all(polish)
    assert polish[0] != row.text
    assert polish[1].endswith(".")
    assert not polish[0].endswith(".")


def test_no_sentence_stands_there_for_an_error_that_does_not_exist_or_needs_none() -> None:
    assert set(TEXTS) == CASHIER
    assert {code for code, text in REMEDIES.items() if COMMAND_ERRORS[code].remedy} == set()
    assert set(REMEDIES) <= CASHIER


def test_every_other_error_has_polish_by_its_uniform_code() -> None:
    assert {row.code for row in COMMAND_ERRORS.values()} <= set(GENERAL)
    assert set(GENERAL) <= set(ERRORS)


def test_every_range_that_is_not_for_cashiers_holds_errors_of_the_table() -> None:
    for first, last in NOT_FOR_CASHIERS:
        assert any(first <= code <= last for code in COMMAND_ERRORS), (first, last)


def test_a_refusal_is_told_in_both_languages() -> None:
    error = Refused(Frame("trline"), Frame("trline", error=2106), "lines.0").job_error()
    assert error.message == "The printer refused a line: goods locked at a higher rate. Nothing was issued."
    polish = error.texts["pl"]
    assert polish.message == "Drukarka odmówiła pozycji: towar zablokowany w wyższej stawce. Dokument nie został wystawiony."
    assert polish.remedy == "Zmień nazwę towaru albo sprzedaj go w niższej stawce."


def test_a_damaged_frame_is_told_in_polish_too() -> None:
    error = Refused(Frame("trline"), Frame("ERR", error=5)).job_error()
    assert error.texts["pl"].message == "Drukarka odmówiła pozycji: drukarka odmówiła. Dokument nie został wystawiony."
