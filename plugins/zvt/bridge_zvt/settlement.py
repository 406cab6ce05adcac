"""Recovery on the wire: asks the terminal what it keeps, twice, and leaves the deciding to `recovery.py`.

Follows protocol-specs/zvt, "Recovery". Nothing in memory is trusted: all comes from the checkpoints and from the terminal. No payment,
refund, reversal or end of day is ever sent again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bridge.model import Choice, Outcome, Paper, PaymentResult, Result
from bridge.plugin import Checkpoint, Issued, JobContext, NeedsOperator, NotIssued, Pending, Recovery
from bridge.transport import LinkError
from bridge_zvt import commands, memory
from bridge_zvt.answers import Record, Totals, open_receipts, shown
from bridge_zvt.errors import BUSY, NOT_READY, OPEN_RESERVATION, lookup
from bridge_zvt.errors import Kind as ErrorKind
from bridge_zvt.exchange import Exchange, Listener
from bridge_zvt.frame import Apdu, Code, read
from bridge_zvt.payment import outcome_of, records_of, signature_refused
from bridge_zvt.plan import ASKED, COPIES, INTENT, LOOKED, RESULT, REVERSING, Intent, Kind
from bridge_zvt.prompts import MAINTAINED, READY, terminal
from bridge_zvt.receipts import Receipts
from bridge_zvt.recovery import Circumstances, Decision, Verdict, decide, decide_end_of_day, may_be
from bridge_zvt.refusals import Refused
from bridge_zvt.result import evidence_of, needs_signature, payment, payment_result, reconciliation
from bridge_zvt.settings import ZvtSettings
from bridge_zvt.snapshot import Look, TerminalBusy, look
from bridge_zvt.status import enquire

# Behind T4 a terminal with a customer at it has surely ended ("for at least T4 + 60 s" in the reference).
_BUSY_SECONDS = 60.0


class Settlement:
    """One job in doubt on one terminal."""

    def __init__(self, exchange: Exchange, settings: ZvtSettings, context: JobContext) -> None:
        self._exchange = exchange
        self._settings = settings
        self._context = context

    async def settle(self, checkpoints: Sequence[Checkpoint]) -> Recovery:
        intent = read_intent(checkpoints, INTENT)
        if intent is None:
            return NotIssued({"reason": "nothing that changes the terminal was sent"})
        if intent.kind is Kind.TOTALS:
            return NotIssued({"reason": "a report of totals changes nothing"})
        known = list(checkpoints)
        self._hear_strays(read_intent(checkpoints, REVERSING) or intent, known)
        busy = await self._ready()
        if busy is not None:
            return busy
        back = read_intent(checkpoints, REVERSING)
        if not _asked(known):
            await self._context.checkpoint(ASKED)
            known.append(Checkpoint(ASKED, {}, self._context.device.clock.now()))
        try:
            if back is not None:
                return await self._reversing(intent, back, known)
            return await self._settle(intent, known)
        except TerminalBusy:
            return self._busy("The terminal is still busy with the payment.")

    async def _settle(self, intent: Intent, known: list[Checkpoint]) -> Recovery:
        seen = await self._look(intent)
        if seen.unsupported and self._may_be_busy(intent):
            return self._busy("The terminal may still be busy with the payment.")
        received = records_of(known)
        decision = await self._decide(intent, received, seen)
        waiting = await self._twice(seen, known)
        if waiting is not None:
            return waiting
        if self._settings.snapshot == "stored" and seen.record is not None:
            await self._context.device.store.set(memory.LAST, seen.record.model_dump())  # what the next one is compared with
        evidence = self._evidence(intent, received, seen, decision)
        match decision.verdict:
            case Verdict.DONE:
                return await self._issued(intent, decision, received, evidence, known)
            case Verdict.NOT_DONE:
                await self._taken_back(received)
                return NotIssued(evidence)
            case Verdict.REFUSED:
                await self._taken_back(received)
                return self._refused(intent, decision, evidence)
            case Verdict.UNKNOWN:
                return self._ask(intent, decision, seen, evidence)

    async def _decide(self, intent: Intent, received: list[Record], seen: Look) -> Decision:
        around = self._around()
        if intent.kind is Kind.END_OF_DAY:
            decision = decide_end_of_day(intent, received, seen.record, seen.why, around)
        else:
            decision = decide(intent, received, seen.record, seen.why, around)
        if intent.kind is Kind.RELEASE and decision.verdict is Verdict.DONE and not received:
            return await self._surely_released(intent, decision)
        if decision.verdict is not Verdict.UNKNOWN:
            return decision
        if intent.kind is Kind.END_OF_DAY:
            known = seen.record is not None and seen.record.totals and intent.baseline is not None
            return decision if known else await self._by_open_batch(decision)
        if intent.kind in (Kind.CAPTURE, Kind.RELEASE):
            return await self._by_open_reservations(intent, decision)
        if seen.record is None and intent.baseline is None and intent.empty and seen.empty:
            return await self._by_totals(decision)
        return decision

    # --- what may be asked beside the last record

    async def _by_open_reservations(self, intent: Intent, decision: Decision) -> Decision:
        """A reservation that is still open was neither charged nor released; of one that is not, one of both is true."""
        receipts = await open_reservations(self._exchange)
        if receipts is None or intent.original_receipt is None:
            return decision
        if intent.original_receipt[-4:] in receipts:
            return Decision(Verdict.NOT_DONE, "the terminal says that the reservation is still open")
        return decision

    async def _surely_released(self, intent: Intent, decision: Decision) -> Decision:
        """The last record of a release need not say of what it is; anybody's payment would look the same. The open reservations tell."""
        record = decision.record
        ours: bool | None = None
        if record is not None and record.original_trace is not None and intent.original_trace is not None:
            ours = record.original_trace.lstrip("0") == intent.original_trace.lstrip("0")
        receipts = await open_reservations(self._exchange)
        if receipts is not None and intent.original_receipt is not None:
            if intent.original_receipt[-4:] in receipts:
                return Decision(Verdict.NOT_DONE, "the terminal says that the reservation is still open")
            reason = f"{decision.reason}, and the reservation is no longer open"
            return Decision(Verdict.DONE, reason, record if ours else None)
        if ours is not None:
            return decision if ours else Decision(Verdict.UNKNOWN, "the terminal's last record is of another reservation")
        return Decision(Verdict.UNKNOWN, "the terminal's last record is new, and does not tell of what it is")

    async def _by_totals(self, decision: Decision) -> Decision:
        """It had no payment before and shows none now: where its totals are empty too, none was made."""
        totals = await self._totals()
        if totals is not None and totals.empty:
            return Decision(Verdict.NOT_DONE, "the terminal shows no payment, as before, and its totals are empty")
        return decision

    async def _by_open_batch(self, decision: Decision) -> Decision:
        """An end of day begins the totals anew: where they still have this till's last payment, none was made."""
        last = await memory.last(self._context.device)
        if last is None or last.receipt is None:
            return decision
        totals = await self._totals()
        if totals is not None and not totals.empty and totals.hold(last.receipt):
            return Decision(
                Verdict.NOT_DONE, f"the terminal's totals still have receipt {last.receipt}: its batch is open as before"
            )
        return decision

    async def _totals(self) -> Totals | None:
        """Asked without closing anything (06 10); None where the terminal does not tell."""
        heard = _Heard()
        try:
            ending = await self._exchange.run(commands.turnover_totals(self._settings), heard)
        except Refused as refused:
            _raise_if_busy(refused)
            return None
        record = heard.record
        if ending.aborted or record is None or not record.approved or not record.totals:
            return None
        totals = Totals.of(record.fields)
        return totals if totals is None or not totals.empty or not record.amount else None

    # --- asking

    def _hear_strays(self, intent: Intent, known: list[Checkpoint]) -> None:
        """A result that the terminal repeats on the new link belongs to what is in doubt, where it can be: then it is written down
        with it. The payment before, another amount or time, or another till's is evidence and nothing else. Once the terminal was
        asked what it keeps, it may as well be the answer to that, whose end was lost: that tells what it keeps, and not what came
        of this command."""

        async def heard(apdu: Apdu) -> None:
            if apdu.code != Code.STATUS_INFORMATION:
                return
            record = Record.of(apdu)
            if _asked(known) or not may_be(intent, record, self._around()):
                await memory.keep_stray(self._context.device, shown(apdu))
                return
            now = self._context.device.clock.now()
            data = {"record": record.model_dump(), "at": now.isoformat()}
            await self._context.checkpoint(RESULT, data)
            known.append(Checkpoint(RESULT, data, now))

        self._exchange.on_stray = heard

    async def _ready(self) -> Pending | None:
        """Until the terminal is ready it is asked nothing else."""
        try:
            status = await enquire(self._exchange, self._settings)
        except TerminalBusy:
            return self._busy("The terminal is still busy.")
        if status is None or status.code == READY:
            return None
        if status.code in (BUSY, MAINTAINED):
            return self._busy(f"The terminal {terminal(status.code)[0]}.")
        self._context.device.logger.info("the terminal %s", terminal(status.code)[0])
        return None

    def _may_be_busy(self, intent: Intent) -> bool:
        """A terminal that could be asked before the payment, and now says 84 83: a second command is refused so while one runs."""
        could = self._settings.snapshot == "ask" and (intent.baseline is not None or intent.empty)
        since = (self._context.device.clock.now() - intent.started).total_seconds()
        return could and since < self._settings.timeouts.t4 + _BUSY_SECONDS

    def _busy(self, text: str) -> Pending:
        return Pending(self._settings.timeouts.busy, "terminal.busy", text)

    async def _look(self, intent: Intent) -> Look:
        if not self._settings.repeat_receipt:
            return Look(None, "this terminal does not repeat its last result (settings.repeat_receipt)")
        if intent.kind is Kind.END_OF_DAY:
            found = await look(self._exchange, self._settings, end_of_day=True)
            if found.record is not None and found.record.totals:
                return found
        return await look(self._exchange, self._settings)

    async def _twice(self, seen: Look, known: Sequence[Checkpoint]) -> Pending | None:
        """What the terminal shows counts when it shows the same again after it has had the time to change its mind."""
        now = self._context.device.clock.now()
        window = self._settings.window
        first: datetime | None = None
        for checkpoint in known:
            if checkpoint.name != LOOKED:
                continue
            again = dict(checkpoint.data) == seen.as_data()
            first = (first or checkpoint.at) if again else None
        if first is not None:
            left = window - (now - first).total_seconds()
            return None if left <= 0 else self._later(left)
        await self._context.checkpoint(LOOKED, seen.as_data())
        return self._later(window)

    def _later(self, seconds: float) -> Pending:
        return Pending(seconds, "terminal.wait", "The terminal is asked once more what became of the payment.")

    def _around(self) -> Circumstances:
        device = self._context.device
        return Circumstances(
            shared=device.shared,
            now=device.clock.now(),
            zone=ZoneInfo(self._settings.zone),
            shows_reversed=self._settings.shows_reversed,
        )

    # --- answers

    async def _issued(
        self,
        intent: Intent,
        decision: Decision,
        received: Sequence[Record],
        evidence: Mapping[str, Any],
        known: Sequence[Checkpoint],
    ) -> Issued:
        device, settings = self._context.device, self._settings
        record = decision.record
        if record is None:  # a release, of which the last record does not say that it is its own: none of its numbers are told
            return Issued(payment_result(settings, self._payment(intent, None, Outcome.APPROVED), evidence, paper=Paper.UNKNOWN))
        if intent.kind is Kind.END_OF_DAY:
            totals = reconciliation(settings, record, closed=True, now=device.clock.now())
            return Issued(Result(reconciliation=totals, paper=Paper.UNKNOWN, evidence=dict(evidence)))
        if record.trace is not None:
            known_payments = await memory.with_payment(device, self._context.job_id, record)
            await device.store.set(memory.PAYMENTS, known_payments)
        await device.store.set(memory.LAST, record.model_dump())
        if intent.kind is Kind.REVERSAL:
            await memory.forget(device, record.original_trace or intent.original_trace)
        elif settings.watch_reversal:
            await memory.watch(device, self._context.job_id, record)
        made = self._payment(intent, record, outcome_of(intent, record))
        if intent.kind is Kind.PURCHASE and needs_signature(made):
            self._context.warn("signature", "The payment needs a signature, and nobody was asked whether it is right.")
        if settings.till_prints:
            made = await self._with_copies(made, known)
        return Issued(payment_result(settings, made, evidence, paper=None if settings.till_prints else Paper.UNKNOWN))

    async def _with_copies(self, made: PaymentResult, known: Sequence[Checkpoint]) -> PaymentResult:
        """The receipts that were lost with the link, asked for once."""
        if any(checkpoint.name == COPIES for checkpoint in known):
            return made
        await self._context.checkpoint(COPIES)
        heard = _Heard(self._settings)
        try:
            await self._exchange.run(commands.repeat_receipt(self._settings, printed=True), heard)
        except (Refused, LinkError) as error:
            self._context.warn("no_receipts", f"The terminal did not hand its receipts over again: {error}.")
            return made
        assert heard.receipts is not None
        return made.model_copy(update={"receipts": heard.receipts.finished()})

    def _refused(self, intent: Intent, decision: Decision, evidence: Mapping[str, Any]) -> Recovery:
        record = decision.record
        assert record is not None, "what was declined has its record"
        number = record.result or 0xFF
        row = lookup(number)
        if row.kind is ErrorKind.REFUSED:
            return NotIssued(evidence, Refused(intent.kind.value, number, answered=False).job_error())
        outcome = Outcome.CANCELLED if row.kind is ErrorKind.STOPPED else Outcome.DECLINED
        if intent.kind is Kind.END_OF_DAY:
            return NotIssued(evidence, Refused("end of day", number, answered=False).job_error())
        made = self._payment(intent, record, outcome, number)
        return Issued(payment_result(self._settings, made, evidence, paper=Paper.UNKNOWN))

    def _payment(self, intent: Intent, record: Record | None, outcome: Outcome, number: int | None = None) -> PaymentResult:
        return payment(self._settings, intent, record, outcome, self._context.device.clock.now(), number=number)

    async def _taken_back(self, received: Sequence[Record]) -> None:
        """What was approved first stands no more: its number is no payment's."""
        for record in received:
            await memory.forget(self._context.device, record.trace)

    def _ask(self, intent: Intent, decision: Decision, seen: Look, evidence: Mapping[str, Any]) -> NeedsOperator:
        before = intent.baseline
        at = intent.started.astimezone(ZoneInfo(self._settings.zone))
        after = f", after receipt {before.receipt}" if before is not None and before.receipt is not None else ""
        text = (
            f"The terminal cannot tell what became of {intent.about}: {decision.reason}. Look at its display and journal, or at the "
            f"merchant's copy: is there {intent.about} of {at:%d.%m. %H:%M}{after}?"
        )
        if seen.record is not None and not seen.record.totals:
            amount = f" over {intent.shown(seen.record.amount)}" if seen.record.amount is not None else ""
            text += f" Its last one is receipt {seen.record.receipt or '?'}{amount}."
        return NeedsOperator(dict(evidence), text)

    def _evidence(self, intent: Intent, received: Sequence[Record], seen: Look, decision: Decision) -> dict[str, Any]:
        return evidence_of(
            received,
            before=shown(intent.baseline.apdu) if intent.baseline is not None else None,
            last=shown(seen.record.apdu) if seen.record is not None else seen.why,
            decision=decision.reason,
        )

    # --- a payment whose signature was refused, and whose reversal was lost

    async def _reversing(self, intent: Intent, back: Intent, known: list[Checkpoint]) -> Recovery:
        """The payment was approved, surely. What is asked is whether it was taken back."""
        at = next(index for index, checkpoint in enumerate(known) if checkpoint.name == REVERSING)
        paid = back.baseline
        assert paid is not None, "a reversal is of a payment"
        seen = await self._look(back)
        received = records_of(known[at:])
        decision = decide(back, received, seen.record, seen.why, self._around())
        waiting = await self._twice(seen, known[at:])
        if waiting is not None:
            return waiting
        evidence = self._evidence(intent, [*records_of(known[:at]), *received], seen, decision)
        made = self._payment(intent, paid, outcome_of(intent, paid))
        match decision.verdict:
            case Verdict.DONE:
                await memory.forget(self._context.device, paid.trace)
                return Issued(payment_result(self._settings, signature_refused(made), evidence))
            case Verdict.NOT_DONE | Verdict.REFUSED:
                self._context.warn("not_reversed", f"The signature was refused, and the payment stands: {decision.reason}.")
                return Issued(payment_result(self._settings, made, evidence))
            case Verdict.UNKNOWN:
                asked = self._ask(back, decision, seen, evidence)
                choices = (
                    Choice(code="issued", text="The payment stands"),
                    Choice(code="not_issued", text="It was taken back"),
                )
                return NeedsOperator(asked.evidence, asked.text, choices)


