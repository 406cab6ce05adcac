"""What the bridge counts and how it says that it is well, over a day with trouble in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bridge.model import RequestError
from bridge.store import StorageError
from tests.core.world import TILL, World, in_world, sale

Sample = tuple[str, tuple[tuple[str, str], ...]]


def samples(world: World) -> dict[Sample, float]:
    """Everything told, read by the library's own parser."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(world.bridge.metrics())
        for sample in family.samples
    }


def value(world: World, name: str, **labels: str) -> float:
    """The sum of all samples that have these labels."""
    return sum(found for (known, given), found in samples(world).items() if known == name and set(labels.items()) <= set(given))


def test_jobs_are_counted_by_family_operation_state_and_fate(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        await world.sell()
        await world.sell({"op": "drawer.open"})
        world.devices["d1"].refuse = "17"
        await world.sell()
        receipts = {"family": "fake", "op": "receipt"}
        assert value(world, "tillbridge_jobs_accepted_total", **receipts) == 2
        assert value(world, "tillbridge_jobs_finished_total", **receipts, state="done", success="true", fate="issued") == 1
        assert (
            value(world, "tillbridge_jobs_finished_total", **receipts, state="failed", code="device.rejected", fate="not_issued")
            == 1
        )
        assert value(world, "tillbridge_jobs_finished_total", op="drawer.open", state="done") == 1
        assert value(world, "tillbridge_job_seconds_count", **receipts) == 2
        assert value(world, "tillbridge_device_connections_total", device="d1", result="ready") == 1
        assert value(world, "tillbridge_device_round_trip_seconds_count", device="d1") > 3

    in_world(tmp_path, story)


def test_a_lost_answer_shows_as_doubt_connection_and_recovery(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        world.family.recoveries = ["pending", "bug", "operator"]
        world.devices["d1"].lose_answer_of = "issue"
        job = await world.sell(wait=120)
        assert job.state == "unresolved"
        await world.bridge.jobs.submit(TILL, "d1", "behind", sale())
        assert value(world, "tillbridge_jobs_in_doubt_total", family="fake", op="receipt") == 1
        for answer in ("pending", "plugin_error", "needs_operator"):
            assert value(world, "tillbridge_recoveries_total", family="fake", answer=answer) == 1
        assert value(world, "tillbridge_device_connections_lost_total", device="d1") >= 1
        assert value(world, "tillbridge_unresolved_jobs", device="d1") == 1
        assert value(world, "tillbridge_queue_depth", device="d1") == 1
        assert value(world, "tillbridge_jobs_waiting_for_a_person", device="d1") == 1
        assert value(world, "tillbridge_device_state", device="d1", state="ready") == 1
        assert value(world, "tillbridge_device_state", device="d1") == 1

    in_world(tmp_path, story)


def test_the_journals_size_and_trouble_are_told(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        await world.sell()
        assert value(world, "tillbridge_journal_bytes", file="journal") > 0
        assert value(world, "tillbridge_journal_bytes", file="wal") > 0
        assert value(world, "tillbridge_journal_commits_total") >= 3
        assert value(world, "tillbridge_journal_writable") == 1
        world.bridge.jobs.settlement.trouble = "disk full"
        assert value(world, "tillbridge_journal_writable") == 0

    in_world(tmp_path, story)


def test_no_label_ever_carries_a_text_of_a_till_or_a_device(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        world.devices["d1"].refuse = "SECRET-17"
        await world.sell(sale(reference="SECRET-REF", customer={"email": "SECRET@shop.example"}), key="SECRET-KEY")
        assert "SECRET" not in world.bridge.metrics()

    in_world(tmp_path, story)


def test_health_tells_ok_from_degraded_from_down(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        assert world.bridge.health()["status"] == "ok"
        world.devices["d1"].off = True
        world.devices["d1"].cut()
        await world.settle(90)
        report = world.bridge.health()
        assert (report["status"], report["problems"]) == ("degraded", ["d1: offline: it is switched off"])

        database = world.bridge.store.database
        before = database._before_commit

        def refuse() -> None:
            raise StorageError("disk full")

        database._before_commit = refuse
        with pytest.raises(RequestError, match="disk full"):
            await world.sell()
        assert world.bridge.health()["status"] == "down"
        database._before_commit = before
        await world.settle(2)
        report = world.bridge.health()
        assert (report["status"], report["journal"]["writable"]) == ("degraded", True), "the disk is tried again by itself"

    in_world(tmp_path, story)
