"""Two users of the operating system, each in a process of its own, before one bridge. Needs root, to become them."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge.server.pages import PAGES
from bridge.server.peers.linux import LinuxPeers
from bridge.server.routes import ROUTES
from bridge.server.routing import parameter_names
from bridge.server.settings import ServerSettings
from tests.core.fake_family import FakeDevice
from tests.sessions.as_user import User, user
from tests.station import SALE, Station


def _why_not() -> str | None:
    if sys.platform != "linux":
        return "users are told by Linux's socket table here"
    if os.geteuid() != 0:
        return "only root can become two other users"
    mapped = sum(int(line.split()[2]) for line in Path("/proc/self/uid_map").read_text().splitlines())
    return None if mapped > 65536 else "this container knows too few users"


pytestmark = pytest.mark.skipif(_why_not() is not None, reason=_why_not() or "")

ORIGIN = "https://kasa.example"
_PAGE = {"Origin": ORIGIN}

# What nobody may learn who is not let in: the ids of devices, what they are, and which bridge this is.
_SECRETS = ("kasa-", "SER-", "fake", "instance_id", "version")

_HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


class _OwnedBy(LinuxPeers):
    """As if this user had started the bridge; who comes is told by the system."""

    def __init__(self, uid: int) -> None:
        super().__init__()
        self._uid = uid

    def own_user_id(self) -> str:
        return str(self._uid)


def _unused() -> list[int]:
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    return [uid for uid in range(47811, 47900) if uid not in taken][:2]


@pytest.fixture(scope="module")
def two_processes() -> Iterator[tuple[User, User]]:
    first, second = _unused()
    with user(first) as anna, user(second) as bert:
        yield anna, bert


@pytest.fixture
def anna(two_processes: tuple[User, User]) -> User:
    two_processes[0].seen.clear()
    return two_processes[0]


@pytest.fixture
def bert(two_processes: tuple[User, User]) -> User:
    two_processes[1].seen.clear()
    return two_processes[1]


def _devices() -> dict[str, FakeDevice]:
    return {"kasa-anna": FakeDevice(serial="SER-ANNA"), "kasa-bert": FakeDevice(serial="SER-BERT")}


@pytest.fixture
async def shared(tmp_path: Path) -> AsyncIterator[Station]:
    settings = ServerSettings(port=0, users="shared", stop_seconds=1.0, pairing_each_seconds=0.001)
    station = Station(tmp_path, settings, devices=_devices())
    await station.start()
    yield station
    await station.stop()


@pytest.fixture
async def personal(tmp_path: Path) -> AsyncIterator[Station]:
    station = Station(tmp_path, ServerSettings(port=0, stop_seconds=1.0), devices=_devices())
    await station.start()
    yield station
    await station.stop()


async def _pair(station: Station, who: User, device: str, onlooker: User) -> tuple[str, str]:
    """A page of this user asks, the administrator lets it in, the page fetches its token: its text and id. The other user
    knows the pairing's id and gets nothing for it."""
    url = f"{station.server.url}/api/v1/pairing"
    status, _, asked = await who.http("POST", url, {"origin": ORIGIN, "app_name": "Kasa"}, _PAGE)
    assert status == 202, asked
    status, waiting, _ = await station.http("GET", "/pairing", Authorization=f"Bearer {station.token}")
    assert [one["user"] for one in waiting["pairings"]] == [str(who.uid)], "the one who decides sees whose page it is"
    decision = {
        "decision": "approve",
        "code": asked["verification_code"],
        "label": device,
        "devices": [device],
        "aliases": {"@fiscal": device},
    }
    path = f"/pairing/{asked['pairing_id']}"
    status, decided, _ = await station.http("POST", f"{path}/decision", decision, Authorization=f"Bearer {station.token}")
    assert (status, decided["token"]["user_id"]) == (200, str(who.uid))
    status, _, told = await onlooker.http("GET", f"{url}/{asked['pairing_id']}", headers=_PAGE)
    assert (status, told["code"]) == (404, "request.not_found")
    status, _, told = await who.http("GET", f"{url}/{asked['pairing_id']}", headers=_PAGE)
    assert (status, told["state"]) == (200, "approved")
    return told["token"], told["token_id"]


