"""Non-fiscal forms (`formstart` ... `formend`): only their text matters here, form 200 takes any line.

Source: protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge_simulators.paper import rule

from bridge_sim_posnet import render
from bridge_sim_posnet.documents import finish_non_fiscal
from bridge_sim_posnet.receipt import CommandError

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call
    from bridge_sim_posnet.printer import Printer

FREE_FORMS = frozenset((200, 201))  # "super forms" with every line
FORMS = frozenset(range(2, 44)) | FREE_FORMS
MAX_LINE_NUMBER = 999
MAX_FORMATTED = 96  # bytes with the marks
MAX_PRINTABLE = 56
_MARKS = "cbhuiNsH"


@dataclass(slots=True)
class Form:
    """The form that is being printed. `owner`: the PC interface."""

    number: int
    owner: str
    lines: list[str] = field(default_factory=list)


def _open(printer: Printer, call: Call) -> Form:
    if printer.form is None:
        raise CommandError(2505)
    if call.args["fn"] != printer.form.number:
        raise CommandError(2501)
    return printer.form


def _put(printer: Printer, form: Form, *lines: str) -> Answer:
    form.lines.extend(lines)
    printer.print(*lines)
    return []


def formstart(printer: Printer, call: Call) -> Answer:
    if printer.memory.open is not None:
        raise CommandError(2038)
    if printer.form is not None:
        raise CommandError(2506)
    if call.args["fn"] not in FORMS:
        raise CommandError(2501)
    printer.form = Form(call.args["fn"], call.port)
    printer.print(*render.header(printer.settings, printer.memory.counters.hn, printer.now()))
    printer.print(*render.non_fiscal_title(call.args.get("al", "")))
    return []


def formline(printer: Printer, call: Call) -> Answer:
    form = _open(printer, call)
    if call.args["fl"] > MAX_LINE_NUMBER:
        raise CommandError(2502)
    values = call.args.get("s1", "").split("\n")
    return _put(printer, form, *(values if form.number in FREE_FORMS else [" ".join(values)]))


def formformattedline(printer: Printer, call: Call) -> Answer:
    form = _open(printer, call)
    if form.number not in FREE_FORMS:
        raise CommandError(2501)
    text: str = call.args["s1"]
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
    return _put(printer, form, plain.strip().center(render.WIDTH).rstrip() if centred else plain)


def formcmd(printer: Printer, call: Call) -> Answer:
    form = _open(printer, call)
    if call.args["cm"] not in (0, 1):
        raise CommandError(2507)
    return _put(printer, form, "" if call.args["cm"] == 0 else rule(render.WIDTH))


def formend(printer: Printer, call: Call) -> Answer:
    form = _open(printer, call)
    end_form(printer, form, cancelled=False)
    return []


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
        details={"form": form.number, "cancelled": cancelled},
    )


def formisstarted(printer: Printer, call: Call) -> Answer:
    return [("is", "T" if printer.form is not None else "N")]
