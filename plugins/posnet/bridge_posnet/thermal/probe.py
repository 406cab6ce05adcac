"""Whether a printer of the Thermal protocol is at the other end: asked without changing anything, its error mode neither."""

from __future__ import annotations

import logging

from bridge.model import Identity
from bridge.transport import ByteLink, LinkError
from bridge_posnet.settings import Timeouts
from bridge_posnet.thermal import commands
from bridge_posnet.thermal.answers import BadAnswer, CashInfo, Version
from bridge_posnet.thermal.errors import Refused
from bridge_posnet.thermal.exchange import Exchange


async def probe(link: ByteLink, timeouts: Timeouts) -> Identity | None:
    """DLE, which is always answered; then type and unique number. None: no, or not sure."""
    exchange = Exchange(link, timeouts, logging.getLogger("tillbridge.posnet.probe"))
    exchange.start()
    try:
        if await exchange.trouble() is not None:
            return None
        version = Version.from_sequence(await exchange.ask(commands.version()))
        info = CashInfo.from_sequence(await exchange.ask(commands.info_as_of_old()))
        return Identity(model=version.model, fiscal_number=info.unique_number, firmware=version.firmware, protocol="thermal")
    except (LinkError, Refused, BadAnswer):
        return None
    finally:
        await exchange.close()
