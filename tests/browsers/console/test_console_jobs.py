"""Jobs at the console: found, shown with their paper, answered, and led out of doubt."""

from __future__ import annotations

import json

from bridge.model import Actor
from bridge.transport.null_modem import Cable
from tests.browsers.browser import until
from tests.browsers.conftest import PageOpener
from tests.browsers.console.driving import Console
from tests.browsers.console.stage import Stage
from tests.browsers.settings import NO_POLICY, in_browsers
from tests.browsers.shop import eventually

pytestmark = in_browsers(NO_POLICY)


async def test_a_job_appears_by_itself_and_shows_its_paper(stage: Stage, console: Console) -> None:
    await console.go("#/jobs")
    await console.reads("No jobs.")
    job = await stage.sell("till-1", "order-1", reference="WEB-1")
    await console.reads("WEB-1", "table")
    await console.click("Receipt", "table")
    await console.reads("Receipt WEB-1", "h1")
    picture = "document.querySelector('.panel.paper img')"
    await until(console.page, f"{picture} !== null && {picture}.complete && {picture}.naturalWidth > 100")
    await console.click("As text", ".panel.paper")
    await console.reads("Kawa ziarnista", ".panel.paper pre")
    assert job.id in await console.text("main")


async def test_jobs_are_filtered_by_device_state_and_reference(stage: Stage, console: Console) -> None:
    await stage.fake("bar")
    await stage.sell("till-1", "order-1", reference="WEB-1")
    stage.fakes["bar"].refuse = "E-1"
    await stage.sell("bar", "order-2", reference="BAR-2")
    await console.go("#/jobs")
    await console.reads("BAR-2", "table")
    await console.fill("State", "done")
    await console.click("Show")
    await console.gone("BAR-2", "main")
    await console.reads("WEB-1", "table")
    await console.fill("State", "")
    await console.fill("Reference of the till", "BAR-2")
    await console.click("Show")
    await console.gone("WEB-1", "main")
    await console.reads("BAR-2", "table")


async def test_a_long_list_is_paged(stage: Stage, console: Console) -> None:
    await stage.fake("bar")
    for number in range(52):
        await stage.sell("bar", f"order-{number}", reference=f"R-{number:02}")
    await console.go("#/jobs")
    await console.reads("R-51", "table")
    await console.click("Older")
    await console.reads("R-00", "table")
    assert "R-51" not in await console.text("table")
    await console.click("Newest")
    await console.reads("R-51", "table")


async def test_a_question_is_answered(stage: Stage, console: Console) -> None:
    await stage.fake("bar")
    answered = stage.asks("Is the signature right?")
    job = await stage.submit("bar", "order-1")
    await console.reads("1", "nav a[href='#/unresolved'] .count")
    await console.go("#/unresolved")
    await console.reads("Is the signature right?", ".prompt")
    await console.go("#/")
    await console.click("Answer: bar")
    await console.reads("Is the signature right?", ".prompt")
    await console.click("Podpis się zgadza", ".prompt")
    assert await answered == "yes"
    await console.reads("done", "main")
    assert (await stage.shop.bridge.jobs.get(job.id)).state == "done"


async def test_an_answer_that_an_event_has_overtaken_does_not_bring_an_ended_job_back(stage: Stage, console: Console) -> None:
    """The open jobs are read anew with the language; the job ends while their list is on its way."""
    await stage.fake("bar")
    answered = stage.asks("Is the signature right?")
    job = await stage.submit("bar", "order-1")
    count = "nav a[href='#/unresolved'] .count"
    await console.reads("1", count)
    late = """void (() => {
      const real = window.fetch;
      window.fetch = async (...asked) => {
        const answer = await real(...asked);
        if (String(asked[0]).includes("/jobs?state=") && held) await new Promise((go) => held.push(go));
        return answer;
      };
      let held = [];
      window.kept = () => held.length;
      window.letGo = () => { for (const go of held) go(); held = null; };
      window.reading = import("/console/store.js").then(({ speak }) => speak("en"));
    })()"""
    await console.ask(late)
    await eventually(lambda: console.ask("window.kept() > 0"))
    asked = (await stage.shop.bridge.jobs.get(job.id)).attention
    assert asked is not None
    assert asked.prompt_id is not None
    await stage.shop.bridge.jobs.answer(Actor(principal="tests"), job.id, asked.prompt_id, "yes")
    assert await answered == "yes"
    await until(console.page, f"document.querySelector({json.dumps(count)}) === null")
    await console.ask("void window.letGo()")
    await console.ask("window.reading")
    assert await console.ask(f"document.querySelector({json.dumps(count)}) === null")


async def test_a_job_in_doubt_is_settled_step_by_step_with_a_reason_and_a_promise(stage: Stage, console: Console) -> None:
    await stage.fake("bar")
    job = await stage.doubt("bar", "order-1", reference="BAR-1")
    await console.reads("1", "nav a[href='#/unresolved'] .count")
    await console.click("In doubt", "nav")
    await console.reads("the device takes no other document until this is settled", ".settle")
    await console.fill("It was issued", True)
    await console.fill("Number of the document", "4711")
    await console.fill("What you saw", "it lies before me, with its number")
    await console.click("It was issued", ".settle form .actions")
    await console.reads("This cannot be taken back", "dialog")
    await console.click("It was issued", "dialog")  # without the promise nothing happens
    assert (await stage.shop.bridge.jobs.get(job.id)).state == "unresolved"
    await console.fill("I have seen the document", True)
    await console.click("It was issued", "dialog")
    await console.reads("No job is in doubt")
    settled = await stage.shop.bridge.jobs.get(job.id)
    assert (settled.state, settled.result.document.number) == ("done", "4711")
    audit = (await stage.shop.call("GET", "/audit"))["audit"]
    [entry] = [one for one in audit if one["action"] == "job.resolved"]
    assert (entry["detail"]["verdict"], entry["detail"]["reason"]) == ("issued", "it lies before me, with its number")


