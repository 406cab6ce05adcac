"""Receipts that a terminal hands over: print lines (06 D1) and print blocks (06 D3), and what their attributes mean.

Follows protocol-specs/zvt, "Print line" and "Print block". Texts are bytes here; their character set is in `text.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bridge_zvt.frame import cards, fields, layout, tlv
from bridge_zvt.frame.apdu import Apdu
from bridge_zvt.frame.codes import Code

RECEIPT_TYPE = 0x1F07
RECEIPT_INFO = 0x1F37
CHARSET = 0x14
LINES = 0x25
LINE = 0x07
ATTRIBUTE = 0x09

FEEDS = 0xFF
_LAST = 0x80
_CENTRED, _WIDE, _HIGH = 0x40, 0x20, 0x10

# What some terminals put behind the text of a line: the type of the receipt, as a container that no specification has there.
_SUFFIX = b"\x06\x04\x1f\x07\x01"


@dataclass(frozen=True, slots=True)
class Attribute:
    """How a line stands on the paper."""

    value: int = 0

    @property
    def last(self) -> bool:
        """This line ends the receipt."""
        return bool(self.value & _LAST) and self.value not in (_LAST, FEEDS)

    @property
    def feeds(self) -> bool:
        """The line holds a number of line feeds and no text."""
        return self.value == FEEDS

    @property
    def centred(self) -> bool:
        return bool(self.value & _CENTRED) and not self.feeds

    @property
    def wide(self) -> bool:
        return bool(self.value & _WIDE) and not self.feeds

    @property
    def high(self) -> bool:
        return bool(self.value & _HIGH) and not self.feeds

    @property
    def indent(self) -> int:
        """Characters before the text; of a line that is neither centred nor large."""
        return self.value & 0x0F if self.value < 0x10 else 0


@dataclass(frozen=True, slots=True)
class PrintLine:
    """One line. `receipt_type`: from a suffix that only some terminals add."""

    attribute: Attribute = Attribute()
    text: bytes = b""
    receipt_type: int | None = None

    @property
    def feeds(self) -> int:
        """Line feeds that this stands for; 0 for a line of text."""
        return (self.text[0] if self.text else 1) if self.attribute.feeds else 0

    @classmethod
    def of(cls, apdu: Apdu, *, suffix: bool = True) -> PrintLine:
        """`suffix`: whether a receipt type behind the text is one."""
        data = apdu.data
        text = cards.mask_text(data[1:])
        attribute = Attribute(data[0]) if data else Attribute()
        if suffix and len(text) >= 6 and text[-6:-1] == _SUFFIX:
            return cls(attribute, text[:-6], text[-1])
        return cls(attribute, text)

    def to_apdu(self) -> Apdu:
        suffix = b"" if self.receipt_type is None else _SUFFIX + bytes((self.receipt_type,))
        return Apdu(Code.PRINT_LINE, bytes((self.attribute.value,)) + self.text + suffix)


@dataclass(frozen=True, slots=True)
class PrintBlock:
    """Lines of one receipt, or of a part of it. `closes`: an attribute behind the last line ends the receipt.

    `rest` has what of the block is no line: barcodes and unknown objects.
    """

    receipt_type: int | None = None
    info: int | None = None
    charset: int | None = None
    lines: tuple[PrintLine, ...] = ()
    closing: int | None = None
    rest: tuple[tlv.Tlv, ...] = ()

    @property
    def closes(self) -> bool:
        """Whether the receipt ends with this block."""
        ends = Attribute(self.closing or 0)
        return ends.last or ends.feeds or (bool(self.lines) and self.lines[-1].attribute.last)

    @classmethod
    def of(cls, apdu: Apdu) -> PrintBlock:
        container = layout.read(apdu).fields.tlv
        lines: list[PrintLine] = []
        attribute, closing = Attribute(), None
        rest: list[tlv.Tlv] = []
        for item in container.items:
            if item.tag != LINES or item.items is None:
                if item.tag not in (RECEIPT_TYPE, RECEIPT_INFO, CHARSET):
                    rest.append(item)
                continue
            for part in item.items:
                if part.tag == ATTRIBUTE and len(part.value) == 1:
                    attribute, closing = Attribute(part.value[0]), part.value[0]
                elif part.tag == LINE:
                    lines.append(PrintLine(attribute, part.value))
                    closing = None
                else:
                    rest.append(part)
        return cls(
            _byte(container.get(RECEIPT_TYPE)),
            _byte(container.get(RECEIPT_INFO)),
            _byte(container.get(CHARSET)),
            tuple(lines),
            closing,
            tuple(rest),
        )

    def to_apdu(self) -> Apdu:
        head = [
            tlv.Tlv(tag, bytes((value,)))
            for tag, value in ((RECEIPT_TYPE, self.receipt_type), (RECEIPT_INFO, self.info), (CHARSET, self.charset))
            if value is not None
        ]
        inner: list[tlv.Tlv] = []
        current = 0
        for line in self.lines:
            if line.attribute.value != current:
                current = line.attribute.value
                inner.append(tlv.Tlv(ATTRIBUTE, bytes((current,))))
            inner.append(tlv.Tlv(LINE, line.text))
        if self.closing is not None:
            inner.append(tlv.Tlv(ATTRIBUTE, bytes((self.closing,))))
        return layout.message(Code.PRINT_BLOCK, items=(fields.tlv_field(*head, tlv.Tlv.of(LINES, *inner), *self.rest),))


def blocks(
    lines: Sequence[PrintLine], *, receipt_type: int, info: int | None = None, charset: int | None = None, most: int = 0
) -> list[PrintBlock]:
    """A receipt as print blocks of at most `most` lines each (0: all in one), the last of which closes it."""
    step = most or max(1, len(lines))
    parts = [tuple(lines[at : at + step]) for at in range(0, max(1, len(lines)), step)]
    return [
        PrintBlock(receipt_type, info, charset, part, 0x81 if at == len(parts) - 1 else None) for at, part in enumerate(parts)
    ]


def _byte(value: bytes | None) -> int | None:
    return value[0] if value else None
