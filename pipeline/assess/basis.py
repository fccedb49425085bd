"""Legal bases (依据): cited instruments that were repealed, and cited articles that were renumbered or do not exist."""

import re
from collections.abc import Iterator
from itertools import chain

from pipeline.assess.argument import Case
from pipeline.assess.validity import starting_day
from pipeline.document import Basis, Citation, Document, Finding, Severity
from pipeline.law import (
    Repealed,
    editions,
    moved_article,
    namesake,
    older_edition,
    repealed_on,
    statute_key,
    successors,
)
from pipeline.numerals import read_number

STALE, MOVED, MISSING, NAMESAKE = "FRM-04", "CL-10", "CL-11", "CL-12"
_REPLACED = re.compile(r"^[^。]{0,10}”?(?:修改为|改为|替换为)")
_ARTICLE = re.compile("^第([一二三四五六七八九十百零〇0-9]+)条")


def assess_basis(case: Case) -> Iterator[Finding]:
    """Findings on repealed bases (FRM-04), renumbered (CL-10) or missing (CL-11) articles, and namesakes (CL-12)."""
    yield from chain(_stale_findings(case), _articles(case), _namesakes(case))


def _stale(case: Case) -> Iterator[tuple[Citation, Repealed]]:
    """Each cited instrument that is no longer in force, without duplicates, with its repeal."""
    seen: set[str] = set()
    for citation in _cited(case.document):
        repealed = repealed_on(citation.title, case.as_of) or older_edition(citation.title, citation.number, case.as_of)
        key = statute_key(citation.title)
        if repealed is None or key in seen or _REPLACED.match(case.text[citation.span.end : citation.span.end + 20]):
            continue
        if any(repeal.title and statute_key(repeal.title) == key for repeal in case.document.repeals):
            continue
        seen.add(key)
        yield citation, repealed


def _cited(document: Document) -> Iterator[Citation]:
    for member in document.family():
        for citation in member.citations:
            if citation.target == "他件" and citation.role != "目录":
                yield citation


def _stale_findings(case: Case) -> Iterator[Finding]:
    for citation, repealed in _stale(case):
        later = successors(repealed, case.as_of)
        confirmed = all(one.tag in ("V", "M-H") for one in (repealed, *later))
        mark = "" if confirmed else "（日期待核实）"
        says = "，".join(f"《{one.name}》{one.until}废止" for one in (repealed, *later))
        yield Finding(
            type=STALE,
            name="引用的依据已经废止",
            severity=Severity.MEDIUM,
            evidence=citation.span,
            path=case.document.path_at(citation.span.start),
            bases=(Basis((repealed, *later)[-1].successor or (repealed, *later)[-1].name, "", says, confirmed),),
            reasons=(f"{'；'.join(map(_repeal, (repealed, *later)))}{mark}",),
            advice="改引现行有效的法律、法规、规章，并核对条款",
            rule=STALE,
            subject=citation.title,
        )


def _repeal(repealed: Repealed) -> str:
    successor = f"，由《{repealed.successor}》取代" if repealed.successor else ""
    return f"《{repealed.name}》自{repealed.until}起废止{successor}"


def _articles(case: Case) -> Iterator[Finding]:
    """Findings on cited articles that do not exist in the law in force or were renumbered since the document's date."""
    written, _ = starting_day(case.document)
    seen: set[tuple[str, int]] = set()
    for citation in _cited(case.document):
        match = _ARTICLE.match(citation.article or "")
        number = read_number(match[1]) if match else None
        key = (statute_key(citation.title), number or 0)
        if not number or key in seen:
            continue
        seen.add(key)
        known = editions(citation.title, case.as_of)
        moved = moved_article(citation.title, number, case.as_of)
        if known and number > max(edition.articles for edition in known):
            says = f"《{citation.title}》现有文本共{known[-1].articles}条，没有第{number}条"
            yield _on_article(case, citation, MISSING, "引用的条文不存在", says)
        elif moved and written and written < moved.since:
            law = "" if statute_key(moved.law) == key[0] else f"《{moved.law}》"
            likeness = "文字高度相似" if moved.strong else "文字部分相似"
            says = (
                f"自{moved.since}起条号变动：原第{number}条现可能为{law}第{moved.article}条（按{likeness}推算，请核对）"
            )
            yield _on_article(case, citation, MOVED, "引用的条号已经变动", says)


def _namesakes(case: Case) -> Iterator[Finding]:
    """Findings on cited laws whose name belongs to another law today."""
    written, _ = starting_day(case.document)
    seen: set[str] = set()
    for citation in _cited(case.document) if written else ():
        older = namesake(citation.title, written, case.as_of) if written else None
        if older and statute_key(citation.title) not in seen:
            seen.add(statute_key(citation.title))
            says = (
                f"制定时的《{citation.title}》已于{older.until}废止，由《{older.successor}》取代；现行同名法律是另一部"
            )
            yield _on_article(case, citation, NAMESAKE, "引用的法律同名异法", says)


def _on_article(case: Case, citation: Citation, kind: str, name: str, says: str) -> Finding:
    return Finding(
        type=kind,
        name=name,
        severity=Severity.LOW,
        evidence=citation.span,
        path=case.document.path_at(citation.span.start),
        bases=(Basis(citation.title, citation.article or "", says, kind == MISSING),),
        reasons=(says,),
        advice="对照现行文本核对所引条文，改引正确的条号",
        rule=kind,
        subject=f"{citation.title}{citation.article}",
    )
