"""Places where a device may be, and which of them are taken by a configured one. Nothing is opened here."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.devices.discovery.mdns import Announced
from bridge.devices.discovery.ports import SerialPort, port_key
from bridge.devices.discovery.usb import UsbDevice, claims
from bridge.devices.runtime import DeviceRuntime
from bridge.plugin import DeviceFamily
from bridge.transport import Endpoint, EndpointError, parse_endpoint

Families = Mapping[str, DeviceFamily[Any]]
Key = tuple[str, ...]
"""What all names of one place have in common."""

# Kinds that lead to a host and a port, in the order in which they are tried: bare bytes first.
NET_KINDS = ("tcp", "tls", "http", "https")

# A name server that does not answer must not hold up a scan.
RESOLVE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Try:
    """One family at one place, with the URLs to try: the first that answers ends it."""

    family: DeviceFamily[Any]
    endpoints: tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A port, a host's port or a USB device. `first`: families that claim it by its USB ids; `others`: asked after them.

    `why_not`: the reason where it is shown and not tried at all.
    """

    kind: str
    name: str
    key: Key
    description: str | None = None
    usb: str | None = None
    first: tuple[Try, ...] = ()
    others: tuple[Try, ...] = ()
    why_not: str | None = None

    @property
    def tries(self) -> tuple[Try, ...]:
        return (*self.first, *self.others)


# -- serial --------------------------------------------------------------------------------------------------------------


def serial_places(ports: Iterable[SerialPort], families: Families) -> list[Place]:
    """Those that a family claims by their USB ids first. Of several names for one port only the first counts."""
    found: dict[str, Place] = {}
    for port in ports:
        if port.key not in found:
            found[port.key] = _serial_place(port, families)
    return sorted(found.values(), key=lambda place: (not place.first, place.name))


def _serial_place(port: SerialPort, families: Families) -> Place:
    first: list[Try] = []
    others: list[Try] = []
    for family in families.values():
        if "serial" not in family.endpoint_kinds:
            continue
        tried = Try(family, serial_endpoints(family, port.name))
        (first if claims(family.usb_ids, port.vendor, port.product) else others).append(tried)
    return Place(
        "serial",
        port.name,
        ("serial", port.key),
        port.description,
        port.usb,
        tuple(first),
        tuple(others),
        None if first or others else "no family that is looked for has a serial port",
    )


def serial_endpoints(family: DeviceFamily[Any], name: str) -> tuple[Endpoint, ...]:
    """At the family's default settings, then at its further ones. The URL names only what differs from the defaults."""
    settings: list[dict[str, str]] = [{}, *(dict(options) for options in family.probe_options.get("serial", ()))]
    return tuple(Endpoint("serial", name, 0, options) for options in settings)


# -- network -------------------------------------------------------------------------------------------------------------


def net_places(hosts: Iterable[tuple[str, int | None]], families: Families) -> list[Place]:
    """For a host without a port, the ports at which the families' devices usually are."""
    found: dict[tuple[str, int], list[Try]] = {}
    portless: list[Place] = []
    for host, named in hosts:
        wanted = [(family, kind, port) for family in families.values() for kind, port in _doors(family, named)]
        for family, kind, port in wanted:
            tries = found.setdefault((host, port), [])
            endpoint = Endpoint(kind, host, port)
            if all(endpoint not in known.endpoints or known.family is not family for known in tries):
                tries.append(Try(family, (endpoint,)))
        if not wanted:
            reason = (
                "no family that is looked for is reached over a network"
                if named is not None
                else "name a port: no family that is looked for has a usual one"
            )
            portless.append(Place("tcp", host if named is None else f"{host}:{named}", ("host", host), why_not=reason))
    places = [
        Place("tcp", f"[{host}]:{port}" if ":" in host else f"{host}:{port}", ("net", host, str(port)), others=tuple(tries))
        for (host, port), tries in found.items()
    ]
    return [*places, *portless]


def _doors(family: DeviceFamily[Any], named: int | None) -> Iterable[tuple[str, int]]:
    for kind in NET_KINDS:
        facts = family.endpoint_kinds.get(kind)
        if facts is not None:
            for port in facts.ports if named is None else (named,):
                yield kind, port


def announced_places(services: Iterable[Announced], families: Families) -> list[Place]:
    """Each service is looked at by the families that name its type, and by no other."""
    places = []
    for service in services:
        tries = []
        for family in families.values():
            kind = _kind_for(service.type, family)
            if kind is not None and service.type in {known.removesuffix(".local.").rstrip(".") for known in family.mdns_types}:
                tries.append(Try(family, (Endpoint(kind, service.address, service.port),)))
        name = f"[{service.address}]:{service.port}" if ":" in service.address else f"{service.address}:{service.port}"
        places.append(
            Place(
                "mdns",
                name,
                ("net", service.address, str(service.port)),
                service.name,
                first=tuple(tries),
                why_not=None if tries else "no family that is looked for can be reached there",
            )
        )
    return places


