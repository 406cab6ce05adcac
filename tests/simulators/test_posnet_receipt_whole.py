"""Receipts with all that belongs to them: packaging, advances, currencies, change, codes, footer lines, cashiers, display."""

from __future__ import annotations

import pytest
from bridge_sim_posnet.forms import ean13
from bridge_sim_posnet.receipt import CommandError
from posnet_host import Host, new_printer, set_printer

BREAD = "trline|naChleb|vt1|pr200"


def opened(**settings: str) -> Host:
    host = Host(set_printer(settings))
    host.do("trinit|bm0", BREAD)
    return host


# --- packaging


def test_packaging_stands_outside_the_fiscal_value_and_is_paid_with_it() -> None:
    host = opened()
    host.do("trpack|na123|pr50|il6|deButelka", "trpack|pr100|il2|ne1|deSkrzynka")
    assert (host.value("strns", "pp"), host.value("strns", "pm")) == ("300", "200")
    for wrong, code in (
        ("to300|op300|om200", 2805),
        ("to200|op299|om200", 2806),
        ("to200|op300|om201", 2807),
        ("to200|op300|om200|fp200", 2808),
    ):
        assert host.ask(f"trend|{wrong}") == f"trend ?{code}"
    host.do("trpayment|ty0|wa500")
    assert host.ask("trend|to200|op300|om200|fp500|re199") == "trend ?2809"
    host.do("trend|to200|op300|om200|fp500|re200")
    (document,) = host.printer.documents()
    assert (document.total, document.taxes, document.details["due"]) == ("2.00", {"B": "2.00"}, "3.00")
    assert [pack["total"] for pack in document.details["packaging"]] == ["3.00", "2.00"]
    assert (host.value("strns", "pp"), host.value("strns", "fp")) == ("300", "500")
    assert host.value("stot", "pb") == "200"
    assert host.value("scashstate", "cs") == "300"


def test_more_packaging_returned_than_bought_is_given_back_in_cash() -> None:
    host = opened()
    host.do("trpack|pr100|il5|ne1")
    assert host.ask("trend|to200|om500|re299") == "trend ?2809"
    host.do("trend|to200|om500|fp0|re300")
    (document,) = host.printer.documents()
    assert (document.payments, document.change, document.details["due"]) == ([], "3.00", "-3.00")
    assert "DO ZWROTU PLN                       3,00" in host.printer.paper()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("trpack|pr0", 2006),
        ("trpack|pr50|il1.5", 2001),
        ("trpack|pr50|il0", 2007),
        ("trpack|pr50|il2|wa99", 2803),
        ("trpack|pr9999999999|il2", 1958),
        ("trpack|pr60|st1", 2853),
        ("trpack|na7|pr50|il3|st1", 1959),
        ("trpack|na7|pr50|il3|ne1|st1", 2853),
    ],
)
def test_wrong_packaging_is_refused(command: str, code: int) -> None:
    host = opened()
    host.do("trpack|na7|pr50|il2")
    assert host.ask(command) == f"trpack ?{code}"
    assert host.value("strns", "pp") == "100"


def test_packaging_can_be_taken_back_and_old_programs_may_repeat_it_below_the_receipt() -> None:
    host = opened()
    host.do("trpack|na7|pr50|il3", "trpack|na7|pr50|il1|st1", "trend|to200|op100|fe0")
    assert host.ask("trpackprnend|na7|pr50|il2|wa99") == "trpackprnend ?2803"
    host.do("trpackprnend|na7|pr50|il2", "trftrend")
    assert host.printer.documents()[0].details["due"] == "3.00"


def test_packaging_alone_is_not_fiscal() -> None:
    host = Host(new_printer())
    host.do("trpackinit")
    assert host.ask("trend") == "trend ?2810"
    host.do("trpack|pr300|il2", "trpayment|ty2|wa600", "trend|to0|op600|fp600")
    (document,) = host.printer.documents()
    assert (document.kind, document.fiscal, document.total) == ("packaging", False, "6.00")
    assert host.ask("scnt") == "scnt rd0 hn2 bn0 fn0 nuZBF 2101002392 bc0 bt0 fc0"
    assert (host.value("stot", "nf"), host.value("strns", "ts"), host.value("eclastdocnoget|ty5", "di")) == ("1", "48", "1")


