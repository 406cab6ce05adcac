"""A device family: what one plugin knows, before and beside any open link."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from bridge.model import ArithmeticProfile, Capabilities, Identity, Operation, RequestError, Warning_
from bridge.plugin.contexts import DeviceContext
from bridge.plugin.decoding import HexDecoder, WireDecoder
from bridge.plugin.driver import Driver
from bridge.transport import Direction, Link, mask_private


class FamilySettings(BaseModel):
    """Base of a family's settings. Secrets are fields of the type pydantic.SecretStr: they are kept apart, owner-only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def key_password(self) -> str | None:
        """The passphrase of the private key that the endpoint's option `key` names."""
        return None


class TlsSettings(FamilySettings):
    """Base of the settings of a family that has tls:// or https:// endpoints. Where files are, and whom to trust, are options
    of the URL; the one secret among them is here."""

    tls_key_password: SecretStr | None = Field(default=None, description="Passphrase of the private key in the option key=.")

    def key_password(self) -> str | None:
        return self.tls_key_password.get_secret_value() if self.tls_key_password is not None else None


@dataclass(frozen=True, slots=True)
class EndpointKind:
    """A kind of endpoint that a family speaks over. `defaults`: URL options where the URL names none.

    `shareable`: several devices may stand behind one endpoint (a gateway). `ports`: where discovery looks on a host for
    which nobody names a port.
    """

    defaults: Mapping[str, str] = field(default_factory=dict)
    shareable: bool = False
    example: str = ""
    ports: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class UsbId:
    vendor: int
    product: int | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """A set-up or service action, for administrators. `form` is the JSON Schema of its input."""

    id: str
    title: str
    form: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VectorCheck:
    """What became of one test vector: the keys that were compared, those that were not and why, and what differed.

    `not_built` is the reason why a whole vector is left out.
    """

    name: str
    compared: tuple[str, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)
    differences: tuple[str, ...] = ()
    not_built: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found that is no error: texts that will look otherwise, things that this device cannot show."""

    warnings: tuple[Warning_, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperCode:
    """A code among the lines. `kind`: "QR", or the name of a bar code ("EAN-13")."""

    kind: str
    data: str
    align: Literal["left", "centre", "right"] = "centre"
    correction: Literal["L", "M", "Q", "H"] = "M"


@dataclass(frozen=True, slots=True)
class PaperCut:
    """Where the paper is cut between the lines."""


@dataclass(frozen=True, slots=True)
class PaperText:
    """A document as this device would print it: lines of at most `width` characters, in its code page, and codes between them.

    `omitted`: what the device adds by itself and the lines do not show, in a word or two each ("header", "number").
    """

    lines: tuple[str | PaperCode | PaperCut, ...]
    width: int
    code_page: str | None = None
    omitted: tuple[str, ...] = ()


SettingsT = TypeVar("SettingsT", bound=FamilySettings)


class DeviceFamily(ABC, Generic[SettingsT]):
    """One family. All attributes are read-only facts; nothing here opens a link by itself."""

    id: ClassVar[str]
    title: ClassVar[str]
    settings_model: type[SettingsT]
    endpoint_kinds: ClassVar[Mapping[str, EndpointKind]]
    arithmetic: ClassVar[ArithmeticProfile] = ArithmeticProfile()
    usb_ids: ClassVar[Sequence[UsbId]] = ()
    mdns_types: ClassVar[Sequence[str]] = ()
    probe_options: ClassVar[Mapping[str, Sequence[Mapping[str, str]]]] = {}
    """For each endpoint kind: URL options that discovery tries, one after the other, where the defaults bring no answer."""
    actions: ClassVar[Sequence[Action]] = ()
    isolation: ClassVar[Literal["thread", "loop"]] = "thread"
    """Where drivers run: each device in a thread with a loop of its own, so that code which blocks delays nobody else;
    or in the host's loop, for families that never block and want the last tenth of a millisecond."""

    @abstractmethod
    async def probe(self, link: Link) -> Identity | None:
        """Whether a device of this family is at the other end. None: no, or not sure.

        Never prints, never changes state, replaces no stored answer: a device that is looked for may have a document in
        doubt. The host opens and closes the link, at the family's defaults, at `probe_options`, or at a device's own URL.
        """

    @abstractmethod
    async def open(self, settings: SettingsT, link: Link, device: DeviceContext) -> Driver:
        """A driver for this link. Sends nothing that could replace a stored answer."""

    @abstractmethod
    def check(self, operation: Operation, settings: SettingsT, capabilities: Capabilities | None) -> Checked:
        """Whether this device could take the operation, told without asking it. `capabilities`: as last seen, else None.

        Raises RequestError naming field, limit and remedy. The host has checked sums, operations and taxes already.
        """

    def paper(self, operation: Operation, settings: SettingsT, capabilities: Capabilities | None) -> PaperText | None:
        """The document as the device would print it, for a preview. `operation` has passed `check`.

        None: the family does not know; the host then draws a plain sketch of a receipt.
        """
        return None

    @abstractmethod
    def check_vector(self, vector: Mapping[str, Any]) -> VectorCheck:
        """Hold one test vector against the codec: decode, compare `meaning`, encode again, compare bytes."""

    def mask(self, data: bytes, direction: Direction) -> bytes:
        """What of these bytes may be kept in a wire log, length kept: here cards, e-mail addresses and phone numbers.

        Extend it where the protocol carries passwords, names or tax ids, and correct the checksum of what was changed: the
        old one would tell of what is hidden. Called for every transfer, before it is sent.
        """
        return mask_private(data, direction)

    def masker(self) -> Callable[[bytes, Direction], bytes]:
        """What masks the transfers of one link; here `mask`, each transfer by itself.

        For protocols whose messages a transfer may end anywhere inside: one that remembers where it stands.
        """
        return self.mask

    def wire_decoder(self) -> WireDecoder:
        """Reads the wire logs of one connection for people, as `mask` left them. Here: a hex dump."""
        return HexDecoder()

    def settings_from(self, values: Mapping[str, Any]) -> SettingsT:
        """Validated settings. Raises pydantic.ValidationError."""
        return self.settings_model.model_validate(dict(values))


__all__ = [
    "Action",
    "Checked",
    "DeviceFamily",
    "EndpointKind",
    "FamilySettings",
    "PaperCode",
    "PaperCut",
    "PaperText",
    "RequestError",
    "TlsSettings",
    "UsbId",
    "VectorCheck",
]
