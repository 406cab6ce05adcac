"""Plugins that are broken, old, raising, blocking or hanging: each is named, and none hurts another."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, ClassVar, Literal, cast

import pytest

from bridge.devices import Heartbeat
from bridge.jobs import Bridge
from bridge.model import Capabilities, DeviceState, Job, JobState, Operation, RequestError, Result
from bridge.plugin import Checked, JobContext, PluginRegistry, hookimpl
from bridge.transport import LinkOpener, NullModemBoard, SystemClock
from tests.core.fake_family import FakeDevice, FakeDriver, FakeFamily, FakePlugin, FakeSettings
from tests.core.world import TILL, World, in_world, sale

GOOD = """
from bridge.plugin import hookimpl
from tests.core.fake_family import FakeFamily

TILLBRIDGE_PLUGIN_API = "1.0"


class Family(FakeFamily):
    id = {id!r}


@hookimpl
def tillbridge_device_families():
    return [Family()]
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], EntryPoint]]:
    """Write a plugin's module, and give the entry point that an installer would have made."""
    monkeypatch.syspath_prepend(tmp_path)
    written: list[str] = []

    def write(name: str, text: str) -> EntryPoint:
        module = f"tillbridge_test_{name}"
        (tmp_path / f"{module}.py").write_text(text)
        written.append(module)
        return EntryPoint(name, module, "tillbridge")

    yield write
    for module in written:
        sys.modules.pop(module, None)


SOUND = GOOD.format(id="sound")