def test_a_packaging_return_slip_takes_cash_out_of_the_drawer() -> None:
    host = Host(new_printer())
    host.do("cash|kw1000|wpT", "packret|kw345")
    assert host.value("scashstate", "cs") == "655"
    assert host.printer.documents()[-1].kind == "packaging_return"


def test_too_many_kinds_of_packaging_are_refused() -> None:
    host = opened()
    for number in range(100):
        host.do(f"trpack|na{number}|pr50")
    assert host.ask("trpack|na100|pr50") == "trpack ?1965"
    host.do("trpack|na99|pr50")


# --- advances


def test_an_advance_lowers_the_fiscal_value_and_may_be_put_back_in_part() -> None:
    host = Host(new_printer())
    host.do("trinit|bm0", "trline|naTowar A|vt0|pr1000", "tradvance|naZALICZKA|vt0|pr500|wa1000")
    assert host.value("strns", "va") == "500"
    assert host.ask("tradvance|vt0|pr501|wa501|st1") == "tradvance ?2852"
    host.do("tradvance|naZALICZKA|vt0|pr300|st1|wa500")
    assert host.ask("trend|to1000") == "trend ?2805"
    host.do("trend|to800")
    assert host.printer.documents()[0].details["advances"][1] == {
        "name": "ZALICZKA",
        "vat": "A",
        "amount": "3.00",
        "storno": True,
    }
    assert "#STORNO#" in host.printer.paper()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("tradvance|vt1|pr0|wa200", 1966),
        ("tradvance|vt1|pr100|wa201", 1964),
        ("tradvance|vt1|pr150|wa100", 1964),
        ("tradvance|vt4|pr100|wa100", 2000),
    ],
)
def test_a_wrong_advance_is_refused(command: str, code: int) -> None:
    assert opened().ask(command) == f"tradvance ?{code}"


def test_a_receipt_may_end_at_zero_only_through_advances() -> None:
    host = opened()
    host.do("tradvance|vt1|pr200|wa200", "trend|to0")
    assert host.printer.documents()[0].total == "0.00"
    host.do("trinit|bm0", BREAD, BREAD + "|st1")
    assert host.ask("trend|to0") == "trend ?2041"


# --- payments and change


def test_a_payment_in_a_foreign_currency_counts_at_its_rate() -> None:
    host = Host(new_printer())
    host.do("trinit|bm0", "trline|naKawa|vt0|pr1000")
    for wrong, code in (
        ("wc200|ra43215|naEuro|sbEu", 3053),
        ("wc200|ra43215|naEuro|sbPLN", 3053),
        ("wc200|ra0|naEuro|sbEUR", 3055),
        ("wc200|wa863|ra43215|naEuro|sbEUR", 2804),
        ("wc9999999999|ra99999999999|naEuro|sbEUR", 2040),
    ):
        assert host.ask(f"trpaymentcurr|{wrong}") == f"trpaymentcurr ?{code}"
    host.do("trpaymentcurr|wc200|wa864|ra43215|naEuro|sbEUR")
    assert host.ask("trpaymentcurrdelete|wc100|ra43215|sbEUR") == "trpaymentcurrdelete ?2063"
    host.do("trpaymentcurrdelete|wc200|ra43215|sbEUR", "trpaymentcurr|wc300|ra43215|naEuro|sbEUR")
    assert host.value("strns", "fp") == "1296"
    host.do("trend|to1000|fp1296|re296")
    (document,) = host.printer.documents()
    assert document.payments == [
        {"type": 0, "name": "Euro", "amount": "12.96", "currency": "EUR", "foreign": "3.00", "rate": "4.3215"}
    ]
    assert "PRZELICZNIK 1 EUR            4,3215 PLN" in host.printer.paper()


def test_change_may_be_one_or_several_kinds_as_chosen() -> None:
    payments = ("trpayment|ty4|wa500|naBon", "trpayment|ty4|wa100|re1")
    host = opened()
    host.do(*payments)
    assert host.ask("trpayment|ty0|wa200|re1") == "trpayment ?2094"
    host = opened(change_kinds="several")
    host.do(*payments)
    assert host.ask("trpayment|ty0|wa201|re1") == "trpayment ?1961"
    host.do("trpayment|ty0|wa150|re1", "trpaymentcurr|wc5|ra100000|naFrank|sbCHF|re1", "trend|to200|fp500|re300")
    assert host.printer.documents()[0].change == "3.00"
    assert host.printer.paper().count("RESZTA") == 3
    assert host.value("scashstate", "cs") == "0"


