"""A printout that is no receipt as a task: texts, QR and bar codes, empty lines. Pure: no server is asked.

Follows protocol-specs/atol/json-tasks.md, "Printouts".
"""

from __future__ import annotations

from typing import Any

from bridge_ffd.fitting import Fitting

from bridge.model import Print, PrintBarcode, PrintCut, PrintFeed, PrintLine, PrintQr
from bridge.plugin import QrLimits, fit_qr
from bridge_atol.layout import CODE_PAGE
from bridge_atol.printout import QR_SIZES, title_of
from bridge_atol.unsupported import unsupported
from bridge_atol.vocabulary import CODE
from bridge_atol.web.messages import Json

ITEMS = frozenset(("text", "double", "qr", "ean13", "code128", "feed"))

_USUAL = 5
_ALIGNED = {"left": "left", "centre": "center", "right": "right"}
_FORMATS = {"ean13": "EAN13", "code128": "CODE128"}


def printout(operation: Print, columns: int) -> tuple[dict[str, Json], Fitting]:
    """The task, and what had to be changed. Raises RequestError naming the item."""
    fit = Fitting(CODE_PAGE, lenient=operation.fit == "lenient")
    items: list[dict[str, Json]] = []
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
                items.append({"type": "barcode", "barcode": item.data, "barcodeType": _FORMATS[item.format], "printText": True})
            case PrintFeed():
                items += [{"type": "text", "text": ""}] * item.feed
            case PrintCut():
                raise unsupported(f"{field}.cut", "the vendor's driver cuts at the end of a printout", remedy="leave it out")
    return {"type": "nonFiscal", "items": items, "printFooter": True}, fit


def _text(field: str, line: PrintLine, fit: Fitting, columns: int) -> list[dict[str, Json]]:
    width = columns // 2 if line.double else columns
    if line.bold:
        fit.warn("style_ignored", "The device has no bold print.", f"{field}.bold")
    where = f"{field}.text" if field.startswith("lines") else field
    style: dict[str, Any] = {"doubleWidth": True} if line.double else {}
    return [
        {"type": "text", "text": text, "alignment": _ALIGNED[line.align], **style}
        for text in fit.wrapped(where, line.text, width)
    ]


def _qr(field: str, item: PrintQr, fit: Fitting) -> dict[str, Json]:
    """Its error correction is the driver's."""
    if item.correction is not None:
        if not fit.lenient:
            remedy = 'leave it out, or send "fit": "lenient"'
            raise unsupported(f"{field}.correction", "the vendor's driver chooses it", remedy=remedy)
        fit.warn("style_ignored", "The vendor's driver chooses it.", f"{field}.correction")
    code = fit_qr(item, field, QrLimits(QR_SIZES, _USUAL, CODE), lenient=fit.lenient, warn=fit.warn)
    shown = {"barcode": item.qr, "barcodeType": "QR", "scale": code.size, "alignment": _ALIGNED[item.align]}
    return {"type": "barcode", **shown}
