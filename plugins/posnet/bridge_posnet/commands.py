"""The commands as functions: each gives the Frame to send. Also one line for the log of any frame.

Follows protocol-specs/posnet, "Commands". Texts are bytes of the interface's code page (`text.encode`), money is
Decimal zloty, quantities are Decimal. A value that the protocol cannot carry raises BadValue. What the printer answers
is in `answers.py`; in which order commands are sent is in `driver.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum

from bridge_posnet.errors import lookup_command_error, lookup_frame_error
from bridge_posnet.fields import (
    FIELDS,
    IMMEDIATE,
    KNOWN_COMMANDS,
    MUTATING,
    OLD_MODEL,
    ONLINE,
    BadValue,
    Field,
    FieldType,
    Limits,
    Rate,
    malformed,
)
from bridge_posnet.frame import Frame, Parameter
from bridge_posnet.text import DEFAULT_CODE_PAGE, decode

__all__ = (
    "FIELDS", "IMMEDIATE", "KNOWN_COMMANDS", "MUTATING", "OLD_MODEL", "ONLINE", "Adjustment", "BadValue", "Cutting",
    "Field", "FieldType", "Limits", "PaymentKind", "Rate", "authstateget", "billcountercfgget", "cash", "currget",
    "dailyrep", "dbchkplu", "describe", "discounttypeget", "eclastdocnoget", "fmrecrd", "formcmd", "formend",
    "formformattedline", "formisstarted", "formline", "formstart", "ftrcfg", "getrealid", "hardprncancel", "login",
    "logout", "monthlyrep", "opendrwr", "papfeed", "periodicrepbydates", "periodicrepbynumbers", "prncancel", "rpt",
    "rtcget", "rtcset", "scashstate", "scnt", "scomm", "sdev", "sdrwr", "sfsk", "sid", "sprn", "stocash", "stot",
    "strns", "trdiscntbill", "trdiscntsubtot", "trend", "trftrend", "trftrln", "trinit", "trline", "trnipset",
    "trpayment", "trpaymentcanc", "trsubtotcanc", "vatget", "with_token",
)  # fmt: skip

SUPER_FORM = 200  # the form that contains every line


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


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A discount, or a surcharge: `percent` (0.01 to 99.99) or `amount` in zloty.

    Both together are a percent discount whose amount the printer verifies (error 2801). With neither, only `name` is
    printed as a line of information.
    """

    percent: Decimal | None = None
    amount: Decimal | None = None
    name: bytes | None = None
    surcharge: bool = False


class _Builder:
    """Collects the parameters of one command in the order given; None is left out."""

    def __init__(self, mnemonic: str) -> None:
        self._mnemonic = mnemonic
        self._parameters: list[Parameter] = []

    def frame(self, *, immediate: bool = False) -> Frame:
        return Frame(self._mnemonic, tuple(self._parameters), immediate=immediate)

    def text(self, name: str, value: bytes | None, *, empty: bool = True) -> None:
        if value is not None:
            if not value and not empty:
                raise BadValue(self._mnemonic, name, value, "may not be empty")
            self._add(name, value)

    def lines(self, name: str, values: Sequence[bytes] | None, *, most: int | None = None) -> None:
        if values is None:
            return
        if most is not None and len(values) > most:
            raise BadValue(self._mnemonic, name, values, f"has more than {most} lines")
        if any(b"\n" in value for value in values):
            raise BadValue(self._mnemonic, name, values, "holds a line break inside a line")
        self._add(name, b"\n".join(values))

    def money(self, name: str, value: Decimal | None) -> None:
        if value is None:
            return
        if not isinstance(value, Decimal):
            raise TypeError(f"money is Decimal, not {type(value).__name__}")
        if not value.is_finite() or value < 0 or value.scaleb(2) % 1:
            raise BadValue(self._mnemonic, name, value, "is no amount of zloty and whole grosze")
        self._add(name, b"%d" % int(value.scaleb(2)))

    def number(self, name: str, value: int | None, least: int = 0) -> None:
        if value is None:
            return
        if value < least:
            raise BadValue(self._mnemonic, name, value, f"is below {least}")
        self._add(name, b"%d" % value)

    def flag(self, name: str, value: bool | None) -> None:
        if value is not None:
            self._add(name, b"1" if value else b"0")

    def quantity(self, name: str, value: Decimal | None) -> None:
        if value is None:
            return
        if not isinstance(value, Decimal):
            raise TypeError(f"a quantity is Decimal, not {type(value).__name__}")
        if not value.is_finite() or not ONLINE.quantity_min <= value <= ONLINE.quantity_max:
            raise BadValue(self._mnemonic, name, value, "is no quantity of the printer")
        if value.scaleb(ONLINE.quantity_decimals) % 1:
            raise BadValue(self._mnemonic, name, value, f"has more than {ONLINE.quantity_decimals} decimals")
        whole, _, fraction = format(value, "f").partition(".")
        fraction = fraction[: ONLINE.quantity_decimals]
        self._add(name, f"{whole}.{fraction or '000'}".encode("ascii"))

    def percent(self, name: str, value: Decimal | None) -> None:
        if value is None:
            return
        if not isinstance(value, Decimal):
            raise TypeError(f"a percentage is Decimal, not {type(value).__name__}")
        if not value.is_finite() or value <= 0 or value.scaleb(2) % 1:
            raise BadValue(self._mnemonic, name, value, "is no percentage with two decimals")
        self._add(name, b"%d" % int(value.scaleb(2)))

    def day(self, name: str, value: date | None) -> None:
        if value is not None:
            self._add(name, value.strftime("%Y-%m-%d").encode("ascii"))

    def adjustment(self, value: Adjustment, name: str) -> None:
        if name == "na":
            self.text("na", value.name)
        self.flag("rd", not value.surcharge)
        if name != "na":
            self.text(name, value.name)
        self.percent("rp", value.percent)
        self.money("rw", value.amount)

    def _add(self, name: str, value: bytes) -> None:
        reason = malformed(FIELDS[self._mnemonic][name], value)
        if reason is not None:
            raise BadValue(self._mnemonic, name, value, reason)
        self._parameters.append(Parameter(name, value))


