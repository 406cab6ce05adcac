"""The frame codec and the code pages: properties for any bytes, and the edges of each."""

import importlib
import random
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from bridge_posnet.frame import MAX_FRAME, Decoder, Event, Fault, Frame, Garbage, LocalError, Parameter, checksum
from bridge_posnet.text import ControlCharacter, Unencodable, decode, encode, encode_lines, goods_key, transliterate
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))
fuzz_codec = importlib.import_module("fuzz_codec")

PLAIN = "".join(chr(c) for c in range(0x20, 0x7F))
names = st.text(alphabet=PLAIN, min_size=2, max_size=2).filter(lambda name: name[0] not in "@?")
values = st.binary(max_size=40).map(lambda value: bytes(b for b in value if b not in (2, 3, 9)))
tokens = st.integers(0, 9999).map(lambda number: f"{number:04d}")
frames = st.builds(
    Frame,
    st.from_regex(r"[A-Za-z0-9]{1,20}", fullmatch=True),
    st.lists(st.builds(Parameter, names, values), max_size=6).map(tuple),
    st.none() | tokens,
    st.booleans(),
    st.none() | st.integers(0, 99999),
    st.booleans(),
    st.booleans(),
)
# Bytes that look like the protocol more often than chance would.
streams = st.lists(
    frames.map(lambda frame: frame.to_bytes())
    | st.sampled_from([b"\x02", b"\x03", b"\x09", b"#", b"trend\t#2902", b"ERR\t?5\t#7F84"])
    | st.binary(max_size=30),
    max_size=8,
).map(b"".join)


def events(data: bytes, cuts: list[int] | None = None) -> list[Event]:
    decoder = Decoder()
    bounds = [0, *sorted(c % (len(data) + 1) for c in cuts or ()), len(data)]
    found = [e for a, b in pairwise(bounds) for e in decoder.feed(data[a:b])]
    return [*found, *decoder.interrupt()]


@given(frames)
def test_what_was_encoded_is_decoded_to_the_same_frame(frame: Frame) -> None:
    [event] = events(frame.to_bytes())
    assert event == frame


@given(frames)
def test_a_decoded_frame_is_encoded_to_the_same_bytes(frame: Frame) -> None:
    raw = frame.to_bytes()
    [event] = events(raw)
    assert isinstance(event, Frame)
    assert event.to_bytes() == raw


@given(streams, st.lists(st.integers(0, 10_000), max_size=10))
def test_any_split_of_the_bytes_gives_the_same_events(data: bytes, cuts: list[int]) -> None:
    assert events(data, cuts) == events(data)


@given(streams)
def test_fed_byte_by_byte_nothing_changes(data: bytes) -> None:
    assert events(data, list(range(len(data)))) == events(data)


@given(frames, st.data())
def test_a_changed_byte_never_raises_and_never_gives_another_command_in_silence(frame: Frame, data: st.DataObject) -> None:
    raw = bytearray(frame.to_bytes())
    at = data.draw(st.integers(1, len(raw) - 7))
    raw[at] ^= data.draw(st.integers(1, 255))
    for event in events(bytes(raw)):
        assert isinstance(event, Garbage)


@settings(max_examples=40)
@given(st.integers(0, 2**32))
def test_endless_bytes_without_an_end_do_not_collect(seed: int) -> None:
    source = random.Random(seed)
    decoder = Decoder()
    for _ in range(5):
        for event in decoder.feed(source.randbytes(5000).replace(b"\x03", b"\x04")):
            assert isinstance(event, Garbage)
            assert len(event.data) <= MAX_FRAME + 1
        assert len(decoder._buffer) <= MAX_FRAME


def test_fifty_thousand_random_and_mutated_bytes_never_raise_or_grow() -> None:
    result = fuzz_codec.run(50_000, seed=20240611)
    assert result.fed == 50_000
    assert result.frames > 100
    assert result.garbage > 100
    assert result.peak_buffer <= MAX_FRAME
    assert result.growth < 1_000_000


def test_a_frame_after_noise_is_found() -> None:
    raw = bytes.fromhex("ff00 74 02") + bytes.fromhex("027472656e6409233239303203")
    assert [type(e) for e in events(raw)] == [Garbage, Garbage, Frame]


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("0274726c696e650923353642360 3".replace(" ", ""), Fault.CHECKSUM),
        ("0274726c696e650903", Fault.SYNTAX),
        ("0203", Fault.SYNTAX),
        ("02747265", Fault.NOISE),
        ("ffff", Fault.NOISE),
    ],
)
def test_broken_bytes_are_garbage_with_its_reason(raw: str, fault: Fault) -> None:
    [event] = events(bytes.fromhex(raw))
    assert isinstance(event, Garbage)
    assert event.fault is fault


@pytest.mark.parametrize(
    ("payload", "fault"),
    [
        (b"trend\t@12\t", Fault.TOKEN),
        (b"trend\t@1234\t@1234\t", Fault.TOKEN),
        (b"trend\tx\t", Fault.FIELD),
        (b"trend", Fault.FIELD),
        (b"\t", Fault.FIELD),
        (b"trend\tto200", Fault.FIELD),
        (b"trend\t?20x5\t", Fault.FIELD),  # a mangled refusal must not look like a success
        (b"trend\t?\t", Fault.FIELD),
        (b"trend\t?1\t?2\t", Fault.FIELD),
        (b"trend\t?123456\t", Fault.FIELD),
    ],
)
def test_fields_that_the_protocol_does_not_know_are_garbage(payload: bytes, fault: Fault) -> None:
    [event] = events(b"\x02%b#%04X\x03" % (payload, checksum(payload)))
    assert isinstance(event, Garbage)
    assert event.fault is fault


