"""`python -m tests.paper.renew_font FOLDER`: make bridge/paper/fonts anew out of the DejaVu fonts in FOLDER.

They are those of the npm package dejavu-fonts-ttf 2.37.3 (`npm pack dejavu-fonts-ttf@2.37.3`, unpacked; its folder `package`).
What receipts are written in is kept, at a third of the size: Latin with all its accents, Greek, Cyrillic, Armenian and Georgian,
punctuation, currency signs, arrows, boxes. Hints go too: pictures are drawn large enough, and the same everywhere without them.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FONTS = Path(__file__).parents[2] / "bridge" / "paper" / "fonts"
NAMES = ("DejaVuSansMono", "DejaVuSansMono-Bold")

RANGES = (
    (0x0020, 0x007E),  # Latin
    (0x00A0, 0x024F),
    (0x02B0, 0x036F),  # marks
    (0x0370, 0x03FF),  # Greek
    (0x0400, 0x052F),  # Cyrillic
    (0x0531, 0x0589),  # Armenian
    (0x10A0, 0x10FF),  # Georgian
    (0x1E00, 0x1EFF),  # Latin of Vietnam
    (0x1F00, 0x1FFF),  # Greek with breathings
    (0x2010, 0x205E),  # punctuation
    (0x2070, 0x209F),
    (0x20A0, 0x20CF),  # currencies
    (0x2100, 0x21FF),  # numero, fractions, arrows
    (0x2200, 0x22FF),  # mathematics
    (0x2500, 0x25FF),  # boxes, blocks
    (0x2605, 0x2612),
    (0x2713, 0x2718),
    (0x27E8, 0x27E9),  # the brackets of codes
    (0xFFFD, 0xFFFD),
)


def main(folder: Path) -> None:
    FONTS.mkdir(exist_ok=True)
    for name in NAMES:
        options = subset.Options()
        options.hinting = False
        options.layout_features = []
        options.name_IDs = ["*"]  # the copyright and the licence stand there
        options.notdef_outline = True
        options.recalc_timestamp = False
        font = subset.load_font(str(folder / "ttf" / f"{name}.ttf"), options)
        maker = subset.Subsetter(options)
        maker.populate(unicodes=[point for first, last in RANGES for point in range(first, last + 1)])
        maker.subset(font)
        subset.save_font(font, str(FONTS / f"{name}.ttf"), options)
    (FONTS / "coverage.txt").write_text(coverage(), "utf-8")
    shutil.copy(folder / "LICENSE", FONTS / "LICENSE")


def coverage() -> str:
    """The code points that both fonts have, as ranges in hexadecimal, one a line."""
    points = sorted(set.intersection(*(set(TTFont(FONTS / f"{name}.ttf").getBestCmap()) for name in NAMES)))
    lines: list[str] = []
    first = before = points[0]
    for point in [*points[1:], -1]:
        if point != before + 1:
            lines.append(f"{first:04X}-{before:04X}\n")
            first = point
        before = point
    return "".join(lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
