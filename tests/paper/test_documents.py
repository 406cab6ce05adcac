"""What stands on the paper of each kind of document, and what is said where it was not issued, or nobody knows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bridge.jobs.drawing import drawing_of_job, operation_of
from bridge.model import (
    CLASSES,
    Attention,
    Document,
    EntryMode,
    JobError,
    Outcome,
    Paper,
    PaymentResult,
    ReceiptCopy,
    Reconciliation,
    Registration,
    Result,
    SchemeTotal,
    TerminalReceipt,
    Verification,
    Warning_,
    operation_adapter,
)
from bridge.paper import Drawing, NoPaper, Sheet, body_of, of_job, of_preview, text
from bridge.paper.model import Mark, Verbatim
from tests.paper.papers import FULL, INVOICE, ISSUED, MOMENT, POLISH, REPORT, RUSSIAN, drawn, job, payment

POLISH_TEXT = """\
                RECEIPT
Chleb żytni        2 szt x 4.50  9.00 5%
Kawa ziarnista
              0.25 kg x 80.00  20.00 23%
  Discount Rabat                   -2.00
  after that                       18.00
  5901234123457
----------------------------------------
Sold 5%                             9.00
  net 5%                            8.57
  tax 5%                            0.43
Sold 23%                           18.00
  net 23%                          14.63
  tax 23%                           3.37
TOTAL                          PLN 27.00
----------------------------------------
Cash                               30.00
Change                              3.00
----------------------------------------
Jan
NIP                           1234563218
----------------------------------------
Number                                12
Fiscal id                         F-9/12
Issued        2026-11-20 10:00:05 +01:00
Registration                  registered
  id                             KSeF-77
  at          2026-11-20 10:00:05 +01:00
[QR] https://paragony.example/12?ż
- - - - - - - - - - - - - - - - - - - -
Device                            till-1
Job           01JD0000000000000000000001
Reference                       WEB-1001
Cashier                             Anna
A picture, and no document itself.
"""

REPORT_TEXT = """\
            DAILY REPORT (Z)
Report                                57
First sale    2026-11-20 10:00:05 +01:00
Last sale     2026-11-20 10:00:05 +01:00
----------------------------------------
Sold A 23%                        127.00
  net A 23%                       103.25
  tax A 23%                        23.75
Sold B 8%                          -4.00
  net B 8%                         -3.70
  tax B 8%                         -0.30
