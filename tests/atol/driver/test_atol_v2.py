"""Transport v2, of older devices: the same documents over another line, and lost answers without the ids of tasks."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from atol_bench import FAMILY, Bench, Script, other, sale
from bridge_atol import commands
from bridge_atol.frame import DeviceState2

from bridge.plugin import NotIssued
from bridge.transport import Cable, Direction, LinkTimeout, WireLog, null_modem, run_virtual
from tests.one_job import Job, Outcome

CASH = {"amount": "5.00", "currency": "RUB"}
WAYS = ("cut_before", "cut_after", "power")


def run(wanted: Any, script: Script | None = None, **settings: Any) -> Outcome:
    async def scenario() -> Outcome:
        bench = Bench(script, protocol="v2", **settings)
        outcome = await bench.run(wanted)
        await bench.disconnect()
        return outcome

    return run_virtual(scenario())


def test_the_commands_are_those_of_v3() -> None:
    async def scenario(protocol: str) -> list[bytes]:
        bench = Bench(protocol=protocol)
        assert (await bench.run(sale())).state == "done"
        await bench.disconnect()
        return bench.script.executed

    assert run_virtual(scenario("v2")) == run_virtual(scenario("v3"))


def test_a_question_in_bytes() -> None:
    async def scenario() -> None:
        bench = Bench(protocol="v2")
        identity = await (await bench.connect()).identify()
        assert (identity.model, identity.protocol) == ("АТОЛ 30Ф", "v2")
        entries = bench._links[0].wire_log.entries()
        host = b"".join(entry.data for entry in entries if entry.direction is Direction.OUT)
        assert host.startswith(bytes.fromhex("05 02 00 00 A5 03 A6 04 06 06 05"))
        await bench.disconnect()

    run_virtual(scenario())


def test_a_refusal_is_told_of_commands_whose_answers_have_no_error() -> None:
    """55 8C 00 in the place of 44 and 30 bytes."""
    outcome = run(other("shift.close"), Script(x3F="55 8C 00"))
    assert outcome.state == "failed"
    assert outcome.error is not None
    assert outcome.error.device_code == "8Ch"


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("code", ["59", "92", "E8", "EA", "EB", "99", "4A", "A440", "9112", "3F", "45", "56"])
def test_wherever_the_line_breaks_the_verdict_is_the_truth(way: str, code: str, later: bool) -> None:
    script = Script()
    getattr(script, way).add(code)
    outcome = run(sale(), script, later=later)
    issued = script.last == 30
    assert outcome.state == ("done" if issued else "failed")
    assert (script.receipt, script.codes().count("4A") <= 1) == (0, True)
    if issued:
        assert outcome.document.number == "30"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("op", "code"), [("shift.open", "9A"), ("shift.close", "5A")])
def test_shifts_are_proved_by_the_storage(way: str, op: str, code: str) -> None:
    script = Script()
    script.shift_state = 0 if op == "shift.open" else 1
    getattr(script, way).add(code)
    outcome = run(other(op), script)
    assert outcome.state == ("failed" if way == "cut_before" else "done")
    assert script.codes().count(code) <= 1


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("op", "code", "moved"), [("cash.in", "49", 500), ("cash.out", "4F", -500)])
def test_cash_is_proved_by_counter_and_drawer(way: str, op: str, code: str, moved: int) -> None:
    script = Script()
    getattr(script, way).add(code)
    outcome = run(other(op, **CASH), script)
    assert outcome.state == ("failed" if way == "cut_before" else "done")
    assert script.cash == 100_00 + (0 if way == "cut_before" else moved)
    assert script.codes().count(code) <= 1


def test_an_answer_that_the_device_still_holds_is_dropped_and_not_believed() -> None:
    script = Script(x4A="55 86 00")
    script.cut_after.add("4A")
    outcome = run(sale(), script)
    assert outcome.state == "failed"
    assert isinstance(outcome.answer, NotIssued)
    assert outcome.answer.proof["decision"] == "the fiscal storage has no new document"
    assert script.codes().count("4A") == 1


@pytest.mark.parametrize("way", WAYS)
def test_an_x_report_without_its_answer_is_for_a_person_to_decide(way: str) -> None:
    script = Script()
    getattr(script, way).add("67")
    outcome = run(other("report.x"), script)
    assert outcome.state == "operator"
    assert script.codes().count("67") <= 1


@pytest.mark.parametrize(("wanted", "code"), [(sale(), "EB"), (sale(), "4A"), (sale(), "3F"), (other("cash.in", **CASH), "49")])
def test_a_damaged_answer_is_asked_for_again_on_the_same_line(wanted: Any, code: str) -> None:
    healthy, script = Script(), Script()
    run(wanted, healthy)
    script.damage.add(code)
    outcome = run(wanted, script)
    assert (outcome.state, outcome.recovered, script.damage) == ("done", 0, set())
    assert script.codes() == healthy.codes()


def test_the_answer_to_cash_is_written_down_before_the_device_is_told_that_it_is_here() -> None:
    async def scenario() -> None:
        bench = Bench(protocol="v2")
        job = Job(bench.device)
        seen: list[Any] = []
        job.on_checkpoint = lambda name: seen.append((name, bench.far2.state))
        assert (await bench.run(other("cash.in", **CASH), job)).state == "done"
        assert ("answered", DeviceState2.ANSWERED) in seen
        await bench.disconnect()

    run_virtual(scenario())


def test_probing_finds_either_transport_and_takes_no_answer_away() -> None:
    async def scenario(state: DeviceState2) -> Any:
        bench = Bench(protocol="v2")
        bench.far2.state = state
        bench.far2._answer = b"\x02\x55\x00\x00\x03\x56"
        await bench.connect()
        host = bench._links[0]
        assert bench.driver is not None
        await bench.driver.close()
        bench.driver = None
        found = await FAMILY.probe(host)
        held = bench.far2._answer
        await bench.disconnect()
        return found, held

    found, _ = run_virtual(scenario(DeviceState2.IDLE))
    assert found is not None
    assert found.protocol == "v2"
    found, held = run_virtual(scenario(DeviceState2.UNREAD))
    assert (found, held) == (None, b"\x02\x55\x00\x00\x03\x56")


def test_silence_is_told_with_the_name_of_its_time_out() -> None:
    async def scenario() -> None:
        bench = Bench(protocol="v2")
        host, far = null_modem(Cable(), lambda: WireLog(lambda: datetime.now(UTC)))
        bench._links += [host, far]
        driver = await FAMILY.open(bench.settings, host, bench.device)
        with pytest.raises(LinkTimeout, match=r"settings\.timeouts\.control"):
            await driver.identify()
        await driver.close()
        await bench.disconnect()

    run_virtual(scenario())


def test_a_device_that_is_busy_for_too_long_fails_the_job_before_anything_is_sent() -> None:
    async def scenario() -> None:
        bench = Bench(protocol="v2")
        bench.far2.state = DeviceState2.EXECUTING
        outcome = await bench.run(sale())
        assert outcome.state == "failed"
        assert isinstance(outcome.answer, LinkTimeout)
        assert "settings.timeouts.running" in str(outcome.answer)
        await bench.disconnect()

    run_virtual(scenario())


def test_what_came_before_we_spoke_is_no_reply_to_us() -> None:
    """An ACK of an earlier connection comes late, and the device holds an answer from then: it must not pass for that to our command."""

    async def scenario() -> None:
        bench = Bench(protocol="v2")
        driver = await bench.connect()
        await driver.identify()
        bench.far2._answer = b"\x02\x55\x00\x00\x03\x56"
        bench.far2.state = DeviceState2.UNREAD
        exchange = driver._exchange  # type: ignore[attr-defined]
        exchange._line._received(b"\x06")
        reply = await exchange.send(commands.cash_in(Decimal("5.00")))
        assert (reply.error, bench.script.cash) == (0, 105_00)
        await bench.disconnect()

    run_virtual(scenario())
