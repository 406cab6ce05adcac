"""A non-fiscal printout as commands: text in form 200, line by line. Pure: no printer is asked.

Follows protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal". Formatted lines are used, because the form's
own lines 664 and 711 are told by one driver each and have no styles.
"""

from __future__ import annotations

from bridge.model import DisplayShow, Print, PrintLine, invalid
from bridge_posnet import commands
from bridge_posnet.fields import ONLINE
from bridge_posnet.fitting import Fitting
from bridge_posnet.frame import Frame
from bridge_posnet.unsupported import unsupported

# Marks switch a style on and, written again, off. They are set back at the end of each line: whether a new line does so
# by itself is not documented, and to switch off what is off already costs nothing.
_CENTRE = b"&c"
_BOLD = b"&s"
_DOUBLE = b"&b&h"


def plan_printout(operation: Print, code_page: str) -> tuple[tuple[Frame, ...], Fitting]:
    """The commands of a printout, and what had to be changed. Raises RequestError naming the line."""
    fit = Fitting(code_page, lenient=operation.fit == "lenient")
    frames = [commands.formstart()]
    if operation.title:
        frames += _line("title", PrintLine(text=operation.title, align="centre", bold=True), fit)
    for index, line in enumerate(operation.lines):
        frames += _line(f"lines.{index}", line, fit)
    frames.append(commands.formend())
    return tuple(frames), fit


def plan_display(operation: DisplayShow, code_page: str) -> tuple[Frame, ...]:
    """Lines of the customer's display. How many it has depends on the model: the printer refuses one too many (2058)."""
    fit = Fitting(code_page, lenient=False)
    if len(operation.lines) > ONLINE.display_lines:
        raise invalid("lines", f"{len(operation.lines)} lines", limit=f"{ONLINE.display_lines} lines")
    return tuple(
        commands.dsptxtline(index, fit.text(f"lines.{index}", line, ONLINE.display_line))
        for index, line in enumerate(operation.lines)
    )


def _line(field: str, line: PrintLine, fit: Fitting) -> list[Frame]:
    if not line.text.strip():
        return [commands.formcmd(rule=False)]  # a formatted line without text is refused (2056)
    align = line.align
    if align == "right":
        if not fit.lenient:
            raise unsupported(
                f"{field}.align", "this printer aligns left or in the centre", remedy='pad with spaces, or send "fit": "lenient"'
            )
        fit.warn("alignment", "This printer does not align right: the line is on the left.", f"{field}.align")
    style = (_BOLD if line.bold else b"") + (_DOUBLE if line.double else b"")
    width = ONLINE.form_text_visible // 2 if line.double else ONLINE.form_text_visible
    frames = []
    for piece in fit.wrapped(f"{field}.text", line.text, width):
        escaped = piece.replace(b"&", b"&&")
        text = (_CENTRE if align == "centre" else b"") + style + escaped + style
        if len(text) > ONLINE.form_text:
            raise unsupported(
                f"{field}.text",
                f"with its styles and every & written twice the line has {len(text)} bytes, the printer takes {ONLINE.form_text}",
                remedy="shorten it",
            )
        frames.append(commands.formformattedline(text))
    return frames
