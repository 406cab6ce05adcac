"""What no source settles about the Web Requests server and its tasks, each with the way taken. Nowhere else in this package is one decided.

Numbers are those of protocol-specs/atol/README.md, "Open points".
"""

from __future__ import annotations

from typing import Final

# [W1] Names of two payment objects that changed between versions of the vendor's driver, which takes both of each.
OTHER_CONTRIBUTIONS_NAME: Final = "otherContributions"
TOURIST_TAX_NAME: Final = "resortFee"

# [W2] Whether the server still knows a request after its own end is not told. That it does not know one proves nothing by itself: the id is
# then taken by a request that only asks, and the FN or an earlier request tells the rest (`settlement.py`).

# [W3] The form of getFnDocument's result: requisites by the number of their tag, and the text of the QR code. What cannot be read is asked
# for with getLastFiscalParams, and else a person decides.

# [W4] Which HTTP status a question beside the queue has while the device is not reached: told by the error's code, whatever the status.
