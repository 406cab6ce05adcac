"""What the printer says of itself around a document: read before it as the baseline, and after it to compare.

Follows protocol-specs/posnet/thermal.md, "Counters". Kept in checkpoints, so its fields are JSON-able and only ever added
to. What follows from two of them is in `recovery.py`.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from bridge.model import Model, TaxRate
from bridge.model.base import AnyDecimal
from bridge.plugin import UNWATCHED, Watch
from bridge_posnet.thermal import commands
from bridge_posnet.thermal.answers import BadAnswer, CashInfo, DailyTotals, DocumentNumber, MemoryInfo, read_clock, verbatim
from bridge_posnet.thermal.exchange import ASK_TIMES, Exchange


class Kind(StrEnum):
    """Kinds of documents: each is decided by one command."""

    SALE = "sale"  # $y
    GOODS_RETURN = "goods_return"  # #z
    CASH = "cash"  # #i, #d
    DAILY_REPORT = "daily_report"  # #r
    PERIOD_REPORT = "period_report"  # #o


class Facts(Model):
    """Counters, totals and state of the transaction; None where older firmware does not tell. Amounts in zloty.

    `open` and `completed` are Pt and Px of `23#s`: inside a receipt, and the last receipt that was begun was ended.
    `receipts` counts those of the day, `totals` is the day's gross by rate. `reports` counts the daily reports in fiscal
    memory, `last_receipt` is the gross by rate of the receipt that is open or was the last, `document` the number of the
    last document of any kind.
    """

    unique_number: str
    fiscal: bool
    open: bool
    completed: bool
    ram_clears: int
    last_write: str
    receipts: int
    totals: tuple[AnyDecimal, ...]
    cash: AnyDecimal
    reports: int | None = None
    last_receipt: tuple[AnyDecimal, ...] | None = None
    document: int | None = None
    answers: dict[str, str] = {}


class FactReader:
    """Asks for facts and collects the answers verbatim."""

    def __init__(self, exchange: Exchange, zone: str, watch: Watch = UNWATCHED) -> None:
        self._exchange = exchange
        self._zone = zone
        self._watch = watch
        self.answers: dict[str, str] = {}
        self.rates: tuple[TaxRate, ...] = ()
        """The tax table, as of the last `facts`; empty in the old form."""
        self.daily: DailyTotals | None = None
        """What the daily report would write, where `facts` was asked for it."""
        self.reports_left: int | None = None
        """Daily reports that the fiscal memory still takes, as of the last `facts`."""

    async def facts(self, *, daily: bool = False) -> Facts:
        """All that documents move. Raises Refused, BadAnswer and LinkTimeout."""
        numbers = [commands.CASH_INFO, commands.MEMORY_INFO, commands.DOCUMENT_NUMBER]
        if daily:
            numbers.append(commands.DAILY_TOTALS)
        info, memory, last, totals, *_ = (
            *(await self._exchange.read_row([commands.info(number) for number in numbers], self._watch)),
            None,
        )
        assert info is not None
        for number, answer in zip(numbers, (info, memory, last, totals), strict=False):
            if answer is not None:
                self.answers[f"{number}#s"] = verbatim(answer)
        cash = CashInfo.from_sequence(info)
        records = MemoryInfo.from_sequence(memory) if memory is not None else None
        self.rates = cash.rates
        self.reports_left = records.reports_left if records is not None else None
        self.daily = DailyTotals.from_sequence(totals) if totals is not None else None
        return Facts(
            unique_number=cash.unique_number,
            fiscal=cash.fiscal,
            open=cash.open,
            completed=cash.completed,
            ram_clears=cash.ram_clears,
            last_write=cash.last_write,
            receipts=cash.receipts,
            totals=cash.totals,
            cash=cash.cash,
            reports=records.reports if records is not None else None,
            last_receipt=records.last_receipt if records is not None else None,
            document=DocumentNumber.from_sequence(last).number if last is not None else None,
            answers=dict(self.answers),
        )

    async def clock(self) -> datetime:
        """The printer's own time, to the minute, in the zone of the settings.

        The answer has no check byte, so it is believed when it comes twice (or a minute apart). Raises BadAnswer, Refused.
        """
        before: datetime | None = None
        for _ in range(ASK_TIMES + 1):
            answer = await self._exchange.ask(commands.clock(), self._watch)
            now = read_clock(answer)
            if before is not None and 0 <= (now - before).total_seconds() <= 120:
                self.answers["#c"] = verbatim(answer)
                return now.replace(tzinfo=ZoneInfo(self._zone))
            before = now
        raise BadAnswer("#c: the printer tells another time each time")


def same_amounts(found: tuple[Decimal, ...], meant: tuple[Decimal, ...], tolerance: Decimal) -> bool:
    """Whether these totals by rate are those of our document: each within `tolerance` where ours has something, the sum
    exactly."""
    if len(found) != len(meant):
        return False
    close = all(abs(a - b) <= (tolerance if b else 0) for a, b in zip(found, meant, strict=True))
    return close and sum(found) == sum(meant)
