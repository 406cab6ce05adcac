"""Questions to the register, and the forms in which the driver tells what it heard. Source: protocol-specs/atol, json-tasks.md, "Results"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from bridge_ffd.tags import Kind, Tag, find_tag
from bridge_ffd.tlv import Tlv, decode

from bridge_sim_atol.web.driver import Device, DriverError, digits
from bridge_sim_atol.web.words import DOCUMENT_TYPES, FORMATS, PHASES, WARNINGS

Task = Mapping[str, Any]

_STATES = ("closed", "opened", "expired")
_TYPES = {"sell": 1, "sellReturn": 2, "buy": 4, "buyReturn": 5}
_PAID = {"cash": 1, "electronically": 2, "prepaid": 3, "credit": 4, "other": 5}
_REGISTERED, _SHIFT_OPEN, _DRAWER_CLOSED, _PAPER, _COVER_OPEN, _ACTIVE = 0x01, 0x02, 0x04, 0x08, 0x20, 0x40
_RECEIPTS = (3, 4, 31, 41)
_NO_MORE = 0xDA


# --- the register's facts


async def _storage(device: Device) -> tuple[int, int, str, int]:
    """Phase, warnings, number of the FN, number of its last document."""
    answer = await device.ask("A430")
    return answer[0], answer[4], answer[10:26].decode("ascii").strip(), int.from_bytes(answer[26:30], "little")


async def drawer_sum(device: Device) -> Decimal:
    return _roubles(await device.register(0x0A))


async def _shift(device: Device) -> tuple[int, int, datetime | None]:
    """Number, state, end of its 24 hours."""
    closed = digits((await device.register(0x15))[:2])
    told = await device.register(0x12, 0, 1)
    return closed + (told[0] != 0), told[0], _moment(device, told[1:7]) if told[0] else None


async def _found(device: Device, number: int) -> bytes:
    return await device.ask(b"\xa4\x40" + number.to_bytes(4, "little"))


async def fiscal_params(device: Device, *, printed: bool, closing: bool = False) -> dict[str, Any]:
    """Of the document that was just made."""
    *_, last = await _storage(device)
    params = await _params(device, last)
    if closing:
        params["receiptsCount"] = digits((await device.register(0x35))[:3])
    return {"fiscalParams": params, "warnings": {} if printed else {"notPrinted": True}}


async def _params(device: Device, number: int) -> dict[str, Any]:
    _, _, fn, _ = await _storage(device)
    found = await _found(device, number)
    shift, *_ = await _shift(device)
    params: dict[str, Any] = {
        "fiscalDocumentDateTime": _iso(_fn_moment(device, found[2:7])),
        "fiscalDocumentNumber": number,
        "fiscalDocumentSign": str(int.from_bytes(found[11:15], "little")),
        "fnNumber": fn,
        "fnsUrl": await _attribute(device, Tag.FNS_SITE),
        "registrationNumber": await _attribute(device, Tag.REGISTRATION_NUMBER),
        "shiftNumber": shift,
    }
    if found[0] in _RECEIPTS:
        params["fiscalReceiptNumber"] = digits((await device.register(0x35))[:3])
        params["total"] = Decimal(int.from_bytes(found[16:21], "big")) / 100
    return params


async def _attribute(device: Device, tag: Tag) -> str:
    try:
        told = await device.ask(b"\xe9" + int(tag).to_bytes(2, "little") + b"\0")
    except DriverError:
        return ""
    (found,) = decode(told[1:], strict=False)
    return str(found.value).strip()


# --- tasks


async def _device_info(device: Device, task: Task) -> dict[str, Any]:
    kind, full = await device.ask("A5"), await device.ask("3F")
    width = await device.register(0x18)
    try:
        formats = await device.register(0x36)
    except DriverError:
        formats = bytes((2, 2, 2))
    return {
        "deviceInfo": {
            "model": kind[3],
            "modelName": kind[11:].decode("cp866"),
            "serial": (await device.register(0x16)).hex(),
            "firmwareVersion": full[15:17].decode("ascii"),
            "configurationVersion": "1.2.4015",
            "receiptLineLength": int(width[:1].hex()),
            "receiptLineLengthPix": int(width[1:3].hex()),
            "ffdVersion": FORMATS[formats[2]],
            "fnFfdVersion": FORMATS[formats[1]],
        }
    }


async def _device_status(device: Device, task: Task) -> dict[str, Any]:
    full = await device.ask("3F")
    flags = full[9]
    _, state, _ = await _shift(device)
    phase, *_ = await _storage(device)
    at = _at(device, *(int(full[index : index + 1].hex()) for index in range(3, 9)))
    return {
        "deviceStatus": {
            "currentDateTime": _iso(at),
            "shift": _STATES[state],
            "blocked": False,
            "coverOpened": bool(flags & _COVER_OPEN),
            "paperPresent": bool(flags & _PAPER),
            "fiscal": bool(flags & _REGISTERED),
            "fnFiscal": phase == 3,
            "fnPresent": bool(flags & _ACTIVE),
            "cashDrawerOpened": not flags & _DRAWER_CLOSED,
        }
    }


async def _shift_status(device: Device, task: Task) -> dict[str, Any]:
    number, state, ends = await _shift(device)
    count = digits((await device.register(0x3A))[5:10])
    told = {"number": number, "state": _STATES[state], "documentsCount": count}
    return {"shiftStatus": told | {"expiredTime": _iso(ends)}}


async def _fn_info(device: Device, task: Task) -> dict[str, Any]:
    phase, warnings, serial, _ = await _storage(device)
    ends = await device.ask("A432")
    done = await device.register(0x1A)
    formats = await device.register(0x36)
    version = await device.ask("A433")
    return {
        "fnInfo": {
            "serial": serial,
            "version": version[:16].decode("ascii").strip(),
            "execution": "",
            "numberOfRegistrations": int(done[:1].hex()),
            "registrationsRemaining": int(done[1:2].hex()),
            "validityDate": _iso(_at(device, *ends[:3])),
            "ffdVersion": FORMATS[formats[2]],
            "fnFfdVersion": FORMATS[formats[1]],
            "livePhase": PHASES.get(phase, "unknown"),
            "warnings": {name: bool(warnings & bit) for name, bit in WARNINGS.items()},
        }
    }


async def _fn_status(device: Device, task: Task) -> dict[str, Any]:
    _, warnings, _, last = await _storage(device)
    return {
        "fnStatus": {
            "fiscalDocumentNumber": last,
            "fiscalReceiptNumber": digits((await device.register(0x35))[:3]),
            "warnings": {name: bool(warnings & bit) for name, bit in WARNINGS.items()},
        }
    }


async def _drawer_status(device: Device, task: Task) -> dict[str, Any]:
    full = await device.ask("3F")
    opened = not full[9] & _DRAWER_CLOSED
    return {"cashDrawerStatus": {"cashDrawerOpened": opened}, "counters": {"cashSum": await drawer_sum(device)}}


async def _ofd(device: Device, task: Task) -> dict[str, Any]:
    told, errors = await device.ask("A420"), await device.register(0x2B)
    waiting = int.from_bytes(told[2:4], "little")
    first = _fn_moment(device, told[8:13]) if waiting else None
    no_error = {"code": 0, "description": "Ошибок нет"}
    return {
        "status": {
            "notSentCount": waiting,
            "notSentFirstDocNumber": int.from_bytes(told[4:8], "little"),
            "notSentFirstDocDateTime": _iso(first),
        },
        "errors": {
            "network": {"code": errors[0], "description": ""} if errors[0] else no_error,
            "ofd": no_error,
            "fn": no_error,
            "documentNumber": digits(errors[3:8]),
            "fnCommandCode": errors[8],
        },
    }


async def _last_params(device: Device, task: Task) -> dict[str, Any]:
    """The same as a result, without its wrapping."""
    if task.get("forReceipt"):
        return await _params(device, digits((await device.register(0x33))[:5]))
    *_, last = await _storage(device)
    return await _params(device, last)


async def _document(device: Device, task: Task) -> dict[str, Any]:
    """A document of the FN's archive, its requisites by the number of their tag."""
    number = int(task["fiscalDocumentNumber"])
    found = await _found(device, number)
    _, _, fn, _ = await _storage(device)
    await device.ask(b"\xa4\x45" + number.to_bytes(4, "little"))
    data = b""
    while block := await device.ask("A446", passes=frozenset((_NO_MORE,))):
        data += block
    made: dict[str, Any] = {str(tag.tag): _shown(tag) for tag in decode(data, strict=False)}
    made |= {"fiscalDocumentType": DOCUMENT_TYPES.get(found[0], "unknown"), "short": False, "1040": number}
    if found[0] in _RECEIPTS:
        at = _fn_moment(device, found[2:7])
        total = Decimal(int.from_bytes(found[16:21], "big")) / 100
        sign = int.from_bytes(found[11:15], "little")
        made["qr"] = f"t={at:%Y%m%dT%H%M}&s={total:.2f}&fn={fn}&i={number}&fp={sign}&n={found[15]}"
    return {"documentTLV": made}


