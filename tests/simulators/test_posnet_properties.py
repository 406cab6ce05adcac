"""Random conversations: the printer never raises, and what it issued adds up to what it reports."""

from __future__ import annotations

from decimal import Decimal

from bridge_sim_posnet.commands import COMMANDS
from bridge_sim_posnet.printer import Printer
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from posnet_host import Host, SetClock, new_printer

VALUES = st.sampled_from(
    ["0", "1", "2", "199", "200", "1000", "T", "N", "Chleb", "", "2026-10-09", "0.5", "9999999999", "x" * 90, "&c\n"]
)
FIELDS = {name: [field.name for field in command.fields] for name, command in COMMANDS.items()}


@st.composite
def anything(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from([*FIELDS, "nonsense"]))
    chosen = [field for field in FIELDS.get(name, ["zz"]) if draw(st.booleans())]
    bang = draw(st.sampled_from(["", "", "", "!"]))
    return "|".join([bang + name, *(field + draw(VALUES) for field in chosen)])


class RandomHost(RuleBasedStateMachine):
    """Mostly sensible selling, with nonsense, cuts and power failures in between."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = SetClock()
        self.printer: Printer = new_printer(self.clock, rates="23/8/5/0/-/-/zw")
        self.host = Host(self.printer)

    def ask(self, line: str) -> None:
        self.host.ask(line)
        self.printer.press_key()
        self.host.answers()

    @rule(block=st.booleans())
    def begin(self, block: bool) -> None:
        self.ask(f"trinit|bm{int(block)}")

    @rule(
        price=st.integers(1, 5000),
        quantity=st.sampled_from(["1", "2", "0.250", "1,5"]),
        rate=st.integers(0, 6),
        reduction=st.sampled_from(["", "|rp1000", "|rw10", "|rd0|rp500"]),
        storno=st.booleans(),
    )
    def line(self, price: int, quantity: str, rate: int, reduction: str, storno: bool) -> None:
        line = f"trline|naTowar {price % 5} {rate}|vt{rate}|pr{price}|il{quantity}{reduction}"
        self.ask(line)
        if storno:
            self.ask(line + "|st1")

    @rule(kind=st.sampled_from(["subtot", "bill"]), reduction=st.sampled_from(["rp1000", "rw7", "rd0|rw13"]))
    def discount(self, kind: str, reduction: str) -> None:
        self.ask(f"trdiscnt{kind}|{reduction}")

    @rule(kind=st.sampled_from([0, 2, 5]), amount=st.integers(1, 20000), change=st.sampled_from(["", "|re1"]))
    def pay(self, kind: int, amount: int, change: str) -> None:
        self.ask(f"trpayment|ty{kind}|wa{amount}{change}")

    @rule(fe=st.sampled_from(["", "|fe0"]))
    def end(self, fe: str) -> None:
        self.ask("trend" + fe)

    @rule(
        price=st.integers(1, 900),
        pieces=st.integers(1, 6),
        returned=st.booleans(),
        storno=st.booleans(),
    )
    def packaging(self, price: int, pieces: int, returned: bool, storno: bool) -> None:
        line = f"trpack|na{price % 3}|pr{price}|il{pieces}|ne{int(returned)}"
        self.ask(line)
        if storno:
            self.ask(line + "|st1")

    @rule(rate=st.integers(0, 6), amount=st.integers(1, 3000), storno=st.booleans())
    def advance(self, rate: int, amount: int, storno: bool) -> None:
        self.ask(f"tradvance|vt{rate}|pr{amount}|wa{amount + 10}" + ("|st1" if storno else ""))

    @rule(foreign=st.integers(1, 5000), rate=st.sampled_from([43215, 5, 10000]), change=st.sampled_from(["", "|re1"]))
    def pay_in_a_foreign_currency(self, foreign: int, rate: int, change: str) -> None:
        self.ask(f"trpaymentcurr|wc{foreign}|ra{rate}|naEuro|sbEUR{change}")

    @rule(copies=st.integers(0, 2))
    def invoice(self, copies: int) -> None:
        for line in (f"trfvinit|cc{copies}", "trfvbuyer|naFirma|ni5260250274|sc0", "trfvnumber|nb1/2026|sc0"):
            self.ask(line)

    @rule()
    def packaging_alone(self) -> None:
        self.ask("trpackinit")

    @rule(customer=st.sampled_from(["48501234567", "jan"]))
    def edocument(self, customer: str) -> None:
        self.ask(f"eparagonidznext|id{customer}")

    @rule(behaviour=st.sampled_from(["reachable", "unreachable", "refuses"]), seconds=st.integers(0, 90))
    def time_goes_by_at_the_server(self, behaviour: str, seconds: int) -> None:
        self.printer.switch({"hub": behaviour})
        self.clock.forward(seconds)

    @rule(
        command=st.sampled_from(
            ["prncancel", "trsubtotcanc", "trpaymentcanc", "trftrend", "dailyrep", "shiftrep|sh1", "eclastprintouts|no3"]
        )
    )
    def other(self, command: str) -> None:
        self.ask(command)

    @rule(line=anything())
    def nonsense(self, line: str) -> None:
        if not line.startswith("endrepro"):  # a closed fiscal memory would end all selling
            self.ask(line)

    @rule(step=st.sampled_from(["recorded", "after", "answer"]))
    def power_cut_inside_the_next_command(self, step: str) -> None:
        self.printer.faults.clear()
        self.printer.faults.arm({"fault": "power_cut", "command": "*", "step": step})

    @rule()
    def power_cut(self) -> None:
        self.printer.power(False)
        self.power_is_back()

    def power_is_back(self) -> None:
        self.printer.power(True)
        self.host = Host(self.printer)

    @rule()
    def another_program(self) -> None:
        self.printer.foreign(Decimal("3.21"))

    @invariant()
    def documents_add_up_to_the_totalizers(self) -> None:
        memory, documents = self.printer.memory, self.printer.documents()
        since = max((n + 1 for n, document in enumerate(documents) if document.kind == "daily_report"), default=0)
        today = documents[since:]
        kinds = {
            kind: [document for document in today if document.kind == kind]
            for kind in ("receipt", "cancelled_receipt", "invoice", "cancelled_invoice")
        }
        for kind, totals in (("receipt", memory.daily.receipts), ("invoice", memory.daily.invoices)):
            for index, letter in enumerate("ABCDEFG"):
                assert sum(Decimal(document.taxes.get(letter, "0")) for document in kinds[kind]) * 100 == totals[index]
            assert sum(Decimal(document.total) for document in kinds[kind]) * 100 == sum(totals)
        assert sum(Decimal(d.total) for d in kinds["cancelled_receipt"]) * 100 == memory.daily.ct
        assert sum(Decimal(d.total) for d in kinds["cancelled_invoice"]) * 100 == memory.daily.ft
        counted = (memory.daily.pn, memory.daily.cn, memory.daily.fn, memory.daily.fl)
        assert tuple(len(found) for found in kinds.values()) == counted
        assert sum(not document.fiscal for document in today) == memory.daily.nf
        assert memory.counters.bt == memory.counters.bn + memory.counters.bc
        assert memory.counters.hn == len(documents) + 1
        assert memory.protected_last == sum("protected" in document.details for document in documents)

    @invariant()
    def every_sale_is_paid_with_its_packaging(self) -> None:
        for document in self.printer.documents():
            if document.kind in ("receipt", "invoice", "packaging"):
                paid = sum(Decimal(payment["amount"]) for payment in document.payments)
                due = Decimal(document.details.get("due", document.total))
                assert paid - Decimal(document.change) == due
                assert Decimal(document.total) > 0 or "advances" in document.details or document.kind == "packaging"

    @invariant()
    def every_document_is_on_paper_once_or_with_the_customer(self) -> None:
        memory = self.printer.memory
        if not self.printer.powered:
            self.power_is_back()
        numbers = [int(line.split()[-1]) for line in self.printer.roll.lines if "nr wydr." in line]
        paperless = {record.document for record in memory.edocuments.buffer if record.state == 1 and not record.printed}
        documents = self.printer.documents()
        # In block mode the paper (or the server) gets a receipt when its footer ends.
        waiting = memory.open is not None and memory.open.phase == "footer" and memory.open.buffers
        for document in documents[:-1] if waiting else documents:
            shown = numbers.count(document.details["header"])
            copies = document.details.get("copies", 0)
            if document.details.get("protected") in paperless:
                assert shown <= len(memory.reprints)
            else:
                assert 1 + copies <= shown <= 1 + copies + len(memory.reprints)
        assert {received.document for received in memory.edocuments.hub} >= paperless
        assert memory.unprinted == []


RandomHost.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestRandomHost = RandomHost.TestCase


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 200))
def test_random_bytes_in_any_pieces_never_raise(data: bytes, at: int) -> None:
    host = Host(new_printer())
    host.session.received(data[:at])
    host.session.received(data[at:])
    host.session.received(b"\x02currget\t#0000\x03")
    host.answers()


@settings(max_examples=60, deadline=None)
@given(st.lists(anything(), max_size=12), st.booleans())
def test_random_commands_get_at_most_one_answer_each(lines: list[str], key: bool) -> None:
    printer = new_printer()
    host = Host(printer)
    for line in lines:
        host.write(line)
        if key:
            printer.press_key()
    assert len(host.answers()) <= len(lines)


def test_the_paper_is_never_wider_than_forty_columns() -> None:
    printer = new_printer()
    host = Host(printer)
    host.ask("ftrcfg|cc" + "K" * 32 + "|cnKASA 123|sn" + "9" * 30 + "|bc123456|lnDziękujemy za zakupy i zapraszamy ponownie")
    host.ask("trinit|bm0")
    host.ask("trline|na" + "Długa nazwa towaru " * 4 + f"|vt0|pr99999999|il9.999|jmkarn|op{'opis ' * 10}|rnPromocja|rp1000")
    host.ask("trnipset|niPL1234563218901234567890123456")
    host.ask("trend|fe0")
    assert host.ask("trftrln|id25|na" + "x" * 56) == "trftrln"
    host.ask("trftrend")
    assert max(map(len, printer.roll.lines)) <= 40
