#!/usr/bin/env bash
# pdfium draws nothing, without any error, for Chinese text whose font is neither embedded nor found in the font folders
# of the system. The text layer is complete except for single characters in a text object of their own, which are missing
# there too: the same file gives different text on different machines. Fonts that are known to fontconfig only
# (FONTCONFIG_FILE, ~/.local/share/fonts) are not used.
# Exits with 1 if any of this changes. Needs python3 and pip; observed 2026-11-29.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  pypdfium2==5.15.2 pillow==13.0.0 reportlab==5.1.0 pylopdf-fonts-zh-cn==0.1.1
cat >"$folder/seen.py" <<'PY'
import io, sys

import pypdfium2 as pdfium
from PIL import ImageChops
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas


class NoSystemFonts(pdfium.PdfSysfontBase):
    def MapFont(self, _, *asked):
        return None

    def GetFont(self, _, name):
        return None


if "hidden" in sys.argv:
    NoSystemFonts().setup()
pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
stream = io.BytesIO()
page = canvas.Canvas(stream, pagesize=(300, 100))
page.setFont("STSong-Light", 60)
if "alone" in sys.argv:
    page.drawString(20, 30, "永")
    page.drawString(80, 30, "国")
else:
    page.drawString(20, 30, "永国")
page.save()
page = pdfium.PdfDocument(stream.getvalue())[0]
picture = page.render(scale=2).to_pil().convert("L")
text = page.get_textpage().get_text_range().strip()
print("blank" if ImageChops.invert(picture).getbbox() is None else "drawn", text or "(no text)")
PY
cat >"$folder/fonts.conf" <<CONF
<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>$("$folder/venv/bin/python" -c 'import pylopdf_fonts_zh_cn as f; print(f.serif_path().parent)')</dir><cachedir>$folder/cache</cachedir></fontconfig>
CONF
seen() { "$folder/venv/bin/python" "$folder/seen.py" "$@"; }
changed=0
check() { # what, expected by a reader of the documentation, seen before, seen now
  echo "$1: expected $2; seen 2026-11-29: $3; seen now: $4"
  [ "$3" = "$4" ] || changed=1
}
echo "pypdfium2 5.15.2, pdfium $("$folder/venv/bin/python" -c 'import pypdfium2.version as v; print(v.PDFIUM_INFO)'), today $(date +%F)"
check "no font of the system" "boxes (.notdef), as browsers and LibreOffice draw" "blank 永国" "$(seen hidden)"
check "the same, each character in an object of its own" "blank 永国" "blank (no text)" "$(seen hidden alone)"
if [ "$(seen)" = "blank 永国" ]; then
  check "a font that fontconfig alone knows" "drawn 永国" "blank 永国" "$(FONTCONFIG_FILE=$folder/fonts.conf seen)"
else
  echo "a font that fontconfig alone knows: cannot be seen here, the folders of the system hold a Chinese font"
fi
exit "$changed"
