"""The fiscal sign of a document in the forms in which devices tell it, and the id that is unique beyond the device.

Source: protocol-specs/ffd, "The fiscal sign".
"""

from __future__ import annotations

from bridge_ffd.open_points import SIGN_PREFIX

MAX_SIGN = 0xFFFFFFFF


def sign_of_tag(value: bytes) -> int:
    """From tag 1077: two bytes, then the sign, the highest byte first."""
    if len(value) != len(SIGN_PREFIX) + 4:
        raise ValueError(f"a fiscal sign has 6 bytes, not {len(value)}")
    return int.from_bytes(value[-4:], "big")


def tag_of_sign(sign: int) -> bytes:
    """As tag 1077 writes it."""
    return SIGN_PREFIX + _checked(sign).to_bytes(4, "big")


def sign_of_answer(value: bytes) -> int:
    """From the answer of a command (FF45, FF0A, A4 40): four bytes, the lowest first."""
    if len(value) != 4:
        raise ValueError(f"a fiscal sign has 4 bytes, not {len(value)}")
    return int.from_bytes(value, "little")


def sign_of_bcd(value: bytes) -> int:
    """From a register that holds it as packed decimal digits, the highest first (ATOL)."""
    digits = value.hex()
    if not digits.isdecimal() or len(value) != 5:
        raise ValueError(f"{digits} is no number of ten digits")
    return _checked(int(digits))


def bcd_of_sign(sign: int) -> bytes:
    """As a register of ten packed digits."""
    return bytes.fromhex(f"{_checked(sign):010d}")


def fiscal_id(fn_number: str, document: int, sign: int) -> str:
    """What finds the document at the tax service: FN, document number and sign."""
    return f"{fn_number}:{document}:{_checked(sign)}"


def parse_fiscal_id(text: str) -> tuple[str, int, int]:
    """FN, document number and sign of such an id. Raises ValueError for any other text."""
    parts = text.split(":")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts) or len(parts[0]) != 16:
        raise ValueError(f"{text!r} is no id such as 9999078900002287:106:4160536402")
    return parts[0], int(parts[1]), _checked(int(parts[2]))


def _checked(sign: int) -> int:
    if not 0 <= sign <= MAX_SIGN:
        raise ValueError(f"{sign} is no fiscal sign: it goes from 0 to {MAX_SIGN}")
    return sign
