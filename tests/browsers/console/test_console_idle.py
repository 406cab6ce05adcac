"""Nobody is there: the attendant's view closes, however busy the till is, and stays open under the hands of a person.

The clocks of page and bridge go on when a test says so.
"""

from __future__ import annotations

import json
import time

from bridge.server.settings import ServerSettings
from tests.browsers.conftest import PageOpener
from tests.browsers.console.driving import PIN, Console, attending
from tests.browsers.console.stage import Stage
from tests.browsers.settings import NO_POLICY, in_browsers
from tests.browsers.shop import eventually

pytestmark = in_browsers(NO_POLICY)

LIMIT = ServerSettings().attendant_idle_seconds

# The page looks at the clock now and then, and whenever it is shown again, which is what a test can say.
_CLOCK = """(() => {
  const began = Date.now.bind(Date);
  window.passed = 0;
  Date.now = () => began() + window.passed;
  window.goOn = (seconds) => { window.passed += seconds * 1000; document.dispatchEvent(new Event("visibilitychange")); return true; };
  window.move = () => {
    dispatchEvent(new PointerEvent("pointermove", { screenX: (window.x = (window.x ?? 0) + 5), screenY: 1 }));
    return true;
  };
  return true;
})()"""


class Clocks:
    """Of one page and of the bridge's sessions, together."""

    def __init__(self, stage: Stage, view: Console) -> None:
        self.passed = 0.0
        self.view = view
        self.attendants = stage.shop.server.access.attendants
        self.attendants._monotonic = lambda: time.monotonic() + self.passed

    async def go_on(self, seconds: float) -> None:
        self.passed += seconds
        await self.view.ask(f"goOn({seconds})")

    @property
    def sessions(self) -> int:
        return int(self.attendants.state()["sessions"])

    @property
    def left(self) -> float:
        """Until the bridge ends the only session."""
        [session] = self.attendants._sessions.values()
        return session.idle_until - self.attendants._monotonic()


async def _opened(stage: Stage, open_page: PageOpener) -> tuple[Console, Clocks]:
    await stage.shop.call("PUT", "/console/attendant", {"pin": PIN})
    view = await attending(stage, open_page)
    await view.ask(_CLOCK)
    return view, Clocks(stage, view)


async def test_a_busy_till_closes_all_the_same_when_nobody_is_there(stage: Stage, open_page: PageOpener) -> None:
    view, clocks = await _opened(stage, open_page)
    for number in range(3):
        await stage.sell("till-1", f"order-{number}", reference=f"WEB-{number}")
        await view.reads(f"WEB-{number}", "table")  # read anew, by itself
        await clocks.go_on(LIMIT * 0.3)
    await view.go("#/jobs/" + (await stage.shop.jobs())[0]["id"])
    await view.gone("It closes in a moment")
    await clocks.go_on(LIMIT * 0.05)
    await view.reads("It closes in a moment", "[role=alert]")
    assert clocks.sessions == 1
    await clocks.go_on(LIMIT * 0.06)
    await view.reads("Nobody was here for 15 min")
    assert "WEB-" not in await view.text()
    await eventually(lambda: clocks.sessions == 0)
    await view.enter_pin()


async def test_it_stays_open_under_the_hands_of_a_person_who_calls_nothing(stage: Stage, open_page: PageOpener) -> None:
    view, clocks = await _opened(stage, open_page)
    for number in range(4):
        await clocks.go_on(LIMIT * 0.95)
        await view.reads("It closes in a moment", "[role=alert]")
        if number % 2:
            await view.ask("move()")
        else:
            await view.page.press("Tab")
        await view.gone("It closes in a moment")
        await eventually(lambda: clocks.left > LIMIT * 0.9)
    await clocks.go_on(LIMIT * 0.95)
    assert "At the till" in await view.text("h1")


async def test_a_pointer_that_rests_while_the_page_moves_and_a_key_that_something_lies_on_are_nobody(
    stage: Stage, open_page: PageOpener
) -> None:
    view, clocks = await _opened(stage, open_page)
    await view.ask("move()")
    await clocks.go_on(LIMIT * 0.95)
    await view.ask("void dispatchEvent(new PointerEvent('pointermove', { screenX: window.x, screenY: 1 }))")
    await view.ask("void dispatchEvent(new KeyboardEvent('keydown', { key: 'a', repeat: true }))")
    await clocks.go_on(LIMIT * 0.06)
    await view.reads("Nobody was here")


async def test_a_bridge_that_ends_the_session_by_its_own_clock_closes_the_page(stage: Stage, open_page: PageOpener) -> None:
    view, clocks = await _opened(stage, open_page)
    clocks.passed += LIMIT
    await stage.sell("till-1", "order-1", reference="WEB-1")
    await view.reads("Signed out")


async def test_nothing_of_an_administrator_is_left_for_the_attendant_who_comes_after_him(stage: Stage, console: Console) -> None:
    await stage.shop.call("PUT", "/console/attendant", {"pin": PIN})
    await stage.page_asks()
    await console.reads("1", "nav a[href='#/access'] .count")
    await console.go("#/devices/till-1")
    known = "import('/console/store.js').then(({ state: { closed, session, ...known } }) => JSON.stringify({ ...known, open: [...known.open] }))"
    before = await console.ask(known)
    assert "posnet" in before
    assert "pos.example.com" in before
    await console.click("Sign out")
    await console.reads("Signed out")
    after = await console.ask(known)
    for word in ("posnet", "till-1", "pos.example.com", "timeouts", "tcp://"):
        assert word not in after, word
    assert await console.ask("document.title") == "Tillbridge"
    await console.enter_pin()
    await console.reads("till-1", ".cards")
    there = json.loads(await console.ask(known))
    assert (there["families"], there["common"], there["pairings"], there["health"]) == ([], None, [], {"status": "ok"})
    assert [device["url"] for device in there["devices"]] == [None]


async def test_what_was_asked_for_the_administrator_and_comes_late_reaches_nobody(stage: Stage, console: Console) -> None:
    late = """import("/console/api.js").then(async ({ get }) => {
      const real = window.fetch;
      window.fetch = async (...asked) => { const answer = await real(...asked); await new Promise((go) => { window.letGo = go; }); return answer; };
      const reading = get("/families").then(() => "read", (problem) => (problem.outdated ? "thrown away" : String(problem)));
      window.fetch = real;
      window.late = reading;
    })"""
    await console.ask(f"void ({late})")
    await console.click("Sign out")
    await console.reads("Signed out")
    await stage.shop.call("PUT", "/console/attendant", {"pin": PIN})
    await console.enter_pin()
    await eventually(lambda: console.ask("typeof window.letGo === 'function'"))
    await console.ask("void window.letGo()")
    assert await console.ask("window.late") == "thrown away"
