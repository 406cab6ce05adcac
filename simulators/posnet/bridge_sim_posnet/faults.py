"""Faults that only a Posnet printer has, in the same layer as the common ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from bridge_simulators.faults import Course, Fault, FaultError, StepFault

from bridge_sim_posnet.memory import RECORD_CLEAR, Counters, Daily, Goods, Transaction
from bridge_sim_posnet.names import goods_key

if TYPE_CHECKING:
    from bridge_sim_posnet.printer import Printer


@dataclass(frozen=True, slots=True, kw_only=True)
class RamClear(StepFault):
    """The RAM is lost: `cl` goes up, counters, totalizers, goods base, cash and the open receipt are gone.

    What is in fiscal and protected memory (`rd`, `eclastdocnoget`) stays.
    """

    kind: ClassVar[str] = "ram_clear"

    def strike(self, device: Printer, course: Course) -> None:
        memory = device.memory
        old = memory.counters
        memory.counters = Counters(rd=old.rd, cl=old.cl + 1, vt=old.vt)
        memory.daily = Daily(bc=1)
        memory.goods = {}
        memory.cash = 0
        memory.open = None
        memory.last = Transaction()
        memory.tokens = {}
        memory.shifts, memory.footers, memory.code = {}, {}, ""
        memory.cashier, memory.logged_in = "", False
        memory.record(RECORD_CLEAR, device.now(), r1="0", r2="0")
        device.form = None
        device.save()


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRefused(StepFault):
    """The command is answered with `ERR ?number` and not executed: 11 buffer full, 14 queue full, ..."""

    kind: ClassVar[str] = "frame_error"
    number: int

    def strike(self, device: Printer, course: Course) -> None:
        course.extra["frame_error"] = self.number

    def check(self) -> None:
        Fault.check(self)
        if not self.command or self.step != "before":
            raise FaultError("fields 'command' and 'step': it strikes before a named command")
        if not 1 <= self.number <= 15:
            raise FaultError("field 'number' must be a frame error, 1 to 15")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWait(StepFault):
    """The printer waits for a key before it executes the command, or before it answers ("after")."""

    kind: ClassVar[str] = "key_wait"

    def strike(self, device: Printer, course: Course) -> None:
        course.extra["key"] = True

    def check(self) -> None:
        Fault.check(self)
        if not self.command or self.step == "answer":
            raise FaultError("fields 'command' and 'step': it strikes before or after a named command")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsLock(StepFault):
    """The goods name may no longer be sold at a higher rate than now (2106); unknown names are locked at rate 0."""

    kind: ClassVar[str] = "goods_lock"
    name: str

    def strike(self, device: Printer, course: Course) -> None:
        goods = device.memory.goods.setdefault(goods_key(self.name), Goods(0))
        goods.lowered = goods.locked = True


KINDS: tuple[type[Fault], ...] = (RamClear, FrameRefused, KeyWait, GoodsLock)
