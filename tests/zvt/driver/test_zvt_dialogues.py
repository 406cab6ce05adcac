"""The dialogues of the reference, byte for byte, with the driver as the till and the reference's own lines as the terminal."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from bridge_zvt.frame import Apdu, SerialDecoder
from bridge_zvt.settlement import open_reservations
from zvt_bench import OK, Bench, Job, Outcome, Says, Step, Till, operation, purchase, script

from bridge.model import EntryMode, Paper, ReceiptCopy, Verification
from bridge.model import Outcome as Came
from bridge.plugin import AbortAnswer
from bridge.transport import run_virtual

REFERENCE = (Path(__file__).parents[3] / "protocol-specs" / "zvt" / "protocol.md").read_text("utf-8")


def dialogue(letter: str) -> list[Step]:
    """The block under a letter. The reference leaves the last acknowledgement out nowhere."""
    [block] = re.findall(rf"\*\*{letter}\. .*?\n```\n(.*?)```", REFERENCE, re.DOTALL)
    return script(block)


def play(steps: list[Step], wanted: object, job: dict[str, object] | None = None, **settings: object) -> tuple[Outcome, Bench]:
    async def scenario() -> tuple[Outcome, Bench]:
        bench = Bench(steps, **{"snapshot": "stored", **settings})
        outcome = await bench.run(wanted, Job(bench.device, **(job or {})))  # type: ignore[arg-type]
        await bench.disconnect()
        return outcome, bench

    return run_virtual(scenario())  # type: ignore[no-any-return]


def test_dialogue_a_registration_and_sale() -> None:
    async def scenario() -> None:
        bench = Bench(
            dialogue("A"),
            password="123456",
            receipts="blocks",
            status_enquiry=False,
            snapshot="stored",
            send_currency=False,
            signature="ask",
        )
        identity = await (await bench.connect()).identify()
        assert (identity.model, identity.fiscal_number) == ("ZVT terminal", "29001006")
        outcome = await bench.run(purchase("0.01"))
        paid = outcome.payment
        assert outcome.state == "done"
        assert (paid.outcome, paid.approved, paid.requested) == (Came.APPROVED, Decimal("0.01"), Decimal("0.01"))
        assert (paid.receipt_number, paid.trace_number, paid.terminal_id) == ("0022", "000022", "29001006")
        assert (paid.merchant_id, paid.authorisation_code, paid.scheme) == ("100764992", "291675", "Debit Mastercard")
        assert (paid.masked_pan, paid.application_id) == ("************5726", "A0000000041010")
        assert (paid.entry_mode, paid.verification) == (EntryMode.CONTACTLESS, Verification.NONE)
        assert str(paid.decided_at) == "2027-03-08 16:49:23+01:00"
        assert [(each.copy_for, each.text) for each in paid.receipts] == [(ReceiptCopy.MERCHANT, "VERKAUF".center(40).rstrip())]
        assert outcome.result is not None
        assert outcome.result.paper is Paper.SUPPRESSED
        assert outcome.job.texts == [
            ("terminal.present_card", "Karte vorhalten\neinstecken/durchziehen"),
            ("terminal.wait", ""),
        ]
        assert outcome.job.questions == []
        await bench.disconnect()

    run_virtual(scenario())


def test_dialogue_b_the_customer_presses_stop() -> None:
    outcome, _ = play(dialogue("B"), purchase())
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.CANCELLED)
    assert (outcome.payment.reason_code, outcome.payment.approved) == ("6C", Decimal("0.00"))
    assert outcome.result is not None
    assert outcome.result.success is False


def test_dialogue_b2_the_host_declines() -> None:
    begun = [Till(None), Says(OK)]
    outcome, _ = play([*begun, *dialogue("B2")], purchase())
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.DECLINED)
    assert (outcome.payment.reason_code, outcome.payment.reason_text) == ("05", "Karte abgelehnt")


def test_dialogue_c_the_cashier_aborts() -> None:
    steps = dialogue("C")
    at = next(index for index, step in enumerate(steps) if step == Till("06 B0 00"))
    steps.insert(at, script("abort")[0])
    outcome, _ = play(steps, purchase(), send_currency=False)
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.CANCELLED)
    assert outcome.payment.reason_text == "Abbruch durch externes Kommando!"
    assert outcome.abort is AbortAnswer.REQUESTED


def test_dialogue_d_end_of_day() -> None:
    outcome, _ = play(dialogue("D"), operation("terminal.reconcile"), password="123456", repeat_receipt=False)
    assert outcome.result is not None
    totals = outcome.result.reconciliation
    assert totals is not None
    assert (totals.closed, totals.total, totals.currency) == (True, Decimal("9.58"), "EUR")
    assert [(each.scheme, each.count, each.amount) for each in totals.totals] == [("Mastercard", 2, Decimal("9.58"))]
    assert (totals.first_receipt, totals.last_receipt) == ("0233", "0234")
    assert [attention[0] for attention in outcome.job.texts] == ["terminal.wait"]


def test_dialogue_e_reversal() -> None:
    wanted = operation("payment.reversal", original={"receipt_number": "0606", "trace_number": "000606"})
    outcome, _ = play(dialogue("E"), wanted)
    back = outcome.payment
    assert (back.outcome, back.approved, back.original, back.receipt_number) == (Came.APPROVED, Decimal("1.00"), "0606", "0607")


def test_dialogue_f_recovery_after_a_lost_connection() -> None:
    """The status enquiry and the repeated receipt are those of the reference, twice: what the terminal shows must last."""

    async def scenario() -> None:
        before = "04 0F 1C 27 00 04 00 00 00 00 12 34 0B 00 01 22 0C 09 00 00 0D 12 24 29 29 00 10 06 87 00 41"
        registered = [Till(None), Says(OK), Says("06 0F 0A 19 00 29 29 00 10 06 49 09 78"), Till(OK)]
        enquiry = [Till("05 01 03 12 34 56"), Says(OK), Says("06 0F 01 00"), Till(OK)]
        repeat = [Till("06 20 05 12 34 56 03 03"), Says(OK), Says(before), Till(OK), Says("06 0F 00"), Till(OK)]
        steps = [*repeat, Till(None), Says(OK), *script("cut"), *enquiry, *registered, *dialogue("F"), *dialogue("F")]
        bench = Bench(steps, password="123456")
        outcome = await bench.run(purchase())
        assert (outcome.state, outcome.payment.outcome) == ("done", Came.APPROVED)
        assert (outcome.payment.receipt_number, outcome.payment.trace_number) == ("0042", "000123")
        assert outcome.pending == ["terminal.wait"]
        await bench.disconnect()

    run_virtual(scenario())


def test_dialogue_g_reservation_query_and_release() -> None:
    async def scenario() -> None:
        bench = Bench(dialogue("G"), snapshot="stored", payment_type="40", reference_tag="AC")
        await bench.connect()
        reserved = await bench._run(
            operation("payment.preauthorise", amount="25.00", currency="EUR", reference="384HH2"), Job(bench.device)
        )
        assert (reserved.payment.outcome, reserved.payment.receipt_number) == (Came.APPROVED, "0231")
        assert reserved.payment.masked_pan == "559883******8074"
        assert await open_reservations(bench.driver._exchange) == ["0231"]  # type: ignore[union-attr]
        released = await bench.run(operation("payment.release", original={"receipt_number": "0231"}), Job(bench.device, "JOB2"))
        assert (released.payment.outcome, released.payment.approved) == (Came.APPROVED, Decimal("0.00"))
        await bench.disconnect()

    run_virtual(scenario())


def test_dialogue_h_serial_with_every_byte_on_the_line() -> None:
    """Diagnosis, then a payment of 110.00 whose amount holds a DLE."""
    [block] = re.findall(r"\*\*H\. .*?\n```\n(.*?)```", REFERENCE, re.DOTALL)
    lines = [line.split(";")[0].split("→")[1].split()[1:] for line in block.strip().splitlines()]
    told = [bytes.fromhex("".join(line)) for line in lines]
    diagnosis = [apdu for raw in told for apdu in SerialDecoder().feed(raw) if isinstance(apdu, Apdu)]
    steps: list[Step] = []
    for line, apdu in zip((line for line in block.splitlines() if "10 02" in line), diagnosis, strict=True):
        text = apdu.to_bytes().hex(" ").upper()
        steps.append(Till(text) if line.startswith("ECR") else Says(text))

    async def scenario() -> None:
        bench = Bench([*steps, Says(OK), Says("06 1E 01 6C"), Till(OK)], serial=True, snapshot="stored")
        await bench._run(operation("terminal.diagnose"), Job(bench.device))
        await bench.run(purchase("110.00"), Job(bench.device, "JOB2"))
        assert b"".join(bench.log)[: len(b"".join(told))] == b"".join(told)
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize("letter", "ABCDEFG")
def test_every_message_of_a_dialogue_survives_the_other_transport(letter: str) -> None:
    for step in dialogue(letter):
        apdu = Apdu.from_bytes(bytes.fromhex(str(step.hex)))  # type: ignore[union-attr]
        assert apdu is not None
        assert apdu.to_bytes().hex(" ").upper() == step.hex  # type: ignore[union-attr]
