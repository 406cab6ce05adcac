"""`tillbridge service`: the files that it writes, the commands that it runs, and what it says when the system refuses."""

from __future__ import annotations

import getpass
import os
import plistlib
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from bridge.cli.main import cli
from bridge.cli.service import command, launchd, systemd, windows
from bridge.cli.service.plan import Wanted

SPACED = Path("/srv/my tills/50%/$till")


def wanted(data_dir: Path = Path("/srv/till"), **more: Any) -> Wanted:
    return Wanted(data_dir, 47811, python=Path(sys.executable), **more)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    return tmp_path


class System:
    """Stands for systemctl and its like: keeps what it was told, refuses what the test says."""

    def __init__(self, refuse: str | None = None) -> None:
        self.told: list[str] = []
        self.refuse = refuse

    def __call__(self, words: Any) -> subprocess.CompletedProcess[str]:
        line = " ".join(words)
        self.told.append(line)
        bad = self.refuse is not None and self.refuse in line
        return subprocess.CompletedProcess(list(words), 1 if bad else 0, "active (running)", "no bus here" if bad else "")


def invoke(*arguments: str) -> Any:
    return CliRunner().invoke(cli, ["service", *arguments])


def test_install_writes_the_unit_and_starts_it_and_remove_takes_both_back(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system = System()
    monkeypatch.setattr(command, "run", system)
    done = invoke("install", "--data-dir", str(home / "data"))
    unit = home / ".config/systemd/user/tillbridge.service"
    assert done.exit_code == 0, done.output
    assert "enable-linger" in done.output
    assert f"--data-dir {home}/data" in unit.read_text()
    assert (home / "data").is_dir()
    assert system.told == ["systemctl --user daemon-reload", "systemctl --user enable --now tillbridge.service"]
    assert "active (running)" in invoke("status").output
    assert invoke("remove").exit_code == 0
    assert system.told[-1] == "systemctl --user disable --now tillbridge.service"
    assert not unit.exists()
    assert (home / "data").is_dir(), "data stays"
    assert invoke("status").exit_code == 1
    assert "no such service" in invoke("remove").output


def test_what_the_system_refuses_is_told_in_its_own_words(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "run", System(refuse="enable"))
    failed = invoke("install", "--data-dir", str(home / "data"))
    assert failed.exit_code == 1
    assert "no bus here" in failed.output
    assert "Traceback" not in failed.output


def test_no_start_and_dry_run_run_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system = System()
    monkeypatch.setattr(command, "run", system)
    dry = invoke("install", "--dry-run", "--data-dir", str(home / "data"))
    assert "ExecStart=" in dry.output
    assert not (home / "data").exists()
    assert invoke("install", "--no-start", "--data-dir", str(home / "data")).exit_code == 0
    assert system.told == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--system",), "--system needs --user"),
        (("--user", "till"), "--user goes with --system"),
        (("--system", "--user", "no-such-user-anywhere", "--data-dir", "DATA"), "There is no user"),
    ],
)
def test_a_service_of_the_system_needs_a_user_that_exists(home: Path, arguments: tuple[str, ...], says: str) -> None:
    said = invoke("install", *(str(home / "data") if word == "DATA" else word for word in arguments))
    assert said.exit_code == 1
    assert says in said.output


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd's own checker")
@pytest.mark.parametrize("data_dir", [Path("/srv/till"), SPACED])
@pytest.mark.parametrize("system", [False, True])
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path, system: bool, data_dir: Path) -> None:
    asked = wanted(data_dir, system=system, user=getpass.getuser() if system else None)
    path = tmp_path / "tillbridge.service"
    path.write_text(systemd.unit(asked, frozenset({"dialout", "lp"})))
    checked = subprocess.run(["systemd-analyze", "verify", str(path)], capture_output=True, text=True, timeout=60, check=False)
    complaints = [line for line in checked.stderr.splitlines() if "tillbridge" in line]
    assert (complaints, checked.returncode) == ([], 0)
    broken = tmp_path / "broken.service"
    broken.write_text(path.read_text().replace("ExecStart=", "ExecStrat="))
    against = subprocess.run(["systemd-analyze", "verify", str(broken)], capture_output=True, text=True, timeout=60, check=False)
    assert "ExecStrat" in against.stderr, "the checker can find something"


def test_a_unit_names_only_groups_that_the_machine_has() -> None:
    asked = wanted(system=True, user="till")
    assert "SupplementaryGroups=dialout\n" in systemd.unit(asked, frozenset({"dialout", "audio"}))
    assert "SupplementaryGroups" not in systemd.unit(asked, frozenset({"audio"}))


def test_the_command_of_a_unit_starts_a_bridge_that_sigterm_stops(tmp_path: Path) -> None:
    text = systemd.unit(Wanted(tmp_path / "data dir", 0, python=Path(sys.executable)), frozenset())
    line = next(line for line in text.splitlines() if line.startswith("ExecStart=")).removeprefix("ExecStart=")
    process = subprocess.Popen(shlex.split(line), stdout=subprocess.PIPE, text=True, env={**os.environ, "HOME": str(tmp_path)})
    try:
        assert process.stdout is not None
        assert "tillbridge ready on" in process.stdout.readline()
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


@pytest.mark.parametrize("system", [False, True])
def test_the_property_list_says_what_launchd_needs(system: bool) -> None:
    asked = wanted(SPACED, system=system, user="till" if system else None)
    plan = launchd.plan(asked, Path("/Users/ania"), 501)
    ((path, text),) = plan.files
    content = plistlib.loads(text.encode())
    assert content["ProgramArguments"] == list(asked.command)
    assert (content["KeepAlive"], content["RunAtLoad"]) == ({"SuccessfulExit": False}, True)
    assert content.get("UserName") == ("till" if system else None)
    assert str(path).startswith("/Library/LaunchDaemons" if system else "/Users/ania/Library/LaunchAgents")
    assert plan.commands[0][:3] == ("launchctl", "bootstrap", "system" if system else "gui/501")


@pytest.mark.parametrize("system", [False, True])
def test_the_task_for_windows_names_its_program_and_quotes_its_arguments(system: bool) -> None:
    asked = Wanted(Path("C:/Tills and more"), 47811, system, python=Path("C:/Python/python.exe"))
    plan = windows.plan(asked, "SHOP\\ania")
    root = ElementTree.fromstring(plan.files[0][1].partition("\n")[2])
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}

    def text(path: str) -> str | None:
        return root.findtext(path, namespaces=space)

    assert str(text("t:Actions/t:Exec/t:Command")).endswith("pythonw.exe")
    assert '--data-dir "C:/Tills and more"' in str(text("t:Actions/t:Exec/t:Arguments"))
    assert text("t:Principals/t:Principal/t:UserId") == ("S-1-5-19" if system else "SHOP\\ania")
    assert (root.find("t:Triggers/t:BootTrigger", space) is not None) is system
    assert text("t:Settings/t:ExecutionTimeLimit") == "PT0S"
    assert [words[:2] for words in plan.undo] == [("schtasks", "/End"), ("schtasks", "/Delete")]
