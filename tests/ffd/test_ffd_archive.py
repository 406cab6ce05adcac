"""Documents of the FN's archive, read into words; whatever odd is in them is kept."""

import json
from datetime import datetime
from decimal import Decimal

import pytest
from bridge_ffd.archive import ArchivedDocument, ArchivedItem, kind_of_archive_tag, kind_of_type, payment_totals
from bridge_ffd.pricing import PaymentSum
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, TlvError, encode
from bridge_ffd.vat import Vat
from bridge_ffd.versions import DocumentKind, Settlement
from ffd_receipts import document, line
from hypothesis import given
from hypothesis import strategies as st

# One receipt as a device's archive has it; the tags are a vendor's log, put together.
RECEIPT = bytes.fromhex(
    "11041000393939393037383930303030373331370d04140030303030303030303031303032303033202020 20".replace(" ", "")
    + "fa030c00363930323039383132373532"
    "1004040057000000"
    "f403040060cb5e59"
    "3504060031046629765f"
    "0e0404000e000000"
    "1204040003000000"
    "1e04010001"
    "1f04010001"
    "fc030200c409"
    "07040200c409"
    "390401 0000".replace(" ", "")
    + "4e0402007d01"
    + "23042900060408009de1afe0a5e1e1ae37040200c409ff030200000113040200c409af04010001b00402007d01"
)


def test_a_receipt_is_read_into_its_parts() -> None:
    read = ArchivedDocument.decode(RECEIPT, 3)
    assert read.kind is DocumentKind.RECEIPT
    assert (read.fn_number, read.number, read.sign, read.shift) == ("9999078900007317", 87, 1713993311, 14)
    assert read.at == datetime.fromisoformat("2017-07-06T23:44:32")
    assert (read.settlement, read.total) == (Settlement.SALE, Decimal("25.00"))
    assert read.payments == {PaymentSum.CASH: Decimal("25.00")}
    assert read.vat_sums == {Vat.VAT_20: Decimal("3.81")}
    assert read.lines == (ArchivedItem("Эспрессо", Decimal("25.00"), Decimal(1), Decimal("25.00"), Vat.VAT_20),)
    assert read.fiscal_id == "9999078900007317:87:1713993311"
    assert read.qr is not None
    assert read.qr.text == "t=20170706T2344&s=25.00&fn=9999078900007317&i=87&fp=1713993311&n=1"


def test_a_receipt_is_told_in_words_that_json_can_hold() -> None:
    data = ArchivedDocument.decode(RECEIPT, 3).as_data()
    assert json.loads(json.dumps(data)) == data
    assert data["kind"] == "receipt"
    assert data["registration_number"] == "0000000001002003"
    assert data["fiscal_sign"] == 1713993311
    assert data["taxation_system"] == ["osn"]
    assert data["settlement"] == "sale"
    assert data["item"] == [
        {
            "item_name": "Эспрессо",
            "price": "25.00",
            "quantity": "1",
            "item_total": "25.00",
            "vat_rate": "20%",
            "item_vat": "3.81",
        }
    ]


def test_what_was_sold_is_found_again_in_the_archive() -> None:
    made = document(
        line(),
        line(name="Хлеб", vat="10%"),
        payments=[{"kind": "card", "amount": "150.00"}, {"kind": "prepaid", "amount": "50.00"}],
    )
    read = ArchivedDocument.decode(encode(made.tlv()), 3)
    assert read.total == made.total
    assert read.payments == made.payments
    assert read.vat_sums == made.vat_sums == {Vat.VAT_22: Decimal("18.03"), Vat.VAT_10: Decimal("9.09")}
    assert [(item.name, item.total, item.vat) for item in read.lines] == [
        (item.name, item.total, item.vat) for item in made.lines
    ]
    assert read.qr is None
    assert read.fiscal_id is None


