"""The dialogue around the task buffer, host and device by themselves and against each other."""

from typing import Any

import pytest
from bridge_atol.frame import (
    ASYNC_ID,
    HOST_IDS,
    SLOTS,
    TRIES,
    Abort,
    Ack,
    Add,
    Answer,
    Command,
    Decoder,
    Device,
    Failed,
    Failure,
    Frame,
    Host,
    HostState,
    HostTimer,
    Ready,
    Report,
    Request,
    Send,
    State,
    Wait,
    order_of,
    report_of,
)

SALE = bytes.fromhex("0000 4A 00 01 0000000000")
ASK = bytes.fromhex("0000 45")
DONE = bytes.fromhex("55 00 00")
OK = Report(State.RESULT)


def sent(outputs: list[Any]) -> list[Any]:
    """The orders that go out."""
    found = []
    for output in outputs:
        if isinstance(output, Send):
            [frame] = Decoder().feed(output.data)
            assert isinstance(frame, Frame)
            found.append(order_of(frame.payload))
    return found


def told(outputs: list[Any]) -> list[Any]:
    """The reports that a device sends."""
    found = []
    for output in outputs:
        if isinstance(output, Send):
            [frame] = Decoder().feed(output.data)
            assert isinstance(frame, Frame)
            found.append(report_of(frame.payload))
    return found


def rest(outputs: list[Any]) -> list[Any]:
    return [output for output in outputs if not isinstance(output, Send | Wait)]


def reply(host: Host, report: Report, number: int | None = None) -> list[Any]:
    return host.receive(Frame(host._id if number is None else number, report.to_bytes()).to_bytes())


# --- the host


def test_the_first_frame_of_a_connection_is_the_vendors() -> None:
    assert Host().clear()[0] == Send(bytes.fromhex("fe010000c402"))


def test_packet_numbers_count_on_and_begin_again_below_the_devices_own() -> None:
    host = Host()
    numbers = []
    for _ in range(HOST_IDS + 2):
        host.clear()
        numbers.append(host._id)
        reply(host, OK)
    assert numbers == [*range(HOST_IDS), 0, 1]


def test_a_result_is_handed_over_before_the_device_is_told_to_forget_it() -> None:
    host = Host()
    assert sent(host.add(5, SALE, changes=True)) == [Add(5, SALE)]
    assert rest(reply(host, Report(State.RESULT, DONE))) == [Answer(DONE, error=False)]
    assert host.state is HostState.HOLDING
    assert sent(host.release()) == [Ack(5)]
    assert rest(reply(host, OK)) == [Ready()]


def test_behind_an_error_the_stopped_queue_is_cleared() -> None:
    host = Host()
    host.add(5, SALE, changes=True)
    assert rest(reply(host, Report(State.ERROR, bytes.fromhex("55 9A 00")))) == [Answer(bytes.fromhex("55 9A 00"), error=True)]
    assert sent(host.release()) == [Abort()]
    assert rest(reply(host, OK)) == [Ready()]


def test_a_reply_with_another_packet_number_is_not_believed() -> None:
    host = Host()
    host.add(5, SALE, changes=True)
    assert reply(host, Report(State.RESULT, DONE), number=0x33) == []
    assert host.state is HostState.ADDED


def test_a_lost_answer_is_asked_for_and_the_command_is_not_sent_again() -> None:
    host = Host()
    host.add(5, SALE, changes=True)
    assert sent(host.time_out()) == [Request(5)]
    assert rest(reply(host, Report(State.RESULT, DONE))) == [Answer(DONE, error=False)]


def test_a_change_that_the_device_does_not_know_is_never_added_again() -> None:
    host = Host()
    host.add(5, SALE, changes=True)
    host.time_out()
    outputs = reply(host, Report(State.NOT_FOUND))
    assert sent(outputs) == []
    assert rest(outputs) == [Failed(Failure.NOT_FOUND, taken=True)]


def test_a_question_that_the_device_does_not_know_is_added_again_a_few_times() -> None:
    host = Host()
    outputs = host.add(5, ASK, changes=False)
    added = 0
    while sent(outputs) == [Add(5, ASK)]:
        added += 1
        host.time_out()
        outputs = reply(host, Report(State.NOT_FOUND))
    assert added == TRIES
    assert rest(outputs) == [Failed(Failure.NOT_FOUND, taken=True)]


