"""What the printer is, can do, and how it is: identity, capabilities, live status. All of it only reads.

Follows protocol-specs/posnet, "Identification and status".
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from bridge.model import (
    ArithmeticProfile,
    Capabilities,
    DeviceStatus,
    Identity,
    InvoiceKind,
    PaymentKind,
    ReceiptKind,
    TaxKind,
    TaxRate,
)
from bridge_posnet import answers, commands
from bridge_posnet.condition import Condition
from bridge_posnet.exchange import Exchange
from bridge_posnet.extras import NAMESPACE
from bridge_posnet.facts import FactReader
from bridge_posnet.fields import Rate
from bridge_posnet.frame import Frame
from bridge_posnet.lines import SALE_KINDS
from bridge_posnet.printout import ITEMS, ITEMS_OF_OLD_MODELS, QR_SIZES
from bridge_posnet.reader import error_of
from bridge_posnet.settings import ARITHMETIC, PERCENT_METHODS, PosnetSettings
from bridge_posnet.states import DrawerState
from bridge_posnet.unsupported import CURRENCY

OPERATIONS = frozenset(
    (
        "receipt", "invoice", "shift.close", "report.x", "report.period", "cash.in", "cash.out", "copy", "print",
        "display.show", "drawer.open", "raw",
    )
)  # fmt: skip
# What the older models do not know, or know by other commands.
_NOT_ON_OLD_MODELS = frozenset(("invoice", "copy"))

_DRAWER: dict[int, str] = {DrawerState.OPEN: "open", DrawerState.CLOSED: "closed"}
_WITHOUT_DRAWER = frozenset(("32.01",))  # Temo has none; by the version of the protocol
_AUTHORISATION_EXPIRED = 484
_AUTHORISATION_LOW = 14  # days; time enough to get a code from the dealer


async def identify(reader: FactReader) -> Identity:
    """`getrealid`; on old models `sid`, which does not tell the unique number, and `scomm`, which does."""
    answer = await reader.ask_if_known(commands.getrealid())
    if answer is not None:
        found = answers.Identity.from_frame(answer)
    else:
        found = answers.Identity.from_frame(await reader.ask(commands.sid()))
    if found.unique_number is None:
        general = answers.GeneralStatus.from_frame(await reader.ask(commands.scomm()))
        found = replace(found, unique_number=general.unique_number)
    return Identity(model=found.model, fiscal_number=found.unique_number, firmware=found.firmware, protocol=found.version)


async def wait_until_unblocked(exchange: Exchange) -> None:
    """Before the first question of a link: to a printer that waits for a person it would only fill its queue."""
    seconds = exchange.timeouts.blocked
    while (trouble := await exchange.trouble()) is not None:
        if seconds <= 0:
            raise exchange.timeouts.ran_out("blocked", f"the printer answers nothing at present: {trouble.text}")
        seconds -= exchange.timeouts.poll
        await asyncio.sleep(exchange.timeouts.poll)


async def read_rates(reader: FactReader) -> tuple[TaxRate, ...]:
    """The printer's tax table. Raises Refused where it tells neither way."""
    answer = await reader.ask_if_known(commands.sfsk())
    rates = answers.FiscalState.from_frame(answer).rates if answer is not None else ()
    if not rates:
        rates = answers.VatTable.from_frame(await reader.ask(commands.vatget())).rates
    return tuple(tax_rate(rate) for rate in rates)


def tax_rate(rate: Rate) -> TaxRate:
    """A row in the uniform words: 100,00 on the wire is exempt, 101,00 inactive."""
    if rate.kind == "exempt":
        return TaxRate(letter=rate.letter, kind=TaxKind.EXEMPT)
    return TaxRate(letter=rate.letter, percent=rate.percent, active=rate.kind == "rate")


async def read_profile(reader: FactReader) -> tuple[ArithmeticProfile, bool]:
    """How the printer computes, and whether it said so: older models do not tell how they round percentages."""
    answer = await reader.ask_if_known(commands.discounttypeget())
    method = PERCENT_METHODS.get(answers.DiscountMethod.from_frame(answer).method) if answer is not None else None
    if method is None:
        return ARITHMETIC, False
    return ARITHMETIC.model_copy(update={"percent_method": method}), True


