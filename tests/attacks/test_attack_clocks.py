"""The PC's clock is set back, or forward: what is short-lived goes by the monotonic clock, which nobody sets."""

from __future__ import annotations

import pytest

from bridge.model import RequestError
from bridge.server.access.console import ConsoleSessions
from bridge.server.access.pairing import Pairings, State
from bridge.server.access.scopes import TILL
from bridge.server.access.secret import mint
from bridge.server.principals import Kind
from bridge.server.settings import ServerSettings

NEW = "https://new.example.com"


class Clock:
    """A monotonic clock under the hand of a test."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.mark.attack("A60")
def test_a_pairing_runs_out_by_the_monotonic_clock_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    pairings = Pairings(ServerSettings(), monotonic=clock)
    made = pairings.ask(NEW, "Till", TILL, None)
    clock.at += 119.9
    assert pairings.judge(made.id, made.code) is made
    clock.at += 0.2
    for wall in (0.0, 10.0**12):  # the PC's clock says that nothing has happened yet, or everything long ago
        monkeypatch.setattr("time.time", lambda wall=wall: wall)
        with pytest.raises(RequestError, match="no such pairing"):
            pairings.judge(made.id, made.code)
    assert made.state is State.EXPIRED


@pytest.mark.attack("A60")
def test_an_approved_token_that_nobody_fetched_is_taken_back_by_the_monotonic_clock() -> None:
    clock, taken_back = Clock(), []
    pairings = Pairings(ServerSettings(), monotonic=clock)
    pairings.lapsed = taken_back.append
    made = pairings.ask(NEW, "Till", TILL, None)
    minted = mint(Kind.WEB)
    clock.at += 119.0
    pairings.approve(made, minted, TILL)
    clock.at += 29.0
    pairings.expire()
    assert taken_back == []
    clock.at += 2.0
    pairings.expire()
    assert taken_back == [minted.id]
    assert pairings.collect(made) is None


@pytest.mark.attack("A60")
def test_a_consoles_link_and_session_run_out_by_the_monotonic_clock_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    sessions = ConsoleSessions(ServerSettings(), monotonic=clock)
    late, _ = sessions.link()
    clock.at += 60.0
    monkeypatch.setattr("time.time", lambda: 0.0)
    with pytest.raises(RequestError, match="too old"):
        sessions.open(late, "http://127.0.0.1:1", None)
    code, _ = sessions.link()
    minted, _ = sessions.open(code, "http://127.0.0.1:1", None)
    clock.at += 8 * 3600 - 1
    assert sessions.find(minted.id) is not None
    clock.at += 1
    assert sessions.find(minted.id) is None
