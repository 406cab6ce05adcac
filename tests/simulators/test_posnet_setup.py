"""What locks the sale, service and certificate dates, set-up commands, and the switches of a running printer."""

from __future__ import annotations

import aiohttp
import pytest
from bridge_sim_posnet.family import PosnetSimulator
from bridge_sim_posnet.settings import PosnetSettings
from bridge_simulators.settings import describe, shown
from posnet_host import Host, SetClock, new_printer, set_printer

BLOCKS = [code for code in describe(PosnetSettings)["sale_blocked"].split("[")[1].split("]")[0].split(" | ") if code != "no"]


@pytest.mark.parametrize("code", BLOCKS)
def test_a_locked_sale_is_refused_with_the_error_of_the_reference_until_it_is_unlocked(code: str) -> None:
    host = Host(new_printer())
    host.printer.switch({"sale_blocked": code})
    for opening in ("trinit|bm0", "trfvinit", "trpackinit"):
        assert host.ask(opening) == f"{opening.split('|')[0]} ?{code}"
    host.do("scnt", "strns", "stocash|kw100")
    host.printer.switch({"sale_blocked": "no"})
    host.sell()


@pytest.mark.parametrize(
    ("switch", "code"),
    [
        ({"authorisation_days": "0"}, 484),
        ({"subscription": "expired"}, 488),
        ({"certificate": "expired"}, 3735),
    ],
)
def test_what_has_expired_locks_the_sale(switch: dict[str, str], code: int) -> None:
    host = Host(new_printer())
    host.do("trinit|bm0", "trline|naChleb|vt1|pr200")
    host.printer.switch(switch)
    host.do("trend|to200")
    assert host.ask("trinit|bm0") == f"trinit ?{code}"


def test_the_days_of_authorisation_can_be_read() -> None:
    host = Host(new_printer())
    assert host.ask("authstateget") == "authstateget ?480"
    host.printer.switch({"authorisation_days": "30"})
    assert host.ask("authstateget") == "authstateget il30"


def test_a_full_day_totalizer_and_a_clock_behind_the_last_report_lock_the_sale() -> None:
    clock = SetClock()
    host = Host(new_printer(clock))
    host.printer.memory.daily.invoices[2] = 40_000_000_001
    assert host.ask("trinit|bm0") == "trinit ?2010"
    host.printer.memory.daily.invoices[2] = 0
    host.sell()
    host.do("dailyrep|da2026-10-09")
    clock.forward(-3600)
    assert host.ask("trinit|bm0") == "trinit ?1045"
    assert host.ask("dailyrep|da2026-10-09") == "dailyrep ?1045"


@pytest.mark.parametrize(
    ("state", "inspection", "until", "lock"),
    [
        ("fine", "2027-10-09", "2027-10-09", "2027-10-09"),
        ("soon", "2026-10-16", "2026-10-16", "2026-10-16"),
        ("expired", "2026-10-08", "2026-10-08", "2026-10-08"),
    ],
)
def test_service_and_certificate_dates_are_settable(state: str, inspection: str, until: str, lock: str) -> None:
    host = Host(set_printer({"maintenance": state, "certificate": state, "subscription": state}))
    assert host.ask("nextmaintenanceget") == f"nextmaintenanceget da{inspection}"
    assert host.value("certinfoget|id0", "da") == until
    assert host.value("certinfoget|id6", "ok") == "T"
    assert host.value("subgettime", "lt").startswith(lock)
    host.do("dailyrep|da2026-10-09")
    assert ("PRZEGLĄD TECHNICZNY" in host.printer.paper()) is (state != "fine")


def test_the_next_inspection_can_be_programmed_and_made_with_the_jumper() -> None:
    host = Host(new_printer())
    host.do("nextmaintenanceset|da2026-12-24")
    assert host.value("nextmaintenanceget", "da") == "2026-12-24"
    assert host.ask("maintenance|teSERWIS1|da2027-12-24") == "maintenance ?361"
    host.printer.switch({"service_jumper": "yes"})
    assert host.ask("maintenance|teSERWIS1|da2026-10-09") == "maintenance ?2070"
    host.do("maintenance|teSERWIS1|da2027-12-24")
    assert (host.value("nextmaintenanceget", "da"), host.value("fmrectypeget|no1", "ty")) == ("2027-12-24", "17")


