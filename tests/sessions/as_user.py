"""python -m tests.sessions.as_user UID: a client that is another user of this computer. Needs root, which it gives up.

Commands come as lines of JSON on stdin, their answers go to stdout; each command has a connection of its own. Everything is
imported before the change of the user, who may be allowed to read none of it.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp

from tests.api import socket_conformance
from tests.sockets import Refused, SocketClient

READY = "ready"


async def http(method: str, url: str, headers: dict[str, str], body: Any) -> dict[str, Any]:
    """Status, headers and body as they came. Of a taken handshake (101) there is no body."""
    async with aiohttp.ClientSession() as session, session.request(method, url, json=body, headers=headers) as response:
        text = "" if response.status == 101 else await response.text()
        return {"status": response.status, "headers": dict(response.headers), "text": text}


async def sign_in(url: str, origin: str, token: str, token_id: str) -> dict[str, Any]:
    """The error's code (None: the session is open), and with which code the server then closed the socket."""
    client = await SocketClient.open(url, origin=origin)
    try:
        await client.sign_in(token, token_id)
        return {"code": None, "closed": None}
    except Refused as refused:
        return {"code": refused.code, "closed": await client.closed()}
    finally:
        await client.drop()


def main() -> None:
    uid = int(sys.argv[1])
    # What is checked against the description is checked in the tests; the description's files are none of this user's.
    socket_conformance.answered = socket_conformance.told = _nothing
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
    print(READY, flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        act = {"http": http, "sign_in": sign_in}[command.pop("do")]
        print(json.dumps(asyncio.run(act(**command))), flush=True)


def _nothing(*_: Any) -> None:
    """Nothing is checked here."""


class User:
    """Such a process, from outside. `seen` is everything that its user ever got, headers included."""

    def __init__(self, process: subprocess.Popen[str], uid: int) -> None:
        self._process = process
        self.uid = uid
        self.seen: list[str] = []

    async def http(
        self, method: str, url: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], Any]:
        """Status, headers, and the JSON of the body or its text."""
        answer = await self._do({"do": "http", "method": method, "url": url, "headers": headers or {}, "body": body})
        text = answer["text"]
        return answer["status"], answer["headers"], json.loads(text) if text.startswith("{") else text

    async def sign_in(self, url: str, origin: str, token: str, token_id: str) -> tuple[str | None, int | None]:
        answer = await self._do({"do": "sign_in", "url": url, "origin": origin, "token": token, "token_id": token_id})
        return answer["code"], answer["closed"]

    async def _do(self, command: dict[str, Any]) -> dict[str, Any]:
        line = await asyncio.to_thread(self._ask, json.dumps(command))
        self.seen.append(line)
        return dict(json.loads(line))

    def _ask(self, command: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process of user {self.uid} ended")
        return line.strip()


@contextmanager
def user(uid: int) -> Iterator[User]:
    """A process of this user, ended afterwards."""
    command = [sys.executable, "-m", "tests.sessions.as_user", str(uid)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            made = User(process, uid)
            if made._line() != READY:
                raise RuntimeError(f"no process could be made for user {uid}")
            yield made
        finally:
            process.kill()


if __name__ == "__main__":
    main()