BROKEN = {
    "raises while it is imported": ("raise ImportError('no such driver')", "importing it raised ImportError: no such driver"),
    "exits while it is imported": ("import sys\nsys.exit(3)", "importing it raised SystemExit: 3"),
    "is no Python": ("def (:", "importing it raised SyntaxError"),
    "was written for another API": ('TILLBRIDGE_PLUGIN_API = "2.0"', "it was written for plugin API 2.0, this host has 1.0"),
    "was written for a later API": ('TILLBRIDGE_PLUGIN_API = "1.7"', "it was written for plugin API 1.7"),
    "declares no API": ("x = 1", "does not declare TILLBRIDGE_PLUGIN_API"),
    "declares nonsense": ('TILLBRIDGE_PLUGIN_API = "new"', "is 'new', not two numbers"),
    "has a hook that raises": (SOUND.replace("return [Family()]", "raise KeyError('oops')"), "KeyError: 'oops'"),
    "has a hook that exits": (SOUND.replace("return [Family()]", "raise SystemExit"), "SystemExit"),
    "returns rubbish": (SOUND.replace("return [Family()]", "return ['posnet']"), "'posnet', which is no DeviceFamily"),
    "returns no list": (SOUND.replace("return [Family()]", "return 5"), "TypeError"),
    "returns a class": (SOUND.replace("return [Family()]", "return [Family]"), "which is no DeviceFamily"),
    "returns one id twice": (SOUND.replace("return [Family()]", "return [Family(), Family()]"), "is there twice"),
    "has settings that are no model": (SOUND.replace("    id =", "    settings_model = 5\n    id ="), "AttributeError"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_plugin_is_reported_by_name_and_the_others_load(case: str, install: Callable[[str, str], EntryPoint]) -> None:
    text, problem = BROKEN[case]
    registry = PluginRegistry()
    registry.load([install("a_broken", text), install("b_good", GOOD.format(id="good"))])
    broken, good = registry.reports
    assert broken.name == "a_broken"
    assert problem in (broken.problem or "")
    assert (good.problem, good.families) == (None, ("good",))
    assert list(registry.families) == ["good"]


def test_an_id_belongs_to_the_plugin_that_came_first(install: Callable[[str, str], EntryPoint]) -> None:
    registry = PluginRegistry()
    registry.load([install("b", GOOD.format(id="same")), install("a", GOOD.format(id="same"))])
    assert [(report.name, report.problem is None) for report in registry.reports] == [("a", True), ("b", False)]
    assert "'same' is taken" in (registry.reports[1].problem or "")
    assert type(registry.families["same"]).__module__ == "tillbridge_test_a"


@dataclass
class SlowEntryPoint:
    """An entry point whose import waits."""

    go: threading.Event
    done: threading.Event
    name: str = "a_slow"
    dist: None = None

    def load(self) -> object:
        assert self.go.wait(30)
        threading.Thread(target=self._tell, args=(threading.current_thread(),), daemon=True).start()
        return FakePlugin(FakeFamily())

    def _tell(self, loading: threading.Thread) -> None:
        loading.join(30)
        self.done.set()


def test_a_plugin_that_hangs_while_it_is_imported_is_left_out_and_does_not_appear_later(
    install: Callable[[str, str], EntryPoint],
) -> None:
    slow = SlowEntryPoint(threading.Event(), threading.Event())
    registry = PluginRegistry(load_seconds=0.05)
    registry.load([cast("EntryPoint", slow)])
    assert "more than 0.05 s" in (registry.reports[0].problem or "")
    slow.go.set()
    assert slow.done.wait(30)
    assert registry.families == {}
    assert registry.listens_to_jobs is False


# -- tillbridge_job_finished ---------------------------------------------------------------------------------------------


class Listening:
    """A plugin that hears of finished jobs."""

    TILLBRIDGE_PLUGIN_API = "1.0"

    def __init__(self, behave: Callable[[Job], None]) -> None:
        self._behave = behave

    @hookimpl
    def tillbridge_job_finished(self, job: Job) -> None:
        self._behave(job)


def test_a_raising_and_a_hanging_listener_hurt_neither_jobs_nor_others_nor_the_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.jobs.bridge._TELLING_SECONDS", 0.05)
    heard: list[str] = []
    release = threading.Event()

    def raises(job: Job) -> None:
        raise ZeroDivisionError("a bug")

    def hangs(job: Job) -> None:
        release.wait(60)

    async def story(world: World) -> None:
        world.bridge.registry.add(Listening(raises), "raises")
        world.bridge.registry.add(Listening(hangs), "hangs")
        world.bridge.registry.add(Listening(lambda job: heard.append(job.id)), "hears")
        jobs = [await world.sell() for _ in range(50)]
        assert all(job.success for job in jobs)
        world.bridge.registry._listeners[2].finish(30)
        assert heard == [job.id for job in jobs]
        await world.bridge.stop(grace=0.1)
        assert not release.is_set(), "the stop did not wait for it"

    in_world(tmp_path, story)
    release.set()


# -- drivers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["open", "identify", "capabilities", "status", "maintain"])
def test_a_driver_that_raises_while_it_reads_costs_its_own_device_the_connection_and_nothing_else(
    tmp_path: Path, where: str
) -> None:
    class Other(FakeFamily):
        id: ClassVar[str] = "other"

    other = Other()

    async def story(world: World) -> None:
        await world.bridge.stop(grace=0.1)
        world.family.raise_in.add(where)
        world.plugins.append((FakePlugin(other), "other"))
        await world.start()
        board_device = FakeDevice(serial="O-1")
        world.board.plug("o1", board_device.connect)
        await world.bridge.devices.configure(TILL, "o1", {"family": "other", "url": "null://o1"})
        assert (await world.sell(device="o1", wait=5)).success
        await world.settle(30)
        status = await world.bridge.devices.status("d1")
        assert "ZeroDivisionError" in (status["last_error"] or "")
        if where in ("open", "identify"):
            assert status["state"] == DeviceState.BROKEN
        job = await world.sell(wait=1)
        world.family.raise_in.clear()
        assert (await world.bridge.jobs.wait(job.id, 30)).success
        await world.settle(1)
        assert world.bridge.devices.runtime("d1").state is DeviceState.READY

    in_world(tmp_path, story)


def test_a_driver_that_hangs_is_given_up_after_the_patience_allowed(tmp_path: Path) -> None:
    async def hangs(context: JobContext, driver: FakeDriver) -> Result | None:
        await context.checkpoint("intent")
        await asyncio.Event().wait()
        return None

    async def story(world: World) -> None:
        loop = asyncio.get_running_loop()
        await world.settle()
        world.family.behaviour = hangs
        began = loop.time()
        job = await world.sell(wait=60)
        assert job.state is JobState.FAILED
        assert 8 <= loop.time() - began < 15
        unresolved = next(step for step in job.history if step.state is JobState.UNRESOLVED)
        assert unresolved.note == "timeouts.silence (8 s) ran out: its plugin gave no sign of life"
        world.family.behaviour = None
        assert (await world.sell()).success

    async def impatient(world: World) -> None:
        config = {"family": "fake", "url": "null://d1", "timeouts": {"silence": 8}}
        await world.bridge.devices.configure(TILL, "d1", config)
        await story(world)

    in_world(tmp_path, impatient)


def test_a_family_that_was_uninstalled_leaves_its_device_broken_with_the_reason_and_others_work(tmp_path: Path) -> None:
    class Other(FakeFamily):
        id: ClassVar[str] = "other"

    async def story(world: World) -> None:
        await world.bridge.stop(grace=0.1)
        world.plugins.append((FakePlugin(Other()), "other"))
        await world.start()
        world.board.plug("o1", FakeDevice(serial="O-1").connect)
        settings = {"password": "hunter2", "colour": "blue"}
        config = {"family": "other", "url": "null://o1", "settings": settings}
        await world.bridge.devices.configure(TILL, "o1", config)
        assert (await world.sell(device="o1")).success
        await world.bridge.stop(grace=0.1)
        world.plugins.pop()
        await world.start()
        shown = world.bridge.devices.get("o1")
        assert (shown["state"], shown["title"]) == ("broken", None)
        assert "not installed" in shown["reason"]
        assert "hunter2" not in str(shown)
        with pytest.raises(RequestError) as refusal:
            await world.bridge.jobs.submit(TILL, "o1", "key", sale())
        assert (refusal.value.code, refusal.value.status) == ("device.offline", 503)
        assert (await world.bridge.devices.status("o1"))["live"] is False
        assert (await world.sell()).success
        # Another device is changed meanwhile: the secret of the family that is away does not move to the open file.
        await world.bridge.devices.configure(TILL, "d1", {"family": "fake", "url": "null://d1", "fit": "lenient"})
        assert "hunter2" not in (tmp_path / "devices.toml").read_text()
        world.plugins.append((FakePlugin(Other()), "other"))
        await world.restart()
        assert (await world.sell(device="o1")).success
        assert world.bridge.devices.runtime("o1").config.settings == settings

    in_world(tmp_path, story)


def test_a_plugin_that_broke_is_named_where_its_family_is_missing(tmp_path: Path) -> None:
    class Broken:
        TILLBRIDGE_PLUGIN_API = "9.0"

    async def story(world: World) -> None:
        await world.bridge.stop(grace=0.1)
        world.plugins = [(Broken(), "the-broken-one")]
        configured, world.devices = world.devices, {}
        await world.start()
        shown = world.bridge.devices.get("d1")
        assert shown["state"] == "broken"
        assert "the-broken-one" in shown["reason"]
        assert "plugin API 9.0" in shown["reason"]
        assert [row["problem"] is None for row in world.bridge.devices.families()] == [False]
        assert any("the-broken-one" in problem for problem in world.bridge.health()["problems"])
        world.devices = configured

    in_world(tmp_path, story)


# -- code that blocks: real threads, real loops --------------------------------------------------------------------------


class ThreadedFamily(FakeFamily):
    isolation: ClassVar[Literal["thread", "loop"]] = "thread"


async def eventually(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.005)


async def test_a_driver_that_blocks_is_named_by_the_heartbeat_and_delays_no_other_device_and_no_client(tmp_path: Path) -> None:
    blocked, release = threading.Event(), threading.Event()

    async def blocks(context: JobContext, driver: FakeDriver) -> Result | None:
        if driver.device.device_id == "d1":
            blocked.set()
            assert release.wait(30)
        return None

    family = ThreadedFamily()
    family.behaviour = blocks
    registry = PluginRegistry()
    registry.add(FakePlugin(family), "fake")
    board = NullModemBoard()
    devices = {name: FakeDevice(serial=f"T-{name}") for name in ("d1", "d2")}
    for name, device in devices.items():
        board.plug(name, device.connect)
    bridge = await Bridge.open(tmp_path, registry=registry, clock=SystemClock(), opener=LinkOpener(board))
    bridge._heartbeat = Heartbeat(blocked_seconds=0.05)
    bridge.devices._services.heartbeat = bridge._heartbeat
    await bridge.start()
    try:
        for name in devices:
            await bridge.devices.configure(TILL, name, {"family": "fake", "url": f"null://{name}"})
        stuck = await bridge.jobs.submit(TILL, "d1", "stuck", sale())
        assert await asyncio.to_thread(blocked.wait, 30)
        for number in range(5):
            job = await bridge.jobs.submit(TILL, "d2", f"k{number}", sale())
            assert (await bridge.jobs.wait(job.id, 30)).success, "the other device sells while the first is blocked"
        await eventually(lambda: bridge.devices.runtime("d1").state is DeviceState.BROKEN)
        reason = bridge.devices.get("d1")["reason"]
        assert "its plugin blocks" in reason
        assert Path(__file__).name in reason, "the line that blocks is named"
        assert not release.is_set()
        assert (await bridge.devices.status("d1"))["live"] is False
        release.set()
        assert (await bridge.jobs.wait(stuck.id, 30)).success
        await eventually(lambda: bridge.devices.runtime("d1").state is DeviceState.READY)
    finally:
        release.set()
        await bridge.stop(grace=5)


async def test_a_check_that_blocks_is_refused_and_holds_up_no_other_family(tmp_path: Path) -> None:
    release = threading.Event()

    class BlockingCheck(ThreadedFamily):
        id: ClassVar[str] = "blocking"

        def check(self, operation: Operation, settings: FakeSettings, capabilities: Capabilities | None) -> Checked:
            assert release.wait(30)
            return Checked()

    registry = PluginRegistry()
    registry.add(FakePlugin(BlockingCheck()), "blocking")
    registry.add(FakePlugin(ThreadedFamily()), "fake")
    board = NullModemBoard()
    for name in ("d1", "d2"):
        board.plug(name, FakeDevice(serial=f"T-{name}").connect)
    bridge = await Bridge.open(tmp_path, registry=registry, clock=SystemClock(), opener=LinkOpener(board))
    bridge.jobs._checker._seconds = 0.05
    await bridge.start()
    try:
        await bridge.devices.configure(TILL, "d1", {"family": "blocking", "url": "null://d1"})
        await bridge.devices.configure(TILL, "d2", {"family": "fake", "url": "null://d2"})
        for _ in range(2):
            with pytest.raises(RequestError) as refusal:
                await bridge.jobs.submit(TILL, "d1", "same", sale())
            assert refusal.value.code == "plugin.error"
            job = await bridge.jobs.submit(TILL, "d2", "other", sale())
            assert (await bridge.jobs.wait(job.id, 30)).success
        release.set()
        await eventually(lambda: not bridge.jobs._checker._stuck)
        job = await bridge.jobs.submit(TILL, "d1", "same", sale())
        assert (await bridge.jobs.wait(job.id, 30)).success, "the key stayed free"
    finally:
        release.set()
        await bridge.stop(grace=5)


async def test_the_heartbeat_tells_of_a_loop_that_stands_still_and_of_its_recovery() -> None:
    told: list[Any] = []
    changed = threading.Event()
    release = threading.Event()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    heartbeat = Heartbeat(blocked_seconds=0.02)
    heartbeat.start()

    def on_change(sentence: str | None) -> None:
        told.append(sentence)
        changed.set()

    heartbeat.watch("a", loop, thread.ident, on_change)
    loop.call_soon_threadsafe(lambda: release.wait(30))
    assert await asyncio.to_thread(changed.wait, 30)
    changed.clear()
    release.set()
    assert await asyncio.to_thread(changed.wait, 30)
    heartbeat.stop()
    loop.call_soon_threadsafe(loop.stop)
    await asyncio.to_thread(thread.join, 30)
    loop.close()
    assert told[0].startswith("its plugin blocks: ")
    assert told[1] is None
