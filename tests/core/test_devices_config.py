"""devices.toml and secrets.toml, and what may be changed while a device has work to do."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import Any

import pytest

from bridge.devices import ConfigError, Deadlines, DeviceConfig, DeviceFile
from bridge.model import JobState, RequestError
from bridge.store import write_atomically
from bridge.transport import EndpointError, options_schema, parse_endpoint
from tests.core.world import TILL, World, in_world

SECRET = {"d1": frozenset({"password"}), "till.2": frozenset({"password"})}


def devices() -> dict[str, DeviceConfig]:
    settings = {"colour": 'ż "quoted" \\ \' # = [x]', "password": "hunter2 \"\\'\n"}
    return {
        "d1": DeviceConfig(family="fake", url="null://d1", settings=settings, shared=True, fit="lenient"),
        "till.2": DeviceConfig(family="fake", url="serial:///dev/ttyUSB0?parity=E", deadlines=Deadlines(document=90, payment=15)),
        "3": DeviceConfig(
            family="gone", url="tcp://10.0.0.1:6666", settings={"n": 5, "on": True, "list": [1, 2], "deep": {"a": 1.5}}
        ),
    }


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    file = DeviceFile(tmp_path)
    assert file.load() == {}
    file.save(devices(), SECRET)
    assert file.load() == devices()
    file.save(file.load(), SECRET)
    assert DeviceFile(tmp_path).load() == devices()


def test_secrets_stand_in_a_file_of_their_own_for_the_owner_only(tmp_path: Path) -> None:
    file = DeviceFile(tmp_path)
    (tmp_path / "secrets.toml").write_text("")
    (tmp_path / "secrets.toml").chmod(0o644)
    file.save(devices(), SECRET)
    assert "hunter2" not in (tmp_path / "devices.toml").read_text()
    assert "hunter2" in (tmp_path / "secrets.toml").read_text()
    assert stat.S_IMODE((tmp_path / "secrets.toml").stat().st_mode) == 0o600
    file.save({}, {})
    assert "hunter2" not in (tmp_path / "secrets.toml").read_text()


def test_a_file_is_replaced_as_a_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "devices.toml"
    write_atomically(target, "old")

    def full(descriptor: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(target, "new")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["devices.toml"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[devices.d1\nfamily = 'fake'", "line 1"),
        ("[devices.d1]\nfamily = ", "line 2"),
        ("[devices.d1]\nfamily = 'fake'", "device d1: url"),
        ("[devices.d1]\nfamily = 'fake'\nurl = 'null://d1'\nspeed = 9600", "device d1: speed"),
        ("[devices.d1]\nfamily = 'fake'\nurl = 'null://d1'\nfit = 'loose'", "device d1: fit"),
        ("[devices.d1]\nfamily = 'fake'\nurl = 'null://d1'\nsettings = 5", "device d1: settings"),
        (
            "[devices.d1]\nfamily = 'fake'\nurl = 'null://d1'\n[devices.d1.deadlines]\ndocument = -1",
            "device d1: deadlines.document",
        ),
        ("devices = 5", "devices: must be a table"),
        ("[devices]\nd1 = 5", "device d1: must be a table"),
        ("[device.d1]\nfamily = 'fake'", "device: unknown"),
    ],
)
def test_a_file_that_was_broken_by_hand_is_an_error_that_names_the_place(tmp_path: Path, text: str, place: str) -> None:
    (tmp_path / "devices.toml").write_text(text)
    with pytest.raises(ConfigError) as error:
        DeviceFile(tmp_path).load()
    assert "devices.toml" in str(error.value)
    assert place in str(error.value)


def test_a_file_that_is_no_text_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "secrets.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"secrets\.toml"):
        DeviceFile(tmp_path).load()


def test_a_broken_file_stops_the_start_and_frees_the_directory(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.bridge.stop(grace=0.1)
        good = (tmp_path / "devices.toml").read_text()
        (tmp_path / "devices.toml").write_text("[devices.d1")
        with pytest.raises(ConfigError):
            await world.start()
        (tmp_path / "devices.toml").write_text(good)
        await world.start()
        assert (await world.sell()).success

    in_world(tmp_path, story)


def test_a_device_whose_settings_were_broken_by_hand_is_broken_with_the_reason_and_takes_no_jobs(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.bridge.stop(grace=0.1)
        text = (tmp_path / "devices.toml").read_text()
        (tmp_path / "devices.toml").write_text(text + "\n[devices.d1.settings]\ncolor = 'grey'\n")
        await world.start()
        shown = world.bridge.devices.get("d1")
        assert shown["state"] == "broken"
        assert "settings.color" in shown["reason"]
        with pytest.raises(RequestError) as refusal:
            await world.sell()
        assert refusal.value.code == "device.offline"
        assert (await world.sell(device="d2")).success

    in_world(tmp_path, story, devices=2)


def test_a_secret_is_never_told_and_its_mask_sent_back_keeps_it(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        config = {"family": "fake", "url": "null://d1", "settings": {"colour": "red", "password": "hunter2"}}
        told = [await world.bridge.devices.configure(TILL, "d1", config)]
        await world.settle()
        told.append(world.bridge.devices.get("d1"))
        assert told[-1]["settings"] == {"colour": "red", "password": "**********"}
        back = {"family": "fake", "url": "null://d1", "settings": {**told[-1]["settings"], "colour": "blue"}}
        told.append(await world.bridge.devices.configure(TILL, "d1", back))
        assert world.bridge.devices.runtime("d1").config.settings == {"colour": "blue", "password": "hunter2"}
        everything = (
            told,
            world.bridge.devices.list(),
            world.bridge.devices.families(),
            await world.audit(),
            world.bridge.health(),
        )
        assert "hunter2" not in str(everything)
        assert "hunter2" not in (tmp_path / "devices.toml").read_text()
        assert world.bridge.devices.families()[0]["families"][0]["secrets"] == ["password"]
        await world.restart()
        assert world.bridge.devices.runtime("d1").config.settings["password"] == "hunter2"

    in_world(tmp_path, story)


def test_a_secret_stays_when_it_is_left_out_and_goes_only_where_that_is_said(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        plain = {"family": "fake", "url": "null://d1"}
        devices = world.bridge.devices
        with pytest.raises(RequestError) as refusal:
            await devices.configure(TILL, "d1", {**plain, "settings": {"password": "**********"}})
        assert refusal.value.errors[0].field == "settings.password", "a mask is no secret"
        await devices.configure(TILL, "d1", {**plain, "settings": {"password": "hunter2"}})
        assert devices.config("d1")["secrets"] == ["password"]
        assert devices.config("d1")["config"]["settings"] == {"password": "**********"}
        await devices.configure(TILL, "d1", {**plain, "settings": {"colour": "blue"}})
        assert devices.runtime("d1").config.settings == {"colour": "blue", "password": "hunter2"}
        await devices.configure(TILL, "d1", {**devices.config("d1")["config"], "fit": "lenient"})
        assert devices.runtime("d1").config.settings["password"] == "hunter2", "what GET says is what PUT takes"
        await devices.configure(TILL, "d1", {**plain, "settings": {"password": None}})
        assert devices.config("d1")["secrets"] == []
        assert "hunter2" not in (tmp_path / "secrets.toml").read_text()
        await devices.configure(TILL, "d1", plain)
        assert not devices.runtime("d1").config.settings.get("password")

    in_world(tmp_path, story)


def test_a_family_says_all_that_a_form_needs(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        (family,) = world.bridge.devices.families()[0]["families"]
        assert family["settings"]["properties"]["colour"]["default"] == "grey"
        assert {"format": "password", "type": "string", "writeOnly": True} in family["settings"]["properties"]["password"][
            "anyOf"
        ]
        assert family["endpoints"]["null"]["available"] is True
        assert family["found_by"] == {"usb": [], "mdns": []}

    in_world(tmp_path, story)


def test_the_options_of_a_form_are_those_that_a_url_takes() -> None:
    for kind, base in (("serial", "serial:///dev/ttyS0"), ("usb", "usb://1:2"), ("tls", "tls://printer:1")):
        for name, schema in options_schema(kind)["properties"].items():
            value = schema["enum"][0] if "enum" in schema else {"fingerprint": "a" * 64}.get(name, _example(schema))
            more = "&cert=/x" if name == "key" else ""
            assert name in parse_endpoint(f"{base}?{name}={value}{more}").options
        with pytest.raises(EndpointError):
            parse_endpoint(f"{base}?colour=red")
    assert options_schema("tcp")["properties"] == {}


def _example(schema: dict[str, Any]) -> str:
    tried = ("9600", "1", "0x81", "0x01", "/etc/x.pem")
    return next(value for value in tried if re.search(schema.get("pattern", "^/"), value))


@pytest.mark.parametrize(
    ("device", "config", "field"),
    [
        ("Till 1", {"family": "fake", "url": "null://x"}, "id"),
        ("", {"family": "fake", "url": "null://x"}, "id"),
        ("a" * 41, {"family": "fake", "url": "null://x"}, "id"),
        ("../x", {"family": "fake", "url": "null://x"}, "id"),
        ("x", {"family": "posnut", "url": "null://x"}, "family"),
        ("x", {"family": "fake", "url": "tcp://10.0.0.1:1"}, "url"),
        ("x", {"family": "fake", "url": "nonsense"}, "url"),
        ("x", {"family": "fake", "url": "http://[::1"}, "url"),
        ("x", {"family": "fake"}, "url"),
        ("x", {"family": "fake", "url": "null://x", "settings": {"color": "red"}}, "settings.color"),
        ("x", {"family": "fake", "url": "null://x", "deadlines": {"document": 0}}, "deadlines.document"),
        ("x", {"family": "fake", "url": "null://x", "speed": 1}, "speed"),
    ],
)
def test_a_bad_configuration_is_refused_naming_the_field_and_changes_nothing(
    tmp_path: Path, device: str, config: dict[str, Any], field: str
) -> None:
    async def story(world: World) -> None:
        before = (tmp_path / "devices.toml").read_text()
        with pytest.raises(RequestError) as refusal:
            await world.bridge.devices.configure(TILL, device, config)
        assert (refusal.value.status, refusal.value.errors[0].field) == (422, field)
        assert list(world.bridge.devices.runtimes) == ["d1"]
        assert (tmp_path / "devices.toml").read_text() == before

    in_world(tmp_path, story)


def test_a_device_with_open_jobs_is_neither_removed_nor_replaced(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        world.family.recoveries = ["operator"]
        world.devices["d1"].lose_answer_of = "issue"
        job = await world.sell(wait=20)
        assert job.state is JobState.UNRESOLVED
        for attempt in (
            world.bridge.devices.remove(TILL, "d1"),
            world.bridge.devices.configure(TILL, "d1", {"family": "fake", "url": "null://elsewhere"}),
        ):
            with pytest.raises(RequestError) as refusal:
                await attempt
            assert (refusal.value.code, refusal.value.extra["jobs"]) == ("request.conflict", [job.id])
        await world.bridge.jobs.resolve(TILL, job.id, "issued", "I hold it in my hand")
        await world.bridge.devices.remove(TILL, "d1")
        assert world.bridge.devices.list() == []
        assert (await world.bridge.jobs.get(job.id)).state is JobState.DONE, "its jobs stay in the journal"

    in_world(tmp_path, story)


def test_removing_a_device_forgets_what_was_kept_of_it(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        job = await world.sell()
        assert await world.bridge.store.device("d1").get("last") == job.id
        await world.bridge.devices.remove(TILL, "d1")
        assert world.bridge.store.database.read("SELECT * FROM device_state WHERE device='d1'") == []
        world.devices["d1"].serial = "F-77"
        await world.bridge.devices.configure(TILL, "d1", {"family": "fake", "url": "null://d1"})
        assert (await world.sell()).success, "a new device is pinned anew"
        assert [row["action"] for row in await world.audit()] == ["device.configured", "device.removed", "device.configured"]

    in_world(tmp_path, story)


def test_a_device_taken_out_of_the_file_by_hand_keeps_its_doubt_when_it_is_added_again(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.family.recoveries = ["pending"] * 1000
        world.devices["d1"].lose_answer_of = "issue"
        doubtful = await world.sell(wait=20)
        await world.bridge.stop(grace=0.1)
        (tmp_path / "devices.toml").write_text("")
        configured, world.devices = world.devices, {}
        await world.start()
        world.devices = configured
        assert (await world.bridge.jobs.get(doubtful.id)).state is JobState.UNRESOLVED
        await world.bridge.devices.configure(TILL, "d1", {"family": "fake", "url": "null://d1"})
        waiting = await world.sell(wait=20)
        assert waiting.state is JobState.QUEUED, "doubt owns the device"
        world.family.recoveries = []
        assert (await world.bridge.jobs.wait(doubtful.id, 30)).success
        assert (await world.bridge.jobs.wait(waiting.id, 30)).success

    in_world(tmp_path, story)


def test_deadlines_are_set_by_device_and_kind_of_operation(tmp_path: Path) -> None:
    deadlines = Deadlines(document=1, payment=2, report=3, effect=4)
    kinds = {
        "receipt": 1,
        "cash.out": 1,
        "payment.purchase": 2,
        "terminal.reconcile": 2,
        "shift.close": 3,
        "report.x": 3,
        "drawer.open": 4,
    }
    assert {op: deadlines.for_operation(op) for op in kinds} == kinds

    async def story(world: World) -> None:
        world.devices["d1"].off = True
        config = {"family": "fake", "url": "null://d1", "deadlines": {"document": 7, "report": 50}}
        await world.bridge.devices.configure(TILL, "d1", config)
        for body, seconds in ((None, 7), ({"op": "shift.close"}, 50), ({"op": "drawer.open"}, 60)):
            job = await world.sell(body, wait=100)
            assert job.error is not None
            assert job.error.code == "request.expired"
            assert (job.deadline - job.created_at).total_seconds() == seconds
            assert job.finished_at is not None
            assert 0 <= (job.finished_at - job.deadline).total_seconds() < 0.1

    in_world(tmp_path, story)
