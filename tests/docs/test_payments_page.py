"""The examples of docs/payments.md, run as they stand, against a server with the toy terminal."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from bridge.jobs import Bridge
from bridge.model import Actor, TerminalPrompt
from bridge.plugin import PluginRegistry
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings
from bridge.transport import Cable, Link, LinkOpener, NullModemBoard, WireLog
from tests.toys import terminal as plugin
from tests.toys.cables import plug_in
from tests.toys.terminal.messages import Purchase
from tests.toys.terminal.simulator import Switches, Terminal

PAGE = (Path(__file__).parents[2] / "docs" / "payments.md").read_text("utf-8")
_BLOCK = re.compile(r"```sh\n(.*?)```\n((?:<!-- expect: .*? -->\n)*)", re.DOTALL)
API = (
    'api() { curl --silent --show-error --header "Authorization: Bearer $TOKEN" --header "Content-Type: application/json" "$@"; }'
)


class Counter(Terminal):
    """Its customers sign where the amount is 12.00; their cards have a thousand."""

    def _begin(self, purchase: Purchase) -> None:
        self.switches.signature = purchase.amount == Decimal("12.00")
        super()._begin(purchase)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the examples use curl")
async def test_every_example_of_the_page_does_what_it_says(tmp_path: Path) -> None:
    blocks = _BLOCK.findall(PAGE)
    assert len(blocks) > 10
    counter = Counter("4711", Switches(card=0.02, acquirer=0.02, available=Decimal("1000.00")))
    board = NullModemBoard()

    async def connect(wire_log: WireLog) -> Link:
        return await plug_in(counter.connect, Cable(), wire_log)

    board.plug("terminal", connect)
    registry = PluginRegistry()
    registry.add(plugin, "terminal")
    bridge = await Bridge.open(tmp_path / "data", registry=registry, opener=LinkOpener(board))
    await bridge.start()
    server = await ApiServer.start(bridge, ServerSettings(port=0, stop_seconds=1.0))
    try:
        await bridge.devices.configure(Actor(principal="setup"), "pay-1", {"family": "toy-terminal", "url": "null://terminal"})
        async with asyncio.timeout(15):
            while not bridge.devices.runtime("pay-1").capabilities_fresh:
                await asyncio.sleep(0.01)
        script = ["set -u", API]
        for number, (commands, _) in enumerate(blocks):
            script += [f'echo "=== {number}"', commands]
        token = (bridge.data_dir / "admin-token").read_text("utf-8").strip()
        process = await asyncio.create_subprocess_exec(
            "bash",
            "-c",
            "\n".join(script),
            cwd=tmp_path,
            env={**os.environ, "URL": server.url, "TOKEN": token},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, problems = await asyncio.wait_for(process.communicate(), 60)
    finally:
        await server.stop()
        await bridge.stop(grace=1)
    answers = dict(re.findall(r"=== (\d+)\n(.*?)(?==== \d+\n|\Z)", out.decode(), re.DOTALL))
    for number, (commands, expectations) in enumerate(blocks):
        for expected in re.findall(r"<!-- expect: (.*?) -->\n", expectations):
            said = answers[str(number)].replace('":', '": ').replace('":  ', '": ')
            assert expected in said, f"{commands}\nanswered\n{answers[str(number)]}\n{problems.decode()}"


def test_the_page_names_every_prompt() -> None:
    named = set(re.findall(r"`(terminal\.[a-z_]+)`", PAGE))
    assert {prompt.value for prompt in TerminalPrompt} <= named
