"""`tillbridge payments`: the card payments among the jobs, asking a terminal again what became of one, and taking one back."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import click

from bridge.cli.client import Client, Refused, segment
from bridge.cli.data_dir import data_dir_option, json_option
from bridge.cli.errors import CannotRun, CliError, NotKnown, told
from bridge.cli.giving_back import refund, reverse
from bridge.cli.jobs import STATES, joined, print_job
from bridge.cli.output import console, print_json, progress, short_moment, styled, table
from bridge.cli.payment_ends import NOT_KNOWN, amount_of, conclusion, decided, exit_code

OUTCOMES = ("approved", "partial", "declined", "cancelled", "timed_out", "reversed")

_NO_SUCH = 404
_NOT_YET = 202


@click.group()
def payments() -> None:
    """Card payments and their outcomes."""


payments.add_command(reverse)
payments.add_command(refund)


@payments.command("list")
@click.option("--device", metavar="ID", help="Of one device.")
@click.option("--outcome", "outcomes", multiple=True, type=click.Choice(OUTCOMES), help="With this outcome; may be repeated.")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="In this state; may be repeated.")
@click.option("--from", "since", metavar="TIME", help="Accepted since: 15m, 1h, 7d ago, or a moment such as 2026-11-20T21:00.")
@click.option("--to", "until", metavar="TIME", help="Accepted before.")
@click.option("--reference", help="With the till's own order number.")
@click.option("--original", metavar="JOB", help="What was done with this payment: its refunds, its reversal, its capture.")
@click.option("--after", metavar="ID", help="Continue after this job.")
@click.option("--limit", type=click.IntRange(1, 10000), default=50, show_default=True)
@data_dir_option
@json_option
def list_(
    device: str | None,
    outcomes: tuple[str, ...],
    states: tuple[str, ...],
    since: str | None,
    until: str | None,
    reference: str | None,
    original: str | None,
    after: str | None,
    limit: int,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Card payments, newest first, page by page."""
    filters = {
        "device": device,
        "outcome": ",".join(outcomes) or None,
        "state": ",".join(states) or None,
        "from": _moment(since),
        "to": _moment(until),
        "reference": reference,
        "original": original,
    }
    client = Client.connect(data_dir)
    with progress("Reading the journal"):
        found, after = client.listed("/payments", "payments", limit=limit, after=after, **filters)
    if as_json:
        print_json({"payments": found, "next": after})
        return
    if not found:
        click.echo("No such payments.")
        return
    _print(found)
    if after is not None:
        click.echo(f"More: --after {after}")


_WIDE = (
    ("Job|whole", lambda job: job["id"]),
    ("Accepted|whole", lambda job: short_moment(job["created_at"])),
    ("Device", lambda job: job["device"]),
    ("Operation", lambda job: _operation(job)),
    ("Outcome|whole", lambda job: _outcome(job)),
    ("Approved|right", lambda job: amount_of(decided(job), "approved")),
    ("Requested|right", lambda job: _requested(job)),
    ("Tip|right", lambda job: decided(job).get("tip")),
    ("Cash|right", lambda job: decided(job).get("cashback")),
    ("Card", lambda job: joined(decided(job), "scheme", "masked_pan")),
    ("Slip|whole", lambda job: decided(job).get("receipt_number")),
    ("Trace|whole", lambda job: decided(job).get("trace_number")),
    ("Reference", lambda job: job.get("reference")),
)
_NARROW = (
    ("Job|whole", lambda job: f"{job['id']}\n{short_moment(job['created_at'])}  {job.get('reference') or ''}"),
    ("Device|whole", lambda job: f"{job['device']}\n{_operation(job)}"),
    ("Outcome|whole", lambda job: _outcome(job)),
    ("Amount|right", lambda job: _lines(*_amounts(job))),
    ("Card, numbers", lambda job: _lines(*_card(job), *_named(job, "receipt_number", "trace_number"))),
)
_NAMES = {"tip": "tip", "cashback": "cash", "receipt_number": "slip", "trace_number": "trace"}
# Those that only some payments have: left out where none of the page has any.
_SOMETIMES = frozenset({"Requested|right", "Tip|right", "Cash|right", "Card", "Slip|whole", "Trace|whole", "Reference"})
# Below it what belongs together stands in lines one below the other.
_WIDE_ENOUGH = 150


