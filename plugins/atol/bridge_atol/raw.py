"""`raw`: one command of the device's own protocol, for administrators: `{"code": "91", "parameters": "34 00 00"}`.

The password of access is put in by the driver, and modes are entered by it (`"mode": 4`), so that no password stands in a request. What
makes documents belongs to the operations that answer for it, and what holds a password is neither read nor written.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bridge.model import Model, Raw, invalid, unsupported
from bridge.plugin import read_raw
from bridge_atol.commands import Command
from bridge_atol.frame import MAX_COMMAND
from bridge_atol.plan import Step
from bridge_atol.vocabulary import REGISTERS, SHAPES, STORAGE, Does, Mode, Shape, code_of

# Receipts, shifts, cash, reports, what begins or ends them, and the archive of the FN.
REFUSED = frozenset(
    (0x43, 0x49, 0x4A, 0x4F, 0x52, 0x54, 0x57, 0x59, 0x5A, 0x62, 0x67, 0x77, 0x92, 0x99, 0x9A,
     0xA6, 0xA7, *range(0xA8, 0xAE), 0xB4, 0xB5, 0xE6, 0xE8, 0xEA, 0xEB)
)  # fmt: skip
MODES = frozenset((0x48, 0x56))
TABLES = frozenset((0x46, 0x50))

# Table, row (None: any) and fields that hold passwords. A field of two digits is written in packed digits by one source, as a number by
# another: neither is let through.
_PASSWORDS = ((2, 1, (0x17, 0x23)), (3, None, (1,)))

# Commands of the FN that only read.
_STORAGE_READS = frozenset((0x20, 0x30, 0x31, 0x32, 0x33, 0x35, 0x40, 0x45, 0x46))


class RawCommand(Model):
    """`code` and `parameters` in hexadecimal; of 91 and A4 the register or the FN's command is the first parameter. `mode`: the one
    that the device must be in."""

    code: Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{2}$")]
    parameters: Annotated[str, Field(pattern=r"^([0-9A-Fa-f]{2}\s*)*$", max_length=800)] = ""
    mode: Literal[0, 1, 2, 3, 4] | None = None


def plan_raw(operation: Raw) -> tuple[Step, Mode]:
    """Raises RequestError naming the field."""
    wanted = read_raw(operation, RawCommand, '{"code": "91", "parameters": "34 00 00"}')
    data = bytes.fromhex(wanted.code + wanted.parameters)
    _refuse(data)
    code = code_of(data)
    if code is None:
        raise invalid("command.parameters", f"{data[0]:02X} needs one more byte", remedy='e.g. "34 00 00"')
    shape = SHAPES.get(code) or Shape(code, "raw", does=Does.READS if data[0] in (REGISTERS, STORAGE) else Does.CHANGES)
    if len(data) + 2 > MAX_COMMAND:
        raise invalid("command.parameters", f"{len(data) - 1} bytes", limit=f"{MAX_COMMAND - 3} bytes")
    command = Command(shape, data[len(shape.head) :])
    return Step(command, "command"), Mode(wanted.mode) if wanted.mode is not None else Mode.ANY


def _refuse(data: bytes) -> None:
    if data[0] in REFUSED:
        raise unsupported("command.code", "this command makes or ends documents", remedy="use the operation for it")
    if data[0] in MODES:
        raise unsupported("command.code", "modes are entered by the driver", remedy='name the mode, e.g. "mode": 4')
    if data[0] == STORAGE and len(data) > 1 and data[1] not in _STORAGE_READS:
        raise unsupported("command.parameters", "only what reads the fiscal storage is sent this way")
    if data[0] in TABLES and len(data) >= 5:
        table, row, field = data[1], int.from_bytes(data[2:4], "big"), data[4]
        if any(table == its_table and its_row in (row, None) and field in fields for its_table, its_row, fields in _PASSWORDS):
            raise unsupported("command.parameters", "a password stands there", remedy="set it at the device")
