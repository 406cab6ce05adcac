"""What happens to some of the tills while all others sell: nobody else may notice."""

from __future__ import annotations

import asyncio
import contextlib

import aiohttp

from bridge.server.peers import Peer
from tests.sessions.hall import CALLS_AT_ONCE, ORIGIN, SETTINGS, SOCKETS_EACH, Hall, Reply, ask
from tests.sessions.tills import FISCAL, HeldUp, Lost, TakenBack, Till
from tests.sockets import Refused, SocketClient

_UNAUTHORISED = 4401
_FORBIDDEN = 4403

_AT_ONCE = SETTINGS.max_calls

# Each of these has a place of its own in the gate, the router or the table of scopes.
_PATHS = ("/devices", "/devices/printer-00", "/devices/@fiscal/status", "/jobs", "/session", "/ping", "/ws", "/nothing", "/audit")


async def token_is_taken_back(till: Till, sales: int) -> None:
    """In the middle of a sale. Its sockets are closed, its calls refused; what was accepted before is still printed, once."""
    report = till.hall.report
    await till.work(sales // 2)
    selling = asyncio.create_task(till.work(1000 * sales))
    last = till.write_down(till.printers[0])
    sending = asyncio.create_task(till.send(last, wait=30))
    taken = await till.hall.admin("DELETE", f"/tokens/{till.token_id}")
    report.check(taken.status == 204, f"{till}: the token could not be taken back: {taken.body}")
    ended = await asyncio.gather(selling, sending, return_exceptions=True)
    for one in ended:
        right = one is None or isinstance(one, (TakenBack, Lost))
        report.check(right, f"{till}: selling without a token ended with {one!r}")
    report.check(ended[0] is not None, f"{till}: sold on although its token was taken back")
    assert till.socket is not None
    code = await _closed(till, till.socket)
    report.check(code == _UNAUTHORISED, f"{till}: its socket was closed with {code}")
    for path in ("/session", "/devices", "/jobs"):
        reply = await till.call("GET", path)
        _refused(till, path, reply, 401, "gate.unauthorised")
    _refused(till, "a sale", await _sale(till, "after"), 401, "gate.unauthorised")
    await till.hang_up()
    await _no_socket(till, till.peer, till.token, till.token_id, "gate.unauthorised", _UNAUTHORISED)
    report.counts["tokens taken back"] += 1


async def socket_comes_and_goes(till: Till, sales: int) -> None:
    """Cut off in each sale; it resumes where it was, repeats the key, and misses nothing."""
    for _ in range(sales):
        order = till.write_down(till.printers[0])
        sending = asyncio.create_task(till.send(order, wait=30))
        await asyncio.wait({sending}, timeout=till.chance.uniform(0, 0.05))
        await till.hang_up()
        with contextlib.suppress(Lost):
            await sending
        await till.listen()
        await till.carry(order)
        till.has_sold.set()
        till.hall.report.counts["sockets that came back"] += 1


async def user_comes_back_from_elsewhere(till: Till, sales: int) -> None:
    """The session is taken up on another PC, over the very same connections: its printer is that PC's from then on."""
    clients, session = till.hall.switchboard.clients, till.peer.session
    assert session is not None
    home, away = till.printers
    for turn in range(max(2, sales // 2)):
        for client, printer in (("PC-HOME", home), ("PC-AWAY", away)):
            clients[session] = client
            order = till.write_down(printer)
            await till.send(order, wait=30)
            await till.carry(order)
            till.has_sold.set()
            seen = (await till.call("GET", "/session")).body["aliases"]
            till.hall.report.check(seen == {FISCAL: printer}, f"{till} at {client} is told that its aliases are {seen}")
        # The answer to this one got lost, and the user is elsewhere meanwhile: it must not be sold again there.
        clients[session] = "PC-HOME"
        again = await till.call("POST", f"/devices/{FISCAL}/jobs", order.body, key=order.key)
        _refused(till, "a key that was used at another printer", again, 422, "request.key_reused")
        for unknown in ("PC-NOWHERE", None):
            if unknown is None:
                del clients[session]
            else:
                clients[session] = unknown
            _refused(till, f"a sale at {unknown}", await _sale(till, f"nowhere-{turn}"), 409, "gate.session_unknown")
    till.hall.report.counts["users that came back from elsewhere"] += 1


async def floods(till: Till, sales: int) -> None:
    """More calls and more sockets than it may have: 429 with Retry-After, and behind that it sells as before."""
    report = till.hall.report
    refused: list[Reply] = []
    calls = 0

    async def pour() -> None:
        nonlocal calls
        while not refused and calls < 20 * CALLS_AT_ONCE:
            calls += 1
            reply = await till.call("GET", "/session")
            if reply.status != 200:
                refused.append(reply)

    await asyncio.gather(*(pour() for _ in range(4)))
    report.check(bool(refused), f"{till}: {calls} calls were taken, one after the other")
    for reply in refused:
        _too_many(till, "a call", reply)
    report.check(calls >= CALLS_AT_ONCE, f"{till}: after {calls} calls already it was told to wait")
    told: list[Reply] = []
    asked = 0
    while not told and asked < CALLS_AT_ONCE:  # as many at once as a socket may have
        asked += _AT_ONCE
        batch = await asyncio.gather(*(till.over_socket("session.get") for _ in range(_AT_ONCE)))
        told = [reply for reply in batch if reply.status == 429]
    report.check(bool(told), f"{till}: what HTTP has used up is there again on the WebSocket")
    for reply in told:
        report.check(reply.body.get("retry_after", 0) > 0, f"{till}: told to wait, but not how long: {reply.body}")
    report.counts["calls that were one too many"] += len(refused) + len(told)
    pings = 0
    while (reply := await till.call("GET", "/ping", token="")).status == 200 and pings < 1000:
        pings += 1
    _too_many(till, f"after {pings} pings, one", reply)
    await _too_many_sockets(till)
    for _ in range(sales):
        order = till.write_down(till.printers[0])
        while order.final is None:
            try:
                await till.carry(order)
            except HeldUp as held_up:
                await asyncio.sleep(held_up.seconds)
        till.has_sold.set()


async def token_is_stolen(thief: Till, victim: Till) -> None:
    """Whoever has another user's token, be it of the same account in another session, gets nowhere with it."""
    await victim.has_sold.wait()
    for path in _PATHS:
        reply = await thief.call("GET", path, token=victim.token)
        if path != "/ws":  # no handshake: without one the gate's refusal is all there is to see
            _refused(thief, f"{path} with the token of {victim}", reply, 403, "gate.wrong_session")
    _refused(thief, "a stolen sale", await _sale(thief, "stolen", victim.token), 403, "gate.wrong_session")
    _refused(
        thief,
        "a new secret for a stolen token",
        await thief.call("POST", "/session/rotate", {}, token=victim.token),
        403,
        "gate.wrong_session",
    )
    await _no_socket(thief, thief.peer, victim.token, victim.token_id, "gate.wrong_session", _FORBIDDEN)
    thief.hall.report.counts["tokens of others that were tried"] += 1


async def nobody_can_tell_who(hall: Hall, victim: Till) -> None:
    """A connection whose owner the system does not tell: refused whatever token it has, and it may not ask for one."""
    await victim.has_sold.wait()
    async with aiohttp.ClientSession(connector=hall.switchboard.line(None)) as session:
        for path in _PATHS:
            reply, _ = await ask(session, "GET", hall.url + path, None, _page(victim.token))
            _refused(victim, f"{path} of nobody", reply, 409, "gate.session_unknown")
        asked = {"origin": ORIGIN, "app_name": "Kasa"}
        reply, _ = await ask(session, "POST", f"{hall.url}/pairing", asked, {"Origin": ORIGIN})
        _refused(victim, "a pairing of nobody", reply, 409, "gate.session_unknown")
        sale = {**_SALE, "reference": "nobody"}
        headers = {**_page(victim.token), "Idempotency-Key": "nobody"}
        reply, _ = await ask(session, "POST", f"{hall.url}/devices/{FISCAL}/jobs", sale, headers)
        _refused(victim, "a sale of nobody", reply, 409, "gate.session_unknown")
    await _no_socket(victim, None, victim.token, victim.token_id, "gate.session_unknown", _FORBIDDEN)
    hall.report.counts["connections of nobody"] += 1


_SALE = {"op": "receipt", "currency": "PLN", "lines": [{"name": "Nikt", "price": "1.00", "vat": "23%"}]}


def _page(token: str) -> dict[str, str]:
    return {"Origin": ORIGIN, "Authorization": f"Bearer {token}"}


async def _sale(till: Till, what: str, token: str | None = None) -> Reply:
    """One that must come to nothing: its line is on no paper of anybody."""
    body = {**_SALE, "reference": f"{till.mark}-{what}"}
    return await till.call("POST", f"/devices/{FISCAL}/jobs", body, key=f"{till.mark}-{what}", token=token)


async def _no_socket(till: Till, peer: Peer | None, token: str, token_id: str, code: str, closed: int) -> None:
    """The proof of this token opens no session from this peer."""
    report = till.hall.report
    client = await SocketClient.open(till.hall.server.url, connector=till.hall.switchboard.line(peer), origin=ORIGIN)
    try:
        await client.sign_in(token, token_id)
        report.check(False, f"{till}: a socket was opened from {peer} with the token {token_id}")
    except Refused as refused:
        report.check(refused.code == code, f"{till}: a socket from {peer} was refused with {refused.code}, not {code}")
    except AssertionError:  # the server proves nothing for a token that it does not know any more
        report.check(code == "gate.unauthorised", f"{till}: the server did not know the token {token_id}")
        await client.send({"jsonrpc": "2.0", "id": 1, "method": "session.confirm", "params": {"proof": "A" * 43}})
    found = await _closed(till, client)
    report.check(found == closed, f"{till}: a socket from {peer} was closed with {found}, not {closed}")
    await client.drop()


async def _closed(till: Till, client: SocketClient) -> int | None:
    """The code with which the server closes it; None: it does not."""
    try:
        async with asyncio.timeout(till.hall.patience):
            return await client.closed()
    except TimeoutError:
        return None


async def _too_many_sockets(till: Till) -> None:
    """Those of one user are counted; at the handshake of the next one it is told to wait."""
    opened: list[SocketClient] = []
    try:
        while len(opened) <= SOCKETS_EACH:
            connector = till.hall.switchboard.line(till.peer)
            opened.append(await SocketClient.open(till.hall.server.url, connector=connector, origin=ORIGIN))
        till.hall.report.check(False, f"{till} has {len(opened)} sockets more than the one it listens with")
    except aiohttp.WSServerHandshakeError as error:
        headers = dict(error.headers or {})
        _too_many(till, "a socket", Reply(error.status, headers, {"code": "gate.rate"}))
        right = len(opened) == SOCKETS_EACH - 1
        till.hall.report.check(right, f"{till} got {len(opened)} sockets beside its own, of {SOCKETS_EACH}")
    finally:
        for client in opened:
            await client.drop()


def _too_many(till: Till, what: str, reply: Reply) -> None:
    wait = reply.headers.get("Retry-After", "")
    right = (reply.status, reply.code) == (429, "gate.rate") and wait.isdigit() and int(wait) >= 1
    till.hall.report.check(right, f"{till}: {what} too many was answered {reply.status} {reply.body}, Retry-After {wait!r}")


def _refused(till: Till, what: str, reply: Reply, status: int, code: str) -> None:
    right = (reply.status, reply.code) == (status, code)
    till.hall.report.check(right, f"{till}, {what}: {status} {code} was expected, not {reply.status} {str(reply.body)[:300]}")
