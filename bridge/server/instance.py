"""`DIR/server.json`: where the running server of a data directory is, for the commands of the same user."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

FILE_NAME = "server.json"


@dataclass(frozen=True, slots=True)
class RunningInstance:
    """A server that said it runs. It may have died since: compare `instance` with what answers at the port."""

    port: int
    pid: int
    instance: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def publish(data_dir: Path, port: int, instance_id: str) -> RunningInstance:
    from bridge.store.files import write_atomically  # here: commands that look for the server need not load the store

    running = RunningInstance(port=port, pid=os.getpid(), instance=instance_id)
    write_atomically(data_dir / FILE_NAME, json.dumps(asdict(running)) + "\n", owner_only=True)
    return running


def withdraw(data_dir: Path) -> None:
    (data_dir / FILE_NAME).unlink(missing_ok=True)


def find(data_dir: Path) -> RunningInstance | None:
    """What the last server of this directory published; None when it ended properly, or never ran."""
    try:
        data = json.loads((data_dir / FILE_NAME).read_text(encoding="utf-8"))
        return RunningInstance(port=int(data["port"]), pid=int(data["pid"]), instance=str(data["instance"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
