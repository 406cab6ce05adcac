"""The JavaScript client (clients/js): its own tests on a real bridge, and that the bridge serves the file that is built there."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "clients" / "js"
SERVED = ROOT / "bridge" / "server" / "pages" / "client" / "tillbridge.js"


@contextmanager
def wanted() -> Iterator[None]:
    """What is not there on this machine skips the test, or fails it where TILLBRIDGE_NODE says that it must be."""
    missing = None
    if shutil.which("node") is None:
        missing = "node is not installed"
    elif int(subprocess.check_output(["node", "--version"], text=True).lstrip("v").partition(".")[0]) < 20:
        missing = "node is older than 20"
    elif not (CLIENT / "node_modules" / "ws").is_dir():
        missing = "the client's packages are not installed: npm ci in clients/js"
    if missing is not None:
        if os.environ.get("TILLBRIDGE_NODE") == "required":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    yield


def run_tests(**environment: str) -> None:
    with wanted():
        done = subprocess.run(
            ["node", "--test-reporter=tap", "--test", "test/index.mjs"],
            cwd=CLIENT,
            env={**os.environ, "TILLBRIDGE_PYTHON": sys.executable, **environment},
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
    passed = re.search(r"^# pass (\d+)$", done.stdout, re.MULTILINE)
    assert passed is not None
    assert int(passed.group(1)) > 90, "fewer tests ran than there are"


def test_the_client_sells_exactly_once_whatever_breaks() -> None:
    run_tests()


@pytest.mark.exhaustive
def test_the_client_sells_exactly_once_with_the_line_cut_and_the_bridge_restarted_at_every_message() -> None:
    run_tests(TILLBRIDGE_EXHAUSTIVE="1")


def test_the_bridge_serves_the_client_that_is_built_in_its_folder() -> None:
    assert SERVED.read_bytes() == (CLIENT / "dist" / "tillbridge.js").read_bytes(), "npm run build in clients/js writes both"


def test_the_client_names_one_version_and_pins_what_it_is_built_with() -> None:
    package = json.loads((CLIENT / "package.json").read_text("utf-8"))
    assert "dependencies" not in package
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in package["devDependencies"].values())
    assert f"Tillbridge {package['version']}," in SERVED.read_text("utf-8").partition("\n")[0]
    lock = (CLIENT / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock, "lock files name versions and hashes, no addresses"


def test_the_readme_tells_the_size_that_the_built_file_has() -> None:
    size = len(gzip.compress((CLIENT / "dist" / "tillbridge.min.js").read_bytes(), 9, mtime=0))
    told = re.search(r"minified and compressed ([\d.]+) kB", (CLIENT / "README.md").read_text("utf-8"))
    assert told is not None
    assert size < 12_000
    assert abs(float(told.group(1)) * 1000 - size) < 150
