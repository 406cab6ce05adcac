"""What the device behind the server is, can do, and how it is: asked beside the queue. All of it only reads.

Follows protocol-specs/atol/web-requests.md, "Questions beside the queue".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bridge_ffd import health
from bridge_ffd.clock import clock_problems
from bridge_ffd.extras import NAMESPACE
from bridge_ffd.fn import ExchangeStatus, FnLife, FnWarning, sentences
from bridge_ffd.register import CURRENCY
from bridge_ffd.versions import FfdVersion

from bridge.model import Capabilities, DeviceStatus, Identity, LineKind, PaymentKind, ReceiptKind
from bridge_atol import commands
from bridge_atol.circumstances import version_of
from bridge_atol.settings import ARITHMETIC, AtolSettings
from bridge_atol.vocabulary import NAME
from bridge_atol.web import marking, texts
from bridge_atol.web.answers import Condition, part
from bridge_atol.web.client import Refused, Server
from bridge_atol.web.messages import Json, Queue, Unreadable, whole
from bridge_atol.web.ofd import exchange_of
from bridge_atol.web.printout import ITEMS
from bridge_atol.web.reading import why

OPERATIONS = frozenset(
    (
        *("receipt", "shift.open", "shift.close", "report.x", "cash.in", "cash.out"),
        *("copy", "print", "drawer.open", "document.continue", marking.OP),
    )
)
API = "web.api"
"""Among the limits of a device behind the server: the version of the calls."""

_SHIFTS: dict[Any, Literal["closed", "open", "expired"]] = {"closed": "closed", "opened": "open", "expired": "expired"}
_WARNINGS = {
    "needReplacement": FnWarning.REPLACE_NOW,
    "resourceExhausted": FnWarning.KEYS_END_SOON,
    "memoryOverflow": FnWarning.MEMORY_FULL,
    "ofdTimeout": FnWarning.OFD_TIMEOUT,
    "criticalError": FnWarning.CRITICAL,
}


@dataclass(frozen=True, slots=True)
class Model:
    """What does not change while a link lives."""

    version: FfdVersion


def identity_of(result: Mapping[str, Json]) -> Identity:
    """Of getDeviceInfo. The same device has the same serial number over its own protocol. Raises Unreadable."""
    told = part(result, "deviceInfo")
    serial = str(told.get("serial") or "").lstrip("0")
    if not serial:
        raise Unreadable("the device has no serial number")
    return Identity(
        model=str(told.get("modelName") or told.get("model") or "ATOL").strip(),
        serial=serial,
        fiscal_number=None,
        firmware=str(told["firmwareVersion"]) if told.get("firmwareVersion") else None,
        protocol="web-requests",
    )


async def read_model(server: Server, settings: AtolSettings) -> Model:
    """The version of the format that the device works in, unless the settings name one."""
    if settings.ffd != "auto":
        return Model(version_of(settings))
    told = part(await server.query("queryDeviceInfo"), "deviceInfo").get("ffdVersion")
    try:
        version = FfdVersion.parse(str(told))
    except ValueError:
        return Model(version_of(settings))
    return Model(version if version > FfdVersion.V1_0 else version_of(settings))


def capabilities(model: Model) -> Capabilities:
    return Capabilities(
        operations=OPERATIONS if model.version >= FfdVersion.V1_2 else OPERATIONS - {marking.OP},
        receipt_kinds=frozenset(kind.value for kind in ReceiptKind),
        line_kinds=frozenset((LineKind.ITEM.value, LineKind.ADVANCE.value)),
        payment_kinds=frozenset(kind.value for kind in PaymentKind),
        currencies=(CURRENCY,),
        limits={"line.name": NAME, "ffd.version": int(model.version), API: 2},
        max_amount=Decimal(commands.MAX_KOPECKS).scaleb(-2),
        arithmetic=ARITHMETIC,
        shift="explicit",
        status_during_job="between_commands",
        abort_via="same_link",
        code_page="cp866",
        extras=(NAMESPACE,),
        delivery=frozenset(("paper", "email", "sms")),
        print_items=ITEMS,
    )


async def read_status(server: Server, model: Model, zone: ZoneInfo, now: datetime) -> DeviceStatus:
    """Raises LinkError, Refused, Unreadable."""
    condition = Condition.of(await server.query("queryDeviceStatus"), zone)
    shift = part(await server.query("queryShiftStatus"), "shiftStatus").get("state")
    fn = part(await server.query("queryFnStatus"), "fnStatus")
    info = part(await server.query("queryFnInfo"), "fnInfo")
    queue = await server.queue()
    today = condition.at.date() if condition.at is not None else now.date()
    warnings = _warnings(fn, info)
    life = _life(info)
    attention = _attention(condition, queue)
    problems = [attention] if attention is not None else []
    if shift == "expired":
        problems.append(health.SHIFT_EXPIRED)
    problems += clock_problems(condition.at, now)
    problems += sentences(warnings)
    phase = info.get("livePhase")
    details: dict[str, Any] = {
        "fn": info.get("serial"),
        "fn_phase": phase,
        "ffd": model.version.text,
        "queue_blocked": queue.blocked,
    }
    if life is not None:
        health.tell_life(life, today, problems, details)
    if phase != "fiscalMode":
        problems.append(health.NOT_IN_USE)
    await _ofd(server, zone, condition.at, problems, details)
    last = whole(fn.get("fiscalDocumentNumber"))
    return DeviceStatus(
        as_of=now,
        paper=None if condition.paper is None else "ok" if condition.paper else "out",
        cover=None if condition.cover_open is None else "open" if condition.cover_open else "closed",
        shift=_SHIFTS.get(shift),
        clock=condition.at,
        fiscal_mode=phase == "fiscalMode",
        fiscal_memory="full"
        if warnings & FnWarning.CRITICAL or _over(life, today)
        else "low"
        if _low(warnings, life, today)
        else "ok",
        last_document=str(last) if last is not None else None,
        busy=queue.blocked,
        attention=attention,
        problems=tuple(dict.fromkeys(problems)),
        details=details,
    )


def _attention(condition: Condition, queue: Queue) -> str | None:
    if queue.blocked:
        return why(queue).text
    if condition.blocked:
        return "The device is blocked. Look at its own message."
    if condition.cover_open:
        return texts.COVER_OPEN.text
    return texts.PAPER_OUT.text if condition.paper is False else None


def _warnings(*told: Mapping[str, Json]) -> FnWarning:
    found = FnWarning(0)
    for one in told:
        flags = one.get("warnings")
        for name, flag in _WARNINGS.items():
            if isinstance(flags, Mapping) and flags.get(name) is True:
                found |= flag
    return found


def _life(info: Mapping[str, Json]) -> FnLife | None:
    try:
        return FnLife(date.fromisoformat(str(info.get("validityDate"))[:10]))
    except ValueError:
        return None


def _over(life: FnLife | None, today: date) -> bool:
    return life is not None and life.days_left(today) == 0


def _low(warnings: FnWarning, life: FnLife | None, today: date) -> bool:
    low = FnWarning.REPLACE_NOW | FnWarning.KEYS_END_SOON | FnWarning.MEMORY_FULL
    return bool(warnings & low) or (life is not None and life.ends_soon(today))


async def _ofd(server: Server, zone: ZoneInfo, at: datetime | None, problems: list[str], details: dict[str, Any]) -> None:
    """What the OFD has not got yet. A device that is registered to work without one refuses the question."""
    try:
        state: ExchangeStatus = exchange_of(await server.query("queryOfdExchangeStatus"), zone)
    except (Refused, Unreadable):
        return
    health.tell_waiting(state, at.replace(tzinfo=None) if at is not None else None, problems, details)
