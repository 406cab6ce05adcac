"""What the printer is, can do, and how it is: identity, capabilities, live status. All of it only reads.

Follows protocol-specs/posnet/thermal.md, "Answers".
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from bridge.model import (
    Capabilities,
    DeviceStatus,
    Identity,
    LineKind,
    PaymentKind,
    ReceiptKind,
)
from bridge.transport import LinkTimeout
from bridge_posnet.settings import ARITHMETIC, PosnetSettings
from bridge_posnet.thermal import commands
from bridge_posnet.thermal.answers import BadAnswer, CashInfo, Version
from bridge_posnet.thermal.errors import Refused
from bridge_posnet.thermal.exchange import ASK_TIMES, Exchange
from bridge_posnet.thermal.facts import FactReader
from bridge_posnet.unsupported import CURRENCY

EFFECTS = frozenset(("drawer.open", "display.show", "raw"))
OPERATIONS = EFFECTS | {"receipt", "shift.close", "report.period", "cash.in", "cash.out"}

_DOCUMENTS_LEFT = 30  # daily reports that the fiscal memory still takes, below which somebody should know


async def wait_until_unblocked(exchange: Exchange) -> None:
    """Before the first question of a link: a printer that is off-line answers nothing but DLE."""
    seconds = exchange.timeouts.blocked
    while (trouble := await exchange.trouble()) is not None:
        if seconds <= 0:
            raise LinkTimeout(f"the printer answers nothing at present: {trouble.text}")
        seconds -= exchange.timeouts.poll
        await asyncio.sleep(exchange.timeouts.poll)


async def identify(exchange: Exchange) -> Identity:
    """`#v` and the unique number in `23#s`, which pins the printer.

    The type has no check byte, so it is believed when it comes twice. Raises Refused, BadAnswer.
    """
    seen: Version | None = None
    for _ in range(ASK_TIMES + 1):
        found = Version.from_sequence(await exchange.ask(commands.version()))
        if found == seen:
            break
        seen = found
    else:
        raise BadAnswer("#v: the printer tells another type each time")
    (answer,) = await exchange.read_row([commands.info(commands.CASH_INFO)])
    assert answer is not None
    info = CashInfo.from_sequence(answer)
    return Identity(model=found.model, fiscal_number=info.unique_number, firmware=found.firmware, protocol="thermal")


async def read_capabilities(reader: FactReader, settings: PosnetSettings) -> Capabilities:
    await reader.facts()
    return Capabilities(
        # Firmware that does not name the letters of its rates can only be asked for its totals.
        operations=OPERATIONS if reader.rates else EFFECTS,
        receipt_kinds=frozenset((ReceiptKind.SALE.value, ReceiptKind.REFUND.value)),
        line_kinds=frozenset((LineKind.ITEM.value,)),
        payment_kinds=frozenset(kind.value for kind in PaymentKind),
        currencies=(CURRENCY,),
        taxes=reader.rates or None,
        limits={
            "lines": commands.LINES,
            "line.name": commands.NAME,
            "line.description": commands.DESCRIPTION,
            "line.unit": commands.UNIT,
            "discount.text": commands.DISCOUNT_NAME,
            "payments": commands.PAYMENTS,
            "payment.label": commands.PAYMENT_NAME,
            "operator.name": commands.CASHIER,
            "reference": commands.SYSTEM_NUMBER,
            "display.line": commands.DISPLAY_LINE,
            "change": 1,
        },
        max_amount=commands.MAX_AMOUNT,
        arithmetic=ARITHMETIC,
        shift="implicit",
        status_during_job="between_commands",
        abort_via="same_link",
        code_page=settings.code_page,
    )


async def read_status(exchange: Exchange, reader: FactReader, now: datetime) -> DeviceStatus:
    """Live status. A printer that is off-line tells no more than why."""
    condition = await exchange.condition()
    trouble = condition.trouble
    status = DeviceStatus(
        as_of=now,
        paper="out" if condition.paper_out else "ok",
        busy=trouble is not None,
        attention=trouble.text if trouble is not None else None,
        problems=(trouble.text,) if trouble is not None and trouble.code != "device.busy" else (),
        details={"online": condition.online},
    )
    if trouble is not None:
        return status
    facts = await reader.facts()
    problems = [] if facts.fiscal else ["The printer is not in fiscal mode: it prints training documents."]
    details: dict[str, Any] = {
        **status.details,
        "unique_number": facts.unique_number,
        "receipts": facts.receipts,
        "daily_reports": facts.reports,
        "last_printout": facts.document,
        "ram_clears": facts.ram_clears,
        "last_fiscal_record": facts.last_write,
        "cash": f"{facts.cash:f}",
        "totals": {rate.letter: f"{total:f}" for rate, total in zip(reader.rates, facts.totals, strict=False) if rate.active},
        "last_receipt_completed": facts.completed,
    }
    return status.model_copy(
        update={
            "shift": "open" if facts.receipts or any(facts.totals) else "closed",
            "clock": await _clock(reader),
            "fiscal_mode": facts.fiscal,
            "fiscal_memory": _memory(reader),
            "last_document": str(facts.receipts),
            "busy": facts.open,
            "problems": (*status.problems, *problems),
            "details": {name: value for name, value in details.items() if value is not None},
        }
    )


async def _clock(reader: FactReader) -> datetime | None:
    """A clock that cannot be read is no reason to tell nothing else."""
    try:
        return await reader.clock()
    except (Refused, BadAnswer):
        return None


def _memory(reader: FactReader) -> Any:
    """By the number of daily reports that still have a place."""
    left = reader.reports_left
    return None if left is None else ("full" if left == 0 else "low" if left < _DOCUMENTS_LEFT else "ok")
