"""Receipts and corrections as commands. Source: protocol-specs/atol, "Receipts"; the flows of the vectors are these commands."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bridge_ffd.tags import Tag

from bridge_sim_atol.web.driver import Device, DriverError, packed
from bridge_sim_atol.web.driver_errors import PARSE, WRONG_TOTAL
from bridge_sim_atol.web.questions import fiscal_params
from bridge_sim_atol.web.requisites import kopecks, of_correction, of_document, of_item, scaled
from bridge_sim_atol.web.slips import printed_item
from bridge_sim_atol.web.words import METHODS, OBJECTS, PAYMENTS, RECEIPTS, UNITS, VAT, number_of

_ELECTRONIC = 0x04
_PIECES, _USUAL = 0x10, 0x0A
_MODERN = 4  # FFD 1.2 in register 36h
_KOPECK = Decimal("0.01")
_SIMPLE = 2  # FFD 1.05
_GS1 = re.compile(rb"01([0-9]{14})21([^\x1d]{1,20})")


async def receipt(device: Device, task: Mapping[str, Any]) -> dict[str, Any]:
    """Raises DriverError; what was opened is cancelled then."""
    kind = RECEIPTS[task["type"]]
    positions = [item for item in task["items"] if item.get("type", "position") == "position"]
    version = (await device.register(0x36))[2]
    modern, correction = version >= _MODERN, kind > 5
    _check(task, positions, modern=modern)
    await device.begin(task)
    try:
        await device.ask(bytes((0x92, _ELECTRONIC if task.get("electronically") else 0, kind)))
        if correction:
            for tag, value in of_correction(task):
                await device.tag(tag, value)
        for tag, value in of_document(task, modern=modern):
            await device.tag(tag, value)
        if correction and version <= _SIMPLE:
            await _collapsed(device, positions)
        else:
            for item in task["items"]:
                if item.get("type", "position") == "position":
                    await _position(device, item, modern=modern)
                else:
                    await printed_item(device, item)
        await _round(device, task, positions)
        for payment in task["payments"]:
            await device.ask(bytes((0x99, 0, number_of(PAYMENTS, payment["type"]))) + packed(kopecks(payment["sum"]), 5))
    except (DriverError, KeyError, TypeError, ValueError, ArithmeticError):
        await _give_up(device)
        raise
    printed = await device.decide("4A00010000000000")
    return await fiscal_params(device, printed=printed)


async def _give_up(device: Device) -> None:
    try:
        await device.ask("59", passes=frozenset((0x9A,)))
    except DriverError:
        return


def _check(task: Mapping[str, Any], positions: list[Any], *, modern: bool) -> None:
    """What the driver finds wrong before it sends anything."""
    for number, item in enumerate(positions):
        _word(f"items[{number}].tax.type", VAT, item["tax"]["type"])
        for name, words in (
            ("paymentObject", OBJECTS),
            ("paymentMethod", METHODS),
            *([("measurementUnit", UNITS)] if modern else []),
        ):
            if item.get(name) is not None:
                _word(f"items[{number}].{name}", words, item[name])
    for number, payment in enumerate(task["payments"]):
        _word(f"payments[{number}].type", PAYMENTS, payment["type"])


def _word(field: str, words: Mapping[str, int], value: Any) -> None:
    try:
        number_of(words, value)
    except ValueError as error:
        raise DriverError(PARSE, f'Ошибка парсинга запроса (некорректное значение поля "{field}" ({value}))') from error


async def _position(device: Device, item: Mapping[str, Any], *, modern: bool) -> None:
    await device.ask("EA000100")
    for tag, value in of_item(item, modern=modern):
        await device.tag(tag, value)
    if item.get("imcParams"):
        await device.ask(b"\xef\x08\x00" + base64.b64decode(item["imcParams"]["imc"]))
    elif item.get("markingCode") or item.get("nomenclatureCode"):
        await device.tag(Tag.PRODUCT_CODE, _product_code(item))
    await device.ask(_finished(item))


def _finished(item: Mapping[str, Any]) -> bytes:
    """EB. Subject and method are packed digits."""
    computed = (Decimal(item["price"]) * Decimal(item["quantity"])).quantize(_KOPECK, ROUND_HALF_UP)
    total = kopecks(item["amount"] if item.get("amount") is not None else computed)
    flags = _USUAL | (_PIECES if item.get("piece") else 0)
    subject, method = item.get("paymentObject"), item.get("paymentMethod")
    return (
        bytes((0xEB, flags))
        + packed(kopecks(item["price"]), 7)
        + packed(scaled(item["quantity"], 3), 5)
        + packed(total, 7)
        + bytes((number_of(VAT, item["tax"]["type"]),))
        + packed(0, 7)
        + packed(int(item.get("department", 0)), 1)
        + packed(number_of(OBJECTS, subject) if subject else 0, 1)
        + packed(number_of(METHODS, method) if method else 0, 1)
        + b"\0"
        + packed(0, 7)
        + b"\0\0"
        + str(item["name"]).encode("cp866")
    )


async def _collapsed(device: Device, positions: list[Any]) -> None:
    """A correction of FFD 1.05 is one sum without items."""
    total = sum((Decimal(item["amount"]) for item in positions), Decimal(0))
    await device.ask(_finished({"name": "", "price": total, "quantity": 1, "amount": total, "tax": positions[0]["tax"]}))


def _product_code(item: Mapping[str, Any]) -> bytes:
    if item.get("nomenclatureCode"):
        told = item["nomenclatureCode"]
        gtin, serial = told["gtin"], told["serial"].encode().ljust(13)
    else:
        found = _GS1.match(base64.b64decode(item["markingCode"]["mark"]))
        if found is None:
            raise ValueError("the marking code is not recognised")
        gtin, serial = found[1].decode(), found[2]
    return b"\x44\x4d" + int(gtin).to_bytes(6, "big") + bytes(serial)


async def _round(device: Device, task: Mapping[str, Any], positions: list[Any]) -> None:
    """A total below the sum of the items: what is left over is a discount on the receipt."""
    if task.get("total") is None:
        return
    less = sum(kopecks(item["amount"]) for item in positions) - kopecks(task["total"])
    if less < 0:
        raise DriverError(WRONG_TOTAL)
    if less:
        await device.ask(b"\x43\x00\x00\x01\x00" + packed(less, 5))


TASKS = dict.fromkeys(RECEIPTS, receipt)
