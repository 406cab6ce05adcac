"""What a device is, can do, and says of itself."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from bridge.model.arithmetic import ArithmeticProfile
from bridge.model.base import AnyDecimal, Model, Moment
from bridge.model.tax import TaxRate


class Identity(Model):
    """What pins a device: its model, serial and fiscal (unique) number. At least one of the two numbers is set."""

    model: str
    serial: str | None = None
    fiscal_number: str | None = None
    firmware: str | None = None
    protocol: str | None = None

    def same_device(self, other: Identity) -> bool:
        """Firmware and protocol version may change on the same device; its numbers may not."""
        return (self.model, self.serial, self.fiscal_number) == (other.model, other.serial, other.fiscal_number)

    def __str__(self) -> str:
        numbers = ", ".join(part for part in (self.fiscal_number, self.serial) if part)
        return f"{self.model} ({numbers})" if numbers else self.model


class DeviceState(StrEnum):
    CONNECTING = "connecting"
    READY = "ready"
    OFFLINE = "offline"
    WRONG_DEVICE = "wrong_device"
    BROKEN = "broken"
    """Its plugin is missing, cannot be loaded or hangs."""


class Capabilities(Model):
    """What this device, with its firmware and settings, can do.

    `limits`: names and numbers that a till may need ("lines": 500, "line.name": 80). `arithmetic` overrides the family's
    where the device itself says how it rounds. `max_amount` is the largest amount of one figure.
    `delivery`: the ways in which it hands a document over, of those that `delivery` of a receipt names. `print_items`: what a
    non-fiscal printout may be made of: text, bold, double, qr, ean13, code128, feed, cut.full, cut.partial. `copies`: of what a copy
    can be had: last (the last document, on paper), document (one by its number, on paper), data (one by its number, read back).
    """

    operations: frozenset[str]
    receipt_kinds: frozenset[str] = frozenset()
    invoice_kinds: frozenset[str] = frozenset()
    line_kinds: frozenset[str] = frozenset()
    payment_kinds: frozenset[str] = frozenset()
    currencies: tuple[str, ...] = ()
    taxes: tuple[TaxRate, ...] | None = None
    limits: dict[str, int] = {}
    max_amount: AnyDecimal | None = None
    arithmetic: ArithmeticProfile | None = None
    shift: Literal["explicit", "implicit", "none"] = "none"
    status_during_job: Literal["cached", "between_commands", "parallel"] = "cached"
    abort_via: Literal["same_link", "second_link", "none"] = "none"
    code_page: str | None = None
    extras: tuple[str, ...] = ()
    delivery: frozenset[str] = frozenset({"paper"})
    print_items: frozenset[str] = frozenset({"text"})
    copies: frozenset[str] = frozenset({"last"})


class DeviceStatus(Model):
    """What the device said last; None where it does not tell. `details` has the family's own words."""

    as_of: Moment
    paper: Literal["ok", "low", "out"] | None = None
    cover: Literal["closed", "open"] | None = None
    drawer: Literal["closed", "open"] | None = None
    shift: Literal["open", "closed", "expired"] | None = None
    clock: Moment | None = None
    fiscal_mode: bool | None = None
    fiscal_memory: Literal["ok", "low", "full"] | None = None
    last_document: str | None = None
    busy: bool | None = None
    attention: str | None = None
    problems: tuple[str, ...] = ()
    details: dict[str, Any] = {}


class Alert(Model):
    """Something that an administrator should know of a device, kept until acknowledged. `job` is where it comes from one."""

    id: str
    code: str
    text: str
    job: str | None = None
    at: Moment
