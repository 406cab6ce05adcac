"""How commands speak: tables for people, JSON for programs, a sign of life on stderr for what takes long."""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

# Shorter work needs no spinner: one that flashes up only disturbs.
_PATIENCE_SECONDS = 0.5
_WIDE = 160

STATE_STYLES = {
    "ready": "green",
    "done": "green",
    "ok": "green",
    "connecting": "yellow",
    "queued": "cyan",
    "running": "cyan",
    "unresolved": "bold yellow",
    "offline": "red",
    "failed": "red",
    "wrong_device": "bold red",
    "broken": "bold red",
    "approved": "green",
    "partial": "yellow",
    "reversed": "yellow",
}


def console(*, stderr: bool = False) -> Console:
    """A console that leaves texts of devices alone: brackets and colons in them are no markup."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    # Into a file or pipe nothing is folded: whoever searches there wants whole words.
    width = None if stream.isatty() else _WIDE
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, width=width)


def print_json(data: Any) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def table(*columns: str, title: str | None = None, close: bool = False) -> Table:
    """A table. A column `Name|right` is set to the right, `Name|whole` never folded; `close` saves the room of borders."""
    from rich import box
    from rich.table import Table

    made = Table(
        box=box.SIMPLE_HEAD if close else box.ROUNDED,
        title=title,
        title_justify="left",
        header_style="bold",
        border_style="dim",
        pad_edge=not close,
    )
    for column in columns:
        name, _, side = column.partition("|")
        made.add_column(name, justify="right" if side == "right" else "left", overflow="fold", no_wrap=side in ("right", "whole"))
    return made


def facts(rows: Sequence[tuple[str, Any]], title: str | None = None) -> Table:
    """Names and values, those without a value left out."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.ROUNDED, title=title, title_justify="left", show_header=False, border_style="dim")
    made.add_column(style="bold", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in rows:
        if value is not None and value != "":
            made.add_row(name, value if hasattr(value, "__rich_console__") or hasattr(value, "spans") else str(value))
    return made


def styled(state: str | None) -> Any:
    """A state in its colour."""
    from rich.text import Text

    return Text(state or "-", style=STATE_STYLES.get(state or "", ""))


def moment(value: str | None) -> str:
    """An API time in the computer's own zone, to the second."""
    if not value:
        return ""
    from datetime import datetime

    return datetime.fromisoformat(value).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def short_moment(value: str | None) -> str:
    """An API time as a list shows it: of today the time, else the day too."""
    from datetime import datetime

    if not value:
        return ""
    then = datetime.fromisoformat(value).astimezone()
    today = datetime.now().astimezone().date()
    return then.strftime("%H:%M:%S" if then.date() == today else "%Y-%m-%d %H:%M")


class Progress:
    """Says what is being waited for, on a terminal only."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lock = threading.Lock()
        self._status: Any = None
        self._over = False

    def say(self, text: str) -> None:
        with self._lock:
            self._text = text
            if self._status is not None:
                self._status.update(text)

    def _start(self) -> None:
        with self._lock:
            if not self._over:
                self._status = console(stderr=True).status(self._text)
                self._status.start()

    def _stop(self) -> None:
        with self._lock:
            self._over = True
            if self._status is not None:
                self._status.stop()


@contextlib.contextmanager
def progress(text: str) -> Iterator[Progress]:
    """A spinner on stderr for what takes longer than a moment."""
    shown = Progress(text)
    if not sys.stderr.isatty():
        yield shown
        return
    timer = threading.Timer(_PATIENCE_SECONDS, shown._start)
    timer.daemon = True
    timer.start()
    try:
        yield shown
    finally:
        timer.cancel()
        shown._stop()


def styles(colours: Mapping[str, str]) -> Callable[[str, str], str]:
    """Colours by kind, and `bold`, where a person looks at the terminal."""

    def style(text: str, kind: str) -> str:
        if kind == "bold":
            return click.style(text, bold=True)
        return click.style(text, fg=colours[kind]) if kind in colours else text

    def plain(text: str, kind: str) -> str:
        return text

    return style if sys.stdout.isatty() else plain
