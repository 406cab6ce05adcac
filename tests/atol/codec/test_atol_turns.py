"""Transport v2: its bytes for any data, and both sides of its dialogue, by themselves and against each other."""

import importlib
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from bridge_atol.frame import (
    ENQUIRIES,
    MAX_COMMAND,
    MAX_DATA,
    OFFERS,
    Answer,
    Command2,
    Control,
    Decoder2,
    Device2,
    DeviceState2,
    DeviceTimer2,
    Failed,
    Failure,
    Fault,
    Frame2,
    Garbage,
    Host2,
    HostState2,
    HostTimer2,
    LocalError,
    Ready,
    Send,
    Wait,
    bcc,
)
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))
fuzz_atol = importlib.import_module("fuzz_atol")

ENQ, ACK, NAK, EOT = b"\x05", b"\x06", b"\x15", b"\x04"
SALE = bytes.fromhex("0000 4A 00 01 0000000000")
ASK = bytes.fromhex("0000 45")
DONE = bytes.fromhex("55 00 00")
OFFER = Frame2(SALE).to_bytes()
REPLY = Frame2(DONE).to_bytes()
BAD = REPLY[:-1] + b"\x00"

data = st.binary(min_size=1, max_size=200) | st.lists(st.sampled_from([2, 3, 4, 5, 6, 0x10, 0x15]), min_size=1, max_size=40).map(
    bytes
)
frames = st.builds(Frame2, data)
streams = st.lists(
    frames.map(Frame2.to_bytes) | st.sampled_from([ENQ, ACK, NAK, EOT, b"\x02", b"\x10", b"\x03"]) | st.binary(max_size=30),
    max_size=8,
).map(b"".join)
cut_lists = st.lists(st.integers(0, 10_000), max_size=10)


def events(raw: bytes, cuts: list[int] | None = None) -> list[Any]:
    """Noise in one piece, however it came."""
    decoder = Decoder2()
    bounds = [0, *sorted(c % (len(raw) + 1) for c in cuts or ()), len(raw)]
    found: list[Any] = []
    for event in [e for a, b in pairwise(bounds) for e in decoder.feed(raw[a:b])] + list(decoder.interrupt()):
        last = found[-1] if found else None
        if isinstance(event, Garbage) and isinstance(last, Garbage) and event.fault is last.fault is Fault.NOISE:
            found[-1] = Garbage(Fault.NOISE, last.data + event.data)
        else:
            found.append(event)
    return found


def raw_of(event: Any) -> bytes:
    match event:
        case Garbage():
            return event.data
        case Control():
            return event.raw
        case _:
            return bytes(event.to_bytes())


# --- bytes


@given(frames)
def test_a_frame_is_decoded_to_what_was_encoded(frame: Frame2) -> None:
    assert events(frame.to_bytes()) == [frame]


@given(streams, cut_lists)
def test_any_split_of_the_bytes_gives_the_same_events(raw: bytes, cuts: list[int]) -> None:
    assert events(raw, cuts) == events(raw)
    assert events(raw, list(range(len(raw)))) == events(raw)


@given(streams)
def test_every_byte_is_accounted_for(raw: bytes) -> None:
    assert b"".join(raw_of(event) for event in events(raw)) == raw


@given(frames, st.data())
def test_a_changed_byte_of_the_data_gives_no_other_frame(frame: Frame2, draw: st.DataObject) -> None:
    """But where the change moves the end or a stuffed byte."""
    raw = bytearray(frame.to_bytes())
    special = (2, 3, 0x10)
    free = [at for at in range(1, len(raw) - 2) if raw[at] not in special and raw[at - 1] != 0x10]
    if free:
        at = draw.draw(st.sampled_from(free))
        raw[at] = draw.draw(st.integers(0, 255).filter(lambda value: value != raw[at] and value not in special))
        assert events(bytes(raw)) == [Garbage(Fault.CHECKSUM, bytes(raw))]


def test_the_reference_has_stuffed_bytes_in_the_check_byte() -> None:
    frame = Frame2(bytes.fromhex("1F 00 FF 10 02 03 1A"))
    assert frame.to_bytes().hex(" ").upper() == "02 1F 00 FF 10 10 02 10 03 1A 03 E8"
    assert bcc(frame.to_bytes()[1:-1]) == 0xE8


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("02 10 00", Fault.ESCAPE),
        ("02 45 03 00", Fault.CHECKSUM),
        ("02 03 03", Fault.HEADER),
        ("02 45", Fault.INCOMPLETE),
        ("45 46", Fault.NOISE),
    ],
)
def test_what_is_no_frame_is_told_with_its_fault(raw: str, fault: Fault) -> None:
    assert events(bytes.fromhex(raw)) == [Garbage(fault, bytes.fromhex(raw))]


