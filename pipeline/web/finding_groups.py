"""The findings of a version in groups, as the page of an item lists them: by article, folded where the list is long.

A page of a table with hundreds of findings would weigh megabytes: only the rows of some open groups are rendered with the page, those
of the others are loaded when a group is opened (`rows_at`).
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from pipeline.document import Span
from pipeline.home import home_folder
from pipeline.reader.cache import Cache
from pipeline.review.accounts import Action, may
from pipeline.review.decisions import agreement, workflow
from pipeline.review.decisions.changes import amendments_of, changes_of
from pipeline.review.decisions.replies import replies_in
from pipeline.review.models import Finding, Item, Version
from pipeline.review.queue.basis_words import words_of_bases
from pipeline.review.queue.findings import ALARMS

# from this many findings on, the articles of a list are folded
_FOLDED_FROM = 12
# a longer group is cut into parts
_LONGEST_GROUP = 40
# rows that a page of folded groups renders at once; disputes beyond them are loaded when they come into view
_RENDERED = 50
# characters of the short account of a group
_LONGEST_SUMMARY = 60
# an article at the beginning of a path, in a collection behind the paper
_ARTICLE = re.compile("(?:.* )?第[^第]*条(?:之[一二三四五六七八九十]{1,2})?")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Consecutive rows of the same article (`path`), or a part of them (`part`: 41–80, "" for all); `at` is the index of the first row.

    `waiting` is how many have no decision; `rendered`: the rows come with the page, else they are loaded; `listed_long`: it is one of a
    long list.
    """

    path: str
    part: str
    at: int
    rows: tuple[Row, ...]
    waiting: int
    open: bool = True
    rendered: bool = True
    listed_long: bool = False

    @property
    def key(self) -> str:
        """The key of the group in a page: that of its first row."""
        return _key(self.rows[0])

    @property
    def place(self) -> str:
        """`at` as a parameter of an address."""
        return str(self.at)

    @property
    def holds(self) -> str:
        """The keys of its rows in a page, separated by blanks."""
        return " ".join(_key(row) for row in self.rows)

    @property
    def folds(self) -> bool:
        """Whether the group can be folded: any of a long list, else one of several rows of an article.

        It does not depend on what is decided, so that the page and the answer to a decision agree on it.
        """
        return self.listed_long or (bool(self.path) and len(self.rows) > 1)

    @property
    def in_short(self) -> str:
        """Types and decisions of its rows in short: 设定罚款 成立；直接设定行政许可 分歧待裁定."""
        counts = Counter(_said(row) for row in self.rows)
        words = "；".join(f"{said}{count}处" if count > 1 else said for said, count in counts.items())
        return words if len(words) <= _LONGEST_SUMMARY else f"{words[: _LONGEST_SUMMARY - 1]}…"

    def about(self, finding: Finding) -> bool:
        """Whether one of its rows is about a finding."""
        return any(row.get("finding") == finding for row in self.rows)


def _key(row: Row) -> str:
    return f"f{row['finding'].pk}" if "finding" in row else f"p{row['passage'].pk}"


def _said(row: Row) -> str:
    if "finding" not in row:
        return "抽样"
    state = "分歧待裁定" if row["dispute"] else row["decision"].verdict if row["decision"] else "没有决定"
    return f"{row['finding'].content['name']} {state}"


def rows_of(user: User, found: Item, version: Version, shown: list[Finding]) -> list[Row]:
    """The rows of a version in text order: findings with decisions, dispute and similar articles, and the passages of a blind sample."""
    rows = [finding_row(version, row) for row in decorated(found, version, shown)]
    if may(user, Action.DECIDE) and version.pk == found.current_id:
        for passage in agreement.passages_for(version, user):
            text = version.text[passage.start : passage.end]
            rows.append({"at": passage.start, "path": "", "passage": passage, "text": text})
    return sorted(rows, key=lambda row: row["at"])


def row_of(found: Item, version: Version, finding: Finding) -> Row:
    """The row of one finding."""
    return finding_row(version, decorated(found, version, [finding])[0])


