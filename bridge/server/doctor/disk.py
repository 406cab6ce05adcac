"""The data directory: its disk, its rights, its file system; the log files."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from bridge.server.diagnosis import logfiles
from bridge.server.diagnosis.errors import CannotTell
from bridge.server.doctor.facts import Finding, Level, Situation

_CHECK = "data directory"
_LOGS = "logs"

# A year of a busy till's journal takes less than the first; SQLite needs room to work at the second.
_SHORT = 1024**3
_FULL = 100 * 1024**2

# SQLite's locks and shared memory do not hold on these. Source: sqlite.org/wal.html, "All processes using a database must be
# on the same host computer; WAL does not work over a network filesystem".
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "vboxsf", "ceph", "glusterfs", "afs"})


def data_directory(
    situation: Situation, free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free
) -> Iterator[Finding]:
    """Is it there, ours, writable, on a local disk with room."""
    path = situation.data_dir
    subject = str(path)
    if not path.is_dir():
        yield Finding(_CHECK, subject, Level.PROBLEM, "it does not exist", "The first start makes it: tillbridge serve")
        return
    if not situation.computer.may(path, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(
            _CHECK, subject, Level.PROBLEM, "this user may not read and write it", "Call this as the user that runs the bridge."
        )
        return
    yield Finding(_CHECK, subject, Level.OK, "this user may read and write it")
    yield from _rights(situation, path)
    left = free(path)
    text = f"{left / 1024**2:.0f} MB are free"
    if left < _FULL:
        yield Finding(_CHECK, subject, Level.PROBLEM, text, "Make room at once: a full disk stops every document. See: df -h")
    elif left < _SHORT:
        yield Finding(_CHECK, subject, Level.WARNING, text, "Make room soon. See: df -h")
    else:
        yield Finding(_CHECK, subject, Level.OK, text)
    kind = _file_system(situation, path)
    if kind is None:
        yield Finding(_CHECK, subject, Level.NOT_CHECKED, "its file system cannot be told", "Keep it on a local disk.")
    elif kind in _NETWORK:
        remedy = "Move it to a local disk: stop the bridge, copy the directory as a whole, serve with --data-dir."
        yield Finding(
            _CHECK, subject, Level.PROBLEM, f"it is on a network file system ({kind}): the journal is not safe there", remedy
        )
    else:
        yield Finding(_CHECK, subject, Level.OK, f"it is on a local file system ({kind})")


def logs(situation: Situation) -> Iterator[Finding]:
    """Where they are, and what they say of the last day."""
    subject = str(situation.log_dir)
    try:
        found = logfiles.files(situation.log_dir)
    except CannotTell as error:
        yield Finding(_LOGS, subject, Level.PROBLEM, error.message, error.remedy or "Call this as the user that runs the bridge.")
        return
    if not found:
        yield Finding(_LOGS, subject, Level.OK, "no log was written here yet")
        return
    size = sum(file.stat().st_size for file in found) / 1024**2
    yield Finding(_LOGS, subject, Level.OK, f"{len(found)} files, {size:.1f} MB; read them with: tillbridge logs")
    day = logfiles.Wanted(since=situation.computer.now() - timedelta(days=1), level="error")
    errors = list(logfiles.lines(situation.log_dir, day))
    if errors:
        text = f"{len(errors)} errors in the last day, the last one: {str(errors[-1]['message'])[:120]}"
        yield Finding(_LOGS, subject, Level.WARNING, text, "tillbridge logs --since 1d --level error")


def _rights(situation: Situation, path: Path) -> Iterator[Finding]:
    if situation.computer.platform == "win32":
        return
    open_ones = []
    for name in (".", "admin-token", "secrets.toml", "server.json", "logs", "wire"):
        item = path / name
        if item.exists() and stat.S_IMODE(item.stat().st_mode) & 0o077:
            open_ones.append(item)
    if open_ones:
        shown = ", ".join(str(item) for item in open_ones)
        remedy = f"chmod go-rwx {' '.join(str(item) for item in open_ones)}; if in doubt also: tillbridge token rotate"
        yield Finding(_CHECK, str(path), Level.PROBLEM, f"other users may read {shown}", remedy)
    else:
        yield Finding(_CHECK, str(path), Level.OK, "only its owner may read it")


def _file_system(situation: Situation, path: Path) -> str | None:
    try:
        text = (situation.computer.proc / "mounts").read_text("utf-8", "replace")
    except OSError:
        return None
    where = path.resolve()
    best: tuple[int, str] | None = None
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 3:
            mount = Path(words[1].replace("\\040", " "))
            if (where == mount or mount in where.parents) and (best is None or len(mount.parts) >= best[0]):
                best = (len(mount.parts), words[2])
    return best[1] if best is not None else None
