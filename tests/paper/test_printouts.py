"""Printouts on paper: codes stand among the lines, on their side, and say what they were given."""

from __future__ import annotations

import io
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from bridge.jobs.drawing import drawing_of_job, operation_of
from bridge.model import operation_adapter
from bridge.paper import Drawing, body_of, of_preview
from bridge.paper.html import render as html
from bridge.paper.layout import Code, lay
from bridge.paper.model import Sheet
from bridge.paper.png import render as png
from bridge.paper.svg import render as svg
from bridge.paper.text import render as text
from tests.paper.papers import drawn, job

PRINTOUT: dict[str, Any] = {
    "op": "print",
    "title": "Zamówienie 17",
    "lines": [
        {"text": "stolik 4", "align": "right"},
        {"qr": "https://shop.example/17", "align": "left", "correction": "H"},
        {"feed": 2},
        {"barcode": "590123412345", "format": "ean13"},
        {"cut": "partial"},
        {"text": "kuchnia"},
        {"barcode": "AB-1", "format": "code128"},
    ],
}

TEXT = """\
             Zamówienie 17
                                stolik 4
[QR] https://shop.example/17


         [EAN-13] 5901234123457
- - - - - - - - - - - - - - - - - - - -
kuchnia
            [Code 128] AB-1
"""


def sheet_of(align: str, correction: str = "M") -> Sheet:
    body = {"op": "print", "lines": [{"qr": "https://shop.example/17", "align": align, "correction": correction}]}
    made = body_of(operation_adapter.validate_python(body), Drawing())
    assert made is not None
    return made


def test_a_printout_is_drawn_item_by_item() -> None:
    made = body_of(operation_adapter.validate_python(PRINTOUT), Drawing())
    assert made is not None
    assert text(made) == TEXT


def test_the_paper_of_a_job_and_of_a_preview_have_the_codes() -> None:
    of = job(PRINTOUT)
    operation = operation_of(of)
    assert operation is not None
    for sheet in (drawn(of), of_preview(operation, drawing_of_job(operation, None), "till-1")):
        assert [(laid.data, laid.align, laid.correction) for laid in lay(sheet) if isinstance(laid, Code)] == [
            ("https://shop.example/17", "left", "H")
        ]
        assert html(sheet).count('<hr class="cut">') == 2


@pytest.mark.parametrize("align", ["left", "centre", "right"])
def test_a_code_stands_on_its_side_and_can_be_read_there(align: str) -> None:
    sheet = sheet_of(align)
    picture = Image.open(io.BytesIO(png(sheet)))
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == "https://shop.example/17"
    middle = (found.position.top_left.x + found.position.top_right.x) / 2 / picture.width
    assert {"left": middle < 0.45, "centre": 0.45 < middle < 0.55, "right": middle > 0.55}[align]
    assert ('class="qr"' in html(sheet)) == (align == "centre")
    assert (f'class="qr {align}"' in html(sheet)) == (align != "centre")
    at = float(svg(sheet).split('<g transform="translate(')[1].split(" ")[0])
    assert {"left": at == 18, "centre": 18 < at < 100, "right": at > 150}[align]


def test_more_correction_makes_another_code() -> None:
    assert len({svg(sheet_of("centre", correction)) for correction in "LMQH"}) == 4
