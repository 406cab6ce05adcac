"""Adding to lists in a JSON file of others and taking exactly that back. Pure: texts in, texts out.

A file is kept as text beside what was made of it, so that an untouched one is restored byte for byte. One that somebody changed in
between is only rid of the values that were added, and of the objects that were made for them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from bridge.cli.browser_policy.documents import Lists


class NotEditable(Exception):
    """The file cannot be changed without a risk to what others wrote in it: the reason as a part of a sentence."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What was done to a file. `before` and `after` are its texts, None where there was no file."""

    before: str | None
    after: str | None
    added: Lists = field(default_factory=dict)


def add(text: str | None, wanted: Lists) -> Edit:
    """Put the wanted values behind those that are there. Raises NotEditable."""
    if not wanted:
        return Edit(text, text)
    top = {} if text is None else parse(text)
    added: Lists = {}
    for path, values in wanted.items():
        inner = top
        for key in path[:-1]:
            inner = inner.setdefault(key, {})
            if not isinstance(inner, dict):
                raise NotEditable(f"{key} in it is no object")
        there = inner.setdefault(path[-1], [])
        if not isinstance(there, list) or not all(isinstance(value, str) for value in there):
            raise NotEditable(f"{path[-1]} in it is no list of texts")
        if missing := [value for value in values if value not in there]:
            there += missing
            added[path] = missing
    return Edit(text, _written(top, text), added) if added else Edit(text, text)


def take_back(text: str | None, edit: Edit) -> str | None:
    """The file's text without what the edit added; None where no file should be left. Raises NotEditable."""
    if text is None or text == edit.after:
        return None if text is None else edit.before
    top = parse(text)
    original = {} if edit.before is None else parse(edit.before)
    found = False
    for path, values in edit.added.items():
        found = _take_out(top, path, values, original) or found
    if not top and edit.before is None:
        return None
    return _written(top, text) if found else text


def values_at(text: str | None, path: tuple[str, ...]) -> list[str]:
    """The list that stands there; empty where there is none. Raises NotEditable."""
    inner: Any = {} if text is None else parse(text)
    for key in path:
        inner = inner.get(key) if isinstance(inner, dict) else None
    return [value for value in inner if isinstance(value, str)] if isinstance(inner, list) else []


def parse(text: str) -> dict[str, Any]:
    """The object that a file is. Raises NotEditable, also where writing it again would lose something."""
    try:
        top = json.loads(text, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        raise NotEditable(f"it is no valid JSON ({error})") from None
    if not isinstance(top, dict):
        raise NotEditable("it is no JSON object")
    return top


def _take_out(inner: dict[str, Any], path: tuple[str, ...], values: list[str], original: Any) -> bool:
    """Remove values from the list at the path, and each container on the way that is empty now and was not there at first."""
    key = path[0]
    there = inner.get(key)
    earlier = original.get(key) if isinstance(original, dict) else None
    found = False
    if len(path) > 1:
        if isinstance(there, dict):
            found = _take_out(there, path[1:], values, earlier)
    elif isinstance(there, list):
        rest = [value for value in there if value not in values]
        found = len(rest) < len(there)
        inner[key] = there = rest
    if there in ({}, []) and earlier is None:
        del inner[key]
        found = True
    return found


def _written(top: dict[str, Any], like: str | None) -> str:
    """The object as text, indented as the file was."""
    match = re.match(r'\s*\{\r?\n([ \t]+)"', like or "")
    text = json.dumps(top, indent=match[1] if match else 2, ensure_ascii=False) + "\n"
    return text.replace("\n", "\r\n") if "\r\n" in (like or "") else text


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands in it twice")
    return made
