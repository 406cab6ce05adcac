"""Enterprise policies of the browsers as files, there while a test needs them and never longer.

The files are the machine's own: a browser knows no other place. So one lock holds all tests of the machine that run browsers of
one kind, also those that need no policy, since theirs would be granted what another test grants. Chromium and Firefox read
different files, and do not wait for each other.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

FIREFOX = Path("/etc/firefox/policies/policies.json")
MARK = "tillbridge-tests"  # beside "policies", where Firefox does not look
PLACE = Path(tempfile.gettempdir())
"""Where locks and records lie in all runs: the record of `browser-policy` lets the next run take back what a killed one has left."""

LOCK_SECONDS = 900.0


class NoPolicies(Exception):
    """Policy files cannot be written here, or somebody else's are in the place of ours."""


class CommandFailed(Exception):
    """`tillbridge browser-policy` did not do what it was asked to."""


def lock(browser: str) -> FileLock:
    """The same for all tests of a process, which do not wait for each other."""
    return FileLock(PLACE / f"tillbridge-browsers-{browser}.lock", timeout=LOCK_SECONDS, is_singleton=True)


@contextmanager
def by_hand(browser: str, names: list[str]) -> Iterator[None]:
    """A policy of Firefox that lets these names through, as pages and as targets; none at all for none. Hold the lock."""
    assert browser == "firefox" or not names
    made: list[Path] = []
    sweep(browser)
    try:
        if names:
            made = _directories(FIREFOX.parent)
            if FIREFOX.exists():
                raise NoPolicies(f"{FIREFOX} is somebody else's")
            content = {"policies": {"LocalNetworkAccess": {"SkipDomains": names}}, MARK: True}
            FIREFOX.write_text(json.dumps(content), "utf-8")
        yield
    except PermissionError as error:
        raise NoPolicies(f"may not write {error.filename}") from None
    finally:
        sweep(browser)
        for directory in reversed(made):
            directory.rmdir()


@contextmanager
def generated(browser: str, origins: list[str]) -> Iterator[None]:
    """What `tillbridge browser-policy` itself installs. Hold the lock when you call this."""
    sweep(browser)
    try:
        try:
            _browser_policy(
                browser, "install", "--browser", browser, *(part for origin in origins for part in ("--origin", origin))
            )
        except CommandFailed as error:
            raise NoPolicies(str(error)) from None
        yield
    finally:
        sweep(browser)


def _data_dir(browser: str) -> Path:
    return PLACE / f"tillbridge-browser-policies-{browser}"


def _browser_policy(browser: str, *arguments: str) -> None:
    command = [sys.executable, "-m", "bridge.cli.main", "browser-policy", *arguments, "--data-dir", str(_data_dir(browser))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise CommandFailed(f"browser-policy {arguments[0]}: {done.stdout}{done.stderr}")


def sweep(browser: str) -> None:
    """Remove what is ours: of the tests, and of `browser-policy` when the tests called it."""
    if browser == "firefox" and FIREFOX.exists() and MARK in FIREFOX.read_text("utf-8"):
        FIREFOX.unlink()
    if (_data_dir(browser) / "browser-policies.json").exists():
        _browser_policy(browser, "remove")


def _directories(wanted: Path) -> list[Path]:
    missing = [directory for directory in (wanted, *wanted.parents) if not directory.exists()]
    for directory in reversed(missing):
        directory.mkdir()
        os.chmod(directory, 0o755)  # the browser may be another user's than the tests
    return list(reversed(missing))
