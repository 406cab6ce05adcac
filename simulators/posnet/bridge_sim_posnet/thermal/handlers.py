"""Which function does which command."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge_posnet.thermal.frame import Sequence

from bridge_sim_posnet.thermal import info, receipt, slips
from bridge_sim_posnet.thermal.texts import Reader, SequenceError

if TYPE_CHECKING:
    from bridge_sim_posnet.printer import Printer
    from bridge_sim_posnet.thermal.interface import Thermal

Wait = float | Callable[[], bool]
Result = Sequence | None | Generator[Wait, None, Sequence | None]


@dataclass(frozen=True, slots=True)
class Call:
    """One command as a handler gets it."""

    interface: Thermal
    port: str
    numbers: tuple[int, ...]
    texts: Reader

    def number(self, index: int, default: int = 0) -> int:
        return self.numbers[index] if index < len(self.numbers) else default

    def exactly(self, *counts: int) -> None:
        """3 where another number of parameters came."""
        if len(self.numbers) not in counts:
            raise SequenceError(3)


Handler = Callable[["Printer", Call], Result]

# Answered whoever holds the printer.
QUESTIONS = frozenset(("#s", "#n", "#v", "#c", "#e", "$g"))
# Allowed while a receipt is open.
TRANSACTION = frozenset(("$h", "$l", "$Y", "$y", "$e", "$d"))

HANDLERS: dict[str, Handler] = {
    "#e": info.error_mode,
    "#s": info.cash_info,
    "#n": info.last_error,
    "#v": info.version,
    "#c": info.clock,
    "$g": info.goods,
    "$h": receipt.start,
    "$l": receipt.line,
    "$Y": receipt.subtotal_discount,
    "$y": receipt.end_with_payments,
    "$e": receipt.end_or_cancel,
    "#i": slips.cash_in,
    "#d": slips.cash_out,
    "#z": slips.goods_return,
    "#p": slips.login,
    "#q": slips.logout,
    "#r": slips.daily_report,
    "#o": slips.period_report,
    "$d": slips.display_or_drawer,
}
