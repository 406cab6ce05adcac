"""The registry's part of `tillbridge browser-policy`, against a stand-in of the registry. It has never been run on Windows."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bridge.cli.browser_policy import installing, windows
from bridge.cli.main import cli

POS = "https://pos.example.com"
SHOP = "https://shop.example:8443"
CHROME = r"SOFTWARE\Policies\Google\Chrome\LoopbackNetworkAllowedForUrls"
FIREFOX = r"SOFTWARE\Policies\Mozilla\Firefox\LocalNetworkAccess\SkipDomains"
APPS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths"

Keys = dict[tuple[str, str], dict[str, str]]


class Fake:
    """Keys with their values; a key brings those above it into being. Hives in `closed` need an administrator."""

    def __init__(self, closed: tuple[str, ...] = ()) -> None:
        self.keys: Keys = {}
        self.closed = closed

    def has(self, hive: str, key: str, **values: str) -> None:
        parts = key.split("\\")
        for length in range(1, len(parts) + 1):
            self.keys.setdefault((hive, "\\".join(parts[:length])), {})
        self.keys[hive, key] |= values

    def copy(self) -> Keys:
        return {at: dict(values) for at, values in self.keys.items()}

    def values(self, hive: str, key: str) -> dict[str, str] | None:
        there = self.keys.get((hive, key))
        return None if there is None else dict(there)

    def set_value(self, hive: str, key: str, name: str, value: str) -> None:
        self._open(hive)
        self.has(hive, key, **{name: value})

    def delete_value(self, hive: str, key: str, name: str) -> None:
        self._open(hive)
        self.keys.get((hive, key), {}).pop(name, None)

    def delete_if_empty(self, hive: str, key: str) -> None:
        self._open(hive)
        below = any(at == hive and other.startswith(key + "\\") for at, other in self.keys)
        if not below and not self.keys.get((hive, key), {"": ""}):
            del self.keys[hive, key]

    def _open(self, hive: str) -> None:
        if hive in self.closed:
            raise PermissionError(5, "Access is denied")


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Fake:
    fake = Fake()
    for hive in ("HKLM", "HKCU"):
        fake.has(hive, r"SOFTWARE\Policies")
    fake.has("HKLM", f"{APPS}\\chrome.exe")
    fake.has("HKLM", f"{APPS}\\firefox.exe")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(windows, "registry_here", lambda: fake)
    return fake


def run(data: Path, action: str, *arguments: str, code: int = 0) -> Any:
    result = CliRunner().invoke(cli, ["browser-policy", action, "--data-dir", str(data), *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert result.exit_code == code, result.output
    return result


def test_install_fills_the_lists_of_the_browsers_that_are_there_and_remove_empties_them(tmp_path: Path, registry: Fake) -> None:
    before = registry.copy()
    run(tmp_path, "install", "--origin", POS, "--origin", SHOP)
    assert registry.values("HKLM", CHROME) == {"1": f"{POS}:443", "2": SHOP}
    assert registry.values("HKLM", FIREFOX) == {"1": "pos.example.com", "2": "shop.example"}
    assert not any("Edge" in key for _, key in registry.keys)
    run(tmp_path, "status", "--origin", POS)
    run(tmp_path, "remove")
    assert registry.keys == before
    run(tmp_path, "remove", code=1)


def test_values_of_others_stay_and_ours_take_the_free_numbers(tmp_path: Path, registry: Fake) -> None:
    registry.has("HKLM", CHROME, **{"2": "https://other.example"})
    before = registry.copy()
    run(tmp_path, "install", "--browser", "chrome", "--origin", POS, "--origin", SHOP)
    assert registry.values("HKLM", CHROME) == {"2": "https://other.example", "1": f"{POS}:443", "3": SHOP}
    run(tmp_path, "remove")
    assert registry.keys == before


def test_a_value_that_others_have_already_is_not_doubled_and_not_ours_to_remove(tmp_path: Path, registry: Fake) -> None:
    registry.has("HKLM", CHROME, **{"1": f"{POS}:443"})
    run(tmp_path, "install", "--browser", "chrome", "--origin", POS)
    assert registry.values("HKLM", CHROME) == {"1": f"{POS}:443"}
    run(tmp_path, "remove", code=1)


def test_installing_again_with_other_pages_replaces_ours_only(tmp_path: Path, registry: Fake) -> None:
    registry.has("HKLM", CHROME, **{"5": "https://other.example"})
    before = registry.copy()
    run(tmp_path, "install", "--browser", "chrome", "--origin", POS, "--older")
    run(tmp_path, "install", "--browser", "chrome", "--origin", SHOP)
    assert registry.values("HKLM", CHROME) == {"5": "https://other.example", "1": SHOP}
    assert registry.values("HKLM", CHROME.replace("LoopbackNetwork", "LocalNetworkAccess")) is None
    run(tmp_path, "remove")
    assert registry.keys == before


def test_a_value_that_somebody_changed_in_between_is_theirs(tmp_path: Path, registry: Fake) -> None:
    run(tmp_path, "install", "--browser", "chrome", "--origin", POS)
    registry.has("HKLM", CHROME, **{"1": "https://theirs.example"})
    run(tmp_path, "remove")
    assert registry.values("HKLM", CHROME) == {"1": "https://theirs.example"}


def test_without_permission_it_says_who_may_and_one_user_alone_can_be_chosen(tmp_path: Path, registry: Fake) -> None:
    registry.closed = ("HKLM",)
    before = registry.copy()
    refused = run(tmp_path, "install", "--browser", "chrome", "--origin", POS, code=1)
    assert "as administrator" in refused.output
    assert "--user" in refused.output
    assert registry.keys == before
    assert not (tmp_path / "browser-policies.json").exists()
    run(tmp_path, "install", "--browser", "chrome", "--origin", POS, "--user")
    assert registry.values("HKCU", CHROME) == {"1": f"{POS}:443"}
    run(tmp_path, "remove")
    assert registry.keys == before


def test_a_dry_run_shows_keys_and_values_and_writes_nothing(tmp_path: Path, registry: Fake) -> None:
    before = registry.copy()
    shown = run(tmp_path, "install", "--dry-run", "--origin", POS).output
    assert f"HKLM\\{CHROME}" in shown
    assert f'"1" = "{POS}:443"' in shown
    assert registry.keys == before
    assert list(tmp_path.iterdir()) == []


def test_a_record_that_names_a_key_of_others_is_not_followed(tmp_path: Path, registry: Fake) -> None:
    run(tmp_path, "install", "--browser", "chrome", "--origin", POS)
    record = tmp_path / "browser-policies.json"
    record.write_text(record.read_text().replace(r"SOFTWARE\\Policies\\Google\\Chrome\\Loopback", r"SOFTWARE\\Run\\Loopback"))
    assert "no policy of ours" in run(tmp_path, "remove", code=1).output


def test_remove_everything_takes_the_registrys_part_back_too(tmp_path: Path, registry: Fake) -> None:
    before = registry.copy()
    run(tmp_path, "install", "--origin", POS)
    said = installing.remove_everything(tmp_path, registry=registry)
    assert len(said) == 2
    assert registry.keys == before
    assert not (tmp_path / "browser-policies.json").exists()
