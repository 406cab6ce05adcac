"""How the simulated printer takes commands: queue, connections, two interfaces, paper, tokens."""

from __future__ import annotations

import asyncio

import pytest
from bridge_posnet.frame import Frame, Parameter
from bridge_sim_posnet.printer import Printer
from bridge_simulators import Refused
from posnet_host import Host, frame, in_virtual_time, new_printer


def test_commands_of_one_write_are_executed_in_order() -> None:
    host = Host(new_printer())
    lines = ("trinit|bm0", "trline|naChleb|vt1|pr200", "trend|to200", "strns")
    host.session.received(b"".join(frame(line).to_bytes() for line in lines))
    assert [answer.split()[0] for answer in host.answers()] == ["trinit", "trline", "trend", "strns"]


def test_a_transaction_goes_on_over_a_new_connection_and_a_cut_frame_is_dropped() -> None:
    printer = new_printer()
    first = Host(printer)
    first.ask("trinit|bm0")
    first.session.received(frame("trline|naChleb|vt1|pr200").to_bytes() + frame("trend|to200").to_bytes()[:-4])
    first.session.disconnected()
    second = Host(printer)
    assert second.value("strns", "vb") == "200"
    assert second.ask("trend|to200") == "trend"


def test_a_command_that_waits_is_answered_on_the_connection_that_is_open_then() -> None:
    printer = new_printer()
    first = Host(printer)
    first.ask("trinit|bm0")
    first.ask("trline|naChleb|vt1|pr200")
    printer.load_paper(False)
    first.write("trend|to200", "0007")
    first.session.disconnected()
    second = Host(printer)
    printer.load_paper(True)
    assert first.answers() == []
    assert second.answers() == ["trend @0007"]


def test_paper_loss_withholds_the_answer_but_does_not_undo_trend() -> None:
    printer = new_printer()
    host = opened_on(printer)
    printer.faults.arm({"fault": "paper_out", "command": "trend", "step": "after"})
    assert host.ask("trend|to200", "0042") == ""
    assert host.ask("!sdev") == "sdev ds3 cpT qeN peN tl1"
    assert host.ask("!sprn") == "sprn pr5"
    assert printer.documents()[-1].total == "2.00"
    assert host.ask("scnt") == ""
    printer.load_paper(True)
    assert host.answers() == ["trend @0042", "scnt rd0 hn2 bn1 fn0 nuZBF 2101002392 bc0 bt1 fc0"]
    assert host.ask("!sprn") == "sprn pr0"


def opened_on(printer: Printer) -> Host:
    host = Host(printer)
    host.ask("trinit|bm0")
    host.ask("trline|naChleb|vt1|pr200")
    return host


def test_the_cover_stops_the_printer_too() -> None:
    printer = new_printer()
    host = Host(printer)
    printer.close_cover(False)
    assert host.ask("!sprn") == "sprn pr1"
    assert host.ask("scnt") == ""
    printer.close_cover(True)
    assert len(host.answers()) == 1


def test_the_second_interface_is_told_to_wait() -> None:
    printer = new_printer()
    one, two = Host(printer, "pc1"), Host(printer, "pc2")
    one.ask("trinit|bm0")
    assert two.ask("trinit|bm0") == "trinit ?41"
    assert two.ask("prncancel") == "prncancel ?41"
    assert two.ask("!sdev") == "sdev ds0 cpT qeT peN tl1"
    assert two.value("scnt", "hn") == "1"
    assert two.ask("hardprncancel") == "hardprncancel"
    assert two.ask("trinit|bm0") == "trinit"
    assert one.value("strns", "to") == "1"
    assert one.ask("trline|naChleb|vt1|pr200") == "trline ?41"


def test_a_connection_too_many_is_refused_or_replaces_the_old_one() -> None:
    printer = new_printer()
    Host(printer)
    with pytest.raises(Refused):
        Host(printer)
    printer = new_printer(further_client="replace")
    first = Host(printer)
    second = Host(printer)
    assert first.closed
    assert second.ask("currget") == "currget naPLN"
    printer = new_printer(clients="2")
    first, second = Host(printer), Host(printer)
    assert (first.ask("currget"), second.ask("currget")) == ("currget naPLN", "currget naPLN")


def test_a_short_checksum_is_refused_or_accepted_as_chosen() -> None:
    short = next(data for data in (Frame("currget", (), f"{n:04d}").to_bytes() for n in range(9999)) if data[-5:-4] == b"0")
    short = short[:-5] + short[-4:]
    for choice, answer in (("no", "ERR ?15"), ("yes", "currget @")):
        host = Host(new_printer(short_checksum=choice))
        host.session.received(short)
        assert host.answers()[0].startswith(answer)


