"""The till of the demonstration: an HTTP client of the public API and of the simulators' control API, nothing else."""

from __future__ import annotations

import itertools
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

    async def configure(self, device: str, family: str, url: str) -> None:
        await self.call("PUT", f"/devices/{device}/config", {"family": family, "url": url})

    async def submit(self, device: str, body: dict[str, Any], *, key: str | None = None, wait: int = 20) -> dict[str, Any]:
        """One operation; the job as it is after `wait` seconds at the latest."""
        key = key or f"demo-{next(self._keys)}"
        return await self.call("POST", f"/devices/{device}/jobs", body, Idempotency_Key=key, Prefer=f"wait={wait}")

    async def job(self, job_id: str) -> dict[str, Any]:
        return await self.call("GET", f"/jobs/{job_id}")


@dataclass(slots=True)
class Bench:
    """The technician's hands: a simulator's control API."""

    url: str
    session: aiohttp.ClientSession

    async def documents(self) -> list[dict[str, Any]]:
        async with self.session.get(f"{self.url}/documents") as response:
            found: list[dict[str, Any]] = await response.json()
            return found

    async def paper(self, since: int) -> tuple[str, int]:
        """New lines of paper, and how many lines there are now."""
        async with self.session.get(f"{self.url}/paper", params={"since": str(since)}) as response:
            return await response.text(), int(response.headers.get("X-Paper-Lines", "0"))

    async def arm(self, fault: Any) -> None:
        await self._post("/faults", fault)

    async def load_paper(self) -> None:
        await self._post("/paper", {"loaded": True})

    async def _post(self, path: str, body: Any) -> None:
        async with self.session.post(self.url + path, json=body) as response:
            if response.status >= 400:
                raise RuntimeError(f"{self.url}{path}: {await response.text()}")
