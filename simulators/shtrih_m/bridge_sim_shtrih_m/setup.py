"""The clock, the exchange parameters, and the initial states: 13, 14, 15, 21, 22, 23, 27, B0.

Source: protocol-specs/shtrih-m, "Commands a first driver needs", "Transports".
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from bridge_sim_shtrih_m import states
from bridge_sim_shtrih_m.refusals import DATE_DIFFERS, DATE_FORMAT, MODE, PARAMETERS, Refusal
from bridge_sim_shtrih_m.request import Call, Command, Request, exactly

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register

_SPEEDS = 10
_SPEED = 6  # 115200


def timeout_of(byte: int) -> int:
    """The byte time-out in milliseconds that command 14 means."""
    if byte <= 150:
        return byte
    return (byte - 149) * 150 if byte <= 249 else (byte - 248) * 15_000


def byte_of(timeout: int) -> int:
    """The other way round; between two steps the lower one."""
    return max(byte for byte in range(256) if timeout_of(byte) <= timeout)


def _set_exchange(register: Register, call: Call) -> bytes:
    port, speed, timeout = (call.request.number() for _ in range(3))
    if (port < 128 and speed >= _SPEEDS) or not timeout:
        raise Refusal(PARAMETERS)
    register.memory.byte_timeout = timeout_of(timeout)
    register.unlock_after_answer = True
    return b""


def _exchange(register: Register, call: Call) -> bytes:
    call.request.number()
    return bytes((_SPEED, byte_of(register.memory.byte_timeout)))


def _time(register: Register, call: Call) -> bytes:
    try:
        wanted = time(call.request.number(), call.request.number(), call.request.number())
    except ValueError:
        raise Refusal(PARAMETERS) from None
    now = register.now()
    register.clock_shift += datetime.combine(now.date(), wanted) - now.replace(tzinfo=None, microsecond=0)
    return b""


def _read_date(request: Request) -> date:
    numbers = [request.number() for _ in range(3)]
    try:
        return date(2000 + numbers[2], numbers[1], numbers[0])
    except ValueError:
        raise Refusal(DATE_FORMAT) from None


def _date(register: Register, call: Call) -> bytes:
    """It counts when 23 has confirmed it."""
    register.memory.date_to_confirm = _read_date(call.request).isoformat()
    return b""


def _confirm_date(register: Register, call: Call) -> bytes:
    wanted, said = register.memory.date_to_confirm, _read_date(call.request)
    if not wanted:
        raise Refusal(MODE)
    if wanted != said.isoformat():
        raise Refusal(DATE_DIFFERS)
    register.memory.date_to_confirm = ""
    register.clock_shift += timedelta(days=(said - register.now().date()).days)
    return b""


def _continue(register: Register, call: Call) -> bytes:
    register.mechanism.go_on()
    return b""


def _beep(register: Register, call: Call) -> bytes:
    return b""


def _reset(register: Register, call: Call) -> bytes:
    """A general reset needs the technician's jumper."""
    raise Refusal(MODE)


COMMANDS = {
    0x13: Command(_beep, exactly(5), op=True),
    0x14: Command(_set_exchange, exactly(8), "sysadmin", "set"),
    0x15: Command(_exchange, exactly(6), "sysadmin"),
    0x21: Command(_time, exactly(8), "sysadmin", "set", states.SHIFT_CLOSED),
    0x22: Command(_date, exactly(8), "sysadmin", "set", states.CONFIRMS),
    0x23: Command(_confirm_date, exactly(8), "sysadmin", "set", states.CONFIRMS),
    0x27: Command(_reset, exactly(5), "sysadmin", "set"),
    0xB0: Command(_continue, exactly(5), work="set", op=True),
}
