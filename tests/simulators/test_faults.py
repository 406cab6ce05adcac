"""The fault layer, each kind seen from a host at the Posnet printer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from bridge_sim_posnet.printer import Printer
from bridge_simulators import FaultError, Refused
from posnet_host import Host, SetClock, in_virtual_time, new_printer


def receipt(printer: Printer) -> Host:
    host = Host(printer)
    host.ask("trinit|bm0")
    host.ask("trline|naChleb|vt1|pr200")
    return host


def test_a_cut_to_the_device_counts_from_arming_and_drops_the_partial_frame() -> None:
    printer = new_printer()
    host = receipt(printer)
    printer.faults.arm({"fault": "cut", "direction": "to_device", "after": 10})
    assert host.ask("trend|to200") == ""
    assert host.closed
    assert Host(printer).value("strns", "to") == "1"


def test_a_cut_to_the_host_lets_that_many_bytes_through() -> None:
    printer = new_printer()
    host = receipt(printer)
    printer.faults.arm({"fault": "cut", "direction": "to_host", "after": 5})
    host.write("trend|to200")
    assert bytes(host.received) == b"\x02tren"
    assert host.closed
    assert len(printer.documents()) == 1


@pytest.mark.parametrize(("step", "issued"), [("before", 0), ("after", 1), ("answer", 1)])
def test_a_cut_at_a_command_loses_the_command_or_its_answer(step: str, issued: int) -> None:
    printer = new_printer()
    host = receipt(printer)
    printer.faults.arm({"fault": "cut_command", "command": "trend", "step": step})
    assert host.ask("trend|to200", "0001") == ""
    assert host.closed
    assert len(printer.documents()) == issued
    stored = Host(printer).ask("rpt", "0001")
    assert stored == ("trend @0001" if issued else "ERR @0001 ?13 cmrpt")


def test_a_cable_that_is_pulled_at_a_command_stays_out_until_it_is_plugged_in() -> None:
    printer = new_printer()
    host = receipt(printer)
    printer.faults.arm({"fault": "unplug", "command": "trend", "step": "after"})
    assert host.ask("trend|to200", "0001") == ""
    assert (host.closed, len(printer.documents())) == (True, 1)
    with pytest.raises(Refused, match="cable"):
        Host(printer)
    printer.plug(True)
    assert Host(printer).ask("rpt", "0001") == "trend @0001"


def test_a_cable_is_pulled_at_a_byte_counted_from_a_command_on() -> None:
    printer = new_printer()
    printer.faults.arm({"fault": "unplug", "command": "trinit", "step": "before", "after": 5})
    host = Host(printer)
    host.ask("rtcget")  # what goes before the receipt is not counted
    host.ask("trinit|bm0")
    assert not host.closed
    assert host.ask("trline|naChleb|vt1|pr200") == ""
    assert (host.closed, printer.plugged) == (True, False)
    printer.plug(True)
    again = Host(printer)
    assert (again.value("strns", "to"), again.value("strns", "vb")) == ("1", "0")  # the line never got there


@pytest.mark.parametrize(
    ("fault", "chunks"),
    [
        ({"fault": "drop"}, []),
        ({"fault": "corrupt", "at": 1}, [b"\x02urend\t#2902\x03"]),
        ({"fault": "truncate", "keep": 4}, [b"\x02tre"]),
        ({"fault": "repeat"}, [b"\x02trend\t#2902\x03"] * 2),
        ({"fault": "noise", "data": "ff00"}, [b"\xff\x00", b"\x02trend\t#2902\x03"]),
        ({"fault": "split"}, [bytes((byte,)) for byte in b"\x02trend\t#2902\x03"]),
    ],
)
def test_an_answer_is_changed_on_its_way(fault: dict[str, Any], chunks: list[bytes]) -> None:
    printer = new_printer()
    host = receipt(printer)
    printer.faults.arm({**fault, "command": "trend"})
    host.chunks.clear()
    host.write("trend|to200")
    assert host.chunks == chunks
    assert len(printer.documents()) == 1
    host.received.clear()
    assert printer.faults.armed() == []
    assert host.ask("currget") == "currget naPLN"


def test_a_delayed_answer_comes_after_later_ones_and_a_hold_stops_the_queue() -> None:
    async def scenario() -> None:
        printer = new_printer()
        host = receipt(printer)
        printer.faults.arm({"fault": "delay", "command": "trend", "seconds": 30})
        assert host.ask("trend|to200") == ""
        assert host.ask("currget") == "currget naPLN"
        await asyncio.sleep(31)
        assert host.answers() == ["trend"]
        printer.faults.arm({"fault": "hold", "command": "scnt", "seconds": 30})
        assert host.ask("scnt") == ""
        assert host.ask("currget") == ""
        assert host.ask("!sdev") == "sdev ds0 cpT qeN peN tl0"
        await asyncio.sleep(31)
        assert [answer.split()[0] for answer in host.answers()] == ["scnt", "currget"]

    in_virtual_time(scenario())


def test_connections_are_refused_as_often_as_asked() -> None:
    printer = new_printer()
    printer.faults.arm({"fault": "refuse_connection", "times": 2})
    for _ in range(2):
        with pytest.raises(Refused):
            Host(printer)
    assert Host(printer).ask("currget") == "currget naPLN"


def test_a_command_is_refused_without_being_executed() -> None:
    printer = new_printer()
    host = receipt(printer)
    printer.faults.arm({"fault": "refuse", "command": "trend", "code": 41, "times": 2})
    assert host.ask("trend|to200") == "trend ?41"
    assert host.ask("trend|to200") == "trend ?41"
    assert host.ask("trend|to200") == "trend"


def test_a_frame_error_and_a_key_wait_are_the_printers_own_faults() -> None:
    printer = new_printer()
    host = receipt(printer)
    printer.faults.arm({"fault": "frame_error", "command": "*", "number": 14})
    assert host.ask("trend|to200") == "ERR ?14 cmtrend"
    printer.faults.arm({"fault": "key_wait", "command": "trend", "step": "after"})
    assert host.ask("trend|to200") == ""
    assert host.ask("!sdev").startswith("sdev ds2")
    printer.press_key()
    assert host.answers() == ["trend"]


@pytest.mark.parametrize("fault", ["paper_out", "cover_open"])
@pytest.mark.parametrize(("step", "issued"), [("before", 0), ("after", 1)])
def test_paper_and_cover_stop_the_printer_before_or_after_a_command(fault: str, step: str, issued: int) -> None:
    printer = new_printer()
    host = receipt(printer)
    printer.faults.arm({"fault": fault, "command": "trend", "step": step})
    assert host.ask("trend|to200") == ""
    assert len(printer.documents()) == issued
    printer.load_paper(True)
    printer.close_cover(True)
    assert host.answers() == ["trend"]
    assert len(printer.documents()) == 1


@pytest.mark.parametrize(("step", "issued", "stored"), [("before", 0, False), ("after", 1, False), ("answer", 1, True)])
def test_a_power_cut_strikes_at_the_named_step(step: str, issued: int, stored: bool) -> None:
    printer = new_printer(token_store="keep")
    host = receipt(printer)
    printer.faults.arm({"fault": "power_cut", "command": "trend", "step": step})
    assert host.ask("trend|to200", "0001") == ""
    assert host.closed
    with pytest.raises(Refused):
        Host(printer)
    printer.power(True)
    host = Host(printer)
    assert len(printer.documents()) == issued
    assert host.value("strns", "to") == str(1 - issued)
    assert (host.ask("rpt", "0001") == "trend @0001") is stored


def test_power_comes_back_by_itself_where_the_fault_says_so() -> None:
    async def scenario() -> None:
        printer = new_printer()
        receipt(printer)
        printer.faults.arm({"fault": "power_cut", "restart": 10})
        await asyncio.sleep(9)
        assert not printer.powered
        await asyncio.sleep(2)
        assert Host(printer).value("strns", "to") == "1"

    in_virtual_time(scenario())


def test_a_power_cut_with_restart_zero_is_over_at_once() -> None:
    printer = new_printer()
    host = receipt(printer)
    printer.faults.arm({"fault": "power_cut", "restart": 0})
    assert host.closed
    assert printer.powered


@pytest.mark.parametrize(
    ("choice", "kinds", "still_open"), [("keep", [], "1"), ("cancel", ["cancelled_receipt"], "0"), ("drop", [], "0")]
)
def test_an_open_receipt_meets_the_chosen_fate_at_power_on(choice: str, kinds: list[str], still_open: str) -> None:
    printer = new_printer(open_receipt_at_power_on=choice)
    receipt(printer)
    printer.power(False)
    printer.power(True)
    host = Host(printer)
    assert [document.kind for document in printer.documents()] == kinds
    assert host.value("strns", "to") == still_open
    assert host.value("scnt", "bc") == str(len(kinds))


def test_another_programs_document_waits_for_the_open_receipt_and_repeats_its_total() -> None:
    printer = new_printer()
    host = receipt(printer)
    printer.faults.arm({"fault": "foreign", "command": "trend", "step": "before"})
    host.ask("trend|to200")
    assert [(document.origin, document.total) for document in printer.documents()] == [("pc1", "2.00"), ("pc2", "2.00")]
    assert host.value("scnt", "bn") == "2"


def test_another_programs_document_gets_in_after_trend_before_anything_else() -> None:
    printer = new_printer()
    host = receipt(printer)
    printer.faults.arm({"fault": "foreign", "command": "trend", "step": "after", "total": "12.34"})
    host.ask("trend|to200")
    assert host.value("strns", "va") == "1234"
    host.ask("ftrcfg|snMINE")
    printer.faults.arm({"fault": "foreign", "total": "1.00"})
    host.sell()
    assert [document.reference for document in printer.documents()] == ["", "", "", "MINE"]


def test_another_program_holds_the_printer_for_a_while() -> None:
    async def scenario() -> None:
        printer = new_printer()
        host = Host(printer)
        printer.faults.arm({"fault": "foreign", "command": "trinit", "total": "5.00", "hold": 30})
        assert host.ask("trinit|bm0") == "trinit ?41"
        assert host.ask("!sdev") == "sdev ds0 cpT qeT peN tl2"
        await asyncio.sleep(31)
        assert host.ask("trinit|bm0") == "trinit"
        assert printer.documents()[0].origin == "pc2"

    in_virtual_time(scenario())


def test_the_clock_is_off_until_the_faults_are_cleared() -> None:
    printer = new_printer(SetClock())
    host = Host(printer)
    printer.faults.arm({"fault": "clock_offset", "seconds": -86400})
    assert host.value("rtcget", "da") == "2026-10-08;11:48"
    assert host.ask("dailyrep|da2026-10-09") == "dailyrep ?2022"
    printer.faults.clear()
    assert host.value("rtcget", "da") == "2026-10-09;11:48"


def test_a_ram_clear_voids_the_counters_but_not_the_protected_memory() -> None:
    printer = new_printer()
    host = Host(printer)
    host.sell()
    host.ask("dailyrep|da2026-10-09")
    host.sell()
    printer.faults.arm({"fault": "ram_clear"})
    assert host.ask("scnt") == "scnt rd1 hn1 bn0 fn0 nuZBF 2101002392 bc0 bt0 fc0"
    assert host.value("sfsk", "cl") == "1"
    assert host.value("eclastdocnoget|ty0", "di") == "3"
    assert host.value("strns", "vb") == "0"


def test_a_locked_name_cannot_be_sold_at_a_higher_rate() -> None:
    printer = new_printer()
    printer.faults.arm({"fault": "goods_lock", "name": "Chleb"})
    host = Host(printer)
    host.ask("trinit|bm0")
    assert host.ask("trline|naCHLEB|vt1|pr200") == "trline ?2106"


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"fault": "gremlin"}, "unknown fault 'gremlin'; known are: clock_offset"),
        ({}, "whose field 'fault' names its kind"),
        ({"fault": "drop", "commnd": "trend"}, "unknown field 'commnd'"),
        ({"fault": "cut", "after": 3}, "field 'direction' is missing"),
        ({"fault": "cut", "direction": "sideways"}, "field 'direction' must be one of"),
        ({"fault": "delay", "seconds": "2"}, "field 'seconds' must be a number"),
        ({"fault": "refuse", "code": 41}, "field 'command' is missing"),
        ({"fault": "foreign", "total": "12.345"}, "field 'total' must be a positive amount"),
        ({"fault": "drop", "times": 0}, "field 'times' must be 1 or more"),
        ({"fault": "noise", "data": "xyz"}, "field 'data' must be hexadecimal"),
        ({"fault": "frame_error", "command": "trend", "number": 99}, "field 'number'"),
    ],
)
def test_a_fault_that_is_not_right_is_refused_with_a_sentence(fault: dict[str, Any], sentence: str) -> None:
    printer = new_printer()
    with pytest.raises(FaultError, match=sentence):
        printer.faults.arm({"fault": "drop"}, fault)
    assert printer.faults.armed() == []


def test_every_armed_fault_has_a_json_form_that_arms_it_again() -> None:
    printer = new_printer()
    printer.faults.arm(
        {"fault": "cut", "direction": "to_host", "after": 7},
        {"fault": "foreign", "command": "trinit", "total": "1.00"},
        {"fault": "power_cut", "command": "trend", "step": "answer", "restart": 1.5},
        {"fault": "clock_offset", "seconds": 60},
    )
    forms = printer.faults.armed()
    again = new_printer()
    again.faults.arm(*({k: v for k, v in form.items() if k not in ("id", "left")} for form in forms))
    assert again.faults.armed() == forms
