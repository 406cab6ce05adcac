"""The examples of docs/api.md, run as they stand, against a server with a simulated printer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bridge.model import ERRORS
from tests.docs.children import child

DOCS = Path(__file__).parents[2] / "docs"
# A person who reads on gives the bridge the time to reach what was configured; of a device that it is still connecting to it can say
# less than the page shows.
_REACHED = """until api "$URL/api/v1/devices/till-1" | grep --quiet '"state": *"ready"'; do sleep 0.05; done"""
_BLOCK = re.compile(r"```sh\n(.*?)```\n((?:<!-- expect: .*? -->\n)*)", re.DOTALL)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the examples use curl")
def test_every_example_of_the_api_page_does_what_it_says(tmp_path: Path) -> None:
    blocks = _BLOCK.findall((DOCS / "api.md").read_text("utf-8"))
    assert len(blocks) > 10
    script = ["set -u"]
    for number, (commands, _) in enumerate(blocks):
        script += [f'echo "=== {number}"', commands]
        if "--request PUT" in commands and "/devices/till-1/config" in commands:
            script.append(_REACHED)
    with (
        child("simulate", "posnet", "--listen", "tcp://127.0.0.1:0") as printer,
        child("serve", "--data-dir", str(tmp_path / "data"), "--port", "0", report=tmp_path / "report") as url,
    ):
        environment = {**os.environ, "URL": url, "PRINTER": printer, "DATA_DIR": str(tmp_path / "data")}
        done = subprocess.run(["bash", "-c", "\n".join(script)], env=environment, capture_output=True, text=True, timeout=100)
    assert (tmp_path / "report").read_text("utf-8") == "", "answers that are not as described"
    answers = dict(re.findall(r"=== (\d+)\n(.*?)(?==== \d+\n|\Z)", done.stdout, re.DOTALL))
    for number, (commands, expectations) in enumerate(blocks):
        for expected in re.findall(r"<!-- expect: (.*?) -->", expectations):
            said = answers[str(number)].replace('":', '": ').replace('":  ', '": ')
            assert expected in said, f"{commands}\nanswered\n{answers[str(number)]}\n{done.stderr}"


def test_the_page_of_errors_has_every_code() -> None:
    page = (DOCS / "errors.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \| (\d+) \|", page, re.MULTILINE))
    assert rows == {code: str(kind.status) for code, kind in ERRORS.items()}


def test_the_readme_has_exactly_two_commands() -> None:
    readme = (DOCS.parent / "README.md").read_text("utf-8")
    assert re.findall(r"^    (\S.*)$", readme, re.MULTILINE) == [
        "pip install uv && uv run tillbridge demo",
        "pip install uv && uv run pytest",
    ]
