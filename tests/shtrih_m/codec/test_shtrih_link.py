"""Both ends of a link against each other, over lines that lose, damage and delay; and the recorded order of bytes."""

from collections.abc import Callable
from typing import Any

import pytest
from bridge_shtrih_m.frame import (
    Answer,
    Command,
    DeviceLayer1,
    DeviceLayer2,
    DeviceLink,
    DeviceTimer,
    Failed,
    Failure,
    Frame1,
    Frame2,
    Held,
    HostLayer,
    HostLayer1,
    HostLayer2,
    HostTimer,
    LocalError,
    Ready,
    Send,
    Wait,
)
from hypothesis import given, settings
from hypothesis import strategies as st

FC = bytes.fromhex("02 01 FC FD")
MODEL = bytes.fromhex("FC 00 00 00 01 0E 16 00 D0 C8 D2 C5 C9 CB 2D 30 31 D4")
CLOSE = bytes.fromhex("FF 45 1E 00 00 00") + bytes(112)
CLOSED = bytes.fromhex("FF 45 00 BC 4D 00 00 00 1E 00 00 00 44 33 22 11")


def sent(outputs: list[Any]) -> str:
    return b"".join(output.data for output in outputs if isinstance(output, Send)).hex(" ")


def told(outputs: list[Any]) -> list[Any]:
    return [output for output in outputs if not isinstance(output, Send | Wait)]


# --- v1, the host


def test_a_command_is_sent_after_nak_to_enq_and_its_answer_is_acknowledged() -> None:
    host = HostLayer1()
    assert host.request(b"\xfc") == [Send(b"\x05"), Wait(HostTimer.CONTROL)]
    assert host.receive(b"\x15") == [Send(FC), Wait(HostTimer.TAKEN)]
    assert host.receive(b"\x06") == [Wait(HostTimer.ANSWER)]
    assert host.receive(Frame1(MODEL).to_bytes()) == [Send(b"\x06"), Wait(None), Answer(MODEL)]


def test_ack_and_answer_in_one_segment_are_read_as_two() -> None:
    host = HostLayer1()
    host.request(b"\xfc")
    host.receive(b"\x15")
    assert told(host.receive(b"\x06" + Frame1(MODEL).to_bytes())) == [Answer(MODEL)]


def test_the_filler_of_a_device_on_tcp_is_passed_over() -> None:
    host = HostLayer1()
    host.request(b"\xfc")
    assert sent(host.receive(b"\xff\x15")) == FC.hex(" ")
    assert told(host.receive(b"\xff\x06\xff" + Frame1(MODEL).to_bytes())) == [Answer(MODEL)]


def test_an_answer_that_the_device_still_holds_is_told_and_kept_there_until_it_is_released() -> None:
    host = HostLayer1()
    host.request(b"\xfc")
    outputs = host.receive(b"\x06" + Frame1(CLOSED).to_bytes())
    assert told(outputs) == [Held(CLOSED)]
    assert sent(outputs) == ""
    assert sent(host.release()) == "06 05"
    assert sent(host.receive(b"\x15")) == FC.hex(" ")


def test_a_look_executes_nothing() -> None:
    host = HostLayer1()
    assert sent(host.look()) == "05"
    assert host.receive(b"\x15") == [Wait(None), Ready()]


def test_a_frame_whose_ack_is_lost_is_asked_for_and_never_sent_again() -> None:
    host = HostLayer1()
    host.request(CLOSE)
    host.receive(b"\x15")
    assert sent(host.time_out()) == "05"
    assert told(host.receive(b"\x06" + Frame1(CLOSED).to_bytes())) == [Answer(CLOSED)]


def test_a_device_that_has_no_answer_after_a_lost_ack_may_have_executed_the_command() -> None:
    host = HostLayer1()
    host.request(CLOSE)
    host.receive(b"\x15")
    host.time_out()
    assert told(host.receive(b"\x15")) == [Failed(Failure.NO_ANSWER, taken=True)]


