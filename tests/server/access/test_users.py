"""Users of the operating system: whose connections are taken, and which tokens belong to whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bridge.model import RequestError
from bridge.server.access.users import Users, UsersCannotBeTold
from bridge.server.peers import Peer
from bridge.server.peers.unsupported import UnsupportedPeers
from bridge.server.principals import Kind, Principal
from bridge.server.settings import ServerSettings
from tests.seats import ANNA, Seats
from tests.sessions.switchboard import Switchboard
from tests.station import Station

BORIS = Peer("1001", "boris", None, None)
ROOT = Peer("0", "root", None, None)


def principal(kind: Kind = Kind.WEB, **bound: Any) -> Principal:
    return Principal("1", "web:https://pos.example.com", "till", b"", kind=kind, **bound)


def outcome(work: Any) -> str:
    try:
        work()
    except RequestError as error:
        return error.code
    return "in"


@pytest.mark.parametrize(
    ("mode", "local", "peer", "expected"),
    [
        ("personal", True, ANNA, "in"),
        ("personal", True, ROOT, "in"),
        ("personal", True, BORIS, "gate.wrong_session"),
        ("personal", True, None, "gate.session_unknown"),
        ("personal", False, None, "in"),  # from the network: the token decides
        ("shared", True, BORIS, "in"),
        ("shared", True, None, "in"),  # may ask whether the bridge is there, and no more
        ("any", True, BORIS, "in"),
        ("any", True, None, "in"),
    ],
)
def test_whose_connections_are_taken(mode: Any, local: bool, peer: Peer | None, expected: str) -> None:
    users = Users(mode, Seats())
    assert outcome(lambda: users.admit(local, lambda: peer)) == expected


BOUND = {"user_id": "1000"}


@pytest.mark.parametrize(
    ("mode", "token", "local", "peer", "expected"),
    [
        ("shared", principal(**BOUND), True, ANNA, "in"),
        ("shared", principal(**BOUND), True, BORIS, "gate.wrong_session"),
        ("shared", principal(**BOUND), True, ROOT, "gate.wrong_session"),
        ("shared", principal(**BOUND), True, None, "gate.session_unknown"),
        ("shared", principal(**BOUND), False, None, "gate.session_unknown"),
        ("shared", principal(), True, ANNA, "gate.wrong_session"),  # bound to nobody is not bound to her
        ("shared", principal(session="3"), True, Peer("1000", "anna", "3", 7), "in"),
        ("shared", principal(session="3"), True, Peer("1000", "anna", "4", 7), "gate.wrong_session"),
        ("shared", principal(session="3", **BOUND), True, Peer("1001", "boris", "3", 7), "gate.wrong_session"),
        ("shared", principal(Kind.ADMIN), True, ANNA, "in"),
        ("shared", principal(Kind.ADMIN), True, ROOT, "in"),
        ("shared", principal(Kind.ADMIN), True, BORIS, "gate.wrong_session"),
        ("shared", principal(Kind.ADMIN), True, None, "gate.session_unknown"),
        ("personal", principal(), True, ANNA, "in"),
        ("personal", principal(**BOUND), True, ANNA, "in"),
        ("personal", principal(user_id="1001"), True, ANNA, "gate.wrong_session"),
        ("personal", principal(**BOUND), False, None, "gate.session_unknown"),
        ("personal", principal(), False, None, "in"),
        ("any", principal(user_id="1001"), True, ANNA, "in"),
    ],
)
def test_where_a_token_may_be_used(mode: Any, token: Principal, local: bool, peer: Peer | None, expected: str) -> None:
    users = Users(mode, Seats())
    assert outcome(lambda: users.check(token, local, lambda: peer)) == expected


def test_on_a_shared_computer_a_page_is_paired_for_the_user_who_asks_and_for_nobody_unknown() -> None:
    users = Users("shared", Seats())
    assert users.binding(True, lambda: BORIS) == BORIS
    for local, peer in ((True, None), (False, None)):
        with pytest.raises(RequestError) as refused:
            users.binding(local, lambda peer=peer: peer)
        assert refused.value.code == "gate.session_unknown"
    assert Users("personal", Seats()).binding(True, lambda: ANNA) is None


def test_where_the_system_cannot_tell_a_shared_bridge_does_not_start_and_a_personal_one_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(UsersCannotBeTold, match="--users shared"):
        Users("shared", UnsupportedPeers())
    assert caplog.text == ""
    personal = Users("personal", UnsupportedPeers())
    assert "only tokens keep other users of this computer out" in caplog.text
    personal.admit(True, lambda: None)
    personal.check(principal(), True, lambda: None)


async def test_a_console_on_a_shared_computer_belongs_to_the_user_who_opened_it(tmp_path: Path) -> None:
    seats = Seats()
    station = Station(tmp_path / "data", ServerSettings(port=0, stop_seconds=1.0, users="shared"), lookup=seats)
    await station.start()
    try:
        code, _ = station.server.access.console.link()
        own = {"Origin": station.server.url}
        _, opened, _ = await station.http("POST", "/session/console", {"code": code}, **own)
        headers = {"Authorization": f"Bearer {opened['token']}", **own}
        assert (await station.http("GET", "/devices", **headers))[0] == 200
        seats.default = BORIS
        status, problem, _ = await station.http("GET", "/devices", **headers)
        assert (status, problem["code"]) == (403, "gate.wrong_session")
    finally:
        await station.stop()


async def test_what_one_users_page_asks_too_often_is_still_free_for_another_users_page_of_the_same_origin(tmp_path: Path) -> None:
    seats = Switchboard()
    settings = ServerSettings(port=0, users="shared", pings_at_once=3, pings_per_second=0.01, stop_seconds=1.0)
    station = Station(tmp_path, settings, seats)
    await station.start()
    page = {"origin": "https://pos.example.com", "app_name": "Till"}
    headers = {"Origin": page["origin"]}
    try:
        async with (
            aiohttp.ClientSession(f"{station.server.url}/api/v1/", connector=seats.line(ANNA), headers=headers) as anna,
            aiohttp.ClientSession(f"{station.server.url}/api/v1/", connector=seats.line(BORIS), headers=headers) as boris,
        ):
            assert [(await anna.get("ping")).status for _ in range(4)] == [200, 200, 200, 429]
            assert (await boris.get("ping")).status == 200
            asked = await (await anna.post("pairing", json=page)).json()
            pairings = station.server.access.pairings
            pairings.reject(pairings.judge(asked["pairing_id"], asked["verification_code"]))
            refused = await anna.post("pairing", json=page)
            assert (refused.status, refused.headers["Retry-After"]) == (429, "600")
            assert (await boris.post("pairing", json=page)).status == 202
    finally:
        await station.stop()


@pytest.mark.parametrize(("bind", "elsewhere"), [({}, 200), ({"bind": "user"}, 200), ({"bind": "session"}, 403)])
async def test_a_page_is_paired_for_its_user_and_for_one_session_only_where_it_is_said(
    tmp_path: Path, bind: dict[str, str], elsewhere: int
) -> None:
    from bridge.server.settings import ServerSettings
    from tests.station import Station

    seats = Seats(Peer("S-1-5-21-1", "SHOP\\anna", "3", 7))
    station = Station(tmp_path / "data", ServerSettings(port=0, stop_seconds=1.0, users="shared"), lookup=seats)
    await station.start()
    page = {"Origin": "https://pos.example.com"}
    try:
        _, asked, _ = await station.http("POST", "/pairing", {"origin": page["Origin"], "app_name": "Kasa"}, **page)
        pairing = station.server.access.pairings.judge(asked["pairing_id"], asked["verification_code"])
        assert pairing.peer == seats.default
        seats.default = ANNA  # the administrator
        decision = {"decision": "approve", "code": asked["verification_code"], **bind}
        admin = {"Authorization": f"Bearer {station.token}"}
        _, decided, _ = await station.http("POST", f"/pairing/{asked['pairing_id']}/decision", decision, **admin)
        assert decided["token"]["label"] == "Kasa SHOP\\anna"
        seats.default = Peer("S-1-5-21-1", "SHOP\\anna", "3", 7)
        _, told, _ = await station.http("GET", f"/pairing/{asked['pairing_id']}", **page)
        token = {"Authorization": f"Bearer {told['token']}", **page}
        assert (await station.http("GET", "/devices", **token))[0] == 200
        seats.default = Peer("S-1-5-21-1", "SHOP\\anna", "4", 9)
        assert (await station.http("GET", "/devices", **token))[0] == elsewhere
    finally:
        seats.default = ANNA
        await station.stop()
