"""Commands that run while an example is tried."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r"(?:tcp|http)://[\d.]+:\d+")


@contextmanager
def child(*arguments: str, whole: bool = False, report: Path | None = None) -> Iterator[str]:
    """A `tillbridge` command that runs; its address, taken from its ready line, or that line whole.

    `report`: where answers are told that are otherwise than described (tests/api/checked.py).
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "bridge.cli.main" if report is None else "tests.api.checked", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "CONFORMANCE_REPORT": str(report)},
    )
    try:
        assert process.stdout is not None
        found = next(match for line in process.stdout if (match := ADDRESS.search(line)))
        yield found.string if whole else found.group()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
