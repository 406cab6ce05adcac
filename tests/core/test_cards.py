"""A plugin that is careless with card numbers: none is stored, none is told."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.jobs.cards import guarded
from bridge.model import (
    Choice,
    Fate,
    Job,
    JobError,
    Outcome,
    PaymentResult,
    ReceiptCopy,
    Result,
    TerminalReceipt,
    Warning_,
)
from bridge.plugin import DeviceError, JobContext, NeedsOperator
from tests.core.fake_family import FakeDriver
from tests.core.world import World, in_world

PAN = "4111111111111111"
SPACED = "4111 1111 1111 1111"
CHARGE = {"op": "payment.purchase", "amount": "5.00", "currency": "PLN"}


def careless() -> Result:
    payment = PaymentResult(
        outcome=Outcome.APPROVED,
        requested=Decimal("5.00"),
        approved=Decimal("5.00"),
        currency="PLN",
        masked_pan=PAN,
        reason_text=f"approved {PAN}",
        transaction_id="5105105105105100",
        receipts=(TerminalReceipt(copy_for=ReceiptCopy.CUSTOMER, text=f"CARD {SPACED}\nEUR 5.00"),),
    )
    evidence = {"track2": f"{PAN}=2812", "raw": [{"pan": int(PAN), "ok": True, "at": "20261120090000"}], "count": 3}
    return Result(payment=payment, evidence=evidence, warnings=(Warning_(code="card", message=f"read {PAN}"),))


def nowhere(directory: Path) -> None:
    """No file of the data directory holds the number."""
    for path in directory.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert PAN.encode() not in data, path
            assert SPACED.encode() not in data, path


async def told_and_written(world: World, tmp_path: Path, job: Job) -> None:
    shown = str(job.as_json()) + str(await world.bridge.jobs.trace(job.id))
    assert PAN not in shown
    assert SPACED not in shown
    nowhere(tmp_path)


def test_a_result_with_whole_card_numbers_is_masked_before_it_is_stored(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async def charge(context: JobContext, driver: FakeDriver) -> Result:
            await context.checkpoint("intent")
            context.attention("terminal.customer", f"card {PAN}")
            context.warn("again", f"{SPACED} was read twice")
            return careless()

        world.family.behaviour = charge
        await world.settle()
        job = await world.sell(CHARGE)
        await told_and_written(world, tmp_path, job)
        assert job.result is not None
        assert job.result.payment is not None
        assert job.result.payment.masked_pan == "411111******1111"
        assert job.result.payment.receipts[0].text == "CARD 4111 11** **** 1111\nEUR 5.00"
        assert job.result.payment.transaction_id == "5105105105105100", "the terminal finds the payment by it"
        assert job.result.evidence == {
            "track2": "411111******1111=2812",
            "raw": [{"pan": "411111******1111", "ok": True, "at": "20261120090000"}],
            "count": 3,
        }
        prompts = (await world.bridge.jobs.trace(job.id))["prompts"]
        assert prompts[0]["attention"]["text"] == "card 411111******1111"
        assert [warning.message for warning in job.result.warnings] == [
            "read 411111******1111",
            "4111 11** **** 1111 was read twice",
        ]

    in_world(tmp_path, story)


@pytest.mark.parametrize(
    "ends",
    [
        lambda: DeviceError(JobError.of("device.rejected", f"no {PAN}", device_text=SPACED)),
        lambda: DeviceError(JobError.of("device.rejected", f"no {PAN}", fate=Fate.UNKNOWN)),
        lambda: ZeroDivisionError(f"a bug with {PAN}"),
    ],
)
def test_an_error_and_what_a_person_is_asked_name_no_card(tmp_path: Path, ends: Callable[[], Exception]) -> None:
    async def story(world: World) -> None:
        async def charge(context: JobContext, driver: FakeDriver) -> Result:
            await context.checkpoint("intent")
            raise ends()

        async def lost(self: Any, context: JobContext, *_: Any) -> NeedsOperator:
            choices = (Choice(code="issued", text=f"yes, {PAN}"), Choice(code="not_issued", text="no"))
            return NeedsOperator({"seen": PAN}, f"Was {SPACED} charged?", choices)

        world.family.behaviour = charge
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(FakeDriver, "recover", lost)
            await world.settle()
            job = await world.sell(CHARGE, wait=5)
            await told_and_written(world, tmp_path, job)
            if not job.state.final:
                await world.crash()
                await world.start()
                again = await world.bridge.jobs.get(job.id)
                assert again.attention is not None
                assert again.attention.text == "Was 4111 11** **** 1111 charged?"

    in_world(tmp_path, story)


def test_a_question_to_the_cashier_names_no_card(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async def charge(context: JobContext, driver: FakeDriver) -> Result:
            await context.checkpoint("intent")
            choices = (Choice(code="yes", text=f"{PAN} signed"), Choice(code="no", text="no"))
            answer = await context.ask(f"Signature of {PAN}?", choices, timeout=5, default="no")
            return careless().model_copy(update={"evidence": {"answer": answer}})

        world.family.behaviour = charge
        await world.settle()
        job = await world.sell(CHARGE)
        assert job.result is not None
        assert job.result.evidence == {"answer": "no"}
        await told_and_written(world, tmp_path, job)

    in_world(tmp_path, story)


def test_what_holds_no_card_is_the_same_object() -> None:
    result = Result(evidence={"ean": "5901234123457", "at": "20261120090000", "fn": "9999078900004792"})
    assert guarded(result, "receipt") is result
    rest = Result(evidence={name: text for name, text in result.evidence.items() if name != "ean"})
    assert guarded(rest, "payment.purchase") is rest
