"""Invoices at the simulated printer, and pro forma ones, which are non-fiscal forms."""

from __future__ import annotations

import pytest
from bridge_sim_posnet.words import amount_in_words
from posnet_host import Host, new_printer

HEAD = ("trfvinit|nmFAKTURA|cc1", "trfvbuyer|naFirma Żółw\nDział zakupów|ni526-025-02-74|sc0", "trfvnumber|nbFV/12/2026|sc0|at64")


def begun() -> Host:
    host = Host(new_printer())
    host.do(*HEAD, "trline|naDrukarka|vt0|pr12300|np26.20|nc12345")
    return host


def test_an_invoice_has_counters_and_totals_of_its_own() -> None:
    host = begun()
    host.do("trline|naPapier|vt1|pr999|il3|rp500", "trend|to15147")
    (document,) = host.printer.documents()
    assert (document.kind, document.number, document.total, document.fiscal) == ("invoice", "1", "151.47", True)
    assert document.details["invoice"] == "FV/12/2026"
    assert document.details["buyer"] == "526-025-02-74"
    assert host.ask("scnt") == "scnt rd0 hn2 bn0 fn1 nuZBF 2101002392 bc0 bt0 fc0"
    assert (host.value("stot", "fa"), host.value("stot", "fb"), host.value("stot", "fn")) == ("12300", "2847", "1")
    assert (host.value("stot", "pa"), host.value("scomm", "tz")) == ("0", "N")
    assert (host.value("strns", "ts"), host.value("strns", "va")) == ("33", "12300")
    assert (host.value("eclastdocnoget|ty2", "di"), host.value("eclastdocnoget|ty0", "di")) == ("1", "0")


def test_the_original_and_its_copies_say_the_same() -> None:
    host = begun()
    host.do("trfvcashmet|cm1|sc1", "trfvselfbill|sb0|sc1", "trfvsep|sc2", "trfvfreedata|tx&cTermin 14 dni|sc2", "trend")
    paper = host.printer.paper()
    original, copy = paper.split("8<")[:2]
    assert "ORYGINAŁ" in original
    assert "KOPIA" in copy
    for text in ("Firma Żółw", "Dział zakupów", "FV/12/2026", "METODA KASOWA", "Termin 14 dni", "NIP: 526-025-02-74", "PKWiU"):
        assert (original.count(text) > 0, copy.count(text) > 0) == (True, True), text
    assert "SAMOFAKTUROWANIE" not in paper
    assert "sto dwadzieścia trzy PLN 0/100" in paper
    assert "A 23,00       100,00     23,00    123,00" in paper
    assert max(map(len, host.printer.roll.lines)) <= 40


def test_nothing_of_it_is_on_paper_before_its_end_and_a_cancelled_one_says_so() -> None:
    host = begun()
    assert host.printer.paper() == ""
    host.do("prncancel")
    (document,) = host.printer.documents()
    assert (document.kind, document.total) == ("cancelled_invoice", "123.00")
    assert "A N U L O W A N Y" in host.printer.paper()
    assert (host.value("scnt", "fc"), host.value("stot", "fl"), host.value("stot", "ft")) == ("1", "1", "12300")
    assert (host.value("scnt", "bc"), host.value("eclastdocnoget|ty3", "di")) == ("0", "1")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("trfvinit|cc10", 2532),
        ("trfvinit|ln56", 2534),
        ("trfvinit|fn41", 2534),
        ("trfvinit|nm" + "x" * 24, 2534),
    ],
)
def test_a_wrong_beginning_is_refused(command: str, code: int) -> None:
    assert Host(new_printer()).ask(command) == f"trfvinit ?{code}"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("trfvbuyer|na |ni1|sc0", 2535),
        ("trfvnumber|nb   |sc0", 2533),
        ("trfvfree|fr1|sc0", 2056),
        ("trfvexecution|ex1|edOrgan|sc0", 2056),
        ("trfvothergoods|og1|sc0", 2056),
        ("trfvothergoods|og1|gdProcedura marży - inna|sc0", 2055),
        ("trfvfreedata|tx" + "x" * 41, 2057),
        ("trpayment|ty0|wa100", 2060),
        ("trline|naDrukarka|vt0|pr12300|st1", 1990),
        ("trdiscntbill|rp1000", 1991),
        ("trpack|pr50", 2060),
        ("trnipset|ni1112223344", 2060),
        ("trend|to12299", 2805),
    ],
)
def test_what_an_invoice_does_not_take_is_refused(command: str, code: int) -> None:
    assert begun().ask(command) == f"{command.split('|')[0]} ?{code}"


