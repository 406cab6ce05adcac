"""Payments and everything else on a scripted terminal: what is sent, byte for byte, and what comes of it."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from bridge_zvt.exchange import Exchange
from zvt_bench import (
    DONE,
    ENQUIRY,
    FAMILY,
    OK,
    READY,
    REGISTERED,
    REGISTRATION,
    Aborts,
    Bench,
    Device,
    Job,
    Outcome,
    Says,
    Silence,
    Step,
    Till,
    message,
    operation,
    purchase,
    result,
    run_of,
    says,
    snapshot,
)

from bridge.model import EntryMode, Fate, Operation, Paper, ReceiptCopy, RequestError, Verification
from bridge.model import Outcome as Came
from bridge.plugin import AbortAnswer
from bridge.transport import LinkLost, LinkTimeout, run_virtual

SALE = "06 01 0A 04 00 00 00 00 12 34 49 09 78"
PAID = result()


def play(
    steps: list[Step], wanted: Operation, *, choice: str | None = None, serial: bool = False, **settings: Any
) -> tuple[Outcome, Device]:
    async def scenario() -> tuple[Outcome, Device]:
        bench = Bench(steps, serial=serial, **{"snapshot": "stored", **settings})
        outcome = await bench.run(wanted, Job(bench.device, choice=choice))
        await bench.disconnect()
        return outcome, bench.device

    return run_virtual(scenario())  # type: ignore[no-any-return]


def sale(*messages: str, command: str | None = SALE) -> list[Step]:
    return run_of(command, *messages)


# --- what is sent


@pytest.mark.parametrize(
    ("form", "settings", "sent"),
    [
        ({}, {}, SALE),
        ({}, {"send_currency": False}, "06 01 07 04 00 00 00 00 12 34"),
        ({}, {"payment_type": "40"}, "06 01 0C 04 00 00 00 00 12 34 49 09 78 19 40"),
        ({"tip": "2.00"}, {}, "06 01 15 04 000000001234 490978 06 09 1F36 06 000000000200"),
        ({"cashback": "2.34"}, {}, "06 01 15 04 000000001234 490978 06 09 1F25 06 000000000234"),
        ({"allow_partial": True}, {}, "06 01 10 04 000000001234 490978 06 04 1F70 01 80"),
        ({"reference": "R1"}, {}, SALE),
        ({"reference": "R1"}, {"reference_tag": "AC"}, "06 01 18 04 000000001234 490978 06 0C E9 0A 1F62 02 4143 1F63 02 5231"),
        ({"tip": "2.00"}, {"tlv": False}, SALE),
    ],
)
def test_a_purchase_is_sent_as_the_reference_has_it(form: dict[str, Any], settings: dict[str, Any], sent: str) -> None:
    outcome, _ = play(sale(PAID, DONE, command=sent), purchase(**form), **settings)
    assert outcome.state == "done"


@pytest.mark.parametrize(
    ("op", "form", "sent"),
    [
        ("payment.refund", {"amount": "1.00", "currency": "EUR"}, "06 31 0D 000000 04 000000000100 490978"),
        ("payment.reversal", {"original": {"receipt_number": "42"}}, "06 30 06 000000 87 0042"),
        (
            "payment.reversal",
            {"original": {"receipt_number": "000042"}, "amount": "1.00", "currency": "EUR"},
            "06 30 10 000000 87 0042 04 000000000100 490978",
        ),
        ("payment.preauthorise", {"amount": "1.00", "currency": "EUR"}, "06 22 0A 490978 04 000000000100"),
        (
            "payment.capture",
            {"original": {"receipt_number": "0042", "authorisation_code": "750071"}, "amount": "1.00", "currency": "EUR"},
            "06 24 16 87 0042 04 000000000100 490978 3B 3735303037310000",
        ),
        ("payment.release", {"original": {"receipt_number": "0042"}}, "06 25 06 87 0042 490978"),
        (
            "payment.release",
            {"original": {"receipt_number": "0042"}, "amount": "1.00", "currency": "EUR"},
            "06 23 0D 87 0042 04 000000000100 490978",
        ),
    ],
)
def test_the_other_payments_are_sent_as_the_reference_has_them(op: str, form: dict[str, Any], sent: str) -> None:
    outcome, _ = play(sale(result(100), DONE, command=sent), operation(op, **form))
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.APPROVED)


@pytest.mark.parametrize(
    ("settings", "sent"),
    [
        ({}, REGISTRATION),
        ({"lock_terminal": False}, "06 00 0A 000000 08 0978 03 01 06 00"),
        ({"receipts": "blocks"}, "06 00 10 000000 BE 0978 03 01 06 06 26 04 0A 02 06 D3"),
        ({"receipts": "lines"}, "06 00 0A 000000 BE 0978 03 01 06 00"),
        ({"receipts": "data"}, "06 00 0A 000000 3E 0978 03 01 06 00"),
        ({"receipts": "data", "tlv": False, "service_byte": 0}, "06 00 08 000000 3E 0978 03 00"),
        ({"config_byte": "de", "currency": "CHF"}, "06 00 0A 000000 DE 0756 03 01 06 00"),
        ({"charset": "latin1", "request_charset": True}, "06 00 0F 000000 38 0978 03 01 06 05 27 03 14 01 01"),
        ({"preset": "feig"}, "06 00 10 000000 DE 0978 03 01 06 06 26 04 0A 02 06 D3"),
    ],
)
def test_the_registration_says_who_makes_receipts(settings: dict[str, Any], sent: str) -> None:
    async def scenario() -> None:
        bench = Bench([*run_of(ENQUIRY, READY), *run_of(sent, REGISTERED)], **settings)
        identity = await (await bench.connect()).identify()
        assert identity.fiscal_number == "29001006"
        await bench.check()
        await bench.disconnect()

    run_virtual(scenario())


# --- what comes of it


def test_a_tip_that_the_customer_gave_at_the_terminal_is_part_of_what_was_charged() -> None:
    outcome, _ = play(sale(result(1434), DONE), purchase())
    paid = outcome.payment
    assert (paid.outcome, paid.requested, paid.approved, paid.tip) == (
        Came.APPROVED,
        Decimal("12.34"),
        Decimal("14.34"),
        Decimal("2.00"),
    )


def test_less_than_was_asked_is_a_partial_payment() -> None:
    outcome, _ = play(sale(result(1000), DONE, command=None), purchase(allow_partial=True))
    assert (outcome.payment.outcome, outcome.payment.approved) == (Came.PARTIAL, Decimal("10.00"))
    assert outcome.result is not None
    assert outcome.result.success is False


def test_a_result_without_an_amount_is_of_the_amount_that_was_asked() -> None:
    outcome, _ = play(sale(message("04 0F", "27 00"), DONE), purchase())
    assert (outcome.payment.outcome, outcome.payment.approved) == (Came.APPROVED, Decimal("12.34"))


def test_an_unknown_field_or_object_never_reverses_a_payment() -> None:
    odd = [
        message("04 0F", "27 00 04 000000001234 55 01 02 87 0042"),
        message("04 0F", "27 00 06 0A 1F7E 02 0102 E4 03 07 05 41"),
        message("04 0F", "27 00 06 7F 01"),
        message("04 0F", "04 00"),
    ]
    outcome, _ = play(sale(*odd, PAID, DONE), purchase())
    assert outcome.payment.outcome is Came.APPROVED


def test_a_command_that_the_till_does_not_know_is_answered_with_84_83() -> None:
    steps = [Till(SALE), Says(OK), Says("04 0D 00"), Till("84 83 00"), Says("06 E4 00"), Till("84 83 00"), *says(PAID, DONE)]
    outcome, _ = play(steps, purchase())
    assert outcome.payment.outcome is Came.APPROVED


def test_the_clock_that_the_terminal_offers_is_acknowledged_and_not_set() -> None:
    outcome, _ = play(run_of("06 70 00", "04 01 08 AA 26 12 24 0C 10 15 00", DONE), operation("terminal.diagnose"))
    assert outcome.state == "done"


@pytest.mark.parametrize(
    ("answer", "code", "device_code"),
    [
        ("84 83 00", "request.unsupported", "83"),
        ("84 9C 00", "terminal.busy", "9C"),
        ("84 6B 00", "terminal.not_ready", "6B"),
        ("84 37 00", "device.rejected", "37"),
        ("84 A0 00", "terminal.busy", "A0"),
    ],
)
def test_a_command_that_the_terminal_does_not_begin_fails_and_charged_nothing(answer: str, code: str, device_code: str) -> None:
    outcome, _ = play([Till(SALE), Says(answer)], purchase())
    assert outcome.state == "failed"
    error = outcome.error
    assert error is not None
    assert (error.code, error.device_code, error.fate) == (code, device_code, Fate.NOT_ISSUED)
    assert "de" in error.texts


def test_a_wrong_password_is_told_as_one() -> None:
    outcome, _ = play([Till(None), Says("84 37 00")], operation("payment.refund", amount="1.00", currency="EUR"))
    assert outcome.error is not None
    assert "password" in outcome.error.message


@pytest.mark.parametrize(
    ("messages", "came", "code"),
    [
        (["04 0F 02 27 05", "06 1E 01 05"], Came.DECLINED, "05"),
        (["04 0F 02 27 05", DONE], Came.DECLINED, "05"),
        (["06 1E 01 64"], Came.DECLINED, "64"),
        (["04 0F 02 27 6C", "06 1E 01 6C"], Came.CANCELLED, "6C"),
        (["06 1E 0A 6C 06 07 1F 17 04 5A 65 69 74"], Came.TIMED_OUT, "6C"),  # "Zeit"
        ([PAID, "06 1E 01 6C"], Came.CANCELLED, "6C"),
    ],
)
def test_what_the_terminal_decided_is_a_result(messages: list[str], came: Came, code: str) -> None:
    outcome, _ = play(sale(*messages), purchase())
    assert outcome.state == "done"
    assert (outcome.payment.outcome, outcome.payment.reason_code, outcome.payment.approved) == (came, code, Decimal("0.00"))


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        ("06 1E 01 F0", "terminal.batch_full"),
        ("06 1E 00", "device.fault"),
        ("06 1E 01 6B", "terminal.not_ready"),
        ("06 1E 01 9C", "terminal.busy"),
    ],
)
def test_what_the_terminal_cannot_do_now_fails_the_job(ending: str, code: str) -> None:
    outcome, _ = play(sale("04 FF 01 0E", ending), purchase())
    assert (outcome.state, outcome.error.code if outcome.error else None) == ("failed", code)


def test_nobody_with_a_card_is_a_time_out_of_the_terminal() -> None:
    steps = [Till(SALE), Says(OK), *says("04 FF 01 0A"), Says("06 1E 01 6C", after=30.0), Till(OK)]
    outcome, _ = play(steps, purchase())
    assert outcome.payment.outcome is Came.TIMED_OUT


def test_the_terminals_own_words_are_shown_with_their_uniform_code() -> None:
    texts = [
        "04 FF 01 0A",
        "04 FF 01 02",
        "04 FF 01 4A",
        "04 FF 01 05",
        "04 FF 01 99",
        "04 FF 0C FF 00 06 08 24 06 07 04 50 49 4E 3F",
        "04 FF 00",
    ]
    outcome, _ = play(sale(*texts, PAID, DONE), purchase())
    assert outcome.job.texts == [
        ("terminal.present_card", ""),
        ("terminal.pin", ""),
        ("terminal.remove_card", "Insert or present the card. Please remove the card"),
        ("terminal.reversing", ""),
        ("terminal.customer", "The terminal is at status 99"),
        ("terminal.customer", "PIN?"),
        ("terminal.customer", ""),
    ]


@pytest.mark.parametrize(
    ("more", "verification", "entry"),
    [
        ("06 08 1F10 01 02 1F12 01 01", Verification.ONLINE_PIN, EntryMode.CHIP),
        ("06 0A 2F 08 1F10 01 03 1F12 01 00", Verification.OFFLINE_PIN, EntryMode.MAGNETIC),
        ("19 70", None, None),
    ],
)
def test_how_the_holder_was_verified_is_told(more: str, verification: Verification | None, entry: EntryMode | None) -> None:
    outcome, _ = play(sale(result(more=more), DONE), purchase())
    assert (outcome.payment.verification, outcome.payment.entry_mode) == (verification, entry)


def test_a_reservation_stands_while_the_terminal_lists_it() -> None:
    async def scenario() -> None:
        asked = run_of("06 23 03 87 FF FF", "06 1E 04 B8 87 00 42")
        none = run_of("06 23 03 87 FF FF", "06 1E 04 B8 87 FF FF")
        bench = Bench([*run_of(None, PAID, DONE), *asked, *none], snapshot="stored")
        wanted = operation("payment.preauthorise", amount="12.34", currency="EUR")
        made = await bench._run(wanted, Job(bench.device))
        assert made.result is not None
        assert bench.driver is not None
        assert await bench.driver.look_again(Job(bench.device), wanted, made.result) is Came.APPROVED
        assert await bench.driver.look_again(Job(bench.device), wanted, made.result) is None
        await bench.disconnect()

    run_virtual(scenario())


# --- receipts


def test_receipts_in_lines_are_put_together() -> None:
    printed = [
        "06 D1 0E 40 56 45 52 4B 41 55 46 06 04 1F 07 01 01",
        "06 D1 01 00",
        "06 D1 05 02 37 2C 31 30",
        "06 D1 02 FF 02",
        "06 D1 07 81 06 04 1F 07 01 01",
        "06 D1 0B 00 4B 55 4E 44 45 4E 42 45 4C 45",
        "06 D1 01 81",
    ]
    printed[5] = message("06 D1", "00" + b"KUNDENBELEG".hex())
    outcome, _ = play(sale(PAID, *printed, DONE), purchase(), receipts="lines", columns=24)
    merchant, customer = outcome.payment.receipts
    assert (merchant.copy_for, merchant.text) == (ReceiptCopy.MERCHANT, "        VERKAUF\n\n  7,10")
    assert (customer.copy_for, customer.text) == (ReceiptCopy.CUSTOMER, "KUNDENBELEG")
    assert outcome.result is not None
    assert outcome.result.paper is Paper.SUPPRESSED


def test_a_receipt_in_several_blocks_is_one_and_says_what_it_needs() -> None:
    first = message("06 D3", "06 10 1F07 01 01 1F37 01 82 25 06 07 04 48414E44")
    second = message("06 D3", "06 0C 1F07 01 01 25 06 07 01 42 09 01 81")
    customer = message("06 D3", "06 0C 1F07 01 02 14 01 01 25 03 07 01 C4")
    outcome, _ = play(sale(PAID, first, second, customer, DONE), purchase(), receipts="blocks")
    one, two = outcome.payment.receipts
    assert (one.text, one.signature, one.must_print, one.copy_for) == ("HAND\nB", True, True, ReceiptCopy.MERCHANT)
    assert (two.text, two.signature, two.copy_for) == ("Ä", False, ReceiptCopy.CUSTOMER)


# --- the signature

SIGNED = result(more="06 08 1F10 01 01 1F12 01 01")
BACK = "06 30 10 000000 87 0042 04 000000001234 490978"


def test_a_signature_that_is_right_leaves_the_payment() -> None:
    outcome, _ = play(sale(SIGNED, DONE), purchase(), choice="yes")
    assert (outcome.payment.outcome, outcome.payment.verification) == (Came.APPROVED, Verification.SIGNATURE)
    assert len(outcome.job.questions) == 1


def test_a_signature_that_is_wrong_takes_the_payment_back() -> None:
    steps = [*sale(SIGNED, DONE), *run_of(BACK, result(receipt="0043", trace="000124", original="000123"), DONE)]
    outcome, device = play(steps, purchase(), choice="no")
    assert (outcome.payment.outcome, outcome.payment.approved) == (Came.REVERSED, Decimal("0.00"))
    assert outcome.result is not None
    assert outcome.result.evidence["reversal"]["status_information"][0]["fields"]["37"] == "000123"
    assert "000123" not in device.store.values["payments"]


@pytest.mark.parametrize("ending", [[Says("84 83 00")], [Says(OK), *says("06 1E 01 B5")]])
def test_a_payment_whose_reversal_fails_stands_and_says_so(ending: list[Step]) -> None:
    outcome, _ = play([*sale(SIGNED, DONE), Till(BACK), *ending], purchase(), choice="no")
    assert outcome.payment.outcome is Came.APPROVED
    assert outcome.warnings == ["not_reversed"]


def test_a_signature_is_not_asked_for_where_the_till_does_it() -> None:
    outcome, _ = play(sale(SIGNED, DONE), purchase(), signature="till")
    assert outcome.job.questions == []


# --- what is refused before anything is sent


@pytest.mark.parametrize(
    ("op", "form", "field"),
    [
        ("payment.purchase", {"amount": "1.234", "currency": "EUR"}, "amount"),
        ("payment.purchase", {"amount": "1.00", "currency": "XAU"}, "currency"),
        ("payment.purchase", {"amount": "10000000000.00", "currency": "EUR"}, "amount"),
        ("payment.reversal", {"original": {"trace_number": "000123"}}, "original.receipt_number"),
        ("payment.reversal", {"original": {"receipt_number": "AB12"}}, "original.receipt_number"),
        ("payment.preauthorise", {"amount": "1.00", "currency": "EUR", "original": {"receipt_number": "1"}}, "original"),
        ("display.show", {"lines": ["x"] * 9}, "lines"),
        ("display.show", {"lines": ["x" * 100]}, "lines.0"),
        ("copy", {"document": "0042"}, "document"),
        ("raw", {"command": {"command": "06 01"}}, "command.command"),
        ("raw", {"command": {"command": "80 00"}}, "command.command"),
        ("raw", {"command": {"command": "xx"}}, "command.command"),
        ("drawer.open", {}, None),
    ],
)
def test_what_a_terminal_could_not_take_is_refused_naming_the_field(op: str, form: dict[str, Any], field: str | None) -> None:
    with pytest.raises(RequestError) as refused:
        FAMILY.check(operation(op, **form), FAMILY.settings_from({}), None)
    assert [error.field for error in refused.value.errors] == ([field] if field else [])


def test_a_purchase_and_a_refund_with_its_original_may_be_sent() -> None:
    settings = FAMILY.settings_from({})
    assert FAMILY.check(purchase(), settings, None).warnings == ()
    refund = operation("payment.refund", amount="1.00", currency="EUR", original={"receipt_number": "0042"})
    assert [warning.code for warning in FAMILY.check(refund, settings, None).warnings] == ["original_ignored"]


def test_what_the_till_expects_is_compared_with_the_terminals_last_receipt() -> None:
    outcome, _ = play(snapshot(), purchase(expect={"last_document": "0040"}), snapshot="ask")
    assert (outcome.state, outcome.error.code if outcome.error else None) == ("failed", "request.conflict")
    outcome, _ = play([*snapshot(), *sale(PAID, DONE)], purchase(expect={"last_document": "41"}), snapshot="ask")
    assert outcome.state == "done"


def test_a_terminal_that_takes_back_its_last_payment_alone_is_not_asked_for_another() -> None:
    back = operation("payment.reversal", original={"receipt_number": "0040"})
    outcome, _ = play(snapshot(), back, snapshot="ask", reversal="last")
    assert (outcome.state, outcome.error.code if outcome.error else None) == ("failed", "request.conflict")


def test_a_reversal_of_another_payment_than_was_meant_is_no_success() -> None:
    back = operation("payment.reversal", original={"receipt_number": "0040", "trace_number": "000120"})
    outcome, device = play(run_of(None, result(original="000122"), DONE), back)
    assert outcome.payment.outcome is Came.DECLINED
    assert [code for code, _ in device.alerts] == ["terminal.wrong_reversal"]


# --- aborts


def test_an_abort_before_anything_was_sent_sends_nothing() -> None:
    async def scenario() -> None:
        bench = Bench([])
        job = Job(bench.device)
        job.abort_requested = True
        bench.settings = FAMILY.settings_from({"framing": "stream", "snapshot": "stored"})
        assert (await bench.run(purchase(), job)).state == "aborted"
        await bench.disconnect()

    run_virtual(scenario())


def test_an_abort_while_the_line_is_waited_for_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The job has looked at its context for the last time, and its command is not out yet."""

    async def scenario() -> None:
        bench = Bench([], snapshot="stored")
        job = Job(bench.device)
        driver = await bench.connect()
        told = []

        async def drain(exchange: Exchange, seconds: float | None = None) -> None:
            job.abort_requested = True
            told.append(await driver.abort(job))

        monkeypatch.setattr(Exchange, "_drain", drain)
        assert (await bench.run(purchase(), job)).state == "aborted"
        assert told == [AbortAnswer.REQUESTED]
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("answer", "told"),
    [([Says(OK)], AbortAnswer.REQUESTED), ([Says("84 83 00")], AbortAnswer.TOO_LATE), ([], AbortAnswer.UNSUPPORTED)],
)
def test_an_abort_tells_the_terminals_answer_and_never_an_outcome(answer: list[Step], told: AbortAnswer) -> None:
    steps = [
        Till(SALE),
        Says(OK),
        *says("04 FF 01 0A"),
        Aborts(),
        Till("06 B0 00"),
        *answer,
        Says(PAID, after=8.0),
        Till(OK),
        *says(DONE),
    ]
    outcome, _ = play(steps, purchase())
    assert (outcome.payment.outcome, outcome.abort) == (Came.APPROVED, told)