def test_a_frame_that_the_device_refuses_is_sent_once_more_after_another_enq() -> None:
    host = HostLayer1()
    host.request(b"\xfc")
    host.receive(b"\x15")
    assert sent(host.receive(b"\x15")) == "05"
    assert sent(host.receive(b"\x15")) == FC.hex(" ")
    host.receive(b"\x15")
    assert told(host.receive(b"\x15")) == [Failed(Failure.REFUSED, taken=True)]


def test_a_late_nak_to_enq_does_not_make_the_host_send_a_command_twice() -> None:
    host = HostLayer1()
    host.request(CLOSE)
    host.receive(b"\x15")
    assert sent(host.receive(b"\x15")) == "05"
    assert sent(host.receive(b"\x06")) == ""
    assert told(host.receive(Frame1(CLOSED).to_bytes())) == [Answer(CLOSED)]


def test_after_several_enqs_the_line_must_be_quiet_before_a_command_goes_out() -> None:
    host = HostLayer1()
    host.request(b"\xfc")
    assert sent(host.time_out()) == "05"
    assert host.receive(b"\x15") == [Wait(HostTimer.QUIET)]
    assert host.receive(b"\x15") == [Wait(HostTimer.QUIET)]
    assert sent(host.time_out()) == FC.hex(" ")


def test_nothing_behind_the_line_means_that_nothing_was_taken_in() -> None:
    host = HostLayer1()
    host.request(b"\xfc")
    host.time_out()
    host.time_out()
    assert told(host.time_out()) == [Failed(Failure.SILENT, taken=False)]


def test_a_damaged_answer_is_asked_for_again_with_nak_and_enq() -> None:
    host = HostLayer1()
    host.request(b"\xfc")
    host.receive(b"\x15")
    bad = bytearray(Frame1(MODEL).to_bytes())
    bad[-1] ^= 1
    assert sent(host.receive(b"\x06" + bytes(bad))) == "15 05"
    assert told(host.receive(b"\x06" + Frame1(MODEL).to_bytes())) == [Answer(MODEL)]


def test_an_answer_that_stops_in_the_middle_is_asked_for_again() -> None:
    host = HostLayer1()
    host.request(b"\xfc")
    host.receive(b"\x15")
    assert host.receive(b"\x06" + Frame1(MODEL).to_bytes()[:5])[-1] == Wait(HostTimer.BYTE)
    assert sent(host.time_out()) == "15 05"


def test_the_answer_to_another_command_is_no_answer() -> None:
    host = HostLayer1()
    host.request(CLOSE)
    host.receive(b"\x15")
    assert told(host.receive(b"\x06" + Frame1(MODEL).to_bytes())) == [Held(MODEL)]
    host.release()
    assert told(host.receive(b"\x15")) == [Failed(Failure.NO_ANSWER, taken=True)]


def test_a_device_that_is_still_at_it_is_waited_for_but_not_for_ever() -> None:
    host = HostLayer1()
    host.request(CLOSE)
    host.receive(b"\x15")
    outputs = host.receive(b"\x06")
    rounds = 0
    while not told(outputs):
        assert sent(host.time_out()) == "05"
        rounds += 1
        outputs = host.receive(b"\x06")
        assert rounds < 100
        if rounds == 10:
            outputs = host.time_out()
    assert told(outputs) == [Failed(Failure.NO_ANSWER, taken=True)]


# --- v2, the host


def test_a_client_of_v2_asks_for_the_number_first_and_goes_on_with_the_next() -> None:
    host = HostLayer2()
    assert sent(host.request(b"\xfc")) == "8f 00 00 0f 1d"
    assert told(host.receive(Frame2(5, CLOSED).to_bytes())) == [Held(CLOSED, 5)]
    assert sent(host.release()) == "8f 03 00 06 00 fc ed 63"
    assert told(host.receive(Frame2(6, MODEL).to_bytes())) == [Answer(MODEL)]
    assert sent(host.request(b"\xfc")) == Frame2(7, b"\xfc").to_bytes().hex(" ")


