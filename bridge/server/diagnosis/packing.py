"""A bundle made beside the running bridge: in a process of its own, so that masking megabytes of logs holds up no job.

A thread would share the interpreter with the drivers, whose answers would then wait for it some milliseconds each. The process gets
by its standard input what only the server knows, reads the files itself, and writes the zip to its standard output.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import os
import sys
import zipfile
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from bridge.model import RequestError
from bridge.server.doctor.facts import Server
from bridge.server.version import version

if TYPE_CHECKING:
    from bridge.jobs.bridge import Bridge

log = logging.getLogger("tillbridge.server")

# Behind the jobs, as far as the system knows such a thing.
_NICE = 10


def facts(bridge: Bridge, port: int, job: str | None, start: datetime, most: int) -> dict[str, Any]:
    """What only the server knows: how open jobs stand now, what devices said last, the metrics. In the loop; quick."""
    wanted = [*bridge.jobs.active, *([job] if job is not None else [])]
    told = {job_id: found for job_id in wanted if (found := bridge.jobs.find(job_id)) is not None}
    devices = {device["id"]: device for device in bridge.devices.list()}
    statuses = {device_id: bridge.devices.known_status(device_id) | {"live": False} for device_id in devices}
    server = Server(port, os.getpid(), version(), devices, statuses, tuple(bridge.health()["problems"]))
    return {
        "data_dir": str(bridge.data_dir),
        "job": job,
        "start": start.isoformat(),
        "now": bridge.clock.now().isoformat(),
        "jobs": {job_id: [found.as_json(), bridge.store.journal.trace(job_id)] for job_id, found in told.items()},
        "server": asdict(server),
        "metrics": bridge.metrics(),
        "most": most,
    }


async def pack(given: dict[str, Any], seconds: float) -> bytes:
    """The zip. Raises RequestError where it cannot be made, or takes too long."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # nothing of the current directory is run
        "-m",
        "bridge.server.diagnosis.packing",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(seconds):
            packed, said = await process.communicate(json.dumps(given, default=str).encode())
    except TimeoutError:
        raise RequestError(
            "server.error", f"The bundle was not ready within {seconds:g} s; ask for a shorter time, or call tillbridge bundle."
        ) from None
    finally:
        if process.returncode is None:  # too late, or nobody waits for it any more
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        log.error("a bundle could not be made: %s", said.decode("utf-8", "replace")[-2000:])
        raise RequestError("server.error", "The bundle could not be made; the log says why. tillbridge bundle makes one too.")
    return packed


def make(given: dict[str, Any], out: BinaryIO) -> None:
    """The zip of what `facts` told, into a file that need not be one that can be rewound."""
    from bridge.plugin import PluginRegistry
    from bridge.server import logplace
    from bridge.server.diagnosis.bundle import Sources, write
    from bridge.server.diagnosis.errors import CannotTell
    from bridge.server.diagnosis.masked import secrets_of
    from bridge.server.diagnosis.timeline import TimeLine, assemble
    from bridge.server.doctor import examining
    from bridge.store import read_journal

    data_dir = Path(given["data_dir"])
    secrets = secrets_of(data_dir)

    def time_line(job_id: str) -> TimeLine:
        if job_id in given["jobs"]:
            job, trace = given["jobs"][job_id]
        else:
            journal, database = read_journal(data_dir)
            with contextlib.closing(database):
                found, trace = journal.get(job_id), journal.trace(job_id)
            if found is None:
                raise CannotTell(f"there is no job {job_id!r} in the journal")
            job = found.as_json()
        families = PluginRegistry.installed().families
        return assemble(job, trace, "server", data_dir, logplace.directory_of(data_dir), families, secrets)

    sources = Sources(time_line, lambda: examining.look(data_dir, Server(**given["server"])), lambda: str(given["metrics"]))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        write(
            file,
            data_dir,
            sources,
            job=given["job"],
            start=datetime.fromisoformat(given["start"]),
            now=datetime.fromisoformat(given["now"]),
            most=int(given["most"]),
        )


def main() -> None:
    """In the process of its own."""
    given = json.loads(sys.stdin.buffer.read())
    # What a plugin prints while it is loaded must not get among the bytes of the zip.
    out = os.dup(1)
    os.dup2(2, 1)
    with contextlib.suppress(OSError, AttributeError):  # Windows has no such thing
        os.nice(_NICE)
    made = io.BytesIO()
    make(given, made)
    with os.fdopen(out, "wb") as told:
        told.write(made.getbuffer())


if __name__ == "__main__":
    main()