def test_the_answer_to_an_abort_that_comes_behind_the_end_is_not_the_next_commands() -> None:
    async def scenario() -> None:
        steps = [
            Till(SALE),
            Says(OK),
            *says("04 FF 01 0A"),
            Aborts(),
            Till("06 B0 00"),
            *says("06 1E 01 6C"),
            Says("84 83 00", after=0.2),
        ]
        bench = Bench([*steps, Till(SALE), Says(OK, after=0.1), *says(PAID, DONE)], snapshot="stored")
        first = await bench._run(purchase(), Job(bench.device))
        await asyncio.sleep(0.01)  # whoever asked for the abort hears of it
        assert (first.payment.outcome, first.abort) == (Came.CANCELLED, AbortAnswer.TOO_LATE)
        second = await bench.run(purchase(), Job(bench.device, "JOB2"))
        assert second.payment.outcome is Came.APPROVED
        await bench.disconnect()

    run_virtual(scenario())


def test_a_terminal_that_knows_no_abort_is_not_sent_one() -> None:
    steps = [Till(SALE), Says(OK), *says("04 FF 01 0A"), Aborts(), Says(PAID, after=1.0), Till(OK), *says(DONE)]
    outcome, _ = play(steps, purchase(), abort_supported=False)
    assert outcome.abort is AbortAnswer.UNSUPPORTED


