"""What went over the wire, over the API: of a device as it goes, of a job as it was kept."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from bridge.devices.ring import WireRing
from bridge.model import Actor
from bridge.plugin import DescribedFrame, PluginRegistry
from bridge.server.access.scopes import TILL, Right
from bridge.server.access.tokens import NewToken
from bridge.server.diagnosis.live import recent_frames
from bridge.server.diagnosis.steps import moment
from bridge.transport import Direction, Secrets, WireEntry
from tests.system.conftest import System

SALE: dict[str, Any] = {"op": "receipt", "currency": "PLN", "lines": [{"name": "Tea", "price": "10.00", "vat": "8%"}]}
NIP = "1234563218"
_NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


async def token(system: System, label: str, *rights: Right, **more: Any) -> dict[str, str]:
    minted, _ = await system.server.access.tokens.create(NewToken(label, frozenset(rights), **more), Actor(principal="t"))
    return {"Authorization": f"Bearer {minted.text}"}


async def test_a_sale_is_seen_as_the_printers_own_commands_and_then_nothing_twice(system: System) -> None:
    before = (await system.call("GET", "/devices/till-1/wire?limit=1")).body
    assert len({frame["number"] for frame in before["frames"]}) == 1, "what one transfer completed is told together"
    await system.submit(SALE | {"customer": {"ids": [{"type": "nip", "value": NIP}]}})
    told = (await system.call("GET", f"/devices/till-1/wire?after={before['next']}")).body
    sent = [frame for frame in told["frames"] if frame["kind"] == "sent"]
    assert any(frame["title"].startswith("trend") for frame in sent)
    assert all(frame["answered"] for frame in sent if frame["title"].startswith("tr"))
    assert {frame["checksum"] for frame in told["frames"]} <= {"ok", "masked"}
    assert (told["missed"], told["problems"], told["connected"]) == (False, [], True)
    assert NIP.encode().hex() not in str(told)
    later = (await system.call("GET", f"/devices/till-1/wire?after={told['next']}")).body
    seen = {frame["number"] for frame in told["frames"]}
    assert not seen & {frame["number"] for frame in later["frames"]}


async def test_pages_of_frames_join_without_gap_or_double(system: System) -> None:
    await system.submit(SALE)
    ring = system.bridge.devices.runtime("till-1").ring
    last = ring.transfers()[-1].number
    numbers: list[int] = []
    after = f"{ring.id}-0"
    while not numbers or numbers[-1] < last - 1:
        page = (await system.call("GET", f"/devices/till-1/wire?after={after}&limit=7")).body
        numbers += [frame["number"] for frame in page["frames"]]
        after = page["next"]
        if not page["more"]:
            break
    assert len(numbers) > 20
    assert numbers == sorted(numbers)
    everything = (await system.call("GET", "/devices/till-1/wire?limit=1000")).body["frames"]
    assert [frame["number"] for frame in everything][: len(numbers)] == numbers


async def test_a_place_of_another_ring_says_that_something_was_missed(system: System) -> None:
    told = (await system.call("GET", "/devices/till-1/wire?after=00000000-5")).body
    assert told["missed"] is True
    answer = await system.call("GET", "/devices/till-1/wire?after=5")
    assert (answer.status, answer.fields) == (422, ["after"])


def test_a_ring_forgets_the_oldest_and_says_so() -> None:
    ring = WireRing()
    entry = WireEntry(_NOW, Direction.OUT, b"x" * 600_000)
    for _ in range(3):
        ring.record(1, entry)
    assert [transfer.number for transfer in ring.transfers()] == [3], "a megabyte is kept, and at least the last one"
    told = recent_frames(ring, (ring.id, 1), 10, "none", {}, Secrets())
    assert (told["missed"], [frame["number"] for frame in told["frames"]]) == (True, [3])
    small = WireRing()
    for _ in range(1500):
        small.record(1, WireEntry(_NOW, Direction.IN, b"x"))
    assert len(small.transfers()) == 1000


async def test_the_last_dialogue_is_there_when_the_link_has_died(system: System) -> None:
    await system.printer.close()
    await system.submit({"op": "drawer.open"}, wait=0)
    async with asyncio.timeout(20):
        while (told := (await system.call("GET", "/devices/till-1/wire")).body)["connected"]:
            await asyncio.sleep(0.01)
    assert told["frames"]


async def test_a_decoder_that_raises_leaves_the_bytes(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def feed(self, *_: Any) -> list[DescribedFrame]:
            raise ZeroDivisionError

        def flush(self) -> list[DescribedFrame]:
            return []

    monkeypatch.setattr(PluginRegistry.installed().families["posnet"].__class__, "wire_decoder", lambda self: Broken())
    told = (await system.call("GET", "/devices/till-1/wire?limit=5")).body
    assert told["problems"] == ["The decoder of the family raised ZeroDivisionError: what follows is shown as bytes."]
    assert told["frames"][0]["hex"]


async def test_a_job_tells_its_states_checkpoints_frames_and_verdict(system: System) -> None:
    job = (await system.submit(SALE | {"customer": {"ids": [{"type": "nip", "value": NIP}]}})).body
    told = (await system.call("GET", f"/jobs/{job['id']}/wire?limit=2000")).body
    assert (
        told["verdict"][0] == f"DONE: the device confirmed it. The document has the number {job['result']['document']['number']}."
    )
    kinds = {step["kind"] for step in told["timeline"]}
    assert {"state", "checkpoint", "phase", "sent", "received"} <= kinds
    assert [step["at"] for step in told["timeline"]] == sorted(step["at"] for step in told["timeline"])
    assert (told["job"], told["state"], told["next"], told["missing"]) == (job["id"], "done", None, [])
    assert NIP not in str(told)
    assert NIP.encode().hex() not in str(told)


async def test_what_the_disk_has_not_got_yet_is_written_before_it_is_read(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.store.wire._DRAIN_SECONDS", 3600)
    job = (await system.submit(SALE)).body
    told = (await system.call("GET", f"/jobs/{job['id']}/wire?limit=2000")).body
    assert told["missing"] == []
    assert [step["kind"] for step in told["timeline"]].count("received") > 20


async def test_a_long_time_line_comes_in_pages(system: System) -> None:
    job = (await system.submit(SALE)).body
    async with asyncio.timeout(20):  # the answer to the sale does not wait for the last line of its trace
        while (whole := (await system.call("GET", f"/jobs/{job['id']}/wire?limit=2000")).body["timeline"])[-1]["kind"] != "phase":
            await asyncio.sleep(0.01)
    pages: list[Any] = []
    after: int | None = 0
    while after is not None:
        page = (await system.call("GET", f"/jobs/{job['id']}/wire?limit=10&after={after}")).body
        pages += page["timeline"]
        after = page["next"]
    assert pages == whole


async def test_a_job_in_doubt_says_where_certainty_ended_without_commands_to_type(system: System) -> None:
    system.printer.device.faults.arm({"fault": "cut_command", "command": "trend", "step": "after"})
    job = (await system.submit(SALE)).body
    told = (await system.call("GET", f"/jobs/{job['id']}/wire?limit=2000")).body
    assert any(step["answered"] is False for step in told["timeline"])
    assert any(step["phase"] == "recover" for step in told["timeline"])
    assert "tillbridge " not in " ".join(told["verdict"])


async def test_who_may_settle_sees_the_wire_of_its_own_jobs_and_no_other(system: System) -> None:
    settling = await token(system, "boss", *TILL, Right.RESOLVE)
    other = await token(system, "other", *TILL, Right.RESOLVE)
    plain = await token(system, "till", *TILL)
    sold = (await system.call("POST", "/devices/till-1/jobs", SALE, Idempotency_Key="s", Prefer="wait=20", **settling)).body
    path = f"/jobs/{sold['id']}/wire"
    told = (await system.call("GET", f"{path}?logs=true", **settling)).body
    assert told["timeline"]
    assert not [step for step in told["timeline"] if step["kind"] == "log"], "the log is an administrator's"
    assert (await system.call("GET", path, **other)).status == 404
    assert (await system.call("GET", path, **plain)).body["code"] == "gate.scope_missing"
    for holder in (settling, other, plain):
        assert (await system.call("GET", "/devices/till-1/wire", **holder)).body["code"] == "gate.scope_missing"


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system's zone cannot be set for one process")
def test_what_has_no_time_has_one_that_every_zone_can_show(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        for zone in ("America/New_York", "Pacific/Auckland"):
            patched.setenv("TZ", zone)
            time.tzset()
            assert moment("somebody wrote here").astimezone().year in (1969, 1970)
    time.tzset()
