"""The customer's display as a command. Pure: no device is asked."""

from __future__ import annotations

from bridge_ffd.fitting import Fitting

from bridge.model import DisplayShow, invalid
from bridge_atol import commands
from bridge_atol.layout import CODE_PAGE
from bridge_atol.plan import Step
from bridge_atol.settings import AtolSettings


def plan_display(operation: DisplayShow, settings: AtolSettings) -> Step:
    """All lines in one text, each filled to the width of the display [A13]; those that are not given are empty. Raises RequestError."""
    if len(operation.lines) > settings.display_lines:
        raise invalid("lines", f"{len(operation.lines)} lines", limit=f"{settings.display_lines} lines")
    fit = Fitting(CODE_PAGE, lenient=False)
    width = settings.display_columns
    shown = [fit.text(f"lines.{index}", line, width).ljust(width) for index, line in enumerate(operation.lines)]
    shown += [" " * width] * (settings.display_lines - len(shown))
    return Step(commands.show("".join(shown)), "lines")
