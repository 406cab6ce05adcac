"""A time line as rows for people, 80 columns wide, and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from bridge.server.diagnosis.steps import Step
from bridge.server.diagnosis.timeline import TimeLine
from bridge.server.diagnosis.verdict import verdict

Style = Callable[[str, str], str]
"""A text, and what it is: how it is shown."""

_WIDTH = 80
# "12:00:01.123 received " and the blank behind it.
_INDENT = 23
# More rows of one thing say nothing to people; --json has them.
_MOST_ROWS = 40


def plain(text: str, kind: str) -> str:
    """As it is."""
    return text


def as_data(line: TimeLine, *, raw: bool) -> dict[str, Any]:
    """The time line as JSON; bytes only where they are asked for."""
    steps = [step.as_json() for step in line.steps]
    if not raw:
        for step in steps:
            step.pop("hex", None)
    return {
        "job": line.job,
        "source": line.source,
        "verdict": list(verdict(line)),
        "missing": line.missing,
        "timeline": steps,
    }


def report(line: TimeLine, *, raw: bool, style: Style = plain) -> Iterator[str]:
    """The time line for people, row by row."""
    job = line.job
    head = [job["id"], job["op"], f"on {job['device']}", f"- {job['state']}"]
    yield style(" ".join(head), "bold")
    if job.get("reference"):
        yield f"reference {job['reference']}"
    yield ""
    for sentence in verdict(line):
        yield from textwrap.wrap(sentence, _WIDTH)
    yield ""
    day = ""
    for step in line.steps:
        local = step.at.astimezone()
        if (today := local.strftime("%Y-%m-%d %Z")) != day:
            yield style(f"-- {today} --", "bold")
            day = today
        yield from _rows(step, raw, style)
    for sentence in dict.fromkeys(line.missing):
        yield ""
        yield from textwrap.wrap(sentence, _WIDTH)


def _rows(step: Step, raw: bool, style: Style) -> Iterator[str]:
    at = step.at.astimezone().strftime("%H:%M:%S.%f")[:-3]
    kind = {"sent": "->", "received": "<-", "phase": "=="}.get(step.kind, step.kind)
    title = step.title
    if step.milliseconds is not None:
        title += f"  ({step.milliseconds:g} ms)"
    if step.answered is False:
        title += "  (NO ANSWER)"
    if step.checksum in ("wrong", "masked"):
        title += "  [checksum wrong]" if step.checksum == "wrong" else "  [checksum not checked: parts are hidden]"
    if step.garbage:
        title += f": {step.garbage}"
    head, *rest = textwrap.wrap(printable(title), _WIDTH - _INDENT - 1) or [""]
    yield style(f"{at} {kind:<{_INDENT - 13}} {head}", step.kind)
    for row in rest:
        yield f"{'':<{_INDENT}} {row}"
    for name, value in step.fields[:_MOST_ROWS]:
        label = f"  {name}: " if name else "  "
        value = printable(value)
        room = max(20, _WIDTH - _INDENT - 1)
        for row in textwrap.wrap(f"{label}{value}", room, subsequent_indent="    ") or [label]:
            yield f"{'':<{_INDENT}} {row}".rstrip()
    if len(step.fields) > _MOST_ROWS:
        yield f"{'':<{_INDENT}}   (and {len(step.fields) - _MOST_ROWS} more: --json)"
    if raw and step.hex:
        for row in textwrap.wrap(step.hex, (_WIDTH - _INDENT - 3) // 2 * 2):
            yield f"{'':<{_INDENT}}   {row}"


def printable(text: str) -> str:
    """Foreign text on a terminal: no character of it moves the cursor or changes colours."""
    return "".join(
        character if character.isprintable() else " " if character == "\t" else f"\\x{ord(character):02x}" for character in text
    )
