"""The commands inside a transaction: lines, advances, packaging, discounts, payments, the footer below the receipt.

Source: protocol-specs/posnet, "Receipt", "Money rules". The state was checked before (`states.py`).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from bridge_sim_posnet import render
from bridge_sim_posnet.arithmetic import MAX_AMOUNT, MAX_TOTALIZER, divide_half_up, line_value
from bridge_sim_posnet.commands import OLD_NAME_LENGTH
from bridge_sim_posnet.items import Advance, Line, Pack, Payment
from bridge_sim_posnet.names import goods_key
from bridge_sim_posnet.parameters import LENGTH, FrameError
from bridge_sim_posnet.receipt import CASH, MAX_FOOTER_LINES, CommandError, Receipt, Reduction
from bridge_sim_posnet.sale import active_rate, check_goods, close_footer, current, remember_goods

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call
    from bridge_sim_posnet.printer import Printer

ONE = Decimal(1)  # quantity where `il` is absent
MAX_PACK_TEXT = 40  # characters of a packaging's description that are kept

# `trftrln id`: the words in front of the text; 24, 25, 41 and 42 have none.
FOOTER_WORDS = (
    *("Nr transakcji", "Punkty", "Suma punktów", "Nr rejestracyjny", "Nazwisko", "Karta", "Numer karty", "Ważna do"),
    *("Kasjer", "Nazw. kasjera", "Zaliczka", "Waluta", "Przelicznik", "Nr zamówienia", "Nr pracownika", "Nazw. pracownika"),
    *("Konto przed tr.", "Przyznano", "Wykorzystano", "Konto po trans.", "Klient stały", "Voucher", "Wartość Voucher"),
    *("Zapłata Voucher", "", "", "Ilość sprzedanych towarów", "Numer pracownika", "Numer klienta"),
    *("Udzielono łącznie rabatów", "Numer", "Kod", "Nazwa", "Opis", "Liczba", "Klient", "Kwota", "Promocja", "Info"),
    *("Do faktury", "Ad.", "", ""),
)
FORMATTED = 41  # the footer line whose `&` marks count


def trline(printer: Printer, call: Call) -> Answer:
    receipt, args, rules = current(printer), call.args, printer.rules
    if rules.profile == "old" and len(args["na"]) > OLD_NAME_LENGTH:
        raise FrameError(LENGTH, "na")
    if receipt.packs and not rules.line_after_packaging:
        raise CommandError(2060)
    rate = active_rate(printer, args["vt"])
    if not goods_key(args["na"]):
        raise CommandError(2104)
    storno = args.get("st", False)
    if storno and receipt.kind == "invoice":
        raise CommandError(1990)
    quantity = args.get("il", ONE)
    value = receipt.priced(args["pr"], quantity, args.get("wa"), rules)
    discount = args.get("rd", True)
    line = Line(
        name=args["na"],
        rate=rate,
        price=args["pr"],
        quantity=quantity,
        unit=args.get("jm", ""),
        value=value,
        storno=storno,
        description=args.get("op", ""),
        label=args.get("rn", ""),
        surcharge=not discount,
        classification=args.get("np", ""),
        code=args.get("nc", ""),
    )
    if args.get("rp") is not None or args.get("rw") is not None:
        reduction = Reduction(discount, args.get("rp"), args.get("rw"), line.label)
        line.discount = reduction.signed(value, rules)
        line.percent = args.get("rp")
    if not storno:
        sold = printer.memory.daily.invoices if receipt.kind == "invoice" else printer.memory.daily.receipts
        if sold[rate] + receipt.rates()[rate] + line.total > MAX_TOTALIZER:
            raise CommandError(2010)
        check_goods(printer, line.name, rate)
    receipt.add(line)
    if not storno:
        remember_goods(printer, line.name, rate)
    printer.display.line(line, receipt.due)
    if receipt.kind != "invoice":
        printer.print(*render.line(line))
    return []


def trnipset(printer: Printer, call: Call) -> Answer:
    """The last one wins; blanks alone take it off again. 2056."""
    receipt = current(printer)
    if not call.args["ni"]:
        raise CommandError(2056)
    receipt.buyer = call.args["ni"].strip()
    receipt.buyer_label = call.args.get("ds", "")
    return []


def tradvance(printer: Printer, call: Call) -> Answer:
    receipt, args = current(printer), call.args
    rate = active_rate(printer, args["vt"])
    advance = Advance(args.get("na", ""), rate, args["pr"], args["wa"], args.get("st", False))
    receipt.advance(advance)
    printer.display.total(receipt.due)
    if receipt.kind != "invoice":
        printer.print(*render.advance(advance))
    return []


# --- packaging


def trpack(printer: Printer, call: Call) -> Answer:
    receipt, args = current(printer), call.args
    pack = read_pack(args)
    receipt.pack(pack)
    printer.display.total(receipt.due)
    printer.print(*render.pack_note(pack))
    return []


def read_pack(args: dict[str, Any]) -> Pack:
    """2006, 2001, 2007, 2803, 1958."""
    quantity: Decimal = args.get("il", ONE)
    if args["pr"] <= 0:
        raise CommandError(2006)
    if quantity != quantity.to_integral_value():
        raise CommandError(2001)
    if quantity <= 0:
        raise CommandError(2007)
    value = line_value(args["pr"], quantity)
    if args.get("wa", value) != value:
        raise CommandError(2803)
    if value > MAX_AMOUNT:
        raise CommandError(1958)
    description = args.get("de", "")[:MAX_PACK_TEXT]
    return Pack(args.get("na", ""), args["pr"], int(quantity), value, args.get("ne", False), args.get("st", False), description)


def trpackprnend(printer: Printer, call: Call) -> Answer:
    """For old programs: what `trpack` took in is printed already, so this only has to be right."""
    read_pack(call.args)
    return []


# --- discounts


def _reduction(args: dict[str, Any]) -> Reduction:
    return Reduction(args.get("rd", True), args.get("rp"), args.get("rw"), args.get("na", ""))


def trdiscntline(printer: Printer, call: Call) -> Answer:
    receipt, args, reduction = current(printer), call.args, _reduction(call.args)
    rate = active_rate(printer, args["vt"])
    if args.get("st"):
        return _undone(printer, receipt, receipt.undo_discount_line(rate, args["rt"], reduction, printer.rules))
    receipt.discount_line(args["ds"], rate, args["rt"], reduction, printer.rules)
    _print_newest(printer, receipt)
    printer.print(f"   Do plu: {args['ds']}")
    return []


def trdiscntvat(printer: Printer, call: Call) -> Answer:
    receipt, args = current(printer), call.args
    rate = active_rate(printer, args["vt"])
    receipt.discount_rate(rate, args.get("rt"), _reduction(args), printer.rules)
    return _print_newest(printer, receipt)


def trdiscntpromo(printer: Printer, call: Call) -> Answer:
    receipt, args = current(printer), call.args
    rate, undo = active_rate(printer, args["vt"]), args.get("st", False)
    signed = receipt.discount_promotion(rate, args["rw"], args.get("na", ""), undo, printer.rules)
    return _undone(printer, receipt, signed) if undo else _print_newest(printer, receipt)


def trdiscntsubtot(printer: Printer, call: Call) -> Answer:
    return _discount_total(printer, call, "subtotal")


def trdiscntbill(printer: Printer, call: Call) -> Answer:
    return _discount_total(printer, call, "bill")


def _discount_total(printer: Printer, call: Call, kind: Literal["subtotal", "bill"]) -> Answer:
    receipt = current(printer)
    receipt.discount_total(kind, _reduction(call.args), printer.rules)
    return _print_newest(printer, receipt)


def _print_newest(printer: Printer, receipt: Receipt) -> Answer:
    printer.print(*render.adjustment(receipt.adjustments[-1], receipt.total))
    printer.display.total(receipt.due)
    return []


def _undone(printer: Printer, receipt: Receipt, signed: int) -> Answer:
    printer.print(*render.undone(-signed))
    printer.display.total(receipt.due)
    return []


def trsubtotcanc(printer: Printer, call: Call) -> Answer:
    receipt = current(printer)
    dropped = sum(adjustment.amount for adjustment in receipt.adjustments if adjustment.kind == "bill")
    receipt.cancel_subtotal()
    if dropped:
        printer.print(*render.undone(dropped))
    printer.display.total(receipt.due)
    return []


def showsubtotal(printer: Printer, call: Call) -> Answer:
    """On the display with the packaging, on paper without it; an invoice takes no notice."""
    receipt = current(printer)
    if receipt.kind == "invoice":
        return []
    if receipt.empty:
        raise CommandError(1992)
    printer.print(*render.subtotal(receipt.total))
    printer.display.total(receipt.due)
    return []


# --- payments


def _payment(call: Call) -> Payment:
    args = call.args
    return Payment(args["ty"], args["wa"], args.get("na", ""), args.get("re", False))


def trpayment(printer: Printer, call: Call) -> Answer:
    current(printer).pay(_payment(call), printer.rules)
    return []


def trpaymentdelete(printer: Printer, call: Call) -> Answer:
    current(printer).unpay(_payment(call))
    return []


def trpaymentcanc(printer: Printer, call: Call) -> Answer:
    current(printer).unpay_all()
    return []


def trpaymentcurr(printer: Printer, call: Call) -> Answer:
    current(printer).pay(_currency(call.args), printer.rules)
    return []


def trpaymentcurrdelete(printer: Printer, call: Call) -> Answer:
    current(printer).unpay(_currency(call.args))
    return []


def _currency(args: dict[str, Any]) -> Payment:
    """3053, 3055, 2040, 2804."""
    if not re.fullmatch("[A-Z]{3}", args["sb"]) or args["sb"] == "PLN":
        raise CommandError(3053)
    if args["ra"] == 0:
        raise CommandError(3055)
    amount = divide_half_up(args["wc"] * args["ra"], 10000)
    if amount > MAX_AMOUNT:
        raise CommandError(2040)
    if args.get("wa", amount) != amount:
        raise CommandError(2804)
    return Payment(CASH, amount, args.get("na", ""), args.get("re", False), args["sb"], args["wc"], args["ra"])


# --- the footer


def trftrln(printer: Printer, call: Call) -> Answer:
    receipt, args = printer.memory.open, call.args
    assert receipt is not None  # state FOOTER
    number, content = args["id"], args.get("na", "")
    if number >= len(FOOTER_WORDS):
        raise CommandError(2702)
    if receipt.footer_lines >= MAX_FOOTER_LINES:
        raise CommandError(2703)
    receipt.footer_lines += 1
    if number == FORMATTED:
        printer.print(*render.formatted(content))
    elif FOOTER_WORDS[number]:
        printer.print(*render.row(f"{FOOTER_WORDS[number]}:", render.wide(content) if args.get("sw") else content))
    else:
        printer.print(render.wide(content) if args.get("sw") else content)
    return []


def trftrend(printer: Printer, call: Call) -> Answer:
    assert printer.memory.open is not None  # state FOOTER
    close_footer(printer, printer.memory.open)
    return []
