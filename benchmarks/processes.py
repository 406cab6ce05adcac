"""The processes of a measurement: simulators and the server, each started through the command line."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.families import POSNET, Family

_READY = re.compile(r"tcp://[\d.]+:\d+|http://[\d.]+:\d+")

# A server whose commits take five milliseconds more: a slow disk, without one.
_SLOW_SERVER = """
import asyncio, sys, time
from pathlib import Path
from bridge.jobs import Bridge
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings

async def main():
    bridge = await Bridge.open(Path(sys.argv[1]), before_commit=lambda: time.sleep(float(sys.argv[2])))
    await bridge.start()
    server = await ApiServer.start(bridge, ServerSettings(port=0))
    print("ready", server.url, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@dataclass(frozen=True, slots=True)
class Process:
    """A child that has said that it is ready. `url` is the first one in its ready line."""

    child: subprocess.Popen[str]
    url: str
    ready_after: float


@contextlib.contextmanager
def running(arguments: list[str], log: Path) -> Iterator[Process]:
    """Start a child, wait for its ready line, end it afterwards."""
    began = time.perf_counter()
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with log.open("w") as errors:
        child = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
        )
        try:
            assert child.stdout is not None
            for line in child.stdout:
                found = _READY.search(line)
                if found:
                    yield Process(child, found.group(), time.perf_counter() - began)
                    return
            raise RuntimeError(f"{arguments} ended before it was ready: {log.read_text()}")
        finally:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()


@contextlib.contextmanager
def simulators(count: int, pace: str, directory: Path, family: Family = POSNET) -> Iterator[list[str]]:
    """So many printers in processes of their own: their URLs."""
    with contextlib.ExitStack() as stack:
        urls = []
        for number in range(count):
            command = [sys.executable, "-m", "bridge.cli.main", "simulate", family.id, "--listen", "tcp://127.0.0.1:0"]
            command += ["--control", "0", "--pace", pace]
            for key, value in family.simulator(number).items():
                command += ["--set", f"{key}={value}"]
            urls.append(stack.enter_context(running(command, directory / f"{family.id}-{number}.log")).url)
        yield urls


@contextlib.contextmanager
def server(directory: Path, *, slow: float | None = None) -> Iterator[Process]:
    """A bridge with its journal in `directory`; `slow` adds seconds to every commit."""
    data = directory / f"data-{time.monotonic_ns()}"
    if slow is not None:
        command = [sys.executable, "-c", _SLOW_SERVER, str(data), str(slow)]
    else:
        command = [sys.executable, "-m", "bridge.cli.main", "serve", "--data-dir", str(data), "--port", "0"]
    with running(command, directory / f"{data.name}.log") as process:
        yield Process(process.child, process.url, process.ready_after)


def data_dir(process: Process) -> Path:
    """The data directory that a server was started with."""
    arguments = process.child.args
    assert isinstance(arguments, list)
    return Path(next(str(argument) for argument in arguments if "/data-" in str(argument)))
