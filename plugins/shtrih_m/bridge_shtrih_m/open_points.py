"""What no source settles, each with the way that this driver takes. Nowhere else in the plugin is one decided.

Numbers are those of protocol-specs/shtrih-m/README.md, "Open points". Where the code is right whichever way a device decides,
the point has no switch and is named in the code by its number.
"""

from __future__ import annotations

from typing import Final

# [S1] Table 17, row 1, field 7 keeps a document off the paper: 1 the next one, 0 prints. One public program writes it so; the
# driver reads the field back before it relies on it, and refuses a receipt without paper where the device has no such field.
NO_PRINT_FIELD: Final = (17, 1, 7)
NO_PRINT_NEXT: Final = 1

# [S2] Bit codes of the rates since 2025 in FF46h. 7/107: 88h in the vendor's code, 90h in its table of rates.
VAT_CODE_7_107: Final = 0x88

# [S3] Bit codes of the rates since 2026: C0h and the row of the tax table. Shtrih-Nano is said to take 90h and A0h.
VAT_CODE_22: Final = 0xCB
VAT_CODE_22_122: Final = 0xCC

# [S4] A v1 answer that nobody read survives the end of a TCP connection, or not. It is read where it is there, and recovery is
# right without it.

# [S5] Where a device says in which version of the format it works: table 17 or table 10, depending on the model. Both are asked,
# by the names of the fields; without an answer the setting `ffd` counts.
FFD_FIELD_NAMES: Final = ("ФОРМАТ ФД", "ВЕРСИЯ ФФД", "ФФД", "FFD")
FFD_TABLES: Final = ((17, 17), (10, 29))

# [S6] Operation registers 144 to 147: receipts of the shift by kind. One source; shown, and nothing is decided by them.
RECEIPT_COUNTERS: Final = (144, 145, 146, 147)

# [S7] Whether a device opens the shift by itself with the first receipt differs. The driver never lets it: a receipt needs an open
# shift.

# [S8] A sale answered with "still printing" (50h) or "waits to go on" (58h) may be closed all the same. Neither is believed: the FN
# is asked before anything is sent again.

# [S9] Operation registers 155, 156 and 158 count cash in, cash out and X reports, and are not set back. One source. They prove these
# slips; where they do not move as they should, a person decides.
CASH_IN_COUNTER: Final = 155
CASH_OUT_COUNTER: Final = 156
X_REPORT_COUNTER: Final = 158

# [S10] Numbers of corrections and of the closing of a shift in the answer to FF0Ah differ between sources (javapos: 14h and 10h). A
# document whose kind is not known may be ours: it is told by its length, operation and total, or by the number of its shift.

# [S11] Where CBh puts the characters of a bar code: positions 0 to 3 are not explained; none, above, below and both is what printers
# of this kind have.
BAR_TEXT_BELOW: Final = 2
