"""What a page of the documentation tells somebody to do, taken from its text, and done in a folder of their own."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0


class DocumentError(AssertionError):
    """The text does not say what its reader would need."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One section, as its reader takes it. `page` is the file that it shows whole, `copied` what it says to put beside that."""

    commands: tuple[str, ...]
    page: str
    page_name: str
    copied: Path
    serving: str
    address: str
    paper: str

    @classmethod
    def of(cls, document: Path, heading: str) -> Walk:
        text = document.read_text("utf-8")
        section = one(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, "the section")
        commands = re.findall(r"^    (\S.*)$", re.sub(r"^```.*?^```", "", section, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)
        name, folder = re.search(r"`([\w.]+\.js)` from \[[^]]*\]\(([^)]+)\)", section).groups()  # type: ignore[union-attr]
        return cls(
            commands=tuple(commands),
            page=one(r"^```html\n(.*?)^```", section, "the page"),
            page_name=one(r"this as `([\w.]+\.html)`", section, "the page's name"),
            copied=(document.parent / folder / name).resolve(),
            serving=one(r"`(python3 -m http\.server \d+)`", section, "how to serve the folder"),
            address=one(r"open `(http://localhost:\d+)`", section, "what to open"),
            paper=one(r"`(http://127\.0\.0\.1:\d+/paper)`", section, "where the paper is seen"),
        )

    def command(self, *words: str) -> str:
        """The one command that begins so."""
        found = [command for command in self.commands if command.split()[: len(words)] == list(words)]
        if len(found) != 1:
            raise DocumentError(f"{len(found)} commands begin with {' '.join(words)}: {self.commands}")
        return found[0]


def one(pattern: str, text: str, what: str) -> str:
    found = re.findall(pattern, text, re.DOTALL | re.MULTILINE)
    if len(found) != 1:
        raise DocumentError(f"{what} stands there {len(found)} times")
    return str(found[0])


@dataclass
class Desk:
    """A folder, and terminals in it."""

    folder: Path
    running: list[Process] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """A person's own, with the commands of this installation."""
        kept = {name: value for name, value in os.environ.items() if name in ("LANG", "TZ", "TMPDIR")}
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return {**kept, "PATH": path, "HOME": str(self.folder.parent), "PYTHONUNBUFFERED": "1"}

    async def leave_running(self, command: str) -> str:
        """In a terminal of its own; the first line that it says."""
        process = await asyncio.create_subprocess_exec(
            *shlex.split(command), cwd=self.folder, env=self.environment, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT
        )
        self.running.append(process)
        assert process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            line = (await process.stdout.readline()).decode()
        assert process.returncode is None, f"{command}: {line}{(await process.stdout.read()).decode()}"
        return line

    async def run(self, command: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *shlex.split(command), cwd=self.folder, env=self.environment, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT
        )
        async with asyncio.timeout(START_SECONDS):
            said, _ = await process.communicate()
        assert process.returncode == 0, f"{command}: {said.decode()}"
        return said.decode()

    async def clear(self) -> None:
        for process in self.running:
            if process.returncode is None:
                process.terminate()
        for process in self.running:
            assert process.stdout is not None
            await process.stdout.read()
            await process.wait()
