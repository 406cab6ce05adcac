"""The calls of the API, by subject."""

from bridge.server.call import Handler
from bridge.server.routes import (
    administration,
    attendant,
    bundle,
    devices,
    discovery,
    jobs,
    overview,
    pairing,
    payments,
    service,
    session,
    tokens,
    wire,
)
from bridge.server.routing import Route

ROUTES: tuple[Route[Handler], ...] = (
    *service.ROUTES,
    *overview.ROUTES,
    *session.ROUTES,
    *attendant.ROUTES,
    *pairing.ROUTES,
    *tokens.ROUTES,
    *devices.ROUTES,
    *jobs.ROUTES,
    *payments.ROUTES,
    *administration.ROUTES,
    *discovery.ROUTES,
    *wire.ROUTES,
    *bundle.ROUTES,
)

__all__ = ["ROUTES"]
