"""Headless Chromium with a new profile, driven over the DevTools protocol.

No grant is ever made over it: see browser.py.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.browsers.browser import KEYS, Child, Key, PageError, Prepare, World, as_json, middle, program, recent, trust
from tests.browsers.channel import Channel, ChannelError

LEAST = 147  # the first that asks for WebSockets too

FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--password-store=basic",
    "--remote-debugging-port=0",
)


@dataclass
class ChromiumPage:
    channel: Channel
    target: str
    session: str
    loaded: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        try:
            return await self.channel.call(method, params, sessionId=self.session)
        except ChannelError as error:
            raise PageError(str(error)) from None

    def hear(self, event: dict[str, Any]) -> None:
        if event.get("sessionId") == self.session and event["method"] == "Page.loadEventFired":
            self.loaded.set()

    async def goto(self, url: str) -> None:
        self.loaded.clear()
        went = await self.call("Page.navigate", url=url)
        if "errorText" in went:
            raise PageError(f"{url}: {went['errorText']}")
        async with asyncio.timeout(30):
            await self.loaded.wait()

    async def evaluate(self, expression: str, *, gesture: bool = False) -> Any:
        told = await self.call("Runtime.evaluate", expression=as_json(expression), awaitPromise=True, userGesture=gesture)
        if thrown := told.get("exceptionDetails"):
            raise PageError(str(thrown.get("exception", {}).get("description", thrown["text"])))
        return json.loads(told["result"]["value"])

    async def click(self, selector: str) -> None:
        x, y = await middle(self, selector)
        for kind in ("mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def screenshot(self, path: Path) -> None:
        await self.call("Page.bringToFront")  # a page behind another one is not drawn
        path.write_bytes(base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"]))

    async def size(self, width: int, height: int) -> None:
        await self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    async def press(self, *keys: str) -> None:
        for given in keys:
            key = KEYS.get(given) or Key(given, ord(given.upper()), given, given)
            pressed = {"key": key.name, "code": key.name, "windowsVirtualKeyCode": key.code}
            await self.call("Input.dispatchKeyEvent", type="keyDown", text=key.text, **pressed)
            await self.call("Input.dispatchKeyEvent", type="keyUp", **pressed)

    async def close(self) -> None:
        if self.closed:
            return
        self.closed = True
        self.channel.listeners.remove(self.hear)
        await self.channel.call("Target.closeTarget", {"targetId": self.target})


class Chromium:
    kind = "chromium"

    def __init__(self, child: Child, channel: Channel) -> None:
        self.child, self.channel = child, channel

    @classmethod
    async def start(cls, directory: Path, world: World, prepare: Prepare | None = None) -> Chromium:
        binary = recent(program("chromium"), LEAST)
        profile, home = directory / "profile", directory / "home"
        (profile / "Default").mkdir(parents=True)
        blocked = {f"{origin},*": {"setting": 2} for origin in world.forgetful}  # 2: blocked
        preferences = {"profile": {"content_settings": {"exceptions": {"cookies": blocked}}}}
        (profile / "Default" / "Preferences").write_text(json.dumps(preferences), "utf-8")
        trust(home / ".pki" / "nssdb", world.ca)  # the one store of its user's that Chromium reads on Linux
        if prepare is not None:
            prepare(home)
        spaces = [f"{address}=public" for address in world.public] + [f"{address}=local" for address in world.local]
        command = [
            binary,
            *FLAGS,
            *(["--no-sandbox"] if os.geteuid() == 0 else []),  # its sandbox refuses to start for root
            f"--user-data-dir={profile}",
            "--host-resolver-rules=" + ",".join(f"MAP {name} 127.0.0.1" for name in world.names),
            f"--ip-address-space-overrides={','.join(spaces)}",
            "about:blank",
        ]
        child = await Child.start(command, home, directory / "chromium.log")
        told = profile / "DevToolsActivePort"  # the port, then the path
        try:
            port, path = (await child.tells(lambda: _two_lines(told))).split()
            channel = await Channel.open(f"ws://127.0.0.1:{port}{path}")
        except BaseException:
            child.kill()
            await child.process.wait()
            raise
        return cls(child, channel)

    async def page(self, url: str | None = None) -> ChromiumPage:
        target = (await self.channel.call("Target.createTarget", {"url": "about:blank"}))["targetId"]
        attached = await self.channel.call("Target.attachToTarget", {"targetId": target, "flatten": True})
        page = ChromiumPage(self.channel, target, attached["sessionId"])
        self.channel.listeners.append(page.hear)
        await page.call("Page.enable")
        if url is not None:
            await page.goto(url)
        return page

    async def close(self) -> None:
        with contextlib.suppress(ChannelError, ConnectionError):  # it may go before it answers
            await self.channel.call("Browser.close")
        await self.channel.close()
        await self.child.end()


def _two_lines(file: Path) -> str | None:
    try:
        text = file.read_text("ascii")
    except FileNotFoundError:
        return None
    return text if len(text.split()) == 2 else None
