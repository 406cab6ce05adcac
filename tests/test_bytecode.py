"""Where a run of the tests keeps compiled modules, and that its workers share the work."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests import bytecode


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Of a run whose cache is `tmp_path`; what is changed in this process and its environment is put back."""
    for name in ("dont_write_bytecode", "pycache_prefix"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return cast(Any, SimpleNamespace(cache=SimpleNamespace(mkdir=lambda name: tmp_path / name)))


def test_where_no_bytecode_may_lie_beside_the_sources_it_lies_beside_pytests_notes(
    config: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    sys.dont_write_bytecode = True
    bytecode.keep(config)
    assert (sys.dont_write_bytecode, sys.pycache_prefix) == (False, str(tmp_path / "bytecode"))
    assert os.environ["PYTHONPYCACHEPREFIX"] == str(tmp_path / "bytecode")
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ, "the processes of the tests may write it there, too"


def test_otherwise_it_lies_where_python_puts_it(config: Any) -> None:
    before = sys.pycache_prefix
    bytecode.keep(config)
    assert sys.pycache_prefix == before
    assert "PYTHONPYCACHEPREFIX" not in os.environ


def test_each_worker_begins_where_no_other_does_and_leaves_nothing_out() -> None:
    files = [Path(f"test_{number}.py") for number in range(7)]
    orders = [bytecode.from_ones_place(files, number, 3) for number in range(3)]
    assert [order[0].name for order in orders] == ["test_0.py", "test_2.py", "test_4.py"]
    assert all(sorted(order) == files for order in orders)
