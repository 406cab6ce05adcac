"""The link layers with their oddities: what waits, what is repeated, what a lost connection and a power cut leave."""

from __future__ import annotations

import asyncio

import pytest
from bridge_shtrih_m.frame import Frame2
from bridge_simulators.device import Refused
from posnet_host import in_virtual_time
from shtrih_host import ADMIN, MEASURE, Host, Host2, close, framed, item, le, new_register

STATUS = framed(b"\x10" + ADMIN)
CASH_IN = framed(b"\x50" + ADMIN + le(500, 5))


def test_after_power_on_only_an_enquiry_is_heard() -> None:
    host = Host(new_register(link="v1"))
    assert host.write(STATUS) == b""
    assert host.write(b"\x05") == b"\x15"
    assert host.write(STATUS)[:1] == b"\x06"


def test_behind_the_host_s_ack_an_ff_follows_where_the_register_is_on_tcp() -> None:
    host = Host(new_register(filler="yes"))
    host.write(b"\x05")
    host.write(STATUS)
    assert host.write(b"\x06") == b"\xff"
    assert host.ok("10")
    quiet = Host(new_register())
    quiet.write(b"\x05")
    quiet.write(STATUS)
    assert quiet.write(b"\x06") == b""


def test_a_damaged_frame_gets_nak_and_is_not_executed() -> None:
    register = new_register()
    host = Host(register)
    host.write(b"\x05")
    spoilt = bytearray(CASH_IN)
    spoilt[7] ^= 1
    assert host.write(bytes(spoilt)) == b"\x15"
    assert register.documents() == []


@pytest.mark.parametrize("kept", ["yes", "no"])
def test_an_unread_answer_waits_for_the_next_connection_or_is_gone(kept: str) -> None:
    register = new_register(answer_survives_disconnect=kept)
    host = Host(register)
    host.write(b"\x05")
    first = host.write(CASH_IN)
    host.session.disconnected()
    again = Host(register)
    assert again.write(b"\x05") == (first if kept == "yes" else b"\x15")
    assert len(register.documents()) == 1


def test_an_answer_is_repeated_on_each_enquiry_until_it_is_acknowledged() -> None:
    register = new_register()
    host = Host(register)
    host.write(b"\x05")
    first = host.write(CASH_IN)
    assert host.write(b"\x15") == b""
    assert host.write(b"\x05") == first
    assert host.write(b"\x05") == first
    host.write(b"\x06")
    assert host.write(b"\x05") == b"\x15"
    assert len(register.documents()) == 1


def test_a_power_cut_forgets_the_answer_of_v1() -> None:
    register = new_register()
    host = Host(register)
    host.write(b"\x05")
    host.write(CASH_IN)
    register.power(False)
    register.power(True)
    assert Host(register).write(b"\x05") == b"\x15"
    assert len(register.documents()) == 1


@pytest.mark.parametrize(("keeps", "number"), [("lost", 0), ("kept", 1)])
def test_number_and_answer_of_v2_survive_a_power_cut_on_some_models(keeps: str, number: int) -> None:
    register = new_register(v2_at_power_off=keeps)
    Host2(register).ok("50", le(500, 5))
    register.power(False)
    register.power(True)
    answer = Host2(register).numbered(None)
    assert answer == (number, bytes.fromhex("50001E0100") if keeps == "kept" else b"")


def test_v2_executes_each_number_once_and_wraps_around() -> None:
    register = new_register()
    host = Host2(register, 0xFFFE)
    register.line.link.layer2.number = 0xFFFE
    request = b"\x50" + ADMIN + le(500, 5)
    assert host.numbered(0xFFFF, request) == (0xFFFF, bytes.fromhex("50001E0100"))
    assert host.numbered(0xFFFF, request) == (0xFFFF, bytes.fromhex("50001E0100"))
    assert host.numbered(0x1234, request) == (0xFFFF, bytes.fromhex("50001E0100"))
    assert host.numbered(0, request) == (0, bytes.fromhex("50001E0200"))
    assert [document.number for document in register.documents()] == ["1", "2"]


def test_the_layer_is_chosen_by_the_first_byte_and_kept_until_power_on_or_command_14() -> None:
    register = new_register()
    host = Host(register)
    assert host.write(b"\x05") == b"\x15"
    assert host.write(Frame2().to_bytes()) != Frame2(0).to_bytes()
    register.power(False)
    register.power(True)
    host = Host(register)
    assert host.write(Frame2().to_bytes()) == Frame2(0).to_bytes()
    assert host.write(b"\x05") == b""
    host2 = Host2(new_register())
    host2.ok("14", bytes((0, 6, 100)))
    assert Host2.write(host2, b"\x05") == b"\x15"


