"""B71 and B72: renewal without a restart by real handshakes, old versions of TLS refused, and what the log says in time."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import ssl
import stat
import sys
import warnings
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from shaking import TODAY, Clock, client_of, days, set_up, shake

from bridge.server.tls import LiveCertificate, TlsError, files
from bridge.server.tls.live import server_context
from bridge.server.tls.names import Names


def client(data_dir: Path) -> ssl.SSLContext:
    return client_of(files.authority_file(data_dir).read_text())


def shown(end: ssl.SSLObject | None) -> str:
    assert end is not None
    return hashlib.sha256(end.getpeercert(binary_form=True) or b"").hexdigest()


async def test_a_listener_serves_the_next_certificate_without_a_restart_and_open_connections_stay(tmp_path: Path) -> None:
    # Made so long ago that the first two are both valid today: the client asks the real clock.
    installation = set_up(tmp_path, TODAY - days(340))
    clock = Clock(TODAY)
    live = LiveCertificate(tmp_path, clock)
    first, second = installation.leaves[:2]

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)
        writer.close()

    async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter, str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client(tmp_path), server_hostname="localhost")
        return reader, writer, shown(writer.get_extra_info("ssl_object"))

    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        writer.write(b"still there\n")
        return await asyncio.wait_for(reader.readline(), 10) == b"still there\n"

    async with await asyncio.start_server(echo, "127.0.0.1", 0, ssl=live.context) as server:
        port = server.sockets[0].getsockname()[1]
        old_reader, old_writer, served = await connect()
        assert (served, live.fingerprint, live.expires_at) == (first.sha256, first.sha256, first.not_after)
        context = live.context
        clock.moment = first.not_after - days(30) - timedelta(seconds=1)
        assert not live.refresh()
        clock.moment += timedelta(seconds=1)
        assert live.refresh()
        assert not live.refresh(), "once"
        assert live.context is context
        reader, writer, served = await connect()
        assert (served, live.fingerprint, live.expires_at) == (second.sha256, second.sha256, second.not_after)
        assert await answers(reader, writer)
        assert await answers(old_reader, old_writer), "the open connection stays"
        for one in (writer, old_writer):
            one.close()


def test_a_new_set_up_is_taken_by_a_server_that_runs(tmp_path: Path) -> None:
    set_up(tmp_path)
    live = LiveCertificate(tmp_path, Clock())
    new = set_up(tmp_path, names=Names.of(["till.local"], ["10.0.0.7"]))
    assert live.refresh()
    assert shown(shake(live.context, client(tmp_path), "till.local")) == new.leaves[0].sha256
    assert live.names == ("localhost", "till.local")
    assert live.hosts == ("localhost", "till.local", "127.0.0.1", "[::1]", "10.0.0.7")
    assert [str(network) for network in live.networks] == ["127.0.0.0/8", "::1/128", "10.0.0.7/32"]
    assert live.ends_at == new.leaves[-1].not_after


def test_files_that_break_or_go_while_the_server_runs_are_told_once_and_the_old_certificate_is_served(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    installation = set_up(tmp_path, TODAY - days(340))
    clock = Clock()
    live = LiveCertificate(tmp_path, clock)
    asking = client(tmp_path)
    next_one = files.directory(tmp_path) / "leaf-02.pem"
    whole = next_one.read_text()
    certificate = whole.partition("-----BEGIN PRIVATE")[0]
    next_one.write_text(certificate)
    clock.moment = installation.switches[0]
    assert [live.refresh() for _ in range(3)] == [False] * 3
    assert caplog.text.count("cannot be renewed") == 1
    assert shown(shake(live.context, asking, "localhost")) == installation.leaves[0].sha256
    clock.moment += days(1)
    live.refresh()
    assert caplog.text.count("cannot be renewed") == 2, "again the next day"
    next_one.write_text(whole)
    assert live.refresh(), "put right, it is taken"
    files.remove(tmp_path)
    assert not live.refresh()
    assert shown(shake(live.context, asking, "localhost")) == installation.leaves[1].sha256


def test_the_end_of_the_last_certificate_is_told_ninety_days_ahead_and_a_start_after_it_is_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    installation = set_up(tmp_path)
    end = installation.leaves[-1].not_after
    clock = Clock(end - days(91))
    live = LiveCertificate(tmp_path, clock)
    assert caplog.text == ""
    clock.moment = end - days(89)
    live.refresh()
    assert f"the last certificate ends on {end:%Y-%m-%d}" in caplog.text
    assert "tillbridge tls setup --replace" in caplog.text
    live.refresh()
    assert caplog.text.count("the last certificate ends") == 1
    LiveCertificate(tmp_path, Clock(end))
    clock.moment = end + timedelta(seconds=1)
    assert not live.refresh()
    assert "the last certificate ended" in caplog.text
    with pytest.raises(TlsError, match="The last certificate ended") as refused:
        LiveCertificate(tmp_path, clock)
    assert "--replace" in refused.value.remedy


def test_a_clock_that_lost_its_battery_is_told_and_the_first_certificate_served(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    installation = set_up(tmp_path)
    live = LiveCertificate(tmp_path, Clock(TODAY - days(4000)))
    assert live.fingerprint == installation.leaves[0].sha256
    assert "clock" in caplog.text


def test_nothing_set_up_and_keys_removed_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TlsError, match="tillbridge tls setup"):
        LiveCertificate(tmp_path, Clock())
    installation = set_up(tmp_path)
    files.remove_keys(tmp_path)
    with pytest.raises(TlsError, match=r"leaf-01\.pem is missing"):
        LiveCertificate(tmp_path, Clock())
    files.save(tmp_path, replace(installation, leaves=()))
    with pytest.raises(TlsError, match=r"keys of the certificates were removed.*tillbridge tls remove"):
        LiveCertificate(tmp_path, Clock())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_keys_that_others_could_read_are_closed_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    set_up(tmp_path)
    key = files.directory(tmp_path) / "leaf-04.pem"
    key.chmod(0o644)
    files.directory(tmp_path).chmod(0o755)
    LiveCertificate(tmp_path, Clock())
    assert [stat.S_IMODE(path.stat().st_mode) for path in (key, key.parent)] == [0o600, 0o700]
    assert "leaf-04.pem could be read by other users" in caplog.text
    assert all(record.levelno == logging.WARNING for record in caplog.records)


# -- versions ------------------------------------------------------------------------------------------------------------

# ECDHE with ECDSA: two suites of TLS 1.0 on (RFC 4492), one of TLS 1.2 (RFC 5289).
SUITES = bytes.fromhex("c009 c00a c02b")
# P-256; uncompressed points; ECDSA with SHA-256 and SHA-1. Source: RFC 4492, 5.1; RFC 5246, 7.4.1.4.1.
EXTENSIONS = bytes.fromhex("000a 0004 0002 0017  000b 0002 01 00  000d 0006 0004 0403 0203")


def hello(version: int) -> bytes:
    """A ClientHello for nothing newer than this version, byte by byte: a client library might refuse before the server."""
    body = version.to_bytes(2, "big") + bytes(range(32)) + b"\x00" + len(SUITES).to_bytes(2, "big") + SUITES + b"\x01\x00"
    body += len(EXTENSIONS).to_bytes(2, "big") + EXTENSIONS
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + len(message).to_bytes(2, "big") + message


def answer(context: ssl.SSLContext, sent: bytes) -> bytes:
    """What a server with this context says to these bytes."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    incoming.write(sent)
    with contextlib.suppress(ssl.SSLError):  # it waits for more, or refuses: the answer tells which
        context.wrap_bio(incoming, outgoing, server_side=True).do_handshake()
    return outgoing.read()


