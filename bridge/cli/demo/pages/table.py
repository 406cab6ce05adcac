"""Which files the till's page has. They are served twice: by the bridge of the demonstration, and by its stage, which is
another origin and so has to be paired as a shop's page would."""

from __future__ import annotations

from importlib.resources import files

from bridge.server.pages import DOCUMENT, MODULE, PAGES, STYLE, Page

CLIENT = "/client/tillbridge.js"

MODULES = (
    "demo.js",
    "cart.js",
    "counter.js",
    "decimals.js",
    "dom.js",
    "goods.js",
    "keep.js",
    "ledger.js",
    "outcomes.js",
    "payments.js",
    "printer.js",
    "stage.js",
    "texts.js",
)


def demo_pages(stage: str, servers: tuple[str, ...]) -> dict[str, Page]:
    """The addresses of the page. `stage`: where its stage is; `servers`: what the page calls beside its own origin."""
    shown = _file("demo.html").decode("utf-8").replace("{{stage}}", stage).encode("utf-8")
    document = Page("demo.html", "text/html", *DOCUMENT, content=shown, servers=servers)
    return {
        "/demo": document,
        "/demo/": document,
        "/demo/demo.css": Page("demo.css", "text/css", *STYLE, content=_file("demo.css")),
        **{f"/demo/{name}": Page(name, "text/javascript", *MODULE, content=_file(name)) for name in MODULES},
        CLIENT: PAGES[CLIENT],
    }


def _file(name: str) -> bytes:
    return files("bridge.cli.demo.pages").joinpath(name).read_bytes()
