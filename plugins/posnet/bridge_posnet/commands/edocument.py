"""E-documents. Follows protocol-specs/posnet, "E-document"."""

from __future__ import annotations

from collections.abc import Sequence

from bridge_posnet.commands.builder import Builder, plain
from bridge_posnet.fields import BadValue
from bridge_posnet.frame import Frame

_TRIES = ("sa", "sb", "sc", "sd", "se")


def eparagonstatusget() -> Frame:
    """Answer: EDocumentService."""
    return plain("eparagonstatusget")


def eparagonstatusset(on: bool) -> Frame:
    """Switches the service on or off."""
    builder = Builder("eparagonstatusset")
    builder.flag("st", on)
    return builder.frame()


def eparagondefaultset(
    *,
    server: bytes | None = None,
    certificate: int | None = None,
    thumbprint: bytes | None = None,
    answer_seconds: int | None = None,
    send_seconds: int | None = None,
) -> Frame:
    """The server that is taken where none is named. Not sent within `send_seconds`, a receipt is printed."""
    builder = Builder("eparagondefaultset")
    builder.text("ad", server)
    builder.number("ct", certificate)
    builder.text("tp", thumbprint)
    builder.number("ts", answer_seconds)
    builder.number("tt", send_seconds)
    return builder.frame()


def eparagonidznext(customer: bytes, *, server: bytes | None = None) -> Frame:
    """The next document, or the one that is open, goes to this customer. Answer: EDocumentNumber."""
    return _bind("eparagonidznext", customer, server)


def eparagonidzcancel() -> Frame:
    """Takes back what `eparagonidznext` said."""
    return plain("eparagonidzcancel")


def eparagonidzprev(customer: bytes, *, server: bytes | None = None) -> Frame:
    """The last document goes to this customer too; outside a transaction only. Answer: EDocumentNumber."""
    return _bind("eparagonidzprev", customer, server)


def eparagonbufferget(number: int) -> Frame:
    """What became of an e-document. Answer: EDocumentRecord."""
    builder = Builder("eparagonbufferget")
    builder.number("hd", number)
    return builder.frame()


def eparagonbuffercontextset() -> Frame:
    """Before reading all records, by date."""
    builder = Builder("eparagonbuffercontextset")
    builder.number("ty", 0)
    return builder.frame()


def eparagonbuffercontextget() -> Frame:
    """The next record; error 975 behind the last one [?]. Answer: EDocumentRecord."""
    return plain("eparagonbuffercontextget")


def eparagonbuffersummaryget() -> Frame:
    """Answer: EDocumentSummary."""
    return plain("eparagonbuffersummaryget")


def eparagonbufferfreecntget() -> Frame:
    """Answer: EDocumentRoom."""
    return plain("eparagonbufferfreecntget")


def eparagonscheduleset(tries: Sequence[int], *, every: int, lifetime: int) -> Frame:
    """Seconds to the first one to five new tries, between all later ones, and until a document is given up."""
    if not 1 <= len(tries) <= len(_TRIES):
        raise BadValue("eparagonscheduleset", "sa", tries, f"are not one to {len(_TRIES)} times")
    builder = Builder("eparagonscheduleset")
    for name, seconds in zip(_TRIES, tries, strict=False):
        builder.number(name, seconds, 5)
    builder.number("op", every, 600)
    builder.number("tl", lifetime, 5)
    return builder.frame()


def eparagonconnectiontest(server: bytes | None = None) -> Frame:
    """Answer: EDocumentConnection. `server` is a URL, though the vendor's document types it as a number [open point 13]."""
    builder = Builder("eparagonconnectiontest")
    builder.text("ad", server)
    return builder.frame()


def _bind(mnemonic: str, customer: bytes, server: bytes | None) -> Frame:
    builder = Builder(mnemonic)
    builder.text("id", customer, empty=False)
    builder.text("ad", server)
    return builder.frame()
