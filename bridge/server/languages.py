"""Which language a client wants to be spoken to in: `Accept-Language` (RFC 9110, section 12.5.4)."""

from __future__ import annotations

import re

# More than any browser sends; the rest of a longer header is not read.
_MOST = 20

_ITEM = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]{1,40})?\s*(?:;\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?\s*")


def accepted(header: str | None) -> tuple[str, ...]:
    """The languages (ISO 639-1, lower case) in the order of preference; what cannot be read is passed over."""
    found: list[tuple[float, str]] = []
    for item in (header or "").split(",")[:_MOST]:
        match = _ITEM.fullmatch(item)
        if match is not None and match[1] != "*":
            weight = float(match[2] or 1)
            if weight > 0:
                found.append((weight, match[1].lower()))
    return tuple(dict.fromkeys(language for _, language in sorted(found, key=lambda pair: -pair[0])))
