"""How the demonstration looks on a terminal: scenes, paper, the ledger."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bridge.cli.demo.ledger import Row
from bridge.cli.demo.stage import Device


class Show:
    """Prints to one console."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def scene(self, title: str, text: str) -> None:
        self.console.print()
        self.console.rule(f"[bold]{title}[/bold]", align="left", style="cyan")
        self.console.print(f"[dim]{text}[/dim]")

    def says(self, text: str, style: str = "") -> None:
        self.console.print(Text("  " + text, style=style))

    def job(self, job: dict[str, Any]) -> None:
        """One line for what became of a job."""
        steps = " -> ".join(step["state"] for step in job["history"])
        document = (job.get("result") or {}).get("document") or {}
        if job["state"] == "done" and job["success"]:
            number = f", document {document['number']}" if document.get("number") else ""
            total = f", total {document['total']}" if document.get("total") else ""
            self.says(f"✔ {steps}{number}{total}", "green")
            paid = job["result"].get("payment")
            if paid:
                self.says(
                    f"  {paid['scheme'] or 'card'}, {paid['approved']} {paid['currency']}, receipt {paid['receipt_number']}",
                    "green",
                )
            for warning in job["result"]["warnings"]:
                self.says(f"  note: {warning['message']}", "yellow")
        elif job["state"] == "done":
            paid = (job["result"] or {}).get("payment") or {}
            self.says(f"✋ {steps}: {paid.get('outcome')}: {paid.get('reason_text') or paid.get('reason_code') or ''}", "yellow")
        elif job["state"] == "failed":
            self.says(f"✘ {steps}: {job['error']['message']}", "red")
        else:
            attention = job.get("attention") or {}
            self.says(f"… {steps}: {attention.get('code', '')} {attention.get('text', '')}".rstrip(), "yellow")

    async def paper(self, device: Device) -> None:
        """What came out of the device since the last look."""
        text, lines = await device.bench.paper(device.lines_shown)
        device.lines_shown = lines
        if text.strip():
            paper = Panel(
                Text(text.strip("\n")), title=device.id, box=box.ROUNDED, expand=False, padding=(0, 2), border_style="white"
            )
            self.console.print(paper)

    def report(self, report: dict[str, Any]) -> None:
        """A daily report's figures, as the API gives them."""
        table = Table(box=box.SIMPLE, title="the report as data", title_justify="left", title_style="italic")
        for name, justify in (("rate", "left"), ("gross", "right"), ("net", "right"), ("tax", "right")):
            table.add_column(name, justify=justify)  # type: ignore[arg-type]
        for row in report["totals_by_rate"]:
            if row["gross"] not in ("0.00", "0"):
                table.add_row(f"{row['letter']} {row['rate']}", row["gross"], row["net"] or "", row["tax"] or "")
        if report.get("total"):
            table.add_row("total", report["total"], "", "", style="bold")
        self.console.print(table)

    def ledger(self, rows: list[Row]) -> None:
        self.console.print()
        self.console.rule("[bold]The day's ledger[/bold]", align="left", style="cyan")
        table = Table(box=box.ROUNDED, show_lines=False)
        for name in ("asked", "device", "the bridge says", "the device really issued", ""):
            table.add_column(name)
        for row in rows:
            mark = Text("✔", style="green") if row.agrees else Text("✘ DISAGREE", style="bold red")
            table.add_row(row.what, row.device, row.verdict, row.truth, mark)
        self.console.print(table)
