"""`tillbridge openapi`: the description of the API, without a server."""

from __future__ import annotations

import click

from bridge.cli.output import print_json


@click.command()
def openapi() -> None:
    """Print the description of the API of this version, in OpenAPI 3.1. A running bridge serves it as /api/v1/openapi.json."""
    from bridge.server.openapi import served

    print_json(served())
