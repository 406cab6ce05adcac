"""The tables that 46 reads and 50 writes: settings, users, cliché, names of payments, exchange with the OFD.

Source: protocol-specs/atol, "Commands": table 2 settings, 3 users (fields 1 password, 2 name, 3 INN), 6 cliché, 12 names of payments,
13h exchange. Values are bytes; what a field means that is not named here, no source tells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv

from bridge_sim_atol.answers import bcd, text
from bridge_sim_atol.refusals import LENGTH, NO_FIELD, NO_ROW, NO_TABLE, SHIFT_OPEN, Refusal
from bridge_sim_atol.request import PROGRAMMING, Call, Command, text_of

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

SETTINGS, USERS, CLICHE, PAYMENT_NAMES, EXCHANGE = 2, 3, 6, 12, 0x13
_PASSWORD, _NAME, _INN = 1, 2, 3
_MAC, _CHANNEL = 0x57, 4
ROWS = 30
_LINES = 20
_FNS_SITE = "www.nalog.gov.ru"

Default = Callable[["Register", int], bytes]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows and fields count from 1. `widths`: bytes of the fields that are named; all others have `width`. `closed`: only while the
    shift is closed."""

    rows: int
    fields: int
    width: int = 1
    widths: dict[int, int] | None = None
    closed: bool = False

    def size(self, field: int) -> int:
        return (self.widths or {}).get(field, self.width)


TABLES = {
    SETTINGS: Table(1, 0xFF, widths={_MAC: 6}),
    USERS: Table(ROWS, 3, widths={_PASSWORD: 4, _NAME: 64, _INN: 12}),
    CLICHE: Table(_LINES, 1, width=48),
    PAYMENT_NAMES: Table(10, 1, width=10, closed=True),
    EXCHANGE: Table(1, 0x20, width=1, widths={1: 64, 2: 2}),
}


def _user(register: Register, row: int, field: int) -> bytes:
    if field == _PASSWORD:
        return bcd(row, 4)
    if field == _NAME:
        name = register.settings.cashier if row == ROWS else "АДМИНИСТРАТОР" if row == ROWS - 1 else f"КАССИР {row}"
        return text(name)
    return b""


def _default(register: Register, table: int, row: int, field: int) -> bytes:
    match table, field:
        case 3, _:
            return _user(register, row, field)
        case 6, _:
            lines = register.settings.shop.split("|")
            return text(lines[row - 1]) if row <= len(lines) else b""
        case 12, _:
            return b""
        case 2, 0x57:
            return bytes.fromhex("00224d0613aa")
        case 0x13, 1:
            return b"k-server.ofd"
        case 0x13, 2:
            return (7777).to_bytes(2, "big")
        case 0x13, 4:
            return b"\x02"
        case _:
            return b"\0"


@dataclass(slots=True)
class Tables:
    """The tables of one register: what was written, else what stands there from the beginning."""

    register: Register

    def table(self, number: int, row: int, field: int) -> Table:
        found = TABLES.get(number)
        if found is None:
            raise Refusal(NO_TABLE)
        if not 1 <= row <= found.rows:
            raise Refusal(NO_ROW)
        if not 1 <= field <= found.fields:
            raise Refusal(NO_FIELD)
        return found

    def value(self, number: int, row: int, field: int) -> bytes:
        size = self.table(number, row, field).size(field)
        written = self.register.memory.tables.get(f"{number}.{row}.{field}")
        value = bytes.fromhex(written) if written is not None else _default(self.register, number, row, field)
        return value[:size].ljust(size, b"\0")

    def write(self, number: int, row: int, field: int, value: bytes) -> None:
        table = self.table(number, row, field)
        if len(value) > table.size(field):
            raise Refusal(LENGTH)
        if table.closed and self.register.memory.fn.shift_open:
            raise Refusal(SHIFT_OPEN)
        self.register.memory.tables[f"{number}.{row}.{field}"] = value.hex()

    def operator_name(self, operator: int) -> str:
        return text_of(self.value(USERS, operator, _NAME))

    def operator_of(self, password: int) -> int | None:
        """Whose password this is. Of two that are alike the higher user's."""
        for row in range(ROWS, 0, -1):
            digits = self.value(USERS, row, _PASSWORD).hex()
            if digits.isdecimal() and int(digits) == password:
                return row
        return None

    def cliche(self) -> Sequence[str]:
        return [line for line in (text_of(self.value(CLICHE, row, 1)) for row in range(1, _LINES + 1)) if line]

    def tags(self) -> Sequence[Tlv]:
        """Attributes that E9 reads and that stand in no registration document."""
        return (Tlv(Tag.FNS_SITE, _FNS_SITE),)


def _read(register: Register, call: Call) -> bytes:
    table, row, field = call.request.byte(), call.request.big(2), call.request.byte()
    return register.tables.value(table, row, field)


def _write(register: Register, call: Call) -> bytes:
    table, row, field = call.request.byte(), call.request.big(2), call.request.byte()
    register.tables.write(table, row, field, call.request.rest())
    return b""


COMMANDS = {0x46: Command(_read, during=True), 0x50: Command(_write, "set", frozenset((PROGRAMMING,)))}
