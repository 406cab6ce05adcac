"""`python -m tests.api.renew`: make the examples again and write docs/openapi.json, the API as reviewers see it change."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from bridge.server import asyncapi, openapi
from bridge.server.examples import everything
from tests.api import scenes
from tests.api.stage import stage

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "bridge" / "server" / "examples.json"
SNAPSHOT = ROOT / "docs" / "openapi.json"
SOCKET_SNAPSHOT = ROOT / "docs" / "asyncapi.json"


def written(description: dict[str, Any]) -> str:
    return json.dumps(description, ensure_ascii=False, indent=1) + "\n"


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with stage(Path(folder)) as made:
            EXAMPLES.write_text(scenes.as_text(await scenes.play(made)), "utf-8")
    everything.cache_clear()
    openapi.served.cache_clear()
    SNAPSHOT.write_text(written(openapi.served()), "utf-8")
    SOCKET_SNAPSHOT.write_text(written(asyncapi.served()), "utf-8")
    print(
        f"{SNAPSHOT} and {SOCKET_SNAPSHOT.name} are written; look at what changed with git diff, and at docs/stability.md for what may"
    )


if __name__ == "__main__":
    asyncio.run(main())
