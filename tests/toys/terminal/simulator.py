"""The terminal itself: a customer, an acquirer, a memory of one record. Written from `messages.py`; knows no driver.

It lives on the running event loop, so that virtual time works. `truth` is what was really decided, by whomever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from tests.toys.cables import Session, Wire
from tests.toys.terminal import messages
from tests.toys.terminal.frame import Decoder, Frame
from tests.toys.terminal.messages import COUNTER_MODULO, Batch, Decision, Kind, Last, Purchase, Record, TerminalStatus, Unreadable

CURRENCIES = ("EUR", "PLN")
LIMIT = Decimal("5000.00")

Phase = Literal["idle", "card", "acquirer", "question", "confirm"]


class SwitchedOff(ConnectionError):
    """Nobody answers."""


@dataclass(slots=True)
class Switches:
    """How the terminal behaves; times in seconds.

    `unconfirmed`: what becomes of an approval whose record nobody confirms within `confirm`. `on_link_loss`: whether a
    customer at the card step may go on. `unknown`: how long after a connection the last record is not known yet, where
    the one before broke during a payment. `reverse_later`: seconds from a confirmed approval to its reversal. `available`: what
    the customer's card has; more is declined, or approved in part where the till allows it.
    """

    decision: Literal["approve", "decline"] = "approve"
    signature: bool = False
    keeps_reference: bool = True
    unconfirmed: Literal["stands", "reverses"] = "reverses"
    on_link_loss: Literal["continues", "cancels"] = "continues"
    card: float = 1.0
    acquirer: float = 2.0
    question: float = 20.0
    confirm: float = 10.0
    unknown: float = 3.0
    reverse_later: float | None = None
    available: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One decided transaction. `own`: asked for over the till's connection."""

    record: Record
    own: bool


