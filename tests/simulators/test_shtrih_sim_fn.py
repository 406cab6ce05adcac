"""The FN inside: its documents, its archive as TLV, what the OFD has, what it refuses, registration and replacement."""

from __future__ import annotations

import pytest
from bridge_ffd.tlv import Tlv, decode, encode, first
from shtrih_host import MEASURE, Host, SetClock, close, item, le, new_register


def tags_of(host: Host, number: int) -> tuple[Tlv, ...]:
    """Document by FF3A and FF3B."""
    host.ok("FF3A", le(number, 4))
    data = b""
    while (answer := host.command("FF3B"))[0] == 0:
        data += answer[1:]
    assert answer in (b"\x08", b"\x34")
    return decode(data)


def test_a_receipt_is_in_the_archive_with_everything_that_was_sold() -> None:
    host = Host(new_register())
    host.ok("8D", b"\0")
    host.ok("FF46", item(15050, quantity=2_000_000, vat=1))
    host.ok("FF4D", MEASURE)
    host.ok("FF46", item(1000, vat=2, name="//Сыр"))
    host.ok("FF4D", MEASURE)
    host.ok("FF0C", encode((Tlv(1008, "a@b.ru"),)))
    answer = host.ok("FF45", close(50000, electronic=100))
    number = int.from_bytes(answer[5:9], "little")
    tags = tags_of(host, number)
    assert first(tags, 1020) == 31100
    assert first(tags, 1031) == 31000
    assert first(tags, 1081) == 100
    assert first(tags, 1054) == 1
    assert first(tags, 1008) == "a@b.ru"
    assert first(tags, 1021) == "Администратор"
    assert first(tags, 1103) == 91
    # Rate 1 is 22 % since 2026, and that stands inside 1115.
    assert first(tags, 1102) is None
    assert first(tags, 1115) == (Tlv(1119, (Tlv(1199, 11), Tlv(1120, 5428))),)
    assert [tag.find(1030) for tag in tags if tag.tag == 1059] == ["Хлеб", "Сыр"]
    assert [str(tag.find(1023)) for tag in tags if tag.tag == 1059] == ["2", "1"]
    assert first(tags, 1077) == b"\x31\x04" + answer[9:13][::-1]
    assert "Сыр" not in host.register.paper()
    assert (
        "СНО                                          ОСН\nЭЛ. АДР. ПОКУПАТЕЛЯ                       a@b.ru"
        in host.register.paper()
    )
    assert host.ok("FF0A", le(number, 4))[15:] == bytes((1,)) + le(31100, 5)


@pytest.mark.parametrize(("total", "size"), [("5", 5), ("4", 4)])
def test_the_total_of_ff0a_has_five_bytes_or_four(total: str, size: int) -> None:
    host = Host(new_register(ff0a_total=total))
    host.sell()
    assert host.ok("FF0A", le(3, 4))[16:] == le(30100, size)
    assert host.error("FF0A", le(4, 4)) == "08"


def test_documents_are_read_tag_by_tag_or_in_blocks_and_may_lock_the_register_until_the_end() -> None:
    host = Host(new_register(tlv_read="block", tlv_end="34", tlv_blocks="yes"))
    host.ok("FF3A", le(1, 4))
    assert host.status()[0] == 1
    assert host.error("E0") == "73"
    assert len(decode(host.ok("FF3B"))) > 3
    assert host.error("FF3B") == "34"
    assert host.status()[0] == 4
    one = Host(new_register())
    one.ok("FF3A", le(1, 4))
    assert len(decode(one.ok("FF3B"))) == 1
    assert one.status()[0] == 4


def test_a_shift_has_documents_of_its_own() -> None:
    host = Host(new_register())
    host.ok("FF41")
    assert host.ok("FF01")[1] == 2
    host.ok("FF0C", encode((Tlv(1021, "Жанна"),)))
    assert host.error("8D", b"\0") == "5E"
    host.ok("E0")
    assert host.ok("FF40") == bytes((1, 1, 0, 0, 0))
    assert host.ok("FF0A", le(2, 4))[0] == 2
    assert first(tags_of(host, 2), 1021) == "Жанна"
    host.sell()
    host.ok("FF42")
    assert host.ok("FF01")[1] == 8
    host.ok("FF08")
    assert host.ok("FF01")[1] == 0
    host.ok("41")
    assert host.ok("FF40") == bytes((0, 1, 0, 1, 0))
    assert host.ok("FF0A", le(4, 4))[0] == 5
    assert host.ok("FF0A", le(4, 4))[15:] == bytes((1, 0))


