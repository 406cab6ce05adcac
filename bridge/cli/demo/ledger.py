"""The ledger of the day: what was asked, what the bridge says, what the simulator really issued; and whether they agree."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bridge.cli.demo.stage import Stage
from bridge.cli.demo.till import Till

# What each operation leaves at the device, in the simulators' own words (bridge_simulators.IssuedDocument.kind).
_KINDS = {
    ("receipt", "sale"): "receipt",
    ("receipt", "refund"): "goods_return",
    ("cash.out", None): "cash_out",
    ("cash.in", None): "cash_in",
    ("shift.open", None): "shift_open",
    ("shift.close", None): "daily_report",
}


@dataclass(slots=True)
class Entry:
    """One thing asked of a device. `job` is None where the bridge refused the request."""

    what: str
    device: str
    job: str | None
    op: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    device: str
    verdict: str
    truth: str
    agrees: bool


async def compare(entries: list[Entry], till: Till, stages: list[Stage]) -> list[Row]:
    """Hold every verdict against the documents of its device, and every document against the verdicts."""
    left = {
        device.id: [document for document in await device.bench.documents() if document["kind"] in set(_KINDS.values())]
        for stage in stages
        for device in stage.devices
    }
    rows = []
    for entry in entries:
        if entry.job is None:
            rows.append(Row(entry.what, entry.device, "refused, nothing stored", "nothing", True))
            continue
        job = await till.job(entry.job)
        kind = _KINDS[(entry.op, entry.kind)]
        document = next((item for item in left[entry.device] if _matches(item, job, kind)), None)
        if document is not None:
            left[entry.device].remove(document)
        issued = job["state"] == "done" and job["success"]
        rows.append(Row(entry.what, entry.device, _verdict(job), _truth(document), issued == (document is not None)))
    for device, documents in left.items():
        rows += [Row("(nobody asked)", device, "-", _truth(document), False) for document in documents]
    return rows


def _matches(document: dict[str, Any], job: dict[str, Any], kind: str) -> bool:
    issued = (job.get("result") or {}).get("document") or {}
    if document["kind"] != kind:
        return False
    if kind in ("daily_report", "shift_open") or issued.get("total") is None:
        return True
    same_number = kind != "receipt" or issued.get("number") in (None, str(document["number"]))
    return same_number and Decimal(str(document["total"])) == Decimal(issued["total"])


def _verdict(job: dict[str, Any]) -> str:
    issued = (job.get("result") or {}).get("document") or {}
    if job["state"] != "done":
        return f"{job['state']}: {(job.get('error') or {}).get('code', '')}"
    number = f" no. {issued['number']}" if issued.get("number") else ""
    total = f", {issued['total']}" if issued.get("total") else ""
    doubt = " (after doubt)" if any(step["state"] == "unresolved" for step in job["history"]) else ""
    return f"done{number}{total}{doubt}"


def _truth(document: dict[str, Any] | None) -> str:
    if document is None:
        return "nothing"
    return f"{document['kind'].replace('_', ' ')} no. {document['number']}, {document['total']}"
