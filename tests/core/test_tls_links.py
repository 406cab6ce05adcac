"""TLS links: whom they trust, and what they say when they do not. Certificates are made here, for each run anew."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import socket
import ssl
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from bridge.plugin import TlsSettings
from bridge.transport import (
    ByteLink,
    EndpointError,
    HttpLink,
    Link,
    LinkError,
    LinkLost,
    LinkOpener,
    LinkTimeout,
    NotConnected,
    Terms,
    WireLog,
    parse_endpoint,
    tls,
)
from tests.core.world import TILL, World, in_world

CA = trustme.CA()
OTHER_CA = trustme.CA()
GOOD = CA.issue_cert("localhost", "127.0.0.1")
EXPIRED = CA.issue_cert("127.0.0.1", not_before=datetime.now(UTC) - timedelta(9), not_after=datetime.now(UTC) - timedelta(2))
NOT_YET = CA.issue_cert("127.0.0.1", not_before=datetime.now(UTC) + timedelta(2), not_after=datetime.now(UTC) + timedelta(9))
ELSEWHERE = CA.issue_cert("printer.example")
CLIENT = CA.issue_cert("till-1@shop.example")


def pem(blob: trustme.Blob, path: Path) -> str:
    blob.write_to_path(str(path))
    return str(path)


def fingerprint(certificate: trustme.LeafCert) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.cert_chain_pems[0].bytes().decode())).hexdigest()


@dataclass
class Device:
    """A TLS server that says back what it hears."""

    port: int
    heard: bytearray

    def url(self, **options: str) -> str:
        query = "&".join(f"{name}={value}" for name, value in options.items())
        return f"tls://127.0.0.1:{self.port}?{query}"


@contextlib.asynccontextmanager
async def device(
    certificate: trustme.LeafCert, configure: Callable[[ssl.SSLContext], None] = lambda _: None
) -> AsyncIterator[Device]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    configure(context)
    heard = bytearray()

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):  # a client that does not trust us hangs up
            while data := await reader.read(1000):
                heard.extend(data)
                writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=context)
    yield Device(server.sockets[0].getsockname()[1], heard)
    server.close()


@contextlib.contextmanager
def openssl(configure: Callable[[ssl.SSLContext], None]) -> Iterator[Device]:
    """The same in a thread on OpenSSL's own sockets, which say why they refuse; asyncio's server only hangs up."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    GOOD.configure_cert(context)
    configure(context)
    heard = bytearray()
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), connection, context.wrap_socket(connection, server_side=True) as speaking:
                while data := speaking.recv(1000):
                    heard.extend(data)
                    speaking.sendall(data)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield Device(listening.getsockname()[1], heard)
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(10)


async def opened(url: str, **terms: Any) -> Link:
    return await LinkOpener().open(parse_endpoint(url), WireLog(lambda: datetime.now(UTC)), terms=Terms(**terms))


async def echoes(url: str, **terms: Any) -> None:
    link = await opened(url, **terms)
    assert isinstance(link, ByteLink)
    await link.write(b"ping")
    assert await link.read() == b"ping"
    await link.close()


async def hears(url: str) -> None:
    link = await opened(url)
    assert isinstance(link, ByteLink)
    try:
        await link.read()
    finally:
        await link.close()


async def refused(url: str, **terms: Any) -> str:
    with pytest.raises(NotConnected) as refusal:
        await opened(url, **terms)
    return str(refusal.value)


@pytest.fixture
def ca(tmp_path: Path) -> str:
    return pem(CA.cert_pem, tmp_path / "ca.pem")


# -- trust ---------------------------------------------------------------------------------------------------------------


async def test_a_device_whose_authority_is_trusted_is_spoken_to(ca: str) -> None:
    async with device(GOOD) as it:
        await echoes(it.url(ca=ca))


async def test_the_systems_own_trust_is_the_default(monkeypatch: pytest.MonkeyPatch, ca: str) -> None:
    async with device(GOOD) as it:
        assert "nobody that this computer trusts has signed its certificate" in await refused(it.url())
        monkeypatch.setenv("SSL_CERT_FILE", ca)
        await echoes(it.url())


async def test_a_pinned_certificate_is_trusted_whoever_signed_it_and_no_other_is() -> None:
    colons = ":".join(fingerprint(ELSEWHERE)[at : at + 2] for at in range(0, 64, 2)).upper()
    async with device(ELSEWHERE) as it:
        await echoes(it.url(fingerprint=fingerprint(ELSEWHERE)))
        await echoes(it.url(fingerprint=colons))
        said = await refused(it.url(fingerprint=fingerprint(GOOD)))
        assert f"another certificate than the pinned one was shown (its fingerprint is {fingerprint(ELSEWHERE)})" in said
        assert bytes(it.heard) == b"pingping", "nothing was sent to the one that is not trusted"


