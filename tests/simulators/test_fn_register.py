"""What all simulated registers with an FN share: paper in its time, words, taxes, tags as they are told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv
from bridge_sim_fn import issued, wording
from bridge_sim_fn.faults import FnReplaced, RamClear
from bridge_sim_fn.mechanism import PrintingMechanism
from bridge_sim_fn.memory import FnDocument
from bridge_sim_fn.register import FnRegister
from bridge_sim_fn.vat import tax_in, tax_tags
from bridge_simulators import FaultError
from bridge_simulators.faults import Course
from bridge_simulators.paper import Paper
from posnet_host import in_virtual_time

# --- paper


@dataclass
class Register:
    """As much of a register as its mechanism sees."""

    seconds: float = 0.0
    busy_polls: int = 0
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.roll = Paper(wording.WIDTH)
        self.memory = SimpleNamespace(unprinted=["ИТОГ", wording.CUT_MARK])
        self.settings = SimpleNamespace(busy_polls=self.busy_polls)
        self.pace = self

    def printing(self, lines: int, *, cut: bool) -> float:
        self.done.append(f"{lines} lines, cut: {cut}")
        return self.seconds

    def printed(self) -> None:
        self.done.append("printed")

    def save(self) -> None:
        self.done.append("save")


def mechanism_of(register: Register) -> PrintingMechanism:
    return PrintingMechanism(cast(FnRegister, register))


def test_what_is_owed_comes_at_once_where_printing_takes_no_time() -> None:
    register = Register()
    mechanism = mechanism_of(register)
    mechanism.begin()
    assert register.roll.lines == ["ИТОГ", wording.CUT_MARK]
    assert (mechanism.busy, register.memory.unprinted, register.done) == (False, [], ["2 lines, cut: True", "printed"])


def test_it_comes_after_so_many_questions_that_are_answered_with_busy() -> None:
    register = Register(busy_polls=2)
    mechanism = mechanism_of(register)
    mechanism.begin()
    mechanism.polled()
    assert (mechanism.busy, register.roll.lines) == (True, [])
    mechanism.polled()
    assert (mechanism.busy, len(register.roll.lines)) == (False, 2)
    mechanism.polled()
    assert len(register.roll.lines) == 2


def test_it_comes_after_its_seconds_and_is_then_remembered() -> None:
    async def scenario() -> None:
        register = Register(seconds=3)
        mechanism = mechanism_of(register)
        mechanism.begin()
        await asyncio.sleep(2)
        assert (mechanism.busy, register.roll.lines) == (True, [])
        await asyncio.sleep(2)
        assert (mechanism.busy, register.done[-2:]) == (False, ["printed", "save"])

    in_virtual_time(scenario())


def test_where_it_is_stopped_nothing_comes_and_all_is_still_owed() -> None:
    async def scenario() -> None:
        register = Register(seconds=3, busy_polls=1)
        mechanism = mechanism_of(register)
        mechanism.begin()
        mechanism.stop()
        await asyncio.sleep(6)
        assert (mechanism.busy, register.roll.lines, len(register.memory.unprinted)) == (False, [], 2)

    in_virtual_time(scenario())


# --- faults


def test_a_new_fn_and_a_lost_memory_are_hands_on_the_register() -> None:
    done: list[str] = []
    register: Any = SimpleNamespace(replace_fn=done.append, clear_memory=lambda: done.append("cleared"))
    FnReplaced(serial="9999078900000001").strike(register, Course())
    RamClear().strike(register, Course())
    assert done == ["9999078900000001", "cleared"]


@pytest.mark.parametrize("serial", ["", "999907890000000", "99990789000000012", "999907890000000x"])
def test_the_number_of_a_new_fn_has_sixteen_digits(serial: str) -> None:
    with pytest.raises(FaultError, match="16 digits"):
        FnReplaced(serial=serial).check()


# --- words, taxes, tags


def test_a_qr_code_says_what_the_rules_ask_for() -> None:
    at = datetime(2026, 11, 20, 15, 4, 59, tzinfo=UTC)
    document = FnDocument(31, 3, at, 2876543210, "", operation=1, total=2700)
    assert wording.qr_text(document, "9999078900004312") == ("t=20261120T1504&s=27.00&fn=9999078900004312&i=31&fp=2876543210&n=1")


@pytest.mark.parametrize(
    ("code", "check", "lines"), [("", 15, []), ("01", None, ["  [M]"]), ("01", 1, ["  [M]"]), ("01", 3, ["  [M+]"])]
)
def test_a_marked_item_shows_whether_its_code_was_found_fine(code: str, check: int | None, lines: list[str]) -> None:
    assert wording.marking(code, check) == lines


def test_a_receipt_shows_its_taxation_and_where_else_it_goes() -> None:
    assert [line.split() for line in wording.conditions(2, "a@b.ru")] == [
        ["СНО", "УСН", "доход"],
        ["ЭЛ.", "АДР.", "ПОКУПАТЕЛЯ", "a@b.ru"],
    ]
    assert len(wording.conditions(1, "")) == 1


@pytest.mark.parametrize(
    ("amount", "percent", "tax"),
    [(12000, 20, 2000), (100, 22, 18), (105, 5, 5), (3, 20, 1), (2, 20, 0), (100, 0, 0), (100, None, 0)],
)
def test_a_tax_is_in_the_amount_and_half_a_kopeck_is_rounded_up(amount: int, percent: int | None, tax: int) -> None:
    assert tax_in(amount, percent) == tax


@dataclass(frozen=True)
class Rate:
    code: int
    total: Tag | None = None


def test_rates_without_a_tag_of_their_own_are_summed_in_one() -> None:
    old, new, newer = Rate(1, Tag.VAT_20), Rate(7), Rate(11)
    assert tax_tags([(old, 5)]) == [Tlv(Tag.VAT_20, 5)]
    assert tax_tags([(new, 7), (old, 5), (newer, 9)]) == [
        Tlv(Tag.VAT_20, 5),
        Tlv(
            Tag.VAT_SUMS,
            (
                Tlv(Tag.VAT_SUM_OF_RATE, (Tlv(Tag.VAT_RATE, 7), Tlv(Tag.VAT_SUM, 7))),
                Tlv(Tag.VAT_SUM_OF_RATE, (Tlv(Tag.VAT_RATE, 11), Tlv(Tag.VAT_SUM, 9))),
            ),
        ),
    ]


def test_tags_are_told_by_number_in_what_json_has() -> None:
    tags = (Tlv(Tag.FISCAL_SIGN, b"\x31\x04"), Tlv(Tag.VAT_SUMS, (Tlv(Tag.VAT_RATE, 7),)), Tlv(Tag.QUANTITY, Decimal("1.5")))
    assert issued.told(tags) == {
        str(int(Tag.FISCAL_SIGN)): "3104",
        str(int(Tag.VAT_SUMS)): {str(int(Tag.VAT_RATE)): 7},
        str(int(Tag.QUANTITY)): "1.5",
    }


def test_the_tills_number_is_the_user_attribute_else_the_additional_one() -> None:
    attribute = Tlv(Tag.USER_ATTRIBUTE, (Tlv(Tag.USER_ATTRIBUTE_NAME, "order"), Tlv(Tag.USER_ATTRIBUTE_VALUE, "A-17")))
    additional = Tlv(Tag.RECEIPT_ATTRIBUTE, "B-2")
    assert issued.reference((additional, attribute)) == "A-17"
    assert issued.reference((additional,)) == "B-2"
    assert issued.reference(()) == ""
