"""Hot-plug: a device that comes back under another port name is followed, by who it is and never by where it is.

Only serial ports are followed: their names are the system's whim, while a network address is what somebody set. Looked for
is a device that is away, each time when it could not be reached at its port; while all are connected nothing is done.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.devices.discovery.ports import PortsUnknown, PortWatch, SerialPort, port_key
from bridge.devices.discovery.probing import Attempt, Outcome, Prober
from bridge.devices.discovery.usb import claims
from bridge.devices.manager import DeviceManager
from bridge.devices.runtime import DeviceRuntime
from bridge.model import DeviceState, Identity
from bridge.store import StorageError
from bridge.transport import Clock, Endpoint, parse_endpoint

log = logging.getLogger("tillbridge.hotplug")

# Seconds between two looks at one port that is not (yet) the device: a printer that is switched on has its port before it
# answers. A port stays in the list for months, and then once a minute is often enough.
LOOK_AGAIN_SECONDS = (2.0, 5.0, 10.0, 30.0, 60.0)

_MEMORY = "port"


@dataclass(slots=True)
class _Looked:
    """How often a device was looked for at a port in vain, and when it may be looked for there again."""

    times: int
    again_at: float


class Follower:
    """Finds the machines of configured devices again. `find_again` and `remember` are called by each device's runner."""

    def __init__(self, manager: DeviceManager, ports: PortWatch, prober: Prober, clock: Clock) -> None:
        self._manager = manager
        self._ports = ports
        self._prober = prober
        self._clock = clock
        self._looked: dict[tuple[str, str], _Looked] = {}
        self._probing: set[str] = set()

    async def remember(self, runtime: DeviceRuntime) -> None:
        """After a good connection: what the system says of the port, and which others there are."""
        endpoint = runtime.endpoint
        if endpoint is None or endpoint.kind != "serial":
            return
        for device, port in [known for known in self._looked if known[0] == runtime.id]:
            del self._looked[device, port]
        try:
            ports = await self._ports.ports()
            key = port_key(endpoint.address)
            own = next((port for port in ports if port.key == key), SerialPort(endpoint.address))
            facts = {**own.as_json(), "others": sorted({port.name for port in ports if port.key != key})}
            if facts != runtime.store.host_get(_MEMORY):
                await runtime.store.host_set(_MEMORY, facts)
        except (PortsUnknown, StorageError) as error:  # it only helps to find the device sooner, another day
            log.warning("%s: its port is not remembered: %s", runtime.id, error)

    async def find_again(self, runtime: DeviceRuntime) -> bool:
        """Look for a device that could not be reached. True where its address was changed: connect at once."""
        endpoint, family = runtime.endpoint, runtime.family
        if endpoint is None or family is None or endpoint.kind != "serial" or runtime.identity is None:
            return False
        if runtime.state not in (DeviceState.OFFLINE, DeviceState.WRONG_DEVICE):
            return False
        other, at = self._seen_by(runtime)
        if at is not None and await self._manager.move(runtime, at.address, displaced=other):
            return True
        try:
            ports = await self._ports.ports()
        except PortsUnknown as error:
            log.warning("%s cannot be looked for: %s", runtime.id, error)
            return False
        self._forget_unplugged(ports)
        for port in self._candidates(runtime, ports):
            if runtime.endpoint is not endpoint:  # another device's search has found it meanwhile
                return True
            if not self._free(port.key) or await self._ports.holders(port.name):
                continue
            identity = await self._who_is_at(runtime, port)
            owner = self._missing(runtime, identity) if identity is not None else None
            if owner is not None and self._free(port.key):
                await self._manager.move(owner, port.name)
            if runtime.endpoint is not endpoint:
                return True
        return False

    # -- where to look -----------------------------------------------------------------------------------------------

    def _seen_by(self, runtime: DeviceRuntime) -> tuple[DeviceRuntime, Endpoint] | tuple[None, None]:
        """Another device that finds this one's machine at its own port: cables, or port names, were exchanged."""
        assert runtime.identity is not None
        for other in self._manager.runtimes.values():
            if (
                other is not runtime
                and other.state is DeviceState.WRONG_DEVICE
                and other.config.family == runtime.config.family
                and other.endpoint is not None
                and other.endpoint.kind == "serial"
                and other.seen_at is other.endpoint
                and other.seen is not None
                and runtime.identity.same_device(other.seen)
            ):
                return other, other.endpoint
        return None, None

    def _candidates(self, runtime: DeviceRuntime, ports: Sequence[SerialPort]) -> Iterator[SerialPort]:
        """Free ports that may be it, the likeliest first, each when its time has come."""
        memory: Mapping[str, Any] | None = runtime.store.host_get(_MEMORY)
        ranked = [(_likeness(port, memory, runtime), port) for port in {port.key: port for port in ports}.values()]
        for _, port in sorted(((rank, port) for rank, port in ranked if rank is not None), key=lambda item: item[0]):
            looked = self._looked.get((runtime.id, port.name))
            if looked is None or looked.again_at <= self._clock.monotonic():
                yield port

    def _free(self, key: str) -> bool:
        """Whether no device is configured there, connected or not, and no search of ours is there just now."""
        taken = (
            port_key(other.endpoint.address)
            for other in self._manager.runtimes.values()
            if other.endpoint is not None and other.endpoint.kind == "serial"
        )
        return key not in self._probing and key not in taken

    def _forget_unplugged(self, ports: Sequence[SerialPort]) -> None:
        """What is plugged in again is looked at again at once."""
        names = {port.name for port in ports}
        for device, port in [known for known in self._looked if known[1] not in names]:
            del self._looked[device, port]

    # -- looking -----------------------------------------------------------------------------------------------------

    async def _who_is_at(self, runtime: DeviceRuntime, port: SerialPort) -> Identity | None:
        assert runtime.family is not None
        options = parse_endpoint(runtime.config.url).options
        self._probing.add(port.key)
        try:
            attempt = await self._prober.probe(runtime.family, Endpoint("serial", port.name, 0, options))
        finally:
            self._probing.discard(port.key)
        self._note(runtime, port, attempt)
        return attempt.identity

    def _note(self, runtime: DeviceRuntime, port: SerialPort, attempt: Attempt) -> None:
        known = self._looked.get((runtime.id, port.name))
        times = known.times if known is not None else 0
        if attempt.outcome is Outcome.IDENTIFIED:  # who is there will not become another one by waiting
            times = len(LOOK_AGAIN_SECONDS) - 1
        if known is None and (attempt.identity is None or self._missing(runtime, attempt.identity) is None):
            log.info("%s is away; looked for it at %s: %s", runtime.id, port.name, attempt.reason)
        pause = LOOK_AGAIN_SECONDS[min(times, len(LOOK_AGAIN_SECONDS) - 1)]
        self._looked[runtime.id, port.name] = _Looked(times + 1, self._clock.monotonic() + pause)

    def _missing(self, runtime: DeviceRuntime, identity: Identity) -> DeviceRuntime | None:
        """The device that is away and is pinned to who answers: mostly the one looked for, sometimes its neighbour."""
        for other in self._manager.runtimes.values():
            if (
                other.config.family == runtime.config.family
                and other.endpoint is not None
                and other.endpoint.kind == "serial"
                and not other.connected
                and other.identity is not None
                and other.identity.same_device(identity)
            ):
                return other
        return None


def _likeness(port: SerialPort, memory: Mapping[str, Any] | None, runtime: DeviceRuntime) -> int | None:
    """How much a port looks like the one that the device had, 0 the most; None for not at all."""
    if memory is not None and port.name == memory["name"]:  # where it was last, though the configuration says otherwise
        return 0
    family_ids = runtime.family.usb_ids if runtime.family is not None else ()
    if memory is None or memory["vendor"] is None:
        if claims(family_ids, port.vendor, port.product):
            return 2
    elif (memory["vendor"], memory["product"]) == (port.vendor, port.product):
        if memory["serial"] is not None and memory["serial"] == port.serial:
            return 0
        return 1 if memory["location"] is not None and memory["location"] == port.location else 2
    if memory is not None and port.name not in memory["others"]:
        return 3
    return None
