"""What the device is, can do, and how it is: identity, capabilities, live status. All of it only reads.

Follows protocol-specs/atol, "Status", "Registers" and "The FN".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from bridge_ffd import health
from bridge_ffd.clock import clock_problems
from bridge_ffd.extras import NAMESPACE
from bridge_ffd.fn import FnLife, Phase
from bridge_ffd.register import CURRENCY
from bridge_ffd.versions import FfdVersion

from bridge.model import Capabilities, DeviceStatus, Identity, LineKind, PaymentKind, ReceiptKind
from bridge_atol import commands
from bridge_atol.answers import StateFlags, StatusFlags, exchange_status, roubles, storage_life, values_of
from bridge_atol.circumstances import version_of
from bridge_atol.condition import trouble
from bridge_atol.exchange import Exchange
from bridge_atol.facts import CASH_IN_DRAWER, SHIFT, FactReader, ShiftState
from bridge_atol.printout import ITEMS, QR_SIZES
from bridge_atol.refusals import Refused
from bridge_atol.settings import ARITHMETIC, AtolSettings
from bridge_atol.vocabulary import CODE, NAME

OPERATIONS = frozenset(
    (
        "receipt", "shift.open", "shift.close", "report.x", "cash.in", "cash.out", "copy", "print", "drawer.open",
        "display.show", "clock.set", "document.continue", "raw",
    )
)  # fmt: skip
_SALES = (ReceiptKind.SALE, ReceiptKind.REFUND, ReceiptKind.PURCHASE, ReceiptKind.PURCHASE_REFUND)
_SHIFTS: dict[int, Literal["closed", "open", "expired"]] = {
    ShiftState.CLOSED: "closed",
    ShiftState.OPEN: "open",
    ShiftState.EXPIRED: "expired",
}
_SERIAL, _FORMAT, _EXCHANGE_ERRORS = 0x16, 0x36, 0x2B


@dataclass(frozen=True, slots=True)
class Model:
    """What does not change while a link lives."""

    version: FfdVersion


async def identify(reader: FactReader) -> Identity:
    """The number of the FN is not in it: an FN is replaced every few years, and the device stays the same."""
    command = commands.device_type()
    kind = values_of(command.shape, await reader.ask(command))
    full = await reader.full_status()
    serial = commands.register(_SERIAL)
    answer = await reader.ask_if_known(serial)
    digits = values_of(serial.shape, answer)["serial"] if answer is not None else full.serial
    return Identity(
        model=kind["name"].strip() or f"model {kind['model']}",
        serial=digits.lstrip("0") or None,
        fiscal_number=None,
        firmware=f"{full.version} build {kind['build']}",
        protocol=reader.transport,
    )


async def read_model(reader: FactReader, settings: AtolSettings) -> Model:
    """The version of the format that the device works in, unless the settings name one."""
    command = commands.register(_FORMAT)
    answer = await reader.ask_if_known(command) if settings.ffd == "auto" else None
    number = values_of(command.shape, answer)["current"] if answer is not None else 0
    return Model(FfdVersion(number) if number in list(FfdVersion) and number > FfdVersion.V1_0 else version_of(settings))


def capabilities(model: Model, settings: AtolSettings) -> Capabilities:
    kinds = {kind.value for kind in (*_SALES, ReceiptKind.CORRECTION)}
    return Capabilities(
        operations=OPERATIONS,
        receipt_kinds=frozenset(kinds),
        line_kinds=frozenset((LineKind.ITEM.value, LineKind.ADVANCE.value)),
        payment_kinds=frozenset(kind.value for kind in PaymentKind),
        currencies=(CURRENCY,),
        limits={
            "line.name": NAME,
            "tag": settings.tag_room,
            "ffd.version": int(model.version),
            "display.line": settings.display_columns,
            "display.lines": settings.display_lines,
            "print.qr": CODE,
            "print.qr.size": QR_SIZES[-1],
        },
        max_amount=Decimal(commands.MAX_KOPECKS).scaleb(-2),
        arithmetic=ARITHMETIC,
        shift="explicit",
        status_during_job="between_commands",
        abort_via="same_link",
        code_page="cp866",
        extras=(NAMESPACE,),
        delivery=frozenset(("paper", "email", "sms")),
        copies=frozenset(("last", "document", "data")),
        print_items=ITEMS,
    )


async def read_status(exchange: Exchange, reader: FactReader, model: Model, now: datetime) -> DeviceStatus:
    state = await exchange.state()
    full = await reader.full_status()
    storage = await reader.storage()
    shift = (await reader.register(SHIFT, 0, 1))["state"]
    waits = trouble(state)
    attention = waits.text if waits is not None and not waits.working else None
    problems = [attention] if attention is not None else []
    if shift == ShiftState.EXPIRED:
        problems.append(health.SHIFT_EXPIRED)
    problems += storage.problems
    if storage.phase != Phase.FISCAL:
        problems.append(health.NOT_IN_USE)
    details: dict[str, Any] = {
        "mode": state.mode,
        "submode": state.submode,
        "fn": storage.fn_number,
        "fn_phase": int(storage.phase),
        "ffd": model.version.text,
    }
    clock = reader.moment(full.at)
    problems += clock_problems(clock, now)
    today = full.at.date() if full.at is not None else now.date()
    life = await _life(reader, today, problems, details)
    await _exchange(reader, full.at, problems, details)
    await _drawer(reader, details)
    return DeviceStatus(
        as_of=now,
        paper="out" if StateFlags.NO_PAPER in state.flags and StatusFlags.COVER_OPEN not in full.flags else "ok",
        cover="open" if StatusFlags.COVER_OPEN in full.flags else "closed",
        shift=_SHIFTS.get(shift),
        clock=clock,
        fiscal_mode=storage.phase == Phase.FISCAL,
        fiscal_memory=storage.memory(life, today).value,
        last_document=str(storage.last_document),
        busy=full.receipt != 0 or (waits is not None and waits.working),
        attention=attention,
        problems=tuple(dict.fromkeys(problems)),
        details=details,
    )


async def _drawer(reader: FactReader, details: dict[str, Any]) -> None:
    """What the device counts into the drawer. Whether the drawer is open is not told: two sources read its bit in opposite ways [A9]."""
    command = commands.register(CASH_IN_DRAWER)
    answer = await reader.ask_if_known(command)
    if answer is not None:
        details["cash_in_drawer"] = f"{roubles(values_of(command.shape, answer)['sum']):f}"


async def _life(reader: FactReader, today: date, problems: list[str], details: dict[str, Any]) -> FnLife | None:
    command = commands.storage_life()
    answer = await reader.ask_if_known(command)
    if answer is None:
        return None
    life = storage_life(command.shape, answer)
    health.tell_life(life, today, problems, details)
    return life


async def _exchange(reader: FactReader, local: datetime | None, problems: list[str], details: dict[str, Any]) -> None:
    """What the OFD has not got yet. A device that is registered to work without one refuses the question."""
    command = commands.exchange_status()
    try:
        answer = await reader.ask_if_known(command)
    except Refused:
        answer = None
    if answer is None:
        return
    state = exchange_status(command.shape, answer)
    health.tell_waiting(state, local, problems, details)
    if state.waiting:
        await _exchange_errors(reader, details)


async def _exchange_errors(reader: FactReader, details: dict[str, Any]) -> None:
    """Why documents do not go out: numbers of the network, the operator and the FN, 0 for none. Their meaning is the vendor's."""
    command = commands.register(_EXCHANGE_ERRORS)
    answer = await reader.ask_if_known(command)
    if answer is not None:
        values = values_of(command.shape, answer)
        details["ofd_errors"] = {name: values[name] for name in ("network", "operator", "storage")}
