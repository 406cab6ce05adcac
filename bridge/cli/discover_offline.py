"""Discovery while the server is off: in this process, under the data directory's lock, with the server's own code."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bridge.cli.client import Refused
from bridge.cli.discover import Add, how_far
from bridge.cli.errors import CliError
from bridge.cli.output import Progress
from bridge.devices.config import ConfigError
from bridge.devices.discovery.request import ScanRequest
from bridge.jobs.bridge import Bridge
from bridge.model import Actor, RequestError
from bridge.server.admin_token import PRINCIPAL
from bridge.server.bodies import validated
from bridge.store import DataDirLocked, StorageError

_ASK_SECONDS = 0.2


@contextlib.contextmanager
def looked_around(data_dir: Path, body: Mapping[str, Any], shown: Progress) -> Iterator[tuple[dict[str, Any], list[str], Add]]:
    """A scan that is over, the ids of the devices that there are, and how to add one. No device is connected."""
    with asyncio.Runner() as runner:
        try:
            bridge = runner.run(Bridge.open(data_dir))
        except DataDirLocked as error:
            raise CliError(f"{error}, but its API does not answer yet.", "Wait until it is ready, or stop it.") from None
        except (ConfigError, StorageError) as error:
            raise CliError(str(error)) from None
        # Adding writes the file and no more: devices are connected by a server.
        bridge.devices.on_added = lambda runtime: None
        actor = Actor(principal=PRINCIPAL, label="tillbridge discover")

        def add(device_id: str, config: Mapping[str, Any]) -> Any:
            return runner.run(_explained(lambda: bridge.devices.configure(actor, device_id, config)))

        try:
            scan = runner.run(_explained(lambda: _scan(bridge, actor, body, shown)))
            yield scan, sorted(bridge.devices.runtimes), add
        finally:
            runner.run(bridge.stop(grace=0))


async def _scan(bridge: Bridge, actor: Actor, body: Mapping[str, Any], shown: Progress) -> dict[str, Any]:
    await bridge.discovery.start(actor, validated(ScanRequest, body))
    over = asyncio.ensure_future(bridge.discovery.wait())
    while not over.done():
        await asyncio.wait({over}, timeout=_ASK_SECONDS)
        shown.say(how_far(bridge.discovery.current()))
    return over.result()


async def _explained(make: Callable[[], Awaitable[Any]]) -> Any:
    """Refusals as the server would have sent them."""
    try:
        return await make()
    except RequestError as error:
        raise Refused(error.problem(), error.status) from None
