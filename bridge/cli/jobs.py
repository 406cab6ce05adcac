"""`tillbridge jobs`: what was asked of the devices and what became of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from bridge.cli.client import Client, segment
from bridge.cli.data_dir import data_dir_option, json_option
from bridge.cli.errors import CliError
from bridge.cli.output import console, facts, moment, print_json, progress, short_moment, styled, table

STATES = ("queued", "running", "unresolved", "done", "failed")


@click.group()
def jobs() -> None:
    """Jobs and their outcomes."""


@jobs.command("list")
@click.option("--device", metavar="ID", help="Of one device.")
@click.option("--state", type=click.Choice(STATES), help="In one state.")
@click.option("--reference", help="With the till's own order number.")
@click.option("--collected/--not-collected", default=None, help="Whose outcome the till has, or has not.")
@click.option("--after", metavar="ID", help="Continue after this job.")
@click.option("--limit", type=click.IntRange(1, 10000), default=50, show_default=True)
@data_dir_option
@json_option
def list_(
    device: str | None,
    state: str | None,
    reference: str | None,
    collected: bool | None,
    after: str | None,
    limit: int,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Jobs, page by page."""
    client = Client.connect(data_dir)
    filters = {"device": device, "state": state, "reference": reference}
    filters["collected"] = None if collected is None else str(collected).lower()
    with progress("Reading the journal"):
        found, after = client.listed("/jobs", "jobs", limit=limit, after=after, **filters)
    if as_json:
        print_json({"jobs": found, "next": after})
        return
    if not found:
        click.echo("No such jobs.")
        return
    with_reference = any(job.get("reference") for job in found)
    columns = ["Job|whole", "Device", "Operation", "State|whole", "Number", "Total|right", "Created|whole"]
    shown = table(*columns, *(["Reference"] if with_reference else []), close=True)
    for job in found:
        document = _document(job)
        shown.add_row(
            job["id"],
            job["device"],
            job["op"],
            styled(job["state"]),
            _number(job),
            document.get("total") or "",
            short_moment(job["created_at"]),
            *([job.get("reference") or ""] if with_reference else []),
        )
    console().print(shown)
    if after is not None:
        click.echo(f"More: --after {after}")


@jobs.command()
@click.argument("job_id", metavar="ID")
@data_dir_option
@json_option
def show(job_id: str, data_dir: Path, as_json: bool) -> None:
    """One job with its history."""
    job = Client.connect(data_dir).get(f"/jobs/{segment(job_id)}")
    if as_json:
        print_json(job)
    else:
        print_job(job)


_ENDINGS = {".txt": "text", ".html": "html", ".htm": "html", ".svg": "svg", ".png": "png"}


