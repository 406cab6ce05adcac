"""Giving the bridge a job from the command line: one key, sent again until the bridge has answered."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bridge.cli.client import Client, NotRunning, Refused, segment
from bridge.cli.errors import CliError, NotKnown

_AGAIN_SECONDS = 0.5
_TOO_MANY = 429


@contextlib.contextmanager
def repeating(what: str, key: str | None) -> Iterator[None]:
    """What goes wrong here says nothing of what an earlier call with this key has done. Raises NotKnown then."""
    try:
        yield
    except CliError as error:
        if key is None:
            raise
        raise NotKnown(f"{error.message} What became of the {what} of this key is not known.", error.remedy) from None


def submit(
    client: Client,
    device: str,
    body: Mapping[str, Any],
    key: str,
    *,
    what: str,
    repeated: bool,
    wait: float,
    until: float,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """The job, as it is behind `wait` seconds. `until`, of the monotonic clock: when to give up; `what`: it is called in sentences;
    `repeated`: the key may have been used before, so that who may not come in learns nothing of what was taken then.

    Raises Refused where surely nothing was taken, and NotKnown where that cannot be said: behind a lost answer, or a fault of the
    bridge's own, the job may stand in the journal.
    """
    path = f"/devices/{segment(device)}/jobs"
    open_end = False
    while True:
        try:
            share = min(wait, max(until - time.monotonic(), 1.0))
            job: dict[str, Any] = client.request("POST", path, body, {"Idempotency-Key": key}, wait=share)
            return job
        except Refused as error:
            fault = error.status >= 500 and not error.code.startswith(("device.", "plugin."))
            barred = repeated and error.code.startswith("gate.")
            if not fault and not open_end and not barred:
                raise
            if not fault and error.status != _TOO_MANY:
                raise _not_known(error, what, key) from None
            told: CliError = error
            open_end = True
        except CliError as error:  # no connection, a broken one, or an answer that is none
            told = error
            open_end = open_end or not isinstance(error, NotRunning)
        # The key makes it harmless to ask again: a job that was taken is found, not repeated.
        if time.monotonic() >= until:
            raise _not_known(told, what, key)
        say("The bridge does not answer; trying again with the same key")
        time.sleep(_AGAIN_SECONDS)


def look(client: Client, job: dict[str, Any], *, wait: float, say: Callable[[str], None]) -> dict[str, Any]:
    """The job as it stands behind `wait` seconds; as it was, where it cannot be read: that it cannot says nothing of its outcome."""
    try:
        seen: dict[str, Any] = client.request("GET", f"/jobs/{segment(job['id'])}", wait=wait)
    except CliError:
        say("The bridge does not answer; asking again")
        time.sleep(_AGAIN_SECONDS)
        return job
    return seen


def _not_known(error: CliError, what: str, key: str) -> NotKnown:
    return NotKnown(f"{error.message} Whether the {what} was taken is not known.", f"Repeat the command with --key {key}")
