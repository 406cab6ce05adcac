"""A payment terminal of the ZVT protocol at byte level: the hook that hands its simulator to the host."""

from typing import Any

import pluggy

TILLBRIDGE_PLUGIN_API = "1.0"

hookimpl = pluggy.HookimplMarker("tillbridge")


@hookimpl
def tillbridge_simulators() -> list[Any]:
    """The simulators of this distribution."""
    from bridge_sim_zvt.family import ZvtSimulator

    return [ZvtSimulator()]
