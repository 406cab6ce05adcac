"""What goes over the gateway's HTTP interface: typed requests and answers <-> JSON. Both directions, no I/O.

    GET  /registers                     {"registers": [...]}
    GET  /registers/{register}          who it is and how it is
    POST /receipts                      201 a record; 202 taken, being processed; 4xx {"code", "text"}: refused, not issued
    GET  /receipts/{external id}        200 a record; 202 being processed; 404 not issued (a record is visible two seconds
                                        after its request at the latest)

An external id that was used before gets the old record again, whatever the new request says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal
from urllib.parse import quote

Kind = Literal["sale", "refund", "cash_in", "closure"]
State = Literal["registered", "offline", "refused"]

VISIBLE_SECONDS = 2.0
"""How long after its request a record may still be answered with 404."""


class Unreadable(ValueError):
    """The answer is not what the gateway would say: a proxy's page, half a body."""


@dataclass(frozen=True, slots=True)
class Register:
    """One register behind the gateway. `last_number` is that of its last document, 0 for none yet."""

    register: str
    serial: str
    fiscal_number: str
    online: bool
    shift_open: bool
    last_number: int


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    quantity: str
    price: str
    total: str
    rate: str


@dataclass(frozen=True, slots=True)
class Request:
    """A document to be issued. `total` in the register's currency."""

    register: str
    external_id: str
    kind: Kind
    total: Decimal
    lines: tuple[Line, ...] = ()
    payments: tuple[tuple[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A document that was issued. `fiscal_id` is None until the authority has it."""

    register: str
    external_id: str
    kind: Kind
    number: int
    shift: int
    total: Decimal
    issued_at: datetime
    state: State
    fiscal_id: str | None = None
    registered_at: datetime | None = None
    sales: Decimal | None = None
    receipts: int | None = None


def receipt_path(external_id: str) -> str:
    return f"/receipts/{quote(external_id, safe='')}"


def register_path(register: str) -> str:
    return f"/registers/{quote(register, safe='')}"


def request_to_json(request: Request) -> bytes:
    return _dump(
        {
            "register": request.register,
            "external_id": request.external_id,
            "kind": request.kind,
            "total": str(request.total),
            "lines": [
                {"name": line.name, "quantity": line.quantity, "price": line.price, "total": line.total, "rate": line.rate}
                for line in request.lines
            ],
            "payments": [{"kind": kind, "amount": amount} for kind, amount in request.payments],
            "note": request.note,
        }
    )


def request_from_json(body: bytes) -> Request:
    """Raises Unreadable."""
    data = _load(body)
    try:
        return Request(
            register=_text(data, "register"),
            external_id=_text(data, "external_id"),
            kind=_one_of(data, "kind", ("sale", "refund", "cash_in", "closure")),
            total=Decimal(_text(data, "total")),
            lines=tuple(
                Line(*(str(line[name]) for name in ("name", "quantity", "price", "total", "rate"))) for line in data["lines"]
            ),
            payments=tuple((str(payment["kind"]), str(payment["amount"])) for payment in data["payments"]),
            note=str(data.get("note", "")),
        )
    except (KeyError, TypeError, InvalidOperation) as error:
        raise Unreadable(f"the request lacks or misuses {error}") from error


def record_to_json(record: Record) -> bytes:
    return _dump(
        {
            "register": record.register,
            "external_id": record.external_id,
            "kind": record.kind,
            "number": record.number,
            "shift": record.shift,
            "total": str(record.total),
            "issued_at": record.issued_at.isoformat(),
            "state": record.state,
            "fiscal_id": record.fiscal_id,
            "registered_at": record.registered_at.isoformat() if record.registered_at else None,
            "sales": str(record.sales) if record.sales is not None else None,
            "receipts": record.receipts,
        }
    )


def record_from_json(body: bytes) -> Record:
    """Raises Unreadable."""
    data = _load(body)
    try:
        registered_at, sales, receipts = data.get("registered_at"), data.get("sales"), data.get("receipts")
        return Record(
            register=_text(data, "register"),
            external_id=_text(data, "external_id"),
            kind=_one_of(data, "kind", ("sale", "refund", "cash_in", "closure")),
            number=int(data["number"]),
            shift=int(data["shift"]),
            total=Decimal(_text(data, "total")),
            issued_at=datetime.fromisoformat(_text(data, "issued_at")),
            state=_one_of(data, "state", ("registered", "offline", "refused")),
            fiscal_id=str(data["fiscal_id"]) if data.get("fiscal_id") is not None else None,
            registered_at=datetime.fromisoformat(registered_at) if registered_at is not None else None,
            sales=Decimal(sales) if sales is not None else None,
            receipts=int(receipts) if receipts is not None else None,
        )
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise Unreadable(f"the record lacks or misuses {error}") from error


def register_to_json(register: Register) -> bytes:
    return _dump({name: getattr(register, name) for name in Register.__slots__})


def register_from_json(body: bytes) -> Register:
    """Raises Unreadable."""
    data = _load(body)
    try:
        return Register(
            register=_text(data, "register"),
            serial=_text(data, "serial"),
            fiscal_number=_text(data, "fiscal_number"),
            online=bool(data["online"]),
            shift_open=bool(data["shift_open"]),
            last_number=int(data["last_number"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"the register lacks or misuses {error}") from error


def registers_to_json(names: list[str]) -> bytes:
    return _dump({"registers": names})


def registers_from_json(body: bytes) -> list[str]:
    """Raises Unreadable."""
    names = _load(body).get("registers")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Unreadable("no list of registers")
    return names


def refusal_to_json(code: str, text: str) -> bytes:
    return _dump({"code": code, "text": text})


def refusal_from_json(body: bytes) -> tuple[str, str]:
    """(code, text). Raises Unreadable."""
    data = _load(body)
    try:
        return _text(data, "code"), _text(data, "text")
    except KeyError as error:
        raise Unreadable(f"the refusal lacks {error}") from error


def _dump(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _load(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except ValueError as error:
        raise Unreadable(f"no JSON: {error}") from error
    if not isinstance(data, dict):
        raise Unreadable("no JSON object")
    return data


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data[name]
    if not isinstance(value, str):
        raise Unreadable(f"{name} is no text")
    return value


def _one_of(data: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> Any:
    value = data[name]
    if value not in allowed:
        raise Unreadable(f"{name} is {value!r}")
    return value
