"""Numbers and texts of digits as the protocol writes them: two digits a byte, leading zeros."""

from __future__ import annotations

from bridge_zvt.frame.apdu import LocalError


def bcd(number: int, size: int) -> bytes:
    """A number in `size` bytes. Raises LocalError where it does not fit."""
    digits = f"{number:0{2 * size}d}"
    if number < 0 or len(digits) > 2 * size:
        raise LocalError(f"{number} does not fit into {2 * size} digits")
    return bytes.fromhex(digits)


def bcd_digits(digits: str, size: int) -> bytes:
    """Digits in `size` bytes, zeros before them. Raises LocalError."""
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 2 * size:
        raise LocalError(f"{digits!r} is no number of at most {2 * size} digits")
    return bytes.fromhex(digits.zfill(2 * size))


def digits(value: bytes) -> str | None:
    """The digits of a BCD value; None where it has other nibbles."""
    shown = value.hex()
    return shown if shown.isdigit() else None


def number(value: bytes) -> int | None:
    """The number of a BCD value; None where it is none."""
    shown = value.hex()
    return int(shown) if shown.isdigit() else None
