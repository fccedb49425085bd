#!/bin/sh
# python-calamine 0.9.1 and cells whose formula has failed, observed on 2026-11-30 with the valid workbook made below.
#
# A cell with the error #REF! shows #REF! in every office program, and its file says so: t="e" and <v>#REF!</v> (ECMA-376 18.18.11).
# Expected: something that is not an empty cell: the text "#REF!" or an exception.
# Observed: to_python() gives "", the same as for an empty cell, whatever the error; a lost amount and no amount look alike.
#
# Exits with 0 while this is reproduced, with 1 where it is not. Qinggui itself is not used.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check python-calamine==0.9.1 xlsxwriter==3.2.9
"$place/venv/bin/python" - "$place" <<'PROGRAM'
import sys
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

file = str(Path(sys.argv[1]) / "a.xlsx")
book = xlsxwriter.Workbook(file)
sheet = book.add_worksheet()
for row, error in enumerate(("#REF!", "#DIV/0!", "#N/A")):
    sheet.write_string(row, 0, "sum")
    sheet.write_formula(row, 1, "=A9", None, error)
    sheet.write_string(row, 2, "end")
book.close()
rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
print(rows)
sys.exit(0 if rows == [["sum", "", "end"]] * 3 else 1)
PROGRAM
