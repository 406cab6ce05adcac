"""Shifts, reports, cash, printouts, the drawer as commands. Source: protocol-specs/atol, json-tasks.md; the flows of the vectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge_sim_atol.web.driver import Device, DriverError, packed
from bridge_sim_atol.web.driver_errors import NO_PAPER, UNSUPPORTED
from bridge_sim_atol.web.questions import fiscal_params
from bridge_sim_atol.web.requisites import kopecks

Task = Mapping[str, Any]

_REPORTS, _CLEARING = 2, 3
_NO_PAPER_FLAG = 0x01
_WIDE = b"\x09"


async def _open_shift(device: Device, task: Task) -> dict[str, Any]:
    await device.begin(task)
    return await fiscal_params(device, printed=await device.decide("9A00"))


async def _close_shift(device: Device, task: Task) -> dict[str, Any]:
    await device.begin(task)
    await device.enter(_CLEARING)
    printed = await device.decide("5A")
    await device.until_over()
    return await fiscal_params(device, printed=printed, closing=True)


async def _report_x(device: Device, task: Task) -> None:
    await device.begin(task)
    await device.enter(_REPORTS)
    await device.ask("6701")
    await device.until_over()


async def _report_ofd(device: Device, task: Task) -> dict[str, Any]:
    await device.begin(task)
    await device.enter(_REPORTS)
    return await fiscal_params(device, printed=await device.decide("6709"))


async def _cash_in(device: Device, task: Task) -> dict[str, Any]:
    return await _cash(device, task, 0x49)


async def _cash_out(device: Device, task: Task) -> dict[str, Any]:
    return await _cash(device, task, 0x4F)


async def _cash(device: Device, task: Task, code: int) -> dict[str, Any]:
    from bridge_sim_atol.web.questions import drawer_sum

    await device.begin(task)
    await device.ask(bytes((code, 0)) + packed(kopecks(task["cashSum"]), 5))
    return {"counters": {"cashSum": await drawer_sum(device)}}


async def _non_fiscal(device: Device, task: Task) -> None:
    await device.begin(task)
    for item in task["items"]:
        if not await printed_item(device, item):
            raise DriverError(UNSUPPORTED)
    if task.get("printFooter", True):
        await device.enter(_REPORTS)
        await device.ask("73")


async def printed_item(device: Device, item: Task) -> bool:
    """A text or a code, among others of their kind or between the positions of a receipt. False: it is neither."""
    match item.get("type"):
        case "text":
            width = int((await device.register(0x18))[:1].hex())
            await device.ask(b"\x4c" + _laid_out(item, width))
        case "barcode":
            await device.ask(_code(item))
        case _:
            return False
    return True


def _laid_out(item: Task, width: int) -> bytes:
    text = item.get("text", "")
    wide = bool(item.get("doubleWidth"))
    room = max(width - len(text) * (2 if wide else 1), 0)
    before = {"center": room // 2, "right": room}.get(item.get("alignment", "left"), 0)
    line: bytes = text.encode("cp866")
    return b" " * before + (b"".join(_WIDE + bytes((character,)) for character in line) if wide else line)


def _code(item: Task) -> bytes:
    """A QR code as the vectors have it. How the register is told of bars no source shows: their digits stand as text."""
    content: bytes = item["barcode"].encode("cp866")
    if item.get("barcodeType") == "QR":
        parameters = bytes((0, 2, item.get("scale", 5), 0, 0, 1, 1)).ljust(14, b"\0")
        return b"\xc1" + parameters + content.ljust(100, b"\0")
    kind: bytes = item["barcodeType"].encode("ascii")
    return b"\x4c[" + kind + b"] " + content


async def _drawer(device: Device, task: Task) -> None:
    await device.ask("80")


async def _copy(device: Device, task: Task) -> None:
    await device.enter(1)
    await device.ask("95")


async def _continue(device: Device, task: Task) -> None:
    """Sends nothing that changes the register: it prints what is left by itself, as soon as it can."""
    if (await device.ask("45"))[2] & _NO_PAPER_FLAG:
        raise DriverError(NO_PAPER)


TASKS = {
    "openShift": _open_shift,
    "closeShift": _close_shift,
    "reportX": _report_x,
    "reportOfdExchangeStatus": _report_ofd,
    "cashIn": _cash_in,
    "cashOut": _cash_out,
    "nonFiscal": _non_fiscal,
    "openCashDrawer": _drawer,
    "printLastReceiptCopy": _copy,
    "continuePrint": _continue,
}
