"""Wire traces on disk: what is kept, how much of it, and what a kill leaves."""

from __future__ import annotations

import errno
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.store import WireLimits, WireTraces, read_trace
from bridge.transport import Direction, WireEntry
from tests.core.world import World, in_world, sale

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def entry(data: bytes = b"hello") -> WireEntry:
    return WireEntry(NOW, Direction.OUT, data)


def marks(data_dir: Path, job: str) -> list[str]:
    return [
        line.get("mark") or f"{line['dir']} {bytes.fromhex(line['hex']).decode()}".strip() for line in read_trace(data_dir, job)
    ]


def test_a_sale_leaves_its_transfers_and_only_those(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        job = await world.sell()
        await world.bridge.stop(grace=1)
        found = marks(tmp_path, job.id)
        assert found[0] == "execute"
        assert found[1:3] == ["out count", "in 0"]
        assert found[3].startswith("out issue 10.00")
        assert found[4:] == ["in 1", "end"]
        file = tmp_path / "wire" / f"{job.id}.jsonl"
        assert (file.stat().st_mode & 0o077, file.parent.stat().st_mode & 0o077) == (0, 0)

    in_world(tmp_path, story)


def test_recovery_is_marked_in_the_same_file_on_another_connection(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        world.devices["d1"].lose_answer_of = "issue"
        job = await world.sell()
        await world.bridge.stop(grace=1)
        lines = list(read_trace(tmp_path, job.id))
        assert [line["mark"] for line in lines if "mark" in line] == ["execute", "end", "recover", "end"]
        assert [line["doubt"] for line in lines if line.get("mark") == "end"] == [True, False]
        links = [line["link"] for line in lines if "link" in line]
        assert links[0] != links[-1]
        assert marks(tmp_path, job.id)[-3].startswith("out find ")

    in_world(tmp_path, story)


def test_effects_are_kept_too(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        job = await world.sell({"op": "drawer.open"})
        await world.bridge.stop(grace=1)
        assert marks(tmp_path, job.id) == ["execute", "out kick", "in ok", "end"]

    in_world(tmp_path, story)


def test_a_kill_behind_the_point_of_no_return_leaves_the_deciding_bytes(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        world.devices["d1"].deaf_to = "issue"
        job = await world.sell(wait=1)
        await world.crash()
        assert marks(tmp_path, job.id)[-1].startswith("out issue")

    in_world(tmp_path, story)


def test_a_customers_values_are_hidden_in_the_bytes(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()

        async def chatty(context: Any, driver: Any) -> None:
            await driver.link.write(b"for Jan Kowalski, jan@example.pl\n")

        world.family.behaviour = chatty
        job = await world.sell(sale(customer={"name": "Jan Kowalski", "email": "jan@example.pl"}))
        await world.bridge.stop(grace=1)
        sent = [bytes.fromhex(line["hex"]) for line in read_trace(tmp_path, job.id) if "hex" in line]
        assert b"for ************, **************\n" in sent

    in_world(tmp_path, story)


def test_a_mask_that_raises_lets_nothing_through_and_stops_no_sale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(world: World) -> None:
        monkeypatch.setattr(type(world.family), "mask", lambda self, data, direction: 1 / 0)
        await world.settle()
        job = await world.sell()
        await world.bridge.stop(grace=1)
        assert job.success
        assert marks(tmp_path, job.id)[1:3] == ["out ******", "in **"]

    in_world(tmp_path, story)


def test_a_full_trace_says_where_it_was_cut_and_recovery_still_has_room(tmp_path: Path) -> None:
    traces = WireTraces(tmp_path, WireLimits(job=2000), inline=True)
    first = traces.begin("01A", "execute", NOW)
    assert first is not None
    for _ in range(100):
        first.record(1, entry())
    first.end(NOW, doubt=True)
    second = traces.begin("01A", "recover", NOW)
    assert second is not None
    second.record(2, entry(b"asked"))
    second.end(NOW, doubt=False)
    lines = list(read_trace(tmp_path, "01A"))
    cut = next(line for line in lines if line.get("mark") == "cut")
    ends = [line for line in lines if line.get("mark") == "end"]
    kept = sum(line.get("hex") == b"hello".hex() for line in lines)
    assert (cut["limit"], ends[0]["dropped"], kept > 0) == (1500, 100 - kept, True)
    assert marks(tmp_path, "01A")[-2] == "out asked"
    assert (tmp_path / "wire" / "01A.jsonl").stat().st_size < 2400


def test_old_traces_go_and_those_of_open_jobs_stay(tmp_path: Path) -> None:
    traces = WireTraces(tmp_path, WireLimits(), inline=True)
    for job in ("01A", "01B", "01C"):
        made = traces.begin(job, "execute", NOW)
        assert made is not None
        made.record(1, entry(b"x" * 500))
        made.end(NOW, doubt=False)
    for number, job in enumerate(("01A", "01B", "01C")):
        day = (NOW - timedelta(days=30 - number)).timestamp()
        os.utime(tmp_path / "wire" / f"{job}.jsonl", (day, day))
    traces.keep = lambda job: job == "01A"
    assert traces.prune(before=NOW - timedelta(days=28, hours=12)) == 1
    assert sorted(file.stem for file in (tmp_path / "wire").iterdir()) == ["01A", "01C"]
    assert traces.prune(total=100) == 1
    assert [file.stem for file in (tmp_path / "wire").iterdir()] == ["01A"]


def test_a_disk_that_refuses_costs_the_trace_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    async def story(world: World) -> None:
        await world.settle()
        monkeypatch.setattr("bridge.store.wire._open", refuse)
        assert (await world.sell()).success
        assert (await world.sell()).success

    in_world(tmp_path, story)
    assert [record.getMessage() for record in caplog.records if record.name == "tillbridge.wire"] == [
        f"wire traces cannot be kept in {tmp_path / 'wire'} (No space left on device); jobs go on without them"
    ]


def test_nothing_is_kept_where_no_room_is_given(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        assert (await world.sell()).success

    async def main_story(world: World) -> None:
        await world.bridge.stop(grace=1)
        await world.start(wire=WireLimits(total=0))
        await story(world)

    in_world(tmp_path, main_story)
    assert not (tmp_path / "wire").exists()


def test_the_thread_writes_what_waits_at_the_end(tmp_path: Path) -> None:
    traces = WireTraces(tmp_path, WireLimits())
    made = traces.begin("01A", "execute", NOW, device="till-1")
    assert made is not None
    made.record(1, entry())
    made.hurry()
    made.record(1, entry(b"deciding"))
    made.end(NOW, doubt=False)
    traces.close()
    assert marks(tmp_path, "01A") == ["execute", "out hello", "out deciding", "end"]


def test_a_line_that_a_kill_cut_short_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "wire").mkdir()
    (tmp_path / "wire" / "01A.jsonl").write_bytes(b'{"mark":"execute"}\n{"at":"2026')
    assert list(read_trace(tmp_path, "01A")) == [{"mark": "execute"}]
    assert list(read_trace(tmp_path, "../admin-token")) == []


def test_whoever_reads_a_job_has_what_was_told_until_now(tmp_path: Path) -> None:
    traces = WireTraces(tmp_path, WireLimits())
    first, second = traces.begin("A1", "execute", NOW), traces.begin("B2", "execute", NOW)
    assert first is not None
    assert second is not None
    for number in range(50):  # each time behind a round of the writer, before it or in the middle of it
        first.record(1, entry(str(number).encode()))
        traces.catch_up("A1", 60)
        assert marks(tmp_path, "A1")[1:] == [f"out {told}" for told in range(number + 1)]
    second.record(1, entry())
    first.end(NOW, doubt=False)
    traces.catch_up(seconds=60)
    assert (marks(tmp_path, "A1")[-1], marks(tmp_path, "B2")) == ("end", ["execute", "out hello"])
    traces.catch_up("A1", 60)  # nothing of it waits any more
    traces.close()
    traces.catch_up(seconds=60)


def test_a_disk_that_hangs_keeps_a_reader_no_longer_than_it_wants_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    traces = WireTraces(tmp_path, WireLimits())
    trace = traces.begin("A1", "execute", NOW)
    assert trace is not None
    goes_on = threading.Event()
    monkeypatch.setattr(trace, "write", lambda: goes_on.wait(60) and 0)
    traces.catch_up("A1", 0.01)
    assert marks(tmp_path, "A1") == []
    goes_on.set()
    traces.close()
