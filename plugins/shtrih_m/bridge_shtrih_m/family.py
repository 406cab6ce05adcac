"""The family: what is known of Shtrih-M devices before and beside any open link.

How one is driven is in `driver.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from bridge.model import ArithmeticProfile, Capabilities, Identity, Operation
from bridge.plugin import (
    Checked,
    DeviceContext,
    DeviceFamily,
    Driver,
    EndpointKind,
    PaperText,
    VectorCheck,
    WireDecoder,
)
from bridge.transport import ByteLink, Direction, Link
from bridge_shtrih_m import checking, paper, vectors, wire
from bridge_shtrih_m.settings import ARITHMETIC, ShtrihSettings


class ShtrihFamily(DeviceFamily[ShtrihSettings]):
    id = "shtrih-m"
    title = "Shtrih-M fiscal registers (Russia)"
    settings_model = ShtrihSettings
    endpoint_kinds: ClassVar[Mapping[str, EndpointKind]] = {
        # 7778 on Ethernet, Wi-Fi and the network that a device makes over USB (192.168.137.111); 12345 on cash registers that
        # run Android.
        "tcp": EndpointKind(example="tcp://192.168.137.111:7778", ports=(7778, 12345)),
        "serial": EndpointKind(
            defaults={"baudrate": "115200", "bytesize": "8", "parity": "N", "stopbits": "1"},
            example="serial:///dev/ttyACM0",
        ),
    }
    arithmetic: ClassVar[ArithmeticProfile] = ARITHMETIC
    # Over USB the device is a virtual serial port or a network card; no list of its ids is published.
    probe_options: ClassVar[Mapping[str, Sequence[Mapping[str, str]]]] = {
        "serial": ({"baudrate": "4800"}, {"baudrate": "9600"}, {"baudrate": "19200"}, {"baudrate": "57600"}),
    }
    # Everything waits on the link and nothing computes for long: frames are small, and no call blocks.
    isolation: ClassVar[Literal["thread", "loop"]] = "loop"

    async def probe(self, link: Link) -> Identity | None:
        from bridge_shtrih_m.probe import probe

        return await probe(link) if isinstance(link, ByteLink) else None

    async def open(self, settings: ShtrihSettings, link: Link, device: DeviceContext) -> Driver:
        if not isinstance(link, ByteLink):
            raise TypeError(f"a Shtrih-M device needs a stream of bytes, not {type(link).__name__}")
        from bridge_shtrih_m.driver import ShtrihDriver

        driver = ShtrihDriver(settings, link, device)
        driver.start()
        return driver

    def check(self, operation: Operation, settings: ShtrihSettings, capabilities: Capabilities | None) -> Checked:
        return Checked(checking.check(operation, settings, capabilities, _today(settings)))

    def paper(self, operation: Operation, settings: ShtrihSettings, capabilities: Capabilities | None) -> PaperText | None:
        return paper.paper(operation, settings, capabilities, _today(settings))

    def mask(self, data: bytes, direction: Direction) -> bytes:
        return wire.mask(data, direction)

    def wire_decoder(self) -> WireDecoder:
        return wire.ShtrihWireDecoder()

    def check_vector(self, vector: Mapping[str, Any]) -> VectorCheck:
        return vectors.check_vector(vector)


def _today(settings: ShtrihSettings) -> date:
    """The day where the device stands; its own clock is asked when the job runs."""
    return datetime.now(ZoneInfo(settings.zone)).date()
