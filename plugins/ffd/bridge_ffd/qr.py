"""The QR code on a receipt, both ways: `t=20170904T140900&s=0.01&fn=9999078900002287&i=106&fp=4160536402&n=1`.

Source: protocol-specs/ffd, "QR code".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from bridge_ffd.signs import MAX_SIGN, fiscal_id
from bridge_ffd.versions import Settlement

_KNOWN: Final = ("t", "s", "fn", "i", "fp", "n")
_MUST: Final = ("t", "fn", "i", "fp")  # one product leaves s and n out of the code of a shift's closing
_TIME = re.compile(r"([0-9]{8})[Tt]([0-9]{4})([0-9]{2})?")
_TOTAL = re.compile(r"(0|[1-9][0-9]{0,12})\.[0-9]{2}")


@dataclass(frozen=True, slots=True)
class CheckQr:
    """What the code says. `at` is the device's local time; `seconds`: whether they are written."""

    at: datetime
    total: Decimal | None
    fn_number: str
    document: int
    sign: int
    settlement: Settlement | None
    seconds: bool = False

    @property
    def text(self) -> str:
        """As it is printed: numbers without leading zeros, the sum with two decimals."""
        parts = [f"t={self.at:%Y%m%dT%H%M}{f'{self.at:%S}' if self.seconds else ''}"]
        if self.total is not None:
            parts.append(f"s={self.total:.2f}")
        parts += [f"fn={self.fn_number}", f"i={self.document}", f"fp={self.sign}"]
        if self.settlement is not None:
            parts.append(f"n={int(self.settlement)}")
        return "&".join(parts)

    @property
    def fiscal_id(self) -> str:
        return fiscal_id(self.fn_number, self.document, self.sign)

    @classmethod
    def parse(cls, text: str) -> CheckQr:
        """What a code says. Raises ValueError naming the part that is wrong; parts that are not known are left alone."""
        parts: dict[str, str] = {}
        for part in text.strip().split("&"):
            name, equals, value = part.partition("=")
            if not equals:
                raise ValueError(f"{part!r} is no part of a receipt's QR code: it has no =")
            if name in parts:
                raise ValueError(f"{name} is there twice")
            parts[name] = value
        for name in _MUST:
            if name not in parts:
                raise ValueError(f"{name} is missing; a receipt's QR code has {', '.join(_KNOWN)}")
        time = _TIME.fullmatch(parts["t"])
        if time is None:
            raise ValueError(f"t={parts['t']!r} is no time such as 20170904T1409")
        try:
            at = datetime.fromisoformat(f"{time[1]}T{time[2]}{time[3] or '00'}")
        except ValueError as error:
            raise ValueError(f"t={parts['t']!r}: {error}") from None
        if not re.fullmatch(r"[0-9]{16}", parts["fn"]):
            raise ValueError(f"fn={parts['fn']!r}: the number of an FN has 16 digits")
        total = parts.get("s")
        if total is not None and not _TOTAL.fullmatch(total):
            raise ValueError(f"s={total!r} is no sum such as 0.01")
        return cls(
            at=at,
            total=Decimal(total) if total is not None else None,
            fn_number=parts["fn"],
            document=_number("i", parts["i"]),
            sign=_number("fp", parts["fp"]),
            settlement=Settlement(_number("n", parts["n"], 4, 1)) if "n" in parts else None,
            seconds=time[3] is not None,
        )


def _number(name: str, text: str, most: int = MAX_SIGN, least: int = 0) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text) or not least <= int(text) <= most:
        raise ValueError(f"{name}={text!r} is no number from {least} to {most}")
    return int(text)
