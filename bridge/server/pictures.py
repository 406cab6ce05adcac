"""Paper as an answer: which format is asked for, drawn beside the loop, with the headers under which a browser may show it."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

from bridge.model import invalid
from bridge.paper import EXTENSIONS, MEDIA_TYPES, Format, Sheet, render
from bridge.server.call import Answer
from bridge.server.describing import Header, Parameter, query

FORMATS = [wanted.value for wanted in Format]

TYPES = tuple(media_type.partition(";")[0] for media_type in MEDIA_TYPES.values())
"""Without their parameters, as the description has them; text first."""

DISPOSITION = {"Content-Disposition": Header("`inline`, with a name for the file.")}

# A picture of the longest receipt takes a second of the processor and 45 MB: one at a time, and never in the loop.
_DRAWER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="paper")


def format_parameter(text: str, **more: object) -> Parameter:
    """`format` in a query."""
    return query("format", text, {"enum": FORMATS, **more})


def wanted_format(value: str | None) -> Format | None:
    """Raises RequestError naming the formats."""
    if value is None:
        return None
    try:
        return Format(value)
    except ValueError:
        raise invalid("format", "there is no such format", limit=", ".join(FORMATS)) from None


async def picture(sheet: Sheet, wanted: Format, name: str) -> Answer:
    """`name`: of the file, without its ending. Raises RequestError `request.too_large`."""
    drawn = await asyncio.get_running_loop().run_in_executor(_DRAWER, render, sheet, wanted)
    file = f"{re.sub(r'[^A-Za-z0-9_-]+', '-', name)[:80]}.{EXTENSIONS[wanted]}"
    headers = {"Content-Disposition": f'inline; filename="{file}"', "Content-Security-Policy": drawn.policy}
    return Answer(drawn.body, headers=headers, media_type=drawn.media_type)