async def test_a_pin_beside_an_authority_demands_both(tmp_path: Path, ca: str) -> None:
    other = pem(OTHER_CA.cert_pem, tmp_path / "other.pem")
    async with device(GOOD) as it:
        await echoes(it.url(ca=ca, fingerprint=fingerprint(GOOD)))
        assert "nobody that this computer trusts" in await refused(it.url(ca=other, fingerprint=fingerprint(GOOD)))
        assert "another certificate than the pinned" in await refused(it.url(ca=ca, fingerprint="0" * 64))


async def test_a_certificate_for_another_name_needs_that_name_to_be_said(ca: str) -> None:
    async with device(ELSEWHERE) as it:
        said = await refused(it.url(ca=ca))
        assert "for another name" in said
        assert "set server_name=" in said
        await echoes(it.url(ca=ca, server_name="printer.example"))


@pytest.mark.parametrize(
    ("certificate", "says"), [(EXPIRED, "has expired; renew it"), (NOT_YET, "not valid yet; check this computer's date")]
)
async def test_a_certificate_out_of_its_time_says_so(certificate: trustme.LeafCert, says: str, ca: str) -> None:
    async with device(certificate) as it:
        assert says in await refused(it.url(ca=ca))


async def test_an_authority_that_is_not_ours_is_refused_with_the_remedy(tmp_path: Path) -> None:
    async with device(GOOD) as it:
        said = await refused(it.url(ca=pem(OTHER_CA.cert_pem, tmp_path / "other.pem")))
    assert "nobody that this computer trusts" in said
    assert "or fingerprint= to the SHA-256" in said


async def test_a_device_that_knows_old_tls_only_is_refused(ca: str) -> None:
    def old(context: ssl.SSLContext) -> None:
        with warnings.catch_warnings(action="ignore"):  # Python says that it is deprecated, and that is the point
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")

    with openssl(old) as it:
        assert "at least 1.2 is needed" in await refused(it.url(ca=ca))


# -- our own certificate -------------------------------------------------------------------------------------------------


def demanding(context: ssl.SSLContext) -> None:
    CA.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED


def demanding_1_2(context: ssl.SSLContext) -> None:
    demanding(context)
    context.maximum_version = ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("configure", [demanding, demanding_1_2])
async def test_a_device_that_wants_a_certificate_gets_ours_or_says_so(
    configure: Callable[[ssl.SSLContext], None], tmp_path: Path, ca: str
) -> None:
    both = pem(CLIENT.private_key_and_cert_chain_pem, tmp_path / "both.pem")
    with openssl(configure) as it:
        await echoes(it.url(ca=ca, cert=both))
        with pytest.raises(LinkError, match="wants a certificate"):
            await hears(it.url(ca=ca))  # TLS 1.3 says it after the handshake


async def test_the_passphrase_of_a_key_is_a_setting_and_is_told_to_nobody(tmp_path: Path, ca: str) -> None:
    key = load_pem_private_key(CLIENT.private_key_pem.bytes(), None)
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"hunter2"))
    (tmp_path / "key.pem").write_bytes(locked)
    certificate = pem(CLIENT.cert_chain_pems[0], tmp_path / "cert.pem")
    password = TlsSettings(tls_key_password="hunter2").key_password()  # type: ignore[arg-type]
    async with device(GOOD, demanding) as it:
        url = it.url(ca=ca, cert=certificate, key=str(tmp_path / "key.pem"))
        await echoes(url, key_password=password)
        for wrong in (None, "hunter3"):
            said = await refused(url, key_password=wrong)
            assert "tls_key_password is missing or wrong" in said
            assert "hunter" not in said
    assert "hunter2" not in repr(Terms(key_password=password))


