"""`tillbridge tls`: what it makes and runs, what it tells, and that all of it is taken back.

No trust store is changed here: those of macOS, Windows and Linux by the commands that they would be told. For real, where
that can be: test_cli_tls_stores.py.
"""

from __future__ import annotations

import json
import shutil
import ssl
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tls_machine import System, Use, everything, folders, invoke, with_record

from bridge.cli.tls import command, store, trust
from bridge.cli.tls.removal import remove, remove_everything
from bridge.cli.tls.store import Machine, Subject
from bridge.cli.tls.verify import verify
from bridge.server.tls import LiveCertificate, TlsError, files

needs_nss = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("certutil") is None or shutil.which("tstclnt") is None,
    reason="needs the tools of NSS",
)


# -- the commands themselves ---------------------------------------------------------------------------------------------


def test_set_up_without_trust_makes_certificates_that_a_client_takes_and_removal_leaves_nothing(tmp_path: Path, use: Use) -> None:
    use(run=System())
    data_dir = tmp_path / "data"
    done = invoke(data_dir, "setup", "--trust", "none", "--name", "Till-Server.local", "--address", "192.168.1.20")
    assert (
        "Handshakes made, trusting this authority alone: localhost, till-server.local, 127.0.0.1, ::1, 192.168.1.20."
        in done.output
    )
    assert "No trust store was changed." in done.output
    live = LiveCertificate(data_dir, lambda: datetime.now(UTC))
    assert live.names == ("localhost", "till-server.local")
    assert invoke(data_dir, "remove").output == f"{data_dir}/tls was removed, with all keys.\n"
    assert list(data_dir.iterdir()) == []
    assert "There are no certificates" in invoke(data_dir, "remove", code=1).output
    assert "Make them: tillbridge tls setup" in invoke(data_dir, "status", code=1).output


def test_a_second_set_up_is_refused_and_replace_makes_all_anew(tmp_path: Path, use: Use) -> None:
    use(run=System())
    data_dir = tmp_path / "data"
    invoke(data_dir, "setup", "--trust", "none")
    before = everything(data_dir)
    refused = invoke(data_dir, "setup", "--trust", "none", code=1)
    assert "are set up already" in refused.output
    assert "--replace" in refused.output
    assert everything(data_dir) == before
    invoke(data_dir, "setup", "--trust", "none", "--replace", "--name", "shop")
    after = everything(data_dir)
    assert after.keys() == before.keys()
    assert not [name for name in before if after[name] == before[name]]


@pytest.mark.parametrize("arguments", [("--name", "*.shop"), ("--address", "10.0.0.0/8"), ("--trust", "none", "--trust", "user")])
def test_what_cannot_be_is_refused_before_anything_is_made(tmp_path: Path, use: Use, arguments: tuple[str, ...]) -> None:
    system_ = System()
    use(run=system_)
    refused = invoke(tmp_path / "data", "setup", *arguments, code=1)
    assert refused.output.startswith("Error: ")
    assert len(refused.output.splitlines()) == 2, "one sentence and a remedy"
    assert not (tmp_path / "data").exists()
    assert system_.told == []


def test_a_dry_run_tells_files_and_commands_and_does_nothing(tmp_path: Path, tls_home: Path, use: Use) -> None:
    system_ = System()
    (tmp_path / "root/usr/local/share/ca-certificates").mkdir(parents=True)
    use(run=system_, which=lambda name: name)
    before = folders(tmp_path)
    told = invoke(tmp_path / "data", "setup", "--dry-run", "--trust", "user", "--trust", "system", "--address", "10.0.0.7").output
    assert "may speak for localhost, 127.0.0.0/8, ::1/128, 10.0.0.7/32 and nothing else" in told
    assert f"$ certutil -d sql:{tls_home}/.pki/nssdb -A -t C,, -n 'Tillbridge " in told
    assert "$ update-ca-certificates\n" in told
    assert (folders(tmp_path), system_.told) == (before, [])