def _plain(mnemonic: str) -> Frame:
    return Frame(mnemonic)


def with_token(frame: Frame, number: int) -> Frame:
    """The same command with a token, 0 to 9999: the printer echoes it and `rpt` finds the answer by it."""
    if not 0 <= number <= 9999:
        raise BadValue(frame.mnemonic, "@", number, "is no token of four digits")
    return replace(frame, token=f"{number:04d}")


# --- identification and status ---


def getrealid() -> Frame:
    """Fixed identity; not on old models (see `sid`). Answer: Identity."""
    return _plain("getrealid")


def sid() -> Frame:
    """Programmable identity, on every model. Answer: Identity."""
    return _plain("sid")


def scomm() -> Frame:
    """Answer: GeneralStatus."""
    return _plain("scomm")


def sdev(*, immediate: bool = False) -> Frame:
    """Answer: DeviceStatus. `immediate` overtakes the queue: answered even while the printer waits for paper."""
    return Frame("sdev", immediate=immediate)


def sprn(*, immediate: bool = False) -> Frame:
    """Answer: PrinterStatus. `immediate` as in `sdev`."""
    return Frame("sprn", immediate=immediate)


def strns() -> Frame:
    """Answer: TransactionState."""
    return _plain("strns")


def scnt() -> Frame:
    """Answer: Counters."""
    return _plain("scnt")


def stot() -> Frame:
    """Answer: DailyTotals."""
    return _plain("stot")


def sfsk() -> Frame:
    """Answer: FiscalState."""
    return _plain("sfsk")


def vatget() -> Frame:
    """Answer: VatTable."""
    return _plain("vatget")


def rtcget() -> Frame:
    """Answer: Clock."""
    return _plain("rtcget")


def rtcset(when: datetime) -> Frame:
    """Sets the clock to the minute; `when` is the printer's local time. In fiscal mode by 2 hours at most (2023)."""
    builder = _Builder("rtcset")
    builder.text("da", when.strftime("%Y-%m-%d,%H:%M").encode("ascii"))
    return builder.frame()


def sdrwr(*, immediate: bool = False) -> Frame:
    """Answer: Drawer. Not on Temo."""
    return Frame("sdrwr", immediate=immediate)


def scashstate() -> Frame:
    """Answer: CashState."""
    return _plain("scashstate")


def eclastdocnoget(kind: int | None = None) -> Frame:
    """Number of the last document of a kind (`answers.ProtectedKind`; None: any) in protected memory.

    Answer: LastDocument. It survives a RAM clear.
    """
    builder = _Builder("eclastdocnoget")
    builder.number("ty", kind)
    return builder.frame()


def authstateget() -> Frame:
    """Answer: Authorisation; its error 480 is a success."""
    return _plain("authstateget")


