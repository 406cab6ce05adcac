"""`tillbridge bundle`: one zip for whoever helps. The file is for its owner only until he gives it away."""

from __future__ import annotations

import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import click

from bridge.cli.client import Client
from bridge.cli.data_dir import data_dir_option
from bridge.cli.doctor import look
from bridge.cli.errors import CliError, told
from bridge.cli.output import progress
from bridge.cli.timeline import gather
from bridge.server.diagnosis import logfiles
from bridge.server.diagnosis.bundle import Bundle, Sources, write
from bridge.server.diagnosis.errors import CannotTell
from bridge.server.diagnosis.timeline import TimeLine


@click.command()
@click.option("--job", metavar="ID", help="A job that this is about: its time line and wire log, whenever it was.")
@click.option("--since", default="7d", show_default=True, metavar="TIME", help="How far back jobs and logs go.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="The file to write.")
@data_dir_option
def bundle(job: str | None, since: str, output: Path | None, data_dir: Path) -> None:
    """Pack logs, wire logs, jobs, devices and the doctor's findings into one zip, without secrets.

    Nothing is sent: look into it first. Works with the server on or off.
    """
    now = datetime.now(UTC)
    with told():
        start = logfiles.since(since, now)
    if not data_dir.is_dir():
        raise CliError(f"There is no directory {data_dir}.", "Say which with --data-dir.")
    path = output or Path(f"tillbridge-bundle-{now.astimezone():%Y%m%d-%H%M%S}.zip")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CliError(f"{path} exists already.", "Choose another name with -o.") from None
    try:
        with (
            progress("Packing"),
            os.fdopen(descriptor, "wb") as raw,
            zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as file,
        ):
            made = write(file, data_dir, _sources(data_dir), job=job, start=start, now=now)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    _tell(path, made)


def _sources(data_dir: Path) -> Sources:
    def time_line(job_id: str) -> TimeLine:
        try:
            return gather(data_dir, job_id)
        except CliError as error:
            raise CannotTell(error.message, error.remedy) from None

    def metrics() -> str:
        try:
            text = Client.connect(data_dir).text("/metrics")
        except CliError as error:
            raise CannotTell(error.message, error.remedy) from None
        if text is None:
            raise CannotTell("this version has none.")
        return text

    return Sources(time_line, lambda: look(data_dir), metrics)


def _tell(path: Path, made: Bundle) -> None:
    click.echo(f"{path.resolve()}")
    click.echo("In it:")
    groups: dict[str, list[int]] = {}
    for name, _, size in made.contents:
        folder, slash, _ = name.partition("/")
        groups.setdefault(f"{folder}/" if slash else name, []).append(size)
    for name, sizes in groups.items():
        click.echo(f"  {name:<20} {f'{len(sizes)} files, ' if name.endswith('/') else ''}{sum(sizes) / 1024:.1f} kB")
    if made.missing:
        click.echo("Could not be had:")
        for item in made.missing:
            click.echo(f"  {item}")
    click.echo("Secrets and customers' data are left out or hidden: MANIFEST.txt says how. Nothing was sent; look into it first.")
