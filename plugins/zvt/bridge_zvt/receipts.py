"""Receipts that the terminal hands over, line by line or in blocks, put together to what the till prints.

Follows protocol-specs/zvt, "Print line" and "Print block". Each receipt is whole when an attribute says so, or its type changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge.model import ReceiptCopy, TerminalReceipt
from bridge_zvt.frame import Apdu, Attribute, Charset, Code, PrintBlock, PrintLine, charset_of_tag, decode
from bridge_zvt.open_points import CUSTOMER_WORDS, MERCHANT_WORDS, SIGNATURE_WORDS

_TYPES = {1: ReceiptCopy.MERCHANT, 2: ReceiptCopy.CUSTOMER, 3: ReceiptCopy.ADMINISTRATION}
_SIGNATURE, _MUST_PRINT = 0x02, 0x80  # of 1F37

# No paper has more. What a terminal sends beyond it is left out: it must be acknowledged all the same.
_MOST_LINES = 2000


@dataclass(slots=True)
class _Draft:
    kind: int | None = None
    info: int = 0
    lines: list[str] = field(default_factory=list)


class Receipts:
    """Collects while a command runs. `administrative`: what has no type is a report, not a payment's receipt."""

    def __init__(self, charset: Charset, columns: int, *, suffix: bool, administrative: bool = False) -> None:
        self._charset = charset
        self._columns = columns
        self._suffix = suffix
        self._administrative = administrative
        self._draft: _Draft | None = None
        self._done: list[_Draft] = []

    def take(self, apdu: Apdu) -> None:
        """One 06 D1 or 06 D3."""
        if apdu.code == Code.PRINT_LINE:
            self._line(PrintLine.of(apdu, suffix=self._suffix))
        else:
            self._block(PrintBlock.of(apdu))

    def finished(self) -> tuple[TerminalReceipt, ...]:
        """All of them; one that was not closed too."""
        self._close()
        made: list[TerminalReceipt] = []
        for draft in self._done:
            text = "\n".join(draft.lines).rstrip()
            if text:
                made.append(self._made(draft, text, first=not made))
        return tuple(made)

    def _line(self, line: PrintLine) -> None:
        draft = self._of_kind(line.receipt_type)
        self._add(draft, line, self._charset)
        if line.attribute.last:
            self._close()

    def _block(self, block: PrintBlock) -> None:
        draft = self._of_kind(block.receipt_type)
        draft.info |= block.info or 0
        charset = charset_of_tag(block.charset) or self._charset
        for line in block.lines:
            self._add(draft, line, charset)
        if block.closes:
            self._close()

    def _of_kind(self, kind: int | None) -> _Draft:
        if self._draft is not None and None not in (kind, self._draft.kind) and kind != self._draft.kind:
            self._close()
        if self._draft is None:
            self._draft = _Draft(kind)
        if self._draft.kind is None:
            self._draft.kind = kind
        return self._draft

    def _add(self, draft: _Draft, line: PrintLine, charset: Charset) -> None:
        if len(draft.lines) >= _MOST_LINES:
            return
        if line.feeds:
            draft.lines += [""] * min(line.feeds, 20)
            return
        if line.attribute.last and not line.text:
            return
        text = decode(line.text, charset)
        draft.lines += [_placed(part, line.attribute, self._columns) for part in text.split("\n")]

    def _close(self) -> None:
        if self._draft is not None:
            self._done.append(self._draft)
            self._draft = None

    def _made(self, draft: _Draft, text: str, *, first: bool) -> TerminalReceipt:
        upper = text.upper()
        return TerminalReceipt(
            copy_for=self._copy(draft, upper, first=first),
            text=text,
            signature=bool(draft.info & _SIGNATURE) or (not draft.info and any(word in upper for word in SIGNATURE_WORDS)),
            must_print=bool(draft.info & _MUST_PRINT),
        )

    def _copy(self, draft: _Draft, upper: str, *, first: bool) -> ReceiptCopy:
        if draft.kind in _TYPES:
            return _TYPES[draft.kind]
        if self._administrative:
            return ReceiptCopy.ADMINISTRATION
        if any(word in upper for word in CUSTOMER_WORDS):
            return ReceiptCopy.CUSTOMER
        if any(word in upper for word in MERCHANT_WORDS):
            return ReceiptCopy.MERCHANT
        return ReceiptCopy.MERCHANT if first else ReceiptCopy.CUSTOMER


def _placed(text: str, attribute: Attribute, columns: int) -> str:
    text = "".join(character for character in text if character.isprintable())
    if attribute.centred:
        return text.strip().center(columns).rstrip()
    return " " * attribute.indent + text.rstrip()
