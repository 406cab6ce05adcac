"""A transaction from its opening to its end: what may stop it, what it does to counters, totals, paper and memory.

Source: protocol-specs/posnet, "Receipt", "Invoice", "Counters as measured". Lines, discounts and payments: `selling.py`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from bridge_sim_posnet import edocument, render, render_invoice
from bridge_sim_posnet.arithmetic import LETTERS, MAX_AMOUNT, MAX_TOTALIZER, RATES, decimal_text
from bridge_sim_posnet.items import Line, Pack, Payment, Settlement
from bridge_sim_posnet.memory import (
    CANCELLED_INVOICE,
    CANCELLED_RECEIPT,
    INVOICE,
    NON_FISCAL,
    RECEIPT,
    Footer,
    Goods,
    Transaction,
)
from bridge_sim_posnet.names import goods_key
from bridge_sim_posnet.receipt import CASH, CommandError, Kind, Receipt
from bridge_sim_posnet.settings import EXEMPT, INACTIVE

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call
    from bridge_sim_posnet.printer import Printer


def current(printer: Printer) -> Receipt:
    """The open transaction. 2005."""
    receipt = printer.memory.open
    if receipt is None or receipt.phase == "footer":
        raise CommandError(2005)
    return receipt


def active_rate(printer: Printer, index: int) -> int:
    """The rate with this index. 2000."""
    if index >= RATES or printer.memory.rates[index] == INACTIVE:
        raise CommandError(2000)
    return index


def no_document(printer: Printer) -> None:
    """Raises where a transaction or a form is open: 2038, 2062."""
    if printer.memory.open is not None:
        raise CommandError(2038)
    if printer.form is not None:
        raise CommandError(2062)


# --- opening


def trinit(printer: Printer, call: Call) -> Answer:
    may_sell(printer)
    open_receipt(printer, call.port, block=call.args.get("bm", False))
    return []


def trpackinit(printer: Printer, call: Call) -> Answer:
    may_sell(printer)
    open_receipt(printer, call.port, block=False, kind="packaging")
    return []


def may_sell(printer: Printer) -> None:
    """Raises the error for which no sale can be begun now."""
    memory, rules = printer.memory, printer.settings
    if not memory.header:
        raise CommandError(2002)
    if rules.sale_blocked != "no":
        raise CommandError(int(rules.sale_blocked))
    for blocked, code in (
        (rules.authorisation_days == 0, 484),
        (rules.subscription == "expired", 488),
        (rules.certificate == "expired" and memory.fiscal, 3735),
        (rules.login_needed and not memory.logged_in, rules.login_error),
        (all(rate == INACTIVE for rate in memory.rates), 2004),
        (memory.fiscal and printer.now() < last_record(printer), 1045),
    ):
        if blocked:
            raise CommandError(code)
    # Only where a receipt of the highest value would still fit.
    if any(value + MAX_AMOUNT > MAX_TOTALIZER for value in (*memory.daily.receipts, *memory.daily.invoices)):
        raise CommandError(2010)


def last_record(printer: Printer) -> datetime:
    """When the last daily report was written; the clock may not be earlier."""
    return printer.memory.reports[-1].at if printer.memory.reports else datetime.min.replace(tzinfo=printer.zone)


def open_receipt(printer: Printer, owner: str, *, block: bool, kind: Kind = "receipt") -> Receipt:
    memory, footer = printer.memory, printer.memory.footer(owner)
    start = printer.position
    receipt = Receipt(
        owner,
        block,
        printer.now(),
        kind=kind,
        start=start,
        cashier=footer.cashier or memory.cashier,
        till=footer.till or memory.till,
        system_number=footer.system_number,
        barcode=footer.barcode,
        info=list(footer.lines),
        code=memory.take_code() if footer.code_place else "",
        code_above=footer.code_place == 1,
        ending=footer.ending,
    )
    use_footer(printer, owner)
    memory.headless = False
    memory.open = receipt
    printer.drawer_open = False  # whoever sells has closed it
    printer.display.sale_begins()
    memory.last = Transaction(receipt.type)
    if kind != "packaging":
        edocument.attach(printer, receipt)
    if kind != "invoice":
        printer.print(*render.header(printer.settings, memory.header_text, memory.counters.hn, printer.now()))
    if kind == "receipt":
        printer.print(*render.title("PARAGON FISKALNY", memory.fiscal))
    elif kind == "packaging":
        printer.print(*render.non_fiscal_title("ROZLICZENIE OPAKOWAŃ"))
    return receipt


def use_footer(printer: Printer, port: str) -> None:
    """A document takes the settings of `ftrcfg`; only what was to be kept stays for the next one."""
    footer = printer.memory.footer(port)
    printer.memory.footers[port] = Footer(
        cashier=footer.cashier if footer.keep else "",
        till=footer.till if footer.keep else "",
        keep=footer.keep,
        lines=footer.lines if footer.keep_lines else [],
        keep_lines=footer.keep_lines,
    )


# --- the goods base


def check_goods(printer: Printer, name: str, rate: int) -> None:
    """A name whose rate has gone down may not go up again: 2106."""
    goods = printer.memory.goods.get(goods_key(name))
    if goods is not None and goods.lowered and _height(printer.memory.rates[rate]) > _height(goods.rate):
        goods.locked = True
        raise CommandError(2106)


def remember_goods(printer: Printer, name: str, rate: int) -> None:
    """A new name or a changed rate is a change of the goods base (`stot cc`)."""
    memory, percent = printer.memory, printer.memory.rates[rate]
    goods = memory.goods.get(goods_key(name))
    if goods is None:
        memory.goods[goods_key(name)] = Goods(percent)
    elif goods.rate == percent:
        return
    else:
        goods.lowered = goods.lowered or _height(percent) < _height(goods.rate)
        goods.rate = percent
    memory.daily.cc += 1


def _height(percent: int) -> int:
    return -1 if percent == EXEMPT else percent


# --- end


def trend(printer: Printer, call: Call) -> Answer:
    receipt = current(printer)
    if receipt.invoice is not None:
        if not receipt.invoice.number:
            raise CommandError(2533)
        if not receipt.invoice.buyer:
            raise CommandError(2535)
    stated = {name: value for name, value in call.args.items() if name != "fe"}
    settlement = receipt.settle(stated)
    keep = not call.args.get("fe", True) and receipt.kind == "receipt"
    finish_receipt(printer, receipt, settlement, keep_footer=keep)
    return []


def finish_receipt(printer: Printer, receipt: Receipt, settlement: Settlement, *, keep_footer: bool) -> None:
    """The receipt becomes fiscal: counters, totals, protected memory and document in one step; then its paper."""
    memory = printer.memory
    rates = receipt.rates()
    counted = receipt.kind != "packaging" and (memory.fiscal or printer.settings.non_fiscal_totals)
    number = _count(printer, receipt, rates, counted=counted)
    _take_money(printer, receipt, settlement)
    memory.last = Transaction(
        receipt.type,
        rates,
        settlement.paid,
        settlement.change,
        footer_open=keep_footer,
        packs_issued=receipt.packs_issued,
        packs_returned=receipt.packs_returned,
        completed=receipt.kind == "receipt",
    )
    printer.display.sale_ends(receipt.due, settlement)
    _print_end(printer, receipt, settlement, number)
    receipt.phase = "footer"
    if not receipt.buffers:
        _unbuffer(printer, receipt)
    details: dict[str, Any] = {
        "header": memory.counters.hn,
        "protected": memory.protected_last,
        "counted": counted,
        "buyer": receipt.buyer,
        **_printed(printer, receipt),
    }
    if receipt.advances:
        details["advances"] = [
            {"name": a.name, "vat": LETTERS[a.rate], "amount": decimal_text(a.amount), "storno": a.storno}
            for a in receipt.advances
        ]
    if receipt.packs:
        details["packaging"] = [document_pack(pack) for pack in receipt.packs]
        details["due"] = decimal_text(receipt.due)
    if receipt.invoice is not None:
        details |= {"invoice": receipt.invoice.number, "buyer": receipt.invoice.buyer_id, "copies": receipt.invoice.copies}
    if receipt.edocument is not None:
        details["edocument"] = receipt.edocument
        edocument.registered(printer, receipt.edocument, number)
    printer.issue(
        receipt.kind,
        number,
        settlement.total if receipt.kind != "packaging" else receipt.due,
        fiscal=memory.fiscal and receipt.kind != "packaging",
        origin=receipt.owner,
        lines=[document_line(line) for line in receipt.lines],
        payments=document_payments(receipt, settlement),
        change=decimal_text(settlement.change),
        reference=receipt.system_number,
        taxes=document_taxes(rates),
        details=details,
    )
    memory.counters.hn += 1
    memory.headless = receipt.ending == 3 and receipt.kind != "packaging"
    if not keep_footer:
        close_footer(printer, receipt)


def _count(printer: Printer, receipt: Receipt, rates: list[int], *, counted: bool) -> str:
    """Counters, totals and protected memory. The document's number."""
    memory, counters, daily = printer.memory, printer.memory.counters, printer.memory.daily
    shift = memory.shift(printer.now())
    if receipt.kind == "packaging":
        daily.nf += 1
        memory.protect(NON_FISCAL)
        number = str(counters.hn)
    elif receipt.kind == "invoice":
        if counted:
            counters.fn += 1
            daily.fn += 1
            daily.invoices = [day + value for day, value in zip(daily.invoices, rates, strict=True)]
        memory.protect(INVOICE)
        number = str(counters.fn)
    else:
        if counted:
            counters.bn += 1
            counters.bt += 1
            daily.pn += 1
            daily.receipts = [day + value for day, value in zip(daily.receipts, rates, strict=True)]
        memory.protect(RECEIPT)
        number = str(counters.bt)
    daily.packs_issued += receipt.packs_issued
    daily.packs_returned += receipt.packs_returned
    if counted:
        daily.last = printer.now()
        daily.first = daily.first or daily.last
        shift.sales += sum(rates)
        shift.receipts += receipt.kind == "receipt"
        shift.stornos += sum(line.storno for line in receipt.lines)
    return number


