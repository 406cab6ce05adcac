"""HTML and SVG as a real Chromium shows them, under the very policy with which they are sent."""

from __future__ import annotations

import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from bridge.paper import Format, Rendering, render
from tests.paper.papers import receipt

pytestmark = pytest.mark.browser

CODE = "https://paragony.example/12?ż"
NAME = "</title><script>document.body.remove()</script><b>"


@contextmanager
def served(drawn: Rendering) -> Iterator[str]:
    """One address that answers with it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", drawn.media_type)
            self.send_header("Content-Security-Policy", drawn.policy)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(drawn.body.encode() if isinstance(drawn.body, str) else drawn.body)

        def log_message(self, *_: object) -> None:
            """Not into the tests' output."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("wanted", [Format.HTML, Format.SVG])
def test_chromium_shows_paper_whose_code_can_be_scanned(tmp_path: Path, wanted: Format) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        missing = pytest.fail if os.environ.get("TILLBRIDGE_BROWSERS") == "required" else pytest.skip
        missing("there is no Chromium here")
    shot = tmp_path / "shot.png"
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", f"--screenshot={shot}", "--window-size=560,760"]
    with served(render(receipt(NAME, qr=CODE), wanted)) as url:
        subprocess.run([*command, url], capture_output=True, check=True, timeout=60)
    picture = Image.open(shot).convert("RGB")
    paper = (0xFF, 0xFE, 0xFB)
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [CODE]
    across = [x for x in range(picture.width) if picture.getpixel((x, 40)) == paper]
    assert 40 * 9 < across[-1] - across[0] < 40 * 9 + 60, "as wide as its forty columns and two margins"
    if wanted is Format.HTML:
        assert picture.getpixel((2, 2)) == (0xD9, 0xD6, 0xD0), "the style sheet is taken under the policy"
