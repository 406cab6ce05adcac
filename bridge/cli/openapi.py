"""`tillbridge openapi`: the description of the API, without a server."""

from __future__ import annotations

import click

from bridge.cli.output import print_json


@click.command()
@click.option("--websocket", is_flag=True, help="The WebSocket's instead, in AsyncAPI 3.0.")
def openapi(websocket: bool) -> None:
    """Print the description of the API of this version, in OpenAPI 3.1. A running bridge serves it as /api/v1/openapi.json,
    and that of its WebSocket as /api/v1/asyncapi.json."""
    from bridge.server import asyncapi
    from bridge.server import openapi as over_http

    print_json(asyncapi.served() if websocket else over_http.served())
