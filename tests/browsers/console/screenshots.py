"""Pictures of every view, to be looked at: `python -m tests.browsers.console.screenshots FOLDER [LANGUAGE] [--firefox]`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

import trustme

from tests.browsers.browser import Browser, Page, World, until
from tests.browsers.chromium import Chromium
from tests.browsers.console import stage as stages
from tests.browsers.console.driving import Console, addresses
from tests.browsers.firefox import Firefox

SIZES = ((1024, 768), (1920, 1080))


async def take(folder: Path, language: str, firefox: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        ca = work / "ca.pem"
        trustme.CA().cert_pem.write_to_path(str(ca))
        async with stages.opened(work / "data") as stage:
            await stage.fill()
            kind = Firefox if firefox else Chromium
            browser: Browser = await kind.start(work / "browser", World(ca, ()))
            try:
                await _views(browser, stage, folder, language)
            finally:
                await browser.close()


async def _views(browser: Browser, stage: stages.Stage, folder: Path, language: str) -> None:
    page = await browser.page(f"{stage.shop.server.url}/")
    await until(page, "document.querySelector('main h1') !== null")
    await page.evaluate(f"void localStorage.setItem('tillbridge.language', '{language}')")
    for width, height in SIZES:
        await page.size(width, height)
        await page.goto(f"{stage.shop.server.url}/")
        await until(page, "document.querySelector('main h1') !== null")
        await page.screenshot(folder / f"closed-{width}.png")
        await page.goto(await stage.link())
        console = Console(page)
        await until(page, "document.querySelector('nav a[aria-current]') !== null")
        for view, where in (await addresses(await stage.shop.jobs())).items():
            await console.go(where)
            tall = int(await page.evaluate("document.documentElement.scrollHeight"))
            await page.size(width, max(height, min(tall, 4000)))
            await page.screenshot(folder / f"{view}-{width}.png")
            await page.size(width, height)
        await _attendant(page, stage, folder, width, height)


async def _attendant(page: Page, stage: stages.Stage, folder: Path, width: int, height: int) -> None:
    await stage.shop.call("PUT", "/console/attendant", {"pin": "802713"})
    await page.goto(f"{stage.shop.server.url}/")
    await until(page, "document.querySelector('#pin') !== null")
    await page.evaluate(
        "void (document.querySelector('#pin').value = '802713', document.querySelector('form.pin button').click())"
    )
    await until(page, "document.querySelector('.attendant tbody') !== null")
    tall = int(await page.evaluate("document.documentElement.scrollHeight"))
    await page.size(width, max(height, min(tall, 4000)))
    await page.screenshot(folder / f"attendant-{width}.png")


def main() -> None:
    given = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    asyncio.run(take(Path(given[0]), given[1] if len(given) > 1 else "en", "--firefox" in sys.argv))


if __name__ == "__main__":
    main()
