"""The script of a shop's day: what the till sells, what goes wrong, what the bridge makes of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from bridge.cli.demo.ledger import Entry
from bridge.cli.demo.scenes import Scenes
from bridge.cli.demo.till import ApiProblem


@dataclass(slots=True)
class Day(Scenes):
    """One family of printers, one day."""

    async def live(self) -> None:
        if self.stage.script.get("shift"):
            await self._open_shifts()
        await self._ordinary_sales()
        await self._what_is_refused()
        await self._returns_and_cash()
        await self._lost_answer()
        await self._paper_out()
        await self._swapped_cables()
        await self._close()

    # -- scenes ------------------------------------------------------------------------------------------------------

    async def _open_shifts(self) -> None:
        for device in self.stage.devices:
            self.show.scene(f"Before opening, {device.id}", "The shift is opened: here nothing is sold without one.")
            await self._ask("shift opened", device, {"op": "shift.open", "operator": {"name": self.stage.script["operator"]}})

    async def _ordinary_sales(self) -> None:
        first, second = self.stage.devices[:2]
        self.show.scene("Morning", "A sale in cash with a discount on a line, change given back.")
        lines = [self._line(0, "2"), self._line(1, "0.250", discount={"amount": "2.00", "text": "Rabat"})]
        await self._ask(
            "sale, cash with change",
            first,
            self._sale(lines, [{"kind": "cash", "amount": "50.00"}], reference=self._reference(1001)),
        )
        self.show.scene("A company buys", "Card payment, the buyer's tax number on the receipt.")
        sale = self._sale([self._line(3, "2"), self._line(4, "1")], [{"kind": "card", "amount": "88.80", "label": "Karta"}])
        await self._ask("sale, card, buyer's tax id", second, {**sale, "customer": self.stage.script["customer"]})
        self.show.scene("A regular", "Ten percent off the whole receipt, paid half by card and half in cash.")
        lines = [self._line(2, "3"), self._line(0, "1"), self._line(5, "1")]
        payments = [{"kind": "card", "amount": "14.00", "label": "Karta"}, {"kind": "cash", "amount": "20.00"}]
        sale = self._sale(lines, payments, discount={"percent": "10", "text": "Stały klient"})
        await self._ask("sale, discount, two payments", first, sale)

    async def _what_is_refused(self) -> None:
        first = self.stage.devices[0]
        self.show.scene("A mistake in the shop's program", "The total does not add up: refused before a byte is sent.")
        wrong = {**self._sale([self._line(0, "2")], []), "total": "9.50"}
        try:
            await self.till.submit(first.id, wrong)
        except ApiProblem as problem:
            self.show.says(f"✋ {problem.problem['status']} {problem.problem['code']}: {problem}", "yellow")
            self.entries.append(Entry("sale whose sum is wrong", first.id, None, "receipt", "sale"))
        self.show.scene("An impatient click", "The same request twice, under one idempotency key: one receipt.")
        sale = self._sale([self._line(5, "1")], [{"kind": "cash", "amount": "3.20"}])
        jobs = await asyncio.gather(
            *(self.till.submit(first.id, sale, key=f"double-click-{self.stage.family.id}") for _ in range(2))
        )
        self.show.says(f"both answers name one job: {jobs[0]['id'] == jobs[1]['id']}", "green")
        await self._note("sale, clicked twice", first, jobs[0], "sale")

    async def _returns_and_cash(self) -> None:
        first = self.stage.devices[0]
        if self.stage.script["refund"]:
            self.show.scene("A return", "The customer brings the bread back.")
            refund = {**self._sale([self._line(0, "1")], [{"kind": "cash", "amount": "4.50"}]), "kind": "refund"}
            await self._ask("return of goods", first, refund)
        if self.stage.script["cash_out"]:
            self.show.scene("Cash to the safe", "Twenty from the drawer.")
            body = {"op": "cash.out", "amount": "20.00", "currency": self.stage.script["currency"]}
            await self._ask("cash out", first, body)

    async def _lost_answer(self) -> None:
        first = self.stage.devices[0]
        self.show.scene("The worst moment", "The cable breaks after the printer closed the receipt, before its answer arrives.")
        await first.bench.arm(self.stage.script["faults"]["answer_lost"])
        sale = self._sale(
            [self._line(3, "1"), self._line(2, "2")], [{"kind": "cash", "amount": "50.00"}], reference=self._reference(1002)
        )
        await self._ask("sale, answer lost", first, sale)
        self.show.says("The bridge asked the printer itself what had become of the receipt: printed once, known once.")

    async def _paper_out(self) -> None:
        second = self.stage.devices[1]
        self.show.scene("No more paper", "The roll ends in the middle of a receipt.")
        await second.bench.arm(self.stage.script["faults"]["paper_out"])
        job = await self.till.submit(second.id, self._sale([self._line(4, "1")], [{"kind": "card", "amount": "39.00"}]), wait=0)
        waiting = await self._until(job["id"], lambda job: job["attention"] is not None)
        self.show.job(waiting)
        self.show.says("Somebody puts a new roll in.")
        await second.bench.load_paper()
        job = await self._until(job["id"], lambda job: job["state"] in ("done", "failed"))
        await self._note("sale, paper out", second, job, "sale")

    async def _swapped_cables(self) -> None:
        first, second = self.stage.devices[:2]
        self.show.scene("After cleaning", "Somebody plugs the two printers in the other way round.")
        await self.stage.swap_cables()
        job = await self.till.submit(first.id, self._sale([self._line(1, "0.100")], [{"kind": "cash", "amount": "8.00"}]), wait=0)
        waiting = await self._until(job["id"], lambda job: (job["attention"] or {}).get("code") == "device.wrong_device")
        self.show.job(waiting)
        device = await self.till.call("GET", f"/devices/{first.id}")
        self.show.says(f"{first.id} is {device['state']}: {device['reason']}", "yellow")
        self.show.says("Nothing is printed on the wrong printer. The cables are put right.")
        await self.stage.swap_cables()
        job = await self._until(job["id"], lambda job: job["state"] in ("done", "failed"))
        await self._note("sale, cables swapped", first, job, "sale")
        await self._until_ready(second)

    async def _close(self) -> None:
        for device in self.stage.devices:
            self.show.scene(f"Evening, {device.id}", "The daily report (Z): on paper, and as data.")
            job = await self._ask("daily report", device, {"op": "shift.close"})
            report = ((job.get("result") or {}).get("document") or {}).get("report")
            if report:
                self.show.report(report)

    # -- parts -------------------------------------------------------------------------------------------------------

    def _reference(self, number: int) -> str:
        """The shop's own number of a sale; each family's day has its own."""
        return f"{self.stage.family.id}-{number}"

    def _line(self, goods: int, quantity: str, **more: Any) -> dict[str, Any]:
        item = self.stage.script["goods"][goods]
        return {
            "name": item["name"],
            "quantity": quantity,
            "unit": item["unit"],
            "price": item["price"],
            "vat": item["vat"],
            **more,
        }

    def _sale(self, lines: list[dict[str, Any]], payments: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        return {
            "op": "receipt",
            "kind": "sale",
            "currency": self.stage.script["currency"],
            "lines": lines,
            "payments": payments,
            "operator": {"name": self.stage.script["operator"]},
            "fit": "lenient",
            **more,
        }
