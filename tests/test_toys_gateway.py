"""The toy gateway with the real core: two devices behind one endpoint, ids that come minutes later, answers that are lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bridge.jobs.bridge import Bridge
from bridge.model import JobState, RegistrationState
from bridge.plugin import PluginRegistry
from bridge.transport import LinkOpener, WireLog, run_virtual
from tests.toys import gateway as plugin
from tests.toys.cables import TestCable
from tests.toys.gateway.family import GatewayFamily
from tests.toys.gateway.serving import NullHttpLink, web_application
from tests.toys.gateway.simulator import Gateway
from tests.toys.hosting import ACTOR, START, ToyHost

SALE = {
    "op": "receipt",
    "currency": "EUR",
    "lines": [
        {"name": "Bread", "quantity": "2", "price": "1.50", "vat": "10%"},
        {"name": "Coffee", "price": "4.00", "vat": "20%"},
    ],
    "payments": [{"kind": "card", "amount": "5.00"}, {"kind": "cash", "amount": "2.00"}],
}

Scene = Callable[[ToyHost, Gateway], Coroutine[Any, Any, None]]


def play(directory: Path, scene: Scene, *names: str) -> None:
    """Run a scene in virtual time: a gateway with registers R1 and R2, both configured."""

    async def main() -> None:
        gateway = Gateway(names or ("R1", "R2"), lambda: START)

        async def connect(cable: TestCable, wire_log: WireLog) -> NullHttpLink:
            return NullHttpLink(gateway, cable, wire_log)

        async with ToyHost(directory, {"gateway": connect}) as host:
            await host.add("till-1", "toy-gateway", "gateway", register="R1", poll_seconds=30)
            await host.add("till-2", "toy-gateway", "gateway", register="R2", poll_seconds=30)
            await scene(host, gateway)

    run_virtual(main())


def test_two_devices_behind_one_endpoint_each_issue_on_their_own_register(tmp_path: Path) -> None:
    async def scene(host: ToyHost, gateway: Gateway) -> None:
        first, second = await asyncio.gather(host.run("till-1", SALE), host.run("till-2", SALE))
        assert (first.state, second.state) == (JobState.DONE, JobState.DONE)
        assert [record.register for record in gateway.records] == ["R1", "R2"]
        identities = {host.bridge.devices.get(device)["identity"]["serial"] for device in ("till-1", "till-2")}
        assert identities == {"SN-R1", "SN-R2"}

    play(tmp_path, scene)


def test_one_register_configured_twice_is_refused_its_work(tmp_path: Path) -> None:
    async def scene(host: ToyHost, gateway: Gateway) -> None:
        await host.add("till-3", "toy-gateway", "gateway", register="R1")
        assert host.bridge.devices.get("till-3")["state"] == "wrong_device"
        assert "till-1" in host.bridge.devices.get("till-3")["reason"]

    play(tmp_path, scene)


def test_a_receipt_is_registered_at_once_while_the_gateway_is_on_line(tmp_path: Path) -> None:
    async def scene(host: ToyHost, gateway: Gateway) -> None:
        job = await host.run("till-1", {**SALE, "reference": "ORDER-7"})
        assert job.result is not None
        assert job.result.registration.state is RegistrationState.REGISTERED
        assert job.result.registration.id == "F00000001"
        assert job.result.document is not None
        assert (job.result.document.total, job.result.document.number) == (Decimal("7.00"), "1")
        assert job.result.evidence["answer"]["fiscal_id"] == "F00000001"

    play(tmp_path, scene)


def test_a_receipt_issued_off_line_gets_its_fiscal_id_minutes_later(tmp_path: Path) -> None:
    async def scene(host: ToyHost, gateway: Gateway) -> None:
        gateway.switches.offline = True
        job = await host.run("till-1", SALE)
        assert job.state is JobState.DONE
        assert job.success
        assert job.result is not None
        assert job.result.registration.state is RegistrationState.OFFLINE
        await asyncio.sleep(600)
        assert (await host.get(job)).amendments == ()
        gateway.go_online()
        await asyncio.sleep(gateway.switches.delivery + 31)
        later = await host.get(job)
        assert later.result is not None
        assert later.result.registration.state is RegistrationState.REGISTERED
        assert later.result.registration.id == "F00000001"
        assert [amendment.number for amendment in later.amendments] == [1]
        assert later.result.document == job.result.document
        assert await host.bridge.store.device("till-1").items("open/") == {}

    play(tmp_path, scene)


def test_an_id_that_is_still_to_come_is_fetched_after_a_crash_too(tmp_path: Path) -> None:
    async def scene(host: ToyHost, gateway: Gateway) -> None:
        gateway.switches.offline = True
        job = await host.run("till-2", SALE)
        await host.restart()
        gateway.go_online()
        await asyncio.sleep(gateway.switches.delivery + 60)
        later = await host.get(job)
        assert later.result is not None
        assert later.result.registration.id == "F00000001"

    play(tmp_path, scene)


def test_a_receipt_that_the_authority_refuses_later_raises_an_alert(tmp_path: Path) -> None:
    async def scene(host: ToyHost, gateway: Gateway) -> None:
        gateway.switches.offline = gateway.switches.refuse_later = True
        job = await host.run("till-1", SALE)
        gateway.go_online()
        await asyncio.sleep(gateway.switches.delivery + 60)
        later = await host.get(job)
        assert later.state is JobState.DONE
        assert later.result is not None
        assert later.result.registration.state is RegistrationState.REFUSED
        assert host.alerts("till-1") == ["registration.refused"]
        assert host.alerts("till-2") == []

    play(tmp_path, scene)


def test_an_answer_lost_after_the_receipt_is_found_by_its_external_id(tmp_path: Path) -> None:
    async def scene(host: ToyHost, gateway: Gateway) -> None:
        gateway.switches.reset = "after"
        job = await host.run("till-1", SALE)
        assert job.state is JobState.DONE
        assert [step.state for step in job.history] == [JobState.QUEUED, JobState.RUNNING, JobState.UNRESOLVED, JobState.DONE]
        assert len(gateway.records) == 1

    play(tmp_path, scene)


def test_a_request_lost_on_the_way_is_surely_not_issued(tmp_path: Path) -> None:
    async def scene(host: ToyHost, gateway: Gateway) -> None:
        gateway.switches.reset = "before"
        job = await host.run("till-1", SALE)
        assert job.state is JobState.FAILED
        assert job.error is not None
        assert job.error.fate == "not_issued"
        assert gateway.records == []
        assert (await host.run("till-1", SALE)).state is JobState.DONE

    play(tmp_path, scene)


def test_a_record_that_appears_late_is_not_taken_for_none(tmp_path: Path) -> None:
    async def scene(host: ToyHost, gateway: Gateway) -> None:
        gateway.switches.processing, gateway.switches.visible_after = 8.0, 1.8
        job = await host.submit("till-1", SALE)
        await asyncio.sleep(0.5)
        host.cables["gateway"].break_now()
        settled = await host.settled(job)
        assert settled.state is JobState.DONE
        assert len(gateway.records) == 1

    play(tmp_path, scene)


def test_a_receipt_still_in_the_works_keeps_the_job_waiting_and_says_why(tmp_path: Path) -> None:
    async def scene(host: ToyHost, gateway: Gateway) -> None:
        gateway.switches.processing, gateway.switches.answer_after = 90.0, 1.0
        job = await host.submit("till-1", SALE)
        await asyncio.sleep(10)
        waiting = await host.get(job)
        assert waiting.state is JobState.RUNNING
        assert waiting.attention is not None
        assert waiting.attention.code == "device.busy"
        await asyncio.sleep(40)
        waiting = await host.get(job)
        assert waiting.state is JobState.UNRESOLVED
        assert waiting.attention is not None
        assert (waiting.attention.code, waiting.attention.choices) == ("device.busy", ())
        settled = await host.settled(job)
        assert settled.state is JobState.DONE
        assert len(gateway.records) == 1

    play(tmp_path, scene)


def test_doubt_on_one_register_does_not_hold_up_the_other(tmp_path: Path) -> None:
    async def scene(host: ToyHost, gateway: Gateway) -> None:
        gateway.switches.processing, gateway.switches.answer_after = 300.0, 1.0
        slow = await host.submit("till-1", SALE)
        await asyncio.sleep(60)
        gateway.switches.processing = 0.0
        assert (await host.run("till-2", SALE)).state is JobState.DONE
        assert (await host.get(slow)).state is JobState.UNRESOLVED

    play(tmp_path, scene)


def test_a_refusal_is_a_failed_job_with_the_gateways_own_words(tmp_path: Path) -> None:
    async def scene(host: ToyHost, gateway: Gateway) -> None:
        gateway.switches.blocked = True
        job = await host.run("till-1", SALE)
        assert job.state is JobState.FAILED
        assert job.error is not None
        assert (job.error.code, job.error.device_code) == ("device.sale_blocked", "blocked")
        closing = await host.run("till-1", {"op": "shift.close"})
        assert closing.error is not None
        gateway.switches.blocked = False
        closing = await host.run("till-1", {"op": "shift.close"})
        assert closing.error is not None
        assert closing.error.code == "device.shift_closed"

    play(tmp_path, scene)


def test_a_sale_that_expects_another_last_document_is_not_sent(tmp_path: Path) -> None:
    async def scene(host: ToyHost, gateway: Gateway) -> None:
        await host.run("till-1", SALE)
        job = await host.run("till-1", {**SALE, "expect": {"last_document": "0"}})
        assert job.error is not None
        assert job.error.code == "request.conflict"
        assert len(gateway.records) == 1

    play(tmp_path, scene)


def test_closing_the_shift_gives_its_figures_as_data(tmp_path: Path) -> None:
    async def scene(host: ToyHost, gateway: Gateway) -> None:
        await host.run("till-1", SALE)
        await host.run("till-1", {"op": "cash.in", "amount": "100.00", "currency": "EUR"})
        refund = {**SALE, "kind": "refund", "lines": [SALE["lines"][1]], "payments": []}
        await host.run("till-1", refund)
        job = await host.run("till-1", {"op": "shift.close"})
        assert job.result is not None
        assert job.result.document is not None
        report = job.result.document.report
        assert report is not None
        assert (report.total, report.counts) == (Decimal("3.00"), {"receipts": 2})

    play(tmp_path, scene)


def test_a_shift_in_which_more_was_given_back_than_sold_has_a_total_below_zero(tmp_path: Path) -> None:
    async def scene(host: ToyHost, gateway: Gateway) -> None:
        await host.run("till-1", {**SALE, "kind": "refund", "lines": [SALE["lines"][1]], "payments": []})
        job = await host.run("till-1", {"op": "shift.close"})
        assert job.state is JobState.DONE, job.attention
        assert job.result is not None
        assert job.result.document is not None
        assert job.result.document.report is not None
        assert job.result.document.report.total == Decimal("-4.00")

    play(tmp_path, scene)


def test_external_ids_are_never_used_twice(tmp_path: Path) -> None:
    async def scene(host: ToyHost, gateway: Gateway) -> None:
        for _ in range(3):
            await host.run("till-1", SALE)
            await host.restart()
        ids = [record.external_id for record in gateway.records]
        assert [external_id.split("-")[1] for external_id in ids] == ["000000", "000001", "000002"]

    play(tmp_path, scene)


def test_probing_names_the_register_of_a_gateway_that_has_one() -> None:
    async def main() -> None:
        for names, serial in ((("R1",), "SN-R1"), (("R1", "R2"), None)):
            gateway = Gateway(names, lambda: START)
            found = await GatewayFamily().probe(NullHttpLink(gateway, TestCable(), WireLog(lambda: START)))
            assert (found.serial if found is not None else None) == serial
            assert gateway.records == []

    run_virtual(main())


@pytest.mark.parametrize("reset", ["never", "after"])
async def test_the_same_driver_works_over_real_http(tmp_path: Path, reset: Any) -> None:
    gateway = Gateway(("R1",), lambda: START)
    runner = web.AppRunner(web_application(gateway))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    registry = PluginRegistry()
    registry.add(plugin, "gateway")
    bridge = await Bridge.open(tmp_path, registry=registry, opener=LinkOpener())
    await bridge.start()
    try:
        config = {"family": "toy-gateway", "url": f"http://127.0.0.1:{port}", "settings": {"register": "R1"}}
        await bridge.devices.configure(ACTOR, "till-1", config)
        gateway.switches.reset = reset
        job = await bridge.jobs.submit(ACTOR, "till-1", "key-1", SALE)
        settled = await bridge.jobs.wait(job.id, 10)
        assert settled.state is JobState.DONE
        assert settled.result is not None
        assert settled.result.registration.id == "F00000001"
        assert len(gateway.records) == 1
    finally:
        await bridge.stop()
        await runner.cleanup()
