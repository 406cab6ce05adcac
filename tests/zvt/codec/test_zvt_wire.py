"""Wire logs: nothing that is a card's or a password is kept, however the bytes are cut; and what is kept is read again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from bridge_zvt.family import ZvtFamily
from bridge_zvt.frame import Apdu, Bmp, Code, Field, Tlv, crc, framed, message, tlv_field, write_fields
from bridge_zvt.wire import Masker, ZvtWireDecoder
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.plugin import Checksum, DescribedFrame
from bridge.transport import Direction

AT = datetime(2026, 12, 24, 9, 15, tzinfo=UTC)
PAN = "4539578763621486"
WITH_DLE = "4510101010101016"  # what of it is hidden takes two bytes each on a serial line
TRACK_2 = bytes.fromhex(f"{PAN}D2512101123456789F")

SALE = Apdu(0x0601, bytes.fromhex("04000000001234490978"))
REGISTRATION = Apdu(0x0600, bytes.fromhex("987654BE0978030106062604 0A0206D3"))


def told(*items: Field) -> Apdu:
    return message(Code.STATUS_INFORMATION, items=(Field(0x27, b"\0"), *items, Field(Bmp.RECEIPT, b"\0\x42")))


CARDS = [
    told(Field(Bmp.PAN, bytes.fromhex(PAN))),
    told(Field(Bmp.TRACK_2, TRACK_2)),
    told(Field(Bmp.TRACK_3, TRACK_2)),
    told(Field(Bmp.TRACK_1, f"B{PAN}^X^2512".encode())),
    told(Field(Bmp.ADDITIONAL_TEXT, f"Karte {PAN} ok".encode())),
    told(tlv_field(Tlv(0x5A, bytes.fromhex(PAN)))),
    told(tlv_field(Tlv.of(0x60, Tlv(0x43, bytes.fromhex("A0000000041010")), Tlv(0x57, TRACK_2)))),
    told(tlv_field(Tlv.of(0x25, Tlv(0x07, f"Nr. {PAN}".encode()), Tlv(0x07, b"EUR 1,00")))),
    told(tlv_field(Tlv(0x1F7D, bytes.fromhex(PAN)))),
    Apdu(Code.PRINT_LINE, b"\0Nr. " + PAN.encode()),
    Apdu(Code.PRINT_BLOCK, write_fields((tlv_field(Tlv.of(0x25, Tlv(0x07, PAN.encode()))),))),
]


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def kept(apdus: Sequence[tuple[Apdu, Direction]], *, serial: bool, size: int) -> bytes:
    """What a log has of these messages, those of the terminal cut into pieces."""
    masker = Masker()
    out = b""
    for apdu, direction in apdus:
        raw = framed(apdu.to_bytes()) if serial else apdu.to_bytes()
        for piece in [raw] if direction is Direction.OUT else cut(raw, size):
            hidden = masker(piece, direction)
            assert len(hidden) == len(piece)
            out += hidden
    return out


def shows(log: bytes, number: str) -> bool:
    """Whether more of a number can be read than its first six and last four digits."""
    digits = "".join(character for character in log.hex() if character.isdigit() or character in "abcdef")
    text = "".join(chr(byte) for byte in log)
    return any(number[at : at + 7] in where for at in range(4) for where in (digits, text)) or number[6:12] in digits + text


@pytest.mark.parametrize("serial", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 16, 1000])
@pytest.mark.parametrize("apdu", CARDS, ids=range(len(CARDS)))
def test_a_card_number_is_in_no_wire_log_however_its_bytes_come(apdu: Apdu, size: int, serial: bool) -> None:
    log = kept([(SALE, Direction.OUT), (apdu, Direction.IN)], serial=serial, size=size)
    assert not shows(log, PAN)
    assert b"^X^" not in log


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_hidden_byte_that_was_doubled_on_the_line_tells_nothing(size: int) -> None:
    apdu = told(Field(Bmp.PAN, bytes.fromhex(WITH_DLE)))
    log = kept([(SALE, Direction.OUT), (apdu, Direction.IN)], serial=True, size=size)
    assert "10" * 10 not in log.hex()  # those of the first six digits are shown, as they are


@pytest.mark.parametrize("serial", [False, True])
def test_a_password_is_in_no_wire_log(serial: bool) -> None:
    for apdu in (
        REGISTRATION,
        Apdu(0x0501, bytes.fromhex("987654")),
        Apdu(0x0650, bytes.fromhex("987654")),
        Apdu(0x0695, bytes.fromhex("987654987654")),
        Apdu(0x0601, bytes.fromhex("3D987654")),
    ):
        assert "987654" not in kept([(apdu, Direction.OUT)], serial=serial, size=1000).hex()


def test_the_checksum_of_a_hidden_frame_is_that_of_what_is_left() -> None:
    [hidden] = [Masker()(framed(REGISTRATION.to_bytes()), Direction.OUT)]
    assert hidden != framed(REGISTRATION.to_bytes())
    inside = hidden[2:-4].replace(b"\x10\x10", b"\x10")
    assert int.from_bytes(hidden[-2:], "little") == crc(inside)


def test_a_wrong_checksum_stays_wrong() -> None:
    raw = framed(REGISTRATION.to_bytes())
    spoilt = raw[:-1] + bytes((raw[-1] ^ 1,))
    hidden = Masker()(spoilt, Direction.OUT)
    assert int.from_bytes(hidden[-2:], "little") != crc(hidden[2:-4].replace(b"\x10\x10", b"\x10"))


def test_what_holds_no_secret_is_kept_as_it_was() -> None:
    for serial in (False, True):
        for apdu in (SALE, Apdu(0x8000), Apdu(0x04FF, b"\x0e")):
            raw = framed(apdu.to_bytes()) if serial else apdu.to_bytes()
            masker = Masker()
            masker(framed(SALE.to_bytes()) if serial else SALE.to_bytes(), Direction.OUT)
            for size in (1, 4, 100):
                assert b"".join(masker(piece, Direction.IN) for piece in cut(raw, size)) == raw


def test_the_greeting_of_a_stranger_does_not_spoil_the_log() -> None:
    masker = Masker()
    assert masker(b'\0\0\0>"VER|APP', Direction.IN) == b'\0\0\0>"VER|APP'
    assert masker(SALE.to_bytes(), Direction.OUT) == SALE.to_bytes()


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from([*CARDS, SALE, REGISTRATION, Apdu(0x8000)]), max_size=5),
    st.lists(st.integers(0, 5000), max_size=12),
    st.booleans(),
)
def test_any_cuts_hide_as_much(apdus: list[Apdu], cuts: list[int], serial: bool) -> None:
    masker = Masker()
    first = framed(SALE.to_bytes()) if serial else SALE.to_bytes()
    masker(first, Direction.OUT)
    data = b"".join(framed(apdu.to_bytes()) if serial else apdu.to_bytes() for apdu in apdus)
    bounds = sorted({0, len(data), *(at % (len(data) + 1) for at in cuts)})
    log = b"".join(masker(data[a:b], Direction.IN) for a, b in pairwise(bounds))
    assert len(log) == len(data)
    assert not shows(log, PAN)


@given(st.lists(st.binary(max_size=60), max_size=6), st.sampled_from(list(Direction)))
def test_any_bytes_are_masked_and_read_without_an_exception(pieces: list[bytes], direction: Direction) -> None:
    masker, decoder = Masker(), ZvtWireDecoder()
    for piece in pieces:
        hidden = masker(piece, direction)
        assert len(hidden) == len(piece)
        list(decoder.feed(hidden, direction, AT))
    list(decoder.flush())


# --- reading


def read(*transfers: tuple[str, Direction]) -> list[DescribedFrame]:
    decoder = ZvtFamily().wire_decoder()
    found = [frame for data, direction in transfers for frame in decoder.feed(bytes.fromhex(data), direction, AT)]
    return [*found, *decoder.flush()]


def test_a_payment_is_read_for_people() -> None:
    frames = read(
        ("06 01 0A 04 00 00 00 00 12 34 49 09 78", Direction.OUT),
        ("80 00 00 04 FF 01 0A", Direction.IN),
        ("80 00 00", Direction.OUT),
        ("04 0F 0F 27 05 29 29 00 10 06 3C F0 F0 F4 4E 65 69 6E", Direction.IN),
        ("84 83 00", Direction.IN),
        ("06 1E 01 6C", Direction.IN),
    )
    assert [frame.title for frame in frames] == [
        "authorisation",
        "accepted",
        "intermediate status",
        "accepted",
        "status information",
        "refused with 83",
        "abort",
    ]
    assert dict(frames[0].fields) == {"04 amount": "12.34", "49 currency": "09 78"}
    assert dict(frames[2].fields) == {"status": "0A (Insert or present the card)"}
    assert dict(frames[4].fields)["27 result code"] == "05 (declined)"
    assert dict(frames[4].fields)["3C additional text"] == "Nein"
    assert dict(frames[5].fields) == {"means": "the function is not possible"}
    assert [frame.pairing for frame in frames] == ["", "", None, None, None, "", None]
    assert {frame.checksum for frame in frames} == {Checksum.NONE}


def test_a_serial_line_is_read_with_its_control_bytes_and_checksums() -> None:
    frames = read(
        ("10 02 06 70 00 10 03 D9 F9", Direction.OUT),
        ("06 10 02 80 00 00 10 03 F5 1F", Direction.IN),
        ("06", Direction.OUT),
        ("10 02 06 0F 00 10 03 C6 34", Direction.IN),
        ("10 02 06", Direction.IN),
    )
    titles = [(frame.title, frame.checksum) for frame in frames]
    assert titles == [
        ("diagnosis", Checksum.OK),
        ("ACK: received", Checksum.NONE),
        ("accepted", Checksum.OK),
        ("ACK: received", Checksum.NONE),
        ("no message", Checksum.WRONG),
        ("no message", Checksum.NONE),
    ]


def test_objects_are_read_as_a_tree() -> None:
    [frame] = read(("04 FF 11 0A 01 06 0D 24 0B 07 09 45 69 6E 66 FC 68 72 65 6E", Direction.IN))
    assert [name for name, _ in frame.fields] == ["status", "t4", "24 display texts", "  07 text"]


def test_the_status_of_an_enquiry_is_read_by_its_command() -> None:
    frames = read(("05 01 00", Direction.OUT), ("80 00 00 06 0F 0B F0 F0 F7 32 2E 31 34 2E 31 35 00", Direction.IN))
    assert dict(frames[2].fields) == {"version": "2.14.15", "status": "00"}


def test_a_port_that_speaks_something_else_is_told() -> None:
    frames = read(("06 01 07 04 00 00 00 00 12 34", Direction.OUT), ("15 03 69", Direction.IN))
    assert frames[1].garbage == "this is not ZVT: wrong protocol on this port"
