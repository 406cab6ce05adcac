"""Commands of the reference that are not built, each with the reason. A log shows their frames all the same."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_FIELDS = "its parameters are not public"
_SERVICE = "service level: set in the printer's menu or by the dealer"
_RARE = "a rare remark on invoices; free lines of the invoice can say it"

NOT_BUILT: Mapping[str, str] = MappingProxyType(
    {
        "comcfgget": _SERVICE,
        "comcfgset": _SERVICE,
        "dbchkstart": "a printed check of the goods base; the shop's own list is in the till",
        "discounttypeset": "changes how the printer computes under programs that rely on it; it is read instead",
        "dspcmd": _FIELDS,
        "dsptxt": "the lines of the display are sent one by one (dsptxtline)",
        "fmrecclr": _FIELDS,
        "fmrecfindbydate": _FIELDS,
        "fmrecpowerfail": _FIELDS,
        "fmrectypeget": _FIELDS,
        "fmrecvat": _FIELDS,
        "formimage": _FIELDS,
        "formtinyline": _FIELDS,
        "getprogfiscid": "the fixed identity is asked for (getrealid, sid)",
        "ownershiptypeget": _FIELDS,
        "pccfgget": _SERVICE,
        "pccfgset": _SERVICE,
        "resetprogid": _SERVICE,
        "rtcsync": _SERVICE,
        "sdspexternal": _FIELDS,
        "tcpipcfgget": _SERVICE,
        "tcpipcfgset": _SERVICE,
        "trfvothergoods": _RARE,
        "trfvthreeway": _RARE,
        "trfvtoursrv": _RARE,
        "trfvtransport": _RARE,
        "trlogframecfgset": "the transaction monitor is a port of its own",
        "trlogset": "the transaction monitor is a port of its own",
        "trpackprnend": "for compatibility only: packaging is a line of the receipt (trpack)",
        "usbdrvtypeset": _SERVICE,
        "usetypeget": _FIELDS,
    }
)

NEVER = frozenset(
    (
        "changekeys", "dbtrdelall", "endrepro", "fiscalize", "maintenance", "progid", "protoswitch",
        "repositoryunregister", "vatset",
    )
)  # fmt: skip
"""They change the fiscal memory, the keys or the identity for good: no way leads to them, not even `raw`."""
