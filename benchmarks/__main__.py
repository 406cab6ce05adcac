"""Run everything and print one table. See README.md for what the numbers mean."""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks import empty_server, gate, idle_sockets
from benchmarks.bare import record, replay_all, sale_only
from benchmarks.families import FAMILIES, POSNET, ZVT, Family
from benchmarks.load import sell_all
from benchmarks.processes import data_dir, server, simulators

Times = tuple[list[float], float]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--quick", action="store_true", help="fewer receipts")
    parser.add_argument("--family", choices=[family.id for family in FAMILIES], help="one family's receipts, and nothing else")
    arguments = parser.parse_args()
    quick, chosen = arguments.quick, arguments.family
    families = [family for family in FAMILIES if chosen in (None, family.id)]
    console = Console(width=100)
    # Beside the project and not in /tmp, which may be a RAM disk: the journal's flushes are part of what is measured.
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".benchmark-") as name:
        directory = Path(name)
        flush = _flush_seconds(directory)
        console.print(
            f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, one flush of this disk takes {flush * 1000:.2f} ms (median)"
        )
        for family in families:
            _throughput(console, directory, family, 100 if quick else 400)
        for family in (POSNET, ZVT):
            if family in families:
                _real_pace(console, directory, family, 2 if quick else 5)
        if chosen is not None:
            return
        _at_rest(console, directory, 5 if quick else 20)
        gate.measure(console, directory, quick=quick)
        idle_sockets.show(console, directory, 200 if quick else 1000)


def _throughput(console: Console, directory: Path, family: Family, receipts: int) -> None:
    table = Table(title=f"{family.id}, fast simulators: what the bridge costs")
    for column in (family.what, "who", "receipts/s", "p50 ms", "p99 ms", "time : bare"):
        table.add_column(column, justify="left" if column == "who" else "right")
    for printers in (1, 8):
        count = max(20, receipts // printers)
        with simulators(printers, "fast", directory, family) as urls:
            writes = asyncio.run(record(family, urls[0], directory / f"record-{family.id}-{printers}"))
            _begin_day(directory, family, urls)
            dialogue = family.requests(writes)
            sale = sale_only(family, dialogue)
            short = asyncio.run(replay_all(family, urls, sale, count))
            bare = asyncio.run(replay_all(family, urls, dialogue, count))
            _row(table, printers, f"bare client, sale alone ({len(sale)} frames)", short, bare)
            if family.bursts is not None:
                bursts = asyncio.run(replay_all(family, urls, writes, count, family.bursts))
                _row(table, printers, f"bare client, the driver's {len(dialogue)} frames in its bursts", bursts, bare)
            _row(table, printers, f"bare client, the driver's {len(dialogue)} frames one by one", bare, bare)
            empty = empty_server.measure(family, urls, dialogue, count, directory)
            _row(table, printers, "an empty HTTP server between", empty, bare)
            _row(table, printers, "bridge over HTTP, journal on disk", _through_bridge(directory, family, urls, count), bare)
            slow = _through_bridge(directory, family, urls, count, slow=0.005)
            _row(table, printers, "the same, commits 5 ms slower", slow, bare)
    console.print(table)


def _begin_day(directory: Path, family: Family, urls: list[str]) -> None:
    """Through the bridge, so that the bare clients find what a sale needs."""
    if family.prepare:
        _through_bridge(directory, family, urls, 1)


def _real_pace(console: Console, directory: Path, family: Family, receipts: int) -> None:
    with simulators(1, "real", directory, family) as urls:
        writes = asyncio.run(record(family, urls[0], directory / f"record-{family.id}-real"))
        bare = asyncio.run(replay_all(family, urls, family.requests(writes), receipts))
        through = _through_bridge(directory, family, urls, receipts)
    added = statistics.median(through[0]) / statistics.median(bare[0]) - 1
    console.print(
        f"{family.id}, real pace: bare {statistics.median(bare[0]):.3f} s, bridge {statistics.median(through[0]):.3f} s a receipt: "
        f"[bold]{added * 100:+.2f} %[/bold] (goal: under 1 %)"
    )


def _at_rest(console: Console, directory: Path, seconds: float) -> None:
    starts = []
    for _ in range(3):
        with server(directory) as process:
            starts.append(process.ready_after)
    with simulators(1, "fast", directory) as urls, server(directory) as process:
        asyncio.run(sell_all(POSNET, process.url, data_dir(process) / "admin-token", urls, 1))
        watched = psutil.Process(process.child.pid)
        time.sleep(2)
        before = sum(watched.cpu_times()[:2])
        time.sleep(seconds)
        used = (sum(watched.cpu_times()[:2]) - before) / seconds
        memory = watched.memory_info().rss / 1e6
    console.print(f"Start to first answer: [bold]{statistics.median(starts):.2f} s[/bold] (goal: under 1.5 s)")
    console.print(
        f"Idle, one printer connected: [bold]{memory:.0f} MB[/bold] (goal: under 80), [bold]{used * 100:.2f} %[/bold] CPU (goal: under 1 %)"
    )


def _through_bridge(directory: Path, family: Family, urls: list[str], receipts: int, slow: float | None = None) -> Times:
    with server(directory, slow=slow) as process:
        return asyncio.run(sell_all(family, process.url, data_dir(process) / "admin-token", urls, receipts))


def _row(table: Table, printers: int, who: str, measured: Times, bare: Times) -> None:
    times, whole = measured
    ordered = sorted(times)
    ratio = (whole / len(times)) / (bare[1] / len(bare[0]))
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    table.add_row(
        str(printers),
        who,
        f"{len(times) / whole:.0f}",
        f"{statistics.median(times) * 1000:.1f}",
        f"{p99 * 1000:.1f}",
        f"{ratio:.2f}",
    )


def _flush_seconds(directory: Path) -> float:
    """Median of fifty small writes with fsync."""
    times = []
    with (directory / "flush").open("wb") as file:
        for _ in range(50):
            file.write(b"x" * 4096)
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    return statistics.median(times)


if __name__ == "__main__":
    main()
