"""The console without a mouse, and with assistive technology: one path by keys alone, and axe-core on every view.

axe-core 4.14.1 (MPL-2.0, axe/LICENSE) is the file as it was published; it is put into the page over the debugging protocol.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.browsers.browser import until
from tests.browsers.conftest import PageOpener
from tests.browsers.console.driving import Console, addresses
from tests.browsers.console.stage import Stage
from tests.browsers.settings import NO_POLICY, Setting, in_browsers

AXE = Path(__file__).parent / "axe" / "axe.min.js"
PUBLISHED = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"

FAULTS = """axe.run(document, { resultTypes: ["violations"] }).then((said) => said.violations
  .filter((one) => ["serious", "critical", "moderate"].includes(one.impact))
  .map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`))"""


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("browser", NO_POLICY, indirect=True, scope="session", ids=str)
async def test_a_question_is_found_and_answered_with_the_keyboard_alone(stage: Stage, console: Console) -> None:
    await stage.fake("bar")
    answered = stage.asks("Is the signature right?")
    await stage.submit("bar", "order-1")
    await console.reads("Answer")
    await _to(console, "Answer: bar")
    await console.page.press("Enter")
    await console.reads("Is the signature right?", ".prompt")
    assert await console.ask("document.activeElement.tagName") == "H1"  # a view that opens has the focus
    await _to(console, "Podpis się zgadza")
    await console.page.press("Enter")
    assert await answered == "yes"


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("browser", NO_POLICY, indirect=True, scope="session", ids=str)
async def test_a_dialog_keeps_the_focus_and_gives_it_back(stage: Stage, console: Console) -> None:
    await console.go("#/devices/till-1")
    await _to(console, "Remove")
    await console.page.press("Enter")
    await until(console.page, "document.querySelector('dialog[open]') !== null")
    for _ in range(6):
        await console.page.press("Tab")
        assert await console.ask(
            "document.activeElement === document.body || document.querySelector('dialog').contains(document.activeElement)"
        )
    await console.page.press("Escape")
    await until(console.page, "document.querySelector('dialog[open]') === null")
    assert await console.ask("document.activeElement.innerText") == "Remove"
    assert "till-1" in stage.shop.bridge.devices.runtimes


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("browser", NO_POLICY, indirect=True, scope="session", ids=str)
async def test_a_payment_is_opened_and_asked_about_with_the_keyboard_alone(stage: Stage, console: Console) -> None:
    await stage.terminal("card-1")
    await stage.pay("card-1", "a", reference="WEB-1")
    await console.go("#/payments")
    await console.reads("WEB-1", "main table")
    await _to(console, "Card payment")
    await console.page.press("Enter")
    await console.reads("Card payment WEB-1", "h1")
    await console.reads("Ask the terminal again", "main")
    await _to(console, "Ask the terminal again")
    await console.page.press("Enter")
    await console.reads("says the same as before", "#main [role=status]")
    assert await console.ask("document.activeElement.innerText") == "Ask the terminal again"


async def _to(console: Console, name: str) -> None:
    """Tab until there."""
    focused = "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText ?? '').trim()"
    for _ in range(80):
        if await console.ask(focused) == name:
            return
        await console.page.press("Tab")
    raise AssertionError(f"{name} is not reached by Tab")


def test_axe_is_the_file_that_was_published() -> None:
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() == PUBLISHED


class TestAxe:
    pytestmark = in_browsers((Setting("chromium"),))

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    async def test_axe_finds_no_fault_on_any_view(self, stage: Stage, console: Console, scheme: str) -> None:
        await stage.fill()
        emulated = [{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]
        await console.page.call("Emulation.setEmulatedMedia", features=emulated)  # type: ignore[attr-defined]
        await console.ask(f"(() => {{ {AXE.read_text('utf-8')} }})()")
        found = {}
        for name, where in (await addresses(await stage.shop.jobs())).items():
            await console.go(where)
            if faults := await console.ask(FAULTS):
                found[name] = faults
        assert found == {}

    async def test_axe_finds_no_fault_in_a_dialog_and_where_one_signs_in(
        self, stage: Stage, console: Console, open_page: PageOpener
    ) -> None:
        await console.ask(f"(() => {{ {AXE.read_text('utf-8')} }})()")
        await console.go("#/devices/till-1")
        await console.click("Remove", "main")
        assert await console.ask(FAULTS) == []
        await console.click("Cancel", "dialog")
        await console.click("Sign out")
        await console.reads("Signed out")
        assert await console.ask(FAULTS) == []
