"""What the FN has made since says whether a document is there: surely, surely not, or not known."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from bridge_ffd.fn import FoundDocument
from bridge_ffd.new_documents import MOST, new_numbers, search, search_kind
from bridge_ffd.register import Kind
from bridge_ffd.versions import DocumentKind


@dataclass(frozen=True)
class Counted:
    fn: str | None
    last: int | None


@dataclass(frozen=True)
class Document:
    number: int
    what: str


BEFORE = Counted("9999078900004567", 30)


def after(last: int | None, fn: str | None = "9999078900004567") -> Counted:
    return Counted(fn, last)


def documents(*what: str) -> list[Document]:
    return [Document(31 + index, one) for index, one in enumerate(what)]


@pytest.mark.parametrize(
    ("now", "what", "there", "reason"),
    [
        (after(30), (), False, "no new document"),
        (after(31), ("ours",), True, "document 31"),
        (after(33), ("other", "ours", "other"), True, "document 32"),
        (after(32), ("ours", "ours"), None, "2 new documents"),
        (after(31), ("alike",), None, "another operation or total"),
        (after(32), ("ours", "alike"), True, "document 31"),
        (after(32), ("other", "other"), False, "none of the new documents"),
        (after(32), ("other",), None, "does not show all"),
        (after(29), (), None, "fewer documents"),
        (after(None), (), None, "another fiscal storage"),
        (after(31, "9999078900009999"), ("ours",), None, "another fiscal storage"),
        (after(30 + MOST + 1), ("other",) * MOST, None, f"{MOST + 1} documents"),
    ],
)
def test_a_search(now: Counted, what: tuple[str, ...], there: bool | None, reason: str) -> None:
    found = search(
        BEFORE,
        now,
        documents(*what),
        is_ours=lambda document: document.what == "ours",
        may_be=lambda document: document.what in ("ours", "alike"),
    )
    assert (found.there, found.document is not None) == (there, there is True)
    assert reason in found.reason


def test_only_so_many_documents_are_looked_at_and_none_of_another_storage() -> None:
    assert list(new_numbers(Kind.RECEIPT, BEFORE, after(33))) == [31, 32, 33]
    assert len(new_numbers(Kind.RECEIPT, BEFORE, after(30 + 10 * MOST))) == MOST
    assert list(new_numbers(Kind.RECEIPT, BEFORE, after(33, "9999078900009999"))) == []
    assert list(new_numbers(Kind.RECEIPT, BEFORE, after(None))) == []


@pytest.mark.parametrize("kind", [Kind.CASH_IN, Kind.CASH_OUT, Kind.X_REPORT])
def test_of_what_the_fn_does_not_keep_no_document_is_looked_at(kind: Kind) -> None:
    assert list(new_numbers(kind, BEFORE, after(33))) == []


@pytest.mark.parametrize(
    ("kind", "made", "there"),
    [
        (Kind.RECEIPT, DocumentKind.RECEIPT, None),
        (Kind.RECEIPT, DocumentKind.SHIFT_CLOSE, False),
        (Kind.SHIFT_CLOSE, DocumentKind.SHIFT_CLOSE, None),
        (Kind.SHIFT_CLOSE, 0x10, None),  # a number that is the device's own may be any kind
    ],
)
def test_in_the_fn_itself_what_may_be_of_our_kind_may_be_ours(kind: Kind, made: DocumentKind | int, there: bool | None) -> None:
    document = FoundDocument(made, ticket=False, at=None, number=31, sign=1)
    assert search_kind(kind, BEFORE, after(31), [document], lambda document: False).there is there
    assert search_kind(kind, BEFORE, after(31), [document], lambda document: True).document is document
