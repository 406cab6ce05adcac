"""Writing policies into the files of browsers on Linux, and taking exactly that back.

Everything is looked at before anything is written, so that a file that cannot be edited leaves all the others as they are. What is
going to be written is recorded first: a crash in between leaves a record of too much, never of too little.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.cli.browser_policy import windows
from bridge.cli.browser_policy.documents import BROWSERS, Browser, Lists, json_lists
from bridge.cli.browser_policy.json_lists import Edit, NotEditable, add, parse, take_back, values_at
from bridge.cli.browser_policy.origins import Origin
from bridge.cli.browser_policy.places import OWN_FILE, Machine, Place
from bridge.cli.browser_policy.record import FileEntry, Record, load
from bridge.cli.errors import CliError
from bridge.store import write_atomically

# Browsers run as the user of the till, whatever mask root has: what they cannot read has no effect.
_FILE_MODE = 0o644
_DIRECTORY_MODE = 0o755


@dataclass(frozen=True, slots=True)
class Change:
    """A file before and after; None where there is none. `entry` is what the record will say, None: nothing any more."""

    path: Path
    browser: Browser
    now: str | None
    then: str | None
    entry: FileEntry | None

    @property
    def is_one(self) -> bool:
        return self.now != self.then


def plan_install(
    record: Record, places: Sequence[Place], origins: Sequence[Origin], *, older: bool = False
) -> tuple[Change, ...]:
    """What installing would do. Raises CliError where a file cannot be edited or another one says the same already."""
    changes = []
    for place in places:
        wanted = json_lists(place.browser, origins, older=older)
        if not place.shared:
            _refuse_rivals(place, wanted)
        entry = record.files.get(str(place.path))
        now = read(place.path)
        try:
            clean = _taken_back(place.path, now, entry) if entry is not None else now
            edit = add(clean, wanted)
        except NotEditable as error:
            raise _not_editable(place.path, error) from None
        directories = entry.directories if entry is not None else ()
        missing = [str(parent) for parent in reversed(place.path.parents) if not parent.exists()]
        made = tuple(dict.fromkeys((*directories, *missing)))
        kept = FileEntry(place.browser, edit, made) if edit.added else None
        changes.append(Change(place.path, place.browser, now, edit.after, kept))
    return tuple(changes)


def plan_removal(record: Record, browsers: Sequence[Browser], machine: Machine) -> tuple[Change, ...]:
    """What removing would do. Raises CliError where a file cannot be edited or is none that install writes."""
    allowed = {str(path) for path in machine.all_files()}
    changes = []
    for path, entry in record.files.items():
        if entry.browser not in browsers:
            continue
        if path not in allowed:
            raise CliError(
                f"{record.path} names {path}, which is no policy file.", "Somebody changed it: look at it, then delete it."
            )
        now = read(Path(path))
        try:
            then = _taken_back(Path(path), now, entry)
        except NotEditable as error:
            raise _not_editable(Path(path), error) from None
        changes.append(Change(Path(path), entry.browser, now, then, None))
    return tuple(changes)


def carry_out(record: Record, changes: Sequence[Change]) -> None:
    """Do it. Raises CliError without permission; what was done until then is recorded."""
    for change in changes:
        earlier = record.files.get(str(change.path))
        if change.entry is not None:
            # Until the file is written, what we added before is in it and counts too.
            record.files[str(change.path)] = _with_earlier(change.entry, earlier)
            record.save()
        try:
            if change.is_one:
                _write(change)
            if change.entry is None and earlier is not None:
                _remove_directories(earlier.directories)
        except OSError as error:
            _undo(record, change, earlier)
            raise _not_written(change.path, record.data_dir, error) from None
        if change.entry is not None:
            record.files[str(change.path)] = change.entry
            record.save()
        elif earlier is not None:
            del record.files[str(change.path)]
            record.save()


def remove_everything(data_dir: Path, machine: Machine | None = None, registry: windows.Registry | None = None) -> list[str]:
    """Take back all that was installed from this data directory, for an uninstall. Says what it did, a sentence each.

    Raises CliError where something cannot be taken back; that stays recorded.
    """
    record = load(data_dir)
    changes = plan_removal(record, BROWSERS, machine or Machine())
    carry_out(record, changes)
    said = [told(change) for change in changes]
    return said + windows.remove(record, BROWSERS, registry or windows.registry_here()) if record.keys else said


def told(change: Change) -> str:
    """What became of a file, as a sentence."""
    if not change.is_one:
        return f"{change.path}: as it should be."
    if change.then is None:
        return f"{change.path}: removed."
    if change.entry is None:
        return f"{change.path}: ours taken out, the rest kept."
    return f"{change.path}: {'written' if change.now is None else 'updated'}."


def missing_values(place: Place, origins: Sequence[Origin], *, older: bool = False) -> list[str]:
    """What a place lacks for these origins. Raises CliError where its file cannot be read."""
    text = read(place.path)
    lacking: list[str] = []
    for path, values in json_lists(place.browser, origins, older=older).items():
        try:
            there = values_at(text, path)
        except NotEditable as error:
            raise _not_editable(place.path, error) from None
        lacking += [value for value in values if value not in there]
    return lacking


def beyond(record: Record, place: Place, origins: Sequence[Origin]) -> list[str]:
    """What we put there and nobody is paired for any more."""
    entry = record.files.get(str(place.path))
    if entry is None:
        return []
    wanted = json_lists(place.browser, origins, older=True)
    return [value for path, values in entry.edit.added.items() for value in values if value not in wanted.get(path, [])]


def read(path: Path) -> str | None:
    """A file's text, exactly; None where there is none. Raises CliError where it is no text or may not be read."""
    try:
        return path.read_bytes().decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError:
        raise _not_editable(path, NotEditable("it is no UTF-8 text")) from None
    except OSError as error:
        raise CliError(f"{path} cannot be read: {error.strerror}.", "Run it as administrator.") from None


