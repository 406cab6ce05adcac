"""All that the bridge listens on: plain on loopback, and where it is wanted https there and on the local network.

Beside loopback there is no plain port: whoever is on the way could read and change what goes over it.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bridge.server.doors import LOOPBACK, Door
from bridge.server.listening import CannotListen, listen, listen_at
from bridge.server.settings import ServerSettings
from bridge.server.tls import LiveCertificate

Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]


@dataclass(slots=True)
class Entrances:
    """Listening sockets with the door that each leads to. `certificate`: of those for https."""

    port: int
    plain: list[socket.socket]
    doors: tuple[Door, ...]
    secure: list[socket.socket] = field(default_factory=list)
    certificate: LiveCertificate | None = None

    @property
    def context(self) -> ssl.SSLContext | None:
        return None if self.certificate is None else self.certificate.context

    @property
    def secure_port(self) -> int | None:
        return next((door.port for door in self.doors if door.tls), None)

    def close(self) -> None:
        for made in (*self.plain, *self.secure):
            made.close()


async def open_entrances(settings: ServerSettings, data_dir: Path, now: Callable[[], datetime]) -> Entrances:
    """Listen on everything that is wanted. Raises PortTaken, CannotListen, TlsError."""
    networks = checked(settings)
    certificate = LiveCertificate(data_dir, now) if settings.tls_port is not None else None
    if certificate is not None:
        _in_certificate(settings, certificate)
    plain, port = await listen(settings.port)
    made = Entrances(port, plain, (Door(port, names=settings.extra_hosts),))
    if certificate is None or settings.tls_port is None:
        return made
    try:
        made.secure, secure_port = await listen(settings.tls_port)
        made.secure += await listen_at(settings.listen, secure_port)
    except BaseException:
        made.close()
        raise
    names = (*(host for host in certificate.hosts if host not in LOOPBACK), *settings.extra_hosts)
    door = Door(secure_port, tls=True, names=names, networks=networks if settings.listen else None)
    made.doors = (*made.doors, door)
    made.certificate = certificate
    return made


def checked(settings: ServerSettings) -> Networks:
    """The networks of the settings. Raises CannotListen where something that goes with them is missing."""
    if settings.listen and settings.tls_port is None:
        raise CannotListen("--listen needs --tls-port: beside this computer's own there is no port without https.")
    if settings.listen and not settings.networks:
        raise CannotListen("--listen needs --allow-net: say from which networks tills may come, e.g. 192.168.1.0/24.")
    if settings.networks and not settings.listen:
        raise CannotListen("--allow-net needs --listen: without it only this computer is served.")
    for address in settings.listen:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            raise CannotListen(f"--listen {address} is no IP address.") from None
        if parsed.is_unspecified or parsed.is_loopback or parsed.is_multicast:
            raise CannotListen(f"--listen {address}: name the one address of this computer that tills shall use.")
    networks = []
    for given in settings.networks:
        try:
            network = ipaddress.ip_network(given)
        except ValueError as error:
            raise CannotListen(f"--allow-net {given}: {error}. Write it as 192.168.1.0/24.") from None
        if network.prefixlen == 0:
            raise CannotListen(f"--allow-net {given} is the whole world: name the shop's own networks.")
        networks.append(network)
    return tuple(networks)


def _in_certificate(settings: ServerSettings, certificate: LiveCertificate) -> None:
    known = {str(address) for address in certificate.addresses}
    for address in settings.listen:
        if address not in known:
            raise CannotListen(
                f"The certificate does not name {address}, so no browser would take it. "
                f"Make a new one: tillbridge tls setup --replace --address {address}"
            )
