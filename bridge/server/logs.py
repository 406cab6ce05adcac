"""Where log lines go: rotating files of JSON lines, and lines for people on stderr; masked in both, off the loop.

Whoever logs only puts a record into a queue. A thread formats, masks and writes it, so that neither a slow disk nor a
stopped terminal holds up a device. What cannot be written is dropped and counted; that is said once, and once more when it
is over. The files are read by `bridge.server.diagnosis.logfiles`.
"""

from __future__ import annotations

import copy
import json
import logging
import logging.handlers
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from bridge.devices import scope
from bridge.server.logplace import FILE_NAME
from bridge.transport import SECRETS, Secrets

_uncaught = logging.getLogger("tillbridge.uncaught")


# Lines that may wait for the disk: some minutes of the busiest log. More would only fill the memory.
_WAITING = 10_000
# How long a stop may wait for the disk.
_STOP_SECONDS = 3.0
# A message is cut here: a plugin that logs a picture must not turn the files over.
_LONGEST = 16_384

# What every record has; anything else came through `extra` and is a further field of the line.
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "scope_", "trace_"}


@dataclass(frozen=True, slots=True)
class LogSettings:
    """`size`: bytes of one file; `count`: files in all. 5 times 10 MB are some weeks of a shop's log."""

    directory: Path
    level: str = "info"
    size: int = 10 * 1024 * 1024
    count: int = 5

    @property
    def file(self) -> Path:
        return self.directory / FILE_NAME


class _Queued(logging.handlers.QueueHandler):
    """Takes records from everybody. What belongs to the caller's context is read here, in the caller's thread."""

    def __init__(self, waiting: queue.Queue[Any]) -> None:
        super().__init__(waiting)
        self.dropped = 0

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        ready = copy.copy(record)
        try:
            ready.msg = record.getMessage()
        except Exception as error:  # wrong arguments of a plugin's own log call: the line is kept as far as it goes
            ready.msg = f"{record.msg} (its arguments do not fit: {type(error).__name__})"
        ready.args = None
        if record.exc_info and record.exc_info[0] is not None:
            ready.trace_ = "".join(traceback.format_exception(*record.exc_info))  # now: frames must not live in the queue
        elif record.stack_info:
            ready.trace_ = record.stack_info
        ready.exc_info = ready.exc_text = ready.stack_info = None
        present = scope.current()
        if present is not None:
            ready.scope_ = (present.device, present.job, present.private)
        return ready

    def enqueue(self, record: logging.LogRecord) -> None:
        try:
            self.queue.put_nowait(record)
        except queue.Full:
            self.dropped += 1


class _Masking(logging.Formatter):
    """Both formats: hides secrets in every text of a record, the traceback's too."""

    def __init__(self, secrets: Secrets) -> None:
        super().__init__()
        self._secrets = secrets

    def parts(self, record: logging.LogRecord) -> dict[str, Any]:
        """at, level, logger, message, then device, job, traceback and further fields where there are any; all masked."""
        device, job, private = getattr(record, "scope_", (None, None, None))

        def clean(text: str) -> str:
            return self._secrets.hide(text if len(text) <= _LONGEST else f"{text[:_LONGEST]} (cut)", private)

        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": clean(str(record.msg)),
        }
        if device is None and record.name.startswith("tillbridge.device."):
            device = record.name.removeprefix("tillbridge.device.")
        for name, value in (("device", device), ("job", job), ("traceback", getattr(record, "trace_", None))):
            if value is not None:
                said[name] = clean(value)
        for name, value in vars(record).items():
            if name not in _USUAL and name not in ("at", "level", "logger", "traceback"):
                said[name] = value if value is None or isinstance(value, bool | int | float) else clean(str(value))
        return said


class JsonLine(_Masking):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self.parts(record), ensure_ascii=False)


class HumanLine(_Masking):
    """Local time, level, logger, message; the traceback below."""

    def format(self, record: logging.LogRecord) -> str:
        said = self.parts(record)
        at = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        about = " ".join(str(said[name]) for name in ("device", "job") if name in said and str(said[name]) not in said["message"])
        line = f"{at} {record.levelname:<7} {record.name}: {said['message']}{f' [{about}]' if about else ''}"
        return f"{line}\n{said['traceback'].rstrip()}" if "traceback" in said else line


