"""The test printout: a page that says whose device this is and shows the characters that it can print. No document."""

from __future__ import annotations

import socket
from datetime import datetime
from typing import Any

from bridge.devices import DeviceRuntime
from bridge.model import RequestError

# All the letters of a language beside A to Z, by what is in the names of its code pages. Where the name says nothing, Polish
# stands for what a device must get right: the first letters that a wrong code page spoils.
_SAMPLES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("866", "1251", "koi8", "8859_5", "8859-5", "cyr"), "Съешь же ещё этих мягких французских булок"),
    (("737", "1253", "8859_7", "8859-7", "greek"), "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία"),
    (
        ("1252", "850", "858", "8859_1", "8859-1", "latin1", "8859_15"),
        "Voix ambiguë d'un cœur qui préfère les jattes de kiwis, ÄÖÜß",
    ),
    (("1254", "857", "8859_9"), "Pijamalı hasta yağız şoföre çabucak güvendi"),
)
_USUAL = "Zażółć gęślą jaźń"


def sample(code_page: str | None) -> str:
    """Words that hold the characters of this code page."""
    name = (code_page or "").lower()
    return next((words for parts, words in _SAMPLES if any(part in name for part in parts)), _USUAL)


def printout(runtime: DeviceRuntime, now: datetime) -> dict[str, Any]:
    """The body of the job. Texts that the device cannot show are changed visibly, which is part of the test."""
    identity, capabilities = runtime.identity, runtime.capabilities
    numbers = [part for part in (identity.serial, identity.fiscal_number) if part] if identity is not None else []
    lines: list[dict[str, Any]] = [
        {"text": "TEST", "align": "centre", "bold": True},
        {"text": "This is no receipt.", "align": "centre"},
        {"text": f"Computer: {socket.gethostname()}"},
        {"text": f"Device: {runtime.id}"},
    ]
    if identity is not None:
        lines.append({"text": f"Model: {identity.model}"})
        lines += [{"text": f"Number: {number}"} for number in numbers]
    lines += [
        {"text": f"Time: {now.astimezone():%Y-%m-%d %H:%M:%S %z}"},
        {"text": sample(capabilities.code_page if capabilities is not None else None)},
        {"text": "0123456789 .,:;-+%/()"},
    ]
    return {"op": "print", "fit": "lenient", "lines": lines}


def check(runtime: DeviceRuntime) -> None:
    """Whether a test printout is possible at all. Raises RequestError in plain words."""
    capabilities = runtime.capabilities
    if capabilities is not None and "print" not in capabilities.operations:
        title = runtime.family.title if runtime.family is not None else runtime.config.family
        raise RequestError(
            "request.unsupported",
            f"{runtime.id} ({title}) prints nothing but documents, so there is no test printout. Its status tells whether it answers.",
        )
