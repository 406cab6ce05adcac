"""Whether a Web Requests server is at the other end, with exactly one device: which of several is meant only a person knows.

Asks beside the queue and changes nothing.
"""

from __future__ import annotations

from bridge.model import Identity
from bridge.transport import HttpLink, LinkError
from bridge_atol.settings import AtolSettings, Timeouts, WebSettings
from bridge_atol.web.client import Refused, Server
from bridge_atol.web.messages import Unreadable
from bridge_atol.web.status import identity_of

# A stranger is not waited for.
_TIMEOUTS = Timeouts(status=1.5, command=3.0)


async def probe(link: HttpLink) -> Identity | None:
    try:
        server = Server(link, AtolSettings(timeouts=_TIMEOUTS))
        if "driverVersion" not in await server.info():
            return None
        used = [one for one in await server.devices() if one.get("isActive") is True]
        if len(used) != 1:
            return None
        only = Server(link, AtolSettings(timeouts=_TIMEOUTS, web=WebSettings(device=str(used[0].get("id", "")))))
        return identity_of(await only.query("queryDeviceInfo"))
    except (LinkError, Refused, Unreadable):
        return None
