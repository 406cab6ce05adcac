"""The commands that only tell, and the error mode.

Source: protocol-specs/posnet/thermal.md, "Answers", "Error modes".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bridge_posnet.thermal.frame import Sequence

from bridge_sim_posnet.arithmetic import LETTERS, RATES
from bridge_sim_posnet.names import goods_key
from bridge_sim_posnet.settings import EXEMPT, INACTIVE
from bridge_sim_posnet.thermal.texts import SequenceError

if TYPE_CHECKING:
    from bridge_sim_posnet.printer import Printer
    from bridge_sim_posnet.thermal.handlers import Call

_OLD_MOST = 21  # numbers of #s up to which the old form is answered


def error_mode(printer: Printer, call: Call) -> None:
    call.exactly(1)
    if call.number(0) > 3:
        raise SequenceError(4)
    call.interface.error_mode = call.number(0)


def last_error(printer: Printer, call: Call) -> Sequence:
    return Sequence("#E", (1,), str(call.interface.last_error).encode())


def version(printer: Printer, call: Call) -> Sequence:
    rules = printer.settings
    return Sequence("#R", (1,), f"{rules.name}/{rules.thermal_version}".encode("ascii", "replace"))


def clock(printer: Printer, call: Call) -> Sequence:
    now = printer.now()
    return Sequence("#C", (1,), f"{now.year % 100};{now.month};{now.day};{now.hour};{now.minute};0".encode())


def goods(printer: Printer, call: Call) -> Sequence:
    """`$g`: whether the goods are locked, and the rate they were last sold at."""
    name = call.texts.text(40, 38)
    call.texts.field(39)
    known = printer.memory.goods.get(goods_key(name))
    rate = _mark(printer, known.rate if known is not None else INACTIVE)
    return Sequence("$G", (1,), f"{int(known is not None and known.locked)}/{rate}/".encode())


def cash_info(printer: Printer, call: Call) -> Sequence:
    """`#s`: what is asked for stands in its number."""
    number = call.number(0)
    if number <= _OLD_MOST or (printer.settings.thermal_questions == "old" and number in (22, 23)):
        return _old_form(printer, call)
    if printer.settings.thermal_questions == "old":
        raise SequenceError(255)
    match number:
        case 22:
            return _new_form(printer, call, _open_totals(printer))
        case 23:
            return _new_form(printer, call, printer.memory.daily.receipts)
        case 24:
            return _memory(printer)
        case 28:
            return _daily(printer)
        case 50:
            zero = int(printer.memory.daily.zero)
            return Sequence("#X", (50,), f"{printer.memory.counters.hn - 1}/{zero}/0/0/0/0/".encode())
        case 100:
            totals = _open_totals(printer)
            receipt = printer.memory.open
            kind = 0 if receipt is None else 17 if receipt.block else 1
            return Sequence("#X", (100, call.number(1), kind), _slashed(printer, [sum(totals), *totals, 0, 0, 0]))
        case _:
            raise SequenceError(4)


def _head(printer: Printer, call: Call) -> str:
    """Pe;Pm;Pt;Px;Pf;Pz;Py;Pm;Pd. Reading it clears Pe."""
    memory, interface = printer.memory, call.interface
    error, interface.last_error = interface.last_error, 0
    last = memory.reports[-1].at if memory.reports else None
    day = f"{last.year % 100};{last.month};{last.day}" if last is not None else "0;1;1"
    flags = f"{int(memory.fiscal)};{int(memory.open is not None)};{int(memory.last.completed)};1;{memory.counters.cl}"
    return f"{error};{flags};{day}"


def _new_form(printer: Printer, call: Call, totals: list[int]) -> Sequence:
    memory = printer.memory
    rates = [_mark(printer, rate) for rate in memory.rates]
    fields = [_head(printer, call), *rates, str(memory.counters.bn), *(_money(printer, total) for total in totals)]
    fields += [_money(printer, memory.cash), printer.settings.unique_number]
    return Sequence("#X", (2,), "/".join(fields).encode("ascii", "replace"))


def _old_form(printer: Printer, call: Call) -> Sequence:
    """Only the rates that are defined, and no check byte."""
    memory = printer.memory
    defined = [index for index in range(RATES) if memory.rates[index] != INACTIVE]
    rates = [_mark(printer, memory.rates[index]) for index in defined]
    totals = [_money(printer, memory.daily.receipts[index]) for index in defined]
    fields = [_head(printer, call), *rates, str(memory.counters.bn), *totals, _money(printer, memory.cash)]
    text = "/".join([*fields, printer.settings.unique_number])
    return Sequence("#X", (1,), text.encode("ascii", "replace"), checked=False)


def _memory(printer: Printer) -> Sequence:
    """`24#s`: daily reports in fiscal memory, and the totals of the receipt that is open or was the last."""
    memory = printer.memory
    locked = sum(1 for goods in memory.goods.values() if goods.locked)
    head = f"26;1;1;{memory.counters.rd};{max(0, 1830 - memory.counters.rd)};{locked};"
    totals = _open_totals(printer) if memory.open is not None else memory.last.rates
    return Sequence("#X", (3,), head.encode() + _slashed(printer, totals))


def _daily(printer: Printer) -> Sequence:
    """`28#s`: what the next daily report writes."""
    now, daily = printer.now(), printer.memory.daily
    head = f"{now.year % 100};{now.month};{now.day};{now.hour};{now.minute};{now.second};{daily.pn};{daily.cn};{daily.cc};"
    return Sequence("#X", (10,), head.encode() + _slashed(printer, [daily.ct, *daily.receipts]))


def _open_totals(printer: Printer) -> list[int]:
    receipt = printer.memory.open
    return receipt.rates() if receipt is not None else [0] * len(LETTERS)


def _slashed(printer: Printer, amounts: Iterable[int]) -> bytes:
    return "".join(f"{_money(printer, amount)}/" for amount in amounts).encode()


def _money(printer: Printer, grosze: int) -> str:
    mark = "," if printer.settings.thermal_decimals == "comma" else "."
    return f"{grosze // 100}{mark}{grosze % 100:02d}"


def _mark(printer: Printer, rate: int) -> str:
    """22,00; 100 for exempt, 101 for inactive."""
    if rate in (EXEMPT, INACTIVE):
        return str(rate // 100)
    return _money(printer, rate)
