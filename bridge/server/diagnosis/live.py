"""What goes over the wire of a device now: the newest transfers of its ring, decoded, and where to go on from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bridge.devices.ring import WireRing
from bridge.model import FieldError, RequestError
from bridge.server.diagnosis.frames import FrameReader
from bridge.server.diagnosis.masked import Mask
from bridge.server.diagnosis.steps import Step

if TYPE_CHECKING:
    from bridge.plugin import DeviceFamily
    from bridge.transport import Secrets

_PLACE = re.compile(r"([0-9a-f]{8})-([0-9]{1,12})")


def after_of(text: str | None) -> tuple[str, int] | None:
    """A place in a ring, as `next` told it. Raises RequestError."""
    if text is None:
        return None
    match = _PLACE.fullmatch(text)
    if match is None:
        message = "must be the `next` of an earlier answer"
        raise RequestError("request.invalid", f"after: {message}", (FieldError("after", message),))
    return match[1], int(match[2])


def recent_frames(
    ring: WireRing,
    after: tuple[str, int] | None,
    limit: int,
    family_id: str,
    families: Mapping[str, DeviceFamily[Any]],
    secrets: Secrets,
) -> dict[str, Any]:
    """Frames behind `after`, at most some `limit`; without it the newest. Runs plugins' code, and belongs into a thread.

    The whole ring is decoded each time, so that a frame whose beginning was told of earlier is whole, and that answers find
    their questions. Frames that end in one transfer are told together: a place in between cannot be named.
    """
    transfers = ring.transfers()
    problems: list[str] = []
    reader = FrameReader(families, problems)
    reader.begin(family_id)
    mask = Mask(secrets)
    frames: list[tuple[int, Step]] = []
    for transfer in transfers:
        entry = transfer.entry
        read = reader.transfer(transfer.link, entry.data, entry.direction.value, entry.at)
        frames += [(transfer.number, step) for step in read]
    first = transfers[0].number if transfers else 1
    start = after[1] if after is not None and after[0] == ring.id else 0
    missed = after is not None and (after[0] != ring.id or start + 1 < first)
    wanted = [frame for frame in frames if frame[0] > start]
    if after is None:
        cut = _whole_from(wanted, len(wanted) - limit)
        shown, more = wanted[cut:], False
    else:
        cut = _whole_to(wanted, limit)
        shown, more = wanted[:cut], cut < len(wanted)
    last = shown[-1][0] if more else (transfers[-1].number if transfers else start)
    return {
        "frames": [{"number": number, **mask.step(step).as_answer()} for number, step in shown],
        "next": f"{ring.id}-{last}",
        "more": more,
        "missed": missed,
        "problems": problems,
    }


def _whole_from(frames: list[tuple[int, Step]], index: int) -> int:
    """The first index not before `index` minus its transfer's other frames."""
    index = max(0, index)
    while 0 < index < len(frames) and frames[index - 1][0] == frames[index][0]:
        index -= 1
    return index


def _whole_to(frames: list[tuple[int, Step]], count: int) -> int:
    index = min(count, len(frames))
    while 0 < index < len(frames) and frames[index - 1][0] == frames[index][0]:
        index += 1
    return index