def test_a_device_of_v2_that_has_executed_nothing_holds_nothing() -> None:
    host = HostLayer2()
    host.look()
    assert told(host.receive(bytes.fromhex("8f02000000a869"))) == [Ready()]
    assert host.number == 0


def test_a_lost_answer_of_v2_is_asked_for_with_the_very_same_frame() -> None:
    host = at(0x24)
    first = sent(host.request(CLOSE))
    assert sent(host.time_out()) == first
    assert told(host.receive(Frame2(0x25, CLOSED).to_bytes())) == [Answer(CLOSED)]


def test_the_repeated_answer_to_the_command_before_is_passed_over() -> None:
    host = at(0x24)
    host.request(CLOSE)
    assert host.receive(Frame2(0x24, MODEL).to_bytes()) == []
    assert told(host.receive(Frame2(0x25, CLOSED).to_bytes())) == [Answer(CLOSED)]


def test_a_stale_answer_under_our_number_is_never_taken_for_ours() -> None:
    """A recorded trap: number 18h had been used for command 1Eh."""
    host = at(0x17)
    host.request(bytes.fromhex("11 1e 00 00 00"))
    assert told(host.receive(bytes.fromhex("8F 04 00 18 00 1E 00 A9 B6"))) == [Failed(Failure.OTHER_NUMBER, taken=False)]
    assert host.number is None


def test_a_device_that_counts_from_elsewhere_after_a_repetition_may_have_executed_ours() -> None:
    host = at(0x24)
    host.request(CLOSE)
    host.time_out()
    assert told(host.receive(Frame2(0, b"").to_bytes())) == [Failed(Failure.OTHER_NUMBER, taken=True)]


def test_the_numbers_of_v2_begin_again_after_65535() -> None:
    host = at(0xFFFF)
    assert sent(host.request(b"\xfc")) == Frame2(0, b"\xfc").to_bytes().hex(" ")
    assert told(host.receive(Frame2(0, MODEL).to_bytes())) == [Answer(MODEL)]


def test_silence_of_v2_is_told_after_the_last_try() -> None:
    host = at(1)
    host.request(CLOSE)
    host.time_out()
    host.time_out()
    assert told(host.time_out()) == [Failed(Failure.SILENT, taken=True)]
    host.look()
    host.time_out()
    host.time_out()
    assert told(host.time_out()) == [Failed(Failure.SILENT, taken=False)]


def at(number: int) -> HostLayer2:
    host = HostLayer2()
    host.look()
    host.receive(Frame2(number, b"\x10\x00\x1e").to_bytes())
    host.release()
    return host


@pytest.mark.parametrize("layer", [HostLayer1, HostLayer2])
def test_a_request_that_no_frame_can_carry_sends_nothing(layer: Callable[[], HostLayer]) -> None:
    with pytest.raises(LocalError):
        layer().request(bytes(70_000))


# --- the device


def test_a_device_waits_for_enq_after_it_was_switched_on() -> None:
    device = DeviceLayer1()
    assert device.receive(FC) == []
    assert sent(device.receive(b"\x05")) == "15"
    assert device.receive(FC) == [Wait(DeviceTimer.BYTE)] * 0 + [Wait(None), Send(b"\x06"), Command(b"\xfc")]


def test_a_device_takes_the_next_command_without_enq() -> None:
    device = ready()
    device.receive(FC)
    assert sent(device.answer(MODEL)) == Frame1(MODEL).to_bytes().hex(" ")
    device.receive(b"\x06")
    assert told(device.receive(FC)) == [Command(b"\xfc")]


