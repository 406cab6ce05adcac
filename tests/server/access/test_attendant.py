"""The attendant's PIN: which digits may be one, how few guesses there are, and when a session ends."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bridge.model import Actor, RequestError
from bridge.server.access.attendant import Attendants
from bridge.server.access.pin import PinHash, generate, weakness
from bridge.server.access.scopes import ATTENDANT, CALLS, Right
from bridge.server.settings import ServerSettings
from tests.server.fake_bridge import FakeTokens

ADMIN = Actor(principal="native:admin", label="admin")
PIN = "730518"
OWN = "http://127.0.0.1:47811"
SETTINGS = ServerSettings(pin_cost=4)


class Clock:
    """Monotonic time that moves when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Kept(FakeTokens):
    """Storage that keeps the PIN's row."""

    def __init__(self) -> None:
        super().__init__()
        self.row: Any = None
        self.disk: asyncio.Event | None = None
        self.asked = 0

    def attendant(self) -> dict[str, Any] | None:
        return None if self.row is None else dict(self.row)

    async def put_attendant(self, value: Any, entry: Any) -> None:
        self.asked += 1
        if self.disk is not None:  # as the journal's writer: in the order in which it was asked
            await self.disk.wait()
        self.row = value
        self.entries.append(entry)


class Door:
    """The PIN of one data directory, over restarts."""

    def __init__(self, settings: ServerSettings = SETTINGS) -> None:
        self.clock, self.kept, self.settings = Clock(), Kept(), settings
        self.start()

    def start(self) -> None:
        self.attendants = Attendants(self.settings, self.kept, self._now, self.clock)

    def _now(self) -> datetime:
        return datetime(2026, 11, 20, tzinfo=UTC) + timedelta(seconds=self.clock.seconds)

    async def open(self, pin: str = PIN, who: str = "user 1") -> str:
        minted, _ = await self.attendants.open(pin, OWN, None, who, "anna")
        return minted.id

    async def code(self, pin: str = PIN, who: str = "user 1") -> str:
        try:
            await self.open(pin, who)
        except RequestError as error:
            return error.code
        return "open"

    @property
    def actions(self) -> list[str]:
        return [entry.action for entry in self.kept.entries]


async def a_door(settings: ServerSettings = SETTINGS, devices: frozenset[str] | None = None) -> Door:
    door = Door(settings)
    await door.attendants.set(PIN, devices, ADMIN)
    return door


@pytest.mark.parametrize("pin", ["000000", "121212", "123456", "987654", "890123", "112211", "4444444444"])
def test_digits_that_are_tried_first_are_no_pin(pin: str) -> None:
    assert weakness(pin) is not None


def test_a_generated_pin_is_none_of_those() -> None:
    for _ in range(200):
        pin = generate()
        assert len(pin) == 6
        assert weakness(pin) is None


def test_a_pin_is_kept_as_a_hash_with_a_salt_of_its_own_and_shown_nowhere() -> None:
    first, second = PinHash.of(PIN, 4), PinHash.of(PIN, 4)
    assert first.hash != second.hash
    assert first.fits(PIN)
    assert not first.fits("730519")
    assert PinHash.from_json(first.as_json()).fits(PIN)
    assert not PinHash.of_nobody(4).fits(PIN)
    assert PIN not in f"{first} {first.as_json()}"


async def test_two_wrong_pins_cost_nothing_then_each_makes_the_next_wait_longer() -> None:
    door = await a_door()
    pauses = []
    for _ in range(9):
        assert await door.code("111222") == "gate.pin_wrong"
        pauses.append(door.attendants.guesses.pause("user 1"))
        door.clock.seconds += pauses[-1]
    assert pauses == [0, 0, 2, 4, 8, 16, 32, 64, 128]


