"""The table at the end of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tests.crash.orders import Order
from tests.crash.printers import DEVICES
from tests.crash.run import Report

_SHOWN = 40


def table(report: Report) -> str:
    """Kills, jobs, documents, violations; one figure a line."""
    orders = report.ledger.orders
    lines = [
        f"seed {report.plan.seed}, {report.seconds:.0f} s, {report.plan.tills} tills, {len(DEVICES)} printers",
        "",
        *_row("kills", report.kills.total()),
    ]
    for (kind, moment), count in sorted(report.kills.items()):
        lines += _row(f"  {kind}, {moment}", count)
    lines += _row("power cuts of a printer", report.power_cuts)
    lines += _row("comparisons in between and at the end", report.rests)
    lines += _row("jobs", len(orders))
    for kind, count in sorted(Counter(order.kind for order in orders).items()):
        lines += _row(f"  {kind}", count)
    for state, count in sorted(Counter(order.state for order in orders).items()):
        lines += _row(f"  {state}", count)
    for code, count in sorted(Counter(order.error for order in orders if order.error is not None).items()):
        lines += _row(f"    {code}", count)
    lines += _row("in doubt at some time", sum(order.was_in_doubt for order in orders))
    lines += _row("  recovered: the document had come out", _doubtful(orders, "done"))
    lines += _row("  recovered: it had not", _doubtful(orders, "failed"))
    lines += _row("  the device could not tell", sum(order.state == "unresolved" for order in orders))
    lines += _row("documents whose number the device could not tell", sum("number_unknown" in order.warnings for order in orders))
    lines += _row("effects without confirmation", sum("unconfirmed" in order.warnings for order in orders))
    lines += _row("keys sent again", report.ledger.repeats)
    lines += _row("outcomes told before a kill, told again after it", report.ledger.confirmed_after_kill)
    for status, count in sorted(report.answers.items()):
        lines += _row(f"  answers: {status}", count)
    lines += _row("documents", report.documents.total())
    for kind, count in sorted(report.documents.items()):
        lines += _row(f"  {kind.replace('_', ' ')}", count)
    lines += _row("  slips with the reference of a failed sale", report.stale_slips)
    lines += _row("violations", len(report.ledger.violations))
    lines += [f"  kill {cycle}: {text}" for cycle, text in report.ledger.violations[:_SHOWN]]
    if report.kept is not None:
        lines.append(f"  kept: {report.kept}")
    return "\n".join(lines)


def _doubtful(orders: Iterable[Order], state: str) -> int:
    return sum(order.was_in_doubt and order.state == state for order in orders)


def _row(name: str, count: int) -> list[str]:
    return [f"{name:<52}{count:>8}"]
