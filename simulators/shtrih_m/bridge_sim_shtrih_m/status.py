"""What the register tells of itself: FC, F7, 10, 11, 1A, 1B, 26, 6B, D0, D1.

Source: protocol-specs/shtrih-m, "Status", "Payment types, taxes, registers, tables". Registers that the reference does not number are
those of the vendor's older texts as far as the ones it numbers show their order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bridge_sim_shtrih_m.answers import clock, day, le
from bridge_sim_shtrih_m.memory import DEPARTMENTS, KINDS
from bridge_sim_shtrih_m.refusals import PARAMETERS, TEXTS, Refusal
from bridge_sim_shtrih_m.request import CODE_PAGE, Call, Command, exactly
from bridge_sim_shtrih_m.states import Submode, mode_of, shift_expired

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register

# Flags of 10 and 11.
_RECEIPT_ROLL, _DECIMAL_POINT, _RECEIPT_PAPER, _RECEIPT_LEVER, _COVER_OPEN, _DRAWER_OPEN = 1, 4, 7, 9, 10, 11

# Model parameters of F7.
_CUTTER, _DRAWER_SENSOR, _NON_FISCAL, _LAYER_2, _LAST_PRINT, _ERROR_TEXTS, _EXTENDED = 13, 15, 22, 28, 34, 36, 50

_BATTERY, _SUPPLY = 0x9F, 0xF8  # as devices in logs report them
_DOTS, _CHARACTER = 576, (12, 24)
_FONTS = 8
_TCP = 128  # port number of 11
_FM_SHIFT_OPEN, _FM_EXPIRED, _FM_LAST_OK = 6, 7, 5

_PAPER_TORN, _STILL_PRINTING = 1, 5


def _type(register: Register, call: Call) -> bytes:
    return bytes((0, 0, 1, 14, register.settings.model, 0)) + register.settings.name.encode(CODE_PAGE, "replace")


def _model(register: Register, call: Call) -> bytes:
    if call.request.number() != 1:
        raise Refusal(PARAMETERS)
    settings = register.settings
    bits = {_CUTTER, _DRAWER_SENSOR, _NON_FISCAL, _ERROR_TEXTS}
    bits |= {_LAYER_2} if settings.link != "v1" else set()
    bits |= {_LAST_PRINT} if settings.last_print_byte else set()
    bits |= {_EXTENDED} if settings.extended_answers else set()
    answer = le(sum(1 << bit for bit in bits), 8)
    answer += bytes((_CHARACTER[0], 24, 0, 12, 16, 16, 14))
    answer += le(0, 4) + le(register.tables.number(2, 30, 1), 4)
    return answer + bytes((0, 14)) + le(0, 2) + bytes((72,))


def _flags(register: Register) -> int:
    bits = {_DECIMAL_POINT, _RECEIPT_LEVER}
    bits |= {_RECEIPT_ROLL, _RECEIPT_PAPER} if register.paper_loaded else set()
    bits |= set() if register.cover_closed else {_COVER_OPEN}
    bits |= {_DRAWER_OPEN} if register.drawer_open else set()
    return sum(1 << bit for bit in bits)


def _short(register: Register, call: Call) -> bytes:
    receipt = register.memory.receipt
    count = len(receipt.items) if receipt is not None else 0
    submode = register.mechanism.submode()
    answer = le(_flags(register), 2) + bytes((mode_of(register), submode, count % 256, _BATTERY, _SUPPLY, 0, 0, count // 256))
    answer += bytes(3)
    if register.settings.last_print_byte:
        last = {Submode.PRINTING: _STILL_PRINTING, Submode.STOPPED: _PAPER_TORN, Submode.CONTINUE: _PAPER_TORN}
        answer += bytes((last.get(submode, 0),))
    register.mechanism.polled()
    return answer


def _full(register: Register, call: Call) -> bytes:
    settings, memory, now = register.settings, register.memory, register.now()
    closed = memory.fn.shift - memory.fn.shift_open
    done = len(memory.fn.registrations)
    fm = 1 << _FM_LAST_OK | memory.fn.shift_open << _FM_SHIFT_OPEN | shift_expired(register) << _FM_EXPIRED
    answer = b"C1" + le(34378, 2) + bytes((13, 1, 26))
    answer += bytes((register.tables.number(1, 1, 1),)) + le(memory.counters.documents, 2) + le(_flags(register), 2)
    answer += bytes((mode_of(register), register.mechanism.submode(), _TCP if settings.filler else 0))
    answer += b"NA" + le(0x0101, 2) + bytes((16, 1, 3))
    answer += day(now) + clock(now) + bytes((fm,)) + le(settings.serial, 4) + le(closed, 2) + le(0, 2)
    answer += bytes((done, max(30 - done, 0))) + le(int(memory.fn.registrations[-1].inn) if done else 0xFFFFFFFFFFFF, 6)
    answer += bytes((0, 0)) + le(settings.serial >> 32, 2)
    register.mechanism.polled()
    return answer[: int(settings.full_status) - 3]


def _error_text(register: Register, call: Call) -> bytes:
    code = call.request.number()
    return TEXTS.get(code, f"Ошибка {code:02X}h").encode(CODE_PAGE, "replace")


def _font(register: Register, call: Call) -> bytes:
    number = call.request.number()
    if not 1 <= number <= _FONTS:
        raise Refusal(PARAMETERS)
    return le(_DOTS, 2) + bytes((*_CHARACTER, _FONTS))


def _printer_status(register: Register, call: Call) -> bytes:
    empty = register.mechanism.submode() is Submode.READY
    register.mechanism.polled()
    return bytes(8) + bytes((empty,))


# --- registers


def _money_registers(register: Register) -> Mapping[int, int]:
    memory = register.memory
    totals = memory.totals
    values = {120: memory.cash, 241: memory.cash, 242: totals.cash_in, 243: totals.cash_out, 244: memory.counters.sums[0]}
    for kind in range(KINDS):
        values[245 + kind] = totals.sums[kind]
        for department in range(DEPARTMENTS):
            values[121 + department * KINDS + kind] = totals.departments[department][kind]
        for number in range(4):
            values[193 + number * KINDS + kind] = totals.payments[number][kind]
            values[209 + number * KINDS + kind] = totals.turnover[number][kind]
            values[225 + number * KINDS + kind] = totals.taxes[number][kind]
    return values


def _money_register(register: Register, call: Call) -> bytes:
    number = call.request.number(call.request.left)
    values = _money_registers(register)
    if number in values:
        return le(values[number], 6)
    if number > 255:
        raise Refusal(PARAMETERS)
    return bytes(6)


def _operation_register(register: Register, call: Call) -> bytes:
    number = call.request.number()
    totals, counters = register.memory.totals, register.memory.counters
    values = {
        **{144 + kind: totals.receipts[kind] for kind in range(KINDS)},
        **{148 + kind: counters.receipts[kind] for kind in range(KINDS)},
        152: counters.documents,
        153: totals.cash_ins,
        154: totals.cash_outs,
        155: counters.cash_ins,
        156: counters.cash_outs,
        157: totals.cancelled,
        158: counters.x_reports,
        159: register.memory.fn.shift,
    }
    return le(values.get(number, 0), 2)


COMMANDS = {
    0x10: Command(_short, exactly(5), op=True),
    0x11: Command(_full, exactly(5), op=True),
    0x1A: Command(_money_register, (6, 7), op=True),
    0x1B: Command(_operation_register, exactly(6), op=True),
    0x26: Command(_font, exactly(6), "sysadmin"),
    0x6B: Command(_error_text, exactly(2), "anybody"),
    0xD0: Command(_printer_status, exactly(5), op=True),
    0xD1: Command(_printer_status, exactly(5), op=True),
    0xF7: Command(_model, (2, 255), "anybody", modern=True),
    0xFC: Command(_type, exactly(1), "anybody"),
}
