"""Holds the tags of a document against its layout: what is missing, what does not belong there, what is there twice.

Belongs to the byte codec: a simulator refuses by it what a device refuses. Values are checked by `tlv.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bridge_ffd.layouts import Layout, Presence, document_layout, structure_layout
from bridge_ffd.tags import Kind, Tag, find_tag
from bridge_ffd.tlv import Tlv
from bridge_ffd.versions import DocumentKind, FfdVersion

BY_DEVICE = frozenset(
    {
        Tag.FFD_VERSION,
        Tag.USER_INN,
        Tag.USER_NAME,
        Tag.DATE_TIME,
        Tag.REGISTRATION_NUMBER,
        Tag.DOCUMENT_NUMBER,
        Tag.FN_NUMBER,
        Tag.FISCAL_SIGN,
        Tag.RECEIPT_NUMBER,
        Tag.SHIFT_NUMBER,
        Tag.FNS_SITE,
        Tag.MARKING_RESULTS,
        Tag.INTERNET_DEVICE,
    }
)
"""What a device always writes into its documents by itself."""

FROM_SETTINGS = frozenset({Tag.SETTLEMENT_ADDRESS, Tag.SETTLEMENT_PLACE})
"""What it takes from its registration where the host says nothing."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: the tag, the structures around it from the outside, and what it is."""

    tag: int
    message: str
    inside: tuple[Tag, ...] = ()

    def __str__(self) -> str:
        around = "".join(f"in tag {tag}: " for tag in self.inside)
        return f"{around}tag {find_tag(self.tag) or self.tag} {self.message}"


def check_document(
    kind: DocumentKind,
    version: FfdVersion,
    items: Sequence[Tlv],
    *,
    filled: Collection[Tag] = BY_DEVICE | FROM_SETTINGS,
) -> tuple[Problem, ...]:
    """What is wrong with these tags of a document. `filled`: what need not be there, since the device adds it."""
    return tuple(_check(document_layout(kind, version), version, items, filled, ()))


def check_structure(tag: Tag, version: FfdVersion, items: Sequence[Tlv]) -> tuple[Problem, ...]:
    """What is wrong with the tags inside an STLV."""
    return tuple(_check(structure_layout(tag, version), version, items, (), (tag,)))


def _check(
    layout: Layout, version: FfdVersion, items: Sequence[Tlv], filled: Collection[Tag], inside: tuple[Tag, ...]
) -> list[Problem]:
    found: list[Problem] = []
    seen: set[int] = set()
    for item in items:
        tag = item.known
        place = layout.get(tag) if tag is not None else None
        if tag is not None and place is None:
            found.append(Problem(tag, f"does not stand here in {version}", inside))
        elif item.tag in seen and (place is None or not place.repeated):
            found.append(Problem(item.tag, "is there more than once", inside))
        seen.add(item.tag)
        if tag is not None and tag.kind is Kind.STLV and place is not None and isinstance(item.value, tuple):
            found += _check(structure_layout(tag, version), version, item.value, (), (*inside, tag))
    for tag, place in layout.items():
        if place.presence is Presence.MUST and tag not in seen and tag not in filled:
            found.append(Problem(tag, "is missing", inside))
    return found
