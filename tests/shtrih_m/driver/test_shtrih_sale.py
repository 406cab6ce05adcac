"""Receipts on a scripted device: what is sent, byte for byte, what comes of it, and what is refused before anything is sent."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from shtrih_bench import (
    CLOSED,
    CLOSED_SHIFT,
    FAMILY,
    FN,
    FOUND,
    HEALTHY,
    LAST_30,
    OPEN,
    OPEN_FULL,
    Bench,
    Script,
    operation,
    other,
    sale,
)

from bridge.model import Fate, Paper, RegistrationState, RequestError
from bridge.transport import run_virtual
from tests.one_job import Job


def issuing() -> Script:
    """Closes the receipt as document 30."""
    script = Script(xFF45=CLOSED)
    script.then["FF45"] = {"FF01": LAST_30, "FF0A": FOUND}
    return script


def settings(**more: Any) -> Any:
    return FAMILY.settings_from(more)


@pytest.mark.parametrize("layer", [1, 2])
def test_a_sale_is_the_dialogue_of_the_reference(layer: int) -> None:
    async def scenario() -> None:
        bench = Bench(issuing(), layer=layer)
        outcome = await bench.run(sale())
        assert outcome.state == "done", outcome
        assert bench.sent("8D", "FF46", "FF4D", "FF0C", "FF45") == [
            "8D 1E 00 00 00 00",
            "FF 46 1E 00 00 00 01 80 84 1E 00 00 00 CA 3A 00 00 00 94 75 00 00 00 FF FF FF FF FF 02 01 04 01 D7 E0 E9",
            "FF 4D 1E 00 00 00 AD 04 02 00 E8 E2",  # 1197: the unit
            "FF 45 1E 00 00 00 50 C3 00 00 00" + " 00" * 75 + " 00" + " 00" * 30 + " 01",
        ]
        document = outcome.document
        assert (document.number, document.shift, str(document.total)) == ("30", "7", "301.00")
        assert document.fiscal_id == f"{FN}:30:287454020"
        assert document.issued_at.isoformat() == "2026-11-20T15:30:00+03:00"
        assert document.qr == f"t=20261120T1530&s=301.00&fn={FN}&i=30&fp=287454020&n=1"
        assert outcome.result is not None
        assert outcome.result.registration.state is RegistrationState.OFFLINE
        assert outcome.result.paper is Paper.PRINTED
        assert outcome.result.evidence["FF45"].upper() == CLOSED.replace(" ", "")
        assert [checkpoint.name for checkpoint in outcome.job.checkpoints] == ["intent"]
        assert outcome.job.committed
        await bench.disconnect()

    run_virtual(scenario())


def test_the_filler_bytes_of_a_device_on_tcp_disturb_nothing() -> None:
    async def scenario() -> None:
        bench = Bench(issuing(), filler=True)
        assert (await bench.run(sale())).state == "done"
        await bench.disconnect()

    run_virtual(scenario())


def test_tags_of_the_receipt_go_between_its_lines_and_its_end() -> None:
    async def scenario() -> None:
        bench = Bench(issuing())
        outcome = await bench.run(
            sale(delivery={"email": "a@b.ru"}, operator={"name": "Иванова А.", "tax_id": "500100732259"}, reference="Z/7")
        )
        assert outcome.state == "done", outcome
        assert bench.sent("FF0C") == [
            "FF 0C 1E 00 00 00 FD 03 0A 00 88 A2 A0 AD AE A2 A0 20 80 2E",
            "FF 0C 1E 00 00 00 B3 04 0C 00 35 30 30 31 30 30 37 33 32 32 35 39",
            "FF 0C 1E 00 00 00 F0 03 06 00 61 40 62 2E 72 75",
        ]
        codes = bench.script.codes()
        begin = codes.index("8D")
        assert codes[begin : begin + 7] == ["8D", "FF0C", "FF0C", "FF46", "FF4D", "FF0C", "FF45"]
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("kind", "opens", "operation_byte"),
    [("sale", "00", "01"), ("refund", "02", "02"), ("purchase", "01", "03"), ("purchase_refund", "03", "04")],
)
def test_each_kind_of_receipt_opens_and_sells_in_its_own_numbers(kind: str, opens: str, operation_byte: str) -> None:
    async def scenario() -> None:
        bench = Bench(issuing())
        bench.script.then["FF45"]["FF0A"] = FOUND.replace("44 33 22 11 01", f"44 33 22 11 {operation_byte}")
        outcome = await bench.run(sale(kind=kind))
        assert outcome.state == "done", outcome
        assert bench.sent("8D") == [f"8D 1E 00 00 00 {opens}"]
        assert bench.sent("FF46")[0].startswith(f"FF 46 1E 00 00 00 {operation_byte}")
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("vat", "byte"), [("10%", "02"), ("0%", "04"), ("22%", "CB"), ("5%", "81"), ("7%", "82"), ("22/122", "CC"), ("10/110", "20")]
)
def test_a_rate_goes_by_its_code(vat: str, byte: str) -> None:
    async def scenario() -> None:
        bench = Bench(issuing())
        await bench.run(sale(lines=[{"name": "Чай", "quantity": "2", "price": "150.50", "vat": vat}]))
        assert bench.sent("FF46")[0].split(" ")[33 - 5] == byte
        await bench.disconnect()

    run_virtual(scenario())


def test_payments_go_to_the_sums_that_the_format_has() -> None:
    async def scenario() -> None:
        bench = Bench(issuing())
        kinds = ("cash", "card", "transfer", "prepaid", "credit", "exchange")
        payments = [{"kind": kind, "amount": "10.00"} for kind in kinds]
        await bench.run(sale(lines=[{"name": "Чай", "price": "60.00", "vat": "10%"}], payments=payments))
        body = bytes.fromhex(bench.sent("FF45")[0])[6:]
        sums = [int.from_bytes(body[at : at + 5], "little") for at in range(0, 80, 5)]
        assert {index + 1: amount for index, amount in enumerate(sums) if amount} == dict.fromkeys((1, 2, 3, 14, 15, 16), 1000)
        await bench.disconnect()

    run_virtual(scenario())


def test_kopecks_that_are_rounded_off_go_along() -> None:
    async def scenario() -> None:
        bench = Bench(issuing())
        bench.script.then["FF45"]["FF0A"] = FOUND.replace("94 75", "30 75")
        outcome = await bench.run(
            sale(lines=[{"name": "Чай", "quantity": "2", "price": "150.25", "vat": "10%"}], rounding="-0.50")
        )
        assert bytes.fromhex(bench.sent("FF45")[0])[86] == 50
        assert outcome.state == "done", outcome
        await bench.disconnect()

    run_virtual(scenario())


def test_a_device_that_computes_no_taxes_is_told_them() -> None:
    async def scenario() -> None:
        script = issuing()
        parameters = "F7 00" + " 00" * 8 + " 0C 0C 01 0C 10 0E 0E" + " 00" * 8 + " 00 0E 00 00 28"
        script.say(xF7=parameters, x1F="1F 00 01")
        bench = Bench(script)
        assert (await bench.run(sale())).state == "done"
        assert bench.sent("1F")[-1] == "1F 1E 00 00 00 01 01 00 0E"
        body = bytes.fromhex(bench.sent("FF45")[0])[87:117]
        assert [int.from_bytes(body[at : at + 5], "little") for at in range(0, 30, 5)] == [0, 2736, 0, 0, 0, 0]
        await bench.disconnect()

    run_virtual(scenario())


def test_a_name_that_the_device_would_keep_off_the_paper_is_changed_only_where_the_till_allows_it() -> None:
    checked = FAMILY.check(sale(lines=[{"name": "//Чай", "price": "1.00", "vat": "10%"}], fit="lenient"), settings(), None)
    assert [warning.code for warning in checked.warnings] == ["text_replaced"]


def test_a_receipt_of_a_device_without_operator_waits_for_no_confirmation() -> None:
    async def scenario() -> None:
        script = issuing()
        registered = "FF 09 00 1A 0A 01 09 00 " + "30 " * 12 + "30 " * 20 + "01 02 01 00 00 00 44 33 22 11"
        script.say(xFF09=registered)
        bench = Bench(script)
        outcome = await bench.run(sale())
        assert outcome.result is not None
        assert outcome.result.registration.state is RegistrationState.NONE
        assert await bench.device.store.items("ofd.") == {}
        await bench.disconnect()

    run_virtual(scenario())


def test_a_receipt_without_paper_tells_the_device_so_and_only_for_this_document() -> None:
    async def scenario() -> None:
        bench = Bench(issuing())
        bench.script.say(x2E="2E 00 " + "00 " * 40 + "00 01 00 02", x1E="1E 00")
        outcome = await bench.run(sale(delivery={"paper": False, "sms": "+79161234567"}))
        assert outcome.state == "done", outcome
        assert bench.sent("1E") == ["1E 1E 00 00 00 11 01 00 07 01"]
        assert outcome.result is not None
        assert outcome.result.paper is Paper.SUPPRESSED
        await bench.disconnect()

    run_virtual(scenario())


def test_a_device_whose_receipts_are_all_electronic_needs_the_customers_contact() -> None:
    with pytest.raises(RequestError) as refused:
        FAMILY.check(sale(), settings(paper=False), None)
    assert refused.value.errors[0].field == "delivery"


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (sale(currency="EUR"), "currency"),
        (sale(delivery={"paper": False}), "delivery"),
        (sale(lines=[{"name": "x" * 129, "price": "1.00", "vat": "10%"}]), "lines.0.name"),
        (sale(lines=[{"name": "Чай ☕", "price": "1.00", "vat": "10%"}]), "lines.0.name"),
        (sale(lines=[{"name": "Чай", "price": "1.00", "vat": "13%"}]), "lines.0.vat"),
        (sale(lines=[{"name": "Чай", "price": "1.00"}]), "lines.0.vat"),
        (sale(lines=[{"name": "//Чай", "price": "1.00", "vat": "10%"}]), "lines.0.name"),
        (sale(payments=[{"kind": "card", "amount": "500.00"}]), "payments"),
        (sale(rounding="0.50", payments=[]), "rounding"),
        (sale(lines=[{"name": "Чай", "price": "200000000.00", "vat": "10%"}], payments=[]), "lines.0.price"),
        (sale(extras={"ffd": {"agent": {"signs": ["attorney"]}}}), None),
        (sale(kind="correction"), "extras.ffd.correction"),
        (operation(lines=[{"kind": "deposit", "name": "Бутылка", "price": "1.00", "vat": "10%"}]), "lines.0.kind"),
        (other("report.x", reset=True), "reset"),
        (other("report.x", shift="Anna"), "shift"),
        (other("copy", document="twelve"), "document"),
        (other("copy", kind="invoice"), "kind"),
        (other("print", lines=[{"text": "x" * 41}]), "lines.0.text"),
        (other("print", lines=[{"text": "x" * 21, "double": True}]), "lines.0.text"),
        (other("cash.in", amount="1.00", currency="EUR"), "currency"),
        (other("raw", command={"code": "FF45"}), "command.code"),
        (other("raw", command={"code": "FF"}), "command.code"),
        (other("raw", command={"parameters": "00"}), "command.code"),
        (other("marking.check", marking={"code_b64": "AAAA"}, unit="кг"), "quantity"),
        (other("display.show", lines=["x"]), "op"),
        (other("report.period", first_number=1, last_number=2), "op"),
    ],
)
def test_what_a_device_cannot_do_is_refused_before_anything_is_stored(wanted: Any, field: str | None) -> None:
    if field is None:
        FAMILY.check(wanted, settings(), None)
        return
    with pytest.raises(RequestError) as refused:
        FAMILY.check(wanted, settings(), None)
    assert refused.value.errors[0].field == field


def test_a_receipt_in_a_closed_shift_is_refused_before_a_byte_that_changes_anything() -> None:
    async def scenario() -> None:
        bench = Bench(Script(**{f"x{code}": text for code, text in CLOSED_SHIFT.items()}))
        outcome = await bench.run(sale())
        assert outcome.error is not None
        assert outcome.error.code == "device.shift_closed"
        assert outcome.job.checkpoints == []
        await bench.disconnect()

    run_virtual(scenario())


def test_a_shift_of_more_than_a_day_takes_no_receipt() -> None:
    async def scenario() -> None:
        expired = {"x10": HEALTHY["10"].replace("92 02 02", "92 02 03"), "x11": HEALTHY["11"].replace("92 02 02", "92 02 03")}
        outcome = await Bench(Script(**expired)).run(sale())
        assert outcome.error is not None
        assert outcome.error.code == "device.shift_expired"

    run_virtual(scenario())


def test_what_the_till_believes_of_the_last_document_is_checked_first() -> None:
    async def scenario() -> None:
        bench = Bench()
        outcome = await bench.run(sale(expect={"last_document": "28"}))
        assert outcome.error is not None
        assert outcome.error.code == "request.conflict"
        assert outcome.job.checkpoints == []
        await bench.disconnect()

    run_virtual(scenario())


def test_a_refused_line_cancels_the_receipt_and_names_its_field_in_both_languages() -> None:
    async def scenario() -> None:
        bench = Bench(Script(xFF46="FF 46 63"))
        bench.script.then["8D"] = {"10": OPEN, "11": OPEN_FULL}
        bench.script.then["88"] = {"10": HEALTHY["10"], "11": HEALTHY["11"]}
        outcome = await bench.run(sale())
        assert outcome.state == "failed"
        error = outcome.error
        assert error is not None
        assert (error.code, error.field, error.device_code, error.fate) == ("request.invalid", "lines.0", "63h", Fate.NOT_ISSUED)
        assert "нет такого отдела" in error.in_language("ru").message
        assert "Документ не оформлен." in error.in_language("ru").message
        assert bench.sent("88") == ["88 1E 00 00 00"]
        await bench.disconnect()

    run_virtual(scenario())


def test_an_end_that_is_refused_is_proved_to_have_issued_nothing() -> None:
    """Dialogue B of the reference: paid too little."""

    async def scenario() -> None:
        bench = Bench(Script(xFF45="FF 45 45"))
        bench.script.then["8D"] = {"10": OPEN, "11": OPEN_FULL}
        bench.script.then["88"] = {"10": HEALTHY["10"], "11": HEALTHY["11"]}
        outcome = await bench.run(sale())
        assert (outcome.state, outcome.recovered) == ("failed", 0)
        assert outcome.error is not None
        assert outcome.error.device_code == "45h"
        codes = bench.script.codes()
        assert "FF01" in codes[codes.index("FF45") :]
        await bench.disconnect()

    run_virtual(scenario())


def test_a_device_that_knows_no_newer_commands_says_which_setting_helps() -> None:
    async def scenario() -> None:
        bench = Bench(Script(xFF46="FF 46 37"))
        outcome = await bench.run(sale())
        assert outcome.error is not None
        assert "classic" in outcome.error.remedy
        await bench.disconnect()

    run_virtual(scenario())


def test_a_line_is_sent_again_after_the_device_has_printed() -> None:
    async def scenario() -> None:
        script = issuing()
        script.say(xFF46=["FF 46 50", "FF 46 00"])
        bench = Bench(script)
        assert (await bench.run(sale())).state == "done"
        assert len(bench.sent("FF46")) == 2
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize("error", ["50", "58", "6B", "72"])
def test_a_device_that_says_not_now_for_ever_and_is_idle_refuses(error: str) -> None:
    async def scenario() -> None:
        script = Script(xFF46=f"FF 46 {error}")
        script.then["8D"] = {"10": OPEN, "11": OPEN_FULL}
        script.then["88"] = {"10": HEALTHY["10"], "11": HEALTHY["11"]}
        bench = Bench(script)
        outcome = await bench.run(sale())
        assert outcome.error is not None
        assert (outcome.state, outcome.error.device_code, outcome.error.fate) == ("failed", f"{error}h", Fate.NOT_ISSUED)
        assert (len(bench.sent("88")), bench.sent("FF45")) == (1, [])
        await bench.disconnect()

    run_virtual(scenario())


def test_an_end_answered_with_still_printing_is_sent_again_only_after_the_storage_showed_nothing_new() -> None:
    async def scenario() -> None:
        script = issuing()
        script.say(xFF45=["FF 45 50", CLOSED])
        script.then = {}
        bench = Bench(script)
        job = Job(bench.device)
        asked_between: list[str] = []
        original = script.answer

        def answer(data: bytes) -> bytes:
            found = original(data)
            if len(script.sent("FF45")) == 2:
                script.say(xFF01=LAST_30, xFF0A=FOUND)
            elif len(script.sent("FF45")) == 1:
                asked_between.append(script.codes()[-1])
            return found

        script.answer = answer  # type: ignore[method-assign]
        assert (await bench.run(sale(), job)).state == "done"
        assert "FF01" in asked_between
        await bench.disconnect()

    run_virtual(scenario())


def test_an_end_answered_with_still_printing_that_closed_the_receipt_is_not_sent_again() -> None:
    async def scenario() -> None:
        bench = Bench(Script(xFF45="FF 45 50"))
        bench.script.then["FF45"] = {"FF01": LAST_30, "FF0A": FOUND}
        outcome = await bench.run(sale())
        assert (outcome.state, outcome.document.number, len(bench.sent("FF45"))) == ("done", "30", 1)
        await bench.disconnect()

    run_virtual(scenario())


def test_paper_that_ends_after_the_receipt_was_closed_leaves_the_job_done_and_the_paper_pending() -> None:
    async def scenario() -> None:
        out = HEALTHY["10"].replace("92 02 02 00", "92 02 02 02")
        script = issuing()
        script.then["FF45"]["10"] = out
        bench = Bench(script)
        outcome = await bench.run(sale())
        assert (outcome.state, outcome.job.attentions) == ("done", ["device.paper_out"])
        assert outcome.result is not None
        assert outcome.result.paper is Paper.PENDING
        assert outcome.codes == ["paper_pending"]
        assert bench.driver is not None
        await bench.driver.maintain(bench.device)  # still no paper
        assert bench.sent("B0") == []
        script.say(x10=out.replace("92 02 02 02", "92 02 02 03"))
        await bench.driver.maintain(bench.device)
        assert bench.sent("B0") == ["B0 1E 00 00 00"]
        script.say(x10=HEALTHY["10"])
        await bench.driver.maintain(bench.device)
        assert bench.device.amendments == [("JOB1", {"paper": Paper.PRINTED})]
        await bench.disconnect()

    run_virtual(scenario())


def test_the_operators_confirmation_is_told_when_no_document_waits_any_more() -> None:
    async def scenario() -> None:
        bench = Bench(issuing())
        await bench.run(sale())
        assert bench.driver is not None
        bench.script.say(xFF39="FF 39 00 01 00 01 00 1E 00 00 00 1A 0B 14 0F 1E")
        await bench.driver.maintain(bench.device)
        assert bench.device.amendments == []
        bench.script.say(xFF39=HEALTHY["FF39"])
        await bench.driver.maintain(bench.device)
        [(job, changes)] = bench.device.amendments
        assert (job, changes["registration"].state, changes["registration"].id) == ("JOB1", RegistrationState.REGISTERED, "30")
        assert await bench.device.store.items("ofd.") == {}
        await bench.disconnect()

    run_virtual(scenario())


def test_a_receipt_that_somebody_left_open_is_cancelled_first_and_told() -> None:
    async def scenario() -> None:
        script = issuing()
        script.say(x10=OPEN, x11=OPEN_FULL)
        script.then["88"] = {"10": HEALTHY["10"], "11": HEALTHY["11"]}
        bench = Bench(script)
        outcome = await bench.run(sale())
        assert (outcome.state, outcome.codes) == ("done", ["leftover_cancelled"])
        assert [checkpoint.name for checkpoint in outcome.job.checkpoints] == ["intent", "baseline"]
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize("how", [{"shared": True}, {"cancel_leftover": False}])
def test_a_receipt_that_may_be_somebody_elses_is_never_cancelled(how: dict[str, Any]) -> None:
    async def scenario() -> None:
        bench = Bench(Script(x10=OPEN, x11=OPEN_FULL), **how)
        outcome = await bench.run(sale())
        assert outcome.error is not None
        assert outcome.error.code == "device.busy"
        assert bench.sent("88") == []
        await bench.disconnect()

    run_virtual(scenario())


def test_a_device_without_paper_is_waited_for_until_the_deadline() -> None:
    async def scenario() -> None:
        bench = Bench(Script(x10=HEALTHY["10"].replace("92 02 02 00", "92 02 02 01")))
        outcome = await bench.run(sale())
        assert outcome.error is not None
        assert (outcome.error.code, outcome.job.attentions) == ("device.paper_out", ["device.paper_out"])
        assert outcome.job.checkpoints == []
        await bench.disconnect()

    run_virtual(scenario())


def test_a_device_that_waits_to_go_on_is_told_so_after_the_intent_is_written_down() -> None:
    async def scenario() -> None:
        script = issuing()
        script.say(x10=HEALTHY["10"].replace("92 02 02 00", "92 02 02 03"))
        script.then["B0"] = {"10": HEALTHY["10"]}
        bench = Bench(script)
        job = Job(bench.device)
        before: list[list[str]] = []
        job.on_checkpoint = lambda name: before.append(bench.sent("B0"))
        assert (await bench.run(sale(), job)).state == "done"
        assert before[0] == []
        assert bench.sent("B0") == ["B0 1E 00 00 00"]
        await bench.disconnect()

    run_virtual(scenario())


def test_an_abort_before_the_end_cancels_the_receipt() -> None:
    async def scenario() -> None:
        bench = Bench()
        job = Job(bench.device)
        bench.script.then["FF46"] = {"10": OPEN, "11": OPEN_FULL}
        bench.script.then["88"] = {"10": HEALTHY["10"], "11": HEALTHY["11"]}
        original = bench.script.answer

        def answer(data: bytes) -> bytes:
            job.abort_requested = True
            return original(data)

        job.on_checkpoint = lambda name: setattr(bench.script, "answer", answer)
        assert (await bench.run(sale(), job)).state == "aborted"
        assert bench.sent("FF45") == []
        await bench.disconnect()

    run_virtual(scenario())


# --- corrections


CORRECTION = {
    "kind": "correction",
    "extras": {"ffd": {"taxation": "osn", "correction": {"type": "self", "date": "2026-11-19", "number": "7"}}},
}


def test_a_correction_before_ffd_1_1_is_one_sum() -> None:
    async def scenario() -> None:
        bench = Bench(Script(xFF35="FF 35 00", xFF4A="FF 4A 00 0C 00 1E 00 00 00 44 33 22 11"))
        bench.script.then["FF4A"] = {"FF01": LAST_30, "FF0A": FOUND.replace("FF 0A 00 03", "FF 0A 00 1F")}
        outcome = await bench.run(sale(**CORRECTION, payments=[]))
        assert outcome.state == "done", outcome
        assert bench.sent("FF35", "FF46", "FF0C") == [
            "FF 35 1E 00 00 00",
            "FF 0C 1E 00 00 00 9A 04 04 00 00 3C FE 6A",
            "FF 0C 1E 00 00 00 9B 04 01 00 37",
        ]
        assert bench.sent("FF4A")[0].startswith("FF 4A 1E 00 00 00 00 01 94 75 00 00 00 94 75 00 00 00")
        assert bench.sent("FF46") == []
        assert outcome.document.number == "30"
        await bench.disconnect()

    run_virtual(scenario())


def test_a_correction_of_ffd_1_2_has_lines_and_is_closed_like_a_receipt() -> None:
    async def scenario() -> None:
        script = issuing()
        script.say(xFF35="FF 35 00", xFF0E="FF 0E 00 B9 04 01 00 04")
        script.then["FF45"]["FF0A"] = FOUND.replace("FF 0A 00 03", "FF 0A 00 1F")
        bench = Bench(script)
        outcome = await bench.run(sale(**CORRECTION, payments=[]))
        assert outcome.state == "done", outcome
        codes = bench.script.codes()
        begin = codes.index("FF35")
        assert codes[begin : begin + 6] == ["FF35", "FF0C", "FF0C", "FF46", "FF4D", "FF45"]
        await bench.disconnect()

    run_virtual(scenario())


# --- marked goods


CODE = b"010460620310334821a3=EfODAB\x1d93UpGb"
MARKED = {"name": "Вода", "price": "301.00", "vat": "10%", "marking": {"code_b64": base64.b64encode(CODE).decode()}}
POSITIVE = "FF 61 00 03 00 01 02 00 0F"
NEGATIVE = "FF 61 00 01 00 01 02 00 01"


def marking(check: str) -> Script:
    script = issuing()
    script.say(xFF0E="FF 0E 00 B9 04 01 00 04", xFF61=check, xFF69="FF 69 00 0F", xFF67="FF 67 00 44 4D 01")
    return script


def test_a_marking_code_is_checked_before_the_receipt_and_bound_to_its_line_last() -> None:
    async def scenario() -> None:
        bench = Bench(marking(POSITIVE))
        outcome = await bench.run(sale(lines=[MARKED]))
        assert outcome.state == "done", outcome
        length = f"{len(CODE):02X}"
        assert bench.sent("FF61", "FF69", "FF67") == [
            f"FF 61 1E 00 00 00 01 00 {length} 00 {CODE.hex(' ').upper()}",
            "FF 69 1E 00 00 00 01",
            f"FF 67 1E 00 00 00 {length} {CODE.hex(' ').upper()}",
        ]
        codes = bench.script.codes()
        assert codes.index("FF61") < codes.index("8D") < codes.index("FF46") < codes.index("FF4D") < codes.index("FF67")
        await bench.disconnect()

    run_virtual(scenario())


def test_goods_whose_code_is_wrong_are_not_sold() -> None:
    async def scenario() -> None:
        bench = Bench(marking(NEGATIVE))
        outcome = await bench.run(sale(lines=[MARKED]))
        assert outcome.error is not None
        assert (outcome.error.code, outcome.error.field) == ("device.rejected", "lines.0.marking")
        assert bench.sent("FF69") == ["FF 69 1E 00 00 00 00", "FF 69 1E 00 00 00 02"]
        assert bench.sent("8D", "FF45") == []
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("block", "state", "codes"),
    [
        ("03 00 01 02 00 0F", "done", []),
        ("00 02 01 01 FF", "done", ["marking_not_checked"]),
        ("01 00 01 02 00 01", "failed", []),
    ],
)
def test_a_code_that_the_device_checks_only_when_it_is_bound_is_judged_all_the_same(
    block: str, state: str, codes: list[str]
) -> None:
    """It was checked beforehand, and the device has forgotten that: it checks by itself, and takes the code whatever comes of it."""

    async def scenario() -> None:
        script = marking(POSITIVE)
        script.say(xFF67=f"FF 67 00 44 4D 01 {block}")
        script.then["8D"] = {"10": OPEN, "11": OPEN_FULL}
        for end in ("88", "FF45"):
            script.then[end] = {**script.then.get(end, {}), "10": HEALTHY["10"], "11": HEALTHY["11"]}
        bench = Bench(script)
        line = {**MARKED, "extras": {"ffd": {"marking": {"result": 15}}}}
        outcome = await bench.run(sale(lines=[line]))
        assert (outcome.state, outcome.codes) == (state, codes), outcome
        assert bench.sent("FF61") == []
        assert len(bench.sent("FF45")) == (state == "done")
        await bench.disconnect()

    run_virtual(scenario())


def test_a_code_that_could_not_be_checked_is_sold_with_a_warning() -> None:
    async def scenario() -> None:
        bench = Bench(marking("FF 61 00 00 02 01 01 FF"))
        outcome = await bench.run(sale(lines=[MARKED]))
        assert (outcome.state, outcome.codes) == ("done", ["marking_not_checked"])
        await bench.disconnect()

    run_virtual(scenario())


def test_a_code_that_was_checked_beforehand_is_not_checked_again() -> None:
    async def scenario() -> None:
        bench = Bench(marking(POSITIVE))
        outcome = await bench.run(sale(lines=[{**MARKED, "extras": {"ffd": {"marking": {"result": 15}}}}]))
        assert outcome.state == "done", outcome
        assert bench.sent("FF61") == []
        await bench.disconnect()

    run_virtual(scenario())


# --- the older commands


def test_an_older_device_sells_by_the_older_commands() -> None:
    async def scenario() -> None:
        script = Script(x80="80 00 1E", x85="85 00 1E BC 4D 00 00 00")
        script.then["85"] = {"FF01": LAST_30, "FF0A": FOUND}
        bench = Bench(script, commands="classic")
        outcome = await bench.run(sale())
        assert outcome.state == "done", outcome
        name = "D7 E0 E9" + " 00" * 37
        assert bench.sent("8D", "80", "85") == [
            "8D 1E 00 00 00 00",
            f"80 1E 00 00 00 D0 07 00 00 00 CA 3A 00 00 00 01 02 00 00 00 {name}",
            "85 1E 00 00 00 50 C3 00 00 00" + " 00" * 15 + " 00 00" + " 00" * 4 + " 00" * 40,
        ]
        assert (outcome.document.number, outcome.document.fiscal_id) == ("30", f"{FN}:30:287454020")
        await bench.disconnect()

    run_virtual(scenario())


def test_a_device_without_fiscal_storage_is_driven_by_the_older_commands_and_counts_for_itself() -> None:
    async def scenario() -> None:
        script = Script(x80="80 00 1E", x85="85 00 1E BC 4D 00 00 00", xFF01="FF 01 37")
        script.then["85"] = {"11": HEALTHY["11"].replace("01 37 00 92", "01 38 00 92")}
        bench = Bench(script)
        outcome = await bench.run(sale(lines=[{"name": "Чай", "quantity": "2", "price": "150.50", "vat": "10%"}]))
        assert outcome.state == "done", outcome
        document = outcome.document
        assert (document.number, document.shift, document.fiscal, document.fiscal_id) == ("56", "7", False, None)
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (sale(**CORRECTION), "kind"),
        (sale(lines=[MARKED]), "lines.0.marking"),
        (sale(lines=[{"name": "Чай", "price": "1.00", "vat": "5%"}]), "lines.0.vat"),
        (sale(payments=[{"kind": "credit", "amount": "301.00"}]), "payments.0.kind"),
        (sale(lines=[{"name": "x" * 41, "price": "1.00", "vat": "10%"}]), "lines.0.name"),
    ],
)
def test_what_the_older_commands_lack_is_refused(wanted: Any, field: str) -> None:
    ffd = "1.2" if field == "lines.0.marking" else "auto"
    with pytest.raises(RequestError) as refused:
        FAMILY.check(wanted, settings(commands="classic", ffd=ffd), None)
    assert refused.value.errors[0].field == field
