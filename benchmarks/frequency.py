"""Counts how often the words of rules occur in official texts: `python -m benchmarks.frequency FOLDER…` writes frequency.tsv.

The rulebook searches for the rarest word of each pattern first; the counts affect speed only, not results.
"""

import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path

import ahocorasick_rs

from pipeline.law import load_rulebook
from pipeline.law.anchors import certain_words

MIN_PER_MILLION = 20.0
_HEAD = "# 规则用词在公文里每百万字出现的次数：只影响先找哪个词，不影响命中什么；由 benchmarks/frequency.py 生成"


def main(folders: list[Path]) -> None:
    words = sorted({word for rule in load_rulebook().scanned for word in certain_words(rule.pattern.pattern)})
    matcher = ahocorasick_rs.AhoCorasick(words, matchkind=ahocorasick_rs.MatchKind.Standard)
    found: Counter[int] = Counter()
    characters = 0
    for folder in folders:
        for path in sorted(folder.rglob("*.txt")):
            text = path.read_text(encoding="utf-8", errors="replace")
            characters += len(text)
            found.update(match[0] for match in matcher.find_matches_as_indexes(text, overlapping=True))
    per_million = {word: found[at] / characters * 1e6 for at, word in enumerate(words)}
    often = sorted(
        (word for word in words if per_million[word] >= MIN_PER_MILLION), key=lambda word: (-per_million[word], word)
    )
    lines = [_HEAD, "word\tper_million", *(f"{word}\t{per_million[word]:.0f}" for word in often)]
    target = Path(str(files("pipeline.law") / "rules" / "frequency.tsv"))
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(
        f"{characters:,} characters, {len(words):,} words, {len(often):,} of them at least {MIN_PER_MILLION:g} times a million"
    )


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
