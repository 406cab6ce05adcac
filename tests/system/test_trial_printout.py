"""The test printout: what is on it, its key, and devices that cannot print one."""

from __future__ import annotations

import asyncio
import itertools
import socket
from pathlib import Path

import pytest

from bridge.jobs import trial
from bridge.jobs.trial import sample
from bridge.model import RequestError
from tests.core.world import TILL, World, in_world
from tests.system.conftest import System


async def test_it_names_computer_device_and_time_and_shows_the_devices_letters(system: System) -> None:
    answer = await system.call("POST", "/devices/till-1/test", {"operator": {"name": "Ola"}}, Prefer="wait=20")
    job = answer.body
    assert (answer.status, job["op"], job["class"], job["state"], job["success"]) == (200, "print", "effect", "done", True)
    assert job["actor"]["operator"] == {"name": "Ola"}
    paper = system.printer.device.paper()
    identity = system.bridge.devices.runtime("till-1").identity
    assert identity is not None
    for said in ("TEST", "Zażółć gęślą jaźń", "till-1", socket.gethostname()[:20], identity.model[:10], "This is no receipt."):
        assert said in paper, paper
    assert not [document for document in system.printer.device.documents() if document.fiscal]


async def test_without_a_key_it_prints_each_time_and_with_one_once(system: System) -> None:
    first = (await system.call("POST", "/devices/till-1/test", {}, Prefer="wait=20")).body
    second = (await system.call("POST", "/devices/till-1/test", {}, Prefer="wait=20")).body
    assert first["id"] != second["id"]
    keyed = [
        (await system.call("POST", "/devices/till-1/test", {}, Prefer="wait=20", Idempotency_Key="trial-1")).body
        for _ in range(2)
    ]
    assert keyed[0]["id"] == keyed[1]["id"]
    await system.submit({"op": "drawer.open"}, key="drawer-1")
    answer = await system.call("POST", "/devices/till-1/test", {}, Idempotency_Key="drawer-1")
    assert (answer.status, answer.body["code"]) == (422, "request.key_reused")


async def test_two_of_one_key_at_once_are_one_printout_whatever_time_each_would_print(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = itertools.count()
    made = lambda *_: {"op": "print", "lines": [{"text": f"TEST {next(texts)}"}]}  # noqa: E731
    monkeypatch.setattr(trial, "printout", made)
    # Both look for the key before either is written down: the checks of the first run in a thread.
    jobs = await asyncio.gather(*(system.bridge.jobs.try_out(TILL, "till-1", "at-once") for _ in range(2)))
    assert next(texts) == 2
    assert jobs[0].id == jobs[1].id
    await system.bridge.jobs.wait(jobs[0].id, 20)
    assert system.printer.device.paper().count("TEST") == 1


async def test_it_waits_its_turn_as_any_job_and_is_answered_at_once_where_nobody_waits(system: System) -> None:
    answer = await system.call("POST", "/devices/till-1/test", {})
    assert answer.status == 202
    job = await system.bridge.jobs.wait(answer.body["id"], 20)
    assert job.success
    assert (await system.call("POST", "/devices/till-9/test", {})).status == 404
    assert (await system.call("POST", "/devices/till-1/test", {"text": "x"})).fields == ["text"]


def test_a_device_that_prints_nothing_but_documents_says_so(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        with pytest.raises(RequestError) as refusal:
            await world.bridge.jobs.try_out(TILL, "d1", None)
        assert refusal.value.code == "request.unsupported"
        assert "prints nothing but documents" in refusal.value.detail

    in_world(tmp_path, story)


@pytest.mark.parametrize(
    ("code_page", "letter"),
    [("cp1250", "ż"), ("mazovia", "ż"), (None, "ż"), ("cp866", "ё"), ("Windows-1251", "ё"), ("cp1253", "ψ"), ("ISO-8859-1", "Ä")],
)
def test_the_sample_has_the_letters_of_the_code_page(code_page: str | None, letter: str) -> None:
    assert letter in sample(code_page)
