"""Faults that every register with an FN has, in the same layer as the common ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from bridge_simulators.faults import Course, Fault, FaultError, StepFault

if TYPE_CHECKING:
    from bridge_sim_fn.register import FnRegister


@dataclass(frozen=True, slots=True, kw_only=True)
class FnReplaced(StepFault):
    """Somebody puts a new FN in: configured, not registered, without documents. Strikes at once or at a step."""

    kind: ClassVar[str] = "fn_replaced"
    serial: str = "9999078900099999"

    def strike(self, device: FnRegister, course: Course) -> None:
        device.replace_fn(self.serial)

    def check(self) -> None:
        Fault.check(self)
        if len(self.serial) != 16 or not self.serial.isdigit():
            raise FaultError("field 'serial' must have 16 digits")


@dataclass(frozen=True, slots=True, kw_only=True)
class RamClear(StepFault):
    """The register loses its own memory: sums, counters, tables, the open receipt. What the FN has stays."""

    kind: ClassVar[str] = "ram_clear"

    def strike(self, device: FnRegister, course: Course) -> None:
        device.clear_memory()
