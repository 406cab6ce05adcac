"""What a person does at the console, by what is to be read there: labels, buttons, headings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.browsers.browser import Page, until

if TYPE_CHECKING:
    from tests.browsers.conftest import PageOpener
    from tests.browsers.console.stage import Stage

# By the words that a person reads. A control is found by its label, a button or link by its name, inside of `within`.
_SCRIPT = """(() => {
  const words = (node) => (node.getAttribute("aria-label") ?? node.innerText ?? "").replace(/\\s+/g, " ").trim();
  const top = () => document.querySelector("dialog[open]") ?? document;
  window.seen = {
    named: (name, within) => {
      const all = [...((within ? document.querySelector(within) : top()) ?? document).querySelectorAll("button, a, summary")];
      return all.find((one) => words(one) === name) ?? all.find((one) => words(one).startsWith(name));
    },
    control: (label) => {
      const all = [...top().querySelectorAll("label")];
      const found = all.find((one) => words(one) === label) ?? all.find((one) => words(one).startsWith(label));
      return found?.control;
    },
    click: (name, within) => {
      const found = seen.named(name, within);
      if (!found || found.disabled) return false;
      found.click();
      return true;
    },
    fill: (label, value) => {
      const found = seen.control(label);
      if (!found) return false;
      if (found.type === "checkbox" || found.type === "radio") { if (found.checked !== value) found.click(); }
      else {
        found.value = value;
        found.dispatchEvent(new Event("input", { bubbles: true }));
        found.dispatchEvent(new Event("change", { bubbles: true }));
      }
      return true;
    },
  };
  return true;
})()"""


@dataclass
class Console:
    page: Page

    async def ready(self) -> None:
        await until(self.page, "document.querySelector('main h1') !== null")
        await self.page.evaluate(_SCRIPT)

    async def go(self, where: str) -> None:
        """To a view, and until it has read what it shows."""
        await self.page.evaluate(f"void (location.hash = {json.dumps(where)})")
        await until(self.page, f"location.hash === {json.dumps(where)} && document.querySelector('main h1') !== null")
        await self.settled()

    async def settled(self) -> None:
        await until(self.page, "document.querySelector('[aria-busy=true]') === null")

    async def click(self, name: str, within: str | None = None) -> None:
        await until(self.page, f"seen.click({json.dumps(name)}, {json.dumps(within)})")

    async def fill(self, label: str, value: str | bool) -> None:
        await until(self.page, f"seen.fill({json.dumps(label)}, {json.dumps(value)})")

    async def reads(self, text: str, where: str = "body") -> None:
        """Until it is to be read there."""
        await until(self.page, f"(document.querySelector({json.dumps(where)})?.innerText ?? '').includes({json.dumps(text)})")

    async def gone(self, text: str, where: str = "body") -> None:
        await until(self.page, f"!(document.querySelector({json.dumps(where)})?.innerText ?? '').includes({json.dumps(text)})")

    async def text(self, where: str = "body") -> str:
        return str(await self.page.evaluate(f"document.querySelector({json.dumps(where)})?.innerText ?? ''"))

    async def enter_pin(self) -> None:
        await self.fill("PIN", PIN)
        await self.click("Open", "main")
        await self.reads("At the till", "h1")

    async def ask(self, expression: str) -> Any:
        return await self.page.evaluate(expression)


PIN = "802713"


async def attending(stage: Stage, open_page: PageOpener) -> Console:
    """The attendant's view, opened with the PIN that is set."""
    page = await open_page(f"{stage.shop.server.url}/")
    await page.size(1024, 768)
    await until(page, "document.querySelector('.closed') !== null")
    opened = Console(page)
    await opened.ready()
    await opened.enter_pin()
    return opened


VIEWS = {
    "overview": "#/",
    "devices": "#/devices",
    "device": "#/devices/till-1",
    "device-wrong": "#/devices/swapped",
    "device-edit": "#/devices/till-1/edit",
    "device-add": "#/devices/add",
    "device-find": "#/devices/find",
    "jobs": "#/jobs",
    "job-done": "#/jobs/{done}",
    "job-failed": "#/jobs/{failed}",
    "job-doubt": "#/jobs/{doubt}",
    "job-asks": "#/jobs/{asks}",
    "payments": "#/payments",
    "payments-none": "#/payments?device=card-1&outcome=timed_out&from=2026-01-01T08%3A00",
    "payment": "#/jobs/{paid}",
    "payment-reversed": "#/jobs/{reversed}",
    "payment-doubt": "#/jobs/{asked}",
    "unresolved": "#/unresolved",
    "access": "#/access",
    "access-add": "#/access/add",
    "wire": "#/wire?device=till-1",
    "plugins": "#/plugins",
    "audit": "#/audit",
    "system": "#/system",
    "nowhere": "#/nowhere",
}
"""Every view, with what stands for a job in it."""


async def addresses(jobs: list[Any]) -> dict[str, str]:
    """The views of this journal: a job that is done, one that failed, one in doubt, one that asks."""
    named = {
        "done": next(job["id"] for job in jobs if job["reference"] == "WEB-1001"),
        "failed": next(job["id"] for job in jobs if job["state"] == "failed"),
        "doubt": next(job["id"] for job in jobs if job["state"] == "unresolved" and job["op"] == "receipt"),
        "asks": next(job["id"] for job in jobs if job["reference"] == "SIG-3"),
        "paid": next(job["id"] for job in jobs if job["reference"] == "WEB-2004"),
        "reversed": next(job["id"] for job in jobs if job["reference"] == "WEB-2001" and job["op"] == "payment.purchase"),
        "asked": next(job["id"] for job in jobs if job["reference"] == "WEB-2005"),
    }
    return {name: where.format(**named) for name, where in VIEWS.items()}
