"""The terminal's receipts, line by line, whoever prints them.

Source: protocol-specs/zvt, "Print line", "Receipts to print at the ECR". What stands on them is what German and Austrian terminals print.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bridge_simulators.paper import columns, rule, wrap

from bridge_sim_zvt import codes
from bridge_sim_zvt.cards import CARDS
from bridge_sim_zvt.memory import BatchRecord, Transaction

if TYPE_CHECKING:
    from bridge_sim_zvt.terminal import Terminal

WIDTH = 32

# Attributes of a line (BMP "attr" of 06 D1, tag 09 of 06 D3)
NORMAL, CENTRED, LARGE = 0x00, 0x40, 0x70

# TLV 1F37
POSITIVE, SIGNATURE, NEGATIVE, MUST_PRINT = 0x01, 0x02, 0x04, 0x80

Copy = Literal["merchant", "customer", "administration"]

_TITLES = {
    "sale": "ZAHLUNG",
    "refund": "GUTSCHRIFT",
    "reversal": "STORNO",
    "preauth": "RESERVIERUNG",
    "release": "BUCHUNG",
    "booking": "BUCHUNG",
    "cancelling": "STORNO RESERVIERUNG",
}
_COPIES: dict[Copy, str] = {"merchant": "HÄNDLERBELEG", "customer": "KUNDENBELEG", "administration": ""}


@dataclass(frozen=True, slots=True)
class PrintLine:
    text: str
    attribute: int = NORMAL


@dataclass(frozen=True, slots=True)
class Receipt:
    copy: Copy
    lines: tuple[PrintLine, ...]
    info: int = 0

    def as_paper(self) -> list[str]:
        """As the terminal's own printer sets it."""
        return [line.text.center(WIDTH).rstrip() if line.attribute & CENTRED else line.text for line in self.lines]


def of_payment(terminal: Terminal, one: Transaction, copy: Copy) -> Receipt:
    """One copy of a payment's receipt."""
    lines = _head(terminal, _COPIES[copy])
    lines += [PrintLine(_TITLES[one.kind], LARGE), PrintLine("")]
    card = CARDS.get(one.card)
    if card is not None:
        lines += _row(card.name, _entry(one))
        pan = card.pan if terminal.settings.spills else "#" * (len(card.pan) - 4) + card.pan[-4:]
        lines += _row("Karte", pan)
        lines += _row("AID", card.aid)
    lines += _row(f"Betrag {codes.currency_name(one.currency)}", money(one.amount))
    if one.tip:
        lines += _row("davon Trinkgeld", money(one.tip))
    lines += _row("Datum/Zeit", one.at.strftime("%d.%m.%Y %H:%M:%S"))
    lines += _row("Terminal-ID", terminal.memory.tid)
    lines += _row("VU-Nr.", terminal.settings.vu)
    lines += _row("TA-Nr. / Beleg", f"{one.trace:06d} / {one.receipt:04d}")
    if one.original is not None:
        lines += _row("zu TA-Nr.", f"{one.original:06d}")
    if one.authorisation:
        lines += _row("Genehmigung", one.authorisation)
    if terminal.settings.long_receipts:
        lines += [PrintLine(f"Hinweis {number}: Bitte Beleg aufbewahren") for number in range(1, 12)]
    signs = one.verification == codes.CVM_SIGNATURE and copy == "merchant"
    if signs:
        lines += [PrintLine(""), PrintLine(""), PrintLine(rule(WIDTH, "_")), PrintLine("Unterschrift", CENTRED)]
    lines += [PrintLine(""), PrintLine(_last_line(one), CENTRED)]
    return Receipt(copy, tuple(lines), POSITIVE | (SIGNATURE | MUST_PRINT if signs else 0))


def of_failure(terminal: Terminal, text: str, code: int) -> Receipt:
    """The customer's receipt of a payment that the host declined."""
    lines = [*_head(terminal, _COPIES["customer"]), PrintLine("ZAHLUNG", LARGE), PrintLine("")]
    lines += _row("Datum/Zeit", terminal.now().strftime("%d.%m.%Y %H:%M:%S"))
    lines += [PrintLine(text or "Vorgang nicht erfolgt", CENTRED), PrintLine(f"Code {code:02X}", CENTRED)]
    return Receipt("customer", tuple(lines), NEGATIVE)


def of_batch(terminal: Terminal, record: BatchRecord, *, closed: bool) -> Receipt:
    """End of day, or the totals so far."""
    lines = [*_head(terminal, ""), PrintLine("KASSENSCHNITT" if closed else "UMSATZ", LARGE), PrintLine("")]
    lines += _row("Datum/Zeit", record.at.strftime("%d.%m.%Y %H:%M:%S"))
    lines += _row("Terminal-ID", terminal.memory.tid)
    lines += _row("Belege", f"{record.first:04d}-{record.last:04d}")
    lines.append(PrintLine(rule(WIDTH)))
    for name, one in zip(codes.SCHEMES, record.columns, strict=True):
        if one.count:
            lines += _row(f"{one.count:3d} {name}", money(one.amount))
    lines.append(PrintLine(rule(WIDTH)))
    lines += _row(f"Gesamt {codes.currency_name(terminal.settings.currency)}", money(record.total))
    lines += [PrintLine(""), PrintLine("Kassenschnitt erfolgt" if closed else "kein Kassenschnitt", CENTRED)]
    return Receipt("administration", tuple(lines), POSITIVE)


def of_configuration(terminal: Terminal) -> Receipt:
    settings, registration = terminal.settings, terminal.memory.registration
    lines = [*_head(terminal, ""), PrintLine("KONFIGURATION", LARGE)]
    lines += _row("Gerät", settings.model)
    lines += _row("Software", settings.firmware)
    lines += _row("Terminal-ID", terminal.memory.tid)
    lines += _row("Konfigurationsbyte", f"{registration.config:02X}")
    return Receipt("administration", tuple(lines))


def money(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    units, rest = divmod(abs(cents), 100)
    return f"{sign}{units},{rest:02d}"


def _head(terminal: Terminal, copy: str) -> list[PrintLine]:
    lines = [PrintLine(text, CENTRED) for text in terminal.settings.shop.split("|") if text]
    return [*lines, *([PrintLine(""), PrintLine(copy, CENTRED)] if copy else []), PrintLine("")]


def _row(left: str, right: str) -> list[PrintLine]:
    return [PrintLine(text) for line in columns(left, right, WIDTH) for text in wrap(line, WIDTH)]


def _entry(one: Transaction) -> str:
    return {codes.ENTRY_CONTACTLESS: "kontaktlos", codes.ENTRY_CHIP: "Chip", codes.ENTRY_MAGNETIC: "Magnetstreifen"}[one.entry]


def _last_line(one: Transaction) -> str:
    match one.kind:
        case "reversal":
            return "Storno erfolgt"
        case "cancelling":
            return "Reservierung storniert"
        case "preauth":
            return "Reservierung erfolgt"
        case "refund":
            return "Gutschrift erfolgt"
        case _:
            return "Zahlung erfolgt"
