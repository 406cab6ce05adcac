"""Test vectors held against a codec: what `check_vector` of every family does alike, whatever its vectors mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bridge.plugin.family import VectorCheck
from bridge.plugin.wire_fields import BadValue, WireField, read_fields, write_fields


class VectorComparison:
    """Collects while one vector is looked at: which keys were compared, which were not and why, and what differed."""

    def __init__(self) -> None:
        self.compared: list[str] = []
        self.skipped: dict[str, str] = {}
        self.differences: list[str] = []

    def equal(self, key: str, said: object, got: object) -> None:
        """`said`: what the vector says; `got`: what the codec made of its bytes."""
        self.note(key)
        if said != got:
            self.differ(f"{key}: vector says {said!r}, got {got!r}")

    def note(self, *keys: str) -> None:
        """These were compared, by whatever means."""
        self.compared += [key for key in keys if key not in self.compared]

    def differ(self, sentence: str) -> None:
        self.differences.append(sentence)

    def meaning(self, meaning: Mapping[str, Any], got: Mapping[str, Any], not_compared: Mapping[str, str]) -> None:
        """Each key of a meaning against what was found under it. A key without a rule is a difference: else it would never be held
        against anything, and nobody would know. `not_compared`: keys that say nothing of the bytes, and why."""
        for key, said in meaning.items():
            if key in not_compared:
                self.skipped[key] = not_compared[key]
            elif key not in got:
                self.differ(f"{key}: no rule for this key")
            else:
                self.equal(key, said, got[key])

    def rewritten(self, command: str, fields: Sequence[WireField], data: bytes) -> dict[str, Any]:
        """The fields of a command or an answer, read by their table and held against the same bytes when they are written again.
        Raises BadAnswer."""
        values, more = read_fields(command, fields, data)
        try:
            self.equal("hex", data.hex(), (write_fields(fields, values) + more).hex())
        except BadValue as problem:
            self.differ(f"hex: cannot be built: {problem}")
        return values

    def outcome(self, name: str, beside: frozenset[str]) -> VectorCheck:
        """`beside`: keys that alone make no comparison, since they say nothing of what the bytes mean."""
        if not set(self.compared) - beside and not self.differences:
            self.differ("nothing of this vector could be compared")
        return VectorCheck(name, tuple(self.compared), dict(self.skipped), tuple(self.differences))


def check_bytes(
    vector: Mapping[str, Any],
    compare: Callable[[bytes, Mapping[str, Any], VectorComparison], None],
    beside: frozenset[str] = frozenset(("hex", "direction")),
) -> VectorCheck:
    """A vector of the form name, hex, meaning and what else the family has. What is broken in it is a difference and raises nothing;
    `compare` is called with its bytes and its meaning where both are there."""
    check = VectorComparison()
    meaning = vector.get("meaning")
    raw = _bytes(vector.get("hex"), check)
    if not isinstance(meaning, Mapping):
        check.differ("meaning: is missing")
    elif raw is not None:
        compare(raw, meaning, check)
    if "name" not in vector:
        check.differ("name: is missing")
    return check.outcome(str(vector.get("name", "(no name)")), beside)


def _bytes(written: object, check: VectorComparison) -> bytes | None:
    if not isinstance(written, str):
        check.differ("hex: is missing")
        return None
    try:
        return bytes.fromhex(written)
    except ValueError:
        check.differ("hex: is not hexadecimal")
        return None