@pytest.mark.parametrize(
    ("settings", "command", "code"),
    [
        ({}, "fiscalize|ni1234563218", 2033),
        ({"mode": "non_fiscal"}, "fiscalize|ni123", 2096),
        ({"mode": "non_fiscal"}, "fiscalize|ni5260250274", 2031),
        ({"mode": "non_fiscal"}, "fiscalize|ni1234563218", 361),
        ({}, "dbtrdelall|da2026-10-08", 2022),
        ({}, "dbtrdelall|da2026-10-09", 361),
        ({}, "changekeys", 361),
        ({}, "repositoryunregister", 2037),
        ({}, "protoswitch|pi1", 752),
        ({}, "vatset|va23|da2026-10-08", 2022),
        ({}, "vatset|da2026-10-09", 2030),
        ({"hub": "unreachable"}, "rtcsync", 462),
        ({}, "rtcset|da2026-10-09,14:30", 2023),
        ({}, "currrateset|onT|ra4321500|naeur", 3053),
        ({}, "currrateset|onT|naEUR", 3055),
        ({}, "pccfgset|id4|no80", 720),
        ({}, "pccfgset|id4|no2121", 735),
        ({}, "pccfgset|id4|no6666|pr1", 752),
        ({}, "pccfgset|id3", 728),
        ({}, "pccfgset|id2|cp3", 745),
        ({}, "pccfgset|id2|pr2", 719),
        ({}, "comcfgset|no1|sp14400|da8|st1|pa0|fl0", 718),
        ({}, "tcpipcfgset|id9", 738),
        ({}, "tcpipcfgset|id4|ip1.2.3", 700),
        ({}, "hdrset|tx&1Sklep&1|pr1", 4202),
        ({}, "hdrset|tx&1Sklep&1&202281&2&3Warszawa&3|pr1", 4209),
        ({}, "hdrset|tx" + "x" * 41 + "|pr1", 717),
    ],
)
def test_set_up_is_refused_with_the_error_of_the_reference(settings: dict[str, str], command: str, code: int) -> None:
    assert Host(set_printer(settings)).ask(command) == f"{command.split('|')[0]} ?{code}"


def test_a_printer_becomes_fiscal_with_the_jumper() -> None:
    host = Host(new_printer(mode="non_fiscal", service_jumper="yes"))
    host.do("fiscalize|ni1234563218")
    assert (host.value("scomm", "fs"), host.value("fmrectypeget|no0", "ty")) == ("T", "6")
    host.sell()
    assert "⟨PL⟩" in host.printer.paper()


def test_rates_are_changed_and_the_same_ones_again_are_a_success_without_effect() -> None:
    host = Host(new_printer())
    host.do("vatset|va23|vb8|vc5|vd0|da2026-10-09")
    assert host.value("sfsk", "vt") == "0"
    assert host.ask("vatset|va23|vb7,5|vg100") == ""
    host.printer.press_key()
    assert host.answers() == ["vatset"]
    assert host.ask("vatget") == "vatget va23,00 vb7,50 vc101,00 vd101,00 ve101,00 vf101,00 vg100,00"
    assert (host.value("sfsk", "vt"), host.value("fmrecvat", "vb"), host.value("stot", "le")) == ("1", "7,50", "1")
    host.sell()
    assert host.ask("vatset|va22|da2026-10-09") == "vatset ?2035"


def test_the_header_is_tried_on_paper_and_then_kept() -> None:
    host = Host(new_printer())
    text = "&c&1Sklep KONFITURA&1\n&c&202-281&2 &3Warszawa&3"
    host.do(f"hdrset|tx{text}|pr0")
    assert host.value("hdrget", "tx").startswith("&c&1SKLEP POD LIPĄ")
    host.do(f"hdrset|tx{text}|pr1")
    assert host.value("hdrget", "tx") == text
    assert host.value("eclastdocnoget|ty13", "di") == host.value("eclastdocnoget", "di") == "2"
    lines = len(host.printer.roll.lines)
    host.sell()
    assert "            Sklep KONFITURA\n            02-281 Warszawa\n" in host.printer.paper(lines)


def test_the_discount_method_is_set_for_good() -> None:
    host = Host(new_printer())
    for method, total in (("0", 1148), ("1", 1147)):
        host.do(f"discounttypeset|dt{method}", "trinit|bm0", "trline|naDlugopis|vt2|pr1350", "trdiscntbill|rd1|rp1500")
        host.do(f"trend|to{total}")
        assert host.value("discounttypeget", "dt") == method


