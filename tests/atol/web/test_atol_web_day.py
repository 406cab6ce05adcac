"""A day behind the vendor's server: documents, their results, refusals, what is hidden, what is not possible."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bridge_sim_fn.wording import qr_text
from web_scene import Scene, play

from bridge.model import JobState, RegistrationState, RequestError
from tests.harness.atol_web_bench import PASSWORD, USER, correction, plain_sale, sale

CODE = base64.b64encode(b"0104601234567890215abcde\x1d91EE06\x1d92xyz").decode()
CASH = {"amount": "5.00", "currency": "RUB"}


def test_two_devices_behind_one_server_each_sell_on_their_own_register(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        jobs = await asyncio.gather(scene.run(sale()), scene.run(plain_sale(), "bar"))
        assert [job.state for job in jobs] == [JobState.DONE, JobState.DONE]
        assert (scene.sold("1"), scene.sold("2")) == ([("receipt", "27.00")], [("receipt", "27.00")])
        serials = [scene.host.bridge.devices.get(device)["identity"]["serial"] for device in ("till", "bar")]
        assert serials == ["106123456789", "106123456790"]

    play(tmp_path, scene)


def test_one_register_configured_twice_is_refused_its_work(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        again = await scene.configure("again", web={"device": "1", "user": USER}, web_password=PASSWORD)
        assert (again["state"], "till" in again["reason"]) == ("wrong_device", True)

    play(tmp_path, scene)


def test_a_receipt_has_number_sign_time_and_code_of_the_register(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        job = await scene.run(sale(reference="A-7"))
        document = scene.first.storage.documents[-1]
        assert job.result is not None
        told = job.result.document
        assert told is not None
        assert (told.number, told.shift, told.total) == (str(document.number), "1", Decimal("27.00"))
        assert told.fiscal_id == f"{scene.first.storage.serial}:{document.number}:{document.sign}"
        assert told.qr == qr_text(document, scene.first.storage.serial)
        assert told.issued_at is not None
        assert told.issued_at.utcoffset() is not None
        assert job.result.paper == "printed"
        assert job.result.evidence["state"]["status"] == "ready"

    play(tmp_path, scene)


def test_the_lines_the_payments_and_the_cashier_are_those_of_the_request(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        await scene.run(sale())
        (made,) = [one for one in scene.first.documents() if one.kind == "receipt"]
        assert [(line["name"], line["quantity"], line["price"], line["total"], line["vat"]) for line in made.lines] == [
            ("Хлеб ржаной", "2", "4.50", "9.00", "НДС 10%"),
            ("Кофе в зёрнах", "0.25", "72.00", "18.00", "НДС 22%"),
        ]
        assert [(paid["number"], paid["amount"]) for paid in made.payments] == [(1, "20.00"), (2, "10.00")]
        assert made.change == "3.00"

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (plain_sale(kind="refund"), "goods_return"),
        (plain_sale(kind="purchase"), "purchase"),
        (plain_sale(kind="purchase_refund"), "purchase_return"),
        (correction(), "correction"),
        ({"op": "cash.in", **CASH}, "cash_in"),
        ({"op": "report.x"}, "x_report"),
        ({"op": "shift.close"}, "daily_report"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_document_is_made_once(tmp_path: Path, body: dict[str, Any], kind: str) -> None:
    async def scene(scene: Scene) -> None:
        await scene.run(plain_sale())
        job = await scene.run(body)
        assert (job.state, job.success) == (JobState.DONE, True), job.error
        assert [one for one, _ in scene.sold()] == ["receipt", kind]

    play(tmp_path, scene)


def test_a_correction_of_the_oldest_format_is_one_sum(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        job = await scene.run(correction())
        assert job.success, job.error
        assert scene.sold() == [("correction", "27.00")]

    play(tmp_path, scene, register__ffd="1.05")


def test_a_receipt_without_paper_is_told_so(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        job = await scene.run(sale(delivery={"paper": False, "email": "anna@example.ru"}))
        assert job.result is not None
        assert (job.state, job.result.paper) == (JobState.DONE, "suppressed")
        (made,) = [one for one in scene.first.documents() if one.kind == "receipt"]
        assert made.details["paper"] is False

    play(tmp_path, scene)


def test_a_marking_code_of_the_newest_format_goes_with_its_line(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        line = {"name": "Вода", "price": "27.00", "vat": "22%", "marking": {"code_b64": CODE}}
        job = await scene.run(plain_sale(lines=[line]))
        assert job.success, job.error
        (made,) = [one for one in scene.first.documents() if one.kind == "receipt"]
        assert bytes.fromhex(made.lines[0]["code"]) == base64.b64decode(CODE)

    play(tmp_path, scene)


def test_reports_have_the_figures_of_the_shift(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        await scene.run(sale())
        await scene.run({"op": "cash.in", **CASH})
        job = await scene.run({"op": "shift.close"})
        assert job.result is not None
        assert job.result.document is not None
        report = job.result.document.report
        assert report is not None
        assert (report.number, report.total, report.counts["receipts"]) == ("1", Decimal("27.00"), 1)
        paid = {total.kind: str(total.amount) for total in report.totals_by_payment}
        assert (paid["cash"], paid["card"]) == ("17.00", "10.00")
        assert report.counters["cash_put_in"] == "5.00"

    play(tmp_path, scene)


def test_a_document_is_registered_when_the_operator_has_it(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        scene.first.switch({"ofd": "unreachable"})
        job = await scene.run(sale())
        assert job.result is not None
        assert job.result.registration.state is RegistrationState.OFFLINE
        scene.first.switch({"ofd": "reachable"})
        await asyncio.sleep(120)
        later = await scene.host.get(job)
        assert later.result is not None
        assert later.result.registration.state is RegistrationState.REGISTERED

    play(tmp_path, scene)


def test_what_the_register_refuses_is_told_in_two_languages_and_nothing_is_made(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        job = await scene.run({"op": "cash.out", "amount": "900.00", "currency": "RUB"})
        assert job.state is JobState.FAILED
        assert job.error is not None
        assert (job.error.device_code, job.error.fate) == ("80", "not_issued")
        assert "нет денег" in job.error.in_language("ru").message
        assert scene.sold() == []

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (sale(), "device.shift_closed"),
        ({"op": "shift.close"}, "device.shift_closed"),
        ({"op": "cash.in", **CASH, "expect": {"last_document": "1"}}, "request.conflict"),
    ],
    ids=["a sale", "a report", "another last document"],
)
def test_what_the_state_forbids_is_refused_before_anything_is_given_to_the_server(
    tmp_path: Path, body: dict[str, Any], code: str
) -> None:
    async def scene(scene: Scene) -> None:
        await scene.run({"op": "shift.close"})
        before = scene.requests()
        job = await scene.run(body)
        assert job.error is not None
        assert job.error.code == code
        assert scene.requests() == before

    play(tmp_path, scene)


def test_effects_are_tasks_of_their_own(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        assert (await scene.run({"op": "drawer.open"})).success
        assert scene.first.drawer_open
        job = await scene.run(
            {
                "op": "print",
                "title": "Заказ 17",
                "lines": [{"text": "СТОЛ 4", "double": True, "align": "centre"}, {"qr": "https://a.example/17"}, {"feed": 1}],
            }
        )
        assert job.success, job.error
        assert "Заказ 17" in scene.first.paper()
        assert "https://a.example/17" in scene.first.paper()
        await scene.run(plain_sale())
        assert (await scene.run({"op": "copy"})).success

    play(tmp_path, scene)


def test_no_password_and_nothing_of_the_customer_is_in_the_wire_log(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        buyer = {"name": "Петров Сидор", "ids": [{"type": "inn", "value": "7707083893"}]}
        job = await scene.run(sale(delivery={"email": "sidor@example.ru"}, customer=buyer))
        assert job.success, job.error
        kept = scene.wire()
        basic = base64.b64encode(f"{USER}:{PASSWORD}".encode())
        assert b"POST /api/v2/requests?deviceID=1" in kept
        assert "Хлеб ржаной".encode() in kept
        for hidden in (PASSWORD.encode(), basic, "Петров".encode(), b"7707083893", b"sidor@example.ru", b"500100732259"):
            assert hidden not in kept
        assert b"Authorization: Basic ****" in kept

    play(tmp_path, scene)


def test_a_wrong_password_keeps_the_device_off_line_and_is_nowhere_told(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        wrong = await scene.configure("third", web={"device": "1", "user": USER}, web_password="quite-wrong-1")
        assert wrong["state"] == "offline"
        assert "web_password" in wrong["reason"]
        assert "quite-wrong-1" not in str(wrong)

    play(tmp_path, scene)


def test_a_device_that_the_server_does_not_have_is_off_line(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        lost = await scene.configure("third", web={"device": "9", "user": USER}, web_password=PASSWORD)
        assert (lost["state"], "'9'" in lost["reason"]) == ("offline", True)

    play(tmp_path, scene)


def test_a_tag_that_the_tasks_have_no_place_for_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        body = sale(extras={"ffd": {"tags": [{"tag": 1085, "type": "string", "value": "x"}]}})
        with pytest.raises(RequestError) as refused:
            await scene.submit(body)
        assert refused.value.errors[0].field.startswith("extras.ffd.tags")
        assert scene.requests() == []

    play(tmp_path, scene)


def test_status_tells_paper_shift_and_what_waits_for_the_operator(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        scene.first.switch({"ofd": "unreachable"})
        await scene.run(sale())
        scene.first.load_paper(False)
        status = await scene.host.bridge.jobs.runners["till"].live_status()
        assert status is not None
        assert (status.paper, status.shift, status.fiscal_mode) == ("out", "open", True)
        assert status.last_document == str(scene.first.storage.documents[-1].number)
        assert status.details["ofd_waiting"] > 0

    play(tmp_path, scene)


@pytest.mark.parametrize(("minutes", "told"), [(4, False), (-20, True)])
def test_a_clock_that_differs_from_the_computers_is_told_by_the_status(tmp_path: Path, minutes: int, told: bool) -> None:
    async def scene(scene: Scene) -> None:
        scene.first.clock_shift = timedelta(minutes=minutes)
        status = await scene.host.bridge.jobs.runners["till"].live_status()
        assert status is not None
        assert any(f"{abs(minutes)} minutes behind this computer's" in problem for problem in status.problems) is told
        assert any("clock of the device" in problem for problem in status.problems) is told

    play(tmp_path, scene)
