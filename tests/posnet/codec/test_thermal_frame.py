"""The codec of the Thermal protocol: properties for any bytes, the edges of each rule, commands and answers by bytes."""

import importlib
import sys
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from bridge_posnet.thermal import answers, commands
from bridge_posnet.thermal.answers import BadAnswer
from bridge_posnet.thermal.commands import BadValue
from bridge_posnet.thermal.errors import ERRORS, lookup
from bridge_posnet.thermal.frame import (
    MAX_SEQUENCE,
    Check,
    Control,
    Decoder,
    Event,
    Fault,
    Garbage,
    LocalError,
    Sequence,
    Side,
    Status,
    check_byte,
    check_rule,
)
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))
fuzz_codec = importlib.import_module("fuzz_codec")

texts = st.binary(max_size=40).map(lambda value: bytes(b for b in value if b >= 0x20 or b == 0x0D))
sequences = st.builds(
    Sequence,
    st.from_regex(r"[$#][A-Za-z]", fullmatch=True).filter(lambda name: check_rule(name) is not Check.NEVER and name != "#X"),
    st.lists(st.integers(0, 255), max_size=5).map(tuple),
    texts,
)
streams = st.lists(
    sequences.map(lambda sequence: sequence.to_bytes())
    | st.sampled_from([b"\x1b", b"\x1bP", b"\x1b\\", b"\x05", b"\x10", b"\x18", b"\x6d", b"\x74", b"0#Z$l", b"1#e88"])
    | st.binary(max_size=30),
    max_size=8,
).map(b"".join)
sides = st.sampled_from(Side)


def events(data: bytes, side: Side = Side.PRINTER, cuts: list[int] | None = None) -> list[Event]:
    decoder = Decoder(side)
    bounds = [0, *sorted(c % (len(data) + 1) for c in cuts or ()), len(data)]
    found = [e for a, b in pairwise(bounds) for e in decoder.feed(data[a:b])]
    return [*found, *decoder.interrupt()]


@given(sequences, sides)
def test_what_was_encoded_is_decoded_to_the_same_sequence(sequence: Sequence, side: Side) -> None:
    assert events(sequence.to_bytes(), side) == [sequence]


@given(streams, sides, st.lists(st.integers(0, 10_000), max_size=10))
def test_any_split_of_the_bytes_gives_the_same_events(data: bytes, side: Side, cuts: list[int]) -> None:
    assert events(data, side, cuts) == events(data, side)


@given(streams, sides)
def test_fed_byte_by_byte_nothing_changes(data: bytes, side: Side) -> None:
    assert events(data, side, list(range(len(data)))) == events(data, side)


@given(streams, sides)
def test_no_byte_is_lost_in_garbage_sequences_and_single_bytes(data: bytes, side: Side) -> None:
    found = [event for event in events(data, side) if isinstance(event, Garbage)]
    assert sum(len(event.data) for event in found) <= len(data)
    if not any(byte in data for byte in b"\x05\x07\x10\x18\x1b") and side is Side.PRINTER:
        assert b"".join(event.data for event in found) == data


@given(sequences.filter(lambda one: check_rule(one.command) is Check.ALWAYS), st.data())
def test_a_changed_bit_never_gives_a_sequence_in_silence(sequence: Sequence, data: st.DataObject) -> None:
    raw = bytearray(sequence.to_bytes())
    at = data.draw(st.integers(2, len(raw) - 5))
    raw[at] ^= 1 << data.draw(st.integers(0, 7))
    assert not [event for event in events(bytes(raw)) if isinstance(event, Sequence) and event.checked]


