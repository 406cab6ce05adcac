"""QR codes of a printout against what a device can print: the same refusals and warnings in every family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bridge.model import PrintQr, RequestError, invalid
from bridge.model.codes import Correction, qr_modules, qr_version

Warn = Callable[[str, str, str], None]
"""Code, message and field of a warning."""


@dataclass(frozen=True, slots=True)
class QrLimits:
    """What a device prints. `sizes`: dots of a module; `usual`: where a till names none; `dots`: of the paper, None: not known;
    `bytes`: of the code's content."""

    sizes: range
    usual: int
    bytes: int
    dots: int | None = None


@dataclass(frozen=True, slots=True)
class FittedQr:
    data: bytes
    size: int
    correction: Correction


def fit_qr(item: PrintQr, field: str, limits: QrLimits, *, lenient: bool, warn: Warn) -> FittedQr:
    """The code as it is printed. `field`: of the item ("lines.3"). Raises RequestError; lenient changes the size, and warns.

    Where the till names no correction it is M, or L where the content needs it.
    """
    data = item.data
    if len(data) > limits.bytes:
        raise invalid(
            f"{field}.qr",
            f"{len(data)} bytes, this device takes {limits.bytes}",
            limit=f"{limits.bytes} bytes of UTF-8",
            remedy="put a link in it",
        )
    correction: Correction = item.correction or ("M" if qr_version(len(data), "M") is not None else "L")
    version = qr_version(len(data), correction)
    assert version is not None, "the model holds the content against the largest code"
    modules = qr_modules(version)
    largest = limits.sizes[-1] if limits.dots is None else min(limits.sizes[-1], limits.dots // modules)
    if largest < limits.sizes[0]:
        raise _too_wide(field, version, modules, limits)
    size = item.size if item.size is not None else min(limits.usual, largest)
    possible = min(max(size, limits.sizes[0]), largest)
    if possible != size:
        if not lenient:
            raise invalid(
                f"{field}.size",
                f"this code of {modules} modules cannot be printed with {size} dots each",
                limit=f"{limits.sizes[0]} to {largest}",
                remedy='leave size out, or send "fit": "lenient" to have the nearest',
            )
        warn("size_changed", f"The code is printed with {possible} dots for a module instead of {size}.", f"{field}.size")
    return FittedQr(data, possible, correction)


def _too_wide(field: str, version: int, modules: int, limits: QrLimits) -> RequestError:
    return invalid(
        f"{field}.qr",
        f"the code would have {modules} modules (version {version}), too many for this paper",
        limit=f"{limits.dots} dots of at least {limits.sizes[0]} a module",
        remedy="shorten it, or ask for less correction",
    )
