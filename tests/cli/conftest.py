"""The commands against a real server in a thread of its own, in front of the server tests' fake bridge."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from card_counter import Counter, open_counter
from click.testing import CliRunner, Result

from bridge.cli.main import cli
from bridge.cli.tls import command as tls_command
from bridge.cli.tls.store import Machine
from bridge.model import Identity
from bridge.plugin import (
    Checked,
    DeviceContext,
    DeviceFamily,
    Driver,
    EndpointKind,
    FamilySettings,
    PluginRegistry,
    VectorCheck,
    hookimpl,
)
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings
from bridge.transport import Link

sys.path.insert(0, str(Path(__file__).parent.parent / "server"))

from fake_bridge import FakeBridge

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command on this test's data directory; `code` is the exit code it must end with."""

    def command(*arguments: str, code: int = 0, input: str | None = None, data_dir: bool = True) -> Result:
        environment = {"TILLBRIDGE_DATA_DIR": str(tmp_path) if data_dir else None}
        result = CliRunner().invoke(cli, list(arguments), env=environment, input=input)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result

    return command


@dataclass
class Live:
    """A server that runs beside the test. `do` runs a function in its loop."""

    bridge: FakeBridge
    loop: asyncio.AbstractEventLoop
    server: ApiServer | None = None
    thread: threading.Thread | None = None

    def do(self, function: Callable[[], Any]) -> Any:
        async def call() -> Any:
            return function()

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(10)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> Live:
        bridge = FakeBridge(tmp_path)
        server = await ApiServer.start(cast(Any, bridge), ServerSettings(port=0, stop_seconds=1.0))
        return Live(bridge, loop, server, thread)

    made = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    assert made.server is not None
    yield made
    asyncio.run_coroutine_threadsafe(made.server.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


class ToySimulator:
    """Says what it was started with."""

    id = "toy"
    title = "A toy"
    demo: Mapping[str, Any] | None = None
    settings = {"paper": "rolls of paper (default: 1)", "cover": "open or closed (default: closed)"}

    async def start(self, **given: Any) -> Any:
        raise ValueError(f"asked to start with {sorted(given)}")


class ToyFamily(DeviceFamily[FamilySettings]):
    """Has vectors and no device."""

    id = "toy"
    title = "A toy"
    settings_model = FamilySettings
    endpoint_kinds: ClassVar[Mapping[str, EndpointKind]] = {}

    async def probe(self, link: Link) -> Identity | None:
        return None

    async def open(self, settings: FamilySettings, link: Link, device: DeviceContext) -> Driver:
        raise NotImplementedError

    def check(self, operation: Any, settings: FamilySettings, capabilities: Any) -> Checked:
        return Checked()

    def check_vector(self, vector: Any) -> VectorCheck:
        match vector.get("want"):
            case "raise":
                raise RuntimeError("no such frame")
            case "nothing":
                return VectorCheck(vector["name"], skipped={"hex": "cannot be read"})
            case "later":
                return VectorCheck(vector["name"], not_built="comes with the next part")
            case "differ":
                return VectorCheck(vector["name"], compared=("hex",), differences=("hex: 01 instead of 02",))
        return VectorCheck(vector["name"], compared=("hex", "meaning.text"), skipped={"meaning.speed": "a fact about the line"})


class ToyPlugin:
    TILLBRIDGE_PLUGIN_API = "1.0"

    @hookimpl
    def tillbridge_device_families(self) -> list[Any]:
        return [ToyFamily()]

    @hookimpl
    def tillbridge_simulators(self) -> list[Any]:
        return [ToySimulator()]


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> PluginRegistry:
    """One plugin that works and one that does not, instead of those installed."""
    registry = PluginRegistry()
    registry.add(ToyPlugin(), "toys")
    registry.add(object(), "broken")
    monkeypatch.setattr(PluginRegistry, "installed", lambda: registry)
    return registry


@pytest.fixture
def tls_home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture
def use(tls_home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Machine]:
    """Make the commands use this machine."""

    def chosen(**facts: Any) -> Machine:
        given: dict[str, Any] = {"platform": "linux", "home": tls_home, "root": tls_home.parent / "root", "environment": {}}
        machine = Machine(**(given | facts))
        monkeypatch.setattr(tls_command, "Machine", lambda: machine)
        return machine

    return chosen


@pytest.fixture
def counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    """A bridge with a card terminal, `pay-1`, in front of the same data directory as `run`."""
    yield from open_counter(tmp_path, monkeypatch)
