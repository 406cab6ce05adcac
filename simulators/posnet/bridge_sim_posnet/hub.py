"""The server of e-documents at the other end of the printer's own line. How it behaves, the settings `hub...` say.

Source: protocol-specs/posnet, "E-document". It knows an e-document by its number, so one that comes twice is there once.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from bridge_sim_posnet.memory import EDocument, Received

if TYPE_CHECKING:
    from bridge_sim_posnet.printer import Printer

NO_CONNECTION, TIMED_OUT = 7, 28  # codes of the transport, as curl numbers them
SENT = 200


class Outcome(NamedTuple):
    """What came of one attempt. `final`: trying again makes no sense."""

    http: int
    transport: int
    application: int
    refusal: str = ""
    final: bool = False

    @property
    def sent(self) -> bool:
        return self.http == SENT


def seconds(printer: Printer) -> float:
    """How long it takes until the outcome of an attempt is known."""
    server = printer.memory.edocuments.server
    return float(min(printer.settings.hub_delay, server.answer, server.send)) if printer.settings.hub == "slow" else 0.0


def send(printer: Printer, record: EDocument) -> Outcome:
    """One attempt to hand an e-document over, and its outcome."""
    rules = printer.settings
    if rules.hub == "unreachable":
        return Outcome(0, NO_CONNECTION, 1)
    if rules.hub == "refuses":
        return Outcome(rules.hub_refusal, 0, 1, f"UPO{rules.hub_refusal}", final=rules.hub_refusal < 500)
    _receive(printer, record)
    if rules.hub == "slow" and rules.hub_delay > seconds(printer):  # it has the document, but said so too late
        return Outcome(0, TIMED_OUT, 1)
    return Outcome(SENT, 0, 0)


def test(printer: Printer) -> Outcome:
    """An attempt without a document."""
    rules = printer.settings
    if rules.hub == "unreachable":
        return Outcome(0, NO_CONNECTION, 1)
    if rules.hub == "refuses":
        return Outcome(rules.hub_refusal, 0, 1)
    if rules.hub == "slow" and rules.hub_delay > seconds(printer):
        return Outcome(0, TIMED_OUT, 1)
    return Outcome(SENT, 0, 0)


def _receive(printer: Printer, record: EDocument) -> None:
    received = printer.memory.edocuments.hub
    known = next((item for item in received if item.hash == record.hash), None)
    if known is not None:
        known.times += 1
        return
    code = hashlib.sha1(f"{printer.settings.unique_number}/{record.hash}".encode(), usedforsecurity=False).hexdigest()[:12]
    received.append(Received(record.hash, record.customer, record.document, record.number, printer.now(), code.upper()))
