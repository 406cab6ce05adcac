"""The codecs of both link layers: properties for any bytes, the edges of each, and the published frames."""

import importlib
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from bridge_shtrih_m.frame import (
    ENQUIRY,
    MAX_DATA,
    MAX_LENGTH,
    Control,
    Decoder1,
    Decoder2,
    Fault,
    Frame1,
    Frame2,
    Garbage,
    LocalError,
    belongs,
    checksum,
    code_of,
    lrc,
)
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))
fuzz_shtrih = importlib.import_module("fuzz_shtrih")

SPECS = Path(__file__).parents[3] / "protocol-specs" / "shtrih-m"
VECTORS: list[dict[str, Any]] = json.loads((SPECS / "vectors.json").read_text("utf-8"))

frames1 = st.builds(Frame1, st.binary(min_size=1, max_size=MAX_DATA))
frames2 = st.builds(
    Frame2,
    st.integers(0, 0xFFFF),
    st.binary(max_size=300) | st.lists(st.sampled_from([0x8F, 0x9F, 0x81, 0x83]), max_size=40).map(bytes),
)
SPECIAL1 = [b"\x02", b"\x05", b"\x06", b"\x15", b"\xff", b"\x02\x00", b"\x02\x05\x10\x1e\x00\x00\x00\x0b"]
SPECIAL2 = [b"\x8f", b"\x9f", b"\x9f\x81", b"\x9f\x83", ENQUIRY, b"\x8f\x01\x00", b"\x8f\x02\x00\x00\x00\xa8\x69"]
streams1 = st.lists(frames1.map(Frame1.to_bytes) | st.sampled_from(SPECIAL1) | st.binary(max_size=30), max_size=8).map(b"".join)
streams2 = st.lists(frames2.map(Frame2.to_bytes) | st.sampled_from(SPECIAL2) | st.binary(max_size=30), max_size=8).map(b"".join)
cut_lists = st.lists(st.integers(0, 10_000), max_size=10)


def events(decoder: Decoder1 | Decoder2, data: bytes, cuts: list[int] | None = None) -> list[Any]:
    """Noise in one piece, however it came."""
    bounds = [0, *sorted(c % (len(data) + 1) for c in cuts or ()), len(data)]
    found: list[Any] = []
    for event in [e for a, b in pairwise(bounds) for e in decoder.feed(data[a:b])] + list(decoder.interrupt()):
        last = found[-1] if found else None
        if isinstance(event, Garbage) and isinstance(last, Garbage) and event.fault is last.fault is Fault.NOISE:
            found[-1] = Garbage(Fault.NOISE, last.data + event.data)
        else:
            found.append(event)
    return found


@given(frames1)
def test_a_frame_of_v1_is_decoded_to_what_was_encoded(frame: Frame1) -> None:
    assert events(Decoder1(), frame.to_bytes()) == [frame]


@given(frames2)
def test_a_frame_of_v2_is_decoded_to_what_was_encoded(frame: Frame2) -> None:
    assert events(Decoder2(), frame.to_bytes()) == [frame]


@given(frames2)
def test_the_mark_stands_only_at_the_begin_of_a_frame_of_v2(frame: Frame2) -> None:
    assert frame.to_bytes().count(0x8F) == 1


@given(streams1, cut_lists)
def test_any_split_of_the_bytes_of_v1_gives_the_same_events(data: bytes, cuts: list[int]) -> None:
    assert events(Decoder1(), data, cuts) == events(Decoder1(), data)
    assert events(Decoder1(), data, list(range(len(data)))) == events(Decoder1(), data)


@given(streams2, cut_lists)
def test_any_split_of_the_bytes_of_v2_gives_the_same_events(data: bytes, cuts: list[int]) -> None:
    assert events(Decoder2(), data, cuts) == events(Decoder2(), data)
    assert events(Decoder2(), data, list(range(len(data)))) == events(Decoder2(), data)


@given(streams1)
def test_every_byte_of_v1_is_accounted_for(data: bytes) -> None:
    told = b"".join(
        bytes((event,)) if isinstance(event, Control) else event.data if isinstance(event, Garbage) else event.to_bytes()
        for event in events(Decoder1(), data)
    )
    assert told == data


@given(streams2)
def test_every_byte_of_v2_is_accounted_for(data: bytes) -> None:
    told = b"".join(event.data if isinstance(event, Garbage) else event.to_bytes() for event in events(Decoder2(), data))
    assert told == data


