"""The world of tests/core with serial ports: fake devices behind port names that come, go and change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

from bridge.devices.discovery import Announced, Limits, SerialPort, Surroundings, UsbDevice
from bridge.jobs import Bridge
from bridge.model import Identity
from bridge.plugin import EndpointKind, PluginRegistry, UsbId
from bridge.transport import (
    ByteLink,
    Endpoint,
    Link,
    LinkOpener,
    LoopClock,
    NotConnected,
    NullModemBoard,
    Terms,
    WireLog,
    deadline,
    run_virtual,
)
from tests.core.fake_family import FakeDevice, FakeFamily, FakePlugin
from tests.core.world import START, TILL, World

ACME = UsbId(0x1234)


class PortFamily(FakeFamily):
    """The fake family over ports and networks; its probe asks `who` and waits a second."""

    endpoint_kinds: ClassVar[Mapping[str, EndpointKind]] = {
        "serial": EndpointKind(defaults={"baudrate": "115200"}),
        "tcp": EndpointKind(ports=(6000,)),
        "usb": EndpointKind(),
    }
    usb_ids: ClassVar[Sequence[UsbId]] = (ACME,)
    probe_options: ClassVar[Mapping[str, Sequence[Mapping[str, str]]]] = {"serial": ({"baudrate": "9600"},)}
    mdns_types: ClassVar[Sequence[str]] = ("_fake._tcp",)

    def __init__(self) -> None:
        super().__init__()
        self.probed: list[str] = []

    async def probe(self, link: Link) -> Identity | None:
        assert isinstance(link, ByteLink)
        if "probe" in self.raise_in:
            raise ZeroDivisionError("a bug in probe")
        async with deadline(1, "who"):
            await link.write(b"who\n")
            answer = b""
            while not answer.endswith(b"\n"):
                answer += await link.read()
        text = answer.decode("latin-1").strip()
        return Identity(model="fake", serial=text) if text.startswith("F-") else None


class OtherFamily(PortFamily):
    """Understands the same machines. Claims nothing."""

    id: ClassVar[str] = "other"
    title: ClassVar[str] = "Other devices"
    usb_ids: ClassVar[Sequence[UsbId]] = ()
    mdns_types: ClassVar[Sequence[str]] = ()


class BoardOpener(LinkOpener):
    """Opens the ports, hosts and USB devices of a board by their URL without options. Keeps what was opened."""

    def __init__(self, board: NullModemBoard) -> None:
        super().__init__(board)
        self.opened: list[Endpoint] = []
        for kind in ("serial", "tcp"):
            self._openers[kind] = self._open
        self._board = board

    async def _open(self, endpoint: Endpoint, wire_log: WireLog, terms: Terms) -> Link:
        self.opened.append(endpoint)
        name = endpoint.address if endpoint.kind == "serial" else f"{endpoint.address}:{endpoint.port}"
        return await self._board.open(replace(endpoint, address=name), wire_log)


@dataclass
class Surrounding:
    """What the computer around the bridge shows."""

    listed: dict[str, SerialPort] = field(default_factory=dict)
    held: dict[str, list[str]] = field(default_factory=dict)
    usb: list[UsbDevice] = field(default_factory=list)
    announced: list[Announced] = field(default_factory=list)
    listings: int = 0
    broken: Exception | None = None
    usb_error: Exception | None = None
    browse_error: Exception | None = None

    def ports(self) -> list[SerialPort]:
        self.listings += 1
        if self.broken is not None:
            raise self.broken
        return list(self.listed.values())

    def usb_devices(self) -> list[UsbDevice]:
        if self.usb_error is not None:
            raise self.usb_error
        return self.usb

    async def browse(self, types: Sequence[str]) -> list[Announced]:
        if self.browse_error is not None:
            raise self.browse_error
        return [service for service in self.announced if service.type in types]


class PortsWorld(World):
    """Each device d1, d2, ... begins at the port /dev/t1, /dev/t2, ..., and is configured there unless told otherwise."""

    def __init__(self, data_dir: Path, devices: int = 1) -> None:
        super().__init__(data_dir, devices)
        self.family: PortFamily = PortFamily()
        self.plugins = [(FakePlugin(self.family), "fake")]
        self.around = Surrounding()
        self.opener: BoardOpener
        self.limits = Limits(open=1.0, probe=5.0, grace=1.0)
        self.configured = list(self.devices)
        self.tasks: list[asyncio.Future[None]] = []
        for number in range(1, devices + 1):
            self.plug_in(f"/dev/t{number}", f"d{number}")

    def plug_in(self, port: str, device: str, **facts: Any) -> None:
        """`facts`: of the SerialPort that is listed then."""
        self.around.listed[port] = SerialPort(port, **facts)
        self.plug(port, device)

    def pull_out(self, port: str, device: str) -> None:
        del self.around.listed[port]

        async def gone(wire_log: WireLog) -> Link:
            raise NotConnected("there is no such port")

        self.board.plug(port, gone)
        self.devices[device].cut()

    def move(self, device: str, old: str, new: str) -> None:
        self.pull_out(old, device)
        self.plug_in(new, device)

    def stranger(self, port: str, who: str = "F-X", **facts: Any) -> FakeDevice:
        """A machine that is configured nowhere."""
        name = f"stranger-{port}"
        self.devices[name] = FakeDevice(serial=who)
        self.plug_in(port, name, **facts)
        return self.devices[name]

    async def notice(self) -> None:
        """Let an idle device find out, by its next status, that its cable was cut."""
        await self.settle(70)

    def url(self, device: str) -> str:
        return self.bridge.devices.runtime(device).config.url

    async def start(self, **options: Any) -> Bridge:
        registry = PluginRegistry()
        for plugin, plugin_name in self.plugins:
            registry.add(plugin, plugin_name)
        self.opener = BoardOpener(self.board)
        self.bridge = await Bridge.open(
            self.data_dir,
            registry=registry,
            clock=LoopClock(START),
            opener=self.opener,
            inline=True,
            patience=self.patience,
            surroundings=Surroundings(
                ports=self.around.ports,
                holders=lambda port: self.around.held.get(port, []),
                usb=self.around.usb_devices,
                browser=self.around.browse,
                limits=self.limits,
            ),
            **options,
        )
        await self.bridge.start()
        for name in self.configured:
            if name not in self.bridge.devices.runtimes:
                url = f"serial:///dev/t{name[1:]}?baudrate=19200"
                await self.bridge.devices.configure(TILL, name, {"family": "fake", "url": url})
        await self.settle()
        return self.bridge

    async def moves(self) -> list[tuple[str, str, str]]:
        """(device, from, to) as the audit has them, without options."""
        rows = [row for row in await self.audit() if row["action"] == "device.moved"]
        return [(row["subject"], _port(row["detail"]["from"]), _port(row["detail"]["to"])) for row in rows]


def _port(url: str) -> str:
    return url.removeprefix("serial://").partition("?")[0]


def in_ports_world(
    data_dir: Path,
    story: Callable[[PortsWorld], Awaitable[None]],
    *,
    devices: int = 1,
    before: Callable[[PortsWorld], None] = lambda world: None,
) -> None:
    """Run a story in virtual time; `before` arranges the ports before the bridge starts."""

    async def main() -> None:
        world = PortsWorld(data_dir, devices)
        before(world)
        await world.start()
        try:
            await story(world)
        finally:
            await world.bridge.stop(grace=0.1)
            await asyncio.sleep(0)

    run_virtual(main())
