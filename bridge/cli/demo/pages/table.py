"""Which files the till's page has. They are served twice: by the bridge of the demonstration, and by its stage, which is
another origin and so has to be paired as a shop's page would."""

from __future__ import annotations

from importlib.resources import files

from bridge.server.pages import PAGES, Page, page_of

PACKAGE = "bridge.cli.demo.pages"
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
    "picture.js",
    "printer.js",
    "stage.js",
    "texts.js",
)


def demo_pages(stage: str, servers: tuple[str, ...]) -> dict[str, Page]:
    """The addresses of the page. `stage`: where its stage is; `servers`: what the page calls beside its own origin."""
    source = files(PACKAGE).joinpath("demo.html").read_text("utf-8")
    document = page_of("demo.html", PACKAGE, source.replace("{{stage}}", stage).encode("utf-8"), servers)
    return {
        "/demo": document,
        "/demo/": document,
        **{f"/demo/{name}": page_of(name, PACKAGE) for name in ("demo.css", *MODULES)},
        CLIENT: PAGES[CLIENT],
    }
