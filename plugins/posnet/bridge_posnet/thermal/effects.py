"""Effects: the drawer, the customer display, logging a cashier in. At most once, never recovered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bridge.model import DisplayShow, JobError, Paper, Raw, Result, invalid, unsupported
from bridge.plugin import INTENT, DeviceError, JobContext
from bridge_posnet.fitting import Fitting
from bridge_posnet.settings import PosnetSettings
from bridge_posnet.thermal import commands
from bridge_posnet.thermal.errors import Refused
from bridge_posnet.thermal.exchange import Exchange
from bridge_posnet.thermal.frame import Sequence as Command

_LINES = 2
_LOGIN = "login"


def plan_display(operation: DisplayShow, settings: PosnetSettings) -> tuple[tuple[Command, ...], Fitting]:
    """One or two lines of the customer display."""
    fit = Fitting(settings.code_page, lenient=False)
    if len(operation.lines) > _LINES:
        raise invalid("lines", f"{len(operation.lines)} lines, the display has {_LINES}", limit=f"{_LINES} lines")
    shown = tuple(
        commands.display_line(index, fit.text(f"lines.{index}", text, commands.DISPLAY_LINE))
        for index, text in enumerate(operation.lines)
    )
    fit.warn(
        "display_limits",
        "The printer shows texts only 45 seconds after the last receipt, takes 30 different ones between two daily reports, "
        "and prints them below the next report.",
    )
    return shown, fit


def plan_raw(operation: Raw, settings: PosnetSettings) -> tuple[Command, Fitting]:
    """`{"name": "login", "cashier": ..., "till": ...}`: the one command that no operation asks for."""
    fit = Fitting(settings.code_page, lenient=False)
    given: dict[str, Any] = dict(operation.command)
    if given.pop("name", None) != _LOGIN:
        raise unsupported("command.name", f"the only command here is {_LOGIN!r}: everything else is an operation of its own")
    cashier, till = given.pop("cashier", None), given.pop("till", settings.thermal.till)
    for field, value in (("cashier", cashier), ("till", till)):
        if not isinstance(value, str) or not value:
            raise invalid(f"command.{field}", "a text is needed")
    if given:
        raise invalid(f"command.{sorted(given)[0]}", "is no field of login", limit="name, cashier, till")
    return commands.login(
        till=fit.text("command.till", str(till), commands.TILL),
        cashier=fit.text("command.cashier", str(cashier), commands.LOGIN_CASHIER),
    ), fit


async def carry_out(exchange: Exchange, context: JobContext, what: str, steps: Sequence[Command], paper: Paper) -> Result:
    """Send these commands, each once."""
    await context.checkpoint(INTENT, {"effect": what})
    context.commit_point()
    for step in steps:
        number = await exchange.send(step, exchange.timeouts.command, context)
        if number != 0:
            refused = Refused(step, number)
            raise DeviceError(refused.job_error()) from refused
    return Result(paper=paper)


def unknown_operation(op: str) -> DeviceError:
    return DeviceError(JobError.of("request.unsupported", f"This printer has no {op} over the Thermal protocol.", field="op"))
