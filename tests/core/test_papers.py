"""The paper of jobs, as the host finds it: by the device's rules while it is there, and also when it is not any more."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.model import Document, Paper, RequestError, Result
from bridge.paper import Sheet, text
from bridge.paper.model import Mark, Verbatim
from bridge.plugin import PaperText
from tests.core.fake_family import FakeFamily
from tests.core.world import TILL, World, in_world, sale


def marks(sheet: Sheet) -> list[str]:
    return [row.text for row in sheet.rows if isinstance(row, Mark)]


def test_a_receipt_has_the_figures_letters_and_number_of_its_device(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        job = await world.sell(sale("12.30", payments=[{"kind": "cash", "amount": "20.00"}], reference="A-1"))
        page = text.render(await world.bridge.jobs.paper(job.id))
        assert "Tea                   1 x 12.30  12.30 A\n" in page
        assert "  tax A 23%                         2.30\n" in page
        assert "Change                              7.70\n" in page
        assert f"Number{'1':>34}\n" in page
        assert "A-1" in page

    in_world(tmp_path, story)


def test_the_familys_own_layout_is_taken_and_one_that_raises_costs_no_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(world: World) -> None:
        await world.settle()
        job = await world.sell()
        monkeypatch.setattr(FakeFamily, "paper", lambda *_: PaperText(("Tea   10.00",), 30, "cp437", ("header",)))
        sheet = await world.bridge.jobs.paper(job.id)
        assert Verbatim(("Tea   10.00",)) in sheet.rows
        assert sheet.width == 30

        def broken(*_: Any) -> None:
            raise ZeroDivisionError("a bug in paper")

        monkeypatch.setattr(FakeFamily, "paper", broken)
        sheet = await world.bridge.jobs.paper(job.id)
        assert dict(sheet.figures())["total"] == "PLN 10.00"
        with pytest.raises(RequestError) as caught:
            await world.bridge.jobs.preview_paper("d1", sale())
        assert caught.value.code == "plugin.error"

    in_world(tmp_path, story)


def test_a_receipt_of_a_device_that_was_removed_is_still_drawn(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        job = await world.sell()
        await world.bridge.devices.remove(TILL, "d1")
        figures = dict((await world.bridge.jobs.paper(job.id)).figures())
        assert (figures["total"], figures["tax"]) == ("PLN 10.00", "1.87")

    in_world(tmp_path, story)


def test_a_job_in_doubt_is_marked_until_it_is_settled(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        world.devices["d1"].lose_answer_of = "issue"
        world.family.recoveries = ["operator"]
        job = await world.sell(wait=5)
        assert job.state == "unresolved"
        assert marks(await world.bridge.jobs.paper(job.id)) == ["UNRESOLVED: not known whether issued"]
        await world.bridge.jobs.resolve(TILL, job.id, "not_issued", "there is none")
        assert marks(await world.bridge.jobs.paper(job.id)) == ["NOT ISSUED"]

    in_world(tmp_path, story)


def test_the_devices_own_words_go_before_all_else(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async def says(*_: Any) -> Result:
            return Result(document=Document(number="1", fiscal=True, text="OWN WORDS   1"), paper=Paper.PRINTED)

        world.family.behaviour = says
        await world.settle()
        sheet = await world.bridge.jobs.paper((await world.sell()).id)
        assert Verbatim(("OWN WORDS   1",)) in sheet.rows

    in_world(tmp_path, story)


@pytest.mark.parametrize("op", ["drawer.open"])
def test_what_prints_nothing_is_refused_by_name(tmp_path: Path, op: str) -> None:
    async def story(world: World) -> None:
        await world.settle()
        job = await world.sell({"op": op})
        with pytest.raises(RequestError) as caught:
            await world.bridge.jobs.paper(job.id)
        assert (caught.value.code, caught.value.status) == ("request.no_paper", 404)
        with pytest.raises(RequestError) as caught:
            await world.bridge.jobs.preview_paper("d1", {"op": op})
        assert caught.value.code == "request.no_paper"

    in_world(tmp_path, story)


def test_after_its_details_are_pruned_a_job_has_no_paper(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        job = await world.sell()
        later = world.bridge.clock.now() + timedelta(days=1)
        await world.bridge.store.journal.prune(details_before=later, all_before=later - timedelta(days=900))
        with pytest.raises(RequestError) as caught:
            await world.bridge.jobs.paper(job.id)
        assert caught.value.code == "request.no_paper"
        assert "no longer kept" in caught.value.detail

    in_world(tmp_path, story)


def test_a_preview_as_paper_passes_the_checks_of_a_job(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        assert marks(await world.bridge.jobs.preview_paper("d1", sale())) == ["PREVIEW: nothing was printed"]
        with pytest.raises(RequestError) as caught:
            await world.bridge.jobs.preview_paper("d1", {**sale(), "total": "9.00"})
        assert caught.value.code == "request.invalid"
        assert (await world.bridge.jobs.list())[0] == []

    in_world(tmp_path, story)
