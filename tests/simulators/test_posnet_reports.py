"""Reports of the simulated printer with their figures, its fiscal memory, and reprints from protected memory."""

from __future__ import annotations

import asyncio
from datetime import datetime
from decimal import Decimal

import pytest
from bridge_sim_posnet.family import PosnetSimulator
from bridge_sim_posnet.printer import Printer
from posnet_host import WARSAW, Host, SetClock, in_virtual_time, new_printer

TODAY = "dailyrep|da2026-10-09"


def sell_and_report(host: Host, price: int, rate: int = 0) -> None:
    host.sell(price, rate=rate)
    host.do(f"dailyrep|da{host.printer.now():%Y-%m-%d}")


def test_the_daily_report_adds_receipts_and_invoices_and_computes_tax_from_the_days_gross() -> None:
    host = Host(new_printer())
    for _ in range(3):
        host.sell(333, rate=0)
    host.do("trinit|bm0", "trline|naSok|vt1|pr500", "trpack|pr100|il2", "trend|to500|op200")
    host.do("trinit|bm0", "trline|naSok|vt1|pr500", "prncancel", "stocash|kw100")
    host.do("trfvinit", "trfvbuyer|naFirma|ni1|sc0", "trfvnumber|nb1|sc0", "trline|naSok|vt1|pr1000", "trend")
    host.do(TODAY)
    report = host.printer.documents()[-1]
    assert (report.kind, report.number, report.total) == ("daily_report", "1", "24.99")
    assert report.taxes == {"A": "9.99", "B": "15.00"}
    told = report.details
    assert (told["receipts"], told["cancelled"], told["cancelled_total"], told["non_fiscal"]) == (4, 1, "5.00", 1)
    assert (told["invoices"], told["invoice_taxes"], told["packaging_issued"]) == (1, {"B": "10.00"}, "2.00")
    # 9.99 at 23 % hold 1.87, although three receipts of 3.33 held 0.62 each; 5.00 and 10.00 at 8 %: 0.37 and 0.74.
    assert told["tax"] == "2.98"
    paper = host.printer.paper()
    for line in (
        "SPRZEDAŻ OPODATKOWANA PTU A         8,12",
        "SPRZEDAŻ OPODATKOWANA PTU BFV       9,26",
        "KWOTA PTU BFV                       0,74",
    ):
        assert line in paper, line
    assert "PARAGONY 4                     FAKTURY 1" in paper
    assert "PARAGONY ANULOWANE              1 / 5,00" in paper
    assert host.ask("fmrecrd").startswith("fmrecrd da2026-10-09;11:48 tm2026-10-09T11:48:14+02:00 no1 fa0 fb1000")
    assert (host.value("fmrecrd", "pa"), host.value("fmrecrd", "fn"), host.value("fmrecrd", "ct")) == ("999", "1", "500")
    assert host.value("scnt", "fn") == "1"
    assert host.value("stot", "fn") == "0"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("periodicrepbydates|fd2026-10-12|td2026-10-13", 2045),
        ("periodicrepbydates|fd2026-09-01|td2026-09-30", 2046),
        ("periodicrepbydates|fd2026-10-11|td2026-10-10", 2050),
        ("periodicrepbynumbers|fn0|tn1", 2047),
        ("periodicrepbynumbers|fn2|tn1", 2048),
        ("periodicrepbynumbers|fn1|tn4", 2049),
        ("monthlyrep|da2026-11-01", 2045),
        ("monthlyrep|da2026-09-01", 2046),
        ("dailyrep|da2026-10-10", 2022),
        ("endrepro|da2026-10-10", 2022),
    ],
)
def test_a_report_of_a_wrong_period_is_refused(command: str, code: int) -> None:
    assert Host(after_three_days()).ask(command) == f"{command.split('|')[0]} ?{code}"


def after_three_days() -> Printer:
    """A printer with the reports 1 to 3, of the 9th, 10th and 11th of October."""
    clock = SetClock()
    printer = new_printer(clock)
    host = Host(printer)
    for price in (1000, 2000, 3000):
        sell_and_report(host, price)
        clock.forward(24 * 3600)
    clock.forward(-24 * 3600)
    printer.cut_connections()
    return printer


def test_reports_of_a_period_add_up_what_lies_in_it() -> None:
    printer = after_three_days()
    host = Host(printer)
    for command, total, numbers in (
        ("periodicrepbydates|fd2026-10-09|td2026-10-10", "30.00", [1, 2]),
        ("periodicrepbynumbers|fn2|tn3|su1", "50.00", [2, 3]),
        ("monthlyrep|da2026-10-31", "60.00", [1, 2, 3]),
    ):
        lines = len(printer.roll.lines)
        host.do(command)
        document = printer.documents()[-1]
        assert (document.kind, document.total, document.details["reports"]) == ("periodic_report", total, numbers)
        paper = printer.paper(lines)
        assert f"OD RAPORTU {numbers[0]}" in paper
        assert ("RAPORT FISKALNY DOBOWY" in paper) is ("su1" not in command)
    assert host.value("scnt", "rd") == "3"
    assert host.value("eclastdocnoget", "di") == "6"


