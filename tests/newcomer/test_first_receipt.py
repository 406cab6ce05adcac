"""docs/javascript.md, "Five minutes to a first receipt", followed to the letter: commands, page and addresses are the text's own."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
import trustme

from bridge.server.settings import DEFAULT_PORT
from tests import ports
from tests.browsers import policies
from tests.browsers.browser import BrowserMissing, World, until
from tests.browsers.chromium import Chromium
from tests.newcomer.walk import ROOT, Desk, Walk

WALK = Walk.of(ROOT / "docs" / "javascript.md", "Five minutes to a first receipt")


@pytest_asyncio.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Chromium]:
    """One that nobody has set anything in."""
    authority = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(authority))
    with policies.lock("chromium"):
        try:
            started = await Chromium.start(tmp_path / "browser", World(authority, ()))
        except BrowserMissing as error:
            if os.environ.get("TILLBRIDGE_BROWSERS") == "required":
                pytest.fail(str(error), pytrace=False)
            pytest.skip(str(error))
        try:
            yield started
        finally:
            await started.close()


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    folder = tmp_path / "my-shop"
    folder.mkdir()
    desk = Desk(folder)
    async with ports.awaited(DEFAULT_PORT):  # which the system may have given to any other test
        try:
            yield desk
        finally:
            await desk.clear()


@pytest.mark.browser
async def test_somebody_with_only_the_page_of_the_documentation_prints_a_receipt(browser: Chromium, desk: Desk) -> None:
    began = time.monotonic()
    assert (await desk.leave_running(WALK.command("tillbridge", "simulate"))).startswith("ready posnet ")
    assert (await desk.leave_running(WALK.command("tillbridge", "serve"))).startswith("tillbridge ready on ")
    await desk.run(WALK.command("tillbridge", "devices", "add"))
    shutil.copy(WALK.copied, desk.folder)
    (desk.folder / WALK.page_name).write_text(WALK.page, "utf-8")
    await desk.leave_running(WALK.serving)

    page = await browser.page()
    await page.goto(WALK.address)
    await page.click("#sell")
    said = "document.getElementById('said').textContent"
    code = await until(page, f"/The code is (\\d{{6}})/.exec({said})?.[1]")
    approve = WALK.command("tillbridge", "pair", "approve")
    assert len(re.findall(r"\b\d{6}\b", approve)) == 1
    await desk.run(re.sub(r"\b\d{6}\b", code, approve))
    assert await until(page, f"{said}.includes('is out') && {said}", 40) == f"The code is {code}\nReceipt 1 is out.\n"
    async with aiohttp.ClientSession() as session, session.get(WALK.paper) as answer:
        paper = await answer.text()
    assert re.search(r"^Tea\b.*4,50A$", paper, re.MULTILINE), paper
    print(f"from nothing to the first receipt: {time.monotonic() - began:.1f} s")

    # The second click does not ask anybody again.
    await page.click("#sell")
    await until(page, f"{said}.includes('Receipt 2 is out.')", 40)


def test_every_command_of_the_section_is_followed() -> None:
    followed = [
        WALK.command("tillbridge", *words) for words in (["simulate"], ["serve"], ["devices", "add"], ["pair", "approve"])
    ]
    assert sorted(followed) == sorted(WALK.commands)