def test_cash_back_on_a_card_comes_out_of_the_drawer() -> None:
    host = Host(new_printer())
    host.do(
        "cash|kw1000|wpT",
        "trinit|bm0",
        BREAD,
        "trpayment|ty2|wa700|naKarta",
        "trpayment|ty0|wa500|re1",
        "trend|to200|fp700|re500",
    )
    assert host.value("scashstate", "cs") == "500"


@pytest.mark.parametrize(("choice", "answer"), [("yes", "trline"), ("no", "trline ?2060")])
def test_goods_behind_packaging_are_sold_as_chosen(choice: str, answer: str) -> None:
    host = opened(line_after_packaging=choice)
    host.do("trpack|pr50")
    assert host.ask(BREAD) == answer


# --- the buyer, codes, footer lines, the end of the paper


def test_the_last_tax_number_wins_and_blanks_take_it_off() -> None:
    host = opened()
    host.do("trnipset|ni1112223344", "trnipset|ni5260250274|dsNabywca:")
    assert host.ask("trnipset|ni") == "trnipset ?2056"
    host.do("trpayment|ty0|wa200", "trnipset|ni   ", "trend|to200")
    assert host.printer.documents()[0].details["buyer"] == ""
    assert "5260250274" not in host.printer.paper()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("qrcode|tx", 2056),
        ("qrcode|txabc|hx1", 2080),
        ("qrcode|txabcz|hx1", 2081),
        ("qrcode|tx" + "x" * 2001, 3206),
        ("qrcode|txabc|el4", 3209),
        ("pdf417code|txabc|el9", 3209),
        ("qrcode|txabc|px1", 3210),
        ("pdf417code|txabc|cc31", 3207),
        ("pdf417code|txabc|yx51", 3203),
        ("qrcode|tx" + "x" * 1500 + "|px9", 3201),
        ("formbarcode2d|fn200", 3200),
        ("formbarcode|fn200|bc5901234123458|bt1", 2059),
        ("formimage|fn200|no1", 3251),
        ("formimage|fn200|no501", 3250),
        ("formline|fn200|fl712|s1x", 2502),
        ("formline|fn200|fl711", 2504),
        ("formline|fn200|fl711|s1PARAGON   fiskalny", 2055),
        ("formformattedline|fn200|s1123456789|ma**********", 2509),
        ("formcmd|fn200|cm2", 2507),
        ("formend|fn3", 2501),
    ],
)
def test_wrong_codes_and_form_lines_are_refused(command: str, code: int) -> None:
    host = Host(new_printer())
    host.do("formstart|fn200")
    assert host.ask(command) == f"{command.split('|')[0]} ?{code}"


def test_a_2d_code_is_printed_once_above_or_below_the_bar_code() -> None:
    host = Host(new_printer())
    host.do("qrcode|tx313233|hx1", "ftrcfg|bc5901234|bb1", "trinit|bm0", BREAD, "trend|to200")
    paper = host.printer.paper()
    assert paper.index("# 123") < paper.index("||| 5901234 |||")
    host.do("ftrcfg|bb2", "trinit|bm0", BREAD, "trend|to200")
    assert host.printer.paper().count("# 123") == 1


def test_ean_13_gets_its_check_digit() -> None:
    assert ean13("590123412345") == ean13("5901234123457") == "5901234123457"
    with pytest.raises(CommandError):
        ean13("12345")


def test_footer_lines_carry_the_words_of_their_number() -> None:
    host = opened()
    host.do(
        "trend|fe0", "trftrln|id2|na987", "trftrln|id38|naSzerokie|sw1", "trftrln|id41|na&cDziękujemy", "trftrln|id25|naKoniec"
    )
    assert host.ask("trftrln|id43|nax") == "trftrln ?2702"
    for _ in range(56):
        host.do("trftrln|id25|nax")
    assert host.ask("trftrln|id25|nax") == "trftrln ?2703"
    host.do("trftrend")
    paper = host.printer.paper()
    assert "Suma punktów:                        987\n" in paper
    assert "S z e r o k i e" in paper
    assert "               Dziękujemy\nKoniec\n" in paper


