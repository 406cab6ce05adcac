"""The register's state as values, for whoever stands on it in the same process: no command is needed to look.

Amounts in kopecks; times are the register's own, with its zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from bridge_sim_fn import storage
from bridge_sim_fn.memory import FnDocument

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register


@dataclass(frozen=True, slots=True)
class ShiftView:
    """`number`: of the open shift, else of the last one."""

    state: Literal["closed", "opened", "expired"]
    number: int
    opened_at: datetime | None
    expires_at: datetime | None
    receipts: int
    documents: int


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """The open receipt. `type` as in 92h."""

    type: int
    total: int
    remainder: int
    change: int
    electronic: bool


@dataclass(frozen=True, slots=True)
class FnView:
    """`phase`, `warnings` as the FN tells them; `waiting`: documents that the OFD has not confirmed."""

    serial: str
    phase: int
    warnings: int
    expires_at: datetime
    ffd: str
    registrations: int
    last_document: FnDocument | None
    last_receipt: FnDocument | None
    waiting: tuple[FnDocument, ...]


@dataclass(frozen=True, slots=True)
class PrinterView:
    """`flags` as 45h tells them; `owed`: lines that are recorded and not on paper."""

    paper: bool
    cover_closed: bool
    drawer_open: bool
    flags: int
    busy: bool
    owed: int


@dataclass(frozen=True, slots=True)
class View:
    """All of it. `mode` and `submode` as in 45h."""

    mode: int
    submode: int
    at: datetime
    cash: int
    shift: ShiftView
    receipt: ReceiptView | None
    fn: FnView
    printer: PrinterView


def view(register: Register) -> View:
    memory = register.memory
    receipt = memory.receipt
    return View(
        mode=register.mode & 0x0F,
        submode=register.mode >> 4,
        at=register.now(),
        cash=memory.cash,
        shift=_shift(register),
        receipt=None
        if receipt is None
        else ReceiptView(receipt.type, receipt.total, receipt.remainder, receipt.change, receipt.electronic),
        fn=_fn(register),
        printer=PrinterView(
            paper=register.paper_loaded,
            cover_closed=register.cover_closed,
            drawer_open=register.drawer_open,
            flags=register.mechanism.flags,
            busy=register.mechanism.busy,
            owed=len(memory.unprinted),
        ),
    )


def _shift(register: Register) -> ShiftView:
    fn = register.memory.fn
    opened = fn.shift_opened
    documents = sum(document.shift == fn.shift for document in fn.documents) if fn.shift else 0
    if opened is None:
        return ShiftView("closed", fn.shift, None, None, fn.receipts, documents)
    state: Literal["opened", "expired"] = "expired" if storage.shift_expired(register) else "opened"
    return ShiftView(state, fn.shift, opened, opened + storage.DAY, fn.receipts, documents)


def _fn(register: Register) -> FnView:
    memory = register.memory
    fn, last = memory.fn, memory.last_receipt
    return FnView(
        serial=fn.serial,
        phase=fn.life,
        warnings=storage.warnings(register),
        expires_at=fn.expires,
        ffd=register.settings.ffd,
        registrations=len(fn.registrations),
        last_document=fn.documents[-1] if fn.documents else None,
        last_receipt=fn.find(last.document) if last is not None else None,
        waiting=tuple(fn.queue),
    )
