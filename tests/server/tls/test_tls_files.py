"""`DIR/tls`: who may read it, what a crash leaves, and what is said of files that are broken."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from shaking import TODAY, Clock, days, set_up

from bridge.server.tls import LiveCertificate, TlsError, files
from bridge.server.tls.authority import make
from bridge.server.tls.installation import Installation, Trusted
from bridge.server.tls.names import Names

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")


@posix
def test_keys_are_their_owners_only_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        set_up(tmp_path)
    finally:
        os.umask(before)
    folder = files.directory(tmp_path)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes.pop("ca.pem") == 0o644
    assert set(modes.values()) == {0o600}
    assert len(modes) == 12


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    installation = set_up(tmp_path, names=Names.of(["till.local"], ["10.0.0.7"]))
    assert files.read(tmp_path) == installation
    trusted = replace(installation, trusted=(Trusted("nss", "/home/a/.pki/nssdb", "label", "00", ("/home/a/.pki",)),))
    files.save(tmp_path, trusted)
    assert files.read(tmp_path) == trusted
    assert files.read(tmp_path / "elsewhere") is None


def change(name: str, edit: Callable[[Any], Any]) -> Callable[[Path], None]:
    """Edit tls.json."""

    def apply(folder: Path) -> None:
        data = json.loads((folder / "tls.json").read_text())
        edit(data)
        (folder / "tls.json").write_text(json.dumps(data))

    apply.__name__ = name
    return apply


def swap(folder: Path) -> None:
    (folder / "leaf-01.pem").write_bytes((folder / "leaf-02.pem").read_bytes())


BROKEN: list[tuple[Callable[[Path], Any], str]] = [
    (lambda folder: (folder / "tls.json").unlink(), "tls.json is missing"),
    (lambda folder: (folder / "tls.json").write_text("{"), "tls.json cannot be understood"),
    (lambda folder: (folder / "tls.json").write_bytes(b"\xff\xfe"), "tls.json cannot be understood"),
    (lambda folder: (folder / "tls.json").write_text("[]"), "tls.json cannot be understood"),
    (change("version", lambda data: data.update(version=2)), "version 2"),
    (change("no-names", lambda data: data.pop("names")), "'names' is missing"),
    (change("number", lambda data: data.update(label=3)), "3 where a text should be"),
    (change("address", lambda data: data["addresses"].append("till")), "till"),
    (change("networks", lambda data: data["networks"].append("0.0.0.0/0")), "its networks are not those"),
    (change("elsewhere", lambda data: data["leaves"][0].update(file="../../admin.pem")), "no file of this directory"),
    (change("naive", lambda data: data.update(created="2026-01-01T00:00:00")), "no time zone"),
    (change("gap", lambda data: data["leaves"].pop(3)), "do not follow each other"),
    (lambda folder: (folder / "ca.pem").unlink(), "ca.pem is missing"),
    (lambda folder: (folder / "ca.pem").write_text("no certificate"), "ca.pem holds no certificate"),
    (lambda folder: (folder / "leaf-07.pem").unlink(), "leaf-07.pem is missing"),
    (lambda folder: (folder / "leaf-07.pem").write_bytes(b"\x00\xff"), "leaf-07.pem holds no certificate"),
    (lambda folder: (folder / "leaf-07.pem").write_text(""), "leaf-07.pem holds no certificate"),
    (swap, "leaf-01.pem holds another certificate"),
]


@pytest.mark.parametrize(("spoil", "says"), BROKEN, ids=[says for _, says in BROKEN])
def test_a_broken_file_is_named_with_what_to_do(tmp_path: Path, spoil: Callable[[Path], Any], says: str) -> None:
    set_up(tmp_path)
    spoil(files.directory(tmp_path))
    for read in (files.read, lambda data_dir: LiveCertificate(data_dir, Clock())):
        with pytest.raises(TlsError, match=says) as refused:
            read(tmp_path)
        assert "tillbridge tls setup --replace" in refused.value.remedy


def test_a_key_that_does_not_fit_its_certificate_is_named(tmp_path: Path) -> None:
    set_up(tmp_path)
    first, second = (files.directory(tmp_path) / name for name in ("leaf-01.pem", "leaf-02.pem"))
    certificate = first.read_text().partition("-----BEGIN PRIVATE")[0]
    key = "-----BEGIN PRIVATE" + second.read_text().partition("-----BEGIN PRIVATE")[2]
    for text in (certificate + key, certificate):
        first.write_text(text)
        with pytest.raises(TlsError, match=r"leaf-01\.pem holds no key that fits"):
            LiveCertificate(tmp_path, Clock())


def test_a_new_set_takes_the_place_of_the_old_one_as_a_whole(tmp_path: Path) -> None:
    old = set_up(tmp_path)
    staged, new = files.stage(tmp_path, "99999999", "Tillbridge 99999999", Names(), make("x", Names(), TODAY))
    assert files.read(tmp_path) == old
    assert files.read(staged) == new
    files.adopt(tmp_path)
    assert files.read(tmp_path) == new
    assert [path.name for path in tmp_path.iterdir()] == ["tls"]


def crash_between_the_renames(data_dir: Path) -> None:
    files.directory(data_dir).rename(data_dir / ".tls-old")


def crash_before(data_dir: Path) -> None:
    pass


def crash_after_both(data_dir: Path) -> None:
    files.directory(data_dir).rename(data_dir / ".tls-old")
    files.directory(data_dir / ".tls-new").rename(files.directory(data_dir))


@pytest.mark.parametrize("crash", [crash_before, crash_between_the_renames, crash_after_both])
def test_a_crash_amid_a_new_set_leaves_one_that_is_whole(tmp_path: Path, crash: Callable[[Path], None]) -> None:
    old = set_up(tmp_path)
    _, new = files.stage(tmp_path, "99999999", "Tillbridge 99999999", Names(), make("x", Names(), TODAY))
    crash(tmp_path)
    files.recover(tmp_path)
    assert files.read(tmp_path) == (new if crash is crash_after_both else old)
    assert [path.name for path in tmp_path.iterdir()] == ["tls"], "no key of the other set stays"


def test_what_a_first_set_up_left_when_it_was_killed_is_nothing_and_is_removed(tmp_path: Path) -> None:
    files.stage(tmp_path, "99999999", "Tillbridge 99999999", Names(), make("x", Names(), TODAY))
    assert files.read(tmp_path) is None
    assert files.present(tmp_path)
    files.remove(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_moment_of_a_switch_belongs_to_the_next_one(tmp_path: Path) -> None:
    installation = set_up(tmp_path)
    first = installation.switches[0]
    assert first == installation.leaves[0].not_after - days(30)
    assert (installation.due(first - days(0.01)), installation.due(first)) == (0, 1)
    assert installation.due(TODAY - days(5000)) == 0
    assert installation.due(TODAY + days(5000)) == 10
    assert Installation.from_json(installation.to_json()) == installation
