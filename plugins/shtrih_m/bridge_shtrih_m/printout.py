"""A non-fiscal printout as commands: lines of 40 characters, wide ones of 20. Pure: no device is asked."""

from __future__ import annotations

from bridge.model import Print, PrintLine
from bridge_shtrih_m import commands
from bridge_shtrih_m.commands import Command
from bridge_shtrih_m.text import Fitting

WIDE_LINE = 20
_FEED = 4  # lines between the text and the cutter


def plan_printout(operation: Print, *, cutter: bool, framed: bool) -> tuple[tuple[Command, ...], Fitting]:
    """The commands of a printout, and what had to be changed. `framed`: the device has documents that are not fiscal (E2h, E3h).

    Raises RequestError naming the line.
    """
    fit = Fitting(lenient=operation.fit == "lenient")
    made = [commands.open_printout()] if framed else []
    if operation.title:
        made += _line("title", title_of(operation), fit)
    for index, line in enumerate(operation.lines):
        made += _line(f"lines.{index}", line, fit)
    made.append(commands.feed(_FEED))
    if framed:
        made.append(commands.close_printout())
    if cutter:
        made.append(commands.cut())
    return tuple(made), fit


def title_of(operation: Print) -> PrintLine:
    return PrintLine(text=operation.title or "", align="centre")


def laid_out(field: str, line: PrintLine, fit: Fitting) -> list[str]:
    """The line as it is printed, blanks for its alignment included."""
    width = WIDE_LINE if line.double else commands.LINE
    if line.bold:
        fit.warn("style_ignored", "The device has no bold print.", f"{field}.bold")
    shown = []
    for text in fit.wrapped(f"{field}.text" if field.startswith("lines") else field, line.text, width):
        match line.align:
            case "centre":
                shown.append(" " * ((width - len(text)) // 2) + text)
            case "right":
                shown.append(text.rjust(width))
            case "left":
                shown.append(text)
    return shown


def _line(field: str, line: PrintLine, fit: Fitting) -> list[Command]:
    build = commands.print_wide_line if line.double else commands.print_line
    return [build(text) for text in laid_out(field, line, fit)]
