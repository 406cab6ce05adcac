"""Every vector over both transports, every open point, and the pages of protocol-specs/zvt against the code."""

from __future__ import annotations

import copy
import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from bridge_zvt import open_points
from bridge_zvt.errors import ERRORS, Kind, lookup
from bridge_zvt.prompts import INTERMEDIATE, TERMINAL, intermediate, terminal
from bridge_zvt.vectors import NOT_COMPARED, check_vector

from bridge.model import ERRORS as CODES
from bridge.model import TerminalPrompt
from bridge.plugin import CommandFate

sys.path.insert(0, str(Path(__file__).parents[1]))
renew_pages = importlib.import_module("renew_pages")
fuzz_zvt = importlib.import_module("fuzz_zvt")

SPECS = Path(__file__).parents[3] / "protocol-specs" / "zvt"
PROTOCOL = (SPECS / "protocol.md").read_text("utf-8")
VECTORS: list[dict[str, Any]] = json.loads((SPECS / "vectors.json").read_text("utf-8"))
BY_NAME = {vector["name"]: vector for vector in VECTORS}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
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
        (changed("serial registration BA", password="123457"), "password"),
        (changed("serial registration BA", config_byte="BE"), "config_byte"),
        (changed("serial registration BA", crc_on_wire="24C4"), "crc_on_wire"),
        (changed("serial registration BA", apdu="060006"), "apdu"),
        (changed("serial registration BA", colour="red"), "colour"),
        (changed("end of day", command="06 51"), "command"),
        (changed("end of day", length=4), "length"),
        (changed("status information end of day", total="9.59"), "total"),
        (changed("status information end of day", mastercard_count=3), "mastercard_count"),
        (changed("intermediate status with text and T4", t4_minutes=2), "t4_minutes"),
        (changed("intermediate status with text and T4", text="?"), "text"),
        (changed("abort without data", result_code="FF"), "result_code"),
        (changed("open pre-authorisation 0123", open=[]), "open"),
        (changed("print line with TLV suffix", receipt_type="02"), "receipt_type"),
        (changed("print block system configuration, extended length 4088", lines=1), "lines"),
        (changed("status completion 06 alone", terminal_status="00"), "terminal_status"),
        (changed("completion not granting message sequence ids", msg_seq=True), "msg_seq"),
        (changed("minimal authorisation 10.00", fields=[["04", "000000001001"]]), "fields"),
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
        {"name": "x", "hex": "80 00 00", "transport": "tcp", "direction": "pt_to_ecr", "meaning": None},
        {"name": "x", "hex": "80 00 01", "transport": "tcp", "direction": "pt_to_ecr", "meaning": {"command": "80 00"}},
        {"name": "x", "hex": "80 00 00", "transport": "serial", "direction": "pt_to_ecr", "meaning": {"command": "80 00"}},
        {"name": "x", "hex": "80 00 00", "transport": "usb", "direction": "pt_to_ecr", "meaning": {"command": "80 00"}},
        {"name": "x", "hex": "80 00 00", "transport": "tcp", "direction": "up", "meaning": {"command": "80 00"}},
        {"name": "x", "hex": "80 00 00 80 00 00", "transport": "tcp", "direction": "pt_to_ecr", "meaning": {"command": "80 00"}},
        {"name": "x", "hex": "80 00 00", "transport": "tcp", "direction": "pt_to_ecr", "meaning": {}},
        {
            "name": "x",
            "hex": "04 0F 0A 22 F0 F8 45 39 57 87 63 62 14",
            "transport": "tcp",
            "direction": "pt_to_ecr",
            "meaning": {"command": "04 0F"},
        },
    ],
)
def test_a_broken_vector_is_told_and_never_raises(vector: dict[str, Any]) -> None:
    assert check_vector(vector).differences


@pytest.mark.parametrize("name", sorted(renew_pages.PAGES))
def test_a_page_is_what_the_code_has(name: str) -> None:
    assert (SPECS / name).read_text("utf-8") == renew_pages.PAGES[name](), "run python tests/zvt/renew_pages.py"


def test_every_result_code_of_the_reference_has_a_row() -> None:
    section = PROTOCOL.split("## 12. Result codes")[1].split("## 13.")[0]
    table = section.split("|---|", 1)[1]
    named = set()
    for cell in re.findall(r"^\| ([^|]*) \|[^|]*\|\| ([^|]*) \|", table, re.M):
        for part in cell:
            for token in re.findall(r"\b[0-9A-F]{2}\b", part.replace("–EA", " E8 E9 EA")):
                named.add(int(token, 16))
    assert len(named) > 60
    assert named - {0xE7} <= set(ERRORS) | {0xE7}


def test_every_row_has_a_uniform_code_and_words_in_two_languages() -> None:
    for number, row in ERRORS.items():
        assert row.code in CODES, f"{number:02X}"
        assert row.text, f"{number:02X}"
        assert row.german, f"{number:02X}"
        assert bool(row.remedy) == bool(row.remedy_de), f"{number:02X}"
        assert row.fate in (CommandFate.NOT_EXECUTED, CommandFate.UNKNOWN)


@pytest.mark.parametrize(
    ("number", "kind"),
    [(0x05, Kind.DECLINED), (0x21, Kind.DECLINED), (0x6C, Kind.STOPPED), (0xF0, Kind.REFUSED), (0xEE, Kind.REFUSED)],
)
def test_a_code_that_is_not_listed_is_told_by_its_number(number: int, kind: Kind) -> None:
    assert lookup(number).kind is kind
    if number not in ERRORS:
        assert f"{number:02X}" in lookup(number).text


def test_intermediate_and_terminal_status_have_words() -> None:
    assert intermediate(0x4A) == (TerminalPrompt.REMOVE_CARD, "Insert or present the card. Please remove the card")
    assert intermediate(0x99) == (TerminalPrompt.CUSTOMER, "The terminal is at status 99")
    assert all(text for _, text in INTERMEDIATE.values())
    assert terminal(0xF0) == ("is due for its end of day", "Make it (terminal.reconcile).")
    assert terminal(0x77) == ("is at status 77", "")
    assert all(what for what, _ in TERMINAL.values())


def test_every_open_point_of_the_page_stands_in_the_code() -> None:
    page = set(re.findall(r"^\| (Z\d+) \|", (SPECS / "README.md").read_text("utf-8"), re.M))
    code = set(re.findall(r"\[(Z\d+)\]", Path(open_points.__file__).read_text("utf-8")))
    assert page == code
    assert len(page) == 12


@pytest.mark.parametrize("transport", ["tcp", "serial"])
def test_random_and_mutated_messages_never_raise_hang_or_grow(transport: str) -> None:
    result = fuzz_zvt.run(500, seed=3, transport=transport)
    assert result.frames == 500
    assert result.results > 100
    assert result.garbage > 70
