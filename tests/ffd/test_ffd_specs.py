"""protocol-specs/ffd is what the code is: every vector is run, every table is held, every open point is named."""

import json
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from bridge_ffd import open_points
from bridge_ffd.document import FfdDocument
from bridge_ffd.marking import MarkingCode
from bridge_ffd.presence import check_document
from bridge_ffd.qr import CheckQr
from bridge_ffd.signs import bcd_of_sign, sign_of_answer, sign_of_bcd, sign_of_tag, tag_of_sign
from bridge_ffd.tlv import Tlv, Value, decode, encode
from bridge_ffd.versions import FfdVersion, Settlement
from ffd_receipts import TODAY
from renew_ffd_tables import SPECS, TABLES

from bridge.model import Receipt, operation_adapter

VECTORS: list[dict[str, Any]] = json.loads((SPECS / "vectors.json").read_text("utf-8"))
README = (SPECS / "README.md").read_text("utf-8")


def of_kind(key: str) -> list[Any]:
    return [pytest.param(vector, id=vector["name"]) for vector in VECTORS if key in vector]


def value_of(told: Any) -> Value:
    match told:
        case {"bytes": text}:
            return bytes.fromhex(text)
        case {"decimal": text}:
            return Decimal(text)
        case {"time": text}:
            return datetime.fromisoformat(text)
        case list():
            return tags_of(told)
        case int() | str():
            return told
    raise AssertionError(told)


def tags_of(pairs: list[list[Any]]) -> tuple[Tlv, ...]:
    return tuple(Tlv(tag, value_of(told)) for tag, told in pairs)


@pytest.mark.parametrize("vector", of_kind("tags"))
def test_bytes_of_a_vector_say_what_it_says(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"])
    assert decode(data) == tags_of(vector["tags"])
    assert (encode(tags_of(vector["tags"])) == data) is not vector.get("longer", False)


@pytest.mark.parametrize("vector", of_kind("code_hex"))
def test_a_marking_code_of_a_vector_becomes_its_tags(vector: dict[str, Any]) -> None:
    code = MarkingCode.parse(bytes.fromhex(vector["code_hex"]))
    assert code.product_code() == bytes.fromhex(vector["tag_1162"])
    if "tag_1163" in vector:
        assert code.product_code_structure().children == tags_of([vector["tag_1163"]])


@pytest.mark.parametrize("vector", of_kind("qr"))
def test_a_qr_code_of_a_vector_is_read_and_written(vector: dict[str, Any]) -> None:
    parts = vector["parts"]
    read = CheckQr.parse(vector["qr"])
    assert read == CheckQr(
        datetime.fromisoformat(parts["at"]),
        Decimal(parts["total"]),
        parts["fn"],
        parts["document"],
        parts["sign"],
        Settlement(parts["settlement"]),
        seconds=True,
    )
    assert read.text == vector["qr"]


@pytest.mark.parametrize("vector", of_kind("sign"))
def test_a_sign_of_a_vector_has_all_its_forms(vector: dict[str, Any]) -> None:
    sign = vector["sign"]
    assert sign_of_tag(bytes.fromhex(vector["tag_1077"])) == sign
    assert tag_of_sign(sign) == bytes.fromhex(vector["tag_1077"])
    assert sign_of_bcd(bcd_of_sign(sign)) == sign
    if "answer" in vector:
        assert sign_of_answer(bytes.fromhex(vector["answer"])) == sign


def test_every_vector_is_of_a_kind_that_is_run_and_names_its_source() -> None:
    kinds = ("tags", "code_hex", "qr", "sign")
    assert all(sum(kind in vector for kind in kinds) == 1 for vector in VECTORS)
    assert all(vector["source"] for vector in VECTORS)
    assert len({vector["name"] for vector in VECTORS}) == len(VECTORS) >= 25


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_what_the_code_would_write(name: str) -> None:
    assert (SPECS / name).read_text("utf-8") == TABLES[name](), f"run python tests/ffd/renew_ffd_tables.py for {name}"


def test_every_open_point_has_its_row_and_its_switch() -> None:
    with open(open_points.__file__, encoding="utf-8") as code:
        switched = set(re.findall(r"\[(F\d+)\]", code.read()))
    told = set(re.findall(r"^\| (F\d+) \|", README, re.M))
    assert switched == told
    assert told == {f"F{number}" for number in range(1, len(told) + 1)}


def test_the_example_is_a_receipt() -> None:
    (example,) = re.findall(r"^```json\n(.*?)^```", README, re.M | re.S)
    read = operation_adapter.validate_python(json.loads(example))
    assert isinstance(read, Receipt)
    made = FfdDocument.from_receipt(read, FfdVersion.V1_2, day=TODAY)
    assert made.warnings == ()
    assert (made.total, made.change) == (Decimal("224.80"), Decimal("25.20"))
    assert [line.object.value for line in made.lines] == ["commodity", "commodity_with_marking"]
    assert check_document(made.kind, made.version, made.tlv()) == ()


def test_every_file_of_the_folder_is_named() -> None:
    for file in set(SPECS.iterdir()) - {SPECS / "README.md"}:
        assert file.name in README, file.name
