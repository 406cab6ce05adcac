"""What no source settles, each with the way that this driver takes. Nowhere else in the plugin is one decided.

Numbers are those of protocol-specs/atol/README.md, "Open points". Where the code is right whichever way a device decides, the point
has no switch and is named in the code by its number.
"""

from __future__ import annotations

from typing import Final

from bridge_atol.vocabulary import Mode

# [A1, A2] A result is asked for by its task's id where a connection was lost. A task that is not known any more proves nothing: what
# became of the document is then asked of the FN and of counters.

# [A4] Codes of VAT since 2025 in EB: those of tag 1199.
VAT_CODES_ARE_THOSE_OF_TAG_1199: Final = True

# [A5] Mode for repeating the last document.
COPY_MODE: Final = Mode.REGISTRATION

# [A6] No command is known that goes on with a document that ran out of paper; the vendor's driver sends none either where nothing waits.
# The document is printed again instead: the last one by 95h, any other as the FN keeps it.

# [A7] Marking codes of FFD 1.2: the vendor's driver tells the code by EFh 08 00 before EBh. How a code is checked, and what of a check
# stands in the receipt, no source shows: so the code is told and nothing else of it, and marking.check is not possible.
MARKING_CODES_ARE_TOLD: Final = True

# [A8] Corrections of FFD 1.05: one item of the whole sum, as the vendor's driver sends it, for one rate of VAT. In the tag of the sum at
# 0 % that driver was seen to write 0; turnover is written here, as the format has it.

# [A10] C1 prints bar codes; of its parameters one frame is known, a QR code: type 00, alignment 02, scale, version 0000, options 01 01.
# These are sent, so that alignment and error correction are the device's; other codes are refused. Of 75, cut, 01 is the whole width;
# 00 is taken for a part of it.
QR_ALIGNMENT: Final = 2
QR_OPTIONS: Final = (1, 1)
CUT_PARTLY: Final = 0

# [A11] A4 45 chooses a document of the FN (type and size, two bytes each), A4 46 brings its tags in blocks; one source, and none for how
# the blocks end. They are read until the size is there, a block is empty, or the device refuses. What does not decode is left out.

# [A12] Mode for setting the clock: the one source that sets it names none. The first is tried; where it is refused as a wrong mode
# (66h), which changes nothing, the next.
CLOCK_MODES: Final = (Mode.SELECT, Mode.PROGRAMMING)

# [A13] How a text for the customer's display fills its lines: each with blanks to its width, one behind the other, in one command.