@given(frames1, st.data())
def test_a_changed_byte_of_v1_gives_no_other_frame(frame: Frame1, data: st.DataObject) -> None:
    raw = bytearray(frame.to_bytes())
    at = data.draw(st.integers(2, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    assert events(Decoder1(), bytes(raw)) == [Garbage(Fault.CHECKSUM, bytes(raw))]


@given(frames2, st.data())
def test_a_changed_byte_of_v2_gives_no_other_frame(frame: Frame2, data: st.DataObject) -> None:
    raw = bytearray(frame.to_bytes())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    assert all(isinstance(event, Garbage) for event in events(Decoder2(), bytes(raw)))


@given(frames2, frames2)
def test_a_frame_of_v2_that_stops_does_not_hide_the_next_one(first: Frame2, second: Frame2) -> None:
    raw = first.to_bytes()[:-1]
    assert events(Decoder2(), raw + second.to_bytes())[-1] == second


def test_a_frame_of_v1_that_stops_is_given_up_by_whoever_has_the_clock() -> None:
    decoder = Decoder1()
    assert list(decoder.feed(b"\x02\x05\x10\x1e")) == []
    assert decoder.inside
    assert list(decoder.interrupt()) == [Garbage(Fault.INCOMPLETE, b"\x02\x05\x10\x1e")]
    assert list(decoder.feed(b"\x15")) == [Control.NAK]


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"\x02\x00", Fault.LENGTH),
        (b"\x02\x01\xfc\xfe", Fault.CHECKSUM),
        (b"\x02\x01\xfc", Fault.INCOMPLETE),
        (b"\x00\x10", Fault.NOISE),
    ],
)
def test_what_is_no_frame_of_v1_is_told_with_its_reason(raw: bytes, fault: Fault) -> None:
    assert events(Decoder1(), raw) == [Garbage(fault, raw)]


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("8f 01 00 00 00", Fault.LENGTH),
        ("8f 03 00 06 00 fc 00 00", Fault.CHECKSUM),
        ("8f 03 00 9f 82", Fault.ESCAPE),
        ("8f 03 00 06", Fault.INCOMPLETE),
        ("00 05", Fault.NOISE),
    ],
)
def test_what_is_no_frame_of_v2_is_told_with_its_reason(raw: str, fault: Fault) -> None:
    assert events(Decoder2(), bytes.fromhex(raw)) == [Garbage(fault, bytes.fromhex(raw))]


def test_a_frame_that_no_device_could_read_is_never_built() -> None:
    for frame in (Frame1(b""), Frame1(bytes(256)), Frame2(None, b"x"), Frame2(65536), Frame2(-1), Frame2(1, bytes(MAX_LENGTH))):
        with pytest.raises(LocalError):
            frame.to_bytes()


def test_an_enquiry_of_v2_has_neither_number_nor_data() -> None:
    assert bytes.fromhex("8f00000f1d") == ENQUIRY
    assert events(Decoder2(), ENQUIRY) == [Frame2()]
    assert events(Decoder2(), bytes.fromhex("8f02000000a869")) == [Frame2(0)]


def test_the_checksums_are_those_that_the_documents_print() -> None:
    assert checksum(bytes(2)) == 0x1D0F
    assert checksum(bytes.fromhex("03000600fc")) == 0x63ED
    assert lrc(bytes.fromhex("05101e000000")) == 0x0B


def test_the_example_of_the_documents_stuffs_the_number_8f() -> None:
    assert Frame2(0x8F, bytes.fromhex("101e000000")).to_bytes().hex() == "8f07009f8100101e0000006e35"


@pytest.mark.parametrize(
    ("data", "code"), [(b"\x10", 0x10), (b"\xff\x45\x00", 0xFF45), (b"\xff", None), (b"", None), (b"\xfc\x00", 0xFC)]
)
def test_a_command_has_a_code_of_one_byte_or_of_two(data: bytes, code: int | None) -> None:
    assert code_of(data) == code


@pytest.mark.parametrize(
    ("request_", "answer", "belonging"),
    [
        ("101e000000", "10001e", True),
        ("101e000000", "1073", True),
        ("101e000000", "10", False),
        ("101e000000", "1e00", False),
        ("ff011e000000", "ff0100", True),
        ("ff011e000000", "ff01", False),
        ("ff011e000000", "ff0200", False),
    ],
)
def test_an_answer_belongs_to_the_command_whose_code_it_repeats(request_: str, answer: str, belonging: bool) -> None:
    assert belongs(bytes.fromhex(request_), bytes.fromhex(answer)) is belonging


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["framing"] != "none"], ids=lambda vector: str(vector["name"]))
def test_a_published_frame_is_decoded_and_encoded_to_the_same_bytes(vector: dict[str, Any]) -> None:
    raw = bytes.fromhex(vector["hex"])
    [event] = events(Decoder1() if vector["framing"] == "v1" else Decoder2(), raw)
    assert not isinstance(event, Garbage)
    assert event.to_bytes() == raw


@pytest.mark.parametrize("layer", [1, 2])
def test_random_bytes_and_mutated_frames_never_raise_hang_or_grow(layer: int) -> None:
    result = fuzz_shtrih.run(20_000, seed=3, layer=layer)
    assert result.fed == 20_000
    assert result.frames > 50
    assert result.garbage > 50
