"""Every request of protocol-specs/shtrih-m/vectors.json through the register: it answers, and as the source says where it does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bridge_shtrih_m.frame import Decoder1, Decoder2, Frame1, Frame2
from bridge_sim_shtrih_m.commands import COMMANDS
from shtrih_host import Host, Host2, item, new_register

FOLDER = Path(__file__).resolve().parents[2] / "protocol-specs" / "shtrih-m"
VECTORS: list[dict[str, Any]] = json.loads((FOLDER / "vectors.json").read_text("utf-8"))
REQUESTS = [vector for vector in VECTORS if vector["direction"] == "host->device"]
ANSWERS = {vector["name"]: bytes.fromhex(vector["hex"]) for vector in VECTORS if vector["direction"] == "device->host"}

# The answer of the source, where this register can be made to give the same.
SAME = {
    "model-req": "model-resp-retail01f",
    "item-v2-novat-100rub": "item-v2-resp-ok",
    "print-line-font6": "print-line-resp",
    "cancel-receipt-req": "cancel-receipt-resp",
    "v2-begin-correction-req": "v2-begin-correction-resp",
    "v2-tlv-1177": "v2-tlv-1177-resp",
    "v2-write-field-req": "v2-write-field-resp",
    "read-field-ffd-req": "read-field-ffd-resp",
    "table-struct-req": "table-struct-resp",
}


def prepared(vector: dict[str, Any]) -> Host | Host2:
    """A register in the state in which the source sent this."""
    old = vector["name"] in ("v2-begin-correction-req", "v2-tlv-1177", "correction-v2-req")
    register = new_register(ffd="1.05" if old else "1.2")
    if vector["framing"] == "v1":
        host = Host(register)
        match vector["name"]:
            case "cancel-receipt-req" | "close-v2-cash50":
                host.ok("8D", b"\0")
                host.ok("FF46", item(5000))
                host.ok("FF4D", bytes.fromhex("3C08010000"))
            case "correction-v2-req":
                host.ok("FF35")
                host.ok("FF0C", bytes.fromhex("9604 0800 9A04 0400 00000000"))
        assert host.write(b"\x05") == b"\x15"
        return host
    host2 = Host2(register)
    if vector["name"] == "v2-tlv-1177":
        host2.ok("FF35")
    elif vector["name"] == "v2-bind-mark-req":
        host2.ok("8D", b"\0")
        host2.ok("FF46", item(100, subject=33))
    elif vector["name"] == "v2-tlv-read-req":
        host2.ok("FF3A", bytes.fromhex("01000000"))
    number = vector["meaning"].get("num")
    if number is not None:
        register.line.link.layer2.number = (number - 1) % 0x10000
    return host2


@pytest.mark.parametrize("vector", REQUESTS, ids=lambda vector: vector["name"])
def test_every_recorded_request_is_understood(vector: dict[str, Any]) -> None:
    host = prepared(vector)
    got = host.write(bytes.fromhex(vector["hex"]))
    if vector["name"] in SAME:
        expected = ANSWERS[SAME[vector["name"]]]
        assert got.removeprefix(b"\x06") == expected
    code = int(vector["meaning"]["cmd"], 16) if "cmd" in vector["meaning"] else None
    data: bytes | None = None
    for event in (Decoder1() if vector["framing"] == "v1" else Decoder2()).feed(got):
        if isinstance(event, Frame1 | Frame2):
            data = event.data
    if code is None:  # the enquiry of v2
        assert data == b""
        return
    assert code in COMMANDS
    assert data is not None
    size = 2 if code > 0xFF else 1
    assert data[size] == (0x33 if vector["name"] == "correction-v2-req" else 0), data.hex()


def test_a_number_that_was_used_already_gets_the_answer_of_the_command_before() -> None:
    host = Host2(new_register(), 0x17)
    host.register.line.link.layer2.number = 0x17
    cashier = bytes.fromhex("021E0002") + "КАССИР".encode("cp1251").ljust(64, b"\0")
    host.ok("1E", cashier)
    asked = next(bytes.fromhex(vector["hex"]) for vector in VECTORS if vector["name"] == "v2-stale-answer-req")
    assert host.write(asked) == ANSWERS["v2-stale-answer-resp"]
    following = next(bytes.fromhex(vector["hex"]) for vector in VECTORS if vector["name"] == "v2-next-number-req")
    assert host.write(following)[5:7] == b"\x11\0"