def test_an_unread_answer_is_repeated_after_enq_and_forgotten_when_it_is_read_or_the_power_goes() -> None:
    device = ready()
    device.receive(FC)
    device.answer(MODEL)
    device.time_out()
    assert sent(device.receive(b"\x05")) == "06 " + Frame1(MODEL).to_bytes().hex(" ")
    device.receive(b"\x15")
    device.disconnect()
    assert sent(device.receive(b"\x05")) == "06 " + Frame1(MODEL).to_bytes().hex(" ")
    device.switch_off()
    assert sent(device.receive(b"\x05")) == "15"


def test_an_answer_that_does_not_survive_the_connection_is_forgotten_with_it() -> None:
    device = ready()
    device.receive(FC)
    device.answer(MODEL)
    device.disconnect(keep=False)
    assert sent(device.receive(b"\x05")) == "15"


def test_a_device_that_executes_says_ack_to_enq_and_answers_later() -> None:
    device = ready()
    device.receive(FC)
    assert sent(device.receive(b"\x05")) == "06"
    assert sent(device.answer(MODEL)) == Frame1(MODEL).to_bytes().hex(" ")


@pytest.mark.parametrize("bad", [b"\x02\x01\xfc\x00", b"\x41", b"\x02\x00"])
def test_a_device_says_nak_to_what_is_no_frame(bad: bytes) -> None:
    assert sent(ready().receive(bad)) == "15"


def test_a_device_says_nak_to_a_frame_that_stops() -> None:
    device = ready()
    assert device.receive(FC[:2]) == [Wait(DeviceTimer.BYTE)]
    assert sent(device.time_out()) == "15"


def test_a_device_on_tcp_sends_a_filler_after_the_ack_of_the_host() -> None:
    device = DeviceLayer1(filler=True)
    device.receive(b"\x05" + FC)
    device.answer(MODEL)
    assert sent(device.receive(b"\x06")) == "ff"


def ready() -> DeviceLayer1:
    device = DeviceLayer1()
    device.receive(b"\x05")
    return device


def test_a_device_of_v2_executes_the_next_number_and_repeats_its_answer_for_any_other() -> None:
    device = DeviceLayer2(number=5, stored=MODEL)
    stored = Frame2(5, MODEL).to_bytes().hex(" ")
    for number in (None, 5, 4, 7, 0):
        outputs = device.receive(Frame2(number, b"" if number is None else b"\xfc").to_bytes())
        assert (told(outputs), sent(outputs)) == ([], stored)
    assert told(device.receive(Frame2(6, CLOSE).to_bytes())) == [Command(CLOSE)]
    assert device.receive(Frame2(6, CLOSE).to_bytes()) == []
    assert sent(device.answer(CLOSED)) == Frame2(6, CLOSED).to_bytes().hex(" ")
    assert sent(device.receive(Frame2(6, CLOSE).to_bytes())) == Frame2(6, CLOSED).to_bytes().hex(" ")


def test_a_device_of_v2_drops_a_damaged_frame_without_a_word() -> None:
    device = DeviceLayer2()
    raw = bytearray(Frame2(1, b"\xfc").to_bytes())
    raw[-1] ^= 1
    assert device.receive(bytes(raw)) == []


def test_a_device_of_v2_forgets_its_number_with_the_power_unless_it_keeps_it() -> None:
    kept, lost = DeviceLayer2(5, MODEL), DeviceLayer2(5, MODEL)
    kept.switch_off(keep=True)
    lost.switch_off()
    assert (kept.number, kept.stored, lost.number, lost.stored) == (5, MODEL, 0, b"")


@pytest.mark.parametrize(("first", "layer"), [("05", 1), ("02 01", 1), ("8f", 2), ("ff 00 8f", 2), ("00", None)])
def test_a_device_takes_the_layer_of_the_first_byte_that_it_knows(first: str, layer: int | None) -> None:
    link = DeviceLink()
    link.receive(bytes.fromhex(first))
    assert link.layer == layer
    link.receive(b"\x05\x8f")
    assert link.layer == (layer or 1)
    link.unlock()
    link.receive(b"\x8f")
    assert link.layer == 2


