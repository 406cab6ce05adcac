"""The table of commands: who carries each out, what stands in front of its fields, and which states it is taken in.

Source: protocol-specs/zvt, "Commands", "Terminal states" (LOCKED).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bridge_zvt.frame import Code, read_fields

from bridge_sim_zvt import batches, payments, reservations, service
from bridge_sim_zvt.dialogue import Dialogue
from bridge_sim_zvt.request import Request

Handler = Callable[[Dialogue, Request], Awaitable[None]]

_CLOSE_CARD_SESSION = 0x06C5


def _nothing(data: bytes) -> int:
    return 0


def _password(data: bytes) -> int:
    return 3


def _given_password(data: bytes) -> int:
    """05 01: with or without; a service byte only comes behind one."""
    return 3 if data else 0


def _registration(data: bytes) -> int:
    """Password and configuration byte; the currency is needed where something follows, and some tills leave it out."""
    left_out = data[4:5] in (b"\x03", b"\x06") and not read_fields(data, 4).rest
    return 6 if len(data) > 4 and not left_out else 4


def _all(data: bytes) -> int:
    return len(data)


def _one(data: bytes) -> int:
    return 1


def _one_or_none(data: bytes) -> int:
    return 1 if data else 0


@dataclass(frozen=True, slots=True)
class Command:
    """`positional`: how many bytes stand before the fields. `always`: taken while the terminal is locked."""

    run: Handler
    positional: Callable[[bytes], int] = _nothing
    password: bool = False
    always: bool = False


COMMANDS: dict[int, Command] = {
    Code.STATUS_ENQUIRY: Command(service.status, _given_password, always=True),
    Code.REGISTRATION: Command(service.register, _registration, password=True, always=True),
    Code.LOG_OFF: Command(service.log_off, always=True),
    Code.AUTHORISATION: Command(payments.sale),
    Code.REVERSAL: Command(payments.reversal, _password, password=True),
    Code.REFUND: Command(payments.refund, _password, password=True),
    Code.RESERVATION: Command(reservations.reserve),
    Code.PARTIAL_REVERSAL: Command(reservations.release),
    Code.BOOK_TOTAL: Command(reservations.book_total),
    Code.RESERVATION_REVERSAL: Command(reservations.cancel),
    Code.END_OF_DAY: Command(batches.end_of_day, _password, password=True),
    Code.TURNOVER_TOTALS: Command(batches.totals, _password, password=True),
    Code.REPEAT_RECEIPT: Command(batches.repeat, _password, password=True),
    Code.REPRINT: Command(batches.reprint, _all, password=True),
    Code.SEND_OFFLINE: Command(service.plain_work, _password, password=True),
    Code.DIAGNOSIS: Command(service.diagnose),
    Code.SELF_TEST: Command(service.plain_work),
    Code.INITIALISATION: Command(service.initialise, _password, password=True),
    Code.RESET_TERMINAL: Command(service.reset),
    Code.PRINT_CONFIGURATION: Command(service.print_configuration),
    Code.SET_CLOCK: Command(service.set_clock, _password, password=True),
    Code.CHANGE_PASSWORD: Command(service.change_password, _all, password=True),
    Code.READ_CARD: Command(service.read_card, _one_or_none, always=True),
    Code.DISPLAY_TEXT: Command(service.display, always=True),
    Code.PRINT_LINE: Command(service.print_line, _all),
    Code.ACTIVATE_READER: Command(service.nothing, _one),
    _CLOSE_CARD_SESSION: Command(service.nothing),
}
