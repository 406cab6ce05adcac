"""The look at what an attack left is no good if it sees nothing: here it has to see something."""

from __future__ import annotations

import pytest

from tests.attacks.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_sale_is_seen_on_the_wire_at_the_printer_and_in_the_journal(scene: Scene) -> None:
    before = scene.traces()
    async with scene.lawful():
        await scene.sells()
    after = scene.traces()
    assert after.wire != before.wire
    assert {"trinit", "trline", "trend"} <= set(after.frames)
    assert after.documents == before.documents + 1
    assert after.rows["jobs"] == before.rows["jobs"] + 1
    assert after.rows["events"] > before.rows["events"]


async def test_a_question_to_the_printer_is_seen_though_it_changes_nothing(scene: Scene) -> None:
    before = scene.traces()
    async with scene.lawful():
        assert (await scene.ask("GET", "/api/v1/devices/till-1/status")).status == 200
    after = scene.traces()
    assert after.wire != before.wire
    assert after.rows == before.rows


async def test_a_new_secret_is_seen_though_no_token_is_more(scene: Scene) -> None:
    before = scene.traces()
    async with scene.lawful():
        assert (
            await scene.ask("POST", f"/api/v1/tokens/{scene.tokens['other'].id}/rotate", {}, origin=None, token="admin")
        ).status == 200
    after = scene.traces()
    assert after.tokens != before.tokens
    assert after.rows["audit"] == before.rows["audit"] + 1
