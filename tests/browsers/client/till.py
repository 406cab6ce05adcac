"""A till in a page, from outside: what a test asks it to do, and what it tells."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tests.browsers.browser import Page, until
from tests.browsers.conftest import PageOpener
from tests.browsers.shop import Shop

APP = "Kasa"
"""What client.js calls itself when it asks to be let in; a till is known again by it, and by its origin."""


def till_page(origin: str, url: str | list[str], *go: list[Any], **options: Any) -> str:
    """The address of the till of this origin. `options` are those of connect, `go` the steps that it takes by itself."""
    return f"{origin}/client.html#{quote(json.dumps({'url': url, 'options': options, 'go': go}))}"


@dataclass
class Till:
    """`name`: where the page has it; `probe.till` is what a frame in the page told last."""

    page: Page
    name: str = "till"

    @classmethod
    async def opened(cls, open_page: PageOpener, origin: str, url: str | list[str], **options: Any) -> Till:
        """Nothing is asked of the bridge yet. No click is waited for: that has tests of its own."""
        till = cls(await open_page(till_page(origin, url, gesture="skip", **options)))
        await until(till.page, "window.till && true")
        return till

    async def connect(self, **options: Any) -> dict[str, Any] | None:
        """How it failed, if it did."""
        failed: dict[str, Any] | None = await self.page.evaluate(f"till.connect({json.dumps(options)})")
        return failed

    async def pair(self, shop: Shop, origin: str, **options: Any) -> None:
        await self.page.evaluate(f"void till.connect({json.dumps(options)})")
        await self.let_in(shop, origin)

    async def let_in(self, shop: Shop, origin: str) -> None:
        """A person reads the code in the page and types it in at the bridge."""
        await shop.let_in(origin, await until(self.page, f"{self.name}?.code"))
        await self.until_connected()

    async def until_connected(self) -> None:
        state = await until(self.page, f"['connected', 'failed'].includes({self.name}?.state) && {self.name}")
        assert state["state"] == "connected", state["failed"]

    async def sell(self, reference: str, **options: Any) -> dict[str, Any]:
        outcome: dict[str, Any] = await self.page.evaluate(f"till.sell('{reference}', {json.dumps(options)})")
        return outcome

    async def begin(self, reference: str, **options: Any) -> None:
        """Sell, and do not wait for what becomes of it."""
        await self.page.evaluate(f"void till.sell('{reference}', {json.dumps(options)})")

    async def resume(self, **options: Any) -> list[dict[str, Any]]:
        outcomes: list[dict[str, Any]] = await self.page.evaluate(f"till.resume({json.dumps(options)})")
        return outcomes

    async def collect(self) -> None:
        await self.page.evaluate("till.collect()")

    async def outcomes(self, count: int = 1) -> list[dict[str, Any]]:
        """All that it was told, as soon as there are so many."""
        told: list[dict[str, Any]] = await until(
            self.page, f"{self.name}?.outcomes.length >= {count} && {self.name}.outcomes", 40
        )
        return told

    async def waits(self, code: str) -> dict[str, Any]:
        """The attention of a sale that waits for a person, as soon as the till was told of it."""
        seen = f"{self.name}.changes.map((change) => change.attention).find((attention) => attention?.code === '{code}')"
        attention: dict[str, Any] = await until(self.page, seen)
        return attention

    async def failed(self) -> dict[str, Any]:
        failed: dict[str, Any] = await until(self.page, f"{self.name}?.failed", 40)
        return failed

    async def reload(self) -> None:
        await self.page.evaluate("void ((window.old = true), setTimeout(() => location.reload()))")
        await until(self.page, "!window.old && window.till && true")
