"""Behaviour of the simulated printer: errors, receipts, discounts, other documents, settings."""

from __future__ import annotations

import pytest
from bridge_sim_posnet.arithmetic import percent_amount, spread
from posnet_host import Host, SetClock, new_printer, set_printer


def opened(**settings: str) -> Host:
    host = Host(set_printer(settings))
    assert host.ask("trinit|bm0") == "trinit"
    return host


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("trline|naChleb|vt1|pr200", "trline ?2005"),
        ("trend", "trend ?2005"),
        ("trpayment|ty0|wa200", "trpayment ?2005"),
        ("trftrend", "trftrend ?2066"),
        ("formend|fn200", "formend ?2505"),
        ("authstateget", "authstateget ?480"),
        ("fmrecrd", "fmrecrd ?384"),
        ("dailyrep|da2026-10-08", "dailyrep ?2022"),
        ("cash|kw50|wpN", "cash ?503"),
        ("rtcset|da2026-10-09,18:00", "rtcset ?2023"),
        ("nonsense", "ERR ?1 cmnonsense"),
        ("trline|naChleb|pr200", "ERR ?2 cmtrline fdvt"),
        ("trline|naChleb|vt1|pr2,00", "ERR ?3 cmtrline fdpr"),
        ("trline|na" + "x" * 81 + "|vt1|pr200", "ERR ?10 cmtrline fdna"),
        ("!scnt", "ERR ?12 cmscnt"),
        ("!nonsense", "ERR ?1 cmnonsense"),
    ],
)
def test_an_idle_printer_refuses_with_the_code_of_the_reference(command: str, answer: str) -> None:
    assert Host(new_printer()).ask(command) == answer


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("trinit|bm0", "trinit ?2038"),
        ("dailyrep|da2026-10-09", "dailyrep ?2038"),
        ("stocash|kw100", "stocash ?2038"),
        ("trend", "trend ?1992"),
        ("trline|naChleb|vt4|pr200", "trline ?2000"),
        ("trline|naChleb|vt9|pr200", "trline ?2000"),
        ("trline|naChleb|vt1|pr0", "trline ?2006"),
        ("trline|naChleb|vt1|pr200|il0", "trline ?2007"),
        ("trline|naChleb|vt1|pr1|il0.1", "trline ?2009"),
        ("trline|na?!|vt1|pr200", "trline ?2104"),
        ("trline|naChleb|vt1|pr200|il2|wa300", "trline ?2802"),
        ("trline|naChleb|vt1|pr200|rp1000|rw30", "trline ?2801"),
        ("trline|naChleb|vt1|pr200|rw200", "trline ?1985"),
        ("trline|naChleb|vt1|pr200|st1", "trline ?2851"),
        ("trpayment|ty0|wa200", "trpayment ?1992"),
    ],
)
def test_an_open_receipt_refuses_with_the_code_of_the_reference(command: str, answer: str) -> None:
    assert opened().ask(command) == answer


@pytest.mark.parametrize(
    ("payments", "end", "answer"),
    [
        ([], "trend|to201", "trend ?2805"),
        ([], "trend|to200|op5", "trend ?2806"),
        ([], "trend|to200|om5", "trend ?2807"),
        (["ty0|wa100"], "trend|to200", "trend ?2054"),
        (["ty0|wa500"], "trend|to200|fp400", "trend ?2808"),
        (["ty0|wa500"], "trend|to200|fp500|re200", "trend ?2809"),
        (["ty0|wa500", "ty0|wa100|re1"], "trend|to200", "trend ?2054"),
        (["ty0|wa500"], "trend|to200|fp500|re300", "trend"),
        (["ty2|wa500", "ty0|wa300|re1"], "trend|to200|fp500|re300", "trend"),
        ([], "trend", "trend"),
    ],
)
def test_trend_verifies_every_value(payments: list[str], end: str, answer: str) -> None:
    host = opened()
    host.ask("trline|naChleb|vt1|pr200")
    for payment in payments:
        assert host.ask(f"trpayment|{payment}") == "trpayment"
    assert host.ask(end) == answer


