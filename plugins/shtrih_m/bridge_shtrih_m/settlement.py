"""Recovery on the wire: gathers what `recovery.py` decides on, and leaves nothing open.

Follows protocol-specs/shtrih-m, "Power loss and lost answers". Nothing in memory is trusted: all comes from the checkpoints, from
the answer that the device still held, and from the device. Before each byte that changes it a checkpoint is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bridge_ffd.fn import FoundDocument
from bridge_ffd.register import looks

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
from bridge_shtrih_m import commands
from bridge_shtrih_m.answers import Closed, error_of, roubles, values_of
from bridge_shtrih_m.commands import Command
from bridge_shtrih_m.exchange import Exchange
from bridge_shtrih_m.facts import FactReader, Facts
from bridge_shtrih_m.frame import code_of
from bridge_shtrih_m.plan import ANSWERED, CANCELLING, DECIDING, TELLS_NUMBER, Intent
from bridge_shtrih_m.procedure import cancel_open, look
from bridge_shtrih_m.recovery import decide, in_storage, is_ours
from bridge_shtrih_m.refusals import Refused
from bridge_shtrih_m.result import document_result
from bridge_shtrih_m.settings import ShtrihSettings
from bridge_shtrih_m.vocabulary import SHAPES

_AGAIN = 2.0  # seconds until a device that waits for a person is asked again
_AGAIN_BUSY = 10.0  # and one that another program uses


class Settlement:
    """One job in doubt on one device."""

    def __init__(self, exchange: Exchange, settings: ShtrihSettings, context: JobContext) -> None:
        self._exchange = exchange
        self._settings = settings
        self._context = context
        self._reader = FactReader(exchange, settings.zone)

    async def settle(self, checkpoints: Sequence[Checkpoint]) -> Recovery:
        intent = read_intent(checkpoints, Intent)
        if intent is None:
            return NotIssued({"reason": "nothing that changes the device was sent"})
        try:
            return await self._settle(intent, answered(checkpoints), deciding(checkpoints))
        except (Refused, BadAnswer) as error:
            return Pending.untold(_AGAIN_BUSY, error)

    async def _settle(self, intent: Intent, answer: bytes | None, number: int | None) -> Recovery:
        await self._exchange.printed()
        held = await self._exchange.held()
        if answer is None and held is not None and code_of(held.data) == intent.decides:
            # Another program's last answer looks the same; only the number that we gave tells ours.
            shared = self._context.device.shared
            answer = held.data if not shared or (number is not None and held.number == number) else None
        if answer is not None:
            self._reader.answers["held"] = answer.hex()
        facts, found = await look(self._reader, intent)
        if answer is not None and not error_of(answer):
            seen = await self._seen(intent, answer)
            if seen is not None or self._only_answered(intent):
                return await self._issued(intent, facts, seen, "the device still held its answer")
        if facts.document_open:
            cancelled = await self._cancel(intent)
            if isinstance(cancelled, Pending):
                return cancelled
            facts, found = await look(self._reader, intent)
        decision = decide(intent, facts, found, shared=self._context.device.shared)
        evidence = {**self._reader.answers, "decision": decision.reason}
        refused = self._refusal(intent, answer)
        if (
            answer is not None
            and refused is None
            and decision.verdict is Verdict.NOT_ISSUED
            and not self._of_before(intent, answer)
        ):
            # It said that it made the document: what it shows now is no proof that it did not.
            told = "the device answered that it was made, and shows no such document"
            decision = Decision.unknown(f"{told} ({decision.reason})")
        match decision.verdict:
            case Verdict.ISSUED:
                return await self._issued(intent, facts, decision.document, decision.reason)
            case Verdict.NOT_ISSUED:
                if not intent.paper:
                    await self._context.checkpoint(CANCELLING)
                    await cancel_open(self._exchange, self._reader, intent, self._context)
                return NotIssued(evidence, refused.job_error() if refused is not None else None)
            case Verdict.UNKNOWN:
                return NeedsOperator.compare(evidence, decision.reason, _looks(intent))

    def _only_answered(self, intent: Intent) -> bool:
        """What the FN does not keep: then the device's answer is the best that there is. It is the last that was executed, and
        questions came before the deciding command, so it is the answer to that one."""
        return not in_storage(intent)

    async def _seen(self, intent: Intent, answer: bytes) -> FoundDocument | None:
        """The document that the device's own answer names, where the FN shows it as ours."""
        if intent.decides not in TELLS_NUMBER:
            return None
        if self._of_before(intent, answer):
            return None
        found = await self._reader.found(Closed.of(answer).document)
        return found if found is not None and is_ours(intent, found) else None

    def _of_before(self, intent: Intent, answer: bytes) -> bool:
        """Whether this answer names a document that the FN had before."""
        last = intent.baseline.last
        return intent.decides in TELLS_NUMBER and last is not None and Closed.of(answer).document <= last

    def _refusal(self, intent: Intent, answer: bytes | None) -> Refused | None:
        if answer is None or not error_of(answer):
            return None
        return Refused(Command(SHAPES[intent.decides]), error_of(answer))

    async def _cancel(self, intent: Intent) -> Pending | None:
        """An open document is cancelled: what it was is not issued then. What another program has open is left alone."""
        if self._context.device.shared and not await self._may_be_ours(intent):
            return Pending.of(_AGAIN_BUSY, usual.OTHERS_RECEIPT)
        trouble = await self._exchange.trouble()
        if trouble is not None and not (trouble.resumes and self._settings.continue_printing):
            return Pending.of(_AGAIN, trouble)
        await self._context.checkpoint(CANCELLING)
        await self._exchange.idle(self._context)
        facts = await cancel_open(self._exchange, self._reader, intent, self._context)
        if facts.document_open:
            return Pending.of(_AGAIN_BUSY, usual.STAYS_OPEN)
        return None

    async def _may_be_ours(self, intent: Intent) -> bool:
        """Whether the open receipt of a shared device is this sale after some line of it. One that is still empty after our
        deadline stands in everybody's way, and whoever opened it has sold nothing on it."""
        status = await self._exchange.status()
        if not status.document_open or status.operations == 0:
            return self._context.device.clock.now() >= self._context.deadline
        answer = await self._exchange.ask(commands.subtotal())
        if error_of(answer) or status.operations > len(intent.sums):
            return False
        return roubles(int(values_of(answer)["sum"])) == intent.sums[status.operations - 1]

    async def _issued(self, intent: Intent, facts: Facts, found: FoundDocument | None, reason: str) -> Issued:
        if found is None and in_storage(intent):
            _, documents = await look(self._reader, intent, facts)
            ours = [document for document in documents if is_ours(intent, document)]
            found = ours[0] if len(ours) == 1 else None
        evidence = {**self._reader.answers, "decision": reason}
        return Issued(document_result(intent, facts, found, self._time_of(found), Paper.UNKNOWN, evidence))

    def _time_of(self, found: FoundDocument | None) -> datetime | None:
        """Only the FN keeps the time of a document."""
        return self._reader.moment(found.at) if found is not None else None


def deciding(checkpoints: Sequence[Checkpoint]) -> int | None:
    """The number of the deciding command, where it was written down."""
    return next((int(c.data["number"]) for c in reversed(checkpoints) if c.name == DECIDING), None)


def answered(checkpoints: Sequence[Checkpoint]) -> bytes | None:
    """The answer to the deciding command, where it was written down."""
    return next((bytes.fromhex(str(c.data["answer"])) for c in checkpoints if c.name == ANSWERED), None)


def _looks(intent: Intent) -> str:
    return looks(
        intent.kind,
        intent.total,
        intent.baseline.last,
        f"after the through number {intent.baseline.document_number}",
        intent.currency,
    )
