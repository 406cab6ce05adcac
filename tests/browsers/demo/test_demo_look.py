"""How the page looks and is used: on a till's small screen and on a large one, by keyboard, and by who cannot see it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browsers.browser import until
from tests.browsers.chromium import ChromiumPage
from tests.browsers.demo.visitor import BREAD, BUTTER, COFFEE, DUMPLINGS, MUG, Visitor
from tests.browsers.settings import Setting, in_browsers

pytestmark = in_browsers([Setting("chromium")])

SEEN = """(selector => {
  const box = document.querySelector(selector).getBoundingClientRect();
  return box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth && box.width > 0;
})"""

# Whatever a person can use has a name for who hears it: its text, its label, or what it is told to be called.
NAMELESS = """[...document.querySelectorAll("button, input, select, [tabindex='0']")]
  .filter(element => !element.closest("[hidden]") && getComputedStyle(element).display !== "none")
  .filter(element => !(element.textContent.trim() || element.getAttribute("aria-label") || element.getAttribute("aria-labelledby")
    || [...(element.labels ?? [])].some(label => label.textContent.trim())))
  .map(element => element.outerHTML)"""


async def size(visitor: Visitor, width: int, height: int) -> None:
    assert isinstance(visitor.page, ChromiumPage)
    await visitor.page.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)


async def key(visitor: Visitor, name: str, code: int, text: str = "") -> None:
    assert isinstance(visitor.page, ChromiumPage)
    for kind in ("keyDown", "keyUp"):
        sent = {"text": text} if text and kind == "keyDown" else {}
        await visitor.page.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code, **sent)


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (1920, 1080)])
async def test_all_that_is_needed_is_seen_without_scrolling(visitor: Visitor, width: int, height: int, tmp_path: Path) -> None:
    await size(visitor, width, height)
    await visitor.sell(BREAD, MUG)
    await visitor.sees("done")
    await visitor.act("cable", "armed")
    await visitor.sell(COFFEE)
    await visitor.sees("unresolved")
    await visitor.take(BREAD, COFFEE, BUTTER, DUMPLINGS, MUG)
    await visitor.ledger("open")
    await visitor.says("#total", "PLN")
    for selector in (
        "#goods",
        "#cart-box",
        "#total",
        "#payments",
        "#sell",
        ".outcome",
        "#roll",
        "[data-trouble=swap] button",
        "#verdict",
        "#rows tr",
    ):
        assert await visitor.page.evaluate(f"{SEEN}({selector!r})"), selector
    for axis in ("Width", "Height"):
        assert await visitor.page.evaluate(f"document.documentElement.scroll{axis} <= inner{axis}")
    await visitor.page.screenshot(tmp_path / f"{width}.png")
    await visitor.act("cable", "whole")
    await visitor.sees("done")
    await visitor.ledger("order")


async def test_everything_that_can_be_used_has_a_name(visitor: Visitor) -> None:
    await visitor.take(BREAD)
    await visitor.click("#more-payments")
    await visitor.act("cable", "armed")
    assert await visitor.page.evaluate(NAMELESS) == []
    assert await visitor.page.evaluate("document.documentElement.lang") == "en"


async def test_it_is_sold_by_keyboard_alone(visitor: Visitor) -> None:
    await visitor.page.evaluate("void document.querySelector('#goods button').focus()")
    await key(visitor, "Enter", 13, "\r")
    for _ in range(40):
        if await visitor.page.evaluate("document.activeElement.id") == "sell":
            break
        await key(visitor, "Tab", 9)
    assert await visitor.page.evaluate("document.activeElement.matches('#sell:focus-visible')")
    await key(visitor, "Enter", 13, "\r")
    await visitor.sees("done")
    assert len(await visitor.receipts()) == 1


async def test_it_speaks_polish_too_and_so_does_the_bridge(visitor: Visitor) -> None:
    await visitor.take(BREAD)
    await visitor.page.evaluate("void (window.before = true)")
    await visitor.click("#language")
    await until(visitor.page, "window.before === undefined && document.documentElement.lang === 'pl'")
    await visitor.is_in()
    assert await visitor.text("#sell") == "Sprzedaj"
    await visitor.sell(BREAD)
    assert (await visitor.sees("done"))["head"] == "Wydano"
    untranslated = "[...document.querySelectorAll('[data-text]')].filter(one => one.textContent === one.dataset.text).length"
    assert await visitor.page.evaluate(untranslated) == 0


async def test_the_pages_policy_has_nothing_to_complain_of(visitor: Visitor) -> None:
    listening = "void document.addEventListener('securitypolicyviolation', event => (window.broken = event.violatedDirective))"
    await visitor.page.evaluate(listening)
    await visitor.sell(BREAD)
    await visitor.sees("done")
    await visitor.says("#paper", "Chleb")
    assert await visitor.page.evaluate("window.broken") is None
