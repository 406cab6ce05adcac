"""The directories of the tests lie in memory only where that is sure to do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.scratch import VARIABLE, prefer_memory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere they lie where pytest puts them")


def chosen(memory: Path, room: int = 1, **environment: str) -> str | None:
    prefer_memory(environment, memory, room)
    return environment.get(VARIABLE)


def test_a_place_with_room_is_taken(tmp_path: Path) -> None:
    assert chosen(tmp_path) == str(tmp_path)


def test_what_somebody_says_holds(tmp_path: Path) -> None:
    assert chosen(tmp_path, **{VARIABLE: "/elsewhere"}) == "/elsewhere"


def test_a_place_that_is_small_or_missing_or_runs_no_programs_is_not_taken(tmp_path: Path) -> None:
    assert chosen(tmp_path, room=2**62) is None
    assert chosen(tmp_path / "none") is None
    assert chosen(Path("/proc")) is None
