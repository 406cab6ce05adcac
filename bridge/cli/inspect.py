"""`tillbridge inspect JOB`: what was asked, what went over the wire, what is known and why; readable at 80 columns."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from bridge.cli.data_dir import data_dir_option, json_option
from bridge.cli.output import print_json
from bridge.cli.timeline import gather
from bridge.server.diagnosis.steps import Step
from bridge.server.diagnosis.timeline import TimeLine
from bridge.server.diagnosis.verdict import verdict

_WIDTH = 80
# "12:00:01.123 received " and the blank behind it.
_INDENT = 23
# More rows of one thing say nothing to people; --json has them.
_MOST_ROWS = 40

_COLOURS = {"state": "cyan", "checkpoint": "blue", "prompt": "yellow", "act": "magenta", "amended": "magenta", "log": "white"}


@click.command()
@click.argument("job", metavar="JOB")
@click.option("--raw", is_flag=True, help="The bytes of each frame too, in hex.")
@click.option("--log-dir", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Where the log files are.")
@data_dir_option
@json_option
def inspect(job: str, raw: bool, log_dir: Path | None, data_dir: Path, as_json: bool) -> None:
    """One job from its request to its verdict: states, checkpoints, prompts, frames, log lines, and why it stands as it does.

    Works with the server on or off. Secrets and customers' data are hidden.
    """
    line = gather(data_dir, job, log_dir)
    if as_json:
        print_json(as_data(line, raw=raw))
        return
    for row in report(line, raw=raw):
        click.echo(row)


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


def report(line: TimeLine, *, raw: bool, colours: bool | None = None) -> Iterator[str]:
    """The time line for people, row by row."""
    styled = sys.stdout.isatty() if colours is None else colours
    job = line.job
    head = [job["id"], job["op"], f"on {job['device']}", f"- {job['state']}"]
    yield _bold(" ".join(head), styled)
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
            yield _bold(f"-- {today} --", styled)
            day = today
        yield from _rows(step, raw, styled)
    for sentence in dict.fromkeys(line.missing):
        yield ""
        yield from textwrap.wrap(sentence, _WIDTH)


def _rows(step: Step, raw: bool, styled: bool) -> Iterator[str]:
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
    yield _styled(f"{at} {kind:<{_INDENT - 13}} {head}", step.kind, styled)
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


def _bold(text: str, styled: bool) -> str:
    return click.style(text, bold=True) if styled else text


def _styled(text: str, kind: str, styled: bool) -> str:
    return click.style(text, fg=_COLOURS[kind]) if styled and kind in _COLOURS else text
