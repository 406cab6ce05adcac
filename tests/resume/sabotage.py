"""Broken feeds, to show that the run finds them out."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

from bridge.jobs.events import EventFeed, Listener
from bridge.store.database import Database
from tests.station import Station

_REFUSED_EVERY = 8
"""Of the commits that were told of early, so that it shows in a short run as well."""


@contextlib.contextmanager
def told_before_the_commit(station: Station) -> Iterator[None]:
    """Events are told as soon as they are written; whether the disk takes them shows later."""
    refuse = station.before_commit
    assert refuse is not None
    loops_thread = threading.get_ident()
    commits = itertools.count(1)

    def early() -> None:
        feed = station.bridge.events if hasattr(station, "bridge") else None
        if feed is not None and feed._listeners and threading.get_ident() != loops_thread:
            told = threading.Event()

            def tell(feed: EventFeed = feed) -> None:
                feed._tell()
                told.set()

            # What the loop reads now is not committed; the reader below sees it all the same.
            feed._loop.call_soon_threadsafe(tell)
            told.wait(1.0)
            if next(commits) % _REFUSED_EVERY == 0:
                raise OSError("no space left on device")
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
    """Who has read the journal listens from the newest event on, as soon as there is one."""
    original = EventFeed.join

    def join(self: EventFeed, listener: Any) -> None:
        def later() -> None:
            if listener._ended:
                return
            last = self.span().last
            if last == listener.position:
                self._loop.call_later(0.002, later)
                return
            listener.position = last
            original(self, listener)

        later()

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
