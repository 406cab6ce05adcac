"""The registry of Windows: values of ours among those of others, and taking exactly ours back.

Sources: the policy lists of Chrome and Edge and Mozilla's administrator reference: a list is a key, its values are texts named 1, 2,
3... Browsers read HKEY_LOCAL_MACHINE before HKEY_CURRENT_USER. Written from the documentation and tested with a stand-in; it has
never been run on Windows.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from bridge.cli.browser_policy.documents import BROWSERS, REGISTRY_KEYS, Browser, lists
from bridge.cli.browser_policy.origins import Origin
from bridge.cli.browser_policy.record import KeyEntry, Record
from bridge.cli.errors import CliError

MACHINE = "HKLM"
USER = "HKCU"

_APP_PATHS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths"
_PROGRAMS: dict[Browser, str] = {"chrome": "chrome.exe", "edge": "msedge.exe", "firefox": "firefox.exe"}


class Registry(Protocol):
    """What of the registry is needed. Every method raises PermissionError where an administrator is needed."""

    def values(self, hive: str, key: str) -> dict[str, str] | None:
        """The values of a key that are texts; None where there is no such key."""
        ...

    def set_value(self, hive: str, key: str, name: str, value: str) -> None:
        """Write a text, making the key where there is none."""
        ...

    def delete_value(self, hive: str, key: str, name: str) -> None: ...

    def delete_if_empty(self, hive: str, key: str) -> None:
        """Delete a key that has neither values nor keys below it; else leave it."""
        ...


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A list in the registry: what it will hold of ours, and what of ours is to go."""

    browser: Browser
    hive: str
    key: str
    entry: KeyEntry | None
    outdated: dict[str, str]

    def __str__(self) -> str:
        added = [] if self.entry is None else [f'  "{name}" = "{value}"' for name, value in self.entry.values.items()]
        gone = [f'  "{name}" = "{value}"  (deleted)' for name, value in self.outdated.items()]
        return "\n".join([f"{self.hive}\\{self.key}", *added, *gone])


def present(registry: Registry) -> list[Browser]:
    """The browsers that have registered themselves. Chromium does not."""
    return [
        browser
        for browser in BROWSERS
        if browser in _PROGRAMS
        and any(registry.values(hive, f"{_APP_PATHS}\\{_PROGRAMS[browser]}") is not None for hive in (MACHINE, USER))
    ]


def plan(
    record: Record, registry: Registry, hive: str, browsers: Sequence[Browser], origins: Sequence[Origin], *, older: bool = False
) -> list[KeyChange]:
    """What installing would do: values of others stay, those that say the same are not doubled."""
    changes = []
    for browser in browsers:
        wanted = {
            "\\".join((REGISTRY_KEYS[browser], *path)): values for path, values in lists(browser, origins, older=older).items()
        }
        ours = [key for at, key in record.keys if at == hive and record.keys[at, key].browser == browser]
        for key in dict.fromkeys((*wanted, *ours)):
            there = registry.values(hive, key) or {}
            earlier = record.keys.get((hive, key))
            mine = {} if earlier is None else {name: value for name, value in earlier.values.items() if there.get(name) == value}
            kept = {name: value for name, value in mine.items() if value in wanted.get(key, ())}
            foreign = {name: value for name, value in there.items() if name not in mine}
            values = dict(kept)
            # The smallest free numbers: Firefox takes a key for a list by its value named 1.
            free = (str(number) for number in count(1) if str(number) not in foreign and str(number) not in kept)
            for value in wanted.get(key, ()):
                if value not in kept.values() and value not in foreign.values():
                    values[next(free)] = value
            made = earlier.made if earlier is not None else tuple(_missing(registry, hive, key))
            entry = KeyEntry(browser, values, made) if values else None
            outdated = {name: value for name, value in mine.items() if name not in values}
            changes.append(KeyChange(browser, hive, key, entry, outdated))
    return changes


def carry_out(record: Record, registry: Registry, changes: Sequence[KeyChange]) -> None:
    """Do it. Raises CliError without permission; what was done until then is recorded."""
    for change in changes:
        at = (change.hive, change.key)
        earlier = record.keys.get(at)
        if change.entry is not None:
            record.keys[at] = KeyEntry(change.browser, change.outdated | change.entry.values, change.entry.made)
            record.save()
        try:
            # A number that passes from an old value to a new one is written over, not deleted.
            for name in change.outdated if change.entry is None else change.outdated.keys() - change.entry.values.keys():
                registry.delete_value(change.hive, change.key, name)
            for name, value in change.entry.values.items() if change.entry is not None else ():
                registry.set_value(change.hive, change.key, name, value)
            if change.entry is None and earlier is not None:
                for key in reversed(earlier.made):
                    registry.delete_if_empty(change.hive, key)
        except PermissionError:
            if earlier is None:
                record.keys.pop(at, None)
            else:
                record.keys[at] = earlier
            record.save()
            raise CliError(
                f"{change.hive}\\{change.key} cannot be written.",
                f"Run it as administrator, with --data-dir {record.data_dir}, or with --user for your own account alone.",
            ) from None
        if change.entry is not None:
            record.keys[at] = change.entry
            record.save()
        elif earlier is not None:
            del record.keys[at]
            record.save()


