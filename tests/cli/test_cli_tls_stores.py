"""`tillbridge tls` with the tools of NSS and of Debian: real stores, in directories of the test."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tls_machine import Use, everything, folders, invoke, with_record

from bridge.cli.tls import command, nss, store, system, trust
from bridge.cli.tls.store import Machine
from bridge.cli.tls.verify import listener
from bridge.server.tls import LiveCertificate, files
from bridge.server.tls.authority import Authority
from bridge.server.tls.names import Names

needs_nss = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("certutil") is None or shutil.which("tstclnt") is None,
    reason="needs the tools of NSS",
)


# -- NSS, for real -------------------------------------------------------------------------------------------------------


def nss_client(database: Path, port: int, name: str = "localhost") -> str:
    """What NSS says to a server: nothing when it takes the certificate."""
    words = ["tstclnt", "-4", "-Q", "-h", "127.0.0.1", "-a", name, "-p", str(port), "-d", f"sql:{database}"]
    said = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    return "" if said.returncode == 0 else said.stderr


def certificates(database: Path) -> list[str]:
    said = subprocess.run(
        ["certutil", "-L", "-d", f"sql:{database}"], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    return [line for line in said.splitlines() if "," in line and "SSL,S/MIME" not in line]


def create(database: Path, password: str | None = None) -> Path:
    database.mkdir(parents=True)
    secret = database.parent / "password"
    secret.write_text(f"{password}\n")
    how = ["--empty-password"] if password is None else ["-f", str(secret)]
    subprocess.run(["certutil", "-N", "-d", f"sql:{database}", *how], timeout=60, check=True)
    return database


@needs_nss
def test_nss_takes_the_server_after_set_up_and_no_more_after_removal_and_a_database_that_was_made_is_gone(
    tmp_path: Path, tls_home: Path, use: Use
) -> None:
    use()
    profile = create(tls_home / ".mozilla/firefox/abc.default")
    snap = create(tls_home / "snap/firefox/common/.mozilla/firefox/xyz.default")
    before = folders(tls_home)
    data_dir = tmp_path / "data"
    done = invoke(data_dir, "setup")
    chromium = tls_home / ".pki/nssdb"
    for database in (chromium, profile, snap):
        assert f"Trusted now by the database of {'Chromium' if database is chromium else 'Firefox'} in {database}." in done.output
        assert [line.split()[-1] for line in certificates(database)] == ["C,,"]
    live = LiveCertificate(data_dir, lambda: datetime.now(UTC))
    with listener(socket.AF_INET, "127.0.0.1", live.context) as port:
        for database in (chromium, profile):
            assert nss_client(database, port) == ""
            assert nss_client(database, port, "127.0.0.1") == ""
            assert "SSL_ERROR_BAD_CERT_DOMAIN" in nss_client(database, port, "evil.example")
        said = json.loads(invoke(data_dir, "status", "--json").output)
        assert [one["present"] for one in said["trusted"]] == [True] * 3
        invoke(data_dir, "trust")
        assert len(certificates(profile)) == 1, "once"
        invoke(data_dir, "remove")
        assert "SEC_ERROR_UNKNOWN_ISSUER" in nss_client(profile, port)
    assert folders(tls_home) == before
    assert [certificates(database) for database in (profile, snap)] == [[], []]
    assert list(data_dir.iterdir()) == []


@needs_nss
def test_a_database_that_was_made_stays_when_something_else_came_into_it(tmp_path: Path, tls_home: Path, use: Use) -> None:
    use()
    data_dir = tmp_path / "data"
    invoke(data_dir, "setup")
    other = tmp_path / "other.pem"
    other.write_text(Authority("Other", Names(), datetime.now(UTC)).certificate_pem())
    database = tls_home / ".pki/nssdb"
    subprocess.run(
        ["certutil", "-d", f"sql:{database}", "-A", "-t", "C,,", "-n", "Other", "-i", str(other)], timeout=60, check=True
    )
    invoke(data_dir, "remove")
    assert [line.split()[0] for line in certificates(database)] == ["Other"]


@needs_nss
def test_a_database_with_a_password_is_left_as_it_was_and_nobody_is_asked(tmp_path: Path, tls_home: Path, use: Use) -> None:
    use()
    profile = create(tls_home / ".mozilla/firefox/abc.default", "opensesame")
    done = invoke(tmp_path / "data", "setup")
    assert f"NOT trusted by the database of Firefox in {profile}: " in done.output
    assert f"By hand: certutil -d sql:{profile} -A -t C,, -n 'Tillbridge " in done.output
    assert certificates(profile) == []
    assert [place for _, place in with_record(tmp_path / "data")] == [str(tls_home / ".pki/nssdb")]


@needs_nss
def test_a_certificate_that_somebody_took_out_already_is_no_error(tmp_path: Path, tls_home: Path, use: Use) -> None:
    use()
    profile = create(tls_home / ".mozilla/firefox/abc.default")
    gone = create(tls_home / ".mozilla/firefox/gone.default")
    data_dir = tmp_path / "data"
    invoke(data_dir, "setup")
    installation = files.read(data_dir)
    assert installation is not None
    subprocess.run(["certutil", "-d", f"sql:{profile}", "-D", "-n", installation.label], timeout=60, check=True)
    shutil.rmtree(gone)
    invoke(data_dir, "remove")
    assert list(data_dir.iterdir()) == []


@needs_nss
def test_a_database_that_cannot_be_read_is_not_taken_for_one_without_the_certificate(
    tmp_path: Path, tls_home: Path, use: Use
) -> None:
    use()
    profile = create(tls_home / ".mozilla/firefox/abc.default")
    data_dir = tmp_path / "data"
    invoke(data_dir, "setup")
    whole = (profile / "cert9.db").read_bytes()
    (profile / "cert9.db").write_bytes(b"no database" * 1000)
    assert f"NOT taken out of the database of Firefox in {profile}" in invoke(data_dir, "remove", code=1).output
    (profile / "cert9.db").write_bytes(whole)
    invoke(data_dir, "remove")
    assert certificates(profile) == []


@needs_nss
def test_what_was_put_in_by_hand_with_our_name_is_taken_out_too(tmp_path: Path, tls_home: Path, use: Use) -> None:
    use()
    data_dir = tmp_path / "data"
    invoke(data_dir, "setup", "--trust", "none")
    profile = create(tls_home / ".mozilla/firefox/abc.default")
    installation = files.read(data_dir)
    assert installation is not None
    by_hand = nss.rebuilt(str(profile), installation.label, data_dir / "tls/ca.pem", command.Machine())
    subprocess.run(
        by_hand.by_hand(trust.subject_of(data_dir, installation)), shell=True, timeout=60, check=True, stdin=subprocess.DEVNULL
    )
    assert len(certificates(profile)) == 1
    assert f"taken out of the database of Firefox in {profile}" in invoke(data_dir, "remove").output
    assert certificates(profile) == []


@needs_nss
def test_nss_too_refuses_what_the_authority_may_not_sign(tmp_path: Path) -> None:
    signer = Authority("Tillbridge", Names(), datetime.now(UTC))
    database = create(tmp_path / "db")
    (tmp_path / "ca.pem").write_text(signer.certificate_pem())
    subprocess.run(
        ["certutil", "-d", f"sql:{database}", "-A", "-t", "C,,", "-n", "x", "-i", str(tmp_path / "ca.pem")],
        timeout=60,
        check=True,
    )
    for name, refused in (("evil.example", True), ("localhost", False)):
        leaf = signer.issue(Names((name,), ()), datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=1))
        (tmp_path / "leaf.pem").write_text(leaf.certificate + leaf.key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "leaf.pem")
        with listener(socket.AF_INET, "127.0.0.1", context) as port:
            assert ("SEC_ERROR_CERT_NOT_IN_NAME_SPACE" in nss_client(database, port, name)) is refused
            assert (nss_client(database, port, name) != "") is refused


# -- Debian's store, for real, in directories of the test ----------------------------------------------------------------


@pytest.mark.skipif(shutil.which("update-ca-certificates") is None, reason="needs Debian's ca-certificates")
def test_debians_store_takes_the_authority_and_is_as_before_after_removal(tmp_path: Path, use: Use) -> None:
    root = tmp_path / "root"
    local, etc, hooks, shipped = (
        root / part for part in ("usr/local/share/ca-certificates", "etc/ssl/certs", "etc/hooks", "usr/share/ca-certificates")
    )
    for path in (local, etc, hooks, shipped):
        path.mkdir(parents=True)
    # Two, as a bundle of one certificate alone would be linked to as that certificate.
    for name in ("one", "other"):
        (local / f"{name}.crt").write_text(Authority(name, Names(), datetime.now(UTC)).certificate_pem())
    (root / "etc/ca-certificates.conf").write_text("# none; an empty file would mean --fresh\n")
    elsewhere = ["--localcertsdir", local, "--etccertsdir", etc, "--hooksdir", hooks, "--certsdir", shipped]
    elsewhere += ["--certsconf", root / "etc/ca-certificates.conf"]

    def run(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        assert words[0] == "update-ca-certificates"
        return store.run([*words, *(str(word) for word in elsewhere)])

    def links(folder: Path) -> set[str]:
        return {path.name for path in folder.iterdir() if path.is_symlink()}

    assert run(["update-ca-certificates"]).returncode == 0
    before = (everything(etc), links(etc))
    use(run=run, which=lambda name: shutil.which(name) if name != "certutil" else None)
    data_dir = tmp_path / "data"
    done = invoke(data_dir, "setup", "--trust", "system")
    assert "Trusted now by the system's store (Debian, Ubuntu)." in done.output
    live = LiveCertificate(data_dir, lambda: datetime.now(UTC))
    with listener(socket.AF_INET, "127.0.0.1", live.context) as port:

        def taken() -> bool:
            client = ssl.create_default_context(cafile=etc / "ca-certificates.crt")
            with socket.create_connection(("127.0.0.1", port), 10) as plain:
                try:
                    with client.wrap_socket(plain, server_hostname="localhost"):
                        return True
                except ssl.SSLCertVerificationError:
                    return False

        assert taken()
        invoke(data_dir, "remove")
        assert not taken()
    assert (everything(etc), links(etc)) == before, "no link to a file that is gone"
    assert sorted(path.name for path in local.iterdir()) == ["one.crt", "other.crt"]


def test_the_directory_of_fedora_is_not_asked_where_debians_is(tmp_path: Path) -> None:
    for folder in ("usr/local/share/ca-certificates", "etc/pki/ca-trust/source/anchors"):
        (tmp_path / folder).mkdir(parents=True)
    machine = Machine(root=tmp_path, which=lambda name: name)
    assert system.store("0123abcd", machine).kind == "debian"