def test_rates_of_1115_are_read_whatever_rate_it_is() -> None:
    sums = Tlv(
        Tag.VAT_SUMS,
        tuple(
            Tlv(Tag.VAT_SUM_OF_RATE, (Tlv(Tag.VAT_RATE, code), Tlv(Tag.VAT_SUM, amount)))
            for code, amount in ((2, 593), (12, 11072), (99, 1))
        ),
    )
    read = ArchivedDocument.decode(encode([Tlv(Tag.TURNOVER_0, 0), sums]), 3)
    assert read.vat_sums == {Vat.VAT_10: Decimal("5.93"), Vat.VAT_22_122: Decimal("110.72")}


@pytest.mark.parametrize("around", [3, 103])
def test_a_whole_document_has_its_form_code_around(around: int) -> None:
    whole = around.to_bytes(2, "little") + len(RECEIPT).to_bytes(2, "little") + RECEIPT
    assert ArchivedDocument.decode(whole) == ArchivedDocument.decode(RECEIPT, 3)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (3, DocumentKind.RECEIPT),
        (0x83, DocumentKind.RECEIPT),
        (0xC3, DocumentKind.RECEIPT),
        (0x41, DocumentKind.REGISTRATION),
        (0x4B, DocumentKind.REGISTRATION_CHANGE),
        (0xDF, DocumentKind.CORRECTION),
        (0xE9, DocumentKind.STRICT_FORM_CORRECTION),
        (81, DocumentKind.MARKING_REQUEST),
        (99, None),
    ],
)
def test_type_bytes_of_newer_fn_carry_the_version_in_their_upper_bits(number: int, kind: DocumentKind | None) -> None:
    assert kind_of_type(number) is kind


def test_in_archive_files_the_form_code_may_be_a_hundred_more() -> None:
    assert kind_of_archive_tag(131) is DocumentKind.CORRECTION
    assert kind_of_archive_tag(1059) is None


def test_odd_tags_and_numbers_are_kept_as_they_are() -> None:
    odd = bytes.fromhex("e43e0200beefaf04010063bc040100631e040100090a0504000100020040040200ffff")
    assert ArchivedDocument.decode(odd, 99).as_data() == {
        "tag 16100": "beef",
        "vat_rate": 99,
        "payment_object": 99,
        "settlement": 9,
        "use_conditions": ["bit 0", "bit 17"],
        "tag 1088": "ffff",
    }
    assert ArchivedDocument.decode(odd).settlement is None


def test_a_value_that_does_not_fit_its_tag_is_kept_too() -> None:
    read = ArchivedDocument.decode(bytes.fromhex("1004020057 00".replace(" ", "")), 3)
    assert read.number is None
    assert read.as_data() == {"kind": "receipt", "document_number": "5700"}


def test_bytes_that_are_no_tags_are_refused() -> None:
    with pytest.raises(TlvError):
        ArchivedDocument.decode(RECEIPT[:-1], 3)


def test_counters_of_a_report_are_sums_by_uniform_kind() -> None:
    counters = (Tlv(Tag.RECEIPTS, 2), Tlv(Tag.CASH_SUM, 2500), Tlv(Tag.ELECTRONIC_TOTAL, 0), Tlv(Tag.CREDIT_SUM, 1))
    assert [(total.kind, total.amount) for total in payment_totals(counters)] == [
        ("cash", Decimal("25.00")),
        ("card", Decimal("0.00")),
        ("credit", Decimal("0.01")),
    ]


@given(st.lists(st.tuples(st.sampled_from(list(Tag)), st.binary(max_size=12)), max_size=8), st.integers(0, 255))
def test_any_tags_with_any_bytes_are_told_as_json(pairs: list[tuple[Tag, bytes]], kind: int) -> None:
    data = encode_raw(pairs)
    read = ArchivedDocument.decode(data, kind)
    assert json.dumps(read.as_data())
    assert len(read.items) == len(pairs)
    assert isinstance(read.lines, tuple)
    assert isinstance(read.vat_sums, dict)
    assert read.qr is None or read.qr.text


def encode_raw(pairs: list[tuple[Tag, bytes]]) -> bytes:
    return b"".join(tag.to_bytes(2, "little") + len(data).to_bytes(2, "little") + data for tag, data in pairs)
