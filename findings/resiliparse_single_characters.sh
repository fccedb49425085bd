#!/bin/sh
# resiliparse 2.0.1 and texts of one Chinese character, observed on 2026-11-30 with the valid page made below.
#
# extract_plain_text(main_content=True) promises the main content of a page. Office programs and editors put each run of one font into
# an element of its own, so that 第, 年, 月, 日 and 不 often stand alone between two elements.
# Expected: all characters of the paragraphs that are kept, as with main_content=False.
# Observed: text nodes of a single character that is not Latin are left out within paragraphs that are kept: 不得收费 becomes 得收费,
# 2024年6月1日 becomes 202461. With main_content=False they are there.
#
# Exits with 0 while this is reproduced, with 1 where it is not. Qinggui itself is not used.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check resiliparse==2.0.1
"$place/venv/bin/python" - <<'PROGRAM'
import sys

from resiliparse.extract.html2text import extract_plain_text

sentence = "<p>" + "渡口的管理单位应当按照规定配备救生设备，并且定期检查。" * 3 + "</p>"
dated = "<p>自<span>2024</span><span>年</span><span>6</span><span>月</span><span>1</span><span>日</span><span>起施行，</span><b>不</b>得收费。</p>"
page = f"<html><body><div>{sentence}{dated}{sentence}</div></body></html>"
whole, main = (extract_plain_text(page, main_content=kind) for kind in (False, True))
print(main)
sys.exit(0 if "2024年6月1日起施行，不得收费" in whole and "年6月" not in main and "不得" not in main and "得收费" in main else 1)
PROGRAM
