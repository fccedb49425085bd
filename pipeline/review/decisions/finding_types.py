"""Types of findings that a person can raise: their names by legal question, and the legal bases of each for a day."""

from collections.abc import Iterator
from datetime import date

from pipeline.document import Basis
from pipeline.errors import UsageError
from pipeline.law import ClauseType, competition_bases, load_rulebook
from pipeline.law.rulebook import bases_for
from pipeline.review.queue.filters import GROUPS

# what only people raise: there is no rule for it, and no basis of its own
OF_PEOPLE = {"FRM-90": "形式或者程序问题", "OTH-90": "其他合法性问题", "OTH-91": "表述不清或者前后矛盾"}


def finding_types() -> list[tuple[str, list[tuple[str, str]]]]:
    """The types by legal question, as (许可, [(LIC-01, 直接设定行政许可), …]), in the order of the rule files."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind in load_rulebook().types.values():
        groups.setdefault(GROUPS.get(kind.id[:3], "其他"), []).append((kind.id, kind.name))
    for code, name in OF_PEOPLE.items():
        groups.setdefault(GROUPS[code[:3]], []).append((code, name))
    return list(groups.items())


def name_of(code: str) -> str:
    """The Chinese name of a type. Raises `UsageError` for a code that is no type of the rules."""
    return OF_PEOPLE.get(code) or _type_of(code).name


def advice_of(code: str) -> str:
    """The advice that the rules give for a type. Raises `UsageError` as `name_of`."""
    return "" if code in OF_PEOPLE else _type_of(code).advice


def bases_of(code: str, day: date, sentence: str = "") -> tuple[Basis, ...]:
    """The legal bases of a type in force on a day that are about a sentence ("" for any), with the articles on fair competition.

    Raises `UsageError` as `name_of`.
    """
    if code in OF_PEOPLE:
        return ()
    bases = tuple(basis.shown() for basis in bases_for(_type_of(code).bases, sentence, day))
    laws = {basis.law for basis in bases}
    competition = (basis.shown() for basis in competition_bases(code, sentence, day))
    return (*bases, *(basis for basis in competition if basis.law not in laws))


def bases_by_type(day: date) -> dict[str, str]:
    """The bases of each type in force on a day as they are entered in a form: LIC-01 → 《中华人民共和国行政许可法》第十七条；…"""
    return {code: "；".join(map(cited, bases_of(code, day))) for code in load_rulebook().types}


def bases_on(day: date) -> list[tuple[str, str]]:
    """Every basis of a type in force on a day, once, as (《中华人民共和国行政许可法》第十七条, what it says)."""
    return list({cited(basis): basis.says for basis in _all_bases(day)}.items())


def cited(basis: Basis) -> str:
    """A basis as it is cited: 《中华人民共和国行政许可法》第十七条."""
    return f"《{basis.law}》{basis.article}"


def _all_bases(day: date) -> Iterator[Basis]:
    for code in load_rulebook().types:
        yield from bases_of(code, day)


def _type_of(code: str) -> ClauseType:
    found = load_rulebook().types.get(code)
    if found is None:
        raise UsageError(f"没有“{code}”这个发现类型", remedy="请从列表中选择类型")
    return found
