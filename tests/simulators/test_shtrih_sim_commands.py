"""Old receipt commands, tables, registers, printing, paperless receipts, VAT rows: what is beside the main path."""

from __future__ import annotations

from decimal import Decimal

import pytest
from shtrih_host import MEASURE, Host, close, item, le, new_register


def classic(quantity: int, price: int, group: int = 2, name: str = "Хлеб") -> bytes:
    text = name.encode("cp1251").ljust(40, b"\0")
    return le(quantity, 5) + le(price, 5) + bytes((1, group, 0, 0, 0)) + text


def paid(cash: int, card: int = 0, *, percent: int = 0) -> bytes:
    discount = percent.to_bytes(2, "little", signed=True)
    return le(cash, 5) + le(card, 5) + bytes(10) + discount + bytes(4) + bytes(40)


def test_an_old_model_sells_by_80_and_85_and_knows_no_newer_commands() -> None:
    host = Host(new_register(generation="classic", ffd="1.05"))
    for code, parameters in (("F7", b"\1"), ("FF46", item(100)), ("FF45", close(100)), ("FF4D", MEASURE)):
        password = None if code == "F7" else bytes.fromhex("1E000000")
        assert host.error(code, parameters, password=password) == "37"
    assert host.ok("80", classic(2000, 15050)) == b"\x1e"
    assert host.status()[0] == 8
    assert host.ok("89") == b"\x1e" + le(30100, 5)
    assert host.error("82", classic(1000, 100)) == "49"
    assert host.error("85", paid(30000)) == "45"
    assert host.ok("85", paid(50000)) == b"\x1e" + le(19900, 5)
    assert host.ok("FF0A", le(host.last_document(), 4))[15:] == b"\1" + le(30100, 5)
    assert host.register.documents()[-1].change == "199.00"


def test_old_discounts_surcharges_and_stornos_change_the_lines() -> None:
    host = Host(new_register(ffd="1.05"))
    host.ok("80", classic(1000, 1000))
    host.ok("80", classic(2000, 500, group=1, name="Сыр"))
    host.ok("84", classic(1000, 500, group=1))
    reduction = le(100, 5) + bytes((2, 0, 0, 0)) + bytes(40)
    host.ok("86", reduction)
    host.ok("87", le(30, 5) + bytes(4) + bytes(40))
    assert host.error("86", le(10_000, 5) + bytes(4) + bytes(40)) == "5A"
    assert host.error("84", classic(9000, 500)) == "5F"
    assert host.error("85", paid(1, percent=1000)) == "45"
    assert host.ok("89")[1:] == le(1430, 5)
    assert host.ok("85", paid(2000, percent=1000)) == b"\x1e" + le(2000 - 1287, 5)
    document = host.register.documents()[-1]
    assert document.total == "12.87"
    assert sum(Decimal(line["total"]) for line in document.lines) == Decimal("12.87")


def test_sixteen_payments_close_by_8e() -> None:
    host = Host(new_register(ffd="1.05"))
    host.ok("81", classic(1000, 1000))
    payments = le(0, 5) + bytes(12 * 5) + le(400, 5) + le(600, 5) + bytes(5)
    host.ok("8E", payments + bytes(2) + bytes(4) + bytes(40))
    document = host.register.documents()[-1]
    assert document.kind == "purchase"
    assert {payment["number"]: payment["amount"] for payment in document.payments} == {14: "4.00", 15: "6.00"}


# --- tables


def test_tables_are_walked_until_one_is_missing_and_fields_tell_their_limits() -> None:
    host = Host(new_register())
    names = {}
    number = 1
    while (answer := host.command("2D", bytes((number,))))[0] == 0:
        names[number] = answer[1:41].rstrip(b"\0").decode("cp1251")
        number += 1
    assert answer == b"\x5d"
    assert list(names) == list(range(1, 25))
    assert names[10] == "СЛУЖЕБНАЯ"
    cashier = host.ok("2E", bytes((2, 2)))
    assert cashier[:40].rstrip(b"\0").decode("cp1251") == "РЕКВИЗИТЫ КАССИРОВ"
    assert cashier[40:] == bytes((1, 64))
    assert host.ok("2E", bytes((1, 7)))[40:] == bytes((0, 1, 0, 2))
    assert host.error("2E", bytes((1, 99))) == "33"
    assert host.error("1F", bytes((2, 31, 0, 1))) == "33"


