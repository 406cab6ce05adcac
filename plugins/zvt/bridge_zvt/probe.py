"""Whether a ZVT terminal is at the other end of a link that nobody knows yet.

Asks for its status and nothing else: that prints nothing, registers nobody, and replaces nothing that it keeps. A terminal whose
port another till uses may refuse the connection, or give up the other one: search when nobody pays.
"""

from __future__ import annotations

import logging

from bridge.model import Identity
from bridge.transport import ByteLink, LinkError
from bridge_zvt.commands import Command
from bridge_zvt.exchange import Exchange
from bridge_zvt.frame import Apdu, Code, decode, read
from bridge_zvt.line import line_of
from bridge_zvt.refusals import Refused
from bridge_zvt.settings import Timeouts, ZvtSettings
from bridge_zvt.status import MODEL, TerminalState

# A stranger is not waited for. A terminal that is busy with a customer says so at once, or nothing.
_TIMEOUTS = Timeouts(t2=1.0, t3=2.0, message=1.0, t4=4.0, abort=0.1, quiet=0.2)


async def probe(link: ByteLink) -> Identity | None:
    settings = ZvtSettings(timeouts=_TIMEOUTS, abort_supported=False)
    log = logging.getLogger("tillbridge.zvt.probe")
    exchange = Exchange(line_of(link, "auto", settings.timeouts, log), settings, log)
    exchange.start()
    try:
        # Without a password: the wrong one may count.
        ending = await exchange.run(Command(Apdu(Code.STATUS_ENQUIRY), "status enquiry"))
    except Refused:
        return Identity(model=MODEL, protocol="ZVT")  # nobody else answers so
    except LinkError:
        return None
    finally:
        await exchange.close()
    body = read(ending.message, Code.STATUS_ENQUIRY)
    version = body.parts.get("version")
    state = TerminalState(0, decode(version).strip() if version else None, body.fields.tlv)
    return Identity(model=MODEL, fiscal_number=state.terminal_id, firmware=state.version, protocol="ZVT")
