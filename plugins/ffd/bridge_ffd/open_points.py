"""What no source settles, each with the way that this package takes. Nowhere else in it is one decided.

Numbers are those of protocol-specs/ffd/README.md, "Open points". Where the code is right whichever way a device decides, the
point has no switch and is named in the code by its number.
"""

from __future__ import annotations

from typing import Final

# [F1] Type bytes of tobacco in tag 1162: 44 4D as of any DataMatrix (written by a vendor's driver), or 15 20 (older sources).
TOBACCO_TYPE: Final = bytes.fromhex("444D")

# [F2] Whether a tobacco serial in tag 1162 is padded with spaces to 13 bytes: one vendor's driver does.
TOBACCO_SERIAL_PADDED_TO: Final = 13

# [F3] Correction receipts of returns: FFD 1.05 has none by all descriptions, but no text of the order was at hand.
CORRECTED_RETURNS_SINCE_1_1: Final = True

# [F4] Payment methods 1 to 3 (prepayments and advance) with excise or marked goods are said to be refused by most firmware.
# Refusing here what a device might take would be worse than its own refusal, so it is only told.
WARN_OF_PREPAID_MARKED_GOODS: Final = True

# [F5] The two bytes before the sign in tag 1077: 31 04 on two devices, 21 04 in a third recording. Written as the first, read as any.
SIGN_PREFIX: Final = bytes.fromhex("3104")

# [F6] Bits of the FN's warnings above 08: 10 refused by the OFD, 20 device must be set up, 40 OFD's licence withdrawn: one source
# each. They are shown, and nothing is decided by them.
DECIDE_BY_UPPER_WARNINGS: Final = False

# [F7] Receipt totals of the rates since 2025 stand in tag 1115, one 1119 a rate; real receipts of 2025 and 2026 have the older
# rates there as well. Read from both, always; which of them a device writes is its own affair.

# [F8] What a goods code in tag 1163 is made of, for a GS1 code: 01, the GTIN, 21 and the serial without separators.
GS1_CODE_WITH_IDENTIFIERS: Final = True

# [F9] A voucher that the shop sold is an advance, so paying with it settles the advance (tag 1215). No source says so in a word.
VOUCHERS_ARE_ADVANCES: Final = True

# [F10] Type bytes of the alcohol codes in tag 1162, and which part of the code goes in (14 and 23 characters, as in tag 1163).
EGAIS_2_TYPE: Final = bytes.fromhex("C514")
EGAIS_3_TYPE: Final = bytes.fromhex("C51E")
