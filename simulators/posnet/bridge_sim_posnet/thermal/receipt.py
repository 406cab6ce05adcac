"""The receipt over the Thermal protocol: start, lines, discount on the subtotal, end, cancel.

Source: protocol-specs/posnet/thermal.md, "Commands", "Receipts". Receipt, goods base and paper are those of the printer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from bridge_sim_posnet import render
from bridge_sim_posnet.arithmetic import LETTERS, MAX_TOTALIZER
from bridge_sim_posnet.items import Line, Payment, Settlement
from bridge_sim_posnet.memory import Transaction
from bridge_sim_posnet.names import goods_key
from bridge_sim_posnet.receipt import Receipt, Reduction
from bridge_sim_posnet.sale import active_rate, cancel_receipt, check_goods, finish_receipt, remember_goods
from bridge_sim_posnet.settings import INACTIVE
from bridge_sim_posnet.thermal.texts import MAX_AMOUNT, SequenceError, quantity

if TYPE_CHECKING:
    from bridge_sim_posnet.printer import Printer
    from bridge_sim_posnet.thermal.handlers import Call

_MAX_BLOCK = 80
_MAX_NUMBER_LETTERS = 10
# Pfx as the printer keeps it, in the numbers of the newer protocol.
_PAYMENTS = {0: 0, 1: 2, 2: 3, 3: 4, 4: 6, 5: 5, 6: 8, 7: 7, 8: 6}


def current(printer: Printer, call: Call, error: int) -> Receipt:
    """The receipt that is open on this interface."""
    receipt = printer.memory.open
    if receipt is None or receipt.owner != call.port:
        raise SequenceError(error)
    return receipt


def start(printer: Printer, call: Call) -> None:
    """`$h`. Nothing is printed yet; the transaction flag is cleared."""
    memory = printer.memory
    call.exactly(1, 2)
    lines = call.number(0)
    if lines > _MAX_BLOCK:
        raise SequenceError(4)
    if memory.open is not None:
        raise SequenceError(95)
    if not memory.header:
        raise SequenceError(40)
    if all(rate == INACTIVE for rate in memory.rates):
        raise SequenceError(18)
    if printer.settings.authorisation_days == 0:
        raise SequenceError(99)
    memory.open = Receipt(call.port, lines > 0, printer.now(), cashier=memory.cashier)
    memory.last = Transaction(memory.open.type)
    printer.drawer_open = False


def line(printer: Printer, call: Call) -> None:
    """`$l`: Pi;Pr;Po;1 with name CR quantity CR rate / price / gross / discount / texts."""
    receipt = current(printer, call, 21)
    number, kind, label, described = (call.number(index) for index in range(4))
    if len(call.numbers) not in (1, 2, 3, 4) or kind > 4 or label > 16 or described > 1:
        raise SequenceError(4)
    if number not in (0, 1 + sum(not sold.storno for sold in receipt.lines)):
        raise SequenceError(4)
    if receipt.phase != "lines":
        raise SequenceError(91)
    texts = call.texts
    name = texts.text(40, 16)
    if not goods_key(name):
        raise SequenceError(16)
    amount, unit = quantity(texts.text(16, 17))
    letter = texts.field(18)
    if len(letter) != 1 or letter not in LETTERS:
        raise SequenceError(18)
    rate = active_rate(printer, LETTERS.index(letter))
    price, gross = texts.amount(19), texts.amount(20)
    reduction = texts.amount(20) if not texts.empty and not texts.next_is_text() else 0
    item = Line(
        name=name,
        rate=rate,
        price=price,
        quantity=amount,
        unit=unit,
        value=receipt.priced(price, amount, gross, printer.settings),
        storno=number == 0,
        label=texts.text(20, 20) if label == 16 else "",
        description=texts.text(35, 4) if described else "",
    )
    texts.end()
    if kind:
        percent = reduction if kind in (2, 4) else None
        wanted = Reduction(kind in (1, 2), percent, reduction if percent is None else None, item.label)
        item.discount = wanted.signed(item.value, printer.settings)
        item.percent = percent
    if not item.storno:
        if receipt.total + item.total > MAX_AMOUNT:
            raise SequenceError(94)
        if printer.memory.daily.receipts[rate] + receipt.rates()[rate] + item.total > MAX_TOTALIZER:
            raise SequenceError(28)
        check_goods(printer, name, rate)
    first = not receipt.lines
    receipt.add(item)
    if not item.storno:
        remember_goods(printer, name, rate)
    if first:
        printer.print(*render.header(printer.settings, printer.memory.header_text, printer.memory.counters.hn, printer.now()))
        printer.print(*render.title("PARAGON FISKALNY", printer.memory.fiscal))
    printer.print(*render.line(item))


def subtotal_discount(printer: Printer, call: Call) -> None:
    """`$Y`: Px[;Po] with subtotal / value / [name CR]. The subtotal is verified."""
    receipt = current(printer, call, 21)
    kind, label = call.number(0), call.number(1)
    if len(call.numbers) not in (1, 2) or not 1 <= kind <= 4:
        raise SequenceError(4)
    subtotal, value = call.texts.amount(26), call.texts.amount(26)
    name = call.texts.text(20, 26) if label == 16 else ""
    call.texts.end()
    if subtotal != receipt.total:
        raise SequenceError(26)
    _reduce(printer, receipt, kind, value, name, "subtotal")


def _reduce(printer: Printer, receipt: Receipt, kind: int, value: int, name: str, where: Literal["subtotal", "bill"]) -> None:
    """Kinds of the whole receipt: 1 percent off, 2 percent on, 3 amount off, 4 amount on."""
    percent = value if kind in (1, 2) else None
    reduction = Reduction(kind in (1, 3), percent, value if percent is None else None, name)
    receipt.discount_total(where, reduction, printer.settings)
    printer.print(*render.adjustment(receipt.adjustments[-1], receipt.total))


def end_with_payments(printer: Printer, call: Call) -> None:
    """`$y`: every field of it in its order; packaging is not simulated."""
    receipt = current(printer, call, 29)
    numbers = call.numbers
    if len(numbers) < 11 or len(numbers) not in (11 + numbers[8], 12 + numbers[8]):
        raise SequenceError(3)
    extra, _, _, below, kind, given, returned, with_number, forms, with_change, with_cash = numbers[:11]
    named = len(numbers) == 12 + forms and numbers[-1] == 1
    if extra > 3 or kind > 4 or given or returned or forms > 15 or any(form > 8 for form in numbers[11 : 11 + forms]):
        raise SequenceError(4)
    texts = call.texts
    till, cashier, system_number = texts.text(8, 25), texts.text(17, 25), texts.text(30, 25)
    info = [texts.text(40, 25) for _ in range(extra)]
    names = [texts.text(16, 26) for _ in range(forms)]
    label = texts.text(16, 27) if named else ""
    total, shown, reduction, cash = texts.amount(27), texts.amount(26), texts.amount(27), texts.amount(26)
    amounts = [texts.amount(26) for _ in range(forms)]
    change = texts.amount(26)
    texts.end()
    if not receipt.lines:
        raise SequenceError(23)
    payments = [
        Payment(_PAYMENTS[form], amount, name, False)
        for form, amount, name in zip(numbers[11 : 11 + forms], amounts, names, strict=True)
        if form and amount
    ]
    if with_cash and cash:
        payments.append(Payment(0, cash, "", False))
    _end(
        printer,
        receipt,
        total,
        (kind, reduction, label),
        payments,
        change if with_change else None,
        shown=-shown if below else shown,
        till=till,
        cashier=cashier,
        system_number=_printable(system_number) if with_number else "",
        info=info,
    )


def end_or_cancel(printer: Printer, call: Call) -> None:
    """`0$e` cancels; `1;Pr;Pn;Pc;Px;Py$e` ends, paid in cash."""
    if call.number(0) == 0:
        _cancel(printer, call)
        return
    receipt = current(printer, call, 29)
    call.exactly(2, 4, 6)
    extra, kind = call.number(2), call.number(4)
    if extra > 3 or kind > 4:
        raise SequenceError(4)
    code = call.texts.text(3, 25)
    info = [call.texts.text(40, 25) for _ in range(extra)]
    cash, total = call.texts.amount(26), call.texts.amount(27)
    reduction = call.texts.amount(27) if len(call.numbers) == 6 else 0
    call.texts.end()
    if not receipt.lines:
        raise SequenceError(23)
    if call.number(1) and not kind:
        kind, reduction = 1, call.number(1) * 100
    payments = [Payment(0, cash, "", False)] if cash else []
    _end(
        printer, receipt, total, (kind, reduction, ""), payments, None,
        shown=None, till=code[:1], cashier=code[1:], system_number="", info=info,
    )  # fmt: skip


def _end(
    printer: Printer,
    receipt: Receipt,
    total: int,
    reduction: tuple[int, int, str],
    payments: list[Payment],
    change: int | None,
    *,
    shown: int | None,
    till: str,
    cashier: str,
    system_number: str,
    info: list[str],
) -> None:
    """The verification of both ends, and the receipt becomes fiscal. 27, 26."""
    before = receipt.total
    kind, value, label = reduction
    if kind:
        kept = list(receipt.adjustments), receipt.phase
        _reduce(printer, receipt, kind, value, label, "bill")
        expected = before if printer.settings.thermal_end_total == "before" else receipt.total
        if total != expected:
            receipt.adjustments, receipt.phase = kept
    else:
        expected = before
    if total != expected or receipt.total <= 0:
        raise SequenceError(27)
    due = receipt.total
    paid = sum(payment.amount for payment in payments) if payments else due
    if paid < due or (change is not None and change != paid - due):
        raise SequenceError(26)
    wanted = {"any": shown, "rest": due - paid, "total": due}[printer.settings.thermal_display]
    if shown is not None and shown != wanted:
        raise SequenceError(26)
    receipt.payments = payments
    receipt.till, receipt.cashier = till, cashier
    receipt.system_number, receipt.info = system_number, info
    finish_receipt(printer, receipt, Settlement(due, paid, paid - due), keep_footer=False)


def _printable(text: str) -> str:
    """At most ten letters; further ones come out as spaces."""
    letters, printed = 0, []
    for character in text:
        letters += character.isalpha()
        printed.append(" " if character.isalpha() and letters > _MAX_NUMBER_LETTERS else character)
    return "".join(printed)


def _cancel(printer: Printer, call: Call) -> None:
    receipt = printer.memory.open
    if receipt is not None and receipt.owner == call.port:
        give_up(printer, receipt, call.port)
    elif receipt is not None:
        raise SequenceError(82)
    elif printer.settings.thermal_cancel_nothing == "29":
        raise SequenceError(29)


def give_up(printer: Printer, receipt: Receipt, origin: str) -> None:
    """One without lines leaves no trace but the cleared flag; one with lines is printed as cancelled. Neither takes a number."""
    if receipt.lines:
        cancel_receipt(printer, receipt, origin, numbered=False)
    else:
        printer.memory.open = None
        printer.memory.last = Transaction()