def test_a_non_fiscal_printer_has_no_reports_of_a_period() -> None:
    host = Host(new_printer(mode="non_fiscal"))
    assert host.ask("monthlyrep|da2026-10-01") == "monthlyrep ?2034"
    assert host.ask("endrepro|da2026-10-09") == "endrepro ?2034"


@pytest.mark.parametrize(
    ("settings", "code"), [({"report_blocked": "388"}, 388), ({"report_blocked": "1018"}, 1018)], ids=["full", "used up"]
)
def test_a_daily_report_is_refused_where_the_memory_is_full(settings: dict[str, str], code: int) -> None:
    host = Host(new_printer(**settings))
    host.sell()
    assert host.ask(TODAY) == f"dailyrep ?{code}"
    assert host.value("scnt", "rd") == "0"


def test_the_closing_report_makes_the_printer_read_only_for_good() -> None:
    host = Host(new_printer())
    host.sell()
    assert host.ask("endrepro|da2026-10-09") == "endrepro ?2035"
    host.do(TODAY, "endrepro|da2026-10-09")
    assert (host.value("scomm", "td"), host.value("fmrecend", "re")) == ("T", "3")
    assert host.ask("trinit|bm0") == "trinit ?2036"
    host.do("monthlyrep|da2026-10-01")


@pytest.mark.parametrize(
    ("command", "kind", "text"),
    [
        ("cashstaterep", "cash_report", "STAN KASY                           2,00"),
        ("servicerep", "service_report", "RAPORTY FISKALNE DOBOWE           0/1830"),
        ("hardwarecfgrep", "configuration_report", "Opcja wydruku           57mm, 40 znaków"),
        ("commcfgrep", "configuration_report", "Port 2121             Odczyt pam.chron."),
        ("reponline", "configuration_report", "CERTYFIKATY"),
        ("eparagonrep", "configuration_report", "BUFOR EPARAGONU                    0/500"),
    ],
)
def test_other_reports_are_non_fiscal_printouts(command: str, kind: str, text: str) -> None:
    host = Host(new_printer())
    host.sell()
    host.do(command)
    document = host.printer.documents()[-1]
    assert (document.kind, document.fiscal, host.value("stot", "nf")) == (kind, False, "1")
    assert text.replace(" ", "") in host.printer.paper().replace(" ", "")


# --- fiscal memory


def test_fiscal_memory_lists_its_records_in_the_order_of_writing() -> None:
    clock = SetClock()
    printer = new_printer(clock)
    host = Host(printer)
    assert host.ask("fmrectypeget|no0") == "fmrectypeget ty6 no1"
    clock.forward(60)
    sell_and_report(host, 200)
    clock.forward(60)
    host.do("vatset|va23|vb8|vc5|vd0|vg100|da2026-10-09")
    clock.forward(60)
    host.do("rtcset|da2026-10-09,12:30")
    printer.faults.arm({"fault": "ram_clear"})
    host.do("trinit|bm0")
    printer.power(False)
    printer.power(True)
    host = Host(printer)
    told = [host.ask(f"fmrectypeget|no{number}").removeprefix("fmrectypeget ") for number in range(7)]
    assert told == ["ty6 no1", "ty1 no1", "ty2 no1", "ty15 no1", "ty3 no1", "ty19 no1", "ty0 no0"]
    printer.switch({"fiscal_record_missing": "384"})
    assert host.ask("fmrectypeget|no6") == "fmrectypeget ?384"
    assert host.ask("fmrecfindbydate|da2026-10-09,11:50") == "fmrecfindbydate no2"
    assert host.ask("fmrecfindbydate|da2027-01-01,00:00") == "fmrecfindbydate ?384"
    assert host.value("fmrecvat", "vg") == "100,00"
    assert host.ask("fmrecclr") == "fmrecclr da2026-10-09;12:30 tm2026-10-09T12:30:00+02:00 no1 r10 r20"
    assert host.value("fmrecdatetime|no1", "nt") == "2026-10-09;12:30"
    assert host.value("fmrecpowerfail", "no") == "1"
    assert host.value("fmrecfisc", "ni") == "1234563218"
    assert host.ask("fmrecvat|no2") == "fmrecvat ?384"
    assert host.ask("fmrecend") == "fmrecend ?384"


