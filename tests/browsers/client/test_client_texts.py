"""What a device says with markup in it comes to the page as the text that it is, and a page that shows texts shows it so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bridge.model import Choice, Identity, JobError, Result
from bridge.plugin import DeviceError, JobContext
from tests.browsers.browser import until
from tests.browsers.client.till import Till
from tests.browsers.conftest import PageOpener
from tests.browsers.pages import Pages
from tests.browsers.settings import POLICY, in_browsers
from tests.clients.place import Place
from tests.core.fake_family import FakeDriver

pytestmark = in_browsers(POLICY)

MARKUP = "<img src=x onerror=\"window.struck='yes'\"><script>window.struck='yes'</script>&lt;b&gt;"


@pytest_asyncio.fixture(loop_scope="session")
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    """Its devices say MARKUP wherever they can: as their model, in a question, in an error."""

    async def identify(driver: FakeDriver) -> Identity:
        return Identity(model=MARKUP, serial=await driver.say("who"), firmware=None)

    async def says(context: JobContext, driver: FakeDriver) -> Result | None:
        choices = (Choice(code="yes", text=MARKUP), Choice(code="no", text="No"))
        await context.ask(MARKUP, choices, timeout=600, default="no")
        raise DeviceError(JobError.of("device.rejected", MARKUP, device_text=MARKUP))

    monkeypatch.setattr(FakeDriver, "identify", identify)
    place = Place(tmp_path / "place")
    await place.open()
    place.family.behaviour = says
    try:
        yield place
    finally:
        await place.close()


@pytest.mark.attack("A44")
async def test_a_devices_markup_is_text_in_the_outcomes_and_strikes_nobody(
    place: Place, open_page: PageOpener, pages: Pages
) -> None:
    token, _ = await place.give("kasa", pages.shop, None)
    till = await Till.opened(open_page, pages.shop, place.server.url, token=token)
    assert await till.connect() is None
    await till.page.evaluate("till.devices()")
    await till.begin("order-1", device="d1")
    question = await until(till.page, "till.changes.findLast((change) => change.attention?.text)?.attention")
    assert question["text"] == MARKUP
    jobs, _ = await place.bridge.jobs.list()
    await till.page.evaluate(f"till.answer('{jobs[0].id}')")
    (told,) = await till.outcomes()
    assert (told["status"], told["error"]) == ("failed", {"code": "device.rejected", "text": MARKUP})

    shown = "[...document.querySelectorAll('#devices li, #outcomes li')].map((item) => item.textContent)"
    assert MARKUP in (await till.page.evaluate(shown))
    assert f"failed {MARKUP}" in (await till.page.evaluate(shown))
    assert await till.page.evaluate("[...document.querySelectorAll('li *')].length") == 0
    assert await till.page.evaluate("window.struck ?? null") is None
