"""What is legal when, and with which error the rest is refused: modes, shift, receipt, payments, passwords, paper, busy, reports."""

from __future__ import annotations

import pytest
from atol_host import CLOSE, OK, Host, SetClock, item, new_register, selling, tag

PAY = "99 00 01 00 00 03 01 00"


@pytest.mark.parametrize(
    ("mode", "command"),
    [
        (0, "92 00 01"), (0, "9A 00"), (0, "59"), (0, "49 00 00 00 00 01 00"), (2, "4A 00 01 00 00 00 00 00"), (1, "5A"),
        (1, "67 01"), (3, "67 01"), (2, "5A"), (1, "50 02 00 01 10 01"), (1, "73"), (3, "E8 01 01 00 1F 04 01 00 01"),
    ],
)  # fmt: skip
def test_a_command_of_another_mode_is_refused(mode: int, command: str) -> None:
    host = Host(new_register())
    if mode:
        host.mode(mode)
    assert host.error(command) == "66"


def test_a_mode_is_entered_from_choice_only_and_with_its_password() -> None:
    host = Host(new_register())
    assert host.error("56 01 00 00 00 31") == "8C"
    assert host.error("56 01 00 00 00 05") == "00"
    assert host.error("56 02 00 00 00 30") == "66"
    assert host.state()[0] == 1
    assert host.error("48") == "00"
    assert host.error("56 03 00 00 00 05") == "8C"  # a cashier makes no Z report
    assert host.error("56 06 00 00 00 30") == "66"
    host.mode(4)
    host.ok("50 03 00 05 01 12 34 56 78")
    host.command("48")
    assert host.error("56 01 00 00 00 05") == "8C"
    assert host.error("56 01 12 34 56 78") == "00"


def test_the_password_of_access_stands_in_front_of_each_command() -> None:
    host = Host(new_register(access_password="1111"))
    assert host.order("C1 01 01 00 00 45") == "A4 55 8C 00"
    host.order("C4")
    assert host.order("C1 01 01 11 11 45") == "A3 55 00 00"


def test_unknown_commands_wrong_lengths_and_half_bytes_that_are_no_digits() -> None:
    host = selling()
    for command, error in (
        ("77", "7A"), ("91 F0 00 00", "7A"), ("91 34", "14"), ("92 00", "14"), ("92 00 01 00", "14"), ("9D 55", "7A"),
        ("49 00 00 00 00 0A 00", "13"), ("46 99 00 01 01", "91"), ("46 03 00 63 01", "92"), ("46 03 00 01 09", "93"),
        ("A4 99", "E7"), ("A4 40 63 00 00 00", "DA"), ("A4 46", "DA"), ("E9 99 99 00", "DA"), ("EF 09", "7A"),
    ):  # fmt: skip
        assert host.error(command) == error, command


def test_a_shift_is_opened_once_and_closed_once() -> None:
    host = Host(new_register())
    host.mode(1)
    assert host.error("92 00 01") == "8F"
    host.ok("9A 00")
    assert host.error("9A 00") == "9C"
    host.mode(3)
    host.ok("5A")
    assert host.error("5A") == "8F"


def test_a_shift_of_more_than_a_day_takes_nothing_but_its_closing() -> None:
    clock = SetClock()
    host = Host(new_register(clock))
    host.open_shift()
    host.ok("92 00 01")
    host.item()
    assert host.command("91 12 00 01") == "55 00 01 21 11 26 15 30 00"
    clock.forward(hours=24)
    assert host.ok("91 12 00 01")[:1] == b"\x02"
    assert host.error(PAY) == "88"
    host.ok("59")
    assert [host.error(command) for command in ("92 00 01", "49 00 00 00 00 01 00", "4F 00 00 00 00 01 00")] == ["88"] * 3
    assert host.error(tag(1021, b"A")) == "00"
    host.mode(2)
    host.ok("67 01")
    host.mode(3)
    host.ok("5A")


def test_a_receipt_goes_through_its_states() -> None:
    host = selling()
    assert [host.error(command) for command in ("59", "EA 00 01 00", item(100), PAY, CLOSE)] == ["9A"] * 5
    host.ok("92 00 01")
    assert [host.error(command) for command in ("92 00 01", "9A 00", "48", "49 00 00 00 00 01 00", "95")] == ["9B"] * 5
    assert host.error(item(100)) == "66"  # EA comes first
    assert host.error(PAY) == host.error(CLOSE) == "F3"
    host.item()
    assert host.error(CLOSE) == "72"
    assert host.error("99 00 02 00 00 03 01 01") == "71"
    assert host.error("99 00 06 00 00 03 01 00") == "7E"
    assert host.command("99 00 02 00 00 01 00 00") == "55 00 00 00 02 01 00 00 00 00 00 00"
    assert host.error("EA 00 01 00") == "66"  # it is being paid
    assert host.command("99 00 01 00 00 03 00 00") == "55 00 00 00 00 00 00 00 00 00 99 00"
    host.ok(CLOSE)
    document = host.register.documents()[-1]
    assert (document.total, document.change) == ("301.00", "99.00")
    assert [payment["amount"] for payment in document.payments] == ["300.00", "100.00"]


