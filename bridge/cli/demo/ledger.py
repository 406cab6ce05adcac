"""The ledger: what was asked, what the bridge says, what the simulator really issued; and whether they agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

# What each operation leaves at the device, in the simulators' own words (bridge_simulators.IssuedDocument.kind).
_KINDS = {
    ("receipt", "sale"): "receipt",
    ("receipt", "refund"): "goods_return",
    ("cash.out", None): "cash_out",
    ("cash.in", None): "cash_in",
    ("shift.open", None): "shift_open",
    ("shift.close", None): "daily_report",
    ("payment.purchase", None): "purchase",
    ("payment.refund", None): "refund",
    ("payment.reversal", None): "reversal",
    ("terminal.reconcile", None): "end_of_day",
}

# Those of which a job tells no number that the document must have.
_BY_KIND_ALONE = frozenset(("daily_report", "shift_open", "end_of_day"))

Job = Mapping[str, Any]
Document = Mapping[str, Any]


@dataclass(slots=True)
class Entry:
    """One thing asked of a device. `job` is None where the bridge refused the request."""

    what: str
    device: str
    job: str | None
    op: str
    kind: str | None = None

    @property
    def leaves(self) -> str:
        """The kind of document that it leaves at the device."""
        return _KINDS[(self.op, self.kind)]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `agrees` is None as long as the bridge itself says that it is not known yet."""

    what: str
    device: str
    verdict: str
    truth: str
    agrees: bool | None
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Sums:
    """The table in numbers. `doubled`: documents that nobody asked for; `lost`: verdicts that the device contradicts."""

    asked: int
    issued: int
    open: int
    doubled: int
    lost: int


def entry_of(job: Job) -> Entry | None:
    """What this job asked for; None where it leaves no document that the ledger knows."""
    kind = str((job.get("operation") or {}).get("kind") or "sale") if job["op"] == "receipt" else None
    if (job["op"], kind) not in _KINDS:
        return None
    lines = (job.get("operation") or {}).get("lines") or ()
    goods = ", ".join(str(line.get("name", "")) for line in lines)
    what = " · ".join(part for part in (job.get("reference") or "", goods) if part)
    return Entry(what or job["op"], job["device"], job["id"], job["op"], kind)


def compare(entries: Iterable[Entry], jobs: Mapping[str, Job], documents: Mapping[str, Sequence[Document]]) -> list[Row]:
    """Hold every verdict against the documents of its device, and every document against the verdicts."""
    asked = list(entries)
    known = set(_KINDS.values())
    left = {device: [document for document in issued if document["kind"] in known] for device, issued in documents.items()}
    found: dict[int, Document] = {}
    # Those that name their document take it first; then the order's own number; what is left is told apart by its kind alone.
    for belongs in (_named, _referenced, _fitting):
        for index, entry in enumerate(asked):
            if entry.job is None or index in found:
                continue
            job = jobs[entry.job]
            document = next((one for one in left.get(entry.device, ()) if belongs(one, job, entry.leaves)), None)
            if document is not None:
                left[entry.device].remove(document)
                found[index] = document
    taken_back = set(_taken_back(jobs.values()))
    rows = []
    for index, entry in enumerate(asked):
        if entry.job is None:
            rows.append(Row(entry.what, entry.device, "refused, nothing stored", "nothing", True))
            continue
        job, document = jobs[entry.job], found.get(index)
        agrees = _agree(job, document, taken_back=entry.job in taken_back)
        rows.append(Row(entry.what, entry.device, _verdict(job), _truth(document), agrees))
    for device, documents_left in left.items():
        rows += [
            Row(f"(nobody asked) {document.get('reference') or ''}".rstrip(), device, "-", _truth(document), False, asked=False)
            for document in documents_left
        ]
    return rows


def sums(rows: Iterable[Row]) -> Sums:
    all_rows = list(rows)
    return Sums(
        asked=sum(row.asked for row in all_rows),
        issued=sum(row.truth != "nothing" for row in all_rows),
        open=sum(row.agrees is None for row in all_rows),
        doubled=sum(not row.asked for row in all_rows),
        lost=sum(row.asked and row.agrees is False for row in all_rows),
    )


def _agree(job: Job, document: Document | None, *, taken_back: bool) -> bool | None:
    """A payment that another job took back is no success any more, and has left its document all the same."""
    if job["state"] not in ("done", "failed"):
        return None
    return bool(job["state"] == "done" and (job["success"] or taken_back)) == (document is not None)


def _taken_back(jobs: Iterable[Job]) -> Iterable[str]:
    """The jobs whose payments reversals have taken back."""
    for job in jobs:
        original = (job.get("operation") or {}).get("original") or {}
        if job["op"] == "payment.reversal" and job["state"] == "done" and job["success"] and original.get("job"):
            yield original["job"]


def _issued(job: Job) -> Mapping[str, Any]:
    """Number and total that the job tells: of its document, or of what was paid."""
    result = job.get("result") or {}
    paid = result.get("payment")
    if paid and job["success"]:
        return {"number": paid.get("receipt_number"), "total": paid["approved"]}
    return result.get("document") or {}


def _named(document: Document, job: Job, kind: str) -> bool:
    issued = _issued(job)
    if document["kind"] != kind or issued.get("number") is None or issued.get("total") is None:
        return False
    # Other documents than receipts have counters of several kinds; their number in the answer need not be the paper's.
    same_number = kind != "receipt" or issued["number"] == str(document["number"])
    return same_number and _same_total(document, issued)


def _referenced(document: Document, job: Job, kind: str) -> bool:
    return document["kind"] == kind and bool(job.get("reference")) and document.get("reference") == job["reference"]


def _fitting(document: Document, job: Job, kind: str) -> bool:
    if document["kind"] != kind or (document.get("reference") and document["reference"] != job.get("reference")):
        return False
    issued = _issued(job)
    if kind in _BY_KIND_ALONE or issued.get("total") is None:
        return True
    same_number = kind != "receipt" or issued.get("number") in (None, str(document["number"]))
    return same_number and _same_total(document, issued)


def _same_total(document: Document, issued: Mapping[str, Any]) -> bool:
    return Decimal(str(document["total"])) == Decimal(str(issued["total"]))


def _verdict(job: Job) -> str:
    issued = _issued(job)
    if job["state"] != "done":
        code = (job.get("error") or job.get("attention") or {}).get("code", "")
        return f"{job['state']}: {code}" if code else str(job["state"])
    if not job["success"]:
        return f"done: {((job.get('result') or {}).get('payment') or {}).get('outcome', 'no success')}"
    number = f" no. {issued['number']}" if issued.get("number") else ""
    total = f", {issued['total']}" if issued.get("total") else ""
    doubt = " (after doubt)" if any(step["state"] == "unresolved" for step in job["history"]) else ""
    return f"done{number}{total}{doubt}"


def _truth(document: Document | None) -> str:
    if document is None:
        return "nothing"
    return f"{document['kind'].replace('_', ' ')} no. {document['number']}, {document['total']}"
