"""Where the directories of the tests (`tmp_path`) are made: in memory, where there is room.

A bridge makes sure that what it promised is on the disk, and the tests start some thousand bridges: on a disk a third of their
time, or more, is waiting for it, which proves nothing.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import MutableMapping
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 512 * 1024**2
"""Bytes: many times the few megabytes that a run needs at once, since the directory of a test that passed goes with it."""

VARIABLE = "PYTEST_DEBUG_TEMPROOT"  # pytest's own


def prefer_memory(environment: MutableMapping[str, str], memory: Path = MEMORY, room: int = ROOM) -> None:
    """Unless somebody says where. Tests run programs that they write, which a file system may forbid."""
    if VARIABLE in environment or sys.platform != "linux" or not os.access(memory, os.W_OK | os.X_OK):
        return
    if shutil.disk_usage(memory).free >= room and not os.statvfs(memory).f_flag & os.ST_NOEXEC:
        environment[VARIABLE] = str(memory)