def test_fields_are_written_within_their_limits() -> None:
    host = Host(new_register())
    name = "Жанна".encode("cp1251").ljust(64, b"\0")
    host.ok("1E", bytes((2, 30, 0, 2)) + name)
    assert host.ok("1F", bytes((2, 30, 0, 2))) == name
    host.sell()
    # Clients do not fill texts up; a number has its width.
    host.ok("1E", bytes((2, 30, 0, 2)) + b"\xc6")
    assert host.ok("1F", bytes((2, 30, 0, 2))) == b"\xc6".ljust(64, b"\0")
    assert host.error("1E", bytes((2, 30, 0, 2)) + name + b"\0") == "7E"
    assert host.error("1E", bytes((1, 1, 0, 7, 1, 0))) == "7E"
    assert host.error("1E", bytes((1, 1, 0, 7, 3))) == "33"
    assert host.error("1E", bytes((18, 1, 0, 4)) + bytes(16)) == "7A"
    assert host.error("1E", bytes((6, 1, 0, 1)) + le(1000, 2)) == "7A"
    host.ok("41")
    host.ok("1E", bytes((6, 1, 0, 1)) + le(1000, 2))
    host.ok("24")
    assert host.ok("1F", bytes((6, 1, 0, 1))) == le(2200, 2)


def test_the_drawer_may_be_emptied_by_the_z_report() -> None:
    host = Host(new_register())
    host.sell()
    host.ok("1E", bytes((1, 1, 0, 2, 1)))
    host.ok("41")
    assert host.money_register(241) == 0


@pytest.mark.parametrize(("table", "field"), [("10", 29), ("17", 17)])
def test_the_format_stands_in_one_table_or_another(table: str, field: int) -> None:
    host = Host(new_register(ffd="1.05", ffd_table=table))
    assert host.ok("1F", bytes((int(table), 1, 0, field))) == b"\2"


# --- VAT


@pytest.mark.parametrize(
    ("settings", "byte", "tax", "code"),
    [
        ({}, 0x01, 1803, 11),
        ({"substitute_22": "no"}, 0x01, 1667, 1),
        ({"firmware": "2024"}, 0x01, 1667, 1),
        ({}, 0x02, 909, 2),
        ({}, 0x04, 10000, 5),
        ({}, 0x08, 10000, 6),
        ({}, 0x10, 1803, 12),
        ({}, 0x81, 476, 7),
        ({}, 0x88, 654, 10),
        ({"vat_row_10": "90"}, 0x90, 654, 10),
        ({}, 0xCB, 1803, 11),
        ({"vat_2026": "nano"}, 0xA0, 1803, 12),
    ],
)
def test_a_vat_byte_names_a_row_as_the_firmware_knows_it(settings: dict[str, str], byte: int, tax: int, code: int) -> None:
    from bridge_ffd.tlv import decode

    host = Host(new_register(**settings))
    host.ok("FF46", item(10000, vat=byte))
    host.ok("FF4D", MEASURE)
    host.ok("FF45", close(10000))
    document = host.register.documents()[-1]
    assert list(document.taxes.values()) == [f"{Decimal(tax) / 100:.2f}"]
    tlv = bytes.fromhex(host.register.memory.fn.documents[-1].tlv)
    line = next(tag for tag in decode(tlv) if tag.tag == 1059)
    assert line.find(1199) == code


