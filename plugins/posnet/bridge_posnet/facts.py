"""What the printer says of itself around a document: read before it as the baseline, and after it to compare.

Follows protocol-specs/posnet, "Counters as measured". Kept in checkpoints, so its fields are JSON-able and only ever
added to. What follows from two of them is in `recovery.py`.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from bridge.model import Model, Moment
from bridge.model.base import AnyDecimal
from bridge.plugin import UNWATCHED, Watch
from bridge_posnet import commands
from bridge_posnet.answers import (
    CashState,
    Clock,
    Counters,
    DailyTotals,
    FiscalState,
    LastDocument,
    ProtectedKind,
    ReceiptCounter,
    TransactionState,
)
from bridge_posnet.exchange import Exchange
from bridge_posnet.fields import Rate
from bridge_posnet.frame import Frame
from bridge_posnet.reader import error_of
from bridge_posnet.refusals import checked
from bridge_posnet.text import decode


class Kind(StrEnum):
    """Kinds of documents: each is decided by one command."""

    SALE = "sale"  # trend
    GOODS_RETURN = "goods_return"  # stocash
    CASH = "cash"  # cash
    DAILY_REPORT = "daily_report"  # dailyrep
    INVOICE = "invoice"  # trend
    PACKAGING_RETURN = "packaging_return"  # packret
    REPORT = "report"  # shiftrep, monthlyrep, periodicrepbydates, periodicrepbynumbers


TRANSACTIONS = frozenset((Kind.SALE, Kind.INVOICE))
"""Documents of several commands, which can be left open."""


# In protected memory, which survives a RAM clear, the numbers that a kind of document moves.
PROTECTED = {
    Kind.SALE: (ProtectedKind.RECEIPT, ProtectedKind.CANCELLED_RECEIPT),
    Kind.GOODS_RETURN: (ProtectedKind.NON_FISCAL,),
    Kind.CASH: (ProtectedKind.NON_FISCAL,),
    Kind.DAILY_REPORT: (ProtectedKind.DAILY_REPORT,),
    Kind.INVOICE: (ProtectedKind.INVOICE, ProtectedKind.CANCELLED_INVOICE),
    Kind.PACKAGING_RETURN: (ProtectedKind.NON_FISCAL,),
    Kind.REPORT: (ProtectedKind.NON_FISCAL,),
}


class Facts(Model):
    """Counters, totals and state of the transaction; None where a printer does not tell. Amounts in zloty.

    `invoices` and `cancelled_invoices` are fn and fc of `scnt`; `document_kind` is what is open or was last. `receipts`, `cancelled` and `last_receipt` are bn, bc and bt of `scnt`; `documents` the numbers in protected memory
    by their kind; `answers` every answer verbatim, for the evidence.
    """

    unique_number: str | None = None
    fiscal: bool | None = None
    ram_clears: int | None = None
    daily_reports: int
    header: int | None = None
    receipts: int
    cancelled: int | None = None
    last_receipt: int | None = None
    invoices: int | None = None
    cancelled_invoices: int | None = None
    document_kind: int | None = None
    open: bool
    footer_open: bool | None = None
    gross: tuple[AnyDecimal | None, ...] = ()
    payments: AnyDecimal | None = None
    change: AnyDecimal | None = None
    packaging_issued: AnyDecimal | None = None
    packaging_returned: AnyDecimal | None = None
    documents: dict[str, int] = {}
    non_fiscal: int | None = None
    next_report: int | None = None
    cash: AnyDecimal | None = None
    last_sale_at: Moment | None = None
    last_report_at: Moment | None = None
    counted_by_day: bool | None = None
    answers: dict[str, str] = {}

    def document(self, kind: ProtectedKind) -> int | None:
        return self.documents.get(str(int(kind)))


class FactReader:
    """Asks for facts and collects the answers verbatim."""

    def __init__(self, exchange: Exchange, code_page: str, zone: str, watch: Watch = UNWATCHED) -> None:
        self._exchange = exchange
        self._code_page = code_page
        self._zone = zone
        self._watch = watch
        self.answers: dict[str, str] = {}
        self._ahead: dict[str, Frame] = {}
        self.rates: tuple[Rate, ...] = ()
        """The tax table, where `facts` has read it along."""

    async def ask(self, request: Frame, name: str | None = None) -> Frame:
        """A question that every printer answers. Raises Refused."""
        return checked(request, await self.raw(request, name))

    async def ask_if_known(self, request: Frame, name: str | None = None) -> Frame | None:
        """A question that older printers do not know, or that some models refuse: then None."""
        answer = await self.raw(request, name)
        return None if error_of(answer) is not None else answer

    async def raw(self, request: Frame, name: str | None = None) -> Frame:
        """The answer as it comes, an error too."""
        answer = self._ahead.pop(_name(request), None) or await self._exchange.read(request, self._watch)
        self.answers[name or _name(request)] = verbatim(answer, self._code_page)
        return answer

    async def ahead(self, *requests: Frame) -> None:
        """Ask these questions, and all that `facts` was told to, in one go; whoever asks for them next gets the answers."""
        names = [_name(request) for request in requests]
        for name, answer in zip(names, await self._exchange.read_all(requests, self._watch), strict=True):
            self._ahead[name] = answer

    async def facts(self, kind: Kind, *further: Frame, afterwards: bool = False) -> Facts:
        """All that a document of this kind moves. `afterwards`: what only recovery and a result need, too.

        `further`: questions that are asked along, for whoever wants their answers next. Two questions of one mnemonic never
        follow each other: a doubled answer to the first would pass for the second.
        """
        protected = PROTECTED[kind]
        await self.ahead(*further, *_questions(kind, afterwards))
        counters = Counters.from_frame(await self.ask(commands.scnt()))
        documents = {str(int(one)): await self._last(one) for one in protected}
        state = await self.ask_if_known(commands.sfsk())
        fiscal = FiscalState.from_frame(state) if state is not None else None
        self.rates = fiscal.rates if fiscal is not None else ()
        transaction = TransactionState.from_frame(await self.ask(commands.strns()))
        totals = cash = by_day = None
        if kind not in TRANSACTIONS or afterwards:
            totals = await self.totals()
        if kind is Kind.CASH and (answer := await self.ask_if_known(commands.scashstate())) is not None:
            cash = CashState.from_frame(answer).amount
        if kind in TRANSACTIONS and afterwards and (answer := await self.ask_if_known(commands.billcountercfgget())) is not None:
            by_day = ReceiptCounter.from_frame(answer).daily
        return Facts(
            unique_number=counters.unique_number,
            fiscal=fiscal.fiscal if fiscal else None,
            ram_clears=fiscal.ram_clears if fiscal else None,
            daily_reports=counters.daily_reports,
            header=counters.header,
            receipts=counters.receipts,
            cancelled=counters.cancelled_receipts,
            last_receipt=counters.last_receipt,
            open=transaction.open,
            footer_open=transaction.footer_open,
            gross=transaction.gross,
            payments=transaction.payments,
            change=transaction.change,
            invoices=counters.invoices,
            cancelled_invoices=counters.cancelled_invoices,
            document_kind=None if transaction.document is None else int(transaction.document),
            packaging_issued=transaction.packaging_issued,
            packaging_returned=transaction.packaging_returned,
            documents={name: number for name, number in documents.items() if number is not None},
            non_fiscal=totals.non_fiscal if totals else None,
            next_report=totals.next_report if totals else None,
            cash=cash,
            last_sale_at=self.moment(totals.last_sale_exact, totals.last_sale) if totals else None,
            last_report_at=self.moment(fiscal.last_report_exact, fiscal.last_report) if fiscal else None,
            counted_by_day=by_day,
            answers=dict(self.answers),
        )

    async def totals(self) -> DailyTotals | None:
        answer = await self.ask_if_known(commands.stot())
        return DailyTotals.from_frame(answer) if answer is not None else None

    async def clock(self) -> Clock | None:
        answer = await self.ask_if_known(commands.rtcget())
        return Clock.from_frame(answer) if answer is not None else None

    async def now(self) -> datetime | None:
        """The printer's own time, with its zone."""
        clock = await self.clock()
        return self.moment(clock.exact, clock.local) if clock is not None else None

    async def _last(self, kind: ProtectedKind) -> int | None:
        answer = await self.ask_if_known(commands.eclastdocnoget(kind))
        return LastDocument.from_frame(answer).number if answer is not None else None

    def moment(self, exact: datetime | None, local: datetime | None) -> datetime | None:
        """Old models tell the time of their own zone only."""
        if exact is not None or local is None:
            return exact
        return local.replace(tzinfo=ZoneInfo(self._zone))


