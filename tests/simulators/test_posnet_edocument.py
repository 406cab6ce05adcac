"""E-documents at the simulated printer: the server's moods, the buffer's states, and what becomes of the paper."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from posnet_host import Host, SetClock, in_virtual_time, new_printer, set_printer

NEVER = "2000-01-01T01:00:00+01:00"


def bound(host: Host, customer: str = "48501234567") -> str:
    """The number of the e-document that the next sale becomes."""
    return host.ask(f"eparagonidznext|id{customer}").removeprefix("eparagonidznext ha")


def sell(host: Host, *, block: bool = True, end: str = "trend|to200") -> None:
    host.do(f"trinit|bm{int(block)}", "trline|naChleb|vt1|pr200", end)


def record(host: Host, number: str) -> dict[str, str]:
    answer = host.ask(f"eparagonbufferget|hd{number}").split(" ", 1)[1]
    return {field[:2]: field[2:] for field in answer.split(" ")}


def test_a_sent_edocument_needs_no_paper_and_is_fiscal_all_the_same() -> None:
    host = Host(new_printer())
    number = bound(host)
    reserved = record(host, number)
    assert (reserved["st"], reserved["di"], reserved["rd"], reserved["sd"]) == ("4", "0", NEVER, NEVER)
    sell(host)
    printer = host.printer
    assert printer.paper() == ""
    sent = record(host, number)
    assert (sent["st"], sent["di"], sent["hc"], sent["pr"]) == ("1", "1", "200", "N")
    (document,) = printer.documents()
    assert (document.fiscal, document.details["edocument"]) == (True, int(number))
    (received,) = printer.memory.edocuments.hub
    assert (received.customer, received.document, received.number, len(received.code)) == ("48501234567", 1, "1", 12)
    assert host.value("scnt", "bn") == "1"
    sell(host)
    assert "PARAGON" in printer.paper().replace(" ", "")
    assert len(printer.memory.edocuments.hub) == 1


def test_online_mode_prints_and_sends() -> None:
    host = Host(new_printer())
    number = bound(host)
    sell(host, block=False)
    assert "SUMA PLN" in host.printer.paper()
    assert (record(host, number)["st"], record(host, number)["pr"]) == ("1", "T")


@pytest.mark.parametrize(
    ("settings", "state", "codes", "held"),
    [
        ({"hub": "unreachable"}, "2", ("0", "7", "1", ""), 0),
        ({"hub": "refuses"}, "3", ("400", "0", "1", "UPO400"), 0),
        ({"hub": "refuses", "hub_refusal": "503"}, "2", ("503", "0", "1", "UPO503"), 0),
    ],
)
def test_what_could_not_be_sent_is_printed(settings: dict[str, str], state: str, codes: tuple[str, ...], held: int) -> None:
    host = Host(set_printer(settings))
    number = bound(host)
    sell(host)
    found = record(host, number)
    assert (found["st"], found["pr"]) == (state, "T")
    assert (found["hc"], found["cc"], found["ac"], found["uc"]) == codes
    assert "SUMA PLN" in host.printer.paper()
    assert len(host.printer.memory.edocuments.hub) == held


def test_a_slow_server_is_waited_for_as_long_as_the_answer_time_says() -> None:
    async def scenario() -> None:
        host = Host(new_printer(hub="slow", hub_delay="10"))
        host.do("eparagondefaultset|ts15|tt30")
        number = bound(host)
        host.do("trinit|bm1", "trline|naChleb|vt1|pr200")
        assert host.ask("trend|to200") == ""
        assert host.ask("!sdev").startswith("sdev ds0 cpT qeN")
        assert len(host.printer.documents()) == 1
        await asyncio.sleep(11)
        assert host.answers() == ["trend"]
        assert (record(host, number)["st"], host.printer.paper()) == ("1", "")

    in_virtual_time(scenario())


def test_a_server_that_is_too_slow_has_the_document_although_it_is_printed() -> None:
    async def scenario() -> None:
        printer = new_printer(hub="slow", hub_delay="60")
        host = Host(printer)
        number = bound(host)
        host.do("trinit|bm1", "trline|naChleb|vt1|pr200")
        assert host.ask("trend|to200") == ""
        await asyncio.sleep(16)
        assert host.answers() == ["trend"]
        found = record(host, number)
        assert (found["st"], found["cc"], found["pr"]) == ("2", "28", "T")
        assert len(printer.memory.edocuments.hub) == 1
        printer.switch({"hub": "reachable"})
        await asyncio.sleep(21)
        assert record(host, number)["st"] == "1"
        assert [received.times for received in printer.memory.edocuments.hub] == [2]

    in_virtual_time(scenario())


def test_a_failed_one_is_sent_again_on_schedule_until_its_life_is_over() -> None:
    clock = SetClock()
    host = Host(new_printer(clock, hub="unreachable"))
    assert host.ask("eparagonscheduleset|sa5|sc9|op600|tl2000") == "eparagonscheduleset ?400"
    host.do("eparagonscheduleset|sa5|sb10|op600|tl2000")
    assert host.ask("eparagonscheduleget") == "eparagonscheduleget sa5 sb10 sc0 sd0 se0 op600 tl2000"
    number = bound(host)
    sell(host)
    lines = len(host.printer.roll.lines)
    attempts = host.printer.memory.edocuments.buffer[0]
    tried = []
    for seconds in (4, 1, 9, 1, 599, 1, 600, 600, 600):
        clock.forward(seconds)
        host.ask("scnt")
        tried.append(attempts.attempts)
    assert tried == [1, 2, 2, 3, 3, 4, 5, 6, 7]
    assert record(host, number)["st"] == "3"
    host.printer.switch({"hub": "reachable"})
    clock.forward(100_000)
    assert record(host, number)["st"] == "3"
    assert len(host.printer.roll.lines) == lines


def test_the_last_document_can_become_an_edocument_afterwards() -> None:
    host = Host(new_printer())
    assert host.ask("eparagonidzprev|idjan") == "eparagonidzprev ?2930"
    host.sell()
    number = host.ask("eparagonidzprev|idjan").removeprefix("eparagonidzprev ha")
    assert (record(host, number)["st"], record(host, number)["di"], record(host, number)["pr"]) == ("1", "1", "T")
    assert host.ask("eparagonidzprev|idjan") == "eparagonidzprev ?4257"
    host.do("trinit|bm0")
    assert host.ask("eparagonidzprev|idjan") == "eparagonidzprev ?2038"


def test_the_customer_may_be_named_inside_the_transaction_and_taken_back() -> None:
    host = Host(new_printer())
    host.do("trinit|bm1", "trline|naChleb|vt1|pr200")
    first = bound(host)
    assert host.ask("eparagonidznext|idx") == "eparagonidznext ?4258"
    host.do("eparagonidzcancel")
    assert host.ask(f"eparagonbufferget|hd{first}") == "eparagonbufferget ?903"
    second = bound(host)
    assert int(second) == int(first) + 1
    host.do("trend|fe0")
    assert host.ask("eparagonidznext|idx") == "eparagonidznext ?2060"
    host.do("trftrln|id25|naDziękujemy")
    assert record(host, second)["st"] == "0"
    host.do("trftrend")
    assert (record(host, second)["st"], host.printer.paper()) == ("1", "")
    assert "Dziękujemy" not in host.printer.paper()


def test_an_abandoned_sale_leaves_the_customer_named_for_the_next_one() -> None:
    host = Host(new_printer())
    number = bound(host)
    host.do("trinit|bm1", "trline|naChleb|vt1|pr200", "prncancel")
    assert record(host, number)["st"] == "4"
    sell(host)
    assert record(host, number)["st"] == "1"


def test_an_invoice_can_be_an_edocument_too() -> None:
    host = Host(new_printer())
    number = bound(host)
    host.do("trfvinit", "trfvbuyer|naFirma|ni5260250274|sc0", "trfvnumber|nb1/2026|sc0", "trline|naChleb|vt1|pr200", "trend")
    assert (record(host, number)["st"], record(host, number)["pr"]) == ("1", "T")
    assert host.printer.memory.edocuments.hub[0].number == "1"


@pytest.mark.parametrize(
    ("settings", "command", "code"),
    [
        ({"mode": "non_fiscal"}, "eparagonidznext|idjan", 2034),
        ({"edocuments": "no"}, "eparagonidznext|idjan", 323),
        ({}, "eparagonidznext|id ", 4277),
        ({}, "eparagonidznext|idjan|ad", 4272),
        ({}, "eparagonidznext|idjan|adnie ma", 4255),
        ({}, "eparagonidznext|idjan|ad" + "x" * 73, 4259),
        ({"hub_address": ""}, "eparagonidznext|idjan", 4273),
        ({}, "eparagondefaultset|ct2", 4271),
        ({}, "eparagondefaultset|tpAB", 4271),
        ({}, "eparagonbuffercontextget", 974),
        ({}, "eparagonbufferget|hd7", 903),
        ({"hub": "unreachable", "connection_test_failure": "4275"}, "eparagonconnectiontest", 4275),
    ],
)
def test_wrong_steps_are_refused(settings: dict[str, str], command: str, code: int) -> None:
    assert Host(set_printer(settings)).ask(command) == f"{command.split('|')[0]} ?{code}"


def test_the_connection_test_tells_the_codes() -> None:
    host = Host(new_printer())
    assert host.ask("eparagonconnectiontest|adeparag.mf.gov.pl") == "eparagonconnectiontest ap0 ht200 cu0"
    host.printer.switch({"hub": "unreachable"})
    assert host.ask("eparagonconnectiontest") == "eparagonconnectiontest ap1 ht0 cu7"
    host.printer.switch({"hub": "refuses", "hub_refusal": "401"})
    assert host.ask("eparagonconnectiontest") == "eparagonconnectiontest ap1 ht401 cu0"


def test_the_buffer_is_told_in_sum_and_one_by_one() -> None:
    host = Host(new_printer())
    numbers = []
    for behaviour in ("reachable", "unreachable", "refuses"):
        host.printer.switch({"hub": behaviour})
        numbers.append(bound(host))
        sell(host)
    numbers.append(bound(host))
    assert host.ask("eparagonbuffersummaryget") == "eparagonbuffersummaryget fr496 ne0 ok1 fi1 ft1 re1"
    assert host.ask("eparagonbufferfreecntget") == "eparagonbufferfreecntget rc496"
    host.do("eparagonbuffercontextset|ty0")
    assert [host.value("eparagonbuffercontextget", "hd") for _ in numbers] == numbers
    assert host.ask("eparagonbuffercontextget") == "eparagonbuffercontextget ?975"
    host.do(f"eparagonbufferdelrec|hd{numbers[0]}", "eparagonbufferdelall")
    assert host.value("eparagonbufferfreecntget", "rc") == "500"


def test_a_full_buffer_overwrites_only_what_is_finished() -> None:
    printer = new_printer(hub="unreachable")
    host = Host(printer)
    bound(host)
    sell(host)
    (failed,) = printer.memory.edocuments.buffer
    failed.due = None
    printer.memory.edocuments.buffer = [failed] * 500
    assert host.ask("eparagonidznext|idjan") == "eparagonidznext ?4250"
    host.do("eparagonbufferoverrideset|ov1")
    bound(host)
    assert host.value("eparagonbufferoverrideget", "ov") == "T"
    assert len(printer.memory.edocuments.buffer) == 500


def test_the_servers_set_up_is_kept() -> None:
    host = Host(new_printer())
    host.do("eparagondefaultset|adHTTPS://e.example.pl:8443/api|ct2|tp" + "aB" * 20 + "|gi1|ts5")
    assert host.ask("eparagondefaultget") == (
        "eparagondefaultget adhttps://e.example.pl:8443/api ct2 tp" + "aB" * 20 + " giT ftN tdN hdN exN gbN ts5 tt30"
    )
    host.do("eparagonstatusset|st0")
    assert host.ask("eparagonstatusget") == "eparagonstatusget stN"


# --- power


@pytest.mark.parametrize(("choice", "printed"), [("print", "T"), ("send", "N")])
def test_a_power_cut_while_it_is_being_sent_leaves_a_fiscal_document_whose_paper_is_settled_at_power_on(
    tmp_path: Path, choice: str, printed: str
) -> None:
    async def scenario() -> None:
        path = tmp_path / "posnet.json"
        printer = new_printer(state=path, hub="slow", hub_delay="10", edocument_at_power_on=choice)
        host = Host(printer)
        number = bound(host)
        host.do("trinit|bm1", "trline|naChleb|vt1|pr200")
        assert host.ask("trend|to200") == ""  # and the process is killed
        again = new_printer(state=path, edocument_at_power_on=choice)
        host = Host(again)
        assert host.value("scnt", "bn") == "1"
        assert host.value("strns", "to") == "0"
        assert ("SUMA PLN" in again.paper()) is (printed == "T")
        found = record(host, number)
        assert (found["st"], found["pr"], found["di"]) == ("1", printed, "1")
        assert [received.number for received in again.memory.edocuments.hub] == ["1"]

    in_virtual_time(scenario())


def test_a_customer_who_was_named_is_still_named_after_a_power_cut(tmp_path: Path) -> None:
    path = tmp_path / "posnet.json"
    number = bound(Host(new_printer(state=path)))
    host = Host(new_printer(state=path))
    sell(host)
    assert record(host, number)["st"] == "1"


def test_the_control_api_side_tells_the_truth_about_the_server() -> None:
    host = Host(new_printer())
    bound(host)
    sell(host)
    hub = host.printer.state()["memory"]["edocuments"]["hub"]
    assert [(item["customer"], item["number"], item["times"]) for item in hub] == [("48501234567", "1", 1)]
