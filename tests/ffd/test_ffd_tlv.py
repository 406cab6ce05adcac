"""TLV: the published vectors, what is written and read, and what is refused, with its offset."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bridge_ffd.tags import Kind, Tag
from bridge_ffd.tlv import Tlv, TlvError, decode, decode_value, encode, encode_value, first
from fuzz_tlv import MOST_GROWTH, run
from hypothesis import given, settings
from hypothesis import strategies as st

ITEM = "23042900060408009de1afe0a5e1e1ae37040200c409ff030200000113040200c409af04010001b00402007d01"

# Bytes as devices wrote them; sources in protocol-specs/ffd/vectors.json.
WRITTEN = [
    ("1104100039393939303738393030303037333137", Tlv(Tag.FN_NUMBER, "9999078900007317")),
    ("fa030c00363930323039383132373532", Tlv(Tag.USER_INN, "690209812752")),
    ("1004040057000000", Tlv(Tag.DOCUMENT_NUMBER, 87)),
    ("3504060031046629765f", Tlv(Tag.FISCAL_SIGN, bytes.fromhex("31046629765f"))),
    ("fc030200c409", Tlv(Tag.TOTAL, 2500)),
    ("fd03060088a2a0adaea2", Tlv(Tag.CASHIER, "Иванов")),
    ("1f04010001", Tlv(Tag.TAXATION_SYSTEM, 1)),
    ("c604010020", Tlv(Tag.ITEM_AGENT_SIGNS, 32)),
    ("ca040c00373732353332373836332020", Tlv(Tag.SUPPLIER_INN, "7725327863")),
    ("ff0304000640420f", Tlv(Tag.QUANTITY, Decimal("1.000000"))),
    ("ff03030003f401", Tlv(Tag.QUANTITY, Decimal("0.500"))),
    (
        "8a041500444d000002c0eed8583f696f2b7143202020202020",
        Tlv(Tag.PRODUCT_CODE, bytes.fromhex("444d000002c0eed8583f696f2b7143202020202020")),
    ),
    (
        "960410009a040400807e7a599b04040031313735",
        Tlv(Tag.CORRECTION_BASIS, (Tlv(Tag.CORRECTED_DATE, datetime.fromisoformat("2017-07-28")), Tlv(Tag.ORDER_NUMBER, "1175"))),
    ),
    (
        "c8042600c9040f008e8e8e2022928f8c20a3e0e3afaf2293040f00382d3932362d3132332d34352d3637",
        Tlv(
            Tag.SUPPLIER_DATA,
            (Tlv(Tag.SUPPLIER_NAME, 'ООО "ТПМ групп"'), Tlv(Tag.SUPPLIER_PHONE, "8-926-123-45-67")),
        ),
    ),
    (
        ITEM,
        Tlv(
            Tag.ITEM,
            (
                Tlv(Tag.ITEM_NAME, "Эспрессо"),
                Tlv(Tag.PRICE, 2500),
                Tlv(Tag.QUANTITY, Decimal(1)),
                Tlv(Tag.ITEM_TOTAL, 2500),
                Tlv(Tag.VAT_RATE, 1),
                Tlv(Tag.ITEM_VAT, 381),
            ),
        ),
    ),
]


@pytest.mark.parametrize(("written", "read"), WRITTEN, ids=lambda value: str(value.tag) if isinstance(value, Tlv) else "")
def test_what_devices_wrote_is_read_and_written_again_byte_by_byte(written: str, read: Tlv) -> None:
    assert decode(bytes.fromhex(written)) == (read,)
    assert encode([read]).hex() == written


def test_a_number_written_longer_than_needed_is_read_all_the_same() -> None:
    assert decode(bytes.fromhex("5004040000000000")) == (Tlv(Tag.TURNOVER_0, 0),)


def test_nothing_is_no_tag_at_all() -> None:
    assert decode(b"") == ()
    assert encode([]) == b""


def test_a_tag_that_no_table_has_stays_its_bytes() -> None:
    data = bytes.fromhex("e43e0300010203")
    assert decode(data) == (Tlv(16100, b"\x01\x02\x03"),)
    assert encode(decode(data)) == data


def test_a_tag_that_no_table_has_can_only_be_written_as_bytes() -> None:
    with pytest.raises(TlvError, match="tag 16100: is not in the table, so its value must be given as bytes"):
        encode([Tlv(16100, "text")])


REFUSED_BYTES = [
    ("2304", 0, "2 bytes are left, a tag and its length need 4"),
    ("fc030300c409", 0, "says 3 bytes, but 2 are left"),
    ("fc030200c409fc0305", 6, "3 bytes are left"),
    ("1f0402000101", 0, "has 2 bytes, at most 1 are possible"),
    ("10040300570000", 0, "has 3 bytes, 4 are needed"),
    ("ea03010002", 0, "a flag is 0 or 1, not 2"),
    ("ff03010001", 0, "a FVLN has 2 to 8 bytes"),
    ("ff0302007f01", 0, "says 127 decimals"),
    ("fc030000", 0, "a VLN has 1 to 8 bytes"),
    ("230405000604080041", 4, "says 8 bytes, but 1 are left"),
    ("fc030100002304080037040200c4090604", 15, "2 bytes are left"),
]


@pytest.mark.parametrize(("data", "offset", "message"), REFUSED_BYTES)
def test_broken_bytes_are_refused_with_the_offset_where_they_break(data: str, offset: int, message: str) -> None:
    whole = bytes.fromhex(data)
    with pytest.raises(TlvError, match=message) as caught:
        decode(whole)
    assert caught.value.offset == offset
    assert f"(at byte {offset})" in str(caught.value)


def test_where_one_value_is_odd_the_others_can_still_be_read() -> None:
    odd = decode(bytes.fromhex("ea030100021004040057000000230405000604080041"), strict=False)
    assert odd == (
        Tlv(Tag.OFFLINE_MODE, b"\x02"),
        Tlv(Tag.DOCUMENT_NUMBER, 87),
        Tlv(Tag.ITEM, bytes.fromhex("0604080041")),
    )


def test_broken_framing_is_refused_even_where_odd_values_are_not() -> None:
    with pytest.raises(TlvError):
        decode(bytes.fromhex("fc030300c409"), strict=False)


REFUSED_VALUES: list[tuple[Tlv, str]] = [
    (Tlv(Tag.ITEM_NAME, "я" * 250), "tag 1030 .*comes to 250 bytes, at most 128 are possible"),
    (Tlv(Tag.ITEM_NAME, "Tee ☕ ☕"), "code page 866 has no '☕'.*position 4"),
    (Tlv(Tag.SUPPLIER_INN, "1234567890123"), "at most 12"),
    (Tlv(Tag.TOTAL, -1), "-1 is negative"),
    (Tlv(Tag.TOTAL, 1 << 48), "at most 6"),
    (Tlv(Tag.TAXATION_SYSTEM, 256), "256 does not fit into 1 bytes"),
    (Tlv(Tag.TOTAL, Decimal("1.50")), "needs a whole number, not Decimal"),
    (Tlv(Tag.VAT_RATE, True), "needs a whole number, not bool"),
    (Tlv(Tag.OFFLINE_MODE, 1), "needs true or false"),
    (Tlv(Tag.QUANTITY, Decimal("0.1234567890123456")), "16 decimals"),
    (Tlv(Tag.QUANTITY, Decimal("-1")), "not negative"),
    (Tlv(Tag.QUANTITY, Decimal("NaN")), "not negative"),
    (Tlv(Tag.QUANTITY, Decimal("1E+20")), "too large"),
    (Tlv(Tag.ITEM, "text"), "needs a tuple of tags"),
    (Tlv(Tag.ITEM_NAME, 5), "needs a text"),
    (Tlv(Tag.FISCAL_SIGN, "text"), "needs bytes"),
    (Tlv(Tag.DATE_TIME, 5), "needs the device's local time"),
    (Tlv(Tag.ITEM, (Tlv(Tag.ITEM_NAME, "x" * 129),)), "tag 1030 "),
    (Tlv(70000, b""), "tag 70000: is no tag"),
]


@pytest.mark.parametrize(("item", "message"), REFUSED_VALUES)
def test_a_value_that_does_not_fit_is_refused_naming_its_tag(item: Tlv, message: str) -> None:
    with pytest.raises(TlvError, match=message) as caught:
        encode([item])
    assert caught.value.tag is not None


def test_structures_in_structures_without_end_are_refused() -> None:
    deep = b""
    for _ in range(20):
        deep = Tag.ITEM.to_bytes(2, "little") + len(deep).to_bytes(2, "little") + deep
    with pytest.raises(TlvError, match="nested deeper"):
        decode(deep)
    nested = Tlv(Tag.ITEM, ())
    for _ in range(20):
        nested = Tlv(Tag.ITEM, (nested,))
    with pytest.raises(TlvError, match="nested deeper"):
        encode([nested])


def test_a_value_is_found_by_its_tag() -> None:
    (item,) = decode(bytes.fromhex(ITEM))
    assert item.find(Tag.ITEM_TOTAL) == 2500
    assert item.find(Tag.EXCISE) is None
    assert first([item], Tag.ITEM) == item.value


def test_any_kind_of_value_can_be_written_without_a_tag() -> None:
    assert encode_value(Kind.PADDED, "77", 4) == b"77  "
    assert encode_value(Kind.BITS, 0x200, 4) == b"\0\2\0\0"
    assert decode_value(Kind.BITS, b"\0\2\0\0", 4) == 0x200
    with pytest.raises(TlvError, match="at most 4"):
        encode_value(Kind.TEXT, "12345", 4)


TEXT = st.text(alphabet=bytes(range(256)).decode("cp866"))


def values(tag: Tag, depth: int = 0) -> st.SearchStrategy[Any]:
    """What a tag may hold, as its kind and length say."""
    match tag.kind:
        case Kind.FLAG:
            return st.booleans()
        case Kind.TEXT:
            return TEXT.map(lambda text: text[: tag.length])
        case Kind.PADDED:
            return TEXT.map(lambda text: text[: tag.length].rstrip(" "))
        case Kind.BYTES:
            return st.binary(max_size=tag.length)
        case Kind.TIME:
            return st.integers(0, 2**32 - 1).map(
                lambda seconds: datetime.fromisoformat("1970-01-01") + timedelta(seconds=seconds)
            )
        case Kind.MONEY | Kind.VLN:
            return st.integers(0, 256**tag.length - 1)
        case Kind.FVLN:
            return st.integers(0, 256**7 - 1).flatmap(
                lambda number: st.integers(0, 15).map(lambda places: Decimal((0, tuple(map(int, str(number))), -places)))
            )
        case Kind.STLV:
            if depth:
                return st.just(())
            return st.lists(tlvs(depth + 1), max_size=3).map(tuple).filter(lambda items: len(encode(items)) <= tag.length)
        case _:
            return st.integers(0, 256**tag.length - 1)


def tlvs(depth: int = 0) -> st.SearchStrategy[Tlv]:
    return st.sampled_from(list(Tag)).flatmap(lambda tag: values(tag, depth).map(lambda value: Tlv(tag, value)))


@given(st.lists(tlvs(), max_size=5))
def test_what_is_written_is_read_back(items: list[Tlv]) -> None:
    assert decode(encode(items)) == tuple(items)


@given(st.binary(max_size=200))
@settings(max_examples=300)
def test_any_bytes_are_either_read_or_refused_within_their_length(data: bytes) -> None:
    for strict in (True, False):
        outcome = _read_or_offset(data, strict)
        if isinstance(outcome, tuple):
            assert _size(outcome) <= len(data)
        else:
            assert 0 <= outcome < len(data)


def _read_or_offset(data: bytes, strict: bool) -> tuple[Tlv, ...] | int:
    try:
        return decode(data, strict=strict)
    except TlvError as error:
        return -1 if error.offset is None else error.offset


@given(st.lists(tlvs(), min_size=1, max_size=3), st.data())
def test_bytes_cut_anywhere_are_refused_or_end_between_two_tags(items: list[Tlv], data: st.DataObject) -> None:
    whole = encode(items)
    cut = data.draw(st.integers(0, len(whole) - 1))
    edges = [0]
    for item in items:
        edges.append(edges[-1] + len(encode([item])))
    if cut in edges:
        assert decode(whole[:cut]) == tuple(items[: edges.index(cut)])
    else:
        with pytest.raises(TlvError):
            decode(whole[:cut])


def _size(items: tuple[Tlv, ...]) -> int:
    return sum(4 + (_size(item.children) if item.children else 0) for item in items)


@pytest.mark.parametrize("tag", list(Tag), ids=lambda tag: str(int(tag)))
def test_a_tag_has_the_size_that_its_kind_asks_for(tag: Tag) -> None:
    sizes = {Kind.FLAG: 1, Kind.BYTE: 1, Kind.UINT16: 2, Kind.UINT32: 4, Kind.TIME: 4}
    assert tag.length == sizes.get(tag.kind, tag.length)
    assert tag.kind is not Kind.BITS or tag.length in (1, 4)
    assert tag.kind is not Kind.MONEY or tag.length == 6


def test_random_and_damaged_documents_break_nothing() -> None:
    result = run(30_000, seed=7)
    assert result.fed >= 30_000
    assert result.read
    assert result.refused
    assert result.growth < MOST_GROWTH
