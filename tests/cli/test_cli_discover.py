"""`tillbridge discover` with the server off (in this process) and on (through the API)."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from bridge.cli import client as cli_client
from bridge.cli import discover as command
from bridge.devices import DeviceFile
from bridge.devices.discovery import Surroundings, service
from bridge.store import DataDirLock

Run = Callable[..., Result]


@pytest.fixture
def nothing_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """No ports, no USB and no network but what is named: the tests' computer has its own."""

    async def nobody(types: Any) -> list[Any]:
        return []

    monkeypatch.setattr(service, "Surroundings", lambda: Surroundings(list, lambda port: [], list, nobody))


@pytest.fixture
def printer() -> Iterator[str]:
    """`127.0.0.1:port` of a simulated printer in a process of its own, as a user has it."""
    import subprocess
    import sys

    process = subprocess.Popen([sys.executable, "-m", "bridge.cli.main", "simulate", "posnet"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[2].removeprefix("tcp://")
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


@pytest.mark.usefixtures("nothing_around")
def test_with_the_server_off_a_printer_is_found_added_and_known_the_next_time(run: Run, tmp_path: Path, printer: str) -> None:
    families = ("--family", "posnet", "--family", "shtrih-m")
    shown = run("discover", *families, "--tcp", printer).output
    assert "POSNET THERMAL XL2 ONLINE" in shown
    assert f"--url 'tcp://{printer}'" in shown
    added = json.loads(run("discover", "--family", "posnet", "--tcp", printer, "--add", "--json").stdout)
    assert added["added"] == [{"id": "posnet-1", "family": "posnet", "url": f"tcp://{printer}", "problem": None}]
    assert DeviceFile(tmp_path).load()["posnet-1"].url == f"tcp://{printer}"
    again = json.loads(run("discover", "--tcp", printer, "--add", "--json").stdout)
    assert ([row["configured_as"] for row in again["found"]], again["added"]) == (["posnet-1"], [])
    assert "is left alone" in run("discover", "--tcp", printer).output


@pytest.mark.usefixtures("nothing_around")
def test_what_is_not_there_is_told_with_its_reason(run: Run) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        shown = run("discover", "--tcp", f"127.0.0.1:{free.getsockname()[1]}").output
    assert "No device was found." in shown
    assert "Connect call failed" in shown


@pytest.mark.usefixtures("nothing_around")
def test_mistakes_are_one_sentence(run: Run, tmp_path: Path) -> None:
    assert "at most 256" in run("discover", "--tcp", "10.0.0.0/8", code=1).output
    assert "'nix' is not installed" in run("discover", "--family", "nix", code=1).output
    lock = DataDirLock(tmp_path)
    lock.acquire()
    try:
        assert "does not answer yet" in run("discover", code=1).output
    finally:
        lock.release()


class _Server:
    """The API's answers, one after the other."""

    def __init__(self, found: list[dict[str, Any]]) -> None:
        self.requests: list[tuple[str, str, Any]] = []
        self._found = found
        self._left = 2

    def get(self, path: str) -> Any:
        if path == "/devices":
            return {"devices": [{"id": "posnet-1"}]}
        self._left -= 1
        state = "running" if self._left else "done"
        return {"id": "S1", "state": state, "progress": {"places": 2, "done": 2 - self._left}, **self._rows}

    def post(self, path: str, body: Any) -> Any:
        self.requests.append(("POST", path, body))
        return {"id": "S1", "state": "running", "progress": {"places": 0, "done": 0}, **self._rows}

    def request(self, method: str, path: str, body: Any) -> Any:
        self.requests.append((method, path, body))
        if body["url"].endswith("9"):
            raise cli_client.Refused({"detail": "already the address of x"}, 409)
        return {}

    @property
    def _rows(self) -> dict[str, Any]:
        return {"found": self._found, "places": [], "problems": ["USB devices: there are none"]}


def _row(url: str, serial: str, **more: Any) -> dict[str, Any]:
    identity = {"model": "M", "serial": serial, "fiscal_number": None}
    fixed = {"family": "posnet", "title": "P", "identity": identity, "url": url, "configured_as": None}
    return {**fixed, "left_alone": False, "ambiguous_with": [], **more}


def test_with_the_server_on_it_asks_the_api_and_adds_only_what_is_sure_and_new(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    server = _Server(
        [
            _row("tcp://a:1", "1"),
            _row("tcp://b:1", "1"),
            _row("tcp://c:1", "2", configured_as="till-9"),
            _row("tcp://d:1", "3", ambiguous_with=["other"]),
            _row("tcp://e:9", "4"),
        ]
    )
    monkeypatch.setattr(command.Client, "connect", lambda data_dir: server)
    monkeypatch.setattr(command, "_ASK_SECONDS", 0)
    result = run("discover", "--family", "posnet", "--tcp", "a", "--no-serial", "--no-mdns", "--port", "COM3", "--add")
    sent = {"families": ("posnet",), "tcp": ("a",), "serial": False, "ports": ("COM3",), "usb": True, "mdns": False}
    assert server.requests == [
        ("POST", "/discovery", sent),
        ("PUT", "/devices/posnet-2/config", {"family": "posnet", "url": "tcp://a:1"}),
        ("PUT", "/devices/posnet-3/config", {"family": "posnet", "url": "tcp://e:9"}),
    ]
    for words in ("added as posnet-2", "till-9", "choose: other answers there too"):
        assert words in result.stdout
    assert "tcp://e:9 was not added: already the address of x" in result.stderr
    assert "USB devices: there are none" in result.stderr
