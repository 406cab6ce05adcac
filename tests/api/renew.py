"""`python -m tests.api.renew`: make the examples again and write docs/openapi.json, the API as reviewers see it change."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

from bridge.server import openapi
from bridge.server.examples import everything
from tests.api import scenes
from tests.api.stage import stage

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "bridge" / "server" / "examples.json"
SNAPSHOT = ROOT / "docs" / "openapi.json"


def written() -> str:
    return json.dumps(openapi.served(), ensure_ascii=False, indent=1) + "\n"


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with stage(Path(folder)) as made:
            EXAMPLES.write_text(scenes.as_text(await scenes.play(made)), "utf-8")
    everything.cache_clear()
    openapi.served.cache_clear()
    SNAPSHOT.write_text(written(), "utf-8")
    print(f"{SNAPSHOT} is written; look at what changed with git diff, and at docs/stability.md for what may")


if __name__ == "__main__":
    asyncio.run(main())
