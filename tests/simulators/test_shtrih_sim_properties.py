"""Random conversations: the register never raises, and its FN, registers, paper and documents always agree."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from bridge_ffd.tlv import decode, first
from bridge_sim_shtrih_m.commands import COMMANDS
from bridge_sim_shtrih_m.register import Register
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from shtrih_host import MEASURE, Host, Host2, SetClock, close, framed, item, le, new_register

FISCAL = ("receipt", "goods_return", "purchase", "purchase_return", "correction")


class RandomHost(RuleBasedStateMachine):
    """Mostly sensible selling, with nonsense, broken connections, paper out and power failures in between."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = SetClock()
        self.register: Register = new_register(self.clock, measure_missing="piece")
        self.host = Host(self.register)

    def ask(self, code: str, parameters: bytes = b"") -> None:
        if self.host.closed:
            self.host = Host(self.register)
        self.host.command(code, parameters)

    @rule(kind=st.integers(0, 3))
    def begin(self, kind: int) -> None:
        self.ask("8D", bytes((kind,)))

    @rule(
        price=st.integers(1, 100_000),
        quantity=st.sampled_from((1_000_000, 250_000, 3_000_000, 1)),
        operation=st.sampled_from((1, 1, 2, 3, 4)),
        vat=st.sampled_from((1, 2, 4, 8, 0x10, 0x81, 0xCB)),
    )
    def line(self, price: int, quantity: int, operation: int, vat: int) -> None:
        self.ask("FF46", item(price, quantity=quantity, operation=operation, vat=vat))

    @rule()
    def measure(self) -> None:
        self.ask("FF4D", MEASURE)

    @rule(extra=st.integers(0, 500), electronic=st.booleans())
    def pay(self, extra: int, electronic: bool) -> None:
        receipt = self.register.memory.receipt
        total = receipt.total if receipt is not None else 100
        self.ask("FF45", close(extra, electronic=total) if electronic else close(total + extra))

    @rule(price=st.integers(1, 5000), code=st.sampled_from(("80", "82", "84")))
    def old_line(self, price: int, code: str) -> None:
        self.ask(code, le(1000, 5) + le(price, 5) + bytes((1, 2, 0, 0, 0)) + bytes(40))

    @rule(percent=st.sampled_from((0, 500, -300)))
    def old_close(self, percent: int) -> None:
        receipt = self.register.memory.receipt
        cash = receipt.total * 2 if receipt is not None else 0
        self.ask("85", le(cash, 5) + bytes(15) + percent.to_bytes(2, "little", signed=True) + bytes(44))

    @rule(
        code=st.sampled_from(("88", "89", "E0", "40", "41", "FF08", "FF35", "FF41", "FF42", "FF43", "B0", "8C", "E2", "E3", "25"))
    )
    def other(self, code: str) -> None:
        self.ask(code, b"\0" if code == "25" else b"")

    @rule(amount=st.integers(0, 10_000), code=st.sampled_from(("50", "51")))
    def cash(self, amount: int, code: str) -> None:
        self.ask(code, le(amount, 5))

    @rule(
        step=st.sampled_from(("before", "recorded", "after", "answer")),
        code=st.sampled_from(("FF45", "41", "50", "*")),
        fault=st.sampled_from(("power_cut", "cut_command", "paper_out")),
    )
    def goes_wrong(self, step: str, code: str, fault: str) -> None:
        self.register.faults.clear()
        self.register.faults.arm({"fault": fault, "command": code, "step": step})

    @rule()
    def repaired(self) -> None:
        self.register.faults.clear()
        self.register.power(True)
        self.register.load_paper(True)

    @rule()
    def power_failure(self) -> None:
        self.register.power(False)
        self.register.power(True)

    @rule(hours=st.sampled_from((1, 25)))
    def time_passes(self, hours: int) -> None:
        self.clock.forward(hours=hours)

    @rule()
    def another_program(self) -> None:
        self.register.foreign(Decimal("3.21"))

    @rule(data=st.binary(max_size=30))
    def nonsense(self, data: bytes) -> None:
        if not self.host.closed:
            self.host.write(data)
            self.host.write(b"\x05")

    def teardown(self) -> None:
        self.register.power(False)

    @invariant()
    def power_is_back(self) -> None:
        if not self.register.powered:
            self.register.power(True)
            self.host = Host(self.register)

    @invariant()
    def the_archive_counts_without_a_gap(self) -> None:
        fn = self.register.memory.fn
        assert [document.number for document in fn.documents] == list(range(1, fn.last + 1))
        fiscal = [document.number for document in self.register.documents() if document.fiscal]
        assert fiscal == [str(document.number) for document in fn.documents[1:]]

    @invariant()
    def receipts_in_the_archive_are_the_documents_that_were_issued(self) -> None:
        archive = {str(document.number): document for document in self.register.memory.fn.documents}
        for document in self.register.documents():
            if document.kind not in FISCAL:
                continue
            kept = archive[document.number]
            assert Decimal(kept.total) / 100 == Decimal(document.total)
            tags = decode(bytes.fromhex(kept.tlv))
            assert first(tags, 1020) == kept.total
            paid = sum(first(tags, tag) or 0 for tag in (1031, 1081, 1215, 1216, 1217))  # type: ignore[misc]
            assert paid == kept.total
            assert sum(tag.find(1043) for tag in tags if tag.tag == 1059) == kept.total  # type: ignore[misc]

    @invariant()
    def registers_are_the_sums_of_the_documents_of_the_shift(self) -> None:
        memory = self.register.memory
        since = max((document.seq for document in self.register.documents() if document.kind == "shift_open"), default=0)
        today = [document for document in self.register.documents() if document.seq > since]
        for kind, name in enumerate(("receipt", "purchase", "goods_return", "purchase_return")):
            mine = [document for document in today if document.kind == name]
            assert memory.totals.receipts[kind] == len(mine)
            assert memory.totals.sums[kind] == sum(int(Decimal(document.total) * 100) for document in mine)
            assert sum(amounts[kind] for amounts in memory.totals.turnover) == memory.totals.sums[kind]
            assert sum(amounts[kind] for amounts in memory.totals.payments) == memory.totals.sums[kind]

    @invariant()
    def the_drawer_has_what_went_in_less_what_went_out(self) -> None:
        cash = 0
        for document in self.register.documents():
            amount = sum(int(Decimal(payment["amount"]) * 100) for payment in document.payments if payment["number"] == 1)
            amount -= int(Decimal(document.change) * 100)
            match document.kind:
                case "receipt" | "purchase_return":
                    cash += amount
                case "goods_return" | "purchase":
                    cash -= amount
                case "cash_in":
                    cash += int(Decimal(document.total) * 100)
                case "cash_out":
                    cash -= int(Decimal(document.total) * 100)
        assert self.register.memory.cash == cash >= 0

    @invariant()
    def a_document_that_is_begun_is_known_to_the_fn(self) -> None:
        memory = self.register.memory
        if memory.receipt is not None:
            assert memory.fn.current is not None

    @invariant()
    def paper_is_owed_only_while_it_cannot_be_printed(self) -> None:
        if self.register.memory.unprinted and self.register.powered:
            assert self.register.mechanism.submode() in (2, 3, 5)