@pytest.mark.parametrize(
    ("option", "content"),
    [("ca", None), ("ca", "no pem"), ("ca", "-----BEGIN CERTIFICATE-----\nx"), ("cert", None), ("cert", "no pem")],
)
async def test_a_file_that_is_not_there_or_is_no_pem_is_named(option: str, content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "file.pem"
    if content is not None:
        path.write_text(content)
    said = await refused(f"tls://127.0.0.1:1?{option}={path}")
    assert f"{option}: {path}" in said


# -- peers that are none -------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def plain(answer: bytes | None) -> AsyncIterator[str]:
    """A plain TCP server that says `answer` to whatever comes, or nothing at all; empty: it hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        if answer is None:
            await reader.read()
        elif answer:
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    yield f"tls://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


async def test_a_peer_that_closes_in_the_middle_of_the_handshake_is_not_connected() -> None:
    async with plain(b"") as url:
        assert "closed the connection instead of shaking hands" in await refused(url)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x02sid\t#1234\x03"])
async def test_a_peer_that_speaks_plain_text_is_told_apart(answer: bytes) -> None:
    async with plain(answer) as url:
        assert "does not speak TLS" in await refused(url)


async def test_a_peer_that_says_nothing_ends_at_the_time_out() -> None:
    async with plain(None) as url:
        with pytest.raises(LinkTimeout, match=r"timeouts\.open \(0\.05 s\) ran out: opening tls://127"):
            await LinkOpener().open(parse_endpoint(url), WireLog(lambda: datetime.now(UTC)), timeout=0.05)


async def test_a_port_where_nobody_listens_is_not_connected() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        assert "tls://127" in await refused(f"tls://127.0.0.1:{probe.getsockname()[1]}")


async def test_a_device_that_goes_away_is_lost(ca: str) -> None:
    async with device(GOOD) as it:
        link = await opened(it.url(ca=ca))
        assert isinstance(link, ByteLink)
        await link.write(b"x")
        assert await link.read() == b"x"
        link._transport.abort()  # type: ignore[attr-defined]
        with pytest.raises(LinkLost):
            await link.read()
        await link.close()


# -- https ---------------------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def gateway(
    certificate: trustme.LeafCert, configure: Callable[[ssl.SSLContext], None] = lambda _: None
) -> AsyncIterator[str]:
    async def hello(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.method} {request.path_qs}")

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    configure(context)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", hello)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    assert site._server is not None
    yield f"https://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[attr-defined]
    await runner.cleanup()


async def asked(url: str) -> bytes:
    link = await opened(url)
    assert isinstance(link, HttpLink)
    try:
        return (await link.request("GET", "/receipts?n=1")).body
    finally:
        await link.close()


async def test_https_has_the_same_options(tmp_path: Path, ca: str) -> None:
    async with gateway(GOOD) as url:
        assert await asked(f"{url}?ca={ca}") == b"GET /receipts?n=1"
        assert await asked(f"{url}?fingerprint={fingerprint(GOOD)}") == b"GET /receipts?n=1"
        for options, says in (
            ("", "nobody that this computer trusts"),
            (f"?fingerprint={fingerprint(CLIENT)}", "another certificate than the pinned one"),
            (f"?ca={ca}&server_name=other.example", "for another name"),
        ):
            with pytest.raises(NotConnected, match=says):
                await asked(url + options)
    async with gateway(ELSEWHERE) as url:
        assert await asked(f"{url}?ca={ca}&server_name=printer.example") == b"GET /receipts?n=1"
    both = pem(CLIENT.private_key_and_cert_chain_pem, tmp_path / "both.pem")
    async with gateway(GOOD, demanding) as url:
        assert await asked(f"{url}?ca={ca}&cert={both}") == b"GET /receipts?n=1"
        with pytest.raises(LinkError):  # asyncio's server hangs up without a reason
            await asked(f"{url}?ca={ca}")
    with openssl(demanding_1_2) as it, pytest.raises(NotConnected, match="wants a certificate"):
        await asked(f"https://127.0.0.1:{it.port}?ca={ca}")


async def test_a_gateway_that_speaks_plain_http_is_told_apart() -> None:
    async with plain(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url:
        with pytest.raises(NotConnected, match="does not speak TLS"):
            await asked(url.replace("tls:", "https:"))


# -- endpoints -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("tls://host:1?verify=0", "unknown option verify; a tls endpoint knows ca, fingerprint, cert, key, server_name"),
        ("https://host?insecure=1", "unknown option insecure"),
        ("tls://host:1?ca=ca.pem", "ca must be the whole path of a PEM file"),
        ("tls://host:1?key=/k.pem", "give cert too"),
        ("tls://host:1?fingerprint=12:34", "64 hexadecimal digits"),
        ("tls://host:1?server_name=", "server_name must be the name in the certificate"),
        ("tcp://host:1?ca=/ca.pem", "a tcp endpoint has no options; ca means nothing here"),
    ],
)
def test_an_option_that_would_be_ignored_or_trusts_everybody_is_refused(url: str, says: str) -> None:
    with pytest.raises(EndpointError) as refusal:
        parse_endpoint(url)
    assert says in str(refusal.value)


def test_what_openssl_says_otherwise_is_passed_on() -> None:
    assert "something new" in str(tls.explain(ssl.SSLError(1, "something new")))
    assert tls.explain(OSError(5, "no TLS")) is None


def test_the_word_of_the_settings_reaches_the_links(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        seen: list[Terms] = []
        opener = world.bridge.devices._services.opener
        through = opener._openers["null"]

        async def watched(endpoint: Any, wire_log: WireLog, terms: Terms) -> Link:
            seen.append(terms)
            return await through(endpoint, wire_log, terms)

        opener._openers["null"] = watched
        await world.bridge.devices.configure(TILL, "d1", {"family": "fake", "url": "null://d1", "timeouts": {"http": 3}})
        await world.settle()
        assert (seen[-1].http_seconds, seen[-1].key_password) == (3, None)

    in_world(tmp_path, story)
