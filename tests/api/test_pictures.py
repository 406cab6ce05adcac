"""Pictures of what was sold and what would be, on a real server: each format, for a job and for a preview."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from tests.api.scenes import OPERATIONS, RECEIPT, WAIT
from tests.api.stage import Stage, furnished

# The desk prints a slip for each of these; the others have no paper.
WITHOUT = {
    "drawer.open",
    "display.show",
    "document.continue",
    "clock.set",
    "marking.check",
    "terminal.login",
    "terminal.diagnose",
    "raw",
}


async def submit(made: Stage, body: dict[str, object], device: str = "till-1") -> str:
    key = {"Idempotency-Key": f"picture-{body['op']}-{device}", **WAIT}
    return str((await made.call("POST", f"/devices/{device}/jobs", body, key)).body["id"])


async def test_a_real_receipt_is_shown_as_its_printer_laid_it_out(tmp_path: Path) -> None:
    async with furnished(tmp_path) as made:
        job = await submit(made, RECEIPT)
        page = (await made.call("GET", f"/jobs/{job}/receipt")).body
        assert "P A R A G O N   F I S K A L N Y" in page
        assert "SUMA PLN" in page
        assert "A picture, and no document itself." in page
        assert "The device adds: header,\nnumber, time, fiscal logo.\n" in page
        drawn = (await made.call("GET", f"/jobs/{job}/receipt?format=png")).body
        assert Image.open(io.BytesIO(drawn)).size[0] == 40 * 12 + 48
        for wanted, beginning in (("html", "<!doctype html>"), ("svg", b"<svg "), ("png", b"\x89PNG"), ("text", "*")):
            reply = await made.call("POST", f"/devices/till-1/preview?format={wanted}", RECEIPT)
            assert reply.status == 200
            assert reply.body.startswith(beginning)
        wrong = await made.call("POST", "/devices/till-1/preview?format=svg", {**RECEIPT, "total": "1.00"})
        assert (wrong.status, wrong.body["code"]) == (422, "request.invalid")
        film = await made.call("POST", "/devices/till-1/preview?format=film", RECEIPT)
        assert (film.status, film.body["errors"][0]["field"]) == (422, "format")
        drawer = await made.call("POST", "/devices/till-1/preview?format=svg", {"op": "drawer.open"})
        assert (drawer.status, drawer.body["code"]) == (404, "request.no_paper")


@pytest.mark.parametrize("wanted", ["text", "html", "svg", "png"])
async def test_every_operation_is_drawn_or_said_to_print_nothing(tmp_path: Path, wanted: str) -> None:
    async with furnished(tmp_path) as made:
        for _, body in OPERATIONS:
            job = await submit(made, body, "desk-1")
            reply = await made.call("GET", f"/jobs/{job}/receipt?format={wanted}")
            if body["op"] in WITHOUT:
                assert (reply.status, reply.body["code"]) == (404, "request.no_paper"), body["op"]
            else:
                assert reply.status == 200, body["op"]
