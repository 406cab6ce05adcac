"""What the harness needs to know of a family: how to build its device, what to sell, what the truth is.

A bench says plainly where its device cannot tell what happened (`may_stay_open`) and what it does not have (`lacks`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from bridge.plugin import DeviceFamily, EndpointKind, hookimpl
from bridge.transport import Link, WireLog
from tests.toys.cables import TestCable


class _Plugin:
    TILLBRIDGE_PLUGIN_API = "1.0"

    def __init__(self, family: DeviceFamily[Any]) -> None:
        self._family = family

    @hookimpl
    def tillbridge_device_families(self) -> Sequence[DeviceFamily[Any]]:
        return [self._family]


def in_this_process(family: type[DeviceFamily[Any]], *, shareable: bool = False) -> object:
    """A plugin that brings the family as it is, and reachable in this process."""
    kinds = {**family.endpoint_kinds, "null": EndpointKind(shareable=shareable)}
    return _Plugin(type(f"{family.__name__}OverNullModem", (family,), {"endpoint_kinds": kinds})())


Aftermath = Literal["reconnect", "restart", "power", "foreign", "foreign_equal", "report", "clear"]
"""What happens at the cut: nothing but a new connection; the bridge crashes and is started again; the device loses its
power for some seconds; another program's document gets in between (another total, or ours); a daily report; its memory
is cleared."""

AFTERMATHS: tuple[Aftermath, ...] = ("reconnect", "restart", "power", "foreign", "foreign_equal", "report", "clear")
EVERYWHERE: tuple[Aftermath, ...] = ("reconnect", "restart", "power")
"""Played at every position; the others at the edges of the frames."""


@dataclass(frozen=True, slots=True)
class Truth:
    """One document that the device really issued. `own`: asked for by the bridge. `key`: number or reference. `number`: what a job
    that tells of its number must say; empty where that is not compared."""

    kind: str
    total: Decimal | None
    key: str
    own: bool = True
    number: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way in which devices of the family differ. `settings` are the simulator's; `shared` and `bridge` are what the
    bridge is told of it."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    shared: bool = False
    bridge: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One operation, and the document that it makes: `kind` and `total` as in the truth (None: not compared).

    `choice`: the cashier's answer to every question of the device.
    """

    name: str
    body: Mapping[str, Any]
    kind: str
    total: Decimal | None
    choice: str | None = None


class DeviceUnderTest(ABC):
    """One simulated device."""

    @abstractmethod
    async def open(self, cable: TestCable, wire_log: WireLog) -> Link:
        """A link over this cable. Raises NotConnected while the device is off."""

    @abstractmethod
    def documents(self) -> list[Truth]:
        """What stands, in the order of issue."""

    @abstractmethod
    def power(self, on: bool) -> None: ...

    def left_open(self) -> str | None:
        """What is still open at the device, in words."""
        return None

    def foreign(self, total: Decimal) -> None:
        """Another program's document."""
        raise NotImplementedError

    def report(self) -> None:
        """Somebody makes the daily report at the device."""
        raise NotImplementedError

    def clear(self) -> None:
        """The device loses its memory."""
        raise NotImplementedError


class FamilyBench(ABC):
    """A family on the bench. `lacks`: aftermaths and spoilings that cannot happen to it, each with the reason."""

    name: str
    family: str
    lacks: Mapping[str, str] = {}
    late: float = 60.0
    """How late an answer is that comes late: longer than the driver waits."""

    @abstractmethod
    def plugins(self) -> Sequence[tuple[object, str]]:
        """What is registered as plugins, with names."""

    @abstractmethod
    def settings(self, variant: Variant) -> dict[str, Any]:
        """The device's settings in the bridge."""

    @abstractmethod
    def variants(self) -> Sequence[Variant]:
        """The first one is the ordinary one; the others differ from it in one open point each."""

    @abstractmethod
    def scenarios(self) -> Sequence[Scenario]:
        """The first one is played with everything; the others with the edges of their frames."""

    @abstractmethod
    def opening(self, scenario: Scenario) -> Scenario:
        """Made before the scenario, with the same total, so that a stale answer could be taken for the scenario's."""

    @abstractmethod
    def closing(self) -> Scenario:
        """Made after it: the device must not be stuck."""

    @abstractmethod
    def create(self, variant: Variant, now: Callable[[], datetime]) -> DeviceUnderTest: ...

    @abstractmethod
    def may_stay_open(self, variant: Variant, scenario: Scenario, disturbance: str) -> str | None:
        """Why `unresolved` is right there, if it may be: the device cannot tell. `disturbance`: an aftermath or spoiling."""

    def may_stay_open_together(self, variant: Variant, scenario: Scenario, disturbances: Collection[str]) -> str | None:
        """The same of several in a row, where each alone would leave the device its evidence."""
        return None

    def has(self, variant: Variant, scenario: Scenario) -> bool:
        """Whether devices of this variant can do this at all."""
        return True

    def plays(self, variant: Variant, scenario: Scenario, disturbance: str) -> bool:
        """Whether this makes sense. An equal total of another program can only be told apart where the bridge knows that
        there are others."""
        return disturbance not in self.lacks and (disturbance != "foreign_equal" or variant.shared)

    def corrupt(self, data: bytes) -> bytes:
        """The answer as noise on the line makes it: one bit in the middle."""
        spoilt = bytearray(data)
        spoilt[len(spoilt) // 2] ^= 0x01
        return bytes(spoilt)