def test_a_shift_can_be_opened_and_closed_at_the_fn() -> None:
    host = Host(new_register(extended_answers="yes"))
    assert host.ok("FF0B")[:6] == bytes((1, 0, 2, 0, 0, 0))
    answer = host.ok("FF43")
    assert answer[:6] == bytes((1, 0, 3, 0, 0, 0))
    assert answer[-5:] == bytes((26, 11, 20, 15, 30))


def test_what_the_ofd_does_not_get_waits_and_after_thirty_days_the_fn_refuses() -> None:
    clock = SetClock()
    host = Host(new_register(clock, ofd="unreachable"))
    host.sell()
    assert host.ok("FF3F") == le(3, 2)
    assert host.ok("FF39") == bytes((2, 0)) + le(3, 2) + le(1, 4) + bytes((26, 11, 20, 15, 30))
    assert host.ok("FF0A", le(3, 4))[1] == 0
    assert host.error("FF3C", le(3, 4)) == "08"
    clock.forward(hours=23)
    host.ok("41")
    clock.forward(days=6)
    assert host.ok("FF01")[4] == 8
    clock.forward(days=24)
    assert host.error("8D", b"\0") == "15"
    assert host.error("E0") == "15"
    host.register.switch({"ofd": "reachable"})
    assert host.ok("FF39") == bytes((1, 0, 0, 0)) + bytes(9)
    assert host.ok("FF0A", le(3, 4))[1] == 1
    assert first(decode(host.ok("FF3C", le(3, 4))), 1040) == 3
    host.sell()


def test_the_key_of_the_fn_runs_out_with_warnings_before() -> None:
    clock = SetClock()
    host = Host(new_register(clock, fn_days="40"))
    assert host.ok("FF01")[4] == 0
    assert host.ok("FF03") == bytes((26, 12, 30, 29, 1))
    clock.forward(days=11)
    assert host.ok("FF01")[4] == 2
    clock.forward(days=27)
    assert host.ok("FF01")[4] == 3
    host.ok("E0")
    clock.forward(days=3)
    host.ok("41")
    assert host.error("E0") == "05"


def test_a_full_archive_refuses_documents() -> None:
    host = Host(new_register(fn_capacity="4"))
    host.sell()
    host.sell()
    assert host.ok("FF01")[4] == 4
    assert host.error("8D", b"\0") == "06"
    host.ok("41")
    assert host.error("E0") == "06"


def test_time_does_not_run_backwards_for_the_fn() -> None:
    clock = SetClock()
    host = Host(new_register(clock))
    host.ok("E0")
    clock.forward(minutes=-5)
    assert host.error("8D", b"\0") == "07"


def test_a_new_fn_must_be_registered() -> None:
    register = new_register()
    host = Host(register)
    host.sell()
    register.faults.arm({"fault": "fn_replaced", "serial": "9999078900055555"})
    assert host.ok("FF01")[0] == 1
    assert host.ok("FF02") == b"9999078900055555"
    assert host.error("8D", b"\0") == "02"
    host.ok("FF05", b"\0")
    form = b"7707083893".ljust(12) + b"0000000400054953".ljust(20) + bytes((3, 0))
    assert host.ok("FF06", form)[:4] == le(1, 4)
    assert host.ok("FF01")[0] == 3
    assert b"0000000400054953" in host.ok("FF09")
    assert host.ok("FF4C", b"\1") == host.ok("FF09")
    assert first(decode(host.ok("FF0E", b"\1" + le(1062, 2))), 1062) == 3
    host.ok("8D", b"\0")
    host.ok("FF46", item(100))
    host.ok("FF4D", MEASURE)
    assert host.error("FF45", close(100, system=4)) == "35"
    assert host.error("FF45", close(100, system=2)) == "00"


_FORM = b"7707083893".ljust(12) + b"0000000400054953".ljust(20) + bytes((3, 0))


def test_a_changed_registration_tells_its_reason_and_the_archive_what_was_registered() -> None:
    host = Host(new_register(ffd="1.05", extended_answers="yes"))
    assert host.error("FF34", _FORM) == "7E"
    assert host.error("FF34", _FORM + b"\5") == "33"
    answer = host.ok("FF34", _FORM + b"\4")
    assert answer[:4] == le(2, 4)
    head = answer[8:] + _FORM
    assert host.ok("FF4C", b"\2") == head + b"\4" + answer[:8]
    assert len(host.ok("FF4C", b"\1")) == 47
    assert host.ok("FF09") == head + answer[:8] + answer[8:]
    assert host.ok("FF0A", le(2, 4)) == bytes((11, 1)) + answer[8:] + answer[:8] + _FORM + b"\4"
    assert host.ok("FF0A", le(1, 4))[15:] == b"7707083893".ljust(12) + b"0000000400054952".ljust(20) + bytes((1, 0))
    assert Host(new_register()).ok("FF34", _FORM + b"\3")[:4] == le(2, 4)


