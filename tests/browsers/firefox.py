"""Headless Firefox with a prepared profile, driven over WebDriver BiDi.

No permission is ever set over it: see browser.py. But the prompt is there, also without a screen, and a person can be played
who clicks on it.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tests.browsers.browser import KEYS, Child, PageError, Prepare, World, as_json, middle, program, recent, trust
from tests.browsers.channel import Channel, ChannelError

# Whether the open prompt could be clicked on.
PROMPT = """(() => {
  const prompt = document.getElementById("loopback-network-notification");
  if (!prompt || prompt.hidden || !prompt.%s || document.getElementById("notification-popup").state !== "open") return false;
  prompt.%s.click();
  return true;
})()"""

# What a person does in a site's settings: no cookies, and so no storage.
FORGET = """(() => {
  const principal = Services.scriptSecurityManager.createContentPrincipal(Services.io.newURI("%s"), {});
  Services.perms.addFromPrincipal(principal, "cookie", Services.perms.DENY_ACTION);
})()"""

LEAST = 150  # the first whose policies know of the local network

PROMPT_MS = 1500  # for how long the question of the local network stays open; Firefox' own value is five minutes

NONE: Mapping[str, str | int | bool] = {}
PREFERENCES: Mapping[str, str | int | bool] = {
    "network.lna.prompt.timeout": PROMPT_MS,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "browser.aboutwelcome.enabled": False,
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.safebrowsing.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}


@dataclass
class FirefoxPage:
    channel: Channel
    context: str
    closed: bool = False

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        try:
            return await self.channel.call(method, params)
        except ChannelError as error:
            raise PageError(str(error)) from None

    async def goto(self, url: str) -> None:
        await self.call("browsingContext.navigate", context=self.context, url=url, wait="complete")

    async def evaluate(self, expression: str, *, gesture: bool = False) -> Any:
        told = await self.call(
            "script.evaluate",
            expression=as_json(expression),
            target={"context": self.context},
            awaitPromise=True,
            userActivation=gesture,
        )
        if thrown := told.get("exceptionDetails"):
            raise PageError(str(thrown["text"]))
        return json.loads(told["result"]["value"])

    async def click(self, selector: str) -> None:
        x, y = await middle(self, selector)
        actions = [
            {"type": "pointerMove", "x": x, "y": y},
            *({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")),
        ]
        await self.call(
            "input.performActions", context=self.context, actions=[{"type": "pointer", "id": "hand", "actions": actions}]
        )

    async def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode((await self.call("browsingContext.captureScreenshot", context=self.context))["data"]))

    async def size(self, width: int, height: int) -> None:
        await self.call("browsingContext.setViewport", context=self.context, viewport={"width": width, "height": height})

    async def press(self, *keys: str) -> None:
        values = [KEYS[key].webdriver if key in KEYS else key for key in keys]
        actions = [{"type": kind, "value": value} for value in values for kind in ("keyDown", "keyUp")]
        source = {"type": "key", "id": "keyboard", "actions": actions}
        await self.call("input.performActions", context=self.context, actions=[source])

    async def close(self) -> None:
        if not self.closed:
            self.closed = True
            await self.call("browsingContext.close", context=self.context)


class Firefox:
    kind = "firefox"

    def __init__(self, child: Child, channel: Channel) -> None:
        self.child, self.channel = child, channel

    @classmethod
    async def start(
        cls, directory: Path, world: World, prepare: Prepare | None = None, *, preferences: Mapping[str, str | int | bool] = NONE
    ) -> Firefox:
        binary = recent(program("firefox-esr"), LEAST)
        home = directory / "home"
        profile = home / ".mozilla" / "firefox" / "tests"  # where programs that look for profiles find it
        trust(profile, world.ca)
        if prepare is not None:
            prepare(home)
        told_to = {
            **PREFERENCES,
            "network.dns.localDomains": ",".join(world.names),
            "network.lna.address_space.public.override": ",".join(world.public),
            "network.lna.address_space.private.override": ",".join(world.local),  # Firefox says "private" for the local network
            **preferences,
        }
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in told_to.items()]
        (profile / "user.js").write_text("".join(lines), "utf-8")
        command = [binary, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
        command.append("--remote-allow-system-access")  # to the prompt, which is no part of any page
        child = await Child.start(command, home, directory / "firefox.log")
        server = profile / "WebDriverBiDiServer.json"
        try:
            url = await child.tells(lambda: _address(server))
            channel = await Channel.open(f"{url}/session")
            await channel.call("session.new", {"capabilities": {}})
            started = cls(child, channel)
            for origin in world.forgetful:
                await started.in_its_window(FORGET.replace("%s", origin))
        except BaseException:
            child.kill()
            await child.process.wait()
            raise
        return started

    async def in_its_window(self, expression: str) -> Any:
        """Beside all pages, where the browser's own buttons are."""
        tree = await self.channel.call("browsingContext.getTree", {"moz:scope": "chrome"})
        window = {"context": tree["contexts"][0]["context"]}
        told = await self.channel.call("script.evaluate", {"expression": expression, "target": window, "awaitPromise": False})
        assert told["type"] == "success", told
        return told["result"].get("value")

    async def page(self, url: str | None = None) -> FirefoxPage:
        made = await self.channel.call("browsingContext.create", {"type": "tab"})
        page = FirefoxPage(self.channel, made["context"])
        if url is not None:
            await page.goto(url)
        return page

    async def answer(self, button: Literal["Allow", "Block"]) -> None:
        """As soon as the browser asks the person in front of it, who clicks this button."""
        click = PROMPT.replace("%s", "button" if button == "Allow" else "secondaryButton")
        async with asyncio.timeout(30):
            while not await self.in_its_window(click):
                await asyncio.sleep(0.02)

    async def close(self) -> None:
        with contextlib.suppress(ChannelError, ConnectionError):  # it may go before it answers
            await self.channel.call("browser.close")
        await self.channel.close()
        await self.child.end()


def _address(file: Path) -> str | None:
    try:
        told = json.loads(file.read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return f"ws://{told['ws_host']}:{told['ws_port']}"
