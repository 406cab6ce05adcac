"""Collects the tags of a document with the field of the request that each comes from, and what is wrong with any of them.

Every refusal names the field, the tag and its limit. Lenient requests have texts replaced and cut, each told as a warning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from bridge.model import FieldError, Warning_
from bridge_ffd.extras import RAW_TYPES, RawTag
from bridge_ffd.layouts import Layout, document_layout, structure_layout
from bridge_ffd.presence import BY_DEVICE, check_structure
from bridge_ffd.tags import Kind, Tag, find_tag
from bridge_ffd.tlv import CODE_PAGE, Tlv, TlvError, Value, decode_value, encode, encode_value
from bridge_ffd.versions import DocumentKind, FfdVersion

_INSTEAD = str.maketrans(
    {
        **dict.fromkeys("«»“”„‟″", '"'),
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("–—‑−‐", "-"),
        **dict.fromkeys("\u2009\u202f\u2007", " "),
        "…": "...",
        "₽": "руб.",
        "×": "x",
        "€": "EUR",
    }
)


class Faults:
    """Everything that is wrong with one request, and everything that is worth telling."""

    def __init__(self, *, lenient: bool = False) -> None:
        self.lenient = lenient
        self.errors: list[FieldError] = []
        self.warnings: list[Warning_] = []

    def error(self, field: str, message: str, *, limit: str | None = None, remedy: str | None = None) -> None:
        self.errors.append(FieldError(field, message, limit, remedy))

    def warn(self, code: str, message: str, field: str | None = None) -> None:
        self.warnings.append(Warning_(code=code, message=message, field=field))


class Tags:
    """The tags of one document, line or structure, in the order in which they are added."""

    def __init__(self, layout: Layout, version: FfdVersion, faults: Faults) -> None:
        self._layout = layout
        self._version = version
        self._faults = faults
        self._fields: dict[int, str] = {}
        self._reserved: dict[int, str] = {}
        self.items: list[Tlv] = []

    @classmethod
    def of_document(cls, kind: DocumentKind, version: FfdVersion, faults: Faults) -> Tags:
        return cls(document_layout(kind, version), version, faults)

    @classmethod
    def inside(cls, tag: Tag, version: FfdVersion, faults: Faults) -> Tags:
        return cls(structure_layout(tag, version), version, faults)

    def add(self, tag: Tag, value: Value | None, field: str) -> None:
        """One tag, unless there is nothing to say. What is wrong with it goes to the faults."""
        if value is None or (tag.kind is Kind.STLV and value == ()):
            return
        if not self.allows(tag, field):
            return
        if tag in self._fields and not self._layout[tag].repeated:
            self._faults.error(field, f"tag {tag} is given by {self._fields[tag]} already", remedy="give it once")
            return
        if isinstance(value, str):
            value = self._fitted(tag, value, field)
        self._append(tag, Tlv(tag, value), field)

    def reserve(self, tags: Iterable[Tag], field: str) -> None:
        """Tags that the document gets in another way, so that no raw tag may repeat them."""
        self._reserved.update(dict.fromkeys(tags, field))

    def allows(self, tag: Tag, field: str) -> bool:
        """Whether the tag may stand here in this version; where it may not, that is a fault of the field."""
        if tag in self._layout:
            return True
        remedy = "leave it out, or use a device of another version"
        self._faults.error(field, f"tag {tag} does not stand here in {self._version}", remedy=remedy)
        return False

    def add_raw(self, raw: Iterable[RawTag], field: str) -> None:
        """Tags as numbers, which a till gives for what no field is for."""
        for index, item in enumerate(raw):
            where = f"{field}.{index}"
            tag = find_tag(item.tag)
            if tag in BY_DEVICE:
                self._faults.error(where, f"tag {tag} is written by the device itself", remedy="leave it out")
                continue
            if tag is not None and not self.allows(tag, where):
                continue
            taken = self._reserved.get(item.tag)
            if taken is None and not (tag is not None and self._layout[tag].repeated):
                taken = self._fields.get(item.tag)
            if taken is not None:
                self._faults.error(where, f"tag {tag or item.tag} is given by {taken} already", remedy="give it there")
                continue
            try:
                made = _raw(item)
            except ValueError as error:
                self._faults.error(where, f"tag {tag or item.tag}: {error.reason if isinstance(error, TlvError) else error}")
                continue
            problems = check_structure(tag, self._version, made.children) if tag is not None and item.tags else ()
            for problem in problems:
                self._faults.error(where, str(problem))
            if not problems:
                self._append(item.tag, made, where)

    def built(self) -> tuple[Tlv, ...]:
        return tuple(self.items)

    def _append(self, tag: int, item: Tlv, field: str) -> None:
        try:
            encode([item])
        except TlvError as error:
            known = find_tag(error.tag) if error.tag is not None else None
            limit = f"{known.length} characters" if known is not None and known.kind in (Kind.TEXT, Kind.PADDED) else None
            self._faults.error(field, f"tag {known or tag}: {error.reason}", limit=limit, remedy=_remedy(known))
            return
        self._fields.setdefault(tag, field)
        self.items.append(item)

    def _fitted(self, tag: Tag, text: str, field: str) -> str:
        if not self._faults.lenient or tag not in FREE_TEXTS:
            return text
        fitted, lost = transliterate(text)
        if fitted != text:
            told = f" ({', '.join(lost)} cannot be shown)" if lost else ""
            self._faults.warn("text_replaced", f"Tag {tag}: written as {fitted!r}{told}.", field)
        if len(fitted) > tag.length:
            self._faults.warn(
                "text_cut", f"Tag {tag} takes {tag.length} characters: {fitted[tag.length :]!r} was cut off.", field
            )
            fitted = fitted[: tag.length]
        return fitted


FREE_TEXTS = frozenset(
    {
        Tag.ITEM_NAME,
        Tag.UNIT,
        Tag.ITEM_ATTRIBUTE,
        Tag.BUYER_NAME,
        Tag.BUYER_ADDRESS,
        Tag.CASHIER,
        Tag.SETTLEMENT_PLACE,
        Tag.SETTLEMENT_ADDRESS,
        Tag.USER_ATTRIBUTE_NAME,
        Tag.USER_ATTRIBUTE_VALUE,
        Tag.SUPPLIER_NAME,
        Tag.TRANSFER_OPERATOR_NAME,
        Tag.TRANSFER_OPERATOR_ADDRESS,
        Tag.AGENT_OPERATION,
        Tag.CORRECTION_DESCRIPTION,
    }
)
"""Texts for people. All others are numbers and names that mean something else when cut."""


def transliterate(text: str) -> tuple[str, tuple[str, ...]]:
    """The nearest text that code page 866 has, and the characters that became a question mark."""
    fitted, lost = [], []
    for character in text.translate(_INSTEAD):
        for candidate in (character, _bare(character)):
            if candidate and _encodable(candidate):
                fitted.append(candidate)
                break
        else:
            fitted.append("?")
            lost.append(f"{character!r}")
    return "".join(fitted), tuple(dict.fromkeys(lost))


def _bare(character: str) -> str:
    """The letter without its accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))


