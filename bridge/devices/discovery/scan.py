"""One scan: every place that was looked at, what was tried there, what came back, and what was found."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ulid import ULID

from bridge.devices.discovery.mdns import Browser
from bridge.devices.discovery.places import (
    Families,
    Place,
    Taken,
    Try,
    announced_places,
    net_places,
    serial_places,
    usb_places,
)
from bridge.devices.discovery.ports import PortsUnknown, PortWatch, SerialPort
from bridge.devices.discovery.probing import Attempt, Outcome, Prober
from bridge.devices.discovery.request import ScanRequest
from bridge.devices.discovery.usb import UsbLister, UsbUnknown
from bridge.devices.runtime import DeviceRuntime
from bridge.model import Identity
from bridge.transport import Clock

log = logging.getLogger("tillbridge.discovery")

# Places looked at side by side. Each may have a thread; a whole /24 with three seconds for each silent address takes half
# a minute.
SIDE_BY_SIDE = 24

# What operating systems and pyserial say of a port that somebody else has: EAGAIN of the lock, EBUSY, Windows' denial.
_BUSY_SIGNS = ("exclusively lock", "temporarily unavailable", "busy", "access is denied")


class PlaceOutcome(StrEnum):
    WAITING = "waiting"
    TRYING = "trying"
    FOUND = "found"
    AMBIGUOUS = "ambiguous"
    """More than one family knows what answers there: a person must choose."""
    NOTHING = "nothing"
    CONFIGURED = "configured"
    """It is the place of a configured device, and was not touched."""
    IN_USE = "in_use"
    """Another program holds it."""
    NOT_TRIED = "not_tried"


@dataclass(slots=True)
class Look:
    """What became of one place."""

    place: Place
    outcome: PlaceOutcome = PlaceOutcome.WAITING
    reason: str = ""
    seconds: float = 0.0
    device: str | None = None
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return self.outcome not in (PlaceOutcome.WAITING, PlaceOutcome.TRYING)

    @property
    def answers(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if attempt.outcome is Outcome.IDENTIFIED]

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.place.kind,
            "name": self.place.name,
            "description": self.place.description,
            "usb": self.place.usb,
            "outcome": self.outcome.value,
            "reason": self.reason,
            "device": self.device,
            "seconds": round(self.seconds, 3),
            "attempts": [attempt.as_json() for attempt in self.attempts],
        }


@dataclass(frozen=True, slots=True)
class Senses:
    """How a scan looks at the computer and its network; each can be replaced in tests."""

    ports: PortWatch
    usb: UsbLister
    browser: Browser
    prober: Prober
    clock: Clock


class Scan:
    """Runs once. What it knows so far can be read at any time."""

    def __init__(
        self,
        request: ScanRequest,
        families: Families,
        runtimes: Mapping[str, DeviceRuntime],
        senses: Senses,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_change` is called at each step that `as_json` tells."""
        self.id = str(ULID())
        self.request = request
        self.started_at: datetime = senses.clock.now()
        self.finished_at: datetime | None = None
        self.stopped = False
        self.looks: list[Look] = []
        self.problems: list[str] = []
        self._on_change = on_change
        self._families = families
        self._runtimes = runtimes
        self._senses = senses
        self._taken = Taken(runtimes)
        self._ports: Sequence[SerialPort] = ()
        self._known_places: set[tuple[str, ...]] = set()
        self._room = asyncio.Semaphore(SIDE_BY_SIDE)

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                browsing = group.create_task(self._browse()) if self.request.mdns else None
                for place in await self._local_places():
                    self._add(group, place)
                for place in net_places(self.request.hosts(), self._families):
                    self._add(group, place)
                if browsing is not None:
                    for place in await browsing:
                        self._add(group, place)
        except BaseException:
            self.stopped = True
            raise
        finally:
            self.finished_at = self._senses.clock.now()
            self._on_change()

    def never_ran(self) -> None:
        """It was stopped before its first step."""
        self.stopped, self.finished_at = True, self._senses.clock.now()

    # -- where to look -----------------------------------------------------------------------------------------------

    async def _local_places(self) -> list[Place]:
        request = self.request
        if request.serial or request.ports or request.usb:
            try:
                self._ports = await self._senses.ports.ports()
            except PortsUnknown as error:
                self.problems.append(str(error))
        listed = {port.name: port for port in self._ports}
        wanted = [*(self._ports if request.serial else ()), *(listed.get(name, SerialPort(name)) for name in request.ports)]
        places = serial_places(wanted, self._families)
        if request.usb:
            loop = asyncio.get_running_loop()
            try:
                devices = await loop.run_in_executor(None, self._senses.usb)
                places += usb_places(devices, self._ports, self._families)
            except (UsbUnknown, OSError) as error:
                self.problems.append(f"USB devices: {error}")
        return places

    async def _browse(self) -> list[Place]:
        types = sorted({known.rstrip(".").removesuffix(".local") for f in self._families.values() for known in f.mdns_types})
        if not types:
            return []
        try:
            return announced_places(await self._senses.browser(types), self._families)
        except Exception as error:  # no network, no multicast, a port that is taken: the rest of the scan goes on
            self.problems.append(f"devices that announce themselves (mDNS) could not be asked for: {error}")
            return []

    def _add(self, group: asyncio.TaskGroup, place: Place) -> None:
        """Each place once: what announces itself may have been named, too."""
        if place.key in self._known_places:
            return
        self._known_places.add(place.key)
        look = Look(place)
        self.looks.append(look)
        self._on_change()
        group.create_task(self._look(look))

    # -- looking -----------------------------------------------------------------------------------------------------

    async def _look(self, look: Look) -> None:
        async with self._room:
            began = self._senses.clock.monotonic()
            look.outcome = PlaceOutcome.TRYING
            outcome, reason = PlaceOutcome.NOT_TRIED, "the scan was stopped"
            try:
                outcome, reason = await self._try(look)
            except Exception as error:  # one place must not end the scan of all others
                log.exception("looking at %s stumbled", look.place.name)
                reason = f"looking there failed: {type(error).__name__}: {error}"
            finally:
                look.outcome, look.reason = outcome, reason
                look.seconds = self._senses.clock.monotonic() - began
                self._on_change()

    async def _try(self, look: Look) -> tuple[PlaceOutcome, str]:
        place = look.place
        if (device := await self._owner(look)) is not None:
            return PlaceOutcome.CONFIGURED, f"it is the address of {device}, and is left alone"
        if place.why_not is not None:
            return PlaceOutcome.NOT_TRIED, place.why_not
        if (held := await self._held(place)) is not None:
            return PlaceOutcome.IN_USE, held
        for group in (place.first, place.others):
            for one in group:
                if (ended := await self._ask(look, one)) is not None:
                    return ended
            if look.answers:  # who is claimed by USB ids and knows its device: no other family's bytes are sent there
                break
        return self._judged(look)

    async def _ask(self, look: Look, one: Try) -> tuple[PlaceOutcome, str] | None:
        """One family, at each of its settings. An outcome where nobody else need be asked."""
        for endpoint in one.endpoints:
            if not self._senses.prober.can_open(endpoint.kind):
                reason = f"links of the kind {endpoint.kind} cannot be opened by this version"
                look.attempts.append(Attempt(one.family.id, endpoint.url, Outcome.NOT_OPENED, reason, 0.0))
                continue
            if (device := await self._owner(look)) is not None:
                return PlaceOutcome.CONFIGURED, f"it became the address of {device} meanwhile, and is left alone"
            attempt = await self._senses.prober.probe(one.family, endpoint)
            look.attempts.append(attempt)
            if attempt.outcome is Outcome.IDENTIFIED:
                return None
            if attempt.outcome is Outcome.NOT_OPENED:  # at another speed it would not open either
                return await self._not_opened(look.place, attempt)
            if attempt.outcome in (Outcome.FAILED, Outcome.HUNG):
                return None  # the same code at another speed would do the same again
        return None

    async def _not_opened(self, place: Place, attempt: Attempt) -> tuple[PlaceOutcome, str] | None:
        """None where another family, with other settings, may still get it open."""
        if place.kind == "serial":
            held = await self._held(place)
            if held is not None:
                return PlaceOutcome.IN_USE, held
            if any(sign in attempt.reason.lower() for sign in _BUSY_SIGNS):
                return PlaceOutcome.IN_USE, f"another program holds it; the system does not tell which ({attempt.reason})"
        if place.kind != "serial" or attempt.seconds >= self._senses.prober.limits.open:
            return PlaceOutcome.NOTHING, attempt.reason
        return None

    async def _owner(self, look: Look) -> str | None:
        owner = await self._taken.owner(look.place, self._ports)
        if owner is None:
            return None
        look.device = owner.id
        return owner.id

    async def _held(self, place: Place) -> str | None:
        if place.kind != "serial":
            return None
        names = await self._senses.ports.holders(place.name)
        return f"in use by {', '.join(names)}" if names else None

    @staticmethod
    def _judged(look: Look) -> tuple[PlaceOutcome, str]:
        answers = look.answers
        if len(answers) == 1:
            return PlaceOutcome.FOUND, answers[0].reason
        if answers:
            families = " and ".join(attempt.family for attempt in answers)
            return PlaceOutcome.AMBIGUOUS, f"{families} both know what answers here: choose one of them"
        for outcome in (Outcome.UNRECOGNISED, Outcome.HUNG, Outcome.FAILED):
            named = [attempt for attempt in look.attempts if attempt.outcome is outcome]
            if named:
                return PlaceOutcome.NOTHING, f"{named[0].family}: {named[0].reason}"
        if all(attempt.outcome is Outcome.NOT_OPENED for attempt in look.attempts):
            return PlaceOutcome.NOTHING, look.attempts[0].reason
        return PlaceOutcome.NOTHING, "no answer"

    # -- telling -----------------------------------------------------------------------------------------------------

    @property
    def state(self) -> str:
        if self.finished_at is None:
            return "running"
        return "stopped" if self.stopped else "done"

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "state": self.state,
            "started_at": self.started_at.isoformat(),
            "finished_at": self.finished_at.isoformat() if self.finished_at is not None else None,
            "request": self.request.model_dump(mode="json"),
            "progress": {"places": len(self.looks), "done": sum(look.over for look in self.looks)},
            "found": self._all_found(),
            "places": [look.as_json() for look in self.looks],
            "problems": list(self.problems),
        }

    def _all_found(self) -> list[dict[str, Any]]:
        """A configured device that was met under two names of its place stands here once."""
        rows = {}
        for look in self.looks:
            for number, row in enumerate(self._found(look)):
                rows[row["configured_as"] if row["left_alone"] else (look.place.key, number)] = row
        return list(rows.values())

    def _found(self, look: Look) -> list[dict[str, Any]]:
        """What can be configured, and what is configured already. One that answers to two families stands here twice."""
        if look.outcome is PlaceOutcome.CONFIGURED:
            runtime = self._runtimes.get(look.device or "")
            if runtime is None:
                return []
            return [_row(runtime.config.family, _title(runtime), runtime.identity, runtime.config.url, look, runtime.id, ())]
        answers = look.answers if look.over else []
        rows = []
        for attempt in answers:
            rivals = [other.family for other in answers if other is not attempt]
            family = self._families[attempt.family]
            configured = self._configured_as(attempt.family, attempt.identity)
            rows.append(_row(attempt.family, family.title, attempt.identity, attempt.url, look, configured, rivals))
        return rows

    def _configured_as(self, family: str, identity: Identity | None) -> str | None:
        return configured_as(self._runtimes, family, identity)


def configured_as(runtimes: Mapping[str, DeviceRuntime], family: str, identity: Identity | None) -> str | None:
    """The device that is pinned to this identity already."""
    for runtime in runtimes.values():
        same = identity is not None and runtime.identity is not None and runtime.identity.same_device(identity)
        if same and runtime.config.family == family:
            return runtime.id
    return None


def _title(runtime: DeviceRuntime) -> str | None:
    return runtime.family.title if runtime.family is not None else None


def _row(
    family: str,
    title: str | None,
    identity: Identity | None,
    url: str,
    look: Look,
    configured_as: str | None,
    rivals: Sequence[str],
) -> dict[str, Any]:
    """`url` and `family` are what PUT /devices/{id}/config takes."""
    return {
        "family": family,
        "title": title,
        "identity": identity.model_dump(mode="json") if identity is not None else None,
        "url": url,
        "place": look.place.name,
        "configured_as": configured_as,
        "left_alone": look.outcome is PlaceOutcome.CONFIGURED,
        "ambiguous_with": list(rivals),
    }
