"""A non-fiscal printout as commands: lines as wide as the paper, wide ones of half as many characters. Pure: no device is asked."""

from __future__ import annotations

from bridge_ffd.fitting import Fitting

from bridge.model import Print, PrintLine
from bridge_atol import commands
from bridge_atol.layout import CODE_PAGE
from bridge_atol.plan import Step


def plan_printout(operation: Print, columns: int) -> tuple[tuple[Step, ...], Fitting]:
    """The commands of a printout, and what had to be changed. Raises RequestError naming the line."""
    fit = Fitting(CODE_PAGE, lenient=operation.fit == "lenient")
    made: list[Step] = []
    if operation.title:
        made += _line("title", title_of(operation), fit, columns)
    for index, line in enumerate(operation.lines):
        made += _line(f"lines.{index}", line, fit, columns)
    made.append(Step(commands.print_footer()))
    return tuple(made), fit


def title_of(operation: Print) -> PrintLine:
    return PrintLine(text=operation.title or "", align="centre")


def laid_out(field: str, line: PrintLine, fit: Fitting, columns: int) -> list[str]:
    """The line as it is printed, blanks for its alignment included."""
    width = columns // 2 if line.double else columns
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


def _line(field: str, line: PrintLine, fit: Fitting, columns: int) -> list[Step]:
    build = commands.print_wide_line if line.double else commands.print_line
    return [Step(build(text), field) for text in laid_out(field, line, fit, columns)]
