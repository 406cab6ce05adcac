"""A sale as commands, put together of its parts. Pure: no printer is asked.

Follows protocol-specs/posnet, "Receipt" and "Money". Lines are in `lines.py`, payments in `payments.py`, what stands below in
`footer.py`. What is refused here is refused before anything is stored or sent; the same code runs again on the printer's live
tax table before the intent.
"""

from __future__ import annotations

from decimal import Decimal

from bridge.model import Figures, Receipt, compute, invalid, spread, unsupported
from bridge_posnet import commands
from bridge_posnet.extras import FooterLine, ReceiptExtras, read_extras
from bridge_posnet.facts import Kind
from bridge_posnet.fitting import Fitting
from bridge_posnet.footer import binding, footer
from bridge_posnet.lines import Circumstances, Lines, built, plan_lines
from bridge_posnet.payments import plan_payments
from bridge_posnet.plan import Plan, Step
from bridge_posnet.settings import ZERO
from bridge_posnet.unsupported import amount, refuse_unsupported

__all__ = ("Circumstances", "plan_sale")

_NIP_DIGITS = 10
_FOOTER_TEXT = 25  # trftrln id: plain text


def plan_sale(receipt: Receipt, now: Circumstances) -> Plan:
    """The commands of a sale. Raises RequestError naming the field."""
    fit = Fitting(now.settings.code_page, lenient=receipt.fit == "lenient")
    limits = now.settings.limits
    refuse_unsupported(receipt, fit, now.settings)
    extras = read_extras(receipt.extras, ReceiptExtras, "extras", fit)
    figures = compute(receipt, now.profile)
    lines = plan_lines(receipt.lines, figures.lines, now, fit, invoice=False)
    if not lines.sold:
        raise unsupported(
            "lines",
            "this printer hands out packaging only together with goods",
            remedy="sell goods on the same receipt; packaging that comes back may stand alone",
        )
    settles = any(step.frame.mnemonic == "tradvance" for step in lines.steps)
    if figures.total <= 0 and not settles:
        raise invalid("total", "the printer ends no receipt at zero", limit="more than 0.00")
    amount("total", figures.total)
    gross, tolerance = gross_by_rate(lines, figures, now)
    below = [_footer_line(index, line, fit, now) for index, line in enumerate(extras.footer)]
    steps = (
        *binding(receipt.delivery, fit, limits),
        *footer(receipt, fit, now, extras),
        Step(commands.trinit(now.settings.block_mode if receipt.delivery.edocument is None else not receipt.delivery.paper)),
        *lines.steps,
        *_tax_id(receipt),
        *_bill(receipt, figures, fit, limits.discount_name),
        *plan_payments(receipt, figures, fit, limits, now.profile),
        _end(figures, lines, footer_follows=bool(below)),
    )
    return Plan(
        kind=Kind.SALE,
        steps=steps,
        closing=(*below, Step(commands.trftrend())) if below else (),
        total=figures.total,
        payments=figures.payments,
        change=figures.change,
        deposits_issued=lines.deposits_issued,
        deposits_returned=lines.deposits_returned,
        gross=gross,
        tolerance=tolerance,
        sold=lines.sold,
        paper=receipt.delivery.paper,
        warnings=tuple(fit.warnings),
    )


def gross_by_rate(lines: Lines, figures: Figures, now: Circumstances) -> tuple[tuple[Decimal, ...], Decimal]:
    """The printer's totals by rate after the document's own discount or surcharge, and how sure they are."""
    sums = lines.gross
    change = figures.surcharge - figures.discount
    if not change:
        return tuple(sums), ZERO
    rates = sum(1 for total in sums if total)
    # How an amount is spread over several rates is known from the vendor's words only [open point 7]: one grosz for
    # each rate is what any fair method may differ by. One rate takes all.
    tolerance = Decimal(rates).scaleb(-2) if rates > 1 else ZERO
    return spread(sums, change, now.profile), tolerance


def _tax_id(receipt: Receipt) -> list[Step]:
    customer = receipt.customer
    found = [(i, given) for i, given in enumerate(customer.ids if customer else ()) if given.type == "nip"]
    if len(found) > 1:
        raise unsupported("customer.ids", "a receipt of this printer has one tax number")
    if not found:
        return []
    field, number = f"customer.ids.{found[0][0]}.value", found[0][1].value
    if not (len(number) == _NIP_DIGITS and number.isascii() and number.isdigit()):
        raise invalid(field, "a NIP has exactly ten digits", limit=f"{_NIP_DIGITS} digits", remedy="leave dashes and country out")
    return [Step(commands.trnipset(number.encode("ascii")), field)]


def _bill(receipt: Receipt, figures: Figures, fit: Fitting, limit: int) -> list[Step]:
    if receipt.discount is not None and receipt.surcharge is not None:
        raise unsupported("surcharge", "a receipt of this printer has a discount or a surcharge, not both")
    field = "surcharge" if receipt.surcharge is not None else "discount"
    wanted = receipt.surcharge or receipt.discount
    measure = figures.surcharge or figures.discount
    if wanted is None or not measure:
        return []
    name = fit.text(f"{field}.text", wanted.text, limit) if wanted.text else None
    # As an amount, whatever the till gave: then our total and the printer's are the same by any rounding.
    adjustment = commands.Adjustment(amount=measure, name=name, surcharge=receipt.surcharge is not None)
    return [Step(built(field, lambda: commands.trdiscntbill(adjustment)), field)]


def _end(figures: Figures, lines: Lines, *, footer_follows: bool) -> Step:
    packaging = lines.deposits_issued or lines.deposits_returned
    return Step(
        commands.trend(
            figures.total,
            packaging_issued=lines.deposits_issued if packaging else None,
            packaging_returned=lines.deposits_returned if packaging else None,
            payments=figures.payments,
            change=figures.change if figures.change else None,
            finish=False if footer_follows else None,
        ),
        "total",
    )


def _footer_line(index: int, line: FooterLine, fit: Fitting, now: Circumstances) -> Step:
    field = f"extras.posnet.footer.{index}"
    width = now.settings.limits.footer_line // (2 if line.wide else 1)
    text = fit.text(f"{field}.text", line.text or " ", width)
    frame = built(field, lambda: commands.trftrln(_FOOTER_TEXT, text, wide=line.wide or None, high=line.high or None))
    return Step(frame, field)
