"""A non-fiscal printout as commands: lines as wide as the paper, wide ones of half as many characters, QR codes, fed lines, cuts.
Pure: no device is asked.

Follows protocol-specs/atol, "Commands".
"""

from __future__ import annotations

from bridge_ffd.fitting import Fitting, title_of

from bridge.model import Print, PrintBarcode, PrintCut, PrintFeed, PrintLine, PrintQr, unsupported
from bridge.plugin import QrLimits, fit_qr
from bridge_atol import commands
from bridge_atol.layout import CODE_PAGE
from bridge_atol.plan import Step
from bridge_atol.vocabulary import CODE

QR_SIZES = range(1, 11)
_USUAL = 5
_FEED = 4  # lines between the text and the cutter

ITEMS = frozenset(("text", "double", "qr", "feed", "cut.full", "cut.partial"))


def plan_printout(operation: Print, columns: int) -> tuple[tuple[Step, ...], Fitting]:
    """The commands of a printout, and what had to be changed. Raises RequestError naming the item."""
    fit = Fitting(CODE_PAGE, lenient=operation.fit == "lenient")
    made: list[Step] = []
    if operation.title:
        made += _line("title", title_of(operation), fit, columns)
    *_, last = operation.lines
    for index, item in enumerate(operation.lines):
        field = f"lines.{index}"
        match item:
            case PrintLine():
                made += _line(field, item, fit, columns)
            case PrintQr():
                made.append(_qr(field, item, fit))
            case PrintBarcode():
                raise unsupported(f"{field}.barcode", "this device prints QR codes and no bar codes", remedy="print a QR code")
            case PrintFeed():
                made += [Step(commands.print_line(""), field)] * item.feed
            case PrintCut() if item is not last:
                made += [Step(commands.print_line(""), field)] * _FEED
                made.append(Step(commands.cut(whole=item.cut == "full"), field))
            case PrintCut():
                pass  # behind the end, see below
    made.append(Step(commands.print_footer()))
    if isinstance(last, PrintCut):
        made.append(Step(commands.cut(whole=last.cut == "full"), f"lines.{len(operation.lines) - 1}"))
    return tuple(made), fit


def _qr(field: str, item: PrintQr, fit: Fitting) -> Step:
    """Alignment and correction are the device's [A10]."""
    for name, asked in (("align", item.align != "centre"), ("correction", item.correction is not None)):
        if asked and not fit.lenient:
            raise unsupported(f"{field}.{name}", "the device chooses it", remedy='leave it out, or send "fit": "lenient"')
        if asked:
            fit.warn("style_ignored", "The device chooses it.", f"{field}.{name}")
    code = fit_qr(item, field, QrLimits(QR_SIZES, _USUAL, CODE), lenient=fit.lenient, warn=fit.warn)
    return Step(commands.print_qr(code.data, scale=code.size), field)


def laid_out(field: str, line: PrintLine, fit: Fitting, columns: int) -> list[str]:
    """The line as it is printed, blanks for its alignment included."""
    return fit.laid_out(field, line, columns // 2 if line.double else columns)


def _line(field: str, line: PrintLine, fit: Fitting, columns: int) -> list[Step]:
    build = commands.print_wide_line if line.double else commands.print_line
    return [Step(build(text), field) for text in laid_out(field, line, fit, columns)]
