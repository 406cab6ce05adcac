"""Whether a device of this family is at the other end of a link that nobody knows yet.

Prints nothing, changes nothing, and takes nothing away that the device keeps for somebody: questions are put under ids that are
free and acknowledged, their errors do not stop the queue, and the buffer is not emptied. A device whose queue is stopped by somebody's
error is left alone.
"""

from __future__ import annotations

import logging

from bridge.model import Identity
from bridge.transport import ByteLink, LinkError
from bridge_atol.exchange import Exchange
from bridge_atol.facts import FactReader
from bridge_atol.layout import BadAnswer
from bridge_atol.refusals import Refused
from bridge_atol.settings import AtolSettings, Timeouts
from bridge_atol.status import identify

# A stranger is not waited for: a device answers these questions at once.
_TIMEOUTS = Timeouts(control=0.5, status=1.5, command=1.5, running=2.0, poll=0.2)


async def probe(link: ByteLink) -> Identity | None:
    settings = AtolSettings(timeouts=_TIMEOUTS)
    exchange = Exchange(link, settings, logging.getLogger("tillbridge.atol.probe"), keeper=None)
    exchange.start()
    try:
        return await identify(FactReader(exchange, settings.zone))
    except (LinkError, Refused, BadAnswer):
        return None
    finally:
        await exchange.close()
