"""Commands that run while an example is tried."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

ADDRESS = re.compile(r"(?:tcp|http)://[\d.]+:\d+")


@contextmanager
def child(*arguments: str, whole: bool = False) -> Iterator[str]:
    """A `tillbridge` command that runs; its address, taken from its ready line, or that line whole."""
    process = subprocess.Popen([sys.executable, "-m", "bridge.cli.main", *arguments], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = next(match for line in process.stdout if (match := ADDRESS.search(line)))
        yield found.string if whole else found.group()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
