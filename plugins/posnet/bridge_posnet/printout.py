"""A non-fiscal printout as commands: text and codes in form 200, line by line. Pure: no printer is asked.

Follows protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal". Formatted lines are used, because the form's
own lines 664 and 711 are told by one driver each and have no styles.
"""

from __future__ import annotations

from bridge.model import DisplayShow, Print, PrintBarcode, PrintCut, PrintFeed, PrintLine, PrintQr, invalid, unsupported
from bridge.plugin import QrLimits, fit_qr
from bridge_posnet import commands
from bridge_posnet.fields import ONLINE
from bridge_posnet.fitting import Fitting
from bridge_posnet.frame import Frame

# Marks switch a style on and, written again, off. They are set back at the end of each line: whether a new line does so
# by itself is not documented, and to switch off what is off already costs nothing.
_CENTRE = b"&c"
_BOLD = b"&s"
_DOUBLE = b"&b&h"

# Levels of `el`, and dots of `px`. The smallest that a printer takes is not published; it refuses others with 3210.
_LEVELS = "LMQH"
QR_SIZES = range(1, 17)

ITEMS = frozenset(("text", "bold", "double", "feed", "ean13", "qr"))
ITEMS_OF_OLD_MODELS = ITEMS - {"ean13", "qr"}
"""Of a printout. The printer cuts the paper behind each printout by itself, and nowhere else."""


def plan_printout(operation: Print, code_page: str, *, codes: bool = True) -> tuple[tuple[Frame, ...], Fitting]:
    """The commands of a printout, and what had to be changed. `codes`: the model has them. Raises RequestError naming the item."""
    fit = Fitting(code_page, lenient=operation.fit == "lenient")
    frames = [commands.formstart()]
    if operation.title:
        frames += _line("title", PrintLine(text=operation.title, align="centre", bold=True), fit)
    last = len(operation.lines) - 1
    for index, item in enumerate(operation.lines):
        field = f"lines.{index}"
        match item:
            case PrintLine():
                frames += _line(field, item, fit)
            case PrintQr() | PrintBarcode() if not codes:
                name = "qr" if isinstance(item, PrintQr) else "barcode"
                raise unsupported(f"{field}.{name}", "the older models print no codes", remedy="print the text")
            case PrintQr():
                frames += _qr(field, item, fit)
            case PrintBarcode():
                frames.append(_barcode(field, item, fit))
            case PrintFeed():
                frames += [commands.formcmd(rule=False)] * item.feed
            case PrintCut():
                _cut(field, fit, at_end=index == last)
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


def _qr(field: str, item: PrintQr, fit: Fitting) -> list[Frame]:
    """Prepared, and printed at once: the printer holds one code at a time."""
    if item.align != "centre":
        _refuse_alignment(field, fit, "the code is printed where the printer has its place")
    limits = QrLimits(QR_SIZES, QR_SIZES[0], ONLINE.code_2d)
    code = fit_qr(item, field, limits, lenient=fit.lenient, warn=fit.warn)
    level = _LEVELS.index(item.correction) if item.correction is not None else None
    return [commands.qrcode(code.data, dots=item.size, correction=level), commands.formbarcode2d()]


def _barcode(field: str, item: PrintBarcode, fit: Fitting) -> Frame:
    if item.format == "ean13":
        return commands.formbarcode(item.data.encode("ascii"), ean13=True)
    if not fit.lenient:
        raise unsupported(
            f"{field}.barcode",
            "this printer prints EAN-13 and EAN-128, no other Code 128",
            remedy='print a QR code, or send "fit": "lenient" to have EAN-128',
        )
    if len(item.data) > ONLINE.bar_code:
        raise invalid(f"{field}.barcode", f"{len(item.data)} characters", limit=f"{ONLINE.bar_code} characters")
    fit.warn("barcode_format", "The code is printed as EAN-128: scanners may read a sign in front of it.", f"{field}.barcode")
    return commands.formbarcode(item.data.encode("ascii"))


def _cut(field: str, fit: Fitting, *, at_end: bool) -> None:
    """At its end a printout is cut off anyway."""
    if at_end:
        return
    if not fit.lenient:
        raise unsupported(f"{field}.cut", "this printer cuts behind a printout and not within", remedy="send two printouts")
    fit.warn("cut_ignored", "This printer cuts behind a printout and not within: the paper was not cut here.", f"{field}.cut")


def _refuse_alignment(field: str, fit: Fitting, what: str) -> None:
    if not fit.lenient:
        raise unsupported(f"{field}.align", what, remedy='leave it out, or send "fit": "lenient"')
    fit.warn("alignment", f"This printer does not align it: {what}.", f"{field}.align")


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
