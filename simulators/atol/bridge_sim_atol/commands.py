"""All commands of the register by code; a code that does not stand here is not known (7A)."""

from __future__ import annotations

from collections.abc import Mapping

from bridge_sim_atol import (
    fn_commands,
    marking,
    printing,
    registers,
    reports,
    selling,
    setup,
    shift,
    status,
    tables,
)
from bridge_sim_atol.request import Command

COMMANDS: Mapping[int, Command] = {
    **fn_commands.COMMANDS,
    **marking.COMMANDS,
    **printing.COMMANDS,
    **registers.COMMANDS,
    **reports.COMMANDS,
    **selling.COMMANDS,
    **setup.COMMANDS,
    **shift.COMMANDS,
    **status.COMMANDS,
    **tables.COMMANDS,
}