def _with(token: str, key: str | None = None) -> dict[str, str]:
    headers = {**_PAGE, "Authorization": f"Bearer {token}", "Prefer": "wait=30"}
    return headers if key is None else {**headers, "Idempotency-Key": key}


async def test_a_token_works_for_the_user_who_asked_for_it_and_for_no_other(shared: Station, anna: User, bert: User) -> None:
    api = f"{shared.server.url}/api/v1"
    token, token_id = await _pair(shared, anna, "kasa-anna", bert)
    status, _, session = await anna.http("GET", f"{api}/session", headers=_with(token))
    assert (status, session["aliases"]) == (200, {"@fiscal": "kasa-anna"})
    assert await anna.sign_in(shared.server.url, ORIGIN, token, token_id) == (None, None)
    for path in ("/session", "/devices", "/devices/kasa-anna", "/devices/@fiscal/status", "/jobs", "/ping", "/nothing"):
        status, _, problem = await bert.http("GET", api + path, headers=_with(token))
        assert (status, problem["code"]) == (403, "gate.wrong_session"), path
    status, _, problem = await bert.http("POST", f"{api}/devices/@fiscal/jobs", SALE, _with(token, "stolen"))
    assert (status, problem["code"]) == (403, "gate.wrong_session")
    status, _, problem = await bert.http("POST", f"{api}/session/rotate", {}, _with(token))
    assert (status, problem["code"]) == (403, "gate.wrong_session")
    assert await bert.sign_in(shared.server.url, ORIGIN, token, token_id) == ("gate.wrong_session", 4403)
    assert shared.devices["kasa-anna"].issued == []
    assert not any(secret in text for text in bert.seen for secret in ("kasa-", "SER-"))


async def test_each_user_reaches_their_own_device_and_never_the_others(shared: Station, anna: User, bert: User) -> None:
    api = f"{shared.server.url}/api/v1"
    tokens = {
        anna: (await _pair(shared, anna, "kasa-anna", bert))[0],
        bert: (await _pair(shared, bert, "kasa-bert", anna))[0],
    }
    jobs: dict[User, str] = {}
    for who, own in ((anna, "kasa-anna"), (bert, "kasa-bert")):
        status, _, job = await who.http("POST", f"{api}/devices/@fiscal/jobs", SALE, _with(tokens[who], f"key-{own}"))
        assert (status, job["device"], job["success"], job["actor"]["os_user"]) == (200, own, True, str(who.uid))
        jobs[who] = job["id"]
    for who, other, theirs in ((anna, bert, "kasa-bert"), (bert, anna, "kasa-anna")):
        mine = _with(tokens[who])
        _, _, listed = await who.http("GET", f"{api}/devices", headers=mine)
        assert theirs not in {device["id"] for device in listed["devices"]}
        _, _, listed = await who.http("GET", f"{api}/jobs", headers=mine)
        assert [job["id"] for job in listed["jobs"]] == [jobs[who]]
        for method, path, body in (
            ("GET", f"/devices/{theirs}", None),
            ("GET", f"/devices/{theirs}/status", None),
            ("POST", f"/devices/{theirs}/preview", SALE),
            ("POST", f"/devices/{theirs}/jobs", SALE),
            ("GET", f"/jobs/{jobs[other]}", None),
            ("POST", f"/jobs/{jobs[other]}/abort", {}),
        ):
            status, _, problem = await who.http(method, api + path, body, {**mine, "Idempotency-Key": "elsewhere"})
            assert (status, problem["code"]) == (404, "request.not_found"), path
    assert [len(device.issued) for device in shared.devices.values()] == [1, 1]
    assert not any("SER-BERT" in text for text in anna.seen)
    assert not any("SER-ANNA" in text for text in bert.seen)


