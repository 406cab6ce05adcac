"""How a command is put together: parameters in the order given, each held against the table.

Texts are bytes of the interface's code page (`text.encode`), money is Decimal zloty, quantities are Decimal. A value that
the protocol cannot carry raises BadValue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from bridge_posnet.fields import ONLINE, BadValue, malformed
from bridge_posnet.frame import Frame, Parameter
from bridge_posnet.vocabulary import FIELDS


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A discount, or a surcharge: `percent` (0.01 to 99.99) or `amount` in zloty.

    Both together are a percent discount whose amount the printer verifies (error 2801). With neither, only `name` is
    printed as a line of information.
    """

    percent: Decimal | None = None
    amount: Decimal | None = None
    name: bytes | None = None
    surcharge: bool = False


class Builder:
    """Collects the parameters of one command in the order given; None is left out."""

    def __init__(self, mnemonic: str) -> None:
        self._mnemonic = mnemonic
        self._parameters: list[Parameter] = []

    def frame(self, *, immediate: bool = False) -> Frame:
        return Frame(self._mnemonic, tuple(self._parameters), immediate=immediate)

    def text(self, name: str, value: bytes | None, *, empty: bool = True) -> None:
        if value is not None:
            if not value and not empty:
                raise BadValue(self._mnemonic, name, value, "may not be empty")
            self._add(name, value)

    def lines(self, name: str, values: Sequence[bytes] | None, *, most: int | None = None) -> None:
        if values is None:
            return
        if most is not None and len(values) > most:
            raise BadValue(self._mnemonic, name, values, f"has more than {most} lines")
        if any(b"\n" in value for value in values):
            raise BadValue(self._mnemonic, name, values, "holds a line break inside a line")
        self._add(name, b"\n".join(values))

    def money(self, name: str, value: Decimal | None) -> None:
        if value is None:
            return
        if not isinstance(value, Decimal):
            raise TypeError(f"money is Decimal, not {type(value).__name__}")
        if not value.is_finite() or value < 0 or value.scaleb(2) % 1:
            raise BadValue(self._mnemonic, name, value, "is no amount of zloty and whole grosze")
        self._add(name, b"%d" % int(value.scaleb(2)))

    def number(self, name: str, value: int | None, least: int = 0) -> None:
        if value is None:
            return
        if value < least:
            raise BadValue(self._mnemonic, name, value, f"is below {least}")
        self._add(name, b"%d" % value)

    def flag(self, name: str, value: bool | None) -> None:
        if value is not None:
            self._add(name, b"1" if value else b"0")

    def quantity(self, name: str, value: Decimal | None) -> None:
        if value is None:
            return
        if not isinstance(value, Decimal):
            raise TypeError(f"a quantity is Decimal, not {type(value).__name__}")
        if not value.is_finite() or not ONLINE.quantity_min <= value <= ONLINE.quantity_max:
            raise BadValue(self._mnemonic, name, value, "is no quantity of the printer")
        if value.scaleb(ONLINE.quantity_decimals) % 1:
            raise BadValue(self._mnemonic, name, value, f"has more than {ONLINE.quantity_decimals} decimals")
        whole, _, fraction = format(value, "f").partition(".")
        fraction = fraction[: ONLINE.quantity_decimals]
        self._add(name, f"{whole}.{fraction or '000'}".encode("ascii"))

    def percent(self, name: str, value: Decimal | None) -> None:
        if value is None:
            return
        if not isinstance(value, Decimal):
            raise TypeError(f"a percentage is Decimal, not {type(value).__name__}")
        if not value.is_finite() or value <= 0 or value.scaleb(2) % 1:
            raise BadValue(self._mnemonic, name, value, "is no percentage with two decimals")
        self._add(name, b"%d" % int(value.scaleb(2)))

    def scaled(self, name: str, value: Decimal | None, places: int) -> None:
        """A number without separator: its last `places` digits are decimals."""
        if value is None:
            return
        if not isinstance(value, Decimal):
            raise TypeError(f"a rate is Decimal, not {type(value).__name__}")
        if not value.is_finite() or value <= 0 or value.scaleb(places) % 1:
            raise BadValue(self._mnemonic, name, value, f"is no number above 0 with at most {places} decimals")
        self._add(name, b"%d" % int(value.scaleb(places)))

    def moment(self, name: str, value: datetime | None) -> None:
        """The printer's local time, to the minute."""
        if value is not None:
            self._add(name, value.isoformat(",", "minutes").encode("ascii"))

    def day(self, name: str, value: date | None) -> None:
        if value is not None:
            self._add(name, value.isoformat().encode("ascii"))

    def adjustment(self, value: Adjustment, name: str) -> None:
        if name == "na":
            self.text("na", value.name)
        self.flag("rd", not value.surcharge)
        if name != "na":
            self.text(name, value.name)
        self.percent("rp", value.percent)
        self.money("rw", value.amount)

    def _add(self, name: str, value: bytes) -> None:
        reason = malformed(FIELDS[self._mnemonic][name], value)
        if reason is not None:
            raise BadValue(self._mnemonic, name, value, reason)
        self._parameters.append(Parameter(name, value))


def plain(mnemonic: str) -> Frame:
    return Frame(mnemonic)


def with_token(frame: Frame, number: int) -> Frame:
    """The same command with a token, 0 to 9999: the printer echoes it and `rpt` finds the answer by it."""
    if not 0 <= number <= 9999:
        raise BadValue(frame.mnemonic, "@", number, "is no token of four digits")
    return replace(frame, token=f"{number:04d}")
