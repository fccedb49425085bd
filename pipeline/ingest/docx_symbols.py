"""Characters of symbol fonts (Wingdings, Wingdings 2, Webdings, Symbol), as Word documents hold ticked boxes and signs."""

from collections.abc import Mapping
from functools import cache


def _from(first: int, characters: str) -> dict[int, str]:
    return {first + index: character for index, character in enumerate(characters)}


_CIRCLED, _BLACK_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩", "❶❷❸❹❺❻❼❽❾❿"


@cache
def _fonts() -> Mapping[str, Mapping[int, str]]:
    """The characters that have a place in Unicode, by font in lower case and code from 0x20 to 0xff."""
    wingdings = _from(0x81, _CIRCLED) | _from(0x8C, _BLACK_CIRCLED) | _from(0xDF, "←→↑↓↖↗↙↘") | _from(0xEF, "⇦⇨⇧⇩⬄")
    wingdings |= {
        0x21: "✏", 0x22: "✂", 0x28: "☎", 0x29: "✆", 0x2A: "✉", 0x46: "☞", 0x4A: "☺", 0x6C: "●", 0x6E: "■", 0x6F: "□",
        0x70: "□", 0x71: "□", 0x72: "□", 0x74: "◆", 0x75: "◆", 0x76: "❖", 0x77: "◆", 0x9E: "·", 0x9F: "•", 0xA1: "○",
        0xA4: "◉", 0xA5: "◎", 0xA7: "▪", 0xA8: "□", 0xAB: "★", 0xD8: "➢", 0xE8: "➔", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒",
        0xFE: "☑",
    }  # fmt: skip
    second = _from(0x6A, _CIRCLED) | _from(0x75, _BLACK_CIRCLED)
    second |= {
        0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x97: "●", 0x99: "○", 0xA2: "■", 0xA3: "□",
        0xF4: "✗", 0xF5: "✓",
    }  # fmt: skip
    symbol = _from(0x41, "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ") | _from(0x61, "αβχδεφγηιϕκλμνοπθρστυϖωξψζ")
    symbol |= {
        code: chr(code) for code in (*range(0x28, 0x2A), *range(0x2B, 0x2D), *range(0x2E, 0x40), 0x21, 0x23, 0x25)
    }
    symbol |= {
        0x22: "∀", 0x24: "∃", 0x2A: "∗", 0x2D: "-", 0x5B: "[", 0x5D: "]", 0x5E: "⊥", 0x7B: "{", 0x7C: "|", 0x7D: "}",
        0x7E: "∼", 0xA2: "′", 0xA3: "≤", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°",
        0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB5: "∝", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈",
        0xBC: "…", 0xC7: "∩", 0xC8: "∪", 0xCE: "∈", 0xD5: "∏", 0xD6: "√", 0xD7: "⋅", 0xD8: "¬", 0xDE: "⇒", 0xE5: "∑",
        0xF2: "∫",
    }  # fmt: skip
    webdings = {0x61: "✓", 0x63: "□", 0x67: "■", 0x6E: "●", 0x72: "✗", 0x33: "←", 0x34: "→", 0x35: "↑", 0x36: "↓"}
    return {"wingdings": wingdings, "wingdings 2": second, "wingdings 3": {}, "webdings": webdings, "symbol": symbol}


def is_symbol_font(font: str) -> bool:
    """Whether the characters of a font are signs and not the letters that its codes stand for elsewhere."""
    return font.strip().lower() in _fonts()


def symbol(font: str, code: int) -> str:
    """The character at a code of a font, such as ☑ for 0xFE (or 0xF0FE) of Wingdings; "" for signs that are not known."""
    known = _fonts().get(font.strip().lower())
    if 0xF000 <= code <= 0xF0FF:
        return " " if code == 0xF020 else (known or {}).get(code - 0xF000, "")
    if known is None or code > 0xFF:
        return chr(code) if 0x20 <= code < 0x110000 and not 0xD800 <= code < 0xF900 else ""
    return " " if code == 0x20 else known.get(code, "")


def written_in(font: str, text: str) -> tuple[str, int]:
    """A text of a symbol font as the signs that it shows, and how many of them are not known; Chinese characters stay."""
    signs = [symbol(font, ord(character)) for character in text]
    return "".join(signs), signs.count("")
