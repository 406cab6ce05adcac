"""Faults that only a register of this protocol has, in the same layer as the common ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from bridge_shtrih_m.frame import Decoder2, Frame2
from bridge_sim_fn.faults import FnReplaced, RamClear
from bridge_simulators.faults import ANY, Fault, FaultError

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryIgnored(Fault):
    """v1: a control byte of the register (its ACK or NAK to ENQ, its NAK to noise) is not sent."""

    kind: ClassVar[str] = "enquiry_ignored"


@dataclass(frozen=True, slots=True, kw_only=True)
class AckLost(Fault):
    """v1: the command is executed, but the ACK to its frame is lost."""

    kind: ClassVar[str] = "ack_lost"
    command: str = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRefused(Fault):
    """v1: NAK to a good frame, which is not executed."""

    kind: ClassVar[str] = "nak"
    command: str = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleAnswer(Fault):
    """v2: the answer that arrives is that of an earlier command, `code` in hexadecimal, under its own number `back` before."""

    kind: ClassVar[str] = "stale_answer"
    command: str = ANY
    code: str = "1E"
    back: int = 1

    def frame(self, answer: bytes) -> bytes:
        number = next(event.number or 0 for event in Decoder2().feed(answer) if isinstance(event, Frame2))
        return Frame2((number - self.back) % 0x10000, bytes.fromhex(self.code) + b"\0").to_bytes()

    def check(self) -> None:
        Fault.check(self)
        if not 0 <= self.back <= 0xFFFF:
            raise FaultError("field 'back' must be 0 to 65535")
        try:
            bytes.fromhex(self.code)
        except ValueError:
            raise FaultError(f"field 'code' must be hexadecimal, not {self.code!r}") from None


KINDS: tuple[type[Fault], ...] = (EnquiryIgnored, AckLost, FrameRefused, StaleAnswer, FnReplaced, RamClear)
