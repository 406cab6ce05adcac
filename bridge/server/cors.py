"""CORS: what lets a paired page read our answers. Source: the Fetch standard; browser-and-localhost.md, sections 3.1 and 5.

An origin is echoed only after the gate has found it allowed, never `*`, and never with credentials: there are no cookies.
"""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

EXPOSED = "Location, Preference-Applied, Retry-After, Allow, WWW-Authenticate"
"""What a page's program reads beside the body."""

TAKEN = "authorization, content-type, idempotency-key, prefer, accept-language"
"""Headers that a page may send. Written out: `*` does not cover Authorization."""


def headers(origin: str) -> dict[str, str]:
    """For each answer to an allowed origin, refusals too."""
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": EXPOSED,
        # Of the default `same-origin` Firefox and Chromium would make nothing of a CORS answer, but it would say the opposite.
        "Cross-Origin-Resource-Policy": "cross-origin",
    }


def is_preflight(request: web.BaseRequest) -> bool:
    """Whether a browser asks ahead of a request; any other OPTIONS is a method that no address has."""
    return request.method == "OPTIONS" and "Origin" in request.headers and "Access-Control-Request-Method" in request.headers


def preflight_headers(request: web.BaseRequest, methods: Sequence[str], seconds: int) -> dict[str, str]:
    """What an allowed origin is told. `methods`: those of the address, from the table of routes."""
    made = {
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Allow-Headers": TAKEN,
        "Access-Control-Max-Age": str(seconds),
    }
    # Asked by Chromium 104 to 141 with its switches, and by browsers built in elsewhere; later ones ask no more.
    if request.headers.get("Access-Control-Request-Private-Network") == "true":
        made["Access-Control-Allow-Private-Network"] = "true"
    return made
