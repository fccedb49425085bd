#!/bin/sh
# LibreOffice 7.4.7.2 (Debian 12) and levels of a numbered list that do not restart, observed on 2026-11-30 with the valid file made below.
#
# Chinese regulations number their articles through all chapters. In Word that is a list of two levels whose second one has
# <w:lvlRestart w:val="0"/> (ECMA-376 part 1, 17.9.10: 0 means that the level never restarts).
# Expected of a conversion to text: 第一章 第一条 第二条 第二章 第三条; of a conversion to docx: the element is still there.
# Observed: the second chapter begins with 第一条 again, and the new docx has lost the element, so that no later program can know better.
# A program that reads .doc files by way of LibreOffice gets wrong numbers of articles without any sign.
#
# Needs soffice and python3. Exits with 0 while this is reproduced, with 1 where it is not, with 2 where soffice is missing. Qinggui
# itself is not used.
set -eu
command -v soffice >/dev/null || { echo "soffice is not installed"; exit 2; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 - "$place" <<'PROGRAM'
import re, subprocess, sys, zipfile
from pathlib import Path

place = Path(sys.argv[1])
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def level(depth, text, more=""):
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>{more}'
        f'<w:suff w:val="space"/><w:lvlText w:val="{text}"/></w:lvl>'
    )


def relations(target, kind):
    one = f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{PACKAGE}/relationships">{one}</Relationships>'


number = '<w:p><w:pPr><w:numPr><w:ilvl w:val="{}"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p>'
levels = level(0, "第%1章") + level(1, "第%2条", '<w:lvlRestart w:val="0"/>')
types = "".join(
    f'<Override PartName="/word/{name}.xml" ContentType="{WORD}.{kind}+xml"/>'
    for name, kind in (("document", "document.main"), ("numbering", "numbering"))
)
parts = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
    f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>',
    "_rels/.rels": relations("word/document.xml", "officeDocument"),
    "word/_rels/document.xml.rels": relations("numbering.xml", "numbering"),
    "word/document.xml": f"<w:document {W}><w:body>{''.join(map(number.format, (0, 1, 1, 0, 1)))}<w:sectPr/></w:body></w:document>",
    "word/numbering.xml": f'<w:numbering {W}><w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="multilevel"/>{levels}'
    '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>',
}
with zipfile.ZipFile(place / "rules.docx", "w") as package:
    for name, content in parts.items():
        package.writestr(name, content)
for form in ("txt:Text (encoded):UTF8", "docx"):
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{place}/profile", "--convert-to", form]
    command += ["--outdir", str(place / "out"), str(place / "rules.docx")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
print(subprocess.run(["soffice", "--version"], capture_output=True, text=True).stdout.strip())
shown = re.findall("第.[章条]", (place / "out/rules.txt").read_text("utf-8-sig"))
with zipfile.ZipFile(place / "out/rules.docx") as package:
    kept = b"lvlRestart" in package.read("word/numbering.xml")
print(*shown, "element kept" if kept else "element lost")
sys.exit(0 if shown == ["第一章", "第一条", "第二条", "第二章", "第一条"] and not kept else 1)
PROGRAM