def test_a_refused_trend_leaves_the_receipt_open() -> None:
    host = opened()
    host.ask("trline|naChleb|vt1|pr200")
    assert host.ask("trend|to201") == "trend ?2805"
    assert host.value("strns", "to") == "1"
    assert host.ask("trend|to200") == "trend"


@pytest.mark.parametrize(
    ("settings", "command", "answer"),
    [
        ({"line_total_error": "2008"}, "trline|naChleb|vt1|pr200|wa1", b"trline\t?2008\t"),
        ({"error_tab": "no"}, "trline|naChleb|vt1|pr200|wa1", b"trline\t?2802"),
        ({"frame_error_detail": "command"}, "trline|naChleb", b"ERR\t?2\tcmtrline\t"),
        ({"frame_error_detail": "none"}, "trline|naChleb", b"ERR\t?2\t"),
        ({"profile": "old"}, "rtcget", b"rtcget\tda2026-10-09;11:48\t"),
        ({"profile": "old"}, "trline|na" + "x" * 41 + "|vt1|pr2", b"ERR\t?10\tcmtrline\tfdna\t"),
        ({"receipt_counter": "continuous"}, "billcountercfgget", b"billcountercfgget\tdlN\t"),
        ({"discount_type": "1"}, "discounttypeget", b"discounttypeget\tdt1\t"),
    ],
)
def test_a_setting_decides_an_open_point(settings: dict[str, str], command: str, answer: bytes) -> None:
    host = opened(**settings)
    host.received.clear()
    host.write(command)
    assert bytes(host.received)[1:-6] == answer


def test_old_firmware_has_no_new_fields() -> None:
    host = Host(new_printer(profile="old"))
    assert "vf" not in host.ask("getrealid")
    assert " td" not in host.ask("scomm")
    assert " tm" not in host.ask("sfsk")


@pytest.mark.parametrize(("choice", "answer"), [("ok", "prncancel"), ("2064", "prncancel ?2064")])
def test_prncancel_with_nothing_open_answers_as_chosen(choice: str, answer: str) -> None:
    host = Host(new_printer(cancel_nothing=choice))
    assert host.ask("prncancel") == answer
    host.ask("trinit|bm0")
    assert host.ask("prncancel") == "prncancel"
    assert host.ask("prncancel") == answer


@pytest.mark.parametrize(("choice", "cancelled"), [("silent", "0"), ("counted", "1")])
def test_a_cancelled_block_receipt_counts_as_chosen(choice: str, cancelled: str) -> None:
    host = Host(new_printer(block_cancel=choice))
    host.ask("trinit|bm1")
    assert host.value("scomm", "ts") == "17"
    host.ask("trline|naChleb|vt1|pr200")
    host.ask("prncancel")
    assert host.value("scnt", "bc") == cancelled
    assert host.value("scnt", "bt") == cancelled


def test_a_cancelled_receipt_uses_a_number_and_a_header() -> None:
    host = opened()
    host.ask("trline|naChleb|vt1|pr200")
    host.ask("prncancel")
    assert host.ask("scnt") == "scnt rd0 hn2 bn0 fn0 nuZBF 2101002392 bc1 bt1 fc0"
    assert (host.value("stot", "cn"), host.value("stot", "ct")) == ("1", "200")
    assert (host.value("eclastdocnoget|ty1", "di"), host.value("eclastdocnoget|ty0", "di")) == ("1", "0")


def test_trline_after_a_payment_is_refused_until_the_payments_are_withdrawn() -> None:
    host = opened()
    host.ask("trline|naChleb|vt1|pr200")
    host.ask("trpayment|ty0|wa200")
    assert host.ask("trline|naMasło|vt1|pr300") == "trline ?2060"
    assert host.ask("trsubtotcanc") == "trsubtotcanc"
    assert host.ask("trline|naMasło|vt1|pr300") == "trline"
    assert host.ask("trend|to500|fp500") == "trend"


