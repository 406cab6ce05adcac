"""Commands that find families and simulators among the plugins: simulate, vectors, devices with the server off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bridge.store.files import DataDirLock

POSNET = ("posnet", "--url", "tcp://127.0.0.1:6666")


def test_simulate_says_what_to_install(run: Any, toys: Any) -> None:
    output = run("simulate", "nexo", code=2).output
    assert "pip install tillbridge-sim-nexo" in output
    assert "toy" in output
    assert "broken" in output


def test_an_unknown_setting_lists_those_that_there_are(run: Any, toys: Any) -> None:
    output = run("simulate", "toy", "--set", "papr=1", code=2).output
    assert "papr" in output
    assert "rolls of paper" in output


def test_help_lists_the_settings_of_the_family_named(run: Any, toys: Any) -> None:
    assert "rolls of paper" in run("simulate", "toy", "--help").output
    assert "rolls of paper" not in run("simulate", "--help").output


def test_what_a_simulator_refuses_is_a_sentence(run: Any, toys: Any) -> None:
    output = run("simulate", "toy", "--listen", "pty", code=2).output
    assert "asked to start with ['control', 'listen', 'pace', 'settings', 'state']" in output


def vectors(tmp_path: Path, *wants: str | None) -> str:
    given = [{"name": f"v{index}", "want": want, "hex": "01", "meaning": {"text": "a"}} for index, want in enumerate(wants)]
    path = tmp_path / "vectors.json"
    path.write_text(json.dumps(given))
    return str(path)


def test_vectors_that_agree_end_with_0(run: Any, toys: Any, tmp_path: Path) -> None:
    output = run("vectors", "toy", vectors(tmp_path, None, None, "later")).output
    assert "3 vectors: 2 compared, 1 listed as not built, 0 failed" in output
    assert "a fact about the line" in output
    assert "comes with the next part" in output


@pytest.mark.parametrize(
    ("want", "said"), [("differ", "01 instead of 02"), ("nothing", "nothing was compared"), ("raise", "no such frame")]
)
def test_a_difference_or_nothing_compared_ends_with_1(run: Any, toys: Any, tmp_path: Path, want: str, said: str) -> None:
    output = run("vectors", "toy", vectors(tmp_path, None, want), code=1).output
    assert said in output
    assert "2 vectors: 1 compared, 0 listed as not built, 1 failed" in output


def test_vectors_as_json(run: Any, toys: Any, tmp_path: Path) -> None:
    data = json.loads(run("vectors", "toy", vectors(tmp_path, None, "differ"), "--json", code=1).stdout)
    assert (data["vectors"], data["compared"], data["failed"]) == (2, 1, 1)
    assert data["never_compared"] == {"meaning.speed": "a fact about the line", "want": "the family gives no reason"}
    assert [result["verdict"] for result in data["results"]] == ["compared", "failed"]


@pytest.mark.parametrize("content", ["{", "{}", "[1]", "[]", '[{"hex": "01"}]'])
def test_a_file_that_holds_no_vectors_is_refused(run: Any, toys: Any, tmp_path: Path, content: str) -> None:
    (tmp_path / "v.json").write_text(content)
    run("vectors", "toy", str(tmp_path / "v.json"), code=1)


def test_vectors_of_a_family_that_is_not_there(run: Any, toys: Any, tmp_path: Path) -> None:
    assert "pip install tillbridge-nexo" in run("vectors", "nexo", vectors(tmp_path, None), code=2).output


def test_devices_are_added_and_removed_with_the_server_off(run: Any, tmp_path: Path) -> None:
    run("devices", "add", *POSNET, "--id", "till-1")
    run("devices", "add", "posnet", "--url", "tcp://127.0.0.1:6667", "--id", "till-2", "--shared")
    listed = json.loads(run("devices", "list", "--json").stdout)["devices"]
    assert [(one["id"], one["shared"], one["state"]) for one in listed] == [("till-1", False, None), ("till-2", True, None)]
    run("devices", "remove", "till-1")
    assert "till-1" not in run("devices", "list").stdout
    assert "Configured are: till-2" in run("devices", "remove", "till-1", code=1).output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nexo", "--url", "tcp://127.0.0.1:1", "--id", "a"), "not installed"),
        (("posnet", "--url", "telnet://127.0.0.1", "--id", "a"), "the kind must be one of"),
        (("posnet", "--url", "tcp://127.0.0.1", "--id", "a"), "port is missing"),
        (("posnet", "--url", "tcp://127.0.0.1:1", "--id", "Ä"), "no device id"),
        (("posnet", "--url", "tcp://127.0.0.1:1", "--id", "a", "--set", "nonsense=1"), "nonsense"),
        (("posnet", "--url", "tcp://127.0.0.1:1", "--id", "a", "--timeout", "open=0"), "timeouts.open"),
        (("posnet", "--url", "tcp://127.0.0.1:1", "--id", "a", "--timeout", "opn=1"), "timeouts.opn"),
        (("posnet", "--url", "usb://1424", "--id", "a"), "must be hexadecimal numbers"),
        ((*POSNET, "--id", "till-1"), "already"),
        ((*POSNET, "--id", "other"), "already the address of till-1"),
    ],
)
def test_a_wrong_device_is_refused_with_the_server_off_too(run: Any, arguments: tuple[str, ...], said: str) -> None:
    run("devices", "add", *POSNET, "--id", "till-1")
    assert said in run("devices", "add", *arguments, code=1).output
    assert len(json.loads(run("devices", "list", "--json").stdout)["devices"]) == 1


def test_the_file_is_not_edited_while_somebody_has_the_directory(run: Any, tmp_path: Path) -> None:
    lock = DataDirLock(tmp_path)
    lock.acquire()
    try:
        assert "in use" in run("devices", "add", *POSNET, "--id", "till-1", code=1).output
    finally:
        lock.release()


def test_a_broken_file_is_named(run: Any, tmp_path: Path) -> None:
    (tmp_path / "devices.toml").write_text("[devices")
    assert "devices.toml" in run("devices", "list", code=1).output
    assert "devices.toml" in run("devices", "add", *POSNET, "--id", "till-1", code=1).output
