"""What stands where behind a command, for those who read or hide bytes that went over the line.

Follows protocol-specs/posnet/thermal.md, "Commands". Nothing is sent by these tables: commands are built in `commands.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

Numbers = tuple[int, ...]


class Kind(Enum):
    """What a part is, and the byte that ends it."""

    TEXT = b"\r"
    AMOUNT = b"/"
    """Zloty."""
    FIELD = b"/ "
    """Ended like an amount, but none: a letter, a percentage, a number."""


@dataclass(frozen=True, slots=True)
class Part:
    """One text or amount. `private`: a person's name or what is free to say there; wire logs do not keep it."""

    name: str
    kind: Kind = Kind.TEXT
    private: bool = False


def _amounts(*names: str) -> list[Part]:
    return [Part(name, Kind.AMOUNT) for name in names]


_TILL = Part("till")
_CASHIER = Part("cashier", private=True)
_LINE_BELOW = Part("line below", private=True)  # loyalty numbers, names
_DISCOUNT_NAME = Part("name of the discount")
_OWN_NAME = 16  # Po: the name comes along
_PERCENT = (2, 4)  # Pr of `$l`
_SUBTOTAL_PERCENT = (1, 2)  # Px of `$Y`

# `$y`: the number that counts the payments, and where theirs begin.
PAYMENTS_IN = 8
PAYMENTS_FROM = 11


def _number(numbers: Numbers, index: int) -> int:
    return numbers[index] if index < len(numbers) else 0


def _line(numbers: Numbers) -> list[Part]:
    percent = _number(numbers, 1) in _PERCENT
    parts = [Part("name"), Part("quantity"), Part("rate", Kind.FIELD), *_amounts("price", "gross")]
    parts.append(Part("percent", Kind.FIELD) if percent else Part("discount", Kind.AMOUNT))
    if _number(numbers, 2) == _OWN_NAME:
        parts.append(_DISCOUNT_NAME)
    return [*parts, Part("description")] if _number(numbers, 3) else parts


def _subtotal(numbers: Numbers) -> list[Part]:
    percent = _number(numbers, 0) in _SUBTOTAL_PERCENT
    value = Part("percent", Kind.FIELD) if percent else Part("discount", Kind.AMOUNT)
    named = [_DISCOUNT_NAME] if _number(numbers, 1) == _OWN_NAME else []
    return [Part("subtotal", Kind.AMOUNT), value, *named]


def _end(numbers: Numbers) -> list[Part]:
    count = len(numbers[PAYMENTS_FROM : PAYMENTS_FROM + _number(numbers, PAYMENTS_IN)])
    named = len(numbers) == PAYMENTS_FROM + count + 1 and numbers[-1] == 1
    forms = range(1, count + 1)
    return [
        _TILL,
        _CASHIER,
        Part("system number"),
        *(_LINE_BELOW,) * _number(numbers, 0),
        *(Part(f"name of payment {form}") for form in forms),
        *([_DISCOUNT_NAME] if named else []),
        *_amounts(
            "total",
            "on the display, to give back" if _number(numbers, 3) else "on the display",
            "discount",
            "cash",
            *(f"payment {form}" for form in forms),
            "change",
        ),
    ]


def _end_in_cash(numbers: Numbers) -> list[Part]:
    if _number(numbers, 0) == 0:
        return []
    return [Part("till and cashier", private=True), *(_LINE_BELOW,) * _number(numbers, 2), *_amounts("cash", "total")]


def _period(numbers: Numbers) -> list[Part]:
    by_numbers = len(numbers) == 1
    return [*([Part("from", Kind.FIELD), Part("to", Kind.FIELD)] if by_numbers else []), _TILL, _CASHIER]


def _display(numbers: Numbers) -> list[Part]:
    return [Part("text")]


def _slip(numbers: Numbers) -> list[Part]:
    return [Part("amount", Kind.AMOUNT), _TILL, _CASHIER]


def _login(numbers: Numbers) -> list[Part]:
    return [_CASHIER, _TILL]


def _daily(numbers: Numbers) -> list[Part]:
    return [_TILL, _CASHIER]


_LAYOUTS: dict[str, Callable[[Numbers], list[Part]]] = {
    "$l": _line,
    "$Y": _subtotal,
    "$y": _end,
    "$e": _end_in_cash,
    "#i": _slip,
    "#d": _slip,
    "#z": _slip,
    "#p": _login,
    "#q": _login,
    "#r": _daily,
    "#o": _period,
    "$d": _display,
}

# The older end, forms and card slips: their layout is told in part only, and people's names and numbers stand in it.
_HIDDEN = frozenset({"$x", "$w", "$c", "$p"})


@dataclass(frozen=True, slots=True)
class Found:
    """A part as it stands in a text, from `start` on. `part` None: what is left behind the last one that was to come."""

    part: Part | None
    start: int
    value: bytes
    private: bool


def parts(command: str, numbers: Numbers, text: bytes) -> Iterator[Found]:
    """The parts of a command's text. Where one does not end, all that is left is one piece, and private if any of the rest is."""
    start = 0
    layout = _LAYOUTS[command](numbers) if command in _LAYOUTS else []
    for index, part in enumerate(layout):
        end = text.find(part.kind.value[:1], start)
        if end < 0:
            if start < len(text):
                yield Found(None, start, text[start:], any(later.private for later in layout[index:]))
            return
        yield Found(part, start, text[start:end], part.private)
        start = end + 1
    if start < len(text):
        yield Found(None, start, text[start:], command in _HIDDEN)