def test_a_storno_without_the_lines_discount_makes_trend_fail() -> None:
    host = opened()
    host.ask("trline|naKawa|vt0|pr1000|rw200")
    host.ask("trline|naPiwo|vt0|pr800")
    assert host.ask("trline|naKawa|vt0|pr1000|st1") == "trline"
    assert host.ask("trend|to800") == "trend ?2805"
    host.ask("prncancel")
    host.ask("trinit|bm0")
    host.ask("trline|naKawa|vt0|pr1000|rw200")
    host.ask("trline|naPiwo|vt0|pr800")
    assert host.ask("trline|naKawa|vt0|pr1000|st1|rw200") == "trline"
    assert host.ask("trend|to800") == "trend"


def test_a_footer_may_stay_open_behind_a_receipt_that_is_already_fiscal() -> None:
    host = opened()
    host.ask("trline|naChleb|vt1|pr200")
    assert host.ask("trend|to200|fe0") == "trend"
    assert host.value("strns", "to") == "0"
    assert host.value("strns", "fe") == "T"
    assert host.value("scnt", "bn") == "1"
    assert host.ask("trinit|bm0") == "trinit ?2038"
    assert host.ask("trftrln|id25|naDziękujemy") == "trftrln"
    assert host.ask("trftrend") == "trftrend"
    assert host.value("strns", "fe") == "N"
    assert host.ask("trinit|bm0") == "trinit"


def test_the_goods_base_locks_a_name_whose_rate_went_down_and_up() -> None:
    host = Host(new_printer())
    for rate, answer in ((2, "trline"), (1, "trline"), (0, "trline"), (1, "trline"), (0, "trline ?2106")):
        host.ask("trinit|bm0")
        assert host.ask(f"trline|naChleb-żytni!|vt{rate}|pr200") == answer
        host.ask("trend" if answer == "trline" else "prncancel")
    assert host.ask("dbchkplu|vt0|naCHLEB ŻYTNI") == "dbchkplu vv8,00 blT"
    assert host.value("stot", "cc") == "4"


def test_two_zero_reports_in_a_row_are_refused_and_counters_start_again() -> None:
    host = Host(new_printer())
    host.sell()
    assert host.ask("dailyrep|da2026-10-09") == "dailyrep"
    assert host.ask("scnt") == "scnt rd1 hn3 bn0 fn0 nuZBF 2101002392 bc0 bt0 fc0"
    assert "rw2026-10-09;11:48" in host.ask("sfsk")
    assert host.value("fmrecrd", "pb") == "200"
    assert host.ask("dailyrep|da2026-10-09") == "dailyrep"
    assert host.ask("dailyrep|da2026-10-09") == "dailyrep ?382"


def test_a_daily_report_without_date_waits_for_a_key() -> None:
    printer = new_printer()
    host = Host(printer)
    host.sell()
    assert host.ask("dailyrep") == ""
    assert host.ask("!sdev") == "sdev ds2 cpT qeN peN tl0"
    assert host.ask("scnt") == ""
    printer.press_key()
    assert [answer.split()[0] for answer in host.answers()] == ["dailyrep", "scnt"]


def test_goods_return_cash_and_forms_count_as_non_fiscal_printouts() -> None:
    printer = new_printer()
    host = Host(printer)
    for command in (
        "stocash|kw999",
        "cash|kw5000|wpT",
        "cash|kw1000|wpN",
        "formstart|fn200",
        "formline|fn200|fl711|s1Kupon",
        "formformattedline|fn200|s1&c&bGratis && więcej",
        "formcmd|fn200|cm1",
        "formend|fn200",
    ):
        assert host.ask(command) == command.split("|")[0]
    assert (host.value("scnt", "hn"), host.value("stot", "nf")) == ("5", "4")
    assert (host.value("scashstate", "cs"), host.value("eclastdocnoget|ty5", "di")) == ("4000", "4")
    assert [document.kind for document in printer.documents()] == [
        "goods_return",
        "cash_in",
        "cash_out",
        "non_fiscal",
    ]
    assert printer.documents()[0].total == "9.99"


