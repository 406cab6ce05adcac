"""Rows of fields as the plugin API writes, reads and shows them, whatever a family's fields are."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.plugin import BadAnswer, BadValue, VectorComparison, read_fields, show_fields, write_fields


@dataclass(frozen=True, slots=True)
class Number:
    """Lowest byte first; where it takes the rest, as long as it needs to be."""

    name: str
    size: int | None = 2
    meaning: str = ""
    optional: bool = False

    def read(self, data: bytes) -> int:
        if data == b"\xee" * len(data):
            raise ValueError("no number")
        return int.from_bytes(data, "little")

    def write(self, value: int) -> bytes:
        size = (value.bit_length() + 7) // 8 if self.size is None else self.size
        try:
            return value.to_bytes(size, "little")
        except OverflowError:
            raise BadValue(self.name, "too large") from None


ROW = (
    Number("till", 1),
    Number("total", 2, "in grosze"),
    Number("change", 2, optional=True),
    Number("rest", None, optional=True),
)


def test_fields_stand_in_the_order_of_the_table_whatever_order_the_values_have() -> None:
    assert write_fields(ROW, {"total": 0x0201, "till": 9}).hex(" ") == "09 01 02"


NUMBERS = st.integers(0, 0xFF).filter(lambda number: number != 0xEE)


@given(st.lists(NUMBERS, min_size=2, max_size=4))
def test_what_was_written_is_read_with_optional_fields_left_out_from_the_end_on(numbers: list[int]) -> None:
    values = dict(zip(("till", "total", "change", "rest"), numbers, strict=False))
    expected = {name: value for name, value in values.items() if name != "rest" or value}  # zero has no bytes here
    assert read_fields("SALE", ROW, write_fields(ROW, values)) == (expected, b"")


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"till": 1}, "total", "is missing"),
        ({"till": 1, "total": 1, "tip": 2, "colour": 3}, "colour", "there is no such field"),
        ({"till": 256, "total": 1}, "till", "too large"),
    ],
)
def test_a_value_that_has_no_place_is_refused_by_name(values: dict[str, int], field: str, message: str) -> None:
    with pytest.raises(BadValue) as refused:
        write_fields(ROW, values)
    assert (refused.value.field, refused.value.message) == (field, message)
    assert str(refused.value) == f"{field}: {message}"


def test_what_newer_firmware_tells_behind_the_fields_is_handed_back() -> None:
    assert read_fields("SALE", ROW[:2], b"\1\2\0and more") == ({"till": 1, "total": 2}, b"and more")


@pytest.mark.parametrize(
    ("data", "field", "sentence"),
    [
        ("", "till", "answer to SALE: till is missing: 0 bytes, and it ends at 1"),
        ("01 02", "total", "answer to SALE: total is missing: 2 bytes, and it ends at 3"),
        # An optional field is there or not, never in part.
        ("01 02 00 05", "change", "answer to SALE: change is missing: 4 bytes, and it ends at 5"),
        ("01 EE EE", "total", "answer to SALE: total cannot be ee ee: no number"),
    ],
)
def test_an_answer_that_breaks_the_protocol_names_its_command_and_its_field(data: str, field: str, sentence: str) -> None:
    with pytest.raises(BadAnswer) as refused:
        read_fields("SALE", ROW, bytes.fromhex(data))
    assert (refused.value.command, refused.value.field) == ("SALE", field)
    assert str(refused.value) == sentence


def test_an_answer_may_end_before_any_optional_field() -> None:
    assert read_fields("SALE", ROW, b"\1\2\0") == ({"till": 1, "total": 2}, b"")
    assert read_fields("SALE", ROW, b"\1\2\0\3\0") == ({"till": 1, "total": 2, "change": 3}, b"")


def test_people_see_names_with_their_meaning_and_what_is_left() -> None:
    shown = show_fields("SALE", ROW[:2], b"\1\2\0\xaa\xbb", lambda field, value: f"{value}\n{field.size}")
    assert list(shown) == [("till", "1\\n1"), ("total (in grosze)", "2\\n2"), ("more", "aa bb")]


def test_people_see_why_bytes_cannot_be_read() -> None:
    shown = show_fields("SALE", ROW, b"\1", lambda field, value: str(value))
    assert list(shown) == [("cannot be read", "answer to SALE: total is missing: 1 bytes, and it ends at 3")]


def test_a_vectors_row_is_read_and_held_against_itself_written_again() -> None:
    check = VectorComparison()
    assert check.rewritten("SALE", ROW[:2], b"\1\2\0more") == {"till": 1, "total": 2}
    assert (check.compared, check.differences) == (["hex"], [])


@dataclass(frozen=True, slots=True)
class Forgetful(Number):
    """Writes something else than it reads."""

    def write(self, value: int) -> bytes:
        if value == 9:
            raise BadValue(self.name, "nine is not possible")
        return b"\0\0"


@pytest.mark.parametrize(
    ("data", "difference"),
    [(b"\7\0", "hex: vector says '0700', got '0000'"), (b"\x09\0", "hex: cannot be built: total: nine is not possible")],
)
def test_a_row_that_is_written_otherwise_than_it_is_read_is_a_difference(data: bytes, difference: str) -> None:
    check = VectorComparison()
    check.rewritten("SALE", (Forgetful("total"),), data)
    assert check.differences == [difference]
