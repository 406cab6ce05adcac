"""What every simulated register with an FN is, whatever its protocol: its clock, its FN, the hands and programs around it.

Commands, states, tables and paper are those of the family's register.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from bridge_simulators.device import Clock, SimulatedDevice
from bridge_simulators.jsonable import to_json
from bridge_simulators.other_program import OtherProgram
from bridge_simulators.pace import Pace
from bridge_simulators.zones import clock_in, read_zone

from bridge_sim_fn.memory import Fn
from bridge_sim_fn.storage import FnSettings

USUAL_ZONE = "Europe/Moscow"


class RegisterSettings(FnSettings, Protocol):
    """`busy_polls`: questions that are answered with "busy" because something is still being printed."""

    @property
    def zone(self) -> str: ...
    @property
    def busy_polls(self) -> int: ...


class OpenReceipt(Protocol):
    @property
    def items(self) -> Sequence[object]: ...
    @property
    def total(self) -> int: ...


class RegisterMemory(Protocol):
    """What a register keeps when the power is cut. `unprinted`: lines that are owed to the paper."""

    @property
    def fn(self) -> Fn: ...
    @property
    def receipt(self) -> OpenReceipt | None: ...
    @property
    def unprinted(self) -> list[str]: ...


class FnRegister(SimulatedDevice):
    """A family's register sets `memory` and `other` before anything else is asked of it."""

    settings: RegisterSettings
    memory: RegisterMemory
    other: OtherProgram

    def __init__(
        self, settings: RegisterSettings, *, clock: Clock | None = None, pace: Pace | None = None, state_file: Path | None = None
    ) -> None:
        self.zone = read_zone(settings.zone, USUAL_ZONE)
        super().__init__(clock=clock_in(self.zone, clock), pace=pace or Pace(), state_file=state_file)
        self.settings = settings
        self.drawer_open = False
        self.drawer_opened = 0

    @property
    def storage(self) -> Fn:
        """The FN that is in it now."""
        return self.memory.fn

    @property
    @abstractmethod
    def serial_text(self) -> str:
        """Its serial number, as documents have it."""

    @property
    def tax_systems(self) -> int:
        """Those that it is registered with."""
        done = self.memory.fn.registrations
        return done[-1].tax_systems if done else 0

    def printed(self) -> None:
        """Everything that was owed is on paper."""
        self.other.look()

    # --- another program

    def foreign(self, total: Decimal | None = None, *, hold: float = 0.0) -> None:
        self.other.wants(total if total is not None else self.foreign_total(), hold)

    def foreign_total(self) -> Decimal | None:
        receipt = self.memory.receipt
        if receipt is not None and receipt.items:
            return Decimal(receipt.total) / 100
        last = next((document for document in reversed(self.memory.fn.documents) if document.operation), None)
        return Decimal(last.total) / 100 if last is not None else None

    # --- hands

    @abstractmethod
    def replace_fn(self, serial: str) -> None:
        """A new FN: nothing is registered, nothing is open."""

    @abstractmethod
    def clear_memory(self) -> None:
        """What is not in the FN is gone."""

    # --- power and memory

    def on_power_on(self) -> None:
        self.power_up()
        self.save()
        self.other.look()

    @abstractmethod
    def power_up(self) -> None:
        """What it does when it is switched on, or the simulator is started with a memory."""

    def snapshot(self) -> dict[str, Any]:
        memory: dict[str, Any] = to_json(self.memory)
        return memory
