"""What the tills were told, held against the printers' paper and documents and against the journal. Nothing is asked here."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from bridge_simulators.device import IssuedDocument

from tests.sessions import marks
from tests.sessions.hall import Hall
from tests.sessions.tills import Order, Till

# Whoever may use a printer sees how many jobs wait for it, of whichever till. These members have ids and nothing else.
_SHARED = ("queue", "open_jobs")


def judge(hall: Hall, tills: Sequence[Till], jobs: Sequence[Mapping[str, Any]]) -> None:
    """To be called while nothing is under way. `jobs`: the whole journal."""
    _paper(hall, tills)
    _documents(hall, tills, jobs)
    owners = {job["id"]: job["actor"]["label"] for job in jobs}
    for till in tills:
        _heard(till, owners)
        _events(till)


def _paper(hall: Hall, tills: Sequence[Till]) -> None:
    """On each printer's paper are those tills only that may use it."""
    for printer in hall.printers:
        allowed = {till.number for till in tills if printer in till.printers}
        strangers = marks.tills_in(hall.paper(printer)) - allowed
        hall.report.check(not strangers, f"{printer}: on its paper are lines of the tills {sorted(strangers)}")
        hall.report.check("Nikt" not in hall.paper(printer), f"{printer} printed a sale that was to be refused")


def _documents(hall: Hall, tills: Sequence[Till], jobs: Sequence[Mapping[str, Any]]) -> None:
    """Each order has its one document, on its printer; no document is there that nobody asked for."""
    issued: dict[tuple[str, str], list[IssuedDocument]] = defaultdict(list)
    for printer in hall.printers:
        for document in hall.documents(printer):
            issued[printer, document.reference].append(document)
            hall.report.check(document.kind == "receipt", f"{printer}: a {document.kind} {document.reference!r} came out")
    journal = {job["reference"]: job for job in jobs}
    hall.report.check(len(journal) == len(jobs), "a reference has several jobs")
    for till in tills:
        for order in till.orders:
            found = issued.pop((order.printer, order.reference), [])
            _order(till, order, found, journal.pop(order.reference, None))
    for (printer, reference), left in issued.items():
        hall.report.check(False, f"{printer}: {len(left)} receipts {reference!r} that nobody asked for there")
    for reference, job in journal.items():
        hall.report.check(False, f"the journal has {reference!r} of {job['actor']['label']}, which no till ordered")
    hall.report.counts["receipts on paper"] = sum(len(hall.documents(printer)) for printer in hall.printers)


def _order(till: Till, order: Order, issued: Sequence[IssuedDocument], job: Mapping[str, Any] | None) -> None:
    what = f"{till}: {order.reference} on {order.printer}"
    check = till.hall.report.check
    if job is None:  # its token went before it was accepted
        check(order.job is None, f"{what}: the job {order.job} that it was told is not in the journal")
        check(not issued, f"{what}: {len(issued)} receipts without a job")
        return
    check(job["state"] == "done" and job["success"] is True, f"{what}: the journal says {job['state']}: {job['error']}")
    check(order.job in (None, job["id"]), f"{what}: it was told the job {order.job}, the journal says {job['id']}")
    by = job["actor"]
    check((by["label"], by["os_user"]) == (till.mark, till.peer.user), f"{what}: the journal says that {by} asked for it")
    check(len(issued) == 1, f"{what}: {len(issued)} receipts came out")
    for document in issued:
        names = [line["name"] for line in document.lines]
        right = names == [f"Towar {till.mark}"] and document.total == order.total
        check(right, f"{what}: the receipt says {names} and {document.total}, not {order.total}")


def _heard(till: Till, owners: Mapping[str, str]) -> None:
    """Nothing that it was ever told has the mark of another till, a printer that is not its own, or another till's job."""
    for heard in till.heard:
        text = _without_shared(heard.text)
        tills = marks.tills_in(text) - marks.tills_in(heard.said) - {till.number}
        printers = marks.printers_in(text) - marks.printers_in(heard.said) - set(till.printers)
        jobs = {owners[job] for job in marks.jobs_in(text) if job not in heard.said and owners.get(job, till.mark) != till.mark}
        foreign = sorted({marks.of_till(number) for number in tills} | printers | jobs)
        till.hall.report.check(not foreign, f"{till} was told of {foreign}: {heard.where}: {text[:300]}")
        if '"gate.rate"' in text:
            till.hall.report.counts[f"429 of {till}"] += 1
    till.hall.report.counts["answers and events looked through"] += len(till.heard)


def _events(till: Till) -> None:
    """Every event of its own jobs since it began to listen, each once and in order; a till whose token went has the first
    ones of them."""
    rows = till.hall.bridge.store.database.read(
        "SELECT e.seq, e.kind, e.job FROM events e JOIN jobs j ON j.id = e.job"
        " WHERE e.seq > ? AND json_extract(j.actor, '$.label') = ? ORDER BY e.seq",
        (till.first_event, till.mark),
    )
    wanted = [(row["seq"], row["kind"], row["job"]) for row in rows]
    if till.socket is None:
        wanted = wanted[: len(till.events)]
    report = till.hall.report
    report.check(till.events == wanted, f"{till}: its events are not those of its jobs: {_difference(till.events, wanted)}")
    report.counts["events"] += len(till.events)


def _difference(seen: Sequence[tuple[int, str, str]], wanted: Sequence[tuple[int, str, str]]) -> str:
    missing, strange = Counter(wanted) - Counter(seen), Counter(seen) - Counter(wanted)
    return f"{list(missing)[:3]} missing, {list(strange)[:3]} too much" if missing or strange else "in another order"


def _without_shared(text: str) -> str:
    """A body without what all tills of a printer see alike."""
    if not any(f'"{name}"' in text for name in _SHARED):
        return text
    return json.dumps(_pruned(json.loads(text)), ensure_ascii=False)


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _pruned(item) for name, item in value.items() if name not in _SHARED}
    return [_pruned(item) for item in value] if isinstance(value, list) else value


def only_the_flooding_one_was_held_up(tills: Sequence[Till], flooding: Till) -> None:
    """Limits are each token's own."""
    for till in tills:
        held_up = till.hall.report.counts.get(f"429 of {till}", 0)
        if till is not flooding:
            till.hall.report.check(not held_up, f"{till} was told {held_up} times to wait, for what {flooding} did")
