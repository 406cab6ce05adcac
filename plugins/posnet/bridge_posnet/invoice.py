"""An invoice as commands. Pure: no printer is asked.

Follows protocol-specs/posnet, "Invoice". It has no payments, no packaging and no discount but a line's: how it is paid and when
it is due are free lines at its foot.
"""

from __future__ import annotations

from bridge.model import Invoice, InvoiceKind, Party, PaymentKind, Remark, compute, decimal_string, invalid, unsupported
from bridge_posnet import commands
from bridge_posnet.commands import Section
from bridge_posnet.extras import InvoiceExtras, read_extras
from bridge_posnet.facts import Kind
from bridge_posnet.fitting import Fitting
from bridge_posnet.footer import binding, footer
from bridge_posnet.frame import Frame
from bridge_posnet.lines import Circumstances, built, plan_lines
from bridge_posnet.plan import Plan, Step
from bridge_posnet.unsupported import amount, refuse_delivery

_REMARKS = {
    Remark.CASH_ACCOUNTING: commands.trfvcashmet,
    Remark.SELF_BILLING: commands.trfvselfbill,
    Remark.REVERSE_CHARGE: commands.trfvreverse,
}

# The language of the paper is the printer's, not the till's.
_PAID = {
    PaymentKind.CASH: "gotówka",
    PaymentKind.CARD: "karta",
    PaymentKind.TRANSFER: "przelew",
    PaymentKind.VOUCHER: "bon",
    PaymentKind.PREPAID: "przedpłata",
    PaymentKind.CREDIT: "kredyt",
    PaymentKind.EXCHANGE: "wymiana",
    PaymentKind.OTHER: "inna",
}
_TAX_IDS = ("nip", "vat_eu", "pesel", "regon")  # the first of them that the buyer has is printed


def plan_invoice(invoice: Invoice, now: Circumstances) -> Plan:
    """The commands of an invoice. Raises RequestError naming the field."""
    return _Invoice(invoice, now).plan()