async def read_currencies(reader: FactReader) -> tuple[str, ...]:
    answer = await reader.ask_if_known(commands.currget())
    return (answers.Currency.from_frame(answer).name,) if answer is not None else (CURRENCY,)


async def read_capabilities(reader: FactReader, settings: PosnetSettings, version: str | None) -> Capabilities:
    profile, _ = await read_profile(reader)
    limits = settings.limits
    return Capabilities(
        operations=_operations(settings, version),
        receipt_kinds=frozenset((ReceiptKind.SALE.value, ReceiptKind.REFUND.value)),
        invoice_kinds=frozenset((InvoiceKind.INVOICE.value,)) if settings.profile == "online" else frozenset(),
        line_kinds=frozenset(kind.value for kind in SALE_KINDS),
        payment_kinds=frozenset(kind.value for kind in PaymentKind),
        currencies=await read_currencies(reader),
        taxes=await read_rates(reader),
        limits={
            "lines": limits.receipt_lines,
            "line.name": limits.name,
            "line.description": limits.description,
            "line.unit": limits.unit,
            "discount.text": limits.discount_name,
            "payment.label": limits.payment_name,
            "operator.name": limits.cashier,
            "reference": limits.system_number,
            "print.line": limits.form_text_visible,
            "print.qr": limits.code_2d,
            "print.qr.size": QR_SIZES[-1],
            "change": 1,
            "deposit.code": limits.packaging_number,
            "footer": limits.footer_lines,
            "footer.line": limits.footer_line,
            "information": limits.info_lines,
            "bar_code": limits.bar_code,
            "code_2d": limits.code_2d,
            "display.line": limits.display_line,
            "edocument.id": limits.customer_id,
            "invoice.lines": limits.invoice_lines,
            "invoice.number": limits.invoice_number,
            "invoice.title": limits.invoice_title,
            "invoice.copies": limits.invoice_copies,
            "invoice.notes": limits.free_lines,
            "buyer.name": limits.buyer_name,
        },
        max_amount=Decimal(limits.money).scaleb(-2),
        arithmetic=profile,
        shift="implicit",
        status_during_job="between_commands",
        abort_via="same_link",
        code_page=settings.code_page,
        extras=(NAMESPACE,),
        delivery=await _delivery(reader, settings),
        copies=frozenset(("last", "document")),
        print_items=ITEMS_OF_OLD_MODELS if settings.profile == "legacy" else ITEMS,
    )


def _operations(settings: PosnetSettings, version: str | None) -> frozenset[str]:
    missing = frozenset(("drawer.open",)) if version in _WITHOUT_DRAWER else frozenset[str]()
    return OPERATIONS - missing - (_NOT_ON_OLD_MODELS if settings.profile == "legacy" else frozenset())


async def _delivery(reader: FactReader, settings: PosnetSettings) -> frozenset[str]:
    """E-documents where the printer knows the service and it is switched on."""
    if settings.profile == "legacy":
        return frozenset(("paper",))
    answer = await reader.ask_if_known(commands.eparagonstatusget())
    on = answer is not None and answers.EDocumentService.from_frame(answer).on
    return frozenset(("paper", "edocument")) if on else frozenset(("paper",))


