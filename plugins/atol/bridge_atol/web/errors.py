"""Errors of the vendor's driver and of its server: number -> uniform code, words, fate of the task, remedy.

Follows protocol-specs/atol/web-requests.md, "Errors". Most numbers stand for one of the device's own (A13 of its protocol), so their
rows are those of `bridge_atol.errors`, and only those that the device does not have are here. What became of a document is asked of
the FN.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bridge.model import Fate, JobError
from bridge.plugin import CommandFate
from bridge_atol.errors import ERRORS, CommandError, Remedy
from bridge_atol.texts.ru import REMEDIES, TEXTS
from bridge_atol.web.messages import Said

_R, _U = CommandError, CommandFate.UNKNOWN

NO_DEVICE = frozenset((1, 2, 3, 4, 241))
"""The server has no connection to the device."""

INTERRUPTED, CANCELED, NOT_LET_IN, SERVER = 502, 503, 504, 505

# Number of the driver -> number of the device; where several are one to the driver, the first of them.
# fmt: off
DEVICE_CODES: Mapping[int, int] = MappingProxyType({
    5: 0x46, 6: 0xEE, 11: 0x6C, 12: 0x66, 16: 0x08, 17: 0x0A, 18: 0x0B, 19: 0x0C, 20: 0x0D, 21: 0x0E, 22: 0x0F, 23: 0x10,
    24: 0x11, 25: 0x12, 26: 0x13, 27: 0x14, 28: 0x15, 29: 0x16, 30: 0x18, 31: 0x19, 32: 0x1A, 33: 0x1B, 34: 0x1E, 35: 0x1F,
    36: 0x20, 37: 0x21, 38: 0x3D, 39: 0x3E, 40: 0x3F, 41: 0x40, 42: 0x41, 43: 0x42, 44: 0x67, 46: 0x68, 47: 0x69, 48: 0x6A,
    49: 0x6D, 50: 0x6E, 51: 0x6F, 52: 0x71, 53: 0x73, 54: 0x75, 55: 0x76, 56: 0x77, 57: 0x7B, 58: 0x7C, 59: 0x7D, 60: 0x7E,
    61: 0x7F, 62: 0x80, 63: 0x81, 64: 0x82, 65: 0x84, 66: 0x72, 67: 0x87, 68: 0x88, 69: 0x89, 70: 0x8A, 71: 0x8C, 72: 0x8E,
    73: 0x8F, 74: 0x91, 75: 0x92, 76: 0x93, 77: 0x94, 78: 0x96, 79: 0x97, 80: 0x98, 81: 0x9A, 82: 0x9B, 83: 0x9C, 84: 0x9E,
    85: 0x9F, 86: 0xA2, 87: 0xA5, 88: 0xA6, 89: 0xA8, 90: 0xA9, 91: 0xAA, 92: 0xAB, 93: 0xAC, 94: 0xAE, 95: 0xB0, 96: 0xB1,
    97: 0xB2, 98: 0xB3, 99: 0xB4, 100: 0xB5, 101: 0xB6, 102: 0xB7, 103: 0xB8, 104: 0xBA, 105: 0xBE, 106: 0xBF, 107: 0xC8,
    108: 0xC9, 109: 0xCA, 110: 0xCB, 111: 0xCC, 112: 0xCD, 113: 0xD0, 114: 0xD1, 115: 0xD2, 116: 0xD3, 117: 0xD4, 118: 0xD5,
    119: 0xD6, 120: 0xD7, 121: 0xD8, 122: 0xD9, 123: 0xDA, 124: 0xDB, 125: 0xDC, 126: 0xDD, 127: 0xDE, 128: 0xDF, 129: 0xE0,
    130: 0xE1, 131: 0xE4, 132: 0xE6, 133: 0xE7, 134: 0xE8, 135: 0xE9, 136: 0xEA, 137: 0xEB, 138: 0xEC, 139: 0xED, 140: 0xEF,
    141: 0xF0, 142: 0xF1, 147: 0xF5,
})

OWN: Mapping[int, CommandError] = MappingProxyType({
    1: _R("device.offline", "the server has no connection to the device", Remedy.NONE, _U),
    2: _R("device.offline", "the device does not answer the server", Remedy.NONE, _U),
    3: _R("device.offline", "the port of the device is used by another program", Remedy.NONE, _U),
    4: _R("device.offline", "the port of the device is not there", Remedy.NONE, _U),
    8: _R("request.invalid", "something is missing that the device must be told", Remedy.FIELDS),
    45: _R("device.cover_open", "the cover is open", Remedy.PAPER, _U),
    143: _R("request.invalid", "the device is not registered for this taxation system", Remedy.FIELDS),
    161: _R("request.invalid", "a requisite is missing that must be there", Remedy.FIELDS),
    177: _R("device.fault", "closing the receipt was interrupted", Remedy.RESTART, _U),
    203: _R("request.conflict", "the document must be cancelled first", Remedy.STATE),
    219: _R("request.invalid", "these rates of VAT cannot stand in one receipt", Remedy.FIELDS),
    227: _R("request.invalid", "the total is wrong", Remedy.AMOUNT),
    228: _R("request.invalid", "a marking code and a product code exclude each other", Remedy.FIELDS),
    241: _R("device.offline", "the server lost its connection to the device", Remedy.NONE, _U),
    401: _R("device.busy", "another marking code is being checked", Remedy.WAIT),
    402: _R("device.rejected", "the marking system is not reached", Remedy.WAIT),
    408: _R("device.rejected", "the device keeps no more marking codes", Remedy.STATE),
    411: _R("device.rejected", "the marking system is not reached", Remedy.WAIT),
    413: _R("request.unsupported", "the device's format has no checks of marking codes", Remedy.FIELDS),
    421: _R("device.rejected", "the marking system did not answer in time", Remedy.WAIT),
    422: _R("request.invalid", "the marking code was not checked before", Remedy.FIELDS),
    501: _R("request.invalid", "the server does not understand the task", Remedy.DEFECT),
    502: _R("device.rejected", "it was not begun, because of an error before it", Remedy.WAIT),
    503: _R("request.aborted", "it was taken back before it was begun"),
    504: _R("device.rejected", "user or password is wrong", Remedy.PASSWORD),
    505: _R("device.rejected", "the server refused the request"),
})

RUSSIAN: Mapping[int, str] = MappingProxyType({
    1: "у сервера нет соединения с кассой",
    2: "касса не отвечает серверу",
    3: "порт кассы занят другой программой",
    4: "порт кассы недоступен",
    8: "не задан обязательный параметр",
    45: "открыта крышка",
    143: "касса не зарегистрирована с этой системой налогообложения",
    161: "не задан обязательный реквизит",
    177: "закрытие чека прервано",
    203: "сначала нужно отменить документ",
    219: "эти ставки НДС нельзя объединять в одном чеке",
    227: "неверный итог чека",
    228: "код маркировки и код товара исключают друг друга",
    241: "сервер потерял соединение с кассой",
    401: "проверяется другой код маркировки",
    402: "нет связи с системой маркировки",
    408: "касса больше не может хранить кодов маркировки",
    411: "нет связи с системой маркировки",
    413: "в формате кассы нет проверки кодов маркировки",
    421: "система маркировки не ответила вовремя",
    422: "код маркировки не был проверен",
    501: "сервер не понимает задание",
    502: "выполнение прервано из-за предыдущей ошибки",
    503: "задание отменено до начала выполнения",
    504: "неверное имя пользователя или пароль",
    505: "сервер отказал в запросе",
})
# fmt: on

_MARKING = range(401, 441)
_OF_MARKING = _R("device.rejected", "the marking code is refused", Remedy.FIELDS)


def lookup(number: int) -> CommandError:
    """A number that is not known has fate UNKNOWN: asking the FN costs a second, a wrong "not executed" could cost a second receipt."""
    if number in OWN:
        return OWN[number]
    if number in DEVICE_CODES:
        return ERRORS[DEVICE_CODES[number]]
    if number in _MARKING:
        return _OF_MARKING
    return _R("device.rejected", f"the vendor's driver tells error {number}, which is not known here", Remedy.NONE, _U)


def job_error(said: Said | None, field: str | None = None) -> JobError:
    """For the till, with fate `not_issued`: whoever raises it has made sure of that. The driver's own words go with it."""
    said = said or Said(0, "")
    row = lookup(said.code)
    text = RUSSIAN.get(said.code) or TEXTS.get(DEVICE_CODES.get(said.code, -1)) or said.text.rstrip(".") or f"ошибка {said.code}"
    return JobError.of(
        row.code,
        f"The device refused: {row.text}.",
        fate=Fate.NOT_ISSUED,
        remedy=row.remedy or None,
        device_code=str(said.code),
        device_text=said.text or row.text,
        field=field,
        texts={"ru": (f"Касса отказалась: {text}.", REMEDIES[row.remedy])},
    )


def surely_not_executed(said: Said | None) -> bool:
    return said is not None and lookup(said.code).fate is CommandFate.NOT_EXECUTED
