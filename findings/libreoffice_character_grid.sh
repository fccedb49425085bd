#!/bin/sh
# LibreOffice 7.4.7.2 (Debian 12) and a character grid with a negative pitch, observed on 2026-11-30 with the valid files made below.
#
# GB/T 9704 wants 28 characters of 16 pt on a line of 156 mm, which is a little less than 28 × 16 pt. Word writes such a page as
# w:docGrid w:type="linesAndChars" with a negative w:charSpace (ECMA-376 17.6.5: added to the width of a character, in 1/4096 pt).
# Expected: 28 characters on a line with charSpace -843 (15.79 pt each), 27 without it.
# Observed: 27 without it, and 14 with it: each character takes two cells of the grid. With +843 there are still 27.
#
# Needs soffice and a Chinese font (Debian: libreoffice-writer, fonts-noto-cjk). Exits with 0 while this is reproduced, with 1 where
# it is not, with 2 where soffice or the font is missing. Qinggui itself is not used.
set -eu
command -v soffice >/dev/null || { echo "soffice is not installed"; exit 2; }
fc-list :lang=zh family 2>/dev/null | grep -q . || { echo "no Chinese font"; exit 2; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check python-docx==1.2.0 pypdfium2==5.15.2
"$place/venv/bin/python" - "$place" <<'PROGRAM'
import subprocess, sys
from collections import Counter
from pathlib import Path

import pypdfium2
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

place = Path(sys.argv[1])


def make(name, space):
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    for key, value in (("type", "linesAndChars"), ("linePitch", "579"), ("charSpace", str(space))):
        grid.set(qn(f"w:{key}"), value)
    document.styles["Normal"].font.size = Pt(16)
    document.add_paragraph("规" * 400)
    document.save(str(place / f"{name}.docx"))


spaces = {"plain": 0, "narrow": -843, "wide": 843}
for name, space in spaces.items():
    make(name, space)
files = [str(place / f"{name}.docx") for name in spaces]
command = ["soffice", "--headless", f"-env:UserInstallation=file://{place}/profile", "--convert-to", "pdf", "--outdir", str(place), *files]
subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
print(subprocess.run(["soffice", "--version"], capture_output=True, text=True).stdout.strip())
found = {}
for name in spaces:
    page = pypdfium2.PdfDocument(str(place / f"{name}.pdf"))[0].get_textpage()
    tops = [round(page.get_charbox(at)[1]) for at in range(page.count_chars()) if page.get_text_range(at, 1) == "规"]
    found[name] = Counter(tops).most_common(1)[0][1]
print(found)
sys.exit(0 if found == {"plain": 27, "narrow": 14, "wide": 27} else 1)
PROGRAM