class _Invoice:
    def __init__(self, invoice: Invoice, now: Circumstances) -> None:
        self._invoice = invoice
        self._now = now
        self._limits = now.settings.limits
        # The paper's own words have letters that a page may not show: they are fitted, never refused.
        self._own = Fitting(now.settings.code_page, lenient=True)
        self._fit = Fitting(now.settings.code_page, lenient=invoice.fit == "lenient")

    def plan(self) -> Plan:
        invoice = self._invoice
        self._refuse()
        extras = read_extras(invoice.extras, InvoiceExtras, "extras", self._fit)
        figures = compute(invoice, self._now.profile)
        lines = plan_lines(invoice.lines, figures.lines, self._now, self._fit, invoice=True)
        if figures.total <= 0 and not any(step.frame.mnemonic == "tradvance" for step in lines.steps):
            raise invalid("total", "the printer ends no invoice at zero", limit="more than 0.00")
        amount("total", figures.total)
        assert invoice.number is not None  # refused above
        number = self._fit.text("number", invoice.number, self._limits.invoice_number)
        head: list[Step] = [
            self._init(extras),
            self._buyer(invoice.buyer),
            Step(built("number", lambda: commands.trfvnumber(number)), "number"),
            *(Step(_REMARKS[remark](), "remarks") for remark in dict.fromkeys(invoice.remarks)),
            *self._exemption(),
            *self._of_extras(extras),
        ]
        steps = (
            *binding(invoice.delivery, self._fit, self._limits),
            *footer(invoice, self._fit, self._now, extras),
            *head,
            *self._free_lines(),
            *lines.steps,
            Step(commands.trend(figures.total), "total"),
        )
        return Plan(
            kind=Kind.INVOICE,
            steps=steps,
            total=figures.total,
            payments=figures.payments,
            change=figures.change,
            gross=tuple(lines.gross),
            sold=lines.sold,
            number=invoice.number,
            paper=invoice.delivery.paper,
            warnings=tuple(self._fit.warnings),
        )

    # --- what the printer cannot do

    def _refuse(self) -> None:
        invoice = self._invoice
        if self._now.settings.profile == "legacy":
            raise unsupported("op", "the older models make invoices by another command, which is not built")
        if invoice.kind is not InvoiceKind.INVOICE:
            raise unsupported(
                "kind",
                f"invoices of the kind {invoice.kind.value} are not possible on this printer",
                remedy='a pro forma is no fiscal document: print it with "op": "print"',
            )
        if invoice.number is None or not invoice.number.strip():
            raise invalid("number", "this printer does not number invoices", remedy="give the shop's own number")
        for name in ("discount", "surcharge"):
            if getattr(invoice, name) is not None:
                raise unsupported(name, "an invoice of this printer has none as a whole", remedy="give it with the lines")
        refuse_delivery(invoice.delivery, self._now.settings)
        if not invoice.delivery.paper:
            raise unsupported("delivery.paper", "an invoice of this printer is always printed", remedy="leave it out")
        if invoice.original is not None:
            self._fit.warn("not_shown", "The earlier document is not named on this invoice.", "original")

    # --- the head

    def _init(self, extras: InvoiceExtras) -> Step:
        invoice = self._invoice
        title = self._fit.text("title", invoice.title, self._limits.invoice_title) if invoice.title else None
        if invoice.copies > self._limits.invoice_copies:
            raise invalid("copies", f"{invoice.copies} copies", limit=f"{self._limits.invoice_copies} copies")
        frame = commands.trfvinit(title=title, copies=invoice.copies or None, mark_original=extras.mark_original)
        return Step(frame, "title")

    def _buyer(self, buyer: Party) -> Step:
        found = [(i, given) for kind in _TAX_IDS for i, given in enumerate(buyer.ids) if given.type == kind]
        if not found:
            raise invalid(
                "buyer.ids",
                "an invoice of this printer names the buyer's tax number",
                limit=", ".join(_TAX_IDS),
                remedy="give one",
            )
        index, given = found[0]
        for other, one in enumerate(buyer.ids):
            if other != index:
                self._fit.warn("not_shown", f"This invoice has no place for {one.type}.", f"buyer.ids.{other}")
        tax_id = self._fit.text(f"buyer.ids.{index}.value", given.value, self._limits.buyer_tax_id)
        name = self._fit.text("buyer.name", buyer.name, self._limits.buyer_name)
        address = self._address("buyer", buyer)
        for field in ("country", "email", "phone"):
            if getattr(buyer, field) is not None:
                self._fit.warn("not_shown", "This invoice has no place for it.", f"buyer.{field}")
        return Step(built("buyer", lambda: commands.trfvbuyer([name], tax_id, address=address or None)), "buyer")

    def _address(self, field: str, party: Party) -> list[bytes]:
        lines = [self._fit.characters(f"{field}.address.{index}", line) for index, line in enumerate(party.address)]
        length = sum(len(line) + 1 for line in lines) - 1
        if length > self._limits.buyer_name:
            limit = self._limits.buyer_name
            raise invalid(f"{field}.address", f"{length} characters, the printer takes {limit}", limit=f"{limit} characters")
        return lines

    def _exemption(self) -> list[Step]:
        reason = self._invoice.exemption
        if reason is None:
            return []
        text = self._fit.text("exemption", reason, 256)
        return [Step(built("exemption", lambda: commands.trfvfree([text])), "exemption")]

    def _of_extras(self, extras: InvoiceExtras) -> list[Step]:
        steps: list[Step] = []
        if extras.representative:
            field = "extras.posnet.representative"
            lines = [self._fit.characters(field, line) for line in extras.representative]
            steps.append(Step(built(field, lambda: commands.trfvrep(lines)), field))
        execution = extras.execution
        if execution is not None:
            field = "extras.posnet.execution"
            authority, debtor = (
                [self._fit.characters(f"{field}.{name}", line) for line in getattr(execution, name)]
                for name in ("authority", "debtor")
            )
            steps.append(Step(built(field, lambda: commands.trfvexecution(authority, debtor)), field))
        return steps

    # --- free lines

    def _free_lines(self) -> list[Step]:
        """Dates, recipient and payments, then the notes: at the foot, in the order of an invoice on paper."""
        invoice = self._invoice
        told: list[tuple[str, str]] = []
        if invoice.sold_on is not None:
            told.append(("sold_on", f"Data sprzedaży: {invoice.sold_on.isoformat()}"))
        if invoice.recipient is not None:
            told.append(("recipient.name", f"Odbiorca: {invoice.recipient.name}"))
            told += [(f"recipient.address.{index}", line) for index, line in enumerate(invoice.recipient.address)]
            told += [
                (f"recipient.ids.{index}.value", f"{given.type.upper()}: {given.value}")
                for index, given in enumerate(invoice.recipient.ids)
            ]
        for index, payment in enumerate(invoice.payments):
            if payment.foreign is not None:
                raise unsupported(f"payments.{index}.foreign", "an invoice of this printer is paid in its own currency")
            label = payment.label or _PAID[payment.kind]
            told.append((f"payments.{index}.label", f"Zapłata {label}: {decimal_string(payment.amount)} {invoice.currency}"))
        if invoice.due_on is not None:
            told.append(("due_on", f"Termin płatności: {invoice.due_on.isoformat()}"))
        if invoice.bank_account is not None:
            told.append(("bank_account", f"Konto: {invoice.bank_account}"))
        told += [(f"notes.{index}", note) for index, note in enumerate(invoice.notes)]
        steps = [step for field, text in told for step in self._free_line(field, text)]
        if len(steps) > self._limits.free_lines:
            limit = self._limits.free_lines
            raise invalid("notes", f"{len(steps)} free lines", limit=f"{limit} lines", remedy="shorten the notes")
        return steps

    def _free_line(self, field: str, text: str) -> list[Step]:
        if not text.strip():
            return [Step(commands.trfvsep(Section.FOOT), field)]  # an empty free line is refused
        own = field in ("sold_on", "due_on") or field.startswith("payments.")
        pieces = (self._own if own else self._fit).wrapped(field, text, self._limits.free_line_visible)
        return [Step(_free(field, piece), field) for piece in pieces]


def _free(field: str, text: bytes) -> Frame:
    """`&` begins a mark for a style, so it is written twice."""
    return built(field, lambda: commands.trfvfreedata(text.replace(b"&", b"&&"), section=Section.FOOT))
