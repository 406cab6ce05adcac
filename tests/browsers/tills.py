"""Opening a till page, and what the gate wrote into the log about those it sent away."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest

from tests.browsers.browser import Page, until
from tests.browsers.conftest import PageOpener
from tests.browsers.shop import Shop

_REFUSED = re.compile(r"refused (\S+) (\S+) of \S+: (\S+)")


def till_page(origin: str, shop: Shop, *, go: bool = False, secure: bool = False) -> str:
    """The address of the till of this origin; with `go` it begins to pair and to sell by itself, with `secure` over https."""
    address = f"localhost:{shop.server.secure_port}" if secure else shop.address
    said = json.dumps({"address": address, "secure": secure, "device": "till-1", "go": go})
    return f"{origin}/till.html#{quote(said)}"


async def paired(open_page: PageOpener, origin: str, shop: Shop) -> Page:
    """A till whose token was put into its hands: pairing has tests of its own."""
    page = await open_page(till_page(origin, shop))
    token, token_id = await shop.give(origin)
    await page.evaluate(f"till.use('{token}', '{token_id}')")
    return page


async def ended(page: Page, till: str = "till") -> str:
    """How it went, when the till has come to an end: `finished`, or where it failed."""
    states = f"{till} && ['finished', 'failed'].includes({till}.state) && {till}"
    told = await until(page, f"({states}) && {{ state: {till}.state, failed: {till}.failed }}", 40)
    return str(told["failed"] or told["state"])


def refused(caplog: pytest.LogCaptureFixture) -> set[tuple[str, str, str]]:
    """Method, path and code of what the gate sent away, without the icons that browsers look for by themselves."""
    found = {match.groups() for record in caplog.records if (match := _REFUSED.search(record.getMessage()))}
    return {(method, path, code) for method, path, code in found if path != "/favicon.ico"}
