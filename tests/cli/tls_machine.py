"""What the tests of `tillbridge tls` share: a machine of the test's own, tools that are told and run nothing, and the command."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from click.testing import CliRunner, Result

from bridge.cli.main import cli
from bridge.cli.tls.store import Machine
from bridge.server.tls import files

Use = Callable[..., Machine]


class System:
    """Stands for the tools of a system: knows which stores hold the authority, refuses what the test says."""

    def __init__(self, refuse: str | None = None) -> None:
        self.told: list[str] = []
        self.refuse = refuse
        self.inside: set[str] = set()

    def __call__(self, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        line = " ".join(words)
        self.told.append(line)
        if self.refuse is not None and self.refuse in line:
            return subprocess.CompletedProcess(list(words), 1, "", "the tool says no.")
        tool = words[0]
        if {"-A", "-addstore", "add-trusted-cert"} & set(words):
            self.inside.add(tool)
        elif {"-D", "-delstore", "delete-certificate"} & set(words):
            self.inside.discard(tool)
        elif {"find-certificate", "-store"} & set(words) and tool not in self.inside:
            absent = "The specified item could not be found in the keychain." if tool == "security" else "0x80092004"
            return subprocess.CompletedProcess(list(words), 1, absent, "")
        return subprocess.CompletedProcess(list(words), 0, "", "")


def invoke(data_dir: Path, *arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, ["tls", *arguments, "--data-dir", str(data_dir)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert result.exit_code == code, result.output
    return result


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def folders(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_dir()}


def with_record(data_dir: Path) -> list[tuple[str, str]]:
    installation = files.read(data_dir)
    assert installation is not None
    return [(one.kind, one.place) for one in installation.trusted]
