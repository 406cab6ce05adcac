"""Into the console and out of it, in its languages, and what happens when the bridge goes away."""

from __future__ import annotations

from dataclasses import replace

from bridge.server.run import ApiServer
from tests.browsers.browser import until
from tests.browsers.conftest import PageOpener
from tests.browsers.console.driving import Console
from tests.browsers.console.stage import Stage
from tests.browsers.settings import NO_POLICY, in_browsers

pytestmark = in_browsers(NO_POLICY)


async def test_a_link_signs_in_once_and_leaves_no_secret_in_the_address(stage: Stage, open_page: PageOpener) -> None:
    link = await stage.link()
    page = await open_page(link)
    await until(page, "document.querySelector('nav a[aria-current]') !== null")
    assert await page.evaluate("location.href") == f"{stage.shop.server.url}/"
    assert await page.evaluate("[document.cookie, Object.keys(sessionStorage).length, Object.keys(localStorage).length]") == [
        "",
        0,
        0,
    ]
    again = await open_page(link)
    await until(again, "document.querySelector('.closed') !== null")
    assert "tillbridge console" in await again.evaluate("document.body.innerText")


async def test_without_a_link_nothing_of_the_bridge_is_told(stage: Stage, open_page: PageOpener) -> None:
    for address in ("/", "/console"):
        page = await open_page(stage.shop.server.url + address)
        await until(page, "document.querySelector('.closed') !== null")
        assert "till-1" not in await page.evaluate("document.body.innerText")


async def test_signing_out_ends_the_session(stage: Stage, console: Console) -> None:
    await console.click("Sign out")
    await console.reads("Signed out")
    await console.ask("void history.back()")
    assert "till-1" not in await console.text()


async def test_the_language_is_switched_and_kept(stage: Stage, console: Console) -> None:
    await console.reads("Overview", "nav")
    await console.fill("Language", "pl")
    await console.reads("Przegląd", "nav")
    assert await console.ask("document.documentElement.lang") == "pl"
    await console.fill("Język", "ru")
    await console.reads("Обзор", "nav")
    await console.page.goto(await stage.link())
    await until(console.page, "document.querySelector('nav') !== null")
    await console.reads("Обзор", "nav")


async def test_what_the_bridge_says_comes_in_the_language_too_as_it_stands_and_as_it_happens(
    stage: Stage, console: Console
) -> None:
    await stage.fake("swapped", serial="F-1")
    await stage.exchange("swapped", "F-2")
    await console.reads("expected fake (F-1), but fake (F-2) answers", "#main")
    await console.fill("Language", "ru")
    await console.reads("ожидалось fake (F-1), а отвечает fake (F-2)", "#main")
    assert "expected fake" not in await console.text()
    await stage.fake("other", serial="F-3")
    await stage.exchange("other", "F-4")
    await console.reads("ожидалось fake (F-3), а отвечает fake (F-4)", "#main")
    await console.fill("Язык", "en")
    await console.reads("expected fake (F-3), but fake (F-4) answers", "#main")


async def test_a_line_that_is_lost_is_told_and_what_happened_meanwhile_is_shown_when_it_is_back(
    stage: Stage, console: Console
) -> None:
    sockets = stage.shop.server.application.websockets
    sockets.stopping = True
    await sockets.stop()
    await console.reads("The bridge does not answer")
    await stage.fake("new")
    assert "new" not in (await console.text("main")).split()
    sockets.stopping = False
    await console.reads("The bridge is back")
    await console.reads("new", ".cards")
    await console.gone("The bridge does not answer")


async def test_a_bridge_that_was_started_anew_knows_the_session_no_more(stage: Stage, console: Console) -> None:
    await stage.shop.server.stop()
    await console.reads("The bridge does not answer")
    settings = replace(stage.shop.server.application.settings, port=stage.shop.server.port)
    stage.shop.server = await ApiServer.start(stage.shop.bridge, settings)
    await console.reads("the bridge was started anew")
    assert "till-1" not in await console.text()
