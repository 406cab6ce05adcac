"""Devices at the console: added by a form and by a search, checked, changed, printed on, accepted, removed; what they say is text."""

from __future__ import annotations

import pytest
from bridge_sim_posnet.family import PosnetSimulator
from bridge_simulators import Running

from tests.browsers.browser import until
from tests.browsers.console.driving import Console
from tests.browsers.console.stage import MARKUP, Stage
from tests.browsers.settings import NO_POLICY, in_browsers
from tests.browsers.shop import eventually
from tests.core.fake_family import FakeDevice

pytestmark = in_browsers(NO_POLICY)


async def _another_printer() -> Running:
    settings = {"rates": "23/8/5/0/-/zw/-", "unique_number": "ZBF 2101009999"}
    return await PosnetSimulator().start(listen="tcp://127.0.0.1:0", control=None, state=None, pace="fast", settings=settings)


async def test_a_device_is_added_by_the_form_that_its_family_describes(stage: Stage, console: Console) -> None:
    stage.board.plug("lobby", FakeDevice(serial="F-lobby").connect)
    await console.click("Devices", "nav")
    await console.click("Add a device", "main")
    await console.fill("Name", "Lobby 1")
    await console.fill("Kind of device", "fake")
    await console.fill("Address", "null://lobby")
    await console.click("Save")
    assert await console.ask("document.querySelector('#f-id').validity.patternMismatch")
    await console.fill("Name", "lobby-1")
    await console.fill("Colour", "blue")
    await console.fill("Password", "hunter2")
    await console.click("Save")
    await console.reads("lobby-1", "h1")
    await stage.ready("lobby-1")
    config = stage.shop.bridge.devices.runtime("lobby-1").config
    assert (config.family, config.url, config.settings) == ("fake", "null://lobby", {"colour": "blue", "password": "hunter2"})


async def test_an_address_is_checked_before_it_is_saved(stage: Stage, console: Console) -> None:
    printer = await _another_printer()
    try:
        await console.go("#/devices/add")
        await console.fill("Name", "till-2")
        await console.fill("Kind of device", "posnet")
        await console.fill("Address", "tcp://127.0.0.1:1")
        await console.click("Check the address")
        await console.reads("The address cannot be opened.")
        await console.fill("Address", printer.url)
        await console.click("Check the address")
        await console.reads("A device answered and said who it is.")
        assert "till-2" not in stage.shop.bridge.devices.runtimes
    finally:
        await printer.close()


async def test_a_device_that_was_found_is_added(stage: Stage, console: Console) -> None:
    printer = await _another_printer()
    try:
        await console.go("#/devices/find")
        await console.fill("Serial ports", False)
        await console.fill("USB", False)
        await console.fill("What announces itself", False)
        await console.fill("Hosts and small networks", printer.url.removeprefix("tcp://"))
        await console.click("Search")
        await console.reads("The search is over")
        await console.click(f"Add {printer.url}")
        await console.fill("Name", "till-2")
        await console.click("Save")
        await console.reads("till-2", "h1")
        await stage.ready("till-2")
        await console.reads("ready", "main")
    finally:
        await printer.close()


async def test_a_field_that_is_refused_says_why_beside_it(stage: Stage, console: Console) -> None:
    await console.go("#/devices/till-1/edit")
    await console.fill("Zone", "Nowhere/Land")
    await console.click("Save")
    await console.reads("no time zone", "#f-settings\\.zone-wrong")
    assert await console.ask("document.getElementById('f-settings.zone').getAttribute('aria-invalid')") == "true"
    assert stage.shop.bridge.devices.runtime("till-1").config.settings == {}


async def test_a_secret_that_is_not_typed_anew_stays_and_is_never_shown(stage: Stage, console: Console) -> None:
    await stage.fake("bar")
    config = {"family": "fake", "url": "null://bar", "settings": {"password": "hunter2"}}
    await stage.shop.call("PUT", "/devices/bar/config", config)
    await console.go("#/devices/bar/edit")
    await console.reads("Settings of Fake devices")
    assert "hunter2" not in await console.ask("document.documentElement.outerHTML")
    assert await console.ask("seen.control('Password').type") == "password"
    await console.fill("Colour", "red")
    await console.click("Save")
    await console.reads("What it is")
    kept = stage.shop.bridge.devices.runtime("bar").config.settings
    assert kept == {"colour": "red", "password": "hunter2"}
    await console.go("#/devices/bar/edit")
    await console.fill("Forget the stored password", True)
    await console.click("Save")
    await console.reads("What it is")
    assert not stage.shop.bridge.devices.runtime("bar").config.settings.get("password")


