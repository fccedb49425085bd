#!/bin/sh
# One column of text, two engines of regular expressions: pandas 3.1.1 with pyarrow 26.0.1, observed on 2026-12-01.
#
# Expected: a pattern means the same in all methods of Series.str, and one more alternative in a pattern can only match more.
# Observed, in a column of the default type str: contains, match, fullmatch, count and replace hand a pattern with \p{…} to RE2 (through pyarrow)
# and every other pattern to the re of Python; extract, findall and split know re alone. So
# - \p{Han} counts Chinese characters in count and is an error ("bad escape \p") in findall;
# - ^\w+$ matches 第三条, and ^(?:\w|\p{Greek})+$ does not: beside \p the \w is ASCII.
# Who adds a script to a pattern over Chinese text loses rows without a word. [一-鿿] is understood alike by both.
#
# Exits with 0 while this is reproduced, with 1 where it is not. Qinggui itself is not used.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check pandas==3.1.1 pyarrow==26.0.1
"$place/venv/bin/python" - <<'PROGRAM'
import re
import sys

import pandas as pd

words = pd.Series(["第三条", "abc"])
try:
    words.str.findall(r"\p{Han}")
    told = "no error"
except re.error as error:
    told = str(error)
counted = words.str.count(r"\p{Han}").tolist()
alone = words.str.contains(r"^\w+$").tolist()
beside = words.str.contains(r"^(?:\w|\p{Greek})+$").tolist()
both = words.str.contains("^[一-鿿]+$").tolist(), [bool(found) for found in words.str.findall("^[一-鿿]+$")]
print(f"{words.dtype}: count {counted}; findall: {told}; \\w alone {alone}, beside \\p {beside}; [一-鿿] {both}")
seen = counted == [3, 0] and told.startswith("bad escape") and alone == [True, True] and beside == [False, True]
sys.exit(0 if seen and both == ([True, False], [True, False]) and str(words.dtype) == "str" else 1)
PROGRAM