@pytest.mark.parametrize(("choice", "expected"), [("yes", ("1", "200")), ("no", ("0", "0"))])
def test_a_non_fiscal_printer_totalizes_its_training_receipts_as_chosen(choice: str, expected: tuple[str, str]) -> None:
    printer = new_printer(mode="non_fiscal", non_fiscal_totals=choice)
    host = Host(printer)
    host.sell()
    assert (host.value("scnt", "bn"), host.value("stot", "pb")) == expected
    assert not printer.documents()[0].fiscal
    assert "N I E F I S K A L N Y" in printer.paper()


def test_the_reference_reaches_the_document_and_is_used_up() -> None:
    printer = new_printer()
    host = Host(printer)
    host.ask("ftrcfg|snORDER-1|ccAnna|cn2|ca1")
    host.sell()
    host.sell()
    assert [document.reference for document in printer.documents()] == ["ORDER-1", ""]
    assert printer.paper().count("#2 Anna") == 2
    assert "ORDER-1" in printer.paper()


# --- money


def test_a_percent_discount_follows_the_discount_type() -> None:
    assert 1350 - percent_amount(1350, 1500, discount=True, kind="0") == 1148
    assert 1350 - percent_amount(1350, 1500, discount=True, kind="1") == 1147


@pytest.mark.parametrize("method", ["reference", "proportional"])
@pytest.mark.parametrize("discount", [True, False])
def test_an_amount_discount_is_spread_without_rest(method: str, discount: bool) -> None:
    for gross in ([333, 333, 334, 0, 0, 0, 0], [1, 999, 0, 7, 0, 0, 13], [5, 0, 0, 0, 0, 0, 0]):
        for amount in (1, 2, 3):
            changes = spread(gross, amount, discount=discount, method=method)
            assert sum(changes) == (-amount if discount else amount)
            assert all((change <= 0) is discount or change == 0 for change in changes)


def test_the_clock_follows_rtcset_within_two_hours() -> None:
    clock = SetClock()
    host = Host(new_printer(clock))
    assert host.ask("rtcset|da2026-10-09,12:05") == "rtcset"
    assert host.value("rtcget", "da") == "2026-10-09;12:05"
    clock.forward(60)
    assert host.value("rtcget", "da") == "2026-10-09;12:06"


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(ValueError, match=r"no setting 'speed'.*cancel_nothing"):
        new_printer(speed="fast")
    with pytest.raises(ValueError, match="'block_cancel' must be one of silent, counted"):
        new_printer(block_cancel="maybe")
    with pytest.raises(ValueError, match="seven rates"):
        new_printer(rates="23/8")


# --- discounts and payments outside a line


def test_discounts_to_an_earlier_line_to_a_rate_and_a_promotion() -> None:
    host = opened()
    host.ask("trline|naKawa|vt0|pr1000")
    host.ask("trline|naChleb|vt1|pr500")
    assert host.ask("trdiscntline|vt0|dsHerbata|rt1000|rw100") == "trdiscntline ?1991"
    assert host.ask("trdiscntline|vt0|dsKawa|rt1000|rw100") == "trdiscntline"
    assert host.value("strns", "va") == "900"
    assert host.ask("trdiscntline|vt0|dsKawa|rt1000|rw100|st1") == "trdiscntline"
    assert host.value("strns", "va") == "1000"
    assert host.ask("trdiscntvat|vt1|rp1000|rt499") == "trdiscntvat ?2801"
    assert host.ask("trdiscntvat|vt1|rp1000|rt500") == "trdiscntvat"
    assert host.ask("trdiscntpromo|vt0|rw50|naZestaw") == "trdiscntpromo"
    assert (host.value("strns", "va"), host.value("strns", "vb")) == ("950", "450")
    assert host.ask("trdiscntpromo|vt0|rw50|st1") == "trdiscntpromo"
    assert host.ask("trend|to1450") == "trend"