# --- tokens


def test_rpt_gives_the_stored_answer_byte_by_byte() -> None:
    host = Host(new_printer())
    host.write("strns", "1234")
    stored = bytes(host.received)
    host.received.clear()
    host.ask("trinit|bm0", "1235")
    host.write("rpt", "1234")
    assert bytes(host.received) == stored
    host.received.clear()
    assert host.ask("trinit|bm0", "1236") == "trinit @1236 ?2038"
    assert host.ask("rpt", "1236") == "trinit @1236 ?2038"


@pytest.mark.parametrize(("choice", "answer"), [("?13", "ERR @0001 ?13 cmrpt"), ("er13", "ERR @0001 er13 cmrpt")])
def test_rpt_without_a_stored_answer_says_so_as_chosen(choice: str, answer: str) -> None:
    assert Host(new_printer(rpt_missing=choice)).ask("rpt", "0001") == answer


def test_the_token_store_holds_32_answers_or_a_kibibyte() -> None:
    host = Host(new_printer())
    for number in range(40):
        host.ask("logout", f"{number:04d}")
    assert host.ask("rpt", "0007").startswith("ERR")
    assert host.ask("rpt", "0008") == "logout @0008"
    for number in range(1000, 1020):
        host.ask("strns", str(number))
    kept = [number for number in range(1000, 1020) if host.ask("rpt", str(number)).startswith("strns")]
    assert 12 <= len(kept) <= 16
    assert kept[-1] == 1019


def test_a_queue_that_is_full_refuses_the_frame() -> None:
    printer = new_printer()
    host = Host(printer)
    printer.load_paper(False)
    for _ in range(101):
        host.write("currget")
    assert host.answers() == []
    assert host.ask("currget") == "ERR ?14 cmcurrget"
    printer.load_paper(True)
    assert host.answers() == ["currget naPLN"] * 101


# --- open points about bytes


@pytest.mark.parametrize(("choice", "answer"), [("no", "ERR ?15"), ("yes", "break")])
def test_a_break_without_checksum_is_refused_or_accepted_as_chosen(choice: str, answer: str) -> None:
    host = Host(new_printer(bare_break=choice))
    host.session.received(b"\x02!break\x03")
    assert host.answers() == [answer]


@pytest.mark.parametrize(
    ("page", "table", "goods", "told"),
    [
        ("0", "iso8859_2", "bfa5", "bfa5"),  # ż Ą
        ("1", "iso8859_2", "bfa1", "bfa1"),
        ("1", "cp852", "bea4", "bea4"),
        ("2", "iso8859_2", "a78f", "a78f"),
        ("2", "iso8859_2", "a7ff8f", "a7208f"),
    ],
)
def test_an_interface_speaks_the_code_page_that_it_is_set_to(page: str, table: str, goods: str, told: str) -> None:
    host = Host(new_printer(latin_2=table))
    host.do(f"pccfgset|id2|no1|cp{page}|pi1")
    text = bytes.fromhex(goods)
    for name, field in (("ftrinfoset", "tx"), ("ftrinfoget", "")):
        parameters = (Parameter(field, text),) if field else ()
        host.session.received(Frame(name, parameters).to_bytes())
    assert bytes.fromhex(told) in bytes(host.received)
    host.received.clear()
    host.sell()
    assert "ż" in host.printer.paper()
    assert "Ą" in host.printer.paper()


@pytest.mark.parametrize(
    ("choice", "answer"),
    [("url", "eparagonconnectiontest ap0 ht200 cu0"), ("number", "ERR ?3 cmeparagonconnectiontest fdad")],
)
def test_the_address_of_a_connection_test_has_the_type_that_is_chosen(choice: str, answer: str) -> None:
    assert Host(new_printer(connection_test_address=choice)).ask("eparagonconnectiontest|ade.example.pl") == answer


def test_the_other_interface_waits_while_an_edocument_is_being_sent() -> None:
    async def scenario() -> None:
        printer = new_printer(hub="slow", hub_delay="10")
        one, two = Host(printer, "pc1"), Host(printer, "pc2")
        one.do("eparagonidznext|idjan", "trinit|bm1", "trline|naChleb|vt1|pr200")
        assert one.ask("trend|to200") == ""
        assert two.ask("trinit|bm0") == "trinit ?41"
        await asyncio.sleep(11)
        assert one.answers() == ["trend"]
        assert two.ask("trinit|bm0") == "trinit"

    in_virtual_time(scenario())
