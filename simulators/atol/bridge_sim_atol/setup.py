"""The clock: 64 sets the date, 4B the time, each sent twice. Source: protocol-specs/atol, "Commands"."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bridge_sim_atol.refusals import CONFIRM_DATE, DATE, FN_TIME, SHIFT_OPEN, Refusal
from bridge_sim_atol.request import PROGRAMMING, SELECT, Call, Command

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

_IN_SETUP = frozenset((SELECT, PROGRAMMING))


def _clock(register: Register, call: Call) -> bytes:
    """What would be changed must be confirmed by the same command once more."""
    first, second, third = (call.request.digits(1) for _ in range(3))
    call.request.end()
    now = register.now()
    try:
        if call.code == 0x64:
            wanted = now.replace(year=2000 + third, month=second, day=first)
        else:
            wanted = now.replace(hour=first, minute=second, second=third, microsecond=0)
    except ValueError:
        raise Refusal(DATE) from None
    if register.memory.fn.shift_open:
        raise Refusal(SHIFT_OPEN)
    asked = bytes((call.code, first, second, third))
    if register.clock_asked != asked:
        register.clock_asked = asked
        if _close(wanted, now):
            return b""
        if register.settings.clock_confirm == "error":
            raise Refusal(CONFIRM_DATE)
        return b""
    documents = register.memory.fn.documents
    if documents and wanted < documents[-1].at.replace(second=0):
        raise Refusal(FN_TIME)
    register.clock_asked = b""
    register.clock_shift += wanted - now
    return b""


def _close(wanted: datetime, now: datetime) -> bool:
    return abs(wanted - now) < timedelta(seconds=2)


COMMANDS = {0x64: Command(_clock, "set", _IN_SETUP), 0x4B: Command(_clock, "set", _IN_SETUP)}
