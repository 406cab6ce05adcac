"""The tables of settings: what is in them, and the commands that read and write them (1E, 1F, 2D, 2E, 24).

Source: protocol-specs/shtrih-m, "Payment types, taxes, registers, tables". Field numbers vary by model, so that a host reads names;
fields that the reference does not name are called "ПОЛЕ n".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from bridge_sim_fn import storage

from bridge_sim_shtrih_m import states, vat
from bridge_sim_shtrih_m.answers import le
from bridge_sim_shtrih_m.refusals import LENGTH, NO_TABLE, NOT_EDITABLE, PARAMETERS, Refusal
from bridge_sim_shtrih_m.request import Call, Command, exactly, padded, text_of

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register

_NAME = 40

Default = int | str | Callable[["Register", int], int | str]


@dataclass(frozen=True, slots=True)
class Field:
    """One column. `default`: what stands there until it is written; a function of the row where it is no constant.

    `edit`: always, with the shift closed, or never.
    """

    name: str
    kind: Literal["bin", "char"] = "bin"
    width: int = 1
    least: int = 0
    most: int | None = None
    default: Default = 0
    edit: Literal["always", "closed", "never"] = "always"

    @property
    def limit(self) -> int:
        return self.most if self.most is not None else (1 << 8 * self.width) - 1


@dataclass(frozen=True, slots=True)
class Table:
    """One table; rows and fields count from 1."""

    name: str
    fields: Mapping[int, Field]
    rows: int = 1
    count: int = 0
    """Fields in all, where there are more than are named."""

    @property
    def columns(self) -> int:
        return max(self.count, *self.fields)

    def field(self, number: int) -> Field:
        if not 1 <= number <= self.columns:
            raise Refusal(PARAMETERS)
        return self.fields.get(number, Field(f"ПОЛЕ {number}"))


def _text(name: str, width: int, default: Default = "", *, edit: Literal["always", "closed", "never"] = "always") -> Field:
    return Field(name, "char", width, default=default, edit=edit)


def _setting(name: str) -> Default:
    return lambda register, row: str(getattr(register.settings, name))


def _operator(register: Register, row: int) -> str:
    if row == 30:
        return register.settings.cashier
    return "Администратор" if row == 29 else f"Оператор{row}"


def _rate(register: Register, row: int) -> int:
    known = vat.rates(register)
    return (known[row - 1].percent or 0) * 100 if row <= len(known) else 0


def _rate_name(register: Register, row: int) -> str:
    known = vat.rates(register)
    return known[row - 1].name if row <= len(known) else ""


def _format(table: str) -> Default:
    return lambda register, row: storage.FFD_NUMBERS[register.format] if register.settings.ffd_table == table else 0


def _cliche(register: Register, row: int) -> str:
    lines = register.settings.shop.split("|")
    return lines[row - 4] if 4 <= row < 4 + len(lines) else ""


_PAYMENTS = {1: "НАЛИЧНЫМИ", 2: "КАРТОЙ", 14: "АВАНС", 15: "КРЕДИТ", 16: "ИНОЕ"}


def _payment(register: Register, row: int) -> str:
    return _PAYMENTS.get(row, f"ТИП ОПЛАТЫ {row}")


def _registered(name: str) -> Default:
    def value(register: Register, row: int) -> str:
        done = register.memory.fn.registrations
        return str(getattr(done[-1] if done else register.settings, name))

    return value


TABLES: Mapping[int, Table] = {
    1: Table(
        "ТИП И РЕЖИМ КАССЫ",
        {
            1: Field("НОМЕР ККТ В МАГАЗИНЕ", default=1, least=1, most=99),
            2: Field("АВТОМАТИЧЕСКОЕ ОБНУЛЕНИЕ НАЛИЧНОСТИ", most=1),
            6: Field("ОТКРЫВАНИЕ ДЕНЕЖНОГО ЯЩИКА", most=1, default=1),
            7: Field("ОТРЕЗКА ЧЕКА", most=2, default=1),
            14: Field("НАЧИСЛЕНИЕ НАЛОГОВ", most=1, edit="closed"),
            20: Field("ПЕЧАТЬ ЧЕКА ПО ЗАКРЫТИЮ", most=1, default=lambda register, row: int(register.settings.print_at_close)),
            23: Field("ЗАПРЕТ НУЛЕВОГО ЧЕКА", most=1, default=1),
            30: Field("ТИП СУТОЧНОГО ОТЧЕТА", most=1),
        },
        count=40,
    ),
    2: Table(
        "ПАРОЛИ КАССИРОВ И АДМИНИСТРАТОРОВ",
        {
            1: Field("ПАРОЛЬ", width=4, most=99_999_999, default=lambda register, row: row),
            2: _text("РЕКВИЗИТЫ КАССИРОВ", 64, _operator),
        },
        rows=30,
    ),
    3: Table("ТАБЛИЦА ПЕРЕВОДА ВРЕМЕНИ", {1: Field("ПЕРЕВОД ВРЕМЕНИ", most=1)}),
    4: Table("ТЕКСТ В ЧЕКЕ", {1: _text("ТЕКСТ", 48, _cliche)}, rows=14),
    5: Table("НАИМЕНОВАНИЯ ТИПОВ ОПЛАТЫ", {1: _text("НАИМЕНОВАНИЕ ТИПА ОПЛАТЫ", 24, _payment)}, rows=16),
    6: Table(
        "НАЛОГОВЫЕ СТАВКИ",
        {
            1: Field("ВЕЛИЧИНА НАЛОГА", width=2, most=10_000, default=_rate, edit="closed"),
            2: _text("НАЗВАНИЕ НАЛОГА", 64, _rate_name, edit="closed"),
        },
        rows=12,
    ),
    7: Table("НАИМЕНОВАНИЕ ОТДЕЛОВ", {1: _text("НАИМЕНОВАНИЕ ОТДЕЛА", 48, lambda register, row: f"ОТДЕЛ {row}")}, rows=16),
    8: Table("НАСТРОЙКА ШРИФТОВ", {1: Field("НОМЕР ШРИФТА", least=1, most=8, default=1)}, rows=26),
    9: Table("ТАБЛИЦА ФОРМАТА ЧЕКА", {1: Field("НОМЕР СТРОКИ")}, rows=40),
    10: Table("СЛУЖЕБНАЯ", {29: Field("ФОРМАТ ФД", default=_format("10"), edit="never")}, count=50),
    11: Table("ЗАРЕЗЕРВИРОВАНО", {1: Field("ПОЛЕ 1")}),
    12: Table("ВЕБ-ССЫЛКА", {1: Field("ПОЛЕ 1")}),
    13: Table("ФОРМАТ ЧЕКА 2", {1: Field("ПОЛЕ 1")}),
    14: Table("СДАЧА", {1: Field("ПОЛЕ 1")}),
    15: Table("ЗАГРУЗКА", {1: Field("ПОЛЕ 1")}),
    16: Table(
        "СЕТЕВОЙ АДРЕС",
        {
            1: _text("IP АДРЕС", 15, "192.168.137.111"),
            2: _text("МАСКА", 15, "255.255.255.0"),
            3: _text("ШЛЮЗ", 15, "192.168.137.1"),
        },
    ),
    17: Table(
        "РЕГИОНАЛЬНЫЕ НАСТРОЙКИ",
        {
            7: Field("НЕ ПЕЧАТАТЬ ДОКУМЕНТ", most=2),
            17: Field("ФОРМАТ ФД", default=_format("17"), edit="never"),
            71: Field(
                "ЗАМЕНА СТАВКИ НДС 20% НА 22%", most=2, default=lambda register, row: 1 if register.settings.substitute_22 else 2
            ),
        },
        count=80,
    ),
    18: Table(
        "ФИСКАЛЬНЫЙ НАКОПИТЕЛЬ",
        {
            1: _text("ЗАВОДСКОЙ НОМЕР ККТ", 16, lambda register, row: f"{register.settings.serial:016d}", edit="never"),
            2: _text("ИНН", 12, _registered("inn"), edit="never"),
            3: _text("РНМ", 20, _registered("rnm"), edit="never"),
            4: _text("НОМЕР ФН", 16, lambda register, row: register.memory.fn.serial, edit="never"),
            5: Field("СИСТЕМА НАЛОГООБЛОЖЕНИЯ", most=63, default=lambda register, row: register.tax_systems, edit="never"),
            6: Field("РЕЖИМ РАБОТЫ", edit="never"),
            7: _text("ПОЛЬЗОВАТЕЛЬ", 128, _setting("owner"), edit="closed"),
            8: _text("ОПЕРАТОР", 64),
            9: _text("АДРЕС РАСЧЕТОВ", 128, _setting("address"), edit="closed"),
            10: _text("НАИМЕНОВАНИЕ ОФД", 64, storage.OFD_NAME),
            11: _text("САЙТ ОФД", 64),
            12: _text("ИНН ОФД", 12, storage.OFD_INN),
            13: _text("САЙТ ФНС", 64, "nalog.gov.ru"),
            14: _text("МЕСТО РАСЧЕТОВ", 128, _setting("place"), edit="closed"),
            15: _text("E-MAIL ОТПРАВИТЕЛЯ", 64),
            23: _text("ИНН КАССИРА", 12),
        },
        count=25,
    ),
    19: Table("ПАРАМЕТРЫ ОФД", {1: _text("СЕРВЕР", 64, "k-server.ofd"), 2: Field("ПОРТ", width=2, default=7777)}),
    20: Table(
        "СТАТУС ОБМЕНА",
        {1: Field("КОЛИЧЕСТВО СООБЩЕНИЙ", width=4, default=lambda register, row: len(register.memory.fn.queue), edit="never")},
    ),
    21: Table(
        "СЕТЕВЫЕ ИНТЕРФЕЙСЫ",
        {
            1: Field("РЕЖИМ PPP", most=2),
            2: Field("ОБМЕН С ОФД СРЕДСТВАМИ ККТ", most=1, default=1),
            3: Field("СЕРВЕР TCP", most=1, default=1),
            4: Field("ПОРТ TCP", width=2, default=7778),
        },
        count=9,
    ),
    22: Table("СЕТЕВОЙ АДРЕС WI-FI", {1: _text("IP АДРЕС", 15, "0.0.0.0")}),
    23: Table("УДАЛЕННЫЙ МОНИТОРИНГ И АДМИНИСТРИРОВАНИЕ", {1: Field("РАБОТАТЬ С СКОК", most=1)}),
    24: Table("ВСТРАИВАЕМАЯ И ИНТЕРНЕТ ТЕХНИКА", {1: _text("НОМЕР АВТОМАТА", 20)}),
}


@dataclass(slots=True)
class Tables:
    """The tables of one register: what was written, else what stands there from the beginning."""

    register: Register
    tables: Mapping[int, Table] = field(default_factory=lambda: TABLES)

    def table(self, number: int) -> Table:
        found = self.tables.get(number)
        if found is None:
            raise Refusal(NO_TABLE)
        return found

    def value(self, table: int, row: int, number: int) -> int | str:
        found = self.table(table)
        if not 1 <= row <= found.rows:
            raise Refusal(PARAMETERS)
        column = found.field(number)
        written = self.register.memory.tables.get(f"{table}.{row}.{number}")
        if written is None:
            return column.default(self.register, row) if callable(column.default) else column.default
        return int(written) if column.kind == "bin" else written

    def number(self, table: int, row: int, number: int) -> int:
        return int(self.value(table, row, number))

    def operator_name(self, operator: int) -> str:
        return str(self.value(2, operator, 2)) if 1 <= operator <= 30 else ""

    def write(self, table: int, row: int, number: int, data: bytes) -> None:
        column = self.table(table).field(number)
        self.value(table, row, number)
        if column.edit == "never" or (column.edit == "closed" and self.register.memory.fn.shift_open):
            raise Refusal(NOT_EDITABLE)
        if len(data) > column.width or (column.kind == "bin" and len(data) != column.width):
            raise Refusal(LENGTH)
        if column.kind == "bin":
            value = int.from_bytes(data, "little")
            if not column.least <= value <= column.limit:
                raise Refusal(PARAMETERS)
            text = str(value)
        else:
            text = text_of(data)
        self.register.memory.tables[f"{table}.{row}.{number}"] = text


def _information(register: Register, call: Call) -> bytes:
    table = register.tables.table(call.request.number())
    return padded(table.name, _NAME) + le(table.rows, 2) + bytes((table.columns,))


def _structure(register: Register, call: Call) -> bytes:
    column = register.tables.table(call.request.number()).field(call.request.number())
    answer = padded(column.name, _NAME) + bytes((column.kind == "char", column.width))
    if column.kind == "bin":
        answer += le(column.least, column.width) + le(column.limit, column.width)
    return answer


def _read(register: Register, call: Call) -> bytes:
    request = call.request
    table, row, number = request.number(), request.number(2), request.number()
    value = register.tables.value(table, row, number)
    width = register.tables.table(table).field(number).width
    return padded(value, width) if isinstance(value, str) else le(value, width)


def _write(register: Register, call: Call) -> bytes:
    request = call.request
    table, row, number = request.number(), request.number(2), request.number()
    register.tables.write(table, row, number, request.rest())
    return b""


def _initialise(register: Register, call: Call) -> bytes:
    """Everything that may be written stands there as in the beginning."""
    register.memory.tables.clear()
    return b""


def passwords(register: Register) -> Sequence[int]:
    return [register.tables.number(2, row, 1) for row in range(1, 31)]


COMMANDS = {
    0x1E: Command(_write, (10, 255), "sysadmin", "set"),
    0x1F: Command(_read, exactly(9), "sysadmin"),
    0x24: Command(_initialise, exactly(5), "sysadmin", "set", states.SHIFT_CLOSED, op=False),
    0x2D: Command(_information, exactly(6), "sysadmin"),
    0x2E: Command(_structure, exactly(7), "sysadmin"),
}
