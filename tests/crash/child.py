"""The bridge's server in a process forked from one that has everything imported: it starts in hundredths of a second.

It is `bridge.server.run.serve` on the same data directory as the real command's, and gone with SIGKILL as completely.
"""

from __future__ import annotations

import asyncio
import logging
import os
from multiprocessing.connection import Connection
from pathlib import Path

from bridge.server.run import serve
from bridge.server.settings import ServerSettings

# What the process that children are forked from imports beside this module: plugins are otherwise loaded at each start.
PRELOAD = (
    __name__,
    "bridge.jobs.bridge",
    "bridge_atol.driver",
    "bridge_atol.family",
    "bridge_atol.web.driver",
    "bridge_posnet.driver",
    "bridge_posnet.family",
    "bridge_posnet.thermal.driver",
    "bridge_shtrih_m.driver",
    "bridge_shtrih_m.family",
    "bridge_sim_posnet.family",
)


def main(parent: Connection, data_dir: Path, log: Path, sabotage: str | None) -> None:
    """Serve; tell `parent` the URL. Ends when the parent does, if nobody kills it before."""
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(levelname)-7s %(name)s: %(message)s")
    if sabotage is not None:
        from tests.crash.sabotage import SABOTAGES

        SABOTAGES[sabotage]()
    asyncio.run(_serve(parent, data_dir))


async def _serve(parent: Connection, data_dir: Path) -> None:
    asyncio.get_running_loop().add_reader(parent.fileno(), os._exit, 1)
    await serve(data_dir, ServerSettings(port=0), lambda server: parent.send(server.url))
