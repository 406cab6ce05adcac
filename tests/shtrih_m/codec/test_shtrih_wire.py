"""Wire logs: what is hidden, with its length and a right checksum, and what people read."""

from datetime import UTC, datetime

import pytest
from bridge_shtrih_m.frame import Decoder1, Decoder2, Frame1, Frame2
from bridge_shtrih_m.wire import ShtrihWireDecoder, mask
from hypothesis import given
from hypothesis import strategies as st

from bridge.plugin import Checksum, DescribedFrame
from bridge.transport import Direction

OUT, IN = Direction.OUT, Direction.IN
AT = datetime(2026, 11, 20, tzinfo=UTC)


def data(raw: bytes) -> bytes:
    [event] = (Decoder2() if raw[:1] == b"\x8f" else Decoder1()).feed(raw)
    assert isinstance(event, Frame1 | Frame2)
    return event.data


def test_the_password_of_every_command_is_hidden() -> None:
    assert data(mask(Frame1(bytes.fromhex("10 1E 00 00 00")).to_bytes(), OUT)) == b"\x10****"
    assert data(mask(Frame2(5, bytes.fromhex("FF 01 1E 00 00 00")).to_bytes(), OUT)) == b"\xff\x01****"
    assert data(mask(Frame1(b"\xab\x1e\0\0\0x").to_bytes(), OUT)) == b"\xab****x"


def test_a_command_without_a_password_stays_as_it_is() -> None:
    for raw in (Frame1(b"\xfc").to_bytes(), Frame1(b"\xf7\x01").to_bytes(), Frame1(b"\x6b\x37").to_bytes(), b"\x05", b"\x15\x05"):
        assert mask(raw, OUT) == raw


@pytest.mark.parametrize("number", [0, 0x8F, 0x9F8F])
@pytest.mark.parametrize("password", ["1E 00 00 00", "8F 9F 8F 9F", "8F 00 00 00", "2A 2A 2A 2A"])
def test_a_frame_of_v2_keeps_its_length_and_gets_a_right_checksum(number: int, password: str) -> None:
    raw = Frame2(number, bytes.fromhex(f"10 {password}")).to_bytes()
    hidden = mask(raw, OUT)
    assert len(hidden) == len(raw)
    if password != "2A 2A 2A 2A":
        assert bytes.fromhex(password) not in data(hidden)


@given(st.integers(0, 0xFFFF), st.binary(min_size=4, max_size=4), st.binary(max_size=40))
def test_whatever_is_hidden_the_length_stays_and_the_password_goes(number: int, password: bytes, more: bytes) -> None:
    for raw in (Frame2(number, b"\xff\x46" + password + more).to_bytes(), Frame1(b"\xff\x46" + password + more).to_bytes()):
        hidden = mask(raw, OUT)
        assert len(hidden) == len(raw)


def tag(number: int, value: bytes) -> bytes:
    return number.to_bytes(2, "little") + len(value).to_bytes(2, "little") + value


@pytest.mark.parametrize("number", [1008, 1227, 1228, 1203, 1256])
def test_tags_of_the_customer_and_the_cashiers_inn_are_hidden(number: int) -> None:
    body = tag(1187, b"hall") + tag(number, b"+79161234567") + tag(1192, b"z")
    out = data(mask(Frame1(b"\xff\x0c\x1e\0\0\0" + body).to_bytes(), OUT))
    assert b"+79161234567" not in out
    assert out.endswith(tag(1192, b"z"))
    assert b"hall" in out
    assert b"916" not in data(mask(b"\x06" + Frame1(b"\xff\x3b\0" + body).to_bytes(), IN)[1:])


def test_passwords_that_a_device_tells_are_hidden() -> None:
    answer = b"\xf7\x00" + bytes(8) + bytes(7) + b"\x11\x22\x33\x44" + b"\x55\x66\x77\x88" + b"\x01"
    assert data(mask(Frame1(answer).to_bytes(), IN)) == b"\xf7\x00" + bytes(15) + b"********\x01"


def test_passwords_that_are_set_are_hidden() -> None:
    raw = Frame1(bytes.fromhex("1E 1E 00 00 00 02 05 00 01 07 00 00 00")).to_bytes()
    assert data(mask(raw, OUT)) == b"\x1e****\x02\x05\x00\x01****"
    name = Frame1(bytes.fromhex("1E 1E 00 00 00 02 05 00 02 41 00")).to_bytes()
    assert data(mask(name, OUT)) == b"\x1e****\x02\x05\x00\x02A\0"