def _asked(known: Sequence[Checkpoint]) -> bool:
    return any(checkpoint.name in (ASKED, LOOKED) for checkpoint in known)


class _Heard(Listener):
    def __init__(self, settings: ZvtSettings | None = None) -> None:
        self.record: Record | None = None
        self.receipts = (
            Receipts(settings.charset, settings.columns, suffix=settings.print_line_suffix) if settings is not None else None
        )

    async def status_information(self, apdu: Apdu) -> None:
        self.record = Record.of(apdu)

    async def receipt(self, apdu: Apdu) -> None:
        if self.receipts is not None:
            self.receipts.take(apdu)


async def open_reservations(exchange: Exchange) -> list[str] | None:
    """Receipts of the reservations that are open; None where the terminal does not tell."""
    try:
        ending = await exchange.run(commands.open_reservations())
    except Refused as refused:
        _raise_if_busy(refused)
        return None
    if not ending.aborted or ending.result != OPEN_RESERVATION:
        return None
    return open_receipts(read(ending.message))


def _raise_if_busy(refused: Refused) -> None:
    """Raises TerminalBusy: then it can be asked again."""
    if refused.number in (BUSY, NOT_READY):
        raise TerminalBusy(str(refused)) from refused


def read_intent(checkpoints: Sequence[Checkpoint], name: str) -> Intent | None:
    found = next((checkpoint for checkpoint in reversed(checkpoints) if checkpoint.name == name), None)
    return Intent.model_validate(dict(found.data)) if found is not None else None
