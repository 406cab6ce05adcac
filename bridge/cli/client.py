"""A client for the running server, on the standard library alone: commands start fast because of it."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bridge.cli.errors import CliError
from bridge.server import admin_token, instance, proof

_PAGE = 200  # entries of a list, at once
_TIMEOUT_SECONDS = 30.0


class NotRunning(CliError):
    """No server answers for this data directory."""


class Refused(CliError):
    """The server refused the request: its problem document, as a sentence."""

    def __init__(self, problem: Mapping[str, Any], status: int) -> None:
        self.problem = problem
        self.status = status
        self.code = str(problem.get("code", ""))
        message = str(problem.get("detail") or problem.get("title") or f"the server answered {status}")
        for error in problem.get("errors", ())[1:]:
            message += f"\n       {error.get('field')}: {error.get('message')}"
        for error in problem.get("errors", ())[:1]:
            if error.get("limit"):
                message += f" (allowed: {error['limit']})"
        remedies = [error["remedy"] for error in problem.get("errors", ()) if error.get("remedy")]
        super().__init__(message, "; ".join(remedies) or str(problem.get("remedy") or "") or None)


class Lost(CliError):
    """The connection broke while an answer was due: whether the request was taken is not known."""


class Client:
    """Requests to one server. Not for several threads."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token

    @classmethod
    def connect(cls, data_dir: Path) -> Client:
        """A client for the server of this directory. Raises NotRunning."""
        running = instance.find(data_dir)
        if running is None:
            raise NotRunning(f"No bridge is running for {data_dir}.", f"Start it: tillbridge serve --data-dir {data_dir}")
        # Another program may have got the port of a bridge that died: ask who it is, and later let it prove it.
        said = _ping(running.port)
        if said is None or said.get("instance_id") != running.instance:
            raise NotRunning(
                f"The bridge of {data_dir} is not running any more (port {running.port}).",
                f"Start it: tillbridge serve --data-dir {data_dir}",
            )
        try:
            token = admin_token.read(data_dir)
        except admin_token.TokenError as error:
            raise CliError(str(error)) from None
        if token is None:
            raise CliError(f"{data_dir / admin_token.FILE_NAME} is missing.", "Make a new one: tillbridge token rotate")
        return cls(running.port, token)

    def get(self, path: str, **query: Any) -> Any:
        """GET below /api/v1. Query values that are None are left out."""
        pairs = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in query.items() if value is not None)
        return self.request("GET", f"{path}?{pairs}" if pairs else path)

    def post(self, path: str, body: Mapping[str, Any], **headers: str) -> Any:
        return self.request("POST", path, body, headers)

    def text(self, path: str) -> str | None:
        """GET of text that is no JSON; None where the server has no such thing. Raises Lost."""
        status, raw = self._get(path)
        return raw.decode("utf-8", "replace") if status == 200 else None

    def content(self, path: str) -> bytes:
        """GET of what is no JSON. Raises Refused, Lost."""
        status, raw = self._get(path)
        if status != 200:
            _read(status, raw)
            raise CliError(f"The bridge answered {status}.")
        return raw

    def _get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT_SECONDS)
        try:
            with contextlib.closing(connection):
                self._prove(connection)
                connection.request("GET", f"/api/v1{path}", headers={"Authorization": f"Bearer {self._token}"})
                response = connection.getresponse()
                raw = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Lost(f"The connection to the bridge broke ({type(error).__name__}).") from None
        return response.status, raw

    def request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        wait: float = 0,
    ) -> Any:
        """The answer's JSON. `wait`: seconds that the server may take on top. Raises Refused, Lost, NotRunning."""
        return self.answered(method, path, body, headers, wait=wait)[1]

    def answered(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        wait: float = 0,
    ) -> tuple[int, Any]:
        """The same with the status, for calls that tell with it whether an answer is still to come."""
        sent = {"Authorization": f"Bearer {self._token}", **(headers or {})}
        if wait:
            sent["Prefer"] = f"wait={max(1, round(wait))}"
        payload = None
        if body is not None:
            payload = json.dumps(body, ensure_ascii=False).encode()
            sent["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT_SECONDS + wait)
        try:
            with contextlib.closing(connection):
                self._prove(connection)
                connection.request(method, f"/api/v1{path}", payload, sent)
                response = connection.getresponse()
                raw = response.read()
        except ConnectionRefusedError:
            raise NotRunning("The bridge does not answer any more.", "Start it again: tillbridge serve") from None
        except (OSError, http.client.HTTPException) as error:
            raise Lost(f"The connection to the bridge broke ({type(error).__name__}).", "See its log, then try again.") from None
        return response.status, _read(response.status, raw)

    def listed(
        self, path: str, name: str, *, limit: int, after: str | None, **filters: str | None
    ) -> tuple[list[Any], str | None]:
        """So many entries `name` of a list that comes in pages, and where it goes on; None at its end. Raises Refused, Lost, NotRunning."""
        found: list[Any] = []
        while len(found) < limit:
            page = self.get(path, **filters, after=after, limit=min(_PAGE, limit - len(found)))
            found += page[name]
            after = page["next"]
            if after is None:
                break
        return found, after

    def _prove(self, connection: http.client.HTTPConnection) -> None:
        """Let the other end prove, on this very connection, that it knows the token before it is sent. Raises NotRunning."""
        nonce = proof.new_nonce()
        asked = json.dumps({"token_id": "admin", "nonce": nonce})
        connection.request("POST", "/api/v1/session/proof", asked, {"Content-Type": "application/json"})
        response = connection.getresponse()
        raw = response.read()
        if response.status in (403, 409, 429):
            _read(response.status, raw)
        try:
            said = json.loads(raw)
            shown, theirs = str(said["proof"]), str(said["nonce"])
        except (ValueError, KeyError, TypeError):
            shown = theirs = ""
        expected = proof.proof(proof.token_key(self._token), "http", f"127.0.0.1:{self._port}", "admin", nonce, theirs)
        if not proof.is_proof(shown, expected):
            raise NotRunning(
                f"What answers on port {self._port} does not know this bridge's token; the token was not sent.",
                "Another program has the port, or the token was changed by hand. Start the bridge again.",
            )


def segment(value: str) -> str:
    """An id as one segment of a path."""
    return quote(value, safe="")


def _read(status: int, raw: bytes) -> Any:
    if status == 204:
        return None
    try:
        data = json.loads(raw)
    except ValueError:
        raise CliError(f"The bridge answered {status} with something that is no JSON.", "Is it really a Tillbridge?") from None
    if status >= 400:
        raise Refused(data if isinstance(data, dict) else {}, status)
    return data


def _ping(port: int) -> dict[str, Any] | None:
    try:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5.0)) as connection:
            connection.request("GET", "/api/v1/ping")
            data = json.loads(connection.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return None
    return data if isinstance(data, dict) else None