# --- effects, status, registration


def test_a_login_does_what_the_terminal_says_that_it_needs() -> None:
    needs = "06 0F 0A 19 03 29 29 00 10 06 49 09 78"
    steps = [*run_of(REGISTRATION, needs), *run_of("06 93 03 00 00 00", "04 FF 01 CA", DONE), *run_of("06 70 00", DONE)]
    outcome, _ = play(steps, operation("terminal.login"))
    assert outcome.result is not None
    assert outcome.result.evidence["registration"] == {"terminal_id": "29001006", "status": "03"}


@pytest.mark.parametrize(
    ("op", "form", "sent"),
    [
        ("display.show", {"lines": ["Hallo Welt"]}, "06 E0 0D F1 F1 F0 48 61 6C 6C 6F 20 57 65 6C 74"),
        ("display.show", {"lines": ["ä", "b"]}, "06 E0 08 F1 F0 F1 84 F2 F0 F1 62"),
    ],
)
def test_a_text_is_shown(op: str, form: dict[str, Any], sent: str) -> None:
    outcome, _ = play([Till(sent), Says(OK)], operation(op, **form))
    assert outcome.state == "done"


def test_the_clock_is_set_in_the_terminals_own_zone() -> None:
    steps = run_of("06 91 0B 00 00 00 AA 26 12 24 0C 10 15 00", DONE)
    outcome, _ = play(steps, operation("clock.set"))
    assert outcome.state == "done"


