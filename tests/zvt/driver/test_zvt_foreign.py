"""Terminals and emulators as others wrote them: what they leave out, what they send besides, how they read."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from bridge_zvt.frame import Apdu, StreamDecoder, is_answer
from zvt_bench import (
    CONNECT,
    DONE,
    ENQUIRY,
    FAMILY,
    OK,
    READINESS,
    READY,
    REGISTRATION,
    Bench,
    Cut,
    Device,
    Job,
    Says,
    Silence,
    Till,
    message,
    operation,
    purchase,
    result,
    run_of,
    says,
    snapshot,
)

from bridge.model import Outcome as Came
from bridge.plugin import Driver
from bridge.transport import Cable, LinkError, LinkTimeout, NullLink, WireLog, null_modem, run_virtual

PAY = "06 01 0A 04 00 00 00 00 12 34 49 09 78"


@pytest.mark.parametrize(("setting", "command"), [("status_enquiry", "status enquiry"), ("repeat_receipt", "repeat receipt")])
def test_a_command_that_a_terminal_never_answers_names_the_setting(setting: str, command: str) -> None:
    async def scenario() -> str:
        steps = [Till(ENQUIRY), Silence()] if setting == "status_enquiry" else [Till(None), Silence()]
        bench = Bench(steps)
        driver = await bench.connect()
        with pytest.raises(LinkTimeout) as failed:
            await (driver.identify() if setting == "status_enquiry" else driver.execute(Job(bench.device), purchase()))
        await bench.disconnect()
        return str(failed.value)

    told = run_virtual(scenario())
    assert f"'{command}'" in told
    assert f"settings.{setting}" in told


class OnePacketOneMessage:
    """An emulator that looks at the beginning of what it receives, and is busy for a moment behind each message it sends."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def serve(self, link: NullLink) -> None:
        with contextlib.suppress(LinkError):
            while True:
                packet = await link.read()
                code = packet[:2].hex(" ").upper()
                self.heard.append(code)
                if code == "80 00":
                    continue
                await link.write(bytes.fromhex(OK))
                await asyncio.sleep(0.005)
                if code == "06 01":
                    await link.write(bytes.fromhex(result()))
                    await asyncio.sleep(0.005)
                await link.write(bytes.fromhex(DONE))
                await asyncio.sleep(0.005)


async def connected(emulator: OnePacketOneMessage, device: Device) -> tuple[Driver, asyncio.Task[None]]:
    host, far = null_modem(Cable(), lambda: WireLog(lambda: datetime.now(UTC)))
    serving = asyncio.create_task(emulator.serve(far))
    settings = FAMILY.settings_from({"framing": "stream", "repeat_receipt": False})
    return await FAMILY.open(settings, host, device), serving


def test_a_terminal_that_takes_a_packet_for_a_message_is_spoken_to_in_single_ones() -> None:
    """Found out with what moves no money, and remembered: twice, as once it may have been the cable."""

    async def scenario() -> None:
        emulator, device = OnePacketOneMessage(), Device()
        for _ in range(2):
            driver, serving = await connected(emulator, device)
            with pytest.raises(LinkTimeout):
                await driver.identify()
            await driver.close()
            serving.cancel()
        assert [code for code in emulator.heard if code != "80 00"] == ["05 01", "05 01"]
        emulator.heard.clear()
        driver, serving = await connected(emulator, device)
        await driver.identify()
        paid = await driver.execute(Job(device), purchase())
        assert paid.payment is not None
        assert paid.payment.approved == Decimal("12.34")
        assert [code for code in emulator.heard if code != "80 00"] == ["05 01", "06 00", "06 01"]
        await driver.close()
        serving.cancel()

    run_virtual(scenario())


