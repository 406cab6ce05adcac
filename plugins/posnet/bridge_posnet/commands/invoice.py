"""An invoice: its opening and its remarks. Lines and end are those of a receipt (`trline`, `trend`).

Follows protocol-specs/posnet, "Invoice".
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, IntFlag

from bridge_posnet.commands.builder import Builder
from bridge_posnet.fields import BadValue
from bridge_posnet.frame import Frame


class Section(IntEnum):
    """`sc`: where on the invoice a line stands."""

    HEAD = 0
    BODY = 1
    FOOT = 2


class Style(IntFlag):
    """`at`: how a line looks."""

    PLAIN = 0
    WIDE = 0x01
    HIGH = 0x02
    UNDERLINED = 0x04
    ITALIC = 0x08
    BOLD = 0x10
    NEGATIVE = 0x20
    CENTRED = 0x40


def trfvinit(*, title: bytes | None = None, copies: int | None = None, mark_original: bool | None = None) -> Frame:
    """Opens an invoice with lines of 40 characters. `mark_original`: ORIGINAL and COPY are printed on it."""
    builder = Builder("trfvinit")
    builder.text("nm", title)
    builder.number("cc", copies)
    builder.flag("co", mark_original)
    return builder.frame()


def trfvbuyer(
    name: Sequence[bytes],
    tax_id: bytes,
    *,
    address: Sequence[bytes] | None = None,
    section: Section = Section.HEAD,
    style: Style | None = None,
) -> Frame:
    """The buyer; name and address may have several lines."""
    if not any(line.strip() for line in name):
        raise BadValue("trfvbuyer", "na", name, "may not be empty")
    builder = Builder("trfvbuyer")
    builder.lines("na", name)
    builder.text("ni", tax_id, empty=False)
    builder.lines("ad", address)
    return _placed(builder, section, style)


def trfvnumber(number: bytes, *, section: Section = Section.HEAD, style: Style | None = None) -> Frame:
    """The number that the shop gives the invoice; not only spaces."""
    builder = Builder("trfvnumber")
    if not number.strip():
        raise BadValue("trfvnumber", "nb", number, "may not be empty")
    builder.text("nb", number)
    return _placed(builder, section, style)


def trfvfreedata(text: bytes, *, section: Section | None = None) -> Frame:
    """A free line of 40 characters, with the marks of a header (`&c` centre and so on; `&&` is an &)."""
    builder = Builder("trfvfreedata")
    builder.text("tx", text, empty=False)
    builder.number("sc", section)
    return builder.frame()


def trfvsep(section: Section) -> Frame:
    """A line of dots."""
    builder = Builder("trfvsep")
    builder.number("sc", section)
    return builder.frame()


def trfvcashmet(*, section: Section = Section.HEAD, style: Style | None = None) -> Frame:
    """ "Metoda kasowa": the tax is due when the invoice is paid."""
    return _remark("trfvcashmet", "cm", section, style)


def trfvselfbill(*, section: Section = Section.HEAD, style: Style | None = None) -> Frame:
    """ "Samofakturowanie": the buyer wrote the invoice."""
    return _remark("trfvselfbill", "sb", section, style)


def trfvreverse(*, section: Section = Section.HEAD, style: Style | None = None) -> Frame:
    """ "Odwrotne obciążenie": the buyer pays the tax."""
    return _remark("trfvreverse", "re", section, style)


def trfvfree(reason: Sequence[bytes], *, section: Section = Section.HEAD, style: Style | None = None) -> Frame:
    """ "Podstawa zwolnienia": why no tax is due."""
    builder = Builder("trfvfree")
    builder.flag("fr", True)
    builder.lines("ba", reason, most=15)
    return _placed(builder, section, style)


def trfvexecution(
    authority: Sequence[bytes], debtor: Sequence[bytes], *, section: Section = Section.HEAD, style: Style | None = None
) -> Frame:
    """Goods sold by an enforcing authority in the debtor's name."""
    builder = Builder("trfvexecution")
    builder.flag("ex", True)
    builder.lines("ed", authority)
    builder.lines("dd", debtor)
    return _placed(builder, section, style)


def trfvrep(representative: Sequence[bytes], *, section: Section = Section.HEAD, style: Style | None = None) -> Frame:
    """The seller's tax representative."""
    builder = Builder("trfvrep")
    builder.flag("re", True)
    builder.lines("rd", representative, most=15)
    return _placed(builder, section, style)


def _remark(mnemonic: str, name: str, section: Section, style: Style | None) -> Frame:
    builder = Builder(mnemonic)
    builder.flag(name, True)
    return _placed(builder, section, style)


def _placed(builder: Builder, section: Section, style: Style | None) -> Frame:
    builder.number("sc", section)
    builder.number("at", style)
    return builder.frame()
