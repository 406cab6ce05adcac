"""Everything that is printed beside fiscal documents: lines, codes, copies, the ends of free documents; cutter, drawer, display.

Source: protocol-specs/atol, "Commands". What has dots stands on the paper as text in brackets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge_sim_fn import wording

from bridge_sim_atol import render
from bridge_sim_atol.refusals import FORMAT, LENGTH, MODE, NO_MORE, RECEIPT_OPEN, TARGET, Refusal
from bridge_sim_atol.request import IN_REPORTS, REGISTRATION, Call, Command, text_of

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

_WIDE = b"\x09"
_PARAMETERS = 13  # of C1h behind its reserved byte
_STRING = 13  # of 87h in front of the text


def _print(register: Register, *lines: str) -> None:
    """Within a receipt a line belongs to that; else to the free document that 73h ends."""
    receipt = register.memory.receipt
    if receipt is not None:
        receipt.texts.extend(lines)
    else:
        register.free_lines.extend(lines)
        register.print(*lines)


def _line(register: Register, call: Call) -> bytes:
    """A character behind 09 is twice as wide."""
    data = call.request.rest()
    wide = data.count(_WIDE)
    text = data.replace(_WIDE, b"")
    if len(text) + wide > wording.WIDTH * 2:
        raise Refusal(LENGTH)
    _print(register, text_of(text))
    return b""


def _string(register: Register, call: Call) -> bytes:
    call.request.take(_STRING)
    _print(register, call.request.text())
    return b""


def _code(register: Register, call: Call) -> bytes:
    call.request.take(1 + _PARAMETERS)
    text = call.request.text()
    if not text:
        raise Refusal(FORMAT)
    _print(register, *render.code("QR", text))
    return b""


def _footer(register: Register, call: Call) -> bytes:
    """A free document ends."""
    if register.memory.receipt is not None:
        raise Refusal(RECEIPT_OPEN)
    register.memory.slips += 1
    register.print("", wording.CUT_MARK)
    number = str(register.memory.slips)
    register.issue("non_fiscal", number, 0, fiscal=False, origin=call.origin, details={"lines": list(register.free_lines)})
    register.free_lines.clear()
    return b""


def _cliche(register: Register, call: Call) -> bytes:
    _print(register, *register.tables.cliche())
    return b""


def _cut(register: Register, call: Call) -> bytes:
    if call.request.byte() > 1:
        raise Refusal(FORMAT)
    register.print(wording.CUT_MARK)
    return b""


def _drawer(register: Register, call: Call) -> bytes:
    register.drawer_open = True
    register.drawer_opened += 1
    return b""


def _external(register: Register, call: Call) -> bytes:
    device, text = call.request.byte(), call.request.text()
    if device != 1:  # no slip printer is there
        raise Refusal(TARGET)
    register.display = text
    return b""


def _copy(register: Register, call: Call) -> bytes:
    memory = register.memory
    if register.settings.copy_mode == "1" and memory.mode != REGISTRATION:
        raise Refusal(MODE)
    if memory.receipt is not None:
        raise Refusal(RECEIPT_OPEN)
    if not memory.copy:
        raise Refusal(NO_MORE)
    register.print("КОПИЯ", *memory.copy, wording.CUT_MARK)
    register.issue("copy", str(memory.fn.last), 0, fiscal=False, origin=call.origin)
    return b""


COMMANDS = {
    0x4C: Command(_line, "print"),
    0x87: Command(_string, "print"),
    0xC1: Command(_code, "print"),
    0x73: Command(_footer, "print", IN_REPORTS),
    0x6C: Command(_cliche, "print"),
    0x75: Command(_cut, "print"),
    0x80: Command(_drawer, "set"),
    0x8F: Command(_external, "set"),
    0x95: Command(_copy, "print"),
}