class ReadsByLength(OnePacketOneMessage):
    """A terminal, by comparison. `said`: the loop's time at each command."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[float] = []
        self.packets: list[str] = []

    async def serve(self, link: NullLink) -> None:
        decoder = StreamDecoder()
        with contextlib.suppress(LinkError):
            while True:
                packet = await link.read()
                self.packets.append(packet[:5].hex(" ").upper())
                for message in decoder.feed(packet):
                    assert isinstance(message, Apdu)
                    if is_answer(message.code):
                        continue
                    self.heard.append(f"{message.code >> 8:02X} {message.code & 0xFF:02X}")
                    self.said.append(asyncio.get_running_loop().time())
                    told = [OK, DONE] if self.heard[-1] != "06 01" else [OK, result(), DONE]
                    await link.write(bytes.fromhex("".join(told)))


def test_a_terminal_that_reads_by_length_is_not_kept_waiting() -> None:
    async def scenario() -> None:
        terminal, device = ReadsByLength(), Device()
        driver, serving = await connected(terminal, device)
        await driver.identify()
        paid = await driver.execute(Job(device), purchase())
        assert paid.payment is not None
        assert terminal.heard == ["05 01", "06 00", "06 01"]
        assert terminal.said[0] == terminal.said[-1]
        assert "80 00 00 06 00" in terminal.packets
        await driver.close()
        serving.cancel()

    run_virtual(scenario())


def test_a_pair_that_is_refused_as_unknown_is_sent_again_as_two() -> None:
    async def scenario() -> None:
        refused = [Till(REGISTRATION), Says("84 83 00")]
        bench = Bench([*run_of(ENQUIRY, READY), *refused, *refused])
        assert (await (await bench.connect()).identify()).fiscal_number is None

    run_virtual(scenario())


def test_an_acknowledgement_that_comes_twice_is_nobodys_answer() -> None:
    async def scenario() -> None:
        bench = Bench([*CONNECT, *snapshot(), Till(PAY), Says(OK), Says(OK), *says("04 FF 01 0A", result(), DONE)])
        await (await bench.connect()).identify()
        outcome = await bench.run(purchase())
        assert (outcome.state, outcome.payment.outcome) == ("done", Came.APPROVED)
        shown = operation("display.show", lines=["Hallo"])
        bench.terminal.steps += [Till("06 E0 08 F1 F0 F5 48 61 6C 6C 6F"), Says(OK), Says(OK), *snapshot(result())]
        bench.terminal.steps += run_of(PAY, result(code=0x05, trace="000124", receipt="0043"), "06 1E 01 05")
        assert (await bench._run(shown, Job(bench.device, "JOB2"))).state == "done"
        declined = await bench.run(purchase(), Job(bench.device, "JOB3"))
        assert (declined.state, declined.payment.outcome) == ("done", Came.DECLINED)
        await bench.disconnect()

    run_virtual(scenario())


def test_a_field_that_nobody_knows_before_the_result_leaves_the_payment_in_doubt() -> None:
    """What stands behind it cannot be read: neither paid nor failed may be said of it, and the terminal's memory reads the same."""

    async def scenario() -> None:
        unreadable = message("04 0F", "5A 01 27 00 04 00 00 00 00 12 34 0B 00 01 23 87 00 42")
        bench = Bench([*CONNECT, *snapshot(), *run_of(PAY, unreadable, DONE), *CONNECT])
        for _ in range(2):
            bench.terminal.steps += [*run_of(READINESS, READY), *snapshot(unreadable)]
        await (await bench.connect()).identify()
        outcome = await bench.run(purchase())
        assert outcome.state == "operator"
        await bench.disconnect()

    run_virtual(scenario())


def test_a_terminal_that_hangs_up_behind_each_payment() -> None:
    async def scenario() -> None:
        once = [Till(PAY), Says(OK), *says("04 FF 01 0A", result()), Says(DONE), Cut()]
        again = [Till(PAY), Says(OK), *says(result(trace="000124", receipt="0043", time="102000")), Says(DONE), Cut()]
        bench = Bench([*CONNECT, *snapshot(), *once, *CONNECT, *snapshot(result()), *again])
        for number in ("0042", "0043"):
            await (await bench.connect()).identify()
            outcome = await bench._run(purchase(), Job(bench.device, f"JOB{number}"))
            assert (outcome.state, outcome.payment.receipt_number) == ("done", number)
            await bench.disconnect()
        await bench.check()

    run_virtual(scenario())


def test_an_emulator_that_tells_every_payment_with_the_same_numbers_is_not_believed_twice() -> None:
    """Numbers, time and amount of the payment before: it may be that one, repeated. Nor is it said that nothing was paid."""

    async def scenario() -> None:
        bench = Bench([*run_of(REGISTRATION, DONE)], status_enquiry=False, repeat_receipt=False)
        await (await bench.connect()).identify()
        states = []
        for job in ("JOB1", "JOB2"):
            bench.terminal.steps += [
                *run_of(PAY, "04 FF 01 0A", result(), DONE),
                *(run_of(REGISTRATION, DONE) if job == "JOB2" else []),
            ]
            states.append((await bench._run(purchase(), Job(bench.device, job))).state)
        assert states == ["done", "operator"]
        await bench.disconnect()

    run_virtual(scenario())
