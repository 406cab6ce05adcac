"""What the device is, can do, and how it is: identity, capabilities, live status. All of it only reads.

Follows protocol-specs/shtrih-m, "Status" and "FN commands".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from bridge_ffd import health
from bridge_ffd.clock import clock_problems
from bridge_ffd.extras import NAMESPACE
from bridge_ffd.fn import FnStatus, Phase, Registration
from bridge_ffd.fn import Mode as Registered
from bridge_ffd.register import CURRENCY
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import TlvError, decode, first
from bridge_ffd.versions import FfdVersion

from bridge.model import Capabilities, DeviceStatus, Identity, LineKind, PaymentKind, ReceiptKind
from bridge.plugin import BadAnswer
from bridge_shtrih_m import commands
from bridge_shtrih_m.answers import (
    DeviceType,
    Features,
    Flags,
    FullStatus,
    Mode,
    ModelParameters,
    ShortStatus,
    Submode,
    error_of,
    exchange_status,
    registration,
    storage_life,
    values_of,
)
from bridge_shtrih_m.circumstances import version_of
from bridge_shtrih_m.condition import trouble
from bridge_shtrih_m.exchange import Exchange
from bridge_shtrih_m.facts import FactReader
from bridge_shtrih_m.open_points import FFD_FIELD_NAMES, FFD_TABLES, NO_PRINT_FIELD
from bridge_shtrih_m.printout import CUTS, DOTS, ITEMS, QR_BYTES, QR_SIZES
from bridge_shtrih_m.sale import MOST_CODES
from bridge_shtrih_m.settings import ARITHMETIC, CLASSIC_ARITHMETIC, PAYMENTS, ShtrihSettings

OPERATIONS = frozenset(
    (
        "receipt", "shift.open", "shift.close", "report.x", "cash.in", "cash.out", "copy", "print", "drawer.open", "clock.set",
        "document.continue", "marking.check", "raw",
    )
)  # fmt: skip
_SALES = (ReceiptKind.SALE, ReceiptKind.REFUND, ReceiptKind.PURCHASE, ReceiptKind.PURCHASE_REFUND)
_CLASSIC_PAYMENTS = (PaymentKind.CASH, PaymentKind.CARD, PaymentKind.TRANSFER)

# What the tables of the device call the versions of the format.
_FFD = {0: FfdVersion.V1_0, 2: FfdVersion.V1_05, 3: FfdVersion.V1_1, 4: FfdVersion.V1_2}

_MODE, _TAXES = 1, 6  # tables


@dataclass(frozen=True, slots=True)
class Model:
    """What does not change while a link lives. `features` is None for a device that does not know the question."""

    type: DeviceType
    features: ModelParameters | None
    storage: bool
    registration: Registration | None
    version: FfdVersion
    no_print: bool
    tells_taxes: bool = False
    rates: tuple[Decimal, ...] = ()
    """Of the older commands: percentages of the first rows of the tax table."""
    dots: int | None = None
    """Across the paper."""

    def has(self, feature: Features) -> bool:
        return self.features is not None and self.features.has(feature)

    def classic(self, settings: ShtrihSettings) -> bool:
        return settings.commands == "classic" or (settings.commands == "auto" and not self.storage)


async def identify(reader: FactReader) -> Identity:
    """The number of the FN is not in it: an FN is replaced every few years, and the device stays the same."""
    kind = DeviceType.of(await reader.ask(commands.device_type()))
    full = FullStatus.of(await reader.ask(commands.full_status()))
    serial = await _serial(reader, full)
    return Identity(
        model=kind.name.strip() or f"model {kind.model}",
        serial=serial,
        fiscal_number=None,
        firmware=f"{full.firmware} build {full.build}",
        protocol=kind.protocol,
    )


async def _serial(reader: FactReader, full: FullStatus) -> str | None:
    """In table 18, with all of its digits; else as the status has it."""
    answer = await reader.ask_if_known(commands.read_field(18, 1, 1))
    text = values_of(answer)["value"].split(b"\0")[0].decode("cp1251", "replace").strip() if answer is not None else ""
    if text:
        return str(text)
    return str(full.serial) if full.serial is not None else None


async def read_model(reader: FactReader, settings: ShtrihSettings) -> Model:
    features = await reader.ask_if_known(commands.model_parameters())
    storage = await reader.storage()
    told = await reader.ask_if_known(commands.registration()) if storage is not None else None
    table, _, field = NO_PRINT_FIELD
    no_print = await reader.ask_if_known(commands.field_info(table, field)) if storage is not None else None
    parameters = ModelParameters.of(features) if features is not None else None
    model = Model(
        type=DeviceType.of(await reader.ask(commands.device_type())),
        features=parameters,
        storage=storage is not None,
        registration=_registration(told),
        version=await read_version(reader, settings, storage),
        no_print=no_print is not None,
        tells_taxes=await _tells_taxes(reader, parameters),
        dots=await _dots(reader),
    )
    return replace(model, rates=await _rates(reader)) if model.classic(settings) else model


async def _dots(reader: FactReader) -> int | None:
    answer = await reader.ask_if_known(commands.font(1))
    return (values_of(answer)["print_width"] or None) if answer is not None else None


async def _tells_taxes(reader: FactReader, parameters: ModelParameters | None) -> bool:
    """Table 1 may say that the host computes the taxes."""
    if parameters is None or not parameters.tax_field:
        return False
    answer = await reader.ask_if_known(commands.read_field(_MODE, 1, parameters.tax_field))
    return answer is not None and values_of(answer)["value"] == b"\x01"


async def _rates(reader: FactReader) -> tuple[Decimal, ...]:
    """Rows 1 and 2 of table 6, in hundredths of a percent; the others are 0 % and no tax."""
    found = []
    for row in (1, 2):
        answer = await reader.ask_if_known(commands.read_field(_TAXES, row, 1))
        if answer is None:
            return ()
        found.append(Decimal(int.from_bytes(values_of(answer)["value"], "little")).scaleb(-2))
    return tuple(found)


def _registration(answer: bytes | None) -> Registration | None:
    try:
        return registration(answer) if answer is not None else None
    except BadAnswer:
        return None  # of a form that newer firmware has: then nothing is known of the taxation systems


async def read_version(reader: FactReader, settings: ShtrihSettings, storage: FnStatus | None) -> FfdVersion:
    """What the registration says (tag 1209), else a table of the device [S5], else what the settings say."""
    if settings.ffd != "auto" or storage is None:
        return version_of(settings)
    life = await reader.ask_if_known(commands.storage_life())
    done = storage_life(life).registrations_done if life is not None else None
    if done:
        answer = await reader.ask_if_known(commands.registration_tag(done, Tag.FFD_VERSION))
        found = _version_of_tags(answer)
        if found is not None:
            return found
    for table, field in FFD_TABLES:
        info = await reader.ask_if_known(commands.field_info(table, field))
        name = str(values_of(info)["name"]).upper() if info is not None else ""
        if not any(word in name for word in FFD_FIELD_NAMES):
            continue
        value = await reader.ask_if_known(commands.read_field(table, 1, field))
        number = int.from_bytes(values_of(value)["value"], "little") if value is not None else None
        if number in _FFD:
            return _FFD[number]
    return version_of(settings)


def _version_of_tags(answer: bytes | None) -> FfdVersion | None:
    if answer is None or error_of(answer):
        return None
    try:
        value = first(decode(values_of(answer)["tags"], strict=False), Tag.FFD_VERSION)
        return FfdVersion(value) if isinstance(value, int) else None
    except (TlvError, ValueError):
        return None


def capabilities(model: Model, settings: ShtrihSettings) -> Capabilities:
    classic = model.classic(settings)
    kinds = {kind.value for kind in _SALES}
    if model.storage and not classic:
        kinds.add(ReceiptKind.CORRECTION.value)
    missing = set[str]()
    if not model.storage or classic or model.version < FfdVersion.V1_2:
        missing.add("marking.check")
    limits = {
        "line.name": commands.CLASSIC_NAME if classic else commands.NAME,
        "print.line": commands.LINE,
        "print.qr": QR_BYTES,
        "print.qr.size": QR_SIZES[-1],
        "tag": commands.TAGS,
        "marking.codes": 0 if classic else MOST_CODES,
        "ffd.version": int(model.version),
    }
    if model.dots is not None:
        limits[DOTS] = model.dots
    return Capabilities(
        operations=OPERATIONS - missing,
        receipt_kinds=frozenset(kinds),
        line_kinds=frozenset((LineKind.ITEM.value, LineKind.ADVANCE.value)),
        payment_kinds=frozenset(kind.value for kind in (_CLASSIC_PAYMENTS if classic else PAYMENTS)),
        currencies=(CURRENCY,),
        limits=limits,
        max_amount=Decimal(commands.MAX_KOPECKS).scaleb(-2),
        arithmetic=CLASSIC_ARITHMETIC if classic else ARITHMETIC,
        shift="explicit",
        status_during_job="between_commands",
        abort_via="same_link",
        code_page="cp1251",
        extras=(NAMESPACE,),
        delivery=frozenset(("paper", "email", "sms")) if model.storage else frozenset(("paper",)),
        copies=frozenset(("last", "document", "data")) if model.storage else frozenset(("last",)),
        print_items=ITEMS | CUTS if model.has(Features.CUTTER) else ITEMS,
    )


async def read_status(
    exchange: Exchange, reader: FactReader, model: Model, now: datetime, blocked: str | None = None
) -> DeviceStatus:
    """Live status. `blocked`: why the device refused the last sale, where it did."""
    short = await exchange.status()
    full = FullStatus.of(await reader.ask(commands.full_status()))
    waits = trouble(short)
    clock = reader.moment(full.local_time)
    status = DeviceStatus(
        as_of=now,
        paper=_paper(short),
        cover="open" if short.submode != Submode.IDLE and short.flag(Flags.COVER_OPEN) else "closed",
        drawer=("open" if short.flag(Flags.DRAWER_OPEN) else "closed") if model.has(Features.DRAWER_SENSOR) else None,
        shift=_shift(short, None),
        clock=clock,
        last_document=str(full.document_number),
        busy=short.document_open or (waits is not None and waits.working),
        attention=waits.text if waits is not None and not waits.working else None,
        problems=(
            *_problems(short, waits.text if waits is not None and not waits.working else None),
            *clock_problems(clock, now),
            *_blocked(blocked),
        ),
        details={
            "mode": short.mode,
            "submode": short.submode,
            "link_layer": exchange.layer,
            "document_number": full.document_number,
        },
    )
    storage = await reader.storage()
    if storage is None:
        return status
    return await _with_storage(status, reader, model, short, storage, full.local_time)


async def _with_storage(
    status: DeviceStatus,
    reader: FactReader,
    model: Model,
    short: ShortStatus,
    storage: FnStatus,
    local: datetime | None,
) -> DeviceStatus:
    answer = await reader.ask_if_known(commands.storage_life())
    life = storage_life(answer) if answer is not None else None
    today = local.date() if local is not None else status.as_of.date()
    problems = [*status.problems, *storage.problems]
    details: dict[str, Any] = {
        **status.details,
        "fn": storage.fn_number,
        "fn_phase": int(storage.phase),
        "ffd": model.version.text,
    }
    if storage.phase != Phase.FISCAL:
        problems.append(health.NOT_IN_USE)
    if life is not None:
        health.tell_life(life, today, problems, details)
    await _exchange(reader, model, local, problems, details)
    return status.model_copy(
        update={
            "shift": _shift(short, storage),
            "fiscal_mode": storage.phase == Phase.FISCAL,
            "fiscal_memory": storage.memory(life, today).value,
            "last_document": str(storage.last_document),
            "problems": tuple(dict.fromkeys(problems)),
            "details": details,
        }
    )


async def _exchange(
    reader: FactReader, model: Model, local: datetime | None, problems: list[str], details: dict[str, Any]
) -> None:
    """What the OFD has not got yet. A device that is registered to work without one has none."""
    if model.registration is not None and Registered.OFFLINE in model.registration.mode:
        details["ofd"] = "none"
        return
    answer = await reader.ask_if_known(commands.exchange_status())
    if answer is None:
        return
    health.tell_waiting(exchange_status(answer), local, problems, details)


def _paper(short: ShortStatus) -> Literal["ok", "low", "out"]:
    """By the submode, which every model has; which sensors a model has differs."""
    if short.submode in (Submode.NO_PAPER, Submode.PAPER_RAN_OUT) and not short.flag(Flags.COVER_OPEN):
        return "out"
    return "ok"


def _shift(short: ShortStatus, storage: FnStatus | None) -> Literal["open", "closed", "expired"] | None:
    match short.mode:
        case Mode.SHIFT_OPEN:
            return "open"
        case Mode.SHIFT_EXPIRED:
            return "expired"
        case Mode.SHIFT_CLOSED:
            return "closed"
        case _:
            return None if storage is None else ("open" if storage.shift_open else "closed")


def _problems(short: ShortStatus, waits: str | None) -> list[str]:
    problems = [waits] if waits is not None else []
    match short.mode:
        case Mode.SHIFT_EXPIRED:
            problems.append(health.SHIFT_EXPIRED)
        case Mode.DATE_TO_CONFIRM:
            problems.append("Date and time must be confirmed: set the clock.")
        case Mode.BLOCKED:
            problems.append("The device is blocked by wrong passwords of the tax inspector. Call the service.")
        case _:
            pass
    return problems


def _blocked(blocked: str | None) -> list[str]:
    return [blocked] if blocked is not None else []