def test_the_programmed_identity_shows_in_status_but_not_in_the_real_one() -> None:
    host = Host(new_printer())
    host.do("progid|nmMOJA|vr1.0|nuABC 1")
    assert (host.ask("sid"), host.value("scnt", "nu"), host.value("getprogfiscid", "nu")) == (
        "sid nmMOJA vr1.0",
        "ABC 1",
        "ABC 1",
    )
    assert host.value("getrealid", "nu") == "ZBF 2101002392"
    host.do("resetprogid")
    assert host.value("scnt", "nu") == "ZBF 2101002392"


def test_ports_and_rates_of_currencies_are_kept() -> None:
    host = Host(new_printer())
    host.do("currrateset|onT|ra4321550|naEUR", "comcfgset|no1|sp9600|da8|st2|pa1|fl0", "pccfgset|id2|no1|cp1|pi2")
    assert host.ask("currrateget") == "currrateget onT ra4321600 naEUR diT"
    assert host.ask("comcfgget|no1") == "comcfgget sp9600 da8 st2 pa1 fl0"
    assert host.ask("pccfgget|pi2") == "pccfgget id2 no1 pr0 cp1"
    host.do("tcpipcfgset|id4|dh1", "currrateset|onN", "usbdrvtypeset|ty1", "trlogset|id1|no6000")
    assert host.value("tcpipcfgget", "dp") == "8.8.8.8"
    assert host.value("currrateget", "on") == "N"


def test_the_goods_base_is_compared_with_that_of_the_till() -> None:
    host = Host(new_printer())
    host.sell(rate=2)
    host.do("dbchkstart|ty1", "dbchkline|vt1|naChleb", "dbchkline|vt0|naMasło")
    assert host.ask("formend|fn200") == "formend ?2501"
    host.do("dbchkend")
    assert "B 8,00 %                          5,00" in host.printer.paper()
    assert "A 23,00 %                            ?" in host.printer.paper()
    host.printer.switch({"service_jumper": "yes"})
    assert host.ask("changekeys") == "changekeys ?2035"
    host.do("dailyrep|da2026-10-09", "changekeys", "dbtrdelall|da2026-10-09")
    assert host.value("dbchkplu|vt0|naChleb", "vv") == "101,00"


# --- the mechanism


def test_an_error_of_the_mechanism_and_paper_near_its_end_are_told() -> None:
    host = Host(new_printer())
    host.printer.switch({"mechanism": "8", "near_end": "yes"})
    assert host.ask("!sprn") == "sprn pr8"
    assert host.ask("!sdev") == "sdev ds3 cpT qeT peT tl0"
    assert host.ask("scnt") == ""
    host.printer.switch({"mechanism": "0"})
    assert len(host.answers()) == 1


# --- switches


def test_a_switch_that_does_not_exist_or_is_fixed_is_named() -> None:
    printer = new_printer()
    with pytest.raises(ValueError, match=r"no switch 'rates' on a running device.*sale_blocked"):
        printer.switch({"rates": "23/-/-/-/-/-/-"})
    with pytest.raises(ValueError, match="'hub' must be one of reachable"):
        printer.switch({"near_end": "yes", "hub": "maybe"})
    assert printer.switches()["near_end"] == "no"
    assert shown(printer.settings)["rates"] == "23/8/5/0/-/-/-"


async def test_the_switches_are_reached_over_the_control_api() -> None:
    running = await PosnetSimulator().start(listen="tcp://127.0.0.1:0", control=0, pace="fast")
    try:
        async with aiohttp.ClientSession() as client:
            async with client.post(f"{running.control_url}/switches", json={"hub": "slow", "near_end": "yes"}) as response:
                assert (response.status, (await response.json())["hub"]) == (200, "slow")
            async with client.get(f"{running.control_url}/switches") as response:
                switches = await response.json()
            assert (switches["near_end"], "rates" in switches) == ("yes", False)
            for body in ({"hub": "maybe"}, {"hub": 1}, {"nothing": "x"}, ["hub"]):
                async with client.post(f"{running.control_url}/switches", json=body) as response:
                    assert response.status == 400
                    assert (await response.json())["error"].endswith(".")
    finally:
        await running.close()