def test_a_cancelled_receipt_leaves_no_document_and_takes_its_tags_with_it() -> None:
    host = selling()
    last = host.last_document()
    host.ok(tag(1021, b"A"))
    assert host.error("59") == "9A"
    host.sell()
    assert "A" not in host.register.documents()[-1].details["tags"].values()
    host.ok("92 00 01")
    host.item()
    host.ok("59")
    assert host.last_document() == last + 1
    assert host.register.documents()[-1].kind == "cancelled_receipt"


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (item(100, quantity=0), "0A"), (item(100, amount=102), "08"), (item(100, vat=13), "DF"), (item(100, vat=0), "DF"),
        (item(100, subject=99), "E7"), (item(100, method=9), "E7"), (item(100, name="x" * 129), "13"),
        (item(100, flags=0x1A, quantity=500), "13"), (item(100, subject=33), "E7"), ("EB 0A 00", "14"),
        (item(9_999_999_999, quantity=2000), "7F"),
    ],
)  # fmt: skip
def test_items_that_cannot_be_are_refused_and_leave_the_receipt_as_it_was(command: str, error: str) -> None:
    host = selling()
    host.ok("92 00 01")
    host.ok("EA 00 01 00")
    assert host.error(command) == error
    host.ok(item(100))
    assert host.command("91 14 00 00") == "55 00 00 00 00 01 00 00 00 00 01 00 00 00 00 00 00"


def test_test_flags_check_and_change_nothing() -> None:
    host = selling()
    host.ok("92 01 01")
    assert host.register.memory.receipt is None
    host.ok("92 00 01")
    host.ok("EA 00 01 00")
    host.ok(item(100, flags=0x0B))
    host.ok(item(100))
    assert host.command("99 01 01 00 00 00 02 00") == "55 00 00 00 00 00 00 00 00 00 01 00"
    assert host.ok("91 14 00 00")[5:10].hex() == "0000000100"


def test_a_discount_only_makes_the_total_round() -> None:
    host = selling()
    host.ok("92 00 01")
    host.item(30167)
    assert host.error("43 00 01 01 00 00 00 00 00 67") == "10"
    assert host.error("43 00 00 00 00 00 00 00 00 67") == "10"
    assert host.error("43 00 00 01 00 00 00 00 01 00") == "7B"
    host.ok("43 00 00 01 00 00 00 00 00 67")
    host.ok(PAY)
    host.ok(CLOSE)
    assert (host.register.documents()[-1].total, host.register.documents()[-1].details["rounding"]) == ("301.00", 67)


def test_cash_is_given_out_as_far_as_it_is_there() -> None:
    host = selling()
    assert host.error("4F 00 00 00 00 01 00") == "98"
    host.ok("49 00 00 00 00 01 00")
    assert host.error("49 00 00 00 00 00 00") == "08"
    host.ok("4F 00 00 00 00 00 50")
    assert host.ok("91 0A 00 00").hex() == "00000000000050"
    assert host.command("4D") == "4D 00 00 00 00 00 00 50"
    host.ok("92 00 02")
    host.ok("EA 00 01 00")
    host.ok(item(100, flags=0x08))  # with control of cash
    assert host.error("99 00 01 00 00 00 01 00") == "98"


def test_paper_that_is_out_is_told_and_documents_are_refused_or_recorded() -> None:
    host = selling()
    host.register.load_paper(False)
    assert host.state() == (1, 1)
    assert host.ok("A4 30")
    assert host.error("92 00 01") == "67"
    assert host.error("49 00 00 00 00 01 00") == "67"
    host.ok("92 04 01")  # electronic
    host.ok(tag(1008, b"a@b.ru"))
    host.item()
    host.ok(PAY)
    host.ok(CLOSE)
    assert not host.register.documents()[-1].details["paper"]
    host.register.switch({"paper_out": "record"})
    last = host.last_document()
    host.ok("92 00 01")
    host.item()
    host.ok(PAY)
    assert host.error(CLOSE) == "67"
    assert host.last_document() == last + 1
    assert "ИТОГ" not in host.register.paper()
    host.register.load_paper(True)
    assert "ИТОГ" in host.register.paper()


