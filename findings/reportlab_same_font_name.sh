#!/usr/bin/env bash
# If two TrueType files have the same PostScript name, reportlab silently uses the first for both, even if they are
# registered under different names: characters that only the second file contains are missing, from the text layer too.
# Subsets of one font, made for one document each, all have the same PostScript name.
# Exits with 1 if this changes. Needs python3 and pip; observed 2026-11-29.
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