async def test_ten_wrong_pins_lock_it_for_an_hour_and_each_further_one_again() -> None:
    door = await a_door()
    for _ in range(10):
        assert await door.code("111222") == "gate.pin_wrong"
        door.clock.seconds += 301
    assert await door.code() == "gate.rate", "the right one neither"
    assert door.attendants.state()["locked_for"] > 3000
    door.clock.seconds += 3600
    assert await door.code("111222") == "gate.pin_wrong"
    assert await door.code() == "gate.rate"
    assert door.actions.count("attendant.locked") == 2
    door.clock.seconds += 3600
    assert await door.code() == "open"
    assert door.attendants.state()["locked_for"] == 0


async def test_a_right_pin_makes_the_wrong_ones_before_it_forgotten() -> None:
    door = await a_door()
    for _ in range(5):
        await door.code("111222")
        await door.code("111222")
        assert await door.code() == "open"
    assert door.attendants.guesses.wrong == 0


async def test_one_peer_locks_itself_out_and_no_other_until_all_together_are_too_many() -> None:
    door = await a_door(replace(SETTINGS, pin_tries_of_all=12, pin_tries_per_hour=3600.0))
    for _ in range(10):
        await door.code("111222", "user 1")
        door.clock.seconds += 301
    assert await door.code(who="user 1") == "gate.rate"
    assert await door.code(who="user 2") == "open"
    door = await a_door(replace(SETTINGS, pin_tries_of_all=12, pin_tries_per_hour=1.0))
    said = [await door.code("111222", f"user {number}") for number in range(20)]
    assert said == ["gate.pin_wrong"] * 12 + ["gate.rate"] * 8
    assert await door.code(who="user 99") == "gate.rate"


async def test_an_administrator_unlocks_it_and_a_new_pin_does_too() -> None:
    door = await a_door()
    for _ in range(10):
        await door.code("111222")
        door.clock.seconds += 301
    await door.attendants.unlock(ADMIN)
    assert await door.code() == "open"
    for _ in range(10):
        await door.code("111222")
        door.clock.seconds += 301
    await door.attendants.set("905281", None, ADMIN)
    assert await door.code("905281") == "open"
    assert door.actions[-3:] == ["attendant.locked", "attendant.pin_set", "attendant.opened"]


async def test_a_restart_is_no_fresh_start_for_who_guesses_and_leaves_no_session() -> None:
    door = await a_door()
    token_id = await door.open()
    for _ in range(10):
        await door.code("111222")
        door.clock.seconds += 301
    door.start()
    assert door.attendants.find(token_id) is None
    for who in ("user 1", "user 2"):
        assert await door.code(who=who) == "gate.rate"
    door.clock.seconds += 3601
    assert await door.code() == "open"
    door.start()
    assert await door.code() == "open"


async def test_tries_at_the_same_moment_are_one_and_the_others_wait() -> None:
    door = await a_door(replace(SETTINGS, pin_cost=12))
    said = await asyncio.gather(*(door.code(f"1112{number:02}") for number in range(20)))
    assert said.count("gate.pin_wrong") == 1
    assert said.count("gate.rate") == 19


async def test_without_a_pin_every_one_is_wrong_in_the_same_words_and_by_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[int] = []
    fits = PinHash.fits

    def counted(self: PinHash, pin: str) -> bool:
        checked.append(self.cost)
        return fits(self, pin)

    monkeypatch.setattr(PinHash, "fits", counted)
    without, with_one = Door(), await a_door()
    told = []
    for door in (without, with_one):
        with pytest.raises(RequestError) as refusal:
            await door.open("111222")
        told.append(refusal.value.problem())
    assert told[0] == told[1]
    assert checked == [4, 4]


async def test_a_session_has_the_rights_and_devices_of_an_attendant_and_sees_the_jobs_of_all_tills() -> None:
    door = await a_door(devices=frozenset({"till-1"}))
    principal = door.attendants.find(await door.open())
    assert principal is not None
    assert principal.scope.rights == {Right.DEVICES_READ, Right.RESOLVE}
    assert not principal.administers
    assert principal.owns("till-1", "web:https://pos.example.com", "till-7")
    assert not principal.owns("till-2", "web:https://pos.example.com", "till-7")
    assert (principal.origin, principal.attends) == (OWN, True)


