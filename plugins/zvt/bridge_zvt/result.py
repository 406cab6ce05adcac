"""A status information as the uniform result of a payment or of an end of day. What decided it is not decided here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bridge.model import (
    EntryMode,
    Outcome,
    Paper,
    PaymentResult,
    Reconciliation,
    Result,
    SchemeTotal,
    TerminalReceipt,
    Verification,
)
from bridge.transport import masked_pan
from bridge_zvt.answers import Record, Totals, amounts_of, shown, text_of
from bridge_zvt.errors import lookup
from bridge_zvt.frame import Bmp, Fields, decode, read
from bridge_zvt.open_points import SIGNATURE_TYPES
from bridge_zvt.plan import Intent, Kind
from bridge_zvt.settings import ZvtSettings

CARD_TYPES = {
    0x02: "ec", 0x05: "girocard", 0x06: "Mastercard", 0x08: "American Express", 0x09: "ELV", 0x0A: "VISA", 0x0B: "VISA Electron",
    0x0C: "Diners", 0x0D: "V PAY", 0x0E: "JCB", 0x0F: "REKA", 0x1E: "GeldKarte", 0x2E: "Maestro", 0x45: "PostFinance",
    0x57: "Bancontact", 0x61: "Alipay", 0x6F: "Instant Payment", 0xC4: "Dankort", 0xC6: "UnionPay", 0xE8: "Discover",
    0x0104: "Bluecode",
}  # fmt: skip
_SEE_TAG = 0xFF

_CARD_TYPE, _LABEL, _AID, _PREFERRED = 0x41, 0x42, 0x43, 0x44
_VERIFICATION, _ONLINE, _ENTRY = 0x1F10, 0x1F11, 0x1F12

_VERIFIED = {
    0x00: Verification.NONE,
    0x01: Verification.SIGNATURE,
    0x02: Verification.ONLINE_PIN,
    0x03: Verification.OFFLINE_PIN,
    0x04: Verification.OFFLINE_PIN,
    0x05: Verification.PIN_AND_SIGNATURE,
    0x06: Verification.PIN_AND_SIGNATURE,
    0x07: Verification.PIN_AND_SIGNATURE,
}
_ENTERED = {0x00: EntryMode.MAGNETIC, 0x01: EntryMode.CHIP, 0x02: EntryMode.CONTACTLESS}


def payment(
    settings: ZvtSettings,
    intent: Intent,
    record: Record | None,
    outcome: Outcome,
    now: datetime,
    *,
    receipts: Sequence[TerminalReceipt] = (),
    number: int | None = None,
    text: str | None = None,
) -> PaymentResult:
    """`number`, `text`: the result code and words with which it ended, where it was not approved."""
    currency = intent.currency
    fields = record.fields if record is not None else Fields()
    objects = fields.tlv
    charged = _charged(intent, record, outcome)
    requested = intent.amount if intent.amount is not None else charged or 0
    tip, cashback = _parts(intent, fields, charged)
    reason = None
    if outcome not in (Outcome.APPROVED, Outcome.PARTIAL):
        reason = text or (text_of(read(record.apdu), settings.charset) if record is not None else None)
        if reason is None and number is not None:
            reason = lookup(number).text
    return PaymentResult(
        outcome=outcome,
        requested=intent.shown(requested),
        approved=intent.shown(charged or 0),
        currency=currency,
        tip=intent.shown(tip) if tip else None,
        cashback=intent.shown(cashback) if cashback else None,
        reason_code=f"{number:02X}" if number else None,
        reason_text=reason,
        authorisation_code=_ascii(fields.get(Bmp.AUTHORISATION)),
        trace_number=record.trace if record is not None else None,
        receipt_number=record.receipt if record is not None else None,
        original=intent.original_receipt,
        terminal_id=record.terminal_id if record is not None else None,
        merchant_id=_ascii(fields.get(Bmp.MERCHANT)),
        masked_pan=_pan(fields.get(Bmp.PAN)),
        scheme=_scheme(fields, settings),
        application=_text(objects.anywhere(_PREFERRED) or objects.anywhere(_LABEL), settings),
        application_id=(objects.anywhere(_AID) or b"").hex().upper() or None,
        entry_mode=_ENTERED.get(_byte(objects.anywhere(_ENTRY))),
        verification=_verification(fields, outcome),
        online={0: False, 1: True}.get(_byte(objects.anywhere(_ONLINE))),
        decided_at=record.at(ZoneInfo(settings.zone), now) if record is not None else None,
        receipts=tuple(receipts),
    )


def payment_result(
    settings: ZvtSettings, made: PaymentResult, evidence: Mapping[str, Any], *, paper: Paper | None = None
) -> Result:
    if paper is None:
        paper = Paper.SUPPRESSED if settings.till_prints else Paper.PRINTED
    return Result(payment=made, paper=paper, evidence=dict(evidence))


def evidence_of(records: Sequence[Record], **more: Any) -> dict[str, Any]:
    """The terminal's own words, whole and masked."""
    told = {name: value for name, value in more.items() if value is not None}
    return {"status_information": [shown(record.apdu) for record in records], **told}


