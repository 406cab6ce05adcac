"""Power cuts inside commands that issue documents: what is recorded comes on paper, what is not leaves no trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from posnet_host import Host, new_printer

SALE = ("trinit|bm0", "trline|naChleb|vt1|pr200")
DOCUMENTS = {
    "receipt": (*SALE, "trend|to200"),
    "block receipt": ("trinit|bm1", "trline|naChleb|vt1|pr200", "trend|to200"),
    "receipt with packaging": (*SALE, "trpack|pr50|il2", "trend|to200|op100"),
    "cancelled receipt": (*SALE, "prncancel"),
    "invoice": ("trfvinit", "trfvbuyer|naFirma|ni1|sc0", "trfvnumber|nb1|sc0", "trline|naSok|vt1|pr200", "trend|to200"),
    "packaging": ("trpackinit", "trpack|pr50", "trend"),
    "goods return": ("stocash|kw200",),
    "packaging return": ("packret|kw200",),
    "cash in": ("cash|kw200|wpT",),
    "daily report": ("dailyrep|da2026-10-09",),
    "closing report": ("dailyrep|da2026-10-09", "endrepro|da2026-10-09"),
    "periodic report": ("dailyrep|da2026-10-09", "periodicrepbynumbers|fn1|tn1"),
    "shift report": ("shiftrep|sh1",),
    "form": ("formstart|fn200", "formline|fn200|fl711|s1Kupon", "formend|fn200"),
    "header": ("hdrset|tx&1Sklep&1&202-281&2&3Warszawa&3|pr1",),
    "e-document on paper": ("eparagonidznext|idjan", *SALE, "trend|to200"),
    "e-document without paper": ("eparagonidznext|idjan", "trinit|bm1", "trline|naChleb|vt1|pr200", "trend|to200"),
}


def numbers_on_paper(text: str) -> list[int]:
    return [int(line.split()[-1]) for line in text.splitlines() if "nr wydr." in line]


@pytest.mark.parametrize("step", ["before", "recorded", "after", "answer"])
@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_power_cut_leaves_the_document_whole_or_not_at_all(tmp_path: Path, kind: str, step: str) -> None:
    *preparation, last = DOCUMENTS[kind]
    name = last.split("|")[0]
    path = tmp_path / "posnet.json"
    whole = new_printer()
    Host(whole).do(*preparation, last)
    printer = new_printer(state=path, edocument_at_power_on="send")
    host = Host(printer)
    host.do(*preparation)
    issued = len(printer.documents())
    printer.faults.arm({"fault": "power_cut", "command": name, "step": step})
    assert host.ask(last, "0042") == ""
    assert host.closed
    again = new_printer(state=path, edocument_at_power_on="send")  # the process was killed, too
    done = step != "before"
    assert len(again.documents()) == issued + done
    if done:
        assert again.documents() == whole.documents()
        assert again.paper() == whole.paper()
        told = Host(again)
        whole.cut_connections()
        assert told.ask("scnt") == Host(whole).ask("scnt")
        assert told.value("strns", "to") == "0"
    assert again.memory.unprinted == []
    assert len(numbers_on_paper(again.paper())) == len(set(numbers_on_paper(again.paper())))


@pytest.mark.parametrize("fault", ["paper_out", "cover_open"])
@pytest.mark.parametrize("kind", ["receipt", "invoice", "daily report", "form", "goods return"])
def test_paper_that_is_missing_when_the_document_is_recorded_comes_later(tmp_path: Path, kind: str, fault: str) -> None:
    *preparation, last = DOCUMENTS[kind]
    name = last.split("|")[0]
    path = tmp_path / "posnet.json"
    printer = new_printer(state=path)
    host = Host(printer)
    host.do(*preparation)
    lines = len(printer.roll.lines)
    printer.faults.arm({"fault": fault, "command": name, "step": "recorded"})
    assert host.ask(last, "0042") == ""
    assert len(printer.documents()) == 1
    assert len(printer.roll.lines) == lines
    assert host.ask("!sdev").startswith("sdev ds3")
    killed = new_printer(state=path)
    assert killed.documents() == printer.documents()
    printer.load_paper(True)
    printer.close_cover(True)
    assert host.answers() == [f"{name} @0042"]
    assert killed.paper() == printer.paper()


def test_paper_that_is_still_out_at_power_on_is_printed_on_when_it_is_loaded() -> None:
    printer = new_printer()
    host = Host(printer)
    host.do(*SALE)
    lines = len(printer.roll.lines)
    printer.faults.arm({"fault": "power_cut", "command": "trend", "step": "recorded", "restart": 0})
    printer.faults.arm({"fault": "paper_out", "command": "trend", "step": "before"})
    assert host.ask("trend|to200") == ""
    assert printer.documents() == []
    printer.power(False)
    printer.power(True)
    host = Host(printer)
    assert host.ask("trend|to200") == ""
    printer.load_paper(True)
    assert host.closed
    assert [document.total for document in printer.documents()] == ["2.00"]
    assert printer.paper(lines).count("SUMA PLN") == 1
    printer.load_paper(False)
    printer.memory.unprinted.append("jeszcze nie wydrukowane")
    printer.power(False)
    printer.power(True)
    assert "jeszcze nie" not in printer.paper()
    printer.load_paper(True)
    assert printer.paper().endswith("jeszcze nie wydrukowane\n")


def test_a_connection_that_breaks_when_the_document_is_recorded_loses_the_answer_only() -> None:
    printer = new_printer()
    host = Host(printer)
    host.do(*SALE)
    printer.faults.arm({"fault": "cut_command", "command": "trend", "step": "recorded"})
    assert host.ask("trend|to200", "0042") == ""
    assert "SUMA PLN" in printer.paper()
    assert Host(printer).ask("rpt", "0042") == "trend @0042"


@pytest.mark.parametrize("choice", ["keep", "cancel", "drop"])
@pytest.mark.parametrize("kind", ["invoice", "packaging", "receipt with packaging"])
def test_what_is_open_when_the_power_fails_is_kept_cancelled_or_dropped_as_chosen(tmp_path: Path, kind: str, choice: str) -> None:
    *preparation, last = DOCUMENTS[kind]
    path = tmp_path / "posnet.json"
    Host(new_printer(state=path, open_receipt_at_power_on=choice)).do(*preparation)
    again = new_printer(state=path, open_receipt_at_power_on=choice)
    host = Host(again)
    assert host.value("strns", "to") == str(int(choice == "keep"))
    kinds = [document.kind for document in again.documents()]
    assert kinds == ([f"cancelled_{kind.split()[0]}"] if choice == "cancel" else [])
    if choice == "keep":
        host.do(last)
    assert host.ask("trinit|bm0") == "trinit"
