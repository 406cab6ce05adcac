"""Non-fiscal printouts, codes, and the customer's display. Follows protocol-specs/posnet, "Reports, cash, drawer, display,
non-fiscal" and "Receipt" (codes).
"""

from __future__ import annotations

from collections.abc import Sequence

from bridge_posnet.commands.builder import Builder, plain
from bridge_posnet.fields import ONLINE, BadValue
from bridge_posnet.frame import Frame

SUPER_FORM = 200  # the form that contains every line
CUSTOMER_DISPLAY = 0


def papfeed(lines: int) -> Frame:
    """Feeds 1 to 20 lines of paper; ignored in paper-saving mode."""
    builder = Builder("papfeed")
    builder.number("ln", lines, 1)
    return builder.frame()


def formstart(form: int = SUPER_FORM, *, header: int | None = None, title: bytes | None = None) -> Frame:
    """Begins a non-fiscal printout. Header 84 with `title` is a "non-fiscal document" with a title of its own."""
    builder = Builder("formstart")
    builder.number("fn", form)
    builder.number("fh", header)
    builder.text("al", title)
    return builder.frame()


def formline(
    line: int, values: Sequence[bytes], form: int = SUPER_FORM, *, wide: bool | None = None, high: bool | None = None
) -> Frame:
    """A predefined line of the form with the values that it asks for."""
    builder = Builder("formline")
    builder.lines("s1", values)
    builder.number("fn", form)
    builder.number("fl", line)
    builder.flag("sw", wide)
    builder.flag("sh", high)
    return builder.frame()


def formformattedline(text: bytes, form: int = SUPER_FORM, *, mask: bytes | None = None) -> Frame:
    """A line with marks: &c centre, &b wide, &h high, &u underline, &i italic, &N negative, &s bold; && is an &."""
    builder = Builder("formformattedline")
    builder.text("s1", text)
    builder.number("fn", form)
    builder.text("ma", mask)
    return builder.frame()


def formcmd(*, rule: bool, form: int = SUPER_FORM) -> Frame:
    """A rule across the paper, or a blank line."""
    builder = Builder("formcmd")
    builder.number("fn", form)
    builder.flag("cm", rule)
    return builder.frame()


def formend(form: int = SUPER_FORM) -> Frame:
    """Ends a non-fiscal printout."""
    builder = Builder("formend")
    builder.number("fn", form)
    return builder.frame()


def formisstarted() -> Frame:
    """Answer: FormState."""
    return plain("formisstarted")


def formbarcode(code: bytes, form: int = SUPER_FORM, *, ean13: bool | None = None) -> Frame:
    """A bar code in a non-fiscal printout, EAN-128 unless `ean13`."""
    builder = Builder("formbarcode")
    builder.number("fn", form)
    builder.text("bc", code, empty=False)
    builder.flag("bt", ean13)
    return builder.frame()


def formbarcode2d(form: int = SUPER_FORM) -> Frame:
    """The 2D code that was prepared (`qrcode`), in a non-fiscal printout."""
    builder = Builder("formbarcode2d")
    builder.number("fn", form)
    return builder.frame()


def qrcode(data: bytes, *, dots: int | None = None, correction: int | None = None) -> Frame:
    """Prepares a QR code for the footer (`ftrcfg code_2d`) or a printout (`formbarcode2d`); printing uses it up. Any bytes, at most 2000."""
    return _code("qrcode", data, dots, correction)


def azteccode(data: bytes, *, dots: int | None = None, correction: int | None = None) -> Frame:
    """Prepares an Aztec code, as `qrcode`."""
    return _code("azteccode", data, dots, correction)


def dmcode(data: bytes, *, dots: int | None = None, correction: int | None = None) -> Frame:
    """Prepares a Data Matrix code, as `qrcode`."""
    return _code("dmcode", data, dots, correction)


def pdf417code(data: bytes, *, dots: int | None = None, correction: int | None = None) -> Frame:
    """Prepares a PDF417 code, as `qrcode`."""
    return _code("pdf417code", data, dots, correction)


def _code(mnemonic: str, data: bytes, dots: int | None, correction: int | None) -> Frame:
    """Plain ASCII goes as it is; anything else in hexadecimal, so that no byte can disturb the frame."""
    if not data or len(data) > ONLINE.code_2d:
        raise BadValue(mnemonic, "tx", data, f"has {len(data)} bytes, 1 to {ONLINE.code_2d} are allowed")
    is_plain = all(0x20 <= byte < 0x7F for byte in data)
    builder = Builder(mnemonic)
    builder.text("tx", data if is_plain else data.hex().upper().encode("ascii"))
    builder.number("px", dots, 1)
    builder.number("el", correction)
    builder.flag("hx", None if is_plain else True)
    return builder.frame()


def dsptxtline(line: int, text: bytes, *, align: int | None = None) -> Frame:
    """One line of the customer's display, from 0. `align`: 0 left, 1 centre, 2 right."""
    builder = Builder("dsptxtline")
    builder.number("id", CUSTOMER_DISPLAY)
    builder.number("no", line)
    builder.text("ln", text)
    builder.number("th", align)
    return builder.frame()
