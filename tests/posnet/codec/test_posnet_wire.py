"""Wire logs of the printer: what is hidden before they are kept, and how they read afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from bridge_posnet.frame import Decoder, Frame, Garbage, Parameter
from bridge_posnet.wire import PosnetWireDecoder, mask
from hypothesis import given
from hypothesis import strategies as st

from bridge.plugin import Checksum, DescribedFrame
from bridge.transport import Direction

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def frame(mnemonic: str, token: str | None = None, **parameters: str) -> bytes:
    return Frame(mnemonic, tuple(Parameter(name, value.encode("cp1250")) for name, value in parameters.items()), token).to_bytes()


def read(data: bytes, direction: Direction = Direction.OUT) -> list[DescribedFrame]:
    decoder = PosnetWireDecoder()
    return [*decoder.feed(data, direction, NOW), *decoder.flush()]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (frame("trnipset", "0042", ni="1234563218"), frame("trnipset", "0042", ni="**********")),
        (frame("trftrln", id="25", na="Jan, card 77"), frame("trftrln", id="25", na="************")),
        (frame("trfvbuyer", na="Jan", ni="1234563218", sc="0"), frame("trfvbuyer", na="***", ni="**********", sc="*")),
        (frame("formline", s1="jan@example.pl", fn="200"), frame("formline", s1="**************", fn="200")),
        (frame("formline", s1="+48 601 234 567"), frame("formline", s1="***************")),
        (frame("formline", s1="4111111111111111"), frame("formline", s1="411111******1111")),
    ],
)
def test_customers_data_is_hidden_and_the_checksum_is_that_of_what_is_left(sent: bytes, kept: bytes) -> None:
    """The old checksum would tell a short value; sixteen bits are enough for that."""
    assert mask(sent, Direction.OUT) == kept
    (found,) = Decoder().feed(kept)
    assert isinstance(found, Frame)


def test_a_wrong_checksum_stays_wrong_when_something_is_hidden() -> None:
    sent = frame("trnipset", ni="1234563218")
    broken = sent[:-2] + (b"0" if sent[-2:-1] != b"0" else b"1") + sent[-1:]
    masked = mask(broken, Direction.OUT)
    assert b"1234563218" not in masked
    (found,) = Decoder().feed(masked)
    assert isinstance(found, Garbage)


def test_goods_sums_and_tokens_stay_as_they_are() -> None:
    sale = frame("trline", "1720", na="Kawa 250 g", vt="0", pr="450", wa="900") + frame("trend", "1721", to="900")
    assert mask(sale, Direction.OUT) == sale


def test_a_piece_of_a_frame_is_looked_at_too() -> None:
    assert mask(b"\x02formline\ts1jan@example.pl and", Direction.OUT) == b"\x02formline\t" + b"*" * 16 + b" and"
    assert mask(b"mail jan@example.pl\t#1234\x03", Direction.IN) == b"mail " + b"*" * 14 + b"\t#1234\x03"


@given(st.binary(max_size=300), st.sampled_from(list(Direction)))
def test_masking_takes_any_bytes_and_keeps_their_length(data: bytes, direction: Direction) -> None:
    assert len(mask(data, direction)) == len(data)


def test_a_frame_reads_as_its_command_and_what_its_parameters_mean() -> None:
    (line,) = read(frame("trline", "1720", na="Chleb żytni", pr="450", vt="2"))
    assert (line.title, line.checksum, line.garbage) == ("trline: line", Checksum.OK, None)
    assert list(line.fields) == [
        ("token", "1720"),
        ("na name", "Chleb żytni"),
        ("pr unit price", "4.50 zł"),
        ("vt VAT rate", "2"),
    ]


def test_an_error_reads_with_its_name_and_what_to_do() -> None:
    (answer,) = read(Frame("trline", error=2805).to_bytes(), Direction.IN)
    assert answer.title == "trline: refused"
    assert answer.fields[0][0] == "error 2805"
    assert answer.fields[0][1].startswith("ERR_")
    (refused,) = read(Frame("ERR", error=13).to_bytes(), Direction.IN)
    assert refused.title == "ERR: the printer refused the frame"
    assert refused.fields[0][1].startswith("PROTO_ERR_TOKEN_NOT_FOUND")


def test_garbage_reads_with_its_reason_and_a_bad_checksum_as_one() -> None:
    broken = frame("trend", to="900").replace(b"to900", b"to901")
    noise, bad = read(b"\xff\xfe" + broken, Direction.IN)
    assert (noise.garbage, noise.checksum) == ("bytes outside STX ... ETX", Checksum.NONE)
    assert (bad.checksum, bad.garbage) == (Checksum.WRONG, "wrong checksum (PROTO_ERR_CRC_INVALID)")


def test_a_frame_that_the_host_hid_parts_of_is_read_and_says_that_it_cannot_be_checked() -> None:
    hidden = frame("trline", na="for Jan Kowalski").replace(b"Jan Kowalski", b"************")
    (line,) = read(hidden)
    assert (line.title, line.checksum, line.garbage) == ("trline: line", Checksum.MASKED, None)


def test_a_frame_in_pieces_tells_when_it_began_and_when_it_was_whole() -> None:
    decoder = PosnetWireDecoder()
    data = frame("scnt")
    assert list(decoder.feed(data[:4], Direction.IN, NOW)) == []
    (whole,) = decoder.feed(data[4:], Direction.IN, NOW + timedelta(milliseconds=7))
    assert (whole.began, whole.at) == (NOW, NOW + timedelta(milliseconds=7))


def test_directions_do_not_mix() -> None:
    decoder = PosnetWireDecoder()
    data = frame("scnt")
    assert list(decoder.feed(data[:4], Direction.OUT, NOW)) == []
    (other,) = decoder.feed(data, Direction.IN, NOW)
    (own,) = decoder.feed(data[4:], Direction.OUT, NOW)
    assert (other.title, own.title) == ("scnt: answer", "scnt: the counters?")


@given(st.lists(st.tuples(st.binary(max_size=60), st.sampled_from(list(Direction))), max_size=8))
def test_any_bytes_can_be_read(pieces: list[tuple[bytes, Direction]]) -> None:
    decoder = PosnetWireDecoder()
    for data, direction in pieces:
        assert all(isinstance(found, DescribedFrame) for found in decoder.feed(data, direction, NOW))
    assert all(found.garbage for found in decoder.flush())
