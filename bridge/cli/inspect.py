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
from bridge.cli.timeline import Step, TimeLine, gather, unanswered

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


def verdict(line: TimeLine) -> Iterator[str]:
    """How the job stands, why, and what to do: sentences for somebody who sees it for the first time."""
    job = line.job
    result, error = job.get("result") or {}, job.get("error") or {}
    state = job["state"]
    if state == "done":
        document = result.get("document") or {}
        if job.get("success"):
            number = f" The document has the number {document['number']}." if document.get("number") else ""
            yield f"DONE: the device confirmed it.{number}"
        elif result.get("payment"):
            yield f"DONE, but not approved: the terminal said {result['payment'].get('outcome')}."
        else:
            yield "DONE without the device's confirmation: it was sent at most once."
        for warning in result.get("warnings") or ():
            yield f"Warning: {warning['message']}"
        if any(step.kind == "state" and step.title == "unresolved" for step in line.steps):
            yield "It was in doubt for a while, and was then settled (see the last state below)."
    elif state == "failed":
        yield f"FAILED: surely nothing was issued. {error.get('message') or ''}".rstrip()
        told = " ".join(str(error[name]) for name in ("device_code", "device_text") if error.get(name))
        if told:
            yield f"The device said: {told}"
        if error.get("remedy"):
            yield f"What to do: {error['remedy']}"
    elif state == "unresolved":
        yield from _unresolved(line)
    elif state == "running":
        yield "RUNNING: the device has begun, and the outcome is not known yet."
        yield from _waits(line)
        if line.source == "journal":
            yield "The server is off: at its next start it asks the device what became of this."
    else:
        yield "QUEUED: nothing of it was sent to the device yet."
        yield from _waits(line)
        if line.source == "journal":
            yield "The server is off. Start it: tillbridge serve"


def _unresolved(line: TimeLine) -> Iterator[str]:
    job = line.job
    yield "UNRESOLVED: it is not known whether the document came out. The device takes no other document until it is."
    notes = [value for step in line.steps if step.kind == "state" and step.title == "unresolved" for _, value in step.fields]
    if notes:
        yield f"Why: {notes[-1]}."
    last = unanswered(line.steps)
    if last is not None:
        at = last.at.astimezone().strftime("%H:%M:%S")
        yield f'At {at} "{last.title}" was sent, and no answer to it came: that is where certainty ended.'
    recoveries = sum(step.kind == "phase" and step.title.startswith("recovery") for step in line.steps)
    yield (
        f"Since then the device was asked {recoveries} times what became of it."
        if recoveries != 1
        else ("Since then the device was asked once what became of it.")
    )
    if any(step.kind == "checkpoint" and step.title == "#needs_operator" for step in line.steps):
        yield "The device cannot tell. Look at the paper, or at the device's own memory, and settle it:"
        yield f'  tillbridge jobs resolve {job["id"]} --verdict issued|not_issued --reason "..."'
        return
    yield from _waits(line)
    if line.source == "journal":
        yield "The server is off: recovery goes on when it runs. Start it: tillbridge serve"
    else:
        yield "Mostly the device must only come back: switched on, cable in, paper in. Then it is settled by itself."
        yield f"See tillbridge devices status {job['device']} and tillbridge doctor."


def _waits(line: TimeLine) -> Iterator[str]:
    attention = line.job.get("attention") or {}
    if attention.get("text"):
        yield f"It waits: {attention['text']}"
        return
    prompts = [step for step in line.steps if step.kind == "prompt"]
    if prompts and prompts[-1].title.startswith("waits:"):
        yield f"It waited last: {prompts[-1].title.removeprefix('waits: ')}"


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
