"""A station for each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.station import Station


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    station = Station(tmp_path / "data")
    await station.start()
    yield station
    for device in station.devices.values():
        if device.gate is not None:
            device.gate.set()
    async with asyncio.timeout(20):
        await station.stop()
