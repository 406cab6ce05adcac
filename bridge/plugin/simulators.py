"""What the host asks of a simulator: to start, to say where it is, to stop. How it works inside is its own matter."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Protocol

Pace = Literal["real", "fast"]


class RunningSimulator(Protocol):
    """A simulator that listens. `url` is what a device's configuration takes; `control_url` is its control API."""

    @property
    def url(self) -> str: ...

    @property
    def control_url(self) -> str | None: ...

    async def close(self) -> None: ...


class SimulatorFamily(Protocol):
    """One family's simulator. `settings` maps each switch to its help, default included."""

    @property
    def id(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def settings(self) -> Mapping[str, str]: ...

    @property
    def demo(self) -> Mapping[str, Any] | None:
        """What `tillbridge demo` needs to live a day with this family; None to be left out of it. Members:

        currency ("PLN"); devices: settings of the simulators to start, two or more, each with its own identity;
        goods: a list of {name, unit, price, vat}; customer: as in a receipt; operator: a name; refund and cash_out: whether
        the family does them; faults: bodies for the control API's POST /faults: answer_lost (the answer to the deciding
        command never arrives) and paper_out (paper ends in the middle of a receipt). A till's page (`tillbridge demo --serve`)
        offers beside them those of these that are there, each striking in the next receipt: cover_open, power_cut (the power
        fails as the receipt is closed), cable_out (the cable is pulled as the receipt is closed, and stays out),
        cable_out_inside (the same behind as many bytes of the receipt as its field `after` will say).

        A family of terminals has instead of goods, customer, refund and cash_out: pays: true; amounts: decimal strings;
        settings: those of the device in the bridge; customers: switches (POST /switches) for a customer who is `willing`, one whose
        card is `declined`, and one who is `absent`; faults: answer_lost (the till's word on an approval never arrives, and the
        terminal takes the payment back) and end_lost (only the very last message of a payment is lost).
        """
        ...

    async def start(
        self,
        *,
        listen: str,
        control: int | None,
        state: Path | None,
        pace: Pace,
        settings: Mapping[str, str],
    ) -> RunningSimulator:
        """Listen on `tcp://127.0.0.1:PORT` (0 for any) or `pty`. Raises ValueError naming an unknown setting."""
        ...