def _take_money(printer: Printer, receipt: Receipt, settlement: Settlement) -> None:
    """Cash goes into the drawer and out of it as far as the payments were in zlotys."""
    cash = sum(-p.amount if p.change else p.amount for p in receipt.payments if p.type == CASH and not p.currency)
    if not any(not payment.change for payment in receipt.payments):
        cash += settlement.paid
    if not any(payment.change for payment in receipt.payments):
        cash -= settlement.change
    printer.memory.cash = max(printer.memory.cash + cash, 0)


def _print_end(printer: Printer, receipt: Receipt, settlement: Settlement, number: str) -> None:
    memory, now = printer.memory, printer.now()
    if receipt.invoice is not None:
        printer.print(*render_invoice.whole(printer, receipt, number))
        return
    if receipt.kind == "packaging":
        printer.print(*render.packaging(receipt), *render.settling(receipt, settlement))
        printer.print(*render.foot("", receipt.till, receipt.cashier, now), *render.identity(printer.settings, False))
    else:
        printer.print(*render.closing(receipt, settlement, memory.rates), *render.buyer(receipt))
        printer.print(*render.foot(f"{memory.counters.bt:06d}", receipt.till, receipt.cashier, now))
        printer.print(*render.identity(printer.settings, memory.fiscal))
    _print_after(printer, receipt)


