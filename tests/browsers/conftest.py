"""A browser for a module, of each kind, with the policy of that module; its pages, and a bare listener for each test."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import pytest_asyncio
import trustme

from tests.browsers import listener as listeners
from tests.browsers import pages as page_servers
from tests.browsers import policies
from tests.browsers import shop as shops
from tests.browsers.browser import Browser, BrowserMissing, Page, Prepare, World
from tests.browsers.chromium import Chromium
from tests.browsers.firefox import Firefox
from tests.browsers.listener import Listener
from tests.browsers.pages import Pages
from tests.browsers.policies import NoPolicies
from tests.browsers.shop import Shop

BROWSERS: dict[str, type[Chromium] | type[Firefox]] = {"chromium": Chromium, "firefox": Firefox}
FAILED = pytest.StashKey[bool]()

PageOpener = Callable[[str], Awaitable[Page]]
Policy = Callable[[str], AbstractContextManager[None]]


@contextmanager
def wanted() -> Iterator[None]:
    """What is not there on this machine skips the test, or fails it where TILLBRIDGE_BROWSERS says that it must be."""
    try:
        yield
    except (BrowserMissing, NoPolicies) as error:
        if os.environ.get("TILLBRIDGE_BROWSERS") == "required":
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="module", params=list(BROWSERS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Pages, World]]:
    ca = trustme.CA(organization_name="Tests of pages")
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    async with page_servers.served(ca) as served:
        yield served, World(file, page_servers.NAMES, public=(served.public, served.other_public), local=(served.local,))


@pytest.fixture(scope="module")
def pages(world: tuple[Pages, World]) -> Pages:
    return world[0]


@pytest.fixture(scope="module")
def policy() -> Policy:
    """The policy for each kind of browser; a module says which."""
    return lambda kind: policies.installed({})


@pytest.fixture(scope="module")
def prepare() -> Prepare | None:
    """What is done to a browser's home before it starts; a module says what."""
    return None


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(
    kind: str, world: tuple[Pages, World], policy: Policy, prepare: Prepare | None, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Browser]:
    with wanted(), policies.lock(), policy(kind):
        started = await BROWSERS[kind].start(tmp_path_factory.mktemp(kind), world[1], prepare)
        try:
            yield started
        finally:
            await started.close()


@pytest_asyncio.fixture(loop_scope="module")
async def open_page(browser: Browser, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[PageOpener]:
    """Opens pages, which are closed after the test; what they showed when it failed is kept as a picture."""
    opened: list[Page] = []

    async def opener(url: str) -> Page:
        page = await browser.page()
        opened.append(page)
        await page.goto(url)
        return page

    yield opener
    for number, page in enumerate(opened):
        if request.node.stash.get(FAILED, False):
            await page.screenshot(tmp_path / f"{number}.png")
            print(f"seen: {tmp_path / f'{number}.png'}", file=sys.stderr)
        await page.close()


@pytest_asyncio.fixture(loop_scope="module")
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with shops.opened(tmp_path / "data") as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def listener() -> AsyncIterator[Listener]:
    async with listeners.listening() as listening:
        yield listening
