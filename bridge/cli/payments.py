"""`tillbridge payments`: the card payments among the jobs, and asking a terminal again what became of one."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import click

from bridge.cli.client import Client, Refused, segment
from bridge.cli.data_dir import data_dir_option, json_option
from bridge.cli.errors import CannotRun, CliError, NotKnown, told
from bridge.cli.jobs import STATES, joined, print_job
from bridge.cli.output import console, print_json, progress, short_moment, styled, table

OUTCOMES = ("approved", "partial", "declined", "cancelled", "timed_out", "reversed")

# How a payment ends a command.
PAID, NOT_PAID, NOT_KNOWN, PAID_IN_PART = 0, 1, 3, 4

_NO_SUCH = 404
_NOT_YET = 202


@click.group()
def payments() -> None:
    """Card payments and their outcomes."""


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
    ("Approved|right", lambda job: _amount(_decided(job), "approved")),
    ("Requested|right", lambda job: _requested(job)),
    ("Tip|right", lambda job: _decided(job).get("tip")),
    ("Cash|right", lambda job: _decided(job).get("cashback")),
    ("Card", lambda job: joined(_decided(job), "scheme", "masked_pan")),
    ("Slip|whole", lambda job: _decided(job).get("receipt_number")),
    ("Trace|whole", lambda job: _decided(job).get("trace_number")),
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
    approved, requested = _amount(_decided(job), "approved"), _requested(job)
    return [approved or requested, *([f"of {requested}"] if approved and requested else []), *_named(job, "tip", "cashback")]


def _card(job: dict[str, Any]) -> list[str]:
    """What hides its number is one sign here."""
    payment = _decided(job)
    return [payment.get("scheme") or "", re.sub(r"\*{2,}", "…", payment.get("masked_pan") or "")]


def _named(job: dict[str, Any], *names: str) -> list[str]:
    """What the payment has of these, each with its name."""
    return [f"{_NAMES[name]} {_decided(job)[name]}" for name in names if _decided(job).get(name) is not None]


def _operation(job: dict[str, Any]) -> str:
    return str(job["op"]).removeprefix("payment.")


def _outcome(job: dict[str, Any]) -> Any:
    return styled(_decided(job).get("outcome") or job["state"])


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
    stood = _decided(before).get("outcome")
    if before["state"] == "unresolved":
        if status == _NOT_YET:
            return "Still not known: the terminal has not answered, or does not know. It is asked again by itself."
        return f"The terminal has answered. {conclusion(job)}"
    if before["state"] == "failed" or stood not in ("approved", "partial"):
        return f"The terminal was not asked: this does not change any more. {conclusion(job)}"
    if status == _NOT_YET:
        return "The terminal has not answered yet. What stands above is what was known before; ask again."
    if _decided(job).get("outcome") != stood:
        return f"The terminal has answered. {conclusion(job)}"
    return f"The terminal says the same as before. {conclusion(job)}"


def exit_code(job: dict[str, Any]) -> int:
    """By what is known to have been charged (or given back)."""
    if job["state"] == "failed":
        return NOT_PAID
    if job["state"] != "done":
        return NOT_KNOWN
    if job.get("success"):
        return PAID
    payment = _decided(job)
    if not payment:
        return NOT_KNOWN
    return PAID_IN_PART if payment["outcome"] == "partial" else NOT_PAID


# By operation: what it is once it is done; what it surely was not; and what is not known of it, with what must not be done then.
_CHARGED = ("Paid", "nothing was charged", "the card was charged: hand out nothing, and do not pay again.")
_WORDS = {
    "payment.purchase": _CHARGED,
    "payment.capture": _CHARGED,
    "payment.refund": (
        "Given back",
        "no money was given back",
        "the money was given back: do not give it back again, in cash neither.",
    ),
    "payment.reversal": ("Taken back", "the payment stands", "the payment was taken back: do not give the money back otherwise."),
    "payment.preauthorise": ("Reserved", "nothing was reserved", "the amount was reserved: do not reserve it again."),
    "payment.release": ("Given up", "the reservation stands", "the reservation was given up: do not charge it."),
}


def conclusion(job: dict[str, Any]) -> str:
    """The last word, for the person at the till."""
    payment = _decided(job)
    done, surely, unknown = _WORDS.get(job["op"], _CHARGED)
    amount = _amount(payment, "approved")
    match exit_code(job):
        case 0:
            return f"{done}: {amount}." if amount else f"{done}."
        case 4:
            return f"Approved in part: {amount} of {_amount(payment, 'requested')}. Take the rest otherwise, or take this back."
        case 1 if payment:
            because = payment.get("reason_text") or payment.get("reason_code")
            return f"Not {done.lower()}: {payment['outcome'].replace('_', ' ')}{f' ({because})' if because else ''}."
        case 1:
            return f"Not {done.lower()}: surely {surely}."
        case _ if job["state"] == "done":
            return "What the terminal said of it is not kept any more."
        case _ if job["state"] == "unresolved":
            return f"It is not known whether {unknown} tillbridge payments refresh {job['id']} asks the terminal."
        case _:
            return f"Not finished yet, and it goes on at the terminal: see tillbridge jobs show {job['id']}."


def _amount(source: dict[str, Any], name: str) -> str:
    """With its currency; empty where there is none."""
    return joined(source, name, "currency") if source.get(name) is not None else ""


def _decided(job: dict[str, Any]) -> dict[str, Any]:
    """What the terminal decided; empty where it has not."""
    return ((job.get("result") or {}).get("payment")) or {}


def _requested(job: dict[str, Any]) -> str:
    """Where it is not what was approved."""
    payment = _decided(job)
    if not payment:
        return _amount(job.get("operation") or {}, "amount")
    return str(payment["requested"]) if payment["requested"] != payment["approved"] else ""


def _moment(text: str | None) -> str | None:
    if text is None:
        return None
    from bridge.server.diagnosis import logfiles

    with told():
        return logfiles.since(text).isoformat()
