"""What must never be written down, and how it is hidden: known secrets by value, cards, tokens, e-mails and phones by form.

The last line of defence behind everything that is kept or shown: wire logs, log files, error answers, reports. It hides too
much rather than too little, and never raises.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from bisect import bisect_left
from collections.abc import Iterable
from itertools import islice
from urllib.parse import quote, quote_plus

# A value of three characters or fewer stands everywhere: hiding it would hide the log and still hide nothing.
SHORTEST = 4
# Below this a value is hidden only where it stands alone: the PIN 4711 is no part of the amount 147110.
_ALONE_BELOW = 8

_HIDDEN = "***"

# 13 to 19 digits in a row, or in groups of four: the lengths of card numbers (ISO/IEC 7812).
_CARD = re.compile(rb"(?<![0-9])(?:[0-9][ -]?){12,18}[0-9](?![0-9])")
# In a URL the digits of an escape may stand right before it (%204539...): escapes are taken as they are, one by one.
_CARD_TEXT = re.compile(
    r"%[0-9A-Fa-f]{2}|(?:(?<![0-9])|(?<=%[0-9A-Fa-f]{2}))(?:[0-9](?:[ -]|%20)?){12,18}[0-9](?![0-9])", re.ASCII
)
_EMAIL = re.compile(rb"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}")
_EMAIL_TEXT = re.compile(r"[\w.%+'-]{1,64}(?:@|%40)(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")
# An international number, or three groups of three digits. Nine digits in a row are as likely a document's number.
_PHONE = re.compile(rb"(?<![0-9A-Za-z.:])(?:\+[0-9](?:[ ()-]?[0-9]){7,14}|[0-9]{3}[ -][0-9]{3}[ -][0-9]{3})(?![0-9A-Za-z])")
_PHONE_TEXT = re.compile(
    r"(?:(?<![0-9A-Za-z.:])|(?<=%[0-9A-Fa-f]{2}))(?:(?:\+|%2[Bb])[0-9](?:(?:[ ()-]|%20)?[0-9]){7,14}|[0-9]{3}(?:[ -]|%20)[0-9]{3}(?:[ -]|%20)[0-9]{3})(?![0-9A-Za-z])",
    re.ASCII,
)
# What stands before the host of a URL (RFC 3986, userinfo). Ours never have any; what people type or put into a file may.
_USERINFO = re.compile(r"""(?<=://)[^\s/?#"'<>]+@""")
_BEARER = re.compile(r"(?i)(\bbearer\s+)[!-~]{8,}")
_OUR_TOKEN = re.compile(r"tb[kwncl]_[A-Za-z0-9_-]{8,}")


def luhn(digits: Iterable[int]) -> bool:
    total = 0
    for index, digit in enumerate(reversed(list(digits))):
        doubled = digit * 2 if index % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def hide_cards(data: bytes) -> bytes:
    """Replace the middle of every card number (Luhn-valid, 13 to 19 digits) by '*', length kept."""
    return _CARD.sub(lambda match: _card(match.group()), data)


def hide_private(data: bytes) -> bytes:
    """Cards, e-mail addresses and phone numbers in bytes that hold text somewhere, UTF-16 too; length kept."""
    return _every_second(_plain(data)) if b"\0" in data else _plain(data)


def _every_second(data: bytes) -> bytes:
    """Text in UTF-16: each character's other byte is zero."""
    hidden = bytearray(data)
    for first in (0, 1):
        part = data[first::2]
        for index, (before, after) in enumerate(zip(part, _plain(part), strict=True)):
            place = 2 * index + first
            if before != after and 0 in data[max(0, place - 1) : place + 2]:
                hidden[place] = after
    return bytes(hidden)


def _plain(data: bytes) -> bytes:
    data = hide_cards(data)
    if b"@" in data:
        data = _EMAIL.sub(lambda match: b"*" * len(match.group()), data)
    if b"+" in data or b" " in data or b"-" in data:
        data = _PHONE.sub(lambda match: b"*" * len(match.group()), data)
    return data


def hide_patterns(text: str) -> str:
    """Tokens, users and passwords of URLs, cards, e-mail addresses and phone numbers in a text, by their form alone."""
    if "://" in text:
        text = _USERINFO.sub(f"{_HIDDEN}@", text)
    text = _OUR_TOKEN.sub(_HIDDEN, _BEARER.sub(rf"\1{_HIDDEN}", text))
    text = _CARD_TEXT.sub(lambda match: _card(match.group().encode("ascii")).decode("ascii"), text)
    if "@" in text or "%40" in text:
        text = _EMAIL_TEXT.sub(_HIDDEN, text)
    return _PHONE_TEXT.sub(_HIDDEN, text)


def _card(found: bytes) -> bytes:
    if found[:1] == b"%":
        return found
    plain = found.replace(b"%20", b"   ")  # the 20 of an encoded blank is no part of the number
    places = [index for index, byte in enumerate(plain) if 0x30 <= byte <= 0x39]
    if not luhn(plain[index] - 0x30 for index in places):
        return found
    hidden = bytearray(found)
    for index in places[6:-4]:
        hidden[index] = 0x2A
    return bytes(hidden)


_LONGEST = 19

# First digits of the cards there are, by how many digits they have (ISO/IEC 7812 and the schemes' own ranges): much narrower than
# the check digit alone, which one number in ten passes. A time as 20261120090000, an EAN-13 and a register's number stay.
_SCHEMES = re.compile(
    r"4[0-9]{12}|4[0-9]{15}|4[0-9]{18}"  # Visa
    r"|5[1-5][0-9]{14}|(?:222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"  # Mastercard
    r"|(?:50|5[6-9]|6[0-9])[0-9]{11,17}"  # Maestro, Discover, UnionPay, RuPay and the other national ones
    r"|3[47][0-9]{13}|3(?:0[0-59]|[689][0-9])[0-9]{11,16}|35[0-9]{14,17}"  # American Express, Diners Club, JCB
    r"|220[0-5][0-9]{12,15}|9792[0-9]{12}|8[16][0-9]{14,17}",  # Mir, Humo and their like, Troy, UnionPay's newer ones
    re.ASCII,
)


# Digits in a row or in groups, with one blank or hyphen between: as many as the shortest card has, at least.
_RUN = re.compile(r"(?<![0-9])(?=(?:[0-9][ -]?){12}[0-9])[0-9]+(?:[ -][0-9]+)*(?![0-9])", re.ASCII)
# Cards are printed in groups of four to six digits. Pairs are a dump of bytes, in which anything could be found.
_GROUP = 4


def hide_card_numbers(text: str, *, shortest: int = 13) -> str:
    """A text with the middle of each card number hidden, length kept.

    A card number is a run of `shortest` to 19 digits that begins as a card of its length does and passes the Luhn check: one group or
    several, all digits that stand together or some of their groups, where these have four digits at least.
    """
    if len(text) < shortest:
        return text
    return _RUN.sub(lambda match: _without_cards(match.group(), shortest), text)


def _without_cards(run: str, shortest: int) -> str:
    groups = [(found.start(), found.end()) for found in re.finditer("[0-9]+", run)]
    number = "".join(character for character in run if character.isdigit())
    if len(number) < shortest:
        return run
    if _is_card(number, shortest):
        return _shown(run, 0, len(run))
    first = 0
    while first < len(groups):
        number, last = "", first
        while last < len(groups) and groups[last][1] - groups[last][0] >= _GROUP and len(number) <= _LONGEST:
            number += run[slice(*groups[last])]
            last += 1
            if _is_card(number, shortest):
                run = _shown(run, groups[first][0], groups[last - 1][1])
                first = last - 1
                break
        first += 1
    return run


def _is_card(number: str, shortest: int) -> bool:
    return shortest <= len(number) <= _LONGEST and _SCHEMES.fullmatch(number) is not None and luhn(int(one) for one in number)


def _shown(run: str, start: int, end: int) -> str:
    places = [index for index in range(start, end) if run[index].isdigit()]
    hidden = set(places[6:-4])
    return "".join("*" if index in hidden else character for index, character in enumerate(run))


def masked_pan(number: str, *, first: int = 6, last: int = 4) -> str:
    """A card number as it may be kept and shown: its first six and last four digits at most, '*' for each other place.

    Blanks and hyphens go. What the terminal hid already stays hidden, whatever it wrote there ('x', '.', '#', 'E'). A number of
    fewer than 13 digits is no whole one: its last four alone are shown.
    """
    if not (0 <= first <= 6 and 0 <= last <= 4):
        raise ValueError("no more than the first six and the last four digits of a card are ever shown")
    places = [place for place in number if place not in " -"]
    digits = [place in "0123456789" for place in places]
    if all(digits) and len(places) < 13:
        first = 0
    head = next((index for index, digit in enumerate(digits) if not digit), len(places))
    tail = next((index for index, digit in enumerate(reversed(digits)) if not digit), len(places))
    shown = range(0, min(head, first)), range(len(places) - min(tail, last), len(places))
    return "".join(place if any(index in part for part in shown) else "*" for index, place in enumerate(places))


class Values:
    """Values to hide, in every spelling that a log, a URL or a protocol may give them. Immutable."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self.values = frozenset(value for value in values if len(value) >= SHORTEST)
        spelt: set[str] = set()
        for value in self.values:
            spelt |= _spellings(value)
        self._texts = sorted(spelt, key=len, reverse=True)  # longest first: a part must not spoil the whole
        self._bytes = sorted({form for text in spelt for form in _encoded(text)}, key=len, reverse=True)
        self._sizes = [-len(form) for form in self._bytes]

    def __bool__(self) -> bool:
        return bool(self.values)

    def hide(self, text: str) -> str:
        for form in self._texts:
            if form in text:
                text = re.sub(_alone(form), _HIDDEN, text)
        return text

    def hide_bytes(self, data: bytes) -> bytes:
        """The same in bytes; length kept."""
        for form in islice(self._bytes, bisect_left(self._sizes, -len(data)), None):  # most transfers are shorter than most forms
            if form in data:
                data = data.replace(form, b"*" * len(form))
        return data


class Secrets:
    """The secrets that this process knows, by who brought them. Callable from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_owner: dict[str, frozenset[str]] = {}
        self._values = Values()

    def forget(self) -> None:
        """All of them. For tests, which make hundreds of bridges in one process: each transfer is searched for each value."""
        with self._lock:
            self._by_owner.clear()
            self._values = Values()

    def know(self, owner: str, values: Iterable[str]) -> None:
        """From now on these are `owner`'s. What it had before stays hidden too: old lines may still be on their way."""
        with self._lock:
            added = frozenset(values)
            if added <= self._by_owner.get(owner, frozenset()):
                return
            self._by_owner[owner] = self._by_owner.get(owner, frozenset()) | added
            self._values = Values(value for known in self._by_owner.values() for value in known)

    def hide(self, text: str, more: Values | None = None) -> str:
        """A text as it may be kept: known secrets, `more` (a customer's values) and whatever looks private."""
        text = self._values.hide(text)
        if more is not None:
            text = more.hide(text)
        return hide_patterns(text)

    def hide_bytes(self, data: bytes, more: Values | None = None) -> bytes:
        """Known values in bytes; length kept."""
        data = self._values.hide_bytes(data)
        return data if more is None else more.hide_bytes(data)


# One for the process, as logging itself is: whoever reads a secret (the device file, the token's file) says so here.
SECRETS = Secrets()


def _spellings(value: str) -> set[str]:
    raw = value.encode("utf-8", "surrogatepass")
    forms = {
        value,
        json.dumps(value)[1:-1],
        repr(value)[1:-1],
        quote(value, safe=""),
        quote_plus(value),
        "".join(f"%{byte:02X}" for byte in raw),
        "".join(f"%{byte:02x}" for byte in raw),
    }
    for encoded in (raw, value.encode("utf-16-le", "surrogatepass"), value.encode("utf-16-be", "surrogatepass")):
        forms |= {encoded.hex(), encoded.hex().upper(), encoded.hex(" "), encoded.hex(" ").upper(), *_base64(encoded)}
    return {form for form in forms if len(form) >= SHORTEST}


def _base64(raw: bytes) -> set[str]:
    """What is surely of `raw` in the base64 of something that holds it, at each of the three ways it may be aligned."""
    forms = {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    for before in (0, 1, 2):
        first = -(-before * 8 // 6)
        last = (before + len(raw)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            inner = encode(b"\0" * before + raw).decode()[first:last]
            if len(inner) >= _ALONE_BELOW:
                forms.add(inner)
    return forms


def _encoded(text: str) -> set[bytes]:
    return {text.encode(name, "surrogatepass") for name in ("utf-8", "utf-16-le", "utf-16-be")}


def _alone(form: str) -> str:
    escaped = re.escape(form)
    return rf"(?<![0-9A-Za-z]){escaped}(?![0-9A-Za-z])" if len(form) < _ALONE_BELOW else escaped
