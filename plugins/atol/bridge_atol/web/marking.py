"""The check of a marking code behind the server: begun, asked for until it is there, and kept for the receipt or thrown away.

Follows protocol-specs/atol/json-tasks.md, "Marking". Nothing of it is a document: it may be asked again.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bridge_ffd.code_question import CodeQuestion, question_of
from bridge_ffd.marking import MAX_CODE
from bridge_ffd.marking_check import Check, IsmStatus, LocalReason, RequestCode, Verdict, verdict
from bridge_ffd.versions import FfdVersion
from bridge_ffd.vocabulary import Coded

from bridge.model import JobError, MarkingCheck, Result, unsupported
from bridge.plugin import Aborted, DeviceError, JobContext
from bridge_atol.settings import AtolSettings
from bridge_atol.web import names, texts
from bridge_atol.web.answers import plain
from bridge_atol.web.client import Refused
from bridge_atol.web.errors import job_error
from bridge_atol.web.messages import Json, Said, Status, TaskState, Unreadable
from bridge_atol.web.reading import Reader, Waiting, pauses, why

OP = "marking.check"
IS_RUN, TABLE_FULL = 401, 408

Task = Mapping[str, Json]

BEGIN, STATE = "beginMarkingCodeValidation", "getMarkingCodeValidationStatus"
ACCEPT, DECLINE, CANCEL = {"type": "acceptMarkingCode"}, {"type": "declineMarkingCode"}, {"type": "cancelMarkingCodeValidation"}
CLEAR = {"type": "clearMarkingCodeValidationResult"}

# Words of the driver -> numbers of the tags.
_REASONS: Mapping[str, Coded] = {
    "checked": LocalReason.CHECKED,
    "typeIncorrect": LocalReason.TYPE_NOT_CHECKED,
    "noKeys": LocalReason.NO_KEY,
    "noGS1": LocalReason.NO_CHECK_CODE,
    "other": LocalReason.OTHER,
}
_REQUESTS: Mapping[str, Coded] = {
    "correct": RequestCode.CORRECT,
    "incorrect": RequestCode.MALFORMED,
    "unrecognized": RequestCode.CODE_NOT_RECOGNISED,
}
_STATUSES: Mapping[str, Coded] = {
    "itemEstimatedStatusCorrect": IsmStatus.CORRECT,
    "itemEstimatedStatusIncorrect": IsmStatus.INCORRECT,
    "itemSaleStopped": IsmStatus.SALE_STOPPED,
}


def plan_check(operation: MarkingCheck, version: FfdVersion) -> Task:
    """The task that begins it. Raises RequestError."""
    if version < FfdVersion.V1_2:
        raise unsupported("op", f"codes are checked since FFD 1.2, and the device works in {version.text}")
    return _begin(question_of(operation, MAX_CODE))


def _begin(asked: CodeQuestion) -> Task:
    params: dict[str, Json] = {
        "imcType": "auto",
        "imc": base64.b64encode(asked.code).decode(),
        "itemEstimatedStatus": names.PLANNED[asked.status],
        "imcModeProcessing": 0,
    }
    if asked.quantity is not None:
        params |= {"itemQuantity": asked.quantity, "itemUnits": names.MEASURES[asked.measure]}
    return {"type": BEGIN, "params": params}


def check_of(begun: Mapping[str, Json], told: Mapping[str, Json]) -> Check:
    """Of the result that the beginning has, and of the last state: empty where it never came to an end."""
    local, online = _part(begun, "offlineValidation"), _part(told, "onlineValidation")
    bits = online.get("itemInfoCheckResult")
    return verdict(
        result=bits_of(bits) if isinstance(bits, Mapping) else None,
        local_result=(local.get("fmCheck") is True) | (local.get("fmCheckResult") is True) << 1 if local else None,
        local_reason=_code(_REASONS, local.get("fmCheckErrorReason")),
        request_code=_code(_REQUESTS, online.get("markOperatorResponseResult")),
        ism_status=_code(_STATUSES, online.get("markOperatorItemStatus")),
    )


def bits_of(told: Mapping[str, Json]) -> int:
    """Tag 2106 of its five flags."""
    return sum((told.get(name) is True) << bit for bit, name in enumerate(names.CHECK_BITS))


@dataclass(slots=True)
class CodeCheck:
    """One check. Raises LinkError, DeviceError, Aborted."""

    reader: Reader
    settings: AtolSettings
    context: JobContext

    async def carry_out(self, operation: MarkingCheck, version: FfdVersion) -> Result:
        if self.context.abort_requested:
            raise Aborted
        try:
            begun = await self._begun(plan_check(operation, version))
            told = await self._end()
            check = check_of(begun, told)
            await self._leave(check)
        except Waiting as waiting:
            raise why(waiting.queue).error() from waiting
        except Refused as refused:
            raise DeviceError(job_error(refused.said)) from refused
        except Unreadable as error:
            raise texts.SERVER_UNREADABLE.error(problem=error) from error
        if check.verdict is Verdict.NEGATIVE:
            raise DeviceError(_not_to_be_sold(check))
        return check.as_result({"begun": plain(begun), "state": plain(told)})

    async def _begun(self, begin: Task) -> Mapping[str, Json]:
        """A check that another one left behind is ended first, and so is a full table; not where it may be another program's."""
        state = await self._one(begin)
        rest = {IS_RUN: CANCEL, TABLE_FULL: CLEAR}.get(_code_of(state))
        if rest is not None and not self.context.device.shared:
            await self._one(rest)
            state = await self._one(begin)
        if state.status is not Status.READY:
            raise DeviceError(job_error(state.error, "marking"))
        return state.result

    async def _end(self) -> Mapping[str, Json]:
        """The last state; empty where there is none within its time: the check is ended then."""
        clock = self.context.device.clock
        until = clock.monotonic() + self.settings.timeouts.marking
        for pause in pauses(self.settings.timeouts.poll):
            state = await self._one({"type": STATE})
            if state.status is not Status.READY:
                raise DeviceError(job_error(state.error, "marking"))
            over = state.result.get("ready") is True
            failed = "ready" not in state.result and _part(state.result, "driverError")
            if over or failed:
                return state.result
            if self.context.abort_requested or clock.monotonic() >= until:
                await self._one(CANCEL)
                if self.context.abort_requested:
                    raise Aborted
                return {}
            await clock.sleep(pause)
        raise AssertionError("pauses have no end")

    async def _leave(self, check: Check) -> None:
        """What may be sold is kept for the receipt. What the driver says to that changes nothing: it asks again where it has to."""
        if check.result is None:
            await self._one(CANCEL)
        else:
            await self._one(DECLINE if check.verdict is Verdict.NEGATIVE else ACCEPT)

    async def _one(self, task: Task) -> TaskState:
        _, states = await self.reader.ask((task,), self.settings.timeouts.command, lambda: self.context.abort_requested)
        return states[0]


def _not_to_be_sold(check: Check) -> JobError:
    russian = {"ru": (check.russian, "Не продавайте этот товар.")}
    return JobError.of("device.rejected", check.text, field="marking", remedy="Do not sell the goods.", texts=russian)


def _code_of(state: TaskState) -> int:
    said: Said | None = state.error
    return said.code if said is not None and state.status is Status.ERROR else 0


def _part(told: Mapping[str, Json], name: str) -> Mapping[str, Any]:
    value = told.get(name)
    return value if isinstance(value, Mapping) else {}


def _code(words: Mapping[str, Coded], word: Json) -> int | None:
    return words[word].code if isinstance(word, str) and word in words else None


__all__: Sequence[str] = ("OP", "CodeCheck", "check_of", "plan_check")
