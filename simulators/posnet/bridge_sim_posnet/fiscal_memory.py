"""What fiscal memory tells: its records in the order of their writing, and each kind by its own number.

Source: protocol-specs/posnet, "Identification and status" (`fmrec...`). The signature of a report is a digest of its figures.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bridge_sim_posnet.memory import (
    RECORD_CLEAR,
    RECORD_CLOCK,
    RECORD_FISCAL,
    RECORD_POWER,
    RECORD_READ_ONLY,
    RECORD_REPORT,
    RECORD_VAT,
    Daily,
    Record,
)
from bridge_sim_posnet.receipt import CommandError
from bridge_sim_posnet.status import boolean, per_rate, rates_told, times, without

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call, Handler
    from bridge_sim_posnet.printer import Printer

NO_RECORD = 384


def _records(printer: Printer) -> list[Record]:
    """All records. Reports that were there before this memory's first record stand where their dates put them."""
    memory = printer.memory
    known = {record.number for record in memory.records if record.type == RECORD_REPORT}
    older = [Record(RECORD_REPORT, report.number, report.at) for report in memory.reports if report.number not in known]
    return sorted([*memory.records, *older], key=lambda record: record.at) if older else memory.records


def fmrectypeget(printer: Printer, call: Call) -> Answer:
    """Kind and own number of the record with this number, which counts from 0."""
    records, number = _records(printer), call.args["no"]
    if number >= len(records):
        if printer.settings.fiscal_record_missing == "384":
            raise CommandError(NO_RECORD)
        return [("ty", 0), ("no", 0)]
    return [("ty", records[number].type), ("no", records[number].number)]


def fmrecfindbydate(printer: Printer, call: Call) -> Answer:
    """Number of the first record at or after this time. 384."""
    wanted = call.args["da"].replace(tzinfo=printer.zone)
    for number, record in enumerate(_records(printer)):
        if record.at.replace(second=0, microsecond=0) >= wanted:
            return [("no", number)]
    raise CommandError(NO_RECORD)


def _find(printer: Printer, call: Call, kind: int) -> Record:
    """The record of this kind with this number, the last one without a number. 384."""
    records = [record for record in _records(printer) if record.type == kind]
    number = call.args.get("no", records[-1].number if records else 0)
    for record in records:
        if record.number == number:
            return record
    raise CommandError(NO_RECORD)


def _simple(kind: int, *fields: str) -> Handler:
    """A record of its time, its number and some fields as they were written."""

    def handler(printer: Printer, call: Call) -> Answer:
        record = _find(printer, call, kind)
        local, iso = times(record.at)
        told = [(name, record.data.get(name, "0")) for name in fields]
        return without(printer, [("da", local), ("tm", iso), ("no", record.number), *told], "tm")

    return handler


fmrecvat = _simple(RECORD_VAT, *("v" + letter for letter in "abcdefg"))
fmrecclr = _simple(RECORD_CLEAR, "r1", "r2")
fmrecend = _simple(RECORD_READ_ONLY, "re")
fmrecpowerfail = _simple(RECORD_POWER)
fmrecdatetime = _simple(RECORD_CLOCK, "nt", "ni", "ot", "oi")


def fmrecfisc(printer: Printer, call: Call) -> Answer:
    record = _find(printer, call, RECORD_FISCAL)
    local, iso = times(record.at)
    return [
        ("da", local),
        ("tm", iso),
        ("ni", printer.settings.nip),
        ("no", record.number),
        ("am", 0),
        ("rn", record.data.get("rn", "")),
        ("fn", record.data.get("fn", "")),
        ("bc", boolean(printer.settings.receipt_counter == "daily")),
        ("na", "PLN"),
        *rates_told(printer.memory.rates),
    ]


def fmrecrd(printer: Printer, call: Call) -> Answer:
    """A daily report, the last one without `no`. 384."""
    reports = printer.memory.reports
    number = call.args.get("no", reports[-1].number if reports else 0)
    report = next((report for report in reports if report.number == number), None)
    if report is None:
        raise CommandError(NO_RECORD)
    daily: Daily = report.daily
    local, iso = times(report.at)
    first, last = times(daily.first), times(daily.last)
    figures = f"{number};{iso};{daily.receipts};{daily.invoices};{daily.pn};{daily.fn};{daily.cn};{daily.ct}"
    answer: Answer = [
        ("da", local),
        ("tm", iso),
        ("no", report.number),
        *per_rate("f", daily.invoices),
        ("fn", daily.fn),
        ("fo", daily.ft),
        ("fl", daily.fl),
        *per_rate("p", daily.receipts),
        ("pn", daily.pn),
        ("ct", daily.ct),
        ("cn", daily.cn),
        ("cc", daily.cc),
        ("nn", daily.nf),
        ("ss", first[0]),
        ("is", first[1]),
        ("se", last[0]),
        ("ie", last[1]),
        ("fs", daily.bc),
        ("lt", daily.le),
        ("ot", daily.oe),
        ("ft", daily.tf),
        ("si", hashlib.sha256(figures.encode()).hexdigest().upper()),
    ]
    return without(printer, answer, "tm", "is", "ie")
