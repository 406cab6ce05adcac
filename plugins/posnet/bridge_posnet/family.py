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
from bridge_posnet import checking, paper, status, vectors, wire_protocols
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
        """Both protocols, the newer one first: neither can do harm to a printer that speaks the other.

        The questions of the POSNET protocol hold no ESC, ENQ, BEL, DLE or CAN, so a Thermal printer skips them; those of the
        Thermal protocol hold no STX, so a POSNET printer skips them as noise. Only questions are sent, and of the Thermal
        ones only those that every firmware knows: in its usual mode a printer stops at an unknown one until a key is pressed.
        """
        if not isinstance(link, ByteLink):
            return None
        found = await self._probe_posnet(link)
        if found is not None:
            return found
        from bridge_posnet.thermal.probe import probe

        return await probe(link, _PROBE)

    async def _probe_posnet(self, link: ByteLink) -> Identity | None:
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
        if settings.protocol == "thermal":
            from bridge_posnet.thermal.driver import ThermalDriver

            thermal = ThermalDriver(settings, link, device)
            thermal.start()
            return thermal
        from bridge_posnet.driver import PosnetDriver

        driver = PosnetDriver(settings, link, device)
        driver.start()
        return driver

    def check(self, operation: Operation, settings: PosnetSettings, capabilities: Capabilities | None) -> Checked:
        if settings.protocol == "thermal":
            from bridge_posnet.thermal import checking as thermal_checking

            return Checked(thermal_checking.check(operation, settings, capabilities))
        return Checked(checking.check(operation, settings, capabilities))

    def paper(self, operation: Operation, settings: PosnetSettings, capabilities: Capabilities | None) -> PaperText | None:
        if settings.protocol == "thermal":
            from bridge_posnet.thermal import paper as thermal_paper

            return thermal_paper.paper(operation, settings, capabilities)
        return paper.paper(operation, settings, capabilities)

    def mask(self, data: bytes, direction: Direction) -> bytes:
        return wire_protocols.mask(data, direction)

    def wire_decoder(self) -> WireDecoder:
        return wire_protocols.EitherWireDecoder()

    def check_vector(self, vector: Mapping[str, Any]) -> VectorCheck:
        return vectors.check_vector(vector)
