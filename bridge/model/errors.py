"""The few stable error codes, what each means for the document, and the errors that carry them.

`RequestError`: a request was refused, nothing is stored (problem details, RFC 9457). `JobError`: what a job's `error`
says. The table here is the one in docs/errors.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from pydantic.json_schema import SkipJsonSchema

from bridge.model.base import Model
from bridge.model.fates import OF_DOCUMENTS, Fate, of_money, split, what_became
from bridge.model.texts import CATALOGUES, told, translated


class Retry(StrEnum):
    """Whether the same thing may be tried again, as a new job with a new key."""

    NEVER = "never"
    SAFE = "safe"
    AFTER_RECOVERY = "after_recovery"


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """A row of the table: HTTP status where a request is refused with it, retry, what it means, what to do."""

    status: int
    retry: Retry
    text: str
    remedy: str


ERRORS: dict[str, ErrorKind] = {
    "device.offline": ErrorKind(503, Retry.SAFE, "The device does not answer.", "Check its power and cable, then try again."),
    "device.busy": ErrorKind(409, Retry.SAFE, "The device is busy.", "Wait until it is idle, then try again."),
    "device.unresolved": ErrorKind(
        409,
        Retry.AFTER_RECOVERY,
        "An earlier document of this device is not settled yet.",
        "Settle the job it names first: look at the paper and resolve it, or bring the device back.",
    ),
    "device.wrong_device": ErrorKind(
        409,
        Retry.AFTER_RECOVERY,
        "Another device answers at this address.",
        "Put the right device back, or let an administrator accept the new one.",
    ),
    "device.journal": ErrorKind(
        409,
        Retry.AFTER_RECOVERY,
        "The journal was lost or damaged, so earlier documents cannot be told from new ones.",
        "Compare the last documents of the device with the shop's records, then let an administrator accept the new journal.",
    ),
    "device.paper_out": ErrorKind(409, Retry.SAFE, "The device is out of paper.", "Put paper in."),
    "device.cover_open": ErrorKind(409, Retry.SAFE, "The cover of the device is open.", "Close the cover."),
    "device.shift_closed": ErrorKind(409, Retry.SAFE, "No shift is open.", "Open a shift first."),
    "device.shift_expired": ErrorKind(409, Retry.SAFE, "The shift is too old.", "Close the shift with its Z report."),
    "device.memory_full": ErrorKind(409, Retry.NEVER, "The fiscal memory is full.", "Call the service."),
    "device.clock": ErrorKind(
        409, Retry.SAFE, "The clock of the device is wrong or out of range.", "Set the clock of the device."
    ),
    "device.sale_blocked": ErrorKind(409, Retry.SAFE, "The device does not allow sales at present.", "See what the device says."),
    "device.fault": ErrorKind(409, Retry.NEVER, "The device reports a fault of its own.", "Call the service."),
    "device.rejected": ErrorKind(
        409, Retry.SAFE, "The device refused the document.", "Correct what it names and send it as a new job."
    ),
    "terminal.busy": ErrorKind(409, Retry.SAFE, "The terminal is busy.", "Wait until it is idle, then try again."),
    "terminal.batch_full": ErrorKind(409, Retry.SAFE, "The terminal's batch is full.", "Reconcile the terminal, then try again."),
    "terminal.not_ready": ErrorKind(
        409,
        Retry.SAFE,
        "The terminal is not ready for payments.",
        "See what it shows: it may start, be updated, want a card removed, or have to be set up or registered anew.",
    ),
    "terminal.no_such_payment": ErrorKind(
        409,
        Retry.NEVER,
        "The terminal has no such payment that could be changed any more.",
        "Check the number; behind the end of the terminal's day give the money back with a refund.",
    ),
    "request.invalid": ErrorKind(422, Retry.SAFE, "The request is not valid.", "Correct the fields named and send it again."),
    "request.unsupported": ErrorKind(422, Retry.NEVER, "This device cannot do that.", "See the device's capabilities."),
    "request.conflict": ErrorKind(
        409, Retry.SAFE, "The device is not in the state that the request expects.", "Read its status again."
    ),
    "request.expired": ErrorKind(
        409, Retry.SAFE, "The deadline passed before the job could begin.", "Send it again if it is still wanted."
    ),
    "request.aborted": ErrorKind(409, Retry.SAFE, "The job was aborted.", "Send it again if it is still wanted."),
    "request.key_missing": ErrorKind(
        400, Retry.SAFE, "The Idempotency-Key header is missing.", "Give every document its own key and repeat it on retries."
    ),
    "request.key_reused": ErrorKind(
        422, Retry.NEVER, "This key was used for another request.", "Use a new key for a new document, the same body for a retry."
    ),
    "request.duplicate_reference": ErrorKind(
        409, Retry.NEVER, "This reference was already used.", "See the job it names; mark parts of one order with part: true."
    ),
    "request.malformed": ErrorKind(400, Retry.SAFE, "The request cannot be read.", "Send one JSON object in UTF-8."),
    "request.too_large": ErrorKind(413, Retry.NEVER, "The request is too large.", "Send less."),
    "request.media_type": ErrorKind(415, Retry.NEVER, "Only application/json is taken.", "Set Content-Type: application/json."),
    "request.not_found": ErrorKind(404, Retry.NEVER, "There is no such thing.", "Check the id."),
    "request.no_paper": ErrorKind(
        404, Retry.NEVER, "There is no paper of this to show.", "Read the job itself (GET /jobs/{id}): its data are all there is."
    ),
    "request.method": ErrorKind(405, Retry.NEVER, "The method does not fit this address.", "See the API description."),
    "request.exists": ErrorKind(409, Retry.NEVER, "It exists already.", "Choose another id, or change the one that exists."),
    "discovery.running": ErrorKind(
        409, Retry.SAFE, "A search for devices is running already.", "Wait until it is over (GET /discovery), then start another."
    ),
    "gate.host_not_allowed": ErrorKind(
        403, Retry.NEVER, "The Host header does not name this service.", "Use http://127.0.0.1 and the port."
    ),
    "gate.target": ErrorKind(400, Retry.NEVER, "The request target must begin with '/'.", "Send an origin-form target."),
    "gate.origin_not_allowed": ErrorKind(
        403,
        Retry.NEVER,
        "Requests of this origin are not allowed.",
        "Pair the page with this bridge (POST /pairing), or use a program without Origin.",
    ),
    "gate.origin_required": ErrorKind(
        403, Retry.NEVER, "A page's token comes with its page's Origin.", "Give programs a token of their own: tillbridge pair."
    ),
    "gate.token_origin_mismatch": ErrorKind(
        403,
        Retry.NEVER,
        "The token belongs to another origin, or to a program.",
        "Pair this page: each origin has its own tokens.",
    ),
    "gate.session_unknown": ErrorKind(
        409,
        Retry.NEVER,
        "It cannot be told whose request this is.",
        "Ask the administrator: see docs/many-users.md for what this system can tell.",
    ),
    "gate.wrong_session": ErrorKind(
        403,
        Retry.NEVER,
        "The request comes from another user or session of this computer.",
        "Use the bridge of your own user, or pair again in this session.",
    ),
    "gate.unauthorised": ErrorKind(
        401, Retry.NEVER, "A valid bearer token is needed.", "Send Authorization: Bearer with the token."
    ),
    "gate.scope_missing": ErrorKind(403, Retry.NEVER, "This token may not do that.", "Use a token that was given this right."),
    "gate.pin_wrong": ErrorKind(
        403,
        Retry.SAFE,
        "The PIN is wrong.",
        "Type it again. Behind several wrong ones it must be waited; an administrator can set another.",
    ),
    "gate.rate": ErrorKind(429, Retry.SAFE, "Too much at once.", "Wait as long as Retry-After says, then try again."),
    "events.gone": ErrorKind(
        410,
        Retry.NEVER,
        "The events asked for are not all there.",
        "Subscribe again after the seq that it names, then list the jobs to see what you missed.",
    ),
    "gate.method": ErrorKind(405, Retry.NEVER, "This method is not allowed.", "Use GET, POST, PUT or DELETE."),
    "plugin.error": ErrorKind(
        500, Retry.SAFE, "The plugin of this device failed.", "See the log; report it to the plugin's author."
    ),
    "server.error": ErrorKind(500, Retry.SAFE, "The bridge failed.", "See the log; the same key may be sent again."),
    "server.storage": ErrorKind(
        503, Retry.SAFE, "The journal cannot be written.", "Check the disk; the same key may be sent again."
    ),
    "server.stopping": ErrorKind(503, Retry.SAFE, "The bridge is stopping.", "Send it again with the same key in a moment."),
}

OF_MONEY: dict[str, ErrorKind] = {
    "device.unresolved": replace(
        ERRORS["device.unresolved"],
        text="An earlier payment of this terminal is not settled yet.",
        remedy="Settle the job it names first: look at the terminal's display, its journal and its slips and resolve it, "
        "or bring the terminal back.",
    ),
    "device.journal": replace(
        ERRORS["device.journal"],
        text="The journal was lost or damaged, so earlier payments cannot be told from new ones.",
        remedy="Compare the last payments in the terminal's journal with the shop's records, "
        "then let an administrator accept the new journal.",
    ),
    "device.rejected": replace(ERRORS["device.rejected"], text="The terminal refused it."),
}
"""Of card payments, where the sentence of the table speaks of documents."""


def kind_of(code: str, op: str = "") -> ErrorKind:
    """The row of a code, in the words for this operation."""
    return OF_MONEY.get(code, ERRORS[code]) if of_money(op) else ERRORS[code]


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong in a request: where, what, and the limit that it broke, where there is one."""

    field: str
    message: str
    limit: str | None = None
    remedy: str | None = None

    def as_json(self, languages: Sequence[str] = ()) -> dict[str, str]:
        pairs = {"field": self.field, "message": told(self.message, languages), "limit": self.limit}
        if self.remedy is not None:
            pairs["remedy"] = told(self.remedy, languages)
        return {key: value for key, value in pairs.items() if value is not None}


