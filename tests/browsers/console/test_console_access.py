"""Who may come in, decided at the console: pages that ask, tokens, the attendant's PIN."""

from __future__ import annotations

from tests.browsers.browser import until
from tests.browsers.conftest import PageOpener
from tests.browsers.console.driving import PIN, Console, attending
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
    assert (token["origin"], token["label"], token["devices"], token["aliases"]) == (
        ORIGIN,
        "kasa 7",
        ["till-1"],
        {"@fiscal": "till-1"},
    )
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


async def test_an_attendant_answers_and_settles_with_a_pin_and_sees_nothing_of_an_administrators(
    stage: Stage, console: Console, open_page: PageOpener
) -> None:
    await stage.fake("bar")
    await stage.fake("kitchen")
    await console.go("#/system")
    await console.fill("New PIN", "111111")
    await console.click("Set the PIN")
    await console.reads("pin:", "#main .panel .notice")
    await console.fill("New PIN", PIN)
    await console.click("Set the PIN")
    await console.reads("The PIN is set.")
    await stage.sell("till-1", "order-1", reference="WEB-1")
    doubtful = await stage.doubt("kitchen", "order-2", reference="KIT-2")
    answered = stage.asks("Is the signature right?")
    await stage.submit("bar", "order-3", reference="BAR-3")

    attendant = await attending(stage, open_page)
    await attendant.reads("WEB-1", "table")
    for hidden in ("Access", "Audit", "Plugins", "tcp://", "Add a device", "Edit"):
        assert hidden not in await attendant.text()
    await attendant.click("Podpis się zgadza", ".prompt")
    assert await answered == "yes"
    await attendant.fill("It was not issued", True)
    await attendant.fill("What you saw", "there is nothing on the paper")
    await attendant.click("It was not issued", ".settle form .actions")
    await attendant.fill("I have looked at the paper", True)
    await attendant.click("It was not issued", "dialog")
    await attendant.gone("In doubt")
    assert (await stage.shop.bridge.jobs.get(doubtful.id)).state == "failed"
    for address in ("#/access", "#/system", "#/devices/till-1"):
        await attendant.go(address)
        await attendant.reads("At the till", "h1")
    await attendant.click("Receipt", "table tbody tr:last-child")
    picture = "document.querySelector('.panel.paper img')"
    await until(attendant.page, f"{picture} !== null && {picture}.complete && {picture}.naturalWidth > 100")


async def test_a_pin_that_is_taken_away_ends_the_attendants_view(stage: Stage, console: Console, open_page: PageOpener) -> None:
    await stage.shop.call("PUT", "/console/attendant", {"pin": PIN})
    attendant = await attending(stage, open_page)
    await console.go("#/system")
    await console.click("No PIN")
    await attendant.reads("Signed out")
    assert "till-1" not in await attendant.text()
    await attendant.fill("PIN", PIN)
    await attendant.click("Open", "main")
    await until(attendant.page, "document.querySelector('form.pin [role=alert]') !== null")