def test_the_report_on_settlements_is_made_whether_it_was_begun_or_not() -> None:
    host = Host(new_register(extended_answers="yes"))
    answer = host.ok("FF38")
    assert (answer[:4], answer[8:15], len(answer)) == (le(2, 4), bytes(7), 20)
    host.ok("FF37")
    assert host.ok("FF38")[:4] == le(3, 4)


def test_the_opening_of_a_shift_tells_no_time_and_its_closing_does_where_answers_are_extended() -> None:
    host = Host(new_register(extended_answers="yes"))
    assert len(host.ok("FF0B")) == 10
    assert len(host.ok("FF43")) == 15


def test_the_report_on_settlements_says_how_much_is_not_sent() -> None:
    host = Host(new_register(ofd="unreachable"))
    host.ok("FF37")
    answer = host.ok("FF38")
    assert answer[:4] == le(2, 4)
    assert answer[8:] == le(1, 4) + bytes((26, 11, 20))


# --- tags


@pytest.mark.parametrize(
    ("ffd", "tag", "error"),
    [
        ("1.05", Tlv(1177, "основание"), "00"),
        ("1.2", Tlv(1177, "основание"), "33"),
        ("1.05", Tlv(1227, "Покупатель"), "00"),
        ("1.2", Tlv(1227, "Покупатель"), "33"),
        ("1.2", Tlv(1256, (Tlv(1227, "Покупатель"),)), "00"),
        ("1.05", Tlv(1256, (Tlv(1227, "Покупатель"),)), "33"),
        ("1.2", Tlv(1040, 7), "33"),
        ("1.2", Tlv(1084, (Tlv(1085, "заказ"), Tlv(1086, "7"))), "00"),
    ],
)
def test_a_document_takes_the_tags_of_its_format(ffd: str, tag: Tlv, error: str) -> None:
    host = Host(new_register(ffd=ffd))
    host.ok("8D", b"\0")
    assert host.error("FF0C", encode((tag,))) == error


@pytest.mark.parametrize("data", [b"\xf0", bytes.fromhex("F0030600"), bytes.fromhex("F00306006140622E72"), b"\xf0\x03\0"])
def test_broken_tags_are_refused(data: bytes) -> None:
    host = Host(new_register())
    host.ok("8D", b"\0")
    assert host.error("FF0C", data) == "33"


def test_tags_need_a_document_that_was_begun_and_lines_take_them_behind_themselves() -> None:
    host = Host(new_register(measure_missing="refuse"))
    assert host.error("FF0C", encode((Tlv(1008, "a@b.ru"),))) == "02"
    assert host.error("FF4D", MEASURE) == "73"
    host.ok("8D", b"\0")
    assert host.error("FF4D", MEASURE) == "34"
    host.ok("FF46", item(100))
    assert host.error("FF45", close(100)) == "A4"
    assert host.error("FF4D", encode((Tlv(1162, b"\x44\x4d1"),))) == "33"
    host.ok("FF4D", MEASURE)
    host.ok("FF45", close(100))
    piece = Host(new_register())
    piece.ok("FF46", item(100))
    piece.ok("FF45", close(100))


# --- corrections


def _form(operation: int = 1, total: int = 12000, cash: int = 12000, vat: int = 2000) -> bytes:
    payments = le(cash, 5) + bytes(20)
    return bytes((0, operation)) + le(total, 5) + payments + le(vat, 5) + bytes(25) + bytes((1,))


BASIS = encode((Tlv(1174, (Tlv(1178, b"\0\0\0\0"), Tlv(1179, "1175"))),))


def test_a_correction_before_ffd_1_2_has_sums_only() -> None:
    host = Host(new_register(ffd="1.05"))
    assert host.error("FF4A", _form()) == "5E"
    host.ok("FF35")
    assert host.ok("FF01")[1] == 0x14
    assert host.error("FF4A", _form()) == "A4"
    host.ok("FF0C", BASIS)
    assert host.error("FF4A", _form(operation=2)) == "33"
    assert host.error("FF4A", _form(cash=11999)) == "45"
    assert host.ok("FF4A", _form())[:6] == le(1, 2) + le(3, 4)
    assert host.ok("FF0A", le(3, 4))[0] == 31
    assert host.money_register(241) == 0
    tags = tags_of(host, 3)
    assert first(tags, 1173) == 0
    assert first(first(tags, 1174), 1179) == "1175"  # type: ignore[arg-type]
    document = host.register.documents()[-1]
    assert (document.kind, document.total, document.details["operation"]) == ("correction", "120.00", 1)


