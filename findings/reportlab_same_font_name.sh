#!/usr/bin/env bash
# reportlab takes the first of two TrueType fonts whose files bear one PostScript name for both, also under another name
# of its own and without a word: characters that only the second file has are left out, from the text layer too. Subsets
# of a font, made for one document each, all bear that name.
# Exits with 1 if this changes. Needs python3 and pip; seen 2026-11-29.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  reportlab==5.1.0 fonttools==4.68.0 pypdf==7.1.0 pillow==13.0.0
"$folder/venv/bin/python" - <<'PY'
import io
import sys
from datetime import date
from pathlib import Path

import reportlab
from fontTools.subset import Subsetter
from fontTools.ttLib import TTFont as File
from pypdf import PdfReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

VERA = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"


def subset(text: str) -> io.BytesIO:
    font, stream = File(VERA), io.BytesIO()
    cut = Subsetter()
    cut.populate(text=text)
    cut.subset(font)
    font.save(stream)
    stream.seek(0)
    return stream


def read_back(name: str, text: str) -> str:
    pdfmetrics.registerFont(TTFont(name, subset(text)))
    stream = io.BytesIO()
    page = canvas.Canvas(stream)
    page.setFont(name, 20)
    page.drawString(72, 700, text)
    page.save()
    return PdfReader(stream).pages[0].extract_text().strip().strip("\0")


seen = [read_back("First", "abcd"), read_back("Second", "wxyz")]
print(f"reportlab {reportlab.Version}, {date.today()}: expected ['abcd', 'wxyz'] or an error; seen 2026-11-29: ['abcd', '']; seen now: {seen}")
sys.exit(seen != ["abcd", ""])
PY
