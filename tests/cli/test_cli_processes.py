"""The commands as scripts call them: real processes, ready lines, signals."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge.server import instance

TILLBRIDGE = [sys.executable, "-m", "bridge.cli.main"]

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a command that runs until it is told to stop."""
    running: list[subprocess.Popen[str]] = []

    def command(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*TILLBRIDGE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )
        running.append(process)
        return process

    yield command
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*TILLBRIDGE, *arguments], capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)


def ready(process: Any) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.stderr.read()
    return str(line)


def test_a_sale_from_nothing_to_a_number(start: Start, tmp_path: Path) -> None:
    """Simulator, device, server, sale, stop: the forms that scripts use."""
    simulator = start("simulate", "posnet", "--listen", "tcp://127.0.0.1:0", "--control", "0")
    match = re.fullmatch(r"ready posnet (tcp://127\.0\.0\.1:\d+) control=(http://127\.0\.0\.1:\d+)\n", ready(simulator))
    assert match is not None
    added = call("devices", "add", "posnet", "--id", "till-1", "--url", match[1], "--data-dir", str(tmp_path))
    assert added.returncode == 0, added.stderr
    server = start("serve", "--data-dir", str(tmp_path), "--port", "0")
    told = re.fullmatch(r"tillbridge ready on (http://127\.0\.0\.1:(\d+))\n", ready(server))
    assert told is not None
    running = instance.find(tmp_path)
    assert running is not None
    assert (running.url, running.pid) == (told[1], server.pid)
    sale = ("--line", "Chleb żytni;2;4.50;5%", "--currency", "PLN", "--pay", "cash=30.00", "--key", "k1", "--json")
    sold = call("sell", "--device", "till-1", *sale, "--data-dir", str(tmp_path))
    assert sold.returncode == 0, sold.stderr
    job = json.loads(sold.stdout)
    assert (job["state"], job["success"], job["result"]["document"]["total"]) == ("done", True, "9.00")
    again = call("sell", "--device", "till-1", *sale, "--data-dir", str(tmp_path))
    assert json.loads(again.stdout)["id"] == job["id"]

    second = call("serve", "--data-dir", str(tmp_path / "other"), "--port", told[2])
    assert (second.returncode, "another Tillbridge" in second.stderr) == (1, True)
    same = call("serve", "--data-dir", str(tmp_path), "--port", "0")
    assert (same.returncode, "in use" in same.stderr) == (1, True)

    for process in (server, simulator):
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 0, errors
        assert "Traceback" not in errors
    assert instance.find(tmp_path) is None


def test_ctrl_c_stops_a_server_too(start: Start, tmp_path: Path) -> None:
    server = start("serve", "--data-dir", str(tmp_path / "new" / "dir"), "--port", "0")
    ready(server)
    assert (tmp_path / "new" / "dir").stat().st_mode & 0o077 == 0
    server.send_signal(signal.SIGINT)
    server.communicate(timeout=30)
    assert server.returncode == 0


def test_a_simulator_on_a_pseudo_terminal(start: Start) -> None:
    if sys.platform == "win32":
        pytest.skip("there are no pseudo-terminals on Windows")
    simulator = start("simulate", "posnet", "--listen", "pty")
    assert re.fullmatch(r"ready posnet serial:///\S+ control=none\n", ready(simulator))
    simulator.send_signal(signal.SIGINT)
    simulator.communicate(timeout=30)
    assert simulator.returncode == 0


def test_an_address_that_is_taken_is_a_sentence(start: Start) -> None:
    simulator = start("simulate", "posnet", "--control", "0")
    taken = ready(simulator).split()[2]
    second = call("simulate", "posnet", "--listen", taken)
    assert (second.returncode, second.stderr.startswith("Error: ")) == (1, True)
    assert "Traceback" not in second.stderr


@pytest.mark.parametrize("module", ["aiohttp", "pydantic", "rich"])
def test_commands_for_a_running_server_load_no_heavy_library(module: str, tmp_path: Path) -> None:
    script = (
        "import sys; from bridge.cli.main import cli\n"
        f"try: cli(['jobs', 'list', '--data-dir', {str(tmp_path)!r}])\n"
        "except SystemExit: pass\n"
        f"sys.exit({module!r} in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=False).returncode == 0
