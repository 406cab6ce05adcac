"""The register's answers in bytes, at the places that the protocol's text gives each field: written down here once more.

The driver's side is in tests/shtrih_m/reference/test_shtrih_reference.py.
"""

from __future__ import annotations

from datetime import datetime

import pytest
from shtrih_host import MEASURE, MOSCOW, Host, SetClock, close, item, le, new_register

SERIAL = 380001002345


def host(**settings: str) -> Host:
    """20.11.2026 15:30, a shift open, nothing sold."""
    register = new_register(SetClock(datetime(2026, 11, 20, 15, 30, 7, tzinfo=MOSCOW)), **settings)
    made = Host(register)
    made.ok("E0")
    return made


def test_the_short_status_has_16_bytes_or_17() -> None:
    """op flags(2) mode submode ops_lo batt power fm_err ej_err ops_hi reserved(3) [last_print]."""
    for settings, size in (({"last_print_byte": "no"}, 16), ({}, 17)):
        made = host(**settings)
        made.ok("8D", b"\2")
        for _ in range(3):
            made.ok("FF46", item(100, operation=2))
        answer = b"\x10" + made.command("10")
        assert len(answer) == size
        assert answer[:3] == bytes.fromhex("10 00 1E")
        assert answer[3:5] == bytes.fromhex("92 02")
        assert answer[5:8] == bytes((0x28, 0, 3))  # a return of a sale is open
        assert (answer[12], answer[13:16]) == (0, bytes(3))


@pytest.mark.parametrize("size", [48, 50, 52])
def test_the_full_status_has_48_bytes_or_50_or_52(size: int) -> None:
    made = host(full_status=str(size))
    made.sell()
    answer = b"\x11" + made.command("11")
    assert len(answer) == size
    assert answer[3:5] == b"C1"
    assert int.from_bytes(answer[11:13], "little") == made.through_number()
    assert answer[15:17] == bytes((2, 0))
    assert answer[25:28] == bytes((20, 11, 26))
    assert answer[28:31] == bytes((15, 30, 7))
    assert answer[31] & 0x40
    assert answer[32:36] == le(SERIAL, 6)[:4]
    assert answer[36:38] == le(0, 2)
    assert answer[40:42] == bytes((1, 29))
    assert answer[42:48] == le(7707083893, 6)
    if size == 52:
        assert answer[50:52] == le(SERIAL, 6)[4:]


def test_the_device_type_ends_with_its_name() -> None:
    answer = b"\xfc" + host().command("FC", password=None)
    assert answer == bytes.fromhex("FC 00 00 00 01 0E 16 00") + "РИТЕЙЛ-01Ф".encode("cp1251")


def test_the_model_parameters_say_layer_2_in_bit_28() -> None:
    answer = host().ok("F7", b"\1", password=None)
    assert len(answer) == 28
    assert int.from_bytes(answer[:8], "little") >> 28 & 1
    assert answer[19:23] == le(30, 4)
    assert answer[24] == 14  # the field of table 1 that says who computes taxes


def test_the_state_of_the_fn_has_33_bytes() -> None:
    """life document data shift warnings DATE_TIME(5) of the last document, serial(16), last FD(4)."""
    made = host()
    made.ok("8D", b"\0")
    made.ok("FF0C", bytes.fromhex("F0 03 06 00 61 40 62 2E 72 75"))
    answer = b"\xff\x01" + made.command("FF01")
    assert len(answer) == 33
    assert answer[3:8] == bytes((3, 4, 1, 1, 0))
    assert answer[8:13] == bytes((26, 11, 20, 15, 30))
    assert answer[13:29] == b"9999078900012955"
    assert answer[29:33] == le(2, 4)


@pytest.mark.parametrize(("operation", "opened"), [(1, 0), (2, 2), (3, 1), (4, 3)])
def test_a_receipt_is_found_with_its_operation_and_total(operation: int, opened: int) -> None:
    """type ticket DATE_TIME(5) FD(4) FP(4) operation total(5); FP as FF45 tells it."""
    made = host(ofd="unreachable")
    made.ok("50", le(100_000, 5))
    made.ok("8D", bytes((opened,)))
    made.ok("FF46", item(30100, operation=operation))
    made.ok("FF4D", MEASURE)
    closed = b"\xff\x45" + made.command("FF45", close(30100))
    assert len(closed) == 16
    assert closed[:3] == bytes.fromhex("FF 45 00")
    assert closed[3:8] == bytes(5)
    assert closed[8:12] == le(3, 4)
    found = b"\xff\x0a" + made.command("FF0A", le(3, 4))
    assert found[:5] == bytes.fromhex("FF 0A 00 03 00")
    assert found[5:10] == bytes((26, 11, 20, 15, 30))
    assert found[10:14] == le(3, 4)
    assert found[14:18] == closed[12:16]
    assert found[18:] == bytes((operation,)) + le(30100, 5)


