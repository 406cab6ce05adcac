"""A command of the device's own protocol, for administrators: `{"code": "FF01", "parameters": "", "administrator": true}`.

The password is put in by the driver, so that none stands in a request.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bridge.model import Flag, Model, Raw, invalid
from bridge.plugin import read_raw
from bridge_shtrih_m.commands import Command
from bridge_shtrih_m.vocabulary import SHAPES, Shape

_WITHOUT_PASSWORD = frozenset((0x16, 0xFF50, 0xFF51, 0xFF52))

# Commands that make or close documents: they belong to the operations that answer for what they do.
REFUSED = frozenset(
    (
        *range(0x80, 0x89),
        0x8A,
        0x8B,
        0x8D,
        0x8E,
        0x40,
        0x41,
        0x50,
        0x51,
        0xE0,
        0xFF0B,
        0xFF35,
        0xFF36,
        0xFF43,
        0xFF45,
        0xFF46,
        0xFF4A,
    )
)


class RawCommand(Model):
    """`code` and `parameters` in hexadecimal, `parameters` without the password."""

    code: Annotated[str, Field(pattern=r"^([0-9A-Fa-f]{2}|[Ff]{2}[0-9A-Fa-f]{2})$")]
    parameters: Annotated[str, Field(pattern=r"^([0-9A-Fa-f]{2}\s*)*$", max_length=1000)] = ""
    administrator: Flag = True


def plan_raw(operation: Raw) -> Command:
    """Raises RequestError naming the field."""
    wanted = read_raw(operation, RawCommand, '{"code": "FF01"}')
    code = int(wanted.code, 16)
    if code == 0xFF:
        raise invalid("command.code", "FF begins a code of two bytes", remedy='e.g. "FF01"')
    if code in REFUSED:
        raise invalid("command.code", "this command makes documents", remedy="use the operation for it")
    parameters = bytes.fromhex(wanted.parameters)
    shape = SHAPES.get(code) or Shape(code, "raw", password=code not in _WITHOUT_PASSWORD)
    if len(parameters) > shape.room:
        raise invalid("command.parameters", f"{len(parameters)} bytes", limit=f"{shape.room} bytes")
    return Command(shape, parameters, wanted.administrator)