def test_a_copy_is_the_last_receipt_once_more() -> None:
    steps = run_of("06 20 05 00 00 00 03 01", PAID, "06 D1 03 81 48 49", DONE)
    outcome, _ = play(steps, operation("copy"), receipts="lines")
    assert outcome.result is not None
    assert outcome.result.document is not None
    assert (outcome.result.document.number, outcome.result.document.text) == ("0042", "HI")


def test_a_raw_command_gets_the_password_from_the_settings() -> None:
    steps = run_of("06 12 05 12 34 56 00 42", DONE)
    wanted = operation("raw", command={"command": "06 12", "data": "0042", "password": True})
    outcome, _ = play(steps, wanted, password="123456")
    assert outcome.result is not None
    assert "123456" not in str(outcome.result.evidence)


@pytest.mark.parametrize(
    ("completion", "busy", "attention"),
    [
        ("06 0F 01 00", False, None),
        ("06 0F 01 9C", True, None),
        ("06 0F 01 F0", False, "The terminal is due for its end of day. Make it (terminal.reconcile)."),
        ("06 0F 01 77", False, "The terminal is at status 77."),
        ("06 0F 0B F0 F0 F7 32 2E 31 34 2E 31 35 00", False, None),
        ("06 0F 00", False, None),
    ],
)
def test_the_status_is_told_in_words(completion: str, busy: bool, attention: str | None) -> None:
    async def scenario() -> None:
        bench = Bench(run_of(ENQUIRY, completion))
        status = await (await bench.connect()).status()
        assert (status.busy, status.attention) == (busy, attention)
        if "2.14" in str(bytes.fromhex(completion)):
            assert status.details["version"] == "2.14.15"
        await bench.check()
        await bench.disconnect()

    run_virtual(scenario())