def test_an_invoice_needs_a_number_and_a_buyer() -> None:
    host = Host(new_printer())
    host.do("trfvinit", "trline|naDrukarka|vt0|pr12300")
    assert host.ask("trend") == "trend ?2533"
    host.do("trfvnumber|nb7|sc0")
    assert host.ask("trend") == "trend ?2535"
    host.do("trfvbuyer|naFirma|ni1|sc0", "trend")


def test_an_invoice_has_fewer_lines_than_a_receipt() -> None:
    host = begun()
    for number in range(119):
        host.do(f"trline|naTowar {number}|vt0|pr100")
    assert host.ask("trline|naJeszcze|vt0|pr100") == "trline ?2052"


def test_the_remarks_of_the_law_are_printed_where_they_are_on() -> None:
    host = begun()
    host.do(
        "trfvreverse|re1|sc0",
        "trfvfree|fr1|baArt. 43 ust. 1|sc1",
        "trfvexecution|ex1|edOrgan|ddDłużnik|sc1",
        "trfvrep|re1|rdJan Kowalski|sc1",
        "trfvtransport|tr1|ad2011-11-11|mi123456|sc1",
        "trfvthreeway|tw1|tdTransakcja|sc1",
        "trfvtoursrv|ts1|sc1",
        "trfvothergoods|og1|gdProcedura marży - TOWARY UŻYWANE\nProcedura marży - dzieła sztuki|sc1",
        "tradvance|vt0|pr300|wa12300",
        "trend|to12000",
    )
    paper = host.printer.paper()
    for text in ("ODWROTNE OBCIĄŻENIE", "Art. 43 ust. 1", "Dłużnik: Dłużnik", "Jan Kowalski", "2011-11-11", "TOWARY UŻYWANE"):
        assert text in paper, text


def test_amounts_are_said_in_words() -> None:
    assert amount_in_words(0) == "zero PLN 0/100"
    assert amount_in_words(101) == "jeden PLN 1/100"
    assert amount_in_words(1_234_567_89) == ("milion dwieście trzydzieści cztery tysiące pięćset sześćdziesiąt siedem PLN 89/100")
    assert amount_in_words(2_012_000_00) == "dwa miliony dwanaście tysięcy PLN 0/100"
    assert amount_in_words(5_022_015_00) == "pięć milionów dwadzieścia dwa tysiące piętnaście PLN 0/100"


def test_a_pro_forma_is_a_form_with_a_title_of_its_own() -> None:
    host = Host(new_printer())
    host.do("formstart|fn200|fh84|alFAKTURA PRO FORMA", "formline|fn200|fl711|s1Komputer 3000,00", "formend|fn200")
    (document,) = host.printer.documents()
    assert (document.fiscal, document.details["title"]) == (False, "FAKTURA PRO FORMA")
    assert host.value("stot", "nf") == "1"
    host.do("formstart|fn200|alBez tytułu", "prncancel")
    assert (host.printer.documents()[1].details["title"], host.printer.documents()[1].details["cancelled"]) == ("", True)
    assert host.ask("formstart|fn201") == "formstart ?2508"
    assert host.ask("formstart|fn44") == "formstart ?2501"
    assert host.ask("formstart|fn200|fh85") == "formstart ?2503"