def test_a_bill_discount_closes_the_lines_and_can_be_cancelled() -> None:
    host = opened()
    host.ask("trline|naKawa|vt0|pr1000")
    assert host.ask("showsubtotal") == "showsubtotal"
    assert host.ask("trdiscntbill|rp1000|naStały klient") == "trdiscntbill"
    assert host.ask("trdiscntsubtot|rp1000") == "trdiscntsubtot ?1991"
    assert host.ask("showsubtotal") == "showsubtotal ?2060"
    assert host.value("strns", "va") == "900"
    assert host.ask("trsubtotcanc") == "trsubtotcanc"
    assert host.value("strns", "va") == "1000"
    assert host.ask("trdiscntbill|rd0|rw50") == "trdiscntbill"
    assert host.ask("trend|to1050") == "trend"


def test_payments_can_be_taken_back_and_have_limits() -> None:
    host = opened()
    host.ask("trline|naKawa|vt0|pr1000")
    for command, answer in (
        ("trpayment|ty1|wa100", "trpayment ?2705"),
        ("trpayment|ty0|wa0", "trpayment ?1962"),
        ("trpayment|ty2|wa600", "trpayment"),
        ("trpayment|ty0|wa100|re1", "trpayment ?1961"),
        ("trpayment|ty0|wa600", "trpayment"),
        ("trpayment|ty0|wa1", "trpayment ?1953"),
        ("trpayment|ty0|wa200|re1", "trpayment"),
        ("trpayment|ty0|wa200|re1", "trpayment ?2094"),
        ("trpaymentdelete|ty5|wa600", "trpaymentdelete ?2063"),
        ("trpaymentdelete|ty0|wa600", "trpaymentdelete"),
        ("trend|to1000", "trend ?2054"),
        ("trpaymentcanc", "trpaymentcanc"),
        ("trline|naKawa|vt0|pr1", "trline"),
        ("trend|to1001|fp1001|re0", "trend"),
    ):
        assert host.ask(command) == answer


def test_drawer_display_cashier_and_feed() -> None:
    printer = new_printer()
    host = Host(printer)
    assert host.ask("sdrwr") == "sdrwr ds1 ks2"
    assert host.ask("opendrwr") == "opendrwr"
    assert host.ask("!sdrwr") == "sdrwr ds0 ks2"
    assert host.ask("dsptxtline|id0|no1|lnDo zapłaty") == "dsptxtline"
    assert printer.state()["display"] == ["", "Do zapłaty"]
    assert host.ask("login|naAnna|drT") == "login"
    assert "Kasjer Anna" in printer.paper()
    assert host.ask("papfeed|ln3") == "papfeed"
    assert host.ask("papfeed|ln21") == "ERR ?3 cmpapfeed fdln"
    assert host.ask("sid") == "sid nmPOSNET THERMAL XL2 ONLINE vr30.01"
    assert host.ask("!break") == "break"


def test_a_printer_that_may_not_sell_says_why() -> None:
    for settings, answer in (
        ({"authorisation_days": "0"}, "trinit ?484"),
        ({"shop": ""}, "trinit ?2002"),
        ({"mode": "read_only"}, "trinit ?2036"),
        ({"rates": "-/-/-/-/-/-/-"}, "trinit ?2004"),
    ):
        host = Host(set_printer(settings))
        assert host.ask("trinit|bm0") == answer
        assert host.ask("currget") == "currget naPLN"
    assert Host(new_printer(authorisation_days="30")).ask("authstateget") == "authstateget il30"
