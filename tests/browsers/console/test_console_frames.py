"""The console in a page of somebody else: it is not shown there, and tells nothing."""

from __future__ import annotations

import pytest

from tests.browsers.conftest import PageOpener
from tests.browsers.console.stage import Stage
from tests.browsers.pages import Pages
from tests.browsers.settings import POLICY, in_browsers
from tests.browsers.shop import eventually
from tests.browsers.tills import refused

pytestmark = in_browsers(POLICY)


@pytest.mark.attack("A30")
async def test_no_page_frames_the_console_whatever_it_may(
    stage: Stage, open_page: PageOpener, pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.shop.give(pages.shop)
    page = await open_page(f"{pages.shop}/empty.html")
    for address in ("/", "/console"):
        caplog.clear()
        await page.evaluate(f"void probe.frame('{stage.shop.server.url}{address}', {{ allow: 'loopback-network' }})")
        await eventually(lambda address=address: ("GET", address, "gate.origin_not_allowed") in refused(caplog))
