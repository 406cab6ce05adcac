"""Log files: what a line holds, what it hides, and what happens when the disk is full."""

from __future__ import annotations

import errno
import io
import json
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.devices import scope
from bridge.server.diagnosis import logfiles
from bridge.server.diagnosis.errors import CannotTell
from bridge.server.logs import Logs, LogSettings
from bridge.transport import Secrets, Values

log = logging.getLogger("tillbridge.test")


@contextmanager
def logging_to(directory: Path, stream: io.StringIO | None = None, **options: Any) -> Iterator[io.StringIO]:
    stream = stream or io.StringIO()
    settings = LogSettings(directory, **{name: options.pop(name) for name in ("level", "size", "count") if name in options})
    logs = Logs(settings, stream=stream, **options)
    logs.start()
    try:
        yield stream
    finally:
        logs.stop()


def lines(directory: Path, **wanted: Any) -> list[dict[str, Any]]:
    return list(logfiles.lines(directory, logfiles.Wanted(**wanted)))


def test_a_line_says_when_how_bad_who_and_about_which_device_and_job(tmp_path: Path) -> None:
    scope.enter(scope.Scope("till-1", "01JOB"))
    with logging_to(tmp_path) as stream:
        log.warning("paper is %s", "low", extra={"rolls": 2})
    (line,) = lines(tmp_path)
    assert datetime.fromisoformat(line.pop("at")).tzinfo is not None
    assert line == {
        "level": "warning",
        "logger": "tillbridge.test",
        "message": "paper is low",
        "device": "till-1",
        "job": "01JOB",
        "rolls": 2,
    }
    assert "paper is low [till-1 01JOB]" in stream.getvalue()
    assert (tmp_path / "tillbridge.log").stat().st_mode & 0o077 == 0


def test_secrets_are_hidden_in_messages_fields_and_tracebacks_in_the_file_and_on_stderr(tmp_path: Path) -> None:
    secrets = Secrets()
    secrets.know("till-1", ["opensesame-77"])
    scope.enter(scope.Scope("till-1", "01JOB", Values(["Jan Kowalski"])))
    with logging_to(tmp_path, secrets=secrets) as stream:
        try:
            raise ValueError("opensesame-77 of Jan Kowalski")
        except ValueError:
            log.exception("card 4111 1111 1111 1111, Bearer abcdefghijkl, jan@example.pl", extra={"pin": "opensesame-77"})
    written = (tmp_path / "tillbridge.log").read_text() + stream.getvalue()
    assert "ValueError: *** of ***" in written
    for hidden in ("opensesame", "Kowalski", "1111 1111 1111", "abcdefghijkl", "jan@"):
        assert hidden not in written


def test_what_nobody_caught_in_a_thread_is_logged_masked(tmp_path: Path) -> None:
    secrets = Secrets()
    secrets.know("x", ["opensesame-77"])

    def fall() -> None:
        raise RuntimeError("opensesame-77")

    with logging_to(tmp_path, secrets=secrets) as stream:
        thread = threading.Thread(target=fall, name="plugin")
        thread.start()
        thread.join()
    (line,) = lines(tmp_path)
    assert (line["message"], "RuntimeError: ***" in line["traceback"]) == ("uncaught in the thread plugin", True)
    assert "opensesame" not in stream.getvalue()


def test_files_are_rotated_and_the_oldest_dropped(tmp_path: Path) -> None:
    with logging_to(tmp_path, size=2000, count=3):
        for number in range(60):
            log.info("line %03d %s", number, "x" * 50)
    assert [file.name for file in logfiles.files(tmp_path)] == ["tillbridge.log.2", "tillbridge.log.1", "tillbridge.log"]
    assert all(file.stat().st_size <= 2000 for file in logfiles.files(tmp_path))
    found = [int(line["message"].split()[1]) for line in lines(tmp_path)]
    assert found == list(range(found[0], 60))
    assert found[0] > 0


