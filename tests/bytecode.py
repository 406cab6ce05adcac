"""Compiled modules, shared by all processes of a run of the tests: its workers, and the servers and commands that tests start.

Before its first test each worker has to compile some 600 modules with their asserts rewritten: 10 seconds of a core, of which
9 are spared to whoever finds them compiled. So the workers of a run begin at different places of the list, and each finds
what the others have written.
"""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def keep(config: pytest.Config) -> None:
    """Where the environment forbids bytecode beside the sources, it goes beside pytest's own notes: a server starts in half the time."""
    cache: pytest.Cache | None = getattr(config, "cache", None)  # none where pytest shall write no notes either
    if cache is None or not os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        return
    folder = cache.mkdir("bytecode")
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(folder)
    sys.dont_write_bytecode = False


def from_ones_place(files: list[Path], number: int, workers: int) -> list[Path]:
    first = len(files) * number // workers
    return files[first:] + files[:first]


def compile_by_turns(session: pytest.Session) -> None:
    """Import the tests' modules, from another place in each worker, before pytest does so in order; whatever fails, it will tell."""
    worker: dict[str, int | str] | None = getattr(session.config, "workerinput", None)
    if worker is None or session.config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    number, workers = int(str(worker["workerid"]).removeprefix("gw")), int(worker["workercount"])
    for file in from_ones_place(sorted((ROOT / "tests").rglob("test_*.py")), number, workers):
        with suppress(Exception, pytest.skip.Exception):
            importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
