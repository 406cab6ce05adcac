"""A thousand clients that are there and ask for nothing: the memory of the real server, and a sale beside them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.idle_sockets import LARGEST, measure

pytestmark = [
    pytest.mark.exhaustive,
    pytest.mark.skipif(sys.platform == "win32", reason="asyncio's clients cannot be a thousand in one process there"),
]

_CLIENTS = 1000


@pytest.mark.parametrize("kind", ["sockets", "http"])
def test_a_thousand_idle_clients_stay_connected_and_within_the_memory_while_a_till_sells(tmp_path: Path, kind: str) -> None:
    found = measure(kind, tmp_path, _CLIENTS)
    assert found.left == _CLIENTS, found
    assert found.before < found.after < LARGEST, found


def test_a_thousand_silent_connections_are_let_go_within_the_limits_and_a_till_sells(tmp_path: Path) -> None:
    found = measure("silent", tmp_path, _CLIENTS)
    assert found.left < 256, f"beside the till's own: {found}"
    assert found.after < LARGEST, found
