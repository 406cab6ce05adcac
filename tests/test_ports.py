"""A kept port is nobody else's, refuses who connects, and is there for the server again and again."""

from __future__ import annotations

import asyncio
import socket
import sys

import pytest

from bridge.server.listening import PortTaken, listen
from tests.ports import awaited, kept

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ports are not kept there")


async def test_a_server_gets_the_port_again_and_again_and_who_comes_between_is_refused() -> None:
    with kept() as port:
        for _ in range(3):
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", port)
            sockets, number = await listen(port)
            assert number == port
            for made in sockets:
                made.close()


def test_nobody_is_given_it_by_chance_or_takes_it_without_sharing() -> None:
    with kept() as port:
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", port))
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


async def test_a_port_that_somebody_has_is_waited_for() -> None:
    sockets, port = await listen(0)
    asyncio.get_running_loop().call_later(0, lambda: [made.close() for made in sockets])
    async with awaited(port):
        made, _ = await listen(port)
        with pytest.raises(PortTaken):
            await listen(port)
    for one in made:
        one.close()