def _taken_back(path: Path, now: str | None, entry: FileEntry) -> str | None:
    """Like take_back; a file of our own name goes with the last value, also where two data directories had theirs in it."""
    then = take_back(now, entry.edit)
    if then is not None and path.name == OWN_FILE and not any(parse(then).values()):
        return None
    return then


def _refuse_rivals(place: Place, wanted: Lists) -> None:
    """Two files with the same policy are not merged: measured with Chromium 156, the last one by name counts alone."""
    directory = place.path.parent
    if not directory.is_dir():
        return
    for path in sorted(directory.iterdir()):
        if path == place.path or not path.is_file():
            continue
        try:
            content = parse(path.read_bytes().decode("utf-8"))
        except (NotEditable, OSError, UnicodeDecodeError):
            continue  # what cannot be read sets nothing
        for name in (path[0] for path in wanted):
            if name in content:
                raise CliError(
                    f"{path} sets {name} already, and a browser takes it from one file only.",
                    "Add to it what `tillbridge browser-policy print` shows, or leave this browser out with --browser.",
                )


def _write(change: Change) -> None:
    path = change.path.resolve() if change.path.is_symlink() else change.path
    if change.then is None:
        path.unlink(missing_ok=True)
        return
    state = path.stat() if path.exists() else None
    _make_directories(path.parent)
    write_atomically(path, change.then)
    if state is None:
        os.chmod(path, _FILE_MODE)
        return
    os.chmod(path, state.st_mode & 0o7777)
    if sys.platform != "win32":
        os.chown(path, state.st_uid, state.st_gid)


def _make_directories(directory: Path) -> None:
    if directory.is_dir():
        return
    _make_directories(directory.parent)
    directory.mkdir(exist_ok=True)
    os.chmod(directory, _DIRECTORY_MODE)


def _remove_directories(directories: Sequence[str]) -> None:
    """Those that we made, as far as nothing else is in them."""
    for directory in reversed(directories):
        with contextlib.suppress(OSError):
            os.rmdir(directory)


def _with_earlier(entry: FileEntry, earlier: FileEntry | None) -> FileEntry:
    added = {path: list(values) for path, values in entry.edit.added.items()}
    for path, values in earlier.edit.added.items() if earlier is not None else ():
        there = added.setdefault(path, [])
        there += [value for value in values if value not in there]
    return FileEntry(entry.browser, Edit(entry.edit.before, entry.edit.after, added), entry.directories)


def _undo(record: Record, change: Change, earlier: FileEntry | None) -> None:
    """A change that could not be made: the record says again what it said, and half-made directories go."""
    if change.entry is not None and earlier is None:
        _remove_directories(change.entry.directories)
        record.files.pop(str(change.path), None)
    elif earlier is not None:
        record.files[str(change.path)] = earlier
    record.save()


def _not_written(path: Path, data_dir: Path, error: OSError) -> CliError:
    return CliError(
        f"{path} cannot be written: {error.strerror or error}.",
        f"Run it as administrator, with --data-dir {data_dir}: an administrator has another data directory.",
    )


def _not_editable(path: Path, error: NotEditable) -> CliError:
    return CliError(f"{path} is left alone: {error}.", "Correct it, or leave this browser out with --browser.")
