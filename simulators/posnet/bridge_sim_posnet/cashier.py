"""Who works at the till, and what stands below the next document: `login`, `logout`, `ftrcfg`, `ftrinfoset`, 2D codes.

Source: protocol-specs/posnet, "Receipt" (`ftrcfg`, 2D codes), "Reports, cash, drawer, display, non-fiscal".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bridge_sim_posnet import render
from bridge_sim_posnet.documents import finish_non_fiscal, head
from bridge_sim_posnet.receipt import CommandError

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call
    from bridge_sim_posnet.printer import Printer

MAX_INFO_LINES = 3
MAX_CODE_BYTES = 2000
MIN_PIXEL = 2
CODE_WIDTH = 384  # dots across paper of 57 mm
LEVELS = {"pdf417code": 8}  # highest level of error correction, 3 for the others


def login(printer: Printer, call: Call) -> Answer:
    """Another cashier who is still logged in makes room; the figures of each are kept apart (`shiftrep`)."""
    memory = printer.memory
    if not call.args["na"].strip():
        raise CommandError(2056)
    memory.cashier, memory.till, memory.logged_in = call.args["na"], call.args.get("nk", memory.till), True
    memory.shift(printer.now())
    _slip(printer, call, "Rozpoczęcie pracy kasjera")
    return []


def logout(printer: Printer, call: Call) -> Answer:
    """2063 where somebody else is logged in."""
    memory = printer.memory
    if memory.logged_in and call.args.get("na", memory.cashier) != memory.cashier:
        raise CommandError(2063)
    _slip(printer, call, "Zakończenie pracy kasjera")
    memory.cashier, memory.logged_in = "", False
    return []


def _slip(printer: Printer, call: Call, title: str) -> None:
    if call.args.get("dr"):
        head(printer)
        printer.print(*render.non_fiscal_title(title))
        printer.print(f"Kasjer {printer.memory.cashier or render.NO_CASHIER}")
        if call.args.get("nk"):
            printer.print(f"Numer kasy {call.args['nk']}")
        finish_non_fiscal(printer, "non_fiscal", 0, origin=call.port)


def _info_lines(text: str) -> list[str]:
    """Up to three lines; empty ones in front and behind do not count. 2058."""
    lines = text.strip("\n").split("\n") if text.strip("\n") else []
    if len(lines) > MAX_INFO_LINES:
        raise CommandError(2058)
    return lines


def ftrcfg(printer: Printer, call: Call) -> Answer:
    """What is not sent stays as it was, but number and bar code count for one document. 2058."""
    footer, args = printer.memory.footer(call.port), call.args
    lines = _info_lines(args["ln"]) if "ln" in args else footer.lines
    footer.cashier = args.get("cc", footer.cashier)
    footer.till = args.get("cn", footer.till)
    footer.keep = args.get("ca", footer.keep)
    footer.system_number = args.get("sn", "")
    footer.barcode = args.get("bc", "")
    footer.lines = lines
    footer.keep_lines = args.get("lb", False)
    if args.get("bb", 0) <= 2:
        footer.code_place = args.get("bb", 0)
    if args.get("fe", 0) <= 3:
        footer.ending = args.get("fe", 0)
    return []


def ftrinfoset(printer: Printer, call: Call) -> Answer:
    """2058."""
    footer = printer.memory.footer(call.port)
    footer.lines = _info_lines(call.args["tx"])
    footer.keep_lines = call.args.get("lb", False)
    return []


def ftrinfoget(printer: Printer, call: Call) -> Answer:
    return [("tx", "\n".join(printer.memory.footer(call.port).lines))]


# --- 2D codes


def prepare_code(printer: Printer, call: Call) -> Answer:
    """`qrcode` and its kin: ready to be printed once. 2056, 2080, 2081, 3206, 3209, 3210, 3207, 3203, 3201."""
    args, text = call.args, call.args["tx"]
    if not text:
        raise CommandError(2056)
    if args.get("hx"):
        if len(text) % 2:
            raise CommandError(2080)
        if not re.fullmatch("[0-9A-Fa-f]+", text):
            raise CommandError(2081)
        text = bytes.fromhex(text).decode("latin-1")
    if len(text) > MAX_CODE_BYTES:
        raise CommandError(3206)
    if args.get("el", 0) > LEVELS.get(call.name, 3):
        raise CommandError(3209)
    pixel = args.get("px", MIN_PIXEL)
    if pixel < MIN_PIXEL:
        raise CommandError(3210)
    if not 1 <= args.get("cc", 1) <= 30:
        raise CommandError(3207)
    if not 1 <= args.get("yx", 3) <= 50:
        raise CommandError(3203)
    # A QR code of n bytes has about sqrt(12 n) + 21 modules a side: exact enough to refuse what surely does not fit.
    if pixel * (21 + (12 * len(text)) ** 0.5) > CODE_WIDTH:
        raise CommandError(3201)
    printer.memory.code = "".join(mark if mark.isprintable() else "." for mark in text)
    return []
