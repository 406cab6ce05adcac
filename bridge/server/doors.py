"""The addresses on which the bridge answers: which names a Host header may carry there, and which origins are our own."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Door:
    """One port. `names`: what it is called beside the loopback's own names; `networks`: who may come, None: this PC alone."""

    port: int
    tls: bool = False
    names: tuple[str, ...] = ()
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] | None = None
    hosts: frozenset[str] = field(init=False)
    origins: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hosts", allowed_hosts(self.port, self.names, 443 if self.tls else 80))
        object.__setattr__(self, "origins", own_origins(self.port, self.tls))

    @property
    def scheme(self) -> str:
        return "https" if self.tls else "http"

    def admits(self, address: str) -> bool:
        """Whether a connection from this IP address may be taken at all."""
        try:
            peer = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        if isinstance(peer, ipaddress.IPv6Address) and peer.ipv4_mapped is not None:
            peer = peer.ipv4_mapped
        return peer.is_loopback or any(peer in network for network in self.networks or ())


def allowed_hosts(port: int, extra: Sequence[str] = (), usual: int = 80) -> frozenset[str]:
    """Every spelling of Host that is ours, and no other: 127.1, localhost., 0.0.0.0 and foreign ports are not in it.

    `usual`: the port that a browser leaves out.
    """
    hosts = set()
    for name in (*LOOPBACK, *extra):
        lowered = name.lower()
        if re.search(r":[0-9]+$", lowered) and not lowered.endswith("]"):
            hosts.add(lowered)
            continue
        hosts.add(f"{lowered}:{port}")
        if port == usual:
            hosts.add(lowered)
    return frozenset(hosts)


def own_origins(port: int, tls: bool = False) -> frozenset[str]:
    """What a browser says of our own pages. Not those of further hosts: nobody knows what else is served under such a name."""
    scheme, usual = ("https", 443) if tls else ("http", 80)
    return frozenset(f"{scheme}://{name}" if port == usual else f"{scheme}://{name}:{port}" for name in LOOPBACK)
