"""`inspect` tells a stranger why a job stands as it does; `bundle` packs what helps and says what it left out."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bridge.cli.main import cli
from bridge.plugin import DescribedFrame, HexDecoder, PluginRegistry
from bridge.transport import Direction
from tests.core.fake_family import FakeFamily, FakePlugin
from tests.core.world import World, in_world, sale


def run(data_dir: Path, *arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, list(arguments), env={"TILLBRIDGE_DATA_DIR": str(data_dir)})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(autouse=True)
def _fake_family_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = PluginRegistry()
    registry.add(FakePlugin(FakeFamily()), "fake")
    monkeypatch.setattr(PluginRegistry, "installed", lambda: registry)


def unresolved(data_dir: Path) -> str:
    """A job that the fake device cannot tell of; the bridge is off again."""
    ids: list[str] = []

    async def story(world: World) -> None:
        await world.settle()
        world.devices["d1"].lose_answer_of = "issue"
        world.family.recoveries = ["operator"]
        ids.append((await world.sell(sale(customer={"name": "Jan Kowalski"}, reference="A-1"), wait=5)).id)

    in_world(data_dir, story)
    return ids[0]


def test_an_unresolved_job_says_why_where_certainty_ended_and_what_to_do(tmp_path: Path) -> None:
    job = unresolved(tmp_path)
    shown = run(tmp_path, "inspect", job).output
    flat = " ".join(shown.split())
    assert "UNRESOLVED: it is not known whether the document came out." in flat
    assert "no answer to it came: that is where certainty ended." in flat
    assert f'tillbridge jobs resolve {job} --verdict issued|not_issued --reason "..."' in flat
    assert "(NO ANSWER)" in shown
    assert "recovery asks what became of it" in shown
    assert "checkpoint intent" in shown
    assert "issue 10.00" in shown  # the bytes, as no decoder of the family tells more
    assert max(len(row) for row in shown.splitlines()) <= 80
    assert "Kowalski" not in shown


def test_the_time_line_as_json_is_in_order_and_bytes_come_only_when_asked_for(tmp_path: Path) -> None:
    job = unresolved(tmp_path)
    data = json.loads(run(tmp_path, "inspect", job, "--json").output)
    steps = data["timeline"]
    assert [step["at"] for step in steps] == sorted(step["at"] for step in steps)
    assert (data["source"], data["job"]["state"], "operation" in data["job"]) == ("journal", "unresolved", False)
    assert not any("hex" in step for step in steps)
    raw = json.loads(run(tmp_path, "inspect", job, "--json", "--raw").output)["timeline"]
    lost = next(step for step in raw if step.get("answered") is False)
    assert bytes.fromhex(lost["hex"]).startswith(b"issue 10.00")
    answered = [step for step in raw if step["kind"] == "received" and step["phase"] == "execute"]
    assert all("milliseconds" in step for step in answered)


def test_an_answer_belongs_to_the_question_of_the_same_word_and_to_none_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device that answers one question while another still waits: in order alone, the wrong one would be left open."""

    class Overtaking(HexDecoder):
        def feed(self, data: bytes, direction: Direction, at: datetime) -> Iterable[DescribedFrame]:
            if direction is Direction.OUT:
                yield DescribedFrame(at, at, direction, "print", pairing="print")
                yield DescribedFrame(at, at, direction, "beep", pairing=None)
                yield DescribedFrame(at, at, direction, "how are you?", pairing="state")
            else:
                yield DescribedFrame(at, at, direction, "well", pairing="state")
                yield DescribedFrame(at, at, direction, "by the way", pairing=None)

    monkeypatch.setattr(FakeFamily, "wire_decoder", lambda self: Overtaking())
    job = unresolved(tmp_path)
    steps = json.loads(run(tmp_path, "inspect", job, "--json").output)["timeline"]
    lost, beep, asked, well, more = [step for step in steps if step["kind"] in ("sent", "received")][:5]
    assert (lost["title"], lost["answered"]) == ("print", False)
    assert (asked["title"], asked["answered"], "milliseconds" in well) == ("how are you?", True, True)
    assert ("answered" in beep, "milliseconds" in more) == (False, False)


def test_a_job_that_failed_and_one_that_was_never_there(tmp_path: Path) -> None:
    ids: list[str] = []

    async def story(world: World) -> None:
        await world.settle()
        world.devices["d1"].refuse = "77"
        ids.append((await world.sell()).id)

    in_world(tmp_path, story)
    shown = " ".join(run(tmp_path, "inspect", ids[0]).output.split())
    assert "FAILED: surely nothing was issued." in shown
    assert "The device said: 77" in shown
    assert "There is no job" in run(tmp_path, "inspect", "01NONE", code=1).output


def test_control_characters_of_a_device_do_not_reach_the_terminal(tmp_path: Path) -> None:
    ids: list[str] = []

    async def story(world: World) -> None:
        await world.settle()

        async def strange(context: Any, driver: Any) -> None:
            await context.checkpoint("intent", {"said": "\x1b[31mred\x07"})

        world.family.behaviour = strange
        ids.append((await world.sell()).id)

    in_world(tmp_path, story)
    shown = run(tmp_path, "inspect", ids[0]).output
    assert ("\x1b" in shown, "\\x1b[31mred" in shown) == (False, True)


def test_a_damaged_journal_is_a_sentence_and_the_bundle_still_comes(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    unresolved(data_dir)
    for file in data_dir.glob("journal.db*"):
        file.write_bytes(b"nothing of a database" * 300)
    assert "cannot be read" in run(data_dir, "inspect", "01X", code=1).output
    target = tmp_path / "out.zip"
    shown = run(data_dir, "bundle", "-o", str(target)).output
    assert "jobs.json" in shown.partition("Could not be had:")[2]
    with zipfile.ZipFile(target) as packed:
        assert "PROBLEM     journal" in packed.read("doctor.txt").decode()


def test_a_bundle_says_what_is_in_it_and_what_is_not(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    job = unresolved(data_dir)
    (data_dir / "devices.toml").write_text('[devices.d1]\nfamily = "fake"\nurl = "null://d1"\n')
    (data_dir / "secrets.toml").write_text('[d1]\npassword = "opensesame-77"\n')
    (data_dir / "admin-token").write_text("tbk_" + "a" * 40)
    target = tmp_path / "out.zip"
    shown = run(data_dir, "bundle", "--since", "2026-11-01", "-o", str(target)).output
    assert shown.startswith(f"{target.resolve()}\n")
    assert target.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(target) as packed:
        names = set(packed.namelist())
        manifest = json.loads(packed.read("manifest.json"))
        (packed_job,) = json.loads(packed.read("jobs.json"))
        devices = json.loads(packed.read("devices.json"))
        everything = b"".join(packed.read(name) for name in names)
    assert {f"inspect/{job}.txt", f"wire/{job}.jsonl", "doctor.json", "installation.json", "MANIFEST.txt"} <= names
    assert {item["name"] for item in manifest["contents"]} == names - {"manifest.json", "MANIFEST.txt"}
    assert any("secrets.toml" in item for item in manifest["left_out"])
    assert packed_job["operation"]["customer"]["name"] == "***"
    assert packed_job["operation"]["lines"][0]["name"] == "Tea"
    assert devices["d1"]["settings"] == {"password": "***"}
    for secret in (b"opensesame", b"tbk_a", b"Kowalski"):
        assert secret not in everything
    assert "exists already" in run(data_dir, "bundle", "-o", str(target), code=1).output


def test_logs_without_any_log_say_so(tmp_path: Path) -> None:
    assert "There is no log" in run(tmp_path, "logs").output
