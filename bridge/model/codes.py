"""Arithmetic of codes on paper: how much a QR code holds and how large it is, and the check digit of EAN-13.

Source: ISO/IEC 18004, tables of the capacity of each version; ISO/IEC 15420.
"""

from __future__ import annotations

from typing import Literal

Correction = Literal["L", "M", "Q", "H"]
"""How much of a QR code may be damaged: about 7, 15, 25 and 30 percent."""

# Bytes in byte mode of versions 1 to 40.
_BYTES: dict[Correction, tuple[int, ...]] = {
    "L": (
        17, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, 425, 458, 520, 586, 644, 718, 792, 858,
        929, 1003, 1091, 1171, 1273, 1367, 1465, 1528, 1628, 1732, 1840, 1952, 2068, 2188, 2303, 2431, 2563, 2699, 2809, 2953,
    ),
    "M": (
        14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666,
        711, 779, 857, 911, 997, 1059, 1125, 1190, 1264, 1370, 1452, 1538, 1628, 1722, 1809, 1911, 1989, 2099, 2213, 2331,
    ),
    "Q": (
        11, 20, 32, 46, 60, 74, 86, 108, 130, 151, 177, 203, 241, 258, 292, 322, 364, 394, 442, 482,
        509, 565, 611, 661, 715, 751, 805, 868, 908, 982, 1030, 1112, 1168, 1228, 1283, 1351, 1423, 1499, 1579, 1663,
    ),
    "H": (
        7, 14, 24, 34, 44, 58, 64, 84, 98, 119, 137, 155, 177, 194, 220, 250, 280, 310, 338, 382,
        403, 439, 461, 511, 535, 593, 625, 658, 698, 742, 790, 842, 898, 958, 983, 1051, 1093, 1139, 1219, 1273,
    ),
}  # fmt: skip

QUIET = 4
"""Modules of light that readers need on each side."""


def qr_capacity(version: int, correction: Correction) -> int:
    """Bytes that a code of this version holds."""
    return _BYTES[correction][version - 1]


def qr_version(size: int, correction: Correction) -> int | None:
    """The smallest version that holds so many bytes; None where there is none."""
    return next((version for version, most in enumerate(_BYTES[correction], 1) if size <= most), None)


def qr_modules(version: int) -> int:
    """Modules of a side, without the quiet zone."""
    return 17 + 4 * version


def ean13(digits: str) -> str:
    """All 13 digits of 12, or of 13 whose check digit is right. Raises ValueError."""
    if not (digits.isascii() and digits.isdigit() and len(digits) in (12, 13)):
        raise ValueError("ean13 has 12 digits, or 13 with its check digit")
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits[:12]))
    whole = digits[:12] + str(-total % 10)
    if len(digits) == 13 and digits != whole:
        raise ValueError(f"the check digit of {digits} is wrong: {whole[12]} would be right")
    return whole
