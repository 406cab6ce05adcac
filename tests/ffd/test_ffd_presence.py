"""What a device refuses of a document's tags: missing, out of place, twice."""

from decimal import Decimal

from bridge_ffd.presence import BY_DEVICE, FROM_SETTINGS, Problem, check_document, check_structure
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv
from bridge_ffd.versions import DocumentKind, FfdVersion

V05, V12 = FfdVersion.V1_05, FfdVersion.V1_2
ITEM = Tlv(
    Tag.ITEM,
    (Tlv(Tag.ITEM_NAME, "x"), Tlv(Tag.PRICE, 1), Tlv(Tag.QUANTITY, Decimal(1)), Tlv(Tag.ITEM_TOTAL, 1)),
)
RECEIPT = (Tlv(Tag.SETTLEMENT, 1), ITEM, ITEM, Tlv(Tag.TOTAL, 2))


def told(*problems: Problem) -> list[str]:
    return [str(problem) for problem in problems]


def test_a_receipt_needs_little_beside_what_the_device_adds() -> None:
    assert check_document(DocumentKind.RECEIPT, V12, RECEIPT) == ()
    assert check_document(DocumentKind.STRICT_FORM, V05, RECEIPT) == ()


def test_what_is_missing_is_named_to_the_depth_where_it_is() -> None:
    short = (Tlv(Tag.SETTLEMENT, 1), Tlv(Tag.ITEM, ITEM.children[1:]))
    assert told(*check_document(DocumentKind.RECEIPT, V05, short)) == [
        "in tag 1059 (item): tag 1030 (name of the item) is missing",
        "tag 1020 (total) is missing",
    ]


def test_a_whole_document_has_also_what_the_device_adds() -> None:
    missing = {problem.tag for problem in check_document(DocumentKind.RECEIPT, V12, RECEIPT, filled=())}
    assert missing <= BY_DEVICE | FROM_SETTINGS
    assert Tag.FISCAL_SIGN in missing


def test_a_tag_of_another_version_does_not_belong() -> None:
    tags = (*RECEIPT, Tlv(Tag.BUYER_NAME, "x"))
    assert check_document(DocumentKind.RECEIPT, V05, tags) == ()
    assert told(*check_document(DocumentKind.RECEIPT, V12, tags)) == ["tag 1227 (buyer) does not stand here in FFD 1.2"]


def test_only_some_tags_may_be_there_twice() -> None:
    tags = (*RECEIPT, Tlv(Tag.TOTAL, 2), Tlv(16100, b""), Tlv(16100, b""))
    assert told(*check_document(DocumentKind.RECEIPT, V12, tags)) == [
        "tag 1020 (total) is there more than once",
        "tag 16100 is there more than once",
    ]


def test_a_structure_can_be_checked_alone() -> None:
    assert told(*check_structure(Tag.CORRECTION_BASIS, V05, ())) == [
        "in tag 1174 (basis of the correction): tag 1179 (number of the tax office's order) is missing"
    ]
    assert check_structure(Tag.CORRECTION_BASIS, V12, ()) == ()
