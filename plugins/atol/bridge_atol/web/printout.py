"""A non-fiscal printout as a task of the vendor's driver. Pure: no server is asked.

Follows protocol-specs/atol/json-tasks.md, `nonFiscal` and its items. No item is known that cuts.
"""

from __future__ import annotations

from typing import Any, Final

from bridge_ffd.fitting import Fitting, title_of

from bridge.model import Print, PrintBarcode, PrintCut, PrintFeed, PrintLine, PrintQr, unsupported
from bridge.plugin import QrLimits, fit_qr
from bridge_atol.layout import CODE_PAGE
from bridge_atol.printout import QR_SIZES
from bridge_atol.vocabulary import CODE

ITEMS = frozenset(("text", "double", "qr", "ean13", "code128", "feed"))

_USUAL = 5
_ALIGNED: Final = {"left": "left", "centre": "center", "right": "right"}
_BARCODES: Final = {"ean13": "EAN13", "code128": "CODE128"}

Item = dict[str, Any]


def printout(operation: Print, columns: int) -> tuple[Item, Fitting]:
    """A printout that is no receipt, and what had to be changed. Raises RequestError naming the item."""
    fit = Fitting(CODE_PAGE, lenient=operation.fit == "lenient")
    items: list[Item] = []
    if operation.title:
        items += _text("title", title_of(operation), fit, columns)
    for index, item in enumerate(operation.lines):
        field = f"lines.{index}"
        match item:
            case PrintLine():
                items += _text(field, item, fit, columns)
            case PrintQr():
                items.append(_qr(field, item, fit))
            case PrintBarcode():
                items.append(
                    {"type": "barcode", "barcode": item.data, "barcodeType": _BARCODES[item.format], "alignment": "center"}
                )
            case PrintFeed():
                items += [{"type": "text", "text": ""}] * item.feed
            case PrintCut():
                raise unsupported(f"{field}.cut", "no item of the driver cuts; the device cuts at the end", remedy="leave it out")
    return {"type": "nonFiscal", "items": items, "printFooter": True}, fit


def _text(field: str, line: PrintLine, fit: Fitting, columns: int) -> list[Item]:
    width = columns // 2 if line.double else columns
    if line.bold:
        fit.warn("style_ignored", "The device has no bold print.", f"{field}.bold")
    where = f"{field}.text" if field.startswith("lines") else field
    style = {"doubleWidth": True} if line.double else {}
    return [
        {"type": "text", "text": text, "alignment": _ALIGNED[line.align], **style}
        for text in fit.wrapped(where, line.text, width)
    ]


def _qr(field: str, item: PrintQr, fit: Fitting) -> Item:
    """Correction is the device's: the item has no member for it."""
    if item.correction is not None:
        if not fit.lenient:
            raise unsupported(f"{field}.correction", "the device chooses it", remedy='leave it out, or send "fit": "lenient"')
        fit.warn("style_ignored", "The device chooses it.", f"{field}.correction")
    code = fit_qr(item, field, QrLimits(QR_SIZES, _USUAL, CODE), lenient=fit.lenient, warn=fit.warn)
    return {
        "type": "barcode",
        "barcode": item.qr,
        "barcodeType": "QR",
        "scale": code.size,
        "alignment": _ALIGNED[item.align],
    }
