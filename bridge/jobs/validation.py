"""From a request's body to an operation that this device can take, as far as it can be told without asking the device."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from bridge.devices import DeviceRuntime
from bridge.jobs.amounts import check_payment
from bridge.model import (
    CLASSES,
    Capabilities,
    CashIn,
    CashOut,
    Figures,
    Invoice,
    Operation,
    Print,
    Receipt,
    RequestError,
    Warning_,
    compute,
    decimal_string,
    find_rate,
    invalid,
    operation_adapter,
    plain_numbers,
    unsupported,
)
from bridge.model.errors import FieldError
from bridge.model.printing import BARCODES, ITEM_TAGS, capability_of

log = logging.getLogger("tillbridge.jobs")

# How many problems one answer lists: a till of ten thousand bad lines learns enough from the first ones.
_MOST_PROBLEMS = 20

# How much of what the till sent an answer repeats.
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class CheckedOperation:
    """An operation, its figures where it is a receipt, and what was noticed."""

    operation: Operation
    figures: Figures | None
    warnings: tuple[Warning_, ...]


def parse_operation(body: Any) -> Operation:
    """Raises RequestError naming every wrong field (the first twenty)."""
    if not isinstance(body, Mapping):
        raise invalid("", "the body must be one JSON object")
    op = body.get("op")
    if op is None:
        raise invalid("op", "is missing", limit=", ".join(sorted(CLASSES)), remedy='say what to do, e.g. "op": "receipt"')
    if not isinstance(op, str) or op not in CLASSES:
        shown = str(op)[:_SHOWN]
        raise invalid("op", f"{shown!r} is no operation", limit=", ".join(sorted(CLASSES)))
    try:
        return operation_adapter.validate_python(plain_numbers(body))
    except ValidationError as error:
        problems = _without_echoes(error.errors(include_url=False, include_input=False))
        found = tuple(_field_error(problem, op) for problem in problems[:_MOST_PROBLEMS])
        detail = "; ".join(f"{item.field}: {item.message}" for item in found[:3])
        more = len(problems) - 3
        raise RequestError("request.invalid", detail + (f"; and {more} more" if more > 0 else ""), found) from None


def check_for_device(operation: Operation, runtime: DeviceRuntime) -> CheckedOperation:
    """Whether this device could take it. Raises RequestError naming field, limit and remedy."""
    family = runtime.family
    if family is None or runtime.endpoint is None:
        raise RequestError("device.offline", f"{runtime.id} cannot work: {runtime.reason}")
    if getattr(operation, "fit", "absent") is None:
        operation = operation.model_copy(update={"fit": runtime.config.fit})
    capabilities = runtime.capabilities
    if capabilities is not None:
        _check_capabilities(operation, capabilities)
    profile = (capabilities.arithmetic if capabilities is not None else None) or family.arithmetic
    figures: Figures | None = None
    if isinstance(operation, Receipt | Invoice):
        figures = compute(operation, profile)
        if capabilities is not None and capabilities.taxes is not None:
            _check_taxes(operation, capabilities)
    elif isinstance(operation, CashIn | CashOut):
        _check_amount("amount", operation.amount, profile.currency_decimals)
    elif operation.op.startswith("payment."):
        check_payment(operation, capabilities)
    try:
        checked = family.check(operation, family.settings_from(runtime.config.settings), capabilities)
    except RequestError:
        raise
    except Exception as error:  # a plugin may raise anything; nothing was stored, so the till may try again
        log.exception("%s: its plugin's check raised", runtime.id)
        raise RequestError("plugin.error", f"{runtime.id}: its plugin raised {type(error).__name__}") from error
    return CheckedOperation(operation, figures, checked.warnings)


def _without_echoes(problems: list[Any]) -> list[Any]:
    """pydantic counts only the good items of a list: where all are bad, it calls the list too short besides."""
    short = [problem["loc"] for problem in problems if problem["type"] == "too_short"]
    echoes = {loc for loc in short if any(len(item["loc"]) > len(loc) and item["loc"][: len(loc)] == loc for item in problems)}
    return [problem for problem in problems if problem["type"] != "too_short" or problem["loc"] not in echoes]


def _field_error(problem: Any, op: str) -> FieldError:
    where = [part for part in problem["loc"] if part not in ITEM_TAGS]
    if where and where[0] == op:
        where = where[1:]
    context = problem.get("ctx") or {}
    limit = next(
        (
            f"{name} {context[name]}"
            for name in ("max_length", "min_length", "le", "lt", "ge", "gt", "pattern", "expected")
            if name in context
        ),
        None,
    )
    message = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        message = "there is no such field"
    return FieldError(".".join(str(part)[:_SHOWN] for part in where), message, limit)


def _check_capabilities(operation: Operation, capabilities: Capabilities) -> None:
    if operation.op not in capabilities.operations:
        raise unsupported("op", f"this device does not do {operation.op}", limit=", ".join(sorted(capabilities.operations)))
    currency = getattr(operation, "currency", None)
    if currency is not None and capabilities.currencies and currency not in capabilities.currencies:
        raise unsupported(
            "currency", f"this device works in another currency than {currency}", limit=", ".join(capabilities.currencies)
        )
    if isinstance(operation, Print) and operation.fit != "lenient":
        _check_items(operation, capabilities)
    if not isinstance(operation, Receipt | Invoice):
        return
    documents, kinds = (
        ("receipts", capabilities.receipt_kinds) if isinstance(operation, Receipt) else ("invoices", capabilities.invoice_kinds)
    )
    if operation.kind not in kinds:
        raise unsupported(
            "kind", f"this device issues no {documents} of the kind {operation.kind}", limit=", ".join(sorted(kinds))
        )
    for number, line in enumerate(operation.lines):
        if line.kind not in capabilities.line_kinds:
            raise unsupported(
                f"lines.{number}.kind", f"this device has no {line.kind} lines", limit=", ".join(sorted(capabilities.line_kinds))
            )
    for number, payment in enumerate(operation.payments):
        if payment.kind not in capabilities.payment_kinds:
            limit = ", ".join(sorted(capabilities.payment_kinds))
            raise unsupported(f"payments.{number}.kind", f"this device knows no payment by {payment.kind}", limit=limit)


def _check_items(operation: Print, capabilities: Capabilities) -> None:
    for number, item in enumerate(operation.lines):
        needed = capability_of(item)
        if needed not in capabilities.print_items:
            name = needed.split(".", maxsplit=1)[0]
            where = f"lines.{number}.{'barcode' if name in BARCODES else name}"
            raise unsupported(where, f"this device prints no {needed}", limit=", ".join(sorted(capabilities.print_items)))


def _check_taxes(receipt: Receipt | Invoice, capabilities: Capabilities) -> None:
    assert capabilities.taxes is not None
    for number, line in enumerate(receipt.lines):
        for position, tax in enumerate(line.taxes):
            try:
                find_rate(capabilities.taxes, tax)
            except LookupError as error:
                where = f"lines.{number}.vat" if line.vat is not None else f"lines.{number}.taxes.{position}"
                known = ", ".join(str(rate) for rate in capabilities.taxes if rate.active)
                raise invalid(where, str(error), limit=known, remedy="use a rate that the device has") from None


def _check_amount(field: str, amount: Decimal, places: int) -> None:
    exponent = amount.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        raise invalid(field, f"{decimal_string(amount)} has more than {places} decimals", limit=f"{places} decimals")
