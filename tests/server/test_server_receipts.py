"""Pictures of documents as answers: media types, policies, formats, and what is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
from test_server_gate import assert_problem

from bridge.paper import html
from bridge.server.pages import PAGES, page_response

TYPES = {
    "text": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
    "png": "image/png",
}
BEGINNINGS = {"text": b"TOTAL", "html": b"<!doctype html>", "svg": b"<svg ", "png": b"\x89PNG\r\n"}


@pytest.fixture
async def sold(client: Any) -> str:
    return str((await client.sell()).json["id"])


@pytest.mark.parametrize("wanted", TYPES)
async def test_each_format_has_its_media_type_and_a_policy_under_which_nothing_runs(client: Any, sold: str, wanted: str) -> None:
    reply = await client.request("GET", f"/api/v1/jobs/{sold}/receipt?format={wanted}")
    assert (reply.status, reply.headers["Content-Type"]) == (200, TYPES[wanted])
    assert reply.body.startswith(BEGINNINGS[wanted])
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["X-Frame-Options"] == "DENY"
    assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    ending = {"text": "txt"}.get(wanted, wanted)
    assert reply.headers["Content-Disposition"] == f'inline; filename="receipt-{sold}.{ending}"'
    policy = reply.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "sandbox", "frame-ancestors 'none'"} <= set(policy)
    assert "unsafe" not in reply.headers["Content-Security-Policy"]
    assert not [part for part in policy if part.startswith(("script-src", "img-src", "connect-src"))]
    assert [part for part in policy if part.startswith("style-src")] == (
        [f"style-src {html.style_hash()}"] if wanted == "html" else []
    )


async def test_without_a_format_it_is_text(client: Any, sold: str) -> None:
    reply = await client.request("GET", f"/api/v1/jobs/{sold}/receipt")
    assert reply.body.decode() == "TOTAL                          PLN 27.00\n<b>żółw</b>\n"


async def test_what_others_wrote_is_escaped(client: Any, sold: str) -> None:
    for wanted in ("html", "svg"):
        body = (await client.request("GET", f"/api/v1/jobs/{sold}/receipt?format={wanted}")).body.decode()
        assert "<b>" not in body
        assert "&lt;b&gt;żółw&lt;/b&gt;" in body


@pytest.mark.parametrize(
    "query", ["format=pdf", "format=", "format=SVG", "format=text%2Fhtml", "fromat=svg", "format=svg&format=png"]
)
async def test_a_format_that_there_is_not_is_refused_and_named(client: Any, sold: str, query: str) -> None:
    reply = await client.request("GET", f"/api/v1/jobs/{sold}/receipt?{query}")
    assert_problem(reply, 422, "request.invalid")
    if query.startswith("format=") and "&" not in query:
        assert reply.json["errors"][0]["limit"] == "text, html, svg, png"


async def test_a_job_that_is_not_there_has_no_receipt(client: Any) -> None:
    assert_problem(await client.request("GET", "/api/v1/jobs/01J99999/receipt"), 404, "request.not_found")
    assert_problem(await client.request("GET", "/api/v1/jobs/01J99999/receipt", token=None), 401, "gate.unauthorised")


@pytest.mark.parametrize("mode", [("image", "no-cors"), ("iframe", "navigate"), ("document", "navigate"), ("object", "no-cors")])
async def test_no_page_can_put_a_receipt_into_a_picture_or_frame_of_its_own(
    client: Any, sold: str, mode: tuple[str, str]
) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": mode[0], "Sec-Fetch-Mode": mode[1]}
    reply = await client.request("GET", f"/api/v1/jobs/{sold}/receipt?format=svg", headers=headers)
    assert_problem(reply, 403, "gate.origin_not_allowed")


def test_the_served_style_sheet_is_the_one_of_the_documents() -> None:
    response = page_response(PAGES["/console/paper.css"])
    assert isinstance(response.body, bytes)
    assert response.body.decode() == html.style_sheet()
    assert re.search(r"\.paper\b", html.style_sheet())
