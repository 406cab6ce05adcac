"""The time zone of a simulated device's clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bridge_simulators.zones import clock_in, read_zone


def test_any_clock_is_read_in_the_zone_of_the_device() -> None:
    clock = clock_in(read_zone("Europe/Moscow", "Europe/Moscow"), lambda: datetime(2026, 11, 20, 22, 30, tzinfo=UTC))
    assert clock().isoformat() == "2026-11-21T01:30:00+03:00"


def test_without_a_clock_it_is_that_of_the_machine() -> None:
    told = clock_in(read_zone("Europe/Moscow", "Europe/Moscow"), None)()
    assert told.utcoffset() is not None
    assert told.tzname() == "MSK"


@pytest.mark.parametrize("name", ["Europe/Moskva", "", "../etc/passwd", "Europe"])
def test_what_is_no_zone_is_refused_with_one_that_is(name: str) -> None:
    with pytest.raises(ValueError, match=r"Setting 'zone' must name a time zone such as Europe/Warsaw, not"):
        read_zone(name, "Europe/Warsaw")
