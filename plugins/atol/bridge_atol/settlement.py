"""Recovery on the wire: gathers what `recovery.py` decides on, and leaves nothing open.

Follows protocol-specs/atol, "Power loss and lost answers". Nothing in memory is trusted: all comes from the checkpoints, from the
result of the deciding task that the device still kept, and from the device. Before each byte that changes it a checkpoint is written.
"""

from __future__ import annotations

from collections.abc import Sequence

from bridge_ffd.fn import FoundDocument
from bridge_ffd.register import FISCAL, looks

from bridge.model import Paper
from bridge.plugin import (
    BadAnswer,
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
from bridge_atol import commands
from bridge_atol.answers import error_of, roubles, values_of
from bridge_atol.condition import reporting, trouble
from bridge_atol.exchange import Exchange
from bridge_atol.facts import FactReader, Facts
from bridge_atol.plan import ANSWERED, CANCELLING, Intent
from bridge_atol.procedure import cancel_open, look
from bridge_atol.recovery import decide, surely_refused
from bridge_atol.refusals import Refused
from bridge_atol.result import document_result
from bridge_atol.settings import AtolSettings
from bridge_atol.vocabulary import SHAPES

_AGAIN = 2.0  # seconds until a device that waits for a person is asked again
_AGAIN_BUSY = 10.0  # and one that another program uses


class Settlement:
    """One job in doubt on one device."""

    def __init__(self, exchange: Exchange, settings: AtolSettings, context: JobContext) -> None:
        self._exchange = exchange
        self._settings = settings
        self._context = context
        self._reader = FactReader(exchange, settings.zone)
        self._cancelling = False

    async def settle(self, checkpoints: Sequence[Checkpoint]) -> Recovery:
        intent = read_intent(checkpoints, Intent)
        if intent is None:
            return NotIssued({"reason": "nothing that changes the device was sent"})
        self._cancelling = any(checkpoint.name == CANCELLING for checkpoint in checkpoints)
        try:
            return await self._settle(intent, answered(checkpoints))
        except (Refused, BadAnswer) as error:
            return Pending.untold(_AGAIN_BUSY, error)

    async def _settle(self, intent: Intent, error: int | None) -> Recovery:
        """`error`: of the deciding command, 0 for a success; None where no answer came."""
        state = await self._exchange.finished()
        waits = trouble(state)
        if reporting(state) and waits is not None:
            return Pending.of(_AGAIN, waits)
        if error is None:
            error = await self._held(intent)
        facts, found = await look(self._reader, intent)
        if intent.kind not in FISCAL and error == 0:
            return await self._by_result(intent, facts)
        if facts.document_open:
            if (pending := await self._cancel(intent, facts)) is not None:
                return pending
            facts, found = await look(self._reader, intent)
        decision = decide(intent, facts, found, shared=self._context.device.shared)
        if error == 0 and decision.verdict is not Verdict.ISSUED:
            decision = self._by_answer(intent, facts, found, decision)
        evidence = {**self._reader.answers, "decision": decision.reason}
        refused = Refused(SHAPES[intent.decides], error) if error else None
        if decision.verdict is Verdict.ISSUED:
            return await self._issued(intent, facts, decision.document, decision.reason)
        if decision.verdict is Verdict.NOT_ISSUED or (refused is not None and surely_refused(intent, refused)):
            return NotIssued(evidence, refused.job_error() if refused is not None else None)
        return self._ask_person(intent, decision.reason)

    async def _held(self, intent: Intent) -> int | None:
        """The result that the device still kept when the link was opened. Where others use its buffer it may be theirs."""
        held = None if self._context.device.shared else await self._exchange.held(intent.task, intent.baseline.fn)
        if held is None:
            return None
        data, failed = held
        self._reader.answers["held"] = data.hex()
        try:
            return error_of(SHAPES[intent.decides], data, failed=failed)
        except BadAnswer:
            return None  # it says nothing then; the documents do

    def _by_answer(
        self, intent: Intent, facts: Facts, found: Sequence[FoundDocument], decision: Decision[FoundDocument]
    ) -> Decision[FoundDocument]:
        """The answer to our deciding command was a success, so one of the new documents is ours: where one alone can be, it is that."""
        if decision.verdict is Verdict.NOT_ISSUED:
            return Decision.unknown(f"the device's answer was a success, but {decision.reason}")
        alone = decide(intent, facts, found, shared=False)
        if alone.verdict is Verdict.ISSUED:
            return Decision.issued(f"the device's answer was a success, and {alone.reason}", alone.document)
        return decision

    async def _by_result(self, intent: Intent, facts: Facts) -> Recovery:
        """A slip or an X report whose result was a success. Counters that prove the contrary are for a person to compare."""
        decision = decide(intent, facts, (), shared=False)
        if decision.verdict is Verdict.NOT_ISSUED:
            return self._ask_person(intent, f"its answer was a success, but {decision.reason}")
        return await self._issued(intent, facts, None, "the device's own result of the task says that it was carried out")

    def _ask_person(self, intent: Intent, reason: str) -> NeedsOperator:
        return NeedsOperator.compare({**self._reader.answers, "decision": reason}, reason, _looks(intent))

    async def _cancel(self, intent: Intent, facts: Facts) -> Pending | None:
        """An open document is cancelled: what it was is not issued then. What another program has open is left alone."""
        if self._context.device.shared and not await self._may_be_ours(intent, facts):
            return Pending.of(_AGAIN_BUSY, usual.OTHERS_RECEIPT)
        if not self._cancelling:
            await self._context.checkpoint(CANCELLING)
            self._cancelling = True
        facts = await cancel_open(self._exchange, self._reader, intent)
        if facts.document_open:
            waits = await self._exchange.trouble()
            if waits is not None:
                return Pending.of(_AGAIN, waits)
            return Pending.of(_AGAIN_BUSY, usual.STAYS_OPEN)
        return None

    async def _may_be_ours(self, intent: Intent, facts: Facts) -> bool:
        """Whether the open receipt of a shared device is this sale after some line of it. One that is still empty after our deadline
        stands in everybody's way, and whoever opened it has sold nothing on it."""
        if facts.receipt != intent.opens:
            return False
        command = commands.register(0x14)
        total = roubles(values_of(command.shape, await self._reader.ask(command))["sum"])
        if not total:
            return self._context.device.clock.now() >= self._context.deadline
        return total in (*intent.sums, intent.total)

    async def _issued(self, intent: Intent, facts: Facts, found: FoundDocument | None, reason: str) -> Issued:
        evidence = {**self._reader.answers, "decision": reason}
        at = self._reader.moment(found.at) if found is not None else None  # only the FN keeps the time of a document
        return Issued(document_result(intent, facts, found, at, Paper.UNKNOWN, evidence))


def answered(checkpoints: Sequence[Checkpoint]) -> int | None:
    """The error in the answer to the deciding command, where it was written down; the last one counts."""
    return next((int(c.data["error"]) for c in reversed(checkpoints) if c.name == ANSWERED), None)


def _looks(intent: Intent) -> str:
    return looks(intent.kind, intent.total, intent.baseline.last, f"in shift {intent.baseline.shift}", intent.currency)
