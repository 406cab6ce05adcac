"""A visitor sees each change, and what has an end is not asked for again."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from bridge.cli.demo.watch import PAPER_LINES, Watch
from tests.demo.toy_stage import ToyTill, document, job, toy_stage


def watch(stage: Any, till: Any) -> Watch:
    return Watch([stage], till, pause=0)


async def test_a_look_waits_until_something_is_new() -> None:
    stage = toy_stage()
    bench: Any = stage.devices[0].bench
    watching = watch(stage, ToyTill())
    first = await watching.changed(None, 60)
    waiting = asyncio.create_task(watching.changed(first["version"], 60))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not waiting.done()
    bench.lines.append("PARAGON")
    second = await waiting
    assert (second["devices"][0]["paper"], second["version"] != first["version"]) == ({"lines": 1, "text": "PARAGON"}, True)


async def test_a_look_ends_without_news_when_its_time_is_over() -> None:
    watching = watch(toy_stage(), ToyTill())
    first = await watching.changed(None, 60)
    assert await watching.changed(first["version"], 0) == first


async def test_what_hands_did_is_seen() -> None:
    stage = toy_stage()
    await stage.devices[0].bench.set("plugged", False)
    await stage.devices[0].bench.arm(stage.script["faults"]["paper_out"])
    (device,) = (await watch(stage, ToyTill()).view())["devices"]
    assert (device["plugged"], device["powered"], device["armed"]) == (False, True, ["paper"])


async def test_a_trouble_that_is_just_being_made_is_never_seen_as_none() -> None:
    stage = toy_stage()
    bench: Any = stage.devices[0].bench
    await bench.arm(stage.script["faults"]["paper_out"])

    async def made(read: Any) -> Any:
        found = await read()
        await bench.disarm()
        await bench.set("paper_loaded", False)
        return found

    for name in ("state", "armed"):  # the receipt comes to the end of the roll right behind either of the two readings
        setattr(bench, name, partial(made, getattr(bench, name)))
    (device,) = (await watch(stage, ToyTill()).view())["devices"]
    assert not device["paper_loaded"] or device["armed"] == ["paper"]


async def test_only_the_end_of_a_long_roll_is_told() -> None:
    stage = toy_stage()
    bench: Any = stage.devices[0].bench
    bench.lines += [str(number) for number in range(PAPER_LINES + 10)]
    (device,) = (await watch(stage, ToyTill()).view())["devices"]
    assert (device["paper"]["lines"], device["paper"]["text"].partition("\n")[0]) == (PAPER_LINES + 10, "10")


async def test_the_ledger_goes_back_to_the_first_sale_and_asks_for_each_end_once() -> None:
    stage, till = toy_stage(), ToyTill([[job(3, "running")], [job(2)], [job(1)]])
    bench: Any = stage.devices[0].bench
    bench.issued += [document(1), document(2)]
    watching = watch(stage, till)
    view = await watching.view()
    assert [row["agrees"] for row in view["ledger"]["rows"]] == [True, True, None]
    till.asked.clear()
    till.pages[0][0] = job(3)
    bench.issued.append(document(3))
    view = await watching.view()
    assert view["ledger"]["sums"] == {"asked": 3, "issued": 3, "open": 0, "doubled": 0, "lost": 0}
    assert [path for _, path, _ in till.asked if path.startswith("/jobs/")] == ["/jobs/J3"]
    till.asked.clear()
    await watching.view()
    assert len(till.asked) == 1  # nothing is open: the newest page is enough
