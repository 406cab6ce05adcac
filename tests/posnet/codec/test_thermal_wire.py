"""Wire logs of the Thermal protocol: what is hidden before they are kept, how they read, and how the protocols are told apart."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from bridge_posnet.family import PosnetFamily
from bridge_posnet.frame import Frame as PosnetFrame
from bridge_posnet.thermal import commands
from bridge_posnet.thermal.frame import Decoder, Garbage, Sequence, Side
from bridge_posnet.thermal.wire import ThermalWireDecoder
from bridge_posnet.wire_protocols import EitherWireDecoder, mask
from hypothesis import given
from hypothesis import strategies as st

from bridge.plugin import Checksum, DescribedFrame
from bridge.transport import Direction

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
OUT, IN = Direction.OUT, Direction.IN

# 23#s as the manual's own fields stand: fiscal, a receipt open, RAM cleared once, rates A to G, two receipts, totals, cash.
CASH_INFO = Sequence(
    "#X",
    (2,),
    b"0;1;1;0;1;1;26;11;20/22,00/8,00/5,00/101/101/101/100/2/18,00/0,00/9,00/0,00/0,00/0,00/0,00/27,00/ABC 1234567890",
)


def end(cashier: bytes = b"Anna", **more: object) -> Sequence:
    given: dict[str, object] = {
        "till": b"001",
        "cashier": cashier,
        "system_number": b"ZAM/7",
        "cash": Decimal("20.00"),
        "payments": [commands.Payment(commands.PaymentKind.CARD, Decimal("10.00"), b"VISA")],
        "change": Decimal("3.00"),
        "shown": Decimal("-3.00"),
        **more,
    }
    return commands.end(Decimal("27.00"), **given)  # type: ignore[arg-type]


def read(data: bytes, direction: Direction = OUT) -> list[DescribedFrame]:
    decoder = EitherWireDecoder()
    return [*decoder.feed(data, direction, NOW), *decoder.flush()]


def thermal(data: bytes, direction: Direction = OUT) -> list[DescribedFrame]:
    decoder = ThermalWireDecoder()
    return [*decoder.feed(data, direction, NOW), *decoder.flush()]


# --- hiding


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (end(b"Anna Nowak"), end(b"*" * 10)),
        (
            commands.cash_in(Decimal("5.00"), till=b"001", cashier=b"Anna"),
            commands.cash_in(Decimal("5.00"), till=b"001", cashier=b"****"),
        ),
        (
            commands.daily_report(date(2026, 11, 20), till=b"001", cashier=b"Anna"),
            commands.daily_report(date(2026, 11, 20), till=b"001", cashier=b"****"),
        ),
        (commands.login(till=b"001", cashier=b"Anna"), commands.login(till=b"001", cashier=b"****")),
        (Sequence("$x", (0,), b"Jan\rKowalski\r1.00/"), Sequence("$x", (0,), b"*" * 18)),
        (commands.display_line(0, b"jan@example.pl"), commands.display_line(0, b"*" * 14)),
        (
            Sequence("$y", (1, *(0,) * 10, 0), b"001\rAnna\r\rcard 77\r9.00/0.00/0.00/9.00/0.00/"),
            Sequence("$y", (1, *(0,) * 10, 0), b"001\r****\r\r*******\r9.00/0.00/0.00/9.00/0.00/"),
        ),
    ],
)
def test_peoples_names_are_hidden_and_the_check_byte_is_that_of_what_is_left(sent: Sequence, kept: Sequence) -> None:
    assert mask(sent.to_bytes(), OUT) == kept.to_bytes()
    (found,) = Decoder(Side.PRINTER).feed(kept.to_bytes())
    assert isinstance(found, Sequence)


def test_a_card_in_the_name_of_a_payment_is_hidden() -> None:
    payment = commands.Payment(commands.PaymentKind.CARD, Decimal("10.00"), b"4111111111111111")
    masked = mask(end(payments=[payment]).to_bytes(), OUT)
    assert b"411111******1111" in masked
    (found,) = thermal(masked)
    assert found.checksum is Checksum.OK


def test_goods_sums_and_references_stay_as_they_are() -> None:
    sale = commands.line(1, b"Kawa", b"2. szt", 0, Decimal("4.50"), Decimal("9.00")).to_bytes()
    assert mask(sale, OUT) == sale
    assert mask(CASH_INFO.to_bytes(), IN) == CASH_INFO.to_bytes()
    assert b"ZAM/7" in mask(end().to_bytes(), OUT)


@given(st.integers(0, 255))
def test_a_wrong_check_byte_stays_wrong_and_a_right_one_right_when_something_is_hidden(error: int) -> None:
    raw = end(b"Anna Nowak").to_bytes()
    broken = raw[:-4] + b"%02X" % (int(raw[-4:-2], 16) ^ error) + raw[-2:]
    masked = mask(broken, OUT)
    assert b"Anna" not in masked
    (found,) = Decoder(Side.PRINTER).feed(masked)
    assert isinstance(found, Garbage if error else Sequence)


def test_a_sequence_whose_parts_do_not_fit_is_hidden_to_its_end() -> None:
    cut = Sequence("#i", (0,), b"5.00/001\rAnna Nowak").to_bytes()
    assert b"Anna" not in mask(cut, OUT)


@given(st.binary(max_size=60), st.sampled_from([b"", b"\x1bP", b"\x1bP0$y", b"\x1bP0#p"]), st.sampled_from(list(Direction)))
def test_masking_takes_any_bytes_and_keeps_their_length(data: bytes, begin: bytes, direction: Direction) -> None:
    for raw in (begin + data, begin + data + b"\x1b\\"):
        assert len(mask(raw, direction)) == len(raw)


# --- reading


def test_a_line_reads_as_its_command_its_parts_and_its_amounts() -> None:
    reduction = commands.Reduction(Decimal("2.00"), b"Rabat")
    line = commands.line(
        2, "Chleb żytni".replace("ż", "\xa7").encode("latin-1"), b"1.", 2, Decimal("20.00"), Decimal("20.00"), reduction=reduction
    )
    (found,) = read(line.to_bytes())
    assert (found.title, found.checksum, found.garbage, found.data) == ("$l: line", Checksum.OK, None, line.to_bytes())
    assert list(found.fields) == [
        ("numbers", "2;1;16"),
        ("kind of discount", "amount off"),
        ("name", "Chleb żytni"),
        ("quantity", "1."),
        ("rate", "C"),
        ("price", "20.00 zł"),
        ("gross", "20.00 zł"),
        ("discount", "2.00 zł"),
        ("name of the discount", "Rabat"),
    ]


def test_the_end_reads_with_every_payment() -> None:
    (found,) = read(mask(end().to_bytes(), OUT))
    assert found.title == "$y: end of the receipt"
    assert list(found.fields)[1:] == [
        ("till", "001"),
        ("cashier", "****"),
        ("system number", "ZAM/7"),
        ("name of payment 1", "VISA"),
        ("total", "27.00 zł"),
        ("on the display, to give back", "3.00 zł"),
        ("discount", "0.00 zł"),
        ("cash", "20.00 zł"),
        ("payment 1", "10.00 zł"),
        ("change", "3.00 zł"),
    ]


@pytest.mark.parametrize(
    ("data", "title"),
    [
        ("1B 50 33 23 65 38 41 1B 5C", "3#e: tell errors by an answer"),
        ("1B 50 32 33 23 73 1B 5C", "23#s: mode, totals of the day, cash?"),
        ("1B 50 23 76 1B 5C", "#v: type and version?"),
        ("05", "ENQ: how did the last command end?"),
        ("10", "DLE: how are you?"),
        ("07", "BEL: beep"),
        ("18", "CAN: give up what is half received"),
    ],
)
def test_questions_and_single_bytes_read_as_what_they_ask(data: str, title: str) -> None:
    (found,) = read(bytes.fromhex(data))
    assert (found.title, found.garbage) == (title, None)


def test_the_figures_of_an_answer_read_with_their_names() -> None:
    (found,) = read(CASH_INFO.to_bytes(), IN)
    assert (found.title, found.checksum) == ("2#X: mode, totals, cash", Checksum.OK)
    fields = dict(found.fields)
    assert (fields["mode"], fields["receipt open"], fields["receipts"], fields["cash"]) == ("fiscal", "yes", "2", "27.00 zł")
    assert fields["rates"].startswith("A 22.00%, B 8.00%")
    assert fields["rates"].endswith("G exempt")
    assert fields["totals"].startswith("A 18.00 zł, B 0.00 zł, C 9.00 zł")


def test_status_bytes_and_status_answers_read_as_what_they_say() -> None:
    refused = Sequence("#Z", (20,), b"$l", checked=False).to_bytes()
    done = Sequence("#Z", (0,), b"$h", checked=False).to_bytes()
    paper, enquiry, error, good = thermal(b"\x72\x6d" + refused + done, IN)
    assert paper.title == "answer to DLE: 72"
    assert "out of paper" in paper.fields[0][1]
    assert dict(enquiry.fields) == {
        "mode": "fiscal", "last command": "done", "receipt open": "no", "last receipt": "completed",
    }  # fmt: skip
    assert (error.title, error.checksum) == ("#Z: $l refused", Checksum.NONE)
    assert error.fields[0][0] == "error 20"
    assert good.title == "#Z: $h done"


def test_garbage_reads_with_its_reason_and_a_bad_check_byte_as_one() -> None:
    broken = CASH_INFO.to_bytes().replace(b"18,00", b"19,00")
    noise, bad, half = thermal(b"\xff\xfe" + broken + b"\x1bP1#", IN)
    assert (noise.garbage, noise.checksum) == ("bytes outside ESC P ... ESC \\", Checksum.NONE)
    assert (bad.title, bad.garbage, bad.checksum) == ("no sequence (#X)", "wrong or missing check byte", Checksum.WRONG)
    assert half.garbage is not None


def test_an_answer_that_cannot_be_read_is_shown_all_the_same() -> None:
    (found,) = thermal(Sequence("#X", (3,), b"26;1;1/").to_bytes(), IN)
    assert found.garbage is None
    assert [name for name, _ in found.fields] == ["text", "not read"]


def test_a_sequence_that_the_host_hid_parts_of_is_read_and_says_that_it_cannot_be_checked() -> None:
    hidden = commands.line(1, b"for Jan Kowalski", b"1.", 0, Decimal(1), Decimal(1)).to_bytes()
    (found,) = read(hidden.replace(b"Jan Kowalski", b"************"))
    assert (found.title, found.checksum, found.garbage) == ("$l: line", Checksum.MASKED, None)


def test_a_sequence_in_pieces_tells_when_it_began_and_when_it_was_whole() -> None:
    decoder = EitherWireDecoder()
    data = CASH_INFO.to_bytes()
    later = NOW + timedelta(milliseconds=7)
    assert list(decoder.feed(data[:9], IN, NOW)) == []
    (whole,) = decoder.feed(data[9:], IN, later)
    (after,) = decoder.feed(b"\x74", IN, later)
    assert (whole.began, whole.at, after.began) == (NOW, later, later)


def test_an_answer_is_paired_with_its_question_and_not_with_what_it_overtakes() -> None:
    """DLE is answered while the end still prints; `0#Z` behind the answer to a question answers nothing more [T1]."""
    (asked,) = read(end().to_bytes())
    dle, state = read(b"\x10")[0], thermal(b"\x74", IN)[0]
    done, question = Sequence("#Z", (0,), b"$y", checked=False), Sequence("#Z", (0,), b"#s", checked=False)
    (answered,), (more,) = thermal(done.to_bytes(), IN), thermal(question.to_bytes(), IN)
    (figures,) = thermal(CASH_INFO.to_bytes(), IN)
    assert (asked.pairing, dle.pairing) == (answered.pairing, state.pairing) == ("$y", "DLE")
    assert (figures.pairing, more.pairing, read(b"\x18")[0].pairing) == ("#s", None, None)


# --- which protocol


def test_the_first_byte_that_tells_decides_for_both_directions() -> None:
    """A status byte of this protocol is a letter in the other."""
    decoder = PosnetFamily().wire_decoder()
    early = list(decoder.feed(b"\x74", IN, NOW))
    first = list(decoder.feed(b"\x10", OUT, NOW))
    answer = list(decoder.feed(b"\x74", IN, NOW))
    assert early == []
    assert [found.title for found in first + answer] == ["answer to DLE: 74", "DLE: how are you?", "answer to DLE: 74"]
    assert [found.title for found in read(PosnetFrame("scnt").to_bytes())] == ["scnt: the counters?"]


def test_a_search_that_speaks_both_protocols_is_read_in_both() -> None:
    decoder = EitherWireDecoder()
    posnet = list(decoder.feed(PosnetFrame("sid").to_bytes(), OUT, NOW))
    half = list(decoder.feed(b"\x02si", IN, NOW))
    both = list(decoder.feed(b"\x1bP#v\x1b\\", OUT, NOW))
    assert [found.title for found in posnet + half] == ["sid: who are you?"]
    assert [found.title for found in both] == ["no frame", "#v: type and version?"]


def test_noise_that_tells_nothing_is_shown_and_not_kept_without_end() -> None:
    decoder = EitherWireDecoder()
    shown = [found for _ in range(100) for found in decoder.feed(b"\xff" * 100, IN, NOW)]
    shown += decoder.flush()
    assert all(found.garbage for found in shown)
    assert sum(len(found.data) for found in shown) == 10_000


@given(st.lists(st.tuples(st.binary(max_size=60), st.sampled_from(list(Direction))), max_size=8))
def test_any_bytes_can_be_read(pieces: list[tuple[bytes, Direction]]) -> None:
    for decoder in (EitherWireDecoder(), ThermalWireDecoder()):
        for data, direction in pieces:
            assert all(isinstance(found, DescribedFrame) for found in decoder.feed(data, direction, NOW))
        assert all(isinstance(found, DescribedFrame) for found in decoder.flush())


@given(st.lists(st.integers(1, 200), max_size=6))
def test_any_split_of_a_dialogue_reads_the_same(cuts: list[int]) -> None:
    data = b"\x10\x18" + end().to_bytes() + commands.info(23).to_bytes()
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    decoder = EitherWireDecoder()
    found = [f for a, b in itertools.pairwise(places) for f in decoder.feed(data[a:b], OUT, NOW)]
    assert [(f.title, f.fields) for f in found] == [(f.title, f.fields) for f in read(data)]
