"""Generates annotated sentences from templates: `python -m corpora.make_sentences` writes corpora/gold/clauses.jsonl.

A line of `corpora/sentences/*.txt` is a verdict, a type and a template (frame) in which {a|b} stands for either; up to
`PER_FRAME` sentences are chosen from a frame, always the same ones. Files of unlawful sentences have no verdict column.
"""

import hashlib
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

from corpora.annotated import papers
from corpora.annotated import sentences as marked_sentences

HERE = Path(__file__).parent
TARGET = HERE / "gold" / "clauses.jsonl"
PER_FRAME = 4
# the order determines the frame numbers: append new files, so that existing frames keep their numbers
FILES = (
    "unlawful_licences_powers_penalties",
    "unlawful_evasive_wording",
    "unlawful_office_wording",
    "unlawful_compulsion_fees_property",
    "unlawful_rights_certificates_competition",
    "unlawful_rules_and_notices",
    "unlawful_other_trades",
    "unlawful_limits_duties_lists",
    "unlawful_confusable_types",
    "unlawful_town_and_county_documents",
    "unlawful_spoken_wording",
    "lawful_neighbours_licences_to_property",
    "lawful_technical_and_civil",
    "lawful_office_wording",
    "lawful_neighbours_rights_to_competition",
    "lawful_ordinary_provisions",
    "lawful_fragments_and_lists",
    "lawful_finance_customs_schools",
    "lawful_limits_and_periods",
    "lawful_official_style",
    "lawful_quarantine_accounting_examinations",
)
_NUMBER = re.compile(r"^(?:第[0-9一二三四五六七八九十百]{1,4}条|[（(]?[0-9一二三四五六七八九十]{1,3}[）)、.．])\s*")
_CHOICE = re.compile(r"\{([^{}]*)\}")


def sentences(frame: str) -> list[str]:
    """Up to `PER_FRAME` sentences of a frame, spread over its choices by a hash of each."""
    pieces = _CHOICE.split(frame)
    options = [piece.split("|") if at % 2 else [piece] for at, piece in enumerate(pieces)]
    drawn = ["".join(choice) for choice in itertools.product(*options)]
    return sorted(drawn, key=lambda text: hashlib.sha256(text.encode()).hexdigest())[:PER_FRAME]


def rows() -> Iterator[dict[str, object]]:
    """Annotated sentences in the gold format; sentences of the same `frame` belong together."""
    number = 0
    for name in FILES:
        for line in (HERE / "sentences" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            number += 1
            verdict, types, text = ("flag", *line.split(" ", 1)) if name.startswith("unlawful") else line.split(" ", 2)
            for at, sentence in enumerate(sentences(text)):
                yield {
                    "id": f"w{number:04d}{'abcd'[at]}",
                    "frame": number,
                    "sentence": sentence,
                    "types": [] if types == "-" else types.split(","),
                    "verdict": verdict,
                }
    for paper in papers():
        for at, (sentence, kinds) in enumerate(marked_sentences(paper)):
            yield {
                "id": f"{paper.name}{at:03d}",
                "frame": paper.name,
                "sentence": _NUMBER.sub("", sentence.strip()),
                "types": kinds,
                "verdict": "flag" if kinds else "none",
            }


def main() -> None:
    TARGET.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows()), encoding="utf-8")


if __name__ == "__main__":
    main()
