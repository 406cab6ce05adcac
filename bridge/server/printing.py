"""Foreign text in log lines and refusals."""

from __future__ import annotations


def printable(text: str, limit: int) -> str:
    """Foreign text as one line of ASCII, so that it can neither forge log lines nor colour a terminal."""
    shown = text[:limit].encode("ascii", "backslashreplace").decode()
    return "".join(character if character.isprintable() else f"\\x{ord(character):02x}" for character in shown)
