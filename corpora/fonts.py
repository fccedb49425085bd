"""The Chinese font that tests, samples and benchmarks draw with: from a wheel of the development lock, never the system's.

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
from pylopdf_fonts_zh_cn import sans_path, serif_path

# what official papers are printed in is nearer to the face with serifs
PAGE_FONT, SANS_FONT = serif_path(), sans_path()
_UNITS_OFF = 1.0  # how far, in thousandths of the size, a quadratic outline may lie from the cubic one


def truetype(text: str, name: str) -> bytes:
    """A font with the characters of a text only, its outlines as TrueType has them: reportlab embeds no others.

    The name has to be its own: of two fonts whose files bear one name reportlab takes the first for both.
    """
    with TTFont(PAGE_FONT) as whole:
        cmap, drawn, widths = whole.getBestCmap(), whole.getGlyphSet(), whole["hmtx"]
        known = {ord(char): cmap[ord(char)] for char in sorted(set(text)) if ord(char) in cmap}
        order = [".notdef", *dict.fromkeys(known.values())]
        glyphs = {}
        for glyph in order:
            pen = TTGlyphPen(None)
            drawn[glyph].draw(Cu2QuPen(pen, _UNITS_OFF, reverse_direction=True))
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


def only_these(folder: Path, fonts: Iterable[Path] = (PAGE_FONT, SANS_FONT)) -> Path:
    """Writes a fontconfig configuration that knows no fonts but these, and returns its path for FONTCONFIG_FILE."""
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