@pytest.mark.parametrize(("firmware", "byte"), [("2024", 0x81), ("2025", 0xCB), ("2026", 0x90)])
def test_a_vat_byte_that_the_firmware_does_not_know_is_refused(firmware: str, byte: int) -> None:
    assert Host(new_register(firmware=firmware)).error("FF46", item(100, vat=byte)) == "33"


def test_taxes_that_the_host_charges_count_where_table_1_says_so() -> None:
    host = Host(new_register())
    host.ok("1E", bytes((1, 1, 0, 14, 1)))
    host.ok("FF46", item(10000, vat=2))
    host.ok("FF4D", MEASURE)
    host.ok("FF45", le(10000, 5) + bytes(75) + b"\0" + bytes(5) + le(905, 5) + bytes(20) + b"\1")
    assert host.register.documents()[-1].taxes == {"НДС 10%": "9.05"}


# --- registers and reports


def test_registers_add_up_and_the_shift_s_begin_again() -> None:
    host = Host(new_register())
    host.sell(1000)
    host.sell(500, electronic=200, cash=300)
    host.sell(300, operation=2)
    registers = {number: host.money_register(number) for number in (121, 123, 193, 195, 197, 213, 229, 241, 245, 247)}
    assert registers == {121: 1500, 123: 300, 193: 1300, 195: 300, 197: 200, 213: 1500, 229: 136, 241: 1000, 245: 1500, 247: 300}
    assert host.ok("1B", bytes((144,)))[1:] == le(2, 2)
    assert host.ok("1B", bytes((146,)))[1:] == le(1, 2)
    assert host.through_number() == 4
    host.ok("40")
    host.ok("41")
    assert host.through_number() == 6
    figures = host.register.documents()[-1].details["figures"]
    assert figures["sums"]["ПРИХОД"] == "15.00"
    assert figures["payments"]["НАЛИЧНЫМИ"][:3] == ["13.00", "0.00", "3.00"]
    host.ok("E0")
    assert host.money_register(245) == 0
    assert host.money_register(241) == 1000
    assert host.ok("1B", bytes((148,)))[1:] == le(2, 2)
    assert host.error("1A", le(5000, 2)) == "33"


# --- paper


def test_lines_codes_and_graphics_are_printed_as_text() -> None:
    host = Host(new_register())
    host.ok("17", b"\2" + "Строка".encode("cp1251").ljust(40, b"\0"))
    host.ok("2F", b"\2\1" + "Шрифт".encode("cp1251").ljust(40, b"\0"))
    host.ok("C2", le(460123456789, 5))
    for block in range(2):
        host.ok("DD", bytes((0, block)) + (b"https://example.ru/" * 8)[block * 64 : block * 64 + 64])
    host.ok("DE", bytes((3,)) + le(100, 2) + bytes((0, 0, 0, 4, 0, 1, 1)))
    assert host.error("DE", bytes((3,)) + le(200, 2) + bytes((0, 0, 0, 4, 0, 1, 1))) == "34"
    for wrong in ((41, 0, 4, 0, 1, 1), (0, 0, 2, 0, 1, 1), (0, 0, 9, 0, 1, 1), (0, 0, 4, 0, 4, 1), (0, 0, 4, 0, 1, 3)):
        assert host.error("DE", bytes((3,)) + le(10, 2) + bytes((0, *wrong))) == "33"
    host.ok("CB", bytes((50, 2, 2, 1, 8)) + b"ABC123")
    host.ok("C0", bytes((1,)) + bytes(40))
    host.ok("C1", bytes((1, 1)))
    host.ok("29", bytes((2, 3)))
    host.ok("25", b"\1")
    paper = host.register.paper()
    assert "Строка\nШрифт\n[EAN-13] 4601234567893\n[QR] https://example.ru/" in paper
    assert "[Code128] ABC123\n[графика 1-1]\n\n\n\n- - -" in paper
    document = host.register.documents()[-1]
    assert document.kind == "non_fiscal"
    assert document.details["lines"][0] == "Строка"


