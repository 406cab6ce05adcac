"""Who may come in: the provisioning file, and whether browsers are told of every paired page."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.server.access.paired import paired_origins
from bridge.server.access.provisioning import FILE_NAME, ProvisioningError, read
from bridge.server.diagnosis.errors import CannotTell
from bridge.server.doctor.facts import Finding, Level, Situation

_CHECK = "access"


def access(situation: Situation) -> Iterator[Finding]:
    """A provisioning file that cannot be read changes nothing, and nobody notices but the log."""
    path = situation.data_dir / FILE_NAME
    if path.exists():
        try:
            number = len(read(path))
        except ProvisioningError as error:
            yield Finding(_CHECK, str(path), Level.PROBLEM, str(error), "Correct it; tillbridge pair --file FILE checks a file")
            return
        yield Finding(_CHECK, str(path), Level.OK, f"it lets {number} tokens in")
    try:
        origins = paired_origins(situation.data_dir)
    except CannotTell as error:
        yield Finding(_CHECK, "pages", Level.PROBLEM, error.message, error.remedy)
        return
    if origins:
        yield Finding(_CHECK, "pages", Level.OK, f"paired are {', '.join(origins)}")
    else:
        text = "no page is paired: web shops are refused, programs with a token are not"
        yield Finding(_CHECK, "pages", Level.OK, text)
