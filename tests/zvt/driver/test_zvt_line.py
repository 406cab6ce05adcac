"""The two lines by themselves: acknowledgements, repetitions, time-outs, and what comes in pieces or damaged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from bridge_zvt.frame import Apdu, Code, framed
from bridge_zvt.line import Line, SerialLine, StreamLine, line_of
from bridge_zvt.settings import Timeouts
from zvt_bench import OK, READY, REGISTRATION, Bench, Job, Says, Till, purchase, result, run_of, says

from bridge.transport import Cable, LinkLost, LinkTimeout, NullLink, WireLog, null_modem, run_virtual

LOG = logging.getLogger("tests.zvt")
ACK, NAK = b"\x06", b"\x15"
ACCEPTED = Apdu(Code.POSITIVE)
RESULT = Apdu(Code.STATUS_INFORMATION, bytes.fromhex("2700"))
FAR = Callable[[NullLink], Awaitable[Any]]


def joined(serial: bool) -> tuple[Line, NullLink]:
    host, far = null_modem(Cable(), lambda: WireLog(lambda: datetime.now(UTC)))
    line: Line = SerialLine(host, Timeouts(), LOG) if serial else StreamLine(host, Timeouts(), LOG)
    line.start()
    return line, far


def now() -> float:
    return asyncio.get_running_loop().time()


async def received(line: Line, seconds: float = 1.0) -> Apdu | None:
    return await line.receive(now() + seconds)


def test_the_framing_follows_the_setting_and_the_kind_of_the_link() -> None:
    async def scenario() -> None:
        host, _ = null_modem(Cable(), lambda: WireLog(lambda: datetime.now(UTC)))
        kinds = [
            ("auto", "tcp", StreamLine),
            ("auto", "serial", SerialLine),
            ("serial", "tcp", SerialLine),
            ("stream", "serial", StreamLine),
        ]
        for framing, kind, expected in kinds:
            host.kind = kind
            assert type(line_of(host, framing, Timeouts(), LOG)) is expected

    run_virtual(scenario())


# --- serial


def test_a_message_is_acknowledged_before_anybody_looks_into_it() -> None:
    async def scenario() -> None:
        line, far = joined(serial=True)
        await far.write(framed(RESULT.to_bytes()))
        assert await received(line) == RESULT
        assert await far.read() == ACK

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("answers", "sent"), [([ACK], 1), ([NAK, ACK], 2), ([NAK, NAK, ACK], 3), ([b"", ACK], 2), ([b"\x00\xff" + ACK], 1)]
)
def test_a_message_is_repeated_after_nak_and_after_silence(answers: list[bytes], sent: int) -> None:
    async def scenario() -> None:
        line, far = joined(serial=True)
        sending = asyncio.create_task(line.send(ACCEPTED))
        heard = 0
        for answer in answers:
            assert await far.read() == framed(ACCEPTED.to_bytes())
            heard += 1
            if answer:
                await far.write(answer)
        await sending
        assert heard == sent

    run_virtual(scenario())


def test_three_transmissions_without_ack_are_the_end() -> None:
    async def scenario() -> None:
        line, far = joined(serial=True)
        sending = asyncio.create_task(line.send(ACCEPTED))
        for _ in range(3):
            await far.read()
            await far.write(NAK)
        with pytest.raises(LinkTimeout, match="t2"):
            await sending

    run_virtual(scenario())


def test_a_damaged_message_and_one_that_stops_are_refused_and_taken_when_they_come_again() -> None:
    async def scenario() -> None:
        line, far = joined(serial=True)
        raw = framed(RESULT.to_bytes())
        await far.write(raw[:-1] + bytes((raw[-1] ^ 1,)))
        reading = asyncio.create_task(received(line, 5.0))
        assert await far.read() == NAK
        await far.write(raw[:5])
        began = now()
        assert await far.read() == NAK
        assert now() - began == pytest.approx(0.2)
        for byte in raw:
            await far.write(bytes((byte,)))
            await asyncio.sleep(0.1)
        assert await reading == RESULT
        assert await far.read() == ACK

    run_virtual(scenario())


def test_a_terminal_that_missed_our_ack_repeats_itself_and_is_not_taken_twice() -> None:
    async def scenario() -> None:
        line, far = joined(serial=True)
        await far.write(framed(RESULT.to_bytes()))
        assert await received(line) == RESULT
        assert await far.read() == ACK  # lost on its way
        sending = asyncio.create_task(line.send(ACCEPTED))
        assert await far.read() == framed(ACCEPTED.to_bytes())  # lost as well
        await far.write(framed(RESULT.to_bytes()))
        assert await far.read() == ACK
        assert await far.read() == framed(ACCEPTED.to_bytes())  # T2
        await far.write(ACK)
        await sending
        assert await received(line) is None

    run_virtual(scenario())


def test_another_message_in_the_place_of_an_ack_means_that_ours_arrived() -> None:
    async def scenario() -> None:
        line, far = joined(serial=True)
        await far.write(framed(RESULT.to_bytes()))
        assert await received(line) == RESULT
        sending = asyncio.create_task(line.send(ACCEPTED))
        await asyncio.sleep(0.01)
        await far.write(framed(Apdu(Code.COMPLETION).to_bytes()))
        await sending
        assert await received(line) == Apdu(Code.COMPLETION)

    run_virtual(scenario())


def test_a_repeated_line_of_a_receipt_is_a_line_once_more() -> None:
    """The acknowledgement of the first one was heard, so that the second one is no repetition."""

    async def scenario() -> None:
        line, far = joined(serial=True)
        blank = Apdu(Code.PRINT_LINE, b"\x00")
        for _ in range(2):
            await far.write(framed(blank.to_bytes()))
            assert await received(line) == blank
            sending = asyncio.create_task(line.send(ACCEPTED))
            await asyncio.sleep(0.01)
            await far.write(ACK)
            await sending

    run_virtual(scenario())


def test_a_message_whose_length_is_wrong_is_answered_by_what_can_be_read() -> None:
    async def scenario() -> None:
        line, far = joined(serial=True)
        await far.write(framed(bytes.fromhex("040F0527 00")))
        assert await received(line) == RESULT
        assert await far.read() == ACK

    run_virtual(scenario())


# --- TCP


def test_messages_come_in_pieces_and_several_at_once() -> None:
    async def scenario() -> None:
        line, far = joined(serial=False)
        for byte in RESULT.to_bytes():
            await far.write(bytes((byte,)))
            await asyncio.sleep(0.5)
        assert await received(line) == RESULT
        await far.write(ACCEPTED.to_bytes() + RESULT.to_bytes())
        assert [await received(line), await received(line)] == [ACCEPTED, RESULT]

    run_virtual(scenario())


def test_a_message_that_stops_in_the_middle_ends_the_link() -> None:
    async def scenario() -> None:
        line, far = joined(serial=False)
        await far.write(RESULT.to_bytes()[:4])
        with pytest.raises(LinkTimeout, match=r"settings.timeouts.message \(5 s\)"):
            await received(line, 60.0)
        assert now() == pytest.approx(5.0)

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("greeting", "words"),
    [
        (b'\0\0\0\x3e"VER|APP', "Worldline"),
        (b"\x15\x03\x69", "TLS"),
        (b"HTTP/1.1 400", "web server"),
        (b"\xff", "wrong protocol"),
    ],
)
def test_a_port_that_speaks_something_else_is_told(greeting: bytes, words: str) -> None:
    async def scenario() -> None:
        line, far = joined(serial=False)
        await far.write(greeting)
        with pytest.raises(LinkLost, match=words):
            await received(line)

    run_virtual(scenario())


def test_the_end_of_the_link_is_told_behind_what_came_before_it() -> None:
    async def scenario() -> None:
        line, far = joined(serial=False)
        await far.write(RESULT.to_bytes())
        await asyncio.sleep(0.1)
        await far.close()
        assert await received(line) == RESULT
        with pytest.raises(LinkLost):
            await received(line)

    run_virtual(scenario())


# --- a card number in every place

PAN = "4539578763621486"
TRACK_2 = f"{PAN}D2512101123456789F"
PLANTED = [
    f"22 F0 F8 {PAN}",
    f"23 F1 F7 {TRACK_2}",
    f"24 F0 F1 F7 {TRACK_2}",
    f"2D F1 F6 {PAN.encode().hex()}",
    f"3C F0 F1 F6 {PAN.encode().hex()}",
    f"8B F1 F6 {PAN.encode().hex()}",
    f"2E F0 F0 F8 {PAN}",
    f"06 0A 5A 08 {PAN}",
    f"06 13 57 11 {TRACK_2}",
    f"06 14 24 12 07 10 {PAN.encode().hex()}",
    f"06 0C 60 0A 5A 08 {PAN}",
    f"06 0B 1F7D 08 {PAN}",
    f"55 22 F0 F8 {PAN}",
    f"55 00 {PAN.encode().hex()}",
]


@pytest.mark.parametrize("serial", [False, True])
@pytest.mark.parametrize("planted", PLANTED)
def test_a_card_number_is_kept_and_told_nowhere(planted: str, serial: bool) -> None:
    async def scenario() -> None:
        slip = "06 D1 14 00 4E 72 20" + PAN.encode().hex()
        ask = "04 FF 18 0A 01 06 14 24 12 07 10" + PAN.encode().hex()
        ending = f"06 1E 16 05 06 13 1F17 10 {PAN.encode().hex()}"
        stray = result(more=planted)
        steps = [
            *run_of("05 01 03 98 76 54", READY),
            *run_of(REGISTRATION.replace("00 00 00", "98 76 54", 1).replace("38", "BE"), "06 0F 06 29 29 00 10 06 55"),
            Till(None),
            Says(OK),
            *says(ask, slip, stray, ending),
        ]
        bench = Bench(steps, serial=serial, password="987654", receipts="lines", snapshot="stored")
        await (await bench.connect()).identify()
        outcome = await bench.run(purchase(), Job(bench.device))
        assert outcome.result is not None
        everything = "\n".join(
            (
                outcome.result.model_dump_json(),
                str([dict(point.data) for point in outcome.job.checkpoints]),
                str(outcome.job.texts),
                str(bench.device.store.values),
                str(outcome.warnings),
            )
        )
        wire = b"".join(bench.log)
        for number in (PAN, PAN.encode().hex(), "987654"):
            assert number not in everything
            assert number not in wire.hex()
            assert number.encode() not in wire
        assert outcome.payment.receipts[0].text == "Nr 453957******1486"
        await bench.disconnect()

    run_virtual(scenario())


def test_a_completion_is_the_end_whatever_it_holds() -> None:
    async def scenario() -> None:
        bench = Bench(run_of(None, result(), "06 0F 04 55 01 02 03"), snapshot="stored")
        assert (await bench.run(purchase(), Job(bench.device))).state == "done"
        await bench.disconnect()

    run_virtual(scenario())
