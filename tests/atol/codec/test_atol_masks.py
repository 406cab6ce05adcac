"""What wire logs keep of passwords and of people, however the bytes come: in one transfer, in pieces, several at once, or as JSON."""

from __future__ import annotations

import json

import pytest
from bridge_atol.family import AtolFamily
from bridge_atol.frame import Frame, Frame2
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, encode

from bridge.transport import Direction

NAME, INN = "Пётр Сидоров", "7707083893"
TAGS = encode((Tlv(Tag.BUYER_NAME, NAME), Tlv(Tag.BUYER_INN, INN)))
PRIVATE = (NAME.encode("cp866"), NAME.encode("cp866")[6:], INN.encode(), INN.encode()[4:])
V3 = Frame(5, b"\xa3\x55\x00" + TAGS).to_bytes()
V2 = Frame2(b"\x55\x00" + TAGS).to_bytes()


def kept(*transfers: bytes, direction: Direction = Direction.IN) -> bytes:
    mask = AtolFamily().masker()
    parts = [mask(data, direction) for data in transfers]
    assert [len(part) for part in parts] == [len(data) for data in transfers]
    return b"".join(parts)


@pytest.mark.parametrize("frame", [V3, V2], ids=["v3", "v2"])
def test_an_answer_that_is_cut_anywhere_keeps_no_persons_data(frame: bytes) -> None:
    for at in range(1, len(frame)):
        hidden = kept(frame[:at], frame[at:])
        # A tag whose head is not here yet cannot be known, but no value follows before its head.
        assert not [one for one in PRIVATE if one in hidden], at
    assert not [one for one in PRIVATE if one in kept(*(frame[at : at + 1] for at in range(len(frame))))]


@pytest.mark.parametrize("data", [V3 + V3, b"\x06" + V2, V2 + b"\x04", b"noise" + V3])
def test_frames_that_come_together_or_behind_something_keep_none_either(data: bytes) -> None:
    assert not [one for one in PRIVATE if one in kept(data)]


def test_a_document_of_the_archive_as_json_keeps_none() -> None:
    tags = {"1227": NAME, "1228": INN, "1008": "+79161234567", "1256": {"1254": "ул. Ленина, 1"}, "1203": 500100732259}
    said = json.dumps({"results": [{"status": "ready", "result": {"documentTLV": {**tags, "1040": 30}}}]}, ensure_ascii=False)
    hidden = kept(b"200\n" + said.encode()).decode()
    assert not [one for one in (NAME, INN, "79161234567", "Ленина", "500100732259") if one in hidden]
    assert json.loads(hidden[4:])["results"][0]["result"]["documentTLV"]["1040"] == 30


def test_passwords_are_in_no_transfer() -> None:
    enter = Frame(5, b"\xc1\x01\x05\x12\x34\x56\x01\x87\x65\x43\x21").to_bytes()
    assert b"\x12\x34" not in kept(enter, direction=Direction.OUT)
    assert b"\x87\x65" not in kept(enter, direction=Direction.OUT)
    assert "c2VjcmV0" not in kept(b"GET /\nAuthorization: Basic c2VjcmV0", direction=Direction.OUT).decode()