def reconciliation(
    settings: ZvtSettings,
    record: Record,
    *,
    closed: bool,
    now: datetime,
    agreed: bool | None = None,
    receipts: Sequence[TerminalReceipt] = (),
) -> Reconciliation:
    """The totals of BMP 60; without it the sum alone."""
    from bridge_zvt.commands import major

    totals = Totals.of(record.fields)
    schemes = totals.schemes if totals is not None else ()
    return Reconciliation(
        number=record.trace,
        currency=settings.currency,
        total=major(record.amount, settings.currency) if record.amount is not None else None,
        totals=tuple(
            SchemeTotal(scheme=each.scheme, count=each.count, amount=major(each.sum, settings.currency))
            for each in schemes
            if each.count or each.sum
        ),
        first_receipt=totals.first_receipt if totals is not None else None,
        last_receipt=totals.last_receipt if totals is not None else None,
        closed=closed,
        agreed=agreed,
        at=record.at(ZoneInfo(settings.zone), now),
        receipts=tuple(receipts),
    )


def needs_signature(made: PaymentResult) -> bool:
    return made.outcome in (Outcome.APPROVED, Outcome.PARTIAL) and made.verification in (
        Verification.SIGNATURE,
        Verification.PIN_AND_SIGNATURE,
    )


def _charged(intent: Intent, record: Record | None, outcome: Outcome) -> int | None:
    if outcome not in (Outcome.APPROVED, Outcome.PARTIAL):
        return 0
    told = record.amount if record is not None else None
    return told if told is not None else intent.amount


def _parts(intent: Intent, fields: Fields, charged: int | None) -> tuple[int | None, int | None]:
    """Tip and cashback: as the terminal tells them, else as they were asked for; what was added at the terminal is a tip."""
    if not charged or intent.kind is not Kind.PURCHASE:
        return None, None
    tip, cashback = amounts_of(fields)
    added = charged - (intent.amount or charged)
    if tip is None:
        tip = (intent.tip or 0) + max(0, added)
    return tip, cashback if cashback is not None else intent.cashback


def _verification(fields: Fields, outcome: Outcome) -> Verification | None:
    found = _VERIFIED.get(_byte(fields.tlv.anywhere(_VERIFICATION)))
    if found is None and outcome in (Outcome.APPROVED, Outcome.PARTIAL) and fields.byte(Bmp.STATUS) in SIGNATURE_TYPES:
        return Verification.SIGNATURE  # [Z8]
    return found


def _scheme(fields: Fields, settings: ZvtSettings) -> str | None:
    """By its name; co-badged cards of one type have several."""
    name = _text(fields.get(Bmp.CARD_NAME), settings)
    if name:
        return name
    kind = fields.byte(Bmp.CARD_TYPE)
    if kind is None or kind == _SEE_TAG:
        told = fields.tlv.anywhere(_CARD_TYPE)
        kind = int.from_bytes(told, "big") if told is not None and len(told) <= 4 else kind
    return CARD_TYPES.get(kind) if kind is not None else None


def _pan(value: bytes | None) -> str | None:
    if value is None:
        return None
    return masked_pan(value.hex().rstrip("f").partition("d")[0]) or None


def _ascii(value: bytes | None) -> str | None:
    if value is None:
        return None
    return value.decode("ascii", "replace").strip("\0 ") or None


def _text(value: bytes | None, settings: ZvtSettings) -> str | None:
    return decode(value, settings.charset).strip("\0 ") or None if value is not None else None


def _byte(value: bytes | None) -> int:
    return value[0] if value else -1