@pytest.mark.parametrize(
    ("printer", "flag", "error"), [("no_link", 2, "68"), ("fault", 4, "69"), ("cutter", 8, "69"), ("overheated", 16, "D1")]
)
def test_a_printing_mechanism_that_fails_is_told_by_flag_and_error(printer: str, flag: int, error: str) -> None:
    host = selling()
    host.register.switch({"printer": printer})
    assert host.state() == (1, flag)
    assert host.error("92 00 01") == error
    host.register.switch({"printer": "ok"})
    host.sell()


def test_an_open_cover_and_the_drawer_are_seen_in_the_status() -> None:
    host = selling()
    flags = bytes.fromhex(host.command("3F"))[9]
    assert flags == 0x01 | 0x02 | 0x04 | 0x08 | 0x40
    host.register.close_cover(False)
    host.ok("80")
    assert bytes.fromhex(host.command("3F"))[9] == 0x01 | 0x02 | 0x08 | 0x20 | 0x40
    assert host.register.drawer_opened == 1


def test_a_document_that_is_still_printed_makes_the_next_command_wait() -> None:
    host = selling(busy_polls="2")
    assert [host.error("49 00 00 00 00 01 00") for _ in range(3)] == ["76", "76", "00"]
    assert host.command("45") == "55 01 00"


@pytest.mark.parametrize("when", ["at_once", "running"])
def test_reports_run_on_behind_their_answer(when: str) -> None:
    host = selling(report_polls="4", z_report=when)
    host.mode(2)
    host.ok("67 01")
    assert [host.state()[0] for _ in range(5)] == [0x22, 0x22, 0x22, 0x22, 0x02]
    host.mode(3)
    last = host.last_document()
    host.ok("5A")
    assert host.error("80") == "76"
    assert host.last_document() == last + (when == "at_once")
    assert [host.state()[0] for _ in range(5)] == [0x23, 0x23, 0x17, 0x17, 0x03]
    assert host.last_document() == last + 1
    host.register.load_paper(False)
    host.mode(2)
    assert host.error("67 01") == "67"
    assert host.state() == (2, 1)


def test_the_clock_is_set_by_the_same_command_twice_while_the_shift_is_closed() -> None:
    host = Host(new_register())
    host.mode(4)
    assert host.error("64 21 11 26") == "16"
    host.ok("64 21 11 26")
    assert host.error("4B 10 00 00") == "16"
    host.ok("4B 10 00 00")
    assert host.command("91 11 00 00") == "55 00 21 11 26 10 00 00"
    assert host.error("64 32 11 26") == "94"
    assert host.error("64 01 01 26") == "16"
    assert host.error("64 01 01 26") == "D9"  # before the last document of the FN
    silent = Host(new_register(clock_confirm="silent"))
    assert [silent.command("64 21 11 26") for _ in range(2)] == [OK, OK]
    silent.open_shift()
    silent.mode(4)
    assert silent.error("4B 10 00 00") == "9C"


def test_free_documents_copies_codes_and_the_customers_display() -> None:
    host = selling()
    assert host.error("95") == "6B"
    for command in (
        "4C 2020208FE0A8A2A5E2",
        "C1 00 02 05 00 00 01 01 00 00 00 00 00 00 00 3132333435 0000",
        "4C 09410942",
        "6C",
        "75 01",
        "8F 01 41424344",
    ):
        host.ok(command)
    assert host.error("8F 02 41") == "6D"
    host.mode(2)
    host.ok("73")
    document = host.register.documents()[-1]
    assert document.kind == "non_fiscal"
    assert document.details["lines"][:3] == ["   Привет", "[QR] 12345", "AB"]
    assert host.register.display == "ABCD"
    host.mode(1)
    host.sell()
    host.ok("95")
    assert "КОПИЯ" in host.register.paper()


def test_older_commands_for_items_sell_too() -> None:
    host = selling(ffd="1.05")
    host.ok("52 00 00 00 00 50 00 00 00 00 20 00 01")
    host.ok(f"E6 00 {'81A0ADA0AD'.ljust(128, '0')} 000000001000 0000001000 01 00 000000000100 02 01 {'00' * 16} 00")
    assert host.error("57 00 00 00 00 50 00 00 00 00 10 00") == "66"
    assert host.ok("91 14 00 00")[:5].hex() == "0000010900"
    host.ok("4A 00 01 00 00 01 09 00")
    assert host.register.documents()[-1].total == "109.00"