class RotatingFile(logging.Handler):
    """`tillbridge.log`, then `.1`, `.2` and so on, the oldest dropped; owner-only. `write` is os.write, or a test's."""

    def __init__(
        self,
        settings: LogSettings,
        complain: Callable[[str], None],
        write: Callable[[int, bytes], int] = os.write,
    ) -> None:
        super().__init__()
        self._settings = settings
        self._complain = complain
        self._write = write
        self._descriptor: int | None = None
        self._size = 0
        self._lost = 0
        self._torn = False

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record).encode("utf-8", "backslashreplace") + b"\n"
        try:
            if self._lost:  # the disk has room again, or not: the line that says so tells it
                self._put(self._notice())
                self._lost = 0
            self._put(line)
        except OSError as error:
            if not self._lost:
                place = self._settings.file
                self._complain(
                    f"The log cannot be written to {place} ({error.strerror or error}); the bridge goes on without it."
                )
            self._lost += 1
            self._shut()

    def close(self) -> None:
        self._shut()
        super().close()

    def _put(self, line: bytes) -> None:
        if self._descriptor is None or self._size + len(line) > self._settings.size:
            self._rotate()
        assert self._descriptor is not None
        whole = b"\n" + line if self._torn else line
        self._torn = True
        written = self._write(self._descriptor, whole)
        self._size += written
        if written < len(whole):
            raise OSError(28, "no space left")
        self._torn = False

    def _notice(self) -> bytes:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        text = f"the log could not be written for a while: {self._lost} lines are missing here"
        notice = {"at": now, "level": "warning", "logger": "tillbridge.log", "message": text}
        return json.dumps(notice).encode() + b"\n"

    def _rotate(self) -> None:
        """Open the file, moving it aside first where it is full."""
        file = self._settings.file
        self._settings.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._shut()
        if file.exists() and file.stat().st_size >= self._settings.size * 9 // 10:
            older = [file.with_name(f"{FILE_NAME}.{number}") for number in range(1, self._settings.count)]
            for older_file, newer in zip(reversed(older), [*reversed(older[:-1]), file], strict=True):
                if newer.exists():
                    os.replace(newer, older_file)
            if not older:
                file.unlink()
        self._descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._size = os.fstat(self._descriptor).st_size

    def _shut(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


class _Stderr(logging.Handler):
    """For people. A terminal that is gone is no reason to fail."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._stream.write(self.format(record) + "\n")
            self._stream.flush()
        except (OSError, ValueError):  # closed: the file has the line all the same
            return


class Logs:
    """The process's logging, from `start` to `stop`."""

    def __init__(
        self,
        settings: LogSettings,
        *,
        secrets: Secrets = SECRETS,
        stream: TextIO | None = None,
        write: Callable[[int, bytes], int] = os.write,
    ) -> None:
        self.settings = settings
        self._secrets = secrets
        self._waiting: queue.Queue[logging.LogRecord | None] = queue.Queue(_WAITING)
        self._entry = _Queued(self._waiting)
        self._stream = stream if stream is not None else sys.stderr
        people = _Stderr(self._stream)
        people.setFormatter(HumanLine(secrets))
        file = RotatingFile(settings, self._complain, write)
        file.setFormatter(JsonLine(secrets))
        self._handlers: tuple[logging.Handler, ...] = (people, file)
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._before: tuple[int, list[logging.Handler]] | None = None
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)

    def start(self) -> None:
        """Take over the root logger."""
        root = logging.getLogger()
        self._before = (root.level, list(root.handlers))
        root.handlers[:] = [self._entry]
        root.setLevel(self.settings.level.upper())
        # What nobody caught would go to stderr as it is, past the mask.
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = lambda kind, error, trace: _uncaught.critical("uncaught", exc_info=(kind, error, trace))
        threading.excepthook = lambda args: _uncaught.error(
            "uncaught in the thread %s",
            args.thread.name if args.thread is not None else "?",
            exc_info=(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback),
        )
        sys.unraisablehook = lambda args: _uncaught.error(
            "%s",
            args.err_msg or "an exception could not be raised",
            exc_info=(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback),
        )
        logging.captureWarnings(True)
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, give the root logger back."""
        if self._before is None:
            return
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
        logging.captureWarnings(False)
        root = logging.getLogger()
        root.setLevel(self._before[0])
        root.handlers[:] = self._before[1]
        try:
            self._waiting.put(None, timeout=_STOP_SECONDS)
            self._thread.join(_STOP_SECONDS)
        except queue.Full:  # the disk hangs: the process must end all the same
            return

    def _run(self) -> None:
        while (record := self._waiting.get()) is not None:
            self._handle(record)
            dropped, self._entry.dropped = self._entry.dropped, 0
            if dropped:
                text = f"{dropped} lines came faster than they could be written and are missing here"
                self._handle(
                    logging.makeLogRecord({"name": "tillbridge.log", "levelno": 30, "levelname": "WARNING", "msg": text})
                )
        for handler in self._handlers:
            handler.close()

    def _handle(self, record: logging.LogRecord) -> None:
        for handler in self._handlers:
            try:
                handler.emit(record)
            except Exception as error:  # a record that cannot be formatted must not end the log; its text may hold anything
                self._complain(f"A log line of {record.name} could not be written: {type(error).__name__}.")

    def _complain(self, text: str) -> None:
        """Past the log itself."""
        try:
            self._stream.write(f"{self._secrets.hide(text)}\n")
            self._stream.flush()
        except (OSError, ValueError):
            return
