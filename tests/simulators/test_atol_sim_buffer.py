"""The task buffer and the frames of transport v3: slots, states, the stopped queue, what survives a connection and what a power cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from atol_host import CLOSE, OK, Host, framed, new_register, selling
from bridge_simulators.device import Refused


def test_a_result_is_there_for_whoever_asks_until_it_is_acknowledged() -> None:
    host = selling()
    assert host.add("49 00 00 00 00 05 00", task=0x21) == f"A3 {OK}"
    assert host.order("C3 21") == f"A3 {OK}"
    host.session.disconnected()
    again = Host(host.register, clear=False)
    assert again.order("C3 21") == f"A3 {OK}"
    assert again.order("C2 21") == "A3"
    assert again.order("C3 21") == "B3"
    assert [document.kind for document in host.register.documents()] == ["shift_open", "cash_in"]


def test_an_id_in_use_executes_nothing() -> None:
    host = selling()
    cash = "49 00 00 00 00 05 00"
    host.add(cash, task=5)
    assert host.add(cash, task=5) == "B2"
    assert host.register.memory.cash == 500


@pytest.mark.parametrize("payload", ["C1 01 05", "C1 01 E0 00 00 45", "C6 00", "C3", "C4 00", "00"])
def test_what_is_no_order_is_a_wrong_value(payload: str) -> None:
    assert Host(new_register()).order(payload) == "B4"


def test_an_error_stops_the_queue_until_it_is_emptied() -> None:
    host = Host(new_register())
    assert host.add("5A", task=1) == "A4 55 66 00"
    assert host.add("45", task=2) == "A5 02"
    assert host.order("C3 02") == "A5 02"
    assert host.order("C3 01") == "A4 55 66 00"
    assert host.order("C4") == "A3"
    assert (host.order("C3 01"), host.order("C3 02")) == ("B3", "B3")
    assert host.add("45", task=2) == "A3 55 00 00"


def test_an_error_that_is_to_be_ignored_stops_nothing() -> None:
    host = Host(new_register())
    assert host.add("5A", task=1, flags=3) == "A4 55 66 00"
    assert host.add("45", task=2) == "A3 55 00 00"


def test_whoever_acknowledges_nothing_is_served_as_long_as_there_is_room() -> None:
    """The program for vending machines that is known adds task after task; whether results count as full is a switch."""
    host = Host(new_register())
    assert {host.add("45", task=number % 0xDE + 1)[:2] for number in range(500)} == {"A3"}
    assert (host.order("C3 38"), host.order("C3 01")) == ("A3 55 00 00", "B3")
    host = Host(new_register(buffer_full="refuses"))
    replies = [host.add("45", task=task) for task in range(20)]
    assert "B1" in replies
    assert host.order("C2 00") == "A3"
    assert host.add("45", task=0x50).startswith("A3")


async def test_a_result_may_be_told_later_or_only_asked_for() -> None:
    told = Host(new_register(results="told"))
    assert told.add("45", task=1) == "A2"
    assert told.told() == ["A6 01 55 00 00"]
    assert told.add("5A", task=2) == "A2"
    assert told.told() == ["A7 02 55 66 00"]
    asked = Host(new_register(results="asked"))
    assert asked.add("45", task=1) == "A2"
    assert asked.told() == []
    assert asked.order("C3 01") == "A3 55 00 00"


@pytest.mark.parametrize("kept", ["kept", "lost"])
def test_the_buffer_over_a_power_cut_is_a_switch(tmp_path: Path, kept: str) -> None:
    path = tmp_path / "register.json"
    host = Host(new_register(state=path, buffer_at_power_off=kept))
    host.open_shift()
    host.add("49 00 00 00 00 05 00", task=0xA3)
    again = Host(new_register(state=path, buffer_at_power_off=kept), clear=False)
    assert again.order("C3 A3") == (f"A3 {OK}" if kept == "kept" else "B3")
    assert again.register.memory.cash == 500


def test_the_buffer_may_end_with_the_connection() -> None:
    host = Host(new_register(buffer_at_disconnect="lost"))
    host.add("45", task=7)
    host.session.disconnected()
    assert Host(host.register, clear=False).order("C3 07") == "B3"


def test_bytes_before_a_frame_a_wrong_checksum_and_a_frame_that_begins_anew() -> None:
    host = Host(new_register())
    ask = framed(3, bytes.fromhex("C1 01 01 00 00 45"))
    assert host.write(b"\x24\x40teste" + ask) == framed(3, bytes.fromhex("A3 55 00 00"))
    assert host.order("C4") == "A3"
    assert host.write(ask[:-1] + bytes((ask[-1] ^ 1,))) == b""
    assert host.write(ask[:6] + ask) == framed(3, bytes.fromhex("A3 55 00 00"))


def test_a_tag_with_escaped_bytes_arrives_as_it_was_meant() -> None:
    host = selling()
    assert host.command("E8 01 01 00 FD 03 02 00 A0 E0") == OK
    host.sell()
    assert host.register.documents()[-1].details["tags"]["1021"] == "ар"


def test_one_client_is_let_in_and_the_newest_where_a_setting_says_so() -> None:
    host = Host(new_register())
    with pytest.raises(Refused):
        Host(host.register)
    newest = Host(new_register(further_client="replace"))
    other = Host(newest.register)
    assert newest.closed
    assert other.command("45") == "55 00 00"


@pytest.mark.parametrize(("says", "state"), [("full", "B1"), ("exists", "B2"), ("illegal", "B4")])
def test_a_buffer_that_takes_nothing_in_executes_nothing(says: str, state: str) -> None:
    host = selling()
    host.register.faults.arm({"fault": "buffer_refuses", "command": "49", "says": says})
    assert host.add("49 00 00 00 00 05 00", task=9) == state
    assert host.order("C3 09") == "B3"
    assert host.register.memory.cash == 0
    host.ok("49 00 00 00 00 05 00")


def test_tasks_that_are_forgotten_are_not_known_any_more_and_what_they_did_stays() -> None:
    host = selling()
    host.register.faults.arm({"fault": "tasks_forgotten", "command": "49", "step": "answer"})
    assert host.add("49 00 00 00 00 05 00", task=9) == ""
    assert host.order("C3 09") == "B3"
    assert host.register.memory.cash == 500


def test_a_queue_that_somebody_else_stopped_begins_nothing() -> None:
    host = selling()
    host.register.faults.arm({"fault": "queue_stopped"})
    assert host.add("49 00 00 00 00 05 00", task=9) == "A5 09"
    assert host.register.memory.cash == 0


def test_another_program_empties_the_buffer_and_may_use_our_ids() -> None:
    for port, answer in (("same", "B3"), ("same_ids", f"A3 {OK}"), ("other", f"A4 {OK.replace('55 00', '55 9B')}")):
        host = selling(foreign_port=port)
        host.ok("92 00 01")
        assert host.add("9A 00", task=9) == "A4 55 9B 00"
        host.order("C4")
        host.ok("59")
        assert host.add("9A 00", task=9, flags=3) == "A4 55 9C 00"
        host.register.foreign()
        assert host.register.documents()[-1].origin == "other"
        assert host.order("C3 09") == (answer if port != "other" else "A4 55 9C 00")


def test_a_late_answer_goes_to_the_connection_that_asked_or_waits(tmp_path: Path) -> None:
    host = selling()
    host.register.faults.arm({"fault": "cut_command", "command": "4A", "step": "answer"})
    host.ok("92 00 01")
    host.item(100)
    host.ok("99 00 01 00 00 00 01 00")
    assert host.add(CLOSE, task=0xA0) == ""
    assert host.closed
    assert Host(host.register, clear=False).order("C3 A0") == f"A3 {OK}"
    assert host.register.documents()[-1].total == "1.00"
