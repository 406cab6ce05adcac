"""`python -m tests.api.fuzz`: schemathesis over the served description, against a real server with a simulated printer.

Without the token; with it; and with it, but without the call that removes devices, so that the others get further (ROUNDS).
schemathesis takes ids out of the answers that it gets. Beside schemathesis's own checks: no answer that is otherwise than described (its closed form), no
incident in the log, and no trace of a request that was refused.

Left out is `positive_data_acceptance`: a receipt that fits the schema may still not add up, and must then be refused.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bridge.model import RequestError
from tests.api import conformance
from tests.api.conformance import ROUTER
from tests.api.stage import Stage, furnished

LEFT_OUT = "positive_data_acceptance"

# One at a time: CPython 3.11 counts the recursion of its parser wrongly where threads compile at once, and hypothesis does.
WORKERS = 1


class Incidents(logging.Handler):
    """Collects what the server logs as an error: faults of its own."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(self.format(record))


async def run(made: Stage, *, seed: int, examples: int, token: bool, more: Sequence[str] = ()) -> tuple[int, str]:
    """One run of schemathesis: its exit code and what it printed."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{made.server.url}/api/v1/openapi.json", "--no-color"]
    command += ["--workers", str(WORKERS), "--seed", str(seed), "--max-examples", str(examples)]
    command += ["--exclude-checks", LEFT_OUT, "--warnings", "off", "--request-timeout", "10"]
    command += ["--exclude-operation-id", "bundle.make"]  # a process of seconds each, in which nothing is random
    command += ["--header", f"Authorization: Bearer {made.token}"] if token else []
    with tempfile.TemporaryDirectory() as folder:  # where it would keep what it learned
        process = await asyncio.create_subprocess_exec(
            *command, *more, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode("utf-8", "replace")


class Answers:
    """Counts the answers of each call and status, and keeps the ids of jobs that were accepted."""

    def __init__(self) -> None:
        self.counted: Counter[tuple[str, int]] = Counter()
        self.accepted: set[str] = set()

    def __call__(self, method: str, target: str, response: web.Response) -> None:
        try:
            name = ROUTER.find(method, target)[0].name
        except RequestError:
            name = "(no such call)"
        self.counted[name, response.status] += 1
        if name in ("devices.submit", "devices.test") and response.status < 300:
            assert isinstance(response.body, bytes)
            self.accepted.add(json.loads(response.body)["id"])

    def table(self) -> str:
        calls = sorted({name for name, _ in self.counted})
        return "\n".join(
            f"  {name:20} "
            + ", ".join(f"{status}: {count}" for (of, status), count in sorted(self.counted.items()) if of == name)
            for name in calls
        )


def traces(made: Stage, answers: Answers, token: bool) -> list[str]:
    """What refused requests left behind: a job that no answer told of; without the token anything at all."""
    jobs = {row["id"] for row in made.bridge.store.database.read("SELECT id FROM jobs")} - answers.accepted
    acts = [] if token else [row for row in made.bridge.store.read_audit(0, 500) if row["actor"]["principal"] != "setup"]
    devices = set() if token else set(made.bridge.devices.runtimes) ^ {"till-1", "desk-1"}
    return [f"left behind by refused requests: {trace}" for trace in (*jobs, *acts, *devices)]


@dataclass(frozen=True, slots=True)
class Round:
    """One run. `share`: of the examples that are asked for; `more`: what schemathesis is told besides."""

    title: str
    token: bool = True
    share: float = 1.0
    more: tuple[str, ...] = ()


ROUNDS = {
    # Of nobody's request the body is never read, so that it matters little what is drawn for it.
    "stranger": Round("without the token", token=False, share=0.25),
    # The phase "coverage" makes the same 12,000 requests in each run: they are made while there are devices, and without a token.
    "till": Round("with the token", more=("--phases", "examples,fuzzing,stateful")),
    "lasting": Round("with the token, on devices that stay", more=("--exclude-operation-id", "devices.remove")),
    "going": Round("with the token, devices being removed", more=("--include-operation-id", "devices.remove")),
}


async def main(seed: int, examples: int, rounds: Sequence[Round]) -> int:
    incidents = Incidents()
    logging.getLogger("tillbridge").addHandler(incidents)
    conformance.install()
    bad = False
    for round_ in rounds:
        answers = Answers()
        conformance.observers[:] = [answers]
        with tempfile.TemporaryDirectory() as folder:
            async with furnished(Path(folder)) as made:
                drawn = max(1, round(examples * round_.share))
                code, said = await run(made, seed=seed, examples=drawn, token=round_.token, more=round_.more)
                found = [*dict.fromkeys(conformance.violations), *incidents.seen, *traces(made, answers, round_.token)]
        conformance.violations.clear()
        incidents.seen.clear()
        bad = bad or code != 0 or bool(found)
        print(f"=== {round_.title}: {'failed' if code or found else 'passed'}")
        print(said if code else said[said.rfind("SUMMARY") :])
        print(answers.table())
        print("\n".join(found[:20]))
    return 1 if bad else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--seed", type=int, default=20261120)
    parser.add_argument("--examples", type=int, default=60, help="how many for each call and phase")
    parser.add_argument("--round", choices=ROUNDS, action="append", help="without it all, one after the other")
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.seed, given.examples, [ROUNDS[name] for name in given.round or ROUNDS])))