def test_a_frame_whose_end_was_lost_does_not_grow_for_ever() -> None:
    decoder = Decoder2()
    found = list(decoder.feed(b"\x02" + b"A" * (MAX_DATA + 1)))
    assert [event.fault for event in found if isinstance(event, Garbage)] == [Fault.HEADER]
    assert not decoder.inside


def test_the_longest_frame_is_built_and_nothing_longer_or_empty() -> None:
    frame = Frame2(bytes(MAX_DATA))
    assert events(frame.to_bytes()) == [frame]
    for wrong in (b"", bytes(MAX_DATA + 1)):
        with pytest.raises(LocalError, match=f"1 to {MAX_DATA} bytes"):
            Frame2(wrong).to_bytes()


def test_random_bytes_do_no_harm() -> None:
    result = fuzz_atol.run2(20_000, seed=7)
    assert result.fed == 20_000
    assert result.frames > 50
    assert result.garbage > 50


# --- the host


def sent(outputs: list[Any]) -> bytes:
    return b"".join(output.data for output in outputs if isinstance(output, Send))


def rest(outputs: list[Any]) -> list[Any]:
    return [output for output in outputs if not isinstance(output, Send | Wait)]


def timer(outputs: list[Any]) -> Any:
    return next(output.timer for output in reversed(outputs) if isinstance(output, Wait))


def asked(command: bytes = SALE, *, changes: bool = True, gentle: bool = False) -> Host2:
    host = Host2(gentle=gentle)
    assert sent(host.ask(command, changes=changes)) == ENQ
    return host


def offered(command: bytes = SALE, *, changes: bool = True) -> Host2:
    host = asked(command, changes=changes)
    assert sent(host.receive(ACK)) == Frame2(command).to_bytes()
    return host


def test_the_dialogue_of_the_reference() -> None:
    host = offered()
    assert sent(host.receive(ACK)) == EOT
    assert sent(host.receive(ENQ)) == ACK
    assert rest(host.receive(REPLY)) == [Answer(DONE, error=False)]
    assert host.state is HostState2.HOLDING
    assert sent(host.release()) == ACK
    assert rest(host.receive(EOT)) == [Ready()]


def test_the_answer_is_acknowledged_only_when_it_is_written_down() -> None:
    host = offered()
    host.receive(ACK)
    host.receive(ENQ)
    assert sent(host.receive(REPLY)) == b""
    assert sent(host.receive(REPLY)) == b""  # the device repeats it meanwhile


def test_enq_is_repeated_into_silence_and_then_given_up() -> None:
    host = asked()
    for _ in range(ENQUIRIES - 1):
        assert sent(host.time_out()) == ENQ
    assert rest(host.time_out()) == [Failed(Failure.SILENT, taken=False)]


def test_late_replies_to_several_enqs_do_not_pass_for_what_is_said_of_the_frame() -> None:
    host = asked()
    host.time_out()
    outputs = host.receive(ACK)
    assert (sent(outputs), timer(outputs)) == (b"", HostTimer2.QUIET)
    host.receive(ACK)
    assert sent(host.time_out()) == OFFER


def test_a_device_that_holds_an_answer_of_before_is_freed_of_it_first() -> None:
    host = asked()
    assert sent(host.receive(ENQ)) == ACK
    outputs = host.receive(Frame2(b"\x55\x9a\0").to_bytes())
    assert (sent(outputs), rest(outputs)) == (ACK, [])
    assert host.dropped == [b"\x55\x9a\0"]
    assert sent(host.receive(EOT)) == ENQ
    assert sent(host.receive(ACK)) == OFFER


def test_a_collision_is_waited_out() -> None:
    """The device said ENQ as the host did, and has nothing to deliver."""
    host = asked()
    host.receive(ENQ)
    outputs = host.time_out()
    assert (sent(outputs), timer(outputs)) == (b"", HostTimer2.PAUSE)
    assert sent(host.time_out()) == ENQ
    assert sent(host.receive(ACK)) == OFFER


def test_a_busy_device_is_asked_until_the_caller_gives_up() -> None:
    host = asked()
    for _ in range(3 * ENQUIRIES):
        assert timer(host.receive(NAK)) is HostTimer2.POLL
        assert host.busy
        assert sent(host.time_out()) == ENQ
    host.receive(NAK)
    assert rest(host.give_up()) == [Failed(Failure.BUSY, taken=False)]


def test_a_frame_that_was_refused_is_sent_again_when_the_line_is_quiet() -> None:
    host = offered()
    for _ in range(OFFERS - 1):
        outputs = host.receive(NAK)
        assert (sent(outputs), timer(outputs)) == (b"", HostTimer2.QUIET)
        host.receive(NAK)
        assert sent(host.time_out()) == OFFER
    host.receive(NAK)
    assert rest(host.time_out()) == [Failed(Failure.REFUSED, taken=False)]


