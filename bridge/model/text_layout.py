"""Setting text in lines of one width, as receipt printers do. A character is one column."""

from __future__ import annotations

import textwrap


def wrap(text: str, width: int) -> list[str]:
    """The text broken at blanks into lines of at most `width`; a longer word is broken inside. Empty text is one line."""
    if len(text) <= width:
        return [text]
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def centred(text: str, width: int) -> list[str]:
    """Each of its lines in the middle; an odd blank goes to the right."""
    return [" " * ((width - len(line)) // 2) + line for line in wrap(text, width)]


def columns(left: str, right: str, width: int) -> list[str]:
    """`left` at the left edge and `right` at the right one; what does not fit beside it stands above."""
    *above, last = wrap(left, width)
    if len(last) + 1 + len(right) <= width:
        return [*above, last + right.rjust(width - len(last))]
    return [*above, last, *(part.rjust(width) for part in wrap(right, width))]