def _encodable(text: str) -> bool:
    try:
        text.encode(CODE_PAGE)
    except UnicodeEncodeError:
        return False
    return True


def _remedy(tag: Tag | None) -> str | None:
    if tag is None:
        return None
    if tag in FREE_TEXTS:
        return 'shorten it or write it otherwise, or send "fit": "lenient" to have it fitted'
    return "correct it" if tag.kind is not Kind.STLV else "give less of it"


def _raw(item: RawTag) -> Tlv:
    tag = find_tag(item.tag)
    if item.tags:
        if tag is not None and tag.kind is not Kind.STLV:
            raise ValueError("is no structure, so it has a value and no tags")
        children = tuple(_raw(child) for child in item.tags)
        return Tlv(item.tag, children if tag is not None else encode(children))
    if item.type is not None:
        kind, length = RAW_TYPES[item.type]
    elif tag is not None and tag.kind is not Kind.STLV:
        kind, length = tag.kind, tag.length
    else:
        raise ValueError("name its type, since its value cannot be read without" if tag is None else "is a structure; give tags")
    data = encode_value(kind, _raw_value(kind, item.value), length)
    return Tlv(item.tag, decode_value(tag.kind, data, tag.length) if tag is not None and tag.kind is kind else data)


def _raw_value(kind: Kind, value: int | str | None) -> Value:
    match kind:
        case Kind.TEXT | Kind.PADDED:
            if not isinstance(value, str):
                raise ValueError("needs a text")
            return value
        case Kind.BYTES:
            if not isinstance(value, str) or not re.fullmatch(r"([0-9A-Fa-f]{2}\s*)*", value):
                raise ValueError('needs bytes in hexadecimal, e.g. "45 0D 00"')
            return bytes.fromhex(value)
        case Kind.FVLN:
            try:
                return Decimal(str(value))
            except InvalidOperation:
                raise ValueError('needs a decimal string, e.g. "0.500"') from None
        case Kind.TIME:
            if isinstance(value, int):
                return decode_value(Kind.TIME, encode_value(Kind.UINT32, value, 4))
            return datetime.fromisoformat(str(value))
        case Kind.FLAG:
            if value not in (0, 1):
                raise ValueError("is 0 or 1")
            return bool(value)
        case _:
            if not isinstance(value, int):
                raise ValueError("needs a whole number")
            return value


def midnight(day: date) -> datetime:
    """A day as a time of tag 1178 or 1098."""
    return datetime.fromisoformat(day.isoformat())


def kopecks(amount: Decimal | None) -> int | None:
    """An amount in roubles as the number of kopecks."""
    return None if amount is None else int(amount.scaleb(2).to_integral_exact())