def test_a_set_up_whose_handshakes_fail_changes_nothing(tmp_path: Path, use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    system_ = System()
    use(run=system_, which=lambda name: name)
    data_dir = tmp_path / "data"
    # Made for another century: the certificates are as they should be, but no client takes them today.
    monkeypatch.setattr(command, "now", lambda: datetime.now(UTC) + timedelta(days=5000))
    failed = invoke(data_dir, "setup", code=1)
    assert "A handshake for localhost fails" in failed.output
    assert (list(data_dir.iterdir()), system_.told) == ([], [])


def test_verify_asks_for_every_name_and_finds_one_that_is_missing(tmp_path: Path, use: Use) -> None:
    use(run=System())
    invoke(tmp_path, "setup", "--trust", "none")

    def now() -> datetime:
        return datetime.now(UTC)

    assert verify(tmp_path, now) == ["localhost", "127.0.0.1", "::1"]
    index = files.directory(tmp_path) / files.INDEX
    index.write_text(index.read_text().replace('"localhost"', '"localhost", "other.local"'))
    with pytest.raises(TlsError, match=r"A handshake for other\.local fails"):
        verify(tmp_path, now)


def test_status_tells_what_is_served_and_who_trusts_it(tmp_path: Path, use: Use) -> None:
    system_ = System()
    use(run=system_, platform="darwin")
    invoke(tmp_path, "setup", "--name", "shop")
    said = json.loads(invoke(tmp_path, "status", "--json").output)
    assert (said["usable"], said["current"]["number"], said["current"]["of"], said["too_open"]) == (True, 1, 11, [])
    assert said["names"] == ["localhost", "shop"]
    assert said["networks"] == ["127.0.0.0/8", "::1/128"]
    assert [(one["kind"], one["present"]) for one in said["trusted"]] == [("macos-login", True)]
    assert "your keychain" in invoke(tmp_path, "status").output
    system_.inside.clear()
    assert "not in there any more" in invoke(tmp_path, "status").output
    (files.directory(tmp_path) / "leaf-01.pem").chmod(0o644)
    assert json.loads(invoke(tmp_path, "status", "--json").output)["too_open"]
    (files.directory(tmp_path) / files.INDEX).write_text("{")
    assert "cannot be understood" in invoke(tmp_path, "status", code=1).output


def test_a_broken_set_up_can_be_replaced_and_removed_and_the_stores_are_found_by_its_certificate(
    tmp_path: Path, tls_home: Path, use: Use
) -> None:
    root = tmp_path / "root"
    folder = root / "usr/local/share/ca-certificates"
    folder.mkdir(parents=True)
    use(run=System(), which=lambda name: name if name != "certutil" else None)
    invoke(tmp_path / "data", "setup", "--trust", "system")
    assert len(list(folder.iterdir())) == 1
    (tmp_path / "data/tls/tls.json").write_text("{")
    done = invoke(tmp_path / "data", "remove")
    assert "taken out of the system's store (Debian, Ubuntu)" in done.output
    assert list(folder.iterdir()) == []
    invoke(tmp_path / "data", "setup", "--trust", "system")
    (tmp_path / "data/tls/leaf-03.pem").unlink()
    invoke(tmp_path / "data", "setup", "--trust", "none", "--replace")
    assert list(folder.iterdir()) == []
    assert files.read(tmp_path / "data") is not None


# -- every store by its commands -----------------------------------------------------------------------------------------


def test_macos_is_told_to_trust_it_for_servers_alone_and_to_forget_both_trust_and_certificate(
    tmp_path: Path, tls_home: Path, use: Use
) -> None:
    """Written, never run on a Mac."""
    system_ = System()
    use(run=system_, platform="darwin")
    invoke(tmp_path, "setup", "--trust", "user", "--trust", "system")
    pem, login = f"{tmp_path}/tls/ca.pem", f"{tls_home}/Library/Keychains/login.keychain-db"
    installation = files.read(tmp_path)
    assert installation is not None
    added = [line for line in system_.told if "add-" in line]
    assert added == [
        f"security add-trusted-cert -r trustRoot -p ssl -p basic -k {login} {pem}",
        f"security add-trusted-cert -d -r trustRoot -p ssl -p basic -k /Library/Keychains/System.keychain {pem}",
    ]
    system_.told.clear()
    invoke(tmp_path, "remove")
    assert [line for line in system_.told if "find" not in line][:2] == [
        f"security remove-trusted-cert {pem}",
        f"security delete-certificate -Z {installation.sha1} {login}",
    ]
    assert list(tmp_path.glob("tls*")) == []


def test_windows_is_told_to_add_it_to_the_users_root_store_and_to_delete_it_by_its_thumbprint(tmp_path: Path, use: Use) -> None:
    """Written, never run on Windows."""
    system_ = System()
    use(run=system_, platform="win32")
    invoke(tmp_path, "setup")
    installation = files.read(tmp_path)
    assert installation is not None
    der = ssl.PEM_cert_to_DER_cert((tmp_path / "tls/ca.pem").read_text())
    assert installation.sha1 == files.thumbprint(der)
    assert f"certutil -user -addstore Root {tmp_path}/tls/ca.pem" in system_.told
    assert with_record(tmp_path) == [("windows-user", "Root")]
    invoke(tmp_path, "remove")
    assert system_.told[-1] == f"certutil -user -delstore Root {installation.sha1}"
    machine = trust.stores("system", "x", Subject(tmp_path / "ca.pem", "l", "00"), Machine(platform="win32"))[0]
    assert machine.commands == (("certutil", "-addstore", "Root", f"{tmp_path}/ca.pem"),)


@pytest.mark.parametrize(
    ("folder", "suffix", "update", "undo"),
    [
        ("usr/local/share/ca-certificates", ".crt", "update-ca-certificates", "update-ca-certificates --fresh"),
        ("etc/pki/ca-trust/source/anchors", ".pem", "update-ca-trust extract", "update-ca-trust extract"),
        ("etc/pki/trust/anchors", ".pem", "update-ca-certificates", "update-ca-certificates"),
        ("etc/ca-certificates/trust-source/anchors", ".crt", "trust extract-compat", "trust extract-compat"),
    ],
)
def test_each_linux_system_gets_its_file_and_its_command_and_loses_both(
    tmp_path: Path, use: Use, folder: str, suffix: str, update: str, undo: str
) -> None:
    """All but Debian's: written, never run."""
    system_ = System()
    anchors = tmp_path / "root" / folder
    anchors.mkdir(parents=True)
    use(run=system_, which=lambda name: name if name == update.split()[0] else None)
    invoke(tmp_path / "data", "setup", "--trust", "system")
    (file,) = anchors.iterdir()
    assert file.name.startswith("tillbridge-")
    assert file.suffix == suffix
    assert file.read_bytes() == (tmp_path / "data/tls/ca.pem").read_bytes()
    assert system_.told == [update]
    invoke(tmp_path / "data", "remove")
    assert list(anchors.iterdir()) == []
    assert system_.told == [update, undo]


def test_a_system_without_a_known_store_and_a_user_without_certutil_are_told_why_and_what_to_type(
    tmp_path: Path, use: Use
) -> None:
    use(run=System(), which=lambda name: None)
    done = invoke(tmp_path / "data", "setup", "--trust", "user", "--trust", "system")
    assert "NOT trusted by the system's store: This system has none of the stores that are known" in done.output
    assert "certutil is not installed (Debian: apt install libnss3-tools" in done.output
    assert "  By hand: mkdir -p " in done.output
    assert with_record(tmp_path / "data") == []


def test_a_store_that_refuses_is_left_as_it_was_and_told_with_its_own_words(tmp_path: Path, use: Use) -> None:
    anchors = tmp_path / "root/usr/local/share/ca-certificates"
    anchors.mkdir(parents=True)
    use(run=System(refuse="update-ca"), which=lambda name: name)
    done = invoke(tmp_path / "data", "setup", "--trust", "system")
    assert "failed: the tool says no." in done.output
    assert f"By hand: sudo install -m 644 {tmp_path}/data/tls/ca.pem {anchors}/tillbridge-" in done.output
    assert list(anchors.iterdir()) == []
    assert with_record(tmp_path / "data") == [], "nothing is to be taken back"


def test_a_directory_of_the_administrators_is_told_with_sudo(tmp_path: Path, use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "root/usr/local/share/ca-certificates").mkdir(parents=True)
    use(run=System(), which=lambda name: name)
    write = Path.write_text

    def refused(path: Path, *rest: Any, **more: Any) -> int:
        if path.name.startswith("tillbridge-"):
            raise PermissionError(13, "Permission denied", str(path))
        return write(path, *rest, **more)

    monkeypatch.setattr(Path, "write_text", refused)
    done = invoke(tmp_path / "data", "setup", "--trust", "system")
    assert "cannot be written (Permission denied)" in done.output
    assert "&& sudo update-ca-certificates" in done.output


def test_a_store_that_cannot_be_put_back_is_remembered_until_it_can_and_the_keys_go_at_once(tmp_path: Path, use: Use) -> None:
    system_ = System()
    use(run=system_, platform="darwin")
    data_dir = tmp_path / "data"
    invoke(data_dir, "setup")
    system_.refuse = "remove-trusted-cert"
    left = invoke(data_dir, "remove", code=1)
    assert "NOT taken out of your keychain" in left.output
    assert "By hand: security remove-trusted-cert" in left.output
    assert not list((data_dir / "tls").glob("leaf-*"))
    assert b"PRIVATE KEY" not in b"".join(everything(data_dir).values())
    assert "the keys were removed" in invoke(data_dir, "status", code=1).output
    assert "There are no certificates" in invoke(data_dir, "trust", code=1).output
    refused = invoke(data_dir, "setup", "--replace", code=1)
    assert "could not be taken out of your keychain" in refused.output
    assert [path.name for path in data_dir.iterdir()] == ["tls"]
    system_.refuse = None
    invoke(data_dir, "remove")
    assert list(data_dir.iterdir()) == []


def test_a_record_that_leads_elsewhere_removes_no_file(tmp_path: Path, use: Use) -> None:
    (tmp_path / "root/usr/local/share/ca-certificates").mkdir(parents=True)
    use(run=System(), which=lambda name: name)
    data_dir = tmp_path / "data"
    invoke(data_dir, "setup", "--trust", "system")
    victim = tmp_path / "root/usr/local/share/ca-certificates/other.crt"
    victim.write_text("of somebody else")
    index = data_dir / "tls/tls.json"
    text = json.loads(index.read_text())
    own = text["trusted"][0]["place"]
    for place in (str(victim), str(tmp_path / "root/etc/passwd"), f"{own}/../other.crt"):
        text["trusted"][0]["place"] = place
        index.write_text(json.dumps(text))
        said = remove(data_dir, command.Machine())
        assert "This version does not know such a store." in "\n".join(said.lines)
    assert victim.exists()


def test_remove_everything_tells_each_thing_that_it_removed(
    tmp_path: Path, use: Use, monkeypatch: pytest.MonkeyPatch, tls_home: Path
) -> None:
    system_ = System()
    use(run=system_, platform="darwin")
    invoke(tmp_path, "setup")
    monkeypatch.setenv("HOME", str(tls_home))
    assert remove_everything(tmp_path, system_) == [
        "The authority was taken out of your keychain.",
        f"{tmp_path}/tls was removed, with all keys.",
    ]
    assert remove_everything(tmp_path, system_) == []


def test_a_tool_that_is_not_there_or_hangs_is_an_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert store.run(["no-such-tool-anywhere"]).returncode == 127
    monkeypatch.setattr(store, "_COMMAND_SECONDS", 0.05)
    assert store.run([sys.executable, "-c", "import time; time.sleep(60)"]).stderr.endswith("did not come to an end")
    monkeypatch.setattr(store, "_COMMAND_SECONDS", 60)
    assert store.run([sys.executable, "-c", "print(repr(input()))"]).returncode != 0, "nobody answers a question"
