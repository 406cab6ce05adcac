"""What a non-fiscal printout is made of: texts, QR codes, bar codes, fed lines and cuts, in their order.

An item is told by the member that it has: `{"text": ...}`, `{"qr": ...}`, `{"barcode": ...}`, `{"feed": ...}`, `{"cut": ...}`.
One that has none of them is an empty line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, ValidationInfo, field_validator

from bridge.model.base import Flag, Model, Text, Whole
from bridge.model.codes import Correction, ean13, qr_capacity

Align = Literal["left", "centre", "right"]

MOST_FED = 1000
"""Lines that a printout feeds altogether: some four metres of paper."""

BARCODES = frozenset(("ean13", "code128"))

# Of ISO/IEC 18004: the bytes of version 40 with the least correction.
MOST_QR_BYTES = 2953


class PrintLine(Model):
    """A line of text."""

    text: Text = ""
    align: Align = "left"
    bold: Flag = False
    double: Flag = False


class PrintQr(Model):
    """A QR code of these characters, as UTF-8. `size`: dots of a module's side, as large as the device finds right where it is
    left out; so is `correction`, the level of error correction."""

    correction: Correction | None = None
    qr: Annotated[Text, Field(min_length=1, max_length=MOST_QR_BYTES)]
    align: Align = "centre"
    size: Annotated[Whole, Field(ge=1, le=16)] | None = None

    @property
    def data(self) -> bytes:
        return self.qr.encode("utf-8")

    @field_validator("qr")
    @classmethod
    def _fits_a_code(cls, value: str, info: ValidationInfo) -> str:
        size, most = len(value.encode("utf-8")), qr_capacity(40, info.data.get("correction") or "L")
        if size > most:
            raise ValueError(
                f"a QR code of this correction holds at most {most} bytes of UTF-8, these are {size}; put a link in it"
            )
        return value


class PrintBarcode(Model):
    """A bar code. `ean13`: 12 digits, or 13 with the right check digit. `code128`: printable ASCII."""

    format: Literal["ean13", "code128"]
    barcode: Annotated[Text, Field(min_length=1, max_length=80)]

    @property
    def data(self) -> str:
        """What the bars say, with the check digit of EAN-13."""
        return ean13(self.barcode) if self.format == "ean13" else self.barcode

    @field_validator("barcode")
    @classmethod
    def _can_be_coded(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("format") == "ean13":
            ean13(value)
        elif not all(" " <= character <= "~" for character in value):
            raise ValueError("code128 holds printable ASCII alone")
        return value


class PrintFeed(Model):
    """Empty lines."""

    feed: Annotated[Whole, Field(ge=1, le=100)]


class PrintCut(Model):
    """The paper is cut here, below what stands above."""

    cut: Literal["full", "partial"]


def capability_of(item: PrintLine | PrintQr | PrintBarcode | PrintFeed | PrintCut) -> str:
    """What a device must have among its `print_items` for this."""
    match item:
        case PrintLine():
            return "text"
        case PrintQr():
            return "qr"
        case PrintBarcode():
            return item.format
        case PrintFeed():
            return "feed"
        case PrintCut():
            return f"cut.{item.cut}"


_TOLD_BY = ("qr", "barcode", "feed", "cut")
ITEM_TAGS = frozenset(f"({name})" for name in ("text", *_TOLD_BY))
"""How errors tell the kinds of items apart: part of pydantic's path, and of nothing that a till reads."""


def _kind_of(item: Any) -> str:
    names = item if isinstance(item, Mapping) else vars(item) if isinstance(item, Model) else ()
    return f"({next((name for name in _TOLD_BY if name in names), 'text')})"


PrintItem = Annotated[
    Annotated[PrintLine, Tag("(text)")]
    | Annotated[PrintQr, Tag("(qr)")]
    | Annotated[PrintBarcode, Tag("(barcode)")]
    | Annotated[PrintFeed, Tag("(feed)")]
    | Annotated[PrintCut, Tag("(cut)")],
    Discriminator(_kind_of),
]


def not_endless(items: tuple[PrintItem, ...]) -> tuple[PrintItem, ...]:
    """A few bytes of a request must not become kilometres of paper."""
    fed = sum(item.feed for item in items if isinstance(item, PrintFeed))
    if fed > MOST_FED:
        raise ValueError(f"feeds {fed} lines, at most {MOST_FED} are possible in one printout")
    return items
