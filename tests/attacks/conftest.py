"""A scene for each module, and behind each attack the look at what it left."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.attacks.scene import Scene, staged


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """A module may have limits of its own (SETTINGS) and tell users its own way (LOOKUP). When all its attacks are over a right
    sale still goes through."""
    lookup, settings = getattr(request.module, "LOOKUP", None), getattr(request.module, "SETTINGS", {})
    async with staged(tmp_path_factory.mktemp("attacked") / "data", lookup, **settings) as made:
        yield made
        before = len(made.printer.device.documents())
        await made.sells()
        assert len(made.printer.device.documents()) == before + 1


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def nothing_happened(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """No attack leaves anything: no byte at a device, nothing in the journal, no token more, less or other."""
    if "scene" not in request.fixturenames:
        yield
        return
    scene: Scene = request.getfixturevalue("scene")
    scene.baseline = scene.traces()
    yield
    assert scene.traces() == scene.baseline