----------------------------------------
TOTAL                         PLN 123.00
----------------------------------------
Cash (7)                          100.00
Card                               23.00
----------------------------------------
Receipts                               9
Cancelled                              1
Grand total                   1234567.89
----------------------------------------
Number                                57
- - - - - - - - - - - - - - - - - - - -
Device                            till-1
Job           01JD0000000000000000000001
A picture, and no document itself.
"""


def marks(sheet: Sheet) -> list[str]:
    return [row.text for row in sheet.rows if isinstance(row, Mark)]


def test_a_receipt_is_drawn_with_all_that_is_known_of_it() -> None:
    assert text.render(drawn(job(POLISH, result=ISSUED))) == POLISH_TEXT


def test_a_daily_report_is_drawn_with_all_its_figures() -> None:
    result = Result(document=Document(number="57", fiscal=True, report=REPORT), paper=Paper.PRINTED)
    assert text.render(drawn(job({"op": "shift.close"}, result=result))) == REPORT_TEXT


def test_every_figure_of_a_receipt_stands_on_it() -> None:
    operation = operation_of(job(FULL))
    assert operation is not None
    drawing = drawing_of_job(operation, None)
    figures = drawing.figures
    assert figures is not None
    sheet = drawn(job(FULL, result=ISSUED))
    shown = dict.fromkeys(value for _, value in sheet.figures())
    by_name: dict[str, list[str]] = {}
    for name, value in sheet.figures():
        by_name.setdefault(name, []).append(value)
    assert [value.split()[-2] for value in by_name["line"][:3]] == ["8.40", "10.00", "-1.10"]
    assert by_name["line.surcharge"] == [str(figures.lines[1].surcharge)] == ["0.50"]
    assert by_name["subtotal"] == [str(figures.subtotal)]
    assert by_name["discount"] == [str(-figures.discount)]
    assert by_name["total"] == [f"EUR {figures.total}"]
    assert by_name["deposits"] == [str(figures.deposits)] == ["1.00"]
    assert by_name["due"] == [f"EUR {figures.due}"]
    assert by_name["payment"] == ["7.13", "20.00"]
    assert by_name["change"] == [str(figures.change)]
    for rate in drawing.taxes:
        assert {str(rate.gross), str(rate.net), str(rate.tax)} <= shown.keys()
    page = text.render(sheet)
    for said in ("Dollars", "USD 25.00", "x 0.8", "Surcharge night 5%", "Discount regular 10%", "(return)", "(deposit)", "71"):
        assert said in page


def test_what_the_device_says_its_total_is_stands_there_where_it_is_another() -> None:
    result = ISSUED.model_copy(update={"document": Document(number="12", fiscal=True, total=Decimal("26.99"))})
    assert dict(drawn(job(POLISH, result=result)).figures())["document.total"] == "26.99"
    assert "document.total" not in dict(drawn(job(POLISH, result=ISSUED)).figures())


def test_a_card_payment_on_a_receipt_tells_what_the_slip_says() -> None:
    page = text.render(drawn(job(RUSSIAN, result=ISSUED)))
    assert "Card                              359.80\n  MIR 220070******1234\n" in page
    assert "A12345" in page
    assert "T7" in page


def test_an_invoice_names_its_number_parties_terms_and_remarks() -> None:
    page = text.render(drawn(job(INVOICE, result=ISSUED)))
    for said in (
        "FV/2026/11/17", "Firma Jan Kowalski", "ul. Polna 1", "1234563218", "2026-12-04",
        "PL61 1090 1014 0000 0712 1981 2874", "Cash accounting", "Dziękujemy", "PLN 80.00",
    ):  # fmt: skip
        assert said in page


@pytest.mark.parametrize(
    ("state", "mark"),
    [
        ("queued", "NOT ISSUED YET: waits for the device"),
        ("running", "NOT FINISHED: the device works on it"),
        ("unresolved", "UNRESOLVED: not known whether issued"),
        ("failed", "NOT ISSUED"),
    ],
)
def test_what_is_not_done_says_so_above_all_else(state: str, mark: str) -> None:
    waiting = Attention(code="device.unresolved", text="Look at the paper.", since=MOMENT)
    sheet = drawn(job(POLISH, state, attention=waiting, error=JobError.of("device.paper_out") if state == "failed" else None))
    assert marks(sheet) == [mark]
    page = text.render(sheet)
    assert mark in page.splitlines()[0]
    assert "Look at the paper." in page
    assert ("out of paper" in page) is (state == "failed")


def test_what_is_no_fiscal_document_is_marked() -> None:
    unfiscal = Result(document=Document(number="5"), paper=Paper.PRINTED)
    assert marks(drawn(job(POLISH, result=ISSUED))) == []
    assert marks(drawn(job({**POLISH, "kind": "refund"}, result=unfiscal))) == ["NON-FISCAL"]
    assert "REFUND" in text.render(drawn(job({**POLISH, "kind": "refund"}, result=unfiscal)))
    assert marks(drawn(job({"op": "cash.in", "amount": "200.00", "currency": "PLN"}, result=unfiscal))) == ["NON-FISCAL"]
    assert marks(drawn(job({"op": "print", "lines": [{"text": "x"}]}, result=Result(confirmed=False)))) == [
        "NOT CONFIRMED by the device", "NON-FISCAL",
    ]  # fmt: skip


def test_a_copy_is_marked_and_names_its_document() -> None:
    sheet = drawn(job({"op": "copy", "document": "12", "issued_on": "2026-11-19"}, result=Result(paper=Paper.PRINTED)))
    assert marks(sheet) == ["COPY"]
    assert "the receipt 12" in text.render(sheet)
    assert "2026-11-19" in text.render(sheet)


def test_a_refused_registration_is_marked_and_paper_that_never_came_is_told() -> None:
    refused = ISSUED.model_copy(update={"registration": Registration(state="refused"), "paper": Paper.SUPPRESSED})
    sheet = drawn(job(POLISH, result=refused))
    assert marks(sheet) == ["REGISTRATION REFUSED"]
    assert "Paper                         suppressed" in text.render(sheet)


@pytest.mark.parametrize(
    ("outcome", "approved", "mark"),
    [
        ("approved", "27.00", None),
        ("partial", "10.00", "APPROVED IN PART"),
        ("declined", "0.00", "DECLINED"),
        ("cancelled", "0.00", "CANCELLED"),
        ("timed_out", "0.00", "TIMED OUT: not paid"),
        ("reversed", "27.00", "REVERSED: not paid"),
    ],
)
def test_a_payment_that_is_not_paid_in_full_cannot_be_taken_for_one(outcome: str, approved: str, mark: str | None) -> None:
    sheet = payment(outcome, approved, reason_code="51", reason_text="no money", masked_pan="4111******1111", scheme="VISA")
    assert marks(sheet) == ([mark] if mark else [])
    assert dict(sheet.figures()) == {"requested": "PLN 27.00", "approved": f"PLN {approved}"}
    assert ("APPROVED  " in text.render(sheet)) is (outcome == "approved")
    assert "51 no money" in text.render(sheet)


def test_warnings_are_told() -> None:
    warned = ISSUED.model_copy(update={"warnings": (Warning_(code="text_replaced", message="≥ became >="),)})
    assert "! ≥ became >=" in text.render(drawn(job(POLISH, result=warned)))


def test_the_devices_own_text_is_shown_as_it_is() -> None:
    lines = "   SKLEP\n Chleb        9,00 A\n   SUMA      9,00"
    result = ISSUED.model_copy(update={"document": Document(number="12", fiscal=True, text=lines, qr="x")})
    page = text.render(drawn(job(POLISH, result=result)))
    assert page.startswith(lines)
    assert "RECEIPT" not in page
    assert "Number                12" in page, "the sheet is as wide as the device's paper, or as an amount needs"


def test_the_familys_own_layout_is_shown_where_it_knows_it_and_what_it_leaves_out_is_told() -> None:
    operation = operation_adapter.validate_python(POLISH)
    drawing = Drawing(exact=(Verbatim(("PARAGON  FISKALNY", "SUMA PLN    27,00")),), width=24, omitted=("header", "number"))
    page = text.render(of_job(job(POLISH, result=ISSUED), operation, drawing))
    assert page.startswith("PARAGON  FISKALNY\nSUMA PLN    27,00\n")
    assert "The device adds: header,\nnumber." in page
    assert "by the settings\nthat the device has now." in page


def test_codes_and_lines_that_a_family_adds_are_on_the_paper() -> None:
    extras = {"posnet": {"bar_code": "123", "code_2d": {"kind": "aztec", "data": "A1"}, "footer": [{"text": "Zapraszamy"}]}}
    page = text.render(drawn(job({**POLISH, "extras": extras}, result=ISSUED)))
    for said in ("[bar code] 123", "[aztec] A1", "Zapraszamy"):
        assert said in page


def test_a_preview_says_that_nothing_was_printed() -> None:
    operation = operation_adapter.validate_python(POLISH)
    sheet = of_preview(operation, drawing_of_job(operation, None), "till-1")
    assert marks(sheet) == ["PREVIEW: nothing was printed"]
    assert dict(sheet.figures())["total"] == "PLN 27.00"


NO_PAPER: dict[str, dict[str, Any]] = {
    "drawer.open": {"op": "drawer.open"},
    "display.show": {"op": "display.show", "lines": ["27.00"]},
    "clock.set": {"op": "clock.set"},
    "document.continue": {"op": "document.continue"},
    "raw": {"op": "raw", "command": {"line": "ping"}},
    "shift.open": {"op": "shift.open"},
}


@pytest.mark.parametrize("op", NO_PAPER)
def test_what_prints_nothing_has_no_paper(op: str) -> None:
    with pytest.raises(NoPaper):
        drawn(job(NO_PAPER[op], result=Result(paper=Paper.SUPPRESSED)))


def test_a_job_whose_details_are_gone_has_no_paper() -> None:
    with pytest.raises(NoPaper, match="no longer kept"):
        of_job(job(POLISH, operation=None), None, Drawing())


def test_every_operation_either_has_a_title_or_has_no_paper() -> None:
    from bridge.paper.from_document import TITLES

    without = {*NO_PAPER, "marking.check", "terminal.login", "terminal.diagnose"} - {"shift.open"}
    assert {op for op in CLASSES if op not in TITLES} == without


def test_the_body_of_a_preview_has_no_word_of_ours() -> None:
    operation = operation_adapter.validate_python({"op": "cash.out", "amount": "150.00", "currency": "PLN"})
    body = body_of(operation, Drawing())
    assert body is not None
    assert text.render(body) == "OUT                           PLN 150.00\n"
    assert body_of(operation_adapter.validate_python({"op": "shift.close"}), Drawing()) is None


SLIP = PaymentResult(
    outcome=Outcome.APPROVED,
    requested=Decimal("30.00"),
    approved=Decimal("31.50"),
    currency="EUR",
    tip=Decimal("3.00"),
    fee=Decimal("1.50"),
    receipt_number="0042",
    scheme="VISA",
    masked_pan="411111******1111",
    entry_mode=EntryMode.CONTACTLESS,
    verification=Verification.SIGNATURE,
    decided_at=MOMENT,
)
CHARGE = {"op": "payment.purchase", "amount": "30.00", "currency": "EUR", "tip": "3.00"}


def test_what_a_terminal_decided_is_drawn_with_all_its_parts() -> None:
    figures = dict(drawn(job(CHARGE, result=Result(payment=SLIP))).figures())
    assert figures == {"requested": "EUR 30.00", "approved": "EUR 31.50", "tip": "3.00", "fee": "1.50"}
    page = text.render(drawn(job(CHARGE, result=Result(payment=SLIP))))
    for line in (
        "Read by                      Contactless",
        "Holder                         Signature",
        "Slip                                0042",
    ):
        assert line in page


def test_the_terminals_own_slips_go_before_all_else_the_customers_first() -> None:
    slips = (
        TerminalReceipt(copy_for=ReceiptCopy.MERCHANT, text="SHOP\n  sign here"),
        TerminalReceipt(copy_for=ReceiptCopy.CUSTOMER, text="HOLDER\n  31.50"),
        TerminalReceipt(copy_for=ReceiptCopy.CUSTOMER, text="and a coupon"),
    )
    done = job(CHARGE, result=Result(payment=SLIP.model_copy(update={"receipts": slips, "outcome": Outcome.REVERSED})))
    asked = operation_of(done)
    assert Verbatim(("HOLDER", "  31.50", "and a coupon")) in of_job(done, asked, Drawing()).rows
    sheet = of_job(done, asked, Drawing(), ReceiptCopy.MERCHANT)
    assert Verbatim(("SHOP", "  sign here")) in sheet.rows
    assert Mark("REVERSED: not paid") in sheet.rows, "a picture of it is no proof any more"
    assert "Drawn by the settings" not in text.render(sheet)
    with pytest.raises(NoPaper, match="no administration copy"):
        of_job(done, asked, Drawing(), ReceiptCopy.ADMINISTRATION)
    with pytest.raises(NoPaper, match="no customer copy"):
        of_job(job(POLISH, result=ISSUED), None, Drawing(), ReceiptCopy.CUSTOMER)


def test_a_terminals_totals_are_drawn_by_scheme() -> None:
    totals = Reconciliation(
        number="12",
        currency="EUR",
        total=Decimal("-2.50"),
        totals=(
            SchemeTotal(scheme="VISA", count=3, amount=Decimal("10.00")),
            SchemeTotal(scheme="MC", count=1, amount=Decimal("-12.50")),
        ),
        closed=True,
        agreed=False,
    )
    page = text.render(drawn(job({"op": "terminal.reconcile"}, result=Result(reconciliation=totals))))
    for line in (
        "VISA (3)                           10.00",
        "TOTAL                          EUR -2.50",
        "The batch was closed.",
        "! The bank has other totals.",
    ):
        assert line in page
    assert "NON-FISCAL" not in page


def test_a_reversal_that_is_looked_at_first_names_what_it_takes_back() -> None:
    operation = operation_adapter.validate_python(
        {
            "op": "payment.reversal",
            "original": {"receipt_number": "0042", "trace_number": "17"},
            "amount": "5.00",
            "currency": "EUR",
        }
    )
    page = text.render(of_preview(operation, Drawing(), "pay-1"))
    for line in (
        "REVERSAL OF A CARD PAYMENT",
        "Requested                       EUR 5.00",
        "Of slip                             0042",
        "Of trace                              17",
    ):
        assert line in page
    body = body_of(operation, Drawing())
    assert body is not None
    assert dict(body.figures()) == {"requested": "EUR 5.00"}