RandomHost.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestRandomHost = RandomHost.TestCase


@settings(max_examples=150, deadline=None)
@given(code=st.sampled_from(sorted(COMMANDS)), parameters=st.binary(max_size=140), receipt=st.booleans(), password=st.booleans())
def test_any_parameters_of_any_command_get_one_answer(code: int, parameters: bytes, receipt: bool, password: bool) -> None:
    register = new_register()
    host = Host(register)
    if receipt:
        host.ok("8D", b"\0")
        host.ok("FF46", item(100))
    name = f"{code:04X}" if code > 0xFF else f"{code:02X}"
    assert host.command(name, parameters, password=b"\x1e\0\0\0" if password else b"")
    assert host.command("10")[:1] == b"\0" or code == 0x14


@settings(max_examples=80, deadline=None)
@given(data=st.binary(max_size=80), at=st.integers(0, 80))
def test_random_bytes_in_any_pieces_never_raise_and_never_make_a_document(data: bytes, at: int) -> None:
    for host in (Host(new_register(link="v1")), Host2(new_register(link="v2"))):
        host.write(data[:at])
        host.write(data[at:])
        assert host.register.documents() == []


@settings(max_examples=40, deadline=None)
@given(cuts=st.sets(st.integers(1, 130)))
def test_a_frame_in_any_pieces_is_executed_once(cuts: set[int]) -> None:
    register = new_register()
    host = Host(register)
    host.ok("FF46", item(200))
    host.ok("FF4D", MEASURE)
    host.write(b"\x05")
    frame = framed(b"\xff\x45\x1e\0\0\0" + close(200))
    borders = [0, *sorted(cut for cut in cuts if cut < len(frame)), len(frame)]
    for start, end in pairwise(borders):
        host.session.received(frame[start:end])
    assert [document.kind for document in register.documents()] == ["shift_open", "receipt"]