def currget() -> Frame:
    """Answer: Currency."""
    return _plain("currget")


def discounttypeget() -> Frame:
    """Answer: DiscountMethod."""
    return _plain("discounttypeget")


def billcountercfgget() -> Frame:
    """Answer: ReceiptCounter."""
    return _plain("billcountercfgget")


def dbchkplu(rate: int, name: bytes) -> Frame:
    """Would this name be sold in this rate? Answer: GoodsRecord."""
    builder = _Builder("dbchkplu")
    builder.number("vt", rate)
    builder.text("na", name, empty=False)
    return builder.frame()


def rpt(token: str) -> Frame:
    """The stored answer of the command that carried this token; `ERR ?13` where it is gone."""
    return Frame("rpt", token=token)


def fmrecrd(number: int | None = None) -> Frame:
    """A daily report out of the fiscal memory. Answer: DailyRecord."""
    builder = _Builder("fmrecrd")
    builder.number("no", number)
    return builder.frame()


# --- receipt ---


def trinit(block: bool = False) -> Frame:
    """Opens a receipt. In block mode it is printed at its end, else line by line."""
    builder = _Builder("trinit")
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
) -> Frame:
    """Sells a line, or with `storno` takes one off again. `rate` is 0 to 6 for A to G, `quantity` None is 1.

    `value` is the line before the discount and is verified (2802, 2008 [?]). A storno repeats name, rate, price,
    quantity, value and discount of the line sold.
    """
    builder = _Builder("trline")
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
    return builder.frame()


def trnipset(tax_id: bytes, *, emphasised: bool | None = None, label: bytes | None = None) -> Frame:
    """The buyer's tax id, printed with the footer; between `trinit` and `trend`, the last one wins."""
    builder = _Builder("trnipset")
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
    if discount.percent is None and discount.amount is None:
        raise BadValue(mnemonic, "rw", None, "is missing: a discount has a percentage or an amount")
    builder = _Builder(mnemonic)
    builder.adjustment(discount, "na")
    return builder.frame()


def trpayment(kind: PaymentKind, amount: Decimal, *, name: bytes | None = None, change: bool = False) -> Frame:
    """Declares one payment, or with `change` what is given back in this kind."""
    builder = _Builder("trpayment")
    builder.number("ty", kind)
    builder.money("wa", amount)
    builder.text("na", name)
    builder.flag("re", change)
    return builder.frame()


def trpaymentcanc() -> Frame:
    """Takes all payments back."""
    return _plain("trpaymentcanc")


def trsubtotcanc() -> Frame:
    """Takes bill discounts and all payments back, so that selling may go on."""
    return _plain("trsubtotcanc")


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
    builder = _Builder("trend")
    builder.money("to", total)
    builder.money("op", packaging_issued)
    builder.money("om", packaging_returned)
    builder.money("re", change)
    builder.money("fp", payments)
    builder.flag("fe", finish)
    return builder.frame()


def trftrln(kind: int, text: bytes | None = None, *, wide: bool | None = None, high: bool | None = None) -> Frame:
    """A line below the receipt, after `trend(finish=False)`. Kind 25 is plain text, 38 "Info"."""
    builder = _Builder("trftrln")
    builder.number("id", kind)
    builder.text("na", text)
    builder.flag("sw", wide)
    builder.flag("sh", high)
    return builder.frame()


def trftrend() -> Frame:
    """Ends the footer that `trend(finish=False)` left open."""
    return _plain("trftrend")


def prncancel() -> Frame:
    """Cancels the open receipt or printout. With nothing open: accepted, or 2064 [open point 3]."""
    return _plain("prncancel")


def hardprncancel() -> Frame:
    """Cancels the open receipt or printout whoever opened it, on either PC interface."""
    return _plain("hardprncancel")


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
    builder = _Builder("ftrcfg")
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


# --- reports, cash, drawer, non-fiscal printouts ---


def dailyrep(day: date | None) -> Frame:
    """The daily report (Z). `day` is the printer's own date; None waits for a person at the keypad."""
    builder = _Builder("dailyrep")
    builder.day("da", day)
    return builder.frame()


def monthlyrep(month: date, *, summary: bool | None = None) -> Frame:
    """Report over a month; the day in `month` does not matter."""
    builder = _Builder("monthlyrep")
    builder.day("da", month)
    builder.flag("su", summary)
    return builder.frame()


