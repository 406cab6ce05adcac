"""What of finished jobs is still to come: the operator's (OFD) confirmation. Keys and amendments are those of `bridge_ffd.outstanding`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bridge_ffd import outstanding
from bridge_ffd.fn import ExchangeState, ExchangeStatus
from bridge_ffd.register import Kind

from bridge.plugin import DeviceContext
from bridge.plugin import Json as StoredJson
from bridge_atol.web.answers import part
from bridge_atol.web.messages import Json, Unreadable, whole
from bridge_atol.web.plan import Intent


def expected(intent: Intent, job_id: str) -> Mapping[str, StoredJson]:
    """Written with the intent: the number that the document will have, if it comes out."""
    if intent.kind not in (Kind.RECEIPT, Kind.CORRECTION):
        return {}
    return outstanding.expected(intent.baseline.last, intent.baseline.fn, job_id)


def exchange_of(result: Mapping[str, Json], zone: ZoneInfo) -> ExchangeStatus:
    """Of ofdExchangeStatus. Raises Unreadable."""
    told = part(result, "status")
    waiting = whole(told.get("notSentCount"))
    if waiting is None:
        raise Unreadable("the number of documents that wait is missing")
    number = whole(told.get("notSentFirstDocNumber"))
    at = told.get("notSentFirstDocDateTime")
    return ExchangeStatus(
        state=ExchangeState(0),
        being_read=False,
        waiting=waiting,
        first_document=number or None,
        first_at=_local(at, zone) if waiting and isinstance(at, str) else None,
    )


async def confirm(context: DeviceContext, exchange: ExchangeStatus, fn: str, last: int) -> None:
    await outstanding.confirm(context, exchange, fn, last)


def _local(text: str, zone: ZoneInfo) -> datetime | None:
    """The device's own time, without a zone, as the FN tells it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment.astimezone(zone) if moment.tzinfo is not None else moment).replace(tzinfo=None)