async def test_a_device_that_came_back_is_asked_once_more(stage: Stage, console: Console) -> None:
    await stage.fake("bar")
    stage.family.recoveries = ["operator"]
    job = await stage.doubt("bar", "order-1")
    stage.fakes["bar"].off = False
    stage.fakes["bar"].cut()
    await console.go(f"#/jobs/{job.id}")
    await console.reads("Look at the paper")
    await console.fill("What you saw", "the cable is in again")
    await console.click("Ask it", ".settle")
    await console.reads("done", "#main .panel header")
    assert (await stage.shop.bridge.jobs.get(job.id)).result.document.number == "1"


async def test_while_the_device_is_being_asked_nobody_decides_over_its_head(stage: Stage, console: Console) -> None:
    device = await stage.fake("bar")
    device.lose_answer_of, device.deaf_to = "issue", "find"
    device.cable.on_cut = lambda: setattr(device, "cable", Cable())  # a cable breaks but once, and this is to break twice
    job = await stage.submit("bar", "order-1", reference="BAR-1")
    await eventually(lambda: any(line.startswith("find") for line in device.seen))
    await console.go("#/unresolved")
    await console.fill("It was not issued", True)
    await console.fill("What you saw", "nothing on the paper")
    await console.click("It was not issued", ".settle form .actions")
    await console.fill("I have looked at the paper", True)
    await console.click("It was not issued", "dialog")
    await console.reads("The device is being asked about this very job", ".settle")
    disabled = "[...document.querySelectorAll('.verdicts, .settle [type=submit]')].every((one) => one.disabled)"
    assert await console.ask(disabled)
    assert (await stage.shop.bridge.jobs.get(job.id)).state == "unresolved"
    await console.click("Look again", ".settle")
    await console.gone("The device is being asked about this very job")
    assert not await console.ask(disabled)
    assert await console.ask("document.querySelector('.settle [name=reason]').value") == "nothing on the paper"
    device.deaf_to = None
    device.cut()
    await console.reads("No job is in doubt")
    assert (await stage.shop.bridge.jobs.get(job.id)).state == "done"


# Where what others wrote ends in the line, and where our own words behind it begin.
_BEHIND = """(where) => [...document.querySelectorAll(where)].map((one) => {
  const range = document.createRange();
  range.selectNode(one.nextSibling);
  return [one.innerText, Math.round(one.getBoundingClientRect().right), Math.round(range.getBoundingClientRect().left)];
})"""


async def test_words_that_run_the_other_way_leave_ours_where_they_are(stage: Stage, console: Console) -> None:
    await stage.fake("bar")
    await stage.doubt("bar", "order-1", reference="קבלה 12")
    await console.go("#/unresolved")
    await console.fill("It was issued", True)
    await console.fill("What you saw", "הדפסתי 1234")
    await console.click("It was issued", ".settle form .actions")
    await console.reads("This cannot be taken back", "dialog")
    lines = await console.ask(f"({_BEHIND})('dialog bdi')")
    assert [line[0] for line in lines] == ["קבלה 12", "הדפסתי 1234"]
    assert all(ours >= theirs for _, theirs, ours in lines), lines
    assert await console.ask("document.querySelector('.settle p a bdi').innerText") == "קבלה 12"


async def test_the_time_line_has_the_verdict_and_every_frame_decoded(stage: Stage, console: Console) -> None:
    job = await stage.sell("till-1", "order-1")
    await console.go(f"#/jobs/{job.id}")
    await console.reads("DONE: the device confirmed it.", "#main .verdict")
    await console.reads("trend", ".frames")
    assert await console.ask("document.querySelectorAll('.frame.is-sent').length") > 3
    await until(
        console.page,
        "(document.querySelector('.frame.is-sent summary')?.click(), document.querySelector('.frame .hex')) !== null",
    )


async def test_the_wire_of_a_device_is_seen_as_it_goes_and_can_be_held(stage: Stage, console: Console) -> None:
    await console.go("#/wire?device=till-1")
    await stage.sell("till-1", "order-1")
    await console.reads("trend", ".frames")
    await console.click("Hold")
    await stage.shop.call("GET", "/devices/till-1/status")
    before = await console.ask("document.querySelectorAll('.frame').length")
    await console.click("Go on")
    await until(console.page, f"document.querySelectorAll('.frame').length > {before}")


async def test_what_happens_between_the_reading_and_the_first_event_is_seen(stage: Stage, open_page: PageOpener) -> None:
    page = await open_page(f"{stage.shop.server.url}/")
    await page.evaluate("void localStorage.setItem('tillbridge.language', 'en')")
    await until(page, "document.querySelector('.closed') !== null")
    code = json.dumps((await stage.link()).partition("#code=")[2])
    await page.evaluate(
        f"""(async () => {{
            const [{{ Events }}, {{ signIn }}] = await Promise.all([import("/console/socket.js"), import("/console/store.js")]);
            const connect = Events.prototype.connect;
            Events.prototype.connect = function () {{ window.subscribe = () => connect.call(this); }};
            await signIn({code});
        }})()"""
    )
    console = Console(page)
    await console.reads("No jobs.", "#main")
    await stage.sell("till-1", "a")
    await page.evaluate("void window.subscribe()")
    await console.gone("No jobs.", "#main")