@pytest.mark.parametrize("said", [ACK, ENQ])
def test_a_frame_to_which_something_else_was_said_as_well_is_not_sent_again(said: bytes) -> None:
    host = offered()
    host.receive(NAK)
    assert OFFER not in sent(host.receive(said))
    assert host.state in (HostState2.WAITING, HostState2.READING)


def test_a_change_is_never_repeated_into_silence() -> None:
    host = offered()
    outputs = host.time_out()
    assert (sent(outputs), timer(outputs)) == (EOT, HostTimer2.ANSWER)
    assert sent(host.time_out()) == ENQ
    outputs = host.receive(ACK)
    assert (OFFER in sent(outputs), rest(outputs)) == (False, [Failed(Failure.NO_ANSWER, taken=True)])


def test_a_question_is() -> None:
    host = offered(ASK, changes=False)
    for _ in range(OFFERS - 1):
        assert sent(host.time_out()) == Frame2(ASK).to_bytes()
    assert sent(host.time_out()) == EOT


def test_an_answer_that_is_late_is_asked_for() -> None:
    host = offered()
    host.receive(ACK)
    assert sent(host.time_out()) == ENQ
    assert timer(host.receive(NAK)) is HostTimer2.POLL
    assert sent(host.time_out()) == ENQ
    assert sent(host.receive(ENQ)) == ACK
    assert rest(host.receive(REPLY)) == [Answer(DONE, error=False)]


def test_a_device_that_is_busy_with_our_command_for_too_long_may_have_carried_it_out() -> None:
    host = offered()
    host.receive(ACK)
    host.time_out()
    host.receive(NAK)
    assert rest(host.give_up()) == [Failed(Failure.BUSY, taken=True)]


def test_the_ack_to_the_frame_may_be_lost() -> None:
    host = offered()
    assert sent(host.receive(ENQ)) == ACK
    assert rest(host.receive(REPLY)) == [Answer(DONE, error=False)]


def test_a_damaged_answer_is_asked_for_again() -> None:
    host = offered()
    host.receive(ACK)
    host.receive(ENQ)
    assert sent(host.receive(BAD)) == NAK
    assert timer(host.receive(REPLY[:3])) is HostTimer2.BYTE
    assert sent(host.time_out()) == NAK
    assert rest(host.receive(REPLY)) == [Answer(DONE, error=False)]


def test_an_answer_that_stays_damaged_leaves_the_matter_open() -> None:
    host = offered()
    host.receive(ACK)
    host.receive(ENQ)
    outputs: list[Any] = []
    while host.state is HostState2.READING:
        outputs = host.receive(BAD)
    assert rest(outputs) == [Failed(Failure.SILENT, taken=True)]


def test_a_device_that_did_not_hear_that_it_was_taken_is_told_again() -> None:
    host = offered()
    host.receive(ACK)
    host.receive(ENQ)
    host.receive(REPLY)
    host.release()
    assert sent(host.receive(REPLY)) == ACK
    assert rest(host.time_out()) == [Ready()]  # EOT was lost


def test_a_gentle_host_takes_no_answer_away() -> None:
    host = asked(ASK, changes=False, gentle=True)
    outputs = host.receive(ENQ)
    assert (sent(outputs), rest(outputs)) == (b"", [Failed(Failure.HOLDS, taken=False)])


def test_a_device_that_for_ever_offers_the_same_answer_is_given_up() -> None:
    host = asked()
    outputs: list[Any] = []
    for _ in range(100):
        host.receive(ENQ)
        host.receive(REPLY)
        outputs = host.receive(EOT)
        if rest(outputs):
            break
    assert rest(outputs) == [Failed(Failure.SILENT, taken=False)]


@pytest.mark.parametrize("size", [0, MAX_COMMAND + 1])
def test_a_command_that_no_device_takes_is_refused_before_anything_is_sent(size: int) -> None:
    host = Host2()
    with pytest.raises(LocalError, match=f"1 to {MAX_COMMAND} bytes"):
        host.ask(bytes(size), changes=True)
    assert host.state is HostState2.IDLE


# --- the device


def taken(device: Device2, data: bytes = SALE) -> list[Any]:
    assert sent(device.receive(ENQ)) == ACK
    outputs = device.receive(Frame2(data).to_bytes())
    assert sent(outputs) == ACK
    return outputs


@pytest.mark.parametrize("at_once", [False, True])
def test_a_command_is_carried_out_once_however_often_its_frame_comes(at_once: bool) -> None:
    device = Device2(at_once=at_once)
    outputs = taken(device)
    outputs += device.receive(OFFER)
    outputs += device.receive(OFFER)
    outputs += device.receive(EOT)
    assert [output for output in outputs if isinstance(output, Command2)] == [Command2(SALE)]