async def read_status(exchange: Exchange, reader: FactReader, now: datetime, blocked: str | None = None) -> DeviceStatus:
    """Live status. A printer that waits for a person answers the immediate questions only.

    `blocked`: why it refused the last sale, where it did: most reasons are told by nothing else.
    """
    condition = await exchange.condition()
    trouble = condition.trouble
    status = DeviceStatus(
        as_of=now,
        paper=_paper(condition),
        cover=_cover(condition),
        busy=trouble is not None,
        attention=trouble.text if trouble is not None else None,
        problems=(trouble.text,) if trouble is not None and trouble.code != "device.busy" else (),
        details=_details(condition),
    )
    if trouble is not None:
        return status
    general = answers.GeneralStatus.from_frame(await reader.ask(commands.scomm()))
    counters = answers.Counters.from_frame(await reader.ask(commands.scnt()))
    last = counters.last_receipt if counters.last_receipt is not None else counters.receipts
    reasons, authorisation = await _sale_blocked(reader, general)
    if blocked is not None and blocked not in reasons:
        reasons.append(blocked)
    more: dict[str, Any] = {
        **await _edocuments(reader, reasons),
        "unique_number": counters.unique_number,
        "daily_reports": counters.daily_reports,
        "receipts": counters.receipts,
        "receipts_cancelled": counters.cancelled_receipts,
        "next_header": counters.header,
        "open_document": int(general.document) if general.document is not None else None,
        "authorisation_days": authorisation,
    }
    return status.model_copy(
        update={
            "drawer": await _drawer(exchange),
            "shift": None if general.totals_zero is None else ("closed" if general.totals_zero else "open"),
            "clock": await reader.now(),
            "fiscal_mode": general.fiscal,
            "fiscal_memory": "full" if general.read_only else "ok",
            "last_document": str(last),
            "busy": bool(general.document),
            "problems": (*status.problems, *reasons),
            "details": {**status.details, **{name: value for name, value in more.items() if value is not None}},
        }
    )


async def _sale_blocked(reader: FactReader, general: answers.GeneralStatus) -> tuple[list[str], int | None]:
    """Why the printer would refuse a sale, in sentences; and the days of its authorisation."""
    reasons = []
    if general.read_only:
        reasons.append("The fiscal memory is closed: the printer can only be read.")
    elif not general.fiscal:
        reasons.append("The printer is not in fiscal mode: it prints training documents.")
    if general.header is False:
        reasons.append("No header is programmed: the printer refuses to sell.")
    days: int | None = None
    answer = await reader.raw(commands.authstateget())
    if error_of(answer) == _AUTHORISATION_EXPIRED:
        days = 0
    elif error_of(answer) in (None, answers.UNLIMITED_AUTHORISATION):
        days = answers.Authorisation.from_frame(answer).days_left
    if days is not None and days <= 0:
        reasons.append("The authorisation has expired: the printer refuses to sell until a code is entered on its keypad.")
    elif days is not None and days <= _AUTHORISATION_LOW:
        reasons.append(f"The authorisation ends in {days} days: get a code from the dealer.")
    return reasons, days


async def _edocuments(reader: FactReader, reasons: list[str]) -> dict[str, Any]:
    """What the hub has not taken; printers without the service do not know the question."""
    answer = await reader.ask_if_known(commands.eparagonbuffersummaryget())
    if answer is None:
        return {}
    summary = answers.EDocumentSummary.from_frame(answer)
    if summary.free == 0:
        reasons.append("The buffer of e-documents is full: wait until the hub has taken some, or give receipts on paper.")
    if summary.failed:
        reasons.append(f"{summary.failed} e-documents could not be sent yet; the printer tries again by itself.")
    return {
        "edocuments_waiting": (summary.new or 0) + (summary.failed or 0),
        "edocuments_given_up": summary.given_up,
        "edocuments_reserved": summary.reserved,
    }


async def _drawer(exchange: Exchange) -> Any:
    """Not on every model, and some refuse the question: then nothing is said of it."""
    answer: Frame = await exchange.immediate(commands.sdrwr(immediate=True))
    if error_of(answer) is not None:
        return None
    return _DRAWER.get(answers.Drawer.from_frame(answer).drawer)


def _paper(condition: Condition) -> Any:
    trouble = condition.trouble
    if trouble is not None and trouble.code == "device.paper_out":
        return "out"
    near_end = condition.device.paper_near_end if condition.device is not None else None
    return None if near_end is None else ("low" if near_end else "ok")


def _cover(condition: Condition) -> Any:
    if condition.printer is None:
        return None
    trouble = condition.trouble
    return "open" if trouble is not None and trouble.code == "device.cover_open" else "closed"


def _details(condition: Condition) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if condition.device is not None:
        details["state"] = condition.device.meaning
        if condition.device.holder is not None:
            details["held_by"] = int(condition.device.holder)
    if condition.printer is not None:
        details["mechanism"] = condition.printer.meaning
    return details