def test_a_device_that_says_nothing_is_given_up_and_may_have_carried_it_out() -> None:
    host = Host()
    host.add(5, SALE, changes=True)
    asked = []
    outputs = host.time_out()
    while sent(outputs):
        asked += sent(outputs)
        outputs = host.time_out()
    assert asked == [Request(5)] * TRIES
    assert rest(outputs) == [Failed(Failure.SILENT, taken=True)]


@pytest.mark.parametrize("state", [State.PENDING, State.IN_PROGRESS, State.WAITING])
def test_a_task_that_is_not_finished_is_waited_for(state: State) -> None:
    host = Host()
    host.add(5, SALE, changes=True)
    assert reply(host, Report(state)) == [Wait(HostTimer.POLL)]
    assert sent(host.time_out()) == [Request(5)]
    assert reply(host, Report(state)) == [Wait(HostTimer.POLL)]
    assert rest(reply(host, Report(State.ASYNC_RESULT, DONE, 5), number=ASYNC_ID)) == [Answer(DONE, error=False)]


def test_the_result_of_another_task_is_not_taken_for_ours() -> None:
    host = Host()
    host.add(5, SALE, changes=True)
    reply(host, Report(State.IN_PROGRESS))
    assert reply(host, Report(State.ASYNC_RESULT, DONE, 4), number=ASYNC_ID) == []
    assert host.state is HostState.RUNNING


def test_a_task_of_the_same_id_means_that_ours_was_not_taken() -> None:
    host = Host()
    host.add(5, SALE, changes=True)
    assert rest(reply(host, Report(State.EXISTS))) == [Failed(Failure.EXISTS, taken=False)]


def test_a_stopped_queue_is_emptied_before_the_task_is_given_up() -> None:
    host = Host()
    host.add(5, SALE, changes=True)
    outputs = reply(host, Report(State.STOPPED, task=5))
    assert sent(outputs) == [Abort()]
    assert rest(outputs) == []
    assert rest(reply(host, OK)) == [Failed(Failure.STOPPED, taken=False)]


def test_a_queue_that_could_not_be_emptied_leaves_a_doubt() -> None:
    host = Host()
    host.add(5, SALE, changes=True)
    reply(host, Report(State.STOPPED, task=5))
    outputs: list[Any] = []
    for _ in range(TRIES):
        outputs = host.time_out()
    assert rest(outputs) == [Failed(Failure.SILENT, taken=True)]


@pytest.mark.parametrize("state", [State.OVERFLOW, State.ILLEGAL])
def test_a_buffer_that_refuses_did_not_take_the_task(state: State) -> None:
    host = Host()
    host.add(5, SALE, changes=True)
    assert rest(reply(host, Report(state))) == [Failed(Failure.REFUSED, taken=False)]


def test_looking_for_a_task_of_an_earlier_connection_executes_nothing() -> None:
    host = Host()
    assert sent(host.look(7)) == [Request(7)]
    assert rest(reply(host, Report(State.NOT_FOUND))) == [Failed(Failure.NOT_FOUND, taken=True)]
    host.look(7)
    assert rest(reply(host, Report(State.RESULT, DONE))) == [Answer(DONE, error=False)]


# --- the device


def add(device: Device, task: int, data: bytes = ASK, number: int = 1) -> list[Any]:
    return device.receive(Frame(number, Add(task, data).to_bytes()).to_bytes())


def order(device: Device, what: Any, number: int = 2) -> list[Any]:
    return told(device.receive(Frame(number, what.to_bytes()).to_bytes()))


def test_a_device_keeps_a_result_until_it_is_acknowledged() -> None:
    device = Device()
    assert add(device, 3) == [Command(3, ASK)]
    assert told(device.answer(DONE, error=False)) == [Report(State.RESULT, DONE)]
    assert order(device, Request(3)) == [Report(State.RESULT, DONE)]
    assert add(device, 3)[0] != Command(3, ASK)
    assert order(device, Ack(3)) == [OK]
    assert order(device, Request(3)) == [Report(State.NOT_FOUND)]


def test_a_result_outlives_the_connection_and_not_the_power() -> None:
    device = Device()
    add(device, 3)
    device.disconnect()
    assert told(device.answer(DONE, error=False)) == []
    assert order(device, Request(3)) == [Report(State.RESULT, DONE)]
    device.switch_off()
    assert order(device, Request(3)) == [Report(State.NOT_FOUND)]


