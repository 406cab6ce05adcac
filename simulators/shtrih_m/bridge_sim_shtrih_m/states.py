"""The modes and submodes of the register as tables: what is legal in which, and with what error it is refused.

Source: protocol-specs/shtrih-m, "Modes", "What is legal when". Where the sources disagree about an error a setting says it.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import TYPE_CHECKING

from bridge_sim_fn.storage import DAY

from bridge_sim_shtrih_m.refusals import (
    CONFIRM_DATE,
    MODE,
    NO_PAPER,
    PRINTING,
    SHIFT_EXPIRED,
    SUBMODE,
    WAITS_FOR_CONTINUE,
    Refusal,
)

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register


class State(Enum):
    """What the mode byte tells. The value is the column of the table below."""

    CLOSED = 0
    OPEN = 1
    EXPIRED = 2
    RECEIPT = 3
    NON_FISCAL = 4
    DATE = 5
    READING = 6


class Submode(IntEnum):
    READY = 0
    NO_PAPER = 1
    STOPPED = 2  # printing was interrupted, and there is no paper
    CONTINUE = 3
    PRINTING = 5


OK = None
# Errors that a setting chooses.
OPENS, CLOSES, SELLS, BUSY, NONE, CASH = range(-1, -7, -1)

_SETTING = {
    OPENS: "open_in_open_shift",
    CLOSES: "close_in_closed_shift",
    SELLS: "sell_in_closed_shift",
    BUSY: "while_receipt_open",
    NONE: "without_receipt",
}

Row = tuple[int | None, ...]

#                       CLOSED  OPEN   EXPIRED        RECEIPT NON_FISCAL DATE          READING
ANY: Row =             (OK,     OK,    OK,            OK,     OK,        OK,           OK)  # fmt: skip
IDLE: Row =            (OK,     OK,    OK,            BUSY,   BUSY,      CONFIRM_DATE, MODE)  # fmt: skip
SHIFT_CLOSED: Row =    (OK,     MODE,  MODE,          MODE,   MODE,      CONFIRM_DATE, MODE)  # fmt: skip
CONFIRMS: Row =        (OK,     MODE,  MODE,          MODE,   MODE,      OK,           MODE)  # fmt: skip
OPENS_SHIFT: Row =     (OK,     OPENS, SHIFT_EXPIRED, BUSY,   BUSY,      CONFIRM_DATE, MODE)  # fmt: skip
CLOSES_SHIFT: Row =    (CLOSES, OK,    OK,            BUSY,   BUSY,      CONFIRM_DATE, MODE)  # fmt: skip
OPENS_RECEIPT: Row =   (SELLS,  OK,    SHIFT_EXPIRED, BUSY,   BUSY,      CONFIRM_DATE, MODE)  # fmt: skip
SELLS_ITEM: Row =      (SELLS,  OK,    SHIFT_EXPIRED, OK,     BUSY,      CONFIRM_DATE, MODE)  # fmt: skip
IN_RECEIPT: Row =      (NONE,   NONE,  NONE,          OK,     NONE,      CONFIRM_DATE, MODE)  # fmt: skip
MOVES_CASH: Row =      (CASH,   OK,    SHIFT_EXPIRED, BUSY,   BUSY,      CONFIRM_DATE, MODE)  # fmt: skip
PRINTS: Row =          (OK,     OK,    OK,            OK,     OK,        CONFIRM_DATE, MODE)  # fmt: skip
IN_NON_FISCAL: Row =   (NONE,   NONE,  NONE,          NONE,   OK,        CONFIRM_DATE, MODE)  # fmt: skip


def state_of(register: Register) -> State:
    """The state that the register is in now."""
    memory = register.memory
    if memory.date_to_confirm:
        return State.DATE
    if memory.receipt is not None:
        return State.RECEIPT
    if memory.non_fiscal:
        return State.NON_FISCAL
    if memory.reading and register.settings.tlv_blocks:
        return State.READING
    if not memory.fn.shift_open:
        return State.CLOSED
    return State.EXPIRED if shift_expired(register) else State.OPEN


def shift_expired(register: Register) -> bool:
    opened = register.memory.fn.shift_opened
    return opened is not None and register.now() - opened >= DAY


_MODES = {State.CLOSED: 4, State.OPEN: 2, State.EXPIRED: 3, State.NON_FISCAL: 0x48, State.DATE: 6, State.READING: 1}


def mode_of(register: Register) -> int:
    """The mode byte of 10 and 11: the mode in the low nibble, the kind of the open document in the high one."""
    state = state_of(register)
    receipt = register.memory.receipt
    if state is State.RECEIPT and receipt is not None:
        return 8 | receipt.kind << 4
    return _MODES[state]


def check_mode(register: Register, row: Row) -> None:
    """Raises the error of `row` for the mode that the register is in."""
    code = row[state_of(register).value]
    if code is OK:
        return
    if code == SELLS and register.settings.auto_open:
        return
    if code == CASH:
        if register.settings.cash_in_closed_shift:
            return
        code = MODE
    if code < 0:
        code = int(getattr(register.settings, _SETTING[code]), 16)
    raise Refusal(code)


def check_submode(register: Register, work: str, *, prints: bool) -> None:
    """Raises where the printing of something else, or want of paper, is in the way."""
    match register.mechanism.submode():
        case Submode.PRINTING if work in ("fill", "print"):
            register.mechanism.polled()
            raise Refusal(PRINTING)
        case Submode.CONTINUE if prints:
            raise Refusal(WAITS_FOR_CONTINUE)
        case Submode.STOPPED if prints:
            raise Refusal(NO_PAPER if register.settings.active_paper_out == "6B" else SUBMODE)
        case Submode.NO_PAPER if prints:
            raise Refusal(NO_PAPER)
