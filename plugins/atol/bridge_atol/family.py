"""The family: what is known of ATOL devices before and beside any open link.

How one is driven is in `driver.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from bridge.transport import ByteLink, Direction, HttpLink, Link
from bridge_atol import checking, paper, vectors, wire
from bridge_atol.settings import ARITHMETIC, AtolSettings
from bridge_atol.web import checking as web_checking
from bridge_atol.web import wire as web_wire


class AtolFamily(DeviceFamily[AtolSettings]):
    id = "atol"
    title = "ATOL fiscal registers (Russia)"
    settings_model = AtolSettings
    endpoint_kinds: ClassVar[Mapping[str, EndpointKind]] = {
        "tcp": EndpointKind(example="tcp://192.168.1.10:5555", ports=(5555,)),
        "serial": EndpointKind(
            defaults={"baudrate": "115200", "bytesize": "8", "parity": "N", "stopbits": "1"},
            example="serial:///dev/ttyACM0",
        ),
        # The vendor's HTTP server, with one or several devices behind it: which of them is meant is in the settings.
        "http": EndpointKind(shareable=True, example="http://127.0.0.1:16732", ports=(16732,)),
        "https": EndpointKind(shareable=True, example="https://till-server:16732?ca=/etc/tillbridge/shop.pem"),
    }
    arithmetic: ClassVar[ArithmeticProfile] = ARITHMETIC
    # Over USB the device is a virtual serial port; which ids it has is not settled.
    probe_options: ClassVar[Mapping[str, Sequence[Mapping[str, str]]]] = {
        "serial": ({"baudrate": "9600"}, {"baudrate": "57600"}, {"baudrate": "4800"}),
    }
    # Everything waits on the link and nothing computes for long: frames are small, and no call blocks.
    isolation: ClassVar[Literal["thread", "loop"]] = "loop"

    async def probe(self, link: Link) -> Identity | None:
        if isinstance(link, HttpLink):
            from bridge_atol.web.probe import probe as probe_server

            return await probe_server(link)
        from bridge_atol.probe import probe

        return await probe(link) if isinstance(link, ByteLink) else None

    async def open(self, settings: AtolSettings, link: Link, device: DeviceContext) -> Driver:
        if isinstance(link, HttpLink):
            from bridge_atol.web.driver import WebDriver

            return WebDriver(settings, link, device)
        if not isinstance(link, ByteLink):
            raise TypeError(f"an ATOL device needs a stream of bytes, not {type(link).__name__}")
        from bridge_atol.driver import AtolDriver

        driver = AtolDriver(settings, link, device)
        driver.start()
        return driver

    def check(self, operation: Operation, settings: AtolSettings, capabilities: Capabilities | None) -> Checked:
        check = web_checking.check if web_checking.is_behind_server(settings, capabilities) else checking.check
        return Checked(check(operation, settings, capabilities, _today(settings)))

    def paper(self, operation: Operation, settings: AtolSettings, capabilities: Capabilities | None) -> PaperText | None:
        return paper.paper(operation, settings, capabilities, _today(settings))

    def mask(self, data: bytes, direction: Direction) -> bytes:
        return web_wire.mask(data, direction) if web_wire.is_http(data, direction) else wire.mask(data, direction)

    def masker(self) -> Callable[[bytes, Direction], bytes]:
        return web_wire.EitherMasker(wire.Masker())

    def wire_decoder(self) -> WireDecoder:
        return web_wire.EitherDecoder(wire.AtolWireDecoder())

    def check_vector(self, vector: Mapping[str, Any]) -> VectorCheck:
        return vectors.check_vector(vector)


def _today(settings: AtolSettings) -> date:
    """The day where the device stands; its own clock is asked when the job runs."""
    return datetime.now(ZoneInfo(settings.zone)).date()
