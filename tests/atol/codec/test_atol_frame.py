"""Frames of transport v3: properties for any bytes, the edges, and the published frames."""

import importlib
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from bridge_atol.frame import (
    MAX_PAYLOAD,
    TASKS,
    Abort,
    Ack,
    Add,
    Decoder,
    Fault,
    Flags,
    Frame,
    Garbage,
    LocalError,
    Report,
    Request,
    State,
    checksum,
    order_of,
    report_of,
)
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))
fuzz_atol = importlib.import_module("fuzz_atol")

SPECS = Path(__file__).parents[3] / "protocol-specs" / "atol"
VECTORS: list[dict[str, Any]] = json.loads((SPECS / "vectors.json").read_text("utf-8"))
PUBLISHED = [vector for vector in VECTORS if vector["meaning"]["layer"] == "v3-frame"]
PROBE = bytes.fromhex("24 40 0D 00 20 01 F7 40 74 65 73 74 65")

payloads = st.binary(max_size=300) | st.lists(st.sampled_from([0xFD, 0xFE, 0xED, 0xEE, 0]), max_size=40).map(bytes)
frames = st.builds(Frame, st.integers(0, 0xFC), payloads)
SPECIAL = [b"\xfe", b"\xfd", b"\xfd\xee", b"\xfe\x01\x00", b"\xfe\x00\x00\x00", b"\xfe\x80", b"\xfe\x7f\x7f\x00", PROBE]
streams = st.lists(frames.map(Frame.to_bytes) | st.sampled_from(SPECIAL) | st.binary(max_size=30), max_size=8).map(b"".join)
cut_lists = st.lists(st.integers(0, 10_000), max_size=10)


def events(data: bytes, cuts: list[int] | None = None) -> list[Frame | Garbage]:
    """Noise in one piece, however it came."""
    decoder = Decoder()
    bounds = [0, *sorted(c % (len(data) + 1) for c in cuts or ()), len(data)]
    found: list[Frame | Garbage] = []
    for event in [e for a, b in pairwise(bounds) for e in decoder.feed(data[a:b])] + list(decoder.interrupt()):
        last = found[-1] if found else None
        if isinstance(event, Garbage) and isinstance(last, Garbage) and event.fault is last.fault is Fault.NOISE:
            found[-1] = Garbage(Fault.NOISE, last.data + event.data)
        else:
            found.append(event)
    return found


@given(frames)
def test_a_frame_is_decoded_to_what_was_encoded(frame: Frame) -> None:
    assert events(frame.to_bytes()) == [frame]


@given(frames)
def test_the_start_byte_stands_only_at_the_begin_of_a_frame(frame: Frame) -> None:
    assert frame.to_bytes().count(0xFE) == 1


@given(streams, cut_lists)
def test_any_split_of_the_bytes_gives_the_same_events(data: bytes, cuts: list[int]) -> None:
    assert events(data, cuts) == events(data)
    assert events(data, list(range(len(data)))) == events(data)


@given(streams)
def test_every_byte_is_accounted_for(data: bytes) -> None:
    assert b"".join(event.data if isinstance(event, Garbage) else event.to_bytes() for event in events(data)) == data


@given(frames, st.data())
def test_a_changed_byte_gives_no_other_frame(frame: Frame, data: st.DataObject) -> None:
    """But where the change moves an escape: then the frame has another length, and eight bits of checksum see 255 of 256."""
    raw = bytearray(frame.to_bytes())
    at = data.draw(st.sampled_from([at for at in range(3, len(raw)) if 0xFD not in (raw[at], raw[at - 1] if at > 4 else 0)]))
    raw[at] = data.draw(st.integers(0, 0xFC).filter(lambda value: value != raw[at]))
    assert events(bytes(raw)) == [Garbage(Fault.CHECKSUM, bytes(raw))]


@given(frames, frames)
def test_a_frame_behind_one_that_was_cut_off_is_read(first: Frame, second: Frame) -> None:
    for cut in (1, 3, len(first.to_bytes()) - 1):
        found = events(first.to_bytes()[:cut] + second.to_bytes())
        assert found[-1] == second
        assert isinstance(found[0], Garbage)


def test_the_vendors_probe_before_the_first_frame_is_skipped() -> None:
    frame = Frame(0, b"\xc4")
    assert events(PROBE + frame.to_bytes()) == [Garbage(Fault.NOISE, PROBE), frame]


