"""What no source settles, each with the way that the driver takes. Nowhere else in this package is one decided.

Numbers are those of protocol-specs/posnet/thermal.md, "Open points"; the simulator plays each of them both ways. Where the
driver is right whichever way a printer decides, the point has no switch and is named in the code by its number.
"""

from __future__ import annotations

from typing import Final

# [T3] DSP in `$y`, the amount on the customer display: the manual says what is left to pay, one public driver sends TOTAL.
# No source says that it is verified.
DISPLAY_SHOWS_REST: Final = True

# [T5] How an amount off the subtotal is spread over several rates. One grosz for each rate is what any fair method may
# differ by; the sum is exact. In grosze.
SPREAD_TOLERANCE_PER_RATE: Final = 1