def _shown(tag: Tlv) -> Any:
    known = find_tag(tag.tag)
    if isinstance(tag.value, tuple):
        return {str(child.tag): _shown(child) for child in tag.value}
    if isinstance(tag.value, bytes):
        return tag.value.hex()
    if isinstance(tag.value, datetime):
        return tag.value.isoformat()
    if known is not None and known.kind is Kind.MONEY and isinstance(tag.value, int):
        return Decimal(tag.value) / 100
    return tag.value


async def _totals(device: Device, task: Task) -> dict[str, Any]:
    receipts: dict[str, Any] = {}
    for name, kind in _TYPES.items():
        paid = {word: _roubles(await device.register(0x03, kind, number)) for word, number in _PAID.items()}
        receipts[name] = {"sum": _roubles(await device.register(0x01, kind)), "payments": paid}
    shift, _, _ = await _shift(device)
    return {
        "shiftTotals": {
            "shiftNumber": shift,
            "cashDrawer": {"sum": await drawer_sum(device)},
            "income": {"count": digits(await device.register(0x08)), "sum": _roubles(await device.register(0x04))},
            "outcome": {"count": digits(await device.register(0x09)), "sum": _roubles(await device.register(0x05))},
            "receipts": receipts,
        }
    }


TASKS = {
    "getDeviceInfo": _device_info,
    "getDeviceStatus": _device_status,
    "getShiftStatus": _shift_status,
    "getFnInfo": _fn_info,
    "getFnStatus": _fn_status,
    "getCashDrawerStatus": _drawer_status,
    "ofdExchangeStatus": _ofd,
    "getLastFiscalParams": _last_params,
    "getFnDocument": _document,
    "getShiftTotals": _totals,
}


# --- forms


def _roubles(packed: bytes) -> Decimal:
    return Decimal(digits(packed)) / 100


def _at(device: Device, year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """Years have two digits everywhere."""
    return datetime(2000 + year, month, day, hour, minute, second, tzinfo=device.zone)


def _fn_moment(device: Device, data: bytes) -> datetime:
    """YY MM DD HH MI, binary."""
    return _at(device, *data[:5])


def _moment(device: Device, data: bytes) -> datetime:
    """DD MM YY HH MM SS, packed digits."""
    day, month, year, *time = (int(data[index : index + 1].hex()) for index in range(6))
    return _at(device, year, month, day, *time)


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment is not None else "1970-01-01T00:00:00+00:00"
