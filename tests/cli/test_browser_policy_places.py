"""Where policies go on the different kinds of Linux, and what is said where none can go."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bridge.cli.browser_policy.places import Found, Machine
from bridge.cli.main import cli


def machine(base: Path, *programs: str) -> Machine:
    for program in programs:
        path = base / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return Machine(base, base / "home/ania", "x86_64")


def paths(found: Found, base: Path) -> list[str]:
    return [str(place.path.relative_to(base)) for place in found.places]


@pytest.mark.parametrize(
    ("program", "path"),
    [
        ("opt/google/chrome/chrome", "etc/opt/chrome/policies/managed/tillbridge.json"),
        ("var/lib/flatpak/app/com.google.Chrome/current", "etc/opt/chrome/policies/managed/tillbridge.json"),
        ("opt/microsoft/msedge/msedge", "etc/opt/edge/policies/managed/tillbridge.json"),
        ("home/ania/.local/share/flatpak/app/com.microsoft.Edge/current", "etc/opt/edge/policies/managed/tillbridge.json"),
        ("usr/bin/chromium", "etc/chromium/policies/managed/tillbridge.json"),
        ("usr/bin/chromium-browser", "etc/chromium/policies/managed/tillbridge.json"),
        ("snap/bin/chromium", "etc/chromium-browser/policies/managed/tillbridge.json"),
        (
            "var/lib/flatpak/app/org.chromium.Chromium/current",
            "var/lib/flatpak/extension/org.chromium.Chromium.Extension.tillbridge/x86_64/1/policies/managed/tillbridge.json",
        ),
        ("usr/lib64/firefox/firefox", "etc/firefox/policies/policies.json"),
        ("snap/bin/firefox", "etc/firefox/policies/policies.json"),
        (
            "var/lib/flatpak/app/org.mozilla.firefox/current",
            "var/lib/flatpak/extension/org.mozilla.firefox.systemconfig/x86_64/stable/policies/policies.json",
        ),
    ],
)
def test_each_kind_of_browser_is_found_and_has_its_place(tmp_path: Path, program: str, path: str) -> None:
    here = machine(tmp_path, program)
    found = here.find(("chrome", "edge", "chromium", "firefox"))
    assert paths(found, tmp_path) == [path]
    assert found.impossible == ()
    assert {place.path for place in found.places} <= here.all_files()


def test_a_package_and_a_flatpak_of_chrome_read_one_file(tmp_path: Path) -> None:
    here = machine(tmp_path, "usr/bin/google-chrome", "var/lib/flatpak/app/com.google.Chrome/current")
    assert len(here.find(("chrome",)).places) == 1


def test_ubuntus_own_directory_is_used_where_it_is_there(tmp_path: Path) -> None:
    here = machine(tmp_path, "usr/bin/chromium-browser", "etc/chromium-browser/default")
    assert paths(here.find(("chromium",)), tmp_path) == [
        "etc/chromium/policies/managed/tillbridge.json",
        "etc/chromium-browser/policies/managed/tillbridge.json",
    ]


def test_a_snap_of_chromium_comes_with_the_command_that_lets_it_read(tmp_path: Path) -> None:
    (place,) = machine(tmp_path, "snap/bin/chromium", "usr/bin/chromium-browser").find(("chromium",)).places
    assert place.title == "Chromium (snap)"
    assert place.commands == ("snap connect chromium:etc-chromium-browser-policies",)


def test_a_browser_that_is_named_has_its_place_before_it_is_installed(tmp_path: Path) -> None:
    here = machine(tmp_path)
    assert here.find(("edge",)).places == ()
    assert paths(here.named("edge"), tmp_path) == ["etc/opt/edge/policies/managed/tillbridge.json"]
    assert paths(here.named("firefox"), tmp_path) == ["etc/firefox/policies/policies.json"]


def test_an_installation_that_has_its_own_policies_is_not_hidden_by_a_file_of_the_system(tmp_path: Path) -> None:
    here = machine(tmp_path, "usr/lib/firefox/firefox", "usr/lib/firefox/distribution/policies.json")
    assert paths(here.find(("firefox",)), tmp_path) == ["usr/lib/firefox/distribution/policies.json"]
    here = machine(tmp_path, "etc/firefox/policies/policies.json")
    assert paths(here.find(("firefox",)), tmp_path) == ["etc/firefox/policies/policies.json"]


def test_a_snap_beside_such_an_installation_is_not_possible_and_told_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    root = tmp_path / "root"
    machine(root, "usr/lib/firefox/firefox", "snap/bin/firefox")
    own = root / "usr/lib/firefox/distribution/policies.json"
    own.parent.mkdir()
    own.write_text("{}")
    words = ["browser-policy", "install", "--root", str(root), "--data-dir", str(tmp_path / "d"), "--origin", "https://a.example"]
    said = CliRunner().invoke(cli, words)
    assert said.exit_code == 1
    assert "Not possible for Firefox (snap)" in said.output
    assert "would hide the policies" in said.output
    assert "a.example" in own.read_text()
    assert not (root / "etc/firefox").exists()


def test_a_machine_without_browsers_is_told_to_name_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    words = ["browser-policy", "install", "--root", str(tmp_path / "r"), "--data-dir", str(tmp_path / "d")]
    said = CliRunner().invoke(cli, [*words, "--origin", "https://a.example"])
    assert said.exit_code == 1
    assert "--browser chrome|edge|chromium|firefox" in said.output
    assert not (tmp_path / "d").exists()
