"""Everything about the server that may be chosen. Where the reference is silent or [?], a switch stands here.

Source: protocol-specs/atol, web-requests.md. Values arrive as `--set key=value` strings. Settings of its registers are those of a
register: `register.NAME=value` for all of them, serial numbers counted up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bridge_simulators.settings import option

FIXED = frozenset({"devices"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """Settings of one server."""

    devices: int = option(1, "registers behind it; their ids are 1, 2, ...")
    user: str = option("", "user of the server; empty = everybody is let in")
    password: str = option("", "the user's password")
    task_ms: int = option(0, "milliseconds that a task takes before it is carried out")
    poll_ms: int = option(5000, "milliseconds between two tries to find a register that is gone")
    block_on_print_errors: bool = option(False, "errors of the printer stop the queue too")
    after_restart: Literal["checks", "forgets", "interrupts"] = option(
        "checks",
        "[?] requests when the server starts again: kept, and one that was begun is looked for in the FN; gone; or kept, and one that was "
        "begun is told as interrupted",
    )
    unblocked_result: Literal["params", "none"] = option(
        "params", "what a request that was found again tells: the document's parameters without their wrapping, or nothing"
    )
    archive: bool = option(True, "[?] getFnDocument is known")
    totals: bool = option(True, "[?] getShiftTotals is known")
    calls: Literal["both", "new", "old"] = option(
        "both", "which calls are known: those under /api/v2 since driver 10.7, those before, or both"
    )
    keep_minutes: int = option(43200, "minutes for which a request is known behind its end")
    inactive_status: Literal["409", "403"] = option("409", "HTTP status of calls about a device that is not in use")
    marking_polls: int = option(1, "how often the end of a marking code's check is asked for before there is one")
    cancel_status: Literal["409", "405"] = option("409", "HTTP status where a request cannot be taken back any more")
    offline_status: Literal["400", "409", "500"] = option(
        "400", "[?] HTTP status of a question beside the queue while the register does not answer"
    )
    cut_power: Literal["register", "server", "both"] = option("register", "what loses its power when the power is cut")


def check(settings: WebSettings) -> WebSettings:
    """Raises ValueError where a value makes no sense."""
    if not 1 <= settings.devices <= 9:
        raise ValueError(f"Setting 'devices' must be 1 to 9, not {settings.devices}.")
    if settings.task_ms < 0 or settings.poll_ms < 1 or settings.keep_minutes < 0 or settings.marking_polls < 0:
        raise ValueError("Settings 'task_ms', 'keep_minutes' and 'marking_polls' must be 0 or more, 'poll_ms' 1 or more.")
    return settings
