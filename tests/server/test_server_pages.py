"""The bridge's own pages: served from a fixed table, to nobody's frame, and the only web page that may call the API."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import Any

import pytest
from test_server_gate import assert_problem

from bridge.server.doors import own_origins
from bridge.server.pages import PAGES

NAVIGATION = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-User": "?1"}
SCRIPT = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}
MODULE = {**SCRIPT, "Sec-Fetch-Mode": "cors"}
FETCH = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}

# Of swagger-ui-dist 5.35.0, preact 11.2.0 and htm 3.1.1 as npm has them: what is served is what was published.
PUBLISHED = {
    "console/vendor/htm.mjs": "ab33dd3f38059b9be4d5f5350128eefb2356639c4e0bbe9d9e8b3ba75847e9e4",
    "console/vendor/preact.mjs": "bdcbd9abdf2c77c5c45326eab42191e949222d479d0d5f69467387a77040cb55",
    "swagger-ui-bundle.js": "e6a898692f2d768e807c3ba4626068a69a2c5dd960dd6c76f3e4d3a3de180af2",
    "swagger-ui.css": "5ed08757e53da3e026d6cbecc61fe5d43585c9560b302d534ad56692519a273d",
}


@pytest.mark.parametrize("address", sorted(PAGES))
async def test_each_page_is_served_without_token_and_with_strict_headers(client: Any, address: str) -> None:
    reply = await client.request("GET", address, token=None)
    assert reply.status == 200
    assert reply.headers["Content-Type"] == f"{PAGES[address].media_type}; charset=utf-8"
    assert reply.headers["X-Frame-Options"] == "DENY"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    policy = dict(part.split(" ", 1) for part in reply.headers["Content-Security-Policy"].split("; "))
    assert (policy["default-src"], policy["frame-ancestors"], policy["script-src"]) == ("'none'", "'none'", "'self'")
    assert "unsafe" not in reply.headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in reply.headers
    assert not [name for name in reply.headers if name.lower().startswith("access-control-")]


def test_the_vendored_files_are_those_that_were_published() -> None:
    folder = files("bridge.server.pages")
    assert {name: hashlib.sha256(folder.joinpath(name).read_bytes()).hexdigest() for name in PUBLISHED} == PUBLISHED


@pytest.mark.parametrize("name", ["docs.html", "console/index.html"])
def test_the_page_has_nothing_inline_and_nothing_from_elsewhere(name: str) -> None:
    page = files("bridge.server.pages").joinpath(name).read_text("utf-8")
    assert "<style" not in page
    assert "<script>" not in page
    assert " style=" not in page
    assert "//" not in page.replace("</", "").replace("/>", "")


async def test_a_browser_may_navigate_to_the_pages_and_to_nothing_else(client: Any) -> None:
    for address in ("/", "/console", "/docs"):
        assert (await client.request("GET", address, headers=NAVIGATION, token=None)).status == 200
    for address in (
        *("/api/v1/ping", "/api/v1/devices", "/api/v1/openapi.json", "/docs/docs.js", "/docs/", "/docs?a=b"),
        *("/?a=b", "/console/", "/console/main.js", "/console/index.html"),
    ):
        assert_problem(await client.request("GET", address, headers=NAVIGATION), 403, "gate.origin_not_allowed")


async def test_the_page_may_load_its_own_scripts_and_styles(client: Any) -> None:
    assert (await client.request("GET", "/docs/docs.js", headers=SCRIPT, token=None)).status == 200
    style = {**SCRIPT, "Sec-Fetch-Dest": "style"}
    assert (await client.request("GET", "/docs/docs.css", headers=style, token=None)).status == 200


async def test_the_client_is_a_module_for_our_own_pages_and_for_no_others(client: Any) -> None:
    module = {**SCRIPT, "Sec-Fetch-Mode": "cors"}  # so browsers load what a module imports
    address = "/client/tillbridge.js"
    assert (await client.request("GET", address, headers=module, token=None)).status == 200
    for trick in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Dest": "document"}):
        reply = await client.request("GET", address, headers={**module, **trick}, token=None)
        assert_problem(reply, 403, "gate.origin_not_allowed")


async def test_the_console_loads_its_modules_and_catalogues_and_nothing_loads_them_otherwise(client: Any) -> None:
    data = {**MODULE, "Sec-Fetch-Dest": "empty"}
    for address, right in (
        ("/console/main.js", MODULE),
        ("/console/vendor/preact.mjs", MODULE),
        ("/console/languages/pl.json", data),
    ):
        assert (await client.request("GET", address, headers=right, token=None)).status == 200
        for wrong in (
            *({**right, "Sec-Fetch-Site": site} for site in ("cross-site", "same-site")),
            *({**right, "Sec-Fetch-Mode": mode} for mode in ("navigate", "no-cors")),
            {**right, "Sec-Fetch-Dest": "document"},
            {**right, "Origin": "https://evil.example"},
        ):
            refused = await client.request("GET", address, headers=wrong, token=None)
            assert_problem(refused, 403, "gate.origin_not_allowed")


def test_of_the_consoles_folder_only_what_browsers_load_is_served() -> None:
    served = {page.file for page in PAGES.values()}
    assert "console/index.html" in served
    assert not [file for file in served if file.endswith((".po", ".pot", ".LICENSE", ".py"))]
    assert files("bridge.server.pages").joinpath("console/languages/pl.po").is_file()


@pytest.mark.parametrize(
    "trick",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Dest": "frame"},
        {"Sec-Fetch-Dest": "embed"},
        {"Sec-Fetch-Dest": "object"},
        {"Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Dest": "script"},
        {"Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Mode": "nested-navigate"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
    ids=str,
)
async def test_no_other_page_can_open_frame_or_load_it(client: Any, trick: dict[str, str]) -> None:
    assert_problem(
        await client.request("GET", "/docs", headers={**NAVIGATION, **trick}, token=None), 403, "gate.origin_not_allowed"
    )


@pytest.mark.parametrize("trick", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Dest": "document"}, {"Sec-Fetch-Dest": "image"}])
async def test_no_other_page_can_load_its_files(client: Any, trick: dict[str, str]) -> None:
    headers = {**SCRIPT, **trick}
    assert_problem(
        await client.request("GET", "/docs/swagger-ui-bundle.js", headers=headers, token=None), 403, "gate.origin_not_allowed"
    )


@pytest.mark.parametrize("host", ["evil.example:PORT", "0.0.0.0:PORT", "127.0.0.1", "[::ffff:127.0.0.1]:PORT", ""])
@pytest.mark.parametrize("address", ["/", "/console/main.js", "/docs", "/docs/docs.js"])
async def test_a_rebound_name_gets_no_page(client: Any, host: str, address: str) -> None:
    assert_problem(await client.request("GET", address, headers={"Host": host, **NAVIGATION}), 403, "gate.host_not_allowed")


@pytest.mark.parametrize(
    "address",
    [
        *("/docs/..%2f..%2fetc/passwd", "/docs/%2e%2e/secrets.toml", "/docs/..\\gate.py", "/docs/docs%2ejs", "/docs/table.py"),
        *("/console/%2e%2e/table.py", "/console/main%2ejs", "/console/vendor/preact.LICENSE", "/console/languages/pl.po"),
    ],
)
async def test_no_path_of_a_request_is_ever_a_file(client: Any, address: str) -> None:
    assert_problem(await client.request("GET", address), 404, "request.not_found")
    assert_problem(await client.request("GET", address, token=None), 401, "gate.unauthorised")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_the_page_is_only_there_to_be_read(client: Any, method: str) -> None:
    reply = await client.request(method, "/docs")
    assert_problem(reply, 405, "request.method")
    assert reply.headers["Allow"] == "GET"


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
async def test_our_own_page_may_call_the_api_with_the_token_and_gets_no_cors_headers(client: Any, name: str) -> None:
    headers = {"Host": f"{name}:PORT", "Origin": f"http://{name}:PORT", **FETCH}
    reply = await client.sell(headers=headers)
    assert reply.status == 202
    assert not [header for header in reply.headers if header.lower().startswith("access-control-")]
    reading = {"Host": f"{name}:PORT", **FETCH}  # browsers leave Origin out where a page reads its own server
    assert (await client.request("GET", "/api/v1/devices", headers=reading)).status == 200
    assert_problem(await client.request("GET", "/api/v1/devices", headers=reading, token=None), 401, "gate.unauthorised")
    assert_problem(await client.request("POST", "/api/v1/devices/till-1/jobs", {}, headers, token=None), 401, "gate.unauthorised")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
async def test_our_own_origin_counts_only_where_the_browser_calls_it_the_same_origin(client: Any, site: str) -> None:
    headers = {"Origin": "http://127.0.0.1:PORT", **FETCH, "Sec-Fetch-Site": site}
    assert_problem(await client.sell(headers=headers), 403, "gate.origin_not_allowed")
    assert client.bridge.jobs.calls == []


@pytest.mark.parametrize(
    ("host", "origin"), [("127.0.0.1", "localhost"), ("localhost", "127.0.0.1"), ("[::1]", "127.0.0.1"), ("127.0.0.1", "[::1]")]
)
async def test_two_of_our_names_are_two_origins(client: Any, host: str, origin: str) -> None:
    reply = await client.sell(headers={"Host": f"{host}:PORT", "Origin": f"http://{origin}:PORT"})
    assert_problem(reply, 403, "gate.origin_not_allowed")


async def test_our_own_origin_twice_or_beside_another_is_refused(client: Any) -> None:
    for second in ("http://127.0.0.1:PORT", "https://evil.example", "null"):
        for pair in (("http://127.0.0.1:PORT", second), (second, "http://127.0.0.1:PORT")):
            reply = await client.raw(
                "GET /api/v1/ping HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n"
                f"Origin: {pair[0]}\r\nOrigin: {pair[1]}\r\n\r\n".encode()
            )
            assert_problem(reply, 403, "gate.origin_not_allowed")


async def test_a_preflight_is_refused_for_our_own_origin_too(client: Any) -> None:
    headers = {"Origin": "http://127.0.0.1:PORT", "Access-Control-Request-Method": "POST"}
    assert_problem(await client.request("OPTIONS", "/api/v1/devices/till-1/jobs", headers=headers), 405, "gate.method")


def test_a_browser_leaves_port_80_out_of_an_origin() -> None:
    assert "http://localhost" in own_origins(80)
    assert own_origins(47811) == {"http://127.0.0.1:47811", "http://localhost:47811", "http://[::1]:47811"}


async def test_the_description_is_read_without_a_token_but_by_no_foreign_page(client: Any) -> None:
    reply = await client.request("GET", "/api/v1/openapi.json", token=None, headers=FETCH)
    assert (reply.status, reply.json["openapi"]) == (200, "3.1.0")
    refused = await client.request("GET", "/api/v1/openapi.json", headers={"Origin": "https://evil.example"})
    assert_problem(refused, 403, "gate.origin_not_allowed")
    assert_problem(
        await client.request("GET", "/api/v1/openapi.json", headers={"Host": "evil.example:PORT"}), 403, "gate.host_not_allowed"
    )