def test_a_terminal_that_knows_no_status_enquiry_is_registered_with_all_the_same() -> None:
    async def scenario() -> None:
        bench = Bench([Till(ENQUIRY), Says("84 83 00"), *run_of(REGISTRATION, REGISTERED)])
        assert (await (await bench.connect()).identify()).fiscal_number == "29001006"
        await bench.disconnect()

    run_virtual(scenario())


def test_a_registration_that_is_refused_keeps_the_terminal_offline() -> None:
    async def scenario() -> None:
        bench = Bench([*run_of(ENQUIRY, READY), Till(REGISTRATION), Says("84 37 00")])
        with pytest.raises(LinkLost, match="password"):
            await (await bench.connect()).identify()
        await bench.disconnect()

    run_virtual(scenario())


def test_an_end_of_day_behind_which_the_terminal_updates_itself_is_waited_for() -> None:
    steps = [
        *run_of("06 50 03 00 00 00", message("04 0F", "27 00 04 000000000000"), "06 0F 02 27 E0"),
        Till("05 01 05 00 00 00 03 02"),
        Says("84 9C 00"),
        *run_of("05 01 05 00 00 00 03 02", "06 0F 01 E0"),
        *run_of("05 01 05 00 00 00 03 02", READY),
    ]
    outcome, _ = play(steps, operation("terminal.reconcile"), repeat_receipt=False)
    assert outcome.state == "done"
    assert outcome.warnings == ["update"]


# --- the serial line


def test_a_payment_over_a_serial_line() -> None:
    outcome, _ = play(sale("04 FF 01 0A", PAID, DONE), purchase(), serial=True)
    assert outcome.payment.outcome is Came.APPROVED


def test_a_terminal_that_hears_nothing_is_told_three_times() -> None:
    async def scenario() -> None:
        bench = Bench([Silence()], serial=True, snapshot="stored")
        driver = await bench.connect()
        bench.terminal.steps.clear()
        deaf = asyncio.get_running_loop().time()
        for task in bench._tasks:
            task.cancel()
        with pytest.raises(LinkTimeout, match=r"settings.timeouts.t2 \(5 s\)"):
            await driver.status()
        assert asyncio.get_running_loop().time() - deaf >= 15.0
        sent = [entry for entry in bench.log if entry.startswith(b"\x10\x02")]
        assert len(sent) == 3
        await bench.disconnect()

    run_virtual(scenario())
