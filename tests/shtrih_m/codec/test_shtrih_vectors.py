"""Every vector, every frame of the dialogues, and the two tables of protocol-specs/shtrih-m against the code."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from bridge_shtrih_m.errors import ERRORS, lookup
from bridge_shtrih_m.frame import Decoder1, Decoder2, Frame1, Frame2
from bridge_shtrih_m.texts.ru import TEXTS, russian
from bridge_shtrih_m.vectors import NOT_COMPARED, check_vector
from bridge_shtrih_m.vocabulary import SHAPES, Shape

from bridge.model import ERRORS as CODES
from bridge.plugin import CommandFate

SPECS = Path(__file__).parents[3] / "protocol-specs" / "shtrih-m"
VECTORS: list[dict[str, Any]] = json.loads((SPECS / "vectors.json").read_text("utf-8"))
BY_NAME = {vector["name"]: vector for vector in VECTORS}
DIALOGUES = (SPECS / "protocol.md").read_text("utf-8").split("## Dialogues")[1].split("\n## ")[0]
_FRAME1 = re.compile(r"(?<![0-9A-F] )\b(02(?: [0-9A-F]{2})+)(?![ 0-9A-F]*[<…])")
_FRAME2 = re.compile(r"`(8F(?: [0-9A-F]{2})+)`")


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
        (changed("item-v2-novat-100rub", price=1), "price"),
        (changed("item-v2-novat-100rub", text="Обед"), "text"),
        (changed("item-v2-novat-100rub", tax_amount=0), "tax_amount"),
        (changed("item-v2-novat-100rub", cmd="FF45"), "cmd"),
        (changed("item-v2-novat-100rub", password=1), "password"),
        (changed("item-v2-novat-100rub", colour="red"), "colour"),
        (changed("error-37-resp", error=0), "error"),
        (changed("short-status-resp-shift-open", mode=4), "mode"),
        (changed("short-status-resp-shift-open", flags="0000"), "flags"),
        (changed("v2-fn-status-resp-idle", last_fd=19), "last_fd"),
        (changed("v2-fn-status-resp-idle", num=4), "num"),
        (changed("v2-tlv-1177", value="x"), "value"),
        (changed("stlv-1224", children=[]), "children"),
        (changed("tag1162-0", barcode="46198489"), "hex"),
        (changed("crc16-0000", crc16_ccitt_false=0), "crc16_ccitt_false"),
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
        {"name": "x", "hex": "02 01 FC FD", "framing": "v1", "direction": "host->device", "meaning": None},
        {"name": "x", "hex": "02 01 FC FE", "framing": "v1", "direction": "host->device", "meaning": {"cmd": "FC"}},
        {"name": "x", "hex": "02 01 FC FD", "framing": "v2", "direction": "host->device", "meaning": {"cmd": "FC"}},
        {"name": "x", "hex": "02 01 FC FD", "framing": "v3", "direction": "host->device", "meaning": {"cmd": "FC"}},
        {"name": "x", "hex": "02 01 FC FD", "framing": "v1", "direction": "up", "meaning": {"cmd": "FC"}},
        {"name": "x", "hex": "02 01 AB AA", "framing": "v1", "direction": "host->device", "meaning": {"cmd": "AB"}},
        {"name": "x", "hex": "02 02 FC 00 FE", "framing": "v1", "direction": "device->host", "meaning": {"cmd": "FC"}},
        {"name": "x", "hex": "02 01 FC FD 02 01 FC FD", "framing": "v1", "direction": "host->device", "meaning": {"cmd": "FC"}},
        {"name": "x", "hex": "12", "framing": "none", "direction": "payload", "meaning": {"tag": 1}},
        {"name": "x", "hex": "02 01 FC FD", "framing": "v1", "direction": "host->device", "meaning": {}},
    ],
)
def test_a_broken_vector_is_a_difference_and_no_exception(vector: dict[str, Any]) -> None:
    check = check_vector(vector)
    assert check.differences or set(check.compared) <= {"hex", "framing", "direction"}


def test_every_whole_frame_of_the_dialogues_is_what_the_codec_says() -> None:
    frames1 = [bytes.fromhex(found) for found in _FRAME1.findall(DIALOGUES)]
    frames2 = [bytes.fromhex(found) for found in _FRAME2.findall(DIALOGUES)]
    assert (len(frames1), len(frames2)) == (33, 2)
    for raw in frames1:
        [event] = Decoder1().feed(raw)
        assert isinstance(event, Frame1)
        assert event.code in SHAPES
        assert event.to_bytes() == raw
    for raw in frames2:
        [frame] = Decoder2().feed(raw)
        assert isinstance(frame, Frame2)
        assert frame.to_bytes() == raw


# --- the tables


def rows(page: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|\n").split("|")] for line in page.splitlines() if line.startswith("| `")]


def fields(table: tuple[Any, ...]) -> str:
    shown = (f"`{f.name}`({f.size if f.size is not None else 'rest'}){' [newer]' if f.optional else ''}" for f in table)
    return ", ".join(shown) or "-"


def row(shape: Shape) -> list[str]:
    title = shape.title + ("" if shape.password else " (no password)")
    head = f"`{shape.head.hex().upper()}`"
    return [head, title, fields(shape.request), fields(shape.answer), shape.does.name.lower(), shape.patience.value]


def test_the_page_of_commands_is_the_table_of_the_code() -> None:
    page = rows((SPECS / "commands.md").read_text("utf-8"))
    assert sorted(page) == sorted(row(shape) for shape in SHAPES.values())


def test_the_page_of_errors_is_the_table_of_the_code() -> None:
    page = re.findall(
        r"^\| ([0-9A-F]{2})h \| (.*?) \| (.*?) \| (.*?) \| (.*?) ?\|$", (SPECS / "errors.md").read_text("utf-8"), re.M
    )
    said = {int(number, 16): rest for number, *rest in page}
    assert said == {number: [r.text, r.code, r.fate.value, r.remedy] for number, r in ERRORS.items()}


def test_every_error_has_a_uniform_code_and_says_what_to_do() -> None:
    for number, error in ERRORS.items():
        assert error.code in CODES, f"{number:02X}"
        assert error.remedy or CODES[error.code].remedy


def test_every_error_is_told_in_russian_too() -> None:
    assert set(TEXTS) == set(ERRORS)
    for number, (text, remedy) in TEXTS.items():
        assert re.search("[а-яё]", text), f"{number:02X}"
        assert re.search("[а-яё]", remedy), f"{number:02X}"
        assert not re.search("[a-z]{3}", text.replace("tillbridge", "")), f"{number:02X}"


def test_an_error_that_is_not_in_the_table_is_never_taken_for_not_executed() -> None:
    assert lookup(0xEE).fate is CommandFate.UNKNOWN
    assert "EEh" in russian(0xEE, lookup(0xEE), 0xFF45)[0]


@pytest.mark.parametrize("number", [0x50, 0x58, 0x6B, 0x72, 0x2F, 0x30, 0x03])
def test_errors_that_do_not_say_whether_the_command_was_carried_out_have_no_certain_fate(number: int) -> None:
    assert ERRORS[number].fate is CommandFate.UNKNOWN
