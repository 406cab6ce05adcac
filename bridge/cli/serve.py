"""`tillbridge serve`: the bridge with its API, until it is told to stop."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from bridge.cli.data_dir import data_dir_option, make_data_dir
from bridge.cli.errors import CliError, Interrupted
from bridge.server.settings import DEFAULT_PORT, ServerSettings, WrongLimit, limits

_MEGABYTE = 1024 * 1024


@click.command()
@data_dir_option
@click.option("--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="0: any free port.")
@click.option(
    "--users",
    type=click.Choice(["personal", "shared", "any"]),
    default="personal",
    show_default=True,
    help="Which users of this computer may come: only the bridge's own; any, each token bound to its user; or not looked at.",
)
@click.option("--tls-port", type=click.IntRange(0, 65535), help="Answer https there too; see tillbridge tls.")
@click.option("--listen", multiple=True, metavar="ADDRESS", help="An address beside loopback, for https only; needs --allow-net.")
@click.option("--allow-net", multiple=True, metavar="NETWORK", help="A network that --listen serves, e.g. 192.168.1.0/24.")
@click.option("--allow-host", multiple=True, metavar="NAME", help="A further name that the Host header may carry.")
@click.option(
    "--max-body", type=click.IntRange(1024), default=ServerSettings().max_body, show_default=True, help="Bytes of a request."
)
@click.option(
    "--limit", "given_limits", multiple=True, metavar="NAME=NUMBER", help="Another limit; an unknown name lists them all."
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
    users: Literal["personal", "shared", "any"],
    tls_port: int | None,
    listen: tuple[str, ...],
    allow_net: tuple[str, ...],
    allow_host: tuple[str, ...],
    max_body: int,
    given_limits: tuple[str, ...],
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
    from bridge.server.access.users import UsersCannotBeTold
    from bridge.server.admin_token import TokenError
    from bridge.server.listening import CannotListen, PortTaken
    from bridge.server.logplace import DIRECTORY, remember
    from bridge.server.logs import Logs, LogSettings
    from bridge.server.run import ApiServer
    from bridge.server.run import serve as run
    from bridge.server.tls import TlsError
    from bridge.store import DataDirLocked, StorageError, WireLimits

    try:
        others = {"max_body": max_body, **limits(given_limits)}
    except WrongLimit as error:
        raise CliError(str(error)) from None
    settings = ServerSettings(
        port=port, users=users, tls_port=tls_port, listen=listen, networks=allow_net, extra_hosts=allow_host, **others
    )
    retention = Retention(timedelta(days=keep_details), timedelta(days=max(keep_details, keep_verdicts)))
    directory = make_data_dir(data_dir)
    place = log_dir.resolve() if log_dir is not None else directory / DIRECTORY
    logs = Logs(LogSettings(place, log_level, log_size * _MEGABYTE, log_files))

    def ready(server: ApiServer) -> None:
        remember(directory, place)  # not before: the directory may be another server's
        click.echo(f"tillbridge ready on {server.url}")
        click.echo(f"log in {logs.settings.file}")
        # On stderr: scripts take the address from the ready line on stdout.
        click.echo(f"the API, to read and to try: {server.url}/docs", err=True)
        if server.secure_port is not None:
            click.echo(f"https on port {server.secure_port}", err=True)
        if listen:
            warning = f"REACHABLE FROM THE NETWORK on {', '.join(listen)}, for {', '.join(allow_net)}."
            click.secho(warning, fg="white", bg="red", bold=True, err=True)

    logs.start()
    try:
        asyncio.run(run(directory, settings, ready, retention, WireLimits(total=keep_wire * _MEGABYTE)))
    except (PortTaken, CannotListen, UsersCannotBeTold) as error:
        raise CliError(str(error)) from None
    except TlsError as error:
        raise CliError(error.message, error.remedy) from None
    except DataDirLocked as error:
        raise CliError(f"{error}.", "Stop that one, or give this one another directory with --data-dir.") from None
    except (ConfigError, TokenError, StorageError) as error:
        raise CliError(str(error)) from None
    except KeyboardInterrupt:
        raise Interrupted("Stopped at once, at the second request; open jobs are recovered at the next start.") from None
    finally:
        logs.stop()
