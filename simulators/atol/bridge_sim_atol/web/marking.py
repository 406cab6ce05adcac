"""Checks of marking codes as the vendor's driver makes them between the register and the marking system: one at a time, begun, asked for,
and kept or thrown away.

Source: protocol-specs/atol, json-tasks.md, "Marking". By which commands the driver does this no source shows, so it is done here beside the
register, whose settings `marking` and `ffd` say what comes of it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bridge_sim_atol.web.driver_errors import PARSE, DriverError
from bridge_sim_atol.web.words import CODE_TYPES, PLANNED, UNITS, number_of

if TYPE_CHECKING:
    from bridge_sim_atol.settings import RegisterSettings

Task = Mapping[str, Any]

IN_PROGRESS, BAD_STATUS, WRONG_STATE, NO_SERVER, WRONG_FORMAT, FULL, TIMED_OUT = 401, 404, 410, 411, 413, 408, 421
ERRORS = {
    IN_PROGRESS: "imcCheckIsRun",
    NO_SERVER: "serverNoConnect",
    WRONG_STATE: "imcCheckWrongState",
    TIMED_OUT: "responseTimeout",
}
ROOM = 128  # codes that are kept for a receipt [?]
_MEASURED = (2, 4)
_NO_ERROR = {"code": 0, "description": "Ошибок нет"}


@dataclass(slots=True)
class Marking:
    """`polls`: how often an end is asked for before there is one. `kept`: codes for the next receipt."""

    settings: Callable[[], RegisterSettings]
    polls: Callable[[], int]
    code: bytes = b""
    asked: int = 0
    kept: list[bytes] = field(default_factory=list)

    def run(self, task: Task) -> Any:
        """The result of a task. Raises DriverError."""
        return _TASKS[str(task["type"])](self, task)

    # --- one code

    def begin(self, task: Task) -> dict[str, Any]:
        settings = self.settings()
        if settings.ffd != "1.2" or settings.marking == "disabled":
            raise DriverError(WRONG_FORMAT)
        code = _code_of(task.get("params"))
        if self.code:
            raise DriverError(IN_PROGRESS)
        if len(self.kept) >= ROOM:
            raise DriverError(FULL)
        self.code, self.asked = code, 0
        return {"offlineValidation": self._local()}

    def state(self, task: Task) -> dict[str, Any]:
        """What is wrong with the check is told inside the result, and the task is carried out all the same."""
        if not self.code:
            return {"driverError": {"code": WRONG_STATE, "description": "Неверное состояние", "error": ERRORS[WRONG_STATE]}}
        self.asked += 1
        if self.asked <= self.polls():
            return {"ready": False}
        if self.settings().marking == "unavailable":
            error = {"code": NO_SERVER, "description": "Ошибка обмена с сервером", "error": ERRORS[NO_SERVER]}
            return {"ready": True, "sentImcRequest": False, "driverError": error}
        return {"ready": True, "sentImcRequest": True, "driverError": _NO_ERROR, "onlineValidation": self._online()}

    def accept(self, task: Task) -> dict[str, Any]:
        code = self._ended()
        if code not in self.kept:
            self.kept.append(code)
        return {"itemInfoCheckResult": self._summed_up()}

    def decline(self, task: Task) -> None:
        self._ended()

    def cancel(self, task: Task) -> None:
        self.code = b""

    def clear(self, task: Task) -> None:
        self.kept.clear()

    def ready(self, task: Task) -> dict[str, Any]:
        return {"validationReady": not self.code}

    def ping(self, task: Task) -> dict[str, Any]:
        there = self.settings().marking != "unavailable"
        return {"ready": there, "time": 20} if there else {"ready": False}

    def _ended(self) -> bytes:
        """The code of a check that is over."""
        if not self.code or self.asked <= self.polls():
            raise DriverError(WRONG_STATE)
        code, self.code = self.code, b""
        return code

    # --- several

    def batch(self, task: Task) -> list[dict[str, Any]]:
        made = []
        for params in task["params"]:
            told = self.begin({"params": params})
            while not (state := self.state(task)).get("ready"):
                pass
            good = all(self._summed_up()[name] for name in ("imcCheckFlag", "imcCheckResult", "imcStatusInfo"))
            if good and "onlineValidation" in state:
                made.append({**told, **state, **self.accept(task)})
            else:
                self.decline(task)
                made.append({**told, **state})
            made[-1].pop("ready")
        return made

    # --- what is found

    def _local(self) -> dict[str, Any]:
        return {"fmCheck": True, "fmCheckResult": self.settings().marking != "negative", "fmCheckErrorReason": "checked"}

    def _online(self) -> dict[str, Any]:
        good = self.settings().marking == "positive"
        return {
            "itemInfoCheckResult": self._summed_up(),
            "markOperatorItemStatus": "itemEstimatedStatusCorrect" if good else "itemEstimatedStatusIncorrect",
            "markOperatorResponse": {"responseStatus": good, "itemStatusCheck": good},
            "markOperatorResponseResult": "correct",
            "imcType": "imcFmVerifyCode44",
            "imcBarcode": "",
            "imcModeProcessing": 0,
        }

    def _summed_up(self) -> dict[str, bool]:
        found = self.settings().marking
        told = found != "unavailable"
        return {
            "imcCheckFlag": True,
            "imcCheckResult": found != "negative",
            "imcStatusInfo": told,
            "imcEstimatedStatusCorrect": found == "positive",
            "ecrStandAloneFlag": False,
        }


def _code_of(params: Any) -> bytes:
    """What is asked about. A code that is no base64 is taken as it stands, as the driver does. Raises DriverError."""
    if not isinstance(params, dict) or not isinstance(params.get("imc"), str) or not params["imc"]:
        raise DriverError(PARSE, 'Ошибка парсинга запроса (поле "params.imc" отсутствует)')
    try:
        number_of(CODE_TYPES, params.get("imcType", "auto"))
        status = number_of(PLANNED, params.get("itemEstimatedStatus", "itemStatusUnchanged"))
        number_of(UNITS, params.get("itemUnits", "piece"))
    except ValueError as error:
        raise DriverError(PARSE, f'Ошибка парсинга запроса ("params": {error})') from error
    if status in _MEASURED and "itemQuantity" not in params and "itemFractionalAmount" not in params:
        raise DriverError(BAD_STATUS)
    try:
        return base64.b64decode(params["imc"], validate=True)
    except binascii.Error:
        return str(params["imc"]).encode()


_TASKS: Mapping[str, Callable[[Marking, Task], Any]] = {
    "beginMarkingCodeValidation": Marking.begin,
    "getMarkingCodeValidationStatus": Marking.state,
    "acceptMarkingCode": Marking.accept,
    "declineMarkingCode": Marking.decline,
    "cancelMarkingCodeValidation": Marking.cancel,
    "clearMarkingCodeValidationResult": Marking.clear,
    "checkMarkingCodeValidationsReady": Marking.ready,
    "validateMarks": Marking.batch,
    "pingIsm": Marking.ping,
}
TASKS = frozenset(_TASKS)
