"""`tillbridge browser-policy install|remove|status` on files: what is written, what is kept, and that all of it is taken back."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bridge.cli.browser_policy import installing, json_lists
from bridge.cli.browser_policy.places import Machine
from bridge.cli.main import cli

POS = "https://pos.example.com"
SHOP = "https://shop.example:8443"
CHROMIUM = "etc/chromium/policies/managed/tillbridge.json"
FIREFOX = "etc/firefox/policies/policies.json"

FOREIGN = '{\n\t"policies": {"DisableTelemetry": true,\n\t\t"LocalNetworkAccess": {"SkipDomains": [ "intranet.example" ]}}\n}'


class Till:
    """A machine below a directory, and its data directory."""

    def __init__(self, base: Path) -> None:
        self.root = base / "root"
        self.data = base / "data"
        self.root.mkdir()

    def has(self, path: str, text: str = "") -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        return file

    def __call__(self, action: str, *arguments: str, code: int = 0, data: Path | None = None) -> Any:
        words = ["browser-policy", action, "--root", str(self.root), "--data-dir", str(data or self.data), *arguments]
        result = CliRunner().invoke(cli, words)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        assert result.exit_code == code, result.output
        return result

    def text(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def everything(self) -> dict[str, bytes | None]:
        return {str(path.relative_to(self.root)): path.read_bytes() if path.is_file() else None for path in self.root.rglob("*")}


@pytest.fixture
def till(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Till]:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    made = Till(tmp_path)
    made.has("usr/bin/chromium")
    made.has("usr/lib/firefox-esr/firefox-esr")
    mask = os.umask(0o077)  # of a careful root: browsers of users must be able to read all the same
    yield made
    os.umask(mask)


def test_install_writes_and_remove_leaves_the_machine_as_it_was(till: Till) -> None:
    before = till.everything()
    said = till("install", "--origin", POS).output
    assert json.loads(till.text(CHROMIUM)) == {"LoopbackNetworkAllowedForUrls": [f"{POS}:443"]}
    assert json.loads(till.text(FIREFOX)) == {"policies": {"LocalNetworkAccess": {"SkipDomains": ["pos.example.com"]}}}
    assert "host name only" in said
    for path in (till.root / CHROMIUM, till.root / FIREFOX):
        assert path.stat().st_mode & 0o777 == 0o644
        assert path.parent.stat().st_mode & 0o777 == 0o755
    till("status", "--origin", POS)
    till("remove")
    assert till.everything() == before
    assert not (till.data / "browser-policies.json").exists()
    assert "Nothing is installed" in till("remove", code=1).output


def test_firefoxs_file_keeps_what_others_wrote_and_is_restored_byte_for_byte(till: Till) -> None:
    file = till.has(FIREFOX, FOREIGN)
    os.chmod(file, 0o640)
    till("install", "--browser", "firefox", "--origin", POS)
    content = json.loads(till.text(FIREFOX))
    assert content["policies"]["DisableTelemetry"] is True
    assert content["policies"]["LocalNetworkAccess"]["SkipDomains"] == ["intranet.example", "pos.example.com"]
    assert file.stat().st_mode & 0o777 == 0o640
    till("remove")
    assert till.text(FIREFOX) == FOREIGN
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_file_with_the_line_ends_of_windows_comes_back_with_them(till: Till) -> None:
    text = '{\r\n  "policies": {}\r\n}\r\n'
    till.has(FIREFOX, text)
    till("install", "--browser", "firefox", "--origin", POS)
    assert "\r\n" in till.text(FIREFOX)
    till("remove")
    assert till.text(FIREFOX) == text


def test_installing_again_after_another_page_was_paired_updates_and_still_restores(till: Till) -> None:
    till.has(FIREFOX, FOREIGN)
    till("install", "--origin", POS)
    till("status", "--origin", SHOP, code=1)
    till("install", "--origin", SHOP)
    assert json.loads(till.text(CHROMIUM)) == {"LoopbackNetworkAllowedForUrls": [SHOP]}
    skip = json.loads(till.text(FIREFOX))["policies"]["LocalNetworkAccess"]["SkipDomains"]
    assert skip == ["intranet.example", "shop.example"]
    assert "as it should be" in till("install", "--origin", SHOP).output
    till("remove")
    assert till.text(FIREFOX) == FOREIGN
    assert not (till.root / "etc/chromium").exists()


def test_what_an_administrator_changed_in_between_stays(till: Till) -> None:
    till.has(FIREFOX, FOREIGN)
    till("install", "--browser", "firefox", "--origin", POS)
    content = json.loads(till.text(FIREFOX))
    content["policies"]["DisablePocket"] = True
    content["policies"]["LocalNetworkAccess"]["SkipDomains"].insert(0, "later.example")
    till.has(FIREFOX, json.dumps(content))
    till("remove")
    policies = json.loads(till.text(FIREFOX))["policies"]
    assert policies["DisablePocket"] is True
    assert policies["LocalNetworkAccess"]["SkipDomains"] == ["later.example", "intranet.example"]


def test_objects_made_for_ours_go_and_what_came_into_them_stays(till: Till) -> None:
    till("install", "--browser", "firefox", "--origin", POS)
    content = json.loads(till.text(FIREFOX))
    content["policies"]["LocalNetworkAccess"]["Enabled"] = True
    till.has(FIREFOX, json.dumps(content))
    till("remove")
    assert json.loads(till.text(FIREFOX)) == {"policies": {"LocalNetworkAccess": {"Enabled": True}}}


def test_a_change_in_between_survives_a_second_install_and_the_removal(till: Till) -> None:
    till.has(FIREFOX, FOREIGN)
    till("install", "--browser", "firefox", "--origin", POS)
    content = json.loads(till.text(FIREFOX))
    content["policies"]["DisablePocket"] = True
    till.has(FIREFOX, json.dumps(content))
    till("install", "--browser", "firefox", "--origin", SHOP)
    till("remove")
    policies = json.loads(till.text(FIREFOX))["policies"]
    assert policies == {
        "DisableTelemetry": True,
        "LocalNetworkAccess": {"SkipDomains": ["intranet.example"]},
        "DisablePocket": True,
    }


def test_a_host_that_others_had_allowed_already_is_not_ours_to_remove(till: Till) -> None:
    text = '{"policies": {"LocalNetworkAccess": {"SkipDomains": ["pos.example.com"]}}}'
    till.has(FIREFOX, text)
    till("install", "--browser", "firefox", "--origin", POS)
    assert till.text(FIREFOX) == text
    till("remove", code=1)
    assert till.text(FIREFOX) == text


def test_a_file_that_somebody_deleted_in_between_is_no_obstacle(till: Till) -> None:
    till("install", "--origin", POS)
    (till.root / FIREFOX).unlink()
    till("remove")
    assert not (till.root / "etc/firefox").exists()


def test_a_directory_that_others_use_by_now_stays(till: Till) -> None:
    till("install", "--browser", "chromium", "--origin", POS)
    other = till.has("etc/chromium/policies/managed/other.json", "{}")
    till("remove")
    assert [path.name for path in other.parent.iterdir()] == ["other.json"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{ not json", "no valid JSON"),
        ("[]", "no JSON object"),
        ('{"policies": []}', "policies in it is no object"),
        ('{"policies": {"LocalNetworkAccess": {"SkipDomains": "x"}}}', "no list of texts"),
        ('{"policies": {}, "policies": {"A": 1}}', "stands in it twice"),
    ],
)
def test_a_file_that_cannot_be_edited_safely_stops_everything_before_anything_is_written(
    till: Till, text: str, said: str
) -> None:
    till.has(FIREFOX, text)
    before = till.everything()
    refused = till("install", "--origin", POS, code=1)
    assert said in refused.output
    assert till.everything() == before
    assert not till.data.exists()


def test_a_file_broken_in_between_is_left_and_stays_recorded(till: Till) -> None:
    till("install", "--browser", "firefox", "--origin", POS)
    till.has(FIREFOX, "{ not json")
    assert "no valid JSON" in till("remove", code=1).output
    assert till.text(FIREFOX) == "{ not json"
    assert (till.data / "browser-policies.json").exists()


def test_another_file_with_the_same_policy_is_not_switched_off(till: Till) -> None:
    rival = till.has("etc/chromium/policies/managed/corp.json", '{"LoopbackNetworkAllowedForUrls": ["https://other.example"]}')
    refused = till("install", "--origin", POS, code=1)
    assert f"{rival} sets LoopbackNetworkAllowedForUrls already" in refused.output
    assert not (till.root / CHROMIUM).exists()
    assert not (till.root / FIREFOX).exists()
    till("install", "--browser", "firefox", "--origin", POS)


def test_two_data_directories_share_a_file_and_each_takes_its_own_back(till: Till, tmp_path: Path) -> None:
    other = tmp_path / "other"
    till("install", "--browser", "chromium", "--origin", POS)
    till("install", "--browser", "chromium", "--origin", SHOP, data=other)
    assert json.loads(till.text(CHROMIUM))["LoopbackNetworkAllowedForUrls"] == [f"{POS}:443", SHOP]
    till("remove")
    assert json.loads(till.text(CHROMIUM)) == {"LoopbackNetworkAllowedForUrls": [SHOP]}
    till("remove", data=other)
    assert not (till.root / CHROMIUM).exists()


def test_a_dry_run_shows_everything_and_writes_nothing(till: Till) -> None:
    before = till.everything()
    shown = till("install", "--dry-run", "--origin", POS).output
    assert f"# {till.root / CHROMIUM}" in shown
    assert f'"{POS}:443"' in shown
    assert till.everything() == before
    assert not till.data.exists()
    till("install", "--origin", POS)
    installed = till.everything()
    assert "(deleted)" in till("remove", "--dry-run").output
    assert till.everything() == installed


def test_without_permission_it_says_who_may_and_leaves_no_trace(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, text: str) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    before = till.everything()
    with monkeypatch.context() as patched:
        patched.setattr(installing, "write_atomically", refuse)
        refused = till("install", "--origin", POS, code=1)
    assert "cannot be written: Permission denied" in refused.output
    assert f"as administrator, with --data-dir {till.data}" in refused.output
    assert till.everything() == before
    assert not (till.data / "browser-policies.json").exists()


def test_what_was_done_before_permission_ended_is_recorded_and_taken_back(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    before = till.everything()
    write = installing.write_atomically

    def refuse_firefox(path: Path, text: str) -> None:
        if path.name == "policies.json":
            raise PermissionError(13, "Permission denied", str(path))
        write(path, text)

    with monkeypatch.context() as patched:
        patched.setattr(installing, "write_atomically", refuse_firefox)
        till("install", "--origin", POS, code=1)
    assert (till.root / CHROMIUM).exists()
    till("remove")
    assert till.everything() == before


def test_a_crash_between_record_and_file_loses_track_of_nothing(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    before = till.everything()
    till("install", "--browser", "chromium", "--origin", POS)

    def crash(change: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(installing, "_write", crash)
        till("install", "--browser", "chromium", "--origin", SHOP, code=1)
    assert f"{POS}:443" in till.text(CHROMIUM)
    till("remove")
    assert till.everything() == before


def test_status_tells_what_is_missing_and_what_is_left_over(till: Till) -> None:
    assert f"without {POS}:443" in till("status", "--origin", POS, code=1).output
    till("install", "--origin", POS, "--origin", SHOP)
    said = till("status", "--origin", POS, code=1).output
    assert f"still with {SHOP}" in said
    rows = json.loads(till("status", "--json", "--origin", POS, "--origin", SHOP).stdout)
    assert [row["missing"] for row in rows["browsers"]] == [[], []]


def test_remove_everything_takes_all_back_and_says_so(till: Till) -> None:
    before = till.everything()
    till("install", "--origin", POS)
    said = installing.remove_everything(till.data, Machine(root=till.root))
    assert [line.rpartition("/")[2] for line in said] == ["tillbridge.json: removed.", "policies.json: removed."]
    assert till.everything() == before
    assert installing.remove_everything(till.data, Machine(root=till.root)) == []


def test_a_record_that_names_another_file_is_not_followed(till: Till) -> None:
    till("install", "--browser", "firefox", "--origin", POS)
    victim = till.has("etc/passwd", "root:x:0:0")
    record = till.data / "browser-policies.json"
    record.write_text(record.read_text().replace(FIREFOX, "etc/passwd"))
    assert "no policy file" in till("remove", code=1).output
    assert victim.read_text() == "root:x:0:0"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root is asked to act for another user")
def test_root_does_not_act_on_a_record_that_another_user_could_have_written(till: Till) -> None:
    till("install", "--browser", "chromium", "--origin", POS)
    record = till.data / "browser-policies.json"
    os.chown(record, 65534, 65534)
    assert "not written by an administrator" in till("remove", code=1).output
    assert (till.root / CHROMIUM).exists()
    os.chown(record, 0, 0)
    os.chmod(record, 0o666)
    till("remove", code=1)
    os.chmod(record, 0o644)
    till("remove")


def test_a_link_in_place_of_the_record_is_not_followed(till: Till, tmp_path: Path) -> None:
    till.data.mkdir()
    target = tmp_path / "target"
    (till.data / "browser-policies.json").symlink_to(target)
    till("install", "--browser", "chromium", "--origin", POS, code=1)
    assert not target.exists()


def test_a_damaged_record_is_told(till: Till) -> None:
    till.data.mkdir()
    (till.data / "browser-policies.json").write_text('{"version": 7}')
    assert "is damaged" in till("remove", code=1).output


def test_without_a_paired_page_nothing_is_written(till: Till) -> None:
    before = till.everything()
    assert "No page is paired" in till("install", code=1).output
    assert till.everything() == before
    assert not till.data.exists()


def test_macos_is_told_that_only_a_profile_helps(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    refused = till("install", "--origin", POS, code=2)
    assert "configuration profiles only" in refused.output
    assert "mobileconfig" in refused.output


def test_a_take_back_that_finds_nothing_changes_no_byte() -> None:
    text = '{ "a":1 }'
    edit = json_lists.Edit('{"a": 1}', '{"a": 1, "l": ["x"]}', {("l",): ["x"]})
    assert json_lists.take_back(text, edit) == text
