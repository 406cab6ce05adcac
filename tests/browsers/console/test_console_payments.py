"""Card payments at the console: listed and filtered, shown with their slips, asked about again, and with what became of them."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bridge.model import EntryMode, Outcome, PaymentResult, ReceiptCopy, Result, TerminalReceipt
from bridge.plugin import JobContext
from tests.browsers.browser import until
from tests.browsers.conftest import PageOpener
from tests.browsers.console.driving import PIN, Console, attending
from tests.browsers.console.stage import TILL, Stage
from tests.browsers.settings import NO_POLICY, in_browsers
from tests.browsers.shop import eventually
from tests.core.fake_family import FakeDriver

pytestmark = in_browsers(NO_POLICY)

TERMINAL = "section[aria-labelledby='terminal']"


def taking_back(job: Any) -> dict[str, Any]:
    return {"op": "payment.reversal", "amount": None, "currency": None, "original": {"job": job.id}}


def _paid(**more: Any) -> PaymentResult:
    amount = Decimal("30.00")
    return PaymentResult(outcome=Outcome.APPROVED, requested=amount, approved=amount, currency="PLN", **more)


def _decides(stage: Stage, *payments: PaymentResult) -> None:
    """From now on the fake devices are terminals that decide so, one payment after the other."""
    left = iter(payments)

    async def decides(context: JobContext, driver: FakeDriver) -> Result:
        await context.checkpoint("intent")
        return Result(payment=next(left))

    stage.family.behaviour = decides


async def test_a_payment_appears_by_itself_with_its_amounts_its_card_and_its_numbers(stage: Stage, console: Console) -> None:
    await stage.fake("bar")
    await console.go("#/payments")
    await console.reads("No card payments yet.", "main")
    slips = {"scheme": "VISA", "masked_pan": "411111******1111", "receipt_number": "0042", "trace_number": "000815"}
    _decides(stage, _paid(tip=Decimal("3.00"), cashback=Decimal("5.00"), **slips))
    await stage.pay("bar", "card-1", amount="30.00", currency="PLN", tip="3.00", cashback="5.00", reference="WEB-1")
    await console.reads("WEB-1", "main table")
    row = await console.text("main tbody tr")
    for said in (
        "bar",
        "Card payment",
        "30.00 PLN",
        "tip 3.00",
        "cash paid out 5.00",
        "approved",
        "VISA",
        "411111******1111",
        "0042",
    ):
        assert said in row
    assert "000815" in row
    assert "requested" not in row


async def test_payments_are_filtered_by_device_outcome_time_and_reference(stage: Stage, console: Console) -> None:
    first, second = await stage.terminal("card-1"), await stage.terminal("card-2")
    await stage.sell("till-1", "order-1", reference="PAPER-1")
    await stage.pay("card-1", "a", reference="ONE")
    second.switches.decision = "decline"
    await stage.pay("card-2", "b", reference="TWO")
    assert (len(first.truth), len(second.truth)) == (1, 1)
    await console.go("#/payments")
    await console.reads("TWO", "main table")
    assert "PAPER-1" not in await console.text("main")
    choices = "[...document.querySelector('#payment-device').options].map((one) => one.value).join()"
    await until(console.page, f"{choices} === ',card-1,card-2'")  # and not the printer
    await console.fill("Device", "card-1")
    await console.click("Show")
    await console.gone("TWO", "main table")
    await console.reads("ONE", "main table")
    await console.fill("Device", "")
    await console.fill("Outcome", "declined")
    await console.click("Show")
    await console.gone("ONE", "main table")
    await console.reads("not enough money", "main table")
    await console.click("All payments")
    await console.reads("ONE", "main table")
    await console.fill("Reference of the till", "TWO")
    await console.click("Show")
    await console.gone("ONE", "main table")
    await console.click("All payments")
    await console.reads("ONE", "main table")
    tomorrow = (datetime.now().astimezone() + timedelta(days=1)).strftime("%Y-%m-%dT08:30")
    await console.fill("From", tomorrow)
    await console.click("Show")
    await console.reads("No payment is like this.", "main")
    await console.fill("From", "")
    await console.fill("Before", tomorrow)
    await console.click("Show")
    await console.reads("ONE", "main table")
    assert await console.ask("document.querySelector('#payment-to').value") == tomorrow
    await console.go("#/payments?from=yesterday")
    await console.reads("must be a time with its zone", "main")


async def test_a_payment_that_waits_in_doubt_or_has_failed_is_found_by_that(stage: Stage, console: Console) -> None:
    terminal = await stage.terminal("card-1")
    await stage.pay("card-1", "a", reference="GOOD")
    await _in_doubt(stage, terminal, "LOST")
    await console.go("#/payments?outcome=unresolved")
    await console.reads("LOST", "main table")
    row = await console.text("main tbody tr")
    assert "7.20 EUR" in row
    assert "requested" in row
    assert "GOOD" not in await console.text("main")


async def test_a_long_list_of_payments_is_paged(stage: Stage, console: Console) -> None:
    await stage.fake("bar")
    _decides(stage, *(_paid() for _ in range(52)))
    for number in range(52):
        await stage.pay("bar", f"card-{number}", amount="30.00", currency="PLN", reference=f"R-{number:02}")
    await console.go("#/payments?device=bar")
    await console.reads("R-51", "main table")
    await console.click("Older")
    await console.reads("R-00", "main table")
    assert "R-51" not in await console.text("main table")
    await console.click("Newest")
    await console.reads("R-51", "main table")


async def test_a_payment_shows_what_the_terminal_decided_and_its_slips(stage: Stage, console: Console) -> None:
    await stage.fake("bar")
    slips = (
        TerminalReceipt(copy_for=ReceiptCopy.MERCHANT, text="-- merchant --", must_print=True, signature=True),
        TerminalReceipt(copy_for=ReceiptCopy.CUSTOMER, text="-- customer --"),
    )
    card = {"scheme": "VISA", "masked_pan": "411111******1111", "entry_mode": EntryMode.CONTACTLESS, "receipt_number": "0042"}
    _decides(stage, _paid(tip=Decimal("3.00"), receipts=slips, **card))
    job = await stage.pay("bar", "card-1", amount="30.00", currency="PLN", tip="3.00")
    await console.go("#/payments")
    await console.click("Card payment", "main table")
    await console.reads("contactless", "main")
    for said in ("30.00 PLN", "VISA 411111******1111", "3.00 PLN", "0042", "The customer's slip", "The shop's slip", job.id):
        assert said in await console.text("main")
    merchants = "section[aria-labelledby='paper-merchant']"
    for said in ("The terminal says that it must be printed.", "It has a line for the signature."):
        assert said in await console.text(merchants)
        assert said not in await console.text("section[aria-labelledby='paper-customer']")
    await console.click("As text", merchants)
    await console.reads("-- merchant --", f"{merchants} pre")


async def test_asking_again_says_what_the_terminal_says(stage: Stage, console: Console) -> None:
    terminal = await stage.terminal("card-1")
    job = await stage.pay("card-1", "a")
    await console.go(f"#/jobs/{job.id}")
    await console.reads("Nothing was done with it since.", TERMINAL)
    await console.click("Ask the terminal again", TERMINAL)
    await console.reads("The terminal was asked, and says the same as before: approved.", TERMINAL)
    terminal.reverse(1)
    await console.click("Ask the terminal again", TERMINAL)
    await console.reads("The payment was taken back since.", TERMINAL)
    await console.reads("No job here asked for it.", TERMINAL)
    await console.reads("reversed", "section[aria-labelledby='history']")
    await console.gone("Ask the terminal again", TERMINAL)  # what was taken back stays so: nobody would be asked


async def test_while_the_terminal_is_being_asked_it_says_so_and_is_asked_once(stage: Stage, console: Console) -> None:
    terminal = await stage.terminal("card-1")
    job = await stage.pay("card-1", "a")
    gate, asked = asyncio.Event(), []
    payments = stage.shop.bridge.payments
    original = payments.refresh

    async def slow(*given: Any) -> Any:
        asked.append(given)
        await gate.wait()
        return await original(*given)

    payments.refresh = slow
    await console.go(f"#/jobs/{job.id}")
    await console.click("Ask the terminal again", TERMINAL)
    await console.reads("The terminal is being asked", TERMINAL)
    button = "document.querySelector('button.again')"
    assert await console.ask(f"{button}.getAttribute('aria-disabled')") == "true"
    await console.ask(f"void {button}.click()")
    gate.set()
    await console.reads("says the same as before", TERMINAL)
    assert await console.ask(f"{button}.getAttribute('aria-disabled')") is None
    assert len(asked) == len(terminal.truth) == 1


async def test_a_terminal_that_cannot_be_asked_is_told_with_the_reason(stage: Stage, console: Console) -> None:
    await stage.fake("bar")
    _decides(stage, _paid())
    job = await stage.pay("bar", "card-1", amount="30.00", currency="PLN")
    await console.go(f"#/jobs/{job.id}")
    await console.click("Ask the terminal again", TERMINAL)
    await console.reads("cannot tell how the payment", TERMINAL)
    assert "The terminal was not heard. What stands here is what was known before." in await console.text(TERMINAL)
    assert "approved" in await console.text(TERMINAL)


async def _in_doubt(stage: Stage, terminal: Any, reference: str) -> Any:
    """A payment whose terminal is switched off while the customer looks for the card."""
    terminal.switches.card = 600
    body = {"op": "payment.purchase", "amount": "7.20", "currency": "EUR", "reference": reference}
    job = await stage.shop.bridge.jobs.submit(TILL, "card-1", reference, body)
    await eventually(lambda: terminal.phase == "card")
    terminal.power(False)
    await eventually(lambda: _is(stage, job, "unresolved"))
    return job


async def _is(stage: Stage, job: Any, state: str) -> bool:
    return bool((await stage.shop.bridge.jobs.get(job.id)).state == state)


def impatient(stage: Stage) -> None:
    """Whoever asks again is not kept waiting for the answer."""
    payments = stage.shop.bridge.payments
    original = payments.refresh
    payments.refresh = lambda actor, job_id, seconds: original(actor, job_id, 0.01)


async def test_a_payment_in_doubt_is_asked_about_and_ends_as_the_terminal_says(stage: Stage, console: Console) -> None:
    terminal = await stage.terminal("card-1")
    job = await _in_doubt(stage, terminal, "LOST")
    impatient(stage)
    await console.go(f"#/jobs/{job.id}")
    await console.click("Ask the terminal again", TERMINAL)
    await console.reads("It is still not known.", TERMINAL)
    await console.reads("the terminal is switched off", f"{TERMINAL} [role=status]")
    assert "in doubt" in await console.text(TERMINAL)
    terminal.switches.card = 0.02
    terminal.power(True)
    await console.click("Ask the terminal again", TERMINAL)
    await console.reads("failed", f"{TERMINAL} header")
    assert await _is(stage, job, "failed")
    assert terminal.truth == []
    await console.gone("Ask the terminal again", TERMINAL)
    await console.reads("The card was not charged.", "section[aria-labelledby='stands']")
    assert "issued" not in await console.text("section[aria-labelledby='stands']")


async def test_what_was_done_with_a_payment_is_told_both_ways_as_it_happens(stage: Stage, console: Console) -> None:
    await stage.terminal("card-1")
    paid = await stage.pay("card-1", "a", reference="WEB-1")
    await console.go(f"#/jobs/{paid.id}")
    await console.reads("Nothing was done with it since.", TERMINAL)
    await stage.pay("card-1", "b", op="payment.refund", amount="2.00", original={"job": paid.id})
    await console.reads("Card refund", TERMINAL)
    assert "2.00 EUR" in await console.text(f"{TERMINAL} tbody")
    other = await stage.pay("card-1", "c", amount="8.00")
    back = await stage.pay("card-1", "d", **taking_back(other))
    await console.go(f"#/jobs/{other.id}")
    await console.reads("Reversal of a payment", f"{TERMINAL} table")
    await console.reads(f"reversed; by job {back.id}", "section[aria-labelledby='history']")
    await console.click("Reversal of a payment", f"{TERMINAL} table")
    await console.reads("The payment that this is of", TERMINAL)
    await console.reads("reversed", f"{TERMINAL} table")
    await console.click("Card payment", f"{TERMINAL} table")
    await until(console.page, f"location.hash === '#/jobs/{other.id}'")


async def test_an_attendant_reads_todays_payments_and_neither_the_list_nor_the_terminal(
    stage: Stage, open_page: PageOpener
) -> None:
    await stage.terminal("card-1")
    job = await stage.pay("card-1", "a", reference="WEB-1")
    await stage.shop.call("PUT", "/console/attendant", {"pin": PIN})
    opened = await attending(stage, open_page)
    await opened.reads("approved 12.50 EUR", "table")
    assert await opened.ask("document.querySelector('nav') === null")
    await opened.ask("void (location.hash = '#/payments')")
    await opened.reads("At the till", "h1")
    await opened.ask(f"void (location.hash = '#/jobs/{job.id}')")
    await opened.reads("500000******0017", "main")
    await opened.reads("The customer's slip", "main")
    assert await opened.ask(f'document.querySelector("{TERMINAL}")') is None


async def test_a_name_of_a_terminal_is_no_markup_and_moves_no_word_of_ours(stage: Stage, console: Console) -> None:
    await stage.fake("bar")
    hostile = '<img src=x onerror="window.taken=1">'
    _decides(stage, _paid(scheme=hostile, receipt_number="קבלה 12", reason_text=hostile))
    await stage.pay("bar", "card-1", amount="30.00", currency="PLN", reference=hostile)
    await console.go("#/payments")
    await console.reads(hostile, "main table")
    assert await console.ask("[window.taken ?? null, document.querySelector('main img')]") == [None, None]
    assert await console.ask("[...document.querySelectorAll('main td bdi')].some((one) => one.innerText === 'קבלה 12')")


async def test_a_payment_in_doubt_is_settled_by_what_the_terminal_and_its_slips_say(stage: Stage, console: Console) -> None:
    terminal = await stage.terminal("card-1")
    paid = await stage.pay("card-1", "one")
    terminal.switches.acquirer = 600
    job = await stage.shop.bridge.jobs.submit(TILL, "card-1", "back", taking_back(paid))
    await eventually(lambda: terminal.phase == "acquirer")
    terminal.power(False)
    await console.reads("it is not known what the terminal did")
    await console.go("#/unresolved")
    await console.reads("the terminal takes no other payment until this is settled.", ".settle")
    await console.reads("UNRESOLVED: it is not known what the terminal did.", ".settle .known")
    shown = await console.text(".settle")
    for said in (
        "In doubt: what did the terminal do?",
        "The terminal's display",
        "the shop's or the customer's",
        "The bank's totals",
    ):
        assert said in shown
    for said in ("document", "paper", "issued"):
        assert said not in shown
    await console.fill("The payment was taken back", True)
    await console.fill("Number of the slip", "0042")
    await console.fill("What you saw", "it says so in its journal")
    await console.click("The payment was taken back", ".settle form .actions")
    await console.reads("If it was not, the customer has paid, and nobody will give the money back.", "dialog")
    await console.fill("I have seen it on a slip", True)
    await console.click("The payment was taken back", "dialog")
    await console.reads("No job is in doubt")
    assert (await stage.shop.bridge.jobs.get(job.id)).success
    assert (await stage.shop.bridge.jobs.get(paid.id)).result.payment.outcome is Outcome.REVERSED
    await console.go(f"#/jobs/{job.id}")
    await console.reads("DONE: a person looked and settled it.", "section[aria-labelledby='timeline']")
