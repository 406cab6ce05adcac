"""Which transport a device is asked by: its settings say so."""

from __future__ import annotations

import logging

from bridge.transport import ByteLink
from bridge_atol.exchange import Exchange, Keeper
from bridge_atol.exchange_v2 import TurnExchange
from bridge_atol.exchange_v3 import TaskExchange
from bridge_atol.settings import AtolSettings


def exchange_of(
    link: ByteLink, settings: AtolSettings, logger: logging.Logger, keeper: Keeper | None, *, shared: bool = False
) -> Exchange:
    kind = TurnExchange if settings.protocol == "v2" else TaskExchange
    return kind(link, settings, logger, keeper, shared=shared)
