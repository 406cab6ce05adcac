"""What a check of a marking code said: the FN's own (offline) and that of the marking system (ISM), as one verdict.

FFD 1.2: the FN checks the code's crypto tail with the key that it has (tag 2004), the ISM answers whether the goods may change
to the planned status (2105, 2005, 2109), and the device sums both up in tag 2106. Source: protocol-specs/ffd, "Checking a code".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag, StrEnum
from typing import Any, TypeVar

from bridge.model import Result, Warning_
from bridge_ffd.vocabulary import Coded

C = TypeVar("C", bound=Coded)


class CheckBits(IntFlag):
    """Tag 2106, and 2004 and 2005 in the same places."""

    CHECKED = 1
    POSITIVE = 2
    STATUS_KNOWN = 4
    STATUS_CORRECT = 8
    STANDALONE = 16


class Verdict(StrEnum):
    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNAVAILABLE = "unavailable"
    """Nothing speaks against the goods, but a part of the check could not be made."""


class LocalReason(Coded):
    """Why the FN did not check a code by itself (FF61; the same reasons in ATOL's driver)."""

    CHECKED = "checked", 0
    TYPE_NOT_CHECKED = "type_not_checked", 1
    NO_KEY = "no_key", 2
    NO_CHECK_CODE = "no_check_code", 3
    OTHER = "other", 4


class IsmStatus(Coded):
    """Tag 2109."""

    CORRECT = "correct", 1
    INCORRECT = "incorrect", 2
    SALE_STOPPED = "sale_stopped", 3


class RequestCode(Coded):
    """Tag 2105."""

    CORRECT = "correct", 0
    MALFORMED = "malformed", 1
    CODE_NOT_RECOGNISED = "code_not_recognised", 2


# English and Russian.
_STOPPED = (
    "The sale of these goods is stopped by the marking system. Do not sell them.",
    "Продажа этого товара остановлена системой маркировки. Не продавайте его.",
)
_NOT_RECOGNISED = (
    "The marking system does not know this code. Scan it once more; do not sell the goods if it stays so.",
    "Система маркировки не знает этого кода. Считайте его ещё раз; если не поможет, не продавайте товар.",
)
_WRONG_CODE = (
    "The check code of the marking is wrong. Scan it once more; do not sell the goods if it stays so.",
    "Код проверки маркировки неверен. Считайте код ещё раз; если не поможет, не продавайте товар.",
)
_NOT_ALLOWED = (
    "The marking system does not allow this with these goods: they may be sold already, or not be in sale.",
    "Система маркировки не разрешает эту операцию: товар уже продан или ещё не в продаже.",
)
_VALID = ("The marking code is valid and the goods may be sold.", "Код маркировки верен, товар можно продавать.")
_NOT_REACHED = (
    "The marking system was not reached; nothing speaks against the goods so far.",
    "Система маркировки недоступна; пока ничто не говорит против товара.",
)
_ONLINE_ONLY = (
    "The code could not be checked by the device itself; the marking system allows the goods.",
    "Касса сама не смогла проверить код; система маркировки разрешает товар.",
)


@dataclass(frozen=True, slots=True)
class Check:
    """A check in its parts; None where a part was not made. `result` is tag 2106 as the device gave it, for the receipt."""

    verdict: Verdict
    local: Verdict
    online: Verdict
    result: int | None
    local_reason: LocalReason | None = None
    ism_status: IsmStatus | None = None
    request_code: RequestCode | None = None
    standalone: bool = False

    @property
    def text(self) -> str:
        """A sentence for the person at the till."""
        return self._said()[0]

    @property
    def russian(self) -> str:
        """The same in Russian."""
        return self._said()[1]

    def _said(self) -> tuple[str, str]:
        if self.ism_status is IsmStatus.SALE_STOPPED:
            return _STOPPED
        if self.request_code is RequestCode.CODE_NOT_RECOGNISED:
            return _NOT_RECOGNISED
        if self.verdict is Verdict.NEGATIVE:
            return _WRONG_CODE if self.local is Verdict.NEGATIVE else _NOT_ALLOWED
        if self.verdict is Verdict.POSITIVE:
            return _VALID if self.local is Verdict.POSITIVE else _ONLINE_ONLY
        return _NOT_REACHED

    def as_result(self, answers: Mapping[str, Any]) -> Result:
        """The result of the operation `marking.check`: the verdict and the device's own answers as evidence, and a warning where
        the goods should not be sold, or not without a look. The device did answer, so it is confirmed whatever it said."""
        warnings: tuple[Warning_, ...] = ()
        if self.verdict is not Verdict.POSITIVE:
            warnings = (Warning_(code=f"marking_{self.verdict.value}", message=self.text, field="marking"),)
        return Result(evidence={**answers, "marking": self.as_data()}, warnings=warnings)

    def as_data(self) -> dict[str, Any]:
        """For the result's evidence: words, and the raw number."""
        return {
            "verdict": self.verdict.value,
            "local": self.local.value,
            "online": self.online.value,
            "local_reason": self.local_reason.value if self.local_reason else None,
            "ism_status": self.ism_status.value if self.ism_status else None,
            "request_code": self.request_code.value if self.request_code else None,
            "standalone": self.standalone,
            "tag_2106": self.result,
        }


def verdict(
    *,
    result: int | None = None,
    local_result: int | None = None,
    local_reason: int | None = None,
    request_code: int | None = None,
    ism_status: int | None = None,
) -> Check:
    """One verdict of what a device answered.

    `result`: tag 2106 (final). `local_result`: tag 2004, before the ISM is asked. `local_reason`: why the FN did not check.
    `request_code`: tag 2105. `ism_status`: tag 2109. A part that says no is never outvoted; numbers that are not known say
    nothing, so that a newer device is not misread.
    """
    bits = CheckBits(result or 0)
    # Bits 0 and 1 of 2106 may come from the ISM's check of the code; of tag 2004 they are the FN's alone.
    local_bits = CheckBits(local_result) if local_result is not None else bits
    status = _known(IsmStatus, ism_status)
    request = _known(RequestCode, request_code)
    local = _local(local_bits)
    online = _online(bits, status, request, final=result is not None)
    if CheckBits.CHECKED in bits and CheckBits.POSITIVE not in bits:
        local = Verdict.NEGATIVE
    return Check(
        verdict=_both(local, online),
        local=local,
        online=online,
        result=result,
        local_reason=_known(LocalReason, local_reason),
        ism_status=status,
        request_code=request,
        standalone=CheckBits.STANDALONE in bits,
    )


def _local(bits: CheckBits) -> Verdict:
    if CheckBits.CHECKED not in bits:
        return Verdict.UNAVAILABLE
    return Verdict.POSITIVE if CheckBits.POSITIVE in bits else Verdict.NEGATIVE


def _online(bits: CheckBits, status: IsmStatus | None, request: RequestCode | None, *, final: bool) -> Verdict:
    if status in (IsmStatus.INCORRECT, IsmStatus.SALE_STOPPED) or request is RequestCode.CODE_NOT_RECOGNISED:
        return Verdict.NEGATIVE
    if final and CheckBits.STATUS_KNOWN in bits:
        return Verdict.POSITIVE if CheckBits.STATUS_CORRECT in bits else Verdict.NEGATIVE
    if status is IsmStatus.CORRECT and not final:
        return Verdict.POSITIVE
    return Verdict.UNAVAILABLE


def _both(local: Verdict, online: Verdict) -> Verdict:
    if Verdict.NEGATIVE in (local, online):
        return Verdict.NEGATIVE
    # The FN has no key for many groups of goods; what the ISM allows is allowed.
    return Verdict.POSITIVE if online is Verdict.POSITIVE else Verdict.UNAVAILABLE


def _known(words: type[C], code: int | None) -> C | None:
    if code is None:
        return None
    try:
        return words.by_code(code)
    except LookupError:
        return None