def test_information_lines_stand_on_one_document_or_on_all() -> None:
    host = Host(new_printer())
    host.do("ftrinfoset|txRaz")
    host.sell()
    host.sell()
    host.do("ftrinfoset|txZawsze\n&cZapraszamy|lb1")
    host.sell()
    host.sell()
    assert host.ask("ftrinfoset|txa\nb\nc\nd") == "ftrinfoset ?2058"
    assert (host.printer.paper().count("Raz"), host.printer.paper().count("Zawsze")) == (1, 2)
    assert host.value("ftrinfoget", "tx") == "Zawsze\n&cZapraszamy"


def test_a_slip_right_behind_a_receipt_may_go_without_header_and_cut() -> None:
    host = Host(new_printer())
    host.do("ftrcfg|fe3", "trinit|bm0", BREAD, "trend|to200")
    lines = len(host.printer.roll.lines)
    host.do("stocash|kw100")
    assert "SKLEP POD LIPĄ" not in host.printer.paper(lines)
    host.do("stocash|kw100")
    assert host.printer.paper(lines).count("SKLEP POD LIPĄ") == 1


# --- cashiers


def test_several_cashiers_keep_their_own_figures() -> None:
    host = Host(new_printer())
    host.do("login|naAnna|nk1")
    host.sell(500)
    host.do("login|naEwa|nk2", "cash|kw1000|wpT")
    host.sell(300)
    assert host.ask("logout|naAnna") == "logout ?2063"
    host.do("shiftrep|shNOCNA", "logout|naEwa", "login|naAnna", "shiftrep|sh1|zr1", "shiftrep|sh2")
    reports = [dict(d.details["rows"]) for d in host.printer.documents() if d.kind == "shift_report"]
    assert [(r["Kasjer:"], r["Sprzedaż:"], r["Wpłaty do kasy:"]) for r in reports] == [
        ("Ewa", "3,00", "10,00"),
        ("Anna", "5,00", "0,00"),
        ("Anna", "0,00", "0,00"),
    ]
    assert "#2 Ewa" in host.printer.paper()


def test_a_sale_without_a_cashier_is_refused_where_that_is_set() -> None:
    host = Host(new_printer(login_needed="yes"))
    assert host.ask("trinit|bm0") == "trinit ?323"
    assert host.ask("login|na ") == "login ?2056"
    host.do("login|naAnna", "trinit|bm0", "prncancel", "logout")
    assert host.ask("trfvinit") == "trfvinit ?323"
    host.printer.switch({"login_error": "2110"})
    assert host.ask("trinit|bm0") == "trinit ?2110"


# --- the display


def test_the_display_shows_the_sale_and_keeps_other_texts_for_later() -> None:
    host = Host(new_printer())

    def shown() -> list[str]:
        lines: list[str] = host.printer.state()["display"]
        return lines

    assert shown() == ["ZAPRASZAMY"]
    host.do("dsptxt|id0|stDzień dobry\nWitamy|th1")
    assert shown() == ["    Dzień dobry", "       Witamy"]
    host.do("trinit|bm0", BREAD, "trpack|pr50", "dsptxtline|id0|no0|lnDo widzenia", "dspcmd|id0|st2")
    assert shown() == ["Chleb", "                2,00", "SUMA            2,50"]
    host.do("dspcmd|id0|st1", "trpayment|ty0|wa500", "trend")
    assert shown() == ["Do widzenia", "       Witamy"]
    host.do("trinit|bm0", BREAD, "trpayment|ty0|wa500", "trend")
    assert shown() == ["SUMA            2,00", "WPŁATA          5,00", "RESZTA          3,00"]
    host.do("dspcmd|id0|st2")
    assert shown() == ["2026-10-09", "11:48"]
    host.do("dspcmd|id0|st9", "dsptxtline|id0|no7|lnnichts", "dspcmd|id0|st0")
    assert shown() == ["ZAPRASZAMY"]
    assert host.ask("dsptxt|id1|stx") == "ERR ?3 cmdsptxt fdid"
