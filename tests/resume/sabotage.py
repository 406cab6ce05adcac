"""Broken feeds, to show that the run finds them out."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from unittest.mock import patch

from bridge.jobs.events import EventFeed, Listener
from bridge.store.database import Database
from tests.station import Station


@contextlib.contextmanager
def told_before_the_commit(station: Station) -> Iterator[None]:
    """Events are told as soon as they are written; whether the disk takes them shows later."""
    refuse = station.before_commit
    assert refuse is not None

    def early() -> None:
        feed = station.bridge.events if hasattr(station, "bridge") else None
        if feed is not None and feed._listeners:
            # What the loop reads now is not committed; the reader below sees it all the same.
            feed._loop.call_soon_threadsafe(feed._tell)
            time.sleep(0.005)
        refuse()

    original = Database.__init__

    def one_connection(self: Database, *arguments: object, **options: object) -> None:
        original(self, *arguments, **options)  # type: ignore[arg-type]
        self._reader.close()
        self._reader = self._writer

    station.before_commit = early
    with patch.object(Database, "__init__", one_connection):
        yield


@contextlib.contextmanager
def lost_at_the_seam(station: Station) -> Iterator[None]:
    """Who has read the journal listens from the newest event on, a moment later."""
    original = EventFeed.join

    def join(self: EventFeed, listener: Listener) -> None:
        def later() -> None:
            listener.position = self.span().last
            original(self, listener)

        self._loop.call_later(0.002, later)

    with patch.object(EventFeed, "join", join):
        yield


@contextlib.contextmanager
def told_twice_at_the_seam(station: Station) -> Iterator[None]:
    """Who joins is told the last event that it has read once more."""
    original = EventFeed.join

    def join(self: EventFeed, listener: Listener) -> None:
        listener.position = max(0, listener.position - 1)
        original(self, listener)

    with patch.object(EventFeed, "join", join):
        yield


SABOTAGE: dict[str, Callable[[Station], contextlib.AbstractContextManager[None]]] = {
    "early": told_before_the_commit,
    "seam": lost_at_the_seam,
    "twice": told_twice_at_the_seam,
}
