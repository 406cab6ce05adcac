"""Named presets: what is known of the terminals of one vendor or acquirer. A setting that is given counts before its preset's.

Source: protocol-specs/zvt, the deviations told there. No behaviour is here.
"""

from __future__ import annotations

from typing import Any, Final

PRESETS: Final[dict[str, dict[str, Any]]] = {
    "standard": {},
    # S3 of the reference: Latin-1 always, the password is needed with every enquiry, no auto-reversal of what was not acknowledged
    # but "declined", receipt types behind printed lines, a software update may follow the end of day.
    "card-complete": {"charset": "latin15", "profile": "C", "receipts": "blocks"},
    # TLV without being asked, trace numbers of more than six digits.
    "hobex": {"charset": "latin1"},
    # Unattended readers: the amount is entered by the till alone; receipts come as blocks.
    "feig": {"config_byte": "DE", "receipts": "blocks", "payment_type": "40"},
    # PAX A80 at Global Payments: the abort is ignored, the last payment alone can be reversed, 06 20 may show nothing.
    "pax": {"abort_supported": False, "reversal": "last"},
    "ccv": {},
    "ingenico": {"timeouts": {"t2": 15.0}},
    "verifone": {},
}
