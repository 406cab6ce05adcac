"""Names and addresses that certificates are for: loopback always, those of the local network where asked for.

An authority must not be able to speak for more than it was made for, so whatever is wider than a computer's own name or
address is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from bridge.server.tls.errors import TlsError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LOCALHOST = "localhost"
LOOPBACK: tuple[Address, ...] = (IPv4Address("127.0.0.1"), IPv6Address("::1"))
LOOPBACK_NETWORKS: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# A name constraint holds for all names below it. These are no computer's name but what follows it: of a whole network.
_SUFFIXES = frozenset({"local", "lan", "home", "internal", "intranet", "corp", "arpa", "home.arpa", "localdomain"})
_MAX_NAME = 253


@dataclass(frozen=True, slots=True)
class Names:
    """DNS names and addresses of one computer, loopback first, in the order given, none twice."""

    names: tuple[str, ...] = (LOCALHOST,)
    addresses: tuple[Address, ...] = LOOPBACK

    @classmethod
    def of(cls, names: Iterable[str] = (), addresses: Iterable[str] = ()) -> Names:
        """Loopback, and these. Raises TlsError for what is no name or address of a computer."""
        own = [host_name(name) for name in names]
        ips = [host_address(address) for address in addresses]
        return cls(tuple(dict.fromkeys((LOCALHOST, *own))), tuple(dict.fromkeys((*LOOPBACK, *ips))))

    @property
    def networks(self) -> tuple[Network, ...]:
        """What the authority may speak for: loopback as a whole, and each other address alone."""
        others = (address for address in self.addresses if not address.is_loopback)
        return (*LOOPBACK_NETWORKS, *(ip_network(address) for address in others))

    @property
    def hosts(self) -> tuple[str, ...]:
        """All of them as they stand in a URL, without port: IPv6 addresses in brackets."""
        return (*self.names, *(f"[{address}]" if address.version == 6 else str(address) for address in self.addresses))

    @property
    def beyond_loopback(self) -> Sequence[str]:
        return [*self.names[1:], *(str(address) for address in self.addresses if not address.is_loopback)]


def host_name(text: str) -> str:
    """A name in lower case. Raises TlsError."""
    name = text.strip().lower()
    wrong = TlsError(f"{text!r} is no name of a computer.", "Write it as tills reach it, e.g. --name till-server.local")
    try:
        ip_address(name)
    except ValueError:
        pass
    else:
        raise TlsError(f"{text!r} is an address and no name.", f"Write it so: --address {name}")
    if not name.isascii():
        raise TlsError(f"{text!r} holds letters that names in certificates cannot hold.", "Write it in its form xn--...")
    labels = name.split(".")
    # All digits at the end look like an IPv4 address in some spelling to a browser (URL standard, "ends in a number").
    if len(name) > _MAX_NAME or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise wrong
    if name in _SUFFIXES:
        raise TlsError(f"{text!r} is the name of a whole network.", f"Name one computer, e.g. --name till-server.{name}")
    return name


def host_address(text: str) -> Address:
    """An address of one computer. Raises TlsError."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        raise TlsError(f"{text!r} is no IP address.", "Write it without port and prefix, e.g. --address 192.168.1.20") from None
    scoped = isinstance(address, IPv6Address) and (address.scope_id is not None or address.ipv4_mapped is not None)
    if address.is_unspecified or address.is_multicast or address == IPv4Address("255.255.255.255") or scoped:
        raise TlsError(f"{text!r} is not the address of one computer.", "Give the one that tills connect to.")
    return address