@dataclass(eq=False)
class RequestError(Exception):
    """A request is refused. Nothing was stored, its key stays free.

    `code` is a row of ERRORS, which gives status and remedy; `extra` adds members to the problem document (`job`: the
    first job of a duplicate reference, and the like). `op`: of the request, where what is said depends on it.
    """

    code: str
    detail: str
    errors: tuple[FieldError, ...] = ()
    extra: dict[str, object] = field(default_factory=dict)
    op: str = ""

    def __post_init__(self) -> None:
        super().__init__(f"{self.code}: {self.detail}")

    @property
    def status(self) -> int:
        return ERRORS[self.code].status

    def problem(self, languages: Sequence[str] = ()) -> dict[str, object]:
        """The RFC 9457 problem document, for somebody who reads these languages, best first."""
        kind = kind_of(self.code, self.op)
        return {
            "type": f"urn:tillbridge:error:{self.code}",
            "title": told(kind.text, languages),
            "status": kind.status,
            "code": self.code,
            "detail": self._detail(languages),
            "remedy": told(kind.remedy, languages),
            "retry": kind.retry.value,
            "errors": [error.as_json(languages) for error in self.errors],
            **self.extra,
        }

    def _detail(self, languages: Sequence[str]) -> str:
        """What has no other words than English, and those for whom it is written, has a general sentence before it."""
        said = told(self.detail, languages)
        english = kind_of(self.code, self.op).text
        title = told(english, languages)
        if said != self.detail or title == english:
            return said
        fields = [(error.field, error.message, told(error.message, languages)) for error in self.errors]
        if fields and all(message != words for _, message, words in fields):
            return f"{title} " + "; ".join(f"{field}: {words}" for field, _, words in fields)
        return f"{title} {self.detail}"


