"""What the plugin API does alike for the wire logs of every family: whose bytes a frame is made of, and when they came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bridge.plugin import DescribedFrame, FrameReader, one_line
from bridge.transport import Direction

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


class Lines:
    """A codec of lines; what ends with nothing is garbage."""

    def __init__(self) -> None:
        self._kept = b""

    @property
    def inside(self) -> bool:
        return bool(self._kept)

    def feed(self, data: bytes) -> Iterator[bytes]:
        *whole, self._kept = (self._kept + data).split(b"\n")
        return iter(whole)

    def interrupt(self) -> Iterator[bytes]:
        kept, self._kept = self._kept, b""
        return iter((b"?" + kept,) if kept else ())


class LineReader(FrameReader[bytes]):
    def described(self, event: bytes, direction: Direction, began: datetime, at: datetime) -> DescribedFrame:
        return DescribedFrame(began, at, direction, event.decode())


def told(frames: list[DescribedFrame]) -> list[tuple[str, Direction, float, float]]:
    return [(f.title, f.direction, (f.began - NOON).total_seconds(), (f.at - NOON).total_seconds()) for f in frames]


def test_a_frame_has_the_times_of_its_first_and_its_last_byte() -> None:
    reader = LineReader(lambda _: Lines())
    frames: list[DescribedFrame] = []
    for second, direction, data in (
        (0, Direction.OUT, b"sa"),
        (1, Direction.IN, b"o"),  # the other direction is another frame
        (2, Direction.OUT, b"le\nto"),
        (3, Direction.IN, b"k\n"),
        (4, Direction.OUT, b"tal\nthe end"),
    ):
        frames += reader.feed(data, direction, NOON + timedelta(seconds=second))
    frames += reader.flush()
    assert told(frames) == [
        ("sale", Direction.OUT, 0, 2),
        ("ok", Direction.IN, 1, 3),
        ("total", Direction.OUT, 2, 4),
        ("?the end", Direction.OUT, 4, 4),
    ]
    assert list(reader.flush()) == []


def test_a_reader_may_learn_late_how_the_connection_is_framed() -> None:
    reader = LineReader()
    reader.speak(lambda _: Lines())
    [frame] = reader.feed(b"sale\n", Direction.OUT, NOON)
    assert frame.title == "sale"


def test_foreign_text_stays_on_one_line() -> None:
    assert one_line("Kawa\n\x1b[31mzł\x7f") == "Kawa\\n\\x1b[31mzł\\x7f"
