"""A fiscal register of ATOL at byte level: the hook that hands its simulator to the host."""

from typing import Any

import pluggy

TILLBRIDGE_PLUGIN_API = "1.0"

hookimpl = pluggy.HookimplMarker("tillbridge")


@hookimpl
def tillbridge_simulators() -> list[Any]:
    """The simulators of this distribution."""
    from bridge_sim_atol.family import AtolSimulator
    from bridge_sim_atol.web.family import WebSimulator

    return [AtolSimulator(), WebSimulator()]
