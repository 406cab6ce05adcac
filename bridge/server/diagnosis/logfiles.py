"""Reading the bridge's log files, the rotated ones too: with the server up or down, and while it writes."""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bridge.server.diagnosis.errors import CannotTell
from bridge.server.logplace import FILE_NAME

LEVELS = ("debug", "info", "warning", "error", "critical")

_FOLLOW_SECONDS = 0.3
_AGO = re.compile(r"([0-9]{1,5})\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are asked for. All that is set must hold."""

    job: str | None = None
    device: str | None = None
    since: datetime | None = None
    level: str = "debug"

    def takes(self, line: dict[str, Any]) -> bool:
        if _rank(line.get("level")) < LEVELS.index(self.level):
            return False
        if self.since is not None and _moment(line.get("at")) < self.since:
            return False
        # A line that names the job only in its text is about it all the same.
        if self.job is not None and line.get("job") != self.job and self.job not in str(line.get("message")):
            return False
        return self.device is None or line.get("device") == self.device or _names(line, self.device)


def since(text: str, now: datetime | None = None) -> datetime:
    """`90s`, `15m`, `1h`, `7d`, or a moment such as 2026-11-20T21:00. Raises CannotTell."""
    ago = _AGO.fullmatch(text.strip())
    if ago is not None:
        return (now or datetime.now(UTC)) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise CannotTell(f"{text!r} is no time.", "Say 15m, 1h, 7d, or a moment such as 2026-11-20T21:00.") from None
    return moment if moment.tzinfo is not None else moment.astimezone()


def files(directory: Path) -> list[Path]:
    """The log files, oldest first. Raises CannotTell where they may not be read."""
    try:
        found = [entry for entry in directory.iterdir() if re.fullmatch(rf"{re.escape(FILE_NAME)}(\.[0-9]+)?", entry.name)]
    except FileNotFoundError:
        return []
    except PermissionError:
        raise CannotTell(f"{directory} may not be read.", "Call this as the user that runs the bridge.") from None
    return sorted(found, key=lambda file: int(file.suffix[1:]) if file.suffix[1:].isdigit() else 0, reverse=True)


def lines(directory: Path, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """The lines that are asked for, oldest first."""
    for file in files(directory):
        yield from _of(file, wanted)


def follow(directory: Path, wanted: Wanted, pause: Callable[[float], None] = time.sleep) -> Iterator[dict[str, Any]]:
    """The lines that there are, then those that come, through rotations, until the caller stops."""
    current = directory / FILE_NAME
    yield from (line for file in files(directory) if file != current for line in _of(file, wanted))
    position = 0
    inode: int | None = None
    rest = b""
    while True:
        with contextlib.suppress(FileNotFoundError):
            facts = current.stat()
            if inode is not None and facts.st_ino != inode:  # rotated: what came before that stands in the file before
                earlier = current.with_name(f"{FILE_NAME}.1")
                if earlier.exists() and earlier.stat().st_ino == inode:
                    chunk, _ = _from(earlier, position)
                    yield from _complete(rest + chunk + b"\n", wanted)[0]
                position, rest = 0, b""
            inode = facts.st_ino
            chunk, position = _from(current, position)
            found, rest = _complete(rest + chunk, wanted)
            yield from found
        pause(_FOLLOW_SECONDS)


def parse(raw: bytes) -> dict[str, Any] | None:
    """A line; None for one that a full disk or a kill left in halves."""
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) and "message" in line else None


def shown(line: dict[str, Any]) -> str:
    """A line for people, in local time."""
    at = _moment(line.get("at")).astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    message = str(line["message"])
    about = [str(line[name]) for name in ("device", "job") if line.get(name) and str(line[name]) not in message]
    usual = {"at", "level", "logger", "message", "device", "job", "traceback"}
    about += [f"{name}={value}" for name, value in line.items() if name not in usual]
    text = f"{at} {str(line.get('level', '')).upper():<7} {line.get('logger')}: {message}"
    text += f" [{' '.join(about)}]" if about else ""
    return f"{text}\n{str(line['traceback']).rstrip()}" if line.get("traceback") else text


def _of(file: Path, wanted: Wanted) -> Iterator[dict[str, Any]]:
    with contextlib.suppress(FileNotFoundError), file.open("rb") as opened:  # it may be rotated away meanwhile
        for raw in opened:
            line = parse(raw)
            if line is not None and wanted.takes(line):
                yield line


def _from(file: Path, position: int) -> tuple[bytes, int]:
    with file.open("rb") as opened:
        opened.seek(position, os.SEEK_SET)
        chunk = opened.read()
    return chunk, position + len(chunk)


def _complete(data: bytes, wanted: Wanted) -> tuple[list[dict[str, Any]], bytes]:
    *whole, rest = data.split(b"\n")
    found = [line for raw in whole if (line := parse(raw)) is not None and wanted.takes(line)]
    return found, rest


def _rank(level: Any) -> int:
    return LEVELS.index(level) if level in LEVELS else LEVELS.index("info")


def _moment(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _names(line: dict[str, Any], device: str) -> bool:
    return (
        line.get("device") is None
        and re.search(rf"(?<![\w.-]){re.escape(device)}(?![\w-])", str(line.get("message"))) is not None
    )