def test_the_closing_of_a_receipt_tells_its_time_where_answers_are_extended() -> None:
    made = host(extended_answers="yes")
    answer = made.sell()
    assert answer[13:] == bytes((26, 11, 20, 15, 30))
    assert int.from_bytes(made.ok("F7", b"\1", password=None)[:8], "little") >> 50 & 1


def test_the_shift_is_found_with_its_number_and_told_by_ff40() -> None:
    made = host()
    made.sell()
    assert made.ok("FF0A", le(2, 4))[0:1] + made.ok("FF0A", le(2, 4))[15:] == bytes((2,)) + le(1, 2)
    assert made.ok("FF40") == bytes((1,)) + le(1, 2) + le(1, 2)
    made.ok("41")
    assert made.ok("FF0A", le(4, 4))[0:1] + made.ok("FF0A", le(4, 4))[15:] == bytes((5,)) + le(1, 2)
    assert made.ok("FF40")[0] == 0


def test_the_queue_for_the_ofd_has_the_first_document_and_its_time() -> None:
    """status(bit 0 connected, bit 1 something waits) reading queue(2) FD(4) DATE_TIME(5)."""
    made = host(ofd="unreachable")
    assert made.ok("FF39") == bytes((2, 0)) + le(2, 2) + le(1, 4) + bytes((26, 11, 20, 15, 30))
    assert made.ok("FF3F") == le(2, 2)
    assert host().ok("FF39") == bytes((1, 0)) + bytes(11)


def test_rounding_is_taken_off_the_total() -> None:
    """Behind the sixteen payments one byte of kopecks."""
    made = host()
    made.ok("8D", b"\0")
    made.ok("FF46", item(30199))
    made.ok("FF4D", MEASURE)
    sums = le(30100, 5) + bytes(75) + bytes((99,)) + bytes(30) + b"\1"
    assert len(sums) == 112
    closed = made.ok("FF45", sums)
    assert closed[:5] == bytes(5)
    assert made.ok("FF0A", closed[5:9])[15:] == b"\1" + le(30100, 5)


@pytest.mark.parametrize(
    ("number", "payment"),
    [(2, "1081"), (13, "1081"), (14, "1215"), (15, "1216"), (16, "1217"), (1, "1031")],
)
def test_each_of_the_sixteen_payments_goes_into_its_sum(number: int, payment: str) -> None:
    made = host()
    made.ok("8D", b"\0")
    made.ok("FF46", item(30100))
    made.ok("FF4D", MEASURE)
    sums = b"".join(le(30100 if one == number else 0, 5) for one in range(1, 17))
    made.ok("FF45", sums + b"\0" + bytes(30) + b"\1")
    made.ok("FF3A", le(3, 4))
    found: dict[str, int] = {}
    while (answer := made.command("FF3B"))[0] == 0:
        tag, size = int.from_bytes(answer[1:3], "little"), int.from_bytes(answer[3:5], "little")
        if tag in (1031, 1081, 1215, 1216, 1217):
            found[str(tag)] = int.from_bytes(answer[5 : 5 + size], "little")
    assert {tag: amount for tag, amount in found.items() if amount} == {payment: 30100}


def test_the_registers_of_money_have_six_bytes() -> None:
    made = host()
    made.sell(cash=50000)
    answer = made.ok("1A", bytes((241,)))
    assert (answer[0], answer[1:]) == (30, le(30100, 6))
    assert made.ok("1A", bytes((193,)))[1:] == le(30100, 6)
    assert made.ok("1A", bytes((245,)))[1:] == le(30100, 6)


def test_an_error_is_answered_alone() -> None:
    made = host()
    assert made.command("8D", b"\0", password=le(77, 4)) == b"\x4f"
    assert made.command("FF45", close(100)) == b"\x73"
    assert made.command("FF0A", le(99, 4)) == b"\x08"
