"""https beside the plain port: the same gate, other names; and who may come from the network."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bridge.server.doors import Door
from bridge.server.entrances import checked
from bridge.server.listening import CannotListen
from bridge.server.settings import ServerSettings
from bridge.server.tls import TlsError
from bridge.server.tls.names import Names
from tests.server.tls import shaking
from tests.station import SALE, Station

ORIGIN = "https://pos.example.com"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    shaking.set_up(data_dir, names=Names(("localhost", "till.local")))
    station = Station(data_dir, ServerSettings(port=0, tls_port=0, stop_seconds=1.0))
    await station.start()
    yield station
    await station.stop()


async def secure(station: Station, head: str, body: bytes = b"", name: str = "localhost") -> Answer:
    """One request over TLS, as it is; PORT is the port of https."""
    context = ssl.create_default_context(cafile=str(station.data_dir / "tls" / "ca.pem"))
    port = station.server.secure_port
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=name)
    writer.write(head.replace("PORT", str(port)).encode() + b"\r\nConnection: close\r\n\r\n" + body)
    async with asyncio.timeout(20):
        raw = await reader.read()
    writer.close()
    told, _, said = raw.partition(b"\r\n\r\n")
    lines = told.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:])
    return Answer(int(lines[0].split(" ")[1]), headers, json.loads(said) if said else None)


async def test_a_page_sells_over_https_as_it_does_over_http(station: Station) -> None:
    token, _ = await station.give("till", origin=ORIGIN)
    body = json.dumps(SALE).encode()
    head = (
        f"POST /api/v1/devices/d1/jobs HTTP/1.1\r\nHost: till.local:PORT\r\nOrigin: {ORIGIN}\r\nAuthorization: Bearer {token}\r\n"
        f"Idempotency-Key: k\r\nPrefer: wait=20\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    )
    sold = await secure(station, head, body)
    assert (sold.status, sold.body["state"]) == (200, "done")
    assert sold.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert not [name for name in sold.headers if name.lower() == "strict-transport-security"]


HOSTS = ["evil.example:PORT", "x.till.local:PORT", "till.local", "127.1:PORT", "0.0.0.0:PORT", "localhost.:PORT", ""]


@pytest.mark.parametrize("host", HOSTS)
async def test_only_the_names_of_the_certificate_pass_as_host(station: Station, host: str) -> None:
    refused = await secure(station, f"GET /api/v1/ping HTTP/1.1\r\nHost: {host}")
    assert (refused.status, refused.body["code"]) == (403, "gate.host_not_allowed")


async def test_neither_door_takes_the_names_and_ports_of_the_other(station: Station) -> None:
    refused = await secure(station, f"GET /api/v1/ping HTTP/1.1\r\nHost: 127.0.0.1:{station.server.port}")
    assert (refused.status, refused.body["code"]) == (403, "gate.host_not_allowed")
    for host in (f"till.local:{station.server.port}", f"127.0.0.1:{station.server.secure_port}"):
        status, problem, _ = await station.http("GET", "/ping", Host=host)
        assert (status, problem["code"]) == (403, "gate.host_not_allowed")


@pytest.mark.parametrize(
    ("line", "code", "status"),
    [
        ("Origin: https://evil.example", "gate.origin_not_allowed", 403),
        ("Origin: null", "gate.origin_not_allowed", 403),
        ("Origin: http://localhost:PORT", "gate.origin_not_allowed", 403),
        ("Origin: https://till.local:PORT", "gate.origin_not_allowed", 403),
        ("Sec-Fetch-Mode: navigate", "gate.origin_not_allowed", 403),
        ("X: y", "gate.unauthorised", 401),
        ("Authorization: Bearer wrong", "gate.unauthorised", 401),
    ],
)
async def test_the_same_rules_hold_as_on_the_plain_port(station: Station, line: str, code: str, status: int) -> None:
    refused = await secure(station, f"GET /api/v1/devices HTTP/1.1\r\nHost: localhost:PORT\r\n{line}")
    assert (refused.status, refused.body["code"]) == (status, code)
    assert "strict-transport-security" not in {name.lower() for name in refused.headers}


async def test_the_own_page_is_served_over_https_too(station: Station) -> None:
    code, _ = station.server.access.console.link()
    body = json.dumps({"code": code}).encode()
    head = (
        "POST /api/v1/session/console HTTP/1.1\r\nHost: localhost:PORT\r\nOrigin: https://localhost:PORT\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}"
    )
    opened = await secure(station, head, body)
    assert opened.status == 200
    # The session is that of the page which opened it: the same page over plain http is another origin.
    status, problem, _ = await station.http(
        "GET", "/devices", Authorization=f"Bearer {opened.body['token']}", Origin=station.server.url
    )
    assert (status, problem["code"]) == (403, "gate.token_origin_mismatch")


async def test_plain_http_on_the_port_of_https_reaches_nothing(station: Station) -> None:
    assert b"HTTP" not in await plain(station.server.secure_port or 0)


async def plain(port: int) -> bytes:
    """What a request without TLS gets, whether it is right or not."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /api/v1/ping HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode())
    said = b""
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(15):
            said = await reader.read()
    writer.close()
    return said