@pytest.mark.parametrize(
    ("raw", "side", "found"),
    [
        ("1b50 31 2365 3838 1b5c", Side.PRINTER, [Sequence("#e", (1,))]),
        ("1b50 31 2365 3838 1b5c", Side.HOST, [Sequence("#e", (1,))]),
        ("1b50 3233 2373 1b5c", Side.PRINTER, [Sequence("#s", (23,), checked=False)]),
        ("05 07 10 18", Side.PRINTER, [Control.ENQ, Control.BEL, Control.DLE, Control.CAN]),
        ("6d 74", Side.HOST, [Status(0x6D), Status(0x74)]),
        ("1b50 30 235a 2479 1b5c", Side.HOST, [Sequence("#Z", (0,), b"$y", checked=False)]),
        ("1b50 01 30 235a 2479 1b5c", Side.HOST, [Sequence("#Z", (0,), b"$y", checked=False)]),
        ("1b50 31 2345 3138 1b5c", Side.HOST, [Sequence("#E", (1,), b"18", checked=False)]),
        ("00ff 1b50 31 2365 3838 1b5c", Side.PRINTER, [Garbage(Fault.NOISE, b"\x00\xff"), Sequence("#e", (1,))]),
        ("1b50 31 1b50 31 2365 3838 1b5c", Side.PRINTER, [Garbage(Fault.RESTARTED, b"\x1bP1"), Sequence("#e", (1,))]),
        ("1b50 31 10 2365 3838 1b5c", Side.PRINTER, [Control.DLE, Sequence("#e", (1,))]),
        ("1b50 31 18 10", Side.PRINTER, [Garbage(Fault.CANCELLED, b"\x1bP1"), Control.CAN, Control.DLE]),
        ("1b50 31 2365 3839 1b5c", Side.PRINTER, [Garbage(Fault.CHECK, b"\x1bP1#e89\x1b\\", "#e")]),
        ("1b50 31 2365 1b5c", Side.PRINTER, [Garbage(Fault.CHECK, b"\x1bP1#e\x1b\\", "#e")]),
        ("1b50 3838 1b5c", Side.PRINTER, [Garbage(Fault.SYNTAX, b"\x1bP88\x1b\\")]),
        ("1b50 323536 2365 3838 1b5c", Side.PRINTER, [Garbage(Fault.SYNTAX, b"\x1bP256#e88\x1b\\", "#e")]),
        ("1b50 31 1b 2365 3838 1b5c", Side.PRINTER, [Garbage(Fault.ESCAPE, b"\x1bP1\x1b#e88\x1b\\")]),
    ],
)
def test_bytes_and_what_they_are(raw: str, side: Side, found: list[Event]) -> None:
    assert events(bytes.fromhex(raw), side) == found


def test_a_sequence_without_end_costs_a_bounded_amount_of_memory() -> None:
    decoder = Decoder(Side.PRINTER)
    assert [event for event in decoder.feed(b"\x1bP" + b"1" * (3 * MAX_SEQUENCE)) if isinstance(event, Garbage)]
    assert len(decoder._buffer) <= MAX_SEQUENCE + 2


@pytest.mark.parametrize(
    "sequence",
    [
        Sequence("$1"),
        Sequence("l"),
        Sequence("$l", (256,)),
        Sequence("$l", text=b"a\x1bP"),
        Sequence("$l", checked=False),
        Sequence("$l", text=b"x" * MAX_SEQUENCE),
        Sequence("#s", (23,), b"%02X" % check_byte(b"23#s"), checked=False),
    ],
)
def test_what_the_protocol_cannot_carry_is_never_sent(sequence: Sequence) -> None:
    with pytest.raises(LocalError):
        sequence.to_bytes()


LINE = {"number": 1, "name": b"Chleb", "amount": b"1.", "rate": 1, "price": Decimal("2.00"), "gross": Decimal("2.00")}
END = {"till": b"001", "cashier": b"Anna", "system_number": b"7", "cash": Decimal(5), "payments": (), "change": Decimal(3)}