def decorated(found: Item, version: Version, shown: list[Finding]) -> list[Row]:
    """Findings with their decisions (that count and all), dispute, similar articles, the issuer's reply, and what second readers say, and the words of their articles."""
    by_key: dict[str, list[Any]] = {}
    set_aside: dict[str, list[Any]] = {}
    for made in agreement.standing_in(found):
        (set_aside if made.set_aside else by_key).setdefault(made.finding_key, []).append(made)
    counting, disputes = workflow.decisions_of(found), agreement.disputed(found)
    replies = replies_in(found)
    amendments = amendments_of(found)
    opinions = Cache(home_folder()).on_spans(version.original_id, version.text)
    words = words_of_bases((basis for finding in shown for basis in finding.content["bases"]), version.as_of)
    return [
        {
            "finding": finding, "opinions": opinions.at(Span(finding.start, finding.end)), "decision": counting.get(finding.key), "decisions": by_key.get(finding.key, []),
            "set_aside": set_aside.get(finding.key, []), "changes": list(changes_of(finding, found, amendments[finding.key])),
            "dispute": disputes.get(finding.key), "neighbours": version.neighbours.get(finding.key, ()), "replies": replies.get(finding.key, ()),
            "words": words, "day": version.as_of,
        }
        for finding in shown
    ]  # fmt: skip


def finding_row(version: Version, row: Row) -> Row:
    """A row of a finding with its place in the text and the article it is grouped under."""
    finding = row["finding"]
    path = str(finding.content.get("path") or "")
    mine = [made for made in row["decisions"] if made.version.sequence != version.sequence]
    return {"at": finding.start, "path": _article(path), "earlier": bool(mine), **row}


def _article(path: str) -> str:
    """The article in a path, the whole path where there is none: headings are told to their last number."""
    found = _ARTICLE.match(path)
    return found[0] if found else path


def grouped(rows: list[Row], opened: int | None = None) -> list[Group]:
    """The groups of rows of the same article, long ones in parts of 40.

    With few findings every group is open. In a long list those are open that hold a dispute, or the row with the index `opened`, and
    those in which an alarm waits, until the page has enough rows; of the parts of an article only the first with such an alarm.
    """
    if len(rows) <= _FOLDED_FROM:
        return list(_cut(rows))
    groups, rendered, seen = [], 0, ""
    for group in _cut(rows):
        named = opened is not None and 0 <= opened - group.at < len(group.rows)
        first_part = not group.part or seen != group.path
        alarm = first_part and any(_waits(row) and row["finding"].severity in ALARMS for row in group.rows)
        seen = group.path if alarm else seen
        left = not rendered or rendered + len(group.rows) <= _RENDERED
        is_open = named or any(row.get("dispute") for row in group.rows) or (alarm and left)
        renders = is_open and (left or named)
        rendered += len(group.rows) if renders else 0
        groups.append(
            Group(group.path, group.part, group.at, group.rows, group.waiting, is_open, renders, listed_long=True)
        )
    return groups


def undecided_types(groups: list[Group]) -> list[tuple[str, str, int]]:
    """The types of the findings that have no decision, most frequent first: type, name, count."""
    waiting = [row["finding"] for group in groups for row in group.rows if _waits(row)]
    names = {finding.type: str(finding.content["name"]) for finding in reversed(waiting)}
    return [(kind, names[kind], count) for kind, count in Counter(finding.type for finding in waiting).most_common()]


def _cut(rows: list[Row]) -> list[Group]:
    """Rows in groups of consecutive ones of the same article, cut into parts where they are long; all open."""
    articles: list[list[tuple[int, Row]]] = []
    for at, row in enumerate(rows):
        if not articles or not row["path"] or articles[-1][-1][1]["path"] != row["path"]:
            articles.append([])
        articles[-1].append((at, row))
    groups = []
    for article in articles:
        for start in range(0, len(article), _LONGEST_GROUP):
            part = article[start : start + _LONGEST_GROUP]
            name = f"{start + 1}–{start + len(part)}" if len(article) > _LONGEST_GROUP else ""
            held = tuple(row for _, row in part)
            groups.append(Group(held[0]["path"], name, part[0][0], held, sum(map(_waits, held))))
    return groups


def _waits(row: Row) -> bool:
    return "finding" in row and not row["decision"]
