"""Receipts and slips in bytes: what is sent, what is refused, and what is left behind."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from atol_bench import FAMILY, Bench, Script, other, sale

from bridge.model import RequestError
from bridge.transport import run_virtual
from tests.one_job import Job

VECTORS = json.loads((Path(__file__).parents[3] / "protocol-specs" / "atol" / "vectors.json").read_text("utf-8"))
FLOWS = {vector["name"]: vector["meaning"]["state_changing_commands"] for vector in VECTORS if vector["name"].startswith("flow-")}
CASHIER = {"name": "Иванов", "tax_id": "123654789507"}


def run(wanted: Any, script: Script | None = None, **settings: Any) -> tuple[Any, Script]:
    """One job on a fresh register."""

    async def scenario() -> tuple[Any, Script]:
        bench = Bench(script, **settings)
        outcome = await bench.run(wanted)
        await bench.disconnect()
        return outcome, bench.script

    return run_virtual(scenario())


def changed(script: Script) -> list[str]:
    """All that was sent beside questions and modes, as vectors write it."""
    return [data.hex() for data in script.executed if data[:1].hex().upper() in script.changing()]


def test_a_sale_is_what_the_vendors_driver_sends_byte_for_byte() -> None:
    lines = [
        {"name": "Бананы", "quantity": "2", "price": "50.00", "vat": "20%"},
        {"name": "Сыр", "quantity": "0.5", "price": "123.45", "total": "61.73", "vat": "10%"},
    ]
    wanted = sale(
        lines=lines,
        payments=[{"kind": "cash", "amount": "200.00"}],
        operator=CASHIER,
        delivery={"paper": True, "sms": "+79161234567"},
    )
    outcome, script = run(wanted)
    assert outcome.state == "done"
    # The department of the first line is told by the vendor's till, and by our settings.
    theirs = [sent.replace("0101040000000000000000000081a0", "0001040000000000000000000081a0") for sent in FLOWS["flow-sell"]]
    assert changed(script) == theirs
    assert str(outcome.document.total) == "161.73"


def test_a_refund_without_paper_is_what_the_vendors_driver_sends() -> None:
    wanted = sale(
        kind="refund",
        lines=[{"name": "Бананы", "quantity": "2", "price": "50.00", "taxes": [{"kind": "exempt"}]}],
        payments=[{"kind": "card", "amount": "100.00"}],
        operator=CASHIER,
        delivery={"paper": False, "email": "a@b.ru"},
        extras={"ffd": {"taxation": "usn_income"}},
    )
    outcome, script = run(wanted, department=1)
    assert outcome.state == "done"
    assert changed(script) == FLOWS["flow-sellReturn"]
    assert outcome.result.paper.value == "suppressed"


@pytest.mark.parametrize("name", ["flow-cashOut", "flow-closeShift"])
def test_slips_are_what_the_vendors_driver_sends(name: str) -> None:
    wanted = {
        "flow-cashOut": other("cash.out", amount="50.50", currency="RUB", operator=CASHIER),
        "flow-closeShift": other("shift.close", operator=CASHIER),
    }[name]
    outcome, script = run(wanted)
    assert outcome.state == "done"
    assert changed(script) == [sent for sent in FLOWS[name] if sent[:2] not in ("48", "56")]


def test_a_receipt_carries_number_sign_time_and_code_of_the_storage() -> None:
    outcome, _ = run(sale())
    document = outcome.document
    assert (document.number, document.shift, document.fiscal_id) == ("30", "7", "9999078900012955:30:287454020")
    assert document.qr == "t=20261120T1530&s=100.00&fn=9999078900012955&i=30&fp=287454020&n=1"
    assert document.issued_at.isoformat() == "2026-11-20T15:30:00+03:00"
    assert outcome.result.registration.state.value == "offline"


@pytest.mark.parametrize(("kind", "opens"), [("sale", "01"), ("refund", "02"), ("purchase", "04"), ("purchase_refund", "05")])
def test_each_kind_of_receipt_has_its_type(kind: str, opens: str) -> None:
    outcome, script = run(sale(kind=kind, payments=[{"kind": "cash", "amount": "100.00"}]))
    assert outcome.state == "done"
    assert script.sent("92") == [f"92 00 {opens}"]


def test_payments_without_cash_are_told_before_cash() -> None:
    payments = [{"kind": "cash", "amount": "60.00"}, {"kind": "card", "amount": "30.00"}, {"kind": "prepaid", "amount": "10.00"}]
    _, script = run(sale(payments=payments))
    assert script.sent("99") == ["99 00 02 00 00 00 30 00", "99 00 03 00 00 00 10 00", "99 00 01 00 00 00 60 00"]


def test_a_total_that_is_rounded_down_is_a_discount_on_the_receipt() -> None:
    lines = [{"name": "Чай", "quantity": "1", "price": "50.40", "vat": "10%"}]
    payments = [{"kind": "cash", "amount": "50.00"}]
    outcome, script = run(sale(lines=lines, payments=payments, total="50.40", rounding="-0.40"))
    assert outcome.state == "done", outcome.error
    assert script.sent("43") == ["43 00 00 01 00 00 00 00 00 40"]
    assert str(outcome.document.total) == "50.00"


def correction(**more: Any) -> Any:
    ffd = {"taxation": "osn", "correction": {"type": "self", "date": "2026-11-19", "number": "7"}}
    return sale(kind="correction", payments=[{"kind": "cash", "amount": "100.00"}], extras={"ffd": ffd}, **more)


def test_a_correction_of_ffd_1_1_has_its_basis_and_items() -> None:
    script = Script()
    script.ffd = 3
    outcome, _ = run(correction(), script)
    assert (outcome.state, outcome.document.number) == ("done", "30"), outcome.error
    assert script.sent("92") == ["92 00 07"]
    basis = [sent for sent in script.sent("E8") if sent.startswith(("E8 01 01 00 95 04", "E8 01 01 00 96 04"))]
    assert len(basis) == 2
    assert len(script.sent("EB")) == 1


def test_a_correction_of_which_the_storage_tells_no_total_is_known_by_its_answer() -> None:
    class Terse(Script):
        def issue(self, kind: int, rest: str) -> None:
            super().issue(0x14 if kind == 31 else kind, "")

    script = Terse()
    script.ffd = 3
    outcome, _ = run(correction(), script)
    assert (outcome.state, outcome.document.number, outcome.recovered) == ("done", "30", 0)


def test_a_correction_of_ffd_1_05_is_one_sum_as_the_vendors_driver_sends_it() -> None:
    ffd = {"taxation": "osn", "correction": {"type": "self", "date": "2026-11-19", "number": "1175", "description": "Акт"}}
    lines = [
        {"name": "Чай", "quantity": "1", "price": "40.00", "vat": "0%"},
        {"name": "Хлеб", "quantity": "2", "price": "30.00", "vat": "0%"},
    ]
    wanted = sale(kind="correction", lines=lines, payments=[{"kind": "cash", "amount": "100.00"}], extras={"ffd": ffd})
    outcome, script = run(wanted)
    assert (outcome.state, outcome.document.number, str(outcome.document.total)) == ("done", "30", "100.00"), outcome.error
    assert script.sent("92") == ["92 00 07"]
    theirs = next(vector for vector in VECTORS if vector["name"] == "drv-EB-sellCorrection")["meaning"]["params"]
    assert [sent.hex() for sent in script.executed if sent[0] == 0xEB] == [f"eb{theirs}"]
    tags = [sent.removeprefix("E8 01 01 00 ") for sent in script.sent("E8")]
    assert tags[0] == "95 04 01 00 00"
    assert tags[1].startswith("96 04 ")
    assert tags[1].endswith("9B 04 04 00 31 31 37 35")
    assert tags[2:] == ["1F 04 01 00 01", "50 04 02 00 10 27"]
    changing = [code for code in script.changing() if code != "59"]
    assert changing == ["92", "E8", "E8", "E8", "EA", "EB", "E8", "99", "4A"]


def test_a_correction_of_ffd_1_05_with_two_rates_is_refused_before_anything_is_sent() -> None:
    lines = [
        {"name": "Чай", "quantity": "1", "price": "40.00", "vat": "22%"},
        {"name": "Хлеб", "quantity": "2", "price": "30.00", "vat": "10%"},
    ]
    outcome, script = run(correction(lines=lines))
    assert (outcome.state, outcome.error.code, outcome.error.field) == ("failed", "request.unsupported", "lines")
    assert (script.changing(), outcome.job.checkpoints) == ([], [])


CODE = "MDEwNDYwNjIwMzA5ODQyMTIxNWtSQ3BVPjMweENIHTkzSVJodw=="


def marked(**extras: Any) -> Any:
    line = {"name": "Обувь", "quantity": "1", "price": "100.00", "vat": "22%", "marking": {"code_b64": CODE}}
    return sale(lines=[{**line, "extras": extras}], payments=[{"kind": "cash", "amount": "100.00"}])


def test_a_marking_code_in_ffd_1_2_is_told_of_its_item_and_that_nobody_checked_it_to_the_till() -> None:
    script = Script(xEF="55 00 00")
    script.ffd = 4
    outcome, _ = run(marked(), script)
    assert outcome.state == "done", outcome.error
    [told] = [sent for sent in script.executed if sent[0] == 0xEF]
    assert told == b"\xef\x08\x00" + base64.b64decode(CODE)
    codes = script.codes()
    assert codes.index("EA") < codes.index("EF") < codes.index("EB")
    assert outcome.codes.count("marking_not_checked") == 1
    item = next(sent for sent in script.executed if sent[0] == 0xEB)
    assert item[30] == 0x33  # goods with a marking code
    assert "E8 01 01 00 3C 08 01 00 00" in script.sent("E8")  # tag 2108: pieces


def test_a_device_that_knows_no_marking_codes_issues_nothing() -> None:
    script = Script(xEF="55 7A 00")
    script.ffd = 4
    outcome, _ = run(marked(), script)
    assert (outcome.state, outcome.error.field, script.receipt, script.last) == ("failed", "lines.0.marking", 0, 29)


def test_the_result_of_a_check_cannot_be_told() -> None:
    script = Script()
    script.ffd = 4
    outcome, _ = run(marked(ffd={"marking": {"result": 15}}), script)
    assert (outcome.state, outcome.error.field) == ("failed", "lines.0.extras.ffd.marking.result")
    assert outcome.job.checkpoints == []


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"lines": [{"name": "Чай 🍵", "quantity": "1", "price": "1.00", "vat": "10%"}]}, "lines.0.name"),
        ({"lines": [{"name": "Ч" * 129, "quantity": "1", "price": "1.00", "vat": "10%"}]}, "lines.0.name"),
        ({"lines": [{"name": "Чай", "quantity": "1", "price": "1.00", "vat": "19%"}]}, "lines.0.vat"),
        ({"delivery": {"paper": False}}, "delivery"),
        ({"payments": [{"kind": "card", "amount": "200.00"}]}, "payments"),
        ({"extras": {"ffd": {"taxation": "osn", "strict_form": True}}}, "extras.ffd.strict_form"),
    ],
)
def test_what_the_device_cannot_do_is_told_without_asking_it(form: dict[str, Any], field: str) -> None:
    with pytest.raises(RequestError) as caught:
        FAMILY.check(sale(**form), FAMILY.settings_from({}), None)
    assert [error.field for error in caught.value.errors] == [field]


def test_a_check_of_a_marking_code_is_refused() -> None:
    with pytest.raises(RequestError) as caught:
        FAMILY.check(other("marking.check", marking={"code_b64": "MDE="}, kind="sale"), FAMILY.settings_from({}), None)
    assert caught.value.code == "request.unsupported"


def test_a_report_has_what_the_register_counts() -> None:
    script = Script(
        x9141=["55 00 0000000012 0000000001", "55 00 0000000002 0000000000"],
        x913C=["55 00 000000001667", "55 00 000000000000"],
        x9128="55 00 00000000099900",
    )
    outcome, _ = run(other("report.x"), script)
    report = outcome.document.report
    assert (report.counts["sales"], report.counts["sales_annulled"], report.counts["sale_returns"]) == (12, 1, 2)
    assert (report.counters["sales_vat_20%"], report.counters["sales_of_all_shifts"]) == ("16.67", "999.00")
    assert "sales_vat_10%" not in report.counters
    assert report.counters["sale_returns_cash"] == "123.00"
    assert {"91 3C 01 01", "91 03 02 05", "91 28 05 00"} <= set(script.sent("913C", "9103", "9128"))


# --- refusals


def test_a_refused_item_cancels_the_receipt_and_is_told_in_russian_too() -> None:
    outcome, script = run(sale(), Script(xEB="55 0A 00"))
    assert (outcome.state, outcome.error.code, outcome.error.device_code) == ("failed", "request.invalid", "0Ah")
    assert outcome.error.field == "lines.0"
    assert "неверное количество" in outcome.error.in_language("ru").message
    assert (script.receipt, script.last, script.codes().count("4A")) == (0, 29, 0)


def test_a_refused_end_without_a_document_is_cancelled() -> None:
    outcome, script = run(sale(), Script(x4A="55 86 00"))
    assert (outcome.state, outcome.error.device_code) == ("failed", "86h")
    assert (script.receipt, script.last) == (0, 29)


def test_paper_that_runs_out_at_the_end_fails_where_the_storage_has_no_document() -> None:
    outcome, script = run(sale(), Script(x4A="55 67 00"))
    assert (outcome.state, outcome.error.code) == ("failed", "device.paper_out")
    assert (script.receipt, script.last) == (0, 29)


def test_paper_that_runs_out_behind_the_document_does_not_undo_it() -> None:
    class Ends(Script):
        def _executed(self, code: str, data: bytes) -> str:
            answer = super()._executed(code, data)
            if code == "4A":
                self.flags = 1
                return "55 67 00"
            return answer

    outcome, script = run(sale(), Ends())
    assert (outcome.state, outcome.document.number, outcome.result.paper.value) == ("done", "30", "unknown")
    assert outcome.codes == ["paper_unknown"]
    assert script.codes().count("4A") == 1


def test_a_busy_device_gets_the_command_again() -> None:
    outcome, script = run(sale(), Script(xEB=["55 76 00", ""], x4A=["55 76 00", "55 76 00", ""]))
    assert (outcome.state, outcome.document.number) == ("done", "30")
    assert (script.codes().count("EB"), script.codes().count("4A"), script.last) == (2, 3, 30)


def test_a_device_that_stays_busy_fails_the_job_and_leaves_nothing_open() -> None:
    outcome, script = run(sale(), Script(x4A="55 76 00"))
    assert (outcome.state, outcome.error.code) == ("failed", "device.busy")
    assert (script.receipt, script.last) == (0, 29)


def test_a_device_that_is_busy_with_an_item_for_too_long_fails_the_job() -> None:
    outcome, script = run(sale(), Script(xEB="55 76 00"))
    assert (outcome.state, outcome.error.code) == ("failed", "device.busy")
    assert (script.receipt, script.last, script.codes().count("4A")) == (0, 29, 0)


def test_a_wrong_mode_password_is_told_as_such() -> None:
    outcome, script = run(sale(), Script(x56="55 8C 00"))
    assert (outcome.state, outcome.error.code) == ("failed", "device.rejected")
    assert "password" in outcome.error.message
    assert script.changing() == []


# --- state


@pytest.mark.parametrize(("state", "code"), [(0, "device.shift_closed"), (2, "device.shift_expired")])
def test_a_receipt_needs_an_open_shift(state: int, code: str) -> None:
    script = Script()
    script.shift_state = state
    outcome, _ = run(sale(), script)
    assert (outcome.state, outcome.error.code, script.changing()) == ("failed", code, [])


def test_an_open_shift_is_not_opened_again() -> None:
    outcome, script = run(other("shift.open"))
    assert (outcome.error.code, script.changing()) == ("request.conflict", [])


def test_the_tills_idea_of_the_last_document_is_checked_first() -> None:
    outcome, script = run(sale(expect={"last_document": "28"}))
    assert (outcome.error.code, script.changing()) == ("request.conflict", [])
    assert run(sale(expect={"last_document": "29"}))[0].state == "done"


def test_a_receipt_that_was_left_open_is_cancelled_first() -> None:
    script = Script()
    script.receipt = 1
    outcome, _ = run(sale(), script)
    assert (outcome.state, outcome.codes) == ("done", ["leftover_cancelled"])
    assert [checkpoint.name for checkpoint in outcome.job.checkpoints] == ["intent", "baseline"]


@pytest.mark.parametrize("settings", [{"shared": True}, {"cancel_leftover": False}])
def test_a_receipt_of_others_is_left_alone(settings: dict[str, Any]) -> None:
    script = Script()
    script.receipt = 1
    outcome, _ = run(sale(), script, **settings)
    assert (outcome.state, outcome.error.code, script.changing()) == ("failed", "device.busy", [])


def test_a_device_without_paper_is_waited_for() -> None:
    async def scenario() -> None:
        script = Script()
        script.flags = 1
        bench = Bench(script)
        job = Job(bench.device)
        job.on_attention = lambda code: setattr(script, "flags", 0)
        outcome = await bench.run(sale(), job)
        assert (outcome.state, job.attentions) == ("done", ["device.paper_out"])
        await bench.disconnect()

    run_virtual(scenario())


def test_a_device_that_stays_without_paper_fails_at_the_deadline_with_nothing_sent() -> None:
    script = Script()
    script.flags = 1
    outcome, _ = run(sale(), script)
    assert (outcome.state, outcome.error.code, script.changing()) == ("failed", "device.paper_out", [])


def test_a_receipt_without_paper_does_not_wait_for_any() -> None:
    script = Script()
    script.flags = 3
    outcome, _ = run(sale(delivery={"paper": False, "email": "a@b.ru"}), script)
    assert (outcome.state, outcome.job.attentions, outcome.result.paper.value) == ("done", [], "suppressed")


@pytest.mark.parametrize("refuses", ["56", "E8"])
def test_a_shift_that_is_too_old_is_closed_even_if_no_cashier_can_be_told(refuses: str) -> None:
    class Old(Script):
        def _executed(self, code: str, data: bytes) -> str:
            if code == refuses and not data.startswith(b"\x56\x03"):
                return "55 88 00"
            return super()._executed(code, data)

    script = Old()
    script.shift_state = 2
    outcome, _ = run(other("shift.close", operator=CASHIER), script)
    assert (outcome.state, outcome.document.number, script.shift_state) == ("done", "30", 0)
    assert "not_told" in outcome.codes


def test_an_aborted_sale_is_cancelled() -> None:
    async def scenario() -> None:
        bench = Bench()
        job = Job(bench.device)
        job.on_checkpoint = lambda name: setattr(job, "abort_requested", True)
        outcome = await bench.run(sale(), job)
        assert (outcome.state, bench.script.receipt, bench.script.last) == ("aborted", 0, 29)
        await bench.disconnect()

    run_virtual(scenario())


def test_ids_of_deciding_tasks_come_from_the_store_and_do_not_repeat_soon() -> None:
    async def scenario() -> None:
        bench = Bench()
        tasks = []
        for _ in range(3):
            outcome = await bench.run(sale())
            tasks.append(outcome.job.checkpoints[0].data["task"])
        assert tasks == [0xA0, 0xA1, 0xA2]
        assert bench.far.slots == {}
        await bench.disconnect()

    run_virtual(scenario())


# --- reports, cash, effects


def test_the_day_of_a_till() -> None:
    async def scenario() -> None:
        bench = Bench()
        closed = await bench.run(other("shift.close"))
        assert (closed.document.number, closed.document.shift, closed.document.report.number) == ("30", "7", "7")
        opened = await bench.run(other("shift.open"))
        assert (opened.document.number, opened.document.shift) == ("31", "8")
        taken = await bench.run(other("cash.in", amount="5.00", currency="RUB"))
        assert (taken.state, bench.script.cash) == ("done", 105_00)
        report = await bench.run(other("report.x"))
        counts = report.document.report.counts
        assert (counts["sales_items"], counts["purchase_returns_items"], counts["cash_in"]) == (7, 7, 6)
        assert "sales" not in counts  # this register does not count receipts
        assert str(report.document.report.total) == "123.00"
        await bench.disconnect()

    run_virtual(scenario())


def test_a_report_is_waited_for_until_the_device_is_through_with_it() -> None:
    class Slow(Script):
        left = 4

        def _executed(self, code: str, data: bytes) -> str:
            if code == "5A":
                self.mode = 0x23
                return "55 00 00"
            if code == "45" and self.mode in (0x23, 0x17):
                self.left -= 1
                self.mode = 0x17
                if not self.left:
                    self.mode = 0
                    super()._executed("5A", data)
            return super()._executed(code, data)

    outcome, script = run(other("shift.close"), Slow())
    assert (outcome.state, outcome.document.number) == ("done", "30")
    assert script.codes().count("5A") == 1


def test_cash_that_is_not_there_is_refused() -> None:
    outcome, script = run(other("cash.out", amount="5.00", currency="RUB"), Script(x4F="55 98 00"))
    assert (outcome.state, outcome.error.device_code, script.cash) == ("failed", "98h", 100_00)


def test_a_printout_is_aligned_with_blanks_and_ends_with_the_footer() -> None:
    lines = [{"text": "Привет", "align": "centre"}, {"text": "AB", "double": True}]
    outcome, script = run(other("print", lines=lines))
    assert outcome.state == "done"
    assert script.sent("4C")[0] == "4C " + "20 " * 21 + "8F E0 A8 A2 A5 E2"
    assert script.sent("4C")[1] == "4C 09 41 09 42"
    assert script.changing()[-1] == "73"


@pytest.mark.parametrize(("op", "code"), [("drawer.open", "80"), ("copy", "95")])
def test_drawer_and_copy_are_one_command(op: str, code: str) -> None:
    outcome, script = run(other(op))
    assert (outcome.state, script.changing()) == ("done", [code])


def test_nothing_is_printed_into_an_open_receipt() -> None:
    script = Script()
    script.receipt = 1
    outcome, _ = run(other("print", lines=[{"text": "x"}]), script)
    assert (outcome.error.code, script.changing()) == ("device.busy", [])


def test_a_slow_device_that_tells_its_results_later_is_understood() -> None:
    outcome, script = run(sale(), later=True)
    assert (outcome.state, outcome.document.number, script.codes().count("4A")) == ("done", "30", 1)


def test_the_preview_shows_what_would_be_printed() -> None:
    paper = FAMILY.paper(sale(), FAMILY.settings_from({}), None)
    assert paper is not None
    assert paper.width == 48
    assert any("Бананы" in line for line in paper.lines)
