"""The commands that make a transaction an invoice and fill its sections.

Source: protocol-specs/posnet, "Invoice". Only lines with their own discount and advances are sold on an invoice (`states.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge_simulators.paper import rule, wrap

from bridge_sim_posnet import render
from bridge_sim_posnet.items import Invoice
from bridge_sim_posnet.receipt import CommandError
from bridge_sim_posnet.sale import may_sell, open_receipt

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call, Handler
    from bridge_sim_posnet.printer import Printer

MAX_COPIES = 9
MAX_TITLE = 23  # characters at 40 a line
MAX_FREE_LINES = 100
MAX_TEXT_LINES = 15  # of a field that may have several
HEAD, BODY = 0, 1
WIDE, CENTRED = 0x01, 0x40  # bits of `at`; the others do not change which characters are printed
GOODS = ("procedura marży - towary używane", "procedura marży - dzieła sztuki")
MORE_GOODS = ("procedura marży - przedmioty kolekcjonerskie i antyki",)


def _invoice(printer: Printer) -> Invoice:
    receipt = printer.memory.open
    assert receipt is not None  # state INVOICE
    assert receipt.invoice is not None
    return receipt.invoice


def trfvinit(printer: Printer, call: Call) -> Answer:
    """2532 copies, 2534 a format that this paper does not have, and what stops any sale."""
    args = call.args
    may_sell(printer)
    if args.get("cc", 0) > MAX_COPIES:
        raise CommandError(2532)
    if any(args.get(name, render.WIDTH) != render.WIDTH for name in ("ln", "fn")) or len(args.get("nm", "")) > MAX_TITLE:
        raise CommandError(2534)
    receipt = open_receipt(printer, call.port, block=False, kind="invoice")
    receipt.invoice = Invoice(args.get("nm", ""), args.get("cc", 0), args.get("co", True))
    return []


def _put(printer: Printer, call: Call, *texts: str) -> Answer:
    """Lines in the section that the command names, as its attributes want them."""
    attributes = call.args.get("at", 0)
    section = _invoice(printer).sections[call.args.get("sc", HEAD)]
    for text in texts:
        for part in [line for line in text.split("\n") if line][:MAX_TEXT_LINES]:
            shown = render.wide(part) if attributes & WIDE else part
            section += render.centred(shown) if attributes & CENTRED else wrap(shown, render.WIDTH)
    return []


def trfvbuyer(printer: Printer, call: Call) -> Answer:
    """2535 without a name or tax number."""
    name, tax_id = call.args["na"].strip(), call.args["ni"].strip()
    if not name or not tax_id:
        raise CommandError(2535)
    invoice = _invoice(printer)
    invoice.buyer, invoice.buyer_id = name, tax_id
    return _put(printer, call, "Nabywca:", name, call.args.get("ad", ""), f"NIP: {tax_id}")


def trfvnumber(printer: Printer, call: Call) -> Answer:
    """2533 blanks alone."""
    number = call.args["nb"].strip()
    if not number:
        raise CommandError(2533)
    _invoice(printer).number = number
    return _put(printer, call, f"nr: {number}")


def trfvfreedata(printer: Printer, call: Call) -> Answer:
    """2058 more than a hundred lines, 2057 too long."""
    invoice = _invoice(printer)
    if invoice.free_lines >= MAX_FREE_LINES:
        raise CommandError(2058)
    lines = render.formatted(call.args["tx"])
    if len(lines) > 1:
        raise CommandError(2057)
    invoice.free_lines += 1
    invoice.sections[call.args.get("sc", BODY)] += lines
    return []


def trfvsep(printer: Printer, call: Call) -> Answer:
    _invoice(printer).sections[call.args["sc"]].append(rule(render.WIDTH, "."))
    return []


def _remark(switch: str, text: str, *fields: tuple[str, str], optional: tuple[tuple[str, str], ...] = ()) -> Handler:
    """A remark of the law: printed where its switch is on, with fields that it then needs (2056) and others."""

    def handler(printer: Printer, call: Call) -> Answer:
        if not call.args[switch]:
            return []
        told = []
        for name, label in fields:
            value = call.args.get(name, "").strip()
            if not value:
                raise CommandError(2056)
            told.append(f"{label}{value}")
        told += [f"{label}{call.args[name]}" for name, label in optional if call.args.get(name)]
        return _put(printer, call, text, *told)

    return handler


trfvcashmet = _remark("cm", "METODA KASOWA")
trfvselfbill = _remark("sb", "SAMOFAKTUROWANIE")
trfvreverse = _remark("re", "ODWROTNE OBCIĄŻENIE")
trfvfree = _remark("fr", "Podstawa zwolnienia:", ("ba", ""))
trfvexecution = _remark("ex", "EGZEKUCJA", ("ed", "Organ egzekucyjny: "), ("dd", "Dłużnik: "))
trfvrep = _remark("re", "PRZEDSTAWICIEL PODATKOWY", ("rd", ""))
trfvtransport = _remark(
    "tr",
    "NOWY ŚRODEK TRANSPORTU",
    ("ad", "Data dopuszczenia: "),
    optional=(("mi", "Przebieg: "), ("hr", "Godziny robocze: ")),
)
trfvthreeway = _remark("tw", "TRANSAKCJA TRÓJSTRONNA", ("td", ""))
trfvtoursrv = _remark("ts", "PROCEDURA MARŻY DLA BIUR PODRÓŻY")


def trfvothergoods(printer: Printer, call: Call) -> Answer:
    """Only the procedures that the law names, upper or lower case. 2056 none, 2055 another one."""
    if not call.args["og"]:
        return []
    named = [line for line in call.args.get("gd", "").split("\n") if line]
    if not named:
        raise CommandError(2056)
    if any(line.lower() not in GOODS + MORE_GOODS for line in named):
        raise CommandError(2055)
    return _put(printer, call, *named)
