"""What the device said of a marking code, and whether the goods may be sold. Verdicts are those of `bridge_ffd`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bridge_ffd.marking_check import Check, Verdict, verdict
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import TlvError, decode, first

from bridge.model import JobError
from bridge_shtrih_m.answers import CodeCheck, values_of
from bridge_shtrih_m.frame import code_of


@dataclass(frozen=True, slots=True)
class Judged:
    """`acceptable`: nothing speaks against the goods. `warning`: a part of the check could not be made."""

    check: Check
    said: CodeCheck

    @property
    def acceptable(self) -> bool:
        return self.check.verdict is not Verdict.NEGATIVE

    @property
    def warning(self) -> str | None:
        return self.check.text if self.check.verdict is Verdict.UNAVAILABLE else None

    def as_data(self) -> dict[str, Any]:
        return {**self.check.as_data(), "kind": self.said.kind, "server_silent": self.said.silent}


class Negative(Exception):
    """A marking code must not be sold."""

    def __init__(self, judged: Judged, field: str | None) -> None:
        super().__init__(judged.check.text)
        self.judged = judged
        self.field = field

    @property
    def error(self) -> JobError:
        return refusal(self.judged, self.field, "Take the goods out of the receipt.", "Уберите этот товар из чека.")


def refusal(judged: Judged, field: str | None, remedy: str, russian: str) -> JobError:
    """The goods must not be sold, and why."""
    texts = {"ru": (judged.check.russian, russian)}
    return JobError.of("device.rejected", judged.check.text, field=field, remedy=remedy, texts=texts)


def judge(answer: bytes) -> Judged:
    """The verdict of an answer to FF61h, or of the same block behind FF67h. Raises BadAnswer."""
    said = CodeCheck.of_bytes(code_of(answer) or 0, values_of(answer)["check"])
    try:
        tags = decode(said.tags, strict=False)
    except TlvError:
        tags = ()
    status = first(tags, Tag.ISM_STATUS)
    request = first(tags, Tag.REQUEST_CODES)
    return Judged(
        verdict(
            result=said.result,
            local_result=said.local_result,
            local_reason=said.reason,
            request_code=request[0] if isinstance(request, bytes) and request else None,
            ism_status=status if isinstance(status, int) else None,
        ),
        said,
    )
