"""POST /bundle: the zip of `tillbridge bundle` as a download, made beside the bridge."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from typing import Any

import pytest

from bridge.model import JobState
from bridge.server.diagnosis import packing
from tests.system.conftest import System

SALE: dict[str, Any] = {"op": "receipt", "currency": "PLN", "lines": [{"name": "Tea", "price": "10.00", "vat": "8%"}]}


async def fetch(system: System, body: Any, **headers: str) -> tuple[int, Any, bytes]:
    sent = {"Authorization": f"Bearer {system.token}", **headers}
    async with system.session.post(f"{system.server.url}/api/v1/bundle", json=body, headers=sent) as response:
        return response.status, response.headers, await response.read()


def names(packed: bytes) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        assert file.testzip() is None
        return set(file.namelist())


async def test_it_holds_what_the_commands_bundle_holds_and_says_what_is_hidden(system: System) -> None:
    job = (await system.submit(SALE)).body
    status, headers, packed = await fetch(system, {"job": job["id"], "since": "1d", "operator": {"name": "Ola"}})
    assert status == 200, packed
    assert headers["Content-Type"] == "application/zip"
    assert headers["Content-Disposition"].startswith('attachment; filename="tillbridge-bundle-2')
    assert headers["X-Content-Type-Options"] == "nosniff"
    expected = {"MANIFEST.txt", "manifest.json", "jobs.json", "devices.json", "installation.json", "doctor.txt", "metrics.txt"}
    assert names(packed) >= expected | {f"inspect/{job['id']}.txt", f"wire/{job['id']}.jsonl"}
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        inspected = json.loads(file.read(f"inspect/{job['id']}.json"))
        assert inspected["source"] == "server"
        assert any(step["title"].startswith("trend") for step in inspected["timeline"] if step["kind"] == "sent")
        assert "the bridge answers at" in file.read("doctor.txt").decode()
        assert b"tillbridge_jobs_finished_total" in file.read("metrics.txt")
        assert system.token not in str([file.read(name) for name in file.namelist()])
    audit = (await system.call("GET", "/audit?limit=500")).body["audit"]
    (made,) = [entry for entry in audit if entry["action"] == "bundle.made"]
    assert (made["detail"]["job"], made["actor"]["operator"]) == (job["id"], {"name": "Ola"})


async def test_nobody_at_the_till_and_no_password_in_a_wrong_address_is_in_it(system: System) -> None:
    """A password in an address is refused, but stands in the file all the same; the printer is told who sells."""
    operator = {"name": "Zdzislawa Wrona", "tax_id": "5261040828"}
    assert (await system.submit(SALE | {"operator": operator})).body["state"] == "done"
    system.printer.device.faults.arm({"fault": "unplug", "command": "trend", "step": "after"})
    job = (await system.submit(SALE | {"operator": operator}, wait=1)).body
    async with asyncio.timeout(20):
        while (
            system.bridge.jobs.active[job["id"]].state is not JobState.UNRESOLVED
            or system.bridge.devices.runtime("till-1").connected
        ):
            await asyncio.sleep(0.01)
    said = {"reason": "the customer Wandzia has the paper", "operator": operator}
    assert (await system.call("POST", f"/jobs/{job['id']}/resolve", {"verdict": "recheck", **said})).status == 200
    settled = await system.call("POST", f"/jobs/{job['id']}/resolve", {"verdict": "issued", **said})
    assert settled.body["result"]["evidence"]["reason"] == said["reason"]
    wrong = {"by-kind": "ftp://boss:hunter2secret@192.168.1.7:1", "by-user": "tcp://boss:hunter2secret@192.168.1.7:1"}
    file = system.bridge.data_dir / "devices.toml"
    file.write_text(
        file.read_text() + "".join(f'[devices.{one}]\nfamily = "posnet"\nurl = "{url}"\n' for one, url in wrong.items())
    )
    system.bridge.devices.load()
    for one in wrong:
        for path in (f"/devices/{one}", f"/devices/{one}/config", f"/devices/{one}/status", "/overview"):
            assert "hunter2secret" not in json.dumps((await system.call("GET", path)).body), path
    status, _, packed = await fetch(system, {"job": job["id"]})
    assert status == 200
    with zipfile.ZipFile(io.BytesIO(packed)) as zipped:
        for name in zipped.namelist():
            content = zipped.read(name)
            for hidden in ("hunter2secret", "Zdzislawa", "Wrona", "5261040828", "Wandzia"):
                assert hidden.encode() not in content, (hidden, name)
                assert hidden.encode().hex().encode() not in content, (hidden, name)
        assert "***@192.168.1.7" in zipped.read("devices.json").decode()


async def test_one_at_a_time_and_sales_go_on_meanwhile(system: System) -> None:
    first = asyncio.create_task(fetch(system, {}))
    while not system.server.access.packing:
        await asyncio.sleep(0)
    status, headers, said = await fetch(system, {})
    assert (status, json.loads(said)["code"], headers["Retry-After"]) == (429, "gate.rate", "10")
    assert (await system.submit(SALE)).body["state"] == "done"
    assert (await first)[0] == 200
    assert (await fetch(system, {}))[0] == 200


async def test_what_has_no_room_is_named_and_the_rest_comes(system: System) -> None:
    job = (await system.submit(SALE)).body
    object.__setattr__(system.server.access.settings, "max_bundle", 20_000)
    status, _, packed = await fetch(system, {"job": job["id"]})
    assert status == 200
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        assert sum(info.file_size for info in file.infolist() if "anifest" not in info.filename.lower()) <= 20_000
        assert "the bundle is as large as it may be" in file.read("MANIFEST.txt").decode()


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"since": "yesterday"}, 422, "since"),
        ({"since": 7}, 422, "since"),
        ({"path": "/etc"}, 422, "path"),
        ({"job": "01ZZZZZZZZZZZZZZZZZZZZZZZZ"}, 404, None),
    ],
)
async def test_what_cannot_be_packed_is_said_before_anything_is_made(
    system: System, body: Any, status: int, said: str | None
) -> None:
    answered, _, raw = await fetch(system, body)
    problem = json.loads(raw)
    assert answered == status
    assert [error["field"] for error in problem["errors"]] == ([said] if said else [])


async def test_a_process_that_takes_too_long_or_fails_is_ended_and_told(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    object.__setattr__(system.server.access.settings, "bundle_seconds", 0.01)
    status, _, raw = await fetch(system, {})
    assert (status, json.loads(raw)["code"]) == (500, "server.error")
    assert "0.01 s" in json.loads(raw)["detail"]
    object.__setattr__(system.server.access.settings, "bundle_seconds", 120.0)
    monkeypatch.setattr(packing, "facts", lambda *_: {})
    monkeypatch.setattr("bridge.server.routes.bundle.facts", lambda *_: {})
    status, _, raw = await fetch(system, {})
    assert (status, "the log says why" in json.loads(raw)["detail"]) == (500, True)
    assert not system.server.access.packing


async def test_a_program_or_page_gets_none(system: System) -> None:
    made = (await system.call("POST", "/tokens", {"label": "erp", "scopes": ["devices:read", "resolve", "raw"]})).body
    status, _, raw = await fetch(system, {}, Authorization=f"Bearer {made['token']}")
    assert (status, json.loads(raw)["code"]) == (403, "gate.scope_missing")
