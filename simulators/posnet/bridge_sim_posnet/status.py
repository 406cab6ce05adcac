"""The commands that only tell. The order of the fields is that of the recorded answers.

Source: protocol-specs/posnet, "Identification and status", "Counters as measured"; vectors `rec-*`.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from bridge_sim_posnet.arithmetic import LETTERS, RATES, wire_rate
from bridge_sim_posnet.memory import Daily
from bridge_sim_posnet.names import goods_key
from bridge_sim_posnet.receipt import CommandError
from bridge_sim_posnet.sale import active_rate
from bridge_sim_posnet.settings import INACTIVE

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call
    from bridge_sim_posnet.printer import Printer

NEVER = ("2000-01-01;01:00", "2000-01-01T01:00:00+01:00")  # of a sale or report that has not been
OWNERS = {None: 0, "pc1": 1, "pc2": 2}


def _bool(value: bool) -> str:
    return "T" if value else "N"


def _times(at: datetime | None) -> tuple[str, str]:
    """Local time and ISO time, as they stand side by side in answers."""
    if at is None:
        return NEVER
    return f"{at:%Y-%m-%d;%H:%M}", at.isoformat(timespec="seconds")


def _per_rate(prefix: str, values: list[int]) -> Answer:
    return [(prefix + letter.lower(), value) for letter, value in zip(LETTERS, values, strict=True)]


def _rates(rates: list[int]) -> Answer:
    return [("v" + letter.lower(), wire_rate(rate)) for letter, rate in zip(LETTERS, rates, strict=True)]


def _without(printer: Printer, answer: Answer, *names: str) -> Answer:
    """Old firmware lacks some fields."""
    return [item for item in answer if item[0] not in names] if printer.settings.profile == "old" else answer


def nothing(printer: Printer, call: Call) -> Answer:
    return []


def getrealid(printer: Printer, call: Call) -> Answer:
    rules = printer.settings
    answer: Answer = [("nm", rules.name), ("vr", rules.protocol_version), ("nu", rules.unique_number), ("vf", rules.firmware)]
    return _without(printer, answer, "vf")


def sid(printer: Printer, call: Call) -> Answer:
    return [("nm", printer.settings.name), ("vr", printer.settings.protocol_version)]


def scomm(printer: Printer, call: Call) -> Answer:
    memory = printer.memory
    answer: Answer = [
        ("fs", _bool(memory.fiscal)),
        ("tz", _bool(memory.daily.zero)),
        ("ts", memory.open.type if memory.open is not None and memory.open.phase != "footer" else 0),
        ("hr", _bool(memory.header)),
        ("nu", printer.settings.unique_number),
        ("td", _bool(memory.read_only)),
    ]
    return _without(printer, answer, "td")


def sdev(printer: Printer, call: Call) -> Answer:
    hands_off = printer.paper_loaded and printer.cover_closed
    device = 2 if printer.waiting_for_key else 0 if hands_off else 3
    busy = sum(len(port.queue) + (port.running is not None) for port in printer.ports.values())
    queue_empty = busy == (0 if call.immediate else 1)  # a queued sdev does not count itself
    return [
        ("ds", device),
        ("cp", "T"),
        ("qe", _bool(queue_empty)),
        ("pe", _bool(not printer.paper_loaded)),
        ("tl", OWNERS[printer.owner()]),
    ]


def sprn(printer: Printer, call: Call) -> Answer:
    return [("pr", 1 if not printer.cover_closed else 0 if printer.paper_loaded else 5)]


def sdrwr(printer: Printer, call: Call) -> Answer:
    return [("ds", 0 if printer.drawer_open else 1), ("ks", 2)]


def strns(printer: Printer, call: Call) -> Answer:
    last, receipt = printer.memory.last, printer.memory.open
    selling = receipt is not None and receipt.phase != "footer"
    if receipt is not None and selling:
        rates, paid, change = receipt.rates(), receipt.paid, receipt.change
    else:
        rates, paid, change = last.rates, last.paid, last.change
    return [
        ("to", int(selling)),
        ("ts", last.type),
        *_per_rate("v", rates),
        ("pp", 0),
        ("pm", 0),
        ("re", change),
        ("fp", paid),
        ("fe", _bool(last.footer_open)),
    ]


def scnt(printer: Printer, call: Call) -> Answer:
    counters = printer.memory.counters
    return [
        ("rd", counters.rd),
        ("hn", counters.hn),
        ("bn", counters.bn),
        ("fn", counters.fn),
        ("nu", printer.settings.unique_number),
        ("bc", counters.bc),
        ("bt", counters.bt),
        ("fc", counters.fc),
    ]


def stot(printer: Printer, call: Call) -> Answer:
    daily, memory = printer.memory.daily, printer.memory
    first, last = _times(daily.first), _times(daily.last)
    answer: Answer = [
        ("no", memory.counters.rd + 1),
        *_per_rate("f", [0] * RATES),
        ("fn", 0),
        *_per_rate("p", daily.receipts),
        ("pn", daily.pn),
        ("ct", daily.ct),
        ("cn", daily.cn),
        ("cc", daily.cc),
        *_rates(memory.rates),
        ("ds", first[0]),
        ("is", first[1]),
        ("de", last[0]),
        ("ie", last[1]),
        ("ft", 0),
        ("fl", 0),
        ("nf", daily.nf),
        ("bc", daily.bc),
        ("le", 0),
        ("oe", 0),
        ("tf", 0),
    ]
    return _without(printer, answer, "is", "ie")


def sfsk(printer: Printer, call: Call) -> Answer:
    memory, counters = printer.memory, printer.memory.counters
    at = memory.reports[-1].at if memory.reports and memory.fiscal else None
    answer: Answer = [
        ("fs", _bool(memory.fiscal)),
        ("cl", counters.cl if memory.fiscal else 0),
        ("rd", counters.rd),
        ("vt", counters.vt),
        *_rates(memory.rates),
        ("rw", _times(at)[0]),
        ("tm", _times(at)[1]),
        ("nu", printer.settings.unique_number),
    ]
    return _without(printer, answer, "tm")


def vatget(printer: Printer, call: Call) -> Answer:
    return _rates(printer.memory.rates)


def rtcget(printer: Printer, call: Call) -> Answer:
    local, iso = _times(printer.now())
    return _without(printer, [("da", local), ("tm", iso)], "tm")


def scashstate(printer: Printer, call: Call) -> Answer:
    return [("cs", printer.memory.cash)]


def eclastdocnoget(printer: Printer, call: Call) -> Answer:
    memory = printer.memory
    if "ty" not in call.args:
        return [("di", memory.protected_last)]
    return [("di", memory.protected.get(str(call.args["ty"]), 0))]


def authstateget(printer: Printer, call: Call) -> Answer:
    """Error 480 is a success: authorised without limit."""
    if printer.settings.authorisation_days < 0:
        raise CommandError(480)
    return [("il", printer.settings.authorisation_days)]


def currget(printer: Printer, call: Call) -> Answer:
    return [("na", "PLN")]


def billcountercfgget(printer: Printer, call: Call) -> Answer:
    return [("dl", _bool(printer.settings.receipt_counter == "daily"))]


def discounttypeget(printer: Printer, call: Call) -> Answer:
    return [("dt", printer.settings.discount_type)]


def dbchkplu(printer: Printer, call: Call) -> Answer:
    active_rate(printer, call.args["vt"])
    goods = printer.memory.goods.get(goods_key(call.args["na"]))
    return [("vv", wire_rate(goods.rate if goods else INACTIVE)), ("bl", _bool(goods.locked if goods else False))]


def fmrecrd(printer: Printer, call: Call) -> Answer:
    """A daily report from fiscal memory, the last one without `no`. The order of its fields is not published [?]."""
    reports = printer.memory.reports
    number = call.args.get("no", reports[-1].number if reports else 0)
    report = next((report for report in reports if report.number == number), None)
    if report is None:
        raise CommandError(384)
    daily: Daily = report.daily
    local, iso = _times(report.at)
    figures = f"{number};{iso};{daily.receipts};{daily.pn};{daily.cn};{daily.ct}"
    answer: Answer = [
        ("da", local),
        ("tm", iso),
        ("no", report.number),
        *_per_rate("f", [0] * RATES),
        ("fn", 0),
        *_per_rate("p", daily.receipts),
        ("pn", daily.pn),
        ("cn", daily.cn),
        ("ct", daily.ct),
        ("cc", daily.cc),
        ("nf", daily.nf),
        *_rates(report.rates),
        ("si", hashlib.sha256(figures.encode()).hexdigest().upper()),
    ]
    return _without(printer, answer, "tm")
