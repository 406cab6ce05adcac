"""The codec: properties for any bytes, the edges of both transports, fields, objects, receipts, and what is hidden."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from bridge_zvt.frame import (
    CLASSES,
    TABLE,
    Apdu,
    Bmp,
    Charset,
    Code,
    Control,
    Fault,
    Field,
    Garbage,
    Length,
    LocalError,
    PrintBlock,
    PrintLine,
    SerialDecoder,
    StreamDecoder,
    Tlv,
    amount,
    bcd,
    blocks,
    cards,
    crc,
    decode,
    encode,
    framed,
    masked,
    message,
    read,
    read_fields,
    stranger,
    tlv_field,
    write_fields,
)
from bridge_zvt.frame import tlv as objects
from hypothesis import given
from hypothesis import strategies as st

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "protocol-specs" / "zvt" / "vectors.json").read_text("utf-8")
)
PAN = "4539578763621486"
PAN_BYTES = bytes.fromhex(PAN)

codes = st.builds(lambda first, second: first << 8 | second, st.sampled_from(sorted(CLASSES)), st.integers(0, 255))
apdus = st.builds(Apdu, codes, st.binary(max_size=300) | st.lists(st.sampled_from([0x10, 0x02, 0x03]), max_size=40).map(bytes))
SPECIAL = [b"\x10", b"\x10\x10", b"\x10\x02", b"\x10\x03", b"\x06", b"\x15", bytes.fromhex("100280000010 03F51F")]
streams = st.lists(apdus.map(Apdu.to_bytes) | st.binary(max_size=30), max_size=6).map(b"".join)
lines = st.lists(apdus.map(Apdu.to_bytes).map(framed) | st.sampled_from(SPECIAL) | st.binary(max_size=30), max_size=8).map(
    b"".join
)
cut_lists = st.lists(st.integers(0, 10_000), max_size=10)


def events(decoder: StreamDecoder | SerialDecoder, data: bytes, cuts: list[int] | None = None) -> list[Any]:
    """Noise in one piece, however it came."""
    bounds = [0, *sorted(c % (len(data) + 1) for c in cuts or ()), len(data)]
    found: list[Any] = []
    for event in [e for a, b in pairwise(bounds) for e in decoder.feed(data[a:b])] + list(decoder.interrupt()):
        last = found[-1] if found else None
        if isinstance(event, Garbage) and isinstance(last, Garbage) and event.fault is last.fault:
            found[-1] = Garbage(event.fault, last.data + event.data)
        else:
            found.append(event)
    return found


# --- both transports


@given(apdus)
def test_a_message_is_decoded_to_what_was_encoded(apdu: Apdu) -> None:
    assert events(StreamDecoder(), apdu.to_bytes()) == [apdu]
    assert events(SerialDecoder(), framed(apdu.to_bytes())) == [apdu]


@given(streams, cut_lists)
def test_any_split_of_a_stream_gives_the_same_events(data: bytes, cuts: list[int]) -> None:
    assert events(StreamDecoder(), data, cuts) == events(StreamDecoder(), data)
    assert events(StreamDecoder(), data, list(range(len(data)))) == events(StreamDecoder(), data)


@given(lines, cut_lists)
def test_any_split_of_a_line_gives_the_same_events(data: bytes, cuts: list[int]) -> None:
    assert events(SerialDecoder(), data, cuts) == events(SerialDecoder(), data)
    assert events(SerialDecoder(), data, list(range(len(data)))) == events(SerialDecoder(), data)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_a_published_message_is_decoded_and_encoded_to_the_same_bytes(vector: dict[str, Any]) -> None:
    raw = bytes.fromhex(vector["hex"])
    serial = vector["transport"] == "serial"
    [event] = events(SerialDecoder() if serial else StreamDecoder(), raw)
    assert isinstance(event, Apdu)
    assert (framed(event.to_bytes()) if serial else event.to_bytes()) == raw


def test_the_long_form_of_the_length_is_little_endian_and_taken_for_any_length() -> None:
    assert Apdu(0x06D3, bytes(0x0461)).to_bytes()[:5] == bytes.fromhex("06D3FF6104")
    assert Apdu(0x06D3, bytes(254)).to_bytes()[:3] == bytes.fromhex("06D3FE")
    assert Apdu(0x06D3, bytes(255)).to_bytes()[:5] == bytes.fromhex("06D3FFFF00")
    assert events(StreamDecoder(), bytes.fromhex("060FFF020027E0")) == [Apdu(0x060F, bytes.fromhex("27E0"))]


def test_several_messages_in_one_segment_are_several() -> None:
    assert events(StreamDecoder(), bytes.fromhex("80000004FF010E")) == [Apdu(0x8000), Apdu(0x04FF, b"\x0e")]


@pytest.mark.parametrize(
    ("greeting", "who"),
    [
        (b'\x00\x00\x00\x3e"VER|APP 1.0', "a Worldline terminal's own protocol"),
        (bytes.fromhex("150369"), "a TLS server, or an Ingenico service port"),
        (b"HTTP/1.1 400 Bad Request\r\n", "a web server"),
        (bytes.fromhex("10028000001003F51F"), "ZVT in the framing of a serial line (a converter): set the framing to serial"),
        (b"hello", None),
    ],
)
def test_another_protocol_on_the_port_is_told(greeting: bytes, who: str | None) -> None:
    assert events(StreamDecoder(), greeting) == [Garbage(Fault.FOREIGN, greeting)]
    assert stranger(greeting) == who


def test_a_stream_that_is_lost_yields_no_message_any_more() -> None:
    decoder = StreamDecoder()
    assert list(decoder.feed(b"\x80\x00\x00\x00")) == [Apdu(0x8000), Garbage(Fault.FOREIGN, b"\x00")]
    assert decoder.lost
    assert list(decoder.feed(b"\x80\x00\x00")) == [Garbage(Fault.FOREIGN, b"\x80\x00\x00")]


def test_a_message_that_stops_is_given_up_by_whoever_has_the_clock() -> None:
    stream, line = StreamDecoder(), SerialDecoder()
    assert list(stream.feed(b"\x04\x0f\x02\x27")) == []
    assert stream.inside
    assert list(stream.interrupt()) == [Garbage(Fault.INCOMPLETE, b"\x04\x0f\x02\x27")]
    assert not stream.inside
    assert list(line.feed(b"\x10\x02\x80")) == []
    assert line.inside
    assert list(line.interrupt()) == [Garbage(Fault.INCOMPLETE, b"\x10\x02\x80")]
    assert list(line.feed(b"\x06")) == [Control.ACK]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("10028000001003F51E", [Garbage(Fault.CHECKSUM, bytes.fromhex("10028000001003F51E"))]),
        ("1002800001 1003 9d36", None),
        ("1002 8000 1002 8000001003F51F", [Garbage(Fault.RESTARTED, bytes.fromhex("10028000")), Apdu(0x8000)]),
        ("1002 06 10 0F 06 15 1003 0000 06", [Garbage(Fault.ESCAPE, bytes.fromhex("100206100F061510030000")), Control.ACK]),
        ("00FF 06", [Garbage(Fault.NOISE, b"\x00\xff"), Control.ACK]),
        ("10 06", [Garbage(Fault.NOISE, b"\x10\x06")]),
        ("10 10 10028000001003F51F 15", [Apdu(0x8000), Control.NAK]),
    ],
)
def test_what_is_no_frame_of_a_line_is_told_with_its_reason(raw: str, expected: list[Any] | None) -> None:
    data = bytes.fromhex(raw)
    if expected is None:
        body = bytes.fromhex("80000100")[:3]  # announces one byte more than there is
        data = framed(body)
        expected = [Garbage(Fault.LENGTH, data)]
    assert events(SerialDecoder(), data) == expected


@given(apdus, st.data())
def test_a_changed_byte_on_a_line_gives_no_other_message(apdu: Apdu, data: st.DataObject) -> None:
    raw = bytearray(framed(apdu.to_bytes()))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    assert all(event == apdu for event in events(SerialDecoder(), bytes(raw)) if isinstance(event, Apdu))


def test_the_checksum_is_that_of_the_message_and_etx() -> None:
    assert crc(bytes.fromhex("800000")) == 0x1FF5
    assert framed(bytes.fromhex("06010A04000000011000490978")).hex().upper() == "100206010A04000000011010004909781003F2FF"


# --- fields and objects

values = st.sampled_from(sorted(TABLE)).flatmap(
    lambda tag: st.builds(
        Field,
        st.just(tag),
        st.binary(max_size=90) if TABLE[tag] < 0 else st.binary(min_size=TABLE[tag], max_size=TABLE[tag]),
    )
)


@given(st.lists(values.filter(lambda item: item.tag != Bmp.TLV), max_size=8))
def test_fields_are_read_as_they_were_written(items: list[Field]) -> None:
    found = read_fields(write_fields(items))
    assert found.rest == b""
    assert [item.tag for item in found.items] == [item.tag for item in items]
    assert [len(item.value) for item in found.items] == [len(item.value) for item in items]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_exception_and_nothing_is_lost(data: bytes) -> None:
    found = read_fields(data)
    told = sum(len(item.value) for item in found.items)
    assert told + len(found.rest) <= len(data)
    assert len(masked(Apdu(Code.STATUS_INFORMATION, data)).data) == len(data)
    container = objects.decode(data)
    assert b"".join(objects.encode((item,)) for item in container.items if len(item.value) < 0x80) is not None


def test_an_unknown_field_makes_the_rest_unreadable_and_keeps_what_was_read() -> None:
    found = read_fields(bytes.fromhex("2700 04000000001234 55 0102 870042"))
    assert found.number(Bmp.AMOUNT) == 1234
    assert found.byte(Bmp.RESULT) == 0
    assert found.rest == bytes.fromhex("550102870042")
    assert found.get(Bmp.RECEIPT) is None


@pytest.mark.parametrize("raw", ["04 0000", "8B F0 F9 41", "3C F0 F1", "22 08 08", "8B FA F0", "06", "06 83 000001", "06 05 00"])
def test_a_field_that_is_not_whole_is_kept_raw(raw: str) -> None:
    data = bytes.fromhex(raw)
    assert read_fields(b"\x27\x6c" + data).items == (Field(0x27, b"\x6c"),)
    assert len(read_fields(data).rest) == len(data)


@pytest.mark.parametrize(
    "item",
    [Field(0x55, b"x"), Field(Bmp.AMOUNT, bytes(5)), Field(Bmp.CARD_NAME, bytes(100)), Field(Bmp.ADDITIONAL_TEXT, bytes(1000))],
)
def test_a_field_that_no_terminal_could_read_is_never_written(item: Field) -> None:
    with pytest.raises(LocalError):
        write_fields((item,))


def test_numbers_have_leading_zeros_and_must_fit() -> None:
    assert amount(1234) == Field(4, bytes.fromhex("000000001234"))
    assert bcd(42, 2) == b"\x00\x42"
    for number, size in ((10_000, 2), (-1, 2)):
        with pytest.raises(LocalError):
            bcd(number, size)


tlvs = st.recursive(
    st.builds(Tlv, st.sampled_from([0x07, 0x43, 0x1F07, 0x1F10, 0x1F80, 0x1F83, 0xFF40, 0x9F8123]), st.binary(max_size=300)),
    lambda inner: st.builds(
        lambda tag, items: Tlv.of(tag, *items), st.sampled_from([0x24, 0x25, 0x2F, 0x60, 0xE4]), st.lists(inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.lists(tlvs, max_size=4))
def test_objects_are_read_as_they_were_written(items: list[Tlv]) -> None:
    raw = objects.encode(items)
    found = objects.decode(raw)
    assert found.rest == b""
    assert [(item.tag, len(item.value)) for item in found.items] == [(item.tag, len(item.value)) for item in items]
    assert [item.items is None for item in found.items] == [item.items is None for item in items]


def test_tags_of_two_bytes_that_break_the_rule_of_ber_are_read_by_table() -> None:
    [item] = objects.decode(bytes.fromhex("1F80 01 55")).items
    assert (item.tag, item.value) == (0x1F80, b"\x55")


def test_a_constructed_object_that_does_not_parse_is_kept_raw() -> None:
    [item] = objects.decode(bytes.fromhex("E4 03 07 05 41")).items
    assert item == Tlv(0xE4, bytes.fromhex("070541"), None)
    [private] = objects.decode(bytes.fromhex("FF40 03 123456")).items
    assert private == Tlv(0xFF40, bytes.fromhex("123456"), None)


def test_an_unknown_tag_is_skipped_at_every_level() -> None:
    container = objects.decode(bytes.fromhex("1F7E 01 09 24 0A 1F7D 01 01 07 04 42697474 1F10 01 02"))
    assert container.get(0x24, 0x07) == b"Bitt"
    assert container.anywhere(0x1F10) == b"\x02"
    assert container.rest == b""


def test_containers_deeper_than_any_are_not_followed_to_the_end() -> None:
    raw = b"\x41"
    for _ in range(40):
        raw = b"\xe4" + objects.length(len(raw)) + raw
    assert objects.decode(raw).items[0].tag == 0xE4


# --- parts by position


@pytest.mark.parametrize(
    ("raw", "running", "parts"),
    [
        ("06000498765441", None, {"password": "987654", "config": "41"}),
        ("060006123456DE0978", None, {"password": "123456", "config": "de", "currency": "0978"}),
        ("050100", None, {}),
        ("050103123456", None, {"password": "123456"}),
        ("060F01DC", 0x0501, {"status": "dc"}),
        ("060F0106", 0x0501, {"status": "06"}),
        ("060F0BF0F0F7322E31342E313500", 0x0501, {"version": b"2.14.15".hex(), "status": "00"}),
        ("060F0227E0", 0x0650, {}),
        ("061E016C", None, {"result": "6c"}),
        ("061E00", None, {}),
        ("061E036F0978", None, {"result": "6f", "currency": "0978"}),
        ("061E036F0600", None, {"result": "6f"}),
        ("061E04B8870123", None, {"result": "b8"}),
        ("04FF010E", None, {"status": "0e"}),
        ("04FF020A06", None, {"status": "0a", "t4": "06"}),
        ("04FF070A060603240107", None, {"status": "0a", "t4": "06"}),
        ("04FF060A0603240107", None, {"status": "0a"}),
        ("8000010D", 0x06E1, {"key": "0d"}),
    ],
)
def test_parts_are_told_by_their_place(raw: str, running: int | None, parts: dict[str, str]) -> None:
    [apdu] = events(StreamDecoder(), bytes.fromhex(raw))
    assert {name: value.hex() for name, value in read(apdu, running).parts.items()} == parts


def test_the_status_of_an_enquiry_and_a_result_after_another_command_are_told_apart_by_the_command() -> None:
    completion = Apdu(Code.COMPLETION, bytes.fromhex("0600"))
    assert read(completion, Code.STATUS_ENQUIRY).parts == {"status": b"\x06"}
    assert read(completion, Code.REGISTRATION).fields.has_tlv


# --- receipts


def test_the_suffix_that_some_terminals_add_to_a_line_is_no_text() -> None:
    line = PrintLine.of(Apdu(Code.PRINT_LINE, bytes.fromhex("405645524B41554606041F070101")))
    assert (line.text, line.receipt_type, line.attribute.centred) == (b"VERKAUF", 1, True)
    assert PrintLine.of(line.to_apdu()) == line
    kept = PrintLine.of(line.to_apdu(), suffix=False)
    assert kept.receipt_type is None
    assert kept.text.endswith(b"\x06\x04\x1f\x07\x01\x01")


@pytest.mark.parametrize(
    ("raw", "last", "feeds"),
    [("81", True, 0), ("80", False, 0), ("FF03", False, 3), ("FF", False, 1), ("00", False, 0), ("", False, 0)],
)
def test_an_attribute_tells_the_end_of_a_receipt_and_line_feeds(raw: str, last: bool, feeds: int) -> None:
    line = PrintLine.of(Apdu(Code.PRINT_LINE, bytes.fromhex(raw)))
    assert (line.attribute.last, line.feeds) == (last, feeds)


def test_a_receipt_in_blocks_is_read_as_it_was_written() -> None:
    wanted = [PrintLine.of(Apdu(Code.PRINT_LINE, b"\x40VERKAUF")), PrintLine(text=b""), PrintLine(text=b"EUR 1,00")]
    made = blocks(wanted, receipt_type=1, info=0x82, charset=0xFF, most=2)
    assert [block.closes for block in made] == [False, True]
    again = [PrintBlock.of(block.to_apdu()) for block in made]
    assert [line for block in again for line in block.lines] == wanted
    assert {block.receipt_type for block in again} == {1}
    assert again == made


@pytest.mark.parametrize("charset", list(Charset))
def test_german_letters_survive_every_character_set(charset: Charset) -> None:
    assert decode(encode("Größe Äß\n", charset), charset) == "Größe Äß\n"


def test_line_separators_of_both_kinds_are_newlines() -> None:
    assert decode(b"a\rb\nc\r\nd\0") == "a\nb\nc\nd"


# --- what is hidden


def whole(data: bytes) -> bool:
    """Whether the planted number stands in these bytes, in characters or nibbles."""
    return PAN.encode() in data or PAN in data.hex() or PAN[6:12] in data.hex() or PAN[6:12].encode() in data


TRACK_2 = bytes.fromhex(f"{PAN}D2512101123456789F")


@pytest.mark.parametrize(
    "item",
    [
        Field(Bmp.PAN, PAN_BYTES),
        Field(Bmp.TRACK_2, TRACK_2),
        Field(Bmp.TRACK_3, bytes.fromhex("01") + TRACK_2),
        Field(Bmp.TRACK_1, f"B{PAN}^MUSTER/MAX^2512101".encode()),
        Field(Bmp.ADDITIONAL_TEXT, f"Karte {PAN}.".encode()),
        Field(Bmp.ADDITIONAL_TEXT, b"Karte 4539 5787 6362 1486"),
        Field(Bmp.CARD_NAME, PAN.encode()),
        Field(0x2E, PAN_BYTES),
        Field(0x9A, PAN_BYTES),
        Field(0xD1, PAN_BYTES),
        tlv_field(Tlv(0x5A, PAN_BYTES)),
        tlv_field(Tlv(0x57, TRACK_2)),
        tlv_field(Tlv(0x9F6B, TRACK_2)),
        tlv_field(Tlv(0x56, PAN.encode())),
        tlv_field(Tlv.of(0x60, Tlv.of(0xE2, Tlv(0x5A, PAN_BYTES)))),
        tlv_field(Tlv(0x1F7D, PAN_BYTES)),
        tlv_field(Tlv(0x1F7D, PAN.encode())),
        tlv_field(Tlv.of(0x24, Tlv(0x07, PAN.encode()))),
        tlv_field(Tlv.of(0x25, Tlv(0x09, b"\x40"), Tlv(0x07, b"Nr. 4539-5787-6362-1486"))),
        tlv_field(Tlv(0x2F, b"\x1f\x12\x05" + PAN_BYTES, None)),
        Field(Bmp.TLV, b"\x1f\x12\x45" + PAN_BYTES),
    ],
    ids=str,
)
def test_a_card_number_never_leaves_the_codec_whole(item: Field) -> None:
    raw = write_fields((Field(0x27, b"\x00"), item, amount(100)))
    for data in (raw, raw + b"\x55\x01", b"\x55" + raw):
        found = read_fields(data)
        assert not whole(found.rest)
        assert not any(whole(each.value) for each in found.items)
        assert not any(whole(each.value) for each in found.tlv.walk())
        assert not whole(masked(Apdu(Code.STATUS_INFORMATION, data)).data)


def test_what_the_terminal_masked_stays_and_masking_twice_is_masking_once() -> None:
    for shown in ("474843EEEEEE7743", "EEEEEEEEEEEE5726", "559883EEEEEE8074"):
        assert read_fields(write_fields((Field(Bmp.PAN, bytes.fromhex(shown)),))).get(Bmp.PAN) == bytes.fromhex(shown)
    once = masked(message(Code.STATUS_INFORMATION, items=(Field(Bmp.TRACK_2, TRACK_2),)))
    assert once.data[3:11].hex() == "453957eeeeee1486"
    assert masked(once) == once


@pytest.mark.parametrize("length", range(13, 20))
def test_numbers_of_every_length_keep_six_and_four_digits(length: int) -> None:
    number = next(candidate for candidate in (f"4{'5' * (length - 2)}{last}" for last in range(10)) if _luhn(candidate))
    nibbles = number + "f" * (length % 2)
    got = read_fields(write_fields((Field(Bmp.PAN, bytes.fromhex(nibbles)),))).get(Bmp.PAN)
    assert got is not None
    assert got.hex() == number[:6] + "e" * (length - 10) + number[-4:] + "f" * (length % 2)
    line = PrintLine.of(Apdu(Code.PRINT_LINE, b"\0Nr. " + number.encode()))
    assert line.text.decode() == "Nr. " + number[:6] + "*" * (length - 10) + number[-4:]


def _luhn(digits: str) -> bool:
    total = sum(int(d) if at % 2 == 0 else sum(divmod(int(d) * 2, 10)) for at, d in enumerate(reversed(digits)))
    return total % 10 == 0


def test_passwords_are_hidden_where_asked_for() -> None:
    for raw in ("060006123456DE0978", "050103123456", "063006123456870042", "0695069999991234 56", "0601043D123456"):
        [apdu] = events(StreamDecoder(), bytes.fromhex(raw))
        hidden = masked(apdu, secrets=True)
        assert "123456" not in hidden.data.hex()
        assert "999999" not in hidden.data.hex()
        assert len(hidden.data) == len(apdu.data)
        assert masked(apdu) == apdu


def test_every_field_length_of_the_table_is_one_that_the_reader_knows() -> None:
    assert all(size > 0 or size in tuple(Length) for size in TABLE.values())


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("4111-1111-1111-1111 12/27", "4111-11**-****-1111 12/27"),
        ("4111111111111111 01", "411111******1111 01"),
        ("1234 4111 1111 1111 1111", "1234 4111 11** **** 1111"),
        ("4111  1111  1111  1111", "4111  11**  ****  1111"),
        ("6304 0000 0000 0000 000 01", "6304 00** **** ***0 000 01"),
        ("4111 1111 1111 1112", "4111 1111 1111 1112"),
    ],
)
def test_a_card_number_is_hidden_among_other_numbers_of_a_printed_line(text: str, kept: str) -> None:
    """A slip prints the expiry, the card's sequence number or a trace beside it."""
    assert cards.mask_text(text.encode()) == kept.encode()