def test_the_checksum_is_that_of_the_payload_before_escaping() -> None:
    """Tag 1021 is FD 03: one public source sums over the escaped bytes, and its frames are dropped by devices."""
    frame = Frame(0x27, bytes.fromhex("c101120000e8010100fd03060088a2a0adaea2"))
    assert frame.to_bytes().hex() == "fe130027c101120000e8010100fded03060088a2a0adaea294"
    assert checksum(b"\x27" + frame.payload) == 0x94
    over_escaped = frame.to_bytes()[:-1] + bytes((checksum(frame.to_bytes()[3:-1]),))
    assert [event.fault for event in events(over_escaped) if isinstance(event, Garbage)] == [Fault.CHECKSUM]


def test_the_checksum_byte_is_escaped_too() -> None:
    assert Frame(0x98, b"\xc2\x4a").to_bytes().hex() == "fe020098c24afded"


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("FE 80", Fault.HEADER),
        ("FE 01 80", Fault.HEADER),
        ("FE 01 00 FD", Fault.HEADER),
        ("FE 01 00 00 FD 00", Fault.ESCAPE),
        ("FE 01 00 00 C4 00", Fault.CHECKSUM),
        ("FE 01 00 00 C4", Fault.INCOMPLETE),
        ("00 01", Fault.NOISE),
    ],
)
def test_what_is_no_frame_is_told_with_its_fault(raw: str, fault: Fault) -> None:
    data = bytes.fromhex(raw)
    assert events(data) == [Garbage(fault, data)]


def test_a_start_inside_a_frame_begins_a_new_one() -> None:
    whole = Frame(1, b"\xa3").to_bytes()
    assert events(whole[:4] + whole) == [Garbage(Fault.RESTARTED, whole[:4]), Frame(1, b"\xa3")]


def test_the_longest_frame_is_built_and_nothing_longer() -> None:
    frame = Frame(0, bytes(MAX_PAYLOAD))
    assert events(frame.to_bytes()) == [frame]
    with pytest.raises(LocalError, match="at most 16383 bytes"):
        Frame(0, bytes(MAX_PAYLOAD + 1)).to_bytes()


@pytest.mark.parametrize("number", [-1, 0xFD, 0xFE, 256])
def test_a_packet_number_that_the_header_cannot_hold_is_refused(number: int) -> None:
    with pytest.raises(LocalError, match="packet numbers"):
        Frame(number, b"\xc4").to_bytes()


@pytest.mark.parametrize("vector", PUBLISHED, ids=lambda vector: str(vector["name"]))
def test_a_published_frame_is_what_the_codec_says(vector: dict[str, Any]) -> None:
    raw = bytes.fromhex(vector["hex"])
    assert events(raw) == [Frame(vector["meaning"]["packet_id"], bytes.fromhex(vector["meaning"]["payload"]))]


# --- the task buffer


orders = (
    st.builds(Add, st.integers(0, TASKS - 1), st.binary(min_size=1, max_size=40), st.integers(0, 7).map(Flags))
    | st.builds(Ack, st.integers(0, 255))
    | st.builds(Request, st.integers(0, TASKS - 1))
    | st.just(Abort())
)
named = [State.STOPPED, State.ASYNC_RESULT, State.ASYNC_ERROR]
reports = st.builds(Report, st.sampled_from([s for s in State if s not in named]), st.binary(max_size=40)) | st.builds(
    Report, st.sampled_from(named), st.binary(max_size=40), st.integers(0, 255)
)


@given(orders)
def test_an_order_to_the_buffer_is_read_as_it_was_written(order: Any) -> None:
    assert order_of(order.to_bytes()) == order


@given(reports)
def test_a_report_of_the_buffer_is_read_as_it_was_written(report: Report) -> None:
    assert report_of(report.to_bytes()) == report


@given(st.binary(max_size=20))
def test_any_payload_is_an_order_a_report_or_nothing(payload: bytes) -> None:
    order, report = order_of(payload), report_of(payload)
    assert order is None or order.to_bytes() == payload
    assert report is None or report.to_bytes() == payload


@pytest.mark.parametrize("task", [-1, 0xE0, 0xFE])
def test_ids_that_no_task_has_are_refused(task: int) -> None:
    with pytest.raises(LocalError, match="ids of tasks"):
        Add(task, b"\x00\x00\x45").to_bytes()
    with pytest.raises(LocalError, match="ids of tasks"):
        Request(task).to_bytes()


def test_a_task_without_a_command_is_refused() -> None:
    with pytest.raises(LocalError, match="has a command"):
        Add(0, b"").to_bytes()


def test_random_bytes_do_no_harm() -> None:
    result = fuzz_atol.run(20_000, seed=7)
    assert result.fed == 20_000
    assert result.frames > 50
    assert result.garbage > 50
