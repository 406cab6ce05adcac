"""Receipt paper as text: a growing list of lines of one width, and the few ways in which printers set a line.

Widths are counted in characters; a character of the printer's font is one column.
"""

from __future__ import annotations

import textwrap


class Paper:
    """The roll that left the printer. Lines are never taken back."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[str] = []

    def print(self, *lines: str) -> None:
        """Each line is put on paper; what is wider than the paper continues on the next line."""
        for line in lines:
            self.lines.extend(wrap(line, self.width) or [""])

    def text(self, since: int = 0) -> str:
        """The paper from line number `since` (0 = the first) on, each line ended by a newline."""
        return "".join(line.rstrip() + "\n" for line in self.lines[since:])


def wrap(text: str, width: int) -> list[str]:
    """`text` cut at blanks into lines of at most `width`; a longer word is cut inside. Indentation is kept."""
    if len(text) <= width:
        return [text]
    return textwrap.wrap(text, width, break_long_words=True, break_on_hyphens=False, drop_whitespace=True)


def centre(text: str, width: int) -> str:
    """`text` in the middle; an odd blank goes to the right."""
    return (" " * max((width - len(text)) // 2, 0) + text).rstrip()


def rule(width: int, mark: str = "-") -> str:
    """A line across the paper."""
    return mark * width


def columns(left: str, right: str, width: int) -> list[str]:
    """`left` at the left edge, `right` at the right one, one blank apart at least; a long left part wraps above."""
    if len(left) + 1 + len(right) <= width:
        return [left + right.rjust(width - len(left))]
    lines = wrap(left, width)
    if len(lines[-1]) + 1 + len(right) <= width:
        lines[-1] += right.rjust(width - len(lines[-1]))
    else:
        lines.append(right.rjust(width))
    return lines
