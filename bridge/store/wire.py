"""What went over the wire while a job ran, on disk: `DIR/wire/JOB.jsonl`, one JSON object a line, owner-only.

Lines: {"mark": ...} where something begins, ends or is left out, and {"at", "dir": in|out, "link": number of the connection,
"hex"} for each transfer, masked before it came here. The loop only puts entries into a list; a thread writes them: while the
journal works off a checkpoint anyway, twice a second, at an end in doubt, and behind the point of no return the deciding
ones at once, so that a kill leaves what matters. What went wrong with the disk is said once; no job ever waits for it or
fails by it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from bridge.transport import WireEntry

log = logging.getLogger("tillbridge.wire")

DIRECTORY = "wire"
_SUFFIX = ".jsonl"

# How long an entry may wait in memory while its job runs quietly.
_DRAIN_SECONDS = 0.5

# How long a reader waits for what was heard last to come to the disk.
_CATCH_UP_SECONDS = 1.0

# Behind the point of no return: the deciding command and its answer. What is read back after
# that tells nothing new, and waking a thread for it costs a sale a tenth of a millisecond each time.
_DECIDING = 2

Phase = Literal["execute", "recover"]


@dataclass(frozen=True, slots=True)
class WireLimits:
    """Bytes on disk. A receipt of 500 lines is some 150 kB in hex. `total` 0: nothing is kept."""

    job: int = 1024 * 1024
    total: int = 200 * 1024 * 1024

    @property
    def execute(self) -> int:
        """What executing may fill: recovery, which comes behind it, must find room in any case."""
        return self.job * 3 // 4


class JobTrace:
    """One attempt at one job. `record` and `hurry` may be called from any thread."""

    def __init__(self, traces: WireTraces, job_id: str, phase: Phase) -> None:
        self.job_id = job_id
        self.phase: Phase = phase
        self._traces = traces
        self._pending: deque[tuple[int, WireEntry] | dict[str, Any]] = deque()
        self._eager = 0
        self._descriptor: int | None = None
        self._size = 0
        self._cut = False
        self._dropped = 0
        self._ended = False
        self._sync = False

    def record(self, link: int, entry: WireEntry) -> None:
        self._pending.append((link, entry))
        if self._eager:
            self._eager -= 1
            self._traces.wake(self)

    def mark(self, mark: str, at: datetime, **more: Any) -> None:
        self._pending.append({"mark": mark, "at": at.isoformat(), **more})

    def flush(self) -> None:
        """Write soon what waits."""
        self._traces.wake(self)

    def hurry(self) -> None:
        """The point of no return: what comes now is written at once."""
        self._eager = _DECIDING

    def end(self, at: datetime, *, doubt: bool) -> None:
        """The attempt is over. In doubt the file is also carried through to the disk."""
        self.mark("end", at, doubt=doubt)
        self._ended, self._sync = True, doubt
        self._traces.ended(self, doubt)

    def write(self) -> int:
        """In the writer's thread: put what waits into the file; how many bytes that were. Raises OSError."""
        limit = self._traces.limits.execute if self.phase == "execute" else self._traces.limits.job
        if self._descriptor is None:
            self._traces.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor = _open(self._traces.directory / f"{self.job_id}{_SUFFIX}")
            self._size = os.fstat(self._descriptor).st_size
        out = bytearray()
        while self._pending:
            item = self._pending.popleft()
            if isinstance(item, dict):
                if item["mark"] == "end" and self._dropped:
                    item["dropped"] = self._dropped
                out += _line(item)
                continue
            link, entry = item
            # By hand: nothing in it needs escaping, and this is most of what the thread does.
            text = f'{{"at":"{entry.at.isoformat()}","dir":"{entry.direction.value}","link":{link},"hex":"{entry.data.hex()}"}}\n'
            line = text.encode("ascii")
            if self._size + len(out) + len(line) <= limit:
                out += line
                continue
            self._dropped += 1
            if not self._cut:
                self._cut = True
                out += _line({"mark": "cut", "at": entry.at.isoformat(), "limit": limit})
        if out and (self._size < limit or self._ended or self._cut):
            os.write(self._descriptor, out)
            self._size += len(out)
        if self._ended:
            if self._sync:
                os.fsync(self._descriptor)
            self.close()
        return len(out)

    def close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    @property
    def over(self) -> bool:
        return self._ended and not self._pending


