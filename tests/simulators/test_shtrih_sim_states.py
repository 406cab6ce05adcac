"""Modes and submodes: what is refused in which, and with what."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from shtrih_host import MEASURE, Host, SetClock, close, item, le, new_register

LINE = b"\x02" + "Привет".encode("cp1251").ljust(40, b"\0")

# Commands that a table of refusals is made of: code, parameters.
TRIED = {
    "E0": b"",
    "8D": b"\0",
    "FF46": item(100),
    "FF45": close(100),
    "88": b"",
    "40": b"",
    "41": b"",
    "50": le(100, 5),
    "17": LINE,
    "21": bytes((12, 0, 0)),
    "FF01": b"",
    "10": b"",
}


def nothing(host: Host) -> None:
    return None


def opened(host: Host) -> None:
    host.ok("E0")


def expired(host: Host) -> None:
    host.ok("E0")
    clock = host.register.clock
    host.register.clock = lambda: clock().replace(day=22)


def receipt(host: Host) -> None:
    host.ok("8D", b"\0")


def free(host: Host) -> None:
    host.ok("E2")


def date(host: Host) -> None:
    host.ok("22", bytes((21, 11, 26)))


STATES: dict[str, tuple[Callable[[Host], None], int, dict[str, str]]] = {
    "shift closed": (nothing, 4, {"FF45": "73", "88": "73", "41": "73"}),
    "shift open": (opened, 2, {"E0": "73", "FF45": "73", "88": "73", "21": "73"}),
    "over 24 hours": (
        expired,
        3,
        {"E0": "4E", "8D": "4E", "FF46": "4E", "FF45": "73", "88": "73", "50": "4E", "21": "73"},
    ),
    "receipt": (receipt, 8, {"E0": "4A", "8D": "4A", "FF45": "8E", "40": "4A", "41": "4A", "50": "4A", "21": "73"}),
    "non-fiscal": (
        free,
        0x48,
        {"E0": "4A", "8D": "4A", "FF46": "4A", "FF45": "73", "88": "73", "40": "4A", "41": "4A", "50": "4A", "21": "73"},
    ),
    "date to confirm": (
        date,
        6,
        {code: "C0" for code in TRIED if code not in ("FF01", "10")},
    ),
}


@pytest.mark.parametrize("code", TRIED)
@pytest.mark.parametrize("state", STATES)
def test_each_state_refuses_what_the_table_says(state: str, code: str) -> None:
    prepare, mode, refused = STATES[state]
    host = Host(new_register())
    prepare(host)
    assert host.status()[0] == mode
    before = host.register.snapshot()
    assert host.error(code, TRIED[code]) == refused.get(code, "00")
    if code in refused:
        assert host.register.snapshot() == before


@pytest.mark.parametrize(
    ("setting", "value", "prepare", "code", "parameters", "error"),
    [
        ("open_in_open_shift", "3C", opened, "E0", b"", "3C"),
        ("close_in_closed_shift", "3D", nothing, "41", b"", "3D"),
        ("auto_open", "no", nothing, "8D", b"\0", "3D"),
        ("auto_open", "no", nothing, "FF46", item(100), "3D"),
        ("while_receipt_open", "73", receipt, "41", b"", "73"),
        ("without_receipt", "55", nothing, "88", b"", "55"),
        ("cash_in_closed_shift", "no", nothing, "50", le(100, 5), "73"),
    ],
)
def test_where_the_sources_disagree_a_setting_says_the_error(
    setting: str, value: str, prepare: Callable[[Host], None], code: str, parameters: bytes, error: str
) -> None:
    host = Host(new_register(**{setting: value}))
    prepare(host)
    assert host.error(code, parameters) == error


def test_without_paper_what_prints_is_refused_and_what_asks_is_not() -> None:
    host = Host(new_register())
    host.register.load_paper(False)
    assert host.status() == (4, 1)
    assert host.error("E0") == "6B"
    assert host.error("FF01") == "00"
    host.register.load_paper(True)
    host.register.close_cover(False)
    assert host.status() == (4, 1)
    assert int.from_bytes(host.ok("10")[1:3], "little") >> 10 & 1
    assert host.error("E0") == "6B"
    host.register.close_cover(True)
    assert host.error("E0") == "00"


@pytest.mark.parametrize("refusal", ["6B", "72"])
def test_paper_that_ends_while_a_receipt_is_printed_does_not_undo_the_document(refusal: str) -> None:
    register = new_register(active_paper_out=refusal)
    host = Host(register)
    register.faults.arm({"fault": "paper_out", "command": "FF45", "step": "recorded"})
    lines = len(register.roll.lines)
    host.sell()
    assert host.status() == (2, 2)
    assert host.error("8D", b"\0") == refusal
    assert host.error("B0") == "6B"
    register.load_paper(True)
    assert host.status() == (2, 3)
    assert host.error("8D", b"\0") == "58"
    assert host.error("FF01") == "00"
    assert "ИТОГ" not in register.paper(lines)
    host.ok("B0")
    assert register.paper(lines).count("ИТОГ") == 1
    assert host.status() == (2, 0)
    assert host.error("B0") == "72"
    assert [document.kind for document in register.documents()] == ["shift_open", "receipt"]


def test_printing_goes_on_for_some_polls_and_refuses_what_prints_or_fills() -> None:
    host = Host(new_register(busy_polls="3"))
    host.ok("E0")
    assert host.error("8D", b"\0") == "50"
    assert host.error("FF01") == "00"
    assert host.status() == (2, 5)
    assert host.status() == (2, 5)
    assert host.status() == (2, 0)
    assert host.error("8D", b"\0") == "00"


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        (close(99), "45"),
        (close(0, electronic=101), "4D"),
        (close(50, electronic=101), "4D"),
        (close(100, system=2), "35"),
        (close(100, system=3), "35"),
        (close(100, rounding=100), "33"),
        (close(100)[:-1], "7E"),
        (close(100, text="x" * 65), "7E"),
    ],
)
def test_a_payment_that_is_wrong_leaves_the_receipt_open(parameters: bytes, error: str) -> None:
    host = Host(new_register())
    host.ok("8D", b"\0")
    host.ok("FF46", item(100))
    host.ok("FF4D", MEASURE)
    assert host.error("FF45", parameters) == error
    assert host.status()[0] == 8
    change = host.ok("FF45", close(30, electronic=90))[:5]
    assert int.from_bytes(change, "little") == 20
    assert host.money_register(193) == 10
    assert host.money_register(197) == 90


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        (item(100, operation=5), "33"),
        (item(100, quantity=0), "62"),
        (item(100, vat=3), "33"),
        (item(100, amount=98), "33"),
        (item(100, amount=99), "00"),
        (item(100, operation=2), "49"),
        (item(10_000_000_000), "61"),
        (item(100, subject=34), "33"),
        (item(100, name="x" * 129), "7E"),
    ],
)
def test_a_line_that_is_wrong_is_refused(parameters: bytes, error: str) -> None:
    host = Host(new_register())
    host.ok("8D", b"\0")
    assert host.error("FF46", parameters) == error
    assert len(host.register.memory.receipt.items if host.register.memory.receipt else []) == (error == "00")


def test_passwords_say_who_may_what() -> None:
    host = Host(new_register())
    assert host.error("10", password=le(31, 4)) == "4F"
    assert host.ok("10", password=le(5, 4))[0] == 5
    assert host.error("1F", bytes((1, 1, 0, 1)), password=le(29, 4)) == "4F"
    assert host.error("41", password=le(1, 4)) == "4F"
    assert host.error("E0", password=le(1, 4)) == "00"
    assert host.error("41", password=le(29, 4)) == "00"
    host.ok("8D", b"\0", password=le(1, 4))
    assert host.error("FF46", item(100), password=le(2, 4)) == "59"
    assert host.error("FF46", item(100), password=le(1, 4)) == "00"
    host.ok("1E", bytes((2, 30, 0, 1)) + le(12345, 4))
    assert host.error("10") == "4F"
    assert host.error("10", password=le(12345, 4)) == "00"


def test_cash_cannot_be_taken_that_is_not_there() -> None:
    host = Host(new_register())
    assert host.ok("50", le(500, 5)) == bytes((30, 1, 0))
    assert host.error("51", le(501, 5)) == "46"
    assert host.ok("51", le(200, 5)) == bytes((30, 2, 0))
    assert (host.money_register(241), host.money_register(242), host.money_register(243)) == (300, 500, 200)
    host.ok("8D", b"\2")
    host.ok("FF46", item(301, operation=2))
    host.ok("FF4D", MEASURE)
    assert host.error("FF45", close(301)) == "46"
    host.ok("FF45", close(0, electronic=301))


def test_a_shift_that_is_older_than_a_day_only_lets_itself_be_closed() -> None:
    clock = SetClock()
    host = Host(new_register(clock))
    host.ok("8D", b"\0")
    host.ok("FF46", item(100))
    host.ok("FF4D", MEASURE)
    clock.forward(hours=24)
    assert host.status()[0] == 8
    assert host.error("FF45", close(100)) == "4E"
    host.ok("88")
    assert host.status()[0] == 3
    host.ok("41")
    assert host.status()[0] == 4


def test_the_clock_is_set_with_the_shift_closed_and_a_date_is_confirmed() -> None:
    clock = SetClock()
    register = new_register(clock)
    host = Host(register)
    host.ok("21", bytes((16, 20, 30)))
    assert f"{register.now():%H:%M:%S}" == "16:20:30"
    host.ok("22", bytes((21, 11, 26)))
    assert host.error("23", bytes((22, 11, 26))) == "7C"
    assert host.status()[0] == 6
    host.ok("23", bytes((21, 11, 26)))
    assert f"{register.now():%d.%m.%Y}" == "21.11.2026"
    assert host.error("22", bytes((31, 2, 26))) == "7D"


def test_the_date_may_have_to_be_confirmed_at_power_on() -> None:
    register = new_register(confirm_date="yes")
    register.power(False)
    register.power(True)
    host = Host(register)
    assert host.status()[0] == 6
    assert host.error("E0") == "C0"
    host.ok("23", bytes((20, 11, 26)))
    assert host.error("E0") == "00"
