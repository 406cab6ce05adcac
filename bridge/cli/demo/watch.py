"""What a visitor sees of the stage: each device's paper and state, and the ledger; told anew as soon as it changes."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bridge.cli.demo.hands import trouble_of
from bridge.cli.demo.ledger import compare, entry_of, sums
from bridge.cli.demo.stage import Device, Stage
from bridge.cli.demo.till import Till

LOOK_SECONDS = 0.25
"""Between two looks at the simulators while somebody watches: a person sees no delay, and two devices take some milliseconds."""

PAPER_LINES = 400
"""Of the roll's end that a page gets: some fifteen receipts."""

_PAGE = 50


@dataclass(slots=True)
class _Seen:
    """What is known of one device already, so that only what is new is asked for."""

    lines: list[str] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)


class Watch:
    """`lock` is held while somebody looks: who moves cables takes it too."""

    def __init__(
        self, stages: Sequence[Stage], till: Till, *, pause: float = LOOK_SECONDS, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.lock = asyncio.Lock()
        self._stages = stages
        self._till = till
        self._pause = pause
        self._monotonic = monotonic
        self._seen: dict[str, _Seen] = {}
        self._jobs: dict[str, dict[str, Any]] = {}
        self._last: dict[str, Any] | None = None
        self._looked_at = float("-inf")

    async def changed(self, version: str | None, seconds: float) -> dict[str, Any]:
        """The view as soon as it is another than `version`, or as it is after so many seconds."""
        until = self._monotonic() + seconds
        while True:
            view = await self.view()
            if view["version"] != version or self._monotonic() >= until:
                return view
            await asyncio.sleep(self._pause)

    async def view(self) -> dict[str, Any]:
        """What there is to be seen now; of several pages that ask in one moment the first one makes the others' too."""
        async with self.lock:
            if self._last is None or self._monotonic() - self._looked_at >= self._pause:
                self._last = await self._look()
                self._looked_at = self._monotonic()
            return self._last

    def forget(self) -> None:
        """Something was done at the stage: the next view is made anew."""
        self._looked_at = float("-inf")

    async def _look(self) -> dict[str, Any]:
        devices = [await self._device(stage, device) for stage in self._stages for device in stage.devices]
        await self._renew_jobs()
        entries = [entry for job in sorted(self._jobs.values(), key=_by_time) if (entry := entry_of(job)) is not None]
        rows = compare(entries, self._jobs, {name: seen.documents for name, seen in self._seen.items()})
        view: dict[str, Any] = {
            "devices": devices,
            "swapped": [stage.family.id for stage in self._stages if stage.swapped],
            "ledger": {"rows": [asdict(row) for row in rows], "sums": asdict(sums(rows))},
        }
        view["version"] = hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()[:16]
        return view

    async def _device(self, stage: Stage, device: Device) -> dict[str, Any]:
        seen = self._seen.setdefault(device.id, _Seen())
        # Before the state: what is made in between is then seen as made. The other way round it would be seen as neither.
        armed = [trouble_of(fault, stage.script) for fault in await device.bench.armed()]
        state = await device.bench.state()
        if state["documents"] != len(seen.documents):
            seen.documents = await device.bench.documents()
        if state["paper_lines"] != len(seen.lines):
            text, _ = await device.bench.paper(len(seen.lines))
            seen.lines += text.splitlines()
        return {
            "id": device.id,
            **{name: state[name] for name in ("powered", "plugged", "paper_loaded", "cover_closed")},
            "armed": sorted({name for name in armed if name is not None}),
            "paper": {"lines": len(seen.lines), "text": "\n".join(seen.lines[-PAPER_LINES:])},
        }

    async def _renew_jobs(self) -> None:
        """Newest first, as far back as something may have changed: what is final stays so."""
        open_jobs = {key for key, job in self._jobs.items() if job["state"] not in ("done", "failed")}
        after = ""
        while True:
            page = await self._till.call("GET", f"/jobs?limit={_PAGE}{after}")
            news = [job["id"] for job in page["jobs"] if job["id"] not in self._jobs or job["id"] in open_jobs]
            for key in news:
                self._jobs[key] = await self._till.job(key)  # lists leave the history out, and whether there was doubt
                open_jobs.discard(key)
            if page["next"] is None or not (news or open_jobs):
                return
            after = f"&after={page['next']}"


def _by_time(job: dict[str, Any]) -> tuple[str, str]:
    return job["created_at"], job["id"]