def test_who_may_come_from_the_network_is_told_by_address() -> None:
    door = Door(47812, tls=True, networks=(ipaddress.ip_network("192.168.1.0/24"), ipaddress.ip_network("fd00:1::/64")))
    for address in ("127.0.0.1", "::1", "192.168.1.7", "::ffff:192.168.1.7", "fd00:1::7", "fd00:1::7%eth0"):
        assert door.admits(address), address
    for address in ("192.168.2.7", "10.0.0.1", "::ffff:10.0.0.1", "fd00:2::7", "8.8.8.8", "", "x"):
        assert not door.admits(address), address
    assert not Door(47811).admits("192.168.1.7")
    assert Door(47811).admits("127.0.0.5")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"listen": ("192.168.1.20",), "networks": ("192.168.1.0/24",)}, "--tls-port"),
        ({"listen": ("192.168.1.20",), "tls_port": 0}, "--allow-net"),
        ({"networks": ("192.168.1.0/24",), "tls_port": 0}, "--listen"),
        ({"listen": ("0.0.0.0",), "networks": ("192.168.1.0/24",), "tls_port": 0}, "the one address"),
        ({"listen": ("::",), "networks": ("192.168.1.0/24",), "tls_port": 0}, "the one address"),
        ({"listen": ("till.local",), "networks": ("192.168.1.0/24",), "tls_port": 0}, "no IP address"),
        ({"listen": ("192.168.1.20",), "networks": ("0.0.0.0/0",), "tls_port": 0}, "whole world"),
        ({"listen": ("192.168.1.20",), "networks": ("192.168.1.7/24",), "tls_port": 0}, "192.168.1.0/24"),
        ({"listen": ("192.168.1.20",), "networks": ("home",), "tls_port": 0}, "home"),
    ],
)
def test_other_addresses_are_served_only_with_everything_that_goes_with_them(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(CannotListen, match=said):
        checked(ServerSettings(**settings))


async def test_an_address_must_be_in_the_certificate(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    settings = ServerSettings(port=0, tls_port=0, listen=("192.168.1.20",), networks=("192.168.1.0/24",))
    station = Station(data_dir, settings)
    with pytest.raises(TlsError, match="no certificates"):
        await station.start()
    await station.bridge.stop()
    shaking.set_up(data_dir)
    with pytest.raises(CannotListen, match=r"does not name 192\.168\.1\.20.*--address"):
        await station.start()
    await station.bridge.stop()


class Outside:
    """A door to which this PC is a stranger."""

    def __init__(self, door: Door) -> None:
        self.port = door.port

    def admits(self, address: str) -> bool:
        return False


async def test_from_an_address_that_is_in_no_network_nothing_is_read_or_answered(station: Station) -> None:
    assert b"tillbridge" in await plain(station.server.port)
    server = station.server.application.server
    server._doors = {port: Outside(door) for port, door in server._doors.items()}  # type: ignore[misc]
    assert await plain(station.server.port) == b""
    assert server.open == set()


@dataclass(frozen=True)
class Lan:
    """A network of two hosts: this one, and a namespace with an address inside and one outside of what is allowed."""

    name: str
    ours: str = "10.231.7.1"
    inside: str = "10.231.7.2"
    outside: str = "10.231.8.2"

    def ping(self, source: str, port: int, authority: Path) -> str:
        """From there, over https: the status, or how it failed."""
        program = (
            "import ssl, sys, socket, http.client\n"
            "host, source, port, ca = sys.argv[1:]\n"
            "context = ssl.create_default_context(cafile=ca)\n"
            "connection = http.client.HTTPSConnection(host, int(port), context=context, timeout=10, source_address=(source, 0))\n"
            "try:\n"
            "    connection.request('GET', '/api/v1/ping')\n"
            "    print(connection.getresponse().status)\n"
            "except (OSError, http.client.HTTPException) as error:\n"
            "    print(type(error).__name__)\n"
        )
        command = ["ip", "netns", "exec", self.name, sys.executable, "-c", program, self.ours, source, str(port), str(authority)]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout.strip()


@pytest.fixture
def lan() -> Iterator[Lan]:
    if shutil.which("ip") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("a network of one's own needs root and iproute2")
    made = Lan(f"tb{os.getpid()}")
    near, far = f"{made.name}a", f"{made.name}b"

    def ip(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["ip", *words], capture_output=True, text=True, check=check)

    if ip("netns", "add", made.name, check=False).returncode != 0:
        pytest.skip("this machine makes no network namespaces")
    try:
        ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", made.name)
        ip("address", "add", f"{made.ours}/24", "dev", near)
        ip("address", "add", "10.231.8.1/24", "dev", near)
        ip("link", "set", near, "up")
        for address in (made.inside, made.outside):
            ip("-n", made.name, "address", "add", f"{address}/24", "dev", far)
        ip("-n", made.name, "link", "set", far, "up")
        ip("-n", made.name, "link", "set", "lo", "up")
        yield made
    finally:
        ip("link", "delete", near, check=False)
        ip("netns", "delete", made.name, check=False)


async def test_over_a_network_only_its_own_networks_come_in_and_only_over_https(tmp_path: Path, lan: Lan) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    names = Names(addresses=(*Names().addresses, ipaddress.ip_address(lan.ours)))
    shaking.set_up(data_dir, names=names)
    settings = ServerSettings(port=0, tls_port=0, listen=(lan.ours,), networks=("10.231.7.0/24",), stop_seconds=1.0)
    station = Station(data_dir, settings)
    await station.start()
    try:
        port = station.server.secure_port or 0
        authority = data_dir / "tls" / "ca.pem"
        assert await asyncio.to_thread(lan.ping, lan.inside, port, authority) == "200"
        assert await asyncio.to_thread(lan.ping, lan.outside, port, authority) not in ("200", "403", "401")
        assert not any(made.getsockname()[0] == lan.ours for made in station.server._entrances.plain)
        connection = await asyncio.to_thread(lan.ping, lan.inside, station.server.port, authority)
        assert connection == "ConnectionRefusedError"
    finally:
        await station.stop()
