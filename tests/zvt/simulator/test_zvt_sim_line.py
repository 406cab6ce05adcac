"""The lines: pieces and joined messages on TCP, frames, ACK, NAK and repeats on the serial line, and the faults on both."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zvt_till import COMPOSES, OK, SerialTill, Till, fits, framed, new_terminal, raw, sale, virtually

STATUS = "05 01 05 12 34 56 03 02"
READY = raw("06 0F 01 00")

# --- TCP


def test_a_command_byte_by_byte_and_two_at_once() -> None:
    async def played() -> None:
        till = Till(new_terminal())
        for byte in raw(STATUS):
            till.session.received(bytes((byte,)))
        assert (await till.until_end())[-1] == READY
        till.say(STATUS)
        await till.hears(OK)
        await till.hears("06 0F 01 00")
        till.say(f"{OK} {STATUS}")  # the last answer and the next command in one segment
        assert (await till.until_end())[-1] == READY

    virtually(played)


def test_the_terminal_may_send_byte_by_byte_or_join_its_messages() -> None:
    async def played() -> None:
        till = Till(new_terminal(segments="bytes"))
        assert (await till.run(STATUS))[-1] == READY
        assert {len(piece) for piece in till.pieces} == {1}
        till = Till(new_terminal(joined="yes"))
        assert (await till.run(STATUS))[-1] == READY
        assert till.pieces == [raw(OK) + READY]
        assert await till.run("06 77 00") == [raw("84 83 00")]

    virtually(played)


def test_an_apdu_that_does_not_end_closes_the_connection() -> None:
    async def played() -> None:
        till = Till(new_terminal())
        till.say("06 01 07 04 00")
        await asyncio.sleep(4.9)
        assert not till.closed
        await asyncio.sleep(0.2)
        assert till.closed

    virtually(played)


def test_bytes_that_are_no_zvt_close_the_connection() -> None:
    async def played() -> None:
        till = Till(new_terminal())
        till.session.received(b"GET / HTTP/1.1\r\n\r\n")
        assert till.closed

    virtually(played)


def test_a_second_client() -> None:
    async def played() -> None:
        terminal = new_terminal()
        first = Till(terminal)
        with pytest.raises(ConnectionError):
            Till(terminal)
        assert (await first.run(STATUS))[-1] == READY
        terminal = new_terminal(further_client="replace")
        first, second = Till(terminal), Till(terminal)
        assert first.closed
        assert (await second.run(STATUS))[-1] == READY

    virtually(played)


@pytest.mark.parametrize("setting", ["goes_on", "stops"])
def test_the_connection_ends_while_a_card_is_waited_for(setting: str) -> None:
    async def played() -> None:
        terminal = new_terminal(on_disconnect=setting, unconfirmed="B", card_ms="10000")
        till = Till(terminal)
        await till.run(COMPOSES)
        till.say(sale(1250))
        await till.hears(OK)
        await till.hears("04 FF 01 0A")
        till.say(OK)
        terminal.cut_connections()
        await asyncio.sleep(1)
        again = Till(terminal)
        assert await again.run(STATUS) == ([raw("84 9C 00")] if setting == "goes_on" else [raw(OK), READY])
        await asyncio.sleep(60)
        assert len(terminal.documents()) == (setting == "goes_on")

    virtually(played)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"fault": "malformed", "command": "040F", "how": "no_result"}, "04 0F 05 29 29 00 10 06"),
        ({"fault": "malformed", "command": "040F", "how": "empty"}, "04 0F 00"),
        ({"fault": "malformed", "command": "040F", "how": "unknown_field"}, "04 0F 09 27 6C 29 29 00 10 06 5A 00"),
        ({"fault": "malformed", "command": "040F", "how": "skipped"}, "06 1E 01 6C"),
        ({"fault": "refuse", "command": "0601", "code": 131}, "84 83 00"),
        ({"fault": "drop", "command": "0601"}, "04 0F 07 27 6C 29 29 00 10 06"),
    ],
)
def test_messages_that_are_built_wrongly(fault: dict[str, object], expected: str) -> None:
    async def played() -> None:
        terminal = new_terminal(customer="stop", intermediate="none")
        till = Till(terminal)
        await till.run(COMPOSES.replace("03 01 06 00", "03 01").replace("0A", "08"))
        terminal.faults.arm(fault)
        till.say(sale(100))
        message = await till.hear()
        if message == raw(OK):
            message = await till.hear()
        assert fits(message, expected), message.hex(" ")

    virtually(played)


def test_a_message_twice_and_a_length_that_is_wrong() -> None:
    async def played() -> None:
        terminal = new_terminal()
        till = Till(terminal)
        terminal.faults.arm({"fault": "malformed", "command": "060F", "how": "twice"})
        till.say(STATUS)
        for expected in (OK, "06 0F 01 00", "06 0F 01 00"):
            await till.hears(expected)
            till.say(OK)
        terminal.faults.arm({"fault": "malformed", "command": "060F", "how": "length"})
        till.say(STATUS)
        await till.hears(OK)
        await till.hear(1.0)
        assert till.pieces[-1] == raw("06 0F 02 00")

    virtually(played)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 20), max_size=12))
def test_any_split_of_the_bytes_gives_the_same_dialogue(sizes: list[int]) -> None:
    async def played() -> list[bytes]:
        till = Till(new_terminal())
        await till.run(COMPOSES)
        command, at = raw(sale(1250, "49 09 78")), 0
        for size in (*sizes, len(command)):
            till.session.received(command[at : at + size])
            at += size
        return await till.until_end()

    async def whole() -> list[bytes]:
        till = Till(new_terminal())
        await till.run(COMPOSES)
        return await till.run(sale(1250, "49 09 78"))

    assert virtually(played) == virtually(whole)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.sampled_from(("tcp", "serial")))
def test_random_bytes_never_hurt(data: bytes, transport: str) -> None:
    async def played() -> None:
        terminal = new_terminal(transport=transport)
        till = Till(terminal)
        till.session.received(data)
        await asyncio.sleep(700)
        assert terminal.dialogue is None
        terminal.cut_connections()

    virtually(played)


# --- serial


async def serial(**switches: str) -> SerialTill:
    till = SerialTill(new_terminal(transport="serial", **switches))
    await till.run(COMPOSES)
    await asyncio.sleep(0.01)
    till.forget()
    return till


def test_a_bad_checksum_is_refused_and_the_repeat_taken() -> None:
    async def played() -> None:
        till = await serial()
        damaged = bytearray(framed(raw(STATUS)))
        damaged[-1] ^= 1
        till.session.received(bytes(damaged))
        assert await till.read() == b"\x15"
        assert (await till.run(STATUS))[-1] == READY

    virtually(played)


def test_a_gap_longer_than_t1_is_refused() -> None:
    async def played() -> None:
        till = await serial()
        frame = framed(raw(STATUS))
        till.session.received(frame[:6])
        await asyncio.sleep(0.15)
        till.session.received(frame[6:])
        assert await till.read() == b"\x06"
        await till.until_end()
        await asyncio.sleep(0.01)
        till.forget()
        till.session.received(frame[:6])
        await asyncio.sleep(0.25)
        assert await till.read() == b"\x15"

    virtually(played)


def test_the_terminal_repeats_on_nak_and_without_ack() -> None:
    async def played() -> None:
        till = await serial()
        till.say(STATUS)
        assert await till.read() == b"\x06"
        while len(till.pieces) < 2:
            await asyncio.sleep(0.001)
        for _ in range(2):
            till.session.received(b"\x15")
        assert till.pieces[1:] == [framed(raw(OK))] * 3
        till.session.received(b"\x15")  # three times is all
        await asyncio.sleep(0.001)
        assert till.pieces[1:4] == [framed(raw(OK))] * 3
        assert framed(READY) in till.pieces
        begun = asyncio.get_running_loop().time()
        await asyncio.sleep(60)
        assert till.pieces.count(framed(READY)) == 3  # T2 apart, and then no more
        assert till.terminal.dialogue is None
        assert asyncio.get_running_loop().time() >= begun + 15

    virtually(played)


@pytest.mark.parametrize("fault", ["ack_lost", "ack_late"])
def test_a_command_whose_ack_is_lost_is_not_begun_twice(fault: str) -> None:
    async def played() -> None:
        till = await serial()
        till.terminal.faults.arm({"fault": fault, "command": "0601"})
        till.say(sale(1250))
        await till.hears(OK)
        await asyncio.sleep(5)
        till.say(sale(1250))  # T2: the till repeats
        heard = await till.until_end()
        assert [message[:2] for message in heard].count(b"\x04\x0f") == 1
        await asyncio.sleep(60)
        assert len(till.terminal.documents()) == 1
        assert (await till.run(sale(1250)))[-1] == raw("06 0F 00")  # the same amount again is another sale
        assert len(till.terminal.documents()) == 2

    virtually(played)


def test_a_refused_frame_is_not_looked_at() -> None:
    async def played() -> None:
        till = await serial()
        till.terminal.faults.arm({"fault": "nak", "command": "0601"})
        till.say(sale(1250))
        assert await till.read() == b"\x15"
        assert till.terminal.dialogue is None
        assert (await till.run(sale(1250)))[-1] == raw("06 0F 00")

    virtually(played)


def test_gaps_and_missing_stuffing_in_what_the_terminal_sends() -> None:
    async def played() -> None:
        till = await serial()
        till.terminal.faults.arm({"fault": "gap", "command": "060F", "ms": 300})
        assert (await till.run(STATUS))[-1] == READY
        await asyncio.sleep(0.01)
        till.forget()
        till.terminal.faults.arm({"fault": "unstuffed", "command": "040F"})
        till.say(sale(1000))
        await till.hears(OK)
        for _ in range(2):
            assert (await till.hear())[:2] == raw("04 FF")
            till.say(OK)
        await asyncio.sleep(1)
        bare = till.pieces[-1]
        assert bare.startswith(raw("10 02 04 0F"))
        assert raw("04 00 00 00 00 10 00 0B") in bare
        await asyncio.sleep(5)  # nobody could read it: T2, and the repeat
        assert raw("04 00 00 00 00 10 10 00 0B") in till.pieces[-1]

    virtually(played)


def test_the_till_closes_its_end_and_opens_it_again() -> None:
    async def played() -> None:
        till = await serial(card_ms="8000")
        till.say(sale(1250))
        await till.hears(OK)
        assert (await till.hear())[:2] == raw("04 FF")
        till.say(OK)
        till.session.disconnected()
        again = SerialTill(till.terminal)
        again.say(STATUS)
        await again.hears("84 9C 00")
        heard = await again.until_end()  # the running payment goes on, on the same line
        assert heard[-1] == raw("06 0F 00")

    virtually(played)
