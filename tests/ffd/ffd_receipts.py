"""Receipts for the tests of the model: a plain one, changed by keyword."""

import base64
from datetime import date
from typing import Any

from bridge_ffd.document import FfdDocument
from bridge_ffd.versions import FfdVersion

from bridge.model import Receipt, RequestError, operation_adapter

TODAY = date(2026, 11, 29)
INN = "7725327863"
GS1 = b"010460620310334821a3=EfODqw5Pq\x1d91EE08\x1d92abcdefgh"
SHORT_GS1 = b"010460620310334821a3=EfOD"


def line(**changes: Any) -> dict[str, Any]:
    return {"name": "Чай", "quantity": "2", "price": "50.00", "vat": "22%", **changes}


def marked(code: bytes, **changes: Any) -> dict[str, Any]:
    return line(quantity="1", marking={"code_b64": base64.b64encode(code).decode()}, **changes)


def receipt(*lines: dict[str, Any], ffd: dict[str, Any] | None = None, **changes: Any) -> Receipt:
    body = {"op": "receipt", "currency": "RUB", "lines": list(lines) or [line()], **changes}
    if ffd is not None:
        body["extras"] = {"ffd": ffd}
    read = operation_adapter.validate_python(body)
    assert isinstance(read, Receipt)
    return read


def document(*lines: dict[str, Any], version: FfdVersion = FfdVersion.V1_2, **changes: Any) -> FfdDocument:
    options = {name: changes.pop(name) for name in ("day", "taxation", "registered", "lenient", "profile") if name in changes}
    return FfdDocument.from_receipt(receipt(*lines, **changes), version, **{"day": TODAY, **options})


def faults(*lines: dict[str, Any], **changes: Any) -> dict[str, str]:
    """The fields that are refused, each with its message."""
    try:
        document(*lines, **changes)
    except RequestError as error:
        return {fault.field: fault.message for fault in error.errors}
    raise AssertionError("nothing was refused")
