"""What the tests ask of a browser, the same for each: pages that go somewhere and compute something.

Not here: how a browser is told (chromium.py, firefox.py), and any grant of a permission. A grant made through a debugging
protocol goes around the very checks that are tested; permissions come from policy files alone (policies.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

START_SECONDS = 60.0  # two cores may be busy with other tests
CLOSE_SECONDS = 10.0


class BrowserMissing(Exception):
    """A browser or what it needs is not installed here."""


class PageError(Exception):
    """The page's code threw, or the page went away while it ran."""


@dataclass(frozen=True, slots=True)
class World:
    """What a browser is told about the addresses it meets."""

    ca: Path  # a PEM file
    names: tuple[str, ...]  # host names that are 127.0.0.1
    public: tuple[str, ...] = ()  # host:port taken for a public address
    local: tuple[str, ...] = ()  # host:port taken for an address of the local network
    forgetful: tuple[str, ...] = ()  # origins that may store nothing, as by the site's settings


Prepare = Callable[[Path], None]
"""Called with the home of a browser that is going to start, when its certificate stores are there."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that makes no character: what pages call it, its number in the DevTools protocol and in WebDriver."""

    name: str
    code: int
    webdriver: str
    text: str = ""


KEYS = {
    "Tab": Key("Tab", 9, "\ue004"),
    "Enter": Key("Enter", 13, "\ue007", "\r"),
    "Escape": Key("Escape", 27, "\ue00c"),
    "Space": Key(" ", 32, " ", " "),
    "Down": Key("ArrowDown", 40, "\ue015"),
    "Up": Key("ArrowUp", 38, "\ue013"),
}


class Page(Protocol):
    closed: bool

    async def goto(self, url: str) -> None:
        """Returns when the page has loaded."""

    async def evaluate(self, expression: str, *, gesture: bool = False) -> Any:
        """The value (of the promise) as JSON tells it; `gesture` as if a person had clicked."""

    async def click(self, selector: str) -> None:
        """As a hand does with a mouse: events that the browser itself trusts."""

    async def screenshot(self, path: Path) -> None:
        """A PNG of what is seen."""

    async def size(self, width: int, height: int) -> None:
        """Of the page, in pixels."""

    async def press(self, *keys: str) -> None:
        """Keys of the keyboard, one after the other: a character, or one of KEYS."""

    async def close(self) -> None:
        """Once is enough."""


class Browser(Protocol):
    kind: str

    async def page(self, url: str | None = None) -> Page: ...

    async def close(self) -> None: ...


def as_json(expression: str) -> str:
    """An expression for a promise of a string, which both debugging protocols hand over in the same way."""
    return f"(async () => JSON.stringify((await ({expression})) ?? null))()"


async def middle(page: Page, selector: str) -> tuple[int, int]:
    """Where on the page to click."""
    x, y = await page.evaluate(
        f"(box => [box.x + box.width / 2, box.y + box.height / 2])(document.querySelector({json.dumps(selector)})"
        ".getBoundingClientRect())"
    )
    return round(x), round(y)


async def until(page: Page, expression: str, seconds: float = 20.0) -> Any:
    """The first true value. A page that is just being replaced has none yet."""
    last: Any = None
    try:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    if last := await page.evaluate(expression):
                        return last
                except PageError as error:
                    last = error
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"not within {seconds} s: {expression}; the last was {last!r}") from None


def program(*names: str) -> str:
    for name in names:
        if found := shutil.which(name):
            return found
    raise BrowserMissing(f"{names[0]} is not installed")


def recent(binary: str, least: int) -> str:
    """The program, unless it is older than what the tests tell of."""
    said = subprocess.run([binary, "--version"], check=False, capture_output=True, text=True, timeout=60).stdout
    version = re.search(r"[0-9]+", said)
    if version is None or int(version[0]) < least:
        raise BrowserMissing(f"{binary} is older than {least}: {said.strip()}")
    return binary


def trust(database: Path, ca: Path) -> None:
    """Put the CA into an NSS database, which is made if there is none."""
    certutil = program("certutil")
    database.mkdir(parents=True, exist_ok=True)
    where = f"sql:{database}"
    for arguments in (["-N", "--empty-password"], ["-A", "-n", "tests", "-t", "C,,", "-i", str(ca)]):
        subprocess.run([certutil, "-d", where, *arguments], check=True, capture_output=True, timeout=60)


class Child:
    """A browser's process and all of its children, in a session of their own."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process, self.log = process, log

    @classmethod
    async def start(cls, command: list[str], home: Path, log: Path) -> Child:
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "TZ", "TMPDIR")}
        environment = {
            **kept,
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_CACHE_HOME": str(home / ".cache"),
        }
        with log.open("wb") as file:
            process = await asyncio.create_subprocess_exec(
                *command,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        return cls(process, log)

    async def tells(self, look: Callable[[], str | None]) -> str:
        """Wait for what the browser tells when it is ready."""
        try:
            async with asyncio.timeout(START_SECONDS):
                while (told := look()) is None:
                    if self.process.returncode is not None:
                        raise AssertionError(f"the browser ended with {self.process.returncode}: {self.said()}")
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"the browser does not start: {self.said()}") from None
        return told

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")[-2000:]

    async def end(self) -> None:
        """It was asked to close; what is left is killed."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.process.wait()
        except TimeoutError:
            self.kill()
            await self.process.wait()
        self.kill()

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):  # all have ended
            os.killpg(self.process.pid, signal.SIGKILL)
