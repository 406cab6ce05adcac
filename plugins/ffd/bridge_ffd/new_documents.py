"""What the FN has made since a document was begun, and whether one of it is that document. Pure: no device is asked.

The FN numbers its documents and keeps what they were about, so for these it alone decides, whatever became of an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from bridge_ffd.fn import FoundDocument
from bridge_ffd.register import FISCAL, OF_KIND, Kind
from bridge_ffd.versions import DocumentKind

MOST = 50
"""So many new documents of the FN are looked at; where more were made since, somebody else worked with the device all day."""


class Counted(Protocol):
    """What a device says of its FN: whose number it is, and its last document. None: it has none, or does not tell."""

    @property
    def fn(self) -> str | None: ...

    @property
    def last(self) -> int | None: ...


class Numbered(Protocol):
    @property
    def number(self) -> int: ...


DocumentT = TypeVar("DocumentT", bound=Numbered)


@dataclass(frozen=True, slots=True)
class Search(Generic[DocumentT]):
    """Whether the document is `there`, None for not known; why, in a sentence for the evidence; and which one it is."""

    there: bool | None
    reason: str
    document: DocumentT | None = None


def new_numbers(kind: Kind, before: Counted, now: Counted) -> range:
    """Numbers of the documents that must be looked at for one of this kind: none where the FN does not keep it."""
    if kind not in FISCAL or before.last is None or now.last is None or now.fn != before.fn:
        return range(0)
    return range(before.last + 1, min(now.last, before.last + MOST) + 1)


def search(
    before: Counted,
    now: Counted,
    found: Sequence[DocumentT],
    *,
    is_ours: Callable[[DocumentT], bool],
    may_be: Callable[[DocumentT], bool],
    unlike: str = "the fiscal storage has a new document of this kind, with another operation or total",
) -> Search[DocumentT]:
    """`found`: the documents of `new_numbers`, in their order. `may_be`: whether one could be ours that is not surely ours; with one of
    those there is no saying that ours is not there, and `unlike` is the reason."""
    if before.last is None or now.last is None or now.fn != before.fn:
        return Search(None, "there is another fiscal storage in the device, or none")
    new = now.last - before.last
    if new < 0:
        return Search(None, "the fiscal storage counts fewer documents than before")
    if new == 0:
        return Search(False, "the fiscal storage has no new document")
    if new > MOST:
        return Search(None, f"{new} documents were made since: somebody else worked with the device")
    if len(found) != new:
        return Search(None, "the fiscal storage does not show all of its new documents")
    ours = [document for document in found if is_ours(document)]
    if len(ours) == 1:
        return Search(True, f"document {ours[0].number} of the fiscal storage is this one", ours[0])
    if ours:
        return Search(None, f"{len(ours)} new documents of the fiscal storage could be this one")
    if any(may_be(document) for document in found):
        return Search(None, unlike)
    return Search(False, "none of the new documents of the fiscal storage is this one")


def search_kind(
    kind: Kind, before: Counted, now: Counted, found: Sequence[FoundDocument], is_ours: Callable[[FoundDocument], bool]
) -> Search[FoundDocument]:
    """`search` where the FN itself is asked: whatever may be of this kind may be ours."""
    return search(before, now, found, is_ours=is_ours, may_be=lambda document: may_be_of_kind(kind, document))


def may_be_of_kind(kind: Kind, document: FoundDocument) -> bool:
    """Sources differ in the numbers of corrections and of the closing of shifts: what is no known kind may be any."""
    return document.kind in OF_KIND[kind] or not isinstance(document.kind, DocumentKind)
