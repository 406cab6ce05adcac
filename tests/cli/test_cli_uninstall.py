"""`tillbridge uninstall`: everything beside the data is taken back, each part for itself, and what stays is told."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bridge.cli.browser_policy import installing
from bridge.cli.browser_policy.origins import checked
from bridge.cli.browser_policy.places import Machine
from bridge.cli.browser_policy.record import load
from bridge.cli.service import systemd
from bridge.cli.service.plan import Plan, Wanted
from bridge.cli.uninstall import take_everything_back
from tests.server.tls import shaking

ORIGIN = "https://pos.example.com"


def fine(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess(list(command), 0, "", "")


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Of a service that is installed."""
    made = systemd.plan(Wanted(tmp_path, 47811, python=Path(sys.executable)), tmp_path / "home", frozenset())
    for path, text in made.files:
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return made


@pytest.fixture
def furnished(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory with a token, a provisioning file, certificates, a policy and devices; the policy's file."""
    run("pair", "--origin", ORIGIN)
    run("token", "rotate")
    run("devices", "add", "posnet", "--id", "till-1", "--url", "tcp://127.0.0.1:1")
    entry = run("pair", "--origin", ORIGIN, "--print-entry").stdout.partition("\n")[2]
    (tmp_path / "provisioning.toml").write_text(entry)
    shaking.set_up(tmp_path)
    machine = Machine(root=tmp_path / "root", home=tmp_path / "home")
    monkeypatch.setattr(installing, "Machine", lambda: machine)
    record = load(tmp_path)
    changes = installing.plan_install(record, machine.named("chromium").places, checked([ORIGIN]), older=False)
    installing.carry_out(record, changes)
    (written,) = [change.path for change in changes]
    assert ORIGIN in written.read_text()
    return Path(written)


def test_service_policies_certificates_and_tokens_go_and_the_journal_stays(
    run: Any, tmp_path: Path, plan: Plan, furnished: Path
) -> None:
    asked: list[tuple[str, ...]] = []

    def system(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        asked.append(tuple(command))
        return fine(command)

    result = take_everything_back(tmp_path, plan, system, fine)
    assert result.left == []
    assert asked == list(plan.undo)
    assert not any(path.exists() for path, _ in plan.files)
    assert not furnished.exists()
    for name in ("admin-token", "provisioning.toml", "tls", "browser-policies.json"):
        assert not (tmp_path / name).exists(), name
    assert json.loads(run("token", "list", "--json").stdout) == {"tokens": []}
    assert (tmp_path / "journal.db").exists()
    assert (tmp_path / "devices.toml").exists()
    said = " ".join(result.done)
    for word in ("service", "1 tokens", "admin-token", str(furnished)):
        assert word in said, said


def test_what_cannot_be_taken_back_is_told_and_does_not_hold_up_the_rest(tmp_path: Path, plan: Plan, furnished: Path) -> None:
    furnished.unlink()
    furnished.mkdir()  # somebody put something else there
    result = take_everything_back(tmp_path, plan, fine, fine)
    assert [line.partition(":")[0] for line in result.left] == ["browser policies"]
    assert not (tmp_path / "admin-token").exists()
    assert not (tmp_path / "tls").exists()


def test_while_a_bridge_runs_its_tokens_are_not_taken_from_under_it(run: Any, tmp_path: Path) -> None:
    from bridge.store import DataDirLock

    run("pair", "--origin", ORIGIN)
    lock = DataDirLock(tmp_path)
    lock.acquire()
    try:
        result = take_everything_back(tmp_path, Plan((), (), (), ()), fine, fine)
    finally:
        lock.release()
    assert "in use" in result.left[0]


def test_it_tells_before_it_does_and_does_nothing_on_a_dry_run(run: Any, tmp_path: Path, furnished: Path) -> None:
    said = run("uninstall", "--dry-run").stdout
    for name in ("journal.db", "devices.toml", "tls", "admin-token", "browser-policies.json"):
        assert name in said
    assert furnished.exists()
    assert (tmp_path / "admin-token").exists()
    run("uninstall", input="n\n", code=1)
    assert (tmp_path / "admin-token").exists()


def test_the_command_tells_what_stays(run: Any, tmp_path: Path, furnished: Path) -> None:
    said = run("uninstall", "--yes").stdout
    assert f"Stays: {tmp_path / 'journal.db'}" in said
    assert "tax office" in said
    assert "pip uninstall tillbridge" in said
    assert not furnished.exists()


def test_twice_is_no_error(run: Any) -> None:
    run("uninstall", "--yes")
    run("uninstall", "--yes")
