"""Every vector, and the two tables of protocol-specs/atol, against the code."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from bridge_atol.errors import ERRORS, lookup
from bridge_atol.texts.ru import REMEDIES, TEXTS, russian
from bridge_atol.vectors import NOT_BUILT, NOT_COMPARED, check_vector
from bridge_atol.vocabulary import SHAPES, Shape

from bridge.model import ERRORS as CODES
from bridge.plugin import CommandFate

SPECS = Path(__file__).parents[3] / "protocol-specs" / "atol"
VECTORS: list[dict[str, Any]] = json.loads((SPECS / "vectors.json").read_text("utf-8"))
BY_NAME = {vector["name"]: vector for vector in VECTORS}
OURS = [vector for vector in VECTORS if vector["meaning"]["layer"] not in NOT_BUILT]


@pytest.mark.parametrize("vector", OURS, ids=lambda vector: str(vector["name"]))
def test_a_vector_is_what_the_codec_says(vector: dict[str, Any]) -> None:
    check = check_vector(vector)
    assert check.differences == ()
    assert check.not_built is None
    assert set(check.compared) | set(check.skipped) >= {*vector["meaning"], "direction"}
    assert set(check.skipped) <= set(NOT_COMPARED)


def test_no_vector_is_left_out() -> None:
    assert len(VECTORS) == len(OURS) == 129
    assert not [check_vector(vector).name for vector in VECTORS if check_vector(vector).not_built]


def changed(name: str, /, **meaning: object) -> dict[str, Any]:
    vector = copy.deepcopy(BY_NAME[name])
    vector["meaning"].update(meaning)
    return vector


def parsed(name: str, /, **values: object) -> dict[str, Any]:
    vector = copy.deepcopy(BY_NAME[name])
    vector["meaning"]["parsed_by_vendor_driver"].update(values)
    return vector


@pytest.mark.parametrize(
    ("vector", "key"),
    [
        (changed("abort-id06", packet_id=7), "packet_id"),
        (changed("web-post-sell", path="/api/v2/request"), "path"),
        (changed("web-post-sell", method="PUT"), "method"),
        (changed("web-post-sell", response={"uuid": "another", "isBlocked": False, "blockedUUID": ""}), "hex"),
        (changed("web-dup-uuid", error_code=7), "error_code"),
        (changed("web-dup-uuid", colour="red"), "colour"),
        (changed("web-401", response_status=403), "response_status"),
        (changed("flow-sell", task={"type": "sing"}), "task"),
        (changed("flow-sell", driver_result='{"fiscalParams": {}}'), "driver_result"),
        (changed("flow-cashOut", driver_error=[9999, ""]), "driver_error"),
        (changed("flow-sell", colour="red"), "colour"),
        (changed("abort-id06", task="ack"), "task"),
        (changed("abort-id06", payload="c3"), "payload"),
        (changed("abort-id06", colour="red"), "colour"),
        (changed("req-id08", tid=3), "tid"),
        (changed("drv-EB-sell", params=""), "params"),
        (changed("drv-EB-sell", flags=0), "flags"),
        (changed("drv-EB-sell", command="EA"), "command"),
        (changed("drv-EB-sell", password="1111"), "password"),
        (changed("v2-frame-example", bcc="E9"), "bcc"),
        (changed("v2-frame-example", data="1f"), "data"),
        (changed("v2-cashin-10.03", sum_kopecks=1004), "sum_kopecks"),
        (changed("v2-cashin-10.03", command="4F"), "command"),
        (changed("v2-enter-mode3-pw30", mode_password="00000029"), "mode_password"),
        (changed("v2-enter-mode3-pw30", colour="red"), "colour"),
        (changed("task-async-result", tid=3), "tid"),
        (changed("task-async-result", data="B1"), "data"),
        (changed("task-async-result", status="A7 async error"), "state"),
        (changed("err-67", device_code="68"), "device_code"),
        (changed("tlv-1020", value=2501), "value"),
        (changed("tlv-1020", tag=1021), "tag"),
        (changed("tlv-1059", value=[]), "value"),
        (parsed("resp-reg34", document_number=1), "document_number"),
        (parsed("resp-reg0b", revenue="1.00"), "revenue"),
        (parsed("resp-a420", not_sent=1), "not_sent"),
        (parsed("resp-a5", name="x"), "name"),
        (parsed("resp-99", colour="red"), "colour"),
        (changed("flow-sell", state_changing_commands=["ab"]), "hex"),
        (changed("flow-sell", state_changing_commands=["eb00"]), "hex"),
    ],
)
def test_a_wrong_meaning_is_a_difference_under_its_key(vector: dict[str, Any], key: str) -> None:
    assert any(sentence.startswith(f"{key}:") for sentence in check_vector(vector).differences)


@pytest.mark.parametrize(
    "vector",
    [
        {},
        {"name": "x"},
        {"name": "x", "hex": "zz", "meaning": {"layer": "v3-frame"}},
        {"name": "x", "hex": "fe010006c459", "meaning": {"layer": "v3-frame"}},
        {"name": "x", "hex": "fe010006c458", "meaning": {"layer": "v4-frame"}},
        {"name": "x", "hex": "024503ff", "meaning": {"layer": "v2-frame", "data": "45"}},
        {"name": "x", "hex": "fe010006c458", "meaning": None},
        {"name": "x", "meaning": {"layer": "v3-frame"}},
        {"name": "x", "hex": "", "meaning": {"layer": "response", "request": "ab"}},
        {"name": "x", "hex": "55", "meaning": {"layer": "response", "request": "91 34 00 00"}},
        {"name": "x", "hex": "5500", "meaning": {"layer": "response-error"}},
        {"name": "x", "hex": "11", "meaning": {"layer": "ffd-tlv"}},
        {"name": "x", "hex": "c9", "direction": "device->host", "meaning": {"layer": "v3-task-payload"}},
        {"name": "x", "hex": "", "meaning": {"layer": "json-task-flow"}},
    ],
)
def test_a_broken_vector_is_a_difference_and_no_exception(vector: dict[str, Any]) -> None:
    assert check_vector(vector).differences


# --- the tables


def fields(table: tuple[Any, ...]) -> str:
    shown = (f"`{f.name}`({f.size if f.size is not None else 'rest'}){' [newer]' if f.optional else ''}" for f in table)
    return ", ".join(shown) or "-"


def row(shape: Shape) -> list[str]:
    return [
        f"`{shape.head.hex().upper()}`",
        shape.title,
        fields(shape.request),
        fields(shape.answer),
        shape.does.name.lower(),
        shape.patience.value,
        shape.mode.name.lower(),
    ]


def test_the_page_of_commands_is_the_table_of_the_code() -> None:
    page = (SPECS / "commands.md").read_text("utf-8")
    said = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in page.splitlines() if line.startswith("| `")]
    assert said == [row(SHAPES[code]) for code in sorted(SHAPES, key=lambda code: SHAPES[code].head)]


def test_the_page_of_errors_is_the_table_of_the_code() -> None:
    page = re.findall(
        r"^\| ([0-9A-F]{2})h \| (.*?) \| (.*?) \| (.*?) \| (.*?) ?\|$", (SPECS / "errors.md").read_text("utf-8"), re.M
    )
    said = {int(number, 16): rest for number, *rest in page}
    assert said == {number: [r.text, r.code, r.fate.value, r.remedy.value] for number, r in ERRORS.items()}


def test_every_error_has_a_uniform_code_and_says_what_to_do() -> None:
    for number, error in ERRORS.items():
        assert error.code in CODES, f"{number:02X}"
        assert error.remedy or CODES[error.code].remedy


def test_every_error_is_told_in_russian_too() -> None:
    assert set(TEXTS) == set(ERRORS)
    for number, error in ERRORS.items():
        for text in russian(number, error, 0x4A):
            assert re.search("[а-яё]", text), f"{number:02X}"
            assert not re.search("[a-z]{3}", text), f"{number:02X}"
    assert {error.remedy for error in ERRORS.values()} <= set(REMEDIES)


def test_an_error_that_is_not_in_the_table_is_never_taken_for_not_executed() -> None:
    assert lookup(0x01).fate is CommandFate.UNKNOWN
    assert "01h" in russian(0x01, lookup(0x01), 0x4A)[0]


@pytest.mark.parametrize("number", [0x67, 0x68, 0x69, 0xD1, 0xD2, 0xD5, 0xD6, 0xE6, 0xEE, 0xEF])
def test_errors_that_do_not_say_whether_the_command_was_carried_out_have_no_certain_fate(number: int) -> None:
    assert ERRORS[number].fate is CommandFate.UNKNOWN
