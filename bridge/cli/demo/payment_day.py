"""The script of a terminal's day: cards that are taken and declined, a customer who leaves, and answers that get lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bridge.cli.demo.scenes import Scenes


@dataclass(slots=True)
class PaymentDay(Scenes):
    """One family of terminals, one day."""

    async def live(self) -> None:
        await self._cards()
        await self._nobody_pays()
        await self._end_lost()
        await self._answer_lost()
        await self._taken_back()
        await self._close()

    # -- scenes ------------------------------------------------------------------------------------------------------

    async def _cards(self) -> None:
        first = self.stage.devices[0]
        self.show.scene("A card", "The customer taps a card; the terminal decides, the bridge tells.")
        await self._ask("card payment", first, self._purchase(0))
        self.show.scene("Another card", "The host declines: that is done, and no success, so that nobody misreads it.")
        await first.bench.switch(self.stage.script["customers"]["declined"])
        await self._ask("card payment, declined", first, self._purchase(1))
        await first.bench.switch(self.stage.script["customers"]["willing"])

    async def _nobody_pays(self) -> None:
        first = self.stage.devices[0]
        self.show.scene("A forgotten purse", "Nobody presents a card. The cashier gives up; the terminal has the last word.")
        await first.bench.switch(self.stage.script["customers"]["absent"])
        job = await self.till.submit(first.id, self._purchase(2), wait=0)
        waiting = await self._until(job["id"], lambda job: (job["attention"] or {}).get("code") == "terminal.present_card")
        self.show.job(waiting)
        answer = await self.till.call("POST", f"/jobs/{job['id']}/abort", {})
        self.show.says(f"abort: {answer['abort']}")
        job = await self._until(job["id"], lambda job: job["state"] in ("done", "failed"))
        await self._note("card payment, given up", first, job, None)
        await first.bench.switch(self.stage.script["customers"]["willing"])

    async def _end_lost(self) -> None:
        first = self.stage.devices[0]
        self.show.scene("The last word is lost", "The card is charged and the till has confirmed it; the line breaks then.")
        await first.bench.arm(self.stage.script["faults"]["end_lost"])
        await self._ask("card payment, end lost", first, self._purchase(3))
        self.show.says("The bridge asked the terminal what it keeps as its last payment: charged once, known once.")

    async def _answer_lost(self) -> None:
        second = self.stage.devices[1]
        await self._ask("card payment", second, self._purchase(0))
        self.show.scene("The worst moment", "The card is charged; the line breaks before the till can confirm it.")
        await second.bench.arm(self.stage.script["faults"]["answer_lost"])
        await self._ask("card payment, answer lost", second, self._purchase(3))
        self.show.says(
            "The terminal has taken it back, and the bridge found that out: nothing is charged, the till may ask again."
        )

    async def _taken_back(self) -> None:
        first = self.stage.devices[0]
        self.show.scene("A change of mind", "The first payment is taken back, by the job that made it.")
        paid = next(entry for entry in self.entries if entry.op == "payment.purchase")
        await self._ask("reversal", first, {"op": "payment.reversal", "original": {"job": paid.job}})

    async def _close(self) -> None:
        for device in self.stage.devices:
            self.show.scene(f"Evening, {device.id}", "The terminal closes its batch; its totals are data.")
            job = await self._ask("end of day", device, {"op": "terminal.reconcile"})
            totals = ((job.get("result") or {}).get("reconciliation") or {}).get("totals") or []
            for row in totals:
                if row["count"]:
                    self.show.says(f"{row['count']} {row['scheme']}: {row['amount']}")

    # -- parts -------------------------------------------------------------------------------------------------------

    def _purchase(self, number: int) -> dict[str, Any]:
        script = self.stage.script
        return {"op": "payment.purchase", "amount": script["amounts"][number], "currency": script["currency"]}
