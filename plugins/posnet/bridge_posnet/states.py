"""The numbers in the printer's status answers, and what they mean in words.

Follows protocol-specs/posnet, "Commands" (identification and status). A number that is not here stays a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType


class DocumentKind(IntEnum):
    """`scomm ts` and `strns ts`."""

    NONE = 0
    RECEIPT = 16
    BLOCK_RECEIPT = 17
    INVOICE = 33
    PACKAGING = 48


class DeviceState(IntEnum):
    """`sdev ds`. From WAITS_FOR_KEY on, only immediate commands are answered until a person has acted."""

    READY = 0
    IN_MENU = 1
    WAITS_FOR_KEY = 2
    WAITS_AFTER_ERROR = 3


class Holder(IntEnum):
    """`sdev tl`: who has a transaction or printout open."""

    NOBODY = 0
    PC1 = 1
    PC2 = 2
    DEVICE = 3


class Mechanism(IntEnum):
    """`sprn pr`."""

    OK = 0
    LEVER_UP = 1
    NOT_REACHABLE = 2
    COVER_UP = 3
    COPY_PAPER_OUT = 4  # old models
    PAPER_OUT = 5
    TEMPERATURE_OR_SUPPLY = 6
    MOMENTARY_POWER_LOSS = 7
    CUTTER = 8
    POWER_SUPPLY = 9
    COVER_UP_WHILE_CUTTING = 10


class DrawerState(IntEnum):
    """`sdrwr ds` and `ks`."""

    OPEN = 0
    CLOSED = 1
    UNKNOWN = 2


class EDocumentState(IntEnum):
    """`eparagonbufferget st`."""

    NEW = 0
    SENT = 1
    FAILED = 2  # is sent again
    GIVEN_UP = 3
    RESERVED = 4  # for a receipt that is not there yet


class ProtectedKind(IntEnum):
    """`eclastdocnoget ty`: kinds of documents in protected memory."""

    RECEIPT = 0
    CANCELLED_RECEIPT = 1
    INVOICE = 2
    CANCELLED_INVOICE = 3
    DAILY_REPORT = 4
    NON_FISCAL = 5
    EVENT = 6
    FISCALISATION_REPORT = 7
    CERTIFICATE_CHANGE = 8
    CERTIFICATE_SENT = 9
    IMAGE = 10
    QR = 11
    SCHEDULE = 12
    HEADER = 13


# What the states mean, for a person. A number that is not here is shown as it is.
DEVICE_STATES: Mapping[int, str] = MappingProxyType(
    {
        DeviceState.READY: "ready",
        DeviceState.IN_MENU: "somebody is in the printer's menu",
        DeviceState.WAITS_FOR_KEY: "the printer waits for a key",
        DeviceState.WAITS_AFTER_ERROR: "the printer shows an error and waits for a person",
    }
)
MECHANISM_STATES: Mapping[int, str] = MappingProxyType(
    {
        Mechanism.OK: "ready",
        Mechanism.LEVER_UP: "the lever is up or the cover is open",
        Mechanism.NOT_REACHABLE: "the print mechanism does not respond",
        Mechanism.COVER_UP: "the cover is open",
        Mechanism.COPY_PAPER_OUT: "the copy paper is out",
        Mechanism.PAPER_OUT: "the paper is out",
        Mechanism.TEMPERATURE_OR_SUPPLY: "the print head is too hot or its supply is wrong",
        Mechanism.MOMENTARY_POWER_LOSS: "the power failed for a moment",
        Mechanism.CUTTER: "the cutter is jammed",
        Mechanism.POWER_SUPPLY: "the power supply has a fault",
        Mechanism.COVER_UP_WHILE_CUTTING: "the cover was opened while the cutter worked",
    }
)

# Model line by the protocol version that `getrealid vr` reports.
MODELS: Mapping[str, str] = MappingProxyType(
    {
        "30.01": "XL2 / XL2 S",
        "31.01": "HD",
        "32.01": "Temo",
        "33.01": "Trio",
        "34.01": "Pospay",
        "35.01": "Vero",
        "38.01": "HX / HX S",
        "39.01": "Evo",
        "52.01": "Fawag Box",
    }
)
