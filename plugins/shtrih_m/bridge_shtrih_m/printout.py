"""A non-fiscal printout as commands: lines of 40 characters, wide ones of 20, codes, fed lines, cuts. Pure: no device is asked.

Follows protocol-specs/shtrih-m, "Commands a first driver needs" and "Extras".
"""

from __future__ import annotations

from dataclasses import dataclass

from bridge_ffd.fitting import Fitting, title_of

from bridge.model import Capabilities, Print, PrintBarcode, PrintCut, PrintFeed, PrintLine, PrintQr, invalid, unsupported
from bridge.plugin import FittedQr, QrLimits, fit_qr
from bridge_shtrih_m import commands
from bridge_shtrih_m.commands import Command
from bridge_shtrih_m.layout import CODE_PAGE

WIDE_LINE = 20
QR_BYTES = 2953
QR_SIZES = range(3, 9)
_FEED = 4  # lines between the text and the cutter
_USUAL = 5
_LEVELS = "LMQH"
_ALIGNMENTS = {"left": 0, "centre": 1, "right": 2}

ITEMS = frozenset(("text", "double", "qr", "ean13", "code128", "feed"))
CUTS = frozenset(("cut.full", "cut.partial"))
DOTS = "print.dots"
"""Among the limits of a device: dots across its paper."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """What prints. `framed`: it has documents that are not fiscal (E2h, E3h); `cuts`: a printout is cut off at its end without being
    asked for; `dots`: across the paper, None: not known."""

    cutter: bool = True
    framed: bool = False
    cuts: bool = False
    dots: int | None = None

    @classmethod
    def of(cls, capabilities: Capabilities | None) -> Mechanism:
        """As far as it is known without the device."""
        if capabilities is None:
            return cls()
        return cls(cutter=capabilities.print_items >= CUTS, dots=capabilities.limits.get(DOTS))


def plan_printout(operation: Print, mechanism: Mechanism) -> tuple[tuple[Command, ...], Fitting]:
    """The commands of a printout, and what had to be changed. Raises RequestError naming the item.

    What codes say goes ahead of everything: a device that has no codes refuses it before it has printed a line.
    """
    fit = Fitting(CODE_PAGE, lenient=operation.fit == "lenient")
    loads: list[Command] = []
    made: list[Command] = []
    if operation.title:
        made += _line("title", title_of(operation), fit)
    *items, last = operation.lines
    for index, item in enumerate(operation.lines):
        field = f"lines.{index}"
        match item:
            case PrintLine():
                made += _line(field, item, fit)
            case PrintQr():
                made.append(_qr(field, item, fitted(item, field, fit, mechanism.dots), loads))
            case PrintBarcode():
                made.append(_barcode(field, item))
            case PrintFeed():
                made.append(commands.feed(item.feed))
            case PrintCut():
                if _can_cut(field, mechanism, fit) and index < len(items):
                    made += [commands.feed(_FEED), commands.cut(whole=item.cut == "full")]
    made.append(commands.feed(_FEED))
    ending = []
    if mechanism.cutter and isinstance(last, PrintCut):
        ending = [commands.cut(whole=last.cut == "full")]
    elif mechanism.cutter and mechanism.cuts:
        ending = [commands.cut()]
    if mechanism.framed:
        made = [commands.open_printout(), *made, commands.close_printout()]
    return (*loads, *made, *ending), fit


def laid_out(field: str, line: PrintLine, fit: Fitting) -> list[str]:
    """The line as it is printed, blanks for its alignment included."""
    return fit.laid_out(field, line, WIDE_LINE if line.double else commands.LINE)


def fitted(item: PrintQr, field: str, fit: Fitting, dots: int | None) -> FittedQr:
    return fit_qr(item, field, QrLimits(QR_SIZES, _USUAL, QR_BYTES, dots), lenient=fit.lenient, warn=fit.warn)


def _qr(field: str, item: PrintQr, code: FittedQr, loads: list[Command]) -> Command:
    """The command that prints it; its blocks are added to those that are loaded."""
    first = len(loads)
    blocks = [code.data[at : at + commands.QR_BLOCK] for at in range(0, len(code.data), commands.QR_BLOCK)]
    if first + len(blocks) > commands.QR_BLOCKS:
        raise invalid(
            f"{field}.qr",
            "the codes of this printout are too long together",
            limit=f"{commands.QR_BLOCKS * commands.QR_BLOCK} bytes in blocks of {commands.QR_BLOCK}",
            remedy="send two printouts",
        )
    loads += [commands.code_block(first + number, block) for number, block in enumerate(blocks)]
    return commands.print_qr(
        len(code.data),
        first_block=first,
        dot=code.size,
        level=_LEVELS.index(code.correction),
        alignment=_ALIGNMENTS[item.align],
    )


def _barcode(field: str, item: PrintBarcode) -> Command:
    if item.format == "ean13":
        return commands.print_ean13(item.data)
    if len(item.data) > commands.CODE_128:
        raise invalid(
            f"{field}.barcode",
            f"{len(item.data)} characters, the device takes {commands.CODE_128}",
            limit=f"{commands.CODE_128} characters",
            remedy="shorten it, or print a QR code",
        )
    return commands.print_code128(item.data)


def _can_cut(field: str, mechanism: Mechanism, fit: Fitting) -> bool:
    if mechanism.cutter:
        return True
    if not fit.lenient:
        raise unsupported(f"{field}.cut", "this device has no cutter", remedy='leave it out, or send "fit": "lenient"')
    fit.warn("cut_ignored", "The device has no cutter: tear the paper off.", f"{field}.cut")
    return False


def _line(field: str, line: PrintLine, fit: Fitting) -> list[Command]:
    build = commands.print_wide_line if line.double else commands.print_line
    return [build(text) for text in laid_out(field, line, fit)]
