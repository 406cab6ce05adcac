"""One question at one address, before a device is configured there: who answers, or why nobody does.

It is a scan's careful question (`probing.py`) at the URL as it is written: it never prints and never changes state. A place
that belongs to a configured device is left alone; its driver is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bridge.devices.config import DeviceConfig
from bridge.devices.discovery.places import Taken, place_of
from bridge.devices.discovery.ports import PortsUnknown, PortWatch, SerialPort
from bridge.devices.discovery.probing import Attempt, Prober
from bridge.devices.discovery.scan import configured_as
from bridge.devices.manager import DeviceManager
from bridge.plugin import DeviceFamily
from bridge.transport import Endpoint, Terms

CONFIGURED = "configured"
IN_USE = "in_use"


@dataclass(frozen=True, slots=True)
class AddressCheck:
    """What came of it. `outcome`: a probe's, `configured` or `in_use`; `device`: whose address it is."""

    outcome: str
    reason: str
    attempt: Attempt | None = None
    device: str | None = None
    configured_as: str | None = None

    def as_json(self) -> dict[str, Any]:
        told = self.attempt.as_json() if self.attempt is not None else dict.fromkeys(("identity", "sent", "received"))
        return {
            "outcome": self.outcome,
            "reason": self.reason,
            "identity": told["identity"],
            "device": self.device,
            "configured_as": self.configured_as,
            "seconds": told.get("seconds", 0.0),
            "sent": told["sent"],
            "received": told["received"],
        }


async def check_address(
    config: DeviceConfig,
    endpoint: Endpoint,
    family: DeviceFamily[Any],
    devices: DeviceManager,
    ports: PortWatch,
    prober: Prober,
) -> AddressCheck:
    """`config` and `endpoint` have been validated. Never raises for what a plugin or a port does."""
    try:
        listed = await ports.ports()
    except PortsUnknown:
        listed = [SerialPort(endpoint.address)] if endpoint.kind == "serial" else []
    place = place_of(endpoint)
    owner = await Taken(devices.runtimes).owner(place, listed)
    shareable = family.endpoint_kinds[endpoint.kind].shareable
    if owner is not None and not (shareable and owner.config.family == config.family):
        reason = f"it is the address of {owner.id}, which is {owner.state}; it was not asked anew"
        return AddressCheck(CONFIGURED, reason, device=owner.id)
    if endpoint.kind == "serial" and (holders := await ports.holders(endpoint.address)):
        return AddressCheck(IN_USE, f"in use by {', '.join(holders)}")
    terms = Terms(http_seconds=config.timeouts.http, key_password=family.settings_from(config.settings).key_password())
    attempt = await prober.probe(family, endpoint, terms)
    known = configured_as(devices.runtimes, config.family, attempt.identity)
    return AddressCheck(attempt.outcome.value, attempt.reason, attempt, configured_as=known)
