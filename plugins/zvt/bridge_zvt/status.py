"""What the terminal says of itself: its identity, its status, what it can do.

Follows protocol-specs/zvt, "Registration", "Status enquiry" and "Terminal status codes".
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bridge.model import Capabilities, DeviceStatus, Identity, without_fate
from bridge.transport import LinkLost
from bridge_zvt import commands
from bridge_zvt.answers import hex_of
from bridge_zvt.errors import BUSY, NOT_POSSIBLE, NOT_READY
from bridge_zvt.exchange import Exchange
from bridge_zvt.frame import Bmp, Code, Container, decode, read
from bridge_zvt.prompts import READY, terminal
from bridge_zvt.refusals import Refused
from bridge_zvt.settings import ZvtSettings
from bridge_zvt.snapshot import TerminalBusy

MODEL = "ZVT terminal"

_TERMINAL_ID, _DEVICE, _NAME, _SOFTWARE, _SERIAL = 0x1F44, 0xE4, 0x1F40, 0x1F41, 0x1F42

# Of the status byte of the registration.
NEEDS_INITIALISATION, NEEDS_DIAGNOSIS = 0x01, 0x02

OPERATIONS = frozenset(
    (
        "payment.purchase",
        "payment.refund",
        "payment.reversal",
        "payment.preauthorise",
        "payment.capture",
        "payment.release",
        "terminal.reconcile",
        "terminal.login",
        "terminal.diagnose",
        "copy",
        "display.show",
        "clock.set",
        "raw",
    )
)


@dataclass(frozen=True, slots=True)
class TerminalState:
    """The completion of a status enquiry."""

    code: int
    version: str | None
    objects: Container

    @property
    def terminal_id(self) -> str | None:
        return hex_of(self.objects.anywhere(_TERMINAL_ID))

    def details(self) -> dict[str, Any]:
        found: dict[str, Any] = {"status": f"{self.code:02X}"}
        if self.version:
            found["version"] = self.version
        for name, tag in (("name", _NAME), ("software", _SOFTWARE)):
            value = self.objects.get(_DEVICE, tag)
            if value is not None:
                found[name] = decode(value)
        serial = self.objects.get(_DEVICE, _SERIAL)
        if serial is not None:
            found["serial"] = serial.hex().upper()
        return found


@dataclass(frozen=True, slots=True)
class Registration:
    """The completion of a registration."""

    terminal_id: str | None
    status: int

    @property
    def initialise(self) -> bool:
        return bool(self.status & NEEDS_INITIALISATION)

    @property
    def diagnose(self) -> bool:
        return bool(self.status & NEEDS_DIAGNOSIS)


async def enquire(
    exchange: Exchange, settings: ZvtSettings, service: int | None = commands.SERVICE_NO_VERSION, *, hold: bool = False
) -> TerminalState | None:
    """05 01. None where the terminal does not know it. `hold`: as of `Exchange.run`. Raises TerminalBusy, LinkError."""
    if not settings.status_enquiry:
        return None
    try:
        ending = await exchange.run(commands.status_enquiry(settings, service), hold=hold)
    except Refused as refused:
        if refused.number in (BUSY, NOT_READY):
            raise TerminalBusy(str(refused)) from refused
        return None
    if ending.aborted:
        if ending.result == BUSY:
            raise TerminalBusy("06 1E 9C")
        return None
    body = read(ending.message, Code.STATUS_ENQUIRY)
    code = body.byte("status")
    version = body.parts.get("version")
    return TerminalState(READY if code is None else code, decode(version).strip() if version else None, body.fields.tlv)


class Behind(LinkLost):
    """The terminal has ended the command before this one."""


# The completion of a status enquiry begins with the length of the version, F0 to F9 three times; no field has such a name.
_LENGTH_DIGITS = range(0xF0, 0xFA)

# So often a terminal that answers the command before is listened to.
_CATCHING_UP = 3


async def register(exchange: Exchange, settings: ZvtSettings) -> Registration | None:
    """06 00. None where the terminal does not know it. Raises TerminalBusy, Refused, Behind, LinkError."""
    try:
        ending = await exchange.run(commands.registration(settings))
    except Refused as refused:
        if refused.number in (BUSY, NOT_READY):
            raise TerminalBusy(str(refused)) from refused
        if refused.number == NOT_POSSIBLE:
            return None
        raise
    if ending.aborted:
        if ending.result == BUSY:
            raise TerminalBusy("06 1E 9C")
        raise Refused("registration", ending.result or 0xFF, said=ending.text, answered=False)
    if ending.message.data and ending.message.data[0] in _LENGTH_DIGITS:
        raise Behind
    fields = ending.body.fields
    return Registration(hex_of(fields.get(Bmp.TERMINAL_ID)), fields.byte(Bmp.STATUS) or 0)


async def connect(exchange: Exchange, settings: ZvtSettings) -> tuple[Identity, Registration | None]:
    """Who is there: asked when the terminal is ready, then the till is registered. Neither replaces what it keeps of a payment.

    A terminal with a customer at it answers only when they are through: it is waited for. Raises LinkError.
    """
    state = None
    behind = 0
    while True:
        try:
            state = await enquire(exchange, settings, service=None, hold=True)
            if state is not None and state.code == BUSY:
                await exchange.release()
                raise TerminalBusy("status 9C")
            registration = await register(exchange, settings)
            break
        except TerminalBusy:
            await asyncio.sleep(settings.timeouts.busy)
        except Behind:
            behind += 1
            if behind > _CATCHING_UP:
                raise LinkLost("the terminal answers the command before the one that it is asked") from None
            await exchange.catch_up()
        except Refused as refused:
            raise LinkLost(without_fate(refused.job_error().message)) from refused
    terminal_id = registration.terminal_id if registration is not None else None
    if terminal_id is None and state is not None:
        terminal_id = state.terminal_id
    firmware = state.version if state is not None else None
    return Identity(model=MODEL, fiscal_number=terminal_id, firmware=firmware, protocol="ZVT"), registration


def capabilities(settings: ZvtSettings) -> Capabilities:
    return Capabilities(
        operations=OPERATIONS,
        currencies=(settings.currency,),
        limits={"display.lines": 8, "display.line": 99, "amount.digits": 12},
        status_during_job="cached",
        abort_via="same_link" if settings.abort_supported else "none",
        code_page=settings.charset.value,
    )


def device_status(state: TerminalState | None, registration: Registration | None, now: datetime) -> DeviceStatus:
    if state is None:
        return DeviceStatus(as_of=now, busy=None, details={"status": "the terminal does not tell"})
    problems: list[str] = []
    attention = None
    if state.code not in (READY, BUSY):
        what, cure = terminal(state.code)
        attention = f"The terminal {what}. {cure}".strip()
        problems.append(attention)
    if registration is not None and registration.initialise:
        problems.append("The terminal must be initialised (terminal.login).")
    if registration is not None and registration.diagnose:
        problems.append("The terminal needs a diagnosis (terminal.diagnose).")
    return DeviceStatus(
        as_of=now,
        paper="out" if state.code == 0xCC else None,
        busy=state.code == BUSY,
        attention=attention,
        problems=tuple(problems),
        details=state.details(),
    )