def periodicrepbydates(first: date, last: date, *, summary: bool | None = None) -> Frame:
    """Report over the daily reports between two dates, both included."""
    builder = _Builder("periodicrepbydates")
    builder.day("fd", first)
    builder.day("td", last)
    builder.flag("su", summary)
    return builder.frame()


def periodicrepbynumbers(first: int, last: int, *, summary: bool | None = None) -> Frame:
    """Report over the daily reports between two numbers, both included."""
    builder = _Builder("periodicrepbynumbers")
    builder.number("fn", first, 1)
    builder.number("tn", last, 1)
    builder.flag("su", summary)
    return builder.frame()


def cash(amount: Decimal, *, into: bool) -> Frame:
    """Cash put into the drawer, or taken out of it; a non-fiscal slip."""
    builder = _Builder("cash")
    builder.money("kw", amount)
    builder.text("wp", b"T" if into else b"N")
    return builder.frame()


def stocash(amount: Decimal) -> Frame:
    """A goods return slip: non-fiscal, outside a receipt; it does not lower the fiscal totals."""
    builder = _Builder("stocash")
    builder.money("kw", amount)
    return builder.frame()


def opendrwr() -> Frame:
    """Opens the drawer. Not on Temo."""
    return _plain("opendrwr")


def papfeed(lines: int) -> Frame:
    """Feeds 1 to 20 lines of paper; ignored in paper-saving mode."""
    builder = _Builder("papfeed")
    builder.number("ln", lines, 1)
    return builder.frame()


def login(name: bytes, *, till: bytes | None = None, printed: bool | None = None) -> Frame:
    """Cashier's begin of work."""
    builder = _Builder("login")
    builder.text("na", name, empty=False)
    builder.text("nk", till)
    builder.flag("dr", printed)
    return builder.frame()


def logout() -> Frame:
    """Cashier's end of work."""
    return _plain("logout")


def formstart(form: int = SUPER_FORM, *, header: int | None = None, title: bytes | None = None) -> Frame:
    """Begins a non-fiscal printout. Header 84 with `title` is a "non-fiscal document" with a title of its own."""
    builder = _Builder("formstart")
    builder.number("fn", form)
    builder.number("fh", header)
    builder.text("al", title)
    return builder.frame()


def formline(
    line: int, values: Sequence[bytes], form: int = SUPER_FORM, *, wide: bool | None = None, high: bool | None = None
) -> Frame:
    """A predefined line of the form with the values that it asks for."""
    builder = _Builder("formline")
    builder.lines("s1", values)
    builder.number("fn", form)
    builder.number("fl", line)
    builder.flag("sw", wide)
    builder.flag("sh", high)
    return builder.frame()


def formformattedline(text: bytes, form: int = SUPER_FORM, *, mask: bytes | None = None) -> Frame:
    """A line with marks: &c centre, &b wide, &h high, &u underline, &i italic, &N negative, &s bold; && is an &."""
    builder = _Builder("formformattedline")
    builder.text("s1", text)
    builder.number("fn", form)
    builder.text("ma", mask)
    return builder.frame()


def formcmd(*, rule: bool, form: int = SUPER_FORM) -> Frame:
    """A rule across the paper, or a blank line."""
    builder = _Builder("formcmd")
    builder.number("fn", form)
    builder.flag("cm", rule)
    return builder.frame()


def formend(form: int = SUPER_FORM) -> Frame:
    """Ends a non-fiscal printout."""
    builder = _Builder("formend")
    builder.number("fn", form)
    return builder.frame()


def formisstarted() -> Frame:
    """Answer: FormState."""
    return _plain("formisstarted")


# --- for people ---


def describe(frame: Frame, code_page: str = DEFAULT_CODE_PAGE) -> str:
    """One line for a log, as in "trline na=Chleb vt=1 pr=200 @0042" or "trend ?2805 (fiscal value mismatch)"."""
    words = [("!" if frame.immediate else "") + frame.mnemonic]
    if frame.error is not None:
        lookup = lookup_frame_error if frame.is_frame_error else lookup_command_error
        words.append(f"?{frame.error} ({lookup(frame.error).text})")
    for parameter in frame.parameters:
        words.append(f"{_shown(parameter.name)}={_shown(decode(parameter.value, code_page))}")
    if frame.token is not None:
        words.append(f"@{frame.token}")
    return " ".join(words)


def _shown(text: str) -> str:
    escaped = {"\n": "\\n", "\\": "\\\\"}
    return "".join(escaped.get(c, c if c.isprintable() else f"\\x{ord(c):02x}") for c in text)
