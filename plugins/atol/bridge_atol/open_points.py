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

# [A6] No command is known that goes on with a document that ran out of paper: document.continue is not possible.

# [A10] C1 prints bar codes; of its parameters one frame is known, a QR code: type 00, alignment 02, scale, version 0000, options 01 01.
# These are sent, so that alignment and error correction are the device's; other codes are refused. Of 75, cut, 01 is the whole width;
# 00 is taken for a part of it.
QR_ALIGNMENT: Final = 2
QR_OPTIONS: Final = (1, 1)
CUT_PARTLY: Final = 0

# [A11] A4 45 chooses a document of the FN (type and size, two bytes each), A4 46 brings its tags in blocks; one source, and none for how
# the blocks end. They are read until the size is there, a block is empty, or the device refuses. What does not decode is left out.

# [A7] Items with marking codes in FFD 1.2, [A8] corrections in FFD 1.05: refused before anything is sent.
