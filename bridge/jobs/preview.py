"""A preview: a checked operation with its figures, its taxes and its paper, before anything is stored or sent."""

from __future__ import annotations

from bridge.devices import DeviceRuntime
from bridge.jobs.drawing import drawing_of
from bridge.jobs.validation import CheckedOperation
from bridge.model import Figures, Preview, PreviewLine, PreviewTotals
from bridge.paper import Drawing, body_of, text


def preview(checked: CheckedOperation, runtime: DeviceRuntime) -> Preview:
    """Raises RequestError `plugin.error` where the family's code raises."""
    drawing, code_page = drawing_of(checked, runtime)
    return said(checked, runtime, drawing, code_page)


def said(checked: CheckedOperation, runtime: DeviceRuntime, drawing: Drawing, code_page: str | None) -> Preview:
    operation = checked.operation
    body = body_of(operation, drawing)
    return Preview(
        device=runtime.id,
        op=operation.op,
        currency=getattr(operation, "currency", None),
        totals=_totals(drawing.figures) if drawing.figures is not None else None,
        taxes=drawing.taxes,
        text=text.render(body) if body is not None else None,
        width=body.width if body is not None else None,
        exact=drawing.exact is not None,
        code_page=code_page,
        omitted=drawing.omitted,
        warnings=checked.warnings,
    )


def _totals(figures: Figures) -> PreviewTotals:
    lines = tuple(
        PreviewLine(gross=line.gross, discount=line.discount, surcharge=line.surcharge, total=line.signed)
        for line in figures.lines
    )
    return PreviewTotals(
        lines=lines,
        subtotal=figures.subtotal,
        discount=figures.discount,
        surcharge=figures.surcharge,
        total=figures.total,
        deposits=figures.deposits,
        rounding=figures.rounding,
        due=figures.due,
        payments=figures.payments,
        change=figures.change,
    )
