"""Whether a device of this family is at the other end of a link that nobody knows yet.

Prints nothing, changes nothing, and takes nothing away that the device keeps for somebody. In v3 questions are put under ids that are
free and acknowledged, their errors do not stop the queue, and the buffer is not emptied; a device whose queue is stopped by somebody's
error is left alone. In v2 a device that holds an answer for somebody is.
"""

from __future__ import annotations

import logging
from typing import Literal

from bridge.model import Identity
from bridge.plugin import BadAnswer
from bridge.transport import ByteLink, LinkError
from bridge_atol.exchanges import exchange_of
from bridge_atol.facts import FactReader
from bridge_atol.refusals import Refused
from bridge_atol.settings import AtolSettings, Timeouts
from bridge_atol.status import identify

# A stranger is not waited for: a device answers these questions at once.
_TIMEOUTS = Timeouts(control=0.5, status=1.5, command=1.5, running=2.0, poll=0.2)
_TRANSPORTS: tuple[Literal["v3", "v2"], ...] = ("v3", "v2")


async def probe(link: ByteLink) -> Identity | None:
    for protocol in _TRANSPORTS:
        found = await _probed(link, AtolSettings(protocol=protocol, timeouts=_TIMEOUTS))
        if found is not None:
            return found
    return None


async def _probed(link: ByteLink, settings: AtolSettings) -> Identity | None:
    logger = logging.getLogger("tillbridge.atol.probe")
    exchange = exchange_of(link, settings, logger, keeper=None)
    exchange.start()
    try:
        return await identify(FactReader(exchange, settings.zone))
    except (LinkError, Refused, BadAnswer):
        return None
    finally:
        await exchange.close()
