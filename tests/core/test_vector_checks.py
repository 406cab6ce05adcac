"""What the plugin API does alike for the test vectors of every family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bridge.plugin import VectorComparison, check_bytes


def compare(raw: bytes, meaning: Mapping[str, Any], check: VectorComparison) -> None:
    check.equal("hex", raw.hex(), raw.hex())
    check.meaning(meaning, {"length": len(raw)}, {"note": "words for the reader"})


def test_a_vector_is_compared_key_by_key() -> None:
    found = check_bytes({"name": "two bytes", "hex": "06 00", "meaning": {"length": 2, "note": "an answer"}}, compare)
    assert (found.name, found.compared, found.differences) == ("two bytes", ("hex", "length"), ())
    assert found.skipped == {"note": "words for the reader"}


@pytest.mark.parametrize(
    ("vector", "said"),
    [
        ({"name": "x", "hex": "06 00", "meaning": {"length": 3}}, "length: vector says 3, got 2"),
        ({"name": "x", "hex": "06 00", "meaning": {"length": 2, "colour": "red"}}, "colour: no rule for this key"),
        ({"name": "x", "hex": "06 00", "meaning": {}}, "nothing of this vector could be compared"),
        ({"name": "x", "hex": "06 00"}, "meaning: is missing"),
        ({"name": "x", "hex": "6", "meaning": {}}, "hex: is not hexadecimal"),
        ({"name": "x", "meaning": {}}, "hex: is missing"),
        ({"hex": "06", "meaning": {"length": 1}}, "name: is missing"),
    ],
)
def test_whatever_is_broken_or_has_no_rule_is_a_difference(vector: dict[str, Any], said: str) -> None:
    assert check_bytes(vector, compare).differences == (said,)
