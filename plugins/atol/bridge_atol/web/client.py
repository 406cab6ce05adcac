"""Talks to the server: each call one HTTP request, with user and password, about one of its devices. Nothing is ever sent twice here.

Follows protocol-specs/atol/web-requests.md, "Calls". What an answer means for a document is decided in `settlement.py`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from bridge.transport import HttpAnswer, HttpLink, LinkLost
from bridge_atol.settings import AtolSettings
from bridge_atol.web.errors import NO_DEVICE
from bridge_atol.web.messages import (
    DEVICES,
    SERVER_INFO,
    Json,
    Queue,
    Said,
    TaskState,
    Unreadable,
    accepted,
    devices_of,
    dump,
    error_of,
    load,
    query_path,
    queue_of,
    queue_path,
    request_body,
    request_path,
    states_of,
)

T = TypeVar("T")

_GOOD, _REFUSALS = range(200, 300), range(400, 500)


class Refused(Exception):
    """The server answered with an error of its own, in its own form: this request changed nothing."""

    def __init__(self, status: int, said: Said) -> None:
        super().__init__(f"HTTP {status}, error {said.code}: {said.text}")
        self.status = status
        self.said = said


class Server:
    """One device behind the server. Every method may raise LinkError, where the request may have arrived, and Refused."""

    def __init__(self, link: HttpLink, settings: AtolSettings) -> None:
        self._link = link
        self._device = settings.web.device
        self._timeouts = settings.timeouts
        self._headers = {"Content-Type": "application/json", **_authorization(settings)}

    async def post(self, uuid: str, tasks: Sequence[Mapping[str, Json]]) -> Queue:
        """Give tasks under this id into the queue; the state of the queue behind. Refused 409: the id is known, or the device is not in use."""
        answer = await self._ask("POST", request_path(None, self._device), request_body(uuid, tasks))
        return read_answer(answer, lambda body: accepted(body, uuid))

    async def get(self, uuid: str) -> tuple[TaskState, ...] | None:
        """What became of the request of this id, one state for each of its tasks; None where the server does not know it.

        Servers are known that say so with a page or with nothing [AWS], and so would a proxy whose server is away: that an id is not known
        decides nothing before it is taken (`settlement.py`)."""
        answer = await self._ask("GET", request_path(uuid, self._device))
        return None if answer.status == 404 else read_answer(answer, states_of)

    async def knows(self, uuid: str) -> bool:
        """Whether the server has this request; LinkLost where it is not the server itself that says no."""
        answer = await self._ask("GET", request_path(uuid, self._device))
        try:
            read_answer(answer, states_of)
        except Refused as refused:
            if refused.status == 404:
                return False
            raise
        return True

    async def cancel(self, uuid: str) -> bool:
        """Take back a request that is not begun. False: it is, or it is not known, or the server does not do it, in whatever words."""
        answer = await self._ask("DELETE", request_path(uuid, self._device))
        if answer.status != 401 and answer.status in _REFUSALS:
            return False
        read_answer(answer, lambda body: None)
        return True

    async def queue(self) -> Queue:
        return read_answer(await self._ask("GET", queue_path(self._device)), queue_of)

    async def query(self, name: str) -> Mapping[str, Json]:
        """A question beside the queue. LinkLost where the server does not reach the device."""
        answer = await self._ask("POST", query_path(name, self._device), dump({}), self._timeouts.command)
        try:
            return read_answer(answer, load)
        except Refused as refused:
            if refused.said.code in NO_DEVICE:
                raise LinkLost(f"the server does not reach the device: {refused.said.text or refused.said.code}") from refused
            raise

    async def info(self) -> Mapping[str, Json]:
        """About the server itself; asked without a password."""
        return read_answer(await self._ask("GET", SERVER_INFO), load)

    async def devices(self) -> tuple[Mapping[str, Json], ...]:
        return read_answer(await self._ask("GET", DEVICES), devices_of)

    async def _ask(self, method: str, path: str, body: bytes | None = None, seconds: float | None = None) -> HttpAnswer:
        async with self._link.lock:
            return await self._link.request(
                method, path, body=body, headers=self._headers, timeout=seconds or self._timeouts.status
            )


def read_answer(answer: HttpAnswer, read: Callable[[bytes], T]) -> T:
    """What a good answer says, whichever of the good statuses it has: the vendor's are 200 and 201. Refused only where the server itself says no: of everything else nobody knows what it means."""
    if answer.status == 401:
        raise LinkLost("the server does not let us in: check web.user and web_password in the settings of this device")
    try:
        if answer.status in _GOOD:
            return read(answer.body)
        if answer.status in _REFUSALS:
            raise Refused(answer.status, error_of(answer.body))
    except Unreadable as error:
        raise LinkLost(f"HTTP {answer.status} is no answer of a Web Requests server: {error}") from error
    raise LinkLost(f"the server answers with HTTP {answer.status}")


def _authorization(settings: AtolSettings) -> dict[str, str]:
    if not settings.web.user and settings.web_password is None:
        return {}
    secret = settings.web_password.get_secret_value() if settings.web_password is not None else ""
    return {"Authorization": "Basic " + base64.b64encode(f"{settings.web.user}:{secret}".encode()).decode()}