def _kind_for(service_type: str, family: DeviceFamily[Any]) -> str | None:
    said = {"_http._tcp": "http", "_https._tcp": "https"}.get(service_type)
    if said in family.endpoint_kinds:
        return said
    return next((kind for kind in NET_KINDS if kind in family.endpoint_kinds), None)


# -- USB -----------------------------------------------------------------------------------------------------------------


def usb_places(devices: Iterable[UsbDevice], ports: Sequence[SerialPort], families: Families) -> list[Place]:
    """Only devices that a family claims: mice and hubs are nobody's business."""
    places = []
    for device in devices:
        claimants = [family for family in families.values() if claims(family.usb_ids, device.vendor, device.product)]
        if not claimants:
            continue
        tries: list[Try] = []
        name = device.url.removeprefix("usb://")
        port = next((port.name for port in ports if port.usb == name), None)
        why_not = None
        if port is not None:
            why_not = f"it is the serial port {port}, and is tried there"
        elif not any("usb" in family.endpoint_kinds for family in claimants):
            titles = ", ".join(family.title for family in claimants)
            why_not = f"it looks like one of: {titles}; but it has no serial port. Install or switch on its driver"
        else:
            try:
                endpoint = parse_endpoint(device.url)
                tries = [Try(family, (endpoint,)) for family in claimants if "usb" in family.endpoint_kinds]
            except EndpointError as error:
                why_not = str(error)
        places.append(Place("usb", device.url, ("usb", name), device.title, name, tuple(tries), (), why_not))
    return places


def place_of(endpoint: Endpoint) -> Place:
    """The place that one endpoint leads to."""
    if endpoint.kind == "serial":
        return Place("serial", endpoint.address, ("serial", port_key(endpoint.address)))
    if endpoint.kind == "usb":
        return Place("usb", endpoint.base, ("usb", endpoint.base.removeprefix("usb://")))
    if endpoint.kind in (*NET_KINDS, "ws", "wss"):
        return Place(endpoint.kind, endpoint.base, ("net", endpoint.address, str(endpoint.port)))
    return Place(endpoint.kind, endpoint.base, (endpoint.kind, endpoint.address))


# -- what is taken -------------------------------------------------------------------------------------------------------


class Taken:
    """The places of configured devices, under all their names."""

    def __init__(self, runtimes: Mapping[str, DeviceRuntime]) -> None:
        self._runtimes = runtimes
        self._addresses: dict[str, frozenset[str]] = {}

    async def owner(self, place: Place, ports: Sequence[SerialPort]) -> DeviceRuntime | None:
        """The configured device whose place this is. Asked anew each time: devices come and go while a scan runs."""
        keys = {place.key}
        if place.key[0] == "net":
            keys = {("net", address, place.key[2]) for address in await self._resolve(place.key[1])}
        elif place.kind == "usb":  # configured without its serial number it is this one, too
            keys.add(("usb", ":".join(place.key[1].split(":")[:2])))
        for runtime in list(self._runtimes.values()):
            if runtime.endpoint is not None and not keys.isdisjoint(await self._keys(runtime.endpoint, ports)):
                return runtime
        return None

    async def _keys(self, endpoint: Endpoint, ports: Sequence[SerialPort]) -> set[Key]:
        if endpoint.kind == "serial":
            key = port_key(endpoint.address)
            usb: set[Key] = {("usb", port.usb) for port in ports if port.key == key and port.usb is not None}
            return {("serial", key), *usb}
        if endpoint.kind == "usb":
            wanted = endpoint.url.removeprefix("usb://").partition("?")[0]
            return {("usb", wanted), *(("serial", port.key) for port in ports if port.usb == wanted)}
        if endpoint.kind in (*NET_KINDS, "ws", "wss"):
            return {("net", address, str(endpoint.port)) for address in await self._resolve(endpoint.address)}
        return {(endpoint.kind, endpoint.address)}

    async def _resolve(self, host: str) -> frozenset[str]:
        if host not in self._addresses:
            self._addresses[host] = await resolve(host)
        return self._addresses[host]


async def resolve(host: str) -> frozenset[str]:
    """All addresses of a host; its name alone where it has none just now."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError):
        return frozenset({host})
    return frozenset(str(entry[4][0]) for entry in found)
