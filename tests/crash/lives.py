"""One life of the bridge: a process on the data directory, from its start to its SIGKILL."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import re
import sys
from abc import ABC, abstractmethod
from pathlib import Path

from tests.crash import child

# A start takes a second at most; more than this is a hang.
_START_SECONDS = 30.0
_END_SECONDS = 10.0

_READY = re.compile(rb"tillbridge ready on (http://\S+)")


class DidNotStart(Exception):
    """The process ended, or hung, before it was ready."""


class DidNotDie(Exception):
    """The process outlived SIGKILL: it hangs in the kernel, on a disk for example."""


class Life(ABC):
    """A process. `kind` names it in the table."""

    kind: str

    @abstractmethod
    async def begin(self) -> None:
        """Start the process, without waiting until it answers."""

    @abstractmethod
    async def ready(self) -> str:
        """The URL, as soon as it answers. Raises DidNotStart."""

    @abstractmethod
    async def kill(self) -> bool:
        """SIGKILL, and wait until it is gone. False where it had ended by itself before."""


class ForkedLife(Life):
    """The server in a child of the fork server (`child.py`)."""

    kind = "forked"

    def __init__(self, data_dir: Path, log: Path, sabotage: str | None) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(list(child.PRELOAD))
        self._ours, self._theirs = context.Pipe()
        self._process = context.Process(target=child.main, args=(self._theirs, data_dir, log, sabotage), daemon=True)

    async def begin(self) -> None:
        await asyncio.to_thread(self._process.start)
        self._theirs.close()

    async def ready(self) -> str:
        if not await asyncio.to_thread(self._ours.poll, _START_SECONDS):
            raise DidNotStart(f"the forked bridge was not ready after {_START_SECONDS:g} s")
        try:
            url: str = self._ours.recv()
        except (EOFError, OSError):
            raise DidNotStart("the forked bridge ended before it was ready") from None
        return url

    async def kill(self) -> bool:
        try:
            if self._process.pid is None:
                return True
            lived = self._process.is_alive()
            self._process.kill()
            await asyncio.to_thread(self._process.join, _END_SECONDS)
            if self._process.is_alive():
                raise DidNotDie(f"process {self._process.pid} is still there {_END_SECONDS:g} s after SIGKILL")
            return lived
        finally:
            self._ours.close()


class RealLife(Life):
    """`tillbridge serve`, as a user starts it."""

    kind = "tillbridge serve"

    def __init__(self, data_dir: Path, log: Path) -> None:
        self._arguments = ["-m", "bridge.cli.main", "serve", "--data-dir", str(data_dir), "--port", "0"]
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def begin(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *self._arguments, stdout=asyncio.subprocess.PIPE, stderr=log
            )

    async def ready(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(_START_SECONDS):
                async for line in self._process.stdout:
                    if found := _READY.search(line):
                        return found.group(1).decode("ascii")
        except TimeoutError:
            raise DidNotStart(f"tillbridge serve was not ready after {_START_SECONDS:g} s") from None
        raise DidNotStart("tillbridge serve ended before it was ready")

    async def kill(self) -> bool:
        if self._process is None:
            return True
        lived = self._process.returncode is None
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        try:
            async with asyncio.timeout(_END_SECONDS):
                await self._process.wait()
        except TimeoutError:
            raise DidNotDie(f"process {self._process.pid} is still there {_END_SECONDS:g} s after SIGKILL") from None
        return lived