def _print_after(printer: Printer, receipt: Receipt) -> None:
    printer.print(
        *render.after_foot(receipt.system_number, receipt.barcode, receipt.info, receipt.code, above=receipt.code_above)
    )


def _unbuffer(printer: Printer, receipt: Receipt) -> None:
    """The paper of block mode, which waited for the end."""
    if receipt.block:
        receipt.start = printer.position
    buffer, receipt.buffer = receipt.buffer, []
    printer.queue_paper(buffer)


def _printed(printer: Printer, receipt: Receipt) -> dict[str, Any]:
    """Where on the roll the document stands, or its text where it is not printed yet."""
    if receipt.buffers:
        return {"text": list(receipt.buffer)}
    return {"paper": [receipt.start, printer.position]}


def close_footer(printer: Printer, receipt: Receipt) -> None:
    """Nothing more is printed below the receipt."""
    printer.memory.open = None
    printer.memory.last.footer_open = False
    if receipt.edocument is not None:
        lines = [*receipt.buffer, *([] if receipt.ending else printer.cut_lines())]
        edocument.dispatched(printer, receipt.edocument, lines if receipt.block else None)
        if receipt.block:
            return
    printer.cut(receipt.ending)


def cancel_receipt(printer: Printer, receipt: Receipt, origin: str, *, numbered: bool = True) -> None:
    """The open transaction is cancelled: it uses up a number, except in block mode where the setting says so, and except
    where the protocol says that only completed receipts are numbered."""
    memory, counters, daily = printer.memory, printer.memory.counters, printer.memory.daily
    rates = receipt.rates()
    edocument.detach(printer, receipt)
    memory.open = None
    memory.last = Transaction()
    printer.display.idle()
    if printer.settings.strns_after_cancel == "keep":
        memory.last = Transaction(receipt.type, rates, receipt.paid, receipt.change)
    if receipt.block and printer.settings.block_cancel == "silent":
        return
    counted = memory.fiscal or printer.settings.non_fiscal_totals
    if receipt.kind == "packaging":
        daily.nf += 1
        memory.protect(NON_FISCAL)
        number = str(counters.hn)
    elif receipt.kind == "invoice":
        if counted:
            counters.fc += 1
            daily.fl += 1
            daily.ft += receipt.total
        memory.protect(CANCELLED_INVOICE)
        number = str(counters.fn + counters.fc)
        printer.print(*render_invoice.head(printer, receipt), *render_invoice.lines(receipt, memory.rates))
    else:
        if counted:
            counters.bc += 1
            counters.bt += 1 if numbered else 0
            daily.cn += 1
            daily.ct += receipt.total
        memory.protect(CANCELLED_RECEIPT)
        number = str(counters.bt)
    memory.shift(printer.now()).cancelled += 1
    fiscal = memory.fiscal and receipt.kind != "packaging"
    start = printer.position if receipt.block else receipt.start
    printer.queue_paper(receipt.buffer)
    printer.print(*render.cancelled(), *render.foot(f"{int(number):06d}", receipt.till, receipt.cashier, printer.now()))
    printer.print(*render.identity(printer.settings, fiscal))
    _print_after(printer, receipt)
    printer.issue(
        f"cancelled_{receipt.kind}",
        number,
        receipt.total,
        fiscal=fiscal,
        origin=origin,
        lines=[document_line(line) for line in receipt.lines],
        reference=receipt.system_number,
        taxes=document_taxes(rates),
        details={"header": counters.hn, "protected": memory.protected_last, "paper": [start, printer.position]},
    )
    printer.cut(receipt.ending)
    counters.hn += 1


