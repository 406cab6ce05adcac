"""QR codes (ISO/IEC 18004), through segno: modules as rows of dark and light, with the quiet zone that readers need."""

from __future__ import annotations

from functools import lru_cache

QUIET = 4
"""Modules of light around a code. Source: ISO/IEC 18004, "Quiet zone"."""


@lru_cache(maxsize=64)
def modules(data: str, correction: str = "M") -> tuple[tuple[bool, ...], ...] | None:
    """Rows of modules, quiet zone included; None where there are more characters than a code of this correction holds, or none."""
    import segno  # here: few documents have a code

    if not data:
        return None
    try:
        made = segno.make_qr(data, error=correction.lower(), boost_error=False, encoding="utf-8" if not data.isascii() else None)
    except (segno.DataOverflowError, UnicodeError):
        return None
    return tuple(tuple(bool(module) for module in row) for row in made.matrix_iter(border=QUIET))


def path(rows: tuple[tuple[bool, ...], ...]) -> str:
    """The dark modules as an SVG path, a module one unit: one rectangle for each run of a row."""
    parts: list[str] = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            start = x
            while x < len(row) and row[x]:
                x += 1
            parts.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
    return "".join(parts)
