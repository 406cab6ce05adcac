"""A browser for each setting; the pages it visits, a bare listener and a shop with a bridge for each test."""

from __future__ import annotations

import os
import subprocess
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
from tests.browsers.browser import Browser, BrowserMissing, Page, World
from tests.browsers.chromium import Chromium
from tests.browsers.firefox import Firefox
from tests.browsers.listener import Listener
from tests.browsers.pages import Pages
from tests.browsers.policies import NoPolicies
from tests.browsers.settings import Setting
from tests.browsers.shop import Shop

FAILED = pytest.StashKey[bool]()

PageOpener = Callable[[str], Awaitable[Page]]


@contextmanager
def wanted() -> Iterator[None]:
    """What is not there on this machine skips the test, or fails it where TILLBRIDGE_BROWSERS says that it must be."""
    try:
        yield
    except (BrowserMissing, NoPolicies) as error:
        if os.environ.get("TILLBRIDGE_BROWSERS") == "required":
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


def pytest_itemcollected(item: pytest.Item) -> None:
    """The marker by which the two browsers are tested side by side."""
    params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    if isinstance(setting := params.get("browser"), Setting) and setting.kind == "firefox":
        item.add_marker(pytest.mark.firefox)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Pages, World]]:
    ca = trustme.CA(organization_name="Tests of pages")
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    async with page_servers.served(ca) as served:
        yield (
            served,
            World(
                file,
                page_servers.NAMES,
                public=(served.public, served.other_public, served.plain),
                local=(served.local,),
                forgetful=(served.forgetful,),
            ),
        )


@pytest.fixture
def pages(world: tuple[Pages, World]) -> Pages:
    return world[0]


@pytest.fixture(scope="session")
def tls_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with an authority and its certificates, which the browsers with a policy trust."""
    directory = tmp_path_factory.mktemp("tls") / "data"
    tls("setup", directory, tmp_path_factory.mktemp("home"), "--trust", "none")
    return directory


def tls(command: str, data_dir: Path, home: Path, *more: str) -> None:
    line = [sys.executable, "-m", "bridge.cli.main", "tls", command, "--data-dir", str(data_dir), *more]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    subprocess.run(line, env={**environment, "HOME": str(home)}, check=True, capture_output=True, timeout=60)


def policy_of(setting: Setting, pages: Pages) -> AbstractContextManager[None]:
    if setting.allowed:
        return policies.generated(setting.kind, [pages.of(name) for name in setting.allowed])
    return policies.by_hand(setting.kind, list(setting.skipped))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(
    request: pytest.FixtureRequest,
    world: tuple[Pages, World],
    tls_data_dir: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Browser]:
    setting: Setting = request.param
    directory = tmp_path_factory.mktemp(str(setting))

    def prepare(home: Path) -> None:
        if setting.allowed:
            tls("trust", tls_data_dir, home)

    with wanted(), policies.lock(setting.kind), policy_of(setting, world[0]):
        started: Browser
        if setting.kind == "chromium":
            started = await Chromium.start(directory, world[1], prepare)
        else:
            more = {"network.lna.websocket.enabled": True, "network.lna.prompt.timeout": 60_000} if setting.gate_sockets else {}
            started = await Firefox.start(directory, world[1], prepare, preferences=more)
        try:
            yield started
        finally:
            await started.close()


@pytest.fixture
def kind(browser: Browser) -> str:
    return browser.kind


@pytest_asyncio.fixture(loop_scope="session")
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
        if request.node.stash.get(FAILED, False) and not page.closed:
            await page.screenshot(tmp_path / f"{number}.png")
            print(f"seen: {tmp_path / f'{number}.png'}", file=sys.stderr)
        await page.close()


@pytest_asyncio.fixture(loop_scope="session")
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with shops.opened(tmp_path / "data") as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def listener() -> AsyncIterator[Listener]:
    async with listeners.listening() as listening:
        yield listening