@given(st.binary(max_size=80), st.sampled_from([OUT, IN]))
def test_hiding_never_raises_and_keeps_the_length(raw: bytes, direction: Direction) -> None:
    assert len(mask(raw, direction)) == len(raw)


# --- reading


def read(*transfers: tuple[str, Direction]) -> list[DescribedFrame]:
    decoder = ShtrihWireDecoder()
    found = [frame for text, direction in transfers for frame in decoder.feed(bytes.fromhex(text), direction, AT)]
    return [*found, *decoder.flush()]


def test_a_dialogue_of_v1_is_told_in_words() -> None:
    frames = read(
        ("05", OUT), ("15", IN), ("02 05 10 1E 00 00 00 0B", OUT), ("06 02 10 10 00 1E B2", IN),
        ("02 02 00 00 9F F8 00 00 00 75 08 00 B6", IN), ("06", OUT), ("FF", IN),
    )  # fmt: skip
    assert [frame.title for frame in frames] == [
        "ENQ: do you hold an answer?",
        "NAK: no answer is held, or: frame not taken",
        "10h short status?",
        "ACK: taken, or: an answer comes",
        "10h short status?: answer",
        "ACK: answer read",
        "filler",
    ]
    assert ("mode", "2") in frames[4].fields
    assert [frame.pairing for frame in frames] == [None, None, "", None, "", None, None]


def test_a_receipt_is_told_with_its_amounts_and_tags() -> None:
    item = "02 23 FF 46 1E 00 00 00 01 80 84 1E 00 00 00 CA 3A 00 00 00 FF FF FF FF FF FF FF FF FF FF 01 00 04 01 D7 E0 E9 B5"
    [frame, tags] = read((item, OUT), ("02 10 FF 0C 1E 00 00 00 F0 03 06 00 61 40 62 2E 72 75 62", OUT))
    assert ("price", "150.50 ₽") in frame.fields
    assert ("amount", "none") in frame.fields
    assert ("name", "Чай") in frame.fields
    assert tags.fields[0][0] == "tags"
    assert "a@b.ru" in tags.fields[0][1]


def test_a_refusal_says_what_it_means_and_what_to_do() -> None:
    [frame] = read(("02 03 FF 45 45 FC", IN))
    assert frame.title == "FF45h close the receipt: refused"
    assert dict(frame.fields)["error 45h"] == "the payments are less than the total"
    assert "what to do" in dict(frame.fields)


def test_v2_is_recognised_by_what_the_host_sends() -> None:
    frames = read(("8F 00 00 0F 1D", OUT), ("8F 02 00 00 00 A8 69", IN), ("8F 03 00 06 00 FC ED 63", OUT))
    assert [frame.title for frame in frames] == [
        "enquiry: which number, and which answer?",
        "nothing executed yet",
        "FCh device type?",
    ]
    assert ("number", "6") in frames[2].fields


def test_a_search_speaks_one_layer_after_the_other() -> None:
    frames = read(("05", OUT), ("8F 00 00 0F 1D", OUT), ("8F 02 00 00 00 A8 69", IN), ("05", OUT), ("15", IN))
    assert [frame.garbage for frame in frames] == [None] * 5


def test_damaged_and_unfinished_frames_are_told_with_their_reason() -> None:
    frames = read(("02 01 FC FE", IN), ("02 05 10", IN))
    assert [frame.checksum for frame in frames] == [Checksum.WRONG, Checksum.NONE]
    assert all(frame.garbage for frame in frames)


def test_an_answer_that_cannot_be_read_is_told_all_the_same() -> None:
    [frame] = read(("02 02 FC 00 FE", IN))
    assert frame.fields[0][0] == "cannot be read"


@given(st.lists(st.tuples(st.binary(max_size=40), st.sampled_from([OUT, IN])), max_size=10))
def test_reading_never_raises(transfers: list[tuple[bytes, Direction]]) -> None:
    decoder = ShtrihWireDecoder()
    for raw, direction in transfers:
        list(decoder.feed(raw, direction, AT))
    list(decoder.flush())


@given(st.binary(max_size=30), st.sampled_from([OUT, IN]))
def test_any_message_in_a_right_frame_is_told(body: bytes, direction: Direction) -> None:
    for raw in (Frame1(body or b"x").to_bytes(), Frame2(1, body).to_bytes()):
        decoder = ShtrihWireDecoder()
        list(decoder.feed(b"\x8f" if raw[0] == 0x8F else b"\x05", OUT, AT))
        assert list(decoder.feed(raw, direction, AT))
