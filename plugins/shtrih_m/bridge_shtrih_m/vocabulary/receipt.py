"""Receipts, money in the drawer, shifts and reports. Source: protocol-specs/shtrih-m, "Commands"."""

from __future__ import annotations

from bridge_shtrih_m.layout import Field, Kind, kopecks, of, raw, sums, text, uint
from bridge_shtrih_m.vocabulary.shape import Does, Patience, Shape

_OPERATOR = (uint("operator", 1, optional=True),)
_CLASSIC_TAXES = raw("taxes", 4, "groups 1 to 4, 0 for none")
_CLASSIC_TEXT = text("text", 40)  # never shorter: old devices then refuse the length


def _classic_item(code: int, title: str) -> Shape:
    fields = (
        Field("quantity", Kind.THOUSANDTHS, 5),
        kopecks("price"),
        uint("department", 1),
        _CLASSIC_TAXES,
        _CLASSIC_TEXT,
    )
    return Shape(code, title, fields, _OPERATOR)


def _classic_change(code: int, title: str) -> Shape:
    return Shape(code, title, (kopecks("sum"), _CLASSIC_TAXES, _CLASSIC_TEXT), _OPERATOR)


RECEIPT = (
    _classic_item(0x80, "sale"),
    _classic_item(0x81, "purchase"),
    _classic_item(0x82, "return of a sale"),
    _classic_item(0x83, "return of a purchase"),
    _classic_item(0x84, "item cancelled"),
    Shape(
        0x85,
        "close the receipt",
        (
            kopecks("cash"),
            kopecks("payment2"),
            kopecks("payment3"),
            kopecks("payment4"),
            Field("discount", Kind.SINT, 2, "hundredths of a percent"),
            _CLASSIC_TAXES,
            _CLASSIC_TEXT,
        ),
        (uint("operator", 1), kopecks("change"), raw("link", None, optional=True)),
    ),
    _classic_change(0x86, "discount"),
    _classic_change(0x87, "surcharge"),
    Shape(0x88, "cancel the receipt", (), _OPERATOR),
    Shape(0x89, "subtotal?", (), (uint("operator", 1), kopecks("sum")), Does.READS, Patience.STATUS),
    _classic_change(0x8A, "discount cancelled"),
    _classic_change(0x8B, "surcharge cancelled"),
    Shape(0x8C, "print the last receipt again", (), _OPERATOR),
    Shape(0x8D, "open a receipt", (uint("type", 1, "0 sale, 1 purchase, 2 and 3 their returns"),), _OPERATOR),
    Shape(
        0xFF46,
        "item",
        (
            uint("operation", 1, "1 sale, 2 its return, 3 purchase, 4 its return"),
            Field("quantity", Kind.MILLIONTHS, 6),
            kopecks("price"),
            kopecks("amount", none=True),
            kopecks("tax", none=True),
            uint("vat", 1),
            uint("department", 1),
            uint("method", 1),
            uint("subject", 1),
            text("name", None, most=128),
        ),
    ),
    Shape(0xFF4D, "tags of an item", (raw("tags", None, most=250),)),
    Shape(0xFF0C, "tags of the document", (raw("tags", None, most=250),)),
    Shape(
        0xFF45,
        "close the receipt",
        (
            sums("payments", 16),
            uint("rounding", 1, "kopecks taken off"),
            sums("taxes", 6),
            uint("taxation", 1, "one bit"),
            text("text", None, most=64),
        ),
        (kopecks("change"), uint("document", 4), uint("sign", 4), of(Kind.YMDHM, "issued_at", optional=True)),
    ),
    Shape(
        0xFF4A,
        "correction",
        (
            uint("type", 1, "0 by oneself, 1 by order"),
            uint("sign", 1, "1 sale, 2 its return, 3 purchase, 4 its return"),
            kopecks("total"),
            sums("payments", 5, "cash, electronic, prepaid, credit, exchange"),
            sums("taxes", 6, "20 %, 10 %, base 0 %, base without, 20/120, 10/110"),
            uint("taxation", 1),
        ),
        (uint("receipt", 2), uint("document", 4), uint("sign", 4), of(Kind.YMDHM, "issued_at", optional=True)),
    ),
    Shape(0x50, "cash in", (kopecks("sum"),), (uint("operator", 1), uint("document_number", 2))),
    Shape(0x51, "cash out", (kopecks("sum"),), (uint("operator", 1), uint("document_number", 2))),
    Shape(0xE0, "open the shift", (), _OPERATOR, patience=Patience.SHIFT),
    Shape(0x40, "X report", (), _OPERATOR, patience=Patience.REPORT),
    Shape(0x41, "Z report", (), _OPERATOR, patience=Patience.REPORT),
)
