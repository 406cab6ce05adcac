"""`python -m tests.api.checked serve ...`: the command `tillbridge`, every answer of its server checked.

What is otherwise than described is written to the file of CONFORMANCE_REPORT as it happens; an empty file is a good sign.
"""

from __future__ import annotations

import os
from pathlib import Path

from aiohttp import web

from bridge.cli.main import main
from tests.api import conformance


def watch(report: Path) -> None:
    report.write_text("", "utf-8")

    def told(method: str, target: str, response: web.Response) -> None:
        report.write_text("\n".join(conformance.violations), "utf-8")

    conformance.observers.append(told)
    conformance.install()


if __name__ == "__main__":
    watch(Path(os.environ["CONFORMANCE_REPORT"]))
    main()
