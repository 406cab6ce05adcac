"""What the register tells of itself, and its modes: A5, 3F, 45, 48, 56, 4D, 9D, E9.

Source: protocol-specs/atol, "Status", "Modes", "Commands".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge_ffd.tlv import decode, encode

from bridge_sim_atol import reports
from bridge_sim_atol.answers import bcd, clock, text, year_month_day
from bridge_sim_atol.refusals import FN_NO_DATA, MODE, PASSWORD, RECEIPT_OPEN, UNKNOWN, Refusal
from bridge_sim_atol.request import CLEARING, PROGRAMMING, REGISTRATION, REPORTS, SELECT, Call, Command

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

_REGISTERED, _SHIFT_OPEN, _DRAWER, _PAPER, _COVER_OPEN, _FN_ACTIVE = 0x01, 0x02, 0x04, 0x08, 0x20, 0x40
_PORTS = {"rs232": 1, "usb": 4, "wireless": 5, "ethernet": 6}
_PROTOCOL, _TYPE = 1, 1
_VERSION, _SUBVERSION, _LANGUAGE, _BUILD = 3, 0, 0, 7000
_UNITS = {0x01: (3, 0, 0, 7000), 0x91: (1, 2, 0, 4015), 0x11: (1, 2, 0, 4015), 0xA0: (1, 0, 0, 16)}
_ADMINISTRATOR, _SYSTEM_ADMINISTRATOR = 29, 30
# Who may enter a mode: the lowest number of a user.
_USERS = {REGISTRATION: 1, REPORTS: _ADMINISTRATOR, CLEARING: _ADMINISTRATOR, PROGRAMMING: _SYSTEM_ADMINISTRATOR}


def _type(register: Register, call: Call) -> bytes:
    settings = register.settings
    head = bytes((0, _PROTOCOL, _TYPE, settings.model, 0, 0, _VERSION, _SUBVERSION, _LANGUAGE)) + bcd(_BUILD, 2)
    return head + text(settings.name)


def _flags(register: Register) -> int:
    fn = register.memory.fn
    drawer = register.drawer_open == (register.settings.drawer_bit == "open")
    bits = {
        _REGISTERED: bool(fn.registrations),
        _SHIFT_OPEN: fn.shift_open,
        _DRAWER: drawer,
        _PAPER: register.paper_loaded,
        _COVER_OPEN: not register.cover_closed,
        _FN_ACTIVE: bool(fn.registrations),
    }
    return sum(bit for bit, set_ in bits.items() if set_)


def _full(register: Register, call: Call) -> bytes:
    settings, memory, now = register.settings, register.memory, register.now()
    receipt = memory.receipt
    answer = b"\x44" + bcd(register.operator, 1) + b"\x01" + year_month_day(now) + clock(now) + bytes((_flags(register),))
    answer += bcd(int(settings.serial), 4) + bytes((settings.model,)) + settings.version.encode()
    answer += bytes((register.mode,)) + bcd(memory.fn.receipts, 2) + bcd(memory.fn.shift - memory.fn.shift_open, 2)
    answer += bytes((receipt.type if receipt is not None else 0,)) + bcd(receipt.total if receipt is not None else 0, 5)
    return answer + bytes((2, _PORTS[settings.port]))


def _state(register: Register, call: Call) -> bytes:
    answer = bytes((0x55, register.mode, register.mechanism.flags))
    reports.polled(register)
    return answer


def _exit(register: Register, call: Call) -> bytes:
    if register.memory.receipt is not None:
        raise Refusal(RECEIPT_OPEN)
    register.memory.mode = SELECT
    return b""


def _enter(register: Register, call: Call) -> bytes:
    mode, password = call.request.byte(), call.request.digits(4)
    if register.memory.mode != SELECT:
        raise Refusal(MODE)
    if mode not in _USERS:
        raise Refusal(MODE)
    operator = register.tables.operator_of(password)
    if operator is None or operator < _USERS[mode]:
        raise Refusal(PASSWORD)
    register.operator = operator
    register.memory.mode = mode
    return b""


def _cash(register: Register, call: Call) -> bytes:
    return b"\x4d" + bcd(register.memory.cash, 7)


def _version(register: Register, call: Call) -> bytes:
    unit = _UNITS.get(call.request.byte())
    if unit is None:
        raise Refusal(UNKNOWN)
    return bytes(unit[:3]) + bcd(unit[3], 2)


def _attribute(register: Register, call: Call) -> bytes:
    """A tag of the last registration."""
    number = call.request.little(2)
    call.request.byte()
    fn = register.memory.fn
    document = fn.find(fn.registrations[-1].number) if fn.registrations else None
    tags = decode(bytes.fromhex(document.tlv), strict=False) if document is not None else ()
    found = [tag for tag in (*tags, *register.tables.tags()) if tag.tag == number]
    if not found:
        raise Refusal(FN_NO_DATA)
    return b"\x01" + encode(found[:1])


COMMANDS = {
    0xA5: Command(_type, whole=True, during=True),
    0x3F: Command(_full, whole=True, during=True),
    0x45: Command(_state, whole=True, during=True),
    0x48: Command(_exit, "set"),
    0x56: Command(_enter, "set"),
    0x4D: Command(_cash, whole=True),
    0x9D: Command(_version, during=True),
    0xE9: Command(_attribute, during=True),
}
