"""`tillbridge sell`: a sale from the command line, the way a till makes it: one key, repeated until the outcome is known."""

from __future__ import annotations

import json
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import click

from bridge.cli.client import Client
from bridge.cli.data_dir import data_dir_option, json_option
from bridge.cli.devices import currency_of
from bridge.cli.errors import CliError
from bridge.cli.jobs import print_job
from bridge.cli.output import Progress, print_json, progress
from bridge.cli.submitting import look, repeating, submit

# One request's share of the wait: short enough that what the job waits for (paper, a cover) is shown as it changes.
_WAIT_SECONDS = 5.0

FAILED = 1
NOT_KNOWN = 3


@click.command()
@click.option("--device", required=True, metavar="ID", help="The device that prints.")
@click.option("--line", "lines", multiple=True, metavar='"NAME;QTY;PRICE;VAT"', help='A line, e.g. "Chleb;2;4.50;5%".')
@click.option("--pay", "payments", multiple=True, metavar="KIND=AMOUNT", help="A payment, e.g. cash=30.00.")
@click.option("--file", "file", type=click.File("rb"), help="The receipt as JSON instead; - reads it from stdin.")
@click.option("--currency", metavar="CODE", help="Default: the device's own.")
@click.option("--reference", help="The order number of the till.")
@click.option("--operator", metavar="NAME", help="The cashier.")
@click.option("--key", help="The idempotency key; the same key never sells twice. Default: a new one.")
@click.option(
    "--wait", "seconds", type=click.FloatRange(0), default=120.0, show_default=True, help="Seconds to wait for the outcome."
)
@data_dir_option
@json_option
def sell(
    device: str,
    lines: tuple[str, ...],
    payments: tuple[str, ...],
    file: Any,
    currency: str | None,
    reference: str | None,
    operator: str | None,
    key: str | None,
    seconds: float,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Make a sale and show its number.

    Exit code 0: issued. 1: surely not issued. 3: not known yet; the same --key tells later.
    """
    if (file is None) == (not lines):
        raise click.UsageError("Give either --line (one for each line) or --file.")
    if file is not None and payments:
        raise click.UsageError("--pay goes with --line; in a --file the payments are part of the receipt.")
    with repeating("sale", key):
        client = Client.connect(data_dir)
        chosen_currency = currency or ("" if file is not None else currency_of(client, device))
    receipt = _from_file(file) if file is not None else _from_options(lines, payments, chosen_currency)
    if reference:
        receipt["reference"] = reference
    if operator:
        receipt["operator"] = {"name": operator}
    chosen = key or uuid.uuid4().hex
    with progress(f"Selling on {device}") as shown:
        job = _sell(client, device, receipt, chosen, seconds, shown, repeated=key is not None)
    if as_json:
        print_json(job)
    else:
        print_job(job)
        _conclude(job, chosen)
    if job["state"] == "done" and job.get("success"):
        return
    sys.exit(FAILED if job["state"] in ("done", "failed") else NOT_KNOWN)


def _sell(
    client: Client, device: str, receipt: dict[str, Any], key: str, seconds: float, shown: Progress, *, repeated: bool
) -> dict[str, Any]:
    """Submit with one key until the server has answered, then wait for the outcome."""
    until = time.monotonic() + seconds
    job = submit(client, device, receipt, key, what="sale", repeated=repeated, wait=_WAIT_SECONDS, until=until, say=shown.say)
    while job["state"] not in ("done", "failed") and time.monotonic() < until:
        attention = job.get("attention") or {}
        shown.say(str(attention.get("text") or f"{job['state']} on {device}"))
        job = look(client, job, wait=min(_WAIT_SECONDS, max(until - time.monotonic(), 1.0)), say=shown.say)
    return job


def _conclude(job: dict[str, Any], key: str) -> None:
    """The last word, for the person at the till."""
    number = ((job.get("result") or {}).get("document") or {}).get("number")
    match job["state"]:
        case "done":
            click.echo(f"Issued: {number or 'without a number'}." if job.get("success") else "Done, but not confirmed.")
        case "failed":
            click.echo("Not issued.", err=True)
        case _:
            click.echo(f"Not finished yet: see tillbridge jobs show {job['id']}, or repeat with --key {key}.", err=True)


def _from_file(file: Any) -> dict[str, Any]:
    name = getattr(file, "name", "standard input")
    try:
        receipt = json.loads(file.read().decode("utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise CliError(f"{name} is no JSON: {error}.") from None
    if not isinstance(receipt, dict):
        raise CliError(f"{name} must hold one JSON object: the receipt.")
    return {"op": "receipt", **receipt}


def _from_options(lines: tuple[str, ...], payments: tuple[str, ...], currency: str) -> dict[str, Any]:
    return {
        "op": "receipt",
        "kind": "sale",
        "currency": currency,
        "lines": [_line(line) for line in lines],
        "payments": [_payment(payment) for payment in payments],
    }


def _line(text: str) -> dict[str, str]:
    parts = [part.strip() for part in text.rsplit(";", 3)]
    if len(parts) != 4 or not all(parts):
        raise click.BadParameter(f'{text!r} is not "NAME;QTY;PRICE;VAT", e.g. "Chleb;2;4.50;5%"', param_hint="--line")
    return dict(zip(("name", "quantity", "price", "vat"), parts, strict=True))


def _payment(text: str) -> dict[str, str]:
    kind, equals, amount = text.partition("=")
    if not equals or not kind or not amount:
        raise click.BadParameter(f"{text!r} is not KIND=AMOUNT, e.g. cash=30.00", param_hint="--pay")
    return {"kind": kind.strip(), "amount": amount.strip()}