def invalid(field_name: str, message: str, *, limit: str | None = None, remedy: str | None = None) -> RequestError:
    """The usual refusal: one field, what is wrong with it."""
    return RequestError("request.invalid", f"{field_name}: {message}", (FieldError(field_name, message, limit, remedy),))


def unsupported(field_name: str, message: str, *, limit: str | None = None, remedy: str | None = None) -> RequestError:
    """What this device cannot do, though another might."""
    return RequestError("request.unsupported", f"{field_name}: {message}", (FieldError(field_name, message, limit, remedy),))


class LocalText(Model):
    """What an error says in one language."""

    message: str
    remedy: str = ""


class JobError(Model):
    """Why a job has no document, as `job.error` says it.

    `message` is for the person at the till: what happened, is the receipt out or not, what to do. `texts` keeps the same by
    language (ISO 639-1), as far as the driver has it; English is always in `message` and `remedy` themselves.
    """

    code: str
    message: str
    fate: Fate = Fate.NOT_ISSUED
    retry: Retry = Retry.SAFE
    remedy: str = ""
    device_code: str | None = None
    device_text: str | None = None
    field: str | None = None
    limit: str | None = None
    job: str | None = None
    texts: SkipJsonSchema[dict[str, LocalText]] = {}

    def in_language(self, language: str) -> JobError:
        """The same error with `message` and `remedy` in this language: the driver's words for it, else the catalogue's."""
        text = self.texts.get(language)
        if text is not None:
            remedy = text.remedy or told(self.remedy, (language,))
            return self.model_copy(update={"message": text.message, "remedy": remedy})
        if language not in CATALOGUES:
            return self
        detail, became = split(self.message)
        said = translated(detail, language)
        if said is None:  # a driver's own English: what it means in general comes before it
            table = ERRORS if became in OF_DOCUMENTS.values() else {**ERRORS, **OF_MONEY}
            kind = table.get(self.code)
            said = f"{told(kind.text, (language,))} {detail}" if kind is not None else detail
        message = f"{said} {told(became, (language,))}" if became else said
        return self.model_copy(update={"message": message, "remedy": told(self.remedy, (language,))})

    def about(self, op: str) -> JobError:
        """The same error in the words for this operation: drivers and the table speak of documents where they do not know better."""
        if not of_money(op):
            return self
        usual, own = ERRORS[self.code], kind_of(self.code, op)
        became = what_became(self.fate, op)
        detail, _ = split(self.message)
        remedies = {usual.remedy: own.remedy}
        texts = {
            language: LocalText(
                message=_ending_so(text.message, self.fate, became, language), remedy=remedies.get(text.remedy, text.remedy)
            )
            for language, text in self.texts.items()
        }
        message = f"{own.text if detail == usual.text else detail} {became}".lstrip()
        return self.model_copy(update={"message": message, "remedy": remedies.get(self.remedy, self.remedy), "texts": texts})

    @classmethod
    def of(
        cls,
        code: str,
        detail: str | None = None,
        *,
        fate: Fate = Fate.NOT_ISSUED,
        remedy: str | None = None,
        device_code: str | None = None,
        device_text: str | None = None,
        field: str | None = None,
        limit: str | None = None,
        job: str | None = None,
        texts: Mapping[str, tuple[str, str]] | None = None,
    ) -> JobError:
        """An error with the retry and remedy that the table gives its code.

        `texts`: detail and remedy in other languages than English; what became of the document is added to each.
        """
        kind = ERRORS[code]
        became = what_became(fate)
        what, _ = split(detail or kind.text)  # a device's reason may say it, too
        return cls(
            code=code,
            message=f"{what} {became}".lstrip(),
            fate=fate,
            retry=kind.retry,
            remedy=remedy or kind.remedy,
            device_code=device_code,
            device_text=device_text,
            field=field,
            limit=limit,
            job=job,
            texts={
                language: LocalText(message=f"{said} {told(became, (language,))}", remedy=what_to_do)
                for language, (said, what_to_do) in (texts or {}).items()
            },
        )


def _ending_so(message: str, fate: Fate, became: str, language: str) -> str:
    """Where it ends with what became of a document: with this instead."""
    ending = told(what_became(fate), (language,))
    return message.removesuffix(ending) + told(became, (language,)) if message.endswith(ending) else message
