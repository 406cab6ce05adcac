"""The HTTP link: requests to a gateway on the same PC or in the net, through aiohttp's client."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping

import aiohttp

from bridge.transport import tls
from bridge.transport.endpoint import Endpoint
from bridge.transport.errors import LinkLost, LinkTimeout, NotConnected
from bridge.transport.link import HttpAnswer, HttpLink
from bridge.transport.wirelog import Direction, WireLog

# The longest answer that is read whole. Fiscal gateways answer with a few kB; an endless body must not fill the memory.
_MAX_ANSWER = 4 * 1024 * 1024


class AiohttpLink(HttpLink):
    """One session of aiohttp's client. Redirects are not followed: a document must not go where nobody sent it."""

    def __init__(
        self, endpoint: Endpoint, wire_log: WireLog, *, seconds: float = 10.0, trust: ssl.SSLContext | None = None
    ) -> None:
        """`seconds`: for a request that names no time-out; `trust`: for https, by default what the system trusts."""
        super().__init__(wire_log)
        self._base = endpoint.base
        self._seconds = seconds
        self._server_name = endpoint.options.get("server_name")
        connector = aiohttp.TCPConnector(ssl=trust) if trust is not None else None
        self._session = aiohttp.ClientSession(connector=connector, auto_decompress=True, trust_env=False)
        # aiohttp sends GET, PUT and DELETE a second time when the connection is reset, and has no public switch for it.
        # No link retries anything by itself: tests/core/test_links.py counts the requests that arrive.
        self._session._retry_connection = False

    async def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> HttpAnswer:
        self._refuse_if_abandoned()
        seconds = self._seconds if timeout is None else timeout
        self.wire_log.record(Direction.OUT, f"{method} {path}\n".encode() + (body or b""))
        try:
            async with self._session.request(
                method,
                self._base + path,
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=seconds),
                server_hostname=self._server_name,
            ) as response:
                answer = await response.content.read(_MAX_ANSWER + 1)
                while len(answer) <= _MAX_ANSWER and (more := await response.content.read(_MAX_ANSWER)):
                    answer += more
                if len(answer) > _MAX_ANSWER:
                    raise LinkLost(f"{self._base}{path}: the answer is longer than {_MAX_ANSWER} bytes")
        except aiohttp.ClientConnectorError as error:
            why = tls.explain_any(error) or error.os_error.strerror or error
            raise NotConnected(f"{self._base}: {why}") from error
        except TimeoutError as error:
            if timeout is None:
                raise LinkTimeout.ran_out("timeouts.http", seconds, f"{method} {self._base}{path}: no answer") from error
            raise LinkTimeout(f"{self._base}{path}: no answer within {seconds:g} s", seconds=seconds) from error
        except (aiohttp.ClientError, OSError) as error:
            raise LinkLost(f"{self._base}{path}: {tls.explain_any(error) or error}") from error
        self.wire_log.record(Direction.IN, f"{response.status}\n".encode() + answer)
        return HttpAnswer(response.status, answer, dict(response.headers))

    async def close(self) -> None:
        await asyncio.shield(self._session.close())