async def test_the_administrators_token_is_worth_nothing_in_another_users_hands(shared: Station, anna: User) -> None:
    for path in ("/devices", "/tokens", "/audit", "/health"):
        headers = {"Authorization": f"Bearer {shared.token}"}
        status, _, problem = await anna.http("GET", f"{shared.server.url}/api/v1{path}", headers=headers)
        assert (status, problem["code"]) == (403, "gate.wrong_session"), path
        assert (await shared.http("GET", path, **headers))[0] == 200


async def test_before_the_bridge_of_one_user_another_user_learns_nothing_on_any_path(personal: Station, anna: User) -> None:
    told = set()
    for authorization in ({}, {"Authorization": f"Bearer {personal.token}"}, {"Authorization": "Bearer wrong"}):
        for method, path in _everything():
            body = {} if method in ("POST", "PUT") else None
            status, headers, problem = await anna.http(method, personal.server.url + path, body, authorization)
            assert (status, problem["code"]) == (403, "gate.wrong_session"), (method, path)
            assert not [name for name in headers if name.lower().startswith("access-control-")]
            told.add(str(problem))
    assert len(told) == 1, "what is there and what is not are answered alike"
    handshake = f"{personal.server.url}/api/v1/ws"
    status, _, problem = await anna.http("GET", handshake, headers=_HANDSHAKE)
    assert (status, str(problem)) == (403, told.pop())
    for method, headers in (("OPTIONS", {**_PAGE, "Access-Control-Request-Method": "GET"}), ("HEAD", {}), ("GET", _PAGE)):
        status, _, _ = await anna.http(method, f"{personal.server.url}/api/v1/devices", headers=headers)
        assert status in (403, 405), method
    assert not [text for text in anna.seen if any(secret in text for secret in _SECRETS)]


async def test_the_owner_and_root_are_let_in_and_another_user_is_not(tmp_path: Path, anna: User, bert: User) -> None:
    station = Station(tmp_path, ServerSettings(port=0, stop_seconds=1.0), _OwnedBy(anna.uid), devices=_devices())
    await station.start()
    try:
        bearer = {"Authorization": f"Bearer {station.token}"}
        devices, handshake = f"{station.server.url}/api/v1/devices", f"{station.server.url}/api/v1/ws"
        status, _, listed = await anna.http("GET", devices, headers=bearer)
        assert (status, len(listed["devices"])) == (200, 2)
        assert (await anna.http("GET", handshake, headers=_HANDSHAKE))[0] == 101
        status, listed, _ = await station.http("GET", "/devices", **bearer)
        assert (status, len(listed["devices"])) == (200, 2), "these tests are root's"
        await station.session()
        status, _, problem = await bert.http("GET", devices, headers=bearer)
        assert (status, problem["code"]) == (403, "gate.wrong_session")
        assert (await bert.http("GET", handshake, headers=_HANDSHAKE))[0] == 403
        assert not [text for text in bert.seen if any(secret in text for secret in _SECRETS)]
    finally:
        await station.stop()


def _everything() -> list[tuple[str, str]]:
    """Every call, with what exists in its path and with what does not; the pages; addresses where nothing is."""
    found = [("GET", path) for path in (*PAGES, "/", "/api/v1", "/api/v1/nothing", "/nothing")]
    for route in ROUTES:
        for stand_in in ("kasa-anna", "no-such-thing"):
            path = route.path
            for name in parameter_names(route.path):
                path = path.replace(f"{{{name}}}", stand_in)
            found.append((route.method, f"/api/v1{path}"))
    return list(dict.fromkeys(found))


def test_every_call_of_the_table_is_among_what_is_tried() -> None:
    tried: Any = {method for method, _ in _everything()}
    assert tried == {"GET", "POST", "PUT", "DELETE"}
    assert ("GET", "/api/v1/ping") in _everything()
    assert len(_everything()) > len(ROUTES)
