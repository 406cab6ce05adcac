"""What the checks look at: the computer and the data directory, each behind a name that a test may set."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bridge.devices import DeviceConfig
    from bridge.plugin import PluginReport

_COMMAND_SECONDS = 5.0


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found. `remedy`: a command or a sentence, for everything that is not ok."""

    check: str
    subject: str
    level: Level
    text: str
    remedy: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "check": self.check,
            "subject": self.subject,
            "level": self.level.value.replace(" ", "_"),
            "text": self.text,
            "remedy": self.remedy,
        }


def run_command(command: Sequence[str]) -> str | None:
    """What a command prints; None where there is no such command, or it fails or hangs."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(command, capture_output=True, text=True, timeout=_COMMAND_SECONDS, check=False)
        return done.stdout if done.returncode == 0 else None
    return None


def may(path: Path, mode: int) -> bool:
    return os.access(path, mode)


@dataclass(frozen=True, slots=True)
class Computer:
    """The computer that this runs on. The roots stand for /proc, /sys, /dev and /etc."""

    proc: Path = Path("/proc")
    sysfs: Path = Path("/sys")
    dev: Path = Path("/dev")
    etc: Path = Path("/etc")
    home: Path = field(default_factory=Path.home)
    platform: str = sys.platform
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    run: Callable[[Sequence[str]], str | None] = run_command
    may: Callable[[Path, int], bool] = may
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def at(self, path: str) -> Path:
        """A path of a configuration, below our roots: /dev/ttyUSB0 is `dev`/ttyUSB0."""
        for name, root in (("/dev/", self.dev), ("/sys/", self.sysfs), ("/etc/", self.etc)):
            if path.startswith(name):
                return root / path.removeprefix(name)
        return Path(path)

    def holders(self, target: str) -> list[tuple[int, str]]:
        """Process number and name of everybody who has this open: a path, or `socket:[inode]`. Those we may see."""
        found = []
        with contextlib.suppress(OSError):
            for process in self.proc.iterdir():
                if process.name.isdigit() and self._has_open(process, target):
                    found.append((int(process.name), self.name_of(int(process.name))))
        return sorted(found)

    def name_of(self, pid: int) -> str:
        try:
            return (self.proc / str(pid) / "comm").read_text("utf-8", "replace").strip()
        except OSError:
            return "?"

    @staticmethod
    def _has_open(process: Path, target: str) -> bool:
        with contextlib.suppress(OSError):  # another user's, or gone meanwhile
            for descriptor in (process / "fd").iterdir():
                with contextlib.suppress(OSError):
                    if os.readlink(descriptor) == target:
                        return True
        return False


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the checks may know. `server`: what the running server of this directory said, None where none answers."""

    computer: Computer
    data_dir: Path
    log_dir: Path
    devices: Mapping[str, DeviceConfig] = field(default_factory=dict)
    devices_error: str | None = None
    plugins: Sequence[PluginReport] = ()
    families: Sequence[str] = ()
    server: Server | None = None
    locked_by: int | None = None
    """Who holds the directory's lock; None where nobody does, or it cannot be told."""
    port: int = 47811

    @property
    def alive(self) -> bool:
        """Whether a server runs for this directory, be it one that does not answer."""
        return self.server is not None or self.locked_by is not None

    def statuses_of(self, device_id: str) -> Mapping[str, Any] | None:
        """What the running server heard of a device last."""
        return self.server.statuses.get(device_id) if self.server is not None else None


@dataclass(frozen=True, slots=True)
class Server:
    """The running server: its address and its own word on devices and health."""

    port: int
    pid: int
    version: str
    devices: Mapping[str, Mapping[str, Any]]
    statuses: Mapping[str, Mapping[str, Any]]
    problems: Sequence[str] = ()


def lock_holder(computer: Computer, lock: Path) -> int | None:
    """The process that holds a file's flock, from /proc/locks: looking changes nothing. None where it cannot be told."""
    try:
        inode = lock.stat().st_ino
        text = (computer.proc / "locks").read_text()
    except OSError:
        return None
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 6 and words[1] == "FLOCK" and words[5].rpartition(":")[2] == str(inode):
            return int(words[4]) if words[4].lstrip("-").isdigit() else None
    return None
