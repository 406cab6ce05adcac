"""Which tags stand where: the table is whole, and the versions differ where the order says so."""

import re

import pytest
from bridge_ffd.layouts import DOCUMENTS, STRUCTURES, Place, Presence, document_layout, structure_layout
from bridge_ffd.tags import Kind, Tag
from bridge_ffd.versions import VERSIONS, DocumentKind, FfdVersion

ONLY_ON_PAPER = {Tag.QR_CODE}
OF_THE_RECEIPTS_ID = {Tag.RECEIPTS_SITE}
"""The OFD hands this over with a receipt; no device writes it."""


def test_every_tag_stands_in_a_document_or_in_a_structure() -> None:
    placed = {tag for rows in (*DOCUMENTS.values(), *STRUCTURES.values()) for tag in rows}
    assert set(Tag) - placed == ONLY_ON_PAPER | OF_THE_RECEIPTS_ID


def test_every_structure_is_laid_out_and_nothing_else_is() -> None:
    assert set(STRUCTURES) == {tag for tag in Tag if tag.kind is Kind.STLV}


@pytest.mark.parametrize("rows", [*DOCUMENTS.values(), *STRUCTURES.values()])
def test_marks_are_one_for_each_version(rows: dict[Tag, str]) -> None:
    for tag, marks in rows.items():
        assert re.fullmatch(r"[123-]{3}\*?", marks), tag
        assert marks[:3] != "---", tag


@pytest.mark.parametrize("kind", list(DocumentKind))
@pytest.mark.parametrize("version", VERSIONS)
def test_every_document_can_be_laid_out_in_every_version(kind: DocumentKind, version: FfdVersion) -> None:
    layout = document_layout(kind, version)
    assert (not layout) == (kind >= DocumentKind.MARKING_REQUEST and version < FfdVersion.V1_2)


def test_a_strict_form_is_laid_out_as_a_receipt() -> None:
    assert document_layout(DocumentKind.STRICT_FORM, FfdVersion.V1_2) == document_layout(DocumentKind.RECEIPT, FfdVersion.V1_2)


def test_marking_moved_from_one_tag_to_another() -> None:
    old = structure_layout(Tag.ITEM, FfdVersion.V1_05)
    new = structure_layout(Tag.ITEM, FfdVersion.V1_2)
    assert Tag.PRODUCT_CODE in old
    assert Tag.MARKED_PRODUCT_CODE not in old
    assert Tag.PRODUCT_CODE not in new
    assert new[Tag.MARKED_PRODUCT_CODE] == Place(Presence.CONDITIONAL)


def test_the_first_version_is_read_as_the_one_that_followed() -> None:
    assert document_layout(DocumentKind.RECEIPT, FfdVersion.V1_0) == document_layout(DocumentKind.RECEIPT, FfdVersion.V1_05)


def test_only_a_structure_has_something_inside() -> None:
    with pytest.raises(ValueError, match="no structure"):
        structure_layout(Tag.TOTAL, FfdVersion.V1_2)


def test_a_version_is_written_and_read_as_people_do() -> None:
    assert [FfdVersion.parse(version.text) for version in FfdVersion] == list(FfdVersion)
    assert str(FfdVersion.V1_05) == "FFD 1.05"
    with pytest.raises(ValueError, match=r"no FFD '1\.3'"):
        FfdVersion.parse("1.3")
