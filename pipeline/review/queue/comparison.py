"""版本比较: two versions of a document side by side: paragraphs and words that changed, findings that came, went and stayed."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.law.segmenter import load_jieba
from pipeline.review.models import Finding, Version

# paragraphs that share less than this are an old and a new one, not one that was changed (ratio of `SequenceMatcher`)
_LEAST_SIMILARITY = 0.4
_MAX_WORDS = 4000
# a changed paragraph is looked for among this many that follow
_WINDOW = 20


@dataclass(frozen=True, slots=True)
class Words:
    """A run of words of a paragraph: `change` is "" for those in both versions, "-" for old ones, "+" for new ones."""

    change: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph in both versions: `kind` is 相同, 修改, 删去 or 增加; its words, and the number of the paragraphs (from 1, 0 for none)."""

    kind: str
    words: tuple[Words, ...]
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one version to another: rows in reading order, and findings by whether they came, went or stayed."""

    rows: tuple[Row, ...]
    came: tuple[Finding, ...]
    went: tuple[Finding, ...]
    stayed: tuple[Finding, ...]

    def count(self, kind: str) -> int:
        """The number of paragraphs of a kind."""
        return sum(row.kind == kind for row in self.rows)

    @property
    def changes(self) -> list[tuple[str, tuple[Finding, ...]]]:
        """The findings under what became of them."""
        return [("新出现的发现", self.came), ("不再有的发现", self.went), ("仍然在的发现", self.stayed)]

    @property
    def changed(self) -> int:
        """The number of changed paragraphs."""
        return self.count("修改")

    @property
    def added(self) -> int:
        """The number of new paragraphs."""
        return self.count("增加")

    @property
    def removed(self) -> int:
        """The number of paragraphs that are gone."""
        return self.count("删去")


def compare(old: Version, new: Version) -> Comparison:
    """The comparison of two versions; softened findings are left out.

    What a person raised stays where its words do: it is taken over with the version.
    """
    before = {finding.key: finding for finding in old.findings.filter(softened=False).order_by("start")}
    after = {finding.key: finding for finding in new.findings.filter(softened=False).order_by("start")}
    return Comparison(
        tuple(rows_of(old.text, new.text)),
        tuple(finding for key, finding in after.items() if key not in before),
        tuple(finding for key, finding in before.items() if key not in after and not _stays(finding, new)),
        (
            *(finding for key, finding in after.items() if key in before),
            *(finding for key, finding in before.items() if key not in after and _stays(finding, new)),
        ),
    )


def _stays(finding: Finding, new: Version) -> bool:
    return bool(finding.raised_by) and str(finding.content["text"]) in new.text


def rows_of(old: str, new: str) -> list[Row]:
    """The paragraphs of two texts, aligned; blank lines and blanks at the edges do not count."""
    one, other = ([line.strip() for line in text.splitlines() if line.strip()] for text in (old, new))
    rows: list[Row] = []
    for change, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if change == "equal":
            rows += [Row("相同", (Words("", one[a + step]),), a + step + 1, c + step + 1) for step in range(b - a)]
        else:
            rows += _replaced((one[a:b], a), (other[c:d], c))
    return rows


def _replaced(old: tuple[Sequence[str], int], new: tuple[Sequence[str], int]) -> list[Row]:
    """Rows of paragraphs that were replaced: similar ones as changed, in order, the others as gone and new."""
    (gone, first), (come, second) = old, new
    rows, at = [], 0
    for number, paragraph in enumerate(come):
        match = next(
            (step for step in range(at, min(len(gone), at + _WINDOW)) if _similar(gone[step], paragraph)), None
        )
        if match is None:
            rows.append(Row("增加", (Words("+", paragraph),), 0, second + number + 1))
            continue
        rows += [Row("删去", (Words("-", gone[step]),), first + step + 1, 0) for step in range(at, match)]
        rows.append(Row("修改", tuple(words_of(gone[match], paragraph)), first + match + 1, second + number + 1))
        at = match + 1
    return rows + [Row("删去", (Words("-", gone[step]),), first + step + 1, 0) for step in range(at, len(gone))]


def _similar(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return (
        matcher.real_quick_ratio() >= _LEAST_SIMILARITY
        and matcher.quick_ratio() >= _LEAST_SIMILARITY
        and matcher.ratio() >= _LEAST_SIMILARITY
    )


def words_of(old: str, new: str) -> list[Words]:
    """Two paragraphs as runs of words: in both, only in the old one, only in the new one."""
    if max(len(old), len(new)) > _MAX_WORDS:
        return [Words("-", old), Words("+", new)]
    jieba = load_jieba()
    one, other = jieba.lcut(old), jieba.lcut(new)
    found: list[Words] = []
    for change, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if change == "equal":
            found.append(Words("", "".join(one[a:b])))
        else:
            found += [
                Words(sign, text) for sign, text in (("-", "".join(one[a:b])), ("+", "".join(other[c:d]))) if text
            ]
    return found
