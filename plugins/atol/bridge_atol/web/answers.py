"""Results of tasks as typed values. Follows protocol-specs/atol/json-tasks.md, "Results"; what is missing is None, what is wrong raises
Unreadable."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast, get_args
from zoneinfo import ZoneInfo

from bridge_ffd.qr import CheckQr
from bridge_ffd.register import CURRENCY, Kind
from bridge_ffd.versions import Settlement

from bridge.model import KindTotal, PaymentKind, Report
from bridge_atol.web.messages import Json, Unreadable, whole
from bridge_atol.web.plan import Facts, ShiftState

_KOPECK = Decimal("0.01")
_AMOUNT = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,2})?")
_SIGN_DIGITS = 10  # a sign has four bytes

_SALES = {"sell": "sales", "sellReturn": "sale_returns", "buy": "purchases", "buyReturn": "purchase_returns"}
_PAYMENTS = {
    "cash": PaymentKind.CASH,
    "electronically": PaymentKind.CARD,
    "prepaid": PaymentKind.PREPAID,
    "credit": PaymentKind.CREDIT,
    "other": PaymentKind.OTHER,
}


@dataclass(frozen=True, slots=True)
class FiscalParams:
    """A document of the FN, as the driver tells of it. `at`: with its zone where it was told. `wrapped`: told by the task that made it,
    with warnings, and not asked for afterwards."""

    number: int | None
    sign: int | None
    at: datetime | None
    shift: int | None
    fn: str | None
    total: Decimal | None
    receipts: int | None
    not_printed: bool
    wrapped: bool

    @classmethod
    def of(cls, result: Mapping[str, Json], zone: ZoneInfo) -> FiscalParams:
        """Of a task that made a document, and of getLastFiscalParams, which has the same members without the wrapping."""
        inside = result.get("fiscalParams")
        params = inside if isinstance(inside, Mapping) else result
        warnings = result.get("warnings")
        return cls(
            number=whole(params.get("fiscalDocumentNumber")),
            sign=_sign(params.get("fiscalDocumentSign")),
            at=_moment(params.get("fiscalDocumentDateTime"), zone),
            shift=whole(params.get("shiftNumber")),
            fn=params["fnNumber"] if isinstance(params.get("fnNumber"), str) else None,
            total=_amount(params.get("total")),
            receipts=whole(params.get("receiptsCount")),
            not_printed=isinstance(warnings, Mapping) and bool(warnings.get("notPrinted")),
            wrapped=isinstance(inside, Mapping),
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """A document in the FN's archive. `kind`: receipt, correction, shift_open, shift_close, or another word of the driver.

    `sure`: total and operation are those of its QR code or of getLastFiscalParams. Those of a single requisite may be in another unit,
    or missing, so that one that differs proves nothing [W3]."""

    kind: str
    number: int
    sign: int | None = None
    at: datetime | None = None
    total: Decimal | None = None
    settlement: Settlement | None = None
    sure: bool = False

    @classmethod
    def of(cls, result: Mapping[str, Json], zone: ZoneInfo) -> Kept:
        """Of getFnDocument. Raises Unreadable."""
        tags = result.get("documentTLV")
        if not isinstance(tags, Mapping) or not isinstance(tags.get("fiscalDocumentType"), str):
            raise Unreadable("the document is not told")
        number = whole(tags.get("1040"))
        qr = _qr(tags.get("qr"))
        if qr is None and number is None:
            raise Unreadable("the document has no number")
        return cls(
            kind=_KINDS.get(tags["fiscalDocumentType"]) or str(tags["fiscalDocumentType"]),
            number=number if number is not None else qr.document if qr is not None else 0,
            sign=qr.sign if qr is not None else None,
            at=qr.at.replace(tzinfo=zone) if qr is not None else None,
            total=qr.total if qr is not None else _amount(tags.get("1020")),
            settlement=qr.settlement if qr is not None else _settlement(tags.get("1054")),
            sure=qr is not None,
        )


_KINDS = {
    "receipt": Kind.RECEIPT,
    "bso": Kind.RECEIPT,
    "receiptCorrection": Kind.CORRECTION,
    "bsoCorrection": Kind.CORRECTION,
    "openShift": Kind.SHIFT_OPEN,
    "closeShift": Kind.SHIFT_CLOSE,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """How the device is (getDeviceStatus). None: not told."""

    at: datetime | None
    paper: bool | None
    cover_open: bool | None
    fiscal: bool | None
    drawer_open: bool | None
    blocked: bool

    @classmethod
    def of(cls, result: Mapping[str, Json], zone: ZoneInfo) -> Condition:
        told = part(result, "deviceStatus")
        return cls(
            at=_moment(told.get("currentDateTime"), zone),
            paper=_flag(told.get("paperPresent")),
            cover_open=_flag(told.get("coverOpened")),
            fiscal=_flag(told.get("fiscal")),
            drawer_open=_flag(told.get("cashDrawerOpened")),
            blocked=told.get("blocked") is True,
        )


def facts_of(results: Sequence[Mapping[str, Json]]) -> Facts:
    """Of getShiftStatus, getFnInfo, getFnStatus and getCashDrawerStatus, in any order. Raises Unreadable."""
    every = {name: value for result in results for name, value in result.items()}
    shift, info, status = part(every, "shiftStatus"), part(every, "fnInfo"), part(every, "fnStatus")
    last, number = whole(status.get("fiscalDocumentNumber")), whole(shift.get("number"))
    if last is None or number is None or not isinstance(info.get("serial"), str):
        raise Unreadable("the number of the shift, of the FN or of its last document is missing")
    counters = every.get("counters")
    return Facts(
        shift=number,
        shift_state=_shift_state(shift.get("state")),
        fn=info["serial"],
        last=last,
        cash=_amount(counters.get("cashSum")) if isinstance(counters, Mapping) else None,
    )


def figures_of(result: Mapping[str, Json]) -> Report:
    """Of getShiftTotals. Raises Unreadable."""
    told = part(result, "shiftTotals")
    receipts = part(told, "receipts")
    sums: dict[str, Decimal] = {}
    counts: dict[str, int] = {}
    for name, word in _SALES.items():
        of_kind = receipts.get(name)
        if isinstance(of_kind, Mapping):
            sums[word] = _amount(of_kind.get("sum")) or Decimal("0.00")
            count = whole(of_kind.get("count"))
            if count is not None:
                counts[word] = count
    sell = receipts.get("sell")
    paid = sell.get("payments") if isinstance(sell, Mapping) else None
    counters = {name: f"{amount:f}" for name, amount in sums.items()}
    for name, member in (("cash_in_drawer", "cashDrawer"), ("cash_put_in", "income"), ("cash_taken_out", "outcome")):
        amount = _amount(part(told, member).get("sum")) if isinstance(told.get(member), Mapping) else None
        if amount is not None:
            counters[name] = f"{amount:f}"
    number = whole(told.get("shiftNumber"))
    return Report(
        number=str(number) if number is not None else None,
        currency=CURRENCY,
        totals_by_payment=tuple(
            KindTotal(kind=kind.value, amount=_amount(paid.get(name)) or Decimal("0.00"))
            for name, kind in _PAYMENTS.items()
            if isinstance(paid, Mapping)
        ),
        total=sums.get("sales"),
        counts=counts,
        counters=counters,
    )


def part(result: Mapping[str, Json], name: str) -> Mapping[str, Any]:
    """A member that is an object. Raises Unreadable."""
    value = result.get(name)
    if not isinstance(value, Mapping):
        raise Unreadable(f"{name} is missing")
    return value


def plain(value: Json) -> Any:
    """The same without Decimal, for the evidence."""
    match value:
        case Decimal():
            return f"{value:f}"
        case Mapping():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            return value


def _shift_state(value: Json) -> ShiftState:
    if value not in get_args(ShiftState):
        raise Unreadable(f"the state {value!r} of the shift is not known")
    return cast(ShiftState, value)


def _flag(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


def _amount(value: Json) -> Decimal | None:
    """Roubles; a whole number comes without its kopecks. Some servers tell them as text."""
    if isinstance(value, str) and not _AMOUNT.fullmatch(value):
        return None
    return Decimal(value).quantize(_KOPECK) if type(value) in (int, Decimal, str) else None


def _sign(value: Json) -> int | None:
    """Digits, as text."""
    if type(value) is int:
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _SIGN_DIGITS else None


def _moment(value: Json, zone: ZoneInfo) -> datetime | None:
    """The device's own time; where no zone stands behind it, it is that of the settings. The year 1970 stands for none."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.year <= 1970:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def _qr(value: Json) -> CheckQr | None:
    if not isinstance(value, str) or not value:
        return None
    try:
        return CheckQr.parse(value)
    except ValueError:
        return None


def _settlement(value: Json) -> Settlement | None:
    return Settlement(value) if type(value) is int and value in list(Settlement) else None
