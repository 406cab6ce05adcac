"""The customer's display: built-in texts, sent texts or the clock, and the sale while one is on.

Source: protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal": what comes while a transaction is on waits for its
end.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from bridge_sim_posnet.arithmetic import pln
from bridge_sim_posnet.items import Line, Settlement

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call
    from bridge_sim_posnet.printer import Printer

LINES = 4
WIDTH = 20
BUILT_IN, TEXTS, CLOCK = range(3)
_ALIGN: tuple[Callable[[str, int], str], ...] = (str.ljust, str.center, str.rjust)


class Display:
    """What a customer can see. Nothing of it survives a power cut."""

    def __init__(self) -> None:
        self.texts: dict[int, str] = {}
        self.mode = BUILT_IN
        self._sale: list[str] | None = None
        self._open = False
        self._waiting: list[Callable[[], None]] = []

    def do(self, change: Callable[[], None]) -> None:
        """A change that waits while a transaction is on."""
        if self._open:
            self._waiting.append(change)
        else:
            self._sale = None
            change()

    def shown(self, now: datetime) -> list[str]:
        """The lines as they can be read now."""
        if self._sale is not None:
            return list(self._sale)
        if self.mode == CLOCK:
            return [f"{now:%Y-%m-%d}", f"{now:%H:%M}"]
        if self.mode == TEXTS:
            last = max(self.texts, default=-1)
            return [self.texts.get(number, "") for number in range(last + 1)]
        return ["ZAPRASZAMY"]

    # --- the sale

    def sale_begins(self) -> None:
        self._open, self._sale = True, ["SUMA" + pln(0).rjust(WIDTH - 4)]

    def line(self, line: Line, due: int) -> None:
        sign = "-" if line.storno else ""
        self._sale = [line.name[:WIDTH], f"{sign}{pln(line.total)}".rjust(WIDTH)]
        self.total(due)

    def total(self, due: int) -> None:
        told = self._sale[:2] if self._sale is not None and len(self._sale) > 1 else []
        self._sale = [*told, "SUMA" + pln(due).rjust(WIDTH - 4)]

    def sale_ends(self, due: int, settlement: Settlement) -> None:
        """The total stays until something else is to be shown."""
        self._sale = ["SUMA" + pln(due).rjust(WIDTH - 4)]
        if settlement.change:
            self._sale += ["WPŁATA" + pln(settlement.paid).rjust(WIDTH - 6), "RESZTA" + pln(settlement.change).rjust(WIDTH - 6)]
        self._release()

    def idle(self) -> None:
        """The transaction was cancelled."""
        self._sale = None
        self._release()

    def _release(self) -> None:
        self._open = False
        waiting, self._waiting = self._waiting, []
        for change in waiting:
            self._sale = None
            change()

    def show(self, number: int, text: str) -> None:
        """One line of text, once no transaction is on."""

        def change() -> None:
            self.texts[number] = text
            self.mode = TEXTS

        self.do(change)


def dsptxtline(printer: Printer, call: Call) -> Answer:
    """A line that the display does not have is no error."""
    number, content = call.args["no"], _ALIGN[call.args.get("th", 0)](call.args["ln"], WIDTH).rstrip()
    if number < LINES:
        printer.display.show(number, content)
    return []


def dsptxt(printer: Printer, call: Call) -> Answer:
    align = _ALIGN[call.args.get("th", 0)]
    lines = [align(line, WIDTH).rstrip() for line in call.args["st"].split("\n")[:LINES]] if call.args["st"] else []

    def change() -> None:
        printer.display.texts = dict(enumerate(lines))
        printer.display.mode = TEXTS

    printer.display.do(change)
    return []


def dspcmd(printer: Printer, call: Call) -> Answer:
    """A command that the display does not have is no error and changes nothing."""
    mode = call.args["st"]

    def change() -> None:
        if mode in (BUILT_IN, TEXTS, CLOCK):
            printer.display.mode = mode

    printer.display.do(change)
    return []
