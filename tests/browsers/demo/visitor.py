"""What a visitor of the demonstration does and sees; and what the simulators really did."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bridge.cli.demo.serving import Theatre
from bridge.cli.demo.stage import Device
from tests.browsers.browser import Page, until

BREAD, COFFEE, BUTTER, DUMPLINGS, MUG, PAPER = range(6)


@dataclass
class Visitor:
    theatre: Theatre
    page: Page

    async def is_in(self) -> None:
        """The shop is open, and the stage was seen."""
        await until(
            self.page, "!document.getElementById('shop').hidden && document.querySelector('#troubles [data-state]') !== null"
        )

    async def reload(self) -> None:
        await self.page.evaluate("void (window.before = true, location.reload())")
        await until(self.page, "window.before === undefined")
        await self.is_in()

    # -- does ----------------------------------------------------------------------------------------------------------

    async def choose(self, printer: str) -> None:
        await self.click(f"input[name=printer][value={printer}]")

    async def take(self, *goods: int) -> None:
        for one in goods:
            await self.click(f"#goods .ware:nth-child({one + 1})")

    async def fill(self, selector: str, text: str) -> None:
        typed = f"(field => {{ field.value = {json.dumps(text)}; field.dispatchEvent(new Event('input', {{bubbles: true}})); }})"
        await self.page.evaluate(f"{typed}(document.querySelector({json.dumps(selector)}))")

    async def sell(self, *goods: int) -> None:
        """The last card is that of this sale, at the latest when this returns."""
        cards = await self.page.evaluate("document.querySelectorAll('.outcome').length")
        await self.take(*goods)
        await self.click("#sell")
        await until(self.page, f"document.querySelectorAll('.outcome').length > {cards}")

    async def click(self, selector: str) -> None:
        """As soon as it is there and may be clicked on."""
        found = f"document.querySelector({json.dumps(selector)})"
        await until(self.page, f"{found} !== null && !{found}.disabled")
        await self.page.evaluate(f"void {found}.click()", gesture=True)

    async def act(self, trouble: str, becomes: str) -> None:
        """Break or mend, whichever the button says now; until it is seen."""
        await self.click(f"[data-trouble={trouble}] button")
        await self.sees_trouble(trouble, becomes)

    async def at_once(self) -> None:
        await self.click("input[name=when][value=now]")

    async def action(self, number: int = 1) -> None:
        """A button of the newest card."""
        await self.click(f".outcome .actions button:nth-child({number})")

    # -- sees ----------------------------------------------------------------------------------------------------------

    async def sees(self, status: str) -> dict[str, str]:
        """What became of the newest sale, as soon as it is that."""
        card = "document.querySelector('.outcome')"
        part = f"(name => {card}.querySelector(name).textContent)"
        return dict(
            await until(
                self.page,
                f"{card}?.dataset.status === {json.dumps(status)} && "
                f"{{ head: {part}('h3'), what: {part}('.what'), told: {part}('.told'), more: {part}('.more') }}",
            )
        )

    async def sees_trouble(self, trouble: str, state: str) -> None:
        await until(self.page, f"document.querySelector('[data-trouble={trouble}]').dataset.state === {json.dumps(state)}")

    async def text(self, selector: str) -> str:
        return str(await self.page.evaluate(f"document.querySelector({json.dumps(selector)}).textContent"))

    async def says(self, selector: str, part: str) -> None:
        await until(self.page, f"document.querySelector({json.dumps(selector)}).textContent.includes({json.dumps(part)})")

    async def ledger(self, state: str, rows: int = 1) -> list[list[str]]:
        """Its rows, newest first, as soon as it is as a whole in this state and has at least so many."""
        await until(
            self.page,
            f"document.getElementById('verdict').dataset.state === {json.dumps(state)} "
            f"&& document.querySelectorAll('#rows tr').length >= {rows}",
        )
        cells = "[...document.querySelectorAll('#rows tr')].map(row => [...row.cells].map(cell => cell.textContent))"
        return list(await self.page.evaluate(cells))

    # -- the truth -----------------------------------------------------------------------------------------------------

    def printer(self, number: int = 0) -> Device:
        return self.theatre.stages[0].devices[number]

    async def receipts(self, number: int = 0) -> list[dict[str, Any]]:
        """What this printer really issued."""
        return [one for one in await self.printer(number).bench.documents() if one["kind"] == "receipt"]
