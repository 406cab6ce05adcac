"""The examples that the description shows: requests as they were sent, and what they were answered.

They stand in `examples.json`, in the order in which they were made. A test makes them again (tests/api) and compares every
answer; ids, times and addresses are replaced by steady ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Example:
    """One call and its answer. `call` is the route's name; `headers` those that it needs beside the token."""

    name: str
    summary: str
    call: str
    status: int
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    answer: Any = None


def examples(call: str) -> tuple[Example, ...]:
    """The examples of one call."""
    return tuple(example for example in everything() if example.call == call)


@cache
def everything() -> tuple[Example, ...]:
    """All examples, in the order in which they were made."""
    return tuple(Example(**row) for row in json.loads(files("bridge.server").joinpath("examples.json").read_text("utf-8")))
