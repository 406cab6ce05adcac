"""Who may come in, decided at the console: pages that ask, tokens, the attendant's PIN."""

from __future__ import annotations

from tests.browsers.console.driving import Console
from tests.browsers.console.stage import Stage
from tests.browsers.settings import NO_POLICY, in_browsers
from tests.browsers.shop import eventually

pytestmark = in_browsers(NO_POLICY)

ORIGIN = "https://pos.example.com"


async def test_a_page_that_asks_appears_by_itself_and_is_let_in_with_what_was_ticked(stage: Stage, console: Console) -> None:
    await stage.fake("bar")
    await console.go("#/access")
    await console.reads("No page asks just now")
    await stage.page_asks(ORIGIN)
    await console.reads(ORIGIN, ".asking")
    await console.fill("Name of the till", "kasa 7")
    await console.fill("cash", True)
    await console.fill("bar", False)
    await console.fill("Fiscal printer", "till-1")
    await console.click("Let it in", ".asking")
    await console.reads("is let in")
    [token] = (await stage.shop.call("GET", "/tokens"))["tokens"]
    assert (token["origin"], token["label"], token["devices"], token["aliases"]) == (ORIGIN, "kasa 7", ["till-1"], {"@fiscal": "till-1"})
    assert token["scopes"] == ["cash", "devices:read", "fiscal"]
    await console.reads("kasa 7", "table")


async def test_a_page_is_sent_away(stage: Stage, console: Console) -> None:
    await stage.page_asks(ORIGIN)
    await console.go("#/")
    await console.click(f"Decide: {ORIGIN}")
    await console.click("Send it away", ".asking")
    await console.reads("was sent away")
    await console.reads("No page asks just now")
    assert (await stage.shop.call("GET", "/tokens"))["tokens"] == []


async def test_a_token_is_made_shown_once_and_taken_back(stage: Stage, console: Console) -> None:
    await console.go("#/access/add")
    await console.fill("Origin of the page", ORIGIN)
    await console.fill("Name of the till", "kasa 9")
    await console.click("Make the token")
    await console.reads("tbw_", "dialog .secret")
    secret = (await console.text("dialog .secret")).strip()
    await console.click("I have it", "dialog")
    await console.reads("kasa 9", "table")
    assert secret not in await console.ask("document.documentElement.outerHTML")
    await console.click("New secret for kasa 9")
    await console.click("New secret", "dialog")
    await console.reads("tbw_", "dialog .secret")
    assert (await console.text("dialog .secret")).strip() != secret
    await console.click("I have it", "dialog")
    await console.click("Revoke kasa 9")
    await console.click("Take it back", "dialog")

    async def none_left() -> bool:
        return (await stage.shop.call("GET", "/tokens"))["tokens"] == []

    await eventually(none_left)
    await console.reads("No page is paired")