async def test_a_session_ends_when_nobody_is_there_and_after_a_day_whoever_is() -> None:
    door = await a_door()
    token_id = await door.open()
    for _ in range(60):
        door.clock.seconds += SETTINGS.attendant_idle_seconds - 1
        if door.attendants.find(token_id) is None:
            break
        door.attendants.present(token_id)
    else:
        pytest.fail("it never ended")
    assert SETTINGS.attendant_seconds - 1000 < door.clock.seconds - 1000 < SETTINGS.attendant_seconds + 1000
    token_id = await door.open()
    door.clock.seconds += SETTINGS.attendant_idle_seconds
    assert door.attendants.find(token_id) is None
    door.attendants.present(token_id)
    assert door.attendants.find(token_id) is None, "what has ended stays so"


async def test_another_pin_or_none_ends_the_sessions() -> None:
    door = await a_door()
    told: list[str] = []
    door.attendants.on_change = lambda: told.append("changed")
    first = await door.open()
    await door.attendants.set("905281", None, ADMIN)
    assert door.attendants.find(first) is None
    second = await door.open("905281")
    assert door.attendants.state()["sessions"] == 1
    await door.attendants.remove(ADMIN)
    assert door.attendants.find(second) is None
    assert await door.code("905281") == "gate.pin_wrong"
    assert told == ["changed", "changed"]
    with pytest.raises(RequestError, match="no PIN"):
        await door.attendants.remove(ADMIN)


async def test_a_pin_that_is_taken_away_while_it_is_checked_opens_nothing() -> None:
    door = await a_door(replace(SETTINGS, pin_cost=14))
    opening = asyncio.create_task(door.code())
    await asyncio.sleep(0)
    await door.attendants.remove(ADMIN)
    assert await opening == "gate.pin_wrong"
    assert door.attendants.state()["sessions"] == 0


@pytest.mark.parametrize("what", ["set", "remove"])
async def test_a_guess_while_the_pin_is_changed_does_not_bring_the_old_one_back(what: str) -> None:
    """The guess is written down with the row of the PIN, behind the change: after a restart that row is what counts."""
    door = Door()
    await door.attendants.set(PIN, None, ADMIN)
    door.kept.disk = asyncio.Event()
    change = door.attendants.set("862041", None, ADMIN) if what == "set" else door.attendants.remove(ADMIN)
    changing = asyncio.create_task(change)
    while door.kept.asked < 2:
        await asyncio.sleep(0)
    guessing = asyncio.create_task(door.code("111222"))
    while door.attendants.guesses.wrong == 0 or door.attendants._checking:
        await asyncio.sleep(0)
    door.kept.disk.set()
    await changing
    assert await guessing == "gate.pin_wrong"
    door.start()
    door.clock.seconds += 10
    assert await door.code(PIN) == "gate.pin_wrong"
    if what == "set":
        door.clock.seconds += 10
        assert await door.code("862041") == "open"
    else:
        assert door.kept.row is None


async def test_nothing_that_is_written_down_has_a_pin_in_it() -> None:
    door = await a_door()
    await door.open()
    await door.code("111222")
    everything = f"{door.kept.entries} {door.kept.row} {door.attendants.state()} {vars(door.attendants)}"
    assert PIN not in everything
    assert "111222" not in everything
    assert {entry.actor.principal for entry in door.kept.entries} == {"native:admin", "attendant"}


def test_an_attendant_may_make_calls_that_there_are_and_none_that_change_the_set_up() -> None:
    assert set(CALLS) >= ATTENDANT
    touching = ("token", "pairing.list", "pairing.decide", "audit", "config", "wire", "trace", "submit", "discovery", "metrics")
    assert not [name for name in ATTENDANT if any(word in name for word in touching)]
