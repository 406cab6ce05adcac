"""What no source settles, each with the way that this driver takes. Nowhere else in the plugin is one decided.

Numbers are those of protocol-specs/zvt/README.md, "Open points". Where the code is right whichever way a terminal behaves, the
point has no switch and is named in the code by its number.
"""

from __future__ import annotations

from typing import Final

# [Z1] How long a terminal may take until a payment whose result nobody acknowledged is reversed. No source gives a time; the
# reference says "wait at least 10 s and ask once more". Settable: `reversal_window`. By the profiles of the reference:
# A reverses by itself, B leaves the payment standing, C sets it to declined.
REVERSAL_WINDOW: Final = {"A": 15.0, "B": 10.0, "C": 10.0}

# [Z2] Tip (1F36) and cashback (1F25) are amounts; their form is taken to be that of BMP 04, six bytes of BCD.
AMOUNT_OBJECT_SIZE: Final = 6
TIP_OBJECT: Final = 0x1F36
CASHBACK_OBJECT: Final = 0x1F25

# [Z3] 1F70 says that less than the amount may be approved; one byte whose top bit says so. A terminal that does not know it skips it.
PARTIAL_APPROVAL_OBJECT: Final = 0x1F70
PARTIAL_APPROVAL_VALUE: Final = b"\x80"

# [Z4] Whether 6C (abort or time-out) was one or the other only its text tells. Without one: a terminal that asked for a card and
# heard nothing for this long ran out of its own time (the default of BMP 01 is 30 s).
CARD_TIME_OUT_SECONDS: Final = 25.0

# [Z5] Whether 06 20 shows a payment that was reversed by itself as the payment, as its reversal, or as the payment before it differs
# by vendor. All three are taken: see `recovery.py`.

# [Z6] Clocks of terminal and till differ. A record of a payment in doubt must lie in this window around it, in seconds; the
# difference that the last live result showed is taken off first. A record without a time is told by its numbers alone.
CLOCK_TOLERANCE_SECONDS: Final = 120.0

# [Z7] An approved 04 0F that comes where no payment is under way belongs to an earlier command, and is acknowledged: a negative
# answer would reverse it. It is kept as evidence, and an alert is raised where no job in doubt hears it.

# [Z8] A terminal that asks for a signature by BMP 19 alone: 40 and 60 stand for a signature line where 1F10 is missing or FF.
SIGNATURE_TYPES: Final = frozenset((0x40, 0x60))

# [Z9] A receipt in single lines does not tell whose copy it is. The words below tell it; else the first one is the merchant's.
CUSTOMER_WORDS: Final = ("KUNDENBELEG", "KUNDE ", "CUSTOMER", "CLIENT", "KUNDENAUSFERTIGUNG")
MERCHANT_WORDS: Final = ("HÄNDLERBELEG", "HAENDLERBELEG", "HÄNDLER", "MERCHANT", "KAUFMANN", "COMMERÇANT")
SIGNATURE_WORDS: Final = ("UNTERSCHRIFT", "SIGNATURE", "FIRMA ")

# [Z10] An abort of which the terminal says nothing within T3 is taken for one that it does not know.

# [Z11] 04 FF with a container and no T4 byte is read as such where the container fills the message to its end.

# [Z12] No source tells the result code of 06 20 where the terminal has no payment. These are taken for "there is none": not possible,
# and the system error that an empty 06 1E stands for. Any other one (locked, end of day due, no connection) says nothing of what it has.
NOTHING_STORED: Final = frozenset((0xB5, 0xFF))
