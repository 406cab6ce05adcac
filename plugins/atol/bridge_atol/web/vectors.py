"""Holds vectors of the HTTP server and of the driver's tasks against this package: by meaning, since JSON has many spellings.

Called by `bridge_atol.vectors`; raises ValueError for what cannot be read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from bridge.transport import HttpAnswer, LinkLost
from bridge_atol.web import answers, names, ofd
from bridge_atol.web.client import Refused, read_answer
from bridge_atol.web.errors import NOT_LET_IN, OWN, SERVER, lookup
from bridge_atol.web.messages import REQUESTS, Json, Unreadable, accepted, dump, error_of, load, request_body, request_path

Equal = Callable[[str, object, object], None]

_ZONE = ZoneInfo("Europe/Moscow")
_RECEIPTS = frozenset((*names.RECEIPTS.values(), *(f"{name}{names.CORRECTION}" for name in names.RECEIPTS.values())))
TASKS = _RECEIPTS | frozenset(
    (
        *("openShift", "closeShift", "reportX", "cashIn", "cashOut", "nonFiscal", "openCashDrawer", "continuePrint"),
        *("printLastReceiptCopy", "getDeviceStatus", "getShiftStatus", "getFnInfo", "getFnStatus", "getCashDrawerStatus"),
        *("getShiftTotals", "getFnDocument", "getLastFiscalParams", "ofdExchangeStatus"),
    )
)
"""What this driver gives to the server, or asks beside its queue."""

NOT_GIVEN: Mapping[str, str] = {
    "reportOfdExchangeStatus": "a report on the exchange with the OFD, which no uniform operation asks for",
    "badTask": "no task: it shows how the driver tells so",
}


def web(meaning: Mapping[str, Any], equal: Equal) -> dict[str, Any]:
    """A call of the server: how it is written here, and what its answer is read as."""
    got: dict[str, Any] = {}
    path, status = meaning.get("path"), meaning.get("response_status")
    if path is not None:
        _, slash, uuid = str(path).partition(f"{REQUESTS}/")
        got["path"] = unquote(request_path(uuid if slash else None, ""))
        got["method"] = "POST" if not slash else "GET" if status is not None else "DELETE"
    body = _exact(meaning.get("body"))
    if isinstance(body, dict):
        built = load(request_body(body["uuid"], body["request"])) if "request" in body else body
        equal("body", body, built)
        got["body"] = meaning["body"]
    if status == 201:
        queue = accepted(dump(_exact(meaning["response"])), body["uuid"])
        got["response"] = {**meaning["response"], "isBlocked": queue.blocked, "blockedUUID": queue.blocked_by}
        got["response_status"] = status
    elif status is not None:
        got |= _refusal(meaning, int(status), equal)
    return got


def _refusal(meaning: Mapping[str, Any], status: int, equal: Equal) -> dict[str, Any]:
    """What the server's own error is read as: a number of the table, and a request that changed nothing."""
    said = meaning.get("error") or {"code": meaning.get("error_code", SERVER), "description": meaning.get("description", "")}
    answer = HttpAnswer(status, dump({"error": said}))
    read = error_of(answer.body)
    equal("response_status", True, (read.code == NOT_LET_IN) == (status == 401))
    got = {
        "error": {"code": read.code, "description": read.text},
        "error_code": read.code if read.code in OWN else None,
        "description": read.text,
    }
    try:
        read_answer(answer, load)
    except Refused as refused:
        return {**got, "response_status": refused.status}
    except LinkLost:
        return {**got, "response_status": 401}
    raise ValueError("an error is read as a good answer")


def flow(meaning: Mapping[str, Any], equal: Equal) -> None:
    """A task of the vendor's driver: whether this driver gives it, how it is written, and what its result is read as."""
    task = _exact(meaning["task"])
    kind = task["type"]
    equal("task", True, kind in TASKS or kind in NOT_GIVEN)
    equal("task", task, load(dump(task)))
    code, _ = meaning["driver_error"]
    equal("driver_error", True, code == 0 or code in OWN or "not known" not in lookup(code).text)
    told = meaning["driver_result"]
    if not told:
        equal("driver_result", True, kind in ("nonFiscal", "openCashDrawer", "continuePrint", "badTask"))
        return
    result = load(str(told).encode())
    equal("driver_result", json.loads(told, parse_float=Decimal), load(dump(result)))
    _read(kind, result, equal)


def _read(kind: str, result: Mapping[str, Json], equal: Equal) -> None:
    if "fiscalParams" in result:
        params = answers.FiscalParams.of(result, _ZONE)
        inside = result["fiscalParams"]
        equal("driver_result", True, params.number is not None and params.number == inside.get("fiscalDocumentNumber"))
        equal("driver_result", (inside.get("shiftNumber"), inside.get("fnNumber")), (params.shift, params.fn))
        equal("driver_result", inside.get("receiptsCount"), params.receipts)
        equal("driver_result", bool(result.get("warnings", {}).get("notPrinted")), params.not_printed)
    elif kind == "ofdExchangeStatus":
        equal("driver_result", result["status"]["notSentCount"], ofd.exchange_of(result, _ZONE).waiting)
    elif kind in ("getFnInfo", "getFnStatus", "getCashDrawerStatus", "cashIn", "cashOut"):
        other: dict[str, Json] = {
            "shiftStatus": {"number": 1, "state": "opened"},
            "fnInfo": {"serial": "9999078900007317"},
            "fnStatus": {"fiscalDocumentNumber": 1},
        }
        facts = answers.facts_of([other | dict(result)])
        if "fnInfo" in result:
            equal("driver_result", result["fnInfo"]["serial"], facts.fn)
        if "fnStatus" in result:
            equal("driver_result", result["fnStatus"]["fiscalDocumentNumber"], facts.last)
        if "counters" in result:
            equal("driver_result", Decimal(result["counters"]["cashSum"]), facts.cash)
    else:
        raise Unreadable(f"no rule reads the result of {kind}")


def _exact(value: Any) -> Any:
    """The same with Decimal for every broken number, as this JSON is read."""
    return json.loads(json.dumps(value), parse_float=Decimal)