@pytest.mark.parametrize(
    ("sequence", "payload"),
    [
        (commands.error_mode(), b"3#e"),
        (commands.start(), b"0$h"),
        (commands.line(**LINE), b"1;0$lChleb\r1.\rB/2.00/2.00/0.00/"),
        (commands.line(**LINE, description=b"swiezy"), b"1;0;0;1$lChleb\r1.\rB/2.00/2.00/0.00/swiezy\r"),
        (
            commands.line(**LINE, reduction=commands.Reduction(Decimal("0.50"), b"Rabat"), description=b"op"),
            b"1;1;16;1$lChleb\r1.\rB/2.00/2.00/0.50/Rabat\rop\r",
        ),
        (commands.line(**LINE, reduction=commands.Reduction(Decimal(1), surcharge=True)), b"1;3$lChleb\r1.\rB/2.00/2.00/1.00/"),
        (commands.subtotal_discount(Decimal(9), commands.Reduction(Decimal(1))), b"3$Y9.00/1.00/"),
        (commands.subtotal_discount(Decimal(9), commands.Reduction(Decimal(1), b"R", True)), b"4;16$Y9.00/1.00/R\r"),
        (
            commands.end(Decimal(2), shown=Decimal(-3), **END),
            b"0;0;0;1;0;0;0;1;0;1;1;0$y001\rAnna\r7\r2.00/3.00/0.00/5.00/3.00/",
        ),
        (
            commands.end(
                Decimal(2),
                shown=Decimal(0),
                **{
                    **END,
                    "system_number": None,
                    "cash": Decimal(0),
                    "change": Decimal(0),
                    "payments": (commands.Payment(commands.PaymentKind.CARD, Decimal(2), b"Visa"),),
                },
            ),
            b"0;0;0;0;0;0;0;0;1;0;0;1;0$y001\rAnna\r\rVisa\r2.00/0.00/0.00/0.00/2.00/0.00/",
        ),
        (commands.cancel(), b"0$e"),
        (commands.cash_in(Decimal("5"), till=b"1", cashier=b"A"), b"0#i5.00/1\rA\r"),
        (commands.cash_out(Decimal("5"), till=b"1", cashier=b"A"), b"0#d5.00/1\rA\r"),
        (commands.goods_return(Decimal("5"), till=b"1", cashier=b"A"), b"0#z5.00/1\rA\r"),
        (commands.login(till=b"1", cashier=b"A"), b"0#pA\r1\r"),
        (commands.daily_report(date(2026, 11, 9), till=b"1", cashier=b"A"), b"1;26;11;9#r1\rA\r"),
        (commands.report_by_dates(date(2026, 1, 2), date(2026, 3, 4), summary=True), b"26;1;2;26;3;4;1#o"),
        (commands.report_by_numbers(1, 9, summary=False), b"16#o1/9/"),
        (commands.open_drawer(), b"1$d"),
        (commands.display_line(1, b"Hej"), b"102$dHej\r"),
    ],
)
def test_a_command_by_its_bytes(sequence: Sequence, payload: bytes) -> None:
    assert sequence.to_bytes() == b"\x1bP" + payload + b"%02X" % check_byte(payload) + b"\x1b\\"


@pytest.mark.parametrize(
    ("amount", "unit", "written"),
    [("1", None, b"1."), ("2", b"szt", b"2. szt"), ("0.250", b"kg", b"0.25 kg"), ("100", None, b"100.")],
)
def test_a_quantity_has_a_point_and_behind_a_space_its_unit(amount: str, unit: bytes | None, written: bytes) -> None:
    assert commands.quantity(Decimal(amount), unit) == written


@pytest.mark.parametrize("amount", ["12345678901", "0.12345678901"])
def test_a_quantity_has_ten_digits_at_most(amount: str) -> None:
    with pytest.raises(BadValue):
        commands.quantity(Decimal(amount))


@pytest.mark.parametrize("amount", ["1000000.00", "-0.01", "0.001"])
def test_an_amount_that_the_wire_cannot_carry_is_refused(amount: str) -> None:
    with pytest.raises(BadValue):
        commands.money("price", Decimal(amount))


def answer(command: str, number: int, text: str) -> Sequence:
    return Sequence(command, (number,), text.encode())


