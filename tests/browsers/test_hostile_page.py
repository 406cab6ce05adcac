"""The worst case: a hostile page that the browser lets through, by a policy of its own. Then only the bridge stands in its way."""

from __future__ import annotations

import pytest

from tests.browsers.conftest import PageOpener
from tests.browsers.pages import Pages
from tests.browsers.settings import POLICY, in_browsers
from tests.browsers.shop import Shop, eventually
from tests.browsers.tills import ended, paired, refused, till_page

pytestmark = in_browsers(POLICY)

JOBS = "/api/v1/devices/till-1/jobs"


async def test_nothing_is_sold_and_no_byte_reaches_the_printer(
    shop: Shop, open_page: PageOpener, pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    carried = shop.cable.carried
    token, _ = await shop.give(pages.shop)
    page = await open_page(f"{pages.thief}/hostile.html")
    outcomes = await page.evaluate(f"attack('{shop.address}', '{token}', '{'P' * 32}')")
    told = {name: outcome for name, outcome in outcomes.items() if outcome not in ("TypeError", "error")}
    assert told == {
        "sell by a beacon": "queued",
        "listen": "close 1006",
        "frame the console": "sent",
        "read who waits": "status 401",  # the one answer that is for everybody to read
    }

    sent = {JOBS, "/api/v1/ws", "/api/v1/devices", "/api/v1/console/link", "/console", "/console/main.js"}
    await eventually(lambda: {path for _, path, _ in refused(caplog)} >= sent)
    assert {code for _, path, code in refused(caplog) if path != "/api/v1/pairing"} == {"gate.origin_not_allowed"}
    assert ("GET", "/api/v1/pairing", "gate.unauthorised") in refused(caplog)
    assert (await shop.jobs(), shop.receipts(), shop.cable.carried) == ([], [], carried)
    assert [(one["origin"], one["last_used"]) for one in (await shop.call("GET", "/tokens"))["tokens"]] == [(pages.shop, None)]


async def test_it_may_ping_and_ask_to_be_paired_and_that_is_all(shop: Shop, open_page: PageOpener, pages: Pages) -> None:
    page = await open_page(till_page(pages.thief, shop))
    pinged = await page.evaluate("till.call('GET', '/ping')")
    assert pinged["status"] == 200
    assert "till-1" not in str(pinged["body"])
    await page.evaluate("void till.run()")
    asking = await shop.asking(pages.thief)
    assert (await shop.call("GET", "/pairing"))["pairings"][0]["origin"] == pages.thief  # the person sees whose page it is
    await shop.call(
        "POST", f"/pairing/{asking['pairing_id']}/decision", {"decision": "reject", "code": asking["verification_code"]}
    )
    assert await ended(page) == "pair: Error rejected"


async def test_it_cannot_say_that_it_is_another_page(shop: Shop, open_page: PageOpener, pages: Pages) -> None:
    page = await open_page(till_page(pages.thief, shop))
    told = await page.evaluate(f"till.call('POST', '/pairing', {{ origin: '{pages.shop}', app_name: 'Kasa' }})")
    assert (told["status"], told["body"]["code"]) == (403, "gate.origin_not_allowed")
    assert (await shop.call("GET", "/pairing"))["pairings"] == []


async def test_a_token_of_another_page_is_worth_nothing_even_to_a_paired_one(
    shop: Shop, open_page: PageOpener, pages: Pages
) -> None:
    carried = shop.cable.carried
    stolen, stolen_id = await shop.give(pages.shop)
    page = await paired(open_page, pages.thief, shop)
    await page.evaluate(f"till.use('{stolen}', '{stolen_id}')")
    told = await page.evaluate("till.sell('theft').then(() => 'sold', (error) => error.message)")
    assert told == "403 gate.token_origin_mismatch"
    told = await page.evaluate("till.connect().then(() => 'open', (error) => error.message)")
    assert told != "open"
    assert (await shop.jobs(), shop.receipts(), shop.cable.carried) == ([], [], carried)
