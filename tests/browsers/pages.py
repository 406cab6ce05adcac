"""Pages of several https origins, on three ports: two the browser takes for public addresses, one for the local network. A fourth
port serves the same pages without https.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme
from aiohttp import web

FILES = Path(__file__).with_name("pages")
CLIENT = Path(__file__).parents[2] / "clients" / "js" / "dist" / "tillbridge.js"
"""What a shop copies to its own server."""

UNASKED = tuple(f"unasked-{number}" for number in range(1, 7))
"""Names whose pages no other test has opened: a browser remembers what it was answered."""

NAMES = tuple(
    f"{name}.test" for name in ("shop", "partner", "thief", "embed", "framed", "other", "evil", "forgetful", "intranet", *UNASKED)
)
TYPES = {".html": "text/html", ".js": "text/javascript", ".json": "application/json"}


@dataclass(frozen=True, slots=True)
class Pages:
    public: str  # host:port, as the browser is told them
    other_public: str
    local: str
    plain: str
    """A public address too, over http."""

    def of(self, name: str) -> str:
        """The origin of a page with a public address."""
        return origin(name, self.public)

    @property
    def shop(self) -> str:
        return self.of("shop.test")

    @property
    def shop_on_another_port(self) -> str:
        return origin("shop.test", self.other_public)

    @property
    def evil(self) -> str:
        return self.of("evil.test")

    @property
    def thief(self) -> str:
        return self.of("thief.test")

    @property
    def partner(self) -> str:
        return self.of("partner.test")

    @property
    def forgetful(self) -> str:
        """The browser lets its pages store nothing."""
        return self.of("forgetful.test")

    @property
    def embed(self) -> str:
        return self.of("embed.test")

    @property
    def insecure(self) -> str:
        """The origin of a page that came over http."""
        return f"http://shop.test:{self.plain.rpartition(':')[2]}"

    @property
    def intranet(self) -> str:
        """The origin of a page of the local network."""
        return origin("intranet.test", self.local)


def origin(name: str, address: str) -> str:
    return f"https://{name}:{address.rpartition(':')[2]}"


async def page(request: web.Request) -> web.StreamResponse:
    """A file of pages/. `?permissions=` is sent as the header Permissions-Policy."""
    name = request.match_info["name"]
    file = CLIENT if name == CLIENT.name else FILES / name
    if file.suffix not in TYPES or not file.is_file():
        raise web.HTTPNotFound
    headers = {"Cache-Control": "no-store"}
    if (permissions := request.query.get("permissions")) is not None:
        headers["Permissions-Policy"] = permissions
    return web.Response(text=file.read_text("utf-8"), content_type=TYPES[file.suffix], charset="utf-8", headers=headers)


@asynccontextmanager
async def served(ca: trustme.CA) -> AsyncIterator[Pages]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert(*NAMES).configure_cert(context)
    app = web.Application()
    app.router.add_get("/{name}", page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        addresses: list[str] = []
        for ssl_context in (context, context, context, None):
            site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=ssl_context)
            await site.start()
            addresses.append("{}:{}".format(*runner.addresses[-1]))
        yield Pages(*addresses)
    finally:
        await runner.cleanup()
