"""Whether a device of this family is at the other end of a link that nobody knows yet.

Prints nothing, changes nothing, and takes no answer away that the device holds for somebody: ENQ, or the enquiry of link layer
v2, executes nothing; with an answer held that is more than one to a question, the device is left alone.
"""

from __future__ import annotations

import logging

from bridge.model import Identity
from bridge.plugin import BadAnswer
from bridge.transport import ByteLink, LinkError
from bridge_shtrih_m.exchange import Exchange, HoldsAnswer
from bridge_shtrih_m.facts import FactReader
from bridge_shtrih_m.refusals import Refused
from bridge_shtrih_m.settings import ShtrihSettings, Timeouts
from bridge_shtrih_m.status import identify

# A stranger is not waited for: a device answers these questions at once.
_TIMEOUTS = Timeouts(control=0.3, taken=1.0, byte=0.5, quiet=0.2, status=2.0, command=2.0)


async def probe(link: ByteLink) -> Identity | None:
    settings = ShtrihSettings(timeouts=_TIMEOUTS)
    exchange = Exchange(link, settings, logging.getLogger("tillbridge.shtrih-m.probe"), keeper=None)
    exchange.start()
    try:
        await exchange.connect()
        return await identify(FactReader(exchange, settings.zone))
    except (LinkError, Refused, BadAnswer, HoldsAnswer):
        return None
    finally:
        await exchange.close()
