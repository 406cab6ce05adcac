"""What the journal knows of card payments: those that were made, and what is done with one of them by other jobs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from ulid import ULID

from bridge.model import JobState
from bridge.store.database import Connection, rows

# As the index of the money jobs has it: SQLite takes a partial index only where its condition stands there literally.
OUTCOME = "json_extract(result, '$.payment.outcome')"
PAYMENTS = "class='money' AND op LIKE 'payment.%'"


@dataclass(frozen=True, slots=True)
class StandingUse:
    """A job that takes back, finishes or changes a payment, and has not come to nothing. `done`: and is at its end; `amount`: what
    it was approved for, else what it asks for."""

    job: str
    op: str
    done: bool
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class OriginalTaken:
    """Another job leaves no room for this one on the payment that both name. Nothing was stored."""

    job_id: str
    why: str
    open: bool


def standing_uses(connection: Connection, original: str) -> list[StandingUse]:
    """Oldest first."""
    found = rows(
        connection,
        "SELECT id, op, state, operation, result FROM jobs WHERE original=?"
        " AND NOT (state='failed' OR (state='done' AND success=0)) ORDER BY id",
        (original,),
    )
    return [
        StandingUse(row["id"], row["op"], row["state"] == JobState.DONE.value, _amount(row["operation"], row["result"]))
        for row in found
    ]


def _amount(operation: str | None, result: str | None) -> Decimal | None:
    payment = json.loads(result).get("payment") if result is not None else None
    asked = json.loads(operation).get("amount") if operation is not None else None
    said = payment["approved"] if payment is not None else asked
    return Decimal(said) if said is not None else None


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """Payments with one of these outcomes (any where there are none), accepted from `since` on and before `until`; where `original`
    is given, those that take that job's payment back, finish or change it."""

    outcomes: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    original: str | None = None

    def conditions(self) -> tuple[list[str], list[Any]]:
        """For the table of jobs."""
        said, values = [PAYMENTS], list[Any]()
        if self.outcomes:
            said.append(f"{OUTCOME} IN ({','.join('?' * len(self.outcomes))})")
            values.extend(self.outcomes)
        for condition, moment in (("id>=?", self.since), ("id<?", self.until)):
            if moment is not None:
                said.append(condition)
                values.append(_first_id(moment))
        if self.original is not None:
            said.append("original=?")
            values.append(self.original)
        return said, values


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _first_id(moment: datetime) -> str:
    """The lowest id that a job of this moment can have: ids begin with their time, in milliseconds since 1970; no job is older."""
    since_epoch = max((moment - _EPOCH) // timedelta(milliseconds=1), 0)
    return str(ULID.from_bytes(since_epoch.to_bytes(6, "big") + bytes(10)))