def test_a_full_disk_is_said_once_and_what_was_lost_is_told_when_there_is_room_again(tmp_path: Path) -> None:
    full = [False, True, True, True, False, False, False]

    def write(descriptor: int, data: bytes) -> int:
        if full.pop(0):
            raise OSError(errno.ENOSPC, "No space left on device")
        return os.write(descriptor, data)

    with logging_to(tmp_path, write=write) as stream:
        for number in range(5):
            log.info("line %d", number)
    assert [line["message"] for line in lines(tmp_path)] == [
        "line 0",
        "the log could not be written for a while: 3 lines are missing here",
        "line 4",
    ]
    assert stream.getvalue().count("goes on without it") == 1
    assert "line 2" in stream.getvalue()  # people still see it


def test_a_disk_that_takes_half_a_line_spoils_no_other_line(tmp_path: Path) -> None:
    short = [True, False, False, False]

    def write(descriptor: int, data: bytes) -> int:
        return os.write(descriptor, data[:5] if short.pop(0) else data)

    with logging_to(tmp_path, write=write):
        log.info("torn")
        log.info("whole")
    assert [line["message"] for line in lines(tmp_path)][-1] == "whole"


def test_a_log_that_cannot_keep_up_drops_lines_and_says_how_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.server.logs._WAITING", 3)
    slow = threading.Event()
    reached = threading.Event()

    def write(descriptor: int, data: bytes) -> int:
        reached.set()
        slow.wait(10)
        return os.write(descriptor, data)

    with logging_to(tmp_path, write=write):
        log.info("first")
        reached.wait(10)
        for number in range(10):
            log.info("line %d", number)  # returns at once: the loop must not wait for a disk
        slow.set()
    messages = [line["message"] for line in lines(tmp_path)]
    assert messages[0] == "first"
    assert "7 lines came faster than they could be written and are missing here" in messages


def test_wrong_arguments_of_a_log_call_lose_no_line(tmp_path: Path) -> None:
    with logging_to(tmp_path):
        log.info("%d pieces", "many")
    assert lines(tmp_path)[0]["message"] == "%d pieces (its arguments do not fit: TypeError)"


def test_lines_are_found_by_job_device_time_and_level(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    rows = [
        {"at": (now - timedelta(hours=2)).isoformat(), "level": "error", "logger": "a", "message": "old", "device": "till-1"},
        {"at": now.isoformat(), "level": "info", "logger": "a", "message": "job 01X began"},
        {"at": now.isoformat(), "level": "error", "logger": "a", "message": "new", "device": "till-1", "job": "01X"},
        {"at": now.isoformat(), "level": "error", "logger": "a", "message": "till-10 is offline"},
    ]
    (tmp_path / "tillbridge.log").write_text("half a li\n" + "".join(json.dumps(row) + "\n" for row in rows))
    assert [line["message"] for line in lines(tmp_path, job="01X")] == ["job 01X began", "new"]
    assert [line["message"] for line in lines(tmp_path, device="till-1")] == ["old", "new"]
    assert [line["message"] for line in lines(tmp_path, device="till-10")] == ["till-10 is offline"]
    assert [line["message"] for line in lines(tmp_path, level="error", since=logfiles.since("1h"))] == [
        "new",
        "till-10 is offline",
    ]


def test_following_goes_through_a_rotation(tmp_path: Path) -> None:
    current = tmp_path / "tillbridge.log"

    def row(message: str) -> str:
        return json.dumps({"at": datetime.now(UTC).isoformat(), "level": "info", "logger": "a", "message": message}) + "\n"

    def rotate() -> None:
        with current.open("a") as file:
            file.write(row("two"))
        current.rename(tmp_path / "tillbridge.log.1")
        current.write_text(row("three"))

    current.write_text(row("one"))
    steps = iter((rotate, lambda: None))
    followed = logfiles.follow(tmp_path, logfiles.Wanted(), lambda seconds: next(steps)())
    assert [next(followed)["message"] for _ in range(3)] == ["one", "two", "three"]


@pytest.mark.parametrize(("text", "ago"), [("90s", 90), ("15m", 900), ("1h", 3600), ("7d", 604800)])
def test_times_are_said_as_people_say_them(text: str, ago: int) -> None:
    now = datetime(2026, 11, 20, 21, tzinfo=UTC)
    assert logfiles.since(text, now) == now - timedelta(seconds=ago)
    with pytest.raises(CannotTell, match="is no time"):
        logfiles.since("yesterday")
