"""Dates the texts of the data package by the project's own tables; where the two contradict each other that is a doubt.

Of amended laws the package gives the day on which their first text took effect, it marks texts as current that are not yet
in force, and laws as repealed that are not. The tables (`rules/editions.tsv`, `repealed.tsv`, `statutes.tsv`) decide.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.law.data_package import Package, PackageLaw
from pipeline.law.editions import Edition, editions
from pipeline.law.law_texts import ARTICLES, COMMENCEMENT, STATE, Doubt, LawText
from pipeline.law.statutes import repealed_on, stands_in_force, statute_key

CURRENT, REPEALED, FORMER = "现行有效", "已废止", "历史版本"
# 关于修改《中华人民共和国食品安全法》的决定
_AMENDED = re.compile("关于修改《([^》]+)》的决定$")
# 中华人民共和国刑法修正案（十二）
_AMENDMENT = re.compile("^(.+)修正案(?:（[^）]+）)?$")
# from publication to effect it takes at most so long; over a longer time only a text with as many articles is the same
_LONGEST_WAIT = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class DatedText:
    """A text with the dates that the tables give it, and its articles (number, words); `corrected`: the package named another day."""

    text: LawText
    articles: tuple[tuple[str, str], ...]
    corrected: bool


@dataclass(frozen=True, slots=True)
class _Commencement:
    """From which day a text is in force (None: not known), whether that is not what the package says, and doubts about it."""

    since: date | None
    corrected: bool = False
    doubts: tuple[Doubt, ...] = ()


def date_texts(package: Package) -> tuple[DatedText, ...]:
    """The texts of the package with their dates and doubts, those of one law together, oldest first."""
    of_law: dict[str, list[PackageLaw]] = defaultdict(list)
    amending: dict[str, list[PackageLaw]] = defaultdict(list)
    for law in sorted(package.laws, key=lambda law: law.promulgated):
        of_law[statute_key(law.law)].append(law)
        amended = _AMENDED.search(law.law) or _AMENDMENT.search(law.law)
        if amended:
            amending[statute_key(amended[1])].append(law)
    dated = (one for key, laws in of_law.items() for one in _date_law(package.source, laws, amending[key]))
    return tuple(dated)


def _date_law(source: str, laws: Sequence[PackageLaw], amending: Sequence[PackageLaw]) -> Iterator[DatedText]:
    """The texts of one law, oldest first, with what amended it."""
    known = editions(laws[0].law, date.max)
    nexts = [*(law.promulgated for law in laws[1:]), None]
    decided = {law.promulgated: law.claimed for law in amending}
    begins = [
        _commencement(law, known, following, decided.get(law.promulgated))
        for law, following in zip(laws, nexts, strict=True)
    ]
    for at, (law, begin) in enumerate(zip(laws, begins, strict=True)):
        successor = (laws[at + 1], begins[at + 1].since) if at + 1 < len(laws) else None
        until, ending = _end(law, begin.since, known, successor)
        unmerged = _of_state(
            f"《{one.law}》自{one.claimed}起施行，公布在这份文本之后，文本可能没有并入"
            for one in amending
            if law.promulgated < one.promulgated < (nexts[at] or date.max)
        )
        doubts = (*begin.doubts, *ending, *unmerged, *_articles(law, begin.since, known))
        text = LawText(law.law, begin.since, law.promulgated, until, source, law.state, doubts)
        yield DatedText(text, law.articles, begin.corrected)


def _commencement(
    law: PackageLaw, known: Sequence[Edition], following: date | None, decided: date | None
) -> _Commencement:
    """The day from which a text is in force: the table's, else that of the decision that amended it, else the package's own.

    `known` are the editions of the table, `following` the day on which the next text was published.
    """
    table = _edition(law, known, following)
    claimed = law.claimed if law.claimed >= law.promulgated else None
    day = table or decided or claimed
    if day is None:
        says = f"{law.promulgated}公布的文本没有查到施行日（数据包写的{law.claimed}是首次施行日），不作为现行条文显示"
        return _Commencement(None, True, (Doubt(COMMENCEMENT, says),))
    others = [
        f"{name}为{other}" for name, other in (("数据包", claimed), ("修改决定", decided)) if other not in (None, day)
    ]
    source = "本程序的表" if table else "修改决定"
    says = f"{law.promulgated}公布的文本，施行日{'、'.join(others)}，{source}为{day}，按{source}"
    return _Commencement(day, day != law.claimed, (Doubt(COMMENCEMENT, says),) if others else ())


def _edition(law: PackageLaw, known: Sequence[Edition], following: date | None) -> date | None:
    """The day in the table on which a text of the package took effect, None if the table does not have that text."""
    after = [one for one in known if one.since >= law.promulgated and (following is None or one.since < following)]
    if any(one.since == law.claimed for one in after):
        return law.claimed
    first = after[0] if after else None
    same = first and (first.since <= law.promulgated + _LONGEST_WAIT or first.articles == len(law.articles))
    return first.since if first and same else None


def _end(
    law: PackageLaw, since: date | None, known: Sequence[Edition], successor: tuple[PackageLaw, date | None] | None
) -> tuple[date | None, tuple[Doubt, ...]]:
    """The day from which a text is not in force any more (None: no end is known), and doubts about whether it is in force."""
    repeal = repealed_on(law.law, date.max)
    if repeal:
        wrong = () if law.state == REPEALED else (f"数据包标为{law.state}，本程序的表自{repeal.until}起废止",)
        return repeal.until, _of_state(wrong)
    if successor:
        later, begins = successor
        undated = f"{later.promulgated}公布了新的文本，施行日没有查到，这里是旧的文本"
        return begins, _of_state(() if begins else (undated,))
    newer = next((one.since for one in known if since and one.since > since), None)
    if newer:
        return newer, _of_state((f"本程序的表有{newer}起施行的文本，数据包没有",))
    return _end_as_marked(law, since)


def _end_as_marked(law: PackageLaw, since: date | None) -> tuple[date | None, tuple[Doubt, ...]]:
    """The end of a text that only the package says is no longer in force."""
    if law.state not in (REPEALED, FORMER):
        return None, ()
    if stands_in_force(law.law):
        return None, _of_state((f"数据包标为{law.state}，本程序的法律名录作现行，也没有废止记录",))
    return since, _of_state((f"数据包标为{law.state}，没有写明何时，本程序没有废止记录，不作为现行条文显示",))


def _of_state(said: Iterable[str]) -> tuple[Doubt, ...]:
    return tuple(Doubt(STATE, says) for says in said)


def _articles(law: PackageLaw, since: date | None, known: Sequence[Edition]) -> Iterator[Doubt]:
    """Doubts about the articles: another number of them than in the table, or a number that occurs twice."""
    edition = next((one for one in known if one.since == since), None)
    # the table does not count 第…条之一
    number = sum("之" not in label for label, _ in law.articles)
    if edition and edition.articles != number:
        yield Doubt(ARTICLES, f"数据包有{number}条，本程序的表为{edition.articles}条")
    twice = [number for number, count in Counter(number for number, _ in law.articles).items() if count > 1]
    if twice:
        yield Doubt(ARTICLES, f"数据包里{'、'.join(twice)}出现不止一次，只取第一个")
