"""The family: what is known of Posnet printers before and beside any open link.

How one is driven is in `driver.py`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from bridge.model import ArithmeticProfile, Capabilities, Identity, Operation
from bridge.plugin import (
    Checked,
    DeviceContext,
    DeviceFamily,
    Driver,
    EndpointKind,
    PaperText,
    UsbId,
    VectorCheck,
    WireDecoder,
)
from bridge.transport import ByteLink, Direction, Link, LinkError
from bridge_posnet import checking, paper, status, vectors, wire
from bridge_posnet.driver import PosnetDriver
from bridge_posnet.exchange import Exchange
from bridge_posnet.facts import FactReader
from bridge_posnet.reader import BadAnswer
from bridge_posnet.refusals import Refused
from bridge_posnet.settings import ARITHMETIC, PosnetSettings, Timeouts

# A stranger at the other end is not waited for: a printer answers these questions at once.
_PROBE = Timeouts(read=2.0, dead=2.0, poll=0.5, blocked=0.5)


class PosnetFamily(DeviceFamily[PosnetSettings]):
    id = "posnet"
    title = "Posnet fiscal printers (Poland)"
    settings_model = PosnetSettings
    # Factory setting of the serial port; over USB the printer is a virtual port and takes any speed.
    endpoint_kinds: ClassVar[Mapping[str, EndpointKind]] = {
        # The port is set in the printer; these two were seen (protocol-specs/posnet, "Transports").
        "tcp": EndpointKind(example="tcp://192.168.1.20:6666", ports=(6666, 12345)),
        "serial": EndpointKind(
            defaults={"baudrate": "115200", "bytesize": "8", "parity": "N", "stopbits": "1", "xonxoff": "1"},
            example="serial:///dev/ttyACM0",
        ),
        # Where the system gives the printer no virtual port. Byte for byte the same.
        "usb": EndpointKind(example="usb://1424:100b"),
    }
    arithmetic: ClassVar[ArithmeticProfile] = ARITHMETIC
    # The product differs from model to model (seen: 100b, 10b0), and no list of them is published.
    usb_ids = (UsbId(0x1424),)
    # Speeds that people set in the printer's menu, beside the factory's: the old and the slow ones have no users left.
    probe_options: ClassVar[Mapping[str, Sequence[Mapping[str, str]]]] = {
        "serial": ({"baudrate": "9600"}, {"baudrate": "19200"}, {"baudrate": "38400"}, {"baudrate": "57600"}),
    }
    # Everything waits on the link and nothing computes for long: frames are small, and no call blocks.
    isolation: ClassVar[Literal["thread", "loop"]] = "loop"

    async def probe(self, link: Link) -> Identity | None:
        if not isinstance(link, ByteLink):
            return None
        exchange = Exchange(link, _PROBE, logging.getLogger("tillbridge.posnet.probe"))
        exchange.start()
        try:
            await status.wait_until_unblocked(exchange)
            return await status.identify(FactReader(exchange, PosnetSettings().code_page, PosnetSettings().zone))
        except (LinkError, Refused, BadAnswer):
            return None
        finally:
            await exchange.close()

    async def open(self, settings: PosnetSettings, link: Link, device: DeviceContext) -> Driver:
        if not isinstance(link, ByteLink):
            raise TypeError(f"a Posnet printer needs a stream of bytes, not {type(link).__name__}")
        driver = PosnetDriver(settings, link, device)
        driver.start()
        return driver

    def check(self, operation: Operation, settings: PosnetSettings, capabilities: Capabilities | None) -> Checked:
        return Checked(checking.check(operation, settings, capabilities))

    def paper(self, operation: Operation, settings: PosnetSettings, capabilities: Capabilities | None) -> PaperText | None:
        return paper.paper(operation, settings, capabilities)

    def mask(self, data: bytes, direction: Direction) -> bytes:
        return wire.mask(data, direction)

    def wire_decoder(self) -> WireDecoder:
        return wire.PosnetWireDecoder()

    def check_vector(self, vector: Mapping[str, Any]) -> VectorCheck:
        found = vectors.check_vector(vector)
        return VectorCheck(
            name=found.name,
            compared=found.compared,
            skipped=found.skipped,
            differences=found.differences,
            not_built=found.not_built,
        )
