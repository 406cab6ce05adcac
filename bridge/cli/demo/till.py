"""The till of the demonstration: an HTTP client of the public API and of the simulators' control API, nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp


class ApiProblem(Exception):
    """The bridge refused a request. `problem` is its problem document."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(str(problem.get("detail") or problem))
        self.problem = problem


@dataclass(slots=True)
class Till:
    """Speaks to one bridge with its administrator's token."""

    url: str
    token_file: Path
    session: aiohttp.ClientSession
    _keys: itertools.count[int]

    @classmethod
    def at(cls, url: str, token_file: Path, session: aiohttp.ClientSession) -> Till:
        return cls(f"{url}/api/v1", token_file, session, itertools.count(1))

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers["Authorization"] = f"Bearer {self.token_file.read_text('utf-8').strip()}"
        async with self.session.request(method, self.url + path, json=body, headers=headers) as response:
            answer: dict[str, Any] = await response.json(content_type=None)
            if response.status >= 400:
                raise ApiProblem(answer)
            return answer

    async def configure(
        self, device: str, family: str, url: str, timeouts: Mapping[str, float], settings: Mapping[str, Any]
    ) -> None:
        body = {"family": family, "url": url, "timeouts": dict(timeouts), "settings": dict(settings)}
        await self.call("PUT", f"/devices/{device}/config", body)

    async def submit(self, device: str, body: dict[str, Any], *, key: str | None = None, wait: int = 20) -> dict[str, Any]:
        """One operation; the job as it is after `wait` seconds at the latest."""
        key = key or f"demo-{next(self._keys)}"
        return await self.call("POST", f"/devices/{device}/jobs", body, Idempotency_Key=key, Prefer=f"wait={wait}")

    async def job(self, job_id: str) -> dict[str, Any]:
        return await self.call("GET", f"/jobs/{job_id}")


# What hands do at a device: its name in the state, the call, and the field that says so.
_HANDS = {
    "powered": ("/power", "on"),
    "plugged": ("/cable", "plugged"),
    "paper_loaded": ("/paper", "loaded"),
    "cover_closed": ("/cover", "closed"),
}


@dataclass(slots=True)
class Bench:
    """The technician's hands: a simulator's control API."""

    url: str
    session: aiohttp.ClientSession

    async def state(self) -> dict[str, Any]:
        found: dict[str, Any] = await self._get("/state")
        return found

    async def documents(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self._get("/documents")
        return found

    async def paper(self, since: int) -> tuple[str, int]:
        """New lines of paper, and how many lines there are now."""
        async with self.session.get(f"{self.url}/paper", params={"since": str(since)}) as response:
            return await response.text(), int(response.headers.get("X-Paper-Lines", "0"))

    async def arm(self, fault: Any) -> None:
        await self._post("/faults", fault)

    async def armed(self) -> list[dict[str, Any]]:
        """The faults that wait for their moment, in the form in which they are armed."""
        waiting = (await self._get("/faults"))["armed"]
        return [
            {name: value for name, value in one.items() if name not in ("id", "left")} | {"times": one["left"]} for one in waiting
        ]

    async def switch(self, switches: Mapping[str, str]) -> None:
        """Settings of the running device."""
        await self._post("/switches", dict(switches))

    async def disarm(self) -> None:
        async with self.session.delete(f"{self.url}/faults") as response:
            await response.read()

    async def load_paper(self) -> None:
        await self.set("paper_loaded", True)

    async def set(self, name: str, value: bool) -> None:
        """What hands do: `powered`, `plugged`, `paper_loaded` or `cover_closed`, as the state has them."""
        path, field = _HANDS[name]
        await self._post(path, {field: value})

    async def restore(self, state: Mapping[str, Any]) -> None:
        """Make it as it was before it was started anew."""
        now = await self.state()
        for name in reversed(_HANDS):  # power last: one that is off is not to be touched any more
            if name in state and state[name] != now[name]:
                await self.set(name, state[name])

    async def _get(self, path: str) -> Any:
        async with self.session.get(self.url + path) as response:
            return await response.json()

    async def _post(self, path: str, body: Any) -> None:
        async with self.session.post(self.url + path, json=body) as response:
            if response.status >= 400:
                raise RuntimeError(f"{self.url}{path}: {await response.text()}")
