"""What a token may be given, as the fields of requests and files: origin, label, rights, devices, aliases, routes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, Field

from bridge.model import Text
from bridge.model.base import Described
from bridge.server.access.origins import LONGEST, is_origin
from bridge.server.access.scopes import NEVER_FOR_WEB, Right

# Marks that turn text round, join or hide it, line and paragraph separators: what is shown to who decides must be what it says.
_DECEPTIVE = frozenset({"Cf", "Zl", "Zp", "Co", "Cn"})


def _honest(value: str) -> str:
    for position, character in enumerate(value):
        if unicodedata.category(character) in _DECEPTIVE:
            raise ValueError(f"U+{ord(character):04X} at position {position} is no character that can be seen; remove it")
    if value != value.strip():
        raise ValueError("begins or ends with a blank; remove it")
    return value


def _origin(value: str) -> str:
    if not is_origin(value):
        raise ValueError(
            "must be an origin as browsers write it: https://pos.example.com, in lower case, host names in punycode, "
            "without a path, the port only where it is not the usual one"
        )
    return value


# A right or device may be named twice; by its being a set the schema would say that it must not.
_MAY_REPEAT = Described(uniqueItems=False)

Origin = Annotated[str, Field(max_length=LONGEST), AfterValidator(_origin)]
Label = Annotated[Text, Field(min_length=1, max_length=60), AfterValidator(_honest)]
Rights = Annotated[frozenset[Right], Field(min_length=1), _MAY_REPEAT]
DeviceId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")]
Devices = Annotated[frozenset[DeviceId], Field(min_length=1, max_length=200), _MAY_REPEAT]
Alias = Annotated[str, Field(pattern=r"^@[a-z0-9][a-z0-9._-]{0,38}$")]
Aliases = Annotated[dict[Alias, DeviceId], Field(max_length=50)]
ClientName = Annotated[Text, Field(min_length=1, max_length=60)]
Routes = Annotated[dict[ClientName, Aliases], Field(max_length=1000)]


def checked_rights(rights: Iterable[Right], origin: str | None) -> None:
    """Raises ValueError where a page is to get what no page gets."""
    never = sorted(NEVER_FOR_WEB & frozenset(rights)) if origin is not None else []
    if never:
        raise ValueError(f"{never[0]} is never given to a page; use the console (tillbridge console) or a program's token")