def _print(found: list[dict[str, Any]]) -> None:
    screen = console()
    wanted = _WIDE if screen.width >= _WIDE_ENOUGH else _NARROW
    columns = [(name, read) for name, read in wanted if name not in _SOMETIMES or any(read(job) for job in found)]
    shown = table(*(name for name, _ in columns), close=True)
    for job in found:
        shown.add_row(*(read(job) or "" for _, read in columns))
    screen.print(shown)


def _lines(*lines: str) -> str:
    return "\n".join(filter(None, lines))


def _amounts(job: dict[str, Any]) -> list[str]:
    """What was approved, else what is asked for; and its parts."""
    approved, requested = amount_of(decided(job), "approved"), _requested(job)
    return [approved or requested, *([f"of {requested}"] if approved and requested else []), *_named(job, "tip", "cashback")]


def _card(job: dict[str, Any]) -> list[str]:
    """What hides its number is one sign here."""
    payment = decided(job)
    return [payment.get("scheme") or "", re.sub(r"\*{2,}", "…", payment.get("masked_pan") or "")]


def _named(job: dict[str, Any], *names: str) -> list[str]:
    """What the payment has of these, each with its name."""
    return [f"{_NAMES[name]} {decided(job)[name]}" for name in names if decided(job).get(name) is not None]


def _operation(job: dict[str, Any]) -> str:
    return str(job["op"]).removeprefix("payment.")


def _outcome(job: dict[str, Any]) -> Any:
    return styled(decided(job).get("outcome") or job["state"])


@payments.command()
@click.argument("job_id", metavar="JOB")
@click.option("--wait", "seconds", type=click.FloatRange(1, 600), default=20.0, show_default=True, help="Seconds for its answer.")
@data_dir_option
@json_option
def refresh(job_id: str, seconds: float, data_dir: Path, as_json: bool) -> None:
    """Ask the terminal again what became of the payment of JOB. Nothing is charged by it.

    Exit code 0: it stands. 1: nothing is charged, or it was taken back. 4: a part is charged. 3: not known, or the terminal
    could not be asked.
    """
    client = Client.connect(data_dir)
    path = f"/payments/{segment(job_id)}/refresh"
    try:
        before = client.get(f"/jobs/{segment(job_id)}")
        with progress(f"Asking {before['device']}"):
            status, job = client.answered("POST", path, {}, wait=seconds)
    except CliError as error:
        if isinstance(error, Refused) and error.status == _NO_SUCH:
            raise CannotRun(error.message, error.remedy) from None
        raise NotKnown(f"{error.message} What was known before is all that is known.", error.remedy) from None
    if as_json:
        print_json(job)
    else:
        print_job(job)
        click.echo(_answer(before, job, status))
    sys.exit(NOT_KNOWN if status == _NOT_YET else exit_code(job))


def _answer(before: dict[str, Any], job: dict[str, Any], status: int) -> str:
    """What the terminal said, or that it said nothing."""
    stood = decided(before).get("outcome")
    if before["state"] == "unresolved":
        if status == _NOT_YET:
            return "Still not known: the terminal has not answered, or does not know. It is asked again by itself."
        return f"The terminal has answered. {conclusion(job)}"
    if before["state"] == "failed" or stood not in ("approved", "partial"):
        return f"The terminal was not asked: this does not change any more. {conclusion(job)}"
    if status == _NOT_YET:
        return "The terminal has not answered yet. What stands above is what was known before; ask again."
    if decided(job).get("outcome") != stood:
        return f"The terminal has answered. {conclusion(job)}"
    return f"The terminal says the same as before. {conclusion(job)}"


def _requested(job: dict[str, Any]) -> str:
    """Where it is not what was approved."""
    payment = decided(job)
    if not payment:
        return amount_of(job.get("operation") or {}, "amount")
    return str(payment["requested"]) if payment["requested"] != payment["approved"] else ""


def _moment(text: str | None) -> str | None:
    if text is None:
        return None
    from bridge.server.diagnosis import logfiles

    with told():
        return logfiles.since(text).isoformat()