@pytest.mark.parametrize(
    "frame",
    [
        Frame(""),
        Frame("tr end"),
        Frame("trend", token="12"),
        Frame("trend", token="12a4"),
        Frame("trend", error=100_000),
        Frame("trend", (Parameter("t"),)),
        Frame("trend", (Parameter("@1", b"234"),)),
        Frame("trend", (Parameter("?5"),)),
        Frame("trend", (Parameter("ł1"),)),
        Frame("trend", (Parameter("a\t"),)),
        Frame("trline", (Parameter("na", b"A\tpr1"),)),
        Frame("trline", (Parameter("na", b"A\x03"),)),
    ],
)
def test_what_the_protocol_cannot_carry_is_refused_before_it_is_sent(frame: Frame) -> None:
    with pytest.raises(LocalError):
        frame.to_bytes()


def test_three_checksum_digits_are_taken_only_where_allowed() -> None:
    payload = next(p for p in (b"a%d\t" % n for n in range(1000)) if checksum(p) < 0x1000)
    raw = b"\x02%b#%X\x03" % (payload, checksum(payload))
    [strict] = Decoder().feed(raw)
    [tolerant] = Decoder(allow_short_checksum=True).feed(raw)
    assert isinstance(strict, Garbage)
    assert isinstance(tolerant, Frame)


@pytest.mark.parametrize(
    ("page", "text", "expected"),
    [
        ("cp1250", "Gotówka €", "476f74f3776b612080"),
        ("latin2", "Żółć ĄĘŚŹŃ", "aff3b3e620a1caa6acd1"),
        ("mazovia", "ĄĆĘŁŃÓŚŹŻ", "8f95909ca5a398a0a1"),
        ("mazovia", "ąćęłńóśźż", "868d9192a4a29ea6a7"),
    ],
)
def test_text_is_one_byte_a_character_and_comes_back(page: str, text: str, expected: str) -> None:
    assert encode(text, page).hex() == expected
    assert decode(encode(text, page), page) == text


@pytest.mark.parametrize(
    ("page", "text", "missing"),
    [
        ("cp1250", "жук и ж 日", ("ж", "у", "к", "и", "日")),
        ("latin2", "5 € \x85", ("€", "\x85")),
        ("mazovia", "Łódź für 5 €", ("ü", "€")),
    ],
)
def test_characters_that_a_page_lacks_are_all_named_once(page: str, text: str, missing: tuple[str, ...]) -> None:
    with pytest.raises(Unencodable) as caught:
        encode(text, page)
    assert caught.value.characters == missing
    assert caught.value.code_page == page


@pytest.mark.parametrize(("text", "position"), [("a\tb", 1), ("\x02", 0), ("ab\x7f", 2), ("a\nb", 1), ("\x1b", 0)])
def test_control_characters_are_refused_with_their_place(text: str, position: int) -> None:
    with pytest.raises(ControlCharacter) as caught:
        encode(text)
    assert caught.value.position == position


def test_lines_are_joined_by_lf_and_may_hold_none() -> None:
    assert encode_lines(["Dziękujemy", "Miłego dnia"]) == b"Dzi\xeakujemy\nMi\xb3ego dnia"
    with pytest.raises(ControlCharacter):
        encode_lines(["a\nb"])


def test_letters_with_separate_accents_are_composed() -> None:
    assert encode("Go\u0301ra") == "Góra".encode("cp1250")


@pytest.mark.parametrize(
    ("page", "text", "result", "replaced"),
    [
        (
            "mazovia",
            "5 € – „Dom’s” żółć",
            '5 EUR - "Dom\'s" żółć',
            ["€ -> EUR", "– -> -", '„ -> "', "’ -> '", '” -> "'],
        ),
        ("cp1250", "crème brûlée ½", "creme brulée 1/2", ["è -> e", "û -> u", "½ -> 1/2"]),
        ("cp1250", "日 ok", "? ok", ["日 -> ?"]),
        ("cp1250", "a\u200db", "ab", ["U+200D -> (nothing)"]),
        ("cp1250", "Żółć", "Żółć", []),
    ],
)
def test_lenient_text_is_replaced_visibly(page: str, text: str, result: str, replaced: list[str]) -> None:
    assert transliterate(text, page) == (result, replaced)


@given(st.text(max_size=30), st.sampled_from(["cp1250", "latin2", "mazovia"]))
def test_lenient_text_can_be_sent_unless_it_holds_control_characters(text: str, page: str) -> None:
    clean = "".join(c for c in text if ord(c) >= 0x20 and ord(c) != 0x7F)
    sent, _ = transliterate(clean, page)
    assert len(encode(sent, page)) == len(sent)


@given(st.binary(max_size=60), st.sampled_from(["cp1250", "latin2", "mazovia"]))
def test_any_bytes_can_be_shown(data: bytes, page: str) -> None:
    assert len(decode(data, page)) == len(data)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Chleb żytni", "CHLEB-ŻYTNI!", True),
        ("Mleko 3,2%", "mleko3,2%", True),
        ("Mleko 3,2%", "Mleko 32%", False),
        ("Woda 0.5", "Woda 0,5", False),
        ("Lód", "Lod", False),
    ],
)
def test_goods_names_are_compared_as_the_printer_does(one: str, other: str, same: bool) -> None:
    assert (goods_key(one) == goods_key(other)) is same


def test_a_name_of_signs_alone_is_empty_for_the_printer() -> None:
    assert goods_key("*** - !!") == ""
