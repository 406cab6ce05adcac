"""The family: what is known of ZVT terminals before and beside any open link.

How one is driven is in `driver.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal

from bridge.model import ArithmeticProfile, Capabilities, Identity, Operation
from bridge.plugin import Checked, DeviceContext, DeviceFamily, Driver, EndpointKind, VectorCheck, WireDecoder
from bridge.transport import ByteLink, Direction, Link
from bridge_zvt import checking, vectors, wire
from bridge_zvt.settings import ARITHMETIC, ZvtSettings


class ZvtFamily(DeviceFamily[ZvtSettings]):
    id = "zvt"
    title = "ZVT terminals: Ingenico, Verifone, CCV, ..."
    settings_model = ZvtSettings
    endpoint_kinds: ClassVar[Mapping[str, EndpointKind]] = {
        "tcp": EndpointKind(example="tcp://192.168.1.50:20007", ports=(20007, 20008, 22000)),
        "tls": EndpointKind(example="tls://192.168.1.50:20007"),
        "serial": EndpointKind(
            defaults={"baudrate": "9600", "bytesize": "8", "parity": "N", "stopbits": "2"}, example="serial:///dev/ttyUSB0"
        ),
    }
    arithmetic: ClassVar[ArithmeticProfile] = ARITHMETIC
    # Over USB a terminal is a virtual serial port or a network card; no list of ids is published.
    probe_options: ClassVar[Mapping[str, Sequence[Mapping[str, str]]]] = {
        "serial": ({"baudrate": "115200"}, {"stopbits": "1"}),
    }
    # Everything waits on the link and nothing computes for long.
    isolation: ClassVar[Literal["thread", "loop"]] = "loop"

    async def probe(self, link: Link) -> Identity | None:
        from bridge_zvt.probe import probe

        return await probe(link) if isinstance(link, ByteLink) else None

    async def open(self, settings: ZvtSettings, link: Link, device: DeviceContext) -> Driver:
        if not isinstance(link, ByteLink):
            raise TypeError(f"a ZVT terminal needs a stream of bytes, not {type(link).__name__}")
        from bridge_zvt.driver import ZvtDriver

        driver = ZvtDriver(settings, link, device)
        driver.start()
        return driver

    def check(self, operation: Operation, settings: ZvtSettings, capabilities: Capabilities | None) -> Checked:
        return Checked(checking.check(operation, settings, capabilities))

    def mask(self, data: bytes, direction: Direction) -> bytes:
        return wire.Masker()(data, direction)

    def masker(self) -> Callable[[bytes, Direction], bytes]:
        return wire.Masker()

    def wire_decoder(self) -> WireDecoder:
        return wire.ZvtWireDecoder()

    def check_vector(self, vector: Mapping[str, Any]) -> VectorCheck:
        return vectors.check_vector(vector)
