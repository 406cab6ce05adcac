"""Non-fiscal forms (`formstart` ... `formend`): only their text matters here, form 200 takes any line. A pro forma invoice
is one of them: form 200 with header 84 and its title in `al`.

Source: protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge_simulators.paper import rule

from bridge_sim_posnet import render
from bridge_sim_posnet.arithmetic import LETTERS, wire_rate
from bridge_sim_posnet.documents import finish_non_fiscal, head
from bridge_sim_posnet.names import goods_key
from bridge_sim_posnet.receipt import CommandError
from bridge_sim_posnet.sale import active_rate

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call
    from bridge_sim_posnet.printer import Printer

SUPER, WIDE = 200, 201  # forms with every line; the wide one needs paper of 80 mm, which is not in
GOODS_CHECK = 0  # the report that `dbchkstart` begins; no form has this number
FORMS = frozenset((*range(2, 44), SUPER, WIDE))
MAX_LINE_NUMBER = 711
TITLED = 84  # header of the super form that takes a title of its own
ONE_VALUE = frozenset((664, 711))  # lines that are one free text
MAX_TITLE = 40
MAX_CODE = 51  # characters of a bar code
MIN_PLAIN = 3  # characters that a mask must leave
MAX_FORMATTED = 96  # bytes with the marks
MAX_PRINTABLE = 56
_MARKS = "cbhuwiNsH"


@dataclass(slots=True)
class Form:
    """The form that is being printed. `owner`: the PC interface."""

    number: int
    owner: str
    title: str = ""
    lines: list[str] = field(default_factory=list)


def _open(printer: Printer, call: Call) -> Form:
    assert printer.form is not None  # state FORM
    if call.args["fn"] != printer.form.number:
        raise CommandError(2501)
    return printer.form


def _put(printer: Printer, form: Form, *lines: str) -> Answer:
    form.lines.extend(lines)
    printer.print(*lines)
    return []


def formstart(printer: Printer, call: Call) -> Answer:
    """2501, 2508, 2503."""
    number, title = call.args["fn"], call.args.get("fh", 0)
    if number not in FORMS:
        raise CommandError(2501)
    if number == WIDE:
        raise CommandError(2508)
    if title > TITLED:
        raise CommandError(2503)
    named = call.args.get("al", "")[:MAX_TITLE] if number == SUPER and title == TITLED else ""
    _begin(printer, call, number, named)
    return []


def _begin(printer: Printer, call: Call, number: int, title: str) -> None:
    printer.form = Form(number, call.port, title)
    head(printer)
    printer.print(*render.non_fiscal_title(title))


def _no_receipt(*texts: str) -> None:
    """Free text must not pass for a receipt. 2055."""
    if any("paragon fiskalny" in " ".join(text.lower().split()) for text in texts):
        raise CommandError(2055)


def formline(printer: Printer, call: Call) -> Answer:
    """2502, 2504, 2055."""
    form, number = _open(printer, call), call.args["fl"]
    if number > MAX_LINE_NUMBER:
        raise CommandError(2502)
    if form.number == SUPER and number in ONE_VALUE and not call.args.get("s1"):
        raise CommandError(2504)
    values = call.args.get("s1", "").split("\n")
    _no_receipt(*values)
    lines = values if form.number == SUPER else [" ".join(values)]
    return _put(printer, form, *(render.wide(line) if call.args.get("sw") else line for line in lines))


def formformattedline(printer: Printer, call: Call) -> Answer:
    form = _open(printer, call)
    if form.number != SUPER:
        raise CommandError(2501)
    text: str = call.args["s1"]
    _no_receipt(text)
    plain, centred, place = "", False, 0
    while place < len(text):
        if text[place] == "&" and place + 1 < len(text) and text[place + 1] in _MARKS + "&":
            centred = centred or text[place + 1] == "c"
            plain += "&" if text[place + 1] == "&" else ""
            place += 2
        else:
            plain += text[place]
            place += 1
    if len(text) > MAX_FORMATTED or len(plain) > MAX_PRINTABLE:
        raise CommandError(2057)
    mask: str = call.args.get("ma", "")
    if any(mark in "*#" for mark in mask) and sum(mark not in "*#" for mark in mask.ljust(len(text))[: len(text)]) < MIN_PLAIN:
        raise CommandError(2509)
    return _put(printer, form, plain.strip().center(render.WIDTH).rstrip() if centred else plain)


def formtinyline(printer: Printer, call: Call) -> Answer:
    """2057, 2055."""
    form = _open(printer, call)
    if len(call.args["s1"]) > MAX_PRINTABLE:
        raise CommandError(2057)
    _no_receipt(call.args["s1"])
    return _put(printer, form, call.args["s1"])


def formbarcode(printer: Printer, call: Call) -> Answer:
    """EAN 128, or EAN 13 whose check digit is computed where it is missing. 2059."""
    form, code = _open(printer, call), call.args["bc"]
    if call.args.get("bt", 0) == 1:
        code = ean13(code)
    elif not code or len(code) > MAX_CODE or not code.isascii():
        raise CommandError(2059)
    return _put(printer, form, *render.centred(f"||| {code} |||"))


def ean13(digits: str) -> str:
    """The code with its check digit. 2059."""
    if not digits.isascii() or not digits.isdigit() or len(digits) not in (12, 13):
        raise CommandError(2059)
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits[:12]))
    whole = digits[:12] + str(-weighted % 10)
    if digits not in (whole, whole[:12]):
        raise CommandError(2059)
    return whole


def formbarcode2d(printer: Printer, call: Call) -> Answer:
    """3200 where no 2D code was prepared."""
    form = _open(printer, call)
    if not printer.memory.code:
        raise CommandError(3200)
    return _put(printer, form, *render.code_block(printer.memory.take_code()))


def formimage(printer: Printer, call: Call) -> Answer:
    """3250 no such slot, 3251 an empty one."""
    form, number = _open(printer, call), call.args["no"]
    if not 1 <= number <= 500:
        raise CommandError(3250)
    if str(number) not in printer.settings.graphics.replace(" ", "").split(","):
        raise CommandError(3251)
    return _put(printer, form, *render.centred(f"[grafika {number}]"))


def formcmd(printer: Printer, call: Call) -> Answer:
    form = _open(printer, call)
    if call.args["cm"] not in (0, 1):
        raise CommandError(2507)
    return _put(printer, form, "" if call.args["cm"] == 0 else rule(render.WIDTH))


def formend(printer: Printer, call: Call) -> Answer:
    end_form(printer, _open(printer, call), cancelled=False)
    return []


# --- the goods base, checked against that of the till


def dbchkstart(printer: Printer, call: Call) -> Answer:
    _begin(printer, call, GOODS_CHECK, "Raport kontroli bazy PLU" if call.args["ty"] == 1 else "Raport towarów zablokowanych")
    return []


def dbchkline(printer: Printer, call: Call) -> Answer:
    """A name and the rate that the till has for it, beside the printer's own. 2505, 2000, 2104."""
    form = _goods_check(printer)
    rate = active_rate(printer, call.args["vt"])
    if not goods_key(call.args["na"]):
        raise CommandError(2104)
    goods = printer.memory.goods.get(goods_key(call.args["na"]))
    own = wire_rate(goods.rate) if goods is not None else "?"
    lock = " *" if goods is not None and goods.lowered else ""
    figures = render.row(f"  {LETTERS[rate]} {wire_rate(printer.memory.rates[rate])} %", f"{own}{lock}")
    return _put(printer, form, call.args["na"], *figures)


def dbchkend(printer: Printer, call: Call) -> Answer:
    end_form(printer, _goods_check(printer), cancelled=False)
    return []


def _goods_check(printer: Printer) -> Form:
    assert printer.form is not None  # state FORM
    if printer.form.number != GOODS_CHECK:
        raise CommandError(2505)
    return printer.form


def end_form(printer: Printer, form: Form, *, cancelled: bool) -> None:
    """The form's printout ends; a cancelled one has used its header and counts as a printout too."""
    if cancelled:
        printer.print(*render.cancelled())
    printer.form = None
    finish_non_fiscal(
        printer,
        "non_fiscal",
        0,
        origin=form.owner,
        lines=[{"text": text} for text in form.lines],
        details={"form": form.number, "title": form.title, "cancelled": cancelled},
    )


def formisstarted(printer: Printer, call: Call) -> Answer:
    return [("is", "T" if printer.form is not None else "N")]
