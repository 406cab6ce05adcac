"""`tillbridge serve`: the bridge with its API, until it is told to stop."""

from __future__ import annotations

from pathlib import Path

import click

from bridge.cli.data_dir import data_dir_option, make_data_dir
from bridge.cli.errors import CliError, Interrupted
from bridge.server.settings import DEFAULT_PORT, ServerSettings

_MEGABYTE = 1024 * 1024


@click.command()
@data_dir_option
@click.option("--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="0: any free port.")
@click.option("--allow-host", multiple=True, metavar="NAME", help="A further name that the Host header may carry.")
@click.option(
    "--max-body", type=click.IntRange(1024), default=ServerSettings().max_body, show_default=True, help="Bytes of a request."
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
    help="What is logged, on stderr and in the files.",
)
@click.option(
    "--log-dir",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Directory of the log files.  [default: logs in the data directory]",
)
@click.option("--log-size", type=click.IntRange(1), default=10, show_default=True, metavar="MB", help="Size of one log file.")
@click.option("--log-files", type=click.IntRange(1, 100), default=5, show_default=True, metavar="N", help="How many are kept.")
@click.option(
    "--keep-wire",
    type=click.IntRange(0),
    default=200,
    show_default=True,
    metavar="MB",
    help="Room for the wire logs of jobs, which go with the details; 0: none are kept.",
)
@click.option(
    "--keep-details", type=click.IntRange(1), default=90, show_default=True, metavar="DAYS", help="How long a job is kept whole."
)
@click.option(
    "--keep-verdicts",
    type=click.IntRange(1),
    default=1826,
    show_default=True,
    metavar="DAYS",
    help="How long its key, verdict and document number are kept.",
)
def serve(
    data_dir: Path,
    port: int,
    allow_host: tuple[str, ...],
    max_body: int,
    log_level: str,
    log_dir: Path | None,
    log_size: int,
    log_files: int,
    keep_wire: int,
    keep_details: int,
    keep_verdicts: int,
) -> None:
    """Run the bridge. It prints a line as soon as it answers, and stops on SIGTERM or Ctrl-C."""
    import asyncio
    from datetime import timedelta

    from bridge.devices.config import ConfigError
    from bridge.jobs.bridge import Retention
    from bridge.server.admin_token import TokenError
    from bridge.server.listening import PortTaken
    from bridge.server.logplace import DIRECTORY, remember
    from bridge.server.logs import Logs, LogSettings
    from bridge.server.run import serve as run
    from bridge.store import DataDirLocked, StorageError, WireLimits

    settings = ServerSettings(port=port, extra_hosts=allow_host, max_body=max_body)
    retention = Retention(timedelta(days=keep_details), timedelta(days=max(keep_details, keep_verdicts)))
    directory = make_data_dir(data_dir)
    place = log_dir.resolve() if log_dir is not None else directory / DIRECTORY
    logs = Logs(LogSettings(place, log_level, log_size * _MEGABYTE, log_files))

    def ready(url: str) -> None:
        remember(directory, place)  # not before: the directory may be another server's
        click.echo(f"tillbridge ready on {url}")
        click.echo(f"log in {logs.settings.file}")
        # On stderr: scripts take the address from the ready line on stdout.
        click.echo(f"the API, to read and to try: {url}/docs", err=True)

    logs.start()
    try:
        asyncio.run(run(directory, settings, ready, retention, WireLimits(total=keep_wire * _MEGABYTE)))
    except PortTaken as error:
        raise CliError(str(error)) from None
    except DataDirLocked as error:
        raise CliError(f"{error}.", "Stop that one, or give this one another directory with --data-dir.") from None
    except (ConfigError, TokenError, StorageError) as error:
        raise CliError(str(error)) from None
    except KeyboardInterrupt:
        raise Interrupted("Stopped at once, at the second request; open jobs are recovered at the next start.") from None
    finally:
        logs.stop()