def test_the_older_correction_has_a_total_and_nothing_else() -> None:
    """FF36: total(5) type(1), answered with receipt(2) FD(4) FP(4)."""
    host = Host(new_register(ffd="1.05"))
    host.ok("FF35")
    assert host.error("FF36", le(1000, 5) + b"\2") == "33"
    answer = host.ok("FF36", le(1000, 5) + b"\3")
    assert (answer[:2], answer[2:6], len(answer)) == (le(1, 2), le(3, 4), 10)
    found = host.ok("FF0A", le(3, 4))
    assert (found[0], found[15:]) == (31, b"\3" + le(1000, 5))
    newer = Host(new_register())
    newer.ok("FF35")
    assert newer.error("FF36", le(1000, 5) + b"\3") == "35"


def test_a_correction_in_ffd_1_2_has_lines_and_is_closed_as_a_receipt() -> None:
    host = Host(new_register(fn_type_numbers="document"))
    host.ok("FF35")
    host.ok("FF0C", encode((Tlv(1173, 0), Tlv(1174, (Tlv(1178, b"\0\0\0\0"),)))))
    host.ok("FF46", item(500, operation=2))
    assert host.status()[0] == 0x28
    host.ok("FF4D", MEASURE)
    host.ok("FF45", close(500))
    assert host.ok("FF0A", le(3, 4))[0] == 0x14
    assert host.register.documents()[-1].kind == "correction"
    assert host.money_register(245) == 0
    host.ok("FF35")
    assert host.error("FF4A", _form()) == "35"


# --- marking

CODE = b"0104601234567890215abcde\x1d91EE06\x1d92xyz"


def _ask(code: bytes = CODE) -> bytes:
    return bytes((1, 0, len(code), 0)) + code


def _bind(code: bytes = CODE) -> bytes:
    return bytes((len(code),)) + code


@pytest.mark.parametrize(
    ("marking", "answer", "result"),
    [("positive", "0300021100 0F", 0x0F), ("negative", "0100021100 05", 0x05), ("unavailable", "03000202FF 03", 0x03)],
)
def test_a_marked_line_is_checked_accepted_and_bound(marking: str, answer: str, result: int) -> None:
    host = Host(new_register(marking=marking))
    told = host.ok("FF61", _ask())
    assert told[:6] == bytes.fromhex(answer)
    assert len(told) == 4 + told[3]
    assert host.error("FF61", _ask()) == "A1"
    assert host.ok("FF69", b"\1") == bytes((result,))
    assert host.error("FF69", b"\1") == "A1"
    host.ok("8D", b"\0")
    assert host.error("FF67", _bind()) == "34"
    host.ok("FF46", item(100, subject=33))
    host.ok("FF4D", MEASURE)
    assert host.error("FF45", close(100)) == "A4"
    assert host.ok("FF67", _bind()) == bytes.fromhex("444D01")
    assert host.error("FF4D", MEASURE) == "5E"
    number = int.from_bytes(host.ok("FF45", close(100))[5:9], "little")
    line = next(tag for tag in tags_of(host, number) if tag.tag == 1059)
    assert line.find(2106) == result
    assert line.find(2000) == CODE.decode()


def test_a_code_that_was_not_checked_is_checked_by_the_register_when_it_is_bound() -> None:
    host = Host(new_register())
    host.ok("FF46", item(100, subject=33))
    host.ok("FF4D", MEASURE)
    assert host.ok("FF67", _bind()).startswith(bytes.fromhex("444D01 0300021100 0F"))
    host.ok("FF45", close(100))
    assert host.register.documents()[-1].lines[0]["check"] == 0x0F


def test_a_code_may_be_rejected_and_all_of_them_forgotten() -> None:
    host = Host(new_register())
    host.ok("FF61", _ask())
    assert host.ok("FF70")[0] == 2
    assert host.ok("FF70", password=le(1, 4)) == host.ok("FF70")
    assert host.ok("FF68", password=le(1, 4)) == host.ok("FF68")
    host.ok("FF69", b"\0")
    assert host.ok("FF70")[:1] == b"\1"
    host.ok("FF61", _ask())
    host.ok("FF69", b"\2")
    assert host.register.memory.fn.codes == []


def test_older_formats_know_no_checks_and_registers_without_marking_refuse_them() -> None:
    old = Host(new_register(ffd="1.05"))
    assert old.error("FF61", _ask()) == "37"
    old.ok("FF46", item(100))
    assert old.ok("FF67", _bind()) == bytes.fromhex("444D01")
    old.ok("FF45", close(100))
    without = Host(new_register(marking="disabled"))
    assert without.error("FF61", _ask()) == "A0"
    without.ok("FF46", item(100, subject=33))
    assert without.error("FF67", _bind()) == "A0"