def test_an_error_stops_the_queue_until_it_is_cleared() -> None:
    device = Device()
    add(device, 3)
    device.answer(bytes.fromhex("55 8F 00"), error=True)
    assert told(add(device, 4)) == [Report(State.STOPPED, task=4)]
    assert order(device, Request(4)) == [Report(State.STOPPED, task=4)]
    assert order(device, Abort()) == [OK]
    assert add(device, 4) == [Command(4, ASK)]


def test_tasks_are_carried_out_one_after_the_other() -> None:
    device = Device()
    assert add(device, 1) == [Command(1, ASK)]
    assert told(add(device, 2)) == [Report(State.PENDING)]
    assert order(device, Request(1)) == [Report(State.IN_PROGRESS)]
    assert [output for output in device.answer(DONE, error=False) if isinstance(output, Command)] == [Command(2, ASK)]


def test_a_buffer_full_of_tasks_that_wait_takes_no_more() -> None:
    device = Device()
    for task in range(SLOTS):
        add(device, task)
    assert told(add(device, SLOTS)) == [Report(State.OVERFLOW)]


def test_a_host_that_acknowledges_nothing_goes_on_and_on() -> None:
    """A program of others' counts from 1 to DE and never acknowledges; the oldest results make room, the newest is kept."""
    device = Device()
    for number in range(1000):
        task = number % 0xDE + 1
        assert add(device, task) == [Command(task, ASK)]
        assert told(device.answer(DONE, error=False)) == [Report(State.RESULT, DONE)]
        assert order(device, Request(task)) == [Report(State.RESULT, DONE)]


def test_an_error_that_stopped_the_queue_makes_no_room() -> None:
    device = Device()
    for task in range(SLOTS - 1):
        add(device, task)
        device.answer(DONE, error=False)
    add(device, SLOTS - 1)
    device.answer(bytes.fromhex("55 8F 00"), error=True)
    for task in range(SLOTS, 2 * SLOTS - 1):
        assert told(add(device, task)) == [Report(State.STOPPED, task=task)]
    assert told(add(device, 0)) == [Report(State.OVERFLOW)]
    assert order(device, Request(SLOTS - 1)) == [Report(State.ERROR, bytes.fromhex("55 8F 00"))]


def test_a_slow_device_tells_its_results_by_itself() -> None:
    device = Device(later=True)
    outputs = add(device, 3)
    assert told(outputs) == [Report(State.IN_PROGRESS)]
    assert told(device.answer(DONE, error=False)) == [Report(State.ASYNC_RESULT, DONE, 3)]


def test_an_aborted_task_that_is_being_executed_has_no_result() -> None:
    device = Device()
    add(device, 3)
    assert order(device, Abort()) == [OK]
    assert told(device.answer(DONE, error=False)) == []
    assert order(device, Request(3)) == [Report(State.NOT_FOUND)]


def test_what_is_no_order_is_illegal() -> None:
    assert told(Device().receive(Frame(9, b"\xc5\x01").to_bytes())) == [Report(State.ILLEGAL)]


# --- both


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("tells", [False, True])
@pytest.mark.parametrize("step", [1, 3, 1000])
def test_host_and_device_agree_however_the_bytes_are_cut(later: bool, tells: bool, step: int) -> None:
    host, device = Host(), Device(later=later, tells=tells)
    outcome: list[Any] = []
    outputs: list[Any] = host.add(5, SALE, changes=True)
    commands: list[Command] = []
    for _ in range(50):
        down = b"".join(output.data for output in outputs if isinstance(output, Send))
        outcome += rest(outputs)
        if any(isinstance(output, Answer) for output in outputs):
            outputs = host.release()
            continue
        if any(isinstance(output, Ready) for output in outputs):
            break
        up: list[Any] = [output for at in range(0, len(down), step) for output in device.receive(down[at : at + step])]
        for command in [output for output in up if isinstance(output, Command)]:
            commands.append(command)
            up += device.answer(DONE, error=False)
        data = b"".join(output.data for output in up if isinstance(output, Send))
        outputs = [output for at in range(0, len(data), step) for output in host.receive(data[at : at + step])]
        if host.state is HostState.RUNNING:
            outputs += host.time_out()
    assert outcome == [Answer(DONE, error=False), Ready()]
    assert commands == [Command(5, SALE)]
