"""USB devices of this computer, by their ids. Only listed here: links over USB are opened in bridge.transport."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.plugin import UsbId

_SYSFS = Path("/sys/bus/usb/devices")


@dataclass(frozen=True, slots=True)
class UsbDevice:
    """A device on the USB, as the system lists it."""

    vendor: int
    product: int
    serial: str | None = None
    title: str | None = None

    @property
    def url(self) -> str:
        return f"usb://{self.vendor:04x}:{self.product:04x}" + (f":{self.serial}" if self.serial else "")


UsbLister = Callable[[], Sequence[UsbDevice]]


class UsbUnknown(Exception):
    """USB devices cannot be listed here. The message says why."""


def claims(ids: Sequence[UsbId], vendor: int | None, product: int | None) -> bool:
    """Whether one of a family's USB ids means this device."""
    return vendor is not None and any(known.vendor == vendor and known.product in (None, product) for known in ids)


def system_usb(root: Path = _SYSFS) -> list[UsbDevice]:
    """What Linux tells under /sys. Raises UsbUnknown elsewhere, and where there is no USB."""
    try:
        entries = sorted(root.iterdir())
    except OSError:
        system = "this computer has no USB" if sys.platform == "linux" else "they cannot be listed on this system"
        raise UsbUnknown(system) from None
    found = []
    for entry in entries:
        vendor, product = _number(entry / "idVendor"), _number(entry / "idProduct")
        if vendor is not None and product is not None:  # else an interface of a device
            found.append(UsbDevice(vendor, product, _text(entry / "serial"), _text(entry / "product")))
    return found


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", "replace").strip() or None
    except OSError:
        return None


def _number(path: Path) -> int | None:
    text = _text(path)
    try:
        return int(text, 16) if text is not None else None
    except ValueError:
        return None