class Terminal:
    """One terminal with one connection at a time; a new one takes the place of the old one."""

    def __init__(self, serial: str, switches: Switches | None = None) -> None:
        self.serial = serial
        self.switches = switches or Switches()
        self.powered = True
        self.truth: list[Entry] = []
        self.phase: Phase = "idle"
        self._session: _Session | None = None
        self._purchase: Purchase | None = None
        self._counter = 0
        self._cleared = 0
        self._forgotten = 0
        self._closed = 0
        self._batches = 1
        self._last: Record | None = None
        self._untold: list[int] = []
        self._timer: asyncio.TimerHandle | None = None
        self._reversal: asyncio.TimerHandle | None = None
        self._broken_while_busy = False
        self._unknown_until = 0.0
        self._unasked = 0
        self._others_waiting: list[Decimal] = []
        self._others = 0
        self._questions = 0

    # -- connections -------------------------------------------------------------------------------------------------

    def connect(self, wire: Wire) -> Session:
        """Raises SwitchedOff."""
        if not self.powered:
            raise SwitchedOff("the terminal is switched off")
        if self._session is not None:
            self._session.wire.close()
            self._lost()
        self._session = _Session(self, wire)
        if self._broken_while_busy:
            self._broken_while_busy = False
            self._unknown_until = asyncio.get_running_loop().time() + self.switches.unknown
        return self._session

    def disconnected(self, session: _Session) -> None:
        if session is self._session:
            self._lost()

    def _lost(self) -> None:
        self._session = None
        if self.phase == "idle":
            return
        self._broken_while_busy = True
        if self.phase == "card" and self.switches.on_link_loss == "cancels":
            self._decide("cancelled", reason="connection lost")

    # -- commands ----------------------------------------------------------------------------------------------------

    def take(self, session: _Session, frame: Frame) -> None:
        try:
            answer = self._answer(frame)
        except Unreadable:
            answer = {"code": "unknown"}
        kind = messages.REFUSED if set(answer) == {"code"} else frame.kind.lower()
        session.send(Frame(kind, frame.number, answer))
        if kind == "p":
            self._begin(messages.purchase_from(frame))

    def _answer(self, frame: Frame) -> dict[str, str]:
        """Fields of the answer; `code` alone is a refusal."""
        match frame.kind:
            case messages.IDENTIFY:
                return {"model": "Toy Terminal", "serial": self.serial, "terminal": f"T{self.serial}"}
            case messages.STATUS:
                busy = self.phase != "idle"
                return messages.status_fields(TerminalStatus(busy, self._counter, self._memory, tuple(self._untold)))
            case messages.PURCHASE:
                return self._may_begin(messages.purchase_from(frame))
            case messages.ANSWER:
                return self._answered(frame.fields.get("question", ""), frame.fields.get("choice", ""))
            case messages.ABORT:
                taken = self.phase in ("card", "acquirer")
                if taken:
                    self._decide("cancelled", reason="given up by the till")
                return {"taken": "1" if taken else "0"}
            case messages.LAST:
                return messages.last_fields(self._last_record())
            case messages.GIVEN:
                found = self._record_of(frame.fields.get("counter", ""))
                return messages.record_fields(found) if found is not None else {"code": "no_record"}
            case messages.SLIP:
                found = self._record_of(frame.fields.get("counter", ""))
                lines = self._slip(found, frame.fields.get("copy", "")) if found is not None else ()
                return {"text": "|".join(lines)} if lines else {"code": "no_record"}
            case messages.BATCH:
                return messages.batch_fields(self._batch(close=frame.fields.get("close") == "1"))
            case messages.CONFIRM:
                return self._confirm(frame.fields.get("counter", ""))
            case _:
                return {"code": "unknown"}

    def _may_begin(self, purchase: Purchase) -> dict[str, str]:
        if self.phase != "idle":
            return {"code": "busy"}
        if purchase.currency not in CURRENCIES:
            return {"code": "currency"}
        if purchase.kind == "reversal":
            taken = self._record_of(str(purchase.original))
            stands = taken is not None and taken.decision == "approved" and taken.kind != "reversal"
            return {} if stands else {"code": "no_record"}
        return {"code": "amount"} if not 0 < purchase.amount <= LIMIT else {}

    def _last_record(self) -> Last:
        now = asyncio.get_running_loop().time()
        if self.phase in ("card", "acquirer", "question"):
            return Last("busy", self._memory)
        if now < self._unknown_until or (self.phase == "confirm" and self.switches.unconfirmed == "reverses"):
            return Last("unknown", self._memory)
        return Last("final" if self._last is not None else "idle", self._memory, self._last)

    def _confirm(self, counter: str) -> dict[str, str]:
        if counter.isdigit() and int(counter) in self._untold:
            self._untold.remove(int(counter))
            return messages.record_fields(self._reversed_record(int(counter)))
        record = self._last
        if record is None or str(record.counter) != counter:
            return {"code": "unknown"}
        if self.phase == "confirm":
            self._stop_timer()
            if record.decision == "approved" and self.switches.reverse_later is not None:
                loop = asyncio.get_running_loop()
                self._reversal = loop.call_later(self.switches.reverse_later, self._reverse_afterwards, len(self.truth) - 1)
            self._be_idle()
        return messages.record_fields(record)

    # -- a purchase --------------------------------------------------------------------------------------------------

    def _begin(self, purchase: Purchase) -> None:
        self._purchase = purchase
        if purchase.kind == "reversal":  # by its number: no card is needed
            taken = self._record_of(str(purchase.original))
            assert taken is not None
            self._purchase = replace(purchase, amount=taken.amount)
            self._card_read()
            return
        self._enter("card", self.switches.card, self._card_read)
        self._say(messages.MESSAGE, {"code": "card", "text": "Insert or tap card"})

    def _card_read(self) -> None:
        self._enter("acquirer", self.switches.acquirer, self._acquirer_answered)
        self._say(messages.MESSAGE, {"code": "host", "text": ""})

    def _acquirer_answered(self) -> None:
        assert self._purchase is not None
        most = self.switches.available
        short = most is not None and self._purchase.kind == "purchase" and self._purchase.amount > most
        if short and self._purchase.partial and most is not None:
            self._purchase = replace(self._purchase, amount=most, tip=None)
            self._decide("approved")
        elif self.switches.decision == "decline" or short:
            self._decide("declined", reason="not enough money")
        elif self.switches.signature and self._purchase.kind == "purchase":
            self._questions += 1
            self._enter("question", self.switches.question, lambda: self._decide("reversed", reason="no signature"))
            self._say(messages.QUESTION, {"question": str(self._questions), "text": "Is the signature right?"})
        else:
            self._decide("approved")

    def _answered(self, question: str, choice: str) -> dict[str, str]:
        if self.phase != "question" or question != str(self._questions):
            return {"code": "unknown"}
        # The answer goes out before what follows from it.
        if choice == "yes":
            asyncio.get_running_loop().call_soon(self._after_answer, "approved", "")
        else:
            asyncio.get_running_loop().call_soon(self._after_answer, "reversed", "signature refused")
        return {}

    def _after_answer(self, decision: Decision, reason: str) -> None:
        if self.phase == "question":
            self._decide(decision, reason=reason)

    def _decide(self, decision: Decision, *, reason: str = "") -> None:
        assert self._purchase is not None
        reference = self._purchase.reference if self.switches.keeps_reference else ""
        if decision == "approved" and self._purchase.kind == "reversal":
            self._rewrite(self._index_of(self._purchase.original), "taken back by the till")
        asked = self._purchase
        self._record(decision, asked.amount, reference, reason, own=True, kind=asked.kind, tip=asked.tip)
        self._purchase = None
        self._enter("confirm", self.switches.confirm, self._nobody_confirmed)
        assert self._last is not None
        self._say(messages.RECORD, messages.record_fields(self._last))

    def _record(
        self,
        decision: Decision,
        amount: Decimal,
        reference: str,
        reason: str,
        *,
        own: bool,
        kind: Kind = "purchase",
        tip: Decimal | None = None,
    ) -> None:
        self._counter = (self._counter + 1) % COUNTER_MODULO
        approved = decision == "approved"
        self._last = Record(
            counter=self._counter,
            decision=decision,
            amount=amount,
            reference=reference,
            authorisation=f"A{self._counter:05d}" if approved else "",
            card="500000******0017",
            reason=reason,
            kind=kind,
            tip=tip,
        )
        self.truth.append(Entry(self._last, own))

    def _nobody_confirmed(self) -> None:
        assert self._last is not None
        if self._last.decision == "approved" and self.switches.unconfirmed == "reverses":
            self._rewrite(len(self.truth) - 1, "nobody confirmed it")
        self._be_idle()

    def _reverse_afterwards(self, index: int) -> None:
        counter = self._rewrite(index, "reversed by the acquirer").counter
        self._untold.append(counter)
        self._say(messages.REVERSED, {"counter": str(counter)})

    def _reversed_record(self, counter: int) -> Record:
        return self.truth[self._index_of(counter)].record

    def _index_of(self, counter: int | None) -> int:
        return next(index for index in reversed(range(len(self.truth))) if self.truth[index].record.counter == counter)

    def _record_of(self, counter: str) -> Record | None:
        """The record of this counter since the records were cleared; counters begin anew then."""
        found = (entry.record for entry in reversed(self.truth[self._forgotten :]) if str(entry.record.counter) == counter)
        return next(found, None)

    def _rewrite(self, index: int, reason: str) -> Record:
        """An approval becomes a reversal, in the books and in the memory."""
        entry = self.truth[index]
        record = replace(entry.record, decision="reversed", reason=reason)
        self.truth[index] = Entry(record, entry.own)
        if self._last is entry.record:
            self._last = record
        return record

    # -- hands -------------------------------------------------------------------------------------------------------

    def reverse(self, counter: int) -> None:
        """The acquirer takes a payment back, and the terminal does not tell of it unless it is asked for that record."""
        self._rewrite(self._index_of(counter), "reversed by the acquirer")

    def other_till(self, amount: Decimal) -> None:
        """Another till charges a card here, as soon as the terminal is free."""
        self._others_waiting.append(amount)
        if self.phase == "idle":
            self._serve_others()

    def close_batch(self) -> None:
        """End of day: the batch is sent to the acquirer. The last record and its counter stay."""
        self._batch(close=True)

    def _batch(self, *, close: bool) -> Batch:
        standing = [entry.record for entry in self.truth[self._closed :] if entry.record.decision == "approved"]
        counted = [record for record in standing if record.kind != "reversal"]
        amount = sum((-record.amount if record.kind == "refund" else record.amount for record in counted), Decimal("0.00"))
        first, last = (counted[0].counter, counted[-1].counter) if counted else (None, None)
        batch = Batch(self._batches, len(counted), amount, first, last)
        if close:
            self._closed, self._batches = len(self.truth), self._batches + 1
        return batch

    def _slip(self, record: Record, copy: str) -> tuple[str, ...]:
        if copy not in ("merchant", "customer"):
            return ()
        signed = ("", "Signature: ______________") if copy == "merchant" and self.switches.signature else ()
        words = {"purchase": "SALE", "refund": "REFUND", "reversal": "REVERSAL"}[record.kind]
        tip = (f"of it tip {record.tip:>14}",) if record.tip is not None else ()
        return (
            f"{'TOY TERMINAL ' + self.serial:^24}",
            f"{words:<10}{record.amount:>14}",
            *tip,
            f"{record.decision.upper():<10}{record.authorisation:>14}",
            f"Card {record.card:>19}",
            f"Slip {record.counter:>19}",
            f"{'-- ' + copy + ' copy --':^24}",
            *signed,
        )

    def clear_memory(self) -> None:
        """Service clears the records: counter and last record are gone."""
        self._cleared += 1
        self._forgotten = len(self.truth)
        self._counter = 0
        self._last = None
        self._untold.clear()
        if self.phase == "confirm":
            self._stop_timer()
            self.phase = "idle"

    def power(self, on: bool) -> None:
        """A payment before the acquirer's word leaves no trace; one after it is settled at the next start."""
        if on == self.powered:
            return
        self.powered = on
        self._stop_timer()
        if on:
            self._boot()
            return
        session, self._session = self._session, None
        if session is not None:
            session.wire.close()
        if self.phase in ("card", "acquirer"):
            self._purchase = None
            self.phase = "idle"

    def _boot(self) -> None:
        if self.phase == "question":
            assert self._purchase is not None
            reference = self._purchase.reference if self.switches.keeps_reference else ""
            self._record("reversed", self._purchase.amount, reference, "power lost", own=True)
            self._purchase = None
            self._unknown_until = asyncio.get_running_loop().time() + self.switches.unknown
        elif self.phase == "confirm":
            self._nobody_confirmed()
        self._be_idle()

    # -- inside ------------------------------------------------------------------------------------------------------

    @property
    def _memory(self) -> str:
        return str(self._cleared)

    def _enter(self, phase: Phase, seconds: float, then: Callable[[], None]) -> None:
        self._stop_timer()
        self.phase = phase
        self._timer = asyncio.get_running_loop().call_later(seconds, then)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _be_idle(self) -> None:
        self.phase = "idle"
        self._serve_others()

    def _serve_others(self) -> None:
        while self._others_waiting:
            self._others += 1
            reference = f"OTHER-{self._others}" if self.switches.keeps_reference else ""
            self._record("approved", self._others_waiting.pop(0), reference, "", own=False)

    def _say(self, kind: str, fields: dict[str, str]) -> None:
        if self._session is not None:
            self._unasked = (self._unasked + 1) % 256
            self._session.send(Frame(kind, self._unasked, fields))


class _Session:
    """One connection: bytes in, frames to the terminal."""

    def __init__(self, terminal: Terminal, wire: Wire) -> None:
        self.wire = wire
        self._terminal = terminal
        self._decoder = Decoder()

    def send(self, frame: Frame) -> None:
        self.wire.send(frame.to_bytes())

    def received(self, data: bytes) -> None:
        for event in self._decoder.feed(data):
            if isinstance(event, Frame) and self._terminal.powered:
                self._terminal.take(self, event)

    def disconnected(self) -> None:
        self._terminal.disconnected(self)