def test_without_eot_the_command_is_carried_out_all_the_same() -> None:
    device = Device2()
    assert timer(taken(device)) is DeviceTimer2.END
    assert rest(device.time_out()) == [Command2(SALE)]


def test_a_device_at_work_says_nak() -> None:
    device = Device2(at_once=True)
    taken(device)
    assert sent(device.receive(ENQ)) == NAK


def test_a_damaged_command_is_refused() -> None:
    device = Device2()
    device.receive(ENQ)
    assert sent(device.receive(OFFER[:-1] + b"\xff")) == NAK
    assert timer(device.receive(OFFER[:4])) is DeviceTimer2.BYTE
    assert sent(device.time_out()) == NAK
    assert sent(device.receive(OFFER)) == ACK


def test_an_answer_that_nobody_takes_is_kept_until_somebody_asks() -> None:
    device = Device2(at_once=True)
    taken(device)
    device.answer(DONE)
    while device.state is not DeviceState2.UNREAD:
        device.time_out()
    assert sent(device.receive(ENQ)) == ENQ
    assert sent(device.receive(ACK)) == REPLY
    assert sent(device.receive(NAK)) == REPLY
    assert sent(device.receive(ACK)) == EOT
    assert sent(device.receive(ENQ)) == ACK


def test_the_answer_outlives_the_connection_and_not_the_power() -> None:
    device = Device2(at_once=True)
    taken(device)
    device.answer(DONE)
    device.disconnect()
    assert sent(device.receive(ENQ)) == ENQ
    device.switch_off()
    assert sent(device.receive(ENQ)) == ACK


def test_a_session_that_the_host_leaves_is_over() -> None:
    device = Device2()
    device.receive(ENQ)
    device.receive(EOT)
    assert device.receive(OFFER) == []
    device.receive(ENQ)
    device.time_out()
    assert device.state is DeviceState2.IDLE


# --- against each other


def dialogue(host: Host2, device: Device2, command: bytes, *, lose: frozenset[int] = frozenset(), changes: bool = True) -> Any:
    """The outcome and how often the device executed; `lose`: which of the sent pieces never arrive, counted over both directions."""
    executed: list[bytes] = []
    counted = 0
    to_device: list[bytes] = []
    to_host: list[bytes] = []
    waits: dict[str, Any] = {"host": None, "device": None}
    outcomes: list[Any] = []

    def carry_out(outputs: list[Any], who: str) -> None:
        nonlocal counted
        for output in outputs:
            match output:
                case Send():
                    counted += 1
                    if counted not in lose:
                        (to_device if who == "host" else to_host).append(output.data)
                case Wait():
                    waits[who] = output.timer
                case Command2():
                    executed.append(output.data)
                    carry_out(device.answer(DONE), "device")
                case _:
                    outcomes.append(output)

    carry_out(host.ask(command, changes=changes), "host")
    for _ in range(500):
        if outcomes and isinstance(outcomes[-1], Answer) and host.state is HostState2.HOLDING:
            carry_out(host.release(), "host")
        elif to_device:
            carry_out(device.receive(to_device.pop(0)), "device")
        elif to_host:
            carry_out(host.receive(to_host.pop(0)), "host")
        elif host.state is HostState2.IDLE:
            break
        elif waits["device"] is not None and waits["host"] in (HostTimer2.ANSWER, HostTimer2.TEXT, HostTimer2.PAUSE):
            waits["device"] = None
            carry_out(device.time_out(), "device")
        else:
            waits["host"] = None
            carry_out(host.time_out(), "host")
    return outcomes, executed


@given(st.frozensets(st.integers(1, 12), max_size=4), st.booleans(), st.booleans())
def test_whatever_is_lost_a_change_is_carried_out_at_most_once_and_told_truly(
    lose: frozenset[int], at_once: bool, changes: bool
) -> None:
    host, device = Host2(), Device2(at_once=at_once)
    outcomes, executed = dialogue(host, device, SALE, lose=lose, changes=changes)
    assert host.state is HostState2.IDLE
    match outcomes[0]:
        case Answer(found, _):
            assert found == DONE
            assert len(executed) == 1 or not changes
        case Failed(_, was_taken):
            assert was_taken or not executed
            assert len(executed) <= 1 or not changes
        case _:
            raise AssertionError(outcomes)


@given(st.frozensets(st.integers(1, 14), max_size=4), st.booleans())
def test_an_answer_is_never_taken_for_that_of_the_next_command(lose: frozenset[int], at_once: bool) -> None:
    host, device = Host2(), Device2(at_once=at_once)
    dialogue(host, device, SALE, lose=lose)
    executed: list[bytes] = []
    outcomes, executed = dialogue(host, device, ASK, changes=False)
    assert isinstance(outcomes[0], Answer)
    assert executed[-1] == ASK