def test_a_model_without_v2_answers_it_as_noise_and_says_so_in_f7() -> None:
    register = new_register(link="v1")
    host = Host(register)
    host.write(b"\x05")
    assert set(host.write(Frame2().to_bytes())) == {0x15}
    bits = int.from_bytes(Host(new_register(link="v1")).ok("F7", b"\1", password=None)[:8], "little")
    assert not bits >> 28 & 1
    bits = int.from_bytes(Host(new_register()).ok("F7", b"\1", password=None)[:8], "little")
    assert bits >> 28 & 1


def test_a_second_connection_is_refused_or_replaces_the_first() -> None:
    register = new_register()
    Host(register)
    with pytest.raises(Refused):
        Host(register)
    register = new_register(further_client="replace")
    first = Host(register)
    Host(register)
    assert first.closed


@pytest.mark.parametrize("fault", ["ack_lost", "nak", "enquiry_ignored"])
def test_control_bytes_can_be_lost(fault: str) -> None:
    register = new_register()
    host = Host(register)
    register.faults.arm({"fault": fault})
    enquiry = host.write(b"\x05")
    if fault == "enquiry_ignored":
        assert enquiry == b""
        assert host.write(b"\x05") == b"\x15"
        return
    answer = host.write(CASH_IN)
    assert answer == (b"\x15" if fault == "nak" else framed(bytes.fromhex("50001E0100")))
    assert len(register.documents()) == (fault == "ack_lost")


def test_a_stale_answer_of_v2_has_an_old_number_and_another_code() -> None:
    register = new_register()
    host = Host2(register)
    host.ok("10")
    register.faults.arm({"fault": "stale_answer", "command": "50"})
    assert host.numbered(2, b"\x50" + ADMIN + le(500, 5)) == (1, b"\x1e\0")
    assert host.numbered(None) == (2, bytes.fromhex("50001E0100"))


def test_another_program_on_the_same_port_replaces_the_stored_answer() -> None:
    register = new_register()
    host = Host2(register)
    host.ok("8D", b"\0")
    host.ok("FF46", item(100))
    host.ok("FF4D", MEASURE)
    host.ok("FF45", close(100))
    register.foreign()
    number, data = host.numbered(None) or (None, b"")
    assert number == 8
    assert data[:3] == bytes.fromhex("FF4500")
    assert [document.origin for document in register.documents()][-2:] == ["pc", "other"]
    other = new_register(foreign_port="other")
    first = Host2(other)
    first.ok("50", le(500, 5))
    other.foreign()
    assert first.numbered(None) == (1, bytes.fromhex("50001E0100"))


def test_a_frame_that_stops_in_the_middle_gets_nak_when_the_next_byte_does_not_come() -> None:
    async def scenario() -> None:
        register = new_register(byte_timeout="200")
        host = Host(register)
        host.write(b"\x05")
        assert host.write(CASH_IN[:5]) == b""
        await asyncio.sleep(0.1)
        assert bytes(host.received) == b""
        await asyncio.sleep(0.2)
        assert bytes(host.received) == b"\x15"

    in_virtual_time(scenario())


def test_an_answer_that_nobody_acknowledges_in_time_waits_for_an_enquiry() -> None:
    async def scenario() -> None:
        register = new_register()
        host = Host(register)
        host.write(b"\x05")
        first = host.write(CASH_IN)
        await asyncio.sleep(1)
        assert host.write(b"\x06") == b""
        assert host.write(b"\x05") == first

    in_virtual_time(scenario())


@pytest.mark.parametrize("busy", ["ack", "silent"])
def test_an_enquiry_while_a_command_is_executed_gets_ack_or_nothing(busy: str) -> None:
    async def scenario() -> None:
        register = new_register(enq_while_busy=busy)
        host = Host(register)
        host.write(b"\x05")
        register.faults.arm({"fault": "hold", "command": "50", "seconds": 30.0})
        assert host.write(CASH_IN) == b"\x06"
        assert host.write(b"\x05") == (b"\x06" if busy == "ack" else b"")
        await asyncio.sleep(31)
        assert bytes(host.received)[-8:] == framed(bytes.fromhex("50001E0100"))

    in_virtual_time(scenario())


def test_an_answer_that_was_made_while_nobody_was_connected_is_there_afterwards() -> None:
    async def scenario() -> None:
        register = new_register()
        host = Host(register)
        host.write(b"\x05")
        register.faults.arm({"fault": "hold", "command": "50", "seconds": 5.0})
        host.write(CASH_IN)
        host.session.disconnected()
        await asyncio.sleep(6)
        assert Host(register).write(b"\x05") == b"\x06" + framed(bytes.fromhex("50001E0100"))

    in_virtual_time(scenario())


def test_stuffing_heavy_fiscal_signs_come_through_v2() -> None:
    host = Host2(new_register(fiscal_sign="stuffing"))
    host.ok("E0")
    document = int.from_bytes(host.ok("FF01")[-4:], "little")
    sign = host.ok("FF0A", le(document, 4))[11:15]
    assert set(sign) <= {0x8F, 0x9F, 0x81, 0x83}
