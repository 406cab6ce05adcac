"""The bodies of calls that are not operations, and how what is wrong with them is told, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError

from bridge.devices.config import DeviceConfig
from bridge.devices.discovery.request import ScanRequest
from bridge.model import FieldError, Model, Operator, RequestError, Text
from bridge.model.base import Moment
from bridge.server.access.grants import Aliases, DeviceId, Devices, Label, Origin, Rights, Routes
from bridge.server.access.pin import LONGEST, SHORTEST

Reason = Annotated[Text, Field(min_length=3, max_length=500)]
Short = Annotated[Text, Field(min_length=1, max_length=100)]


TokenId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,100}$", description="Which token: `admin` is the administrator's.")]
Nonce = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$", description="32 random bytes in base64url without `=`.")]


class Plain(Model):
    """A call that needs nothing but to be made, and may say who stands behind it."""

    operator: Operator | None = None


class AnswerPrompt(Plain):
    prompt_id: Short
    choice: Short


class Resolve(Plain):
    """Settle an unresolved job by hand. `document`: its number, where it was issued and can be read on the paper."""

    verdict: Literal["issued", "not_issued", "recheck"]
    reason: Reason
    document: Short | None = None


class MakeBundle(Plain):
    """`job`: one that it is about, whenever it was. `since`: how far back, 15m, 7d (left out) or a moment."""

    job: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    since: Annotated[Text, Field(min_length=1, max_length=40)] | None = None


class Accept(Plain):
    what: Literal["identity", "journal"]
    reason: Reason


class StartScan(ScanRequest):
    """An empty body looks at all serial ports, the USB and what announces itself, for all families; hosts must be named."""

    operator: Operator | None = None


class Configure(DeviceConfig, Plain):
    """A device's configuration. `settings` are the family's: `GET /families` has their JSON Schema.

    Of a device that exists, a secret that is left out, or sent as the ten asterisks by which it is shown, stays as it is; null
    takes it away.
    """


class CheckAddress(Model):
    """What is to be tried: as for PUT /devices/{device}/config. `device`: the one that is edited; its stored secrets stand in for
    those that are masked or left out."""

    family: str
    url: str
    settings: dict[str, Any] = {}
    device: DeviceId | None = None


class SessionProof(Model):
    token_id: TokenId
    nonce: Nonce


class AskPairing(Model):
    """A page asks to be paired. `origin` is that of its Origin header; `app_name` is shown to who decides.

    `scopes`: what it would like (left out: what a till usually has); what it gets is the person's decision.
    """

    origin: Origin
    app_name: Label
    scopes: Rights | None = None


class Grants(Plain):
    """What a token may be given. `devices` left out: all. `aliases`: `@fiscal` to a device's id.

    `routes`: for a terminal server, the name of a client PC to the aliases that hold for it.
    """

    label: Label | None = None
    scopes: Rights | None = None
    devices: Devices | None = None
    aliases: Aliases = {}
    routes: Routes = {}


class DecidePairing(Grants):
    """`code`: the six digits that the page shows. Without `scopes` it gets, of what it asked for, what a till usually has.

    `bind`: on a computer of several users, whether the token holds for the user who asked, or in this session of his alone,
    which ends when he signs out.
    """

    decision: Literal["approve", "reject"]
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    bind: Literal["user", "session"] = "user"


class CreateToken(Grants):
    """A token without pairing. With `origin` it is a page's, else a program's. `user_id`: Linux the uid, Windows the SID."""

    label: Label
    origin: Origin | None = None
    user_id: Annotated[Text, Field(min_length=1, max_length=200)] | None = None
    user: Annotated[Text, Field(min_length=1, max_length=200)] | None = None
    session: Annotated[Text, Field(min_length=1, max_length=100)] | None = None
    expires_at: Moment | None = None


class OpenConsole(Model):
    """`code`: what stands behind the # of the link."""

    code: Annotated[str, Field(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]


Pin = Annotated[str, Field(min_length=SHORTEST, max_length=LONGEST, pattern=r"^[0-9]+$", description="Six to twelve digits.")]


class SetAttendant(Plain):
    """`devices` left out: all, also those that come later."""

    pin: Pin
    devices: Devices | None = None


class OpenAttendant(Model):
    pin: Pin


ModelT = TypeVar("ModelT", bound=Model)


def validated(model: type[ModelT], body: Mapping[str, Any]) -> ModelT:
    """The body as its model. Raises RequestError naming every field that is wrong."""
    try:
        return model.model_validate(dict(body))
    except ValidationError as error:
        raise invalid_fields(error) from None


def invalid_fields(error: ValidationError) -> RequestError:
    """What pydantic found, as our refusal."""
    errors = tuple(
        FieldError(_path(one["loc"]), str(one["msg"]).removeprefix("Value error, ").removeprefix("Input "))
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    )
    first = errors[0]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return RequestError("request.invalid", f"{first.field}: {first.message}{more}", errors)


def _path(parts: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in parts) or "body"
