"""A job's time line for the commands: from the running server where there is one, else from the journal itself."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, Literal

from bridge.cli.client import Client, NotRunning, segment
from bridge.cli.errors import CliError
from bridge.server import logplace
from bridge.server.diagnosis.masked import secrets_of
from bridge.server.diagnosis.timeline import TimeLine, assemble


def gather(data_dir: Path, job_id: str, log_dir: Path | None = None) -> TimeLine:
    """The time line of a job. Raises CliError where there is no such job, or nothing may be read."""
    from bridge.plugin import PluginRegistry

    job, trace, source = _facts(data_dir, job_id)
    families = PluginRegistry.installed().families
    return assemble(job, trace, source, data_dir, log_dir or logplace.directory_of(data_dir), families, secrets_of(data_dir))


def _facts(data_dir: Path, job_id: str) -> tuple[dict[str, Any], dict[str, Any], Literal["server", "journal"]]:
    try:
        client = Client.connect(data_dir)
    except NotRunning:
        from bridge.store import StorageError, read_journal

        try:
            journal, database = read_journal(data_dir)
        except StorageError as error:
            raise CliError(f"The server is off, and {error}.", "tillbridge doctor tells more.") from None
        with contextlib.closing(database):
            try:
                job = journal.get(job_id)
                trace = journal.trace(job_id)
            except StorageError as error:
                raise CliError(f"The server is off, and {error}.", "tillbridge doctor tells more.") from None
        if job is None:
            raise CliError(f"There is no job {job_id!r} in the journal.", "See tillbridge jobs list.") from None
        return job.as_json(), trace, "journal"
    return client.get(f"/jobs/{segment(job_id)}"), client.get(f"/jobs/{segment(job_id)}/trace"), "server"
