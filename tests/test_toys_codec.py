"""The toys' codecs: any split of the bytes gives the same events; nothing that comes in makes them raise, hang or grow."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.toys.gateway.http_wire import Decoder as HttpDecoder
from tests.toys.gateway.http_wire import Message, NotHttp, encode_answer, encode_request
from tests.toys.gateway.messages import Unreadable, record_from_json, refusal_from_json, register_from_json, request_from_json
from tests.toys.terminal.family import TerminalFamily
from tests.toys.terminal.frame import MAX_CONTENT, Decoder, Frame, Garbage, LocalError
from tests.toys.terminal.messages import Unreadable as UnreadableFrame
from tests.toys.terminal.messages import last_from, purchase_from, record_from, status_from

TEXT = st.text(string.ascii_letters + string.digits + " .,-*", max_size=20)
NAMES = st.text(string.ascii_lowercase, min_size=1, max_size=8)
FRAMES = st.builds(Frame, st.sampled_from("ISPAXLKMQRV"), st.integers(0, 255), st.dictionaries(NAMES, TEXT, max_size=6))

VECTORS: list[dict[str, Any]] = [
    {
        "name": "status asked for",
        "frame": "020002530125ad",
        "meaning": {"kind": "S", "number": 1, "fields": {}},
    },
    {
        "name": "abort taken",
        "frame": "020009780574616b656e3d3175ee",
        "meaning": {"kind": "x", "number": 5, "fields": {"taken": "1"}},
    },
    {"name": "wrong checksum", "frame": "020002530125ae", "invalid": True},
]


def _fed(data: bytes, cuts: list[int]) -> list[Frame | Garbage]:
    decoder = Decoder()
    ends = sorted({min(cut, len(data)) for cut in cuts} | {len(data)})
    return [event for start, end in zip([0, *ends], ends, strict=False) for event in decoder.feed(data[start:end])]


@given(FRAMES)
def test_a_frame_survives_its_own_encoding(frame: Frame) -> None:
    assert list(Decoder().feed(frame.to_bytes())) == [frame]


@given(st.lists(FRAMES, max_size=4), st.lists(st.integers(0, 600), max_size=8))
def test_any_split_of_the_bytes_gives_the_same_frames(frames: list[Frame], cuts: list[int]) -> None:
    assert _fed(b"".join(frame.to_bytes() for frame in frames), cuts) == frames


@given(st.binary(max_size=2000), st.lists(st.integers(0, 2000), max_size=8))
def test_random_bytes_neither_raise_nor_stay_in_memory(data: bytes, cuts: list[int]) -> None:
    decoder = Decoder()
    for event in [*decoder.feed(data[: len(data) // 2]), *decoder.feed(data[len(data) // 2 :])]:
        assert isinstance(event, Frame | Garbage)
    assert len(decoder._buffer) <= MAX_CONTENT + 5
    assert [event for event in _fed(data, cuts) if isinstance(event, Frame)] == [
        event for event in _fed(data, []) if isinstance(event, Frame)
    ]


@given(FRAMES, st.integers(0, 200), st.integers(0, 7))
def test_one_wrong_bit_never_gives_another_frame(frame: Frame, position: int, bit: int) -> None:
    data = bytearray(frame.to_bytes())
    data[position % len(data)] ^= 1 << bit
    assert [event for event in Decoder().feed(bytes(data)) if isinstance(event, Frame)] == []


@given(FRAMES)
def test_a_frame_behind_noise_is_found(frame: Frame) -> None:
    events = list(Decoder().feed(b"\xff\x00\x7f" + frame.to_bytes()))
    assert events[-1] == frame
    assert isinstance(events[0], Garbage)


@pytest.mark.parametrize("fields", [{"a": "b\x02c"}, {"a=b": "c"}, {"a": "ż"}, {"a": "x" * MAX_CONTENT}])
def test_what_cannot_be_carried_is_refused_before_a_byte_is_sent(fields: dict[str, str]) -> None:
    with pytest.raises(LocalError):
        Frame("S", 1, fields).to_bytes()


@given(FRAMES)
def test_a_frame_with_the_wrong_fields_is_unreadable_and_nothing_worse(frame: Frame) -> None:
    for read in (status_from, purchase_from, record_from, last_from):
        try:
            read(frame)
        except UnreadableFrame:
            continue


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_vector_decodes_to_its_meaning_and_back(vector: dict[str, Any]) -> None:
    check = TerminalFamily().check_vector(vector)
    assert not check.differences
    assert check.compared


def test_a_wrong_vector_is_told() -> None:
    wrong = {**VECTORS[0], "meaning": {"kind": "S", "number": 2, "fields": {}}}
    assert TerminalFamily().check_vector(wrong).differences


@given(st.binary(max_size=300), st.lists(st.integers(0, 400), max_size=6))
def test_a_request_arrives_whole_however_it_is_split(body: bytes, cuts: list[int]) -> None:
    data = encode_request("POST", "/receipts", body)
    decoder = HttpDecoder()
    ends = sorted({min(cut, len(data)) for cut in cuts} | {len(data)})
    found = [decoder.feed(data[start:end]) for start, end in zip([0, *ends], ends, strict=False)]
    assert found[-1] == Message(("POST", "/receipts", "HTTP/1.1"), body)
    assert all(message is None for message in found[:-1])


def test_an_answer_that_comes_twice_is_read_once() -> None:
    answer = encode_answer(201, b"{}")
    assert HttpDecoder().feed(answer + answer) == Message(("HTTP/1.1", "201", "-"), b"{}")


@pytest.mark.parametrize(
    "data", [b"\xff\r\n\r\n", b"GET /\r\n\r\n", b"x" * 9000, b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"]
)
def test_what_is_no_http_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(NotHttp):
        HttpDecoder().feed(data)


@given(
    st.one_of(
        st.binary(max_size=80), st.builds(lambda text: text.encode(), st.sampled_from(["{}", "[]", "null", '{"number": "x"}']))
    )
)
def test_a_body_that_is_no_answer_is_unreadable_and_nothing_worse(body: bytes) -> None:
    for read in (record_from_json, register_from_json, refusal_from_json, request_from_json):
        with pytest.raises(Unreadable):
            read(body)
