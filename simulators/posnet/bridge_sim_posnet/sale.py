"""The receipt commands: state checks, goods base, counters, totals and paper around `receipt.Receipt`.

Source: protocol-specs/posnet, "Receipt", "State machine", "Counters as measured".
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from bridge_sim_posnet import render
from bridge_sim_posnet.arithmetic import LETTERS, MAX_TOTALIZER, RATES, decimal_text
from bridge_sim_posnet.commands import LENGTH, OLD_NAME_LENGTH, FrameError
from bridge_sim_posnet.memory import CANCELLED_RECEIPT, RECEIPT, Footer, Goods, Transaction
from bridge_sim_posnet.names import goods_key
from bridge_sim_posnet.receipt import (
    CASH,
    MAX_FOOTER_LINES,
    CommandError,
    Line,
    Payment,
    Receipt,
    Reduction,
    Settlement,
)
from bridge_sim_posnet.settings import EXEMPT, INACTIVE

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call
    from bridge_sim_posnet.printer import Printer

ONE = Decimal(1)  # quantity where `il` is absent
MAX_FOOTER_ID = 42


def current(printer: Printer) -> Receipt:
    """The open receipt whose fiscal part is open. 2005."""
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


# --- opening and lines


def trinit(printer: Printer, call: Call) -> Answer:
    no_document(printer)
    memory = printer.memory
    if not memory.header:
        raise CommandError(2002)
    if printer.settings.authorisation_days == 0:
        raise CommandError(484)
    if all(rate == INACTIVE for rate in memory.rates):
        raise CommandError(2004)
    open_receipt(printer, call.port, block=call.args.get("bm", False))
    return []


def open_receipt(printer: Printer, owner: str, *, block: bool) -> Receipt:
    memory, footer = printer.memory, printer.memory.footer(owner)
    memory.open = Receipt(
        owner,
        block,
        printer.now(),
        cashier=footer.cashier or memory.cashier,
        till=footer.till,
        system_number=footer.system_number,
        barcode=footer.barcode,
        info=list(footer.lines),
    )
    use_footer(printer, owner)
    printer.drawer_open = False  # whoever sells has closed it
    memory.last = Transaction(memory.open.type)
    printer.print(*render.header(printer.settings, memory.counters.hn, printer.now()))
    printer.print(*render.title("PARAGON FISKALNY", memory.fiscal))
    return memory.open


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


def trline(printer: Printer, call: Call) -> Answer:
    receipt, args, rules = current(printer), call.args, printer.settings
    receipt.selling(rules)
    if rules.profile == "old" and len(args["na"]) > OLD_NAME_LENGTH:
        raise FrameError(LENGTH, "na")
    rate = active_rate(printer, args["vt"])
    if not goods_key(args["na"]):
        raise CommandError(2104)
    quantity = args.get("il", ONE)
    value = receipt.priced(args["pr"], quantity, args.get("wa"), rules)
    line = Line(
        name=args["na"],
        rate=rate,
        price=args["pr"],
        quantity=quantity,
        unit=args.get("jm", ""),
        value=value,
        storno=args.get("st", False),
        description=args.get("op", ""),
        label=args.get("rn", ""),
    )
    if args.get("rp") is not None or args.get("rw") is not None:
        reduction = Reduction(args.get("rd", True), args.get("rp"), args.get("rw"), line.label)
        line.discount = reduction.signed(value, rules)
        line.percent = args.get("rp")
    if not line.storno:
        if printer.memory.daily.receipts[rate] + receipt.rates()[rate] + line.total > MAX_TOTALIZER:
            raise CommandError(2010)
        check_goods(printer, line.name, rate)
    receipt.add(line)
    if not line.storno:
        remember_goods(printer, line.name, rate)
    printer.print(*render.line(line))
    return []


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


def trnipset(printer: Printer, call: Call) -> Answer:
    receipt = current(printer)
    receipt.buyer = call.args["ni"]
    receipt.buyer_label = call.args.get("ds", "")
    return []


# --- discounts


def _reduction(args: dict[str, Any]) -> Reduction:
    return Reduction(args.get("rd", True), args.get("rp"), args.get("rw"), args.get("na", ""))


def trdiscntline(printer: Printer, call: Call) -> Answer:
    receipt, args, reduction = current(printer), call.args, _reduction(call.args)
    rate = active_rate(printer, args["vt"])
    if args.get("st"):
        printer.print(*render.undone(-receipt.undo_discount_line(rate, args["rt"], reduction, printer.settings)))
        return []
    receipt.discount_line(args["ds"], rate, args["rt"], reduction, printer.settings)
    return _print_newest(printer, receipt)


def trdiscntvat(printer: Printer, call: Call) -> Answer:
    receipt, args = current(printer), call.args
    rate = active_rate(printer, args["vt"])
    receipt.discount_rate(rate, args.get("rt"), _reduction(args), printer.settings)
    return _print_newest(printer, receipt)


def trdiscntpromo(printer: Printer, call: Call) -> Answer:
    receipt, args = current(printer), call.args
    rate, undo = active_rate(printer, args["vt"]), args.get("st", False)
    signed = receipt.discount_promotion(rate, args["rw"], args.get("na", ""), undo, printer.settings)
    if undo:
        printer.print(*render.undone(-signed))
        return []
    return _print_newest(printer, receipt)


def trdiscntsubtot(printer: Printer, call: Call) -> Answer:
    return _discount_total(printer, call, "subtotal")


def trdiscntbill(printer: Printer, call: Call) -> Answer:
    return _discount_total(printer, call, "bill")


def _discount_total(printer: Printer, call: Call, kind: Literal["subtotal", "bill"]) -> Answer:
    receipt = current(printer)
    receipt.discount_total(kind, _reduction(call.args), printer.settings)
    return _print_newest(printer, receipt)


def _print_newest(printer: Printer, receipt: Receipt) -> Answer:
    printer.print(*render.adjustment(receipt.adjustments[-1], receipt.total))
    return []


def trsubtotcanc(printer: Printer, call: Call) -> Answer:
    receipt = current(printer)
    dropped = sum(adjustment.amount for adjustment in receipt.adjustments if adjustment.kind == "bill")
    receipt.cancel_subtotal()
    if dropped:
        printer.print(*render.undone(dropped))
    return []


def showsubtotal(printer: Printer, call: Call) -> Answer:
    receipt = current(printer)
    if receipt.phase != "lines":
        raise CommandError(2060)
    if not receipt.lines:
        raise CommandError(1992)
    printer.print(*render.subtotal(receipt.total))
    return []


# --- payments


def _payment(call: Call) -> Payment:
    args = call.args
    return Payment(args["ty"], args["wa"], args.get("na", ""), args.get("re", False))


def trpayment(printer: Printer, call: Call) -> Answer:
    current(printer).pay(_payment(call))
    return []


def trpaymentdelete(printer: Printer, call: Call) -> Answer:
    current(printer).unpay(_payment(call))
    return []


def trpaymentcanc(printer: Printer, call: Call) -> Answer:
    current(printer).unpay_all()
    return []


# --- end


def trend(printer: Printer, call: Call) -> Answer:
    receipt = current(printer)
    stated = {name: value for name, value in call.args.items() if name != "fe"}
    settlement = receipt.settle(stated)
    finish_receipt(printer, receipt, settlement, keep_footer=not call.args.get("fe", True))
    return []


def finish_receipt(printer: Printer, receipt: Receipt, settlement: Settlement, *, keep_footer: bool) -> None:
    """The receipt becomes fiscal: counters, totals, protected memory, paper and document in one step."""
    memory, counters, daily = printer.memory, printer.memory.counters, printer.memory.daily
    rates = receipt.rates()
    counted = memory.fiscal or printer.settings.non_fiscal_totals
    if counted:
        counters.bn += 1
        counters.bt += 1
        daily.pn += 1
        daily.receipts = [day + value for day, value in zip(daily.receipts, rates, strict=True)]
        daily.last = printer.now()
        daily.first = daily.first or daily.last
    memory.protect(RECEIPT)
    memory.cash += sum(p.amount for p in receipt.payments if p.type == CASH and not p.change)
    memory.cash += settlement.paid if not receipt.payments else 0
    memory.cash -= settlement.change if _change_is_cash(receipt) else 0
    memory.cash = max(memory.cash, 0)
    memory.last = Transaction(receipt.type, rates, settlement.paid, settlement.change, footer_open=keep_footer, completed=True)
    printer.print(*render.closing(receipt, settlement, memory.rates))
    printer.print(*render.buyer(receipt))
    printer.print(*render.foot(f"{counters.bt:06d}", receipt.till, receipt.cashier, printer.now()))
    printer.print(*render.identity(printer.settings, memory.fiscal))
    printer.print(*render.after_foot(receipt.system_number, receipt.barcode, receipt.info))
    printer.issue(
        "receipt",
        str(counters.bt),
        settlement.total,
        fiscal=memory.fiscal,
        origin=receipt.owner,
        lines=[document_line(line) for line in receipt.lines],
        payments=document_payments(receipt, settlement),
        change=decimal_text(settlement.change),
        reference=receipt.system_number,
        taxes=document_taxes(rates),
        details={"header": counters.hn, "protected": memory.protected_last, "counted": counted, "buyer": receipt.buyer},
    )
    counters.hn += 1
    receipt.phase = "footer"
    if not keep_footer:
        close_footer(printer, receipt)


def close_footer(printer: Printer, receipt: Receipt) -> None:
    """Nothing more is printed below the receipt."""
    printer.memory.open = None
    printer.memory.last.footer_open = False
    printer.print(*receipt.buffer)
    printer.cut()


def _change_is_cash(receipt: Receipt) -> bool:
    return all(payment.type == CASH for payment in receipt.payments if payment.change)


def cancel_receipt(printer: Printer, receipt: Receipt, origin: str, *, numbered: bool = True) -> None:
    """The open receipt is cancelled: it uses up a number, except in block mode where the setting says so, and except where
    the protocol says that only completed receipts are numbered."""
    memory, counters, daily = printer.memory, printer.memory.counters, printer.memory.daily
    rates = receipt.rates()
    memory.open = None
    memory.last = Transaction()
    if printer.settings.strns_after_cancel == "keep":
        memory.last = Transaction(receipt.type, rates, receipt.paid, receipt.change)
    if receipt.block and printer.settings.block_cancel == "silent":
        return
    if memory.fiscal or printer.settings.non_fiscal_totals:
        counters.bc += 1
        counters.bt += 1 if numbered else 0
        daily.cn += 1
        daily.ct += receipt.total
    memory.protect(CANCELLED_RECEIPT)
    printer.print(*receipt.buffer, *render.cancelled())
    printer.print(*render.foot(f"{counters.bt:06d}", receipt.till, receipt.cashier, printer.now()))
    printer.print(*render.identity(printer.settings, memory.fiscal))
    printer.print(*render.after_foot(receipt.system_number, receipt.barcode, receipt.info))
    printer.cut()
    printer.issue(
        "cancelled_receipt",
        str(counters.bt),
        receipt.total,
        fiscal=memory.fiscal,
        origin=origin,
        lines=[document_line(line) for line in receipt.lines],
        reference=receipt.system_number,
        taxes=document_taxes(rates),
        details={"header": counters.hn, "protected": memory.protected_last},
    )
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
        printer.memory.open = None
        printer.memory.last = Transaction()


# --- the footer


def _footer(printer: Printer) -> Receipt:
    receipt = printer.memory.open
    if receipt is None or receipt.phase != "footer":
        raise CommandError(2066)
    return receipt


def trftrln(printer: Printer, call: Call) -> Answer:
    receipt = _footer(printer)
    if call.args["id"] > MAX_FOOTER_ID:
        raise CommandError(2702)
    if receipt.footer_lines >= MAX_FOOTER_LINES:
        raise CommandError(2703)
    receipt.footer_lines += 1
    printer.print(call.args.get("na", ""))
    return []


def trftrend(printer: Printer, call: Call) -> Answer:
    close_footer(printer, _footer(printer))
    return []


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


def document_payments(receipt: Receipt, settlement: Settlement) -> list[dict[str, Any]]:
    paid = [payment for payment in receipt.payments if not payment.change]
    paid = paid or [Payment(CASH, settlement.paid, "", False)]
    return [{"type": payment.type, "name": payment.name, "amount": decimal_text(payment.amount)} for payment in paid]


def document_taxes(rates: list[int]) -> dict[str, str]:
    """Gross per letter, those with sales only."""
    return {LETTERS[index]: decimal_text(value) for index, value in enumerate(rates) if value}
