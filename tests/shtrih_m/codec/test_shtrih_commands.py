"""Commands as bytes, answers as values: the edges of each field, and what breaks the protocol."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from bridge_shtrih_m import answers, commands
from bridge_shtrih_m.commands import build
from bridge_shtrih_m.layout import Field, Kind, named
from bridge_shtrih_m.vocabulary import SHAPES, Does, reads_only
from hypothesis import given
from hypothesis import strategies as st

from bridge.plugin import BadAnswer, BadValue, read_fields, write_fields


def hexed(command: commands.Command) -> str:
    return command.to_bytes(30).hex(" ").upper()


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (commands.device_type(), "FC"),
        (commands.model_parameters(), "F7 01"),
        (commands.short_status(), "10 1E 00 00 00"),
        (commands.read_field(10, 1, 29), "1F 1E 00 00 00 0A 01 00 1D"),
        (build(0x6B, error=0x37), "6B 37"),
        (commands.open_shift(), "E0 1E 00 00 00"),
        (commands.open_receipt(2), "8D 1E 00 00 00 02"),
        (commands.find_document(30), "FF 0A 1E 00 00 00 1E 00 00 00"),
        (commands.cash_in(Decimal("5.00")), "50 1E 00 00 00 F4 01 00 00 00"),
        (commands.set_time(datetime(2026, 11, 20, 15, 4, 5)), "21 1E 00 00 00 0F 04 05"),  # noqa: DTZ001
        (commands.set_date(date(2026, 11, 20)), "22 1E 00 00 00 14 0B 1A"),
        (commands.feed(3), "29 1E 00 00 00 02 03"),
        (commands.take_code(1), "FF 69 1E 00 00 00 01"),
        (commands.registration_tag(2, 1209), "FF 0E 1E 00 00 00 02 B9 04"),
    ],
)
def test_a_command_is_its_code_its_password_and_its_fields(command: commands.Command, expected: str) -> None:
    assert hexed(command) == expected


def test_an_item_of_the_reference_is_built_byte_for_byte() -> None:
    """Dialogue D: a returned item, 1 at 150.50."""
    item = commands.item(
        2,
        name="Чай",
        quantity=Decimal(1),
        price=Decimal("150.50"),
        amount=Decimal("150.50"),
        vat=1,
        department=0,
        method=4,
        subject=1,
    )
    assert hexed(item) == (
        "FF 46 1E 00 00 00 02 40 42 0F 00 00 00 CA 3A 00 00 00 CA 3A 00 00 00 FF FF FF FF FF 01 00 04 01 D7 E0 E9"
    )


def test_a_line_keeps_the_length_that_old_devices_ask_for() -> None:
    assert len(commands.print_line("").to_bytes(30)) == 46
    assert len(commands.print_wide_line("x").to_bytes(30)) == 26
    assert len(commands.classic_close([Decimal(1)] * 4).to_bytes(30)) == 71
    assert (
        len(
            commands.classic_item(
                0x80, name="x", quantity=Decimal(1), price=Decimal(1), department=1, taxes=(1, 0, 0, 0)
            ).to_bytes(30)
        )
        == 60
    )


def test_a_qr_code_goes_in_blocks_of_one_length_and_is_then_printed() -> None:
    assert len(commands.code_block(127, b"x").to_bytes(30)) == 71
    assert commands.code_block(1, b"ab").parameters == b"\0\1ab" + bytes(62)
    assert hexed(commands.print_qr(70)) == "DE 1E 00 00 00 03 46 00 00 00 00 05 00 01 01"
    assert hexed(commands.print_qr(300, first_block=3, dot=8, level=3, alignment=0)) == (
        "DE 1E 00 00 00 03 2C 01 03 00 00 08 00 03 00"
    )


def test_bar_codes_are_those_of_the_reference() -> None:
    assert hexed(commands.print_ean13("5901234123457")) == "C2 1E 00 00 00 79 AB 18 66 89"
    assert hexed(commands.print_code128("AB-1")) == "CB 1E 00 00 00 64 02 02 01 08 41 42 2D 31"


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: commands.cash_in(Decimal("100000000.00")), "amount"),
        (lambda: commands.cash_in(Decimal("0.001")), "amount"),
        (lambda: commands.item_tags(bytes(251)), "tags"),
        (lambda: commands.print_line("x" * 41), "text"),
        (lambda: build(0x8D), "type"),
        (lambda: build(0x8D, type=256), "type"),
        (lambda: build(0x8D, type=1, colour=1), "colour"),
        (lambda: build(0xFF45, payments=(0,) * 15, rounding=0, taxes=(0,) * 6, taxation=1, text=""), "payments"),
        (lambda: build(0xDD, type=0, block=0, data=b"x"), "data"),
        (lambda: build(0xFF46, operation=None), "operation"),
        (lambda: commands.bind_code(bytes(255)), "code"),
    ],
)
def test_a_value_that_its_field_cannot_hold_is_never_sent(make: Any, field: str) -> None:
    with pytest.raises(BadValue) as refused:
        make()
    assert refused.value.field == field


@given(st.data())
def test_what_is_written_into_fields_is_read_out_of_them(data: st.DataObject) -> None:
    values = {
        "number": data.draw(st.integers(0, 0xFFFF)),
        "signed": data.draw(st.integers(-0x8000, 0x7FFF)),
        "money": data.draw(st.none() | st.integers(0, 9_999_999_999)),
        "day": data.draw(st.dates(date(2000, 1, 1), date(2099, 12, 31))),
        "name": data.draw(st.text("абвАБВxyz 0123", max_size=10)),
    }
    table = (
        Field("number", Kind.UINT, 2),
        Field("signed", Kind.SINT, 2),
        Field("money", Kind.KOPECKS, 5, none=True),
        Field("day", Kind.YMD, 3),
        Field("name", Kind.TEXT, 10),
    )
    assert read_fields("any", table, write_fields(table, values)) == (values, b"")


@given(st.sampled_from(sorted(SHAPES)), st.binary(max_size=80))
def test_any_answer_is_read_or_refused_but_never_anything_else(code: int, body: bytes) -> None:
    data = SHAPES[code].head + b"\0" + body
    try:
        answers.values_of(data)
    except BadAnswer as error:
        assert error.command == named(code)  # noqa: PT017


@given(st.binary(max_size=60))
def test_what_the_fn_says_is_read_or_refused_but_never_anything_else(body: bytes) -> None:
    for parse in (
        answers.storage_status,
        answers.storage_life,
        answers.exchange_status,
        answers.registration,
        answers.found_document,
    ):
        try:
            parse(b"\xff\x01\x00" + body)
        except BadAnswer as error:
            assert error.command == "FF01h"  # noqa: PT017


def test_a_status_tells_mode_and_kind_of_an_open_document() -> None:
    status = answers.ShortStatus.of(bytes.fromhex("10 00 1E 92 02 28 00 01 9F F8 00 00 02 00 00 00 05"))
    assert (status.mode, status.status, status.operations, status.last_print) == (8, 2, 513, 5)
    assert status.document_open


def test_a_full_status_of_any_length_is_read() -> None:
    body = (
        "11 00 1E 43 31 4A 86 0D 01 11 01 37 00 B2 02 02 00 00 4E 41 00 00 01 01 10 01 03 11 0D 2F 15 00 8F 10 00 00 "
        "09 00 00 00 00 00 AE A9 DB 56 01 00"
    )
    for more, serial in (("", 4239), ("00 00", 4239), ("00 00 01 00", 4239 + (1 << 32)), ("00 00 FF FF", 4239)):
        status = answers.FullStatus.of(bytes.fromhex(body + more))
        assert (status.firmware, status.serial, status.inn) == ("C.1", serial, 5752203694)
        assert status.local_time == datetime(2017, 3, 1, 13, 47, 21)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("block", "result", "error", "silent"),
    [
        ("03 00 01 00", None, None, False),
        ("03 00 01 02 00 0F", 15, None, False),
        ("03 00 01 02 20 05", None, 5, False),
        ("03 00 01 02 02 0F", None, 2, False),
        ("03 00 01 01 FF", None, None, True),
        ("03 00 01 07 00 0F 5C 08 01 00 02", 15, None, False),
    ],
)
def test_the_check_of_a_marking_code_has_three_forms(block: str, result: int | None, error: int | None, silent: bool) -> None:
    check = answers.CodeCheck.of_bytes(0xFF61, bytes.fromhex(block))
    assert (check.result, check.server_error, check.silent) == (result, error, silent)


@pytest.mark.parametrize("block", ["", "03 00 01", "03 00 01 05 00"])
def test_a_check_that_is_cut_off_is_no_check(block: str) -> None:
    with pytest.raises(BadAnswer):
        answers.CodeCheck.of_bytes(0xFF61, bytes.fromhex(block))


def test_only_answers_to_questions_may_be_forgotten() -> None:
    assert reads_only(bytes.fromhex("10 00 1E"))
    assert reads_only(bytes.fromhex("FF 01 00"))
    assert not reads_only(bytes.fromhex("FF 45 00"))
    assert not reads_only(bytes.fromhex("FF 3B 00"))
    assert not reads_only(bytes.fromhex("AB 00"))
    assert not reads_only(b"\xff")
    assert {code for code, shape in SHAPES.items() if shape.does is Does.STEPS} == {0xFF3A, 0xFF3B}
