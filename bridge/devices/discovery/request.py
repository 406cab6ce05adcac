"""What a scan is asked for: which families, which ports, hosts and buses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from bridge.model import Flag, Model, Text

# A shop's own net. More would take minutes, and is looked through by the shop's network people, not by a till.
MOST_ADDRESSES = 256

# Names of a host: letters, digits, dots and hyphens (RFC 1123); underscores are seen in small networks.
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}")


class HostPort(Model):
    """A host or a small network, with or without a port."""

    host: str
    port: int | None = None

    @property
    def count(self) -> int:
        return ipaddress.ip_network(self.host).num_addresses if "/" in self.host else 1

    def addresses(self) -> Iterator[str]:
        if "/" not in self.host:
            yield self.host
            return
        for address in ipaddress.ip_network(self.host).hosts():
            yield str(address)


def read_target(text: str) -> HostPort:
    """`HOST`, `HOST:PORT`, `[V6]:PORT`, `NET/PREFIX`, `NET/PREFIX:PORT`. Raises ValueError with a sentence."""
    host, port = _split(text)
    if "/" in host:
        _check_network(host)
    elif not _is_address(host) and not _HOST.fullmatch(host):
        raise ValueError(f"{text!r}: not a host, e.g. 192.168.1.20, 192.168.1.20:6666 or 192.168.1.0/28")
    return HostPort(host=host, port=port)


def _split(text: str) -> tuple[str, int | None]:
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::(.*))?", text)
    if bracketed is not None:
        host, port = bracketed.group(1), bracketed.group(2)
    elif text.count(":") > 1:  # an IPv6 address without brackets has no port
        return text, None
    else:
        host, colon, rest = text.partition(":")
        port = rest if colon else None
    if port is None:
        return host, None
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 1 <= int(port) <= 65535):
        raise ValueError(f"{text!r}: the port must be 1 to 65535")
    return host, int(port)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _check_network(host: str) -> None:
    try:
        network = ipaddress.ip_network(host)
    except ValueError as error:
        raise ValueError(f"{host!r}: {error}, e.g. 192.168.1.0/28") from None
    if not network.is_private:
        raise ValueError(f"{host!r}: only private networks are looked through; name single hosts outside of them")
    if network.num_addresses > MOST_ADDRESSES:
        raise ValueError(f"{host!r} has {network.num_addresses} addresses; at most {MOST_ADDRESSES}, e.g. a /24")


def _target(text: str) -> str:
    read_target(text)
    return text


Target = Annotated[Text, Field(min_length=1, max_length=260), AfterValidator(_target)]
FamilyId = Annotated[Text, Field(min_length=1, max_length=60)]
PortName = Annotated[Text, Field(min_length=1, max_length=200)]


class ScanRequest(Model):
    """What is looked for. `families` empty: all that are installed.

    `serial`: every port that the system lists; `ports`: further ones by name. `tcp`: hosts (with or without a port) and
    small private networks.
    """

    families: tuple[FamilyId, ...] = Field(default=(), max_length=100)
    serial: Flag = True
    ports: tuple[PortName, ...] = Field(default=(), max_length=64)
    tcp: tuple[Target, ...] = Field(default=(), max_length=64)
    usb: Flag = True
    mdns: Flag = True

    @field_validator("tcp")
    @classmethod
    def _not_too_many(cls, tcp: tuple[str, ...]) -> tuple[str, ...]:
        count = sum(read_target(target).count for target in tcp)
        if count > MOST_ADDRESSES:
            raise ValueError(f"{count} addresses in all; at most {MOST_ADDRESSES} in one scan")
        return tcp

    def hosts(self) -> list[tuple[str, int | None]]:
        """Every address that is asked for, once, with its port where one is named."""
        targets = [read_target(target) for target in self.tcp]
        return list(dict.fromkeys((address, target.port) for target in targets for address in target.addresses()))