def test_a_printer_that_is_not_fiscal_has_no_record_of_it() -> None:
    host = Host(new_printer(mode="non_fiscal"))
    assert host.ask("fmrecfisc") == "fmrecfisc ?384"
    assert host.ask("fmrecrd") == "fmrecrd ?384"
    assert host.ask("usetypeget") == "usetypeget ?2034"


# --- reprints


def test_the_last_documents_are_printed_again_without_counting() -> None:
    host = Host(new_printer())
    host.sell(123)
    host.sell(456)
    before, lines = host.ask("scnt"), len(host.printer.roll.lines)
    host.do("eclastprintouts|no1")
    paper = host.printer.paper(lines)
    assert "WYDRUK Z PAMIĘCI CHRONIONEJ" in paper
    assert ("4,56" in paper, "1,23" in paper) == (True, False)
    assert (host.ask("scnt"), len(host.printer.documents())) == (before, 2)
    assert host.printer.state()["memory"]["reprints"] == ["receipt 2"]
    assert host.ask("eclastprintouts|no0") == "ERR ?3 cmeclastprintouts fdno"


def test_documents_are_chosen_by_kind_number_and_time() -> None:
    clock = SetClock(datetime(2026, 10, 9, 12, 0, tzinfo=WARSAW))
    host = Host(new_printer(clock))
    assert host.ask("ecprndoc|ty0") == "ecprndoc ?2930"
    host.sell(100)
    host.do("stocash|kw50")
    clock.forward(3600)
    host.do("trinit|bm0", "trline|naChleb|vt1|pr200", "prncancel", TODAY)
    for command, count in (
        ("ecprndoc", 4),
        ("ecprndoc|ty5", 4),
        ("ecprndoc|ty0", 2),
        ("ecprndoc|ty0|fn2|tn9", 1),
        ("ecprndoc|ty2", 1),
        ("ecprndoc|ty3", 1),
        ("ecprndoc|fd2026-10-09,12:30", 2),
        ("ecprndoc|td2026-10-09,12:30", 2),
    ):
        assert host.ask(command) == f"ecprndoc il{count}", command
    assert host.ask("ecprndoc|ty4") == "ecprndoc ?400"
    assert host.ask("ecprndoc|ty1") == "ecprndoc ?2930"


def test_an_invoice_is_printed_again_as_a_duplicate() -> None:
    host = Host(new_printer())
    host.do("trfvinit|cc2", "trfvbuyer|naFirma|ni1|sc0", "trfvnumber|nb1|sc0", "trline|naSok|vt1|pr1000", "trend")
    lines = len(host.printer.roll.lines)
    host.do("ecprnfv|fn1|ut0")
    paper = host.printer.paper(lines)
    assert ("DUPLIKAT" in paper, "ORYGINAŁ" in paper, paper.count("nr wydr.")) == (True, False, 1)
    host.do("ecprnfv|fn1|ut1")
    assert host.ask("ecprnfv|fn2|ut1") == "ecprnfv ?2930"


def test_a_document_without_paper_can_be_printed_again() -> None:
    host = Host(new_printer())
    host.do("eparagonidznext|idjan", "trinit|bm1", "trline|naChleb|vt1|pr200", "trend")
    assert host.printer.paper() == ""
    host.do("eclastprintouts|no1")
    assert "SUMA PLN" in host.printer.paper()


def test_break_stops_a_reprint_behind_the_document_that_is_being_printed() -> None:
    async def scenario() -> None:
        printer = PosnetSimulator().create(pace="real", clock=SetClock())
        for price in (100, 200, 300):
            printer.foreign(Decimal(price))
        host = Host(printer)
        assert host.ask("ecprndoc|ty0") == ""
        await asyncio.sleep(0.5)
        assert host.ask("!sdev") == "sdev ds0 cpT qeN peN tl1"
        host.do("!break")
        await asyncio.sleep(60)
        assert host.answers() == ["ecprndoc il1"]

    in_virtual_time(scenario())


def test_a_reprint_that_waits_for_paper_can_be_broken_off() -> None:
    async def scenario() -> None:
        printer = PosnetSimulator().create(pace="real", clock=SetClock())
        for price in (100, 200, 300):
            printer.foreign(Decimal(price))
        host = Host(printer)
        assert host.ask("ecprndoc|ty0") == ""
        printer.load_paper(False)
        await asyncio.sleep(60)
        assert host.ask("!sdev") == "sdev ds3 cpT qeN peN tl1"
        host.do("!break")
        printer.load_paper(True)
        await asyncio.sleep(60)
        assert host.answers() == ["ecprndoc il1"]

    in_virtual_time(scenario())
