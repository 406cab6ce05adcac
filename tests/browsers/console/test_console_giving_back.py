"""Payments taken back at the console: offered where it can be, confirmed by amount and terminal, and never done twice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bridge.model import Outcome, PaymentResult, Result
from bridge.plugin import JobContext
from tests.browsers.browser import until
from tests.browsers.console.driving import Console
from tests.browsers.console.stage import Stage
from tests.browsers.settings import NO_POLICY, in_browsers
from tests.browsers.shop import eventually
from tests.core.fake_family import FakeDriver

pytestmark = in_browsers(NO_POLICY)

TERMINAL = "section[aria-labelledby='terminal']"
STANDS = "section[aria-labelledby='stands']"


async def jobs(stage: Stage, op: str) -> list[Any]:
    listed, _ = await stage.shop.bridge.payments.list()
    return [job for job in listed if job.op == op]


async def offers(console: Console, terminal: str = "card-1") -> list[bool]:
    """Reverse and refund, as they are offered where the console has heard what the terminal can do."""
    await until(console.page, f"import('/console/store.js').then(({{ device }}) => !!device('{terminal}')?.capabilities)")
    await console.settled()
    await console.reads("At the terminal", TERMINAL)
    shown = await console.text(TERMINAL)
    return ["Reverse …" in shown, "Refund …" in shown]


async def test_a_payment_is_reversed_once_however_often_it_is_clicked(stage: Stage, console: Console) -> None:
    terminal = await stage.terminal("card-1")
    paid = await stage.pay("card-1", "a")
    await console.go(f"#/jobs/{paid.id}")
    await console.click("Reverse …", TERMINAL)
    await console.reads("Reverse 12.50 EUR at card-1?", "dialog")
    await console.click("Cancel", "dialog")
    assert await jobs(stage, "payment.reversal") == []
    twice = "void ((one) => {{ one.click(); one.click(); }})(seen.named({name}, '{where}'))"
    await console.ask(twice.format(name="'Reverse …'", where="main"))
    await console.reads("Reverse 12.50 EUR at card-1?", "dialog")
    await console.ask(twice.format(name="'Reverse'", where="dialog"))
    await console.reads("Reversal of a payment", "h1")
    await console.reads("approved", f"{TERMINAL} header")
    await console.reads("12.50 EUR", STANDS)
    [made] = await jobs(stage, "payment.reversal")
    assert made.success
    await until(console.page, f"location.hash === '#/jobs/{made.id}'")
    assert [entry.record.kind for entry in terminal.truth] == ["purchase", "reversal"]
    await console.go(f"#/jobs/{paid.id}")
    await console.reads(f"reversed; by job {made.id}", "section[aria-labelledby='history']")
    assert await offers(console) == [False, False]


async def test_a_payment_is_given_back_in_parts_until_nothing_is_left(stage: Stage, console: Console) -> None:
    terminal = await stage.terminal("card-1")
    paid = await stage.pay("card-1", "a")
    for given, said in (("2,00", "2.00"), ("10.50", "10.50")):
        await console.go(f"#/jobs/{paid.id}")
        await console.fill("Amount to refund, in EUR", given)
        await console.click("Refund …", TERMINAL)
        await console.reads(f"Refund {said} EUR at card-1?", "dialog")
        await console.click("Refund", "dialog")
        await console.reads("Card refund", "h1")
        await console.reads(f"{said} EUR", STANDS)
        await console.reads("approved", f"{TERMINAL} header")
        await console.go(f"#/jobs/{paid.id}")
        await console.reads(f"{said} EUR", f"{TERMINAL} table")
        if said == "2.00":
            assert await offers(console) == [False, True], "behind a refund it is not reversed any more"
            assert await console.ask("seen.control('Amount to refund').value") == "10.50"
    assert await offers(console) == [False, False]
    kinds = [(entry.record.kind, entry.record.amount) for entry in terminal.truth]
    assert kinds == [("purchase", Decimal("12.50")), ("refund", Decimal("2.00")), ("refund", Decimal("10.50"))]


async def test_what_the_bridge_refuses_is_told_and_may_be_wanted_anew(stage: Stage, console: Console) -> None:
    await stage.terminal("card-1")
    paid = await stage.pay("card-1", "a")
    await console.go(f"#/jobs/{paid.id}")
    for amount, refused in (("99.00", True), ("2.00", False)):
        await console.fill("Amount to refund, in EUR", amount)
        await console.click("Refund …", TERMINAL)
        await console.reads(f"Refund {amount} EUR at card-1?", "dialog")
        await console.click("Refund", "dialog")
        if refused:
            await console.reads("99.00 is more than the 12.50", f"{TERMINAL} .notice.bad")
            assert "It is not known" not in await console.text(TERMINAL)
    await console.reads("Card refund", "h1")
    await console.reads("2.00 EUR", STANDS)
    await console.reads("approved", f"{TERMINAL} header")
    assert [job.success for job in await jobs(stage, "payment.refund")] == [True]


async def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_is_done_twice(stage: Stage, console: Console) -> None:
    terminal = await stage.terminal("card-1")
    paid = await stage.pay("card-1", "a")
    await console.go(f"#/jobs/{paid.id}")
    await console.ask(
        """void (() => {
            const real = window.fetch;
            window.lost = 0;
            window.fetch = async (where, how) => {
                const answer = await real(where, how);
                if (how?.method === "POST" && String(where).endsWith("/card-1/jobs") && window.lost++ < 1) throw new TypeError("gone");
                return answer;
            };
        })()"""
    )
    await console.fill("Amount to refund, in EUR", "2.00")
    await console.click("Refund …", TERMINAL)
    await console.reads("Refund 2.00 EUR at card-1?", "dialog")
    await console.click("Refund", "dialog")
    await console.reads("It is not known whether the bridge has taken this.", TERMINAL)
    await eventually(lambda: len(terminal.truth) == 2)
    assert await offers(console) == [False, False], "nothing else before this is known"
    await console.go("#/payments")
    await console.go(f"#/jobs/{paid.id}")
    await console.reads("It is not known whether the bridge has taken this.", TERMINAL)
    await console.click("Try again", TERMINAL)
    await console.reads("Card refund", "h1")
    assert await console.ask("window.lost") == 2
    assert len(await jobs(stage, "payment.refund")) == 1
    assert len(terminal.truth) == 2


async def test_it_is_offered_only_where_the_terminal_has_it_and_the_payment_stands(stage: Stage, console: Console) -> None:
    terminal = await stage.terminal("card-1")
    paid = await stage.pay("card-1", "a")
    back = await stage.pay("card-1", "b", op="payment.refund", amount="2.00", original={"job": paid.id})
    terminal.switches.decision = "decline"
    declined = await stage.pay("card-1", "c")
    await stage.fake("bar")

    async def decides(context: JobContext, driver: FakeDriver) -> Result:
        await context.checkpoint("intent")
        amount = Decimal("30.00")
        return Result(payment=PaymentResult(outcome=Outcome.APPROVED, requested=amount, approved=amount, currency="PLN"))

    stage.family.behaviour = decides
    elsewhere = await stage.pay("bar", "d", amount="30.00", currency="PLN")
    shown = {}
    for name, job in (("refund", back), ("declined", declined), ("no such operation", elsewhere)):
        await console.go(f"#/jobs/{job.id}")
        await console.reads(job.id, STANDS)
        shown[name] = await offers(console, job.device)
    assert shown == {"refund": [True, False], "declined": [False, False], "no such operation": [False, False]}
    await console.go(f"#/jobs/{back.id}")
    await console.click("Reverse …", TERMINAL)
    await console.reads("the customer pays again", "dialog")
