"""Whether this terminal could take an operation: told without asking it."""

from __future__ import annotations

from datetime import UTC, datetime

from bridge.model import Capabilities, Copy, DisplayShow, Operation, Raw, RequestError, Warning_, invalid
from bridge_zvt.frame import encode
from bridge_zvt.plan import Payment, plan
from bridge_zvt.raw import plan_raw
from bridge_zvt.settings import ZvtSettings
from bridge_zvt.status import OPERATIONS

_LINES, _LINE = 8, 99


def check(operation: Operation, settings: ZvtSettings, capabilities: Capabilities | None) -> tuple[Warning_, ...]:
    """Raises RequestError naming field, limit and remedy."""
    if operation.op not in OPERATIONS:
        raise RequestError("request.unsupported", f"op: a ZVT terminal has no {operation.op}")
    warnings: list[Warning_] = []
    match operation:
        case _ if isinstance(operation, Payment):
            currency = getattr(operation, "currency", None)
            if currency is not None and currency != settings.currency and not settings.send_currency:
                raise invalid("currency", f"this terminal's payments are in {settings.currency}", limit=settings.currency)
            plan(operation, settings, datetime.now(UTC))
            if operation.op == "payment.refund" and getattr(operation, "original", None) is not None:
                text = "A refund of this terminal is not tied to its original: the card that is presented is given the amount."
                warnings.append(Warning_(code="original_ignored", message=text, field="original"))
        case DisplayShow():
            _check_lines(operation, settings)
        case Copy():
            if operation.document is not None or operation.kind not in ("receipt", "slip"):
                raise invalid("document", "the terminal repeats its last receipt only", remedy="leave it out")
        case Raw():
            plan_raw(operation, settings)
        case _:
            pass
    return tuple(warnings)


def _check_lines(operation: DisplayShow, settings: ZvtSettings) -> None:
    if len(operation.lines) > _LINES:
        raise invalid("lines", f"{len(operation.lines)} lines", limit=f"{_LINES} lines")
    for at, line in enumerate(operation.lines):
        if len(encode(line, settings.charset)) > _LINE:
            raise invalid(f"lines.{at}", f"{len(line)} characters", limit=f"{_LINE} characters")
