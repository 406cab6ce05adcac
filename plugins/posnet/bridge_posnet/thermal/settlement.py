"""Recovery on the wire: gathers what `recovery.py` decides on, and leaves nothing open.

Follows protocol-specs/posnet/thermal.md, "Lost answers". Nothing in memory is trusted: all comes from the checkpoints and
from the printer, which works in order, so that its figures are those after everything that was ever sent to it. Before each
byte that changes it a checkpoint is written.
"""

from __future__ import annotations

from collections.abc import Sequence

from bridge.plugin import (
    Checkpoint,
    Decision,
    Issued,
    JobContext,
    NeedsOperator,
    NotIssued,
    Pending,
    Recovery,
    Verdict,
    read_intent,
    usual,
)
from bridge_posnet.settings import PosnetSettings
from bridge_posnet.thermal import commands
from bridge_posnet.thermal.answers import BadAnswer
from bridge_posnet.thermal.errors import Refused
from bridge_posnet.thermal.exchange import Exchange
from bridge_posnet.thermal.facts import FactReader, Facts, Kind
from bridge_posnet.thermal.plan import ANSWERED, CANCELLING, Intent
from bridge_posnet.thermal.recovery import (
    confirmed,
    decide,
    may_be_open_ours,
    open_and_empty,
    open_and_undecided,
)
from bridge_posnet.thermal.result import Written, document_result

_AGAIN = 2.0  # seconds until a printer that waits for a person is asked again
_AGAIN_BUSY = 10.0  # and one that another program uses


class Settlement:
    """One job in doubt on one printer."""

    def __init__(self, exchange: Exchange, settings: PosnetSettings, context: JobContext) -> None:
        self._exchange = exchange
        self._settings = settings
        self._context = context
        self._reader = FactReader(exchange, settings.zone, context)

    async def settle(self, checkpoints: Sequence[Checkpoint]) -> Recovery:
        intent = read_intent(checkpoints, Intent)
        if intent is None:
            return NotIssued({"reason": "nothing that changes the printer was sent"})
        trouble = await self._exchange.trouble()
        if trouble is not None:
            return Pending.of(_AGAIN, trouble)
        try:
            await self._exchange.hush(self._context)
            return await self._settle(intent, answered(checkpoints))
        except Refused as refused:
            return Pending(_AGAIN_BUSY, refused.row.code, f"The printer does not tell: {refused.row.text}. {refused.row.remedy}")
        except BadAnswer as error:
            return Pending(_AGAIN_BUSY, "device.fault", f"The printer gives an answer that cannot be read: {error}.")

    async def _settle(self, intent: Intent, answer: str | None) -> Recovery:
        facts = await self._reader.facts()
        status = await self._exchange.enquire()
        if status is not None:
            self._reader.answers["ENQ"] = f"{status.byte:02X}"
        undecided = False
        if facts.open:
            undecided = open_and_undecided(intent, facts)
            closed = await self._close(intent, facts)
            if isinstance(closed, Pending):
                return closed
            facts = closed
        decision = decide(intent, facts, shared=self._context.device.shared)
        if answer is not None and decision.verdict is not Verdict.ISSUED:
            decision = self._with_answer(intent, facts, answer, decision)
        if undecided and decision.verdict is not Verdict.NOT_ISSUED:
            decision = Decision.not_issued("the receipt was still open, and was cancelled")
        evidence = {**self._reader.answers, "decision": decision.reason}
        match decision.verdict:
            case Verdict.NOT_ISSUED:
                return NotIssued(evidence)
            case Verdict.ISSUED:
                result = document_result(
                    intent,
                    facts,
                    None,
                    Written.INFERRED,
                    evidence=evidence,
                    number=None if decision.document is None else str(decision.document),
                )
                return Issued(result)
            case _:
                return NeedsOperator.compare(evidence, decision.reason, _looks(intent))

    def _with_answer(self, intent: Intent, facts: Facts, answer: str, decision: Decision[int]) -> Decision[int]:
        """The printer had accepted the deciding command: with counters that do not contradict it that settles it."""
        self._reader.answers["answer"] = answer
        if confirmed(intent, facts):
            return Decision.issued("the printer accepted the document, and its counters agree")
        return Decision.unknown(f"the printer accepted the document, but its counters do not agree: {decision.reason}")

    async def _close(self, intent: Intent, facts: Facts) -> Facts | Pending:
        """Cancel an open receipt. What another program has open is left alone."""
        if self._context.device.shared and not self._may_cancel(intent, facts):
            return Pending.of(_AGAIN_BUSY, usual.OTHERS_RECEIPT)
        await self._context.checkpoint(CANCELLING)
        number = await self._exchange.send(commands.cancel(), self._exchange.timeouts.command, self._context)
        self._reader.answers["$e"] = f"{number}#Z$e"
        facts = await self._reader.facts()
        if facts.open:
            return Pending.of(_AGAIN_BUSY, usual.STAYS_OPEN)
        return facts

    def _may_cancel(self, intent: Intent, facts: Facts) -> bool:
        """Whether the open receipt of a shared printer is this sale. One that is still empty after our deadline stands in
        everybody's way, and whoever opened it has sold nothing on it."""
        if intent.kind is not Kind.SALE:
            return False
        late = self._context.device.clock.now() >= self._context.deadline
        return may_be_open_ours(intent, facts) or (open_and_empty(facts) and late)


def answered(checkpoints: Sequence[Checkpoint]) -> str | None:
    """The answer to the deciding command, where it was written down."""
    return next((str(c.data["answer"]) for c in checkpoints if c.name == ANSWERED), None)


def _looks(intent: Intent) -> str:
    before = intent.baseline
    match intent.kind:
        case Kind.SALE:
            return f"a receipt over {intent.total:f} {intent.currency}, after receipt {before.receipts} of the day"
        case Kind.DAILY_REPORT:
            return f"daily report {before.reports + 1}" if before.reports is not None else "a daily report"
        case Kind.PERIOD_REPORT:
            return "a periodic report" + (f" after document {before.document}" if before.document is not None else "")
        case Kind.GOODS_RETURN:
            return f"a goods return slip over {intent.total:f} {intent.currency}"
        case _:
            return f"a cash slip over {intent.total:f} {intent.currency}"
