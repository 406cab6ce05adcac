"""A receipt and what stands below it. Follows protocol-specs/posnet, "Receipt" and "Payment types"."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import IntEnum

from bridge_posnet.commands.builder import Adjustment, Builder, plain
from bridge_posnet.fields import ONLINE, BadValue
from bridge_posnet.frame import Frame


class PaymentKind(IntEnum):
    """`trpayment ty`. 1 is not used: payments in another currency have a command of their own."""

    CASH = 0  # its name is not printed
    CARD = 2
    CHEQUE = 3
    BON = 4
    CREDIT = 5
    OTHER = 6
    VOUCHER = 7
    TRANSFER = 8  # older models: the customer's account


class Cutting(IntEnum):
    """`ftrcfg fe`: what happens to the paper after the document."""

    FEED_AND_CUT = 0
    FEED = 1
    NOTHING = 2
    NOTHING_NO_HEADER = 3  # and no header on the non-fiscal printout that follows


def trinit(block: bool = False) -> Frame:
    """Opens a receipt. In block mode it is printed at its end, else line by line."""
    builder = Builder("trinit")
    builder.flag("bm", block)
    return builder.frame()


def trline(
    name: bytes,
    rate: int,
    price: Decimal,
    *,
    quantity: Decimal | None = None,
    value: Decimal | None = None,
    unit: bytes | None = None,
    description: bytes | None = None,
    discount: Adjustment | None = None,
    storno: bool = False,
    classification: bytes | None = None,
    code: bytes | None = None,
) -> Frame:
    """Sells a line, or with `storno` takes one off again. `rate` is 0 to 6 for A to G, `quantity` None is 1.

    `value` is the line before the discount and is verified (2802, 2008 [?]). A storno repeats name, rate, price,
    quantity, value and discount of the line sold. `classification` (PKWiU) and `code` are printed on invoices only.
    """
    builder = Builder("trline")
    builder.text("na", name, empty=False)
    builder.number("vt", rate)
    builder.money("pr", price)
    builder.flag("st", True if storno else None)
    builder.money("wa", value)
    builder.quantity("il", quantity)
    builder.text("op", description)
    builder.text("jm", unit)
    if discount is not None:
        builder.adjustment(discount, "rn")
    builder.text("np", classification)
    builder.text("nc", code)
    return builder.frame()


def trnipset(tax_id: bytes, *, emphasised: bool | None = None, label: bytes | None = None) -> Frame:
    """The buyer's tax id, printed with the footer; between `trinit` and `trend`, the last one wins."""
    builder = Builder("trnipset")
    builder.text("ni", tax_id, empty=False)
    builder.flag("dw", emphasised)
    builder.text("ds", label)
    return builder.frame()


def trdiscntsubtot(discount: Adjustment) -> Frame:
    """A discount or surcharge on the subtotal; selling may go on."""
    return _bill_discount("trdiscntsubtot", discount)


def trdiscntbill(discount: Adjustment) -> Frame:
    """A discount or surcharge on the whole receipt; nothing is sold after it."""
    return _bill_discount("trdiscntbill", discount)


def _bill_discount(mnemonic: str, discount: Adjustment) -> Frame:
    builder = Builder(mnemonic)
    builder.adjustment(_measured(mnemonic, discount), "na")
    return builder.frame()


def trpayment(kind: PaymentKind, amount: Decimal, *, name: bytes | None = None, change: bool = False) -> Frame:
    """Declares one payment, or with `change` what is given back in this kind."""
    builder = Builder("trpayment")
    builder.number("ty", kind)
    builder.money("wa", amount)
    builder.text("na", name)
    builder.flag("re", change)
    return builder.frame()


def trpaymentcanc() -> Frame:
    """Takes all payments back."""
    return plain("trpaymentcanc")


def trsubtotcanc() -> Frame:
    """Takes bill discounts and all payments back, so that selling may go on."""
    return plain("trsubtotcanc")


def trend(
    total: Decimal | None,
    *,
    packaging_issued: Decimal | None = None,
    packaging_returned: Decimal | None = None,
    payments: Decimal | None = None,
    change: Decimal | None = None,
    finish: bool | None = None,
) -> Frame:
    """Ends the receipt and makes it fiscal. Every figure is verified against the printer's (2805 to 2809, 2054).

    `payments - change = total + packaging_issued - packaging_returned`. `finish=False` keeps the footer open for
    `trftrln` until `trftrend`; the receipt counts already.
    """
    builder = Builder("trend")
    builder.money("to", total)
    builder.money("op", packaging_issued)
    builder.money("om", packaging_returned)
    builder.money("re", change)
    builder.money("fp", payments)
    builder.flag("fe", finish)
    return builder.frame()


def trftrln(kind: int, text: bytes | None = None, *, wide: bool | None = None, high: bool | None = None) -> Frame:
    """A line below the receipt, after `trend(finish=False)`. Kind 25 is plain text, 38 "Info"."""
    builder = Builder("trftrln")
    builder.number("id", kind)
    builder.text("na", text)
    builder.flag("sw", wide)
    builder.flag("sh", high)
    return builder.frame()


def trftrend() -> Frame:
    """Ends the footer that `trend(finish=False)` left open."""
    return plain("trftrend")


def prncancel() -> Frame:
    """Cancels the open receipt or printout. With nothing open: accepted, or 2064 [open point 3]."""
    return plain("prncancel")


def hardprncancel() -> Frame:
    """Cancels the open receipt or printout whoever opened it, on either PC interface."""
    return plain("hardprncancel")


