"""A day on a simulated register: shifts with their figures, cash, printouts, the clock, status, identity, discovery."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from register_bench import RegisterBench
from shtrih_bench import CLOSED, FAMILY, Bench, Peer, Script, other, sale

from bridge.model import Paper, RequestError
from bridge.transport import Cable, LinkError, WireLog, null_modem, run_virtual
from tests.one_job import Job

CASH = {"amount": "1000.00", "currency": "RUB"}
SALE: dict[str, Any] = {
    "lines": [
        {"name": "Хлеб ржаной", "quantity": "2", "unit": "шт", "price": "45.00", "vat": "10%"},
        {"name": "Кофе", "quantity": "0.250", "unit": "кг", "price": "1600.00", "vat": "22%", "discount": {"amount": "20.00"}},
    ],
    "payments": [{"kind": "card", "amount": "170.00"}, {"kind": "cash", "amount": "500.00"}],
    "extras": {},
}


async def opened(bench: RegisterBench) -> RegisterBench:
    assert (await bench.run(other("shift.open", operator={"name": "Анна"}))).state == "done"
    return bench


def test_a_day_from_its_opening_to_its_z_report_with_its_figures() -> None:
    async def scenario() -> None:
        bench = RegisterBench()
        opening = await bench.run(other("shift.open", operator={"name": "Анна", "tax_id": "500100732259"}))
        assert (opening.state, opening.document.shift, opening.document.fiscal) == ("done", "1", True)
        assert bench.issued("shift_open")[0].number == opening.document.number
        assert (await bench.run(other("cash.in", **CASH))).state == "done"
        sold = await bench.run(sale(**SALE))
        assert (sold.state, str(sold.document.total), sold.document.shift) == ("done", "470.00", "1")
        assert (await bench.run(sale(**SALE, kind="refund"))).state == "done"
        assert (await bench.run(other("cash.out", amount="100.00", currency="RUB"))).state == "done"
        x = (await bench.run(other("report.x"))).document.report
        z = await bench.run(other("shift.close"))
        report = z.document.report
        assert (z.state, z.document.shift, report.number) == ("done", "1", "1")
        for told in (x, report):
            assert str(told.total) == "470.00"
            assert {t.kind: str(t.amount) for t in told.totals_by_payment} == {"cash": "300.00", "card": "170.00"}
            assert told.counters["sale_returns"] == "470.00"
            assert told.counters["cash_put_in"] == "1000.00"
            assert told.counters["cash_taken_out"] == "100.00"
            assert told.counts == {"sales": 1, "sale_returns": 1, "purchases": 0, "purchase_returns": 0}
        kinds = [document.kind for document in bench.issued()]
        assert kinds == ["shift_open", "cash_in", "receipt", "goods_return", "cash_out", "x_report", "daily_report"]
        await bench.close()

    run_virtual(scenario())


def test_what_is_sold_is_what_the_register_issued() -> None:
    async def scenario() -> None:
        bench = await opened(RegisterBench())
        await bench.run(sale(**SALE, delivery={"email": "a@b.ru"}))
        [receipt] = bench.issued("receipt")
        assert (receipt.total, receipt.change) == ("470.00", "200.00")
        assert [line["name"] for line in receipt.lines] == ["Хлеб ржаной", "Кофе"]
        assert set(receipt.taxes.values()) == {"8.18", "68.52"}
        assert receipt.details["tax_system"] == 1
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize(("op", "code"), [("shift.close", "device.shift_closed"), ("shift.open", "request.conflict")])
def test_a_shift_is_opened_once_and_closed_once(op: str, code: str) -> None:
    async def scenario() -> None:
        bench = RegisterBench() if op == "shift.close" else await opened(RegisterBench())
        outcome = await bench.run(other(op))
        assert outcome.error is not None
        assert (outcome.error.code, outcome.job.checkpoints) == (code, [])
        await bench.close()

    run_virtual(scenario())


def test_more_cash_than_there_is_cannot_be_taken_out() -> None:
    async def scenario() -> None:
        bench = await opened(RegisterBench())
        outcome = await bench.run(other("cash.out", **CASH))
        assert outcome.error is not None
        assert (outcome.error.code, outcome.error.device_code, outcome.error.field) == ("request.invalid", "46h", "amount")
        assert bench.issued("cash_out") == []
        await bench.close()

    run_virtual(scenario())


def test_a_receipt_without_paper_leaves_none() -> None:
    async def scenario() -> None:
        bench = await opened(RegisterBench())
        before = bench.register.paper()
        outcome = await bench.run(sale(**SALE, delivery={"paper": False, "sms": "+79161234567"}))
        assert outcome.result is not None
        assert outcome.result.paper is Paper.SUPPRESSED
        assert bench.register.paper() == before
        [receipt] = bench.issued("receipt")
        assert receipt.total == "470.00"
        await bench.run(sale(**SALE))
        assert "Хлеб ржаной" in bench.register.paper()[len(before) :]
        await bench.close()

    run_virtual(scenario())


def test_a_receipt_without_paper_that_is_refused_leaves_the_next_document_its_paper() -> None:
    async def scenario() -> None:
        bench = await opened(RegisterBench())
        bench.register.faults.arm({"fault": "refuse", "command": "FF46", "code": 0x63})
        refused = await bench.run(sale(**SALE, delivery={"paper": False, "email": "a@b.ru"}))
        assert refused.error is not None
        assert refused.error.device_code == "63h"
        before = bench.register.paper()
        await bench.run(other("cash.in", **CASH))
        assert "ВНЕСЕНИЕ" in bench.register.paper()[len(before) :]
        await bench.close()

    run_virtual(scenario())


# --- effects


def test_a_printout_has_its_lines() -> None:
    async def scenario() -> None:
        bench = RegisterBench()
        outcome = await bench.run(
            other(
                "print",
                title="Заказ 7",
                lines=[{"text": "Стол 5"}, {"text": "СПАСИБО", "double": True}, {"text": "вправо", "align": "right"}],
            )
        )
        assert outcome.state == "done"
        assert outcome.result is not None
        assert outcome.result.paper is Paper.PRINTED
        await bench.close()

    run_virtual(scenario())


def test_long_lines_are_broken_only_where_the_till_allows_it() -> None:
    with pytest.raises(RequestError):
        FAMILY.check(other("print", lines=[{"text": "x" * 50}]), FAMILY.settings_from({}), None)
    checked = FAMILY.check(other("print", lines=[{"text": "☕ " * 30}], fit="lenient"), FAMILY.settings_from({}), None)
    assert {warning.code for warning in checked.warnings} == {"text_replaced", "text_wrapped"}


def test_the_drawer_is_opened_and_the_last_receipt_printed_again() -> None:
    async def scenario() -> None:
        bench = await opened(RegisterBench())
        await bench.run(sale(**SALE))
        assert (await bench.run(other("drawer.open"))).state == "done"
        assert bench.register.drawer_opened == 1
        assert (await bench.run(other("copy"))).state == "done"
        assert len(bench.issued("copy")) == 1
        await bench.close()

    run_virtual(scenario())


def test_the_clock_is_set_while_the_shift_is_closed_and_not_otherwise() -> None:
    async def scenario() -> None:
        bench = RegisterBench()
        outcome = await bench.run(other("clock.set", to="2026-11-20T18:00:05+03:00"))
        assert outcome.state == "done"
        assert bench.driver is not None
        status = await bench.driver.status()
        assert status.clock is not None
        assert status.clock.isoformat()[:16] == "2026-11-20T18:00"
        await opened(bench)
        refused = await bench.run(other("clock.set"))
        assert refused.error is not None
        assert refused.error.code == "request.conflict"
        await bench.close()

    run_virtual(scenario())


def test_a_register_that_wants_its_date_confirmed_says_so_and_takes_the_clock() -> None:
    async def scenario() -> None:
        bench = RegisterBench(confirm_date=True)
        bench.register.power(False)
        bench.register.power(True)
        refused = await bench.run(other("shift.open"))
        assert refused.error is not None
        assert refused.error.code == "device.clock"
        assert (await bench.run(other("clock.set"))).state == "done"
        assert (await bench.run(other("shift.open"))).state == "done"
        await bench.close()

    run_virtual(scenario())


def test_raw_commands_read_and_make_no_documents() -> None:
    async def scenario() -> None:
        bench = RegisterBench()
        outcome = await bench.run(other("raw", command={"code": "FF02"}))
        assert outcome.result is not None
        assert bytes.fromhex(outcome.result.evidence["answer"])[3:] == b"9999078900012955"
        refused = await bench.run(other("raw", command={"code": "2D", "parameters": "63"}))
        assert refused.error is not None
        assert refused.error.device_code == "5Dh"
        await bench.close()

    run_virtual(scenario())


def test_document_continue_lets_a_register_go_on_that_may_not_do_so_by_itself() -> None:
    async def scenario() -> None:
        script = Script(x10="10 00 1E 92 02 02 03 00 9F F8 00 00 00 00 00 00")
        bench = Bench(script, continue_printing=False)
        outcome = await bench.run(other("document.continue"))
        assert (outcome.state, bench.sent("B0")) == ("done", ["B0 1E 00 00 00"])
        script.say(x10="10 00 1E 92 02 02 00 00 9F F8 00 00 00 00 00 00")
        assert (await bench.run(other("document.continue"))).state == "done"
        assert len(bench.sent("B0")) == 1
        script.say(x10="10 00 1E 92 02 02 01 00 9F F8 00 00 00 00 00 00")
        refused = await bench.run(other("document.continue"))
        assert refused.error is not None
        assert refused.error.code == "device.paper_out"
        await bench.disconnect()

    run_virtual(scenario())


CODE = base64.b64encode(b"010460620310334821a3=EfODAB\x1d91EE10\x1d92abcd").decode()


@pytest.mark.parametrize(
    ("found", "state", "verdict"),
    [("positive", "done", "positive"), ("unavailable", "done", "unavailable"), ("negative", "failed", None)],
)
def test_a_marking_code_is_checked_before_it_is_sold(found: str, state: str, verdict: str | None) -> None:
    async def scenario() -> None:
        bench = await opened(RegisterBench(marking=found, marking_local="no_keys" if found == "unavailable" else "checked"))
        outcome = await bench.run(other("marking.check", marking={"code_b64": CODE}))
        assert outcome.state == state, outcome
        if verdict is not None:
            assert outcome.result is not None
            assert outcome.result.evidence["marking"]["verdict"] == verdict
        line = {"name": "Вода", "price": "80.00", "vat": "22%", "marking": {"code_b64": CODE}}
        sold = await bench.run(sale(lines=[line], payments=[], extras={}))
        assert sold.state == state, sold
        assert len(bench.issued("receipt")) == (1 if state == "done" else 0)
        await bench.close()

    run_virtual(scenario())


def test_a_device_of_an_older_format_checks_no_codes() -> None:
    async def scenario() -> None:
        bench = RegisterBench(ffd="1.05")
        driver = await bench.connect()
        assert "marking.check" not in (await driver.capabilities()).operations
        await bench.close()

    run_virtual(scenario())


# --- status, identity, discovery


@pytest.mark.parametrize(("ffd", "number"), [("1.05", 2), ("1.1", 3), ("1.2", 4)])
def test_the_version_of_the_format_is_the_registrations(ffd: str, number: int) -> None:
    async def scenario() -> None:
        for table in ("10", "17"):
            bench = RegisterBench(ffd=ffd, ffd_table=table)
            driver = await bench.connect()
            capabilities = await driver.capabilities()
            assert capabilities.limits["ffd.version"] == number
            assert (await driver.status()).details["ffd"] == ffd
            await bench.close()

    run_virtual(scenario())


def test_the_status_of_a_healthy_register() -> None:
    async def scenario() -> None:
        bench = await opened(RegisterBench())
        assert bench.driver is not None
        status = await bench.driver.status()
        assert (status.paper, status.cover, status.shift, status.fiscal_mode, status.fiscal_memory) == (
            "ok", "closed", "open", True, "ok",
        )  # fmt: skip
        assert status.problems == ()
        assert status.details["fn"] == "9999078900012955"
        assert status.clock is not None
        assert status.clock.isoformat() == "2026-11-20T15:29:00+03:00"
        await bench.close()

    run_virtual(scenario())


def test_a_register_without_the_operator_says_how_long_it_will_sell() -> None:
    async def scenario() -> None:
        bench = await opened(RegisterBench(ofd="unreachable"))
        await bench.run(sale(**SALE))
        assert bench.driver is not None
        status = await bench.driver.status()
        assert (status.details["ofd_waiting"] >= 2, status.problems) == (True, ())
        bench.register.faults.arm({"fault": "clock_offset", "seconds": 10 * 24 * 3600})
        status = await bench.driver.status()
        assert any("in 20 days the device stops selling" in problem for problem in status.problems), status.problems
        assert any("more than 24 hours" in problem for problem in status.problems)
        assert status.shift == "expired"
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("kind", "code", "field", "value"),
    [("paper_out", "device.paper_out", "paper", "out"), ("cover_open", "device.cover_open", "cover", "open")],
)
def test_missing_paper_and_an_open_cover_are_told_and_waited_for(kind: str, code: str, field: str, value: str) -> None:
    async def scenario() -> None:
        bench = await opened(RegisterBench())
        bench.register.faults.arm({"fault": kind})
        assert bench.driver is not None
        status = await bench.driver.status()
        assert (getattr(status, field), len(status.problems)) == (value, 1)
        assert status.attention == status.problems[0]
        job = Job(bench.device)

        def somebody_comes(told: str) -> None:
            bench.register.load_paper(True)
            bench.register.close_cover(True)

        job.on_attention = somebody_comes
        outcome = await bench.run(sale(**SALE), job)
        assert (outcome.state, job.attentions) == ("done", [code])
        await bench.close()

    run_virtual(scenario())


def test_the_identity_is_the_registers_and_not_its_storages() -> None:
    async def scenario() -> None:
        bench = RegisterBench()
        driver = await bench.connect()
        before = await driver.identify()
        assert (before.model, before.fiscal_number) == ("РИТЕЙЛ-01Ф", None)
        assert before.serial is not None
        assert before.serial.endswith("380001002345")
        bench.register.replace_fn("9999078900099999")
        assert (await driver.identify()).same_device(before)
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("layer", [1, 2])
def test_a_search_finds_a_register_with_the_identity_that_its_driver_tells(layer: int) -> None:
    async def scenario() -> None:
        bench = Bench(layer=layer)
        identity = await (await bench.connect()).identify()
        await bench.disconnect()
        assert await probed(bench) == identity
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize("layer", [1, 2])
def test_a_search_takes_no_answer_away_that_a_document_in_doubt_needs(layer: int) -> None:
    async def scenario() -> None:
        script = Script(xFF45=CLOSED)
        script.cut_after.add("FF45")
        bench = Bench(script, layer=layer)
        driver = await bench.connect()
        with pytest.raises(LinkError):
            await driver.execute(Job(bench.device), sale())
        await bench.disconnect()
        executed = len(script.executed)
        assert await probed(bench) is None
        assert len(script.executed) == executed
        await bench.disconnect()
        driver = await bench.connect()
        await driver.identify()
        assert (await bench.device.store.get("held"))["answer"] == CLOSED.replace(" ", "").lower()
        await bench.disconnect()

    run_virtual(scenario())


async def probed(bench: Bench) -> Any:
    """What a search finds on a line of its own."""
    host, far = null_modem(Cable(), lambda: WireLog(lambda: datetime.now(UTC)))
    bench._links += [host, far]
    bench._peers.append(Peer(bench.script, bench.far, far))
    return await FAMILY.probe(host)


def test_a_line_with_nothing_on_it_is_no_register() -> None:
    async def scenario() -> None:
        host, _ = null_modem(Cable(), lambda: WireLog(lambda: datetime.now(UTC)))
        assert await FAMILY.probe(host) is None
        await host.close()

    run_virtual(scenario())