def test_a_free_document_has_its_own_mode() -> None:
    host = Host(new_register())
    host.ok("E2")
    host.ok("17", b"\2" + "Купон".encode("cp1251").ljust(40, b"\0"))
    assert host.status()[0] == 0x48
    host.ok("E3")
    assert host.register.documents()[-1].kind == "non_fiscal"


def test_the_last_receipt_can_be_printed_again() -> None:
    host = Host(new_register())
    assert host.error("8C") == "56"
    host.sell(1234)
    host.ok("8C")
    assert host.register.paper().count("12.34") == 2 * host.register.paper().split("КОПИЯ ЧЕКА")[0].count("12.34")
    assert [document.kind for document in host.register.documents()] == ["shift_open", "receipt", "copy"]


def test_text_within_a_receipt_belongs_to_it() -> None:
    host = Host(new_register())
    host.ok("8D", b"\0")
    host.ok("FF46", item(100))
    host.ok("FF4D", MEASURE)
    host.ok("17", b"\2" + "Спасибо".encode("cp1251").ljust(40, b"\0"))
    host.ok("FF45", close(100, text="Приходите"))
    assert host.register.documents()[-1].details["texts"] == ["Спасибо", "Приходите"]
    assert "Спасибо" in host.register.paper()


@pytest.mark.parametrize(("value", "second"), [(1, True), (2, False)])
def test_a_receipt_without_paper_needs_none(value: int, second: bool) -> None:
    host = Host(new_register())
    host.ok("E0")
    lines = len(host.register.roll.lines)
    host.ok("1E", bytes((17, 1, 0, 7, value)))
    host.register.load_paper(False)
    host.sell()
    assert len(host.register.roll.lines) == lines
    assert host.register.documents()[-1].details["paper"] is False
    host.register.load_paper(True)
    host.sell()
    assert (len(host.register.roll.lines) > lines) == second


def test_a_receipt_may_come_on_paper_as_a_whole() -> None:
    host = Host(new_register(print_at_close="yes"))
    host.ok("E0")
    lines = len(host.register.roll.lines)
    host.ok("8D", b"\0")
    host.ok("FF46", item(100))
    host.ok("FF4D", MEASURE)
    assert len(host.register.roll.lines) == lines
    host.ok("FF45", close(100))
    assert "ИТОГ" in host.register.paper(lines)


def test_the_drawer_opens_and_its_flag_says_so() -> None:
    host = Host(new_register())
    host.ok("28", b"\0")
    assert int.from_bytes(host.ok("10")[1:3], "little") >> 11 & 1
    assert host.register.drawer_opened == 1
    host.register.press_key()
    assert not int.from_bytes(host.ok("10")[1:3], "little") >> 11 & 1


def test_the_register_has_words_for_its_errors() -> None:
    host = Host(new_register())
    assert host.ok("6B", b"\x37", password=None).decode("cp1251") == "Команда не поддерживается"


@pytest.mark.parametrize(("byte", "timeout"), [(100, 100), (150, 150), (151, 300), (249, 15_000), (250, 30_000), (255, 105_000)])
def test_the_byte_time_out_is_not_linear(byte: int, timeout: int) -> None:
    register = new_register()
    host = Host(register)
    host.ok("14", bytes((0, 6, byte)))
    assert register.memory.byte_timeout == timeout
    assert Host(new_register()).ok("15", b"\0") == bytes((6, 100))


@pytest.mark.parametrize(("code", "head"), [("12", b"\2"), ("17", b"\2"), ("2F", b"\2\1")])
def test_only_old_models_insist_on_lines_that_are_filled_up(code: str, head: bytes) -> None:
    text = "Привет".encode("cp1251")
    assert Host(new_register()).error(code, head + text) == "00"
    old = Host(new_register(generation="classic"))
    assert old.error(code, head + text) == "7E"
    assert old.error(code, head + text.ljust(40 if code != "12" else 20, b"\0")) == "00"