# --- both ends, any line


class Line:
    """Two ends, two queues of bytes, and whatever may happen to them."""

    def __init__(self, host: HostLayer, device: DeviceLayer1 | DeviceLayer2) -> None:
        self.host, self.device = host, device
        self.to_device, self.to_host = bytearray(), bytearray()
        self.executed: list[bytes] = []
        self.outcome: Answer | Failed | Ready | None = None
        self.held: list[bytes] = []
        self.damaged = False

    def host_said(self, outputs: list[Any]) -> None:
        for output in outputs:
            match output:
                case Send():
                    self.to_device += output.data
                case Held():
                    self.held.append(output.data)
                    self.host_said(self.host.release())
                case Answer() | Failed() | Ready():
                    self.outcome = output
                case _:
                    pass

    def device_said(self, outputs: list[Any]) -> None:
        for output in outputs:
            match output:
                case Send():
                    self.to_host += output.data
                case Command():
                    self.executed.append(output.data)
                    self.device_said(self.device.answer(answer_to(output.data)))
                case _:
                    pass

    def step(self, what: int, size: int) -> None:
        """`what`: 0 to 3 deliver, 4 a byte is lost, 5 damaged, 6 and 7 a timer runs out, whether or not bytes are on their way,
        8 the device loses its power. Only one byte is damaged: two would add up to nothing in an XOR, which v1 cannot help."""
        match what:
            case 0 | 1:
                data, self.to_device = bytes(self.to_device[:size]), self.to_device[size:]
                self.device_said(self.device.receive(data))
            case 2 | 3:
                data, self.to_host = bytes(self.to_host[:size]), self.to_host[size:]
                self.host_said(self.host.receive(data))
            case 4 if queue := self.to_host if size % 2 else self.to_device:
                del queue[size % len(queue)]
            case 5 if (queue := self.to_host if size % 2 else self.to_device) and not self.damaged:
                self.damaged = True
                queue[size % len(queue)] ^= 0x41
            case 6:
                self.host_said(self.host.time_out())
            case 7:
                self.device_said(self.device.time_out())
            case 8:
                self.device.switch_off()
            case _:
                pass

    def settle(self) -> None:
        """From here on the line is good, and timers run out only when nothing is on its way."""
        for _ in range(200):
            if self.outcome is not None:
                return
            while self.to_device or self.to_host:
                self.step(0, 1000)
                self.step(2, 1000)
            if self.outcome is None:
                self.step(7, 0)
                self.step(6, 0)
        raise AssertionError("the host never gives up")


def answer_to(command: bytes) -> bytes:
    return command[:1] + b"\x00" + command[1:]


steps = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 12)), max_size=60)


@pytest.mark.parametrize(("host", "device"), [(HostLayer1, DeviceLayer1), (HostLayer2, lambda: DeviceLayer2(number=5))])
@given(journeys=st.lists(steps, min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_over_any_line_a_command_is_executed_at_most_once_and_an_answer_is_its_own(
    host: Callable[[], HostLayer], device: Callable[[], Any], journeys: list[list[tuple[int, int]]]
) -> None:
    line = Line(host(), device())
    refused: list[bytes] = []
    for number, journey in enumerate(journeys):
        command = bytes((0x80, number))
        line.outcome = None
        line.host_said(line.host.request(command))
        for what, size in journey:
            if line.outcome is not None:
                break
            line.step(what, size)
        line.settle()
        if isinstance(line.outcome, Answer):
            assert line.outcome.data == answer_to(command)
            assert line.executed.count(command) == 1
        else:
            assert isinstance(line.outcome, Failed)
            if not line.outcome.taken:
                refused.append(command)
            break  # a driver throws the link away
    while line.to_device:
        line.step(0, 1000)
    assert all(line.executed.count(command) == 1 for command in line.executed)
    assert not set(refused) & set(line.executed)
