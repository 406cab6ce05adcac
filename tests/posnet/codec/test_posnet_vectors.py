"""Every vector of protocol-specs/posnet/vectors.json, and what the checker says of broken ones."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from bridge_posnet.frame import Decoder, Fault, Frame, Garbage, Parameter
from bridge_posnet.vectors import NOT_COMPARED, check_vector

SPECS = Path(__file__).parents[3] / "protocol-specs" / "posnet"
VECTORS: list[dict[str, Any]] = json.loads((SPECS / "vectors.json").read_text("utf-8"))
DIALOGUES = re.findall(
    r"^(->|<-) `(.+?)<TAB>`(?: #([0-9A-F]{4})| with a wrong checksum)\n  `([0-9a-f]+)`",
    (SPECS / "protocol.md").read_text("utf-8"),
    re.M,
)
BY_NAME = {vector["name"]: vector for vector in VECTORS}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_vector_is_what_the_codec_says(vector: dict[str, Any]) -> None:
    check = check_vector(vector)
    assert check.differences == ()
    assert set(check.compared) | set(check.skipped) >= set(vector["meaning"])
    assert set(check.skipped) <= set(NOT_COMPARED)


def changed(name: str, /, **meaning: object) -> dict[str, Any]:
    vector = copy.deepcopy(BY_NAME[name])
    vector["meaning"].update(meaning)
    return vector


@pytest.mark.parametrize(
    ("vector", "key"),
    [
        (changed("trline-chleb", mnemonic="trend"), "mnemonic"),
        (changed("trline-chleb", params=[["na", "Chleb"]]), "params"),
        (changed("trline-chleb", params="na"), "params"),
        (changed("trline-chleb", payload="trline\t"), "payload"),
        (changed("trline-chleb", crc="0000"), "crc"),
        (changed("trline-chleb", token="1234"), "token"),
        (changed("trline-chleb", error=5), "error"),
        (changed("trline-chleb", frame_error=True), "frame_error"),
        (changed("trline-chleb", invalid=True), "invalid"),
        (changed("trline-chleb", colour="red"), "colour"),
        (changed("spec-async-sdev", **{"async": False}), "async"),
        (changed("neg-wrong-crc", reason="no # and checksum"), "reason"),
        (changed("neg-wrong-crc", reason="because"), "reason"),
        (changed("neg-wrong-crc", expected_answer="ERR ?15"), "expected_answer"),
        (changed("neg-wrong-crc", expected_answer="nothing"), "expected_answer"),
        (changed("neg-unknown-command", expected_answer="ERR ?5"), "expected_answer"),
        (changed("neg-wrong-init-token", right_crc="0000"), "right_crc"),
        (changed("neg-wrong-crc", mnemonic="trinit"), "mnemonic"),
        (changed("neg-wrong-crc", invalid=False), "hex"),
        (changed("thermal-line", name="Bułka"), "name"),
        (changed("thermal-line", qty="2."), "qty"),
        (changed("thermal-line", ptu="A"), "ptu"),
        (changed("thermal-line", price="1.00"), "price"),
        (changed("thermal-line", gross="1.00"), "gross"),
        (changed("thermal-line", ps=[1]), "ps"),
        (changed("thermal-line", check=None), "check"),
        (changed("thermal-line", command="$h"), "command"),
        (changed("thermal-line", colour="red"), "colour"),
        (changed("thermal-status-request", check="00"), "check"),
        (changed("thermal-status-request", name="Chleb"), "name"),
    ],
)
def test_a_wrong_meaning_is_a_difference_under_its_key(vector: dict[str, Any], key: str) -> None:
    assert any(sentence.startswith(f"{key}:") for sentence in check_vector(vector).differences)


@pytest.mark.parametrize(
    "vector",
    [
        {},
        {"name": "x"},
        {"name": "x", "hex": "zz", "meaning": {}},
        {"name": "x", "hex": "027", "meaning": {}},
        {"name": "x", "hex": "", "meaning": {}},
        {"name": "x", "hex": 5, "meaning": {"mnemonic": "trend"}},
        {"name": "x", "hex": "027472656e6409233239303203", "meaning": {}},
        {"name": "x", "hex": "027472656e6409233239303203", "meaning": None},
        {"name": "x", "hex": "027472656e6409233239303203", "meaning": {"mnemonic": "trend"}},
        {"name": "x", "hex": "027472656e6409233239303203" * 2, "meaning": {"mnemonic": "trend"}},
        {"name": "x", "hex": "1b5030246838331b5c", "direction": "host->printer", "meaning": {"protocol": "thermal"}},
        {"name": "x", "hex": "1b5030246838341b5c", "direction": "host->printer", "meaning": {"protocol": "thermal", "ps": [0]}},
        {"name": "x", "hex": "1b5030246838331b5c", "direction": "up", "meaning": {"protocol": "thermal", "command": "$h"}},
        {"hex": "027472656e6409233239303203", "direction": "host->printer", "meaning": {"mnemonic": "trend"}},
        {"name": "x", "hex": "027472656e6409233239303203", "direction": "up", "meaning": {"mnemonic": "trend"}},
    ],
)
def test_a_broken_vector_is_a_difference_and_no_exception(vector: dict[str, Any]) -> None:
    assert check_vector(vector).differences


def test_a_typed_answer_that_cannot_be_read_is_a_difference() -> None:
    raw = Frame("scnt", (Parameter("rd", b"x"), Parameter("bn", b"1"))).to_bytes()
    vector = {"name": "x", "hex": raw.hex(), "direction": "printer->host", "meaning": {"mnemonic": "scnt"}}
    assert check_vector(vector).differences == ("typed: answer to scnt: rd cannot be b'x'",)


def test_a_command_with_a_value_that_its_field_cannot_have_is_a_difference() -> None:
    raw = Frame("trline", (Parameter("na", b"A"), Parameter("vt", b"7"), Parameter("pr", b"1,00"))).to_bytes()
    vector = {"name": "x", "hex": raw.hex(), "direction": "host->printer", "meaning": {"mnemonic": "trline"}}
    assert len(check_vector(vector).differences) == 2


def test_the_specification_prints_all_its_dialogues_in_bytes() -> None:
    assert len(DIALOGUES) == 62


@pytest.mark.parametrize(("arrow", "payload", "crc", "raw"), DIALOGUES, ids=[f"{d[0]} {d[1]}" for d in DIALOGUES])
def test_a_frame_of_a_dialogue_is_what_the_codec_says(arrow: str, payload: str, crc: str, raw: str) -> None:
    [event] = Decoder().feed(bytes.fromhex(raw))
    if not crc:
        assert isinstance(event, Garbage)
        assert event.fault is Fault.CHECKSUM
        return
    assert isinstance(event, Frame)
    assert event.payload() == (payload + "\t").replace("<TAB>", "\t").encode("cp1250")
    assert event.to_bytes().hex() == raw
    direction = "host->printer" if arrow == "->" else "printer->host"
    vector = {"name": payload, "hex": raw, "direction": direction, "meaning": {"mnemonic": event.mnemonic, "crc": crc}}
    assert check_vector(vector).differences == ()
