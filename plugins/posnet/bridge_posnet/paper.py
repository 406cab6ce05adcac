"""What a document would look like on this printer's paper, drawn from the very commands that would be sent.

So it shows names cut and characters replaced as they will be. The layout follows protocol-specs/posnet, "Receipt", and the
ministry's rules for receipts (lines, tax block, sum, payments, foot); a printer's own header, numbers and times are not
known here. How a request becomes commands: `checking.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from bridge.model import Capabilities, Operation, TaxKind, TaxRate
from bridge.model.codes import Correction
from bridge.model.text_layout import centred, columns, wrap
from bridge.plugin import PaperCode, PaperText
from bridge_posnet.checking import OWN_REFERENCE, planned
from bridge_posnet.fields import LETTERS, ONLINE
from bridge_posnet.frame import Frame
from bridge_posnet.settings import ZERO, PosnetSettings
from bridge_posnet.text import decode

_PAYMENTS = {0: "Gotówka", 2: "Karta", 3: "Czek", 4: "Bon", 5: "Kredyt", 6: "Inna", 7: "Voucher", 8: "Przelew"}

# formformattedline: && is an ampersand, & with a letter a style, which text does not show; &c is looked at apart.
_MARK = re.compile(rb"&(.)", re.DOTALL)

_LEVELS: tuple[Correction, ...] = ("L", "M", "Q", "H")
_BARCODES = {True: "EAN-13", False: "EAN-128"}

# What goes ahead of a document and is not on its paper.
_AHEAD = frozenset(("ftrcfg", "login", "eparagonidznext"))

_DRAWN = _AHEAD | frozenset(
    (
        "trinit", "trline", "trnipset", "trdiscntbill", "trpayment", "trend", "stocash", "cash", "formstart",
        "formformattedline", "formcmd", "formend",
    )
)  # fmt: skip

# Of a printout alone: below a receipt the printer has its own place for a code.
_CODES = frozenset(("formbarcode", "formbarcode2d", "qrcode"))


def paper(operation: Operation, settings: PosnetSettings, capabilities: Capabilities | None) -> PaperText | None:
    """None where the printer alone knows what it prints, as in a report, or where its layout is not drawn here (packaging,
    advances, invoices, codes). Raises RequestError as the check does."""
    plan = planned(operation, settings, capabilities)
    first = next((frame.mnemonic for frame in plan.frames if frame.mnemonic not in _AHEAD), None)
    drawn = _DRAWN | _CODES if first == "formstart" else _DRAWN
    if first is None or any(frame.mnemonic not in drawn or frame.get("st") == b"1" for frame in plan.frames):
        return None
    width = ONLINE.form_text_visible if first == "formstart" else settings.columns
    gross = plan.sale.gross if plan.sale is not None else ()
    drawing = Drawing(plan.frames, gross, settings.code_page, width, capabilities.taxes if capabilities is not None else None)
    omitted = ["header", "number", "time"]
    if first == "trinit":
        omitted += ["fiscal logo"]
        omitted += ["tax letters", "taxes"] if drawing.rates is None else []
    return PaperText(drawing.lines(), width, settings.code_page, tuple(omitted))


class Drawing:
    """The lines of one document. `gross`: what a sale adds to each rate; `rates` None: the printer's table is not known."""

    def __init__(
        self, frames: Sequence[Frame], gross: Sequence[Decimal], code_page: str, width: int, rates: Sequence[TaxRate] | None
    ) -> None:
        self.rates = rates
        self._frames = frames
        self._gross = gross
        self._code_page = code_page
        self._width = width
        self._payments: list[str] = []
        self._change: list[str] = []
        self._buyer: list[str] = []
        self._foot: list[str] = []
        self._prepared: list[PaperCode] = []
        self._sold = ZERO
        self._discounts = ZERO

    def lines(self) -> tuple[str | PaperCode, ...]:
        draw: dict[str, Callable[[Frame], Sequence[str | PaperCode]]] = {
            "login": lambda frame: [],
            "eparagonidznext": lambda frame: [],
            "ftrcfg": self._footer,
            "trinit": lambda frame: [*self._centred("P A R A G O N   F I S K A L N Y"), self._rule()],
            "trline": self._line,
            "trnipset": self._tax_id,
            "trdiscntbill": self._bill_adjustment,
            "trpayment": self._payment,
            "trend": self._end,
            "stocash": lambda frame: self._slip("ZWROT TOWARU", frame),
            "cash": lambda frame: self._slip("WPŁATA DO KASY" if frame.get("wp") == b"T" else "WYPŁATA Z KASY", frame),
            "formstart": lambda frame: [*self._centred("N I E F I S K A L N Y"), self._rule()],
            "formformattedline": self._form_line,
            "formcmd": lambda frame: [self._rule() if frame.get("cm") == b"1" else ""],
            "formbarcode": lambda frame: [PaperCode(_BARCODES[frame.get("bt") == b"1"], self._text(frame, "bc"))],
            "qrcode": self._prepare,
            "formbarcode2d": lambda frame: self._prepared,
            "formend": lambda frame: [self._rule()],
        }
        drawn = [line for frame in self._frames for line in draw[frame.mnemonic](frame)]
        return (*drawn, *self._foot)

    # --- receipt

    def _line(self, frame: Frame) -> list[str]:
        index = int(frame.get("vt") or b"0")
        letter = LETTERS[index] if self.rates is not None else ""
        quantity = Decimal((frame.get("il") or b"1").decode())
        unit = self._text(frame, "jm")
        value = _money(frame, "wa")
        shown = f"{quantity.normalize():f}".replace(".", ",") + (f" {unit}" if unit else "")
        drawn = self._row(self._text(frame, "na"), f"{shown} × {_zloty(_money(frame, 'pr'))} {_zloty(value):>8}{letter}")
        description = self._text(frame, "op")
        drawn += [f"   {part}" for part in wrap(description, self._width - 3)] if description else []
        change = self._signed(frame)
        if change:
            drawn += self._row(f"   {self._label(frame, 'rn')}", f"{_plus(change)}{letter}")
            drawn += self._row("", f"{_zloty(value + change)}{letter}")
        self._sold += value + change
        return drawn

    def _bill_adjustment(self, frame: Frame) -> list[str]:
        change = self._signed(frame)
        before, self._sold = self._sold, self._sold + change
        return [
            *self._row("Suma przed", _zloty(before)),
            *self._row(f"   {self._label(frame, 'na')}", _plus(change)),
            *self._row("Suma po", _zloty(self._sold)),
        ]

    def _payment(self, frame: Frame) -> list[str]:
        usual = _PAYMENTS.get(int(frame.get("ty") or b"0"), "Inna")
        name = self._text(frame, "na")
        label = f"{usual} {name}" if name and name != usual else usual
        if frame.get("re") == b"1":
            self._change += self._row(f"RESZTA {label}", _zloty(_money(frame, "wa")))
        else:
            self._payments += self._row(label, _zloty(_money(frame, "wa")))
        return []

    def _tax_id(self, frame: Frame) -> list[str]:
        self._buyer = self._row(self._text(frame, "ds") or "NIP NABYWCY", self._text(frame, "ni"))
        return []

    def _end(self, frame: Frame) -> list[str]:
        taxes = self._taxes()
        return [
            self._rule(),
            *([*self._row("OPUSTY ŁĄCZNIE", _zloty(self._discounts)), self._rule()] if self._discounts else []),
            *([*taxes, self._rule()] if taxes else []),
            *self._row("SUMA PLN", _zloty(_money(frame, "to"))),
            self._rule(),
            *(["ROZLICZENIE PŁATNOŚCI"] if self._payments else []),
            *self._payments,
            *self._change,
            *self._buyer,
            self._rule(),
        ]

    def _taxes(self) -> list[str]:
        """Sales and tax of each rate that was sold, and the sum of tax."""
        if not self._gross or self.rates is None:
            return []
        by_letter = {rate.letter: rate for rate in self.rates}
        sales, taxes, all_taxes = [], [], ZERO
        for letter, gross in zip(LETTERS, self._gross, strict=False):
            rate = by_letter.get(letter)
            if not gross or rate is None:
                continue
            word = "SPRZEDAŻ ZWOLNIONA" if rate.kind is TaxKind.EXEMPT else "SPRZEDAŻ OPODATKOWANA"
            sales += self._row(f"{word} {letter}", _zloty(gross))
            if rate.kind is not TaxKind.EXEMPT:
                percent = rate.percent or ZERO
                tax = (gross * percent / (100 + percent)).quantize(ZERO, ROUND_HALF_UP)
                taxes += self._row(f"PTU {letter} {_zloty(percent)} %", _zloty(tax))
                all_taxes += tax
        return [*sales, *taxes, *self._row("SUMA PTU", _zloty(all_taxes))]

    def _signed(self, frame: Frame) -> Decimal:
        """The amount of a discount (negative) or surcharge; 0 where there is none. Discounts are added up for the paper."""
        amount = _money(frame, "rw")
        if frame.get("rd") != b"1":
            return amount
        self._discounts -= amount
        return -amount

    def _label(self, frame: Frame, name: str) -> str:
        word = "Rabat" if frame.get("rd") == b"1" else "Narzut"
        text = self._text(frame, name)
        label = text if text.lower().startswith(word.lower()) else f"{word} {text}".strip()
        percent = frame.get("rp")
        return f"{label} {_zloty(Decimal(percent.decode()).scaleb(-2))} %" if percent else label

    # --- other documents

    def _slip(self, title: str, frame: Frame) -> list[str]:
        drawn = [*self._centred("N I E F I S K A L N Y", title), self._rule()]
        return [*drawn, *self._row("Kwota", f"PLN {_zloty(_money(frame, 'kw'))}"), self._rule()]

    def _form_line(self, frame: Frame) -> list[str]:
        marked = frame.get("s1") or b""
        styles = {match.group(1) for match in _MARK.finditer(marked.replace(b"&&", b""))}
        shown = decode(_MARK.sub(lambda match: b"&" if match.group(1) == b"&" else b"", marked), self._code_page)
        return self._centred(shown) if b"c" in styles else wrap(shown, self._width)

    def _prepare(self, frame: Frame) -> list[str]:
        data = frame.get("tx") or b""
        text = (bytes.fromhex(data.decode("ascii")) if frame.get("hx") is not None else data).decode("utf-8")
        level = frame.get("el")
        self._prepared = [PaperCode("QR", text, correction=_LEVELS[int(level)])] if level else [PaperCode("QR", text)]
        return []

    def _footer(self, frame: Frame) -> list[str]:
        cashier, system_number = self._text(frame, "cc"), self._text(frame, "sn")
        self._foot += [cashier] if cashier else []
        own = system_number == OWN_REFERENCE * ONLINE.system_number
        self._foot += self._row("Nr sys.", "(nadaje most)" if own else system_number) if system_number else []
        return []

    # --- setting

    def _text(self, frame: Frame, name: str) -> str:
        return decode(frame.get(name) or b"", self._code_page)

    def _row(self, left: str, right: str) -> list[str]:
        return columns(left, right, self._width)

    def _centred(self, *texts: str) -> list[str]:
        return [line for text in texts for line in centred(text, self._width)]

    def _rule(self) -> str:
        return "-" * self._width


def _money(frame: Frame, name: str) -> Decimal:
    return Decimal((frame.get(name) or b"0").decode()).scaleb(-2)


def _plus(change: Decimal) -> str:
    return f"+{_zloty(change)}" if change > 0 else _zloty(change)


def _zloty(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")
