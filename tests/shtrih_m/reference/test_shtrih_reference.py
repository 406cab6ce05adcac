"""The layouts of the protocol in hexadecimal, written down once more from its text and held against the driver's tables.

Each row is the sentence of protocol-specs/shtrih-m/protocol.md it stands for, so that a table that is wrong has to be wrong twice.
The simulator's side is in tests/simulators/test_shtrih_sim_reference.py.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from bridge_ffd.fn import FnWarning
from bridge_ffd.tlv import Tlv, encode
from bridge_shtrih_m import answers, commands
from bridge_shtrih_m.frame import Frame1, Frame2, checksum, lrc
from bridge_shtrih_m.sale import OPENS, VAT_CODES
from bridge_shtrih_m.settings import PAYMENTS
from bridge_shtrih_m.vocabulary import SHAPES

NOT_GIVEN = "FF FF FF FF FF"


def sent(command: commands.Command, password: int = 30) -> str:
    return command.to_bytes(password).hex(" ").upper()


# --- requests


def item(**more: Any) -> commands.Command:
    form: dict[str, Any] = {
        "name": "Чай",
        "quantity": Decimal(2),
        "price": Decimal("150.50"),
        "amount": Decimal("301.00"),
        "vat": 1,
        "department": 0,
        "method": 4,
        "subject": 1,
    }
    return commands.item(1, **{**form, **more})


def test_ff46_has_its_fields_at_the_places_of_the_reference() -> None:
    """op(1) qty(6) price(5) amount(5) tax(5) vat(1) dept(1) method(1) subject(1) name(n): LEN 32+n."""
    data = item(quantity=Decimal("0.250001"), department=3, method=7, subject=33).to_bytes(30)
    assert len(data) == 32 + 3
    assert data[:6] == bytes.fromhex("FF 46 1E 00 00 00")
    assert data[6:7] == b"\x01"
    assert data[7:13] == bytes.fromhex("91 D0 03 00 00 00")  # 250 001 millionths
    assert data[13:18] == bytes.fromhex("CA 3A 00 00 00")
    assert data[18:23] == bytes.fromhex("94 75 00 00 00")
    assert data[23:28] == bytes.fromhex(NOT_GIVEN)
    assert data[28:32] == bytes((1, 3, 7, 33))
    assert data[32:] == bytes.fromhex("D7 E0 E9")


def test_an_item_without_a_name_has_32_bytes_and_the_longest_160() -> None:
    assert len(item(name="").to_bytes(30)) == 32
    assert len(item(name="я" * 128).to_bytes(30)) == 160


def test_a_letter_of_windows_1251_is_one_byte() -> None:
    """Not of CP866, in which tags are written: Ё is A8h here and F0h there."""
    assert item(name="Ёж №1").to_bytes(30)[32:] == bytes.fromhex("A8 E6 20 B9 31")
    assert encode((Tlv(1008, "Ё"),)) == bytes.fromhex("F0 03 01 00 F0")


def test_ff45_has_its_fields_at_the_places_of_the_reference() -> None:
    """16 payments of 5, rounding(1), tax1 to tax6 of 5, tax system(1), text(n): LEN 118+n, at most 182."""
    payments = [Decimal(number).scaleb(-2) for number in range(1, 17)]
    taxes = [Decimal(number).scaleb(-2) for number in range(0x21, 0x27)]
    data = commands.close_receipt(payments, rounding=99, taxes=taxes, taxation=0x20).to_bytes(30)
    assert len(data) == 118
    assert data[:6] == bytes.fromhex("FF 45 1E 00 00 00")
    for number in range(16):
        assert data[6 + 5 * number : 11 + 5 * number] == bytes((number + 1, 0, 0, 0, 0)), number
    assert data[86] == 99
    for number in range(6):
        assert data[87 + 5 * number : 92 + 5 * number] == bytes((0x21 + number, 0, 0, 0, 0)), number
    assert data[117] == 0x20
    assert len(commands.close_receipt(payments, taxation=1, text="x" * 64).to_bytes(30)) == 182


def test_the_greatest_amount_has_five_bytes_lowest_first() -> None:
    """9 999 999 999 kopecks are 2 540B E3FFh."""
    assert sent(commands.cash_in(Decimal("99999999.99"))) == "50 1E 00 00 00 FF E3 0B 54 02"


def test_ff4a_has_its_fields_at_the_places_of_the_reference() -> None:
    """type(1) sign(1) total(5), five payments, six taxes, tax system(1): LEN 69."""
    kopecks = [Decimal(number).scaleb(-2) for number in range(1, 13)]
    data = commands.correction(1, 3, kopecks[0], kopecks[1:6], kopecks[6:12], 4).to_bytes(30)
    assert len(data) == 69
    assert data[6:8] == bytes((1, 3))
    for number in range(12):
        assert data[8 + 5 * number : 13 + 5 * number] == bytes((number + 1, 0, 0, 0, 0)), number
    assert data[68] == 4


def test_the_old_commands_have_thousandths_and_rows_of_taxes() -> None:
    """80: qty(5) price(5) dept(1) tax1..4 text(40), LEN 60; 85: four payments, discount %(2), tax1..4, text(40), LEN 71."""
    sold = commands.classic_item(0x80, name="Чай", quantity=Decimal(2), price=Decimal("150.50"), department=1, taxes=(1, 0, 0, 0))
    assert sent(sold) == "80 1E 00 00 00 D0 07 00 00 00 CA 3A 00 00 00 01 01 00 00 00 D7 E0 E9" + " 00" * 37
    closed = commands.classic_close([Decimal("500.00"), Decimal("1.00"), Decimal("2.00"), Decimal("3.00")])
    sums = "50 C3 00 00 00 64 00 00 00 00 C8 00 00 00 00 2C 01 00 00 00"
    assert sent(closed) == f"85 1E 00 00 00 {sums} 00 00 00 00 00 00" + " 00" * 40


def test_a_discount_of_the_old_commands_has_54_bytes() -> None:
    off = commands.build(0x86, sum=500, taxes=bytes((2, 0, 0, 0)), text="Скидка")
    assert sent(off) == "86 1E 00 00 00 F4 01 00 00 00 02 00 00 00 D1 EA E8 E4 EA E0" + " 00" * 34
    assert len(off.to_bytes(30)) == 54


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        # Dates of 1-byte commands are DD MM YY.
        (commands.confirm_date(date(2026, 2, 1)), "23 1E 00 00 00 01 02 1A"),
        (commands.print_line("Ж"), "17 1E 00 00 00 02 C6" + " 00" * 39),
        (commands.print_wide_line("Ж"), "12 1E 00 00 00 02 C6" + " 00" * 19),
        (commands.build(0x2F, flags=2, font=6, text="Ж"), "2F 1E 00 00 00 02 06 C6" + " 00" * 39),
        (commands.money_register(241), "1A 1E 00 00 00 F1"),
        (commands.operation_register(152), "1B 1E 00 00 00 98"),
        (commands.read_field(18, 1, 1), "1F 1E 00 00 00 12 01 00 01"),
        (commands.write_field(17, 1, 7, b"\1"), "1E 1E 00 00 00 11 01 00 07 01"),
        (commands.field_info(2, 2), "2E 1E 00 00 00 02 02"),
        (commands.cut(), "25 1E 00 00 00 01"),
        (commands.open_drawer(1), "28 1E 00 00 00 01"),
        (commands.find_document(0x01020304), "FF 0A 1E 00 00 00 04 03 02 01"),
        (commands.begin_correction(), "FF 35 1E 00 00 00"),
        (commands.item_tags(bytes.fromhex("3C 08 01 00 00")), "FF 4D 1E 00 00 00 3C 08 01 00 00"),
        # planned status, mode 0, length of the code, length of the tags, the code, the tags
        (
            commands.check_code(2, b"\x30\x31\x1d\x32", bytes.fromhex("3C 08 01 00 0B")),
            "FF 61 1E 00 00 00 02 00 04 05 30 31 1D 32 3C 08 01 00 0B",
        ),
        (commands.bind_code(b"\x30\x31\x1d\x32"), "FF 67 1E 00 00 00 04 30 31 1D 32"),
        (commands.take_code(0), "FF 69 1E 00 00 00 00"),
        (commands.registration_tag(1, 1209), "FF 0E 1E 00 00 00 01 B9 04"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_request_is_what_the_reference_says(command: commands.Command, expected: str) -> None:
    assert sent(command) == expected


def test_a_password_is_a_number_of_four_bytes_lowest_first() -> None:
    assert sent(commands.short_status(), 0x01020304) == "10 04 03 02 01"


def test_tags_are_written_lowest_byte_first_with_their_length() -> None:
    assert encode((Tlv(1008, "a@b.ru"),)) == bytes.fromhex("F0 03 06 00 61 40 62 2E 72 75")
    assert encode((Tlv(1023, Decimal("1.000000")),)) in (
        bytes.fromhex("FF 03 04 00 06 40 42 0F"),
        bytes.fromhex("FF 03 02 00 00 01"),
    )
    assert encode((Tlv(1023, Decimal("0.5")),)) == bytes.fromhex("FF 03 02 00 01 05")
    assert encode((Tlv(2108, 11),)) == bytes.fromhex("3C 08 01 00 0B")


def test_a_receipt_is_opened_in_one_order_and_sold_in_another() -> None:
    """8D: 0 sale, 1 buy, 2 sale return, 3 buy return; FF46: 1 sale, 2 sale return, 3 buy, 4 buy return."""
    assert {int(settlement): opened for settlement, opened in OPENS.items()} == {1: 0, 2: 2, 3: 1, 4: 3}


def test_rates_have_bits_and_not_rows() -> None:
    assert {vat.text: code for vat, code in VAT_CODES.items()} == {
        "20%": 0x01,
        "10%": 0x02,
        "0%": 0x04,
        "no VAT": 0x08,
        "20/120": 0x10,
        "10/110": 0x20,
        "5%": 0x81,
        "7%": 0x82,
        "5/105": 0x84,
        "7/107": 0x88,
        "22%": 0xCB,
        "22/122": 0xCC,
    }


def test_payments_have_the_numbers_of_ff45() -> None:
    """1 cash; 2 to 13 electronic; 14 prepaid; 15 credit; 16 other."""
    numbers = {kind.value: number for kind, number in PAYMENTS.items()}
    assert (numbers["cash"], numbers["prepaid"], numbers["credit"], numbers["exchange"]) == (1, 14, 15, 16)
    assert 2 <= numbers["card"] <= 13
    assert 2 <= numbers["transfer"] <= 13


# --- answers


def counted(head: str, size: int) -> bytes:
    """A head, then bytes 01, 02, 03 and so on: what stands where shows by itself."""
    return bytes.fromhex(head) + bytes(range(1, size + 1))


def number(*data: int) -> int:
    return int.from_bytes(bytes(data), "little")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            counted("10 00", 15),
            {
                "operator": 1, "flags": number(2, 3), "mode": 4, "submode": 5, "operations_low": 6, "battery": 7, "power": 8,
                "fm_error": 9, "ej_error": 10, "operations_high": 11, "reserved": bytes((12, 13, 14)), "last_print": 15,
            },
        ),
        (counted("FC 00", 6) + b"\xc0", {"type": 1, "subtype": 2, "protocol": 3, "subprotocol": 4, "model": 5, "language": 6, "name": "А"}),
        (counted("1A 00", 7), {"operator": 1, "value": number(2, 3, 4, 5, 6, 7)}),
        (counted("1B 00", 3), {"operator": 1, "value": number(2, 3)}),
        (counted("89 00", 6), {"operator": 1, "sum": number(2, 3, 4, 5, 6)}),
        (counted("85 00", 6), {"operator": 1, "change": number(2, 3, 4, 5, 6)}),
        (counted("50 00", 3), {"operator": 1, "document_number": number(2, 3)}),
        (b"\x2e\0" + b"\xc0".ljust(40, b"\0") + bytes((0, 2, 0, 0, 255, 255)), {"name": "А", "type": 0, "width": 2, "limits": b"\0\0\xff\xff"}),
        (b"\x2d\0" + b"\xc0".ljust(40, b"\0") + bytes((30, 0, 2)), {"name": "А", "rows": 30, "fields": 2}),
        (counted("26 00", 5), {"print_width": number(1, 2), "char_width": 3, "char_height": 4, "fonts": 5}),
        (
            counted("F7 00", 28),
            {
                "features": number(1, 2, 3, 4, 5, 6, 7, 8), "font1_width": 9, "font2_width": 10, "first_graphic_line": 11,
                "inn_digits": 12, "rnm_digits": 13, "long_rnm_digits": 14, "long_serial_digits": 15,
                "tax_password": number(16, 17, 18, 19), "administrator_password": number(20, 21, 22, 23), "bluetooth_table": 24,
                "tax_field": 25, "max_command": number(26, 27), "raw_line_width": 28,
            },
        ),
        (counted("FF 40 00", 5), {"state": 1, "shift": number(2, 3), "receipt": number(4, 5)}),
        (counted("FF 0B 00", 10), {"shift": number(1, 2), "document": number(3, 4, 5, 6), "sign": number(7, 8, 9, 10)}),
        (
            counted("FF 43 00", 10) + bytes((26, 11, 20, 15, 30)),
            {"shift": number(1, 2), "document": number(3, 4, 5, 6), "sign": number(7, 8, 9, 10), "issued_at": datetime(2026, 11, 20, 15, 30)},  # noqa: DTZ001
        ),
        (counted("FF 45 00", 13), {"change": number(1, 2, 3, 4, 5), "document": number(6, 7, 8, 9), "sign": number(10, 11, 12, 13)}),
        (counted("FF 4A 00", 10), {"receipt": number(1, 2), "document": number(3, 4, 5, 6), "sign": number(7, 8, 9, 10)}),
        (counted("FF 63 00", 9), {"days": number(1, 2, 3, 4), "kilobytes": number(5, 6, 7, 8), "notifications": 9}),
        (
            counted("FF 70 00", 8),
            {"check_state": 1, "notification_state": 2, "allowed": 3, "saved": 4, "in_notification": 5, "warning": 6, "waiting": number(7, 8)},
        ),
        (counted("FF 3A 00", 4), {"type": number(1, 2), "length": number(3, 4)}),
        (counted("FF 3F 00", 2), {"waiting": number(1, 2)}),
        (counted("D1 00", 10), {"operator": 1, "printer": bytes(range(2, 10)), "flags": 10}),
    ],
    ids=lambda value: value[:2].hex().upper() if isinstance(value, bytes) else "",
)  # fmt: skip
def test_an_answer_is_read_at_the_places_of_the_reference(answer: bytes, expected: dict[str, Any]) -> None:
    assert answers.values_of(answer) == expected


def test_the_full_status_is_read_at_the_offsets_of_the_reference() -> None:
    """Offset 0 is the code; 10 to 12 shop and document, 25 to 30 date and time, 32 serial, 36 shift, 42 INN, 50 serial high."""
    data = bytearray(bytes.fromhex("11 00") + bytes(range(2, 52)))
    data[3:5] = b"C1"
    data[7:10] = bytes((13, 1, 17))
    data[18:20] = b"NA"
    data[22:25] = bytes((16, 1, 3))
    data[25:28] = bytes((20, 11, 26))
    data[28:31] = bytes((15, 30, 59))
    values = answers.values_of(bytes(data))
    assert (values["operator"], values["firmware"], values["build"], values["firmware_date"]) == (
        2,
        "C1",
        number(5, 6),
        date(2017, 1, 13),
    )
    assert (values["shop_number"], values["document_number"], values["flags"]) == (10, number(11, 12), number(13, 14))
    assert (values["mode"], values["submode"], values["port"]) == (15, 16, 17)
    assert (values["fm_build"], values["date"], values["time"], values["fm_flags"]) == (
        number(20, 21),
        date(2026, 11, 20),
        time(15, 30, 59),
        31,
    )
    assert values["serial"] == number(32, 33, 34, 35)
    assert (values["last_closed_shift"], values["free_records"]) == (number(36, 37), number(38, 39))
    assert (values["registrations"], values["registrations_left"], values["inn"]) == (40, 41, number(42, 43, 44, 45, 46, 47))
    assert (values["fm_flags_high"], values["fm_mode"], values["serial_high"]) == (48, 49, number(50, 51))


def test_the_state_of_the_fn_is_read_at_the_places_of_the_reference() -> None:
    """life, document, data, shift, warnings, DATE_TIME(5), serial(16), last FD(4): 33 bytes with code and error."""
    data = bytes.fromhex("FF 01 00 03 14 01 01 08 1A 0B 14 0F 1E") + b"9999078900012955" + bytes.fromhex("04 03 02 01")
    assert len(data) == 33
    said = answers.storage_status(data)
    assert (int(said.phase), int(said.current), said.has_data, said.shift_open) == (3, 0x14, True, True)
    assert said.warnings == FnWarning.OFD_TIMEOUT
    assert said.last_document_at == datetime(2026, 11, 20, 15, 30)  # noqa: DTZ001
    assert (said.fn_number, said.last_document) == ("9999078900012955", 0x01020304)


@pytest.mark.parametrize("total", ["94 75 00 00 00", "94 75 00 00"])
def test_a_found_receipt_is_read_at_the_places_of_the_reference(total: str) -> None:
    """type(1) ticket(1) DATE_TIME(5) FD(4) FP(4) operation(1) total(5, early 4)."""
    found = answers.found_document(bytes.fromhex(f"FF 0A 00 03 01 1A 0B 14 0F 1E 1E 00 00 00 44 33 22 11 02 {total}"))
    assert (int(found.kind), found.ticket, found.number, found.sign) == (3, True, 30, 0x11223344)
    assert (found.settlement, found.total, found.at) == (2, Decimal("301.00"), datetime(2026, 11, 20, 15, 30))  # noqa: DTZ001


@pytest.mark.parametrize("kind", [2, 5])
def test_a_found_shift_has_its_number(kind: int) -> None:
    found = answers.found_document(bytes.fromhex(f"FF 0A 00 0{kind} 00 1A 0B 14 0F 1E 1E 00 00 00 44 33 22 11 02 01"))
    assert (int(found.kind), found.ticket, found.shift) == (kind, False, 0x0102)


def test_the_exchange_with_the_ofd_is_read_at_the_places_of_the_reference() -> None:
    """status(1) reading(1) queue(2) first FD(4) first DATE_TIME(5)."""
    said = answers.exchange_status(bytes.fromhex("FF 39 00 03 01 02 01 04 03 02 01 1A 0B 14 0F 1E"))
    assert (int(said.state), said.being_read, said.waiting, said.first_document) == (3, True, 0x0102, 0x01020304)
    assert said.first_at == datetime(2026, 11, 20, 15, 30)  # noqa: DTZ001


def test_the_life_of_the_fn_has_its_date_year_first() -> None:
    said = answers.storage_life(bytes.fromhex("FF 03 00 18 02 01 1D 01"))
    assert (said.valid_until, said.registrations_left, said.registrations_done) == (date(2024, 2, 1), 29, 1)
    assert answers.storage_life(bytes.fromhex("FF 03 00 18 02 01")).valid_until == date(2024, 2, 1)


def test_the_opening_of_a_shift_may_be_answered_with_the_operator_or_without() -> None:
    assert answers.values_of(bytes.fromhex("E0 00 1E")) == {"operator": 30}
    assert answers.values_of(bytes.fromhex("E0 00")) == {}


@pytest.mark.parametrize("code", sorted(SHAPES))
def test_an_answer_with_an_error_has_nothing_but_the_error(code: int) -> None:
    head = SHAPES[code].head
    assert answers.error_of(head + b"\x4f") == 0x4F


# --- frames


def test_the_checksum_of_v1_is_of_the_length_and_the_data() -> None:
    assert Frame1(bytes.fromhex("FC")).to_bytes() == bytes.fromhex("02 01 FC FD")
    assert Frame1(bytes.fromhex("FF 01 1E 00 00 00")).to_bytes() == bytes.fromhex("02 06 FF 01 1E 00 00 00 E6")
    assert lrc(bytes.fromhex("05 E0 1E 00 00 00")) == 0xFB


def test_the_checksum_of_v2_is_of_length_number_and_data_before_they_are_stuffed() -> None:
    assert checksum(bytes.fromhex("00 00")) == 0x1D0F
    assert Frame2(6, b"\xfc").to_bytes() == bytes.fromhex("8F 03 00 06 00 FC ED 63")
    # A number with 8F and 9F in it: the length counts four bytes, the wire has six, and the checksum is of the four.
    data = bytes.fromhex("FC 00")
    logical = bytes.fromhex("04 00 8F 9F") + data
    crc = checksum(logical).to_bytes(2, "little")
    assert not {0x8F, 0x9F} & set(crc)
    assert Frame2(0x9F8F, data).to_bytes() == bytes.fromhex("8F 04 00 9F 81 9F 83") + data + crc