def plan_removal(record: Record, registry: Registry, browsers: Sequence[Browser]) -> list[KeyChange]:
    """What removing would do: values that somebody changed in between are no longer ours. Raises CliError for a foreign key."""
    changes = []
    for (hive, key), entry in record.keys.items():
        if entry.browser not in browsers:
            continue
        top = REGISTRY_KEYS[entry.browser]
        if hive not in (MACHINE, USER) or not key.startswith(top + "\\") or not all(_is_above(made, key) for made in entry.made):
            raise CliError(
                f"{record.path} names {key}, which is no policy of ours.", "Somebody changed it: look at it, then delete it."
            )
        there = registry.values(hive, key) or {}
        outdated = {name: value for name, value in entry.values.items() if there.get(name) == value}
        changes.append(KeyChange(entry.browser, hive, key, None, outdated))
    return changes


def remove(record: Record, browsers: Sequence[Browser], registry: Registry) -> list[str]:
    """Take back what stands in the record. Says what it did. Raises CliError without permission."""
    changes = plan_removal(record, registry, browsers)
    carry_out(record, registry, changes)
    return [f"{change.hive}\\{change.key}: ours taken out." for change in changes]


def missing_values(registry: Registry, browser: Browser, origins: Sequence[Origin], *, older: bool = False) -> list[str]:
    """What neither the machine's nor the user's policies of this browser have."""
    lacking = []
    for path, values in lists(browser, origins, older=older).items():
        key = "\\".join((REGISTRY_KEYS[browser], *path))
        # Not both together: where the machine has a list, the user's is not read.
        there = registry.values(MACHINE, key)
        there = there if there is not None else registry.values(USER, key) or {}
        lacking += [value for value in values if value not in there.values()]
    return lacking


def _missing(registry: Registry, hive: str, key: str) -> list[str]:
    """The key and those above it that are not there, outermost first."""
    parts = key.split("\\")
    above = ["\\".join(parts[: length + 1]) for length in range(len(parts))]
    return [one for one in above if registry.values(hive, one) is None]


def _is_above(key: str, other: str) -> bool:
    return key == other or other.startswith(key + "\\")


if sys.platform == "win32":
    import winreg

    _HIVES = {MACHINE: winreg.HKEY_LOCAL_MACHINE, USER: winreg.HKEY_CURRENT_USER}
    # Policies are read from the view of 64 bits, whatever Python is.
    _READ = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
    _WRITE = winreg.KEY_READ | winreg.KEY_WRITE | winreg.KEY_WOW64_64KEY

    class _WindowsRegistry:
        """The registry itself, by winreg."""

        def values(self, hive: str, key: str) -> dict[str, str] | None:
            try:
                with winreg.OpenKey(_HIVES[hive], key, 0, _READ) as opened:
                    found: dict[str, str] = {}
                    for number in range(winreg.QueryInfoKey(opened)[1]):
                        name, value, kind = winreg.EnumValue(opened, number)
                        if kind == winreg.REG_SZ:
                            found[name] = str(value)
                    return found
            except FileNotFoundError:
                return None

        def set_value(self, hive: str, key: str, name: str, value: str) -> None:
            with winreg.CreateKeyEx(_HIVES[hive], key, 0, _WRITE) as opened:
                winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)

        def delete_value(self, hive: str, key: str, name: str) -> None:
            try:
                with winreg.OpenKey(_HIVES[hive], key, 0, _WRITE) as opened:
                    winreg.DeleteValue(opened, name)
            except FileNotFoundError:
                return

        def delete_if_empty(self, hive: str, key: str) -> None:
            try:
                with winreg.OpenKey(_HIVES[hive], key, 0, _READ) as opened:
                    keys, values, _ = winreg.QueryInfoKey(opened)
                if keys == 0 and values == 0:
                    winreg.DeleteKeyEx(_HIVES[hive], key, winreg.KEY_WOW64_64KEY, 0)
            except FileNotFoundError:
                return


def registry_here() -> Registry:
    """The registry of this machine. Raises CliError where there is none."""
    if sys.platform == "win32":
        return _WindowsRegistry()
    raise CliError("There is no registry on this machine.", "What was installed on Windows is removed on Windows.")
