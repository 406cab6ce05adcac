"""One line for the log of any frame."""

from __future__ import annotations

from bridge_posnet.errors import lookup_command_error, lookup_frame_error
from bridge_posnet.frame import Frame
from bridge_posnet.text import DEFAULT_CODE_PAGE, decode


def describe(frame: Frame, code_page: str = DEFAULT_CODE_PAGE) -> str:
    """One line for a log, as in "trline na=Chleb vt=1 pr=200 @0042" or "trend ?2805 (fiscal value mismatch)"."""
    words = [("!" if frame.immediate else "") + frame.mnemonic]
    if frame.error is not None:
        lookup = lookup_frame_error if frame.is_frame_error else lookup_command_error
        words.append(f"?{frame.error} ({lookup(frame.error).text})")
    for parameter in frame.parameters:
        words.append(f"{_shown(parameter.name)}={_shown(decode(parameter.value, code_page))}")
    if frame.token is not None:
        words.append(f"@{frame.token}")
    return " ".join(words)


def _shown(text: str) -> str:
    escaped = {"\n": "\\n", "\\": "\\\\"}
    return "".join(escaped.get(c, c if c.isprintable() else f"\\x{ord(c):02x}") for c in text)
