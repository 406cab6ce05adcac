"""What the server answers, as bytes of JSON: results of requests in both forms, the queue, its devices, its settings, errors.

Source: protocol-specs/atol, web-requests.md, "Calls", "The older calls". Who is asked and what is done: `server.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge_sim_atol.web import text
from bridge_sim_atol.web.driver_errors import SERVER, text_of
from bridge_sim_atol.web.http import Reply, Request
from bridge_sim_atol.web.queue import DeviceQueue, Entry, State
from bridge_sim_atol.web.settings import WebSettings

_METHODS = "GET, POST, PUT, DELETE, OPTIONS"

# Of a device that is connected by TCP, as the page of the vendor's server shows it.
_CONNECTION = {
    **{"model": 500, "accessPassword": "", "userPassword": "", "port": "tcp", "com": "", "baudRate": 115200},
    **{"usbDevice": "auto", "ipAddress": "127.0.0.1", "ipPort": 5555, "mac": "", "ofdChannel": "auto"},
}
_OTHER = {
    **{"useGlobalScriptsSettings": True, "scriptsPath": ""},
    **{"useGlobalInvertCashDrawerStatusFlag": True, "invertCashDrawerStatus": False},
    **{"useGlobalAdditionalHeaderLines": True, "additionalHeaderLines": ""},
    **{"useGlobalAdditionalFooterLines": True, "additionalFooterLines": ""},
}


def ok(value: Any, status: int = 200) -> Reply:
    return Reply(status, text.write(value))


def error(status: int, words: str, code: int = SERVER, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, text.write({"error": {"code": code, "description": words}}), headers or {})


def page() -> Reply:
    """In place of the page with which the server is set up: clients ask for it to see whether anybody is there."""
    return Reply(200, b"<!doctype html><title>Web Requests</title>", {"Content-Type": "text/html; charset=utf-8"})


def for_pages(request: Request, reply: Reply) -> Reply:
    """With what a browser wants to hear before a page from elsewhere may read it. Of the local network the vendor's server says nothing."""
    origin = request.headers.get("origin", "")
    told = {"Access-Control-Allow-Origin": origin or "*"}
    if origin:
        told |= {"Access-Control-Allow-Credentials": "true", "Vary": "Origin"}
    if request.method == "OPTIONS":
        wanted = request.headers.get("access-control-request-headers", "Authorization, Content-Type")
        told |= {"Access-Control-Allow-Headers": wanted, "Access-Control-Allow-Methods": _METHODS}
    return Reply(reply.status, reply.body, {**reply.headers, **told})


# --- requests


def results(entry: Entry, *, flat: bool) -> dict[str, Any]:
    """`flat`: as the older calls have it."""
    return {"results": [{"status": state.status, **_error(state, flat), "result": _result(state)} for state in entry.states]}


def _error(state: State, flat: bool) -> dict[str, Any]:
    if flat:
        return {"errorCode": state.code, "errorDescription": state.words or text_of(state.code)}
    return {"error": {"code": state.code, "description": state.words}}


def _result(state: State) -> Any:
    return text.read(state.result.encode()) if state.result else None


def queue_state(queue: DeviceQueue) -> dict[str, Any]:
    waiting, ready, canceled = _counts(queue)
    return {"number": waiting, "ready": ready, "canceled": canceled, **blocked(queue)}


def old_queue_state(queue: DeviceQueue) -> dict[str, Any]:
    waiting, ready, canceled = _counts(queue)
    block = queue.memory.block.uuid
    counts = {"ready_count": ready, "not_ready_count": waiting, "canceled_count": canceled}
    return {**counts, "is_blocked": bool(block), "block_request_uuid": block}


def blocked(queue: DeviceQueue) -> dict[str, Any]:
    block = queue.memory.block
    return {"isBlocked": bool(block.uuid), "blockedUUID": block.uuid, "blockReason": block.reason}


def _counts(queue: DeviceQueue) -> tuple[int, int, int]:
    """Requests that are not over, that are, and those of them that were taken back."""
    entries = queue.known()
    over = sum(entry.over for entry in entries)
    return len(entries) - over, over, sum(all(state.status == "canceled" for state in entry.states) for entry in entries)


# --- devices and settings


def device(name: str, queue: DeviceQueue, *, active: bool, default: bool) -> dict[str, Any]:
    return {
        "id": name,
        "name": f"ККТ {name}",
        "isActive": active,
        "isDefault": default,
        "isLock": bool(queue.memory.block.uuid),
        "hasLicense": True,
        "connectionSettings": _CONNECTION,
        "otherSettings": _OTHER,
    }


def settings_of(settings: WebSettings) -> dict[str, Any]:
    return {
        "blockQueueOnPrintErrors": settings.block_on_print_errors,
        "deleteRequestsAfter": settings.keep_minutes,
        "validateRequestsOnAdd": False,
        "scriptsPath": "",
        "invertCashDrawerStatus": False,
        "additionalHeaderLines": "",
        "additionalFooterLines": "",
    }


def switches_of(wanted: Any) -> dict[str, str]:
    """What of the settings can be changed here, as switches; the others are taken without effect. Raises ValueError naming the member."""
    if not isinstance(wanted, dict):
        raise ValueError("Ошибка разбора JSON")
    made = {}
    for member, switch, kind in (
        ("blockQueueOnPrintErrors", "block_on_print_errors", bool),
        ("deleteRequestsAfter", "keep_minutes", int),
    ):
        value = wanted.get(member)
        if value is None:
            continue
        if type(value) is not kind or value < 0:
            raise ValueError(f"Некорректное значение или тип поля '{member}' ({type(value).__name__})")
        made[switch] = str(value)
    return made