@jobs.command()
@click.argument("job_id", metavar="ID")
@click.option(
    "--format", "format_", type=click.Choice(["text", "html", "svg", "png"]), help="How; by the file's ending, else text."
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Into a file.")
@data_dir_option
def receipt(job_id: str, format_: str | None, output: Path | None, data_dir: Path) -> None:
    """The paper of a job: receipt, report or slip, as a picture of it."""
    wanted = format_ or (_ENDINGS.get(output.suffix.lower(), "text") if output is not None else "text")
    if output is None and wanted == "png" and sys.stdout.isatty():
        raise CliError("A PNG is nothing for a terminal.", "Name a file: -o receipt.png")
    client = Client.connect(data_dir)
    with progress("Drawing the receipt"):
        drawn = client.content(f"/jobs/{segment(job_id)}/receipt?format={wanted}")
    if output is None:
        click.echo(drawn, nl=False)
        return
    try:
        output.write_bytes(drawn)
    except OSError as error:
        raise CliError(f"{output} cannot be written: {error.strerror}.") from None
    click.echo(f"{output}: {len(drawn)} bytes.")


@jobs.command()
@click.argument("job_id", metavar="ID")
@click.option(
    "--verdict",
    type=click.Choice(["issued", "not_issued", "recheck"]),
    required=True,
    help="What the paper says, or of a card payment the terminal, its journal and its slips; recheck asks the device again.",
)
@click.option("--reason", required=True, help="How you know, for the audit.")
@click.option("--document", metavar="NUMBER", help="The number on the paper, or on the terminal's slip, if it was issued.")
@click.option("--operator", metavar="NAME", help="Who decides, for the audit.")
@data_dir_option
@json_option
def resolve(
    job_id: str, verdict: str, reason: str, document: str | None, operator: str | None, data_dir: Path, as_json: bool
) -> None:
    """Settle an unresolved job by hand."""
    body: dict[str, Any] = {"verdict": verdict, "reason": reason}
    if document:
        body["document"] = document
    if operator:
        body["operator"] = {"name": operator}
    client = Client.connect(data_dir)
    with progress("Settling the job"):
        job = client.post(f"/jobs/{segment(job_id)}/resolve", body)
    if as_json:
        print_json(job)
    else:
        print_job(job)


def print_job(job: dict[str, Any]) -> None:
    """A job for people: what it was, how it stands, what to do."""
    document = _document(job)
    result = job.get("result") or {}
    payment = result.get("payment") or {}
    error = job.get("error") or {}
    attention = job.get("attention") or {}
    registration = result.get("registration") or {}
    rows: list[tuple[str, Any]] = [
        ("State", styled(job["state"])),
        ("Device", job["device"]),
        ("Operation", job["op"]),
        ("Reference", job.get("reference")),
        ("Place in queue", job.get("queue_position")),
        ("Waits for", attention.get("text")),
        ("Number", document.get("number")),
        ("Fiscal id", document.get("fiscal_id")),
        ("Total", document.get("total")),
        *_payment_rows(payment, job.get("operation") or {}),
        ("Paper", result.get("paper") if document else None),
        ("Registration", registration.get("state") if registration.get("state") not in (None, "none") else None),
        ("Error", error.get("message")),
        ("Code", error.get("code")),
        ("Device says", " ".join(str(error[name]) for name in ("device_code", "device_text") if error.get(name))),
        ("What to do", error.get("remedy")),
        ("By", (job.get("actor") or {}).get("principal")),
    ]
    rows += [("Warning", warning["message"]) for warning in result.get("warnings") or ()]
    rows += [
        (moment(step["at"]), f"{step['state']}{': ' + step['note'] if step.get('note') else ''}")
        for step in job.get("history") or ()
    ]
    rows += [
        (moment(change["at"]), f"amended: {', '.join(f'{key} {value}' for key, value in change['changes'].items())}")
        for change in job.get("amendments") or ()
    ]
    console().print(facts(rows, title=job["id"]))


def _payment_rows(payment: dict[str, Any], operation: dict[str, Any]) -> list[tuple[str, Any]]:
    """What the terminal decided; until then what it was asked for."""
    if not payment:
        return [("Amount", joined(operation, "amount", "currency") if operation.get("amount") else None)]
    requested = payment["requested"] if payment["requested"] != payment["approved"] else None
    return [
        ("Payment", joined(payment, "outcome", "approved", "currency")),
        ("Requested", requested),
        ("Tip in it", payment.get("tip")),
        ("Cash in it", payment.get("cashback")),
        ("Fee in it", payment.get("fee")),
        ("Reason", joined(payment, "reason_code", "reason_text")),
        ("Card", joined(payment, "scheme", "masked_pan")),
        ("Authorisation", payment.get("authorisation_code")),
        ("Slip", payment.get("receipt_number")),
        ("Trace", payment.get("trace_number")),
    ]


def joined(source: dict[str, Any], *names: str) -> str:
    """Those that are there, with spaces between."""
    return " ".join(str(source[name]) for name in names if source.get(name) is not None)


def _document(job: dict[str, Any]) -> dict[str, Any]:
    return ((job.get("result") or {}).get("document")) or {}


def _number(job: dict[str, Any]) -> str:
    payment = (job.get("result") or {}).get("payment")
    return str(payment["outcome"]) if payment else str(_document(job).get("number") or "")