def ftrcfg(
    *,
    cashier: bytes | None = None,
    till: bytes | None = None,
    keep: bool | None = None,
    system_number: bytes | None = None,
    bar_code: bytes | None = None,
    code_2d: int | None = None,
    information: Sequence[bytes] | None = None,
    keep_information: bool | None = None,
    cutting: Cutting | None = None,
) -> Frame:
    """Footer of the next document, sent before `trinit`. `system_number` ties the paper to the till's own record.

    `code_2d`: 0 none, 1 above, 2 below the bar code's place.
    """
    builder = Builder("ftrcfg")
    builder.text("cc", cashier)
    builder.text("cn", till)
    builder.flag("ca", keep)
    builder.text("sn", system_number)
    builder.text("bc", bar_code)
    builder.number("bb", code_2d)
    builder.lines("ln", information, most=ONLINE.info_lines)
    builder.flag("lb", keep_information)
    builder.number("fe", cutting)
    return builder.frame()


def trdiscntline(rate: int, name: bytes, sale: Decimal, discount: Adjustment, *, cancel: bool | None = None) -> Frame:
    """A discount or surcharge on a line sold before, named by rate, goods and the sale that it applies to."""
    builder = Builder("trdiscntline")
    builder.number("vt", rate)
    builder.text("ds", name, empty=False)
    builder.money("rt", sale)
    builder.flag("st", cancel)
    builder.adjustment(_measured("trdiscntline", discount), "na")
    return builder.frame()


def trdiscntvat(rate: int, discount: Adjustment, *, sale: Decimal | None = None) -> Frame:
    """A discount or surcharge on all that was sold in one rate, or on `sale` of it."""
    builder = Builder("trdiscntvat")
    builder.number("vt", rate)
    builder.money("rt", sale)
    builder.adjustment(_measured("trdiscntvat", discount), "na")
    return builder.frame()


def trdiscntpromo(rate: int, amount: Decimal, *, name: bytes | None = None, cancel: bool | None = None) -> Frame:
    """A promotion: an amount off what was sold in one rate."""
    builder = Builder("trdiscntpromo")
    builder.number("vt", rate)
    builder.money("rw", amount)
    builder.flag("st", cancel)
    builder.text("na", name)
    return builder.frame()


def showsubtotal() -> Frame:
    """Prints and displays the subtotal; not before the first line, nor after a payment or a bill discount."""
    return plain("showsubtotal")


def tradvance(rate: int, amount: Decimal, sale: Decimal, *, name: bytes | None = None, storno: bool | None = None) -> Frame:
    """Deducts an advance paid earlier: the fiscal value falls, down to 0 if need be.

    `sale` is what it is deducted from, at most what is sold in this rate by now. Without `name` "ZALICZKA" is printed.
    """
    builder = Builder("tradvance")
    builder.text("na", name)
    builder.number("vt", rate)
    builder.money("pr", amount)
    builder.flag("st", storno)
    builder.money("wa", sale)
    return builder.frame()


def trpackinit() -> Frame:
    """Opens a settlement of packaging alone."""
    return plain("trpackinit")


def trpack(
    price: Decimal,
    *,
    returned: bool,
    number: bytes | None = None,
    quantity: int | None = None,
    value: Decimal | None = None,
    description: bytes | None = None,
    storno: bool | None = None,
) -> Frame:
    """Returnable packaging issued to the customer, or `returned` by him. `number` has digits only; whole pieces."""
    builder = Builder("trpack")
    if number is not None and not (number.isascii() and number.isdigit()):
        raise BadValue("trpack", "na", number, "has other characters than digits")
    builder.text("na", number)
    builder.flag("ne", returned)
    builder.flag("st", storno)
    builder.money("pr", price)
    builder.number("il", quantity, 1)
    builder.money("wa", value)
    builder.text("de", description)
    return builder.frame()


def trpaymentdelete(kind: PaymentKind, amount: Decimal, *, name: bytes | None = None, change: bool = False) -> Frame:
    """Takes one payment back, named as it was declared."""
    builder = Builder("trpaymentdelete")
    builder.number("ty", kind)
    builder.money("wa", amount)
    builder.text("na", name)
    builder.flag("re", change)
    return builder.frame()


def trpaymentcurr(
    foreign: Decimal, rate: Decimal, symbol: bytes, name: bytes, *, value: Decimal | None = None, change: bool = False
) -> Frame:
    """A payment in another currency: `foreign` of `symbol`, each worth `rate` zloty (four decimals).

    `value` in zloty is verified (2804).
    """
    return _foreign("trpaymentcurr", foreign, rate, symbol, name, value, change)


def trpaymentcurrdelete(
    foreign: Decimal, rate: Decimal, symbol: bytes, name: bytes, *, value: Decimal | None = None, change: bool = False
) -> Frame:
    """Takes back a payment in another currency, named as it was declared."""
    return _foreign("trpaymentcurrdelete", foreign, rate, symbol, name, value, change)


def _foreign(
    mnemonic: str, foreign: Decimal, rate: Decimal, symbol: bytes, name: bytes, value: Decimal | None, change: bool
) -> Frame:
    if len(symbol) != 3 or not symbol.isalpha() or not symbol.isupper():
        raise BadValue(mnemonic, "sb", symbol, "is not three capital letters")
    builder = Builder(mnemonic)
    builder.money("wc", foreign)
    builder.money("wa", value)
    builder.scaled("ra", rate, 4)
    builder.text("na", name, empty=False)
    builder.text("sb", symbol)
    builder.flag("re", change)
    return builder.frame()


def _measured(mnemonic: str, discount: Adjustment) -> Adjustment:
    if discount.percent is None and discount.amount is None:
        raise BadValue(mnemonic, "rw", None, "is missing: a discount has a percentage or an amount")
    return discount
