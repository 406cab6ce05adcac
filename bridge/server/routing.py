"""From method and path to the call. Segments are split before they are decoded: %2F and %2e%2e never become a path."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import unquote

from bridge.model import RequestError
from bridge.server.describing import Description

HandlerT = TypeVar("HandlerT", bound=Callable[..., Awaitable[object]])


@dataclass(frozen=True, slots=True)
class Route(Generic[HandlerT]):
    """One call of the API. `path` is below /api/v1; segments in braces are its parameters.

    `name` is the call's name apart from HTTP: the method of JSON-RPC, the operation id of the description.
    `describes` is what openapi.py tells of it beside the handler's docstring; a test misses it where it is None.
    """

    method: str
    path: str
    handler: HandlerT
    name: str
    describes: Description | None = None
    http_only: bool = False
    """No method of the WebSocket: it may end the very socket that its answer would come over, or makes sense before there is one."""


class Router(Generic[HandlerT]):
    """A tree of segments."""

    def __init__(self, prefix: str, routes: Iterable[Route[HandlerT]]) -> None:
        self._root = _Node[HandlerT]()
        self._nowhere = _Node[HandlerT]()
        for route in routes:
            self._root.add((prefix + route.path).strip("/").split("/"), route)

    def find(self, method: str, raw_path: str) -> tuple[Route[HandlerT], Mapping[str, str]]:
        """The route and its parameters. Raises RequestError: not found, or a method that the path does not have."""
        node, values = self._walk(raw_path)
        routes = node.routes
        if not routes:
            raise RequestError("request.not_found", "There is nothing at this address; the API is below /api/v1.")
        route = routes.get(method)
        if route is None:
            raise wrong_method(routes)
        return route, dict(zip(parameter_names(route.path), values, strict=True))

    def methods(self, raw_path: str) -> tuple[str, ...]:
        """The methods that an address has; none where there is no such address. Whether an id in it exists plays no part."""
        return self._walk(raw_path)[0].methods

    def _walk(self, raw_path: str) -> tuple[_Node[HandlerT], list[str]]:
        """Where the path leads, to a node without routes if nowhere; and the values of the parameters on the way."""
        path = raw_path.partition("?")[0].partition("#")[0]
        node = self._root
        values: list[str] = []
        for raw in path[1:].split("/"):
            following = node.fixed.get(raw)
            if following is None and node.parameter is not None:
                value = _segment(raw)
                if value is not None:
                    values.append(value)
                    following = node.parameter
            if following is None:
                return self._nowhere, []
            node = following
        return node, values


def wrong_method(methods: Iterable[str]) -> RequestError:
    """The refusal of a method that an address does not have, with those that it has."""
    allow = ", ".join(sorted(methods))
    return RequestError("request.method", f"This address takes {allow}.", extra={"allow": allow})


class _Node(Generic[HandlerT]):
    __slots__ = ("fixed", "methods", "parameter", "routes")

    def __init__(self) -> None:
        self.fixed: dict[str, _Node[HandlerT]] = {}
        self.parameter: _Node[HandlerT] | None = None
        self.routes: dict[str, Route[HandlerT]] = {}
        self.methods: tuple[str, ...] = ()

    def add(self, segments: list[str], route: Route[HandlerT]) -> None:
        if not segments:
            self.routes[route.method] = route
            self.methods = tuple(sorted(self.routes))
        elif segments[0].startswith("{"):
            self.parameter = self.parameter or _Node()
            self.parameter.add(segments[1:], route)
        else:
            self.fixed.setdefault(segments[0], _Node()).add(segments[1:], route)


def is_segment(value: str) -> bool:
    """Whether it can be an id of ours: what could be taken for a path or forge a line of a log cannot."""
    return bool(value) and value not in (".", "..") and "/" not in value and "\\" not in value and value.isprintable()


def parameter_names(path: str) -> list[str]:
    """The parameters in the path of a route, in their order."""
    return [segment[1:-1] for segment in path.split("/") if segment.startswith("{")]


def _segment(raw: str) -> str | None:
    """A decoded parameter; None for what no id of ours can be."""
    try:
        value = unquote(raw, errors="strict")
    except UnicodeDecodeError:
        return None
    return value if is_segment(value) else None
