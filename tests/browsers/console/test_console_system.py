"""What is told of the bridge itself: health, plugins, the audit, the bundle."""

from __future__ import annotations

from tests.browsers.browser import until
from tests.browsers.console.driving import Console
from tests.browsers.console.stage import BrokenPlugin, Stage
from tests.browsers.settings import NO_POLICY, in_browsers

pytestmark = in_browsers(NO_POLICY)


async def test_a_bundle_is_downloaded(stage: Stage, console: Console) -> None:
    await stage.sell("till-1", "order-1")
    await console.go("#/system")
    await console.ask(
        "void (window.made = [], window.real = URL.createObjectURL, URL.createObjectURL = (blob) => (made.push(blob), real.call(URL, blob)))"
    )
    await console.fill("How far back", "1d")
    await console.click("Download the bundle")
    await until(console.page, "made.length > 0", 150)  # a busy machine makes it beside its jobs, and the bridge waits for 120 s
    assert await console.ask("made[0].slice(0, 2).text()") == "PK"
    await console.reads("The bundle is among your downloads.")
    assert "bundle.made" in [one["action"] for one in (await stage.shop.call("GET", "/audit"))["audit"]]


async def test_a_plugin_that_does_not_work_is_told_with_the_reason(stage: Stage, console: Console) -> None:
    stage.registry.add(BrokenPlugin(), "elsewhere")
    await console.page.goto(await stage.link())
    await console.ready()
    await console.reads("elsewhere", "#main .attention, #main")
    await console.go("#/plugins")
    await console.reads("it was written for plugin API 99.0", "main")
    await console.go("#/system")
    await console.reads("plugin elsewhere", "main")


async def test_the_audit_begins_with_what_was_done_last_and_pages_back(stage: Stage, console: Console) -> None:
    await stage.fake("bar")
    for number in range(130):
        await stage.shop.call(
            "PUT", "/devices/bar/config", {"family": "fake", "url": "null://bar", "settings": {"colour": f"c{number}"}}
        )
    last = (await stage.shop.call("GET", "/audit?limit=500"))["audit"][-1]["seq"]
    await console.go("#/audit")
    assert int((await console.text("tbody td")).strip()) >= last
    await console.click("Older")
    await console.reads("till-1", "tbody tr:last-child")
    assert (await console.text("tbody tr:last-child td")).strip() == "1"
