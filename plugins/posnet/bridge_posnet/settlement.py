"""Recovery on the wire: gathers what `recovery.py` decides on, and leaves nothing open.

Follows protocol-specs/posnet, "Lost answers, power loss". Nothing in memory is trusted: all comes from the checkpoints and
from the printer. Before each byte that changes the printer a checkpoint is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

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
from bridge.transport import LinkLost
from bridge_posnet import commands
from bridge_posnet.answers import EDocumentNumber
from bridge_posnet.edocument import outstanding, read_record
from bridge_posnet.exchange import Exchange
from bridge_posnet.facts import TRANSACTIONS, FactReader, Facts, Kind, verbatim
from bridge_posnet.frame import Frame
from bridge_posnet.plan import (
    ANSWERED,
    BINDS,
    CANCELLING,
    EDOCUMENT,
    FINISHING,
    OPENS,
    RELEASING,
    Intent,
)
from bridge_posnet.reader import BadAnswer, error_of
from bridge_posnet.recovery import decide, may_be_open_ours, open_and_undecided
from bridge_posnet.refusals import Refused
from bridge_posnet.result import Written, document_result, number_of_sale
from bridge_posnet.settings import PosnetSettings
from bridge_posnet.tokens import Tokens, token_at

# What decides a document of each kind, for intents that do not say it themselves.
_DECIDES = {Kind.SALE: "trend", Kind.GOODS_RETURN: "stocash", Kind.CASH: "cash", Kind.DAILY_REPORT: "dailyrep"}

_AGAIN = 2.0  # seconds until a printer that waits for a person is asked again
_AGAIN_BUSY = 10.0  # and one that another program uses


class Settlement:
    """One job in doubt on one printer."""

    def __init__(self, exchange: Exchange, settings: PosnetSettings, context: JobContext, tokens: Tokens) -> None:
        self._exchange = exchange
        self._settings = settings
        self._context = context
        self._tokens = tokens
        self._reader = FactReader(exchange, settings.code_page, settings.zone, context)

    async def settle(self, checkpoints: Sequence[Checkpoint]) -> Recovery:
        intent = read_intent(checkpoints, Intent)
        if intent is None:
            return NotIssued({"reason": "nothing that changes the printer was sent"})
        trouble = await self._exchange.trouble()
        if trouble is not None:
            return Pending.of(_AGAIN, trouble)
        # First of all: whatever an earlier link had sent is worked off, its late answers have come and were dropped.
        await self._exchange.barrier(self._context)
        try:
            return await self._settle(intent, answered(checkpoints), edocument_of(checkpoints))
        except Refused as refused:
            return Pending(_AGAIN_BUSY, refused.row.code, f"The printer does not tell: {refused.row.text}. {refused.row.remedy}")
        except BadAnswer as error:
            return Pending(_AGAIN_BUSY, "device.fault", f"The printer gives an answer that cannot be read: {error}.")

    async def _settle(self, intent: Intent, answer: str | None, edocument: int | None) -> Recovery:
        if edocument is None and intent.binds is not None:
            edocument = await self._stored_binding(intent)
        refused: Refused | None = None
        if answer is None:
            stored = await self._stored(intent)
            if stored is not None:
                self._reader.answers["rpt"] = verbatim(stored, self._settings.code_page)
                if error_of(stored) is None:
                    answer = self._reader.answers["rpt"]
                    # The printer keeps 32 answers; what comes now may push this one out.
                    await self._context.checkpoint(ANSWERED, {"answer": answer})
                else:
                    refused = Refused(Frame(stored.mnemonic), stored)
        # The stored answer is read, or there is none: tokens on questions can push out nothing that is still needed.
        self._exchange.distrust()
        facts = await self._reader.facts(intent.kind, afterwards=True)
        if answer is not None:
            self._reader.answers.setdefault(decides(intent), answer)
            if facts.footer_open and not facts.open and intent.closing:
                # The receipt counts already; the lines below it that are missing are told.
                closed = await self._close(intent, facts, ours=True)
                if isinstance(closed, Pending):
                    return closed
                facts = closed
                self._context.warn("footer_incomplete", "The connection broke below the receipt: lines may be missing there.")
            return await self._issued(intent, facts, Written.SEEN, edocument)
        undecided = False
        if intent.kind in TRANSACTIONS and (facts.open or facts.footer_open):
            undecided = open_and_undecided(intent, facts)
            closed = await self._close(intent, facts)
            if isinstance(closed, Pending):
                return closed
            facts = closed
        decision = decide(intent, facts, shared=self._context.device.shared)
        if undecided:
            decision = Decision.not_issued("the receipt was still open, and was cancelled")
        evidence = {**self._reader.answers, "decision": decision.reason}
        surely_refused = refused is not None and refused.surely_not_executed and not facts.open
        if decision.verdict is Verdict.NOT_ISSUED or surely_refused:
            await self._release(intent)
            return NotIssued(evidence, refused.job_error() if refused is not None else None)
        if decision.verdict is Verdict.ISSUED:
            return await self._issued(intent, facts, Written.INFERRED, edocument, _number(decision), decision.reason)
        if not self._context.device.shared:
            # Used up where the receipt came out, and in the way of the next customer's where it did not.
            await self._release(intent)
        return NeedsOperator.compare(evidence, decision.reason, _looks(intent, self._settings))

    async def _stored(self, intent: Intent) -> Frame | None:
        stored = await self._exchange.stored(intent.decisive, self._context)
        # Kept under our token but to another command, it is not ours: another program counts its tokens too.
        return stored if stored is not None and stored.mnemonic == decides(intent) else None

    async def _stored_binding(self, intent: Intent) -> int | None:
        """The number of the e-document, where the printer's answer was lost with the link."""
        assert intent.binds is not None
        stored = await self._exchange.stored(token_at(intent.token, intent.binds), self._context)
        if stored is None or stored.mnemonic != BINDS or error_of(stored) is not None:
            return None
        number = EDocumentNumber.from_frame(stored).number
        now = self._context.device.clock.now()
        await self._context.checkpoint(
            EDOCUMENT, {"number": number}, store=outstanding(number, self._context.job_id, now, on_paper=intent.paper)
        )
        return number

    async def _release(self, intent: Intent) -> None:
        """No document came out: the next one must not go to this customer. Nothing bound any more is as good."""
        if intent.binds is None:
            return
        token = await self._tokens.next()
        await self._context.checkpoint(RELEASING, {"token": token}, store=self._tokens.taken(token, 1))
        frame = commands.with_token(commands.eparagonidzcancel(), token)
        answer = await self._exchange.send(frame, self._exchange.timeouts.command, self._context)
        self._reader.answers[frame.mnemonic] = verbatim(answer, self._settings.code_page)
        if answer.is_frame_error:
            raise LinkLost("the printer did not take in that the e-document is to be taken back")

    async def _close(self, intent: Intent, facts: Facts, *, ours: bool = False) -> Facts | Pending:
        """Cancel an open document, end an open footer. What another program has open is left alone, unless it is known as
        ours."""
        shared = self._context.device.shared
        if shared and not ours and not (facts.open and await self._is_ours(intent, facts)):
            return Pending.of(_AGAIN_BUSY, usual.OTHERS_RECEIPT)
        name, frame = (CANCELLING, commands.prncancel()) if facts.open else (FINISHING, commands.trftrend())
        token = await self._tokens.next()
        await self._context.checkpoint(name, {"token": token}, store=self._tokens.taken(token, 1))
        answer = await self._exchange.send(commands.with_token(frame, token), self._exchange.timeouts.command, self._context)
        self._reader.answers[frame.mnemonic] = verbatim(answer, self._settings.code_page)
        facts = await self._reader.facts(intent.kind, afterwards=True)
        if facts.open or facts.footer_open:
            return Pending.of(_AGAIN_BUSY, usual.STAYS_OPEN)
        return facts

    async def _is_ours(self, intent: Intent, facts: Facts) -> bool:
        """Whether the open receipt of a shared printer is this sale, or may be treated as if it were.

        An empty one is ours where the printer still holds the answer to the very command of ours that opened it. One that
        is still empty after our deadline stands in everybody's way, and whoever opened it has sold nothing on it.
        """
        if may_be_open_ours(intent, facts):
            return True
        if any(facts.gross) or intent.opening is None:
            return False
        if self._context.device.clock.now() >= self._context.deadline:
            return True
        stored = await self._exchange.stored(token_at(intent.token, intent.opening), self._context)
        return stored is not None and stored.mnemonic in OPENS and error_of(stored) is None

    async def _issued(
        self,
        intent: Intent,
        facts: Facts,
        written: Written,
        edocument: int | None,
        number: str | None = None,
        reason: str | None = None,
    ) -> Issued:
        record = await read_record(self._reader, edocument) if edocument is not None else None
        evidence = dict(self._reader.answers)
        if reason is not None:
            evidence["decision"] = reason
        result = document_result(
            intent, facts, _time_of(intent, facts), written, evidence=evidence, number=number, edocument=edocument, record=record
        )
        return Issued(result)


