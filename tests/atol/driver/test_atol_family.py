"""What is known beside a job: identity, capabilities, status, probing, wire logs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from atol_bench import FAMILY, Bench, Peer, Script, sale
from bridge_atol.frame import Abort, Add, Decoder, Decoder2, Flags, Frame, Frame2, Report, Slot, State, order_of
from hypothesis import given
from hypothesis import strategies as st

from bridge.plugin import Checksum
from bridge.transport import Cable, Direction, WireLog, null_modem, run_virtual

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def on(script: Script | None = None, **settings: Any) -> tuple[Any, Any, Any]:
    async def scenario() -> tuple[Any, Any, Any]:
        bench = Bench(script, **settings)
        driver = await bench.connect()
        found = await driver.identify(), await driver.capabilities(), await driver.status()
        await bench.disconnect()
        return found

    return run_virtual(scenario())


def test_a_device_says_who_it_is() -> None:
    identity, _, _ = on()
    assert (identity.model, identity.serial, identity.fiscal_number) == ("АТОЛ 30Ф", "106123456789", None)
    assert identity.firmware == "3.0 build 7000"


def test_a_device_without_the_register_of_its_serial_number_has_eight_digits_of_it() -> None:
    identity, _, _ = on(Script(x9116="55 7A 00"))
    assert identity.serial == "1234567"


@pytest.mark.parametrize("ffd", [2, 3, 4])
def test_corrections_are_possible_in_every_version(ffd: int) -> None:
    script = Script()
    script.ffd = ffd
    _, capabilities, _ = on(script)
    assert "correction" in capabilities.receipt_kinds
    assert capabilities.limits["ffd.version"] == ffd


def test_the_settings_may_name_the_version() -> None:
    _, capabilities, _ = on(ffd="1.1")
    assert capabilities.limits["ffd.version"] == 3


def test_status_of_a_healthy_device() -> None:
    _, _, status = on()
    assert (status.paper, status.cover, status.shift, status.fiscal_mode, status.fiscal_memory) == (
        "ok",
        "closed",
        "open",
        True,
        "ok",
    )
    assert (status.last_document, status.busy, status.problems) == ("29", False, ())
    assert status.clock.isoformat() == "2026-11-20T15:30:00+03:00"


def test_status_of_a_device_in_trouble() -> None:
    script = Script(xA420="55 00 00 00 05 00 02 00 00 00 1A 0A 19 0C 00")
    script.flags, script.shift_state, script.receipt = 1, 2, 1
    _, _, status = on(script)
    assert (status.paper, status.shift, status.busy) == ("out", "expired", True)
    assert any("paper" in problem for problem in status.problems)
    assert any("24 hours" in problem for problem in status.problems)
    assert any("5 documents wait for the operator" in problem for problem in status.problems)


def test_probing_asks_and_takes_nothing_away() -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.connect()
        await bench.disconnect()
        before = Report(State.RESULT, bytes.fromhex("55 00 00"))
        host, far = null_modem(Cable(), lambda: WireLog(lambda: NOW))
        bench._links += [host, far]
        bench.far.slots[0xA5] = Slot(b"\0\0\x4a", Flags.NEED_RESULT, State.RESULT, before.data)
        bench._peers.append(Peer(bench.script, bench.far, far))
        identity = await FAMILY.probe(host)
        assert identity is not None
        assert identity.model == "АТОЛ 30Ф"
        assert set(bench.far.slots) == {0xA5}
        assert bench.script.changing() == []
        sent = [
            event for entry in host.wire_log.entries() if entry.direction is Direction.OUT for event in Decoder().feed(entry.data)
        ]
        assert not any(isinstance(event, Frame) and isinstance(order_of(event.payload), Abort) for event in sent)
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize("stopped", [False, True])
def test_probing_leaves_results_of_others_even_where_a_question_is_refused_or_the_queue_is_stopped(stopped: bool) -> None:
    async def scenario() -> None:
        bench = Bench(Script(x9116="55 7A 00"))
        host, far = null_modem(Cable(), lambda: WireLog(lambda: NOW))
        bench._links += [host, far]
        bench.far.slots[0xA5] = Slot(b"\0\0\x4a", Flags.NEED_RESULT, State.ERROR if stopped else State.RESULT, b"\x55\x67\0")
        bench.far.slots[1] = Slot(b"\0\0\x45", Flags.NEED_RESULT, State.RESULT, b"\x55\0\0")
        bench.far.stopped = stopped
        bench._peers.append(Peer(bench.script, bench.far, far))
        identity = await FAMILY.probe(host)
        assert (identity is None) is stopped
        assert {0xA5, 1} <= set(bench.far.slots)
        assert bench.far.stopped is stopped
        await bench.disconnect()

    run_virtual(scenario())


def test_silence_is_no_device() -> None:
    async def scenario() -> None:
        host, far = null_modem(Cable(), lambda: WireLog(lambda: NOW))
        assert await FAMILY.probe(host) is None
        await host.close()
        await far.close()

    run_virtual(scenario())


# --- wire logs


def add(hexadecimal: str) -> bytes:
    return Frame(5, Add(3, bytes.fromhex(hexadecimal)).to_bytes()).to_bytes()


@pytest.mark.parametrize(
    ("command", "secret"),
    [
        ("1234 45", "1234"),
        ("0000 56 01 00000030", "00000030"),
        ("0000 E8 01 01 00 F0 03 0C 00 2B3739313631323334353637", "2B3739313631323334353637"),
        ("0000 E8 01 01 00 B3 04 0C 00 313233363534373839353037", "313233363534373839353037"),
        ("0000 E8 01 01 00 CB 04 04 00 FDFEFDFE", "FDFEFDFE"),
        ("0310 E8 01 01 00 CB 04 04 00 03100310", "03100310"),
    ],
)
def test_passwords_and_peoples_data_are_hidden_and_the_frame_stays_right(command: str, secret: str) -> None:
    raw = add(command)
    masked = FAMILY.mask(raw, Direction.OUT)
    [event] = Decoder().feed(masked)
    assert isinstance(event, Frame)
    assert len(masked) == len(raw)
    assert bytes.fromhex(secret) not in event.payload
    raw = Frame2(bytes.fromhex(command)).to_bytes()
    masked = FAMILY.mask(raw, Direction.OUT)
    [said] = Decoder2().feed(masked)
    assert isinstance(said, Frame2)
    assert len(masked) == len(raw)
    assert bytes.fromhex(secret) not in said.data


def test_what_is_nobodys_is_left_as_it_is() -> None:
    answer = Frame(5, Report(State.RESULT, bytes.fromhex("55 00 00")).to_bytes()).to_bytes()
    assert FAMILY.mask(answer, Direction.IN) == answer


@given(st.binary(max_size=60), st.booleans())
def test_any_bytes_are_masked_to_as_many(data: bytes, framed: bool) -> None:
    raw = Frame(1, Add(1, b"\0\0" + data).to_bytes()).to_bytes() if framed else data
    assert len(FAMILY.mask(Frame2(b"\0" + data).to_bytes(), Direction.OUT)) == len(Frame2(b"\0" + data).to_bytes())
    for direction in Direction:
        assert len(FAMILY.mask(raw, direction)) == len(raw)


@given(st.lists(st.tuples(st.binary(max_size=30), st.booleans()), max_size=6))
def test_any_bytes_are_read_for_people_without_an_exception_in_v2(pieces: list[tuple[bytes, bool]]) -> None:
    decoder = FAMILY.wire_decoder()
    list(decoder.feed(b"\x05", Direction.OUT, NOW))
    for data, out in pieces:
        list(decoder.feed(Frame2(b"\0\0" + data).to_bytes() + data, Direction.OUT if out else Direction.IN, NOW))
    list(decoder.flush())


@given(st.lists(st.tuples(st.binary(max_size=30), st.booleans()), max_size=6))
def test_any_bytes_are_read_for_people_without_an_exception(pieces: list[tuple[bytes, bool]]) -> None:
    decoder = FAMILY.wire_decoder()
    for data, out in pieces:
        raw = Frame(1, Add(1, b"\0\0" + data).to_bytes()).to_bytes() if out else Frame(1, data).to_bytes() + data
        list(decoder.feed(raw, Direction.OUT if out else Direction.IN, NOW))
    list(decoder.flush())


def test_a_wire_log_reads_as_a_dialogue() -> None:
    decoder = FAMILY.wire_decoder()
    asked = list(decoder.feed(add("0000 99 00 01 0000020000"), Direction.OUT, NOW))
    reply = Frame(5, Report(State.RESULT, bytes.fromhex("55 00 0000000000 0000003827")).to_bytes()).to_bytes()
    told = list(decoder.feed(reply, Direction.IN, NOW))
    assert (asked[0].title, asked[0].checksum) == ("add 99h payment", Checksum.OK)
    assert ("sum", "200.00 ₽") in asked[0].fields
    assert told[0].title == "99h payment: answer"
    assert ("change", "38.27 ₽") in told[0].fields
    refused = Frame(5, Report(State.ERROR, bytes.fromhex("55 67 00")).to_bytes()).to_bytes()
    [frame] = decoder.feed(refused, Direction.IN, NOW)
    assert frame.title == "99h payment: refused"
    assert ("error 67h", "the paper is out") in frame.fields
    assert asked[0].pairing == told[0].pairing


@pytest.mark.parametrize(
    ("protocol", "title"), [("v3", "add 4Ah close receipt"), ("v2", "4Ah close receipt"), ("v2", "ENQ: ready?")]
)
def test_a_whole_sale_can_be_read_afterwards(protocol: str, title: str) -> None:
    async def scenario() -> None:
        bench = Bench(protocol=protocol)
        await bench.run(sale())
        decoder = FAMILY.wire_decoder()
        titles = [
            frame.title
            for entry in bench._links[0].wire_log.entries()
            for frame in decoder.feed(entry.data, entry.direction, entry.at)
        ]
        assert title in titles
        assert "4Ah close receipt: answer" in titles
        assert not any("cannot be read" in title or title == "no frame" for title in titles)
        await bench.disconnect()

    run_virtual(scenario())