async def test_paper_that_runs_out_is_seen_at_once_and_when_it_is_back(stage: Stage, console: Console) -> None:
    await console.go("#/")
    await console.reads("All is well")
    stage.shop.printer.device.load_paper(False)
    await stage.shop.call("GET", "/devices/till-1/status")
    await console.reads("No paper.", "#main")
    stage.shop.printer.device.load_paper(True)
    await stage.shop.call("GET", "/devices/till-1/status")
    await console.reads("All is well")


async def test_another_device_is_accepted_with_a_reason(stage: Stage, console: Console) -> None:
    await stage.fake("bar", serial="F-old")
    await stage.exchange("bar", "F-new")
    await console.go("#/devices/bar")
    await console.reads("F-new", "main")
    await console.click("Accept this device")
    await console.click("Accept", "dialog")  # without a reason nothing happens
    assert stage.shop.bridge.devices.runtime("bar").state == "wrong_device"
    await console.fill("Why?", "exchanged by the service")
    await console.click("Accept", "dialog")
    await stage.ready("bar")
    await console.reads("ready", "main")
    audit = (await stage.shop.call("GET", "/audit"))["audit"]
    assert [one["detail"]["reason"] for one in audit if one["action"] == "identity.accepted"] == ["exchanged by the service"]


async def test_an_alert_is_seen_and_gone(stage: Stage, console: Console) -> None:
    stage.family.alerts.append("The authority refused a receipt.")
    await stage.fake("bar")
    await console.reads("The authority refused a receipt.")
    await console.go("#/devices/bar")
    await console.click("Seen", "main")
    await console.gone("The authority refused a receipt.")


async def test_a_test_is_printed_and_is_no_document(stage: Stage, console: Console) -> None:
    await console.go("#/devices/till-1")
    await console.click("Test print", "main")
    await console.click("Print", "dialog")
    await console.reads("Test print: done")
    [job] = await stage.shop.jobs()
    assert (job["op"], job["state"]) == ("print", "done")
    assert [document.fiscal for document in stage.shop.printer.device.documents()] == [False]
    await console.reads("Printout", "[aria-label=Jobs] table")


async def test_a_device_is_removed_after_a_question(stage: Stage, console: Console) -> None:
    await stage.fake("bar")
    await console.go("#/devices/bar")
    await console.click("Remove", "main")
    await console.click("Cancel", "dialog")
    assert "bar" in stage.shop.bridge.devices.runtimes
    await console.click("Remove", "main")
    await console.click("Remove", "dialog")
    await eventually(lambda: "bar" not in stage.shop.bridge.devices.runtimes)
    await console.gone("bar", "table")


@pytest.mark.attack("A44")
async def test_what_a_device_and_a_till_say_is_text_and_never_markup(stage: Stage, console: Console) -> None:
    await stage.fake("bar", serial=MARKUP)
    stage.fakes["bar"].refuse = MARKUP
    failed = await stage.sell("bar", "order-1", reference=MARKUP)
    stage.family.alerts.append(MARKUP)
    await stage.fake("kitchen", serial=f"{MARKUP}2")
    await console.reads("kitchen", "main")
    for view in ("#/", "#/devices", "#/devices/bar", "#/jobs", f"#/jobs/{failed.id}", "#/audit", "#/wire?device=bar"):
        await console.go(view)
        await until(console.page, "document.querySelector('main h1') !== null")
        assert (
            await console.ask("[...document.querySelectorAll('img')].filter((one) => !one.src.startsWith('blob:')).length") == 0
        )
        assert await console.ask("typeof window.taken") == "undefined"
    await console.go("#/devices")
    await console.reads(MARKUP, "main")
    await console.go(f"#/jobs/{failed.id}")
    await console.reads(MARKUP, "h1")
