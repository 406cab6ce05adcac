"""Amounts in Polish words, as an invoice says them."""

from __future__ import annotations

_UNITS = (
    *("zero", "jeden", "dwa", "trzy", "cztery", "pięć", "sześć", "siedem", "osiem", "dziewięć"),
    *("dziesięć", "jedenaście", "dwanaście", "trzynaście", "czternaście", "piętnaście"),
    *("szesnaście", "siedemnaście", "osiemnaście", "dziewiętnaście"),
)
_TENS = ("", "", "dwadzieścia", "trzydzieści", "czterdzieści", "pięćdziesiąt", "sześćdziesiąt", "siedemdziesiąt")
_MORE_TENS = ("osiemdziesiąt", "dziewięćdziesiąt")
_HUNDREDS = ("", "sto", "dwieście", "trzysta", "czterysta", "pięćset", "sześćset", "siedemset", "osiemset", "dziewięćset")
_SCALES = (("tysiąc", "tysiące", "tysięcy"), ("milion", "miliony", "milionów"))


def _below_thousand(value: int) -> list[str]:
    hundreds, rest = divmod(value, 100)
    said = [_HUNDREDS[hundreds]] if hundreds else []
    if rest < 20:
        return [*said, _UNITS[rest]] if rest else said
    tens, units = divmod(rest, 10)
    return [*said, (_TENS + _MORE_TENS)[tens], *([_UNITS[units]] if units else [])]


def _scale(count: int, forms: tuple[str, str, str]) -> list[str]:
    if count == 1:
        return [forms[0]]
    few = 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14
    return [*_below_thousand(count), forms[1] if few else forms[2]]


def amount_in_words(grosze: int) -> str:
    """1000 -> "dziesięć PLN 0/100". Up to 999 999 999 zlotys, which no transaction exceeds."""
    zlotys, rest = divmod(grosze, 100)
    millions, below = divmod(zlotys, 1_000_000)
    thousands, units = divmod(below, 1000)
    said = _scale(millions, _SCALES[1]) if millions else []
    said += _scale(thousands, _SCALES[0]) if thousands else []
    said += _below_thousand(units)
    return f"{' '.join(said) or _UNITS[0]} PLN {rest}/100"
