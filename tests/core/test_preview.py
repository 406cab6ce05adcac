"""Previews: the checks of a job, the figures and the paper, and nothing stored or sent."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.model import RequestError
from bridge.plugin import PaperText
from tests.core.fake_family import FakeFamily
from tests.core.world import World, in_world, sale


def test_a_preview_tells_totals_and_taxes_and_sends_nothing(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        before = list(world.devices["d1"].seen)
        body = sale("12.30", payments=[{"kind": "cash", "amount": "20.00"}], discount={"amount": "2.30", "text": "Regular"})
        said = await world.bridge.jobs.preview("d1", body)
        assert said.totals is not None
        assert (said.totals.total, said.totals.change, said.totals.lines[0].total) == (
            Decimal("10.00"), Decimal("10.00"), Decimal("12.30"),
        )  # fmt: skip
        assert [(row.letter, row.rate, str(row.tax)) for row in said.taxes] == [("A", "23%", "1.87")]
        assert (said.exact, said.width) == (False, 40)
        assert said.text is not None
        assert "Discount Regular" in said.text
        assert "TOTAL                          PLN 10.00" in said.text
        assert world.devices["d1"].seen == before
        assert (await world.bridge.jobs.list())[0] == []

    in_world(tmp_path, story)


def test_a_preview_works_while_the_device_is_away(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.devices["d1"].off = True
        world.devices["d1"].cut()
        await world.settle()
        assert (await world.bridge.jobs.preview("d1", sale())).text is not None

    in_world(tmp_path, story)


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({**sale(), "total": "9.00"}, "request.invalid", "total"),
        (sale(kind="refund"), "request.unsupported", "kind"),
        ({"op": "receipt", "currency": "PLN", "lines": []}, "request.invalid", "lines"),
        ({"op": "invoice.copy"}, "request.invalid", "op"),
        (sale(deadline="2026-11-20T08:00:00Z"), "request.invalid", "deadline"),
        (sale(deadline="2026-12-20T08:00:00Z"), "request.invalid", "deadline"),
        (sale(retry_of="01J0"), "request.invalid", "retry_of"),
    ],
)
def test_a_preview_is_refused_for_what_a_job_is_refused_for(tmp_path: Path, body: dict[str, Any], code: str, field: str) -> None:
    async def story(world: World) -> None:
        await world.settle()
        refusals = []
        for attempt in (world.bridge.jobs.preview("d1", body), world.sell(body)):
            with pytest.raises(RequestError) as caught:
                await attempt
            refusals.append(caught.value)
        assert refusals[0].problem() == refusals[1].problem()
        assert (refusals[0].code, refusals[0].errors[0].field) == (code, field)

    in_world(tmp_path, story)


def test_a_family_that_knows_its_paper_is_asked_and_one_that_raises_hurts_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(world: World) -> None:
        await world.settle()
        monkeypatch.setattr(FakeFamily, "paper", lambda *_: PaperText(("Tea   10.00  ",), 12, "cp437", ("header",)))
        said = await world.bridge.jobs.preview("d1", sale())
        assert (said.text, said.width, said.code_page, said.omitted, said.exact) == (
            "Tea   10.00\n", 12, "cp437", ("header",), True,
        )  # fmt: skip

        def broken(*_: Any) -> None:
            raise ZeroDivisionError("a bug in paper")

        monkeypatch.setattr(FakeFamily, "paper", broken)
        with pytest.raises(RequestError) as caught:
            await world.bridge.jobs.preview("d1", sale())
        assert caught.value.code == "plugin.error"
        assert (await world.sell()).state == "done"

    in_world(tmp_path, story)