PROTOCOL_VERSION = 70  # the alert. Source: RFC 8446, 6


@pytest.mark.parametrize("version", [0x0301, 0x0302])
def test_tls_older_than_1_2_is_refused(tmp_path: Path, version: int) -> None:
    set_up(tmp_path)
    live = LiveCertificate(tmp_path, Clock())
    said = answer(live.context, hello(version))
    assert (said[0], said[5], said[6]) == (0x15, 2, PROTOCOL_VERSION)


def test_the_same_hello_is_taken_where_old_versions_are_allowed(tmp_path: Path) -> None:
    set_up(tmp_path)
    lax = server_context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        lax.minimum_version = ssl.TLSVersion.TLSv1
    lax.set_ciphers("ALL:@SECLEVEL=0")
    lax.load_cert_chain(files.directory(tmp_path) / "leaf-01.pem")
    for version in (0x0301, 0x0302):
        said = answer(lax, hello(version))
        assert (said[0], said[5], int.from_bytes(said[9:11], "big")) == (0x16, 2, version), "a ServerHello of that version"


def test_tls_1_2_and_1_3_are_served_with_http_1_1_alone(tmp_path: Path) -> None:
    set_up(tmp_path)
    live = LiveCertificate(tmp_path, Clock())
    said = answer(live.context, hello(0x0303))
    assert (said[0], said[5], said[9:11]) == (0x16, 2, b"\x03\x03"), "a ServerHello of TLS 1.2"
    asking = client(tmp_path)
    asking.set_alpn_protocols(["h2", "http/1.1"])
    end = shake(live.context, asking, "localhost")
    assert (end.version(), end.selected_alpn_protocol()) == ("TLSv1.3", "http/1.1")
    asking.maximum_version = ssl.TLSVersion.TLSv1_2
    assert shake(live.context, asking, "127.0.0.1").version() == "TLSv1.2"


def test_plain_http_on_the_port_of_tls_ends_the_handshake(tmp_path: Path) -> None:
    set_up(tmp_path)
    context = LiveCertificate(tmp_path, Clock()).context
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    incoming.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    with pytest.raises(ssl.SSLError, match="HTTP_REQUEST"):
        context.wrap_bio(incoming, outgoing, server_side=True).do_handshake()
