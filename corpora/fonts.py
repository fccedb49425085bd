"""The Chinese fonts used by tests, samples and benchmarks: from a wheel in the development lock file, never from the system.

The wheel holds Noto Sans SC and Noto Serif SC as Noto publishes them (OFL 1.1).
"""

import io
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from fontTools.ttLib.tables._g_l_y_f import Glyph
from pylopdf_fonts_zh_cn import sans_path, serif_path

# official documents are printed in a typeface similar to the serif font
PAGE_FONT, SANS_FONT = serif_path(), sans_path()
_MAX_ERROR = 1.0  # maximum deviation of a quadratic outline from the cubic one, in font units


def truetype(text: str, name: str) -> bytes:
    """A subset of the serif font with the characters of a text, with TrueType outlines, the only ones reportlab embeds.

    The name must be unique: reportlab uses the first of several fonts with the same name for all of them.
    """
    with TTFont(PAGE_FONT) as whole:
        cmap, drawn, widths = whole.getBestCmap(), whole.getGlyphSet(), whole["hmtx"]
        known = {ord(char): cmap[ord(char)] for char in sorted(set(text)) if ord(char) in cmap}
        order = [".notdef", *dict.fromkeys(known.values())]
        glyphs = {}
        for glyph in order:
            pen = TTGlyphPen(None)
            drawn[glyph].draw(Cu2QuPen(pen, _MAX_ERROR, reverse_direction=True))
            glyphs[glyph] = pen.glyph()
        built = FontBuilder(whole["head"].unitsPerEm, isTTF=True)
        built.setupGlyphOrder(order)
        built.setupCharacterMap(known)
        built.setupGlyf(glyphs)
        built.setupHorizontalMetrics({glyph: widths[glyph] for glyph in order})
        built.setupHorizontalHeader(ascent=whole["hhea"].ascent, descent=whole["hhea"].descent)
    built.setupNameTable({"familyName": name, "styleName": "Regular", "psName": name})
    built.setupOS2()
    built.setupPost()
    stream = io.BytesIO()
    built.save(stream)
    return stream.getvalue()


def substitute() -> bytes:
    """The font of `pipeline.substitute_font`: a half-width box for printable ASCII, a full-width box for all other characters.

    Format 13 of the character map gives one glyph to a whole range, so that the file stays under 1 KB.
    """
    built = FontBuilder(1000, isTTF=True)
    built.setupGlyphOrder([".notdef", "half", "full"])
    built.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "half": _box(40, 460), "full": _box(60, 940)})
    built.setupHorizontalMetrics({".notdef": (1000, 0), "half": (500, 40), "full": (1000, 60)})
    built.setupHorizontalHeader(ascent=880, descent=-120)
    built.setupCharacterMap({})
    table = CmapSubtable.newSubtable(13)
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.format, table.reserved, table.length, table.nGroups = 13, 0, 0, 0
    full = (*range(0xA1, 0x3000), *range(0x3001, 0xD800), *range(0xE000, 0xFFEF))
    table.cmap = {**dict.fromkeys(range(0x21, 0x7F), "half"), **dict.fromkeys(full, "full")}
    built.font["cmap"].tables = [table]
    built.setupNameTable({"familyName": "Stand-in", "styleName": "Regular", "psName": "Stand-in"})
    built.setupOS2()
    built.setupPost(keepGlyphNames=False)
    built.font["head"].created = built.font["head"].modified = 0
    built.font.recalcTimestamp = False
    stream = io.BytesIO()
    built.save(stream)
    return stream.getvalue()


def _box(left: int, right: int) -> Glyph:
    pen = TTGlyphPen(None)
    pen.moveTo((left, -80))
    for corner in ((left, 860), (right, 860), (right, -80)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def only_these(folder: Path, fonts: Iterable[Path] = (PAGE_FONT, SANS_FONT)) -> Path:
    """Write a fontconfig configuration with only these fonts and return its path, for FONTCONFIG_FILE."""
    shown = folder / "fonts"
    shown.mkdir(parents=True, exist_ok=True)
    for font in fonts:
        (shown / font.name).symlink_to(font)
    file = folder / "fonts.conf"
    file.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
        f"<dir>{escape(str(shown))}</dir><cachedir>{escape(str(folder / 'cache'))}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    return file