def test_the_status_is_read_with_commas_points_and_left_out_zeros() -> None:
    text = "0;1;0;1;1;2;26;10;9/22,00/7/0,0/100/101/101/101/12/18.00/0/9,5/0/0/0/0/27,5/ABC12345678"
    info = answers.CashInfo.from_sequence(answer("#X", 2, text))
    assert (info.fiscal, info.open, info.completed, info.ram_clears, info.last_write) == (True, False, True, 2, "26-10-09")
    assert [str(rate) for rate in info.rates[:4]] == ["A 22%", "B 7%", "C zero", "D exempt"]
    assert [rate.active for rate in info.rates[4:]] == [False, False, False]
    assert (info.receipts, info.totals[2], info.cash, info.unique_number) == (
        12,
        Decimal("9.50"),
        Decimal("27.50"),
        "ABC12345678",
    )


def test_the_old_status_tells_no_rates_by_letter() -> None:
    info = answers.CashInfo.from_sequence(answer("#X", 1, "0;1;0;0;1;0;26;10;9/22,00/7/0/5/1.00/2.00/0/0/27.50/ABC1234567"))
    assert (info.rates, info.totals, info.receipts, info.unique_number) == ((), (), 5, "ABC1234567")


@pytest.mark.parametrize(
    "text",
    ["", "0;1", "0;1;0;1;1;2;26;10;9/22/7", "0;1;0;1;1;2;26;10;x" + "/0" * 17, "0;1;0;1;1;2;26;10;9/222" + "/0" * 15 + "/N"],
)
def test_a_status_that_says_something_else_is_a_bad_answer(text: str) -> None:
    with pytest.raises(BadAnswer):
        answers.CashInfo.from_sequence(answer("#X", 2, text))


def test_every_other_answer_is_read() -> None:
    memory = answers.MemoryInfo.from_sequence(answer("#X", 3, "26;1;1;7;1823;0;1,00/0/0/0/0/0/0/"))
    assert (memory.reports, memory.reports_left, memory.last_receipt[0]) == (7, 1823, Decimal("1.00"))
    daily = answers.DailyTotals.from_sequence(answer("#X", 10, "26;11;20;10;0;0;3;1;2;5,00/1/2/3/4/5/6/7/"))
    assert (daily.receipts, daily.cancelled, daily.goods_changes, daily.cancelled_value) == (3, 1, 2, Decimal("5.00"))
    assert answers.DocumentNumber.from_sequence(answer("#X", 50, "17/1/0/0/0/0/")) == answers.DocumentNumber(17, True)
    assert answers.Version.from_sequence(answer("#R", 1, "POSNET Thermal/ 2.02")) == answers.Version("POSNET Thermal", "2.02")
    assert f"{answers.read_clock(answer('#C', 1, '26;11;20;10;5;0')):%Y-%m-%d %H:%M}" == "2026-11-20 10:05"
    assert answers.read_error(answer("#E", 1, "18")) == 18
    assert answers.status_of(Sequence("#Z", (18,), b"$l")) == (18, "$l")
    byte = answers.EnquiryStatus(0x6B)
    assert (byte.fiscal, byte.last_command_done, byte.in_transaction, byte.last_transaction_completed) == (
        True,
        False,
        True,
        True,
    )


def test_every_number_of_the_manual_has_a_row_and_an_unknown_one_leaves_the_fate_open() -> None:
    known = [*range(1, 10), *range(11, 14), *range(16, 52), *range(82, 85), *range(90, 99), 255]
    assert set(known) <= set(ERRORS)
    assert lookup(200).fate == "unknown"


@pytest.mark.parametrize("seed", [1, 2])
def test_random_and_mutated_bytes_never_raise_and_never_grow(seed: int) -> None:
    result = fuzz_codec.run_thermal(20_000, seed)
    assert result.fed == 20_000
    assert result.frames > 0
    assert result.garbage > 0
