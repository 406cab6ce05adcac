"""A preview: a checked operation with its figures, its taxes and its paper, before anything is stored or sent."""

from __future__ import annotations

import logging

from bridge.devices import DeviceRuntime
from bridge.jobs.sketch import WIDTH, sketch
from bridge.jobs.validation import CheckedOperation
from bridge.model import Figures, Invoice, Preview, PreviewLine, PreviewTotals, Receipt, RequestError, totals_by_rate
from bridge.plugin import PaperText

log = logging.getLogger("tillbridge.jobs")


def preview(checked: CheckedOperation, runtime: DeviceRuntime) -> Preview:
    """Raises RequestError `plugin.error` where the family's code raises."""
    family = runtime.family
    assert family is not None, "what was checked has a family"
    operation, figures = checked.operation, checked.figures
    try:
        paper = family.paper(operation, family.settings_from(runtime.config.settings), runtime.capabilities)
    except RequestError:
        raise
    except Exception as error:  # a plugin may raise anything, and nothing was stored
        log.exception("%s: its plugin's preview raised", runtime.id)
        raise RequestError("plugin.error", f"{runtime.id}: its plugin raised {type(error).__name__}") from error
    capabilities = runtime.capabilities
    said = Preview(
        device=runtime.id,
        op=operation.op,
        currency=getattr(operation, "currency", None),
        code_page=capabilities.code_page if capabilities is not None else None,
        warnings=checked.warnings,
    )
    if isinstance(operation, Receipt | Invoice) and figures is not None:
        profile = (capabilities.arithmetic if capabilities is not None else None) or family.arithmetic
        taxes = totals_by_rate(operation, figures, profile, capabilities.taxes if capabilities is not None else None)
        said = said.model_copy(update={"totals": _totals(figures), "taxes": taxes})
        if paper is None and isinstance(operation, Receipt):
            return said.model_copy(update={"text": _text(sketch(operation, figures, taxes)), "width": WIDTH})
    return said if paper is None else said.model_copy(update=_exact(paper, said.code_page))


def _exact(paper: PaperText, code_page: str | None) -> dict[str, object]:
    return {
        "text": _text(paper.lines),
        "width": paper.width,
        "exact": True,
        "code_page": paper.code_page or code_page,
        "omitted": paper.omitted,
    }


def _text(lines: tuple[str, ...]) -> str:
    return "".join(f"{line.rstrip()}\n" for line in lines)


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
