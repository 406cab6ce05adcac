"""What a visitor can break at a simulated printer, and mend again. Each trouble either waits for the next receipt, through the
faults that the family's script names, or is done at once by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bridge.cli.demo.stage import Device, Stage


@dataclass(frozen=True, slots=True)
class Trouble:
    """`fault`: its name in the script's faults; `inside`: that of the form that takes a byte; `state`: what of the device's
    state is untrue as long as it lasts, where it lasts until somebody mends it."""

    fault: str
    inside: str | None = None
    state: str | None = None


TROUBLES: dict[str, Trouble] = {
    "cable": Trouble("cable_out", inside="cable_out_inside", state="plugged"),
    "answer": Trouble("answer_lost"),
    "paper": Trouble("paper_out", state="paper_loaded"),
    "power": Trouble("power_cut", state="powered"),
    "cover": Trouble("cover_open", state="cover_closed"),
}


class WrongTrouble(Exception):
    """There is no such trouble here, or not in this way. Says which there are."""


def offered(script: Mapping[str, Any]) -> dict[str, dict[str, bool]]:
    """The troubles of a family: whether each waits for the next receipt, takes a byte, and can be made at once."""
    faults = script["faults"]
    return {
        name: {"next": trouble.fault in faults, "byte": trouble.inside in faults, "now": trouble.state is not None}
        for name, trouble in TROUBLES.items()
        if trouble.fault in faults or trouble.state is not None
    }


async def make(stage: Stage, device: Device, name: str, *, now: bool, byte: int | None) -> None:
    """Arm this trouble for the next receipt, instead of what was armed of it before, or make it at once."""
    trouble = _trouble(name)
    faults = stage.script["faults"]
    if now:
        if trouble.state is None:
            raise WrongTrouble(f"{name} can only be made in the next receipt")
        await device.bench.set(trouble.state, False)
        return
    if byte is not None and trouble.inside not in faults:
        raise WrongTrouble(f"{name} takes no byte here")
    if byte is None and trouble.fault not in faults:
        raise WrongTrouble(f"{name} is not among the faults of {stage.family.id}")
    await _disarm(stage, device, name)
    form = faults[trouble.fault] if byte is None or trouble.inside is None else {**faults[trouble.inside], "after": byte}
    await device.bench.arm(form)


async def mend(stage: Stage, device: Device, name: str) -> None:
    """Make it whole again, and take back what is armed of it."""
    trouble = _trouble(name)
    await _disarm(stage, device, name)
    if trouble.state is not None:
        await device.bench.set(trouble.state, True)


def trouble_of(fault: Mapping[str, Any], script: Mapping[str, Any]) -> str | None:
    """The trouble that this armed fault belongs to."""
    if fault.get("fault") == "cut" and fault.get("stay"):
        return "cable"  # the receipt has begun: what is armed now only counts its bytes
    for name, trouble in TROUBLES.items():
        for form in (trouble.fault, trouble.inside):
            wanted = script["faults"].get(form)
            if wanted and all(fault.get(key) == value for key, value in wanted.items()):
                return name
    return None


def _trouble(name: str) -> Trouble:
    if name not in TROUBLES:
        raise WrongTrouble(f"there is no trouble of that name; there are: {', '.join(TROUBLES)}")
    return TROUBLES[name]


async def _disarm(stage: Stage, device: Device, name: str) -> None:
    armed = await device.bench.armed()
    kept = [fault for fault in armed if trouble_of(fault, stage.script) != name]
    if len(kept) < len(armed):
        await device.bench.disarm()
        for fault in kept:
            await device.bench.arm(fault)
