"""What a picture of a document needs beside the operation: its figures and taxes by the device's rules, its lines by the family."""

from __future__ import annotations

import logging

from pydantic import ValidationError

from bridge.devices import DeviceRuntime
from bridge.jobs.validation import CheckedOperation
from bridge.model import (
    ArithmeticProfile,
    Figures,
    Invoice,
    Job,
    Operation,
    RateTotal,
    Receipt,
    RequestError,
    compute,
    stored_operation,
    totals_by_rate,
)
from bridge.paper import WIDTH, Drawing
from bridge.paper.model import Barcode, Cut, Qr, Row, Verbatim
from bridge.plugin import PaperCode, PaperCut, PaperText

log = logging.getLogger("tillbridge.jobs")


def drawing_of(checked: CheckedOperation, runtime: DeviceRuntime) -> tuple[Drawing, str | None]:
    """The drawing, and the code page of its lines. Raises RequestError `plugin.error` where the family's code raises."""
    family, operation, figures = runtime.family, checked.operation, checked.figures
    assert family is not None, "what was checked has a family"
    capabilities = runtime.capabilities
    try:
        paper: PaperText | None = family.paper(operation, family.settings_from(runtime.config.settings), capabilities)
    except RequestError:
        raise
    except Exception as error:  # a plugin may raise anything, and nothing was stored
        log.exception("%s: its plugin's preview raised", runtime.id)
        raise RequestError("plugin.error", f"{runtime.id}: its plugin raised {type(error).__name__}") from error
    taxes: tuple[RateTotal, ...] = ()
    if isinstance(operation, Receipt | Invoice) and figures is not None:
        taxes = totals_by_rate(operation, figures, _profile(runtime), capabilities.taxes if capabilities is not None else None)
    drawing = Drawing(
        figures=figures,
        taxes=taxes,
        exact=_rows(paper) if paper is not None else None,
        width=paper.width if paper is not None else WIDTH,
        omitted=paper.omitted if paper is not None else (),
        warnings=checked.warnings,
    )
    code_page = capabilities.code_page if capabilities is not None else None
    return drawing, (paper.code_page if paper is not None else None) or code_page


def _rows(paper: PaperText) -> tuple[Row, ...]:
    """Lines that follow each other are one block: blanks count in it."""
    rows: list[Row] = []
    block: list[str] = []
    for line in (*paper.lines, None):
        if isinstance(line, str):
            block.append(line)
            continue
        if block:
            rows.append(Verbatim(tuple(block)))
            block = []
        if line is not None:
            rows.append(_code(line))
    return tuple(rows)


def _code(line: PaperCode | PaperCut) -> Row:
    match line:
        case PaperCode(kind="QR"):
            return Qr(line.data, line.align, line.correction)
        case PaperCode():
            return Barcode(line.kind, line.data)
        case PaperCut():
            return Cut()


def operation_of(job: Job) -> Operation | None:
    """What a job was asked for; None where it is not kept any more, or was written by a version that asked otherwise."""
    if job.operation is None:
        return None
    try:
        return stored_operation(job.operation)
    except ValidationError:
        log.warning("job %s: its operation cannot be read by this version", job.id)
        return None


def drawing_of_job(operation: Operation, runtime: DeviceRuntime | None) -> Drawing:
    """For a job that was accepted once. What fails now leaves a plainer picture, never none: it is of what is past."""
    figures = _figures(operation, runtime)
    checked = CheckedOperation(operation, figures, ())
    if runtime is not None and runtime.family is not None:
        try:
            return drawing_of(checked, runtime)[0]
        except (RequestError, ValidationError) as error:
            log.info("%s: the paper of a job is drawn without its plugin: %s", runtime.id, error)
    taxes: tuple[RateTotal, ...] = ()
    if isinstance(operation, Receipt | Invoice) and figures is not None:
        taxes = totals_by_rate(operation, figures, _profile(runtime), None)
    return Drawing(figures=figures, taxes=taxes)


def _figures(operation: Operation, runtime: DeviceRuntime | None) -> Figures | None:
    if not isinstance(operation, Receipt | Invoice):
        return None
    try:
        return compute(operation, _profile(runtime))
    except RequestError:  # the device that computed so has gone, or computes otherwise now
        return None


def _profile(runtime: DeviceRuntime | None) -> ArithmeticProfile:
    if runtime is None or runtime.family is None:
        return ArithmeticProfile()
    own = runtime.capabilities.arithmetic if runtime.capabilities is not None else None
    return own or runtime.family.arithmetic