def power_up_receipt(printer: Printer) -> None:
    """What becomes of a receipt that was open when the power failed; an open footer is closed in any case."""
    receipt = printer.memory.open
    if receipt is None:
        return
    if receipt.phase == "footer":
        close_footer(printer, receipt)
    elif printer.settings.open_receipt_at_power_on == "cancel":
        cancel_receipt(printer, receipt, "device", numbered=printer.settings.protocol == "posnet")
    elif printer.settings.open_receipt_at_power_on == "drop":
        edocument.detach(printer, receipt)
        printer.memory.open = None
        printer.memory.last = Transaction()


# --- as documents


def document_line(line: Line) -> dict[str, Any]:
    return {
        "name": line.name,
        "quantity": str(line.quantity),
        "unit": line.unit,
        "price": decimal_text(line.price),
        "vat": LETTERS[line.rate],
        "discount": decimal_text(line.discount),
        "total": decimal_text(line.total),
        "storno": line.storno,
    }


def document_pack(pack: Pack) -> dict[str, Any]:
    return {
        "name": pack.description or pack.name,
        "quantity": pack.quantity,
        "price": decimal_text(pack.price),
        "total": decimal_text(pack.value),
        "returned": pack.returned,
        "storno": pack.storno,
    }


def document_payments(receipt: Receipt, settlement: Settlement) -> list[dict[str, Any]]:
    """What was paid; money given back stands in the document's `change`, a declared one also here with `change` true."""
    paid = list(receipt.payments)
    if settlement.paid and not any(not payment.change for payment in paid):
        paid.insert(0, Payment(CASH, settlement.paid, "", False))
    return [_document_payment(payment) for payment in paid if not payment.change]


def _document_payment(payment: Payment) -> dict[str, Any]:
    told: dict[str, Any] = {"type": payment.type, "name": payment.name, "amount": decimal_text(payment.amount)}
    if payment.currency:
        told |= {"currency": payment.currency, "foreign": decimal_text(payment.foreign), "rate": f"{payment.rate / 10000:.4f}"}
    return told


def document_taxes(rates: list[int]) -> dict[str, str]:
    """Gross per letter, those with sales only."""
    return {LETTERS[index]: decimal_text(value) for index, value in enumerate(rates) if value}
