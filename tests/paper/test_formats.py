"""The formats: nothing wider than the paper, nothing hidden in it, nothing that a browser would run or load, codes that scan."""

from __future__ import annotations

import io
import re
import unicodedata
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest
import zxingcpp
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bridge.model import RequestError
from bridge.paper import Format, Sheet, html, png, qr, render, svg, text
from bridge.paper.layout import MOST_CODES, Code, Line, lay, runs
from bridge.paper.model import NARROWEST, WIDEST, Align, Barcode, Columns, Cut, Mark, Qr, Row, Rule, Text, Verbatim
from bridge.paper.rendering import MOST_BYTES, MOST_LINES
from bridge.paper.visible import cells, visible
from tests.paper.papers import ISSUED, POLISH, RUSSIAN, drawn, job, receipt
from tests.paper.renew_font import FONTS, NAMES, coverage

SVG = "{http://www.w3.org/2000/svg}"

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "]]><svg onload=alert(1)>",
    "&#60;script&#62; &lt; &amp;",
    "javascript:alert(1)",
    "</style><style>@import url(//evil.example)</style>",
    "--><!--",
    "\x00\x07\x1b[2J\x7f\x85",
    "\u202egnp.exe\u202c \u2066x\u2069 \u200b\ufeff\u00ad",
    "\ud800 \uffff \U000e0041",
)

names = st.text(st.characters(), max_size=60) | st.sampled_from(HOSTILE)
aligns: st.SearchStrategy[Align] = st.sampled_from(("left", "centre", "right"))
rows: st.SearchStrategy[Row] = st.one_of(
    st.builds(Text, names, aligns, st.booleans(), st.booleans()),
    st.builds(Columns, names, names, st.booleans(), st.booleans(), st.none() | names),
    st.builds(Verbatim, st.lists(names, max_size=3).map(tuple)),
    st.builds(Mark, names),
    st.builds(Barcode, names, names),
    st.builds(Qr, names),
    st.builds(Rule, st.booleans()),
    st.just(Cut()),
)
sheets = st.builds(Sheet, names, st.lists(rows, max_size=6).map(tuple), st.integers(NARROWEST, 60))


@given(sheets)
def test_no_line_is_wider_than_the_paper_and_no_two_runs_overlap(sheet: Sheet) -> None:
    for laid in lay(sheet):
        if isinstance(laid, Line):
            end = 0
            for piece in laid.pieces:
                assert piece.column >= end
                assert piece.cells == cells(piece.text)
                end = piece.column + piece.cells
                for part, column, taken in runs(piece):
                    assert "  " not in part
                    assert piece.column <= column
                    assert column + taken <= end
            assert end * laid.scale <= sheet.width
    for line in text.render(sheet).splitlines():
        assert cells(line) <= sheet.width


@given(names)
def test_a_text_is_shown_whole_but_for_blanks_and_what_is_invisible_is_written_out(name: str) -> None:
    shown = visible(name)
    assert all(unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for character in shown)
    page = text.render(Sheet("x", (Columns(name, "1.00"),)))
    assert page.replace(" ", "").replace("\n", "") == (shown + "1.00").replace(" ", "")
    assert visible(shown) == shown