def _questions(kind: Kind, afterwards: bool) -> list[Frame]:
    """What `facts` asks, with no two questions of one mnemonic side by side."""
    first, *others = (commands.eclastdocnoget(one) for one in PROTECTED[kind])
    asked = [commands.scnt(), first, commands.sfsk(), *others, commands.strns()]
    if kind not in TRANSACTIONS or afterwards:
        asked.append(commands.stot())
    if kind is Kind.CASH:
        asked.append(commands.scashstate())
    if kind in TRANSACTIONS and afterwards:
        asked.append(commands.billcountercfgget())
    return asked


def _name(request: Frame) -> str:
    """Tells the questions apart: by their mnemonic, and what they ask about."""
    about = " ".join(f"{parameter.name}{parameter.value.decode('ascii', 'replace')}" for parameter in request.parameters)
    return f"{request.mnemonic} {about}".rstrip()


def verbatim(frame: Frame, code_page: str) -> str:
    """What stood between STX and the checksum, as text."""
    return decode(frame.payload(), code_page)


def same_amounts(found: tuple[Decimal | None, ...], meant: tuple[Decimal, ...], tolerance: Decimal) -> bool:
    """Whether these totals by rate are those of our document.

    `tolerance` by rate, only where our document has something: how printers spread an amount over several rates is not
    measured by anyone. The sum must be equal in any case.
    """
    if len(found) != len(meant) or any(amount is None for amount in found):
        return False
    told = [amount for amount in found if amount is not None]
    close = all(abs(a - b) <= (tolerance if b else 0) for a, b in zip(told, meant, strict=True))
    return close and sum(told) == sum(meant)