def _number(decision: Decision[int]) -> str | None:
    """Of the receipt, where only the decision knows it."""
    return None if decision.document is None else str(decision.document)


def decides(intent: Intent) -> str:
    """The mnemonic of the command that decides."""
    return intent.decides or _DECIDES[intent.kind]


def edocument_of(checkpoints: Sequence[Checkpoint]) -> int | None:
    """The number of the e-document, where it was written down."""
    return next((int(c.data["number"]) for c in checkpoints if c.name == EDOCUMENT), None)


def answered(checkpoints: Sequence[Checkpoint]) -> str | None:
    """The answer to the deciding command, where it was written down."""
    return next((str(c.data["answer"]) for c in checkpoints if c.name == ANSWERED), None)


def _time_of(intent: Intent, facts: Facts) -> datetime | None:
    """The printer tells the times of its last sale and last report only."""
    match intent.kind:
        case Kind.SALE:
            return facts.last_sale_at if number_of_sale(intent.baseline, facts) is not None else None
        case Kind.DAILY_REPORT:
            alone = facts.daily_reports == intent.baseline.daily_reports + 1
            return facts.last_report_at if alone else None
        case _:
            return None


def _looks(intent: Intent, settings: PosnetSettings) -> str:
    about = f"{intent.total:f} {intent.currency}"
    match intent.kind:
        case Kind.SALE:
            where = ", with this job's reference below it" if settings.print_reference else ""
            return f"a receipt over {about}{where}, after receipt {intent.baseline.last_receipt or intent.baseline.receipts}"
        case Kind.DAILY_REPORT:
            return f"daily report {intent.baseline.daily_reports + 1}"
        case Kind.INVOICE:
            return f"invoice {intent.number} over {about}"
        case Kind.REPORT:
            return f"a report with the header number {intent.baseline.header or 'after the last one'}"
        case Kind.PACKAGING_RETURN:
            return f"a packaging slip over {about}"
        case Kind.GOODS_RETURN:
            return f"a goods return slip over {about}"
        case _:
            return f"a cash slip over {about}"