class Seen(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words = ""
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self.inside:
            self.words += data


HTML_TAGS = {"html", "head", "meta", "title", "style", "body", "article", "div", "span", "hr", "svg", "rect", "path"}
HTML_ATTRIBUTES = {
    "lang", "charset", "name", "content", "class", "dir", "aria-label", "aria-hidden", "data-figure", "viewbox", "role",
    "width", "height", "fill", "d", "shape-rendering",
}  # fmt: skip


@given(sheets)
def test_whatever_stands_on_paper_html_has_our_own_tags_alone(sheet: Sheet) -> None:
    page = html.render(sheet)
    page.encode()
    seen = Seen()
    seen.feed(page)
    seen.close()
    assert seen.tags <= HTML_TAGS
    assert seen.attributes <= HTML_ATTRIBUTES
    wanted = "".join(piece.text for laid in lay(sheet) if isinstance(laid, Line) for piece in laid.pieces)
    assert re.sub(r"\s", "", wanted) in re.sub(r"\s", "", seen.words).removeprefix(re.sub(r"\s", "", visible(sheet.title)))


@given(sheets)
def test_whatever_stands_on_paper_svg_is_wellformed_and_loads_and_runs_nothing(sheet: Sheet) -> None:
    picture = svg.render(sheet)
    root = ElementTree.fromstring(picture.encode())
    for element in root.iter():
        assert element.tag in {f"{SVG}{name}" for name in ("svg", "title", "path", "text", "g", "rect")}
        for name, value in element.attrib.items():
            assert not name.startswith(("on", "{")), name
            assert name not in ("style", "href", "class")
            assert "url(" not in value
    width = int(root.attrib["width"])
    for run in root.iter(f"{SVG}text"):
        assert int(run.attrib["x"]) + int(run.attrib["textLength"]) <= width
        assert run.text is not None
        assert run.text == run.text.strip(" "), "blanks at an edge are lost in a browser"


def test_the_answer_of_html_has_one_style_whose_hash_is_in_its_policy() -> None:
    drawn_ = render(receipt("x"), Format.HTML)
    assert isinstance(drawn_.body, str)
    assert drawn_.body.count("<style>") == 1
    assert " style=" not in drawn_.body
    assert html.style_hash() in drawn_.policy
    assert "</" not in html.style_sheet()
    assert "url(" not in html.style_sheet()
    assert "@import" not in html.style_sheet()


def test_hostile_names_are_shown_letter_by_letter() -> None:
    sheet = receipt(*HOSTILE[:8])
    seen = Seen()
    seen.feed(html.render(sheet))
    root = ElementTree.fromstring(svg.render(sheet).encode())
    in_svg = re.sub(r"\s", "", "".join(root.itertext()))
    for name in HOSTILE[:8]:
        assert re.sub(r"\s", "", name) in re.sub(r"\s", "", seen.words)
        assert re.sub(r"\s", "", name) in in_svg


def test_what_turns_or_hides_text_is_written_as_its_code() -> None:
    assert visible("a\u202eb") == "a⟨U+202E⟩b"
    assert visible("\x1b[2J\x00") == "⟨U+001B⟩[2J⟨U+0000⟩"
    assert visible("a\u200b\u00ad\ufeff") == "a⟨U+200B⟩⟨U+00AD⟩⟨U+FEFF⟩"
    assert visible("\u3164\ud800") == "⟨U+3164⟩⟨U+D800⟩"
    assert visible("a\u00a0b\u2009c\u3000d") == "a b c  d"


def test_accents_stay_on_their_letter_and_a_tower_of_them_does_not_grow() -> None:
    assert visible("z\u0307o\u0301") == "żó"
    assert visible("\u0301a") == "\u25cc\u0301a"
    tower = visible("x" + "\u0305" * 50)
    assert tower == "x" + "\u0305" * 3 + "⟨U+0305⟩" * 47


def test_wide_letters_take_two_columns() -> None:
    assert [cells(word) for word in ("漢字", "ｱ", "x\u0305", "한", "😀", "żółw")] == [4, 1, 1, 2, 2, 4]
    assert text.render(receipt("漢字ラーメン")).splitlines()[1] == "漢字ラーメン          1 x 1.00  1.00 23%"


@pytest.mark.parametrize(
    "name", ["X" * 250, "Bardzo długa nazwa towaru " * 10, "漢字" * 125, "é" * 250], ids=lambda name: name[:2]
)
def test_a_name_of_250_characters_goes_over_several_lines_and_is_all_there(name: str) -> None:
    sheet = receipt(name)
    page = text.render(sheet)
    assert max(map(cells, page.splitlines())) <= 40
    assert visible(name).replace(" ", "") in page.replace(" ", "").replace("\n", "")
    assert len(page.splitlines()) > len(text.render(receipt("x")).splitlines()) + 5


def test_devices_columns_stay_where_the_device_put_them() -> None:
    lines = ("Chleb        1 x   4,50     4,50A", "   SUMA PLN                  4,50")
    sheet = Sheet("x", (Verbatim(lines),), 33)
    assert text.render(sheet) == "".join(f"{line}\n" for line in lines)
    root = ElementTree.fromstring(svg.render(sheet).encode())
    found = [((int(run.attrib["x"]) - 18) // 9, run.text) for run in root.iter(f"{SVG}text")]
    assert found == [(0, "Chleb"), (13, "1 x"), (19, "4,50"), (28, "4,50A"), (3, "SUMA PLN"), (29, "4,50")]


# -- codes -----------------------------------------------------------------------------------------------------------

CODES = [
    "https://paragony.example/12?ż",
    "t=20261120T0900&s=448.80&fn=9999078902006854&i=354&fp=2917839183&n=1",
    "0" * 700,
    "Ł" * 300,
]


@pytest.mark.parametrize("data", CODES, ids=lambda data: data[:6])
def test_the_code_on_a_png_says_what_the_document_says(data: str) -> None:
    picture = Image.open(io.BytesIO(png.render(receipt("x", qr=data))))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [data]


@pytest.mark.parametrize("form", ["html", "svg"])
def test_the_code_of_html_and_svg_is_the_same_with_light_around_it(form: str) -> None:
    data = CODES[1]
    page = html.render(receipt("x", qr=data)) if form == "html" else svg.render(receipt("x", qr=data))
    drawn_ = next(path for path in re.findall(r'<path d="([^"]*)" fill="#000"', page))
    rows_ = qr.modules(data)
    assert rows_ is not None
    size = len(rows_)
    picture = Image.new("L", (size * 4, size * 4), 255)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawn_):
        assert min(int(x), int(y), size - 1 - int(y), size - int(x) - int(length)) >= 4
        picture.paste(0, (int(x) * 4, int(y) * 4, (int(x) + int(length)) * 4, int(y) * 4 + 4))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [data]


def test_what_no_code_can_hold_is_told_in_letters() -> None:
    sheet = receipt("x", qr="Ł" * 3000)
    assert text.render(sheet).replace("\n", "").count("Ł") == 3000
    assert "Ł" * 40 in svg.render(sheet)
    png.render(sheet)


# -- PNG -------------------------------------------------------------------------------------------------------------


def picture_of(*rows: Row, width: int = 24) -> Image.Image:
    return Image.open(io.BytesIO(png.render(Sheet("x", rows, width))))


def cell(picture: Image.Image, column: int, line: int, scale: int = 1) -> Image.Image:
    left, top = png.MARGIN + column * png.CELL, png.MARGIN + line * png.HEIGHT
    return picture.crop((left, top, left + png.CELL * scale, top + png.HEIGHT * scale))


def dark(picture: Image.Image) -> int:
    return sum(picture.histogram()[:128])


def test_a_png_is_the_same_each_time_and_tells_nothing_of_this_computer() -> None:
    sheet = drawn(job(POLISH, result=ISSUED))
    first = png.render(sheet)
    assert first == png.render(sheet)
    assert set(re.findall(rb"(IHDR|IDAT|IEND|tEXt|tIME|iTXt|zTXt|pHYs)", first)) == {b"IHDR", b"IDAT", b"IEND"}
    assert Image.open(io.BytesIO(first)).mode == "L"


def test_letters_stand_in_their_cells_and_the_margin_is_white() -> None:
    picture = picture_of(Columns("AB", "9"))
    assert picture.size == (24 * png.CELL + 2 * png.MARGIN, png.HEIGHT + 2 * png.MARGIN)
    assert [column for column in range(24) if dark(cell(picture, column, 0))] == [0, 1, 23]
    assert dark(picture.crop((0, 0, png.MARGIN - 1, picture.height))) == 0
    assert picture.getpixel((0, 0)) == 255


def test_bold_is_darker_and_double_is_twice_as_large() -> None:
    plain, bold = (dark(picture_of(Text("MMM", bold=heavy))) for heavy in (False, True))
    assert bold > plain * 1.2
    double = picture_of(Text("M", double=True))
    assert double.height == 2 * png.HEIGHT + 2 * png.MARGIN
    assert dark(cell(double, 0, 0, 2)) > 3 * dark(cell(picture_of(Text("M")), 0, 0))


@pytest.mark.parametrize(
    "name",
    ["ĄĆĘŁŃÓŚŹŻ", "ąćęłńóśźż", "ЖЩЫЭЮЯ", "жщыэюяё", "ЄІЇҐ", "ΑΒΓΔΩάέή", "ЎўҚқ", "┌─┬┐│█", "€£¥₽₴₸₺", "№½«»", "ქართ", "հայ"],
)
def test_the_font_has_the_letters_of_receipts(name: str) -> None:
    picture = picture_of(Text(name))
    shapes = [cell(picture, column, 0).tobytes() for column in range(len(name))]
    assert all(ord(character) in png.coverage() for character in name)
    assert len(set(shapes)) == len(name), "each letter looks otherwise"
    assert all(dark(cell(picture, column, 0)) for column in range(len(name)))


def test_what_the_font_does_not_have_is_a_box_with_its_code() -> None:
    picture = picture_of(Text("a漢b字😀"))
    wide = cell(picture, 1, 0, 2)
    assert wide.getpixel((1, 12)) == wide.getpixel((12, 1)) == png._INK
    assert wide.getpixel((0, 12)) == 255
    boxes = [cell(picture, column, 0, 2).crop((0, 0, 24, 25)).tobytes() for column in (1, 4, 6)]
    assert len(set(boxes)) == 3, "by its code one tells which letter it is"


def test_no_letter_leaves_its_line() -> None:
    above = picture_of(Text("ÅŜǬ" * 8), Text(""), Text("gjpqy,;Ç" * 3))
    between = above.crop((0, png.MARGIN + png.HEIGHT + 1, above.width, png.MARGIN + 2 * png.HEIGHT - 1))
    assert dark(between) == 0
    tower = picture_of(Text("x" + "\u0305\u0301\u0302" * 20))
    assert dark(tower.crop((0, 0, tower.width, png.MARGIN - 8))) == 0


def test_the_list_of_what_the_font_has_is_that_of_the_font() -> None:
    assert (FONTS / "coverage.txt").read_text("utf-8") == coverage()
    for name in NAMES:
        font = TTFont(FONTS / f"{name}.ttf")
        assert font["hmtx"]["A"] == font["hmtx"]["W"] or font["hmtx"]["A"][0] == font["hmtx"]["W"][0]
        assert "Bitstream" in str(font["name"].getDebugName(0))
    assert "Permission is hereby granted" in (FONTS / "LICENSE").read_text("utf-8")


# -- limits ----------------------------------------------------------------------------------------------------------


def test_a_monster_is_refused_as_a_picture_and_told_as_text() -> None:
    monster = Sheet("x", tuple(Text("line") for _ in range(MOST_LINES + 1)))
    for wanted in (Format.HTML, Format.SVG, Format.PNG):
        with pytest.raises(RequestError) as caught:
            render(monster, wanted)
        assert (caught.value.code, caught.value.extra["limit"]) == ("request.too_large", MOST_LINES)
        assert "format=text" in str(caught.value)
    assert str(render(monster, Format.TEXT).body).count("line") == MOST_LINES + 1


def test_double_height_counts_twice_where_a_picture_is_too_long() -> None:
    doubled = Sheet("x", tuple(Text("line", double=True) for _ in range(MOST_LINES // 2 + 1)))
    with pytest.raises(RequestError) as caught:
        render(doubled, Format.PNG)
    assert (caught.value.code, caught.value.extra["limit"]) == ("request.too_large", MOST_LINES)


def test_of_a_thousand_codes_a_few_are_made_and_the_others_are_told_by_their_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    """A till may put as many into its extras as a body holds; each takes a tenth of a second to make, and some 300 rows of a PNG."""
    made: list[str] = []
    monkeypatch.setattr("bridge.paper.layout.modules", lambda data, level: (made.append(data), qr.modules(data, level))[1])
    laid = lay(Sheet("x", tuple(Qr(f"code {number}") for number in range(1000))))
    assert made == [f"code {number}" for number in range(MOST_CODES)]
    assert sum(isinstance(one, Code) for one in laid) == MOST_CODES
    told = [one.pieces[0].text for one in laid if isinstance(one, Line)]
    assert told == [f"[QR] code {number}" for number in range(MOST_CODES, 1000)]


def test_what_would_not_pass_over_a_socket_is_refused_as_text_too() -> None:
    with pytest.raises(RequestError) as caught:
        render(Sheet("x", tuple(Text("Ж" * 1000) for _ in range(MOST_BYTES // 2000 + 1))), Format.TEXT)
    assert (caught.value.code, caught.value.status, caught.value.extra["limit"]) == ("request.too_large", 413, MOST_BYTES)


def test_the_longest_picture_passes_over_a_socket() -> None:
    body = {
        **RUSSIAN,
        "lines": [{"name": "Хлеб нарезной" * 3, "quantity": "2", "price": "1.00", "vat": "10%"}] * 900,
        "payments": [],
    }
    sheet = drawn(job(body))
    assert len(lay(sheet)) < MOST_LINES
    for wanted in (Format.HTML, Format.SVG):
        drawn_: Any = render(sheet, wanted).body
        assert len(drawn_.encode()) < 1024 * 1024


@settings(max_examples=20, deadline=None)
@given(sheets)
def test_every_sheet_can_be_drawn(sheet: Sheet) -> None:
    assert Image.open(io.BytesIO(png.render(sheet))).size[0] == sheet.width * png.CELL + 2 * png.MARGIN
    assert sheet.width <= WIDEST
