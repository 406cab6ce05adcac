"""All commands of the register by code; a code that does not stand here is not supported (37h)."""

from __future__ import annotations

from collections.abc import Mapping

from bridge_sim_shtrih_m import classic, correction, fn_commands, marking, printing, selling, setup, shift, status, tables
from bridge_sim_shtrih_m.request import Command

COMMANDS: Mapping[int, Command] = {
    **classic.COMMANDS,
    **correction.COMMANDS,
    **fn_commands.COMMANDS,
    **marking.COMMANDS,
    **printing.COMMANDS,
    **selling.COMMANDS,
    **setup.COMMANDS,
    **shift.COMMANDS,
    **status.COMMANDS,
    **tables.COMMANDS,
}
