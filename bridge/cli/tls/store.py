"""A trust store: what putting the authority in and taking it out does, told before it is done, and done.

What a store is on each system stands in `system`, `nss`, `macos` and `windows`.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bridge.server.tls.installation import Trusted

Command = tuple[str, ...]
Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]

# macOS and Windows ask the person in front of them; that takes as long as reading it takes.
_COMMAND_SECONDS = 300


def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command of the system. One that is not there or does not end is an exit code too."""
    words = list(command)
    try:
        # No input: certutil would ask for the password of a database and wait for ever.
        return subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=_COMMAND_SECONDS
        )
    except FileNotFoundError:
        return subprocess.CompletedProcess(words, 127, "", f"there is no {words[0]} on this machine")
    except PermissionError:
        return subprocess.CompletedProcess(words, 126, "", f"this user may not run {words[0]}")
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(words, 124, "", f"{words[0]} did not come to an end")


@dataclass(frozen=True, slots=True)
class Machine:
    """The computer whose stores are meant. `root` stands for /, so that a test may have its own."""

    platform: str = sys.platform
    home: Path = field(default_factory=Path.home)
    root: Path = Path("/")
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    which: Callable[[str], str | None] = shutil.which
    run: Run = run


@dataclass(frozen=True, slots=True)
class Subject:
    """The authority: its file, the label that stores show, and the SHA-1 by which macOS and Windows know it."""

    file: Path
    label: str
    sha1: str


@dataclass(frozen=True, slots=True)
class Store:
    """One store. `kind` and `place` find it again; `commands` put the authority in, `undo` takes it out."""

    kind: str
    place: str
    title: str
    commands: tuple[Command, ...]
    undo: tuple[Command, ...]
    check: Command | None = None
    """Ends with 0 when the authority is in there. None: it is when `copy` is there."""
    absent: str = ""
    """What `check` says when the authority is not in there; anything else may be a store that cannot be read."""
    copy: Path | None = None
    """A copy of ca.pem that belongs to the store: written before `commands`, removed before `undo`."""
    database: Path | None = None
    """Directory of a database that is made when it is missing, and removed when it was and nothing else is in it."""
    missing: str | None = None
    """Why nothing can be done here, as a sentence."""
    administrator: bool = False

    def record(self, subject: Subject) -> Trusted:
        """To be kept before the store is changed: whatever happens then, it can be taken back."""
        return Trusted(self.kind, self.place, subject.label, subject.sha1, self._to_be_made())

    def _to_be_made(self) -> tuple[str, ...]:
        if self.database is None:
            return ()
        folders = [path for path in (self.database, *self.database.parents) if not path.exists()]
        database = self.database / "cert9.db"
        return tuple(str(path) for path in (*reversed(folders), *(() if database.exists() else (database,))))

    def by_hand(self, subject: Subject) -> str:
        """What a person would type to put the authority in."""
        steps: list[Command] = []
        if self.copy is not None:
            steps.append(("install", "-m", "644", str(subject.file), str(self.copy)))
        if self.database is not None and not self.database.exists():
            steps.append(("mkdir", "-p", str(self.database)))
        return self._typed([*steps, *self.commands])

    def undo_by_hand(self) -> str:
        """What a person would type to take it out."""
        steps: list[Command] = [] if self.copy is None else [("rm", "-f", str(self.copy))]
        return self._typed([*steps, *self.undo])

    def _typed(self, steps: Sequence[Command]) -> str:
        join = subprocess.list2cmdline if self.kind.startswith("windows") else shlex.join
        sudo = "sudo " if self.administrator and not self.kind.startswith("windows") else ""
        return " && ".join(f"{sudo}{join(step)}" for step in steps)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one store. `problem`: why nothing was changed; `by_hand`: what helps then."""

    store: Store
    problem: str | None = None
    by_hand: str | None = None

    @property
    def done(self) -> bool:
        return self.problem is None


def holds(store: Store, machine: Machine) -> bool | None:
    """Whether the authority is in there; None where that cannot be told."""
    if store.check is None:
        return store.copy is not None and store.copy.exists()
    if store.database is not None and not (store.database / "cert9.db").exists():
        return False
    said = machine.run(store.check)
    if said.returncode == 0:
        return True
    return False if store.absent.lower() in (said.stderr + said.stdout).lower() else None


def put(store: Store, subject: Subject, machine: Machine) -> Outcome:
    """Put the authority in. Where that fails nothing of it stays."""
    if store.missing is not None:
        return Outcome(store, store.missing, store.by_hand(subject))
    record = store.record(subject)
    try:
        if store.copy is not None:
            store.copy.write_text(subject.file.read_text("ascii"), "ascii")
            store.copy.chmod(0o644)
        if store.database is not None:
            store.database.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        problem = f"{error.filename} cannot be written ({error.strerror})."
    else:
        said = _first_failure(store.commands, machine)
        if said is None:
            return Outcome(store)
        problem = said
    # `certutil -A` may have left the certificate without its trust, for instance.
    take_out(store, record, machine)
    return Outcome(store, problem, store.by_hand(subject))


def take_out(store: Store, record: Trusted, machine: Machine) -> Outcome:
    """Take the authority out, and what was made for it. Not being in there is as good."""
    problem = None
    try:
        if store.missing is not None and (store.database is None or store.database.exists()):
            return Outcome(store, store.missing, store.undo_by_hand())
        was_in = holds(store, machine)
        if store.copy is not None:
            store.copy.unlink(missing_ok=True)
        if was_in is not False:  # where it cannot be told, the command that removes it tells
            problem = _first_failure(store.undo, machine)
        if problem is None and store.database is not None:
            _unmake(store.database, record, machine)
    except OSError as error:
        problem = f"{error.filename} cannot be removed ({error.strerror})."
    return Outcome(store, problem, None if problem is None else store.undo_by_hand())


def _first_failure(commands: Sequence[Command], machine: Machine) -> str | None:
    for command in commands:
        said = machine.run(command)
        if said.returncode != 0:
            reason = " ".join((said.stderr.strip() or said.stdout.strip()).split()) or f"exit code {said.returncode}"
            return f"`{shlex.join(command)}` failed: {reason.rstrip('.')}."
    return None


def _unmake(database: Path, record: Trusted, machine: Machine) -> None:
    """Remove a database that was made for us, unless something else is in it by now; then the directories."""
    if str(database / "cert9.db") in record.made and _is_empty(database, machine):
        for name in ("cert9.db", "key4.db", "pkcs11.txt"):
            (database / name).unlink(missing_ok=True)
    for path in reversed(record.made):
        folder = Path(path)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _is_empty(database: Path, machine: Machine) -> bool:
    """No certificate, no key, no smart card. When in doubt: not empty."""
    if not (database / "cert9.db").exists():
        return False
    certificates = machine.run(("certutil", "-L", "-d", f"sql:{database}"))
    keys = machine.run(("certutil", "-K", "-d", f"sql:{database}"))
    try:
        modules = (database / "pkcs11.txt").read_text("utf-8", "replace").count("library=")
    except OSError:
        return False
    # Two lines of headings; a row for each certificate would follow.
    rows = [line for line in certificates.stdout.splitlines() if line.strip()]
    return certificates.returncode == 0 and len(rows) == 2 and "no keys found" in keys.stderr + keys.stdout and modules == 1
