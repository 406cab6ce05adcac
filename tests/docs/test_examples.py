"""The programs of docs/examples and the recipe of docs/ci.md, run as a reader would run them."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.docs.children import child

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"

PROGRAMS = {"sell.sh": "sh", "sell.py": sys.executable, "sell.mjs": "node", "sell.php": "php"}


class Shop:
    """A printer, a bridge with it, and a wire to the bridge that may lose an answer."""

    def __init__(self, url: str, control: str, token: str) -> None:
        self.url, self._control, self._token = url, control, token

    def issued(self) -> list[Any]:
        with urllib.request.urlopen(f"{self._control}/documents", timeout=10) as answer:
            return list(json.load(answer))

    def run(self, program: str, url: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "TILLBRIDGE_URL": url, "TILLBRIDGE_TOKEN": self._token}
        command = [PROGRAMS[program], str(EXAMPLES / program), "till-1"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    data_dir = tmp_path_factory.mktemp("shop") / "data"
    cli = [sys.executable, "-m", "bridge.cli.main"]
    with (
        child("simulate", "posnet", "--listen", "tcp://127.0.0.1:0", "--control", "0", whole=True) as ready,
        child("serve", "--data-dir", str(data_dir), "--port", "0") as url,
    ):
        printer, control = re.findall(r"(?:tcp|http)://[\d.]+:\d+", ready)
        added = ["devices", "add", "posnet", "--id", "till-1", "--url", printer, "--data-dir", str(data_dir)]
        subprocess.run([*cli, *added], check=True, capture_output=True, timeout=60)
        yield Shop(url, control, (data_dir / "admin-token").read_text().strip())


@contextmanager
def wire_that_loses_an_answer(url: str) -> Iterator[tuple[str, list[bytes]]]:
    """A TCP relay: the first sale of 10.00 in cash reaches the server, whose answer is then thrown away."""
    host, _, port = url.removeprefix("http://").partition(":")
    lost: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def relay(client: socket.socket) -> None:
        with client, socket.create_connection((host, int(port))) as server:
            request = _message(client)
            # Behind the relay the server is known under its own name only.
            request = re.sub(rb"(?i)\r\nhost: [^\r]+", f"\r\nHost: {host}:{port}".encode(), request, count=1)
            request = re.sub(rb"(?i)\r\nconnection: [^\r]+", b"", request, count=1)
            request = request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
            server.sendall(request)
            answer = b"".join(iter(lambda: server.recv(65536), b""))
            if b'"10.00"' in request and not lost:
                lost.append(answer)
            else:
                client.sendall(answer)

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=relay, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", lost
    finally:
        listener.close()


def _message(client: socket.socket) -> bytes:
    """One HTTP request, body included."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += client.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    while length is not None and len(body) < int(length.group(1)):
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_example_sells_once_even_where_the_answer_is_lost(shop: Shop, program: str) -> None:
    if shutil.which(PROGRAMS[program]) is None or (program == "sell.sh" and shutil.which("curl") is None):
        pytest.skip(f"{PROGRAMS[program]} is not installed")
    before = len(shop.issued())
    sold = shop.run(program, shop.url)
    assert sold.returncode == 0, sold.stdout + sold.stderr
    assert "refused" in sold.stdout
    assert "9.50" in sold.stdout
    assert "is out." in sold.stdout
    with wire_that_loses_an_answer(shop.url) as (url, lost):
        again = shop.run(program, url)
    assert again.returncode == 0, again.stdout + again.stderr
    assert b'"state":"done"' in lost[0], "the receipt was out, and the till did not hear of it"
    receipts = shop.issued()[before:]
    assert [receipt["total"] for receipt in receipts] == ["9.00", "9.00"], "one for each run"


def test_every_example_is_told_of_and_run() -> None:
    files = {path.name for path in EXAMPLES.iterdir()} - {"README.md"}
    assert files == set(PROGRAMS)
    assert all(f"[{name}]({name})" in (EXAMPLES / "README.md").read_text() for name in files)


@pytest.mark.skipif(shutil.which("bash") is None or shutil.which("curl") is None, reason="the recipe uses bash and curl")
def test_the_recipe_for_a_shops_own_ci_works(tmp_path: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```\n((?:<!-- expect: .*? -->\n)*)", (ROOT / "docs/ci.md").read_text(), re.DOTALL)
    script = "\n".join(["set -u", *(commands for commands, _ in blocks)])
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    for commands, expectations in blocks:
        for expected in re.findall(r"<!-- expect: (.*?) -->", expectations):
            assert expected in done.stdout, f"{commands}\n{done.stdout}\n{done.stderr}"
    assert done.stdout.split()[-1] == "2", "two sales asked for, two issued"
