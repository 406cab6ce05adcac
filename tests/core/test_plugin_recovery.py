"""What the plugin API does alike for the recovery of every family, and for its waiting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from bridge.plugin import (
    Aborted,
    BadAnswer,
    Checkpoint,
    CommandFate,
    CommandRefused,
    Decision,
    DeviceError,
    NeedsOperator,
    Pending,
    Refusal,
    Trouble,
    Verdict,
    read_intent,
    usual,
    wait_until_ready,
)

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


class Baseline(BaseModel):
    receipts: int


class Intent(BaseModel):
    total: str
    baseline: Baseline


def written(name: str, **data: Any) -> Checkpoint:
    return Checkpoint(name, data, NOON)


def test_the_later_baseline_counts() -> None:
    first = written("intent", total="9.00", baseline={"receipts": 7})
    assert read_intent([], Intent) is None
    assert read_intent([written("baseline", receipts=8)], Intent) is None
    assert read_intent([first], Intent) == Intent(total="9.00", baseline=Baseline(receipts=7))
    found = read_intent([first, written("cancelling"), written("baseline", receipts=8)], Intent)
    assert found == Intent(total="9.00", baseline=Baseline(receipts=8))


def test_an_intent_that_cannot_be_read_is_never_taken_for_none() -> None:
    with pytest.raises(ValidationError):
        read_intent([written("intent", total="9.00")], Intent)


def test_where_others_use_the_device_nothing_proves_that_a_document_is_ours() -> None:
    ours: Decision[int] = Decision.issued("document 8 is this one", 8)
    nothing: Decision[int] = Decision.not_issued("no new document")
    assert (ours.verdict, ours.document) == (Verdict.ISSUED, 8)
    assert ours.where_shared().verdict is Verdict.UNKNOWN
    assert "document 8 is this one" in ours.where_shared().reason
    assert ours.where_shared().document is None
    assert nothing.where_shared() is nothing


def test_a_person_is_told_what_to_look_for() -> None:
    asked = NeedsOperator.compare({"scnt": "8"}, "its counters went backwards", "a receipt over 9.00 PLN")
    assert asked.text.startswith("The device cannot tell whether this document came out: its counters went backwards.")
    assert asked.text.endswith("a receipt over 9.00 PLN.")


class Waiting:
    """As much of a job's context as waiting needs; a sleep is only counted."""

    def __init__(self, seconds: float = 60) -> None:
        self.deadline = NOON + timedelta(seconds=seconds)
        self.abort_requested = False
        self.attentions: list[str] = []
        self.slept: list[float] = []
        self.device = SimpleNamespace(clock=self)

    def now(self) -> datetime:
        return NOON + timedelta(seconds=sum(self.slept))

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def attention(self, code: str, text: str) -> None:
        self.attentions.append(code)

    def clear_attention(self) -> None:
        self.attentions.append("clear")


PAPER = Trouble(Refusal("device.paper_out"))
WORKING = Trouble(Refusal("device.busy", "It prints."), working=True)
KEY = Trouble(Refusal("device.busy", "It waits for a key."), waits_for="device.key")
RESUMES = Trouble(Refusal("device.busy"), resumes=True)


async def waited(context: Waiting, *found: Trouble | None) -> Trouble | None:
    answers: Iterator[Trouble | None] = iter(found)

    async def trouble() -> Trouble | None:
        return next(answers)

    return await wait_until_ready(context, trouble, poll=1, person=5, enough=lambda one: one.resumes)  # type: ignore[arg-type]


async def test_a_person_is_called_for_paper_but_not_for_a_device_at_work() -> None:
    context = Waiting()
    assert await waited(context, WORKING, PAPER, KEY, None) is None
    assert (context.attentions, context.slept) == (["device.paper_out", "device.key", "clear"], [1, 5, 5])
    assert await waited(Waiting(), None) is None
    assert await waited(context, RESUMES) is RESUMES


async def test_waiting_ends_with_the_deadline_or_an_abort_and_takes_its_attention_back() -> None:
    late = Waiting(seconds=5)
    with pytest.raises(DeviceError) as refused:
        await waited(late, KEY, KEY)
    assert (refused.value.error.code, refused.value.error.fate) == ("device.busy", "not_issued")
    assert late.attentions == ["device.key", "clear"]
    given_up = Waiting()
    given_up.abort_requested = True
    with pytest.raises(Aborted):
        await waited(given_up, PAPER)


def test_recovery_waits_for_a_reason_of_a_table() -> None:
    assert Pending.of(10, usual.OTHERS_RECEIPT) == Pending(10, "device.busy", usual.OTHERS_RECEIPT.text)
    assert Pending.of(2, KEY) == Pending(2, "device.key", "It waits for a key.")


@dataclass(frozen=True)
class Row:
    text: str
    remedy: str
    code: str = "device.busy"
    fate: CommandFate = CommandFate.UNKNOWN


@pytest.mark.parametrize(
    ("why", "code", "text"),
    [
        (
            CommandRefused("STATUS", Row("it prints", "Wait."), "50", said=""),
            "device.busy",
            "The device does not tell: it prints. Wait.",
        ),
        (CommandRefused("STATUS", Row("it prints", ""), "50", said=""), "device.busy", "The device does not tell: it prints."),
        (
            BadAnswer("STATUS", "mode", "is missing"),
            "device.fault",
            "The device gives an answer that cannot be read: answer to STATUS: mode is missing.",
        ),
    ],
)
def test_recovery_asks_again_where_the_device_does_not_tell(why: CommandRefused | BadAnswer, code: str, text: str) -> None:
    assert Pending.untold(10, why) == Pending(10, code, text)
