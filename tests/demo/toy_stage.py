"""A stage without simulators: a device that writes down what hands do to it, and a till that knows some jobs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bridge.cli.demo.stage import Device, Stage

SCRIPT: dict[str, Any] = {
    "currency": "PLN",
    "devices": [],
    "goods": [{"name": "Chleb", "unit": "szt", "price": "4.50", "vat": "5%"}],
    "customer": {"ids": [{"type": "nip", "value": "5260250274"}]},
    "operator": "Żaneta",
    "faults": {
        "answer_lost": {"fault": "cut_command", "command": "end", "step": "after"},
        "paper_out": {"fault": "paper_out", "command": "end", "step": "before"},
        "cable_out": {"fault": "unplug", "command": "end", "step": "after"},
        "cable_out_inside": {"fault": "unplug", "command": "begin", "step": "before"},
    },
}


@dataclass
class ToyBench:
    faults: list[dict[str, Any]] = field(default_factory=list)
    hands: list[tuple[str, bool]] = field(default_factory=list)
    issued: list[dict[str, Any]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    async def state(self) -> dict[str, Any]:
        flags = {"powered": True, "plugged": True, "paper_loaded": True, "cover_closed": True}
        return {**flags, **dict(self.hands), "documents": len(self.issued), "paper_lines": len(self.lines)}

    async def documents(self) -> list[dict[str, Any]]:
        return list(self.issued)

    async def paper(self, since: int) -> tuple[str, int]:
        return "".join(f"{line}\n" for line in self.lines[since:]), len(self.lines)

    async def arm(self, fault: dict[str, Any]) -> None:
        self.faults.append(fault)

    async def armed(self) -> list[dict[str, Any]]:
        return list(self.faults)

    async def disarm(self) -> None:
        self.faults.clear()

    async def set(self, name: str, value: bool) -> None:
        self.hands.append((name, value))


@dataclass
class ToyTill:
    """`pages`: of GET /jobs, newest first."""

    pages: list[list[dict[str, Any]]] = field(default_factory=lambda: [[]])
    pairings: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        self.asked.append((method, path, body))
        if path == "/pairing":
            return {"pairings": self.pairings}
        if path.startswith("/jobs?"):
            number = int(path.partition("after=")[2] or 0)
            following = str(number + 1) if number + 1 < len(self.pages) else None
            return {"jobs": self.pages[number], "next": following}
        return {}

    async def job(self, job_id: str) -> dict[str, Any]:
        self.asked.append(("GET", f"/jobs/{job_id}", None))
        return next(job for page in self.pages for job in page if job["id"] == job_id)


def toy_stage(count: int = 1) -> Stage:
    family: Any = SimpleNamespace(id="toy", title="Toy printer")
    running: Any = None
    devices = [
        Device(f"toy-{number}", {"shop": "SKLEP|ul. Lipowa"}, Path(), running, toy_bench()) for number in range(1, count + 1)
    ]
    session: Any = None
    return Stage(family, SCRIPT, session, devices=devices)


def toy_bench() -> Any:
    return ToyBench()


def job(
    number: int, state: str = "done", *, total: str = "4.50", reference: str | None = None, doubt: bool = False
) -> dict[str, Any]:
    """Receipt number `number` on toy-1, as the bridge tells it."""
    done = state == "done"
    return {
        "id": f"J{number}",
        "device": "toy-1",
        "op": "receipt",
        "state": state,
        "success": done if state in ("done", "failed") else None,
        "reference": reference,
        "created_at": f"2026-01-01T00:00:{number:02}Z",
        "operation": {"op": "receipt", "lines": [{"name": "Chleb"}]},
        "result": {"document": {"number": str(number), "total": total}} if done else None,
        "error": {"code": "device.rejected"} if state == "failed" else None,
        "attention": None,
        "history": [{"state": one} for one in ("queued", "running", *(["unresolved"] if doubt else []), state)],
    }


def document(number: int, *, total: str = "4.50", reference: str = "", kind: str = "receipt") -> dict[str, Any]:
    """What the simulator says that it issued."""
    return {"kind": kind, "number": str(number), "total": total, "reference": reference}
