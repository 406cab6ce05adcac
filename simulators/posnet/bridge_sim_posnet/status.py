"""The commands that only tell. The order of the fields is that of the recorded answers.

Source: protocol-specs/posnet, "Identification and status", "Counters as measured"; vectors `rec-*`.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bridge_sim_posnet.arithmetic import LETTERS, wire_rate
from bridge_sim_posnet.names import goods_key
from bridge_sim_posnet.receipt import CommandError
from bridge_sim_posnet.settings import INACTIVE

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call
    from bridge_sim_posnet.printer import Printer

NEVER = ("2000-01-01;01:00", "2000-01-01T01:00:00+01:00")  # of a sale or report that has not been
WARNING = timedelta(days=14)  # how long before its end the subscription warns
OWNERS = {None: 0, "pc1": 1, "pc2": 2}


def boolean(value: bool) -> str:
    return "T" if value else "N"


def times(at: datetime | None) -> tuple[str, str]:
    """Local time and ISO time, as they stand side by side in answers."""
    if at is None:
        return NEVER
    return f"{at:%Y-%m-%d;%H:%M}", at.isoformat(timespec="seconds")


def per_rate(prefix: str, values: list[int]) -> Answer:
    return [(prefix + letter.lower(), value) for letter, value in zip(LETTERS, values, strict=True)]


def rates_told(rates: list[int]) -> Answer:
    return [("v" + letter.lower(), wire_rate(rate)) for letter, rate in zip(LETTERS, rates, strict=True)]


def without(printer: Printer, answer: Answer, *names: str) -> Answer:
    """Old firmware lacks some fields."""
    return [item for item in answer if item[0] not in names] if printer.settings.profile == "old" else answer


def getrealid(printer: Printer, call: Call) -> Answer:
    """The fixed identity; `progid` does not reach it."""
    rules = printer.settings
    answer: Answer = [("nm", rules.name), ("vr", rules.protocol_version), ("nu", rules.unique_number), ("vf", rules.firmware)]
    return without(printer, answer, "vf")


def sid(printer: Printer, call: Call) -> Answer:
    names = printer.memory.names
    return [("nm", names.get("nm", printer.settings.name)), ("vr", names.get("vr", printer.settings.protocol_version))]


def getprogfiscid(printer: Printer, call: Call) -> Answer:
    return [("nu", printer.identity_number)]


def certinfoget(printer: Printer, call: Call) -> Answer:
    """A certificate of the printer: whether it is right, until when, its digest and number."""
    until = printer.due_date(printer.settings.certificate)
    digest = (
        hashlib.sha1(f"{printer.settings.unique_number}/{call.args['id']}".encode(), usedforsecurity=False).hexdigest().upper()
    )
    return [
        ("id", call.args["id"]),
        ("ok", boolean(printer.memory.fiscal)),
        ("da", f"{until:%Y-%m-%d}"),
        ("fp", ":".join(digest[at : at + 2] for at in range(0, 40, 2))),
        ("sn", digest[:8]),
    ]


def subgettime(printer: Printer, call: Call) -> Answer:
    """From when on the subscription warns, and from when on it locks the sale."""
    until = printer.due_date(printer.settings.subscription)
    return [("wt", times(until - WARNING)[1]), ("lt", times(until)[1])]


def nextmaintenanceget(printer: Printer, call: Call) -> Answer:
    return [("da", f"{printer.inspection():%Y-%m-%d}")]


def usetypeget(printer: Printer, call: Call) -> Answer:
    """1: fixed. 2034."""
    return [("ty", _only_fiscal(printer, 1))]


def ownershiptypeget(printer: Printer, call: Call) -> Answer:
    """1: owned. 2034."""
    return [("ty", _only_fiscal(printer, 1))]


def _only_fiscal(printer: Printer, value: int) -> int:
    if not printer.memory.fiscal:
        raise CommandError(2034)
    return value


def scomm(printer: Printer, call: Call) -> Answer:
    memory = printer.memory
    answer: Answer = [
        ("fs", boolean(memory.fiscal)),
        ("tz", boolean(memory.daily.zero)),
        ("ts", memory.open.type if memory.open is not None and memory.open.phase != "footer" else 0),
        ("hr", boolean(memory.header)),
        ("nu", printer.identity_number),
        ("td", boolean(memory.read_only)),
    ]
    return without(printer, answer, "td")


def sdev(printer: Printer, call: Call) -> Answer:
    hands_off = printer.paper_loaded and printer.cover_closed and not printer.settings.mechanism
    device = 2 if printer.waiting_for_key else 0 if hands_off else 3
    busy = sum(len(port.queue) + (port.running is not None) for port in printer.ports.values())
    queue_empty = busy == (0 if call.immediate else 1)  # a queued sdev does not count itself
    return [
        ("ds", device),
        ("cp", "T"),
        ("qe", boolean(queue_empty)),
        ("pe", boolean(printer.settings.near_end)),  # a sensor of its own: paper that is out does not show here
        ("tl", OWNERS[printer.owner()]),
    ]


def sprn(printer: Printer, call: Call) -> Answer:
    if not printer.cover_closed:
        return [("pr", 1)]
    return [("pr", printer.settings.mechanism if printer.paper_loaded else 5)]


def sdrwr(printer: Printer, call: Call) -> Answer:
    return [("ds", 0 if printer.drawer_open else 1), ("ks", 2)]


def strns(printer: Printer, call: Call) -> Answer:
    last, receipt = printer.memory.last, printer.memory.open
    selling = receipt is not None and receipt.phase != "footer"
    if receipt is not None and selling:
        rates, paid, change = receipt.rates(), receipt.paid, receipt.change
        packs = receipt.packs_issued, receipt.packs_returned
    else:
        rates, paid, change = last.rates, last.paid, last.change
        packs = last.packs_issued, last.packs_returned
    return [
        ("to", int(selling)),
        ("ts", last.type),
        *per_rate("v", rates),
        ("pp", packs[0]),
        ("pm", packs[1]),
        ("re", change),
        ("fp", paid),
        ("fe", boolean(last.footer_open)),
    ]


def scnt(printer: Printer, call: Call) -> Answer:
    counters = printer.memory.counters
    return [
        ("rd", counters.rd),
        ("hn", counters.hn),
        ("bn", counters.bn),
        ("fn", counters.fn),
        ("nu", printer.identity_number),
        ("bc", counters.bc),
        ("bt", counters.bt),
        ("fc", counters.fc),
    ]


def stot(printer: Printer, call: Call) -> Answer:
    daily, memory = printer.memory.daily, printer.memory
    first, last = times(daily.first), times(daily.last)
    answer: Answer = [
        ("no", memory.counters.rd + 1),
        *per_rate("f", daily.invoices),
        ("fn", daily.fn),
        *per_rate("p", daily.receipts),
        ("pn", daily.pn),
        ("ct", daily.ct),
        ("cn", daily.cn),
        ("cc", daily.cc),
        *rates_told(memory.rates),
        ("ds", first[0]),
        ("is", first[1]),
        ("de", last[0]),
        ("ie", last[1]),
        ("ft", daily.ft),
        ("fl", daily.fl),
        ("nf", daily.nf),
        ("bc", daily.bc),
        ("le", daily.le),
        ("oe", daily.oe),
        ("tf", daily.tf),
    ]
    return without(printer, answer, "is", "ie")


def sfsk(printer: Printer, call: Call) -> Answer:
    memory, counters = printer.memory, printer.memory.counters
    at = memory.reports[-1].at if memory.reports and memory.fiscal else None
    answer: Answer = [
        ("fs", boolean(memory.fiscal)),
        ("cl", counters.cl if memory.fiscal else 0),
        ("rd", counters.rd if memory.fiscal else 0),
        ("vt", counters.vt if memory.fiscal else 0),
        *rates_told(memory.rates),
        ("rw", times(at)[0]),
        ("tm", times(at)[1]),
        ("nu", printer.identity_number),
    ]
    return without(printer, answer, "tm")


def vatget(printer: Printer, call: Call) -> Answer:
    return rates_told(printer.memory.rates)


def rtcget(printer: Printer, call: Call) -> Answer:
    local, iso = times(printer.now())
    return without(printer, [("da", local), ("tm", iso)], "tm")


def scashstate(printer: Printer, call: Call) -> Answer:
    return [("cs", printer.memory.cash)]


def currrateget(printer: Printer, call: Call) -> Answer:
    """The conversion on receipts; the rate has six implied decimals."""
    set_to = printer.memory.currency
    rate = set_to.get("ra", "0").zfill(7)
    return [("on", boolean(bool(set_to))), ("ra", rate), ("na", set_to.get("na", "")), ("di", set_to.get("di", "N"))]


def sdspexternal(printer: Printer, call: Call) -> Answer:
    return [("id", 1), ("ex", "N")]


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
    return [("dl", boolean(printer.settings.receipt_counter == "daily"))]


def discounttypeget(printer: Printer, call: Call) -> Answer:
    return [("dt", printer.memory.discount_type)]


def dbchkplu(printer: Printer, call: Call) -> Answer:
    """The rate is not looked at; 101,00 for a name that was never sold."""
    goods = printer.memory.goods.get(goods_key(call.args["na"]))
    return [("vv", wire_rate(goods.rate if goods else INACTIVE)), ("bl", boolean(goods.locked if goods else False))]
