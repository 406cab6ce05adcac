"""`tillbridge pay`: a card payment by hand, as a till takes one: one key, each prompt as it comes, Ctrl+C asks for the end."""

from __future__ import annotations

import signal
import sys
import time
import uuid
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click

from bridge.cli.client import Client, segment
from bridge.cli.data_dir import data_dir_option, json_option
from bridge.cli.devices import currency_of
from bridge.cli.errors import CliError, Interrupted
from bridge.cli.jobs import print_job
from bridge.cli.output import moment, print_json
from bridge.cli.payment_ends import NOT_KNOWN, conclusion, exit_code
from bridge.cli.submitting import look, repeating, submit

# A till is told of prompts as they come; who only asks over HTTP must ask often.
_LOOK_SECONDS = 1.0


@click.command()
@click.argument("device")
@click.argument("amount")
@click.argument("currency", required=False)
@click.option("--tip", metavar="AMOUNT", help="Of the amount: for the staff.")
@click.option("--cashback", metavar="AMOUNT", help="Of the amount: paid out in cash.")
@click.option("--allow-partial", is_flag=True, help="The terminal may approve less.")
@click.option("--reference", help="The order number of the till.")
@click.option("--operator", metavar="NAME", help="The cashier.")
@click.option("--key", help="The idempotency key; the same key never charges twice. Default: a new one.")
@click.option(
    "--wait", "seconds", type=click.FloatRange(0), default=180.0, show_default=True, help="Seconds to wait for the outcome."
)
@data_dir_option
@json_option
def pay(
    device: str,
    amount: str,
    currency: str | None,
    tip: str | None,
    cashback: str | None,
    allow_partial: bool,
    reference: str | None,
    operator: str | None,
    key: str | None,
    seconds: float,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Charge a card with AMOUNT, all in all, at the terminal DEVICE: tillbridge pay pay-1 12.50 EUR

    What the terminal waits for is told as it comes; a question of it is put here. Ctrl+C asks the terminal to end it, and tells
    what it answers; a second one leaves the payment to the terminal.

    Exit code 0: paid. 1: surely nothing was charged. 4: less was charged. 3: not known yet; the same --key tells later. 130: left.
    """
    with repeating("payment", key):
        client = Client.connect(data_dir)
        currency = currency or currency_of(client, device)
    purchase: dict[str, Any] = {"op": "payment.purchase", "amount": amount, "currency": currency}
    given = {"tip": tip, "cashback": cashback, "allow_partial": allow_partial or None, "reference": reference}
    purchase |= {name: value for name, value in given.items() if value is not None}
    if operator:
        purchase["operator"] = {"name": operator}
    _say(f"{amount} {currency} at {device}. Ctrl+C asks for the end.")
    carry_out(client, device, purchase, key, what="payment", seconds=seconds, as_json=as_json)


def carry_out(
    client: Client, device: str, body: dict[str, Any], key: str | None, *, what: str, seconds: float, as_json: bool
) -> NoReturn:
    """One job at a terminal, to its end or to the end of the wait; tells what became of it, and ends the command with its exit code.

    `key`: as it was given, None: a new one. `what`: it is called in sentences.
    """
    chosen = key or uuid.uuid4().hex
    with _CtrlC() as ctrl_c:
        until = time.monotonic() + seconds
        job = _Payment(client, ctrl_c, chosen, until, what).take(device, body, repeated=key is not None)
    if as_json:
        print_json(job)
    else:
        print_job(job)
        click.echo(conclusion(job))
        if exit_code(job) == NOT_KNOWN:
            _say(f"The same {what} again, never a second one: --key {chosen}")
    sys.exit(exit_code(job))


class _CtrlC:
    """Presses of Ctrl+C, noted and not raised: what is on its way to the bridge comes to its end. In the middle of a question it is
    raised."""

    def __init__(self) -> None:
        self.pressed = 0
        self.asking = False
        self._before: Any = None

    def __enter__(self) -> _CtrlC:
        self._before = signal.signal(signal.SIGINT, self._heard)
        return self

    def __exit__(self, *_error: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        self.pressed += 1
        if self.asking:
            raise KeyboardInterrupt


class _Payment:
    def __init__(self, client: Client, ctrl_c: _CtrlC, key: str, until: float, what: str) -> None:
        self._client = client
        self._ctrl_c = ctrl_c
        self._key = key
        self._until = until
        self._what = what
        self._told = ""
        self._asked: str | None = None
        self._given_up = False

    def take(self, device: str, body: dict[str, Any], *, repeated: bool) -> dict[str, Any]:
        """Submit, and follow it to its end, to the end of the wait, or until the person leaves. Raises Interrupted, and as `submit`."""
        job = submit(
            self._client,
            device,
            body,
            self._key,
            what=self._what,
            repeated=repeated,
            wait=_LOOK_SECONDS,
            until=self._until,
            say=self._waiting_for_the_bridge,
        )
        while job["state"] not in ("done", "failed"):
            if self._ctrl_c.pressed > 1:
                raise Interrupted(f"Left: job {job['id']} goes on without this command.", f"Repeat it with --key {self._key}")
            if self._ctrl_c.pressed and not self._given_up:
                self._give_up(job)
            if time.monotonic() >= self._until:
                break
            self._tell(job)
            job = look(self._client, job, wait=_LOOK_SECONDS, say=self._once)
        return job

    def _waiting_for_the_bridge(self, text: str) -> None:
        self._once(text)
        if self._ctrl_c.pressed:
            raise Interrupted(
                f"Left, and the bridge did not answer: whether the {self._what} was taken is not known.",
                f"Repeat the command with --key {self._key}",
            )

    def _once(self, text: str) -> None:
        """Each thing as it comes, not as often as it is looked at."""
        if text != self._told:
            self._told = text
            _say(text)

    def _tell(self, job: dict[str, Any]) -> None:
        attention = job.get("attention") or {}
        if attention.get("prompt_id"):
            self._put(job, attention)
        elif attention:
            self._once(str(attention["text"]))
        elif job["state"] == "queued":
            self._once(f"Waits for its turn (place {job.get('queue_position') or 1}).")

    def _put(self, job: dict[str, Any], question: dict[str, Any]) -> None:
        """A question to the cashier, once."""
        if question["prompt_id"] == self._asked:
            return
        self._asked = question["prompt_id"]
        choices = {str(choice["code"]): str(choice["text"]) for choice in question["choices"]}
        _say(str(question["text"]))
        for code, text in choices.items():
            _say(f"  {code}: {text}")
        if question.get("expires_at") and question.get("default") in choices:
            _say(f"  Without an answer by {moment(question['expires_at'])}: {question['default']}")
        if not _somebody_there():
            _say("Nobody can answer here. Answer it at the console: tillbridge console")
            return
        self._ctrl_c.asking = True
        try:
            answer = click.prompt("Answer", type=click.Choice(list(choices)), err=True)
        except (click.Abort, KeyboardInterrupt):
            return  # Ctrl+C is dealt with where any other is; at the end of the input nobody answers
        finally:
            self._ctrl_c.asking = False
        try:
            self._client.post(f"/jobs/{segment(job['id'])}/answer", {"prompt_id": self._asked, "choice": answer})
        except CliError as error:
            _say(f"The answer was not taken: {error.message}")

    def _give_up(self, job: dict[str, Any]) -> None:
        """Ask for the end, until there is an answer. That is no outcome: the job is waited for all the same."""
        try:
            answer = self._client.post(f"/jobs/{segment(job['id'])}/abort", {})["abort"]
        except CliError as error:
            self._once(f"The end cannot be asked for yet: {error.message}")
            return
        self._given_up = True
        _say(_ABORTS.get(answer, str(answer)))
        _say("Waiting for what becomes of it. Ctrl+C once more leaves it to the terminal.")


_ABORTS = {
    "requested": "The terminal was asked to end it. It may be too late all the same.",
    "too_late": "It is too late to end it.",
    "unsupported": "This terminal cannot be told to end it: end it at the terminal.",
}


def _somebody_there() -> bool:
    return sys.stdin.isatty()


def _say(text: str) -> None:
    """Beside the outcome, which stands alone on the standard output."""
    click.echo(text, err=True)
