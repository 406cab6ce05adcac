"""English remedies for what a cashier meets, where the table of errors says only what happened. Keyed by the error number."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_DOCUMENT = "Correct the document and send it again."
_PERIOD = "Correct the period of the report."
_INVOICE = "Correct the invoice and send it again."
_CODE = "Correct the 2D code, or leave it out."
_HUB = "Check the e-document settings of the printer, or give the receipt on paper."

REMEDIES: Mapping[int, str] = MappingProxyType(
    {
        400: _DOCUMENT,
        717: "Shorten the text.",
        722: "Check the clocks of printer and computer.",
        723: "Check the clocks of printer and computer.",
        726: "Shorten the text.",
        739: "Leave the customer's display out.",
        1200: "Leave the menu of the printer, then try again.",
        1959: "Check the packaging.",
        1964: "Check the advance.",
        2040: "Check amount and rate.",
        2042: _PERIOD,
        2043: _PERIOD,
        2045: _PERIOD,
        2046: _PERIOD,
        2047: _PERIOD,
        2048: _PERIOD,
        2049: _PERIOD,
        2050: _PERIOD,
        2055: _DOCUMENT,
        2056: _DOCUMENT,
        2057: "Shorten the text.",
        2058: "Send fewer lines.",
        2059: "Correct the bar code, or leave it out.",
        2063: _DOCUMENT,
        2066: "Look at the last printout.",
        2080: _CODE,
        2081: _CODE,
        2094: "Give the change in one kind.",
        2532: _INVOICE,
        2533: "Give the invoice a number.",
        2534: _INVOICE,
        2535: "Give name and tax number of the buyer.",
        2600: "Check the discount.",
        2601: "Check the discount.",
        2701: "Choose a rate from A to G.",
        2702: "Correct the lines below the receipt.",
        2703: "Shorten the text below the receipt.",
        2705: "Choose another kind of payment.",
        2930: "Check the number of the document.",
        3200: _CODE,
        3202: _CODE,
        3206: _CODE,
        3209: _CODE,
        3210: _CODE,
        3220: "Correct the bar code, or leave it out.",
        3804: "Wait a moment and try again.",
        4000: "Check the number of the document.",
        4251: "Check the printer's network, or give the receipt on paper.",
        4255: _HUB,
        4257: "Nothing to do: the document was sent already.",
        4259: _HUB,
        4272: _HUB,
        4275: "Check the printer's network.",
        4277: "Correct the customer's identifier.",
    }
)
