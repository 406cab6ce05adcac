"""`tillbridge payments reverse` and `refund`: a card payment taken back by the job that made it, as `tillbridge pay` takes one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bridge.cli.client import Client, segment
from bridge.cli.data_dir import data_dir_option, json_option
from bridge.cli.errors import CliError
from bridge.cli.pay import carry_out
from bridge.cli.payment_ends import decided
from bridge.cli.submitting import repeating

# Whether it is so still, the bridge says.
_ONCE_APPROVED = ("approved", "partial", "reversed")


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """What both have."""
    for option in reversed(
        (
            click.argument("job_id", metavar="JOB"),
            click.option("--reference", help="The order number of the till."),
            click.option("--operator", metavar="NAME", help="The cashier."),
            click.option("--key", help="The idempotency key; with the same key it is never done twice. Default: a new one."),
            click.option(
                "--wait",
                "seconds",
                type=click.FloatRange(0),
                default=180.0,
                show_default=True,
                help="Seconds to wait for the outcome.",
            ),
            data_dir_option,
            json_option,
        )
    ):
        command = option(command)
    return command


@click.command()
@_options
def reverse(
    job_id: str, reference: str | None, operator: str | None, key: str | None, seconds: float, data_dir: Path, as_json: bool
) -> None:
    """Take the payment of JOB back, all of it, as if it had not been. Most terminals can until their next reconciliation.

    Exit code 0: taken back. 1: surely not, the payment stands. 3: not known yet; the same --key tells later. 130: left.
    """
    client, payment = _payment(job_id, key, data_dir)
    body = _body("payment.reversal", job_id, reference, operator)
    click.echo(f"{_shown(payment)} is taken back at {payment['device']}. Ctrl+C asks for the end.", err=True)
    carry_out(client, payment["device"], body, key, what="reversal", seconds=seconds, as_json=as_json)


@click.command()
@click.option("--amount", metavar="AMOUNT", help="A part of it. Default: all that was paid.")
@_options
def refund(
    job_id: str,
    amount: str | None,
    reference: str | None,
    operator: str | None,
    key: str | None,
    seconds: float,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Give the money of the payment of JOB back to its card, or a part of it. The payment itself stands.

    Exit code 0: given back. 1: surely nothing was. 3: not known yet; the same --key tells later. 130: left.
    """
    client, payment = _payment(job_id, key, data_dir)
    made = decided(payment)
    # Not what is left of it: with the same key it must be the same request, whatever was given back meanwhile.
    money = {"amount": amount or made.get("approved"), "currency": made.get("currency")}
    if made.get("outcome") not in _ONCE_APPROVED:
        ended = made.get("outcome") or payment["state"]
        with repeating("refund", key):
            raise CliError(f"The payment of job {job_id} was not approved ({ended}): nothing of it can be given back.")
    body = _body("payment.refund", job_id, reference, operator) | money
    click.echo(f"{money['amount']} {money['currency']} is given back at {payment['device']}. Ctrl+C asks for the end.", err=True)
    carry_out(client, payment["device"], body, key, what="refund", seconds=seconds, as_json=as_json)


def _payment(job_id: str, key: str | None, data_dir: Path) -> tuple[Client, dict[str, Any]]:
    """The job that is to be taken back; what it must be, the bridge knows better."""
    with repeating("request", key):
        client = Client.connect(data_dir)
        job: dict[str, Any] = client.get(f"/jobs/{segment(job_id)}")
    return client, job


def _body(op: str, job_id: str, reference: str | None, operator: str | None) -> dict[str, Any]:
    return {
        "op": op,
        "original": {"job": job_id},
        **({"reference": reference} if reference else {}),
        **({"operator": {"name": operator}} if operator else {}),
    }


def _shown(job: dict[str, Any]) -> str:
    payment = decided(job)
    return f"{payment['approved']} {payment['currency']}" if payment else f"Job {job['id']}"