class WireTraces:
    """All traces of a data directory and the thread that writes them. `inline`: no thread, for tests in virtual time.

    `keep` tells of a job whose trace is never dropped: one that is open.
    """

    def __init__(self, data_dir: Path, limits: WireLimits, *, inline: bool = False) -> None:
        self.directory = data_dir / DIRECTORY
        self.limits = limits
        self.keep: Callable[[str], bool] = lambda job_id: False
        self._inline = inline
        self._open: dict[JobTrace, None] = {}  # in the order of their beginning: attempts at one job stand in order
        lock = threading.Lock()
        self._ready = threading.Condition(lock)
        self._written = threading.Condition(lock)
        self._rounds = 0  # of the writer, that are over
        self._writing = False
        self._woken: dict[JobTrace, None] = {}
        self._closed = False
        self._trouble = False
        self._total: int | None = None
        self._thread: threading.Thread | None = None

    def begin(self, job_id: str, phase: Phase, at: datetime, **about: str) -> JobTrace | None:
        """A trace for one attempt, behind those of earlier ones. None where nothing is kept."""
        if self.limits.total <= 0 or self._closed:
            return None
        trace = JobTrace(self, job_id, phase)
        trace.mark(phase, at, job=job_id, **about)
        with self._ready:
            self._open[trace] = None
            if self._thread is None and not self._inline:
                self._thread = threading.Thread(target=self._run, name="wire-traces", daemon=True)
                self._thread.start()
            self._ready.notify()
        return trace

    def wake(self, trace: JobTrace) -> None:
        if self._inline:
            self._write([trace])
            return
        with self._ready:
            self._woken[trace] = None
            self._ready.notify()

    def ended(self, trace: JobTrace, doubt: bool) -> None:
        """Only doubt is in a hurry: the client of a job that is done waits for its answer just now."""
        if doubt or self._inline:
            self.wake(trace)

    def catch_up(self, job_id: str | None = None, seconds: float = _CATCH_UP_SECONDS) -> None:
        """For whoever is about to read the file: what was told until now, of this job or of all, is in it, unless the disk takes longer.
        Blocks; not to be called in the loop."""
        with self._ready:
            traces = [trace for trace in self._open if job_id in (None, trace.job_id)]
            if not traces or self._thread is None or self._closed:
                return
            self._woken.update(dict.fromkeys(traces))
            self._ready.notify()
            over = self._rounds + (2 if self._writing else 1)  # a round that has begun may have passed over what is newer
            self._written.wait_for(lambda: self._rounds >= over or self._closed, seconds)

    def close(self) -> None:
        """Write what waits, and end."""
        with self._ready:
            self._closed = True
            self._ready.notify()
        if self._thread is not None:
            self._thread.join(timeout=5)  # a disk that hangs must not keep the process from ending
        elif self._inline:
            self._write(list(self._open))

    def abandon(self) -> None:
        """As kill -9 would: what waits is lost."""
        with self._ready:
            self._closed = True
            for trace in self._open:
                trace._pending.clear()
            self._ready.notify()

    def prune(self, before: datetime | None = None, total: int | None = None) -> int:
        """Drop traces older than `before`, then the oldest beyond `total` bytes; never one of an open job. How many."""
        found: list[tuple[float, int, Path]] = []
        with contextlib.suppress(FileNotFoundError):
            for entry in os.scandir(self.directory):
                if entry.name.endswith(_SUFFIX):
                    with contextlib.suppress(FileNotFoundError):
                        facts = entry.stat(follow_symlinks=False)
                        found.append((facts.st_mtime, facts.st_size, Path(entry.path)))
        left = sum(size for _, size, _ in found)
        limit = self.limits.total if total is None else total
        gone = 0
        for changed, size, path in sorted(found):
            old = before is not None and changed < before.timestamp()
            if (old or left > limit) and not self.keep(path.stem):
                path.unlink(missing_ok=True)
                left -= size
                gone += 1
        self._total = left
        return gone

    def _run(self) -> None:
        while True:
            with self._ready:
                told = False
                if not self._woken and not self._closed:
                    told = self._ready.wait(_DRAIN_SECONDS if self._open else None)
                closing = self._closed
                if told and not self._woken and not closing:
                    continue  # a trace has begun: from now on there is something to look at, but not yet
                traces = list(self._open if closing or not self._woken else self._woken)
                self._woken.clear()
                self._writing = True
            self._write(traces)
            with self._ready:
                self._rounds += 1
                self._writing = False
                self._written.notify_all()
            if closing:
                return

    def _write(self, traces: list[JobTrace]) -> None:
        for trace in traces:
            try:
                written = trace.write()
                if self._total is None:
                    self.prune()
                else:
                    self._total += written
                    if self._total > self.limits.total:
                        self.prune(total=self.limits.total * 9 // 10)
                if self._trouble:
                    self._trouble = False
                    log.warning("wire traces are kept again")
            except OSError as error:  # disk full, read-only: told once; the job goes on, and so does the ring in memory
                trace._pending.clear()
                if not self._trouble:
                    self._trouble = True
                    log.error("wire traces cannot be kept in %s (%s); jobs go on without them", self.directory, error.strerror)
            if trace.over:
                trace.close()
                with self._ready:
                    self._open.pop(trace, None)


def read_trace(data_dir: Path, job_id: str) -> Iterator[dict[str, Any]]:
    """The lines of a job's trace, oldest first; none where there is no trace. A line that a kill cut short is left out."""
    if not job_id.isalnum():
        return
    try:
        file = (data_dir / DIRECTORY / f"{job_id}{_SUFFIX}").open("rb")
    except FileNotFoundError:
        return
    with file:
        for raw in file:
            with contextlib.suppress(ValueError):
                line = json.loads(raw)
                if isinstance(line, dict):
                    yield line


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def _line(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
